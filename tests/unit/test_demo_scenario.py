"""The demonstration's scenario: what is told, what a feed shows at a moment, and how its document is written."""

from __future__ import annotations

import unicodedata
from calendar import timegm
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest

from monitor.demo.scenario import DemoEntry, Scenario, document, expected, load, published, read
from monitor.errors import InputError
from monitor.model import CONTEXT_TYPES

SCENARIO = load()
ATOM = "{http://www.w3.org/2005/Atom}"
HEALTHY = [feed.id for feed in SCENARIO.feeds if feed.fault == "none"]


def entry(entry_id: str) -> DemoEntry:
    return next(each for each in SCENARIO.entries if each.id == entry_id)


def on(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 1, day, hour, minute, tzinfo=UTC)


# ---- what is told ----------------------------------------------------------------------------------------------------


def test_thirty_days_in_six_languages_from_eight_publishers() -> None:
    assert SCENARIO.start == on(1)
    assert SCENARIO.end - SCENARIO.start == timedelta(days=30)
    assert len({feed.family for feed in SCENARIO.feeds}) == 8
    assert Counter(feed.fault for feed in SCENARIO.feeds if feed.fault != "none") == {
        "unavailable": 1,
        "hang": 1,
        "block_page": 1,
    }
    languages = Counter(each.lang for each in SCENARIO.entries)
    assert set(languages) == {"en", "ar", "ckb", "kmr", "tr", "fa"}
    assert min(languages.values()) >= 2
    assert 40 <= len(SCENARIO.entries) <= 60
    assert {each.feed for each in SCENARIO.entries} == set(HEALTHY)


def test_entries_come_in_the_order_of_the_story_and_inside_it() -> None:
    moments = [each.at for each in SCENARIO.entries]
    assert moments == sorted(moments)
    assert SCENARIO.start < moments[0]
    assert moments[-1] < SCENARIO.end
    # No two days pass without news, or the screen would look dead for seven seconds.
    assert max(later - earlier for earlier, later in pairwise(moments)) <= timedelta(days=2)


def test_addresses_belong_to_nobody_and_are_told_apart() -> None:
    originals = [each for each in SCENARIO.entries if each.revises is None]
    assert all(each.link.split("/")[2].endswith(".example") for each in SCENARIO.entries)
    assert len({each.link for each in originals}) == len(originals)
    guids = [each.guid for each in originals if each.guid is not None]
    assert len(set(guids)) == len(guids) == len(originals) - 1


def test_the_script_fits_the_language() -> None:
    for each in SCENARIO.entries:
        letters = [char for char in each.title if char.isalpha()]
        arabic = sum("ARABIC" in unicodedata.name(char) for char in letters) / len(letters)
        assert (arabic > 0.9) == (each.lang in ("ar", "fa", "ckb")), each.id


def test_the_wire_is_copied_word_for_word_with_its_credit() -> None:
    credited = [each for each in SCENARIO.entries if each.title.endswith("(Tigris Wire)")]
    by_title = Counter(each.title for each in credited)
    assert sorted(by_title.values()) == [2, 3]
    assert {each.feed for each in credited} == {"tigris-wire", "rafidain-en", "zagros-en"}


def test_only_one_title_is_hostile() -> None:
    def hostile(each: DemoEntry) -> bool:
        return any(unicodedata.category(char) in ("Cc", "Cf") and char != "\u200c" for char in each.title)

    assert [each.id for each in SCENARIO.entries if hostile(each)] == ["hostile-title"]
    title = entry("hostile-title").title
    for danger in ("\x1b[2J", "\x1b]0;", "\x07", "[@click=app.quit]", "[/]", "\u202e"):
        assert danger in title


# ---- what is expected ------------------------------------------------------------------------------------------------


def test_expected_is_every_wording_in_order() -> None:
    assert expected() == list(SCENARIO.entries)


@pytest.mark.parametrize("each", SCENARIO.entries, ids=lambda each: each.id)
def test_an_expectation_agrees_with_the_meaning_of_the_lanes(each: DemoEntry) -> None:
    wanted = each.expect
    if wanted.type is None:
        assert (wanted.flagged, wanted.phase, wanted.polarity, wanted.verdict) == (False, None, None, None)
    if wanted.flagged:
        assert wanted.type is not None
        assert wanted.type not in CONTEXT_TYPES
        assert wanted.phase not in ("postponed", "cancelled", "unclear")
        assert wanted.polarity == "asserted"
        assert wanted.verdict is not None
    if wanted.phase in ("postponed", "unclear") or wanted.polarity == "denied" or wanted.type in CONTEXT_TYPES:
        assert not wanted.flagged


@pytest.mark.parametrize(
    ("entry_id", "wanted"),
    [
        ("asad-next-week-wire", (True, "base_handover", "planned", "asserted", "confirms")),
        ("asad-postponed-ar", (False, "base_handover", "postponed", "asserted", "updates")),
        ("asad-denied-fa", (False, "base_handover", None, "denied", "contradicts")),
        ("asad-200-advisers", (True, "force_count", None, "asserted", "contradicts")),
        ("kurdistan-1400-ckb", (True, "force_count", None, "asserted", "confirms")),
        ("asad-done-kmr", (True, "base_handover", "completed", "asserted", "updates")),
        ("prisoners-ar", (False, None, None, None, None)),
    ],
)
def test_the_turns_of_the_story(entry_id: str, wanted: tuple[object, ...]) -> None:
    found = entry(entry_id).expect
    assert (found.flagged, found.type, found.phase, found.polarity, found.verdict) == wanted


def test_every_verdict_that_one_claim_alone_can_have_is_shown() -> None:
    assert {each.expect.verdict for each in SCENARIO.entries} >= {"confirms", "updates", "contradicts", "new"}
    assert sum(each.expect.type is None for each in SCENARIO.entries) >= 8


# ---- what a feed shows -----------------------------------------------------------------------------------------------


def test_nothing_is_shown_before_its_time() -> None:
    moment = entry("asad-next-week-wire").at
    assert published(SCENARIO, "tigris-wire", moment - timedelta(microseconds=1)) == ()
    assert [each.id for each in published(SCENARIO, "tigris-wire", moment)] == ["asad-next-week-wire"]


@pytest.mark.parametrize("feed_id", HEALTHY)
def test_newest_first_and_of_this_feed_alone(feed_id: str) -> None:
    shown = published(SCENARIO, feed_id, SCENARIO.end)
    assert {each.feed for each in shown} == {feed_id}
    assert [each.first for each in shown] == sorted((each.first for each in shown), reverse=True)
    assert len(shown) == sum(each.feed == feed_id and each.revises is None for each in SCENARIO.entries)


def test_an_edited_headline_takes_the_place_of_the_first_wording() -> None:
    before = published(SCENARIO, "tigris-wire", on(18, 15, 9))
    after = published(SCENARIO, "tigris-wire", on(18, 15, 10))
    assert len(before) == len(after)
    assert before[1:] == after[1:]
    old, new = before[0], after[0]
    assert (old.id, new.id) == ("harir-leaving", "harir-leaving-edited")
    assert old.title != new.title
    assert (old.link, old.guid, old.published) == (new.link, new.guid, new.published)


def test_a_chain_of_edits_shows_the_last_one() -> None:
    edited = entry("harir-leaving-edited")
    again = replace(edited, id="third", at=edited.at + timedelta(hours=1), revises=edited.id)
    chained = replace(SCENARIO, entries=(*SCENARIO.entries, again))
    assert published(chained, "tigris-wire", again.at)[0].id == "third"
    assert len(published(chained, "tigris-wire", again.at)) == len(published(SCENARIO, "tigris-wire", again.at))


def test_at_most_thirty_are_shown_and_the_oldest_fall_out() -> None:
    model = entry("asad-next-week-wire")
    many = tuple(
        replace(model, id=f"n{number:02}", at=moment, first=moment)
        for number, moment in ((n, model.at + timedelta(minutes=n)) for n in range(35))
    )
    shown = published(Scenario(SCENARIO.start, SCENARIO.end, SCENARIO.feeds, many), "tigris-wire", SCENARIO.end)
    assert [each.id for each in shown] == [f"n{number:02}" for number in range(34, 4, -1)]


# ---- documents -------------------------------------------------------------------------------------------------------


def written(feed_id: str, now: datetime) -> bytes:
    return document(SCENARIO.feed(feed_id), published(SCENARIO, feed_id, now), now)


@pytest.mark.parametrize("feed_id", [feed_id for feed_id in HEALTHY if feed_id != "zagros-en"])
def test_documents_are_well_formed_and_carry_every_title(feed_id: str) -> None:
    root = ElementTree.fromstring(written(feed_id, SCENARIO.end))
    path = f"{ATOM}entry/{ATOM}title" if root.tag == f"{ATOM}feed" else "channel/item/title"
    wanted = [each.title for each in published(SCENARIO, feed_id, SCENARIO.end)]
    assert [node.text for node in root.findall(path)] == wanted
    assert wanted


def test_both_forms_are_served_by_healthy_feeds() -> None:
    roots = {ElementTree.fromstring(written(feed_id, on(2))).tag for feed_id in HEALTHY}
    assert roots == {"rss", f"{ATOM}feed"}


@pytest.mark.parametrize("feed_id", HEALTHY)
def test_a_feed_reader_finds_the_same_entries(feed_id: str) -> None:
    parsed = feedparser.parse(written(feed_id, SCENARIO.end))
    shown = published(SCENARIO, feed_id, SCENARIO.end)
    assert [item.link for item in parsed.entries] == [each.link for each in shown]
    assert ["published" in item for item in parsed.entries] == [each.dated for each in shown]
    for item, each in zip(parsed.entries, shown, strict=True):
        assert not each.dated or timegm(item.published_parsed) == each.first.timestamp()
        assert each.id == "hostile-title" or each.summary in item.summary.replace("&amp;", "&")
        assert not each.text or each.text.split("\n\n")[0] in item.content[0].value


def test_the_hostile_title_breaks_its_document_from_its_moment_on() -> None:
    moment = entry("hostile-title").at
    ElementTree.fromstring(written("zagros-en", moment - timedelta(seconds=1)))
    with pytest.raises(ElementTree.ParseError):
        ElementTree.fromstring(written("zagros-en", moment))
    assert b"\x1b[2J" in written("zagros-en", moment)


def test_other_feeds_drop_what_xml_forbids_but_keep_the_markup_as_text() -> None:
    feed = replace(SCENARIO.feed("zagros-en"), control_characters=False)
    root = ElementTree.fromstring(document(feed, [entry("hostile-title")], SCENARIO.end))
    title = root.findtext("channel/item/title")
    assert title is not None
    assert "\x1b" not in title
    assert "[@click=app.quit]" in title
    assert "&lt;script&gt;" in str(root.findtext("channel/item/description"))


def test_an_undated_entry_has_no_date_in_its_document() -> None:
    [undated] = [each for each in SCENARIO.entries if not each.dated]
    feed = SCENARIO.feed(undated.feed)
    root = ElementTree.fromstring(document(feed, [undated], SCENARIO.end))
    assert root.find("channel/item/title") is not None
    assert root.find("channel/item/pubDate") is None
    atom = ElementTree.fromstring(document(replace(feed, form="atom"), [undated], SCENARIO.end))
    assert atom.find(f"{ATOM}entry/{ATOM}published") is None
    assert atom.find(f"{ATOM}entry/{ATOM}updated") is None


def test_the_copy_names_the_wire_as_its_source() -> None:
    root = ElementTree.fromstring(written("rafidain-en", on(2)))
    assert root.findtext("channel/item/source") == "Tigris Wire"


def test_bytes_change_with_the_entries_and_with_nothing_else() -> None:
    assert written("tigris-wire", on(2)) == written("tigris-wire", on(2, 13))
    assert written("tigris-wire", on(2, 13)) != written("tigris-wire", on(2, 14))
    assert written("tigris-wire", on(18, 15)) != written("tigris-wire", on(18, 16))


# ---- a slip in the file ----------------------------------------------------------------------------------------------


def small() -> dict[str, Any]:
    feed = {
        "id": "one",
        "name": "One",
        "lang": "en",
        "tz": "Asia/Baghdad",
        "country": "IQ",
        "region": "iraq",
        "family": "one",
        "kind": "wire",
        "form": "rss",
        "site": "https://one.example",
    }
    item = {
        "id": "first",
        "feed": "one",
        "at": "2026-01-02T03:00:00+03:00",
        "lang": "en",
        "title": "Title",
        "summary": "Summary.",
        "expect": {"flagged": False, "type": None, "phase": None, "polarity": None, "verdict": None},
    }
    return {"start": "2026-01-01T00:00:00Z", "end": "2026-01-31T00:00:00Z", "feeds": [feed], "entries": [item]}


def test_what_the_file_leaves_out_is_made_from_the_rest() -> None:
    [only] = read(small()).entries
    assert only.at == only.first == only.published == on(2)
    assert (only.link, only.guid) == ("https://one.example/2026/01/first", "one:first")


def entry_with(**values: object) -> Callable[[dict[str, Any]], None]:
    return lambda data: data["entries"][0].update(values)


def feed_with(**values: object) -> Callable[[dict[str, Any]], None]:
    return lambda data: data["feeds"][0].update(values)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (entry_with(at="2026-01-02T03:00:00"), "first needs an offset"),
        (entry_with(at="tomorrow"), "first needs an ISO time at 'at', not 'tomorrow'"),
        (entry_with(at=7), "first needs words at 'at', not 7"),
        (entry_with(feed="two"), "first: there is no feed 'two'"),
        (entry_with(revises="zero"), "first: revises 'zero', which is no earlier entry of one"),
        (entry_with(dated="no"), "first needs true or false at 'dated', not 'no'"),
        (entry_with(headline="x"), "first has keys that mean nothing: headline"),
        (entry_with(expect=[]), "first, expect has to be a mapping"),
        (
            entry_with(expect={"flagged": True, "type": "handover"}),
            "has 'handover' at 'type'; possible are base_handover",
        ),
        (lambda data: data["entries"].append(data["entries"][0]), "the id 'first' is there twice"),
        (lambda data: data.pop("end"), "needs the key 'end'"),
        (lambda data: data.update(feeds="one"), "needs a list at 'feeds'"),
        (feed_with(kind="blog"), "one has 'blog' at 'kind'; possible are independent"),
        (feed_with(fault="slow"), "one has 'slow' at 'fault'"),
    ],
)
def test_a_slip_is_named(spoil: Callable[[dict[str, Any]], None], message: str) -> None:
    data = small()
    spoil(data)
    with pytest.raises(InputError) as caught:
        read(data)
    assert str(caught.value).startswith("scenario.yml: ")
    assert message in str(caught.value)


def test_an_unknown_feed_is_named_with_those_there_are() -> None:
    with pytest.raises(InputError, match=r"no feed 'cnn'.*tigris-wire"):
        SCENARIO.feed("cnn")
