"""How two processes share the tests: what is costly to make is made once."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent
FIRST = "public_site"
"""Its tests walk the demonstration's thousands of pages: one process does so, from the start."""
WHOLE = (FIRST, "export")
"""Folders whose fixtures are shared by all of their tests."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One group a file, so that its fixtures are made once; the tests of pages are one group."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item.path)))
    items.sort(key=lambda item: _group(item.path) != FIRST)


def _group(path: Path) -> str:
    inside = path.relative_to(HERE)
    return inside.parts[0] if inside.parts[0] in WHOLE else inside.as_posix()
