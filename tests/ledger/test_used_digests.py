"""Digests that were used: in a file that is believed only of the log that it was written from."""

import hashlib
import random
import sqlite3
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ledger.used_digests import Frozen, UsedDigests


def digest(number: int) -> str:
    return urlsafe_b64encode(hashlib.sha256(b"%d" % number).digest()).decode().rstrip("=")


def root_at(size: int) -> bytes:
    return bytes([size % 256]) * 32


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folds" / "digests"


@pytest.fixture
def used(path: Path) -> Iterator[UsedDigests]:
    with closing(UsedDigests.open(path, 0, root_at)) as used:
        yield used


def put(used: UsedDigests, numbers: range) -> None:
    for number in numbers:
        used[digest(number)] = True


def those_of(path: Path, count: int) -> UsedDigests:
    """The digests of so many entries, written down."""
    used = UsedDigests(path)
    put(used, range(count))
    used.keep(count, root_at(count))
    return used


def test_what_is_being_written_down_is_known_all_the_while(used: UsedDigests, path: Path) -> None:
    put(used, range(3))
    write = used.leaving(3, root_at(3))
    put(used, range(3, 5))
    assert (used.size, used.new) == (0, 2)
    assert [used.get(digest(number)) for number in range(6)] == [True] * 5 + [None]
    write()
    assert (used.size, used.new) == (3, 2)
    assert [used.get(digest(number)) for number in range(6)] == [True] * 5 + [None]


def test_what_could_not_be_written_down_is_written_with_the_next(used: UsedDigests, path: Path) -> None:
    put(used, range(3))
    used.leaving(3, root_at(3))
    put(used, range(3, 5))
    used.keep(5, root_at(5))
    with closing(UsedDigests.open(path, 5, root_at)) as again:
        assert [again.get(digest(number)) for number in range(6)] == [True] * 5 + [None]


def test_what_was_used_is_known_in_memory_and_written_down(used: UsedDigests) -> None:
    put(used, range(3))
    used.keep(3, root_at(3))
    put(used, range(3, 5))
    assert [used.get(digest(number)) for number in range(6)] == [True] * 5 + [None]
    assert (used.size, used.new) == (3, 2)


def test_what_was_written_down_is_there_at_the_next_start_and_the_rest_is_not(used: UsedDigests, path: Path) -> None:
    put(used, range(3))
    used.keep(3, root_at(3))
    put(used, range(3, 5))
    with closing(UsedDigests.open(path, 5, root_at)) as again:
        assert again.size == 3
        assert [again.get(digest(number)) for number in range(4)] == [True, True, True, None]


@pytest.mark.parametrize("size", [2, 300], ids=["the store lost entries", "the store has others"])
def test_a_file_of_another_log_is_not_believed(used: UsedDigests, path: Path, size: int) -> None:
    put(used, range(3))
    used.keep(3, b"another root")
    with closing(UsedDigests.open(path, size, root_at)) as again:
        assert (again.size, again.get(digest(0))) == (0, None)


@pytest.mark.parametrize("damage", [b"no database", b"SQLite format 3\0" + bytes(4096)])
def test_a_damaged_file_is_made_anew(path: Path, damage: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(damage)
    with closing(UsedDigests.open(path, 9, root_at)) as again:
        assert again.size == 0
        again.keep(9, root_at(9))


def test_several_processes_write_one_file_in_any_order(path: Path) -> None:
    """Each enters all entries, at its own pace, and writes down what it has not written down itself."""
    chance = random.Random(1)
    with closing(UsedDigests(path)) as one, closing(UsedDigests(path)) as other:
        done = {id(one): 0, id(other): 0}
        for step in range(200):
            used = chance.choice([one, other])
            stop = done[id(used)] + chance.randrange(5)
            put(used, range(done[id(used)], stop))
            done[id(used)] = stop
            if chance.random() < 0.5:
                used.keep(stop, root_at(stop))
            size = used.size
            with closing(Frozen(path)) as frozen, closing(those_of(path.with_name(f"whole-{step}"), size)) as whole:
                assert frozen.size == size
                assert frozen.same_as(whole)


def test_a_frozen_file_stays_as_it_was(used: UsedDigests, path: Path) -> None:
    put(used, range(3))
    used.keep(3, root_at(3))
    with closing(Frozen(path)) as frozen:
        put(used, range(3, 5))
        used.keep(5, root_at(5))
        assert frozen.size == 3
        for count in (3, 5):
            with closing(those_of(path.with_name(f"whole-{count}"), count)) as whole:
                assert frozen.same_as(whole) == (count == 3)


def test_a_digest_that_is_missing_or_strange_is_seen(used: UsedDigests, path: Path) -> None:
    put(used, range(3))
    used.keep(3, root_at(3))
    for change in (
        "DELETE FROM digests WHERE digest=(SELECT MIN(digest) FROM digests)",
        "INSERT INTO digests VALUES (x'00')",
    ):
        with closing(sqlite3.connect(path)) as database, database:
            database.execute(change)
        with closing(Frozen(path)) as frozen, closing(those_of(path.with_name(f"whole-{len(change)}"), 3)) as whole:
            assert not frozen.same_as(whole)
