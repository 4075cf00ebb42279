"""A cut connection, a killed process, a changed or renumbered sheet: no row is lost, and none recorded twice."""

import errno
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import httpx
import openpyxl  # type: ignore[import-untyped]
import pytest

from ledger.errors import NotFoundError
from ledger.opening import Submission
from ledger.receipts import Receipt
from tests.faults.serving import ROOT
from tests.yangguang.importing.books import GIFTS, fill, gift, gifts, rows_of, run_import, size
from tests.yangguang.ledgers import Served
from yangguang.cli import importing
from yangguang.client import Client
from yangguang.importing.journal import Journal, journal_of

SUBMIT = Client.submit_together


def set_cell(path: Path, address: str, value: object) -> None:
    book = openpyxl.load_workbook(path)
    book[GIFTS][address] = value
    book.save(path)


def test_a_killed_import_goes_on_where_it_was(served: Served, tmp_path: Path) -> None:
    path = gifts(served, tmp_path / "gifts.xlsx", 250)
    before = size(served)
    arguments = ["import", str(path), "--key", str(served.key), "--to", served.url, "--receipts", str(tmp_path / "r")]
    process = subprocess.Popen([sys.executable, "-m", "yangguang", *arguments], cwd=ROOT, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    with httpx.Client(base_url=served.url) as client:
        while client.get("/api/head").json()["size"] == before and process.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert before < size(served) < before + 250
    done = run_import(served, path, "--json")
    assert done.exit_code == 0, done.output
    assert size(served) == before + 250
    rows = rows_of(done.output)
    assert {row["status"] for row in rows} <= {"already", "recorded"}
    assert sorted(row["index"] for row in rows) == list(range(before, before + 250))


def unsent(_client: Client, _submissions: Sequence[Submission]) -> list[Receipt]:
    """A connection that is cut before anything arrived."""
    raise NotFoundError("没有收到账本的回答。", "No answer.")


def unanswered(client: Client, submissions: Sequence[Submission]) -> list[Receipt]:
    """One that is cut before the answer."""
    SUBMIT(client, submissions)
    return unsent(client, submissions)


@pytest.mark.parametrize("arrived", [True, False], ids=["before the answer", "before it arrived"])
def test_a_connection_cut_while_sending_loses_and_doubles_nothing(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arrived: bool
) -> None:
    path = gifts(served, tmp_path / "gifts.xlsx", 3)
    before = size(served)
    with monkeypatch.context() as patch:
        patch.setattr(Client, "submit_together", unanswered if arrived else unsent)
        done = run_import(served, path, "--json")
    assert done.exit_code == 1
    assert {row["status"] for row in rows_of(done.stdout)} == {"unknown"}
    again = run_import(served, path, "--json")
    assert again.exit_code == 0
    assert {row["status"] for row in rows_of(again.output)} == {"recorded"}
    assert size(served) == before + 3
    assert len(list((tmp_path / "receipts").glob("*.tlog-proof"))) == 3


@pytest.mark.parametrize("arrived", [True, False])
def test_a_row_changed_after_it_may_have_been_sent_is_recorded_once_at_most(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arrived: bool
) -> None:
    path = gifts(served, tmp_path / "gifts.xlsx", 2)
    before = size(served)
    with monkeypatch.context() as patch:
        patch.setattr(Client, "submit_together", unanswered if arrived else unsent)
        run_import(served, path)
    set_cell(path, "H5", 250)
    done = run_import(served, path, "--json")
    assert [row["status"] for row in rows_of(done.output)] == ["recorded", "changed" if arrived else "recorded"]
    assert size(served) == before + 2
    again = run_import(served, path, "--json")
    assert [row["status"] for row in rows_of(again.output)] == ["already", "changed" if arrived else "already"]
    assert size(served) == before + 2


def test_a_row_changed_after_it_was_recorded_is_told_and_not_recorded_again(served: Served, tmp_path: Path) -> None:
    path = gifts(served, tmp_path / "gifts.xlsx", 2)
    assert run_import(served, path).exit_code == 0
    after = size(served)
    set_cell(path, "H4", 999)
    fill(path, GIFTS, [gift(served, 3, 77)])
    told = run_import(served, path)
    assert told.exit_code == 1
    assert "改过" in told.output
    assert size(served) == after
    going = run_import(served, path, "--keep-going", "--json")
    assert [row["status"] for row in rows_of(going.output)] == ["changed", "already", "recorded"]
    assert size(served) == after + 1


def test_rows_that_were_renumbered_are_not_recorded_again(served: Served, tmp_path: Path) -> None:
    path = gifts(served, tmp_path / "gifts.xlsx", 0)
    fill(path, GIFTS, [gift(served, number, 100 + number) for number in (1, 2)])
    assert run_import(served, path).exit_code == 0
    after = size(served)
    # A new row comes first, and the numbers are dragged down anew.
    book = openpyxl.load_workbook(path)
    sheet = book[GIFTS]
    sheet.insert_rows(4)
    for at, heading in enumerate(gift(served, 1)):
        column = next(cell.column for cell in sheet[1] if str(cell.value).rstrip("*") == heading)
        sheet.cell(4, column, list(gift(served, 1, 500).values())[at])
    for row, number in ((5, 2), (6, 3)):
        sheet.cell(row, 1, f"D-{number:03}")
    book.save(path)
    done = run_import(served, path, "--keep-going", "--json")
    assert done.exit_code == 1
    assert [row["status"] for row in rows_of(done.output)] == ["changed", "changed", "changed"]
    assert size(served) == after


def test_rows_need_not_stay_once_they_are_recorded(served: Served, tmp_path: Path) -> None:
    path = gifts(served, tmp_path / "gifts.xlsx", 2)
    assert run_import(served, path).exit_code == 0
    book = openpyxl.load_workbook(path)
    book[GIFTS].delete_rows(4, 2)
    book.save(path)
    receipted = {"本行编号": "R-1", "接续记录": "D-002", "发生日期": served.world.today, "票据编号": "1"}
    fill(path, "捐赠·开具票据", [receipted])
    done = run_import(served, path, "--json")
    assert done.exit_code == 0, done.output
    assert [row["status"] for row in rows_of(done.output)] == ["recorded"]


def test_receipts_that_could_not_be_kept_come_again(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(receipt: Receipt, directory: Path) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device", str(directory))

    path = gifts(served, tmp_path / "gifts.xlsx", 2)
    before = size(served)
    with monkeypatch.context() as patch:
        patch.setattr(importing, "keep_receipt", full)
        told = run_import(served, path)
    assert told.exit_code == 1
    assert "再运行同样的命令" in told.output
    assert run_import(served, path).exit_code == 0
    assert size(served) == before + 2
    assert len(list((tmp_path / "receipts").glob("*.tlog-proof"))) == 2


def test_two_imports_of_one_file_at_a_time_are_refused(served: Served, tmp_path: Path) -> None:
    path = gifts(served, tmp_path / "gifts.xlsx", 1)
    journal = Journal.open(journal_of(path), served.world.ledger.origin)
    assert "正在导入" in run_import(served, path).output
    journal.close()
    assert run_import(served, path).exit_code == 0


def test_a_journal_of_another_ledger_or_one_that_was_changed_stops_everything(served: Served, tmp_path: Path) -> None:
    path = gifts(served, tmp_path / "gifts.xlsx", 1)
    Journal.open(journal_of(path), "ledger.example/other").close()
    assert "另一本账" in run_import(served, path).output
    assert "另一本账" in run_import(served, path, "--dry-run").output
    journal_of(path).write_text('{"journal":"yangguang-import/1","log":"x"}\n{"recorded":1}\n', encoding="utf-8")
    before = size(served)
    assert "被改动过" in run_import(served, path).output
    assert size(served) == before


def test_a_torn_last_line_is_as_if_it_had_never_been_written(served: Served, tmp_path: Path) -> None:
    path = gifts(served, tmp_path / "gifts.xlsx", 2)
    assert run_import(served, path).exit_code == 0
    after = size(served)
    whole = journal_of(path).read_bytes()
    journal_of(path).write_bytes(whole + b'{"row":"donation.rec')
    assert run_import(served, path).exit_code == 0
    assert journal_of(path).read_bytes() == whole
    journal_of(path).write_bytes(whole[: whole.rfind(b"\n", 0, -1) + 1])
    assert run_import(served, path).exit_code == 0
    assert size(served) == after
    assert journal_of(path).stat().st_mode & 0o77 == 0


def test_a_copy_of_a_spreadsheet_records_nothing_again(served: Served, tmp_path: Path) -> None:
    path = gifts(served, tmp_path / "gifts.xlsx", 2)
    receipted = {"发生日期": served.world.today, "票据编号": "1"}
    fill(path, "捐赠·开具票据", [{"本行编号": "R-1", "接续记录": "D-001", **receipted}])
    assert run_import(served, path).exit_code == 0
    after = size(served)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    beside = run_import(served, Path(shutil.copy(path, tmp_path / "gifts (2).xlsx")), "--keep-going", "--json")
    assert {row["status"] for row in rows_of(beside.output)} == {"changed"}
    assert "gifts.xlsx" in beside.output
    away = run_import(served, Path(shutil.copy(path, elsewhere)), "--keep-going", "--json")
    assert [row["status"] for row in rows_of(away.output)] == ["refused", "refused", "blocked"]
    assert "副本" in away.output
    assert size(served) == after
    fill(elsewhere / "gifts.xlsx", GIFTS, [gift(served, 3)])
    assert [
        row["status"] for row in rows_of(run_import(served, elsewhere / "gifts.xlsx", "--keep-going", "--json").output)
    ] == [
        *("refused", "refused", "recorded", "blocked"),
    ]
