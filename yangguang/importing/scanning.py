"""One part of a spreadsheet, read by expat as it is unpacked: nothing is built in memory.

It stops at a document type declaration, so no entity is ever defined. Of a worksheet it keeps what the reader of
values does not tell: merged and hidden cells, formulas without a value, and how far the sheet is filled in.
"""

from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from ledger.errors import MalformedError

MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_CELLS = 400_000
MAX_DEPTH = 64
MOST_TOLD = 1_000
"""How many merged, hidden or uncomputed cells are kept: more would say nothing new."""
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


class PartScan:
    """One XML part, read as it is unpacked. Of a part that is no worksheet nothing is kept."""

    def __init__(self) -> None:
        self.facts = SheetFacts()
        self._row = self._column = self._depth = 0
        self._in_row = False
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
            raise _damaged() from None

    def _doctype(self, *declaration: Any) -> None:
        raise MalformedError(
            "这个文件里有不该有的文档类型声明，不予读取。",
            "This file has a document type declaration and is not read.",
        )

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _damaged()
        namespace, _, name = tag.rpartition(" ")
        if namespace not in (MAIN, STRICT):
            return
        if name == "row":
            self._start_row(attributes)
        elif name == "c" and self._in_row:
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
        before, self._row = self._row, _number(attributes.get("r")) or self._row + 1
        self._in_row, self._column = True, 0
        if self._row <= before:
            # The reader of values would pass over a row that comes again, and lose it.
            raise _damaged()
        if _is_hidden(attributes) and self._row <= MAX_ROWS:
            self.facts.hidden_rows.add(self._row)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._address = attributes.get("r", "")
        letters = self._address.rstrip("0123456789")
        before, self._column = self._column, _column_number(letters) if letters else self._column + 1
        if self._column <= before:
            raise _damaged()
        # A formula whose result is the empty text has been computed.
        self._formula, self._value, self._inside = False, attributes.get("t") == "str", False

    def _text(self, text: str) -> None:
        self._value = self._value or self._inside

    def _end(self, tag: str) -> None:
        self._depth -= 1
        name = tag.rpartition(" ")[2]
        if name in ("v", "is"):
            self._inside = False
        elif name == "row":
            self._in_row = False
        elif name == "c" and self._in_row:
            self._end_cell()

    def _end_cell(self) -> None:
        if self._formula and not self._value and len(self.facts.uncomputed) < MOST_TOLD:
            self.facts.uncomputed.append(self._address)
        if self._value or self._formula:
            self.facts.last_row = max(self.facts.last_row, self._row)
            self.facts.last_column = max(self.facts.last_column, self._column)
            self.facts.cells += 1
            if self.facts.cells > MAX_CELLS:
                raise too_many(self.facts.cells, MAX_CELLS, "个单元格", "cells")


def too_many(found: int, most: int, zh: str, en: str) -> MalformedError:
    """More than can be imported at once."""
    return MalformedError(
        f"有{found:,}{zh}，一次最多{most:,}。请拆成几个文件。", f"There are {found:,} {en}, at most {most:,} at once."
    )


def _damaged() -> MalformedError:
    return MalformedError(
        "这个文件的内部结构损坏。请另存一份新的XLSX再试。", "A part of this file is damaged. Save it anew as XLSX."
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
