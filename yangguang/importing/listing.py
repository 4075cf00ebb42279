"""What the ledger has already, for the sheet 已有记录: organisations, places, projects and their programmes by name.

Read from the open tables of the public site, which is served beside the log: ``/data/organisations.json``.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ledger.canonical import parse_strict
from ledger.domain.values import REFERENCE
from ledger.errors import MalformedError
from yangguang.client import Client

TABLES = {"organisations": "organisation", "places": "place", "projects": "project"}
MOST = 5_000
MAX_TABLE = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Listed:
    """A record and the name by which a spreadsheet can call it."""

    kind: str
    name: str
    reference: str


def listed(client: Client) -> list[Listed]:
    """By kind, each with a name of its own. Raises NotFoundError, MalformedError where the tables cannot be read."""
    found: dict[str, Listed] = {}
    for table, kind in TABLES.items():
        for row in _rows(client, table):
            for item in _items(kind, row):
                found.setdefault(item.reference, item)
    order = ("organisation", "place", "programme", "project")
    told = sorted(found.values(), key=lambda item: (order.index(item.kind), item.name, item.reference))[:MOST]
    counts = Counter(item.name for item in told)
    return [_told_apart(item) if counts[item.name] > 1 else item for item in told]


def _rows(client: Client, table: str) -> list[Any]:
    try:
        value = parse_strict(client.open_table(table), max_bytes=MAX_TABLE)
        rows = value["rows"]
    except (MalformedError, KeyError, TypeError):
        rows = None
    if not isinstance(rows, list):
        raise MalformedError(
            f"从{client.url}读不到已有记录的名单。", f"{client.url} gives no list of records that it has."
        )
    return rows


def _items(kind: str, row: dict[str, Any]) -> Iterator[Listed]:
    pairs = [(f"{kind}/{str(row.get('url', '')).rpartition('/')[2]}", row.get("name"))]
    if kind == "project":
        pairs.append((str(row.get("programme")), row.get("programme_name")))
    for reference, name in pairs:
        if REFERENCE.fullmatch(reference) and isinstance(name, str) and name.strip():
            yield Listed(reference.partition("/")[0], name.strip(), reference)


def _told_apart(item: Listed) -> Listed:
    return Listed(item.kind, f"{item.name}（{item.reference[-4:]}）", item.reference)
