"""Reading a published folder while its publisher is at work."""

from pathlib import Path

import pytest

from ledger.errors import ProofError
from projections.source import LogFolderSource
from tests.projections.book import Book


@pytest.fixture
def folder(tmp_path: Path, bulk: Book) -> Path:
    bulk.prefix(700).publish(tmp_path)
    return tmp_path


def test_a_published_folder_gives_back_every_entry_in_order(folder: Path, bulk: Book) -> None:
    source = LogFolderSource(folder)
    assert (source.size(), source.root()) == (700, bulk.prefix(700).root())
    assert source.read(0, 700) == bulk.entries[:700]


@pytest.mark.parametrize(
    ("start", "stop"), [(0, 0), (0, 1), (255, 257), (256, 512), (300, 301), (511, 513), (699, 700)]
)
def test_any_range_is_read_across_bundles(start: int, stop: int, folder: Path, bulk: Book) -> None:
    assert LogFolderSource(folder).read(start, stop) == bulk.entries[start:stop]


def test_a_partial_bundle_replaced_by_a_wider_one_is_read_from_that(folder: Path, bulk: Book) -> None:
    source = LogFolderSource(folder)
    assert source.size() == 700
    bulk.prefix(710).publish(folder)
    (folder / "tile/entries/002.p/188").unlink()
    assert source.read(512, 700) == bulk.entries[512:700]


def test_a_partial_bundle_replaced_by_the_full_one_is_read_from_that(folder: Path, bulk: Book) -> None:
    source = LogFolderSource(folder)
    bulk.prefix(768).publish(folder)
    (folder / "tile/entries/002.p/188").unlink()
    (folder / "tile/entries/002.p").rmdir()
    assert source.read(690, 700) == bulk.entries[690:700]


def test_a_bundle_that_is_missing_altogether_is_named(folder: Path) -> None:
    (folder / "tile/entries/001").unlink()
    with pytest.raises(ProofError, match="tile/entries/001"):
        LogFolderSource(folder).read(0, 700)


def test_a_folder_where_nothing_is_published_is_an_empty_log(tmp_path: Path) -> None:
    source = LogFolderSource(tmp_path)
    assert source.size() == 0
    assert source.read(0, 0) == []
    with pytest.raises(ProofError):
        source.root()
