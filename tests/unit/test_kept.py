"""Results that are kept: packed values come back as they were, and what cannot be used is made again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from monitor import kept
from monitor.kept import Nowhere, Packing, name_of, once


@dataclass(frozen=True, slots=True)
class Leaf:
    text: str
    when: Any = None


@dataclass(frozen=True, slots=True)
class Branch:
    children: tuple[Any, ...]
    made: int = field(init=False, default=7)


PACKING = Packing(Leaf, Branch)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
MOMENTS = st.dates() | st.times() | st.timedeltas() | st.datetimes(timezones=st.just(UTC))
LEAVES = st.builds(Leaf, st.text(), PLAIN | MOMENTS | st.frozensets(st.text()))
VALUES = st.recursive(LEAVES, lambda inner: st.builds(Branch, st.lists(inner).map(tuple)), max_leaves=8)


class Dictionary:
    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def get(self, name: str) -> Any:
        return self.values.get(name)

    def put(self, name: str, value: Any) -> None:
        self.values[name] = value


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Dictionary:
    found = Dictionary()
    monkeypatch.setattr(kept, "_place", [found])
    return found


@given(VALUES)
def test_what_is_packed_comes_back(value: Any) -> None:
    assert PACKING.unpack(PACKING.pack(value)) == value


def test_every_kind_of_moment_comes_back_as_it_was() -> None:
    moments = (date(2026, 1, 17), datetime(2026, 1, 17, 8, tzinfo=UTC), time(8, 30), timedelta(days=2, microseconds=3))
    back = PACKING.unpack(PACKING.pack(moments))
    assert back == moments
    assert [type(one) for one in back] == [type(one) for one in moments]


def test_a_record_met_twice_is_one_record_with_a_memo() -> None:
    leaf = Leaf("a")
    back = PACKING.unpack(PACKING.pack((leaf, Branch((leaf,))), {}), {})
    assert back[0] is back[1].children[0]


@pytest.mark.parametrize("value", [object(), [1], {"a": 1}, Packing, frozenset([Leaf("a")])])
def test_what_is_not_plain_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        PACKING.pack(value)


@pytest.mark.parametrize("plain", [[], ["Nobody"], ["Leaf"], ["Leaf", "a", None, "more"], ["date", "soon"]])
def test_what_no_pack_has_made_is_an_error_that_once_expects(plain: Any, place: Dictionary) -> None:
    place.values["n"] = plain
    assert once("n", lambda: Leaf("made"), PACKING.pack, PACKING.unpack) == Leaf("made")
    assert place.values["n"] == ["Leaf", "made", None], "and the next start has it"


def test_it_is_made_once(place: Dictionary) -> None:
    made = []

    def make() -> Leaf:
        made.append(1)
        return Leaf("a")

    assert once("n", make, PACKING.pack, PACKING.unpack) == once("n", make, PACKING.pack, PACKING.unpack)
    assert len(made) == 1


def test_what_packs_as_none_is_not_kept(place: Dictionary) -> None:
    assert once("n", lambda: Leaf("wrong"), lambda _: None, PACKING.unpack) == Leaf("wrong")
    assert place.values == {}


def test_without_a_place_nothing_is_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_place", [Nowhere()])
    assert once("n", lambda: object, lambda _: pytest.fail("packed"), lambda plain: plain) is object


def test_a_name_tells_its_parts_apart() -> None:
    names = [name_of("a", "bc"), name_of("ab", "c"), name_of("a", "b", "c"), name_of("a", "b", "", "c"), name_of("a")]
    assert len(set(names)) == len(names)
    assert name_of("a", "é") == name_of("a", "é".encode())
