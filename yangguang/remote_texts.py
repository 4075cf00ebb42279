"""Public texts for a server that has the log alone: asked of the server that records, at each reading.

They are never kept here, so that what is withdrawn there is gone here.
"""

from typing import Any

import httpx

from ledger.core.messages import refusal_from_json
from ledger.errors import NotFoundError
from public_site.visit import ReadText

SECONDS = 5


def reader_at(url: str | None) -> ReadText | None:
    """A reader of texts from the recording server at ``url``; none without one."""
    return None if url is None else lambda digest: _read(f"{url.rstrip('/')}/api/disclosures/{digest}")


def _read(address: str) -> dict[str, Any]:
    try:
        answer = httpx.get(address, timeout=SECONDS)
        value: dict[str, Any] = answer.json()
    except (httpx.HTTPError, ValueError):
        raise NotFoundError("记账的服务器没有回答，原文暂时看不到。", "The recording server did not answer.") from None
    if answer.is_success:
        return value
    problem = {
        "type": str(value.get("type")).rpartition(":")[2],
        "zh": value.get("detail"),
        "en": value.get("detail_en"),
    }
    raise refusal_from_json({**problem, "field": None})
