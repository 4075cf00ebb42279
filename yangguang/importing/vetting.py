"""A spreadsheet looked through before anything opens it: sizes, and what no value may come from.

An XLSX file is a zip of XML parts (ECMA-376 part 2). Each part is read once by expat, which is stopped at the first
document type declaration, so no entity is ever defined; sizes are counted as they are unpacked, not as they are
declared.
"""

import struct
import zipfile
import zlib
from pathlib import Path

from ledger.errors import InvalidFieldError, MalformedError, TooLargeError
from yangguang.importing.scanning import MAX_COLUMNS, MAX_ROWS, PartScan, SheetFacts, too_many

MAX_FILE = 20 * 1024 * 1024
MAX_UNPACKED = 64 * 1024 * 1024
MAX_PART = 16 * 1024 * 1024
MAX_PARTS = 2_000
BLOCK = 64 * 1024
DAMAGES = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error),
    *(NotImplementedError, EOFError, RuntimeError, ValueError, OSError),
)
"""What the zip module raises for an archive that is not whole, or has a password."""
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def vet(path: Path) -> dict[str, SheetFacts]:
    """The facts of each worksheet part by its name in the zip. Raises MalformedError, TooLargeError and its kin."""
    _check_beginning(path)
    try:
        with zipfile.ZipFile(path) as archive:
            return _vet_parts(archive)
    except DAMAGES as error:
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
    methods = {part.compress_type for part in parts}
    if len(parts) > MAX_PARTS or len(set(names)) != len(names) or methods - {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
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


def _feed(archive: zipfile.ZipFile, part: zipfile.ZipInfo, scan: PartScan, left: int) -> int:
    with archive.open(part) as stream:
        read, xml = 0, False
        while block := stream.read(BLOCK):
            left -= len(block)
            if left < 0:
                raise TooLargeError("解开后的表格", "unpacked spreadsheet", MAX_UNPACKED + 1, MAX_UNPACKED)
            if xml and read > MAX_PART and not scan.facts.cells:
                # Only worksheets are read row by row; other parts stand in memory whole.
                raise TooLargeError("表格的一个部分", "part of the spreadsheet", read, MAX_PART)
            xml = xml if read else _may_be_xml(part.filename, block)
            read += len(block)
            if xml:
                scan.feed(block)
    if xml:
        scan.close()
    return left


def _may_be_xml(name: str, start: bytes) -> bool:
    # By what a parser would take for XML, whatever the part is called: a name decides nothing.
    beginnings = (b"<", b"\xef\xbb\xbf", b"\xfe\xff", b"\xff\xfe", b"\0<")
    return name.endswith((".xml", ".rels")) or start.lstrip(b" \t\r\n").startswith(beginnings)


def check_rows(facts: SheetFacts, name: str) -> None:
    """A sheet no longer than can be imported at once. Raises TooLargeError's kin."""
    if facts.last_row > MAX_ROWS:
        raise too_many(facts.last_row, MAX_ROWS, f"行（工作表“{name}”）", f"rows in sheet {name!r}")
    if facts.last_column > MAX_COLUMNS:
        raise too_many(facts.last_column, MAX_COLUMNS, f"列（工作表“{name}”）", f"columns in sheet {name!r}")
