"""Rows that are held back are found by whatever looks at their table, and are dropped with their transaction."""

from collections.abc import Iterator

import pytest

from projections.held import HoldingConnection

PUT = "INSERT INTO names VALUES (?, ?)"


@pytest.fixture
def db() -> Iterator[HoldingConnection]:
    connection = HoldingConnection(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE names (reference TEXT PRIMARY KEY, zh TEXT)")
    connection.execute("CREATE TABLE touches (reference TEXT)")
    yield connection
    connection.close()


def names(db: HoldingConnection) -> list[tuple[str, str]]:
    return [tuple(row) for row in db.execute("SELECT reference, zh FROM names")]


def test_what_is_held_is_there_for_whoever_looks(db: HoldingConnection) -> None:
    db.execute(PUT, ("a", "甲"))
    db.executemany(PUT, [("b", "乙"), ("c", "丙")])
    assert db.total_changes == 0
    assert names(db) == [("a", "甲"), ("b", "乙"), ("c", "丙")]
    db.execute(PUT, ("d", "丁"))
    db.execute("UPDATE names SET zh = '无' WHERE reference = 'd'")
    assert names(db)[-1] == ("d", "无")


def test_a_table_that_nobody_asks_about_stays_held(db: HoldingConnection) -> None:
    db.execute("INSERT INTO touches VALUES (?)", ("a",))
    assert names(db) == []
    assert db.total_changes == 0
    db.write_held()
    assert db.total_changes == 1


def test_rows_keep_their_order_whichever_statement_put_them_in(db: HoldingConnection) -> None:
    db.execute(PUT, ("b", "乙"))
    db.execute("INSERT INTO names (zh, reference) VALUES (?, ?)", ("甲", "a"))
    db.execute("INSERT OR REPLACE INTO names VALUES (?, ?)", ("b", "又"))
    db.execute("INSERT INTO names VALUES (?, NULL)", ("c",))
    assert [each[0] for each in names(db)] == ["a", "b", "c"]
    assert dict(names(db))["b"] == "又"


def test_a_commit_writes_and_a_rollback_drops_what_is_held(db: HoldingConnection) -> None:
    db.execute("BEGIN")
    db.execute(PUT, ("a", "甲"))
    db.execute("COMMIT")
    db.execute("BEGIN")
    db.execute(PUT, ("b", "乙"))
    db.put_off.add("b")
    db.execute("ROLLBACK")
    assert not db.put_off
    assert names(db) == [("a", "甲")]
