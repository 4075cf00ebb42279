"""Views that are empty are built at once, in a file beside them, from no other entries than the signed ones."""

from pathlib import Path

import pytest

from ledger.errors import ProofError
from projections import runner as runner_module
from projections.runner import Runner
from tests.projections.book import Book
from tests.projections.test_runner import Altered, whole, whole_size


def test_views_built_at_once_equal_those_that_followed_entry_by_entry(
    tmp_path: Path, amended: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed = whole(tmp_path / "followed.db", amended)
    monkeypatch.setattr(runner_module, "AT_ONCE", 1)
    (tmp_path / "once.db.building").write_bytes(b"what a process left that was killed")
    assert whole(tmp_path / "once.db", amended) == followed
    assert not (tmp_path / "once.db.building").exists()


def test_views_built_at_once_of_other_entries_are_never_shown(
    tmp_path: Path, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner_module, "AT_ONCE", 1)
    swapped, no_entry = list(book.entries), list(book.entries)
    swapped[40], swapped[41], no_entry[50] = swapped[41], swapped[40], b"no entry"
    for entries in (swapped, no_entry, book.entries[:-1]):
        runner = Runner(tmp_path / "views.db", Altered(book, entries))
        with pytest.raises(ProofError):
            runner.run_once()
        runner.close()
        assert whole_size(tmp_path / "views.db") == 0
    assert not (tmp_path / "views.db.building").exists()
