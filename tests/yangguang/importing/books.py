"""Spreadsheets filled in as people would: made from the command's own template, rows added by heading."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import openpyxl  # type: ignore[import-untyped]
from typer.testing import CliRunner, Result

from tests.yangguang.ledgers import Served
from yangguang.cli.app import app
from yangguang.importing.sheets import importable_class, sheet_name
from yangguang.importing.template import write_template

GIFTS = "捐赠·收到捐赠"


def template(path: Path, *types: str) -> Path:
    """A template for event types."""
    write_template(path, [importable_class(name) for name in types])
    return path


def fill(path: Path, sheet: str, rows: Sequence[dict[str, Any]]) -> Path:
    """Adds rows, by heading, to a sheet of a spreadsheet."""
    book = openpyxl.load_workbook(path)
    columns = {str(cell.value).rstrip("*"): cell.column for cell in book[sheet][1]}
    for row in rows:
        number = book[sheet].max_row + 1
        for heading, value in row.items():
            book[sheet].cell(number, columns[heading], value)
    book.save(path)
    return path


def gift(served: Served, number: int, yuan: Any = 100, **more: Any) -> dict[str, Any]:
    """A row of the sheet of gifts."""
    return {
        "本行编号": f"D-{number:03}",
        "发生日期": served.world.today,
        "收款方": served.foundation,
        "捐赠方类别": "不愿公开身份",
        "形式": "现金",
        "金额（元）": yuan,
        **more,
    }


def gifts(served: Served, path: Path, count: int) -> Path:
    """A spreadsheet of so many gifts."""
    template(path, "donation.received", "donation.receipted")
    return fill(path, GIFTS, [gift(served, number) for number in range(1, count + 1)])


def name_of(event_type: str) -> str:
    """The name of a type's sheet."""
    return sheet_name(importable_class(event_type))


def yangguang(*arguments: object) -> Result:
    """Runs the command."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def run_import(served: Served, path: Path, *arguments: object) -> Result:
    """Imports with the foundation's key."""
    where = ("--key", served.key, "--to", served.url, "--receipts", path.parent / "receipts")
    return yangguang("import", path, *where, *arguments)


def size(served: Served) -> int:
    """How many entries the ledger has."""
    return int(httpx.get(f"{served.url}/api/head", verify=False).json()["size"])


def rows_of(output: str) -> list[dict[str, Any]]:
    """The rows of a report in JSON."""
    found: list[dict[str, Any]] = json.loads(output)["rows"]
    return found
