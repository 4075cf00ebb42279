"""Objects inside events, lists of objects, sealed fields, decimals and flags: each reaches the draft as it must be."""

import json
from pathlib import Path

import pytest

from ledger.errors import MalformedError
from tests.yangguang.importing.books import GIFTS, fill, gift, name_of, rows_of, run_import, template, yangguang
from tests.yangguang.ledgers import Served
from yangguang.client import Client
from yangguang.importing.cells import Named, Person
from yangguang.importing.listing import listed
from yangguang.importing.reading import read_workbook
from yangguang.importing.sheets import importable_class, plans_of

DAY = "2023-05-14"
PLACE = "place/01890000-0000-7000-8000-000000000001"
OFFLINE = ("--dry-run", "--to", "http://127.0.0.1:9", "--json")


def test_a_programme_with_all_its_lists(tmp_path: Path) -> None:
    path = template(tmp_path / "x.xlsx", "programme.opened")
    name = name_of("programme.opened")
    texts = {"名称": "方案", "全称": "方案全称", "依据": "一号文；二号文", "预期成效": "更好", "地区": PLACE}
    fill(path, name, [{"本行编号": "P-1", "发生日期": DAY, **texts, "开始": DAY, "结束": "2025/12/31"}])
    item = {"所属行编号": "P-1"}
    phases = {"代码": "first", "名称": "第一阶段", "开始": DAY, "结束": "2024-1-1"}
    fill(path, f"{name}·阶段", [{**item, **phases}])
    plans = {
        "代码": "dreams",
        "名称": "圆梦",
        "英文名称": "Dreams",
        "服务内容": "奖学金\n陪伴",
        "方案没有规定细节": "否",
    }
    fill(path, f"{name}·计划", [{**item, **plans}])
    fill(path, f"{name}·服务类型", [{**item, "代码": "talk", "名称": "讲座", "英文名称": "Talks"}])
    fill(path, f"{name}·组织分工", [{**item, "机构": PLACE.replace("place", "organisation"), "分工": "牵头"}])
    [row] = read_workbook(path).rows
    assert not row.problems
    assert row.data["basis"] == ["一号文", "二号文"]
    assert row.data["area"] == [Named(PLACE, ("place",))]
    assert row.data["plans"][0]["services"] == ["奖学金", "陪伴"]
    assert row.data["plans"][0]["unspecified"] is False
    [drafted] = rows_of(yangguang("import", path, *OFFLINE).stdout)
    assert drafted["status"] == "ready", drafted


def test_sealed_fields_are_objects_with_a_key_of_their_own(tmp_path: Path) -> None:
    path = template(tmp_path / "x.xlsx", "honour.nominated", "indicator.baseline_set")
    texts = {"称号": "示例称号", "年度": 2023, "被提名方·被提名方": "测试用名-0001"}
    columns = plans_of(importable_class("honour.nominated"))[0].columns
    choices = {column.label.zh: column.kind.choices[0][1].zh for column in columns if column.kind.choices}
    fill(path, name_of("honour.nominated"), [{"本行编号": "H-1", "发生日期": DAY, **texts, **choices}])
    value = {
        "本行编号": "I-1",
        "接续记录": PLACE.replace("place", "indicator"),
        "发生日期": DAY,
        "原来": -3.25,
        "截至": DAY,
    }
    fill(path, name_of("indicator.baseline_set"), [value])
    nominated, measured = read_workbook(path).rows
    assert nominated.fields == {"nominee": {"name": "测试用名-0001", "vault_key": Person("")}}
    assert measured.data["value"] == "-3.25"
    assert {row["status"] for row in rows_of(yangguang("import", path, *OFFLINE).stdout)} == {"ready"}


def test_rows_can_be_recorded_in_the_order_of_their_days(served: Served, tmp_path: Path) -> None:
    path = template(tmp_path / "x.xlsx", "donation.receipted", "donation.received")
    fill(path, GIFTS, [gift(served, 1, 发生日期="2023-04-01")])
    receipted = {"本行编号": "R-1", "接续记录": "D-001", "发生日期": "2023-04-02", "票据编号": "1"}
    fill(path, name_of("donation.receipted"), [receipted])
    assert run_import(served, path).exit_code == 1
    done = run_import(served, path, "--by-date", "--json")
    assert [row["own"] for row in rows_of(done.output)] == ["D-001", "R-1"]
    assert done.exit_code == 0


def test_records_of_one_name_are_told_apart_in_a_template(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [f"01890000-0000-7000-8000-00000000000{n}" for n in range(3)]

    def table(client: Client, name: str) -> bytes:
        if name != "places":
            return b'{"rows":[]}'
        rows = [{"name": "小学" if n else "三排镇", "url": f"https://x/places/{uuid}"} for n, uuid in enumerate(ids)]
        return json.dumps({"rows": rows}).encode()

    monkeypatch.setattr(Client, "open_table", table)
    names = [item.name for item in listed(Client("https://x"))]
    assert names == ["三排镇", "小学（0001）", "小学（0002）"]
    monkeypatch.setattr(Client, "open_table", lambda *_: b"<html>")
    with pytest.raises(MalformedError):
        listed(Client("https://x"))
