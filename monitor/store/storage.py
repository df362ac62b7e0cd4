"""A TinyDB storage that a crash, a full disk or a second process cannot spoil.

TinyDB's own storage writes over the file in place: a crash in the middle leaves half a document, and two processes
undo each other's work. Here the file is only ever replaced whole, under a lock, and read again when another process
replaced it. Beside FILE stand FILE.lock (empty, never deleted), FILE.bak (the file as it was before this process first
wrote) and, while writing, FILE.tmp.
"""

from __future__ import annotations

import errno
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import orjson
from tinydb.storages import Storage

from monitor.errors import StoreBusy, StoreError

Tables = dict[str, dict[str, Any]]
Stamp = tuple[int, int, int]

PATIENCE = 10.0
"""Seconds to wait for another process before StoreBusy."""
PAUSE = 0.02
"""Seconds between two tries to get the lock."""
MISSING: Stamp = (0, 0, 0)
"""The stamp of a file that is not there."""

_FULL = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})
_DENIED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_TAKEN = frozenset({errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES})
_NO_FOLDER_SYNC = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EBADF})

if sys.platform == "win32":
    import msvcrt

    def _lock(fd: int) -> None:
        msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)

    def _sync_folder(folder: Path) -> None:
        """Windows has no handle on a folder that could be synced; the rename itself is journaled."""

else:
    import fcntl

    def _lock(fd: int) -> None:
        # flock, not lockf: it also holds between two handles of one process, so threads exclude each other too.
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _sync_folder(folder: Path) -> None:
        fd = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(fd)
        except OSError as error:
            if error.errno not in _NO_FOLDER_SYNC:
                raise
        finally:
            os.close(fd)


class AtomicJSONStorage(Storage):
    """All tables in one JSON file, replaced whole on each write.

    `transaction()` is the way to write: under the lock, any number of TinyDB calls in memory, one write at the end.
    Safe to share between threads and processes. `guard` is held while the tables in memory are read or changed;
    `generation` grows each time they became other than they were.

    Args:
        path: the file; its folder is created (mode 0700) if it is not there.
        patience: seconds to wait for the lock.
        clock, sleep: time, to be replaced in tests.

    Raises:
        StoreError: the folder cannot be made.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__()
        # Through a symlink we replace the file it points to, not the link.
        self.path = Path(path).resolve()
        self.guard = threading.RLock()
        self.generation = 0
        self._patience, self._clock, self._sleep = patience, clock, sleep
        self._tables: Tables | None = None
        self._stamp: Stamp | None = None
        self._writer: int | None = None
        self._dirty = False
        self._backed_up = False
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise _refused(self.path.parent, "create the folder", error) from error

    # ---- TinyDB's seam ----

    def read(self) -> Tables | None:
        """All tables, None for a store that was never written. Treat them as read-only outside a transaction.

        Raises:
            StoreError: the file cannot be read or is damaged.
        """
        with self.guard:
            if self._writer is None:
                self._load()
            return self._tables

    def write(self, data: Tables) -> None:
        """Replace all tables: inside a transaction in memory, outside at once on disk.

        Raises:
            StoreBusy: outside a transaction, another process wrote since the data was read; nothing was written.
            StoreError: the file cannot be written; it is as it was.
        """
        if self._writer == threading.get_ident():
            self._tables, self._dirty = data, True
            return
        seen = self._stamp
        with self.transaction():
            if seen not in (None, self._stamp):
                raise StoreBusy(
                    f"{self.path}: another process wrote between our reading and writing, so nothing was written. "
                    "Try again."
                )
            self._tables, self._dirty = data, True

    def close(self) -> None:
        """Let go of the tables in memory. No handle stays open between calls."""
        with self.guard:
            self._forget()

    # ---- what TinyDB does not have ----

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything written inside reaches the file in one step at the end, or, after an exception, not at all.

        Raises:
            StoreBusy: another process held the lock all the time we waited.
            StoreError: the file is damaged, or cannot be read or written; or a transaction inside a transaction.
        """
        if self._writer == threading.get_ident():
            raise StoreError(f"{self.path}: a transaction was begun inside another one. Put both into one.")
        with self._locked(), self.guard:
            self._load()
            self._writer, self._dirty = threading.get_ident(), False
            try:
                yield
                if self._dirty:
                    self._save()
            except BaseException:
                # TinyDB changes the tables in place; what the file holds is the only clean copy.
                self._forget()
                raise
            finally:
                self._writer = None

    def refresh(self) -> int:
        """Read the file again if another process changed it; the generation of the tables now in memory."""
        with self.guard:
            self.read()
            return self.generation

    def stamp(self) -> Stamp:
        """(mtime in ns, size in bytes, inode) of the file as it is now; another one after every write by anyone.

        Raises:
            StoreError: the file cannot be looked at.
        """
        try:
            return _stamp(self.path.stat())
        except FileNotFoundError:
            return MISSING
        except OSError as error:
            raise _refused(self.path, "read the store", error) from error

    # ---- inside ----

    @contextmanager
    def _locked(self) -> Iterator[None]:
        lock = _beside(self.path, ".lock")
        try:
            fd = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise _refused(lock, "lock the store", error) from error
        try:
            self._wait_for(fd)
            yield
        finally:
            os.close(fd)

    def _wait_for(self, fd: int) -> None:
        deadline = self._clock() + self._patience
        while True:
            try:
                return _lock(fd)
            except OSError as error:
                if error.errno not in _TAKEN:
                    raise StoreError(
                        f"{self.path}: this file system cannot lock files ({error.strerror}). "
                        "Put the store on a local disk: `store:` in feeds.yml."
                    ) from error
            if self._clock() >= deadline:
                raise StoreBusy(
                    f"{self.path}: another monitor has been writing to this store for {self._patience:g} seconds. "
                    "Wait for it or end it, then try again; nothing is lost."
                )
            self._sleep(PAUSE)

    def _load(self) -> None:
        if self.stamp() == self._stamp:
            return
        try:
            with self.path.open("rb") as file:
                stamp = _stamp(os.fstat(file.fileno()))
                raw = file.read()
        except FileNotFoundError:
            self._tables, self._stamp = None, MISSING
        except OSError as error:
            raise _refused(self.path, "read the store", error) from error
        else:
            self._tables, self._stamp = self._parsed(raw), stamp
        self.generation += 1

    def _parsed(self, raw: bytes) -> Tables:
        try:
            tables = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            where = f"line {error.lineno}, column {error.colno}" if raw else "it is empty"
            raise self._damaged(f"{where}: {error.msg}") from error
        if not isinstance(tables, dict):
            raise self._damaged("line 1, column 1: not a JSON object with one member per table")
        for name, table in tables.items():
            if not isinstance(table, dict) or not all(isinstance(doc, dict) for doc in table.values()):
                raise self._damaged(f"table {name!r} does not hold documents")
        return tables

    def _damaged(self, what: str) -> StoreError:
        backup = _beside(self.path, ".bak")
        if backup.exists():
            way = f"The last good copy is {backup}: end every monitor, move the damaged file away, copy this one there."
        else:
            way = "There is no older copy: move the file away, and monitor starts an empty store."
        return StoreError(f"{self.path} is damaged ({what}). Nothing was written to it. {way}")

    def _forget(self) -> None:
        self._tables, self._stamp = None, None
        self.generation += 1

    def _save(self) -> None:
        payload = self._payload()
        before = self._stamp or MISSING
        try:
            if not self._backed_up and before != MISSING:
                _replace(_beside(self.path, ".bak"), self.path.read_bytes(), 0)
            self._backed_up = True
            self._stamp = _replace(self.path, payload, before[0])
        except OSError as error:
            raise _refused(self.path, "write the store", error) from error
        self.generation += 1

    def _payload(self) -> bytes:
        try:
            return orjson.dumps(self._tables, option=orjson.OPT_APPEND_NEWLINE)
        except orjson.JSONEncodeError as error:
            raise StoreError(
                f"{self.path}: {self._culprit()} cannot be stored ({error}). Nothing was written; "
                "the text of that document has to be cleaned first."
            ) from error

    def _culprit(self) -> str:
        for name, table in (self._tables or {}).items():
            for key, doc in table.items():
                try:
                    orjson.dumps(doc)
                except orjson.JSONEncodeError:
                    return f"{name}/{key}"
        return "a document"


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _stamp(stat: os.stat_result) -> Stamp:
    return (stat.st_mtime_ns, stat.st_size, stat.st_ino)


def _replace(path: Path, payload: bytes, after: int) -> Stamp:
    """Put `payload` in the place of `path` so that a crash at any moment leaves the old file or the new one.

    `after` is the mtime (ns) of the old file: the new one is always later, because inodes are used again and a coarse
    clock could give both the same stamp. Only called under the lock, so one name for the temporary file is enough, and
    one that a killed process left behind is cleared away here.
    """
    temporary = _beside(path, ".tmp")
    temporary.unlink(missing_ok=True)
    try:
        fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with open(fd, "wb") as file:  # noqa: PTH123 - a descriptor, opened with its mode
            file.write(payload)
            file.flush()
            modified = max(os.fstat(fd).st_mtime_ns, after + 1)
            os.utime(temporary, ns=(modified, modified))
            os.fsync(fd)
            stamp = _stamp(os.fstat(fd))
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)
    return stamp


def _refused(path: Path, doing: str, error: OSError) -> StoreError:
    if error.errno in _FULL:
        remedy = "There is no room: free some space or raise the quota, then try again. What was stored is unharmed."
    elif error.errno in _DENIED:
        remedy = f"Give yourself the right to {path.parent}, or name another place with `store:` in feeds.yml."
    else:
        remedy = "Check the path, or name another place with `store:` in feeds.yml."
    return StoreError(f"{path}: cannot {doing} ({error.strerror or error}). {remedy}")
