"""Importing a spreadsheet: each row once, whatever happens, and a word on each that was not recorded."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.yangguang.importing.books import GIFTS, fill, gift, gifts, name_of, run_import, template, yangguang
from tests.yangguang.ledgers import Served, served_ledger


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with served_ledger("thread", tmp_path) as served:
        yield served


def size(served: Served) -> int:
    return int(httpx.get(f"{served.url}/api/head").json()["size"])


def rows_of(output: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(output)["rows"]
    return found


def test_every_row_becomes_an_entry_and_again_none(served: Served, tmp_path: Path) -> None:
    path = gifts(served, tmp_path / "捐赠.xlsx", 120)
    receipted = [{"本行编号": "R-1", "接续记录": "D-001", "发生日期": served.world.today, "票据编号": "00117"}]
    fill(path, name_of("donation.receipted"), receipted)
    before = size(served)
    tried = run_import(served, path, "--dry-run")
    assert tried.exit_code == 0, tried.output
    assert size(served) == before
    assert not list(tmp_path.glob("*.jsonl"))
    done = run_import(served, path)
    assert done.exit_code == 0, done.output
    assert size(served) == before + 121
    assert len(list((tmp_path / "receipts").glob("*.tlog-proof"))) == 121
    again = run_import(served, path, "--json")
    assert again.exit_code == 0
    assert {row["status"] for row in rows_of(again.output)} == {"already"}
    assert size(served) == before + 121
    [chain] = [row for row in rows_of(again.output) if row["own"] == "R-1"]
    record = httpx.get(f"{served.url}/api/records/{chain['record']}").json()
    assert record["version"] == 2
    assert record["entries"] == [before, before + 120]


def test_a_wrong_cell_is_named_and_nothing_is_recorded(served: Served, tmp_path: Path) -> None:
    path = gifts(served, tmp_path / "gifts.xlsx", 2)
    fill(path, GIFTS, [gift(served, 3, yuan=12.345)])
    before = size(served)
    done = run_import(served, path)
    assert done.exit_code == 1
    assert "H6" in done.output
    assert "金额（元）" in done.output
    assert size(served) == before
    going = run_import(served, path, "--keep-going", "--json")
    assert going.exit_code == 1
    assert [row["status"] for row in rows_of(going.output)] == ["recorded", "recorded", "invalid"]
    assert size(served) == before + 2


def test_a_row_that_the_ledger_refuses_keeps_only_what_builds_on_it(served: Served, tmp_path: Path) -> None:
    path = template(tmp_path / "gifts.xlsx", "donation.received", "donation.receipted")
    over_limit = 10_000_000
    fill(path, GIFTS, [gift(served, 1), gift(served, 2, over_limit), gift(served, 3)])
    receipts = [
        {"本行编号": f"R-{n}", "接续记录": f"D-00{n}", "发生日期": served.world.today, "票据编号": f"票{n}"}
        for n in (2, 3)
    ]
    fill(path, name_of("donation.receipted"), receipts)
    before = size(served)
    stopped = run_import(served, path, "--json")
    assert [row["status"] for row in rows_of(stopped.output)] == ["recorded", "refused", "unsent", "unsent", "unsent"]
    assert size(served) == before + 1
    going = run_import(served, path, "--keep-going", "--json")
    assert [row["status"] for row in rows_of(going.output)] == ["already", "refused", "recorded", "blocked", "recorded"]
    assert size(served) == before + 3
    [refused] = [row for row in rows_of(going.output) if row["status"] == "refused"]
    assert "限额" in refused["problems"][0]["zh"]


def test_a_command_without_a_key_is_wrong_usage(tmp_path: Path) -> None:
    assert yangguang("import", tmp_path / "none.xlsx").exit_code == 2
    assert yangguang("import").exit_code == 2
