"""What a store is called: a path, sqlite:///PATH or postgresql://, and which engine that asks for."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from monitor.errors import StoreError


def found_engine(target: str | Path) -> str:
    """Which engine a store's name asks for: "json", "sqlite" or "postgresql".

    A file that is there is told by its first bytes, one that is not by its ending; without a known ending it is SQLite.

    Raises:
        StoreError: an address of a kind that there is no engine for.
    """
    name = str(target)
    scheme, found, _ = name.partition("://")
    if isinstance(target, str) and found:
        if scheme in ("postgresql", "postgres"):
            return "postgresql"
        if scheme == "sqlite":
            return "sqlite"
        raise StoreError(
            f"There is no store of the kind {scheme}://. Give a path (store.db, store.json), sqlite:///PATH or "
            "postgresql://USER@HOST/DATABASE."
        )
    path = Path(name).expanduser()
    if path.is_file():
        with path.open("rb") as file:
            head = file.read(16)
        if head.startswith(b"SQLite format 3"):
            return "sqlite"
        if head.lstrip()[:1] in (b"{", b"["):
            return "json"
    return "json" if path.suffix == ".json" else "sqlite"


def sqlite_path(target: str | Path) -> Path:
    """The file that a path or sqlite:///PATH names (sqlite:////absolute)."""
    name = str(target)
    if isinstance(target, str) and name.startswith("sqlite://"):
        name = name.removeprefix("sqlite://").removeprefix("/")
    return Path(name).expanduser()


def masked(target: str | Path) -> str:
    """The name of a store for messages: an address without its password and options."""
    name = str(target)
    if not name.startswith(("postgresql://", "postgres://")):
        return name
    parts = urlsplit(name)
    user, found, host = parts.netloc.rpartition("@")
    return urlunsplit((parts.scheme, f"{user.split(':')[0]}{found}{host}", parts.path, "", ""))
