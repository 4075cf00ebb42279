"""Following the log: batches, crashes, rebuilding, and logs that are not what they were."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import NotFoundError, ProofError
from ledger.tlog.merkle import MemoryTree, leaf_hash
from projections import runner as runner_module
from projections import where
from projections.how_much import balance
from projections.runner import Runner
from projections.source import LogFolderSource
from projections.status import status
from projections.views import Views
from tests.projections.book import Book
from tests.projections.dumped import dumped


def contents(path: Path) -> str:
    """Every row of every table, as text."""
    db = sqlite3.connect(path)
    try:
        return dumped(db)
    finally:
        db.close()


def whole(path: Path, source: Any) -> str:
    """The contents of views folded in one go."""
    runner = Runner(path, source)
    runner.run_once()
    runner.close()
    return contents(path)


def test_views_folded_one_entry_at_a_time_equal_those_of_one_run(tmp_path: Path, book: Book) -> None:
    runner = Runner(tmp_path / "one.db", book)
    assert runner.run_once(1) == book.size()
    assert runner.run_once(1) == 0
    runner.close()
    assert contents(tmp_path / "one.db") == whole(tmp_path / "all.db", book)


def test_rebuilding_gives_the_same_contents_byte_for_byte(tmp_path: Path, book: Book) -> None:
    before = whole(tmp_path / "views.db", book)
    runner = Runner(tmp_path / "views.db", book)
    runner.rebuild()
    assert runner.run_once(7) == book.size()
    runner.close()
    assert contents(tmp_path / "views.db") == before


def test_views_made_by_another_version_are_built_anew(tmp_path: Path, book: Book) -> None:
    before = whole(tmp_path / "views.db", book)
    db = sqlite3.connect(tmp_path / "views.db")
    db.execute("DELETE FROM moves")
    db.execute("PRAGMA user_version = 1")
    db.commit()
    db.close()
    assert whole(tmp_path / "views.db", book) == before


KILLED = """
import os, signal, sys
from pathlib import Path
from projections.how_much import balance
from projections.runner import Runner
from projections.source import LogFolderSource
def die(folded, size):
    if folded >= int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)
Runner(Path(sys.argv[1]), LogFolderSource(Path(sys.argv[2]))).run_once(10, progress=die)
"""


@pytest.mark.parametrize("after", [10, 40, 80])
def test_a_process_killed_between_batches_loses_nothing_and_counts_nothing_twice(
    after: int, tmp_path: Path, book: Book
) -> None:
    book.publish(tmp_path / "log")
    arguments = [sys.executable, "-c", KILLED, str(tmp_path / "views.db"), str(tmp_path / "log"), str(after)]
    root = Path(runner_module.__file__).parent.parent
    done = subprocess.run(arguments, check=False, cwd=root, env={**os.environ, "PYTHONPATH": str(root)})
    assert done.returncode == -signal.SIGKILL
    runner = Runner(tmp_path / "views.db", LogFolderSource(tmp_path / "log"))
    assert runner.run_once() == book.size() - after
    runner.close()
    assert contents(tmp_path / "views.db") == whole(tmp_path / "all.db", book)


def test_a_batch_that_fails_half_way_leaves_the_views_as_they_were(
    tmp_path: Path, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    fold = where.fold
    for failing in (1, 30, 55, book.size() - 1):
        path = tmp_path / f"{failing}.db"

        def broken(db: sqlite3.Connection, fact: Any, at: int = failing) -> None:
            if fact.index == at:
                raise OSError("disk full")
            fold(db, fact)

        monkeypatch.setattr(where, "fold", broken)
        runner = Runner(path, book)
        with pytest.raises(OSError, match="disk full"):
            runner.run_once(20)
        assert whole_size(path) == failing // 20 * 20
        monkeypatch.setattr(where, "fold", fold)
        runner.run_once(20)
        runner.close()
        assert contents(path) == whole(tmp_path / f"{failing}-all.db", book)


def whole_size(path: Path) -> int:
    """The tracking position, which must be the number of entries in the views."""
    views = Views(path)
    with views.reading() as db:
        size = status(db).size
        assert db.execute("SELECT COUNT(*) FROM entries").fetchone()[0] == size
    views.close()
    return size


def test_the_status_gives_the_root_of_the_entries_that_were_folded(tmp_path: Path, book: Book) -> None:
    runner, views = Runner(tmp_path / "views.db", book), Views(tmp_path / "views.db")
    runner.run_once()
    with views.reading() as db:
        found = status(db)
    assert (found.size, found.last_index, found.root) == (book.size(), book.size() - 1, book.root())
    assert (found.origin, found.demonstration) == ("ledger.example/test", True)
    assert found.programme is not None
    assert found.programme.zh == "聚力助学 童向未来"
    views.close()
    runner.close()


class Altered:
    """A source that hands out other entries than its root covers."""

    def __init__(self, book: Book, entries: Sequence[bytes]) -> None:
        self.book, self.entries = book, entries

    def size(self) -> int:
        return int(self.book.size())

    def root(self) -> bytes:
        return bytes(self.book.root())

    def read(self, start: int, stop: int) -> Sequence[bytes]:
        return self.entries[start:stop]


def test_entries_that_the_signed_root_does_not_cover_are_never_shown(tmp_path: Path, book: Book) -> None:
    entries = list(book.entries)
    entries[40], entries[41] = entries[41], entries[40]
    runner = Runner(tmp_path / "views.db", Altered(book, entries))
    with pytest.raises(ProofError):
        runner.run_once(10)
    runner.close()
    assert whole_size(tmp_path / "views.db") == 0


def test_a_log_rewritten_behind_the_views_is_refused(tmp_path: Path, book: Book) -> None:
    whole(tmp_path / "views.db", book)
    rewritten = book.prefix(book.size())
    rewritten.tree = MemoryTree()
    for entry in [b"x", *rewritten.entries[1:]]:
        rewritten.tree.append(leaf_hash(entry))
    runner = Runner(tmp_path / "views.db", rewritten)
    with pytest.raises(ProofError):
        runner.run_once()
    runner.close()


def test_a_log_that_became_shorter_is_refused(tmp_path: Path, book: Book) -> None:
    whole(tmp_path / "views.db", book)
    runner = Runner(tmp_path / "views.db", book.prefix(book.size() - 1))
    with pytest.raises(ProofError, match="fewer than"):
        runner.run_once()
    runner.close()
    assert whole_size(tmp_path / "views.db") == book.size()


def test_a_log_that_lacks_entries_of_its_checkpoint_is_refused(tmp_path: Path, book: Book) -> None:
    runner = Runner(tmp_path / "views.db", Altered(book, book.entries[:-1]))
    with pytest.raises(ProofError):
        runner.run_once()
    runner.close()


def test_two_runners_in_turn_never_work_from_what_one_of_them_remembers(tmp_path: Path, book: Book) -> None:
    lamps, homes = book.find("donation.allocated")
    first = Runner(tmp_path / "views.db", book.prefix(lamps))
    first.run_once()
    second = Runner(tmp_path / "views.db", book.prefix(homes))
    second.run_once()
    first.source = book
    first.run_once()
    first.close()
    second.close()
    assert contents(tmp_path / "views.db") == whole(tmp_path / "all.db", book)


def test_the_follower_catches_up_and_tells_what_is_wrong_until_it_is_mended(tmp_path: Path, book: Book) -> None:
    source = Altered(book, book.entries[:-1])
    runner, stop = Runner(tmp_path / "views.db", source), threading.Event()
    thread = threading.Thread(target=runner.follow, args=(stop, 0.005))
    thread.start()
    try:
        wait_for(lambda: isinstance(runner.trouble, ProofError))
        source.entries = book.entries
        wait_for(lambda: runner.trouble is None and whole_size(tmp_path / "views.db") == book.size())
    finally:
        stop.set()
        thread.join()
        runner.close()


def wait_for(condition: Any) -> None:
    pause = threading.Event()
    for _ in range(1000):
        if condition():
            return
        pause.wait(0.01)
    raise AssertionError("it never happened")


def test_progress_is_reported_after_each_batch_up_to_the_whole(tmp_path: Path, book: Book) -> None:
    seen: list[tuple[int, int]] = []
    runner = Runner(tmp_path / "views.db", book)
    runner.run_once(50, progress=lambda folded, size: seen.append((folded, size)))
    runner.close()
    assert seen == [(50, book.size()), (book.size(), book.size())]


def test_a_reader_sees_one_size_of_the_log_until_it_is_done(tmp_path: Path, book: Book) -> None:
    runner, views = Runner(tmp_path / "views.db", book.prefix(20)), Views(tmp_path / "views.db")
    runner.run_once()
    with views.reading() as db:
        assert status(db).size == 20
        runner.source = book
        runner.run_once()
        assert status(db).size == 20
    with views.reading() as db:
        assert status(db).size == book.size()
    views.close()
    runner.close()


def test_readers_cannot_write(tmp_path: Path, book: Book) -> None:
    whole(tmp_path / "views.db", book)
    views = Views(tmp_path / "views.db")
    with views.reading() as db, pytest.raises(sqlite3.OperationalError, match="readonly"):
        db.execute("DELETE FROM entries")
    views.close()


def test_views_that_were_never_built_are_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError), Views(tmp_path / "none.db").reading():
        pass


def test_a_bulk_log_of_5000_entries_is_folded_and_balances(tmp_path: Path, bulk: Book) -> None:
    runner, views = Runner(tmp_path / "views.db", bulk), Views(tmp_path / "views.db")
    assert runner.run_once() == bulk.size() >= 5_000
    gifts = len(bulk.find("donation.received", amount_fen=300))
    with views.reading() as db:
        found = balance(db)
    assert gifts > 1_600
    assert found.agrees
    assert found.received.value == 3_000_000 + 300 * gifts
    assert found.paid.value == 1_000_000 + 100 * gifts
    assert found.unpaid.value == 700_000 + 100 * gifts
    views.close()
    runner.close()
