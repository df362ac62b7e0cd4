"""Frozen types of `monitor.model` as JSON documents and back, driven by their type hints.

One codec for all of them, so that a new field of the model is stored without a line written here. Times are ISO 8601
in UTC with a "Z", dates ISO. Reading is strict on values and lenient on keys: an unknown key (a newer version wrote
it) is passed over, a missing one takes the field's default.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from monitor.errors import StoreError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")
Doc = dict[str, Any]
Convert = Callable[[Any], Any]


def to_doc(record: DataclassInstance) -> Doc:
    """A record as a JSON document.

    Raises:
        StoreError: a time in it has no time zone.
    """
    try:
        doc: Doc = _codec(type(record)).encode(record)
    except _Broken as broken:
        raise StoreError(f"{type(record).__name__} cannot be stored: {broken}.") from broken
    return doc


def from_doc(cls: type[T], doc: Mapping[str, Any], where: str) -> T:
    """The record in a JSON document; `where` is its table and key, for the error.

    Raises:
        StoreError: a value is missing or is not what the type asks for.
    """
    try:
        record: T = _codec(cls).decode(doc)
    except _Broken as broken:
        raise StoreError(
            f"{where} in the store cannot be read as {cls.__name__}: {broken}. "
            "A newer monitor may have written it: update this one. Else go back to the copy that ends in .bak."
        ) from broken
    return record


def pack(record: DataclassInstance) -> list[Any]:
    """A record as a JSON list, its fields in their order and nothing at the end that is as the type's default has it:
    for what is made anew whenever the types change. Raises StoreError as `to_doc`."""
    try:
        row: list[Any] = _codec(type(record), True).encode(record)
    except _Broken as broken:
        raise StoreError(f"{type(record).__name__} cannot be stored: {broken}.") from broken
    return row


def unpack(cls: type[T], row: Any, where: str) -> T:
    """The record that `pack` made a list of. Raises StoreError where it is none."""
    try:
        record: T = _codec(cls, True).decode(row)
    except _Broken as broken:
        raise StoreError(f"{where} in the store cannot be read as {cls.__name__}: {broken}.") from broken
    return record


class _Broken(Exception):
    """A value that does not fit, and the way to it from the outside in."""

    def __init__(self, what: str, path: tuple[str, ...] = ()) -> None:
        super().__init__(what)
        self.what, self.path = what, path

    def under(self, name: str) -> _Broken:
        return _Broken(self.what, (name, *self.path))

    def __str__(self) -> str:
        return f"{'.'.join(self.path)}: {self.what}" if self.path else self.what


@dataclass(frozen=True, slots=True)
class _Codec:
    encode: Convert
    decode: Convert


@cache
def _codec(hint: Any, packed: bool = False) -> _Codec:
    """The codec of a type hint. Built once per type: 5,000 entries are read at every start."""
    origin, args = get_origin(hint), get_args(hint)
    if isinstance(hint, type) and hint in _PLAIN:
        return _PLAIN[hint]
    if origin is Literal:
        return _Codec(_same, _one_of(args))
    if origin in (Union, types.UnionType) and len(args) == 2 and type(None) in args:
        return _optional(_codec(next(arg for arg in args if arg is not type(None)), packed))
    if origin is tuple and len(args) == 2 and args[1] is Ellipsis:
        return _sequence(_codec(args[0], packed))
    if origin is tuple and args:
        return _fixed([_codec(arg, packed) for arg in args])
    if isinstance(hint, type) and is_dataclass(hint):
        return _packed(hint) if packed else _record(hint)
    raise TypeError(f"monitor.store.records has no form for {hint!r}")


def _same(value: Any) -> Any:
    return value


def _exactly(kind: type, name: str) -> _Codec:
    def decode(value: Any) -> Any:
        # bool is a subclass of int: True is no number here.
        if type(value) is not kind:
            raise _Broken(f"expected {name}, found {_shown(value)}")
        return value

    return _Codec(_same, decode)


def _decode_float(value: Any) -> float:
    if type(value) not in (int, float):
        raise _Broken(f"expected a number, found {_shown(value)}")
    return float(value)


def _encode_time(value: datetime) -> str:
    if value.tzinfo is None:
        raise _Broken(f"{value.isoformat()} has no time zone")
    return value.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def _decode_time(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise _Broken(f"expected a time like 2026-01-05T12:00:00Z, found {_shown(value)}") from None
    if moment.tzinfo is None:
        raise _Broken(f"expected a time with a time zone, found {_shown(value)}")
    return moment.astimezone(UTC)


def _decode_date(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise _Broken(f"expected a date like 2026-01-05, found {_shown(value)}") from None


def _one_of(words: tuple[Any, ...]) -> Convert:
    known = frozenset(words)

    def decode(value: Any) -> Any:
        if not isinstance(value, str) or value not in known:
            raise _Broken(f"expected one of {', '.join(map(str, words))}, found {_shown(value)}")
        return value

    return decode


def _optional(inner: _Codec) -> _Codec:
    encode, decode = inner.encode, inner.decode
    return _Codec(
        lambda value: None if value is None else encode(value), lambda value: None if value is None else decode(value)
    )


def _sequence(inner: _Codec) -> _Codec:
    def encode(value: tuple[Any, ...]) -> list[Any]:
        return [inner.encode(item) for item in value]

    def decode(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise _Broken(f"expected a list, found {_shown(value)}")
        items = []
        for number, item in enumerate(value):
            try:
                items.append(inner.decode(item))
            except _Broken as broken:
                raise broken.under(str(number)) from None
        return tuple(items)

    return _Codec(encode, decode)


def _fixed(parts: list[_Codec]) -> _Codec:
    def encode(value: tuple[Any, ...]) -> list[Any]:
        return [part.encode(item) for part, item in zip(parts, value, strict=True)]

    def decode(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) != len(parts):
            raise _Broken(f"expected a list of {len(parts)}, found {_shown(value)}")
        return tuple(part.decode(item) for part, item in zip(parts, value, strict=True))

    return _Codec(encode, decode)


def _record(cls: type[DataclassInstance]) -> _Codec:
    hints = get_type_hints(cls)
    plan = [(f.name, _codec(hints[f.name])) for f in fields(cls)]
    needed = {f.name for f in fields(cls) if f.default is MISSING and f.default_factory is MISSING}

    def encode(record: DataclassInstance) -> Doc:
        doc: Doc = {}
        for name, codec in plan:
            try:
                doc[name] = codec.encode(getattr(record, name))
            except _Broken as broken:
                raise broken.under(name) from None
        return doc

    def decode(doc: Any) -> DataclassInstance:
        if not isinstance(doc, Mapping):
            raise _Broken(f"expected an object, found {_shown(doc)}")
        values: dict[str, Any] = {}
        for name, codec in plan:
            if name in doc:
                try:
                    values[name] = codec.decode(doc[name])
                except _Broken as broken:
                    raise broken.under(name) from None
            elif name in needed:
                raise _Broken("is missing", (name,))
        return cls(**values)

    return _Codec(encode, decode)


def _packed(cls: type[DataclassInstance]) -> _Codec:
    hints = get_type_hints(cls)
    plan = [(f.name, _codec(hints[f.name], True), f.default) for f in fields(cls)]
    codecs = [codec.decode for _, codec, _ in plan]
    least = sum(default is MISSING for _, _, default in plan)

    def encode(record: DataclassInstance) -> list[Any]:
        values = [getattr(record, name) for name, _, _ in plan]
        used = len(values)
        while used > least and values[used - 1] == plan[used - 1][2]:
            used -= 1
        return [plan[at][1].encode(values[at]) for at in range(used)]

    def decode(row: Any) -> DataclassInstance:
        if not isinstance(row, list) or not least <= len(row) <= len(codecs):
            raise _Broken(f"expected {least} to {len(codecs)} values, found {_shown(row)}")
        return cls(*[codec(value) for codec, value in zip(codecs, row, strict=False)])

    return _Codec(encode, decode)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


_PLAIN: dict[type, _Codec] = {
    str: _exactly(str, "text"),
    int: _exactly(int, "a whole number"),
    bool: _exactly(bool, "true or false"),
    float: _Codec(_same, _decode_float),
    datetime: _Codec(_encode_time, _decode_time),
    date: _Codec(date.isoformat, _decode_date),
}
