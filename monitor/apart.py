"""Work on foreign documents in processes of its own, which can be killed: what is poisonous costs its own call alone.

A Python thread cannot be stopped and shares its interpreter with the screen; a child process can, and does not. The
children are plain interpreters with two pipes (no fork: the parent has threads; no multiprocessing: it would start the
parent's main module again). Calls and results are pickles; of what comes back, only our own types are accepted.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import io
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import IO, Any

LIMIT = 10.0
"""Seconds one call may take."""
_SLOW = 0.5  # seconds after which a call no longer keeps the others waiting
_START = 60.0
_SLOWEST = 4  # how many slow calls may run beside the ordinary ones
_MEMORY = 2 << 30
_TYPES = ("monitor.model.", "datetime.")
_KEPT = ("PATH", "LANG", "LANGUAGE", "TZ", "TZDIR", "SYSTEMROOT", "TEMP", "TMP", "HOME")
_BOOT = "import sys; sys.path[:] = {path!r}; from monitor.apart import serve; serve()"


class Stopped(Exception):
    """The call was cut off, its process is gone. The text is the cause in words: "took longer than 10 s"."""


class Apart:
    """A few child processes that do the jobs of one module; usable from any event loop, one loop at a time.

    `module` names a module with a mapping JOBS of names to functions; its optional `prepare(*setup)` is called once in
    each child. `ordinary` children work side by side; a call that takes longer than half a second no longer counts
    among them: whoever waits gets another child. `limit` is in seconds; a higher `niceness` lets the rest of the
    machine go first. Children start with the first call and end with `close`.
    """

    def __init__(
        self,
        module: str,
        setup: tuple[Any, ...] = (),
        *,
        ordinary: int | None = None,
        limit: float = LIMIT,
        niceness: int = 0,
    ) -> None:
        self._hello, self._limit = (module, setup, niceness), limit
        self._ordinary = ordinary or max(1, min(4, (os.cpu_count() or 2) - 1))
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
        """Ends all children at once."""
        self._closed = True
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
                try:
                    child = _Child(self._hello)
                except OSError as error:
                    raise Stopped(f"could not be begun: {error.strerror or error}") from error
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
        loop = asyncio.get_running_loop()
        begun = time.monotonic()
        answer = loop.run_in_executor(self._threads, child.ask, message)
        limit = self._limit if child.ready.is_set() else self._limit + _START
        try:
            while True:
                left = begun + limit - time.monotonic()
                if limit > self._limit and child.ready.is_set():
                    limit, begun = self._limit, time.monotonic()  # starting an interpreter is not the document's fault
                    continue
                if left <= 0:
                    raise Stopped(f"took longer than {self._limit:g} s")
                await asyncio.wait((answer,), timeout=min(left, _SLOW))
                if answer.done():
                    return answer.result()
                if child.ready.is_set() and len(self._slow) < _SLOWEST and child not in self._slow:
                    self._set_aside(child)
        except (EOFError, OSError, _Ended) as error:
            raise Stopped(str(error) if isinstance(error, _Ended) else "ended the process that read it") from error
        finally:
            if not answer.done():
                child.kill()
                # The thread comes back as soon as the pipe breaks; nobody waits for it.
                answer.add_done_callback(_heard)

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


class _Ended(Exception):
    """A child said why it could not start."""


class _Child:
    """One process and its pipes."""

    def __init__(self, hello: tuple[str, tuple[Any, ...], int]) -> None:
        flags: dict[str, Any] = {"start_new_session": True} if os.name == "posix" else {"creationflags": 0x08000000}
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own text
            [sys.executable, "-P", "-c", _BOOT.format(path=sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(os.environ),
            **flags,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to, self._from = self._process.stdin, self._process.stdout
        self._hello: bytes | None = pickle.dumps(hello, pickle.HIGHEST_PROTOCOL)
        self._lock = threading.Lock()
        self.pid = self._process.pid
        self.ready = threading.Event()

    def ask(self, message: bytes) -> bytes:
        """Blocks until the answer is there. Raises EOFError or OSError where the process ended."""
        with self._lock:
            if self._hello is not None:
                hello, self._hello = self._hello, None
                _write(self._to, hello)
                kind, value = pickle.loads(_read(self._from))  # noqa: S301 - not a word of a stranger yet
                if kind != "ready":
                    raise _Ended(f"could not be begun: {value}")
                self.ready.set()
            _write(self._to, message)
            return _read(self._from)

    def kill(self) -> None:
        with contextlib.suppress(OSError):
            self._process.kill()

    def bury(self) -> None:
        """After `kill`: no zombie, no open pipe. A thread that still reads gets its end of file first."""
        self._process.wait()
        with self._lock:
            for pipe in (self._to, self._from):
                with contextlib.suppress(OSError):
                    pipe.close()


def _heard(answer: asyncio.Future[bytes]) -> None:
    if not answer.cancelled():
        answer.exception()


def _environment(env: Mapping[str, str]) -> dict[str, str]:
    """Without the secrets of feeds.yml: what reads foreign documents needs none of them."""
    return {
        name: value
        for name, value in env.items()
        if name.upper() in _KEPT or name.startswith(("LC_", "LD_", "DYLD_", "PYTHON"))
    }


# ---- messages --------------------------------------------------------------------------------------------------------


def _write(pipe: IO[bytes], message: bytes) -> None:
    pipe.write(len(message).to_bytes(8, "little"))
    pipe.write(message)
    pipe.flush()


def _read(pipe: IO[bytes]) -> bytes:
    size = pipe.read(8)
    if len(size) < 8:
        raise EOFError
    message = pipe.read(int.from_bytes(size, "little"))
    if len(message) < int.from_bytes(size, "little"):
        raise EOFError
    return message


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


# ---- in the child ----------------------------------------------------------------------------------------------------


def serve() -> None:
    """The child: answers calls until its input ends."""
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    _shut_in()
    try:
        name, setup, niceness = pickle.loads(_read(source))  # noqa: S301 - the parent speaks
        if niceness and hasattr(os, "nice"):
            os.nice(niceness)
        module = import_module(name)
        if hasattr(module, "prepare"):
            module.prepare(*setup)
        jobs: Mapping[str, Callable[..., Any]] = module.JOBS
        # What is loaded now stays: it need not be looked through for rubbish at every document.
        gc.collect()
        gc.freeze()
        _write(sink, pickle.dumps(("ready", None)))
    except EOFError:
        return
    except Exception as error:  # noqa: BLE001 - told to the parent, which tells the person
        _write(sink, pickle.dumps(("failed", f"{type(error).__name__}: {error}")))
        return
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            job, args = pickle.loads(_read(source))  # noqa: S301 - the parent speaks
            _alarm(int(LIMIT * 3))
            try:
                answer = pickle.dumps(("done", jobs[job](*args)), pickle.HIGHEST_PROTOCOL)
            except Exception as error:  # noqa: BLE001 - told to the parent
                answer = pickle.dumps(("broke", f"{type(error).__name__}"))
            _alarm(0)
            _write(sink, answer)


def _shut_in() -> None:
    """Nothing printed gets between the messages, and no document can take the whole memory."""
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def _alarm(seconds: int) -> None:
    """Should the parent have been killed, nobody else would end a call without end."""
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)
