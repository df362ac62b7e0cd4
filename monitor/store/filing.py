"""Alerts filed into stories, and stories taken out as they are shown.

Stories are filed by moment: everything before `dirty` is as folding all alerts would give it. Whoever files says what
changed and under which `turn` it was looked up; if another process was quicker, nothing is written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from monitor.model import Lane, Story
from monitor.store.alertrows import Slice, StoryRow
from monitor.store.archive import sortable
from monitor.store.engine import CHUNK, Engine, Row, Session
from monitor.store.generations import Generations, marks
from monitor.store.records import pack, unpack
from monitor.store.tables import RowTable
from monitor.store.whole import document

_LAST = "~"
"""Later than every moment."""


@dataclass(frozen=True, slots=True)
class _Story:
    """A story without its alerts and its review."""

    families: tuple[str, ...]
    copies: int
    aliases: tuple[str, ...]


class Stories:
    """The stories of all generations. Safe to use from several threads and processes."""

    def __init__(self, engine: Engine, entries: RowTable, generations: Generations) -> None:
        self._engine, self._entries, self._generations = engine, entries, generations

    # ---- filing ----

    def retold(self, gen: int, outlets: Mapping[str, str]) -> tuple[str, str] | None:
        """The first and the last moment of the alerts whose entry names an outlet of which another family is told now
        than when they were folded; None where there are none. Looks at every alert's entry.

        Args:
            gen: the generation.
            outlets: families by the names of outlets, in lower case.
        """
        with self._engine.reading() as session:
            rows = session.run("SELECT name, family FROM monitor_outlets WHERE gen = ?", (gen,))
            layout = self._entries.layout(session)
        names = {name for name, _ in set(rows) ^ set(outlets.items())}
        if not names or layout is None:
            return None
        named = re.compile("|".join(map(re.escape, sorted(names)))).search
        found = self._engine.stream(
            f"SELECT a.at, e.doc FROM monitor_alerts a JOIN {layout.table} e ON e.id = a.id WHERE a.gen = ?", (gen,)
        )
        # In the document as it is written: only quotes and control characters are written otherwise there.
        moments = [at for at, text in found if named(text.casefold())]
        return (min(moments), max(moments)) if moments else None

    def refold(
        self, gen: int, folded_by: str, outlets: Mapping[str, str], *, whole: bool, span: tuple[str, str] | None
    ) -> None:
        """Notes what folds the stories from now on, and that they are to be folded again: the `whole` of them, or from
        the first to the last moment of `span` and as far as that goes. They stay to be shown until then."""
        with self._engine.writing(durable=False) as session:
            moved = session.run(
                "UPDATE monitor_readings SET folded_by = ?, turn = turn + 1 WHERE gen = ? AND folded_by <> ?"
                " RETURNING dirty, dirty_to",
                (folded_by, gen, folded_by),
            )
            if not moved:
                return
            moments = ["", _LAST] if whole else [at for at in (*moved[0], *(span or ())) if at is not None]
            if moments:
                dirty = (min(moments), max(moments), gen)
                session.run("UPDATE monitor_readings SET dirty = ?, dirty_to = ? WHERE gen = ?", dirty)
            session.run("DELETE FROM monitor_outlets WHERE gen = ?", (gen,))
            session.many(
                "INSERT INTO monitor_outlets (gen, name, family) VALUES (?, ?, ?)",
                [(gen, name, family) for name, family in outlets.items()],
            )

    def slice(self, gen: int, window: timedelta, most: int) -> Slice | None:
        """The next alerts to file: at most about so many from the dirty moment on, and those of all stories that may
        still take alerts then. None where all is filed.

        Args:
            gen: the generation.
            window: how much older a story's first report may be than one that joins it.
            most: how many alerts.
        """
        with self._engine.reading() as session:
            state = self._generations.state(session, gen)
            if state is None or state.dirty is None:
                return None
            begin, since = state.dirty, _back(state.dirty, window)
            after = session.run(
                f"SELECT at FROM monitor_alerts WHERE gen = ? AND at >= ? ORDER BY at LIMIT 1 OFFSET {int(most)}",
                (gen, begin),
            )
            if after and after[0][0] == begin:
                # So many of one moment belong together.
                after = session.run("SELECT min(at) FROM monitor_alerts WHERE gen = ? AND at > ?", (gen, begin))
            end = (after[0][0] if after else None) or _LAST
            rows = session.run(
                "SELECT id, rev, story FROM monitor_alerts WHERE gen = ? AND at >= ? AND at < ?", (gen, begin, end)
            )
            rows += session.run(
                "SELECT a.id, a.rev, a.story FROM monitor_stories s JOIN monitor_alerts a"
                " ON a.gen = s.gen AND a.story = s.story"
                " WHERE s.gen = ? AND s.first >= ? AND s.first < ? AND a.at < ?",
                (gen, since, begin, begin),
            )
            stories = session.run(
                "SELECT story, first, doc FROM monitor_stories WHERE gen = ? AND first >= ? AND first < ?",
                (gen, since, end),
            )
        had = {story: (first, doc) for story, first, doc in stories}
        return Slice(gen, state.turn, begin, end, _back(end, window), state.dirty_to or _LAST, tuple(rows), had)

    def file(self, piece: Slice, stories: Sequence[Story]) -> bool:
        """Writes how the alerts of a slice fold; False where they have changed meanwhile."""
        had: dict[str | None, set[str]] = {}
        for id, _, known in piece.rows:
            had.setdefault(known, set()).add(id)
        docs = {story.id: _dumped(story) for story in stories}
        other = [
            story
            for story in stories
            if piece.stories.get(story.id, ("", ""))[1] != docs[story.id]
            or {alert.entry.id for alert in story.alerts} != had.get(story.id)
        ]
        gone = {story.id for story in other} | (piece.stories.keys() - docs.keys())
        # Alerts to come can only join stories that began within the window: if those are as they were, so is the rest.
        late = [sortable(story.alerts[0].entry.when) for story in other]
        late += [piece.stories[id][0] for id in gone if id in piece.stories]
        done = piece.end == _LAST or (piece.end > piece.until and all(first < piece.open for first in late))
        with self._engine.writing(durable=False) as session:
            moved = session.run(
                "UPDATE monitor_readings SET dirty = ?, dirty_to = ?, turn = turn + 1 WHERE gen = ? AND turn = ?"
                " RETURNING complete",
                (None if done else piece.end, None if done else max(piece.until, piece.end), piece.gen, piece.turn),
            )
            if not moved:
                return False
            if moved[0][0] and (other or gone):
                session.stamp()
            session.hurry()
            keys = [(piece.gen, id) for id in gone]
            session.many("UPDATE monitor_alerts SET story = NULL WHERE gen = ? AND story = ?", keys)
            session.many("DELETE FROM monitor_stories WHERE gen = ? AND story = ?", keys)
            session.many(
                "INSERT INTO monitor_stories (gen, story, first, latest, lane, doc) VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (
                        piece.gen,
                        story.id,
                        sortable(story.alerts[0].entry.when),
                        sortable(story.latest),
                        story.lane,
                        docs[story.id],
                    )
                    for story in other
                ],
            )
            session.many(
                "UPDATE monitor_alerts SET story = ? WHERE gen = ? AND id = ?",
                [(story.id, piece.gen, alert.entry.id) for story in other for alert in story.alerts],
            )
        return True

    # ---- what is shown ----

    def newest(
        self, gen: int, limit: int | None, *, before: tuple[datetime, str] | None = None, lane: Lane | None = None
    ) -> list[StoryRow]:
        """The stories with the latest reports, by (latest, id), latest first; `before` such a pair: the page that
        follows it."""
        where = "gen = ?"
        values: list[Any] = [gen]
        if lane is not None:
            where, values = f"{where} AND lane = ?", [*values, lane]
        if before is not None:
            moment = sortable(before[0])
            where = f"{where} AND latest <= ? AND (latest < ? OR story < ?)"
            values = [*values, moment, moment, before[1]]
        most = f"LIMIT {int(limit)}" if limit is not None else ""
        with self._engine.reading() as session:
            rows = session.run(
                f"SELECT story, doc FROM monitor_stories WHERE {where} ORDER BY latest DESC, story DESC {most}", values
            )
            return self._with_alerts(session, gen, rows, whole=limit is None and lane is None and before is None)

    def by_id(self, gen: int, ids: Sequence[str]) -> list[StoryRow]:
        """The stories of these ids, as far as they are there."""
        with self._engine.reading() as session:
            rows: list[Row] = []
            for start in range(0, len(ids), CHUNK):
                part = ids[start : start + CHUNK]
                rows += session.run(
                    f"SELECT story, doc FROM monitor_stories WHERE gen = ? AND story IN ({marks(part)})", (gen, *part)
                )
            return self._with_alerts(session, gen, rows)

    def of_claim(self, gen: int, key: str) -> str | None:
        """The story that holds the claim of that key."""
        rows = self._engine.ask("SELECT story FROM monitor_alerts WHERE gen = ? AND key = ?", (gen, key))
        return rows[0][0] if rows else None

    def of_entries(self, gen: int, entries: Sequence[str]) -> dict[str, str]:
        """The stories of these entries, by entry; those that are no alert are left out."""
        if not entries:
            return {}
        rows = self._engine.ask(
            f"SELECT id, story FROM monitor_alerts WHERE gen = ? AND story IS NOT NULL AND id IN ({marks(entries)})",
            (gen, *entries),
        )
        return dict(rows)

    def about(self, gen: int, subject: str, since: datetime) -> set[str]:
        """The stories with a report published since then that settles something about a subject."""
        rows = self._engine.ask(
            "SELECT DISTINCT a.story FROM monitor_subjects s JOIN monitor_alerts a ON a.gen = s.gen AND a.id = s.id"
            " WHERE s.gen = ? AND s.subject = ? AND s.at >= ? AND a.story IS NOT NULL",
            (gen, subject, sortable(since)),
        )
        return {row[0] for row in rows}

    # ---- inside ----

    def _with_alerts(self, session: Session, gen: int, rows: Sequence[Row], whole: bool = False) -> list[StoryRow]:
        """Story rows with the (id, revision) of their alerts, oldest first."""
        held: dict[str, list[tuple[str, int]]] = {}
        if whole:
            found = session.run(
                "SELECT story, id, rev FROM monitor_alerts WHERE gen = ? AND story IS NOT NULL ORDER BY at, id", (gen,)
            )
            for story, id, rev in found:
                held.setdefault(story, []).append((id, rev))
        for start in range(0, 0 if whole else len(rows), CHUNK):
            part = [row[0] for row in rows[start : start + CHUNK]]
            found = session.run(
                f"SELECT story, id, rev FROM monitor_alerts WHERE gen = ? AND story IN ({marks(part)})"
                " ORDER BY story, at, id",
                (gen, *part),
            )
            for story, id, rev in found:
                held.setdefault(story, []).append((id, rev))
        made = []
        for story, doc in rows:
            if story in held:
                kept = unpack(_Story, document(self._engine, doc, f"stories/{story}"), f"stories/{story}")
                made.append(StoryRow(story, tuple(held[story]), kept.families, kept.copies, kept.aliases))
        return made


def _back(moment: str, window: timedelta) -> str:
    """A moment as stored, so much earlier."""
    return moment if moment in ("", _LAST) else sortable(datetime.fromisoformat(moment) - window)


def _dumped(story: Story) -> str:
    return orjson.dumps(pack(_Story(story.families, story.copies, story.aliases))).decode()
