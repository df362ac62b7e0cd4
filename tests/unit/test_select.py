"""Which entries of a document are new and which are revised; their identity and their history."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from monitor.feeds import identity
from monitor.feeds.identity import REVISIONS, entry_key, fingerprint_of
from monitor.model import Entry, ParsedEntry, Revision
from tests.builders import T0, feed

LATER = T0 + timedelta(hours=1)


def select(*given: Any) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    found = identity.select(*given)
    return found.new, found.revised


def item(title: str = "Title", **given: Any) -> ParsedEntry:
    values: dict[str, Any] = {"guid": "g1", "url": "https://o.example/1", "summary": "", "text": "", "published": T0}
    return ParsedEntry(title=title, **{**values, **given})


def known(*entries: Entry) -> dict[str, Entry]:
    return {entry.key: entry for entry in entries}


def first(*items: ParsedEntry) -> tuple[Entry, ...]:
    new, revised = select(feed(), items, {}, T0)
    assert revised == ()
    return new


def test_an_entry_not_seen_before_is_new() -> None:
    (entry,) = first(item(source_label="AFP"))
    assert (entry.feed, entry.key, entry.title, entry.lang) == ("f", "guid:g1", "Title", "en")
    assert (entry.published, entry.first_seen, entry.revised, entry.source_label) == (T0, T0, T0, "AFP")
    assert (entry.fingerprint, entry.revisions) == (fingerprint_of("Title", "", ""), ())


def test_its_id_is_made_of_feed_and_key() -> None:
    (one,) = first(item())
    (same,) = first(item("Other words"))
    ((elsewhere,), _) = select(feed("g"), [item()], {}, T0)
    assert one.id == same.id != elsewhere.id


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({}, "guid:g1"),
        ({"guid": None}, "link:https://o.example/1"),
        ({"guid": ""}, "link:https://o.example/1"),
    ],
)
def test_the_first_present_of_guid_and_link_is_the_key(given: dict[str, Any], key: str) -> None:
    assert entry_key(item(**given)) == key


def test_without_both_the_words_and_the_date_are_the_key() -> None:
    bare: dict[str, Any] = {"guid": None, "url": None}
    keys = {entry_key(item(**bare)), entry_key(item("x", **bare)), entry_key(item(published=None, **bare))}
    assert len(keys) == 3
    assert all(key.startswith("hash:") for key in keys)
    assert entry_key(item("\ud800", **bare)), "a lone surrogate is hashed, not refused"


def test_the_same_words_again_are_nothing() -> None:
    assert select(feed(), [item()], known(*first(item())), LATER) == ((), ())


@pytest.mark.parametrize("changed", [item("New"), item(summary="New"), item(text="New")])
def test_other_words_are_a_revision_that_keeps_the_old_ones(changed: ParsedEntry) -> None:
    (old,) = first(item())
    new, (entry,) = select(feed(), [changed], known(old), LATER)
    assert new == ()
    assert (entry.id, entry.first_seen, entry.published, entry.revised) == (old.id, T0, T0, LATER)
    assert entry.revisions == (Revision(T0, "Title", "", ""),)
    assert "New" in (entry.title, entry.summary, entry.text)


def test_another_date_or_link_alone_is_no_revision() -> None:
    (old,) = first(item())
    moved = item(url="https://o.example/2", published=LATER)
    assert select(feed(), [moved], known(old), LATER) == ((), ())


def test_a_revision_without_a_link_keeps_the_link() -> None:
    (old,) = first(item())
    _, (entry,) = select(feed(), [item("New", url=None)], known(old), LATER)
    assert entry.url == "https://o.example/1"


def test_the_newest_revisions_are_kept() -> None:
    (entry,) = first(item("0"))
    for number in range(1, REVISIONS + 6):
        _, (entry,) = select(feed(), [item(str(number))], known(entry), T0 + timedelta(minutes=number))
    assert [revision.title for revision in entry.revisions] == [str(number) for number in range(5, REVISIONS + 5)]
    assert entry.title == str(REVISIONS + 5)


def test_a_key_given_twice_counts_once() -> None:
    assert [entry.title for entry in first(item("One"), item("Two"))] == ["One"]
    (old,) = first(item("One"))
    # The second once made a revision at every poll, and the first another at the next.
    assert select(feed(), [item("One"), item("Two")], known(old), LATER) == ((), ())
    _, (revised,) = select(feed(), [item("Two"), item("One")], known(old), LATER)
    assert revised.title == "Two"


ITEMS = st.lists(
    st.builds(
        item,
        st.sampled_from(["A", "B", ""]),
        guid=st.sampled_from([None, "", "g1", "g2"]),
        url=st.sampled_from([None, "u1", "u2"]),
        summary=st.text(max_size=5),
    ),
    max_size=8,
)


@settings(max_examples=40, deadline=None)
@given(ITEMS, ITEMS)
def test_a_document_read_again_changes_nothing(earlier: list[ParsedEntry], later: list[ParsedEntry]) -> None:
    new, _ = select(feed(), earlier, {}, T0)
    added, revised = select(feed(), later, known(*new), LATER)
    held = {**known(*new), **known(*revised), **known(*added)}
    assert not {entry.key for entry in added} & {entry.key for entry in new}
    assert select(feed(), later, held, LATER + timedelta(hours=1)) == ((), ())
