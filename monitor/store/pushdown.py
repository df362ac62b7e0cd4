"""TinyDB's conditions as SQL, as far as that is sound: the rows SQL leaves out could not have met the condition.

TinyDB's own code then runs on the rows that are left, so its semantics decide. A condition tells what it is by its
hash: ("==", path, value), ("and", both), and so on. What cannot be told (a test of the user's, a pattern, a path with
a function in it, a value of another type than declared) is left to Python.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tinydb.queries import QueryInstance

from monitor.store.catalog import Kind

_ORDERS = {"==": "=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_MOST = 400
"""So many values in one_of are handed to SQL; SQLite takes 32,766 in a statement."""


@dataclass(frozen=True, slots=True)
class Narrow:
    """A condition in SQL with its values."""

    sql: str
    values: tuple[Any, ...] = ()


def narrowed(condition: object, columns: Mapping[str, tuple[str, Kind]]) -> Narrow | None:
    """The candidates of a TinyDB condition, or None where every document is one.

    `columns` gives for each declared field its column and kind. Documents marked odd are always candidates.
    """
    # A subclass may mean something else by the same words.
    if type(condition) is not QueryInstance:
        return None
    found = _translated(condition._hash, columns)
    return None if found is None else Narrow(f"({found.sql}) OR odd = 1", found.values)


def _translated(said: Any, columns: Mapping[str, tuple[str, Kind]]) -> Narrow | None:
    if not isinstance(said, tuple) or not said:
        return None
    if said[0] == "and":
        parts = [part for each in said[1] if (part := _translated(each, columns)) is not None]
        return _joined(parts, " AND ") if parts else None
    if said[0] == "or":
        branches = [_translated(each, columns) for each in said[1]]
        whole = [branch for branch in branches if branch is not None]
        return _joined(whole, " OR ") if len(whole) == len(branches) else None
    if len(said) < 2 or not isinstance(said[1], tuple) or not all(isinstance(part, str) for part in said[1]):
        return None
    declared = columns.get(".".join(said[1]))
    # ("a.b",) and ("a", "b") are two paths of one spelling; only the second can be declared.
    if declared is None or any("." in part for part in said[1]):
        return None
    return _compared(said, *declared)


def _compared(said: tuple[Any, ...], column: str, kind: Kind) -> Narrow | None:
    if said[0] == "exists" and len(said) == 2:
        return Narrow(f"{column} IS NOT NULL")
    if len(said) != 3:
        return None
    if said[0] in _ORDERS and _fits(said[2], kind):
        return Narrow(f"{column} {_ORDERS[said[0]]} ?", (said[2],))
    if said[0] == "one_of" and type(said[2]) is tuple and len(said[2]) <= _MOST:
        return _one_of(said[2], column, kind)
    return None


def _one_of(items: tuple[Any, ...], column: str, kind: Kind) -> Narrow | None:
    if not all(_fits(item, kind) for item in items):
        return None
    if not items:
        return Narrow("1 = 0")
    return Narrow(f"{column} IN ({', '.join('?' * len(items))})", items)


def _fits(value: Any, kind: Kind) -> bool:
    """Whether SQL compares the value with the column as Python would: of the declared type exactly, and storable."""
    if kind == "text":
        return type(value) is str and "\0" not in value and _encodable(value)
    if kind == "integer":
        return type(value) is int and -(2**63) <= value < 2**63
    # Infinity and NaN compare differently in each database.
    return type(value) is float and abs(value) < float("inf")


def _encodable(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _joined(parts: Iterable[Narrow], word: str) -> Narrow:
    parts = list(parts)
    sql = word.join(f"({part.sql})" for part in parts)
    return Narrow(sql, tuple(value for part in parts for value in part.values))
