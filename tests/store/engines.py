"""The engines that the tests of the store run over: a SQLite file and a PostgreSQL schema, each made for one test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

SERVER = os.environ.get("MONITOR_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/test")
FULL = os.environ.get("MONITOR_SLOW") == "full"
ENGINES = ("sqlite", "postgresql")


@contextmanager
def target(kind: str, folder: Path) -> Iterator[str]:
    """The name of an empty store of that kind; a PostgreSQL schema is dropped afterwards."""
    if kind == "sqlite":
        yield str(folder / "store.db")
        return
    import psycopg

    try:
        server = psycopg.connect(SERVER, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"no PostgreSQL at {SERVER}, and CI=true does not let its tests be skipped: {error}")
        pytest.skip(f"NOT TESTED ON POSTGRESQL: no server at {SERVER} (set MONITOR_TEST_POSTGRES): {error}")
    schema = f"monitor_test_{uuid4().hex[:12]}"
    with server:
        server.execute(f"CREATE SCHEMA {schema}")
        try:
            yield f"{SERVER}?options=-csearch_path%3D{schema}"
        finally:
            server.execute(f"DROP SCHEMA {schema} CASCADE")
