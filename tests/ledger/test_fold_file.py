"""The fold file: what was set is there, whatever was written down when, and nothing is in it by halves."""

import random
import sqlite3
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from ledger.fold_file import TABLES, FoldFile, FoldFileError, FrozenFile
from ledger.rules.snapshot import Snapshot, table_types, without_tables
from ledger.rules.state import State
from ledger.signing.keyring import EnrolledKey, Limits

INTACT_BYTES = 3 * 4096
"""The first pages: the schema, and what speaks of the whole."""
CAPABILITIES = frozenset(f"capability-{number}" for number in range(20))


def digest(number: int) -> str:
    return urlsafe_b64encode(sha256(b"%d" % number).digest()).decode().rstrip("=")


def of(size: int) -> Snapshot:
    return without_tables(State("ledger.example/test", size=size), bytes(32), {})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def file(path: Path) -> Iterator[FoldFile]:
    with closing(FoldFile(path)) as file:
        yield file


def use(file: FoldFile, numbers: range) -> None:
    for number in numbers:
        file.tables["digests"][digest(number)] = True


def used(file: FoldFile, numbers: range) -> list[bool | None]:
    return [file.tables["digests"].get(digest(number)) for number in numbers]


def file_of(path: Path, count: int) -> FoldFile:
    """The file of so many entries, each of which used a digest."""
    file = FoldFile(path)
    use(file, range(count))
    file.keep(of(count))
    return file


def changed(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(statement)


def test_every_table_of_the_state_but_records_is_in_the_file(file: FoldFile) -> None:
    state = State("ledger.example/test")
    file.lay_under(state)
    assert set(TABLES) == {"digests", *table_types()}
    assert all(getattr(state, name) is file.tables[name] for name in TABLES)


def test_what_was_set_is_there_before_and_while_and_after_it_is_written_down(file: FoldFile) -> None:
    use(file, range(3))
    write = file.leaving(of(3))
    use(file, range(3, 5))
    assert used(file, range(6)) == [True] * 5 + [None]
    write()
    assert used(file, range(6)) == [True] * 5 + [None]
    assert file.new == 2


def test_a_value_that_changes_while_the_old_one_is_written_down_stays_changed(file: FoldFile, path: Path) -> None:
    paid, key = file.tables["paid"], ("donation/1", "project/1")
    assert paid.get(key) is None
    paid[key] = 1
    write = file.leaving(of(1))
    paid[key] = 2
    write()
    assert paid.get(key) == 2
    file.keep(of(2))
    assert paid.get(key) == 2
    with closing(FoldFile(path)) as again:
        assert again.tables["paid"].get(key) == 2


def test_what_could_not_be_written_down_is_written_with_the_next(file: FoldFile, path: Path) -> None:
    use(file, range(3))
    file.leaving(of(3))
    use(file, range(3, 5))
    file.keep(of(5))
    with closing(FoldFile(path)) as again:
        assert used(again, range(6)) == [True] * 5 + [None]


def test_what_was_not_written_down_is_not_there_at_the_next_start(file: FoldFile, path: Path) -> None:
    use(file, range(3))
    file.keep(of(3))
    use(file, range(3, 5))
    with closing(FoldFile(path)) as again:
        assert again.snapshot == of(3)
        assert used(again, range(4)) == [True, True, True, None]


def test_values_come_back_as_they_were_set(file: FoldFile, path: Path) -> None:
    key = EnrolledKey("ab", bytes(32), None, None, CAPABILITIES, Limits(1, None), 7, date(2027, 1, 1))
    file.tables["keys"]["ab"] = key
    file.tables["spent"]["ab", date(2026, 1, 5)] = 5
    file.keep(of(1))
    with closing(FoldFile(path)) as again:
        assert again.tables["keys"].get("ab") == key
        assert list(again.tables["spent"].items()) == [(("ab", date(2026, 1, 5)), 5)]


def test_the_listed_items_are_the_newest_ones(file: FoldFile) -> None:
    for size in range(1, 4):
        for number in range(size):
            file.tables["paid_for"][f"award/{number}"] = 10 * size + number
        if size < 3:
            file.keep(of(size))
    assert dict(file.tables["paid_for"].items()) == {"award/0": 30, "award/1": 31, "award/2": 32}


def test_the_same_fold_is_the_same_file_whenever_it_was_written_down(tmp_path: Path) -> None:
    chance = random.Random(1)
    with closing(FoldFile(tmp_path / "often")) as often, closing(FoldFile(tmp_path / "once")) as once:
        for size in range(1, 200):
            name, key = chance.choice(["paid_for", "cash"]), str(chance.randrange(40))
            for file in (often, once):
                file.tables[name][key] = (file.tables[name].get(key) or 0) + size
            if chance.random() < 0.3:
                often.keep(of(size))
        for file in (often, once):
            file.keep(of(200))
        with closing(FrozenFile(once.path)) as frozen:
            assert often.difference(frozen) is None


def test_a_frozen_file_stays_as_it_was(file: FoldFile, path: Path) -> None:
    use(file, range(3))
    file.keep(of(3))
    with closing(FrozenFile(path)) as frozen:
        use(file, range(3, 5))
        file.keep(of(5))
        assert frozen.size == 3
        for count in (3, 5):
            with closing(file_of(path.with_name(f"whole-{count}"), count)) as whole:
                assert (whole.difference(frozen) is None) == (count == 3)


def test_a_copy_is_the_same_file(file: FoldFile, path: Path) -> None:
    use(file, range(3))
    file.keep(of(3))
    copy = path.with_name("copy")
    with closing(FrozenFile(path)) as frozen:
        frozen.copy_to(copy)
    with closing(FoldFile(copy)) as other, closing(FrozenFile(path)) as frozen:
        assert other.difference(frozen) is None


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ("DELETE FROM rows WHERE key=(SELECT MIN(key) FROM rows)", "the table digests"),
        ("INSERT INTO rows VALUES (0, x'00', x'c3')", "the table digests"),
        ("INSERT INTO rows VALUES (99, x'00', x'c3')", "the table ?"),
        ("INSERT INTO rows VALUES (1, x'00', x'00')", f"the table {TABLES[1]}"),
        ("UPDATE about SET snapshot=x'00'", "what is no table"),
    ],
)
def test_a_row_that_is_missing_or_strange_is_seen(file: FoldFile, path: Path, change: str, where: str) -> None:
    use(file, range(3))
    file.keep(of(3))
    changed(path, change)
    with closing(FrozenFile(path)) as frozen, closing(file_of(path.with_name("whole"), 3)) as whole:
        assert whole.difference(frozen) == where


def test_a_file_that_was_replaced_meanwhile_is_not_written_to(file: FoldFile, path: Path) -> None:
    """What is in it already would be missing from the other one for ever."""
    use(file, range(3))
    file.keep(of(3))
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    with closing(FoldFile(path)) as other:
        use(file, range(3, 5))
        with pytest.raises(sqlite3.DatabaseError, match="another file"):
            file.keep(of(5))
        assert used(file, range(6)) == [True] * 5 + [None]
        assert used(other, range(6)) == [None] * 6


def test_a_damaged_file_is_refused_when_that_is_seen_and_removed(path: Path) -> None:
    file_of(path, 2000).close()
    data = path.read_bytes()
    path.write_bytes(data[:INTACT_BYTES] + b"\xff" * (len(data) - INTACT_BYTES))
    with closing(FoldFile(path)) as file, pytest.raises(FoldFileError, match="fold the log again from entry 0"):
        used(file, range(2000))
    assert not path.exists()


def test_a_value_that_is_none_of_its_table_is_refused_and_the_file_removed(file: FoldFile, path: Path) -> None:
    file.tables["cash"]["in hand"] = 5
    file.keep(of(1))
    changed(path, "UPDATE rows SET value=x'c1'")
    with closing(FoldFile(path)) as again, pytest.raises(FoldFileError, match="recording has stopped"):
        again.tables["cash"].get("in hand")
    assert not path.exists()
