"""Where the child processes come from that read foreign documents: one that has loaded everything, and forks.

It starts as a plain interpreter (no fork of the program itself, which has threads; no multiprocessing, which would
start its main module again), loads what the work takes, reads nothing of a stranger, and makes a child whenever one is
wanted: in milliseconds, and with memory that all of them share. Where there is no fork each child is an interpreter of
its own that loads for itself.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import IO, Any

from monitor.pipes import read, write

FORKS = hasattr(os, "fork") and hasattr(socket, "send_fds")
SLACK = 3
"""How many times its limit a call may last by the clock where its own time is counted: others may be at work too."""
_MEMORY = 2 << 30
_TO_END = 5.0
_KEPT = ("PATH", "LANG", "LANGUAGE", "TZ", "TZDIR", "SYSTEMROOT", "TEMP", "TMP", "HOME")
_BOOT = "import sys; sys.path[:] = {path!r}; from monitor.nursery import {serve}; {serve}({file})"
_FORK, _WAIT = b"F", b"W"


class Ended(Exception):
    """A process could not start, or is gone. The text is the cause in words."""


class Nursery:
    """Makes children that know the jobs of one module; safe to use from several threads.

    `module` names a module with a mapping JOBS of names to functions; its optional `prepare(*setup)` is called once, in
    the process that the children come from. That process starts with the first child and ends with `close`.
    """

    def __init__(self, module: str, setup: tuple[Any, ...] = (), *, forks: bool = FORKS) -> None:
        self.forks = forks
        self._hello = pickle.dumps((module, setup), pickle.HIGHEST_PROTOCOL)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._ready, self._closed = False, threading.Event()

    def born(self, niceness: int, limit: float) -> Born:
        """A child; blocks until it is ready to work. Raises Ended, OSError."""
        if not self.forks:
            return self._own(niceness)
        with self._lock:
            before = self._process
            try:
                return self._forked(niceness, limit)
            except (Ended, OSError):
                if before is None or self._process is not before:
                    raise
            # It was killed, and the system has not told us before we asked it.
            before.kill()
            before.wait()
            if self._control is not None:
                self._control.close()
                self._control = None
            return self._forked(niceness, limit)

    def _forked(self, niceness: int, limit: float) -> Born:
        control = self._started()
        mine, yours = os.pipe(), os.pipe()  # what it writes, what it reads
        try:
            question = _FORK + niceness.to_bytes(1, "little") + int(limit * 1000).to_bytes(7, "little")
            socket.send_fds(control, [question], [yours[0], mine[1]])
            pid = _number(control)
        except BaseException:
            os.close(yours[1])
            os.close(mine[0])
            raise
        finally:
            os.close(yours[0])
            os.close(mine[1])
        return Born(pid, os.fdopen(yours[1], "wb"), os.fdopen(mine[0], "rb"), self._process, self)

    def waited(self, born: Born) -> int:
        """What a child ended with, after it was killed or ended by itself: its exit code, or minus the signal."""
        process = born.process
        if process is None or not self.forks:
            return process.wait() if process is not None else 0
        if process is not self._process or process.poll() is not None:
            return 0  # whoever could tell is gone
        with self._lock, contextlib.suppress(OSError, Ended):
            if process is self._process and self._control is not None:
                self._control.sendall(_WAIT + born.pid.to_bytes(8, "little"))
                return _number(self._control) - 256
        return 0

    def alive(self, born: Born) -> bool:
        """Whether the number of a child is still its own."""
        return born.process is not None and born.process.poll() is None

    def close(self) -> None:
        """Ends the process that children come from, and with it the children; whoever waits for one is told so."""
        self._closed.set()
        if not self._ready and self._process is not None:
            self._process.kill()
        with self._lock:
            process, control, self._process, self._control = self._process, self._control, None, None
        if process is not None and control is not None:
            control.close()
            try:
                process.wait(_TO_END)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _started(self) -> socket.socket:
        """The way to the process that children come from, which is begun where it is not there."""
        if self._control is not None and self._process is not None and self._process.poll() is None:
            return self._control
        if self._control is not None:
            self._control.close()
        self._ready = False
        if self._closed.is_set():
            raise Ended("could not be begun: monitor is closing")
        here, there = socket.socketpair()
        with there:
            there.set_inheritable(True)
            boot = _BOOT.format(path=sys.path, serve="nurse", file=there.fileno())
            self._process = _interpreter(boot, stdin=subprocess.DEVNULL, pass_fds=(there.fileno(),))
        self._control = here
        if self._closed.is_set():
            self._process.kill()
        with here.makefile("rb") as source, here.makefile("wb") as sink:
            _greet(source, sink, self._hello)
        self._ready = True
        return here

    def _own(self, niceness: int) -> Born:
        process = _interpreter(_BOOT.format(path=sys.path, serve="serve", file=niceness), stdin=subprocess.PIPE)
        assert process.stdin is not None
        assert process.stdout is not None
        born = Born(process.pid, process.stdin, process.stdout, process, self)
        try:
            write(born.to, self._hello)
            _ready(born.by)
        except BaseException:
            process.kill()
            born.bury()
            raise
        return born


class Born:
    """One child, and the pipes to it."""

    def __init__(
        self, pid: int, to: IO[bytes], by: IO[bytes], process: subprocess.Popen[bytes] | None, nursery: Nursery
    ) -> None:
        self.pid, self.to, self.by, self.process, self._nursery = pid, to, by, process, nursery
        self._ended: int | None = None

    def kill(self) -> None:
        """Ends it at once."""
        if self._ended is None and self._nursery.alive(self):
            with contextlib.suppress(OSError):
                os.kill(self.pid, getattr(signal, "SIGKILL", signal.SIGTERM))

    def bury(self) -> int:
        """Ends it, and leaves no zombie and no open pipe. What it ended with, as `Nursery.waited` says."""
        if self._ended is None:
            self.kill()
            self._ended = self._nursery.waited(self)
            for pipe in (self.to, self.by):
                with contextlib.suppress(OSError):
                    pipe.close()
        return self._ended


def _interpreter(boot: str, **more: Any) -> subprocess.Popen[bytes]:
    flags: dict[str, Any] = {"start_new_session": True} if os.name == "posix" else {"creationflags": 0x08000000}
    return subprocess.Popen(  # noqa: S603 - our own interpreter and our own text
        [sys.executable, "-P", "-c", boot],
        stdout=subprocess.DEVNULL if "pass_fds" in more else subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(os.environ),
        **more,
        **flags,
    )


def _environment(env: Mapping[str, str]) -> dict[str, str]:
    """Without the secrets of feeds.yml: what reads foreign documents needs none of them."""
    return {
        name: value
        for name, value in env.items()
        if name.upper() in _KEPT or name.startswith(("LC_", "LD_", "DYLD_", "PYTHON"))
    }


def _greet(source: IO[bytes], sink: IO[bytes], hello: bytes) -> None:
    try:
        write(sink, hello)
        _ready(source)
    except (EOFError, OSError) as error:
        raise Ended("could not be begun: its process ended") from error


def _ready(stream: IO[bytes]) -> None:
    kind, value = pickle.loads(read(stream))  # noqa: S301 - not a word of a stranger yet
    if kind != "ready":
        raise Ended(f"could not be begun: {value}")


def _number(control: socket.socket) -> int:
    given = b""
    while len(given) < 8:
        part = control.recv(8 - len(given))
        if not part:
            raise Ended("could not be begun: its process ended")
        given += part
    return int.from_bytes(given, "little")


# ---- in the process that children come from --------------------------------------------------------------------------


def nurse(file: int) -> None:
    """Loads, then forks and waits for children as it is told, until the other end is closed."""
    control = socket.socket(fileno=file)
    _shut_in()
    with control.makefile("rb") as source, control.makefile("wb") as sink:
        jobs = _prepared(source, sink)
    if jobs is None:
        return
    children: set[int] = set()
    with contextlib.suppress(OSError):
        while True:
            question, files, _, _ = socket.recv_fds(control, 9, 2)
            if len(question) < 9:
                break
            number = int.from_bytes(question[2:], "little")
            if question[:1] == _WAIT:
                pid = int.from_bytes(question[1:], "little")
                children.discard(pid)
                control.sendall((_end_of(pid) + 256).to_bytes(8, "little"))
                continue
            pid = os.fork()
            if not pid:
                control.detach()
                os.close(file)
                _at_work(jobs, files, question[1], number / 1000)
            children.add(pid)
            for one in files:
                os.close(one)
            control.sendall(pid.to_bytes(8, "little"))
    # Whoever wanted them is gone.
    for pid in children:
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
        _end_of(pid)


def _end_of(pid: int) -> int:
    try:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except (OSError, ValueError):
        return 0


def _at_work(jobs: Mapping[str, Callable[..., Any]], files: list[int], niceness: int, limit: float) -> None:
    """The child's whole life."""
    try:
        os.nice(niceness)
        with os.fdopen(files[0], "rb") as source, os.fdopen(files[1], "wb") as sink:
            _work(jobs, source, sink, limit)
    finally:
        os._exit(0)


# ---- in a child ------------------------------------------------------------------------------------------------------


def serve(niceness: int) -> None:
    """A child that loads for itself: answers calls until its input ends."""
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    _shut_in()
    if niceness and hasattr(os, "nice"):
        os.nice(niceness)
    jobs = _prepared(source, sink)
    if jobs is not None:
        _work(jobs, source, sink, 0)


def _prepared(source: IO[bytes], sink: IO[bytes]) -> Mapping[str, Callable[..., Any]] | None:
    """The jobs, when all that they take is loaded; None where it cannot be, which is told."""
    try:
        name, setup = pickle.loads(read(source))  # noqa: S301 - the parent speaks
        module = import_module(name)
        if hasattr(module, "prepare"):
            module.prepare(*setup)
        jobs: Mapping[str, Callable[..., Any]] = module.JOBS
    except EOFError:
        return None
    except Exception as error:  # noqa: BLE001 - told to the parent, which tells the person
        write(sink, pickle.dumps(("failed", f"{type(error).__name__}: {error}")))
        return None
    # What is loaded now stays: it need not be looked through for rubbish at every document.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)
    write(sink, pickle.dumps(("ready", None)))
    return jobs


def _work(jobs: Mapping[str, Callable[..., Any]], source: IO[bytes], sink: IO[bytes], limit: float) -> None:
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            job, args = pickle.loads(read(source))  # noqa: S301 - the parent speaks
            _bound(limit)
            try:
                answer = pickle.dumps(("done", jobs[job](*args)), pickle.HIGHEST_PROTOCOL)
            except Exception as error:  # noqa: BLE001 - told to the parent
                answer = pickle.dumps(("broke", f"{type(error).__name__}"))
            _bound(0)
            write(sink, answer)


def _bound(limit: float) -> None:
    """Ends this process after so many seconds of its own work; should the parent have been killed, nobody else would
    end a call without end."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, limit)
        signal.setitimer(signal.ITIMER_REAL, limit * SLACK)


def _shut_in() -> None:
    """Nothing printed gets between the messages, and no document can take the whole memory."""
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
