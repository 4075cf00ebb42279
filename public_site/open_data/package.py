"""datapackage.json (Frictionless Data Package 1.0): what the tables are, for programs."""

import json
import sqlite3
from typing import Any

from public_site.open_data.columns import Table
from public_site.open_data.files import LICENCE, MARK, NOTICE, About, heading
from public_site.open_data.tables import TABLES

PACKAGE = "datapackage.json"


def file_name(name: str, about: About) -> str:
    """What a file is called: a demonstration says so in the name."""
    return f"{MARK if about.demonstration else ''}{name}"


def data_package(db: sqlite3.Connection, about: About) -> bytes:
    """The description."""
    demonstration = {"demonstration": True, "description": NOTICE} if about.demonstration else {}
    value = {
        "profile": "tabular-data-package",
        "name": file_name("yangguang-ledger", about),
        "title": "阳光账本公开数据",
        **demonstration,
        "homepage": f"{about.origin}/data",
        "as_of": about.as_of(),
        "licenses": [LICENCE],
        "resources": [_resource(db, table, about) for table in TABLES],
    }
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"


def _resource(db: sqlite3.Connection, table: Table, about: About) -> dict[str, Any]:
    fields = [
        {"name": field.name, "type": field.type, "title": field.title.zh, "title_en": field.title.en}
        for field in heading(table, about)
    ]
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "title": table.title.zh,
        "title_en": table.title.en,
        "description": table.says,
        "path": file_name(f"{table.name}.csv", about),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"lineTerminator": "\r\n", "delimiter": ",", "quoteChar": '"'},
        "rows": table.count(db),
        "schema": {"fields": fields, "missingValues": [""]},
    }
