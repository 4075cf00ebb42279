"""Files made to harm whoever opens them are refused before they are opened, in a sentence, with little memory."""

import resource
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest

from ledger.errors import LedgerError
from tests.yangguang.importing.books import template, yangguang
from yangguang.importing.reading import read_workbook
from yangguang.importing.vetting import MAX_FILE

SHEET = "xl/worksheets/sheet3.xml"
BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="str">
<v>&b;</v></c></row></sheetData></worksheet>"""
OUTSIDE = b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><worksheet/>'
HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = b"</sheetData></worksheet>"


def with_part(path: Path, name: str, data: bytes) -> Path:
    """A spreadsheet with one part replaced or added."""
    template(path, "donation.received")
    with zipfile.ZipFile(path) as archive:
        parts = {item: archive.read(item) for item in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for item, content in (parts | {name: data}).items():
            archive.writestr(item, content)
    return path


def _sheet(data: bytes) -> Callable[[Path], Path]:
    return lambda path: with_part(path, SHEET, data)


def _part(name: str, data: bytes) -> Callable[[Path], Path]:
    return lambda path: with_part(path, name, data)


def _bytes(data: bytes) -> Callable[[Path], Path]:
    def write(path: Path) -> Path:
        path.write_bytes(data)
        return path

    return write


def _cut(path: Path) -> Path:
    template(path, "donation.received")
    path.write_bytes(path.read_bytes()[:-300])
    return path


def _spoilt(path: Path) -> Path:
    data = bytearray(template(path, "donation.received").read_bytes())
    with zipfile.ZipFile(path) as archive:
        start = archive.getinfo("xl/workbook.xml").header_offset
    data[start + 60 : start + 90] = bytes(30)
    path.write_bytes(data)
    return path


ROW = b'<row r="%d"><c r="%b"><v>1</v></c></row>'
FAR = HEAD + b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>' + TAIL
WIDE = HEAD + b'<row r="1"><c r="XFD1"><v>1</v></c></row>' + TAIL
HOSTILE = {
    "zip bomb": (_sheet(HEAD + b" " * (70 * 1024 * 1024) + TAIL), "超过上限"),
    "many cells": (_sheet(HEAD + b"<row>" + b"<c><v>1</v></c>" * 400_002 + b"</row>" + TAIL), "个单元格"),
    "entities": (_sheet(BOMB), "文档类型声明"),
    "entities in a part of another name": (_part("xl/media/picture.png", BOMB), "文档类型声明"),
    "entities in UTF-16": (_sheet(BOMB.decode().encode("utf-16")), "文档类型声明"),
    "outside DTD": (_sheet(OUTSIDE), "文档类型声明"),
    "rows that come again": (_sheet(HEAD + ROW % (4, b"A4") + ROW % (2, b"A2") + TAIL), "损坏"),
    "cells that come again": (_sheet(HEAD + ROW % (4, b'B4"/><c r="A4') + TAIL), "损坏"),
    "nested": (_sheet(HEAD + b"<x>" * 100_000), "损坏"),
    "styles without end": (
        _part("xl/styles.xml", b"<x>" + (b"<y>" + b"a" * 1000 + b"</y>") * 20_000 + b"</x>"),
        "超过上限",
    ),
    "spoilt": (_spoilt, "打不开"),
    "macros": (_part("xl/vbaProject.bin", b"x"), "宏"),
    "other files": (_part("xl/externalLinks/externalLink1.xml", b"<x/>"), "别的文件"),
    "last row": (_sheet(FAR), "行（工作表"),
    "last column": (_sheet(WIDE), "列（工作表"),
    "no XML": (_sheet(HEAD), "损坏"),
    "old format": (_bytes(b"\xd0\xcf\x11\xe0" + bytes(600)), "旧格式"),
    "no spreadsheet": (_bytes(b"hello"), "不是XLSX"),
    "empty": (_bytes(b""), "不是XLSX"),
    "zip of nothing": (_bytes(b"PK\x03\x04" + bytes(60)), "打不开"),
    "cut": (_cut, "打不开"),
    "huge": (_bytes(b"PK\x03\x04" + bytes(MAX_FILE)), "超过上限"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_quickly_and_in_a_sentence(tmp_path: Path, name: str) -> None:
    make, words = HOSTILE[name]
    path = make(tmp_path / "file.xlsx")
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    with pytest.raises(LedgerError) as refusal:
        read_workbook(path)
    assert words in refusal.value.zh
    assert refusal.value.en.endswith(".")
    assert time.process_time() - begun < 3
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024


def test_the_command_says_so_and_leaves_with_1(tmp_path: Path) -> None:
    done = yangguang("import", with_part(tmp_path / "x.xlsx", SHEET, BOMB), "--dry-run")
    assert done.exit_code == 1
    assert "文档类型声明" in done.output
    assert yangguang("import", tmp_path / "none.xlsx", "--dry-run").exit_code == 1


def test_rows_that_only_look_used_are_passed_over(tmp_path: Path) -> None:
    rows = b"".join(b'<row r="%d"><c r="A%d" s="1"/></row>' % (number, number) for number in range(1, 100_001))
    book = read_workbook(with_part(tmp_path / "x.xlsx", SHEET, HEAD + rows + TAIL))
    assert (book.rows, book.problems) == ([], [])


def test_a_sheet_that_no_template_has_is_not_passed_over_in_silence(tmp_path: Path) -> None:
    path = template(tmp_path / "x.xlsx", "donation.received")
    book = openpyxl.load_workbook(path)
    book.create_sheet("2022年明细").append(["a", 1])
    book.create_sheet("Sheet1")
    book.save(path)
    [problem] = read_workbook(path).problems
    assert (problem.sheet, problem.row) == ("2022年明细", 0)
