"""A directory with what was worked out before: see `kept`. One file a result, in marshal's plain values.

A file is read only where this user alone can have written it and its digest holds; marshal holds data and runs nothing.
Anything else, and any failure of the disk, is as if the file were not there. Whole files are put in place at once, so
any number of processes may share the directory. What nobody has asked for in a month is removed.
"""

from __future__ import annotations

import contextlib
import hashlib
import marshal
import os
import re
import secrets
import stat
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from monitor import __version__, kept

VARIABLE = "MONITOR_CACHE"
"""The environment's word for the directory; "off" for none."""
_OFF = ("off", "none", "0")
_MOST = 32 << 20  # bytes of one file; the largest the program makes is two million
_DAY = 86_400.0
_OLD = 30 * _DAY
_DIGEST = 32
# What the program calls its files; nothing else in the directory is ever removed.
_NAME = re.compile(r"\.?[a-z]+-[0-9a-f]{32}(?:\.[0-9a-f]{16})?")
# marshal's form is that of one interpreter.
_HEAD = f"monitor {__version__} {sys.implementation.cache_tag} {sys.hexversion:x} {marshal.version}\n".encode()


def attach(env: Mapping[str, str] | None = None) -> str:
    """Keeps results in the directory that the environment names, else in the platform's; which it is, "" for none."""
    named = (os.environ if env is None else env).get(VARIABLE, "")
    if named.casefold() in _OFF:
        return attach_to("")
    if named:
        return attach_to(str(Path(named).expanduser().absolute() / "compiled"))
    import platformdirs

    return attach_to(str(platformdirs.user_cache_path("monitor", appauthor=False) / "compiled"))


def attach_to(directory: str) -> str:
    """Keeps results in this directory; "" keeps none."""
    kept.use(Directory(Path(directory)) if directory else kept.Nowhere())
    return directory


def attached() -> str:
    """The directory in which this process keeps results; "" for none. It is handed to processes begun from here."""
    place = kept.place()
    return str(place.path) if isinstance(place, Directory) else ""


class Directory:
    """A `kept.Keep` in a directory, which is made when something is put there."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def get(self, name: str) -> Any:
        """The value, if a file of ours is there and whole."""
        try:
            if not self._ours():
                return None
            content = self._read(name)
        except OSError:
            return None
        body = content[len(_HEAD) + _DIGEST :]
        if content[: len(_HEAD) + _DIGEST] != _HEAD + hashlib.blake2b(body, digest_size=_DIGEST).digest():
            return None
        try:
            return marshal.loads(body)  # noqa: S302 - data alone, written by this user and whole
        except (EOFError, ValueError, TypeError):
            return None

    def put(self, name: str, value: Any) -> None:
        """Writes the value beside its place and moves it there."""
        body = marshal.dumps(value)
        if len(body) + len(_HEAD) + _DIGEST > _MOST:
            return
        with contextlib.suppress(OSError):
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self._ours():
                self._write(name, _HEAD + hashlib.blake2b(body, digest_size=_DIGEST).digest() + body)
                self._sweep()

    def _ours(self) -> bool:
        """Whether the directory is this user's, and nobody else may write there. Raises OSError."""
        return _private(self.path.lstat(), stat.S_ISDIR)

    def _read(self, name: str) -> bytes:
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(self.path / name, flags)
        with os.fdopen(descriptor, "rb") as file:
            found = os.fstat(descriptor)
            if not _private(found, stat.S_ISREG) or found.st_size > _MOST:
                return b""
            if time.time() - found.st_mtime > _DAY:
                # Its time says when it was last of use.
                os.utime(self.path / name)
            return file.read()

    def _write(self, name: str, content: bytes) -> None:
        beside = self.path / f".{name}.{secrets.token_hex(8)}"
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            beside.replace(self.path / name)
        except OSError:
            beside.unlink(missing_ok=True)
            raise

    def _sweep(self) -> None:
        """Removes what was of no use for long, and what a process that was killed left half written."""
        now = time.time()
        for path in self.path.iterdir():
            if not _NAME.fullmatch(path.name):
                continue
            age = now - path.lstat().st_mtime
            if age > (_DAY if path.name.startswith(".") else _OLD):
                path.unlink(missing_ok=True)


def _private(found: os.stat_result, kind: Any) -> bool:
    """Of this kind, and no other user's to write; where the system knows no owners, the place itself is private."""
    if not kind(found.st_mode):
        return False
    return not hasattr(os, "geteuid") or (found.st_uid == os.geteuid() and not found.st_mode & 0o022)
