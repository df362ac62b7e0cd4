"""The alerts of the archive: kept in the store, brought up to date, read anew in the background when the rules change.

What is shown meanwhile is what the former rules made. In a store that several machines share, one whose rules are not
the store's lends it the alerts of what it polls, and leaves the archive alone. A store that keeps no alerts (one JSON
file) is read entry by entry.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

from monitor.errors import MonitorError, StoreError
from monitor.model import Entry, Progress
from monitor.service.ports import Workplace
from monitor.service.readings import Readings
from monitor.service.shelf import Shelf
from monitor.store.alertrows import Generation, Kept

if TYPE_CHECKING:
    from monitor.store.alerts import AlertCache

BATCH = 200
"""Entries read in one step; a step is stored whole."""
PROMPT = 1.0
"""Seconds for which a board waits for what is new; more is read in the background."""
FIRST = 300
"""Of an archive that was never read, so many of the newest entries are read first."""
_FEW = 5_000
"""Entries, so few that their stories are folded again while somebody waits."""
_RETRY = 30.0
_LOOK = 2.0


class Alerts:
    """The alerts of one workplace over a store that keeps them. Every method may be called from any thread."""

    def __init__(self, place: Workplace, store: AlertCache, readings: Readings, labels: Mapping[str, str]) -> None:
        self._place, self._store, self._readings, self._labels = place, store, readings, labels
        self.shelf = Shelf(place, store, labels)
        self._generations = store.generations
        self._made_by, self._folded_by = place.ruleset.fingerprint, _folded_by(labels)
        self._holder = f"{socket.gethostname()}/{os.getpid()}/{id(self):x}"
        self._inline, self._guard, self._stop = threading.Lock(), threading.Lock(), threading.Event()
        self._thread: threading.Thread | None = None
        self._progress: Progress | None = None
        self._trouble, self._again = "", 0.0
        self._feeds_done = self._folded = False

    # ---- what is shown ----

    def shown(self, *, patient: bool) -> Generation | None:
        """The generation to show, with what came since; None where none may be made.

        Args:
            patient: wait until everything is read, where there is nothing else to show; else show what there is.
        """
        found = self._generations.all()
        own = self._own(found)
        others = [gen for gen in found if gen.complete and gen.made_by != self._made_by]
        if self._place.read_only:
            return own if own is not None and own.complete else next(iter(others), None)
        if own is None and not self._may_build(found):
            return self._lent((others or list(found))[0])
        own = own or self._begun()
        if self._folded_otherwise(own):
            if patient or own.done < _FEW:
                own = self._fold_otherwise(own)
            else:
                self._start(own)
        finished = self._catch_up(own, None if patient and (own.complete or not others) else PROMPT)
        own = self._own(self._generations.all()) or own
        if not finished or self._other_feeds(own):
            self._start(own)
        if not own.complete and others:
            return self._lent(others[0])
        return own

    def whole(self) -> bool:
        """Whether the own generation is complete and up to date: only then is it known what is no alert."""
        own = self.shown(patient=False)
        return own is not None and own.made_by == self._made_by and own.complete and self._progress is None

    def progress(self) -> Progress | None:
        """How far the reading of the archive has come; None where there is nothing to read."""
        return self._progress

    def problems(self, shown: Generation) -> tuple[str, ...]:
        """What a reader of the board has to know about its alerts, in words."""
        told = [f"The archive cannot be read anew: {self._trouble}"] if self._trouble else []
        far, at = "", self._progress
        if at is not None:
            far = "its alerts are folded" if at.folding else f"{at.done:,} of {at.total:,} entries are read"
        if shown.made_by != self._made_by and far:
            told.append(f"The rules have changed: {far}. Shown is what the former rules found.")
        elif shown.made_by != self._made_by:
            told.append(
                "These alerts were made by other rules than this machine's: `monitor config pull` takes over the"
                " store's configuration, `monitor config push` makes this one the store's."
            )
        elif far:
            told.append(f"The archive is being read: {far}. Some stories may be missing or out of date until then.")
        return tuple(told)

    # ---- reading ----

    def read_all(self, seconds: float | None = None, progress: Callable[[Progress], None] | None = None) -> bool:
        """Reads what is to be read, here and now; whether all was done in that time."""
        found = self._generations.all()
        own = self._own(found)
        if self._place.read_only or (own is None and not self._may_build(found)):
            return True
        if self._working():
            return self._awaited(seconds, progress)
        own = own or self._begun()
        return self._catch_up(self._fold_otherwise(own) if self._folded_otherwise(own) else own, seconds, progress)

    def _awaited(self, seconds: float | None, progress: Callable[[Progress], None] | None) -> bool:
        end = time.monotonic() + seconds if seconds is not None else None
        while self._thread is not None and self._working() and (end is None or time.monotonic() < end):
            self._thread.join(0.2)
            if progress is not None and (far := self._progress) is not None:
                progress(far)
        return not self._working()

    def close(self) -> None:
        """Ends the reading in the background; it goes on where it was when somebody asks again."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _begun(self) -> Generation:
        return self._generations.begin(self._made_by)

    def _folded_otherwise(self, own: Generation) -> bool:
        # Once: two machines that know different outlets would else fold the same stories for ever.
        return own.folded_by != self._folded_by and not self._folded

    def _fold_otherwise(self, own: Generation) -> Generation:
        """The generation, noted to be folded again as far as outlets have other names or families than when it was."""
        stories, self._folded = self._store.stories, True
        whole = own.complete and own.folded_by.partition("/")[0] != _folding_code()
        span = stories.retold(own.number, self._labels) if own.complete and not whole else None
        stories.refold(own.number, self._folded_by, self._labels, whole=whole, span=span)
        return self._own(self._generations.all()) or own

    def _own(self, found: Sequence[Generation]) -> Generation | None:
        return next((gen for gen in found if gen.made_by == self._made_by), None)

    def _may_build(self, found: Sequence[Generation]) -> bool:
        """Whether these rules are the ones by which the archive is read: in a shared store only one machine's are."""
        archive = self._place.archive
        pushed = archive.ruleset()
        if pushed is not None:
            return pushed == self._made_by
        return not (archive.shared and found)

    def _catch_up(
        self, gen: Generation, seconds: float | None, progress: Callable[[Progress], None] | None = None
    ) -> bool:
        """Reads and files what this generation has not seen; False where the time was too short."""
        if self._working():
            return self._awaited(seconds, progress) if seconds is None else gen.complete
        end = time.monotonic() + seconds if seconds is not None else None
        with self._inline:
            done = gen.done
            while unread := self._step(gen, self._readings.understood):
                done += unread
                if progress is not None:
                    progress(Progress(done, max(gen.total, done)))
                if end is not None and time.monotonic() > end:
                    return False
            return self._ended(gen, end)

    def _step(self, gen: Generation, read: Callable[[Sequence[Entry]], list[Kept | None]]) -> int:
        """Reads the next entries; how many, 0 where there are none."""
        unread = self._store.unread(gen, BATCH, self._readings.nothing_in)
        if unread.arrivals:
            self._store.keep(gen.number, unread, read(unread.entries))
            self._readings.noted(unread.nothing)
        return len(unread.arrivals)

    def _ended(self, gen: Generation, end: float | None = None) -> bool:
        """Files what was read, and shows a generation that is now complete; whether all was filed by that moment."""
        if not self.shelf.file(gen.number, end):
            return False
        if not gen.complete and self._generations.finish(gen.number):
            self._generations.sweep()
        return True

    def _lent(self, gen: Generation) -> Generation:
        """Another's generation, with what this process has polled since: nobody with its rules may be there to read."""
        entries, alerts = self._readings.take_fresh()
        if entries:
            self._store.lend(gen.number, entries, alerts, self._made_by)
        self.shelf.file(gen.number, time.monotonic() + PROMPT)
        return gen

    # ---- in the background ----

    def _working(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _start(self, gen: Generation) -> None:
        with self._guard:
            if self._working() or self._stop.is_set() or time.monotonic() < self._again:
                return
            self._progress = Progress(gen.done, max(gen.total, gen.done))
            self._thread = threading.Thread(target=self._work, args=(gen,), name="archive", daemon=True)
            self._thread.start()

    def _work(self, gen: Generation) -> None:
        try:
            if self._folded_otherwise(gen):
                self._fold_otherwise(gen)
            if not gen.complete and not gen.done:
                self._newest_first(gen)
            while not self._stop.is_set():
                if not self._generations.lease(gen.number, self._holder):
                    # Another process reads; we tell how far it is.
                    state = next((one for one in self._generations.all() if one.number == gen.number), None)
                    if state is None or (state.complete and not gen.complete):
                        break
                    self._progress = Progress(state.done, max(state.total, state.done))
                    self._stop.wait(_LOOK)
                elif not (read := self._step(gen, self._readings.understood_apart)):
                    self._read_feeds(gen)
                    self._progress = replace(self._progress or Progress(0, 0), folding=True)
                    while not self._stop.is_set() and not self._ended(gen, time.monotonic() + _LOOK):
                        self._generations.lease(gen.number, self._holder)
                    break
                elif self._progress is not None:
                    done = self._progress.done + read
                    self._progress = Progress(done, max(self._progress.total, done))
            self._trouble = ""
        except MonitorError as error:
            self._trouble, self._again = str(error), time.monotonic() + _RETRY
        finally:
            self._progress = None
            with suppress(StoreError):
                self._generations.release(gen.number, self._holder)

    def _newest_first(self, gen: Generation) -> None:
        entries = self._place.archive.recent(FIRST)
        for start in range(0, len(entries), BATCH):
            part = entries[start : start + BATCH]
            self._store.lend(gen.number, part, self._readings.understood_apart(part), self._made_by)
        self.shelf.file(gen.number)

    def _other_feeds(self, gen: Generation) -> bool:
        """Whether feeds have to be read anew because what the rules are told of them has changed; asked once."""
        if self._feeds_done or not gen.complete:
            return False
        changed = bool(self._store.other_feeds(gen.number, self._feeds()))
        self._feeds_done = not changed
        return changed

    def _read_feeds(self, gen: Generation) -> None:
        if self._feeds_done:
            return
        hashes = dict(self._feeds())
        for feed in self._store.other_feeds(gen.number, tuple(hashes.items())):
            place = -1
            while not self._stop.is_set():
                entries, place = self._store.of_feed(feed, place, BATCH)
                if not entries:
                    self._store.read_feed(gen.number, feed, hashes[feed])
                    break
                self._store.lend(gen.number, entries, self._readings.understood_apart(entries), self._made_by)
        self._feeds_done = True

    def _feeds(self) -> tuple[tuple[str, str], ...]:
        """Feeds with a hash of what an entry's reading takes from them."""
        return tuple(
            (feed.id, _hash(f"{feed.tz}\0{feed.name}\0{feed.publisher}\0{feed.country}"))
            for feed in self._place.config.feeds
        )


def _folded_by(labels: Mapping[str, str]) -> str:
    """What folding depends on beside the alerts: the names of the outlets, and its own code."""
    told = "\0".join(f"{name}\0{family}" for name, family in sorted(labels.items()))
    return f"{_folding_code()}/{_hash(told)}"


@cache
def _folding_code() -> str:
    folder = files("monitor").joinpath("stories")
    code = [place for place in folder.iterdir() if place.name.endswith(".py")] if folder.is_dir() else []
    return _hash("\0".join(place.read_text(encoding="utf-8") for place in sorted(code, key=lambda place: place.name)))


def _hash(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
