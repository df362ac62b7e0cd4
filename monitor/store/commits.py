"""What a poll of one feed gave, stored in few questions: on PostgreSQL each is a way to the server and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

import orjson

from monitor.errors import StoreError
from monitor.model import Entry, FeedState
from monitor.store import leases
from monitor.store.archive import joined, sortable
from monitor.store.catalog import dumps
from monitor.store.engine import CHUNK, Session
from monitor.store.records import Doc, from_doc, to_doc
from monitor.store.rows import by_ids, write
from monitor.store.tables import RowTable

Tables = Mapping[str, RowTable]


def commit(session: Session, tables: Tables, state: FeedState, entries: Sequence[Entry], place: str) -> None:
    """Stores the state of a feed and its new or revised entries, as `Archive.commit` says. Raises StoreError."""
    latest = {entry.id: entry for entry in entries}
    stored, expired, had = _before(session, tables, list(latest), state.feed)
    rows: list[tuple[str, Mapping[str, Any], str]] = []
    for id, entry in latest.items():
        if id in expired:
            continue
        old = stored.get(id)
        if old is None:
            rows.append((id, *entry_text(entry)))
            continue
        whole = joined(from_doc(Entry, old, f"entries/{id} of {place}"), entry)
        # Keys that a newer monitor added to a document stay.
        document = {**old, **to_doc(whole), "when": sortable(whole.when)}
        rows.append((id, document, dumps(document, f"entries/{id}")))
    if rows:
        layout = tables["entries"].ensured(session)
        if any(field not in rows[0][1] for field, _ in layout.fields):
            # Somebody declared further fields through TinyDB.
            rows = [(id, orjson.loads(text), text) for id, _, text in rows]
        write(session, layout, rows)
    document = {**had, **to_doc(state)}
    text = dumps(document, f"feeds/{state.feed}")
    write(session, tables["feeds"].ensured(session), [(state.feed, document, text)])
    leases.release(session, state)


def entry_text(entry: Entry) -> tuple[Mapping[str, Any], str]:
    """The declared fields of an entry as it is stored, and its document as text. Raises StoreError."""
    when = sortable(entry.when)
    evidence = entry.evidence.fetched_at if entry.evidence is not None else entry.revised
    times = (entry.first_seen, entry.revised, entry.published or entry.revised, evidence)
    # orjson writes an entry as `records` does, only quicker, if its times are in UTC.
    if all(time.tzinfo is UTC for time in times) and not entry.revisions:
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


def _before(session: Session, tables: Tables, ids: Sequence[str], feed: str) -> tuple[dict[str, Doc], set[str], Doc]:
    """What a commit has to know, in one question: which of the entries are stored, which have expired, and the state of
    the feed as it is written."""
    layouts = [tables[name].layout(session) for name in ("entries", "tombstones", "feeds")]
    stored: dict[str, Doc] = {}
    expired: set[str] = set()
    had: Doc = {}
    for start in range(0, max(1, len(ids)), CHUNK):
        part = ids[start : start + CHUNK]
        parts: list[str] = []
        values: list[Any] = []
        for number, (layout, wanted) in enumerate(zip(layouts, (part, part, [feed]), strict=True)):
            if layout is not None and wanted:
                narrow = by_ids(wanted)
                parts.append(f"SELECT {number}, id, doc FROM {layout.table} WHERE {narrow.sql}")
                values += narrow.values
        for number, id, text in session.run(" UNION ALL ".join(parts), values) if parts else ():
            if number == 0:
                stored[id] = orjson.loads(text)
            elif number == 1:
                expired.add(id)
            else:
                had = orjson.loads(text)
    return stored, expired, had
