"""What a store is called: a path, sqlite:///PATH or postgresql://, and which engine that asks for."""

from __future__ import annotations

import re
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


def located(target: str, folder: Path) -> Path | str:
    """The place that a name written in a file of `folder` means: a path is relative to that file, not to where a
    command happens to be run."""
    if "://" not in target:
        return folder / Path(target).expanduser()
    return folder / sqlite_path(target) if target.startswith("sqlite://") else target


def server_copies(place: str) -> Path:
    """What a copy of a store on a server is called before the moment of it: in the data directory, which is there
    after this. Several servers may have their copies in it."""
    import platformdirs

    folder = platformdirs.user_data_path("monitor", appauthor=False)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"{folder}: cannot make the folder for a copy of the store ({error.strerror or error}). Make it, or say"
            " where with `monitor store backup FILE`."
        ) from error
    parts = urlsplit(place)
    named = "-".join(part for part in (parts.hostname or "", parts.path.strip("/")) if part)
    return folder / f"{re.sub(r'[^A-Za-z0-9.-]+', '-', named) or 'monitor'}.db"


def masked(target: str | Path) -> str:
    """The name of a store for messages: an address without its password and options."""
    name = str(target)
    if not name.startswith(("postgresql://", "postgres://")):
        return name
    parts = urlsplit(name)
    user, found, host = parts.netloc.rpartition("@")
    return urlunsplit((parts.scheme, f"{user.split(':')[0]}{found}{host}", parts.path, "", ""))
