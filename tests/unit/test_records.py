"""Records survive the way into JSON and back, and a broken document says where and how it is broken."""

from __future__ import annotations

import json
import types
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, strategies as st

from monitor.errors import StoreError
from monitor.model import Count, DateRange, Decision, Entry, Fact, FeedState, Note, Revision
from monitor.store.records import from_doc, to_doc

STORED = (Entry, FeedState, Decision, Fact)
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
FACT = Fact(
    id="f1",
    subject="US@kurdistan",
    attribute="count",
    as_of=date(2025, 11, 30),
    source="seed",
    passage="some 1,350-1,500",
    count=Count("1,350-1,500", 1350, 1500, "personnel", "total"),
    date=DateRange("late November 2025", date(2025, 11, 21), None, "range"),
    names=("US", "UK"),
)
ENTRY = Entry(
    id="e1",
    feed="shafaq-en",
    key="guid-1",
    url=None,
    title="Title",
    summary="",
    text="عين الأسد",
    lang="ar",
    published=None,
    first_seen=NOON,
    revised=NOON,
    fingerprint="abc",
    revisions=(Revision(NOON, "old", "", ""),),
)


def any_of(hint: Any) -> st.SearchStrategy[Any]:
    """Any value of a type hint of the model. Written apart from the codec, so that it does not share its mistakes."""
    plain: dict[Any, st.SearchStrategy[Any]] = {
        str: st.text(max_size=12),
        int: st.integers(-(2**53), 2**53),
        bool: st.booleans(),
        float: st.floats(allow_nan=False, allow_infinity=False),
        date: st.dates(),
        datetime: st.datetimes(timezones=st.just(UTC)),
        type(None): st.none(),
    }
    if hint in plain:
        return plain[hint]
    args = get_args(hint)
    if get_origin(hint) is Literal:
        return st.sampled_from(args)
    if get_origin(hint) is types.UnionType:
        return st.one_of(*map(any_of, args))
    if get_origin(hint) is tuple:
        return st.lists(any_of(args[0]), max_size=3).map(tuple)
    hints = get_type_hints(hint)
    return st.builds(hint, **{f.name: any_of(hints[f.name]) for f in fields(hint)})


@pytest.mark.parametrize("cls", STORED, ids=lambda cls: cls.__name__)
@given(data=st.data())
def test_every_record_comes_back_as_it_was(cls: Any, data: st.DataObject) -> None:
    record = data.draw(any_of(cls))
    doc = json.loads(json.dumps(to_doc(record)))
    assert from_doc(cls, doc, "there") == record


@given(
    st.datetimes(
        min_value=datetime(1900, 1, 1),  # noqa: DTZ001 - hypothesis takes naive bounds
        timezones=st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
    )
)
def test_a_time_is_stored_as_the_same_moment_in_utc(moment: datetime) -> None:
    doc = to_doc(Note(moment, "layla", "seen"))
    assert doc["at"].endswith("Z")
    back = from_doc(Note, doc, "there").at
    assert back == moment
    assert back.tzinfo is UTC


def test_the_form_on_disk() -> None:
    doc = to_doc(FACT)
    assert doc["as_of"] == "2025-11-30"
    assert doc["count"] == {"raw": "1,350-1,500", "low": 1350, "high": 1500, "unit": "personnel", "role": "total"}
    assert doc["date"] == {"raw": "late November 2025", "start": "2025-11-21", "end": None, "precision": "range"}
    assert doc["names"] == ["US", "UK"]
    assert to_doc(ENTRY)["first_seen"] == "2026-01-05T12:00:00Z"
    assert set(doc) == {f.name for f in fields(Fact)}, "every field is there: an old value never shines through"


def test_an_unknown_key_of_a_newer_version_is_passed_over() -> None:
    doc = {**to_doc(ENTRY), "mood": "grim"}
    doc["revisions"][0]["editor"] = "b"
    assert from_doc(Entry, doc, "entries/e1") == ENTRY


def test_a_key_an_older_version_did_not_write_takes_its_default() -> None:
    doc = to_doc(FACT)
    del doc["names"], doc["compared"], doc["version"]
    back = from_doc(Fact, doc, "facts/1")
    assert (back.names, back.compared, back.version) == ((), True, 1)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"title": 7}, "title: expected text, found 7"),
        ({"title": None}, "title: expected text, found None"),
        ({"published": "yesterday"}, "published: expected a time like 2026-01-05T12:00:00Z, found 'yesterday'"),
        ({"first_seen": "2026-01-05T12:00:00"}, "first_seen: expected a time with a time zone"),
        ({"first_seen": 5}, "first_seen: expected a time like"),
        ({"revisions": "none"}, "revisions: expected a list, found 'none'"),
        ({"revisions": ["x"]}, "revisions.0: expected an object, found 'x'"),
        ({"revisions": [{"seen": "2026-01-05T12:00:00Z", "title": "", "summary": ""}]}, "revisions.0.text: is missing"),
    ],
)
def test_a_broken_entry_says_where(change: dict[str, Any], told: str) -> None:
    with pytest.raises(StoreError) as caught:
        from_doc(Entry, {**to_doc(ENTRY), **change}, "entries/e1")
    assert "entries/e1" in str(caught.value)
    assert told in str(caught.value)
    assert ".bak" in str(caught.value)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"attribute": "weather"}, "attribute: expected one of status, count"),
        ({"attribute": ["status"]}, "attribute: expected one of status, count"),
        ({"version": True}, "version: expected a whole number, found True"),
        ({"version": 1.5}, "version: expected a whole number, found 1.5"),
        ({"compared": 1}, "compared: expected true or false, found 1"),
        ({"as_of": "2026-13-01"}, "as_of: expected a date like"),
        ({"count": {"raw": "", "low": "1", "high": None, "unit": "personnel", "role": "total"}}, "count.low: expected"),
    ],
)
def test_a_broken_fact_says_where(change: dict[str, Any], told: str) -> None:
    with pytest.raises(StoreError) as caught:
        from_doc(Fact, {**to_doc(FACT), **change}, "facts/3")
    assert told in str(caught.value)


def test_seconds_may_be_whole_but_no_text() -> None:
    doc = to_doc(FeedState("a"))
    assert from_doc(FeedState, {**doc, "seconds": 2}, "feeds/a").seconds == 2.0
    with pytest.raises(StoreError, match="seconds: expected a number"):
        from_doc(FeedState, {**doc, "seconds": "2"}, "feeds/a")


def test_a_time_without_zone_is_refused_when_stored() -> None:
    with pytest.raises(StoreError, match=r"next_due: 2026-01-05T12:00:00 has no time zone"):
        to_doc(FeedState("a", next_due=NOON.replace(tzinfo=None)))


def test_a_long_wrong_value_is_shown_short() -> None:
    with pytest.raises(StoreError) as caught:
        from_doc(Entry, {**to_doc(ENTRY), "revisions": "x" * 10_000}, "entries/e1")
    assert len(str(caught.value)) < 400
