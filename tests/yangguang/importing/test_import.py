"""Importing a spreadsheet: each row once, whatever happens, and a word on each that was not recorded."""

from pathlib import Path

import httpx
import openpyxl  # type: ignore[import-untyped]
import pytest

from tests.yangguang.importing.books import (
    GIFTS,
    fill,
    gift,
    gifts,
    name_of,
    rows_of,
    run_import,
    size,
    template,
    yangguang,
)
from tests.yangguang.ledgers import Served
from yangguang.importing.sheets import plans_by_name


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


def test_a_gap_in_one_record_stops_that_record_alone(served: Served, tmp_path: Path) -> None:
    path = template(tmp_path / "gifts.xlsx", "donation.received", "donation.receipted", "problem.raised")
    fill(path, GIFTS, [gift(served, 1), gift(served, 2)])
    receipted = {"发生日期": served.world.today, "票据编号": "1"}
    missing = {"本行编号": "R-1", "接续记录": "D-001", **receipted, "票据编号": "x" * 300}
    rest = [{"本行编号": f"R-{n}", "接续记录": f"D-00{n - 1}", **receipted} for n in (2, 3)]
    fill(path, name_of("donation.receipted"), [missing, *rest])
    asked = {"本行编号": "Q-1", "发生日期": served.world.today, "关于": "D-001", "类别": "捐赠", "问题": "收据写错了"}
    problems = [label.zh for _, label in plans_by_name()[name_of("problem.raised")].columns[3].kind.choices]
    fill(path, name_of("problem.raised"), [{**asked, "类别": problems[0]}])
    done = run_import(served, path, "--keep-going", "--json")
    assert [row["status"] for row in rows_of(done.output)] == [
        *("recorded", "recorded"),
        *("invalid", "blocked", "recorded"),
        "recorded",
    ], done.output


def test_rows_too_large_for_one_request_go_in_several(served: Served, tmp_path: Path) -> None:
    path = template(tmp_path / "gifts.xlsx", "donation.received")
    fill(path, GIFTS, [gift(served, number, 说明="长" * 4000) for number in range(80)])
    before = size(served)
    done = run_import(served, path)
    assert done.exit_code == 0, done.output
    assert size(served) == before + 80


def test_a_command_without_a_key_is_wrong_usage(tmp_path: Path) -> None:
    assert yangguang("import", tmp_path / "none.xlsx").exit_code == 2
    assert yangguang("import").exit_code == 2


def test_short_names_for_records_of_the_ledger_and_numbers_of_rows(served: Served, tmp_path: Path) -> None:
    world = served.world
    town = world.place()
    world.organisation("office", "plan", "accept")
    builder = world.organisation("builder", "deliver")
    project = world.project(world.project_data(world.programme(town, "dreams"), town, "dreams"), builder, "builder")
    path = template(tmp_path / "gifts.xlsx", "donation.received", "donation.allocated")
    fill(path, "已有记录", [{"名称": "基金会", "记录编号": served.foundation}, {"名称": "操场", "记录编号": project}])
    fill(path, GIFTS, [gift(served, 1, 收款方="基金会"), gift(served, 2, 收款方="基金会", 形式="物资")])
    goods = [{"所属行编号": "D-002", "品名": name, "数量": 30, "单位": "套"} for name in ("课桌", "椅子")]
    fill(path, f"{GIFTS}·物资", goods)
    allocated = {"接续记录": "D-001", "发生日期": world.today, "项目": "操场", "金额（元）": "60.00"}
    fill(path, name_of("donation.allocated"), [{**allocated, "本行编号": "A-1"}])
    done = run_import(served, path, "--json")
    rows = rows_of(done.output)
    assert [row["status"] for row in rows] == ["unsent", "invalid", "unsent"]
    assert {problem["rule"] for row in rows for problem in row["problems"]} == {"invalid-field"}


def test_what_names_nothing_or_comes_later_is_told(served: Served, tmp_path: Path) -> None:
    path = template(tmp_path / "gifts.xlsx", "donation.receipted", "donation.received")
    receipted = {"发生日期": served.world.today, "票据编号": "1"}
    fill(
        path,
        name_of("donation.receipted"),
        [{"本行编号": "R-1", "接续记录": "D-001", **receipted}, {"本行编号": "R-2", "接续记录": "D-009", **receipted}],
    )
    fill(path, GIFTS, [gift(served, 1)])
    rows = rows_of(run_import(served, path, "--dry-run", "--json").output)
    assert "排在后面" in rows[0]["problems"][0]["zh"]
    assert "找不到" in rows[1]["problems"][0]["zh"]
    assert [row["problems"][0]["cell"] for row in rows[:2]] == ["B4", "B5"]


def test_a_trial_says_what_the_ledger_would(served: Served, tmp_path: Path) -> None:
    gone = "organisation/01890000-0000-7000-8000-000000000000"
    path = template(tmp_path / "gifts.xlsx", "donation.received", "donation.receipted")
    words = {"说明": "联系电话13912345678"}
    fill(path, GIFTS, [gift(served, 1, 收款方=gone), gift(served, 2, **words), gift(served, 3, yuan=0)])
    other = served.world.open("donation.pledged", {"donor": served.foundation, "amount_fen": 100}, "foundation")
    receipted = {"发生日期": served.world.today, "票据编号": "1"}
    fill(path, name_of("donation.receipted"), [{"本行编号": "R-1", "接续记录": other, **receipted}])
    done = run_import(served, path, "--dry-run", "--json")
    assert done.exit_code == 1
    problems = [row["problems"][0] for row in rows_of(done.output)]
    assert [problem["rule"] for problem in problems] == [
        "unknown-record",
        "personal-data",
        "invalid-field",
        "wrong-state",
    ]
    assert [problem["cell"] for problem in problems[:3]] == ["D4", "O5", "H6"]


def test_rows_that_say_the_same_are_pointed_out_but_may_be_meant(served: Served, tmp_path: Path) -> None:
    path = template(tmp_path / "gifts.xlsx", "donation.received")
    fill(path, GIFTS, [gift(served, 1, 100), gift(served, 2, 200), gift(served, 3, 100)])
    tried = run_import(served, path, "--dry-run")
    assert tried.exit_code == 0
    assert "第6行（编号D-003）和第4行（编号D-001）除编号外完全一样" in tried.output
    assert tried.output.count("提醒") == 1
    before = size(served)
    assert run_import(served, path).exit_code == 0
    assert size(served) == before + 3


def test_a_trial_without_the_ledger_checks_the_sheet_alone(served: Served, tmp_path: Path) -> None:
    path = gifts(served, tmp_path / "gifts.xlsx", 1)
    done = yangguang("import", path, "--dry-run", "--to", "http://127.0.0.1:9")
    assert done.exit_code == 1
    assert "只检查了表格本身" in done.output
    assert "可以记1行" in done.output


def test_a_report_tells_of_every_row(served: Served, tmp_path: Path) -> None:
    path = gifts(served, tmp_path / "gifts.xlsx", 2)
    fill(path, GIFTS, [gift(served, 3, 10_000_000, 说明="@SUM(1)")])
    for name in ("report.xlsx", "report.csv"):
        run_import(served, path, "--report", tmp_path / name)
    sheet = openpyxl.load_workbook(tmp_path / "report.xlsx")[GIFTS]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert cells[0][:5] == ["结果", "第几条", "为什么", "记录编号", "本行编号*"]
    assert [row[0] for row in cells[1:]] == ["已记入", "已记入", "账本拒绝"]
    assert "限额" in cells[3][2]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    text = (tmp_path / "report.csv").read_bytes().decode("utf-8-sig")
    assert text.count("以前已记入") == 2
    assert ",'@SUM(1)" in text
    assert (tmp_path / "report.csv").stat().st_mode & 0o77 == 0
    assert yangguang("import", path, "--dry-run", "--report", tmp_path / "report.pdf").exit_code == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_is_read_in_the_encodings_that_spreadsheets_write(served: Served, tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "gifts.csv"
    head = "本行编号,发生日期,收款方,捐赠方类别,形式,金额（元）"
    row = f'D-1,2023/4/3,{served.foundation},不愿公开身份,现金,"1,234.50"'
    path.write_bytes(f"{head}\r\n{row}\r\n,,,,,\r\n".encode(encoding))
    done = run_import(served, path, "--type", "donation.received")
    assert done.exit_code == 0, done.output
    assert ("GB18030" in done.output) == (encoding == "gb18030")
    assert yangguang("import", path, "--dry-run").exit_code == 1
