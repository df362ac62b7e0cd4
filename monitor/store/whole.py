"""Documents out of rows, and what becomes of one that cannot be read any more.

A page that went bad inside a row leaves the database readable, and the row not. An entry or the state of a feed is then
passed over and told of: the others are shown, and a poll that brings it again writes it anew. The journal, the facts
accepted and the configuration have no such source: there the damage is named and nothing is left out unsaid.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import orjson

from monitor.errors import StoreError
from monitor.store.engine import Engine
from monitor.store.records import Doc, from_doc

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")
_AGAIN = frozenset({"entries", "tombstones", "feeds"})
"""Tables that the feeds can fill again."""


def document(engine: Engine, text: str, where: str) -> Doc:
    """The document of a row; `where` is its table and id. Raises StoreError where it is damaged."""
    try:
        found: Doc = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise engine.damaged(f"{where} cannot be read: {error}") from error
    return found


def documents(engine: Engine, table: str, rows: Iterable[tuple[Any, str]]) -> Iterator[tuple[str, Doc]]:
    """Ids and documents of rows, without those that can be passed over. Raises StoreError for one that cannot."""
    for id, text in rows:
        try:
            found = document(engine, text, f"{table}/{id}")
        except StoreError as error:
            pass_over(engine, table, id, error)
            continue
        yield id, found


def records(engine: Engine, table: str, cls: type[T], rows: Iterable[tuple[Any, str]]) -> Iterator[tuple[str, T]]:
    """Ids and records of rows, without those that can be passed over. Raises StoreError for one that cannot."""
    for id, doc in documents(engine, table, rows):
        try:
            found = from_doc(cls, doc, f"{table}/{id} of {engine.place}")
        except StoreError as error:
            pass_over(engine, table, id, error)
            continue
        yield id, found


def pass_over(engine: Engine, table: str, id: str, error: StoreError) -> None:
    """Notes a row that cannot be read; raises the error where nothing can bring it again."""
    if table not in _AGAIN:
        raise error
    engine.passed_over[f"{table}/{id}"] = None


def told(engine: Engine) -> tuple[str, ...]:
    """What was passed over so far, in words, with the way back; nothing where all was whole."""
    lost = list(engine.passed_over)
    if not lost:
        return ()
    more = f" and {len(lost) - 1:,} more" if len(lost) > 1 else ""
    error = engine.damaged(f"{lost[0]}{more} cannot be read")
    return (f"{error} What is whole is shown; what a feed still carries is stored again by the next poll.",)
