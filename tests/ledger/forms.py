"""Consent forms of nobody, for tests."""

from collections.abc import Iterable
from typing import Any


def forms(rows: Iterable[dict[str, Any]], *scopes: str) -> list[dict[str, Any]]:
    """One form, signed by a guardian, for each person in sealed rows."""
    return [
        {
            "vault_key": row["vault_key"],
            "name": "测试用名",
            "scopes": list(scopes),
            "given_by": "guardian",
            "guardian": "测试监护人",
            "assent": "given",
        }
        for row in rows
    ]
