"""TinyDB over rows does what TinyDB over a JSON file does: any calls, any JSON, compared call by call.

The oracle is stock TinyDB with its cache off. Ids are mapped (a database never gives one twice), documents compared in
the order of ids.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from tinydb import Query, TinyDB, where
from tinydb.table import Document

from monitor.store.tables import RowDB
from tests.store.engines import ENGINES, FULL, target

FIELDS: Any = {"feed": "text", "n": "integer", "x": "real", "sub.k": "text"}

words = (
    st.sampled_from(["a", "b"])
    | st.sampled_from(["a", "b", "B", "é", "z" * 300, "", "a\u200cb", "\U0001f600", "1", "null"])
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5)
)
integers = (
    st.sampled_from([0, 1])
    | st.sampled_from([0, 1, -1, 2**53, 2**53 + 1, 2**63 - 1, -(2**63)])
    | st.integers(-(2**63), 2**63 - 1)
)
floats = (
    st.sampled_from([0.0, 1.0])
    | st.sampled_from([0.0, -0.0, 1.0, 0.5, 1e300, 2.0**53])
    | st.floats(allow_nan=False, allow_infinity=False)
)
scalars = st.none() | st.booleans() | integers | floats | words
anything = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3))


def mostly(kind: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(kind, kind, st.sampled_from([None, True, 1, 1.0, "1", "a", [1], {"k": "a"}]), anything)


document = st.fixed_dictionaries(
    {},
    optional={
        "feed": mostly(words),
        "n": mostly(integers),
        "x": mostly(floats),
        "sub": mostly(st.fixed_dictionaries({}, optional={"k": mostly(words)})),
        "u": anything,
    },
)
PATHS: list[tuple[Any, st.SearchStrategy[Any]]] = [
    (where("feed"), words),
    (where("n"), integers),
    (where("x"), floats),
    (Query().sub.k, words),
    (where("sub.k"), words),
    (where("u"), scalars),
]


@st.composite
def simple(draw: st.DrawFn) -> Any:
    path, values = draw(st.sampled_from(PATHS))
    kind = draw(
        st.sampled_from(["==", "==", "exists", "exists", "one_of", "<", "<=", ">", ">=", "!=", "matches", "test"])
    )
    value = draw(values | scalars)
    match kind:
        case "==":
            return path == value
        case "!=":
            return path != value
        case "one_of":
            return path.one_of(draw(st.lists(values | scalars, max_size=4)))
        case "exists":
            return path.exists()
        case "matches":
            return path.matches("a|b")
        case "test":
            return path.test(lambda found: isinstance(found, str))
    value = draw(values)
    return {"<": path < value, "<=": path <= value, ">": path > value, ">=": path >= value}[kind]


conditions = st.recursive(
    simple(),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda two: two[0] & two[1]),
        st.tuples(inner, inner).map(lambda two: two[0] | two[1]),
        inner.map(lambda one: ~one),
    ),
    max_leaves=4,
)
calls = st.one_of(
    st.tuples(st.just("insert"), document),
    st.tuples(st.just("insert_multiple"), st.lists(document, max_size=4)),
    st.tuples(st.just("insert_with_id"), document),
    st.tuples(st.just("insert_again"), document, st.integers(0, 50)),
    st.tuples(st.just("search"), conditions),
    st.tuples(st.just("get"), conditions),
    st.tuples(st.just("contains"), conditions),
    st.tuples(st.just("count"), conditions),
    st.tuples(st.just("update"), document, conditions),
    st.tuples(st.just("update_all"), document),
    st.tuples(st.just("change"), conditions),
    st.tuples(st.just("abort"), conditions, st.integers(1, 3)),
    st.tuples(st.just("update_ids"), document, st.lists(st.integers(0, 50), max_size=3)),
    st.tuples(st.just("update_multiple"), st.lists(st.tuples(document, conditions), max_size=3)),
    st.tuples(st.just("upsert"), document, conditions),
    st.tuples(st.just("remove"), conditions),
    st.tuples(st.just("remove_ids"), st.lists(st.integers(0, 50), max_size=3)),
    st.tuples(st.just("get_ids"), st.lists(st.integers(0, 50), max_size=3)),
    st.tuples(st.just("truncate")),
)


def shown(doc: Any) -> str:
    return json.dumps(doc, sort_keys=True)


class Both:
    """The same calls on both, ids mapped."""

    def __init__(self, stock: Any, ours: Any) -> None:
        self.stock, self.ours = stock, ours
        self.ids: dict[int, int] = {}
        self.explicit = 0

    def docs(self, found: list[Document]) -> list[tuple[int, str]]:
        return sorted((self.ids[doc.doc_id], shown(doc)) for doc in found)

    def ours_docs(self, found: list[Document]) -> list[tuple[int, str]]:
        listed = [(doc.doc_id, shown(doc)) for doc in found]
        assert listed == sorted(listed), "not in the order of ids"
        return listed

    def nth(self, number: int) -> tuple[int, int]:
        """The n-th living document's ids, or ids that neither has."""
        living = sorted(self.ids.items(), key=lambda pair: pair[1])
        return living[number] if number < len(living) else (10**9 + number, 10**9 + number)

    def call(self, name: str, *args: Any) -> None:
        getattr(self, "do_" + name)(*args)
        assert self.docs(self.stock.all()) == self.ours_docs(self.ours.all())
        assert len(self.stock) == len(self.ours) == len(self.ids)

    def evaluates(self, *conds: Any) -> bool:
        """Whether stock TinyDB can evaluate it on all documents: `"a" < 1` raises. A lone comparison then raises here
        as well; of a compound SQL may leave out the documents on which it would."""
        try:
            for cond in conds:
                self.stock.search(cond)
        except TypeError:
            if len(conds) == 1 and conds[0]._hash is not None and conds[0]._hash[0] in ("<", "<=", ">", ">="):
                with pytest.raises(TypeError):
                    self.ours.search(conds[0])
            return False
        return True

    def do_insert(self, doc: Any) -> None:
        self.ids[self.stock.insert(doc)] = self.ours.insert(doc)

    def do_insert_multiple(self, docs: Any) -> None:
        self.ids |= dict(zip(self.stock.insert_multiple(docs), self.ours.insert_multiple(docs), strict=True))

    def do_insert_with_id(self, doc: Any) -> None:
        self.explicit += 10**6
        self.ids[self.stock.insert(Document(doc, self.explicit))] = self.ours.insert(Document(doc, self.explicit))

    def do_insert_again(self, doc: Any, number: int) -> None:
        stock, ours = self.nth(number)
        if stock in self.ids:
            for table, id in ((self.stock, stock), (self.ours, ours)):
                with pytest.raises(ValueError, match="already exists"):
                    table.insert_multiple([doc, Document(doc, id)])

    def do_search(self, cond: Any) -> None:
        if self.evaluates(cond):
            assert self.docs(self.stock.search(cond)) == self.ours_docs(self.ours.search(cond))

    def do_get(self, cond: Any) -> None:
        if self.evaluates(cond):
            expected = self.docs(self.stock.search(cond))[:1]
            found = self.ours.get(cond)
            assert expected == ([] if found is None else [(found.doc_id, shown(found))])

    def do_contains(self, cond: Any) -> None:
        if self.evaluates(cond):
            assert self.stock.contains(cond) == self.ours.contains(cond)

    def do_count(self, cond: Any) -> None:
        if self.evaluates(cond):
            assert self.stock.count(cond) == self.ours.count(cond)

    def same_ids(self, stock: list[int], ours: list[int]) -> None:
        assert sorted(self.ids[id] for id in stock) == sorted(ours)

    def do_update(self, doc: Any, cond: Any) -> None:
        if self.evaluates(cond):
            self.same_ids(self.stock.update(doc, cond), self.ours.update(doc, cond))

    def do_update_all(self, doc: Any) -> None:
        self.same_ids(self.stock.update(doc), self.ours.update(doc))

    def do_change(self, cond: Any) -> None:
        def change(doc: Any) -> None:
            doc.pop("feed", None)
            doc["n"] = len(doc)
            if isinstance(doc.get("sub"), dict):
                doc["sub"]["k"] = "changed"

        if self.evaluates(cond):
            self.same_ids(self.stock.update(change, cond), self.ours.update(change, cond))

    def do_abort(self, cond: Any, after: int) -> None:
        def failing() -> Any:
            left = [after]

            def change(doc: Any) -> None:
                doc["gone wrong"] = True
                left[0] -= 1
                if not left[0]:
                    raise ZeroDivisionError

            return change

        if self.evaluates(cond) and self.stock.count(cond) >= after:
            for table in (self.stock, self.ours):
                with pytest.raises(ZeroDivisionError):
                    table.update(failing(), cond)

    def do_update_ids(self, doc: Any, numbers: list[int]) -> None:
        pairs = [self.nth(number) for number in numbers]
        stock = self.stock.update(doc, doc_ids=[pair[0] for pair in pairs])
        self.same_ids(stock, self.ours.update(doc, doc_ids=[pair[1] for pair in pairs]))

    def do_update_multiple(self, updates: Any) -> None:
        # The earlier updates may make a document one that a later condition cannot be evaluated on.
        if self.evaluates(*(cond for _, cond in updates)):
            before = self.stock.all()
            try:
                stock = self.stock.update_multiple(updates)
            except TypeError:
                assert before == self.stock.all()
                return
            self.same_ids(stock, self.ours.update_multiple(updates))

    def do_upsert(self, doc: Any, cond: Any) -> None:
        if self.evaluates(cond):
            stock, ours = self.stock.upsert(doc, cond), self.ours.upsert(doc, cond)
            if stock[0] not in self.ids:
                self.ids[stock[0]] = ours[0]
            self.same_ids(stock, ours)

    def do_remove(self, cond: Any) -> None:
        if self.evaluates(cond):
            self.removed(self.stock.remove(cond), self.ours.remove(cond))

    def do_remove_ids(self, numbers: list[int]) -> None:
        pairs = list(dict.fromkeys(self.nth(number) for number in numbers))
        self.removed(
            self.stock.remove(doc_ids=[pair[0] for pair in pairs]),
            self.ours.remove(doc_ids=[pair[1] for pair in pairs]),
        )

    def removed(self, stock: list[int], ours: list[int]) -> None:
        self.same_ids(stock, ours)
        for id in stock:
            del self.ids[id]

    def do_get_ids(self, numbers: list[int]) -> None:
        pairs = [self.nth(number) for number in numbers]
        found = self.ours.get(doc_ids=[pair[1] for pair in pairs])
        assert self.docs(self.stock.get(doc_ids=[pair[0] for pair in pairs])) == self.ours_docs(found)
        for stock, ours in pairs:
            one, other = self.stock.get(doc_id=stock), self.ours.get(doc_id=ours)
            assert shown(one) == shown(other)
            assert self.stock.contains(doc_id=stock) == self.ours.contains(doc_id=ours)

    def do_truncate(self) -> None:
        self.stock.truncate()
        self.ours.truncate()
        self.ids = {}


@pytest.fixture(scope="module", params=ENGINES)
def db(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RowDB]:
    with target(request.param, tmp_path_factory.mktemp("oracle")) as name, RowDB(name) as opened:
        yield opened


@pytest.mark.slow
@settings(
    max_examples=2_000 if FULL else 60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(documents=st.lists(document, min_size=3, max_size=8), made=st.lists(calls, min_size=4, max_size=12))
def test_any_calls_do_what_stock_tinydb_does(db: RowDB, tmp_path: Path, documents: Any, made: Any) -> None:
    path = tmp_path / "stock.json"
    path.unlink(missing_ok=True)
    with TinyDB(path) as stock:
        db.drop_tables()
        both = Both(stock.table("t", cache_size=0), db.table("t", fields=FIELDS))
        both.call("insert_multiple", documents)
        for name, *args in made:
            both.call(name, *args)
