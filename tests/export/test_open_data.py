"""Open tables: what is in them, how they say it, and that no spreadsheet takes a text for a formula."""

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl  # type: ignore[import-untyped]
import pytest

from ledger.domain.values import Label
from projections.rows import Status
from public_site.open_data import columns as c
from public_site.open_data.columns import Table, yuan
from public_site.open_data.files import About, safe, true_text, write_csv, write_json, write_xlsx
from public_site.open_data.tables import TABLES
from tests.ledger.backup.town import CHILDREN

PREFIXES = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠", "'", "''", "'=", "")
BODIES = ("1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://x","y")', "示例,机构", 'a"b', "两行\n文字", "", " ", "@SUM(1)")
PAYLOADS = [prefix + body for prefix in PREFIXES for body in BODIES]
ABOUT = About(
    Status(3, bytes(32), 2, datetime(2026, 1, 5, tzinfo=UTC), "ledger.example/small", True, None), "https://x.example"
)


def payload_table() -> Table:
    columns = (
        c.text("words", "文字", "Words"),
        c.fen("amount_fen", "金额", "Amount"),
        c.boolean("done", "完成", "Done"),
    )

    def rows(_: Any) -> Iterator[Any]:
        yield from ((index, "", text, -680 + index, index % 2) for index, text in enumerate(PAYLOADS))

    return Table("payloads", Label("试验", "trial"), "试验。", columns, rows, lambda _: len(PAYLOADS))


class NoNames:
    """A database in which nothing has a name."""

    def execute(self, *_: object) -> "NoNames":
        return self

    def fetchone(self) -> None:
        return None


def written(write: Any, table: Table) -> bytes:
    target = io.BytesIO()
    write(target, NoNames(), table, ABOUT)
    return target.getvalue()


def test_csv_opens_in_excel_and_gives_the_true_texts_back() -> None:
    data = written(write_csv, payload_table())
    assert data.startswith(b"\xef\xbb\xbfentry,words,amount_fen,amount_yuan,done,url,demonstration\r\n")
    found = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert [true_text(row["words"]) for row in found] == PAYLOADS
    dangerous = re.compile(r"[=+\-@\t\r\n\0＝＋－＠]")
    assert not [row["words"] for row in found if dangerous.match(row["words"])]
    assert (found[0]["amount_fen"], found[0]["amount_yuan"]) == ("-680", "-6.80")
    assert found[2]["url"] == "https://x.example/entries/2"
    assert {row["demonstration"] for row in found} == {"演示数据"}


def test_safe_texts_differ_where_the_texts_do() -> None:
    assert len({safe(text) for text in PAYLOADS}) == len(set(PAYLOADS))
    assert safe("示例机构") == "示例机构"


def test_workbook_has_texts_as_texts_numbers_as_numbers_and_no_formula() -> None:
    data = written(write_xlsx, payload_table())
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    assert sheet.title == "演示数据试验"
    cells = [cell for each in book.worksheets for row in each.iter_rows() for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    plain = [text for text in PAYLOADS if not re.search(r"[\0\r]", text)]
    assert [row[1] or "" for row in rows if (row[1] or "") in plain] == plain
    assert all(isinstance(row[2], int) and isinstance(row[3], str) and isinstance(row[4], bool) for row in rows)
    assert data == written(write_xlsx, payload_table())


def test_json_says_what_it_was_computed_from() -> None:
    value = json.loads(written(write_json, payload_table()))
    assert value["demonstration"] is True
    assert (value["as_of"]["entries"], value["licence"]["name"]) == (3, "CC-BY-4.0")
    assert [row["words"] for row in value["rows"]] == PAYLOADS
    assert value["rows"][0]["amount_fen"] == -680


@pytest.mark.parametrize(
    ("fen", "text"), [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (123456, "1234.56"), (-680, "-6.80")]
)
def test_money_in_yuan_is_exact(fen: int, text: str) -> None:
    assert yuan(fen) == text


def tables(exported: Path) -> dict[str, Any]:
    package: dict[str, Any] = json.loads((exported / "data" / "datapackage.json").read_text(encoding="utf-8"))
    return {each["name"]: each for each in package["resources"]}


def rows_of(exported: Path, name: str) -> list[dict[str, str]]:
    path = exported / "data" / tables(exported)[name]["path"]
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_package_describes_every_table_as_it_is(exported: Path) -> None:
    described = tables(exported)
    assert [table.name for table in TABLES] == list(described)
    for name, resource in described.items():
        rows = rows_of(exported, name)
        assert len(rows) == resource["rows"], name
        fields = [field["name"] for field in resource["schema"]["fields"]]
        assert len(set(fields)) == len(fields), name
        assert all(list(row) == fields for row in rows), name


def test_formats_hold_the_same_rows_and_each_row_names_its_entry_and_page(exported: Path) -> None:
    size = int((exported / "log" / "checkpoint").read_text(encoding="utf-8").split("\n")[1])
    for name, resource in tables(exported).items():
        rows = rows_of(exported, name)
        stem = exported / "data" / resource["path"].removesuffix(".csv")
        found = json.loads(stem.with_suffix(".json").read_text(encoding="utf-8"))["rows"]
        assert [row["entry"] for row in rows] == [str(row["entry"]) for row in found]
        sheet = openpyxl.load_workbook(io.BytesIO(stem.with_suffix(".xlsx").read_bytes())).worksheets[0]
        assert sum(1 for _ in sheet.iter_rows(min_row=2)) == len(rows)
        for row in rows:
            assert 0 <= int(row["entry"]) < size
            path = row["url"].partition("://")[2].partition("/")[2].partition("/")[2]
            assert (exported / path / "index.html").is_file(), (name, row["url"])


def test_entries_table_is_the_log(exported: Path) -> None:
    size = int((exported / "log" / "checkpoint").read_text(encoding="utf-8").split("\n")[1])
    assert [int(row["entry"]) for row in rows_of(exported, "entries")] == list(range(size))


def test_no_person_is_in_any_table(exported: Path) -> None:
    said = b"".join(path.read_bytes() for path in (exported / "data").iterdir() if path.suffix != ".xlsx").decode()
    assert not [name for name in CHILDREN if name in said]
    (awards,) = rows_of(exported, "awards")
    assert (awards["people"], awards["total_yuan"]) == ("10", "5000.00")


def test_feed_names_the_newest_entries(exported: Path) -> None:
    atom = "{http://www.w3.org/2005/Atom}"
    feed = ET.fromstring((exported / "feed.xml").read_bytes())
    size = int((exported / "log" / "checkpoint").read_text(encoding="utf-8").split("\n")[1])
    found = [each.findtext(f"{atom}id") or "" for each in feed.findall(f"{atom}entry")]
    assert [int(each.rpartition("/")[2]) for each in found] == list(range(size))[::-1][:100]
