"""What a poll of one feed gave, stored in few questions: on PostgreSQL each is a way to the server and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC
from typing import Any

import orjson

from monitor.errors import StoreError
from monitor.model import Entry, FeedState
from monitor.store import leases
from monitor.store.archive import joined, sortable
from monitor.store.catalog import Layout, dumps
from monitor.store.engine import CHUNK, Session
from monitor.store.records import Doc, from_doc, to_doc
from monitor.store.rows import by_ids, write
from monitor.store.tables import RowTable

Tables = Mapping[str, RowTable]
Stored = dict[str, tuple[Doc, Entry | None]]
"""Documents and entries by id; without the entry where it is damaged."""


def commit(session: Session, tables: Tables, state: FeedState, entries: Sequence[Entry]) -> None:
    """Stores the state of a feed and its new or revised entries, as `Archive.commit` says. Raises StoreError."""
    latest = {entry.id: entry for entry in entries}
    # Most are new. Where that shows when they are written, nobody asks before.
    asked = [id for id, entry in latest.items() if entry.revisions or not session.counts]
    stored, expired, had = _before(session, tables, asked, list(latest), state.feed)
    wanted = {id: entry for id, entry in latest.items() if id not in expired}
    changed = [(id, entry) for id, entry in wanted.items() if id in stored]
    fresh = [(id, *entry_text(entry)) for id, entry in wanted.items() if id not in stored]
    if fresh:
        layout = tables["entries"].ensured(session)
        if any(field not in fresh[0][1] for field, _ in layout.fields):
            # Somebody declared further fields through TinyDB.
            fresh = [(id, orjson.loads(text), text) for id, _, text in fresh]
        if write(session, layout, fresh, replace=not session.counts) < len(fresh) and session.counts:
            stored |= _other(session, layout, fresh)
            changed += [(id, wanted[id]) for id, _, _ in fresh if id in stored]
    if changed:
        write(session, tables["entries"].ensured(session), [_joined(id, entry, stored[id]) for id, entry in changed])
    document = {**had, **to_doc(state)}
    text = dumps(document, f"feeds/{state.feed}")
    write(session, tables["feeds"].ensured(session), [(state.feed, document, text)])
    leases.release(session, state)


def _other(session: Session, layout: Layout, rows: Sequence[tuple[str, Any, str]]) -> Stored:
    """Those of these entries that are stored already, in other words."""
    found: Stored = {}
    texts = {id: text for id, _, text in rows}
    for start in range(0, len(rows), CHUNK):
        narrow = by_ids([id for id, _, _ in rows[start : start + CHUNK]])
        for id, text in session.run(f"SELECT id, doc FROM {layout.table} WHERE {narrow.sql}", narrow.values):
            if text != texts[id]:
                found[id] = _read(id, text)
    return found


def _joined(id: str, entry: Entry, stored: tuple[Doc, Entry | None]) -> tuple[str, Mapping[str, Any], str]:
    """An entry as it is stored over the one that is there."""
    old, before = stored
    if before is None:
        return (id, *entry_text(entry))
    whole = joined(before, entry)
    # Keys that a newer monitor added to a document stay.
    document = {**old, **to_doc(whole), "when": sortable(whole.when)}
    return id, document, dumps(document, f"entries/{id}")


def _read(id: str, text: str) -> tuple[Doc, Entry | None]:
    """What is damaged is as if it said nothing: it is written anew."""
    try:
        document = orjson.loads(text)
        return document, from_doc(Entry, document, f"entries/{id}")
    except (orjson.JSONDecodeError, StoreError):
        return {}, None


def entry_text(entry: Entry) -> tuple[Mapping[str, Any], str]:
    """The declared fields of an entry as it is stored, and its document as text. Raises StoreError."""
    when = sortable(entry.when)
    # orjson writes an entry as `records` does, only quicker, if its times are in UTC.
    if (
        entry.first_seen.tzinfo is UTC
        and entry.revised.tzinfo is UTC
        and (entry.published is None or entry.published.tzinfo is UTC)
        and (entry.evidence is None or entry.evidence.fetched_at.tzinfo is UTC)
        and not entry.revisions
    ):
        try:
            text = orjson.dumps(entry, option=orjson.OPT_UTC_Z).decode()
        except orjson.JSONEncodeError as error:
            raise StoreError(
                f"entries/{entry.id} cannot be stored ({error}). Nothing was written; the text of that document has to"
                " be cleaned first."
            ) from error
        return {"feed": entry.feed, "when": when}, f'{text[:-1]},"when":"{when}"}}'
    document = {**to_doc(entry), "when": when}
    return document, dumps(document, f"entries/{entry.id}")


def _before(
    session: Session, tables: Tables, asked: Sequence[str], ids: Sequence[str], feed: str
) -> tuple[Stored, set[str], Doc]:
    """What a commit has to know, in one question: what is stored of the entries that are `asked` for, which of `ids`
    have expired, and the state of the feed as it is written."""
    layouts = [tables[name].layout(session) for name in ("entries", "tombstones", "feeds")]
    stored: Stored = {}
    expired: set[str] = set()
    had: Doc = {}
    for start in range(0, max(1, len(ids)), CHUNK):
        part = slice(start, start + CHUNK)
        parts: list[str] = []
        values: list[Any] = []
        for number, (layout, wanted) in enumerate(zip(layouts, (asked[part], ids[part], [feed]), strict=True)):
            if layout is not None and wanted:
                narrow = by_ids(wanted)
                parts.append(f"SELECT {number}, id, doc FROM {layout.table} WHERE {narrow.sql}")
                values += narrow.values
        for number, id, text in session.run(" UNION ALL ".join(parts), values) if parts else ():
            if number == 0:
                stored[id] = _read(id, text)
            elif number == 1:
                expired.add(id)
            else:
                with suppress(orjson.JSONDecodeError):
                    had = orjson.loads(text)
    return stored, expired, had
