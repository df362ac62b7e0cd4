"""TinyDB's API over rows: each comparison with each value, what SQL is asked for, and what TinyDB leaves to us."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tinydb import Query, TinyDB, where
from tinydb.storages import JSONStorage
from tinydb.table import Document

from monitor.errors import StoreError
from monitor.store.catalog import Layout
from monitor.store.pushdown import narrowed
from monitor.store.storage import AtomicJSONStorage
from monitor.store.tables import RowDB, RowTable

FIELDS: Any = {"feed": "text", "n": "integer", "x": "real", "sub.k": "text"}
COLUMNS = Layout("t", False, tuple(FIELDS.items())).columns
VALUES: list[Any] = ["a", "b", "", "1", "Ab", "é", "\U0001f600", 0, 1, -1, 2**53 + 1, 2**63 - 1, 0.0, 1.0, 0.5, True]
VALUES += [False, None, [], ["a"], {}, {"k": "a"}, "[1]", "true", -(2**63), 1e300]
FIELD = Query().f


@pytest.fixture
def db(place: str) -> Iterator[RowDB]:
    with RowDB(place) as opened:
        yield opened


# ---- what conditions find --------------------------------------------------------------------------------------------


def conditions(field: Query) -> list[Any]:
    found: list[Any] = [field.exists(), ~field.exists(), field.one_of([])]
    for value in VALUES:
        found += [field == value, field != value, field.one_of([value, "b"]), (field == value) | (field == "b")]
        if isinstance(value, str | int | float):
            found += [field < value, field <= value, field > value, field >= value]
    return found


@pytest.mark.parametrize("kind", ["text", "integer", "real"])
def test_every_comparison_with_every_value_finds_what_stock_finds(db: RowDB, tmp_path: Path, kind: Any) -> None:
    table = db.table("t", fields={"f": kind})
    with TinyDB(tmp_path / "stock.json", storage=JSONStorage) as stock:
        for one in (table, stock):
            one.insert_multiple([{"f": value} for value in VALUES] + [{}, {"g": 1}])
        for cond in conditions(FIELD):
            try:
                expected = stock.search(cond)
            except TypeError:
                with pytest.raises(TypeError):
                    table.search(cond)
                continue
            assert repr(table.search(cond)) == repr(expected), cond


def test_order_comparisons_on_one_type_find_what_stock_finds(db: RowDB, tmp_path: Path) -> None:
    words, numbers = [v for v in VALUES if type(v) is str], [v for v in VALUES if type(v) is int]
    table = db.table("t", fields={"w": "text", "n": "integer"})
    with TinyDB(tmp_path / "stock.json") as stock:
        for one in (table, stock):
            one.insert_multiple([{"w": w} for w in words] + [{"n": n} for n in numbers])
        for name, values in (("w", words), ("n", [*numbers, 0.5, True])):
            for value in values:
                field = where(name)
                for cond in (field < value, field <= value, field > value, field >= value):
                    assert table.search(cond) == stock.search(cond), cond


@pytest.mark.parametrize(
    ("cond", "sql"),
    [
        (where("feed") == "a", '("f_feed" = ?) OR odd = 1'),
        ((where("feed") == "a") & where("title").matches("x"), '("f_feed" = ?)'),
        ((where("feed") == "a") | (where("n") > 3), " OR "),
        (Query().sub.k >= "a", '"f_sub$k" >= ?'),
        (where("n").one_of([1, 2]), '"f_n" IN (?, ?)'),
        (where("x").exists(), '"f_x" IS NOT NULL'),
        (where("x") < 0.5, '"f_x" < ?'),
        # What SQL cannot tell soundly is left to Python.
        ((where("feed") == "a") | where("title").matches("x"), None),
        (~(where("feed") == "a"), None),
        (where("feed") != "a", None),
        (where("feed") == 1, None),
        (where("feed") == None, None),  # noqa: E711 - a TinyDB query
        (where("n") == True, None),  # noqa: E712 - a TinyDB query
        (where("n") < 1.5, None),
        (where("n") == 2**63, None),
        (where("x") == 1, None),
        (where("x") < math.inf, None),
        (where("feed") == "a\0b", None),
        (where("feed") == "\ud800", None),
        (where("sub.k") == "a", None),
        (where("feed").one_of("abc"), None),  # type: ignore[arg-type]  # a text is searched for a part of it
        (where("feed").one_of(["a", 1]), None),
        (where("feed").map(str.lower) == "a", None),
        (where("feed").test(bool), None),
        (where("other") == "a", None),
        (Query().noop(), None),
        (Query().fragment({"feed": "a"}), None),
        (lambda doc: True, None),
    ],
)
def test_what_sql_is_asked_for(cond: Any, sql: str | None) -> None:
    found = narrowed(cond, COLUMNS)
    assert (found is None) if sql is None else (found is not None and sql in found.sql)


def test_a_condition_on_a_declared_field_goes_through_its_index(db: RowDB) -> None:
    table = db.table("t", fields=FIELDS)
    table.insert_multiple({"feed": f"f{n % 500}", "n": n} for n in range(5_000))
    db.rows.engine.compact()
    looked_at = []

    def seen(value: Any) -> bool:
        looked_at.append(value)
        return True

    assert table.count((where("feed") == "f7") & where("n").test(seen)) == 10
    assert len(looked_at) == 10, "Python saw the candidates only"
    explain = "EXPLAIN QUERY PLAN" if db.rows.engine.dialect.name == "sqlite" else "EXPLAIN"
    with db.rows.engine.reading() as session:
        for cond in (
            (where("feed") == "f7") & (where("n") < 9),
            where("n") < 9,
            (where("n") < 9) | (where("n") > 4_990),
        ):
            narrow = narrowed(cond, COLUMNS)
            assert narrow is not None
            order = db.rows.engine.dialect.by_id
            rows = session.run(f"{explain} SELECT doc FROM t_t WHERE {narrow.sql} ORDER BY {order}", narrow.values)
            plan = "\n".join(str(row[-1]) for row in rows)
            assert not re.search(r"SCAN t_t|Seq Scan", plan), plan


def test_flags_of_a_pattern_are_not_forgotten(db: RowDB) -> None:
    db.insert({"name": "Base"})
    assert db.search(where("name").search("base")) == []
    assert len(db.search(where("name").search("base", re.I))) == 1


# ---- tables and ids --------------------------------------------------------------------------------------------------


def test_tables_come_with_the_first_write_and_go_when_dropped_by_anyone(db: RowDB, place: str) -> None:
    db.table("Any name: ü, 'quoted' \"twice\"").insert({"n": 1})
    db.table("a").insert({})
    db.table("looked at only").all()
    assert db.tables() == {"Any name: ü, 'quoted' \"twice\"", "a"}
    with RowDB(place) as other:
        assert other.table("a").all() == [{}]
        other.drop_table("a")
        assert db.table("a").all() == []
        assert db.table("a").insert({}) == 2, "ids are not given again"
        other.drop_tables()
        other.drop_table("never there")
    assert db.tables() == set()
    assert len(db.table("a")) == 0


def test_a_field_declared_later_is_filled_from_what_is_there(db: RowDB, place: str) -> None:
    table = db.table("t")
    table.insert_multiple([{"feed": f"f{n % 3}", "n": n} for n in range(1_200)] + [{"feed": 5}])
    with RowDB(place) as other:
        wider = other.table("t", fields={"feed": "text"})
        assert wider.count(where("feed") == "f1") == 400, "not declared before the first write"
        wider.insert({"feed": "f1"})
        assert wider.count(where("feed") == "f1") == 401
        assert wider.count(where("feed") == 5) == 1
        table.insert({"feed": "f1"})
        assert wider.count(where("feed") == "f1") == 402, "the other process fills the column as well"
        with pytest.raises(StoreError, match="declared as text"):
            RowTable(other.rows, "t", fields={"feed": "integer"}).insert({})


def test_ids_of_text_and_ids_of_numbers_do_not_mix(db: RowDB) -> None:
    keyed = db.table("k", keyed=True)
    keyed.insert(Document({"n": 1}, doc_id="x"))  # type: ignore[arg-type]
    assert keyed.get(doc_id="x") == {"n": 1}
    assert keyed.update({"n": 2}, where("n") == 1) == ["x"]
    with pytest.raises(StoreError, match="ids of text"):
        keyed.insert({})
    with pytest.raises(StoreError, match="another kind"):
        RowTable(db.rows, "k").all()


# ---- transactions ----------------------------------------------------------------------------------------------------


def test_calls_in_a_transaction_happen_together_or_not_at_all(db: RowDB) -> None:
    db.insert({"n": 0})

    def interrupted() -> None:
        with db.transaction():
            db.update({"n": 1})
            db.table("new").insert({})
            assert db.all() == [{"n": 1}]
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert (db.all(), db.tables()) == ([{"n": 0}], {"_default"})


def test_an_iteration_is_not_disturbed_by_writes(db: RowDB) -> None:
    db.insert_multiple({"n": n} for n in range(1_500))
    seen = 0
    for doc in db:
        seen += 1
        if doc["n"] < 3:
            db.insert({"n": -1})
    assert (seen, len(db)) == (1_500, 1_503)


def test_only_what_changed_is_written(db: RowDB) -> None:
    table = db.table("t")
    table.insert_multiple({"n": n} for n in range(10))
    engine = db.rows.engine
    before = engine.ask("SELECT id, version FROM t_t ORDER BY id")
    table.update(lambda doc: doc.update(n=3))
    after = engine.ask("SELECT id, version FROM t_t ORDER BY id")
    assert [pair[0] for pair in set(before) & set(after)] == [4]
    version = engine.ask("SELECT version FROM monitor_store")
    assert table.update({"n": 3}, where("n") == 3) == list(range(1, 11))
    assert engine.ask("SELECT version FROM monitor_store") == version, "nothing changed, so nobody need look"


@pytest.mark.parametrize("value", [math.nan, [1, {"deep": math.inf}], 2**64, "\ud800", {"\ud800": 1}, object()])
def test_what_json_cannot_hold_is_refused_and_nothing_changes(db: RowDB, value: Any) -> None:
    db.insert({"n": 1})
    with pytest.raises(StoreError, match="_default/2 cannot be stored"):
        db.insert({"v": value})
    with pytest.raises(StoreError, match="_default/1 cannot be stored"):
        db.upsert({"n": value, "none": None}, where("n") == 1)
    assert db.all() == [{"n": 1}]
    assert db.insert({"v": None}) >= 2


def test_after_a_write_that_failed_on_its_way_the_next_goes_through(db: RowDB) -> None:
    table = db.table("t", fields=FIELDS)

    def spoiled(more: Any) -> None:
        with db.transaction():
            table.insert({"n": -1})
            session = db.rows.engine.current()
            assert session is not None
            session.hurry()
            session.tell("UPDATE monitor_store SET version = NULL")
            table.put(more)

    # Often enough for statements to be prepared.
    for n in range(8):
        for more in ({n + 100: {"feed": "a"}}, {}):
            with pytest.raises(StoreError):
                spoiled(more)
        table.insert({"n": n})
        assert table.search(where("n") == n) == [{"n": n}]
    assert [doc["n"] for doc in table.all()] == list(range(8))


@pytest.mark.parametrize("id", ["a\0b", "\ud800", "x" * 601])
def test_ids_and_names_that_no_database_finds_again_are_refused(db: RowDB, id: str) -> None:
    keyed = db.table("keyed", keyed=True)
    keyed.insert(Document({}, doc_id="x" * 600))
    for write in (lambda: keyed.insert(Document({}, doc_id=id)), lambda: keyed.put({id: {}})):
        with pytest.raises(StoreError, match="cannot have the id"):
            write()
    assert (keyed.get(doc_id=id), keyed.get(doc_ids=[id]), len(keyed)) == (None, [], 1)  # type: ignore[call-overload]
    with pytest.raises(StoreError, match="cannot be called"):
        db.table(id).insert({})
    plain = db.table("plain")
    with pytest.raises(StoreError, match="beyond 64 bits"):
        plain.insert(Document({}, doc_id=2**63 - 1))
    assert plain.insert(Document({}, doc_id=2**63 - 2)) == 2**63 - 2


def test_a_text_too_long_for_an_index_is_found_all_the_same(db: RowDB) -> None:
    table, long = db.table("t", fields=FIELDS), "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(20_000))
    table.insert_multiple([{"feed": "a"}, {"feed": long}, {"feed": "b"}])
    assert [doc.doc_id for doc in table.search(where("feed") == long)] == [2]
    assert [doc.doc_id for doc in table.search(where("feed") > "b")] == [2]
    assert [doc.doc_id for doc in table.search(where("feed").exists())] == [1, 2, 3]
    table.update({"feed": "c"}, where("feed") == long)
    assert [doc["feed"] for doc in table.all()] == ["a", "c", "b"]


def test_a_storage_of_another_kind_can_be_copied_in_whole(db: RowDB, tmp_path: Path) -> None:
    with TinyDB(tmp_path / "x.json", storage=AtomicJSONStorage) as old:
        old.insert_multiple([{"n": 1}, {"n": 2}])
        old.table("other").insert({"n": 3})
        tables = old.storage.read()
    db.table("gone").insert({})
    assert tables is not None
    db.storage.write(tables)
    assert db.tables() == {"_default", "other"}
    assert db.storage.read() == tables
    assert db.insert({}) == 3
