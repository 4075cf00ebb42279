"""Lists of people are sealed one row a person, covered by consents from the same workbook; photographs go with rows."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import openpyxl  # type: ignore[import-untyped]
import pytest

from tests.ledger.sealing.pictures import encoded, scene
from tests.ledger.world import private_key
from tests.yangguang.importing.books import GIFTS, fill, gift, name_of, rows_of, run_import, size, template, yangguang
from tests.yangguang.ledgers import Served

TRAINING = name_of("training.planned")
HELD = name_of("training.held")
CONSENT = name_of("consent.recorded")
PEOPLE = 12


@pytest.fixture
def trained(served: Served, tmp_path: Path) -> tuple[Path, Path, Path]:
    """A workbook of a training and its people, the key of who held it, and that of who cares for people's data."""
    world = served.world
    town = world.place()
    builder = world.organisation("builder", "deliver")
    world.care()
    project = world.project(world.project_data(world.programme(town, "dreams"), town, "dreams"), builder, "builder")
    world.pass_days(60)
    keys = [tmp_path / f"{name}.pem" for name in ("builder", "care")]
    for path in keys:
        private_key(path.stem).save(path)
    path = template(tmp_path / "培训.xlsx", "consent.recorded", "training.planned", "training.held")
    names = [("镇", town), ("机构", builder), ("项目", project)]
    fill(path, "已有记录", [{"名称": name, "记录编号": record} for name, record in names])
    day = world.today - timedelta(20)
    fill(path, TRAINING, [_planned(day)])
    fill(path, HELD, [_held(day)])
    people = [{"所属行编号": "H-1", "本人编号": f"学员-{n}", "姓名": f"测试用名-{n:04}"} for n in range(PEOPLE)]
    fill(path, f"{HELD}·名单", people)
    fill(path, CONSENT, [{"本行编号": "S-1", "发生日期": day, "形式": "纸质签名"}])
    forms = {
        "所属行编号": "S-1",
        "同意的范围": "培训和就业、奖学金",
        "由谁同意": "本人（满16岁）",
        "儿童本人的意见": "本人也同意",
    }
    fill(path, f"{CONSENT}·名单", [{**forms, "本人编号": row["本人编号"], "姓名": row["姓名"]} for row in people])
    return path, *keys  # type: ignore[return-value]


def _planned(day: Any) -> dict[str, Any]:
    return {
        "本行编号": "T-1",
        "发生日期": day,
        "项目": "项目",
        "名称": "电商培训",
        "实施机构": "机构",
        "集中培训": "是",
        "方式": "现场",
        "计划日期": day,
        "地点": "镇",
    }


def _held(day: Any) -> dict[str, Any]:
    return {
        "本行编号": "H-1",
        "接续记录": "T-1",
        "发生日期": day,
        "服务小时": 6,
        "折价依据": "不折价",
        "内容": "开网店",
        "方式": "现场",
        "参加·人群": "成人",
        "参加·人次": PEOPLE,
        "参加·地点": "镇",
        "参加·期间·从": day,
        "参加·期间·到": day,
    }


def test_people_are_sealed_and_covered_by_consents_of_the_same_workbook(
    served: Served, tmp_path: Path, trained: tuple[Path, Path, Path]
) -> None:
    path, builder, care = trained
    where = ("--to", served.url, "--receipts", tmp_path / "receipts", "--json")
    assert yangguang("import", path, "--dry-run", *where).exit_code == 0
    before = size(served)
    first = yangguang("import", path, "--key", care, "--sheet", CONSENT, *where)
    assert [row["status"] for row in rows_of(first.output)] == ["recorded", "unsent", "unsent"], first.output
    assert first.exit_code == 0
    rest = yangguang("import", path, "--key", builder, "--report", tmp_path / "report.xlsx", *where)
    assert [row["status"] for row in rows_of(rest.output)] == ["already", "recorded", "recorded"], rest.output
    assert size(served) == before + 3
    log = b"".join(bytes(entry) for entry in served.world.ledger.store.entries(before, before + 3))
    assert "测试用名".encode() not in log
    people = openpyxl.load_workbook(tmp_path / "report.xlsx")["本人编号"]
    keys = [row[1].value for row in people.iter_rows(min_row=2)]
    assert len(set(keys)) == PEOPLE
    assert all(re.fullmatch("[0-9a-f]{32}", key) for key in keys)


def test_people_without_a_consent_are_refused_by_that_rule(
    served: Served, tmp_path: Path, trained: tuple[Path, Path, Path]
) -> None:
    path, builder, _ = trained
    where = ("--to", served.url, "--receipts", tmp_path / "receipts", "--json")
    done = yangguang("import", path, "--key", builder, "--sheet", TRAINING, "--sheet", "training.held", *where)
    rows = rows_of(done.output)
    assert [row["status"] for row in rows] == ["unsent", "recorded", "refused"]
    assert rows[2]["problems"][0]["rule"] == "no-consent"


def test_a_list_of_another_length_than_the_count_is_told_beforehand(
    served: Served, tmp_path: Path, trained: tuple[Path, Path, Path]
) -> None:
    path = fill(
        trained[0],
        f"{HELD}·名单",
        [{"所属行编号": "H-1", "姓名": "测试用名-0099"}, {"所属行编号": "H-7", "姓名": "甲"}],
    )
    done = yangguang("import", path, "--dry-run", "--to", served.url)
    assert done.exit_code == 1
    assert f"有{PEOPLE + 1}人，填的人次是{PEOPLE}" in done.output
    assert "“H-7”不是" in done.output


def test_photographs_beside_the_spreadsheet_go_with_their_row(served: Served, tmp_path: Path) -> None:
    folder = tmp_path / "表格"
    folder.mkdir()
    for name in ("a.jpg", "b.jpg"):
        (folder / name).write_bytes(encoded(scene(300 if name == "a.jpg" else 320, 200), "JPEG"))
    (tmp_path / "outside.jpg").write_bytes(encoded(scene(300, 200), "JPEG"))
    path = template(folder / "gifts.xlsx", "donation.received")
    fill(path, GIFTS, [gift(served, 1, 证明材料="a.jpg=收款凭证\nb.jpg"), gift(served, 2, 证明材料="../outside.jpg")])
    held = run_import(served, path)
    assert held.exit_code == 1
    assert "同一个文件夹" in held.output
    done = run_import(served, path, "--keep-going")
    assert "2张照片已送达" in done.output
    kept = sorted((folder / "receipts" / "photographs").iterdir())
    assert len(kept) == 2
    for copy in kept:
        assert httpx.get(f"{served.url}/evidence/{copy.stem}").content == copy.read_bytes()
