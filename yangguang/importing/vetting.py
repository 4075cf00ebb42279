"""A spreadsheet looked through before anything opens it: sizes, and what no value may come from.

An XLSX file is a zip of XML parts (ECMA-376 part 2). Each part is read once by expat, which is stopped at the first
document type declaration, so no entity is ever defined; sizes are counted as they are unpacked, not as they are
declared. Of a worksheet it keeps what the reader of values does not tell: merged and hidden cells, formulas
without a value.
"""

import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

from ledger.errors import InvalidFieldError, MalformedError, TooLargeError

MAX_FILE = 20 * 1024 * 1024
MAX_UNPACKED = 64 * 1024 * 1024
MAX_PARTS = 2_000
MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_CELLS = 400_000
MOST_TOLD = 1_000
"""How many merged, hidden or uncomputed cells are kept: more would say nothing new."""
BLOCK = 64 * 1024
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"


@dataclass
class SheetFacts:
    """Of one worksheet part: the last row and column that hold anything, and the cells that need a word."""

    last_row: int = 0
    last_column: int = 0
    cells: int = 0
    merged: list[str] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    uncomputed: list[str] = field(default_factory=list)


def vet(path: Path) -> dict[str, SheetFacts]:
    """The facts of each worksheet part by its name in the zip. Raises MalformedError, TooLargeError and its kin."""
    _check_beginning(path)
    try:
        with zipfile.ZipFile(path) as archive:
            return _vet_parts(archive)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, RuntimeError, OSError) as error:
        raise MalformedError(
            f"{path.name}打不开：文件损坏，或者设了密码。请另存一份新的XLSX再试。",
            f"{path.name} cannot be opened: it is damaged or has a password ({type(error).__name__}).",
        ) from None


def _check_beginning(path: Path) -> None:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise InvalidFieldError(f"读不了{path}。", f"Cannot read {path}: {error.strerror}.") from None
    if size > MAX_FILE:
        raise TooLargeError(path.name, path.name, size, MAX_FILE)
    if start == OLE:
        raise MalformedError(
            f"{path.name}是旧格式（.xls）或设了打开密码。请另存为没有密码的XLSX。",
            f"{path.name} is in the old .xls format or has a password. Save it as XLSX without a password.",
        )
    if start != ZIP:
        raise MalformedError(f"{path.name}不是XLSX文件。", f"{path.name} is not an XLSX file.")


def _vet_parts(archive: zipfile.ZipFile) -> dict[str, SheetFacts]:
    parts = archive.infolist()
    names = [part.filename for part in parts]
    if len(parts) > MAX_PARTS or len(set(names)) != len(names):
        raise MalformedError("这个文件的内部结构不正常。", "The parts of this file are not as they should be.")
    for name in names:
        _check_name(name)
    facts: dict[str, SheetFacts] = {}
    left = MAX_UNPACKED
    for part in parts:
        scan = PartScan()
        left = _feed(archive, part, scan, left)
        facts[part.filename] = scan.facts
    return facts


def _check_name(name: str) -> None:
    lowered = name.lower()
    if "vbaproject" in lowered or "macrosheets" in lowered:
        raise MalformedError(
            "这个文件里有宏。请另存为不带宏的XLSX再导入。", "This file has macros. Save it as XLSX without macros."
        )
    if "externallinks/" in lowered or "connections.xml" in lowered or "querytables/" in lowered:
        raise MalformedError(
            "这个文件的公式引用了别的文件或网络。请把这些单元格改成数值（选择性粘贴→数值）再导入。",
            "This file takes values from other files. Paste them as values first.",
        )


def _feed(archive: zipfile.ZipFile, part: zipfile.ZipInfo, scan: "PartScan", left: int) -> int:
    with archive.open(part) as stream:
        read = xml = False
        while block := stream.read(BLOCK):
            left -= len(block)
            if left < 0:
                raise TooLargeError("解开后的表格", "unpacked spreadsheet", MAX_UNPACKED + 1, MAX_UNPACKED)
            xml = xml if read else _may_be_xml(part.filename, block)
            read = True
            if xml:
                scan.feed(block)
    if xml:
        scan.close()
    return left


def _may_be_xml(name: str, start: bytes) -> bool:
    # By what a parser would take for XML, whatever the part is called: a name decides nothing.
    beginnings = (b"<", b"\xef\xbb\xbf", b"\xfe\xff", b"\xff\xfe", b"\0<")
    return name.endswith((".xml", ".rels")) or start.lstrip(b" \t\r\n").startswith(beginnings)


class PartScan:
    """One XML part, read as it is unpacked. Of a part that is no worksheet nothing is kept."""

    def __init__(self) -> None:
        self.facts = SheetFacts()
        self._row = self._column = 0
        self._address = ""
        self._formula = self._value = self._inside = False
        parser = expat.ParserCreate("UTF-8", namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        self._parser = parser

    def feed(self, block: bytes) -> None:
        """Reads on. Raises MalformedError."""
        self._parse(block, final=False)

    def close(self) -> None:
        """The part has ended. Raises MalformedError."""
        self._parse(b"", final=True)

    def _parse(self, block: bytes, *, final: bool) -> None:
        try:
            self._parser.Parse(block, final)
        except expat.ExpatError:
            raise MalformedError(
                "这个文件的内部结构损坏。请另存一份新的XLSX再试。",
                "A part of this file is damaged. Save it anew as XLSX.",
            ) from None

    def _doctype(self, *declaration: Any) -> None:
        raise MalformedError(
            "这个文件里有不该有的文档类型声明，不予读取。",
            "This file has a document type declaration and is not read.",
        )

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        namespace, _, name = tag.rpartition(" ")
        if namespace not in (MAIN, STRICT):
            return
        if name == "row":
            self._start_row(attributes)
        elif name == "c":
            self._start_cell(attributes)
        elif name == "f":
            self._formula = True
        elif name in ("v", "is"):
            self._inside = True
        elif name == "mergeCell" and len(self.facts.merged) < MOST_TOLD:
            self.facts.merged.append(attributes.get("ref", ""))
        elif name == "col" and _is_hidden(attributes) and len(self.facts.hidden_columns) < MOST_TOLD:
            self.facts.hidden_columns.append((_number(attributes.get("min")), _number(attributes.get("max"))))

    def _start_row(self, attributes: dict[str, str]) -> None:
        self._row = _number(attributes.get("r")) or self._row + 1
        self._column = 0
        if _is_hidden(attributes) and self._row <= MAX_ROWS:
            self.facts.hidden_rows.add(self._row)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._address = attributes.get("r", "")
        letters = self._address.rstrip("0123456789")
        self._column = _column_number(letters) if letters else self._column + 1
        # A formula whose result is the empty text has been computed.
        self._formula, self._value, self._inside = False, attributes.get("t") == "str", False

    def _text(self, text: str) -> None:
        self._value = self._value or self._inside

    def _end(self, tag: str) -> None:
        name = tag.rpartition(" ")[2]
        if name in ("v", "is"):
            self._inside = False
        if name != "c" or not self._row:
            return
        if self._formula and not self._value and len(self.facts.uncomputed) < MOST_TOLD:
            self.facts.uncomputed.append(self._address)
        if self._value or self._formula:
            self.facts.last_row = max(self.facts.last_row, self._row)
            self.facts.last_column = max(self.facts.last_column, self._column)
            self.facts.cells += 1
            if self.facts.cells > MAX_CELLS:
                raise _too_many(self.facts.cells, MAX_CELLS, "个单元格", "cells")


def check_rows(facts: SheetFacts, name: str) -> None:
    """A sheet no longer than can be imported at once. Raises TooLargeError's kin."""
    if facts.last_row > MAX_ROWS:
        raise _too_many(facts.last_row, MAX_ROWS, f"行（工作表“{name}”）", f"rows in sheet {name!r}")
    if facts.last_column > MAX_COLUMNS:
        raise _too_many(facts.last_column, MAX_COLUMNS, f"列（工作表“{name}”）", f"columns in sheet {name!r}")


def _too_many(found: int, most: int, zh: str, en: str) -> MalformedError:
    return MalformedError(
        f"有{found:,}{zh}，一次最多{most:,}。请拆成几个文件。", f"There are {found:,} {en}, at most {most:,} at once."
    )


def _is_hidden(attributes: dict[str, str]) -> bool:
    return attributes.get("hidden") in ("1", "true")


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0


def _column_number(letters: str) -> int:
    """The place of column ``B`` or ``AA``, from 1; 0 for what is none."""
    if len(letters) > 3 or not (letters.isascii() and letters.isalpha()):
        return 0
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number
