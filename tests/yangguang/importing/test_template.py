"""A template for every event type: it opens again, holds nothing to record, and its columns are all its fields."""

from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest

from ledger.api.schemas import event_schemas
from ledger.domain.catalogue import EVENTS
from ledger.domain.correction import Corrected, Voided
from ledger.domain.event import Event
from tests.yangguang.importing.books import template, yangguang
from yangguang.importing.columns import Column
from yangguang.importing.reading import read_workbook
from yangguang.importing.sheets import NOT_IMPORTED, importable, plans_by_name, plans_of

SCHEMAS = event_schemas()


def leaves(schema: dict[str, Any], path: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    """The paths of a schema's values; the items of a list of objects count as one step."""
    schema = SCHEMAS[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    options = [option for option in schema.get("anyOf", ()) if option.get("type") != "null"]
    if options:
        return leaves(options[0], path)
    if schema.get("type") == "array":
        return leaves(schema["items"], path)
    if "properties" in schema:
        return set().union(*(leaves(part, (*path, name)) for name, part in schema["properties"].items()))
    return {path}


def columns(cls: type[Event]) -> set[tuple[str, ...]]:
    """The paths that the sheets of a type can fill."""
    found: set[tuple[str, ...]] = set()
    for plan in plans_of(cls):
        table = plan.items
        if table is None:
            found |= {column.path for column in plan.columns if column.place}
        else:
            found |= {((table.name or "rows"), *column.path) for column in table.columns}
    return found


def fields(cls: type[Event]) -> set[tuple[str, ...]]:
    """The paths of all that an event of a type may hold."""
    schema = SCHEMAS[cls.TYPE]
    beside = {**schema.get("x-withdrawable", {}), **schema.get("x-sealed", {})}
    found = leaves({"properties": {**schema["properties"], **beside}}) if schema["properties"] or beside else set()
    if "x-sealed-rows" in schema:
        found |= leaves(schema["x-sealed-rows"], ("rows",))
    # Of evidence a spreadsheet names the file; its digest, type and size are computed.
    return {path[:1] if path[0] == "evidence" else path for path in found}


@pytest.mark.parametrize("cls", importable(), ids=lambda cls: cls.TYPE)
def test_the_columns_of_a_type_are_all_its_fields(cls: type[Event]) -> None:
    assert columns(cls) == fields(cls)
    for plan in plans_of(cls):
        headings = [column.label.zh for column in plan.columns]
        assert len(set(headings)) == len(headings)
        assert all(headings)
        assert len(plan.name) <= 31
        assert plans_by_name()[plan.name] == plan
    for column in _columns(cls):
        labels = [label.zh for _, label in column.kind.choices]
        assert len(set(labels)) == len(labels)
        assert not column.many or not any(mark in label for label in labels for mark in "；;、，,")


def _columns(cls: type[Event]) -> list[Column]:
    return [column for plan in plans_of(cls) for column in plan.columns]


def test_everything_but_the_ledgers_own_affairs_can_be_imported() -> None:
    left = {cls for cls in EVENTS.values() if not issubclass(cls, (Corrected, Voided))} - set(importable())
    assert {cls.kind() for cls in left} == NOT_IMPORTED


def test_a_template_of_all_types_opens_and_asks_to_record_nothing(tmp_path: Path) -> None:
    path = template(tmp_path / "all.xlsx", *(cls.TYPE for cls in importable()))
    book = read_workbook(path)
    assert (book.rows, book.problems, book.known) == ([], [], {})
    opened = openpyxl.load_workbook(path)
    assert opened.sheetnames[0] == "填写说明"
    for cls in importable():
        for plan in plans_of(cls):
            sheet = opened[plan.name]
            headings = [str(cell.value).rstrip("*") for cell in sheet[1]]
            assert headings == [column.label.zh for column in plan.columns]
            assert sheet.freeze_panes == "B2"
            listed = sum(bool(c.kind.choices or c.kind.name == "flag") and not c.many for c in plan.columns)
            assert len(sheet.data_validations.dataValidation) == listed


def test_the_command_makes_templates_and_lists_what_it_can(tmp_path: Path) -> None:
    path = tmp_path / "捐赠.xlsx"
    made = yangguang("import", "--template", "donation.received", "--template", "award.granted", "-o", path)
    assert made.exit_code == 0
    names = openpyxl.load_workbook(path).sheetnames
    assert names[2:] == ["捐赠·收到捐赠", "捐赠·收到捐赠·物资", "奖学金·发放奖学金", "奖学金·发放奖学金·名单"]
    assert "donation.received" in yangguang("import", "--template", "list").output
    assert yangguang("import", "--template", "ledger.opened", "-o", tmp_path / "other.xlsx").exit_code == 1
    assert yangguang("import", "--template", "award.granted", "-o", path).exit_code == 2
    assert openpyxl.load_workbook(path).sheetnames == ["填写说明", "已有记录", *names[2:]]
    assert yangguang("import", "--template", "donation.received").exit_code == 2
