"""What a cell may say: everything unambiguous is taken exactly, everything else refused in both languages."""

from contextlib import suppress
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904  # type: ignore[import-untyped]

from ledger.domain.values import Kind, Label, choice
from ledger.errors import InvalidFieldError, LedgerError
from tests.yangguang.importing.books import GIFTS, fill, name_of, template
from yangguang.importing.cells import Cell, Named, read_cell
from yangguang.importing.columns import Column
from yangguang.importing.money import fen_of_number
from yangguang.importing.reading import read_workbook

FORM = choice(cash=("现金", "cash"), goods=("物资", "goods"))


def read(value: Any, kind: Kind, *, many: bool = False, shown: str = "General") -> Any:
    label = Label("栏目", "column")
    column = Column(("x",), "data", label, kind, many=many, required=False, help=label)
    return read_cell(Cell(value, "B7", shown), column)


@pytest.mark.parametrize(
    ("value", "fen"),
    [
        (100, 10_000),
        (0.1 + 0.2, 30),
        (1.1 * 3, 330),
        (19.99, 1_999),
        (1_234_567.89, 123_456_789),
        (90_071_992_547, 9_007_199_254_700),
        ("12,345.60", 1_234_560),
        ("￥1,234.5元", 123_450),
        ("１２３．４５", 12_345),
        (" 7 ", 700),
        ("12.340", 1_234),
    ],
)
def test_an_amount_in_yuan_is_exact_in_fen(value: Any, fen: int) -> None:
    assert read(value, Kind("fen")) == fen


@pytest.mark.parametrize("fen", [1, 7, 29, 57, 101, 1_015, 99_999, 8_888_888_888_801, 2**45 + 1])
def test_every_amount_survives_a_spreadsheet(fen: int) -> None:
    whole, cents = divmod(fen, 100)
    assert fen_of_number(float(f"{whole}.{cents:02}")) == fen


@pytest.mark.parametrize(
    "value",
    [
        12.345,
        0.001,
        1e13 + 0.3,
        float("inf"),
        "1.234",
        "2万",
        "1,23",
        "1,2345.00",
        "$5",
        "-3",
        -3,
        True,
        date(2023, 5, 1),
    ],
)
def test_what_is_no_whole_number_of_fen_is_refused(value: Any) -> None:
    with pytest.raises(InvalidFieldError):
        read(value, Kind("fen"))


@pytest.mark.parametrize(
    "value",
    [
        date(2026, 3, 5),
        datetime(2026, 3, 5, 9, 30),  # noqa: DTZ001 - as a spreadsheet gives it
        "2026-3-5",
        "2026/03/5",
        "2026.3.5",
        "2026年3月5日",
        "２０２６－３－５",
        "20260305",
        20260305,
        " 2026-03-05\u3000",
        "2026-03-05 00:00:00",
    ],
)
def test_a_day_is_read_however_it_is_written(value: Any) -> None:
    assert read(value, Kind("day")) == "2026-03-05"


@pytest.mark.parametrize(
    "value", ["3/5/2026", "26-3-5", "2026-3", "2026-13-01", "2026-02-30", "明天", 12.5, True, time(9, 30), "", 5]
)
def test_a_day_that_is_not_clear_is_refused(value: Any) -> None:
    with pytest.raises(InvalidFieldError):
        read(value, Kind("day"))


def test_choices_lists_and_references_are_read_by_their_words() -> None:
    assert read("现金", FORM) == read("Cash", FORM) == read("cash ", FORM) == "cash"
    assert read("现金、物资", FORM, many=True) == read("现金\n物资", FORM, many=True) == ["cash", "goods"]
    assert read("成绩；品行，都要好\n出勤", Kind("text"), many=True) == ["成绩", "品行，都要好", "出勤"]
    assert read("Ｄ－００１", Kind("reference", of=("donation",))) == Named("D-001", ("donation",))
    assert read("是", Kind("flag")) is True
    assert read("3,000", Kind("count")) == 3000
    assert read(12.5, Kind("value")) == "12.5"
    for value, kind in [("支票", FORM), ("也许", Kind("flag")), ("3个", Kind("count")), (2.5, Kind("count"))]:
        with pytest.raises(InvalidFieldError):
            read(value, kind)


def test_a_number_whose_digits_the_spreadsheet_may_have_changed_is_no_text() -> None:
    assert read(20230117, Kind("text")) == "20230117"
    assert read("00117", Kind("text")) == "00117"
    for value, shown in [(117, "00000"), (4418261990010112, "General"), (1.5, "General"), (True, "General")]:
        with pytest.raises(InvalidFieldError):
            read(value, Kind("text"), shown=shown)
    with pytest.raises(InvalidFieldError, match="#N/A"):
        read("#N/A", Kind("text"))


@pytest.mark.parametrize("mac", [False, True])
def test_day_numbers_are_counted_from_the_year_that_the_workbook_says(tmp_path: Path, mac: bool) -> None:
    path = template(tmp_path / "gifts.xlsx", "donation.confirmed")
    book = openpyxl.load_workbook(path)
    if mac:
        book.epoch = CALENDAR_MAC_1904
    day = 46086 - (1462 if mac else 0)
    sheet = book[name_of("donation.confirmed")]
    for at, value in enumerate(("C-1", "D-1", day, day), start=1):
        sheet.cell(4, at, value).number_format = "yyyy/m/d" if at == 4 else "General"
    book.save(path)
    [row] = read_workbook(path).rows
    assert not row.problems
    assert (row.occurred_on, row.data["statement_on"]) == ("2026-03-05", "2026-03-05")


def _save_with(path: Path, change: Any) -> Path:
    book = openpyxl.load_workbook(path)
    change(book[GIFTS])
    book.save(path)
    return path


def _merge(sheet: Any) -> None:
    sheet.merge_cells("C4:C5")


def _hide(sheet: Any) -> None:
    sheet.row_dimensions[5].hidden = True


def _compute(sheet: Any) -> None:
    sheet["H5"] = "=H4*2"


@pytest.mark.parametrize(
    ("change", "address", "words"), [(_merge, "C4:C5", "合并"), (_hide, "A5", "隐藏"), (_compute, "H5", "公式")]
)
def test_cells_that_do_not_show_their_value_are_refused(tmp_path: Path, change: Any, address: str, words: str) -> None:
    path = fill(
        template(tmp_path / "gifts.xlsx", "donation.received"), GIFTS, [{"本行编号": "D-1"}, {"本行编号": "D-2"}]
    )
    rows = read_workbook(_save_with(path, change)).rows
    found = [problem for row in rows for problem in row.problems if words in problem.zh]
    assert {problem.address for problem in found} == {address}
    assert all(problem.en for problem in found)


def test_headings_are_known_and_columns_may_change_places(tmp_path: Path) -> None:
    path = template(tmp_path / "gifts.xlsx", "donation.confirmed")
    name = name_of("donation.confirmed")
    book = openpyxl.load_workbook(path)
    book[name].move_range("B1:B3", cols=4)
    book[name].delete_cols(2)
    book.save(path)
    fill(path, name, [{"本行编号": "C-1", "接续记录": "D-1", "发生日期": "2023-5-1", "银行流水日期": "2023-5-2"}])
    book = read_workbook(path)
    assert not book.problems
    assert book.rows[0].record == Named("D-1", ("donation",))
    wrong = openpyxl.load_workbook(path)
    wrong[name]["A1"] = "编码"
    wrong.save(path)
    assert "编码" in read_workbook(path).problems[0].zh


def test_every_refusal_of_a_cell_speaks_both_languages() -> None:
    for value, kind in [("x", Kind("fen")), ("x", Kind("day")), ("x", FORM), ("x", Kind("count")), ("x", Kind("flag"))]:
        with pytest.raises(LedgerError) as refusal:
            read(value, kind)
        assert refusal.value.zh.endswith("。")
        assert refusal.value.en.endswith(".")


@given(
    value=st.text()
    | st.integers()
    | st.floats()
    | st.booleans()
    | st.dates()
    | st.text(alphabet="0123456789.,-/年月日￥元"),
    kind=st.sampled_from([FORM, *map(Kind, ("text", "fen", "day", "count", "flag", "value", "reference", "person"))]),
    many=st.booleans(),
)
def test_whatever_a_cell_holds_it_is_read_or_refused_in_a_sentence(value: Any, kind: Kind, many: bool) -> None:
    with suppress(LedgerError):
        read(value, kind, many=many)
