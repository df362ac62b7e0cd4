"""When a feed is asked again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from monitor.feeds.pace import LAST, Pace, pace_of, remembered
from monitor.feeds.schedule import address, after, as_configured, due, entry_print, notice
from monitor.model import Feed, FeedState, Fetched, FetchFailed, NotAFeed, NotModified, ParsedFeed

BLANK = FeedState("f")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FEED = Feed("f", "https://example.org/", "F")
OLD = FeedState("f", etag="old", last_modified="then", body_sha256="h0", failures=2, health="failing", cause="x")
H, M = timedelta(hours=1), timedelta(minutes=1)


def body(wish: timedelta | None = None) -> Fetched:
    return Fetched(b"12345", "u", "", "new", None, wish, 1.5)


def paced(gaps: Sequence[timedelta], newest: datetime | None = None) -> dict[str, object]:
    """The pace of a feed with these gaps between its last entries."""
    pace = pace_of([NOW + sum(gaps[:number], timedelta(0)) for number in range(len(gaps) + 1)])
    return {"pace": replace(pace, newest=newest)}


def wait(result: object, state: FeedState = BLANK, feed: Feed = FEED, **more: object) -> timedelta:
    moment = after(feed, state, result, now=NOW, **more).next_due  # type: ignore[arg-type]
    assert moment is not None
    return moment - NOW


def test_a_success_renews_everything() -> None:
    state = after(FEED, OLD, body(), now=NOW, new_entries=3, body_sha256="h1")
    rhythm = "every 30 min: the default, until its rhythm is known"
    expected = FeedState("f", "new", None, "h1", "ok", "", 0, NOW + 30 * M, NOW, NOW, NOW, NOW, 5, 1.5, rhythm=rhythm)
    expected = replace(expected, asked=entry_print(FEED))
    assert state == expected


def test_304_renews_the_validators_it_names() -> None:
    state = after(FEED, OLD, NotModified("newer", None, None, 0.1), now=NOW)
    assert (state.etag, state.last_modified, state.body_sha256, state.last_new) == ("newer", "then", "h0", None)
    assert after(FEED, OLD, NotModified(None, None, None, 0.1), now=NOW).etag == "old"


@pytest.mark.parametrize("result", [NotAFeed("not a feed", "c"), FetchFailed("blocked", "c", 0.2)])
def test_a_failure_keeps_validators_and_counts(result: NotAFeed | FetchFailed) -> None:
    state = after(FEED, OLD, result, now=NOW)
    assert (state.etag, state.last_modified, state.body_sha256) == ("old", "then", "h0")
    assert (state.failures, state.health, state.cause, state.last_poll) == (3, result.health, "c", NOW)
    assert state.last_success is None


@pytest.mark.parametrize(
    ("feed", "more", "expected"),
    [
        (FEED, {}, 30 * M),
        (FEED, {"jitter": 1.0}, 33 * M),
        (FEED, {"jitter": -5.0}, 27 * M),
        (FEED, paced([4 * H] * 5), 2 * H),
        (FEED, paced([4 * H] * 3), 30 * M),
        (FEED, paced([M] * 9), 5 * M),
        (FEED, paced([90 * 24 * H] * 9), 24 * H),
        (FEED, {"pace": Pace(NOW - timedelta(days=8))}, H),
        (FEED, {"pace": Pace(NOW - timedelta(days=15))}, 2 * H),
        (FEED, {"pace": Pace(NOW - timedelta(days=31))}, 24 * H),
        (replace(FEED, interval=15 * M), paced([40 * H] * 9, NOW - timedelta(days=31)), 15 * M),
        (replace(FEED, interval=M), {}, 5 * M),
        (replace(FEED, interval=100 * H), {}, 24 * H),
        (FEED, {"parsed": ParsedFeed("t", (), ttl=3 * H)}, 3 * H),
        (FEED, {"parsed": ParsedFeed("t", (), ttl=M)}, 30 * M),
    ],
)
def test_intervals(feed: Feed, more: dict[str, object], expected: timedelta) -> None:
    assert wait(body(), feed=feed, **more) == expected


def test_the_servers_wish_counts_within_bounds() -> None:
    assert wait(body(2 * H)) == 2 * H
    assert wait(NotModified(None, None, 100 * H, 0.1)) == 24 * H
    assert wait(body(M)) == 30 * M


@pytest.mark.parametrize(("failures", "expected"), [(0, H), (1, 2 * H), (4, 16 * H), (5, 24 * H), (10**6, 24 * H)])
def test_errors_back_off_and_are_never_given_up(failures: int, expected: timedelta) -> None:
    assert wait(FetchFailed("failing", "c", 0.1), FeedState("f", failures=failures)) == expected


def test_retry_after_wins() -> None:
    failed = FetchFailed("failing", "c", 0.1, retry_after=2 * H, status=503)
    assert wait(failed, FeedState("f", failures=9), jitter=-1.0) == 2 * H * 1.1
    assert wait(replace(failed, retry_after=timedelta(0)), FeedState("f", failures=9)) == 5 * M
    assert wait(replace(failed, retry_after=timedelta(days=365))) == timedelta(days=7)


def test_410_twice_mutes() -> None:
    gone = FetchFailed("failing", "410 gone for good", 0.1, status=410)
    first = after(FEED, FeedState("f"), gone, now=NOW)
    assert first.health == "failing"
    second = after(FEED, first, gone, now=NOW)
    assert (second.health, second.next_due) == ("muted", None)
    assert due({"f": second}, [FEED], NOW + 999 * H) == []
    assert due({"f": second}, [FEED], NOW, force=True) == [FEED]
    assert after(FEED, second, body(), now=NOW).health == "ok"


def test_offline_is_counted_only_against_the_network() -> None:
    failed = FetchFailed("offline", "name not found: x", 0.1)
    alone = after(FEED, FeedState("f"), failed, now=NOW)
    assert (alone.health, alone.failures) == ("failing", 1)
    everywhere = after(FEED, FeedState("f"), failed, now=NOW, offline=True)
    assert (everywhere.health, everywhere.failures, everywhere.next_due) == ("offline", 0, NOW + 5 * M)


def test_a_quiet_feed_is_told() -> None:
    silent = after(FEED, FeedState("f"), body(), now=NOW, pace=Pace(NOW - timedelta(days=3), H, H))
    words = "usually 24 a day, now nothing for 3 days, 72 times the usual gap"
    assert (silent.health, silent.cause) == ("silent", words)
    weekend = after(FEED, FeedState("f"), body(), now=NOW, pace=Pace(NOW - 70 * H, H, 62 * H))
    assert weekend.health == "ok"
    stale = after(FEED, FeedState("f"), body(), now=NOW, pace=Pace(NOW - timedelta(days=45)))
    assert (stale.health, stale.cause) == ("stale", "answers, but its newest entry is 45 days old")
    odd = after(FEED, FeedState("f"), body(), now=NOW, parsed=ParsedFeed("t", (), ("odd",)))
    assert (odd.health, odd.cause) == ("ok", "odd")


def test_due() -> None:
    feeds = [replace(FEED, id=name) for name in ("later", "now", "never", "new", "off", "clock", "future")]
    feeds[4] = replace(feeds[4], enabled=False)
    states = {
        "later": FeedState("later", next_due=NOW + M),
        "now": FeedState("now", next_due=NOW - M),
        "never": FeedState("never", next_due=NOW - H, health="muted"),
        "clock": FeedState("clock", next_due=NOW + 999 * H),
        "future": FeedState("future", next_due=NOW + 5 * H, last_poll=NOW + 4 * H),
    }
    assert [feed.id for feed in due(states, feeds, NOW)] == ["new", "now", "future", "clock"]
    assert {feed.id for feed in due(states, feeds, NOW, force=True)} == {feed.id for feed in feeds} - {"off"}


@given(
    st.one_of(
        st.builds(body, st.timedeltas(timedelta(0), timedelta(days=365))),
        st.builds(FetchFailed, st.just("failing"), st.just("c"), st.just(0.1)),
    ),
    st.integers(0, 10**9),
    st.lists(st.timedeltas(timedelta(-9999), timedelta(2)).map(lambda ago: NOW + ago), max_size=9),
    st.floats(-1, 1),
)
def test_the_next_poll_is_never_sooner_than_the_floor_nor_later_than_the_ceiling(
    result: Fetched | FetchFailed, failures: int, times: list[datetime], jitter: float
) -> None:
    assert 4.5 * M <= wait(result, FeedState("f", failures=failures), pace=pace_of(times), jitter=jitter) <= 26.4 * H


@pytest.mark.parametrize(
    ("feed", "result", "more", "words"),
    [
        (FEED, body(), {}, "every 30 min: the default, until its rhythm is known"),
        (FEED, body(), paced([24 * M] * 9), "every 12 min: half the usual gap of 24 min"),
        (FEED, body(), paced([M] * 9), "every 5 min: half the usual gap of 1 min"),
        (
            FEED,
            body(),
            paced([4 * H] * 9, NOW - timedelta(days=8)),
            "every 4 h: half the usual gap of 4 h, times 2 after 8 quiet days",
        ),
        (FEED, body(), {"pace": Pace(NOW - timedelta(days=31))}, "every 24 h: nothing new for 31 days"),
        (replace(FEED, interval=15 * M), body(), {}, "every 15 min: as feeds.yml says"),
        (replace(FEED, interval=M), body(), {}, "every 5 min: the least; as feeds.yml says"),
        (FEED, body(2 * H), {}, "every 2 h: the server asks for that"),
        (FEED, body(100 * H), {}, "every 24 h: the most; the server asks for 4 days"),
        (FEED, FetchFailed("failing", "c", 0.1), {}, "in 1 h: doubled after 1 failure"),
        (FEED, FetchFailed("failing", "c", 0.1, retry_after=3 * H), {}, "in 3 h: the server asked for that"),
    ],
)
def test_the_interval_is_explained(feed: Feed, result: object, more: dict[str, object], words: str) -> None:
    assert after(feed, BLANK, result, now=NOW, **more).rhythm == words  # type: ignore[arg-type]


def test_ttl_is_kept_over_304s() -> None:
    first = after(FEED, BLANK, body(), now=NOW, parsed=ParsedFeed("t", (), ttl=3 * H))
    second = after(FEED, first, NotModified(None, None, None, 0.1), now=NOW)
    assert (first.ttl, second.ttl, second.next_due) == (3 * 3600, 3 * 3600, NOW + 3 * H)
    dropped = after(FEED, second, body(), now=NOW, parsed=ParsedFeed("t", ()))
    assert (dropped.ttl, dropped.next_due) == (0, NOW + 30 * M)


def moved(target: str | None) -> Fetched:
    return replace(body(), moved_to=target)


def test_a_permanent_redirect_is_adopted_after_three_polls_over_three_days() -> None:
    state, notices = BLANK, []
    for hours in (0, 1, 71, 72, 80):
        before = state
        state = after(
            FEED,
            state,
            moved("https://new.example/" if address(FEED, state) == FEED.url else None),
            now=NOW + hours * H,
        )
        notices.append(notice(FEED, before, state))
    assert address(FEED, state) == "https://new.example/"
    assert [bool(told) for told in notices] == [False, False, False, True, False]
    assert "polled at https://new.example/ from now on; change its url" in notices[3]
    # A new address in feeds.yml ends it.
    mended = replace(FEED, url="https://mended.example/")
    assert address(mended, state) == mended.url
    assert after(mended, state, body(), now=NOW).address is None
    # So does an adopted address that leads nowhere.
    assert after(FEED, state, FetchFailed("failing", "404", 0.1, status=404), now=NOW).address is None
    assert after(FEED, state, FetchFailed("failing", "500", 0.1, status=500), now=NOW).address is not None


def test_a_redirect_that_wavers_is_not_adopted() -> None:
    wavering = BLANK
    for day, target in enumerate(["https://a/", "https://a/", "https://b/", None, "https://a/", "https://a/"]):
        wavering = after(FEED, wavering, moved(target), now=NOW + timedelta(days=day * 2))
    assert (wavering.address, wavering.moved_polls) == (None, 2)
    quick = BLANK
    for minutes in range(20):
        quick = after(FEED, quick, moved("https://a/"), now=NOW + minutes * M)
    assert (quick.address, quick.moved_polls) == (None, 20)


# ---- a month ---------------------------------------------------------------------------------------------------------


def simulate(
    answer: object, days: float, feed: Feed = FEED, jitter: float = 0.0, state: FeedState = BLANK
) -> list[FeedState]:
    """Polls by a fake clock, each time exactly when due; `answer` makes the result of the moment."""
    states, now, end = [], NOW, NOW + timedelta(days=days)
    while now < end and len(states) < 20_000:
        result, more = answer(now, state)  # type: ignore[operator]
        state = after(feed, state, result, now=now, jitter=jitter, **more)
        states.append(state)
        if state.next_due is None:
            break
        assert state.next_due > now
        now = state.next_due
    return states


def test_a_month_of_a_lively_feed() -> None:
    """An entry every two hours; it stops on day 20: silent after a day, ever slower, stale at last."""

    def answer(now: datetime, state: FeedState) -> tuple[object, dict[str, object]]:
        hours = min((now - NOW) / H, 20 * 24)
        newest = NOW + int(hours // 2) * 2 * H
        return body(), {**paced([2 * H] * 49, newest), "new_entries": int(state.last_poll is None)}

    states = simulate(answer, 55)
    by_day = [sum(1 for s in states if s.last_poll and (s.last_poll - NOW).days == day) for day in range(55)]
    assert by_day[:20] == [24] * 20
    assert by_day[28] == 12
    assert by_day[36] == 6
    assert by_day[52] == 1
    day = next(s for s in states if s.health == "silent")
    assert day.last_poll is not None
    assert timedelta(hours=24) < day.last_poll - (NOW + timedelta(days=20)) <= timedelta(hours=25)
    assert day.cause.startswith("usually 12 a day, now nothing for 25 h")
    assert states[-1].health == "stale"
    assert {s.health for s in states[: 20 * 24]} == {"ok"}


def test_a_month_of_failures_is_never_given_up() -> None:
    states = simulate(lambda now, state: (FetchFailed("failing", "503 x", 0.1, status=503), {}), 30)
    waits = [(s.next_due - s.last_poll) / H for s in states if s.next_due and s.last_poll]
    assert waits[:7] == [1, 2, 4, 8, 16, 24, 24]
    assert len(states) == 34
    well = after(FEED, states[-1], body(), now=NOW + timedelta(days=30))
    assert (well.failures, well.next_due) == (0, NOW + timedelta(days=30) + 30 * M)


def test_a_month_with_retry_after() -> None:
    """A server that wants to be asked every six hours is asked 120 times, not once more."""
    refused = FetchFailed("failing", "429 too many requests", 0.1, retry_after=6 * H, status=429)
    assert len(simulate(lambda now, state: (refused, {}), 30)) == 120
    assert len(simulate(lambda now, state: (refused, {}), 30, jitter=-1.0)) <= 120


def test_a_month_after_a_move() -> None:
    """301 from the first day on: the old address is asked for three days, the new one from then on."""
    asked: list[tuple[datetime, str]] = []

    def answer(now: datetime, state: FeedState) -> tuple[object, dict[str, object]]:
        asked.append((now, address(FEED, state)))
        return moved("https://new.example/" if asked[-1][1] == FEED.url else None), {}

    simulate(answer, 30)
    last_old = max(now for now, url in asked if url == FEED.url)
    assert timedelta(hours=72) <= last_old - NOW <= timedelta(hours=73)
    assert {url for now, url in asked if now > last_old} == {"https://new.example/"}


def test_a_laptop_that_slept_for_a_week_is_due_once_for_each_feed() -> None:
    feeds = [replace(FEED, id=f"f{n}") for n in range(100)]
    states = {
        feed.id: after(feed, FeedState(feed.id), body(), now=NOW, jitter=n / 50 - 1) for n, feed in enumerate(feeds)
    }
    awake = NOW + timedelta(days=7)
    assert len(due(states, feeds, awake)) == 100
    states = {
        feed.id: after(feed, states[feed.id], body(), now=awake, jitter=n / 50 - 1) for n, feed in enumerate(feeds)
    }
    assert due(states, feeds, awake) == []
    assert len({state.next_due for state in states.values()}) == 100


def test_a_mended_entry_is_asked_at_once_and_as_a_stranger() -> None:
    failed = after(FEED, OLD, FetchFailed("failing", "404 not found", 1.0, status=404), now=NOW)
    assert as_configured(FEED, failed, anew=True) == failed
    assert not due({"f": failed}, [FEED], NOW + M)
    mended = replace(FEED, url="https://example.org/feed")
    state = as_configured(mended, failed, anew=True)
    assert due({"f": state}, [mended], NOW + M) == [mended]
    assert (state.failures, state.health, state.etag, state.last_modified) == (0, "unpolled", None, None)
    muted = replace(failed, health="muted", next_due=None)
    assert due({"f": as_configured(replace(FEED, headers=(("A", "b"),)), muted, anew=True)}, [FEED], NOW) == [FEED]


def test_two_machines_that_disagree_do_not_make_each_other_poll() -> None:
    ours, theirs = FEED, replace(FEED, url="https://example.org/other")
    state = after(theirs, BLANK, body(), now=NOW)
    met = as_configured(ours, state, anew=False)
    assert met.etag is None
    assert met.next_due == state.next_due
    assert not due({"f": met}, [ours], NOW + M)


@pytest.mark.parametrize(
    ("hours", "pace"),
    [
        ((), Pace()),
        ((3, 1), Pace(NOW + 3 * H)),
        ((1, 2, 3, 4), Pace(NOW + 4 * H)),
        ((9, 2, 1, 3, 4), Pace(NOW + 9 * H, H, 5 * H)),
        ((*range(LAST), -1000), Pace(NOW + (LAST - 1) * H, H, H)),
    ],
)
def test_a_feeds_pace_is_the_median_of_its_last_gaps(hours: tuple[int, ...], pace: Pace) -> None:
    assert pace_of([NOW + hour * H for hour in hours]) == pace


def test_a_feeds_state_remembers_its_pace() -> None:
    pace = Pace(NOW - 2 * H, 3 * H, 5 * H)
    assert remembered(BLANK) is None
    for result in (body(), NotModified(None, None, None, 0.1), FetchFailed("failing", "c", 0.1)):
        assert remembered(after(FEED, BLANK, result, now=NOW, pace=pace)) == pace
    assert remembered(after(FEED, BLANK, body(), now=NOW, pace=Pace(NOW))) == Pace(NOW)
