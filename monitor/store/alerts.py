"""What was read out of the entries, kept in the store so that nobody reads them twice.

All of it is derived and can be thrown away. Alerts are kept without their verdicts, which depend on the baseline and
are quickly made. `generations` says by which rules they were made, `stories` how they fold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import orjson

from monitor.errors import StoreError
from monitor.model import Alert, Claim, Entry, Lane, Match, Severity
from monitor.store import whole
from monitor.store.alertrows import Generation, Kept, Unread
from monitor.store.archive import sortable
from monitor.store.engine import CHUNK, Engine, Session
from monitor.store.filing import Stories
from monitor.store.generations import Generations, after, marks
from monitor.store.records import pack, unpack
from monitor.store.rows import by_ids
from monitor.store.tables import RowTable


@dataclass(frozen=True, slots=True)
class _Reading:
    """An alert without its entry, its verdicts, and what the feeds' configuration says of its source."""

    lang: str
    lane: Lane
    severity: Severity
    why: str
    gloss: str
    lead: int | None
    matches: tuple[Match, ...]
    claims: tuple[Claim, ...]
    ruleset: str = ""
    """What made it, where that is not what made its generation."""


class AlertCache:
    """The alerts of one store. Safe to use from several threads and processes."""

    def __init__(self, engine: Engine, entries: RowTable) -> None:
        self._engine, self._entries = engine, entries
        self.generations = Generations(engine, entries)
        self.stories = Stories(engine, entries, self.generations)

    def unread(self, gen: Generation, limit: int, nothing_in: Callable[[str], str | None] = lambda id: None) -> Unread:
        """The next entries that this generation has not seen, in the order in which they were stored.

        Args:
            gen: the generation.
            limit: how many entries.
            nothing_in: how the fingerprint of the wording begins in which the entry of an id is known to be no alert.
        """
        with self._engine.reading() as session:
            layout = self._entries.layout(session)
            state = self.generations.state(session, gen.number) if layout is not None else None
            rows = after(session, layout, state, limit) if layout is not None and state is not None else []
        # The generation itself is gone: there is nothing to read for it.
        at = (state.version, state.place) if state is not None else (gen.version, gen.place)
        nothing = {id for _, _, id, text in rows if (begins := nothing_in(id)) and f'"fingerprint":"{begins}' in text}
        unread = ((id, text) for _, _, id, text in rows if id not in nothing)
        entries = tuple(entry for _, entry in whole.records(self._engine, "entries", Entry, unread))
        to = (rows[-1][1], rows[-1][0]) if rows else at
        return Unread(entries, at, to, tuple(row[0] for row in rows), tuple(nothing))

    def keep(self, gen: int, unread: Unread, alerts: Sequence[Kept | None]) -> bool:
        """Stores what became of those entries and moves the place; False where another process did so before."""
        with self._engine.writing(durable=False) as session:
            (version, place), (to_version, to_place) = unread.at, unread.to
            moved = session.run(
                "UPDATE monitor_readings SET version = ?, place = ?, done = done + ? WHERE gen = ? AND version = ?"
                " AND place = ? RETURNING complete, top",
                (to_version, to_place, len(unread.arrivals), gen, version, place),
            )
            if not moved:
                return False
            complete, top = moved[0]
            late = [arrival for arrival in unread.arrivals if arrival > top]
            if complete and late:
                session.run(
                    "UPDATE monitor_readings SET entries = entries + ?, top = ? WHERE gen = ?",
                    (len(late), max(late), gen),
                )
            ids = [*(entry.id for entry in unread.entries), *unread.nothing]
            self._put(session, gen, ids, alerts, session.stamp if complete else lambda: to_version)
        return True

    def lend(self, gen: int, entries: Sequence[Entry], alerts: Sequence[Kept | None], made_by: str) -> None:
        """Stores what became of some entries out of turn, and by which ruleset; they are read again when it is."""
        with self._engine.writing(durable=False) as session:
            self._put(session, gen, [entry.id for entry in entries], alerts, session.stamp, made_by)

    def alerts(self, gen: int, ids: Sequence[str]) -> Iterator[tuple[str, int, Alert]]:
        """Id, revision and alert of these entries, without verdicts; as far as they are there."""
        for start in range(0, len(ids), CHUNK):
            part = ids[start : start + CHUNK]
            with self._engine.reading() as session:
                layout = self._entries.layout(session)
                if layout is None:
                    return
                rows = session.run(
                    "SELECT a.id, a.rev, a.doc, e.doc, r.made_by FROM monitor_alerts a"
                    f" JOIN monitor_readings r ON r.gen = a.gen JOIN {layout.table} e ON e.id = a.id"
                    f" WHERE a.gen = ? AND a.id IN ({marks(part)})",
                    (gen, *part),
                )
            entries = dict(whole.records(self._engine, "entries", Entry, ((row[0], row[3]) for row in rows)))
            for id, rev, doc, _, made_by in rows:
                if id in entries:
                    held = unpack(_Reading, whole.document(self._engine, doc, f"alerts/{id}"), f"alerts/{id}")
                    yield id, rev, _alert(entries[id], held, made_by)

    # ---- feeds ----

    def other_feeds(self, gen: int, feeds: Sequence[tuple[str, str]]) -> list[str]:
        """Of these (feed, hash of what its configuration tells the rules): those read under another hash. New ones are
        noted as they are."""
        rows = self._engine.ask("SELECT feed, made_by FROM monitor_read_feeds WHERE gen = ?", (gen,))
        known = {str(feed): str(made_by) for feed, made_by in rows}
        fresh = [(gen, feed, made_by) for feed, made_by in feeds if feed not in known]
        if fresh:
            with self._engine.writing(durable=False) as session:
                session.many(
                    "INSERT INTO monitor_read_feeds (gen, feed, made_by) VALUES (?, ?, ?)"
                    " ON CONFLICT (gen, feed) DO NOTHING",
                    fresh,
                )
        return [feed for feed, made_by in feeds if known.get(feed, made_by) != made_by]

    def of_feed(self, feed: str, after: int, limit: int) -> tuple[tuple[Entry, ...], int]:
        """The entries of a feed that arrived after a place, and the place behind them."""
        with self._engine.reading() as session:
            layout = self._entries.layout(session)
            if layout is None:
                return (), after
            rows = session.run(
                f'SELECT id, doc, arrival FROM {layout.table} WHERE "f_feed" = ? AND arrival > ?'
                f" ORDER BY arrival LIMIT {int(limit)}",
                (feed, after),
            )
        pairs = whole.records(self._engine, "entries", Entry, ((id, text) for id, text, _ in rows))
        return tuple(entry for _, entry in pairs), rows[-1][2] if rows else after

    def read_feed(self, gen: int, feed: str, made_by: str) -> None:
        """Notes that every entry of that feed has been read anew, and lent."""
        with self._engine.writing(durable=False) as session:
            session.run("UPDATE monitor_read_feeds SET made_by = ? WHERE gen = ? AND feed = ?", (made_by, gen, feed))

    # ---- what expires ----

    def spared(self, session: Session, id: str) -> str:
        """A condition, in SQL, that an entry of that id (a column) is no alert and never was one."""
        if not self.generations.there():
            return "1 = 1"
        gens = [row[0] for row in session.run("SELECT gen FROM monitor_readings")]
        none = [f"NOT EXISTS (SELECT 1 FROM monitor_alerts a WHERE a.gen = {gen} AND a.id = {id})" for gen in gens]
        return " AND ".join([*none, f"NOT EXISTS (SELECT 1 FROM monitor_once o WHERE o.id = {id})"])

    def once(self) -> Iterator[str]:
        """The ids of all entries that are or once were alerts."""
        if self.generations.there():
            for (id,) in self._engine.stream("SELECT id FROM monitor_once UNION SELECT id FROM monitor_alerts"):
                yield id

    def were(self, ids: Sequence[str]) -> None:
        """Notes that these entries once were alerts, in another store."""
        self.generations.make()
        with self._engine.writing() as session:
            session.many("INSERT INTO monitor_once (id) VALUES (?) ON CONFLICT (id) DO NOTHING", [(id,) for id in ids])

    def fewer(self, number: int) -> None:
        """So many entries have been removed."""
        if self.generations.there():
            with self._engine.writing(durable=False) as session:
                session.run("UPDATE monitor_readings SET entries = entries - ? WHERE complete = 1", (number,))

    # ---- inside ----

    def _put(
        self,
        session: Session,
        gen: int,
        ids: Sequence[str],
        alerts: Sequence[Kept | None],
        rev: Callable[[], int],
        made_by: str = "",
    ) -> None:
        """Replaces what is kept of these entries, and remembers from when on stories may be others."""
        narrow = by_ids(ids)
        held = f"SELECT id, at FROM monitor_alerts WHERE gen = ? AND {narrow.sql}"
        old: dict[str, str] = dict(session.run(held, (gen, *narrow.values)))
        found = [kept for kept in alerts if kept is not None]
        moments = [*old.values(), *(sortable(kept.alert.entry.when) for kept in found)]
        if not moments:
            return
        number = rev()
        session.hurry()
        session.many("DELETE FROM monitor_subjects WHERE gen = ? AND id = ?", [(gen, id) for id in old])
        gone = old.keys() - {kept.alert.entry.id for kept in found}
        session.many("DELETE FROM monitor_alerts WHERE gen = ? AND id = ?", [(gen, id) for id in gone])
        session.many(
            "INSERT INTO monitor_alerts (gen, id, at, key, story, rev, doc)"
            " VALUES (?, ?, ?, ?, NULL, ?, ?)"
            " ON CONFLICT (gen, id) DO UPDATE SET at = excluded.at, key = excluded.key, story = NULL,"
            " rev = excluded.rev, doc = excluded.doc",
            [
                (
                    gen,
                    held.alert.entry.id,
                    sortable(held.alert.entry.when),
                    held.key,
                    number,
                    _dumped(held.alert, made_by),
                )
                for held in found
            ],
        )
        session.many(
            "INSERT INTO monitor_subjects (gen, subject, at, id) VALUES (?, ?, ?, ?)",
            [
                (gen, subject, sortable(kept.alert.entry.when), kept.alert.entry.id)
                for kept in found
                for subject in kept.subjects
            ],
        )
        first, last = min(moments), max(moments)
        session.tell(
            "UPDATE monitor_readings SET turn = turn + 1, dirty = CASE WHEN dirty < ? THEN dirty ELSE ? END,"
            " dirty_to = CASE WHEN dirty_to > ? THEN dirty_to ELSE ? END WHERE gen = ?",
            (first, first, last, last, gen),
        )


def _dumped(alert: Alert, made_by: str) -> str:
    kept = _Reading(
        alert.lang,
        alert.lane,
        alert.severity,
        alert.severity_parts[0] if alert.severity_parts else "",
        alert.gloss,
        alert.lead,
        alert.matches,
        alert.claims,
        made_by,
    )
    return orjson.dumps(pack(kept)).decode()


def _alert(entry: Entry, kept: _Reading, made_by: str) -> Alert:
    if kept.lead is not None and not 0 <= kept.lead < len(kept.claims):
        raise StoreError(f"alerts/{entry.id} in the store has no claim {kept.lead}.")
    why = (kept.why,) if kept.why else ()
    return Alert(
        entry,
        entry.feed,
        kept.lang,
        kept.matches,
        kept.claims,
        kept.lead,
        (),
        None,
        kept.lane,
        kept.severity,
        why,
        kept.gloss,
        ruleset=kept.ruleset or made_by,
    )
