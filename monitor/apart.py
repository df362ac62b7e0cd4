"""Work on foreign documents in processes of its own, which can be killed: what is poisonous costs its own call alone.

A Python thread cannot be stopped and shares its interpreter with the screen; a child process can, and does not. Where
the children come from is in `nursery`. Calls and results are pickles; of what comes back, only our own types are
accepted.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import pickle
import signal
import sys
import threading
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from monitor.nursery import SLACK, Born, Ended, Nursery
from monitor.pipes import read, write

LIMIT = 10.0
"""Seconds one call may take: of its child's own time where that can be counted, by the clock three times as long."""
_SLOW = 0.5  # seconds of work after which a call no longer keeps the others waiting
# The same by the clock, whatever it does: seconds, and a share of the time it has.
_IDLE, _IDLE_SHARE = 3.0, 0.6
_START = 60.0
_SLOWEST = 4  # how many slow calls may run beside the ordinary ones
_TYPES = ("monitor.model.", "datetime.")
_TOO_LONG = -getattr(signal, "SIGPROF", 0), -getattr(signal, "SIGALRM", 0)


class Stopped(Exception):
    """The call was cut off, its process is gone. The text is the cause in words: "took longer than 10 s"."""


class Apart:
    """A few child processes that do the jobs of one module; usable from any event loop, one loop at a time.

    `nursery` makes the children, and may make others' too. `ordinary` children work side by side; a call that takes
    longer than half a second no longer counts among them: whoever waits gets another child. `limit` is in seconds; a
    higher `niceness` lets the rest of the machine go first. Children start with the first call and end with `close`.
    """

    def __init__(
        self, nursery: Nursery, *, ordinary: int | None = None, limit: float = LIMIT, niceness: int = 0
    ) -> None:
        self._nursery, self._limit, self._niceness = nursery, limit, niceness
        self._ordinary = ordinary or max(1, min(4, os.cpu_count() or 2))
        self._idle: list[_Child] = []
        self._working: set[_Child] = set()
        self._slow: set[_Child] = set()
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._threads = ThreadPoolExecutor(self._ordinary + _SLOWEST, "apart")
        self._closed = False

    async def call(self, job: str, *args: Any) -> Any:
        """The job's result. Raises Stopped; a mistake in the job itself comes back as Stopped with its name."""
        message = pickle.dumps((job, args), pickle.HIGHEST_PROTOCOL)
        child = await self._take()
        fit = False
        try:
            answer = await self._asked(child, message)
            fit = True
        finally:
            # Cut off in the middle, by time or by cancellation, a child is of no more use.
            self._give_back(child, fit)
        return _result(answer)

    def close(self) -> None:
        """Ends all children at once, and the nursery."""
        self._closed = True
        self._nursery.close()
        for child in (*self._idle, *self._working, *self._slow):
            child.kill()
        self._threads.shutdown(wait=True)
        for child in (*self._idle, *self._working, *self._slow):
            child.bury()
        self._idle.clear()

    def pids(self) -> tuple[int, ...]:
        """The processes that run now."""
        return tuple(child.pid for child in (*self._idle, *self._working, *self._slow))

    async def _take(self) -> _Child:
        while not self._closed:
            if self._idle:
                child = self._idle.pop()
                self._working.add(child)
                return child
            if len(self._working) < self._ordinary:
                child = _Child(self._nursery, self._niceness, self._limit)
                self._working.add(child)
                return child
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._next()  # it was our turn: hand it on
                raise
            finally:
                with contextlib.suppress(ValueError):
                    self._waiting.remove(turn)
        raise Stopped("could not be begun: monitor is closing")

    async def _asked(self, child: _Child, message: bytes) -> bytes:
        answer = asyncio.get_running_loop().run_in_executor(self._threads, child.ask, message)
        answer.add_done_callback(_heard)  # whoever waits may be gone by then
        patience = self._limit * (SLACK if self._nursery.forks else 1)
        begun, limit = time.monotonic(), patience if child.ready.is_set() else patience + _START
        worked = child.worked()
        try:
            while True:
                left = begun + limit - time.monotonic()
                if limit > patience and child.ready.is_set():
                    # Starting an interpreter is not the document's fault.
                    limit, begun, worked = patience, time.monotonic(), child.worked()
                    continue
                if left <= 0:
                    raise Stopped(f"took longer than {self._limit:g} s")
                await asyncio.wait((answer,), timeout=min(left, _SLOW))
                if answer.done():
                    return answer.result()
                # On a busy machine many a call takes long by the clock: that is no reason for more processes.
                idle = min(_IDLE, _IDLE_SHARE * patience)
                slow = child.worked() - worked >= _SLOW or time.monotonic() - begun >= idle
                if slow and child.ready.is_set() and len(self._slow) < _SLOWEST and child not in self._slow:
                    self._set_aside(child)
        except Ended as error:
            raise Stopped(str(error)) from error
        except (EOFError, OSError) as error:
            if child.ready.is_set() and child.bury() in _TOO_LONG and self._nursery.forks:
                raise Stopped(f"took longer than {self._limit:g} s") from error
            raise Stopped("ended the process that read it") from error
        finally:
            if not answer.done():
                child.kill()  # the thread comes back as soon as the pipe breaks

    def _set_aside(self, child: _Child) -> None:
        self._working.discard(child)
        self._slow.add(child)
        self._next()

    def _give_back(self, child: _Child, fit: bool) -> None:
        self._working.discard(child)
        self._slow.discard(child)
        # A slow one that was replaced meanwhile is kept too, while it is the only idle one: what it has loaded is worth
        # more than its memory, and the next slow call then needs no new process.
        if fit and not self._closed and len(self._idle) < self._ordinary:
            self._idle.append(child)
        else:
            child.kill()
            child.bury()
        self._next()

    def _next(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done() and not turn.get_loop().is_closed():
                turn.set_result(None)
                return


class _Child:
    """One child, which is born with its first call."""

    def __init__(self, nursery: Nursery, niceness: int, limit: float) -> None:
        self._nursery, self._given = nursery, (niceness, limit)
        self._lock = threading.Lock()
        self._born: Born | None = None
        self._dead = False
        self.ready = threading.Event()

    @property
    def pid(self) -> int:
        """Its number; 0 before it is born."""
        return self._born.pid if self._born is not None else 0

    def worked(self) -> float:
        """Seconds of the processor's time it has had; by the clock where the system does not tell them."""
        if sys.platform != "linux":
            return time.monotonic()
        try:
            # Linux's name for the clock of another process.
            return time.clock_gettime((~self.pid << 3) | 2) if self.pid else 0.0
        except OSError:
            return 0.0  # it is gone

    def ask(self, message: bytes) -> bytes:
        """Blocks until the answer is there. Raises Ended, EOFError or OSError where the process ended."""
        with self._lock:
            if self._born is None:
                born = self._born = self._nursery.born(*self._given)
                if self._dead:
                    born.bury()
                self.ready.set()
            write(self._born.to, message)
            return read(self._born.by)

    def kill(self) -> None:
        """Ends it at once, or as soon as it is born."""
        self._dead = True
        if self._born is not None:
            self._born.kill()

    def bury(self) -> int:
        """After its end or `kill`. A thread that still reads gets its end of file first."""
        if self._born is None:
            return 0
        with self._lock:
            return self._born.bury()


def _heard(answer: asyncio.Future[bytes]) -> None:
    if not answer.cancelled():
        answer.exception()


class _Careful(pickle.Unpickler):
    """Takes values of our own types alone: the other side has read what strangers wrote."""

    def find_class(self, module: str, name: str) -> Any:
        if f"{module}.".startswith(_TYPES) and "." not in name:
            found = super().find_class(module, name)
            if isinstance(found, type) and found.__module__ == module:
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is not expected here")


def _result(answer: bytes) -> Any:
    try:
        kind, value = _Careful(io.BytesIO(answer)).load()
    except Exception as error:
        # Whatever a child was made to say by what it read: it stays a failure of that call.
        raise Stopped("gave an answer that cannot be trusted") from error
    if kind != "done":
        raise Stopped(f"broke off: {value}")
    return value
