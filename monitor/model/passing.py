"""Frozen records cross from one process to the other by the thousand: here they are packed without a look at fields."""

from __future__ import annotations

from dataclasses import fields
from operator import attrgetter
from typing import TypeVar

T = TypeVar("T")


def passed(record: type[T]) -> type[T]:
    """A class decorator for a dataclass of two fields or more: pickled as its constructor's arguments, four times as
    fast as the way dataclasses bring along for frozen classes with slots."""
    values = attrgetter(*(field.name for field in fields(record)))  # type: ignore[arg-type]  # it is a dataclass

    def reduce(self: T) -> tuple[type[T], tuple[object, ...]]:
        return record, values(self)

    record.__reduce__ = reduce  # type: ignore[method-assign, assignment]
    return record
