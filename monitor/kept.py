"""What was worked out once and is taken as it stands the next time: results of pure work, by name.

Reading the lexicons and compiling the rules is most of a start, and gives the same each time. The shell says where such
results lie (`use`); the core asks for them by a name that says all they depend on. They count for speed alone: what is
missing or cannot be used is worked out again, and where nobody has said where, nothing is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import fields
from datetime import date, datetime, time, timedelta
from operator import attrgetter
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
_UNUSABLE = (LookupError, TypeError, ValueError, AttributeError)


class Keep(Protocol):
    """Where results lie. Neither method raises, whatever happens to the place."""

    def get(self, name: str) -> Any:
        """What was put under this name; None where there is nothing."""

    def put(self, name: str, value: Any) -> None:
        """Keeps a value made of None, bool, int, float, str, bytes, tuple, list, dict, set and frozenset."""


class Nowhere:
    """Keeps nothing."""

    def get(self, name: str) -> Any:
        """None."""
        return None

    def put(self, name: str, value: Any) -> None:
        """Forgets the value."""


_place: list[Keep] = [Nowhere()]


def use(keep: Keep) -> None:
    """Says where results lie from now on, in this process."""
    _place[0] = keep


def place() -> Keep:
    """Where results lie."""
    return _place[0]


def once(name: str, make: Callable[[], T], pack: Callable[[T], Any], unpack: Callable[[Any], T]) -> T:
    """What is kept under this name, unpacked; else what `make` gives, which is kept unless `pack` makes None of it.

    Raises what `make` raises; what `unpack` cannot read is made.
    """
    keep = _place[0]
    plain = keep.get(name)
    if plain is not None:
        try:
            return unpack(plain)
        except _UNUSABLE:
            pass  # written by something that packs otherwise
    made = make()
    if not isinstance(keep, Nowhere) and (packed := pack(made)) is not None:
        keep.put(name, packed)
    return made


def name_of(kind: str, *parts: str | bytes) -> str:
    """A name that is another one as soon as one of the parts is."""
    digest = hashlib.sha256()
    for part in parts:
        content = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(b"%d:" % len(content) + content)
    return f"{kind}-{digest.hexdigest()[:32]}"


class Packing:
    """Frozen dataclasses as plain values and back: each is a list of its name and the arguments of its constructor.

    With a `memo`, which must not outlive what it was filled with, a record that is met twice is one record afterwards.
    """

    def __init__(self, *classes: type[Any]) -> None:
        self._rows = {cls: (cls.__name__, tuple(_getters(cls))) for cls in classes}
        self._made: dict[str, Callable[..., Any]] = {cls.__name__: cls for cls in classes}
        self._made |= {"date": date.fromisoformat, "datetime": datetime.fromisoformat, "time": time.fromisoformat}
        self._made |= {"timedelta": timedelta}

    def pack(self, value: Any, memo: dict[int, list[Any]] | None = None) -> Any:
        """Raises TypeError for what is not of these classes, a time, or plain and frozen."""
        if value is None or isinstance(value, str | int | float):
            return value
        if isinstance(value, tuple):
            return tuple([self.pack(one, memo) for one in value])
        if isinstance(value, frozenset) and all(isinstance(one, str | int) for one in value):
            return value
        row = self._rows.get(type(value))
        if row is not None:
            packed = memo.get(id(value)) if memo is not None else None
            if packed is None:
                packed = [row[0], *[self.pack(get(value), memo) for get in row[1]]]
                if memo is not None:
                    memo[id(value)] = packed
            return packed
        if isinstance(value, timedelta):
            return ["timedelta", value.days, value.seconds, value.microseconds]
        if isinstance(value, date | time):
            return [type(value).__name__, value.isoformat()]
        raise TypeError(f"{type(value).__name__} is not packed")

    def unpack(self, plain: Any, memo: dict[int, Any] | None = None) -> Any:
        """The value again. Raises LookupError, TypeError or ValueError for what no `pack` has made."""
        if isinstance(plain, list):
            made = memo.get(id(plain)) if memo is not None else None
            if made is None:
                made = self._made[plain[0]](*[self.unpack(one, memo) for one in plain[1:]])
                if memo is not None:
                    memo[id(plain)] = made
            return made
        return tuple([self.unpack(one, memo) for one in plain]) if isinstance(plain, tuple) else plain


def _getters(cls: type[Any]) -> list[Callable[[Any], Any]]:
    return [attrgetter(field.name) for field in fields(cls) if field.init]
