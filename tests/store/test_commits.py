"""An entry written quickly says what it says when written with care."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import orjson
import pytest
from hypothesis import given, strategies as st

from monitor.errors import StoreError
from monitor.model import Entry, Evidence, Revision
from monitor.store.archive import sortable
from monitor.store.catalog import dumps
from monitor.store.commits import entry_text
from monitor.store.records import from_doc, to_doc
from tests.builders import T0, entry

ZONES = st.sampled_from([UTC, timezone(timedelta(hours=3))])
TIMES = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=ZONES)  # noqa: DTZ001 - the zones are drawn
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(TEXTS, TIMES, st.none() | TIMES, st.none() | TIMES, st.booleans())
def test_the_text_is_the_one_of_the_records(
    text: str, seen: datetime, published: datetime | None, fetched: datetime | None, revised: bool
) -> None:
    one = replace(entry(text, text=text), published=published, first_seen=seen, revised=seen, url=None)
    if fetched is not None:
        one = replace(one, evidence=Evidence(fetched, "https://x", "aa", text, "bb"))
    if revised:
        one = replace(one, revisions=(Revision(seen, "before", "", text),))
    wanted = {**to_doc(one), "when": sortable(one.when)}
    fields, written = entry_text(one)
    assert written == dumps(wanted, "x")
    assert {name: fields[name] for name in ("feed", "when")} == {name: wanted[name] for name in ("feed", "when")}
    assert from_doc(Entry, orjson.loads(written), "x") == one


def test_what_cannot_be_stored_is_named() -> None:
    with pytest.raises(StoreError, match="entries/e1 cannot be stored"):
        entry_text(entry("a lone \ud800"))
    with pytest.raises(StoreError, match="has no time zone"):
        entry_text(replace(entry(), published=T0.replace(tzinfo=None)))
