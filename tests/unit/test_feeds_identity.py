"""Which entry an item is: tables of what feeds do to their keys."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from monitor.feeds.identity import Selection, entry_key, moved_on, select
from monitor.model import Entry, Feed, FeedState, Identity, ParsedEntry

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
FEED = Feed("f", "https://wire.example/feed", "F")
URL = "https://wire.example/1"
FIRST = ParsedEntry("g1", URL, "Coalition hands over the base", "At noon.", "", NOW)
OTHER = ParsedEntry("g1", "https://wire.example/2", "Parliament passes the budget law", "At last.", "", NOW + DAY)


def known_after(*items: ParsedEntry, identity: Identity = "guid") -> dict[str, Entry]:
    return {entry.key: entry for entry in select(FEED, items, {}, NOW, identity).new}


@pytest.mark.parametrize(
    ("again", "outcome"),
    [
        (FIRST, "known"),
        (replace(FIRST, published=NOW + DAY), "known"),  # pushed up by a new date
        (replace(FIRST, guid="g2"), "known"),  # published again under another guid
        (replace(FIRST, guid=None), "known"),  # the guid was dropped
        (replace(FIRST, guid="g2", url=URL + "?utm=1"), "new"),
        (replace(FIRST, guid="g2", title="Something else"), "new"),
        (replace(FIRST, title="Coalition hands over the air base"), "revised"),
        (replace(FIRST, title="Wholly other words now"), "revised"),  # the same address: an editor at work
        (replace(FIRST, summary="At one."), "revised"),
        (replace(FIRST, url="https://wire.example/1-handover", title="Coalition hands over base"), "revised"),
        (replace(FIRST, url="https://wire.example/2"), "known"),  # only the address moved
        (replace(OTHER, published=NOW), "revised"),  # the same moment: the same item
        (OTHER, "new"),  # the guid given out a second time
    ],
)
def test_one_item_and_what_comes_next(again: ParsedEntry, outcome: str) -> None:
    found = select(FEED, [again], known_after(FIRST), NOW + DAY)
    assert ("new" if found.new else "revised" if found.revised else "known") == outcome


@pytest.mark.parametrize(
    ("first", "again"),
    [("http://wire.example/?p=1", "https://wire.example/?p=1"), ("https://wire.example/1", "http://wire.example/1")],
)
def test_a_guid_that_goes_from_http_to_https_is_the_same(first: str, again: str) -> None:
    known = known_after(replace(FIRST, guid=first))
    assert select(FEED, [replace(FIRST, guid=again)], known, NOW) == Selection(judged=1)
    by_link = known_after(replace(FIRST, guid=None, url=first))
    assert select(FEED, [replace(FIRST, guid=None, url=again)], by_link, NOW) == Selection(judged=1)


def test_a_revision_keeps_key_and_id_and_what_was_before() -> None:
    known = known_after(replace(FIRST, guid="http://wire.example/?p=1"))
    (old,) = known.values()
    edited = replace(FIRST, guid="https://wire.example/?p=1", title="Edited headline of the base")
    (entry,) = select(FEED, [edited], known, NOW + DAY).revised
    assert (entry.id, entry.key, entry.first_seen, entry.revised) == (old.id, old.key, NOW, NOW + DAY)
    assert [revision.title for revision in entry.revisions] == [FIRST.title]


def test_no_guid_and_no_link() -> None:
    bare = replace(FIRST, guid=None, url=None)
    known = known_after(bare)
    assert entry_key(bare).startswith("hash:")
    assert not select(FEED, [bare], known, NOW).new
    assert select(FEED, [replace(bare, title="An edited title")], known, NOW).new


def test_items_that_share_a_key_in_one_document_are_all_kept() -> None:
    """No guid, and every link leads to the front page."""
    words = ["Base handed over", "Budget law passed", "Carrier leaves port", "Rain over the mountains"]
    items = [ParsedEntry(None, "https://wire.example/", w, "", "", NOW - n * DAY) for n, w in enumerate(words)]
    found = select(FEED, [*items, items[0]], {}, NOW)
    assert [entry.title for entry in found.new] == words
    assert (found.judged, found.collided) == (5, 3)
    known = {entry.key: entry for entry in found.new}
    assert not select(FEED, items, known, NOW).new
    again = select(FEED, items[::-1], known, NOW)
    assert not again.new


def test_a_reused_guid_is_a_new_entry_and_the_old_one_stays() -> None:
    known = known_after(FIRST)
    found = select(FEED, [OTHER], known, NOW + DAY)
    assert [entry.title for entry in found.new] == [OTHER.title]
    assert found.new[0].key == f"link:{OTHER.url}"
    assert found.collided == 1
    known |= {entry.key: entry for entry in found.new}
    assert not select(FEED, [OTHER], known, NOW + DAY).new


def test_a_feed_moves_on_to_the_next_key_and_its_entries_keep_their_ids() -> None:
    items = [ParsedEntry(f"g{n}", f"https://wire.example/{n}", f"Title number {n}", "", "", NOW) for n in range(20)]
    known = known_after(*items)
    state = moved_on(FeedState("f"), select(FEED, items, {}, NOW))
    assert (state.identity, state.keys_judged, state.keys_collided) == ("guid", 20, 0)
    reused = [
        replace(OTHER, guid=f"g{n}", url=f"https://wire.example/new{n}", title=f"New words {n}") for n in range(3)
    ]
    found = select(FEED, reused, known, NOW + DAY)
    assert found.collided == 3
    state = moved_on(state, found)
    assert (state.identity, state.keys_judged, state.keys_collided) == ("link", 0, 0)
    known |= {entry.key: entry for entry in found.new}
    assert select(FEED, [*items, *reused], known, NOW + DAY, "link") == Selection(judged=23)
    edited = replace(items[4], title="Title number 4, edited")
    (entry,) = select(FEED, [edited], known, NOW + DAY, "link").revised
    assert entry.id == known["guid:g4"].id
    assert select(FEED, [*items, *reused], known, NOW + DAY, "hash").new == ()


@pytest.mark.parametrize(
    ("judged", "collided", "identity"),
    [(200, 10, "guid"), (200, 11, "link"), (20, 1, "guid"), (20, 2, "link"), (2_000, 11, "link"), (1, 1, "guid")],
)
def test_five_per_cent_of_the_last_two_hundred(judged: int, collided: int, identity: str) -> None:
    state = moved_on(FeedState("f"), Selection(judged=judged, collided=collided))
    assert state.identity == identity
    assert state.keys_judged <= 200


def test_old_collisions_are_forgotten() -> None:
    state = FeedState("f")
    for poll in range(100):
        state = moved_on(state, Selection(judged=50, collided=int(poll % 10 == 0)))
    assert state.identity == "guid"


@given(
    st.lists(
        st.builds(
            ParsedEntry,
            st.one_of(st.none(), st.sampled_from("ab")),
            st.one_of(st.none(), st.sampled_from(["https://a/1", "https://a/2"])),
            st.sampled_from(["one two three", "four five six", "one two four"]),
            st.sampled_from(["", "s"]),
            st.just(""),
            st.one_of(st.none(), st.sampled_from([NOW, NOW + DAY])),
        ),
        max_size=12,
    ),
    st.sampled_from(["guid", "link", "hash"]),
)
def test_the_same_document_again_brings_nothing_new(items: list[ParsedEntry], identity: Identity) -> None:
    first = select(FEED, items, {}, NOW, identity)
    known = {entry.key: entry for entry in first.new}
    assert len(known) == len(first.new)
    assert not select(FEED, items, known, NOW, identity).new
