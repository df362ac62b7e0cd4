"""Monitor: what the dashboard and the command line both do - poll, show the board, decide, undo.

It holds no truth of its own: entries, feed states, journal and accepted facts are in the archive; alerts, stories and
board are computed from them and from the configuration, and kept in memory only to be quick. The parts: `ports` (what
it needs from outside), `polling`, `readings` (entries read), `boards`, `deciding`.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from monitor.baseline.seeds import Seed
from monitor.model import (
    Action,
    Alert,
    Board,
    Config,
    Decision,
    Entry,
    Fact,
    FeedRow,
    FeedState,
    Found,
    Lane,
    Ledger,
    Overruled,
    PollReport,
    Progress,
    Story,
)
from monitor.pipeline import FeedOutcome, Fetch, Polite
from monitor.rules.engine import Ruleset
from monitor.service.boards import Boards
from monitor.service.deciding import Deciding
from monitor.service.polling import Polling
from monitor.service.ports import Archive, News, Notices, Reader, Renewal, Workplace, utc_now
from monitor.service.readings import Readings
from monitor.service.records import Records
from monitor.service.retention import RETENTION, Retention

__all__ = ["RETENTION", "Archive", "Monitor", "News", "Notices", "Reader", "Renewal", "utc_now"]

_STEP = 2_000
"""Entries read of the archive, after which a board is worth making anew."""


_TOLD = 1_000
"""Stories, of the latest, that notices look at after a poll."""


class Monitor:
    """One configuration over one archive. Every method but `poll` may be called from any thread."""

    config: Config
    _said: tuple[str, ...]
    _place: Workplace
    _readings: Readings
    _boards: Boards
    _polling: Polling
    _deciding: Deciding

    def __init__(
        self,
        config: Config,
        ruleset: Ruleset,
        seeds: Sequence[Seed],
        archive: Archive,
        fetcher: AbstractAsyncContextManager[Fetch],
        *,
        seed_rules: Ruleset | None = None,
        clock: Callable[[], datetime] = utc_now,
        jitter: Callable[[], float] = lambda: random.uniform(-1, 1),  # noqa: S311  # spreads polls, guards nothing
        polite: Polite | None = None,
        read_only: bool = False,
        label: Callable[[datetime], str] = lambda now: "",
        reader: Reader | None = None,
        renewal: Renewal | None = None,
        notices: Notices | None = None,
    ) -> None:
        """`renewal` is asked, often, whether the configuration has changed; `notices` hears of every new board."""
        self.read_only = read_only
        self._archive, self._clock, self._label = archive, clock, label
        self._fetcher, self._jitter, self._polite = fetcher, jitter, polite
        self._renewal, self._notices = renewal, notices
        self._generation, self._under_way = 0, 0
        self._trouble, self._said = "", ()
        self.reload(config, ruleset, seeds, seed_rules=seed_rules, reader=reader)

    # ---- configuration ----

    def reload(
        self,
        config: Config,
        ruleset: Ruleset,
        seeds: Sequence[Seed],
        *,
        seed_rules: Ruleset | None = None,
        reader: Reader | None = None,
    ) -> None:
        """Goes on with another configuration over the same archive; a poll under way ends with the one it has."""
        place = Workplace(
            config,
            ruleset,
            seed_rules or ruleset,
            tuple(seeds),
            self._archive,
            {feed.id: feed for feed in config.feeds},
            self._clock,
            self._label,
            self.read_only,
        )
        if self._generation:
            self.close()
        readings = Readings(place, reader)
        boards = Boards(place, readings)
        records = Records(place, readings)
        self._retention = retention = Retention(place, readings, boards.alerts)
        polling = Polling(
            place,
            readings,
            boards.alerts,
            self._fetcher,
            jitter=self._jitter,
            polite=self._polite,
            parser=reader,
            retention=retention,
        )
        self.config, self._place, self._readings, self._boards, self._polling = config, place, readings, boards, polling
        self._deciding, self._records = Deciding(place, readings, boards), records
        self._generation += 1
        if self._notices is not None:
            self._notices.configure(config.notify)

    def renew(self, *, now: bool = False) -> str:
        """Looks whether the configuration has changed, `now` even if it looks the same; one that holds is taken over.

        Returns:
            What happened since the last call, in words; empty where nothing did. What is wrong with a configuration
            that does not hold is on the board too, until it is mended.
        """
        self._look(now=now)
        said, self._said = self._said, ()
        return "\n".join(said)

    def _look(self, *, now: bool = False) -> None:
        news = self._renewal.look(self, now=now) if self._renewal is not None else None
        if news is not None:
            self._trouble = news.trouble
            self._said = (*self._said, news.trouble or news.words)[-10:]
            self._generation += 1

    @property
    def polling(self) -> bool:
        """Whether a poll is under way."""
        return self._under_way > 0

    # ---- poll ----

    async def poll(
        self,
        *,
        force: bool = False,
        progress: Callable[[str], None] | None = None,
        done: Callable[[FeedOutcome], None] | None = None,
    ) -> PollReport:
        """Polls what is due (all, if forced) and says what came. Failures of feeds are in the report, not raised."""
        self._under_way += 1
        try:
            report = await self._polling.poll(force=force, progress=progress, done=done)
        finally:
            self._under_way -= 1
        if self._notices is not None and self._notices.wanted(self._clock(), report.new + report.revised > 0):
            notices, board = self._notices, await asyncio.to_thread(self._boards.board, _TOLD)
            await asyncio.to_thread(notices.consider, board)
        return report

    def next_due(self) -> datetime | None:
        """When the next feed wants to be polled; None where none is enabled."""
        return self._polling.next_due()

    def changed(self) -> object:
        """A token that is new when any process has written to the store, more of the archive has been read, or the
        configuration has changed."""
        self._look()
        progress = self.progress()
        return self._archive.version(), self._generation, progress.done // _STEP if progress is not None else None

    def add(self, entry: Entry) -> Alert | None:
        """Stores one entry that a person handed in, and reads it like any other."""
        state = self._archive.feed_states().get(entry.feed) or FeedState(entry.feed)
        self._archive.commit(state, [entry])
        return self._readings.alert(entry, self._readings.facts())

    def unmute(self, feed_id: str) -> None:
        """Lets a feed that was gone for good, or that backs off after failures, be polled at once."""
        self._place.writable()
        state = self._archive.feed_states().get(feed_id)
        if state is not None:
            fresh = replace(state, health="unpolled", cause="", failures=0, next_due=None, rhythm="")
            self._archive.commit(fresh, ())

    def expire(self, days: int = RETENTION) -> int:
        """Removes entries older than so many days that no rule matches; their keys stay, so that nothing alerts twice.
        How many were removed."""
        self._place.writable()
        return self._retention.expire(days)

    # ---- board ----

    def baseline(self) -> tuple[Fact, ...]:
        """The facts in force: seeded, and moved on by what was accepted."""
        return self._readings.facts()

    def explain(self, text: str) -> tuple[Alert | None, tuple[str, ...]]:
        """A sentence read as a headline of this moment: the alert it would be, and what each near rule lacks."""
        return self._readings.explained(text)

    def ledger(self, as_of: date | None = None) -> Ledger:
        """What was held of every base, force and mission on a day, today where none is given."""
        return self._records.ledger(as_of)

    def history(self, subject: str | None = None) -> tuple[Fact, ...]:
        """Every version of every fact, of one subject or of all: seeded, then in the order of the decisions."""
        return self._records.history(subject)

    def add_fact(self, subject: str, attribute: str, value: str, *, reason: str, **given: Any) -> Fact:
        """Adds a fact to the baseline; `given`: as_of, source, passage, url, grade. Raises InputError, ReviewError."""
        return self._records.add(subject, attribute, value, reason=reason, **given)

    def edit_fact(self, identifier: str, *, reason: str, **given: Any) -> Fact:
        """Corrects a fact; `given`: value, as_of, source, passage. Raises InputError, ReviewError."""
        return self._records.edit(identifier, reason=reason, **given)

    def retire_fact(self, identifier: str, *, reason: str) -> Fact:
        """Takes a fact out of the baseline; its versions stay. Raises InputError, ReviewError."""
        return self._records.retire(identifier, reason=reason)

    def board(self, window: int | None = None) -> Board:
        """Everything a screen shows, now.

        Args:
            window: only so many of the stories with the latest reports, at once: an archive that is still to be read is
                read in the background. Without it all of them, and an archive that was never read is read first.
        """
        board = self._boards.board(window)
        return replace(board, problems=(*self.problems(), *board.problems))

    def stories(
        self, limit: int, *, before: tuple[datetime, str] | None = None, lane: Lane | None = None
    ) -> tuple[Story, ...]:
        """So many stories by (latest report, id), the latest first; `before` such a pair: those that follow it."""
        return self._boards.page(limit, before, lane)

    def search(self, text: str, limit: int = 50) -> tuple[Found, ...]:
        """Entries whose title, summary or text hold all the words, the last as a beginning; last stored first."""
        return self._boards.search(text, limit)

    def overruled(self) -> tuple[Overruled, ...]:
        """Decisions of this user that somebody else has set aside lately; the board carries them too."""
        return self._boards.overruled()

    def progress(self) -> Progress | None:
        """How far the reading of the archive has come; None where it has been read."""
        return self._boards.alerts.progress() if self._boards.alerts is not None else None

    def read_archive(self, seconds: float | None = None, progress: Callable[[Progress], None] | None = None) -> bool:
        """Reads what is still to be read of the archive, here and now; whether all was done in that time."""
        return self._boards.alerts is None or self._boards.alerts.read_all(seconds, progress)

    def close(self) -> None:
        """Ends what goes on in the background; a poll and a reload start it anew."""
        if self._boards.alerts is not None:
            self._boards.alerts.close()

    def problems(self) -> tuple[str, ...]:
        """What keeps the program itself from doing all it should: a configuration that does not hold, a channel that
        does not deliver. In words."""
        told = (self._trouble, *(self._notices.problems() if self._notices is not None else ()))
        return tuple(words for words in told if words)

    def feed_rows(self) -> tuple[FeedRow, ...]:
        """Every configured feed, switched off or not, and how it fares."""
        return self._boards.feed_rows()

    def chain(self) -> tuple[int, str]:
        """How many decisions the journal holds, and the hash of the last; empty where there is none."""
        journal = self._archive.journal()
        return len(journal), journal[-1].hash if journal else ""

    def story(self, identifier: str) -> Story:
        """The story of this id or former id. Raises ReviewError."""
        return self._boards.story(identifier)

    # ---- review ----

    def decide(
        self,
        story_id: str,
        action: Action,
        *,
        reason: str | None = None,
        text: str | None = None,
        due: date | None = None,
    ) -> Decision:
        """Writes a decision into the journal; accepting also writes the proposed fact. Raises ReviewError.

        `due`: until when a story is watched.
        """
        return self._deciding.decide(story_id, action, reason=reason, text=text, due=due)

    def correct(
        self, story_id: str, given: Mapping[str, Any], *, entry: str | None = None, reason: str | None = None
    ) -> Decision:
        """Corrects the lead claim of a report, in its present wording; `given` as `claims.correction` makes it."""
        return self._deciding.correct(story_id, entry, given, reason)

    def split(self, story_id: str, entries: Sequence[str]) -> Decision:
        """Makes a story of its own of some of a story's reports, named by their entries' ids. Raises ReviewError."""
        return self._deciding.split(story_id, entries)

    def merge(self, story_id: str, other_id: str) -> Decision:
        """Puts two stories together. Raises ReviewError."""
        return self._deciding.merge(story_id, other_id)

    def grade(self, story_id: str, grade: str, *, reason: str) -> Decision:
        """Grades a story, like B2, instead of the suggested grade. Raises ReviewError."""
        return self._deciding.grade(story_id, grade, reason)

    def tag(self, story_id: str, tags: Sequence[str]) -> Decision:
        """Sets the tags of a story. Raises ReviewError."""
        return self._deciding.tag(story_id, tags)

    def own(self, story_id: str, owner: str | None) -> Decision:
        """Says who looks after a story; None for nobody. Raises ReviewError."""
        return self._deciding.own(story_id, owner)

    def journal(self) -> tuple[Decision, ...]:
        """All decisions, in their order."""
        return self._archive.journal()

    def undo(self) -> Decision:
        """Takes back this user's latest decision. Raises ReviewError where there is none."""
        return self._deciding.undo()
