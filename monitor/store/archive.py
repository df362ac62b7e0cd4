"""What the program asks of the store, in its own words: entries, feed states, journal, accepted facts, leases, search.

Only what cannot be derived is kept; alerts, stories and the board are made anew from it. `Archive.open` finds the
engine: SQLite (the default), PostgreSQL, or one JSON file. What an engine keeps beside it - the words of the search,
leases - can be thrown away.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import orjson

from monitor.errors import StoreError
from monitor.model import Decision, Entry, Fact, FeedState, Revision, SharedConfig
from monitor.store.names import found_engine

if TYPE_CHECKING:
    from monitor.store.alerts import AlertCache
    from monitor.store.engine import Engine

MAX_REVISIONS = 24
LEASE = 180.0
"""Seconds for which a feed is one poller's."""
TABLES = ("entries", "feeds", "journal", "facts", "tombstones", "config", "once")
"""What every store holds; the same names in each engine. `once` is the ids of entries that are or were alerts, by
whatever rules: they never expire."""

Decide = Callable[[tuple[Decision, ...]], Decision]
Fold = Callable[[str], str]
Raw = dict[str, object]


@dataclass(frozen=True, slots=True)
class Stats:
    """What a store holds: rows by table, bytes on disk, and where it is."""

    engine: str
    place: str
    rows: tuple[tuple[str, int], ...]
    bytes: int
    oldest: datetime | None
    newest: datetime | None


class Archive(ABC):
    """The store, open. Safe to use from several threads; other processes may write to the same store.

    Reading may raise StoreError for a damaged store or document; writing StoreBusy, and StoreError when the store
    cannot be written: it is then as before.
    """

    place: str
    engine_name: str
    cache: AlertCache | None = None
    """What was derived from the entries, where the engine can keep it."""
    shared: bool = False
    """Whether several machines may be at work on it."""
    common: Engine | None = None
    """Its database, where several machines may keep there what is for all of them."""

    @classmethod
    def open(cls, target: Path | str, *, fold: Fold | None = None) -> Archive:
        """The archive at a path, sqlite:///PATH or postgresql:// address.

        Args:
            target: x.json is a JSON file, any other path SQLite; a file that is there is told by its first bytes.
            fold: text in the spelling in which `search` compares it, words parted by blanks.

        Raises:
            StoreError: the store is damaged, not ours to read, of a newer monitor, or on a network share.
        """
        if found_engine(target) == "json":
            from monitor.store.jsonarchive import JsonArchive

            return JsonArchive.at(Path(target).expanduser(), fold=fold)
        from monitor.store.rowarchive import RowArchive

        return RowArchive.at(target, fold=fold)

    copied: Path | None = None
    """The copy that was made of it before it was brought to the form of today, where that was done just now."""

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Let go of what is in memory, and of connections."""

    # ---- reading ----

    @abstractmethod
    def feed_states(self) -> dict[str, FeedState]:
        """The state of every feed ever polled, by feed id."""

    @abstractmethod
    def known(self, feed_id: str) -> dict[str, Entry]:
        """The entries of one feed, by `Entry.key`. Of an expired one only its key and times are left; its fingerprint
        is empty, which says that no wording of it is new."""

    @abstractmethod
    def entries(self) -> Iterator[Entry]:
        """All entries as they are now, in no particular order; later writes do not disturb the iterator."""

    @abstractmethod
    def entry(self, id: str) -> Entry | None:
        """The entry of that id."""

    @abstractmethod
    def count(self) -> int:
        """How many entries there are."""

    @abstractmethod
    def journal(self, after: int = 0) -> tuple[Decision, ...]:
        """All decisions after that number, in the order they were made."""

    @abstractmethod
    def accepted(self) -> tuple[Fact, ...]:
        """The facts accepted, in the order of acceptance, without those whose acceptance was undone."""

    @abstractmethod
    def version(self) -> str:
        """A token that changes when any process wrote. Cheap."""

    def ruleset(self) -> str | None:
        """The fingerprint of the rules that belong to the store's own configuration, None where it has none."""
        held = self.config()
        return held.ruleset if held is not None else None

    def config(self, version: int | None = None) -> SharedConfig | None:
        """The configuration that the store holds for all machines, the latest version if none is named."""
        return None

    def push(self, make: Callable[[SharedConfig | None], SharedConfig]) -> SharedConfig:
        """Stores what `make` makes of the latest configuration, under the lock. Raises what it raises, and StoreError
        where the store is not one for several machines."""
        raise StoreError(
            f"{self.place} is one person's store: its configuration is the feeds.yml beside it. To share both use"
            " PostgreSQL (`store: postgresql://USER@HOST/DATABASE`), or one SQLite file for the people of one machine."
        )

    @abstractmethod
    def recent(self, limit: int, before: tuple[datetime, str] | None = None) -> tuple[Entry, ...]:
        """The newest entries by (publication, id), newest first; `before` such a pair: the page that follows it."""

    @abstractmethod
    def search(self, text: str, limit: int = 50) -> tuple[Entry, ...]:
        """Entries whose title, summary or text hold all the words, the last one as a beginning; last stored first."""

    # ---- writing ----

    def commit(self, state: FeedState, entries: Sequence[Entry]) -> None:
        """As `commit_all`, of one feed."""
        self.commit_all([(state, entries)])

    @abstractmethod
    def commit_all(self, turns: Sequence[tuple[FeedState, Sequence[Entry]]]) -> None:
        """Store what polls of some feeds gave: of each its state and its new or revised entries. All or nothing.

        An entry that another process stored meanwhile keeps its first sight and the revisions only the other one knew;
        one that has expired stays so. The feed's lease ends.
        """

    @abstractmethod
    def append(self, decide: Decide) -> Decision:
        """Add to the journal what `decide` makes of it; under the lock, so that the chain has one order for everybody.

        Raises what `decide` raises; the journal is then as it was.
        """

    @abstractmethod
    def accept(self, fact: Fact, decide: Decide, also: Sequence[Fact] = ()) -> Decision:
        """Store an accepted fact, and what follows from it, together with the decision that accepted it."""

    @abstractmethod
    def claim(
        self, seen: Mapping[str, FeedState], holder: str, *, seconds: float = LEASE, force: bool = False
    ) -> frozenset[str]:
        """Takes feeds to poll, so that of many pollers each feed has one.

        Args:
            seen: the feeds wanted, with the state in which they were found due: one polled since is not given.
            holder: a name for this poller.
            seconds: after so long, by the database's clock, a feed that was not committed may be taken by another.
            force: also what is leased to others or was polled meanwhile.

        Returns:
            The feeds that are ours now.
        """

    def give_back(self, holder: str) -> None:
        """Ends the leases of a poller that goes in order, so that nobody waits for them to run out."""
        return

    def held(self, feeds: Sequence[str]) -> dict[str, tuple[str, datetime]]:
        """Who polls these feeds at the moment, and since when; those that nobody holds are left out."""
        return {}

    @abstractmethod
    def due(self, job: str, now: datetime, every: timedelta) -> bool:
        """Whether a job that is done once in a while is to be done now, by us: it is then noted as done."""

    @abstractmethod
    def index(self, progress: Callable[[int], None] | None = None, most: int | None = None) -> int:
        """Brings the words of the search up to date, or about `most` entries nearer to it; how many were read. `search`
        does it by itself: this is for doing it early. `progress` hears how many are done."""

    @abstractmethod
    def expire(self, before: datetime, keep: Callable[[Entry], bool]) -> int:
        """Removes entries whose wording was first seen before that moment and that `keep` does not want. Their keys
        stay for ever, so that nothing alerts twice. How many were removed."""

    # ---- care ----

    @abstractmethod
    def check(self) -> list[str]:
        """What is wrong with the store, in words; empty for a sound one. Reads everything."""

    def damage(self) -> tuple[str, ...]:
        """What could not be read so far and was passed over, in words, with the way back."""
        return ()

    @abstractmethod
    def backup(self, target: Path) -> None:
        """A copy of the whole store as it is now, in a new file. Raises StoreError."""

    @abstractmethod
    def compact(self) -> None:
        """Gives back the room of what was removed."""

    @abstractmethod
    def stats(self) -> Stats:
        """How much the store holds."""

    @abstractmethod
    def dump(self, table: str) -> Iterator[tuple[str, Raw]]:
        """Ids and documents of one of TABLES, as they are stored."""

    @abstractmethod
    def load(self, table: str, documents: Mapping[str, Raw]) -> None:
        """Inserts or replaces documents of one of TABLES."""


def joined(stored: Entry | None, entry: Entry) -> Entry:
    """`entry` with the history it lacks: two processes may have polled the same feed from the same start."""
    if stored is None:
        return entry
    had = Revision(stored.revised, stored.title, stored.summary, stored.text)
    told = {_wording(revision) for revision in entry.revisions} | {_wording(entry)}
    lost = [revision for revision in (*stored.revisions, had) if _wording(revision) not in told]
    revisions = entry.revisions
    if lost:
        revisions = tuple(sorted((*revisions, *lost), key=lambda revision: revision.seen))
    return replace(entry, first_seen=min(stored.first_seen, entry.first_seen), revisions=revisions[-MAX_REVISIONS:])


def buried(entry: Entry) -> Entry:
    """What stays of an expired entry: who it was and when, nothing of what it said."""
    return replace(
        entry, url=None, title="", summary="", text="", fingerprint="", source_label=None, revisions=(), evidence=None
    )


def searchable(entry: Entry, fold: Fold) -> str:
    """The words of an entry as the search compares them."""
    return fold(f"{entry.title}\n{entry.summary}\n{entry.text}")


def sortable(moment: datetime) -> str:
    """A time as text whose order is the order of time; of one length, unlike the stored form."""
    if moment.tzinfo is UTC:
        # Thrice as quick; it leaves out microseconds that are none.
        text = orjson.dumps(moment, option=orjson.OPT_UTC_Z).decode()
        return text[1:20] + ".000000Z" if len(text) == 22 else text[1:-1]
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def plain_fold(text: str) -> str:
    """Where no folding is handed in: case alone."""
    import re

    return " ".join(re.findall(r"\w+", text.casefold()))


def _wording(text: Entry | Revision) -> tuple[str, str, str]:
    return (text.title, text.summary, text.text)


def fact_keys(seq: int, facts: Sequence[Fact]) -> dict[str, Fact]:
    """The facts of one decision by their keys: "7", "7.1", "7.2"."""
    return {f"{seq}.{number}" if number else str(seq): fact for number, fact in enumerate(facts)}


def in_force(facts: Iterable[tuple[str, Fact]], journal: Iterable[Decision]) -> tuple[Fact, ...]:
    """Facts by their keys in the order of the decisions, without those whose decision was undone."""
    undone = {decision.undoes for decision in journal}
    ordered = sorted((tuple(map(int, key.split("."))), number, fact) for number, (key, fact) in enumerate(facts))
    return tuple(fact for place, _, fact in ordered if place[0] not in undone)
