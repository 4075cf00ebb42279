"""Regional ledgers as the views have them: as corrected, with the newest head alone."""

from pathlib import Path

from projections import regions
from projections.runner import Runner
from projections.views import Views
from tests.projections.amended_log import amended_log
from tests.projections.regions_log import ROOT


def test_a_region_stands_as_corrected_with_its_newest_head(tmp_path: Path) -> None:
    book = amended_log()
    runner, views = Runner(tmp_path / "views.db", book), Views(tmp_path / "views.db")
    runner.run_once()
    with views.reading() as db:
        (found,) = regions.regions(db, limit=50)
        assert regions.count(db).entries == (found.index,)
    assert (found.region.zh, found.origin) == ("示例北部账本", "ledger.example/north")
    assert found.index == book.at("region.registered", "north")
    assert found.head is not None
    assert (found.head.tree_size, found.head.root) == (3_000_000_000, ROOT)
    assert found.head.index == book.at("head.entered", "north 1")
    runner.close()
    views.close()
