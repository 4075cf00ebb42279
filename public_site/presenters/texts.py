"""Withdrawable texts and files beside an entry: read when the page is made, never kept by the site."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from ledger.domain.catalogue import EVENTS
from ledger.domain.values import label_of
from ledger.errors import NotFoundError, WithdrawnError
from projections.withdrawals import Withdrawal, withdrawal
from public_site.presenters import words
from public_site.visit import Visit

ELSEWHERE = "原文由记账的服务器提供，这台服务器只有公开账本。"
"""A text that may be withdrawn is kept in one place alone, so that what is gone there is gone everywhere."""


def at_the_source(visit: Visit, digest: str) -> str:
    """Where a mirror's readers find a text: with the ledger that it follows. Empty on a server that follows no site."""
    followed = visit.log.followed()
    source = "" if followed is None else followed.source.removesuffix("/log")
    return f"{source}/disclosures/{digest}" if source else ""


def attachments(visit: Visit, kind: str, digests: Iterable[str]) -> list[dict[str, Any]]:
    """Each text or file of an entry of a record of that kind, or how it was withdrawn."""
    return [_attachment(visit, kind, digest) for digest in digests]


@cache
def labels_of(kind: str) -> dict[str, str]:
    """What the withdrawable fields of a kind's events are called; a correction may restate any of them."""
    classes = [cls for cls in EVENTS.values() if cls.kind() == kind]
    return {info.alias or name: label_of(info).zh for cls in classes for name, info in cls.model_fields.items()}


def said_of(found: Withdrawal) -> str:
    """The sentence in the place of what was withdrawn."""
    return (
        f"这项内容已于{words.full_day(found.on)}撤下（第{found.index:,}条），原因：{found.ground.zh}。账目本身没有变。"
    )


def _attachment(visit: Visit, kind: str, digest: str) -> dict[str, Any]:
    gone = withdrawal(visit.db, digest)
    if gone is not None:
        return {"label": "已撤下", "sealed": said_of(gone), "href": f"/entries/{gone.index}"}
    if visit.read_text is None:
        href = at_the_source(visit, digest)
        return {"label": "另行提交", "sealed": ELSEWHERE, "href": href, "go": "到那里看原文"}
    try:
        return _shown(visit.read_text(digest), labels_of(kind))
    except (NotFoundError, WithdrawnError) as error:
        return {"label": "已撤下", "sealed": error.zh, "href": ""}


def _shown(found: dict[str, Any], labels: dict[str, str]) -> dict[str, Any]:
    name, value = found["name"], found["value"]
    shown = {"label": labels.get(name, name), "href": f"/disclosures/{found['digest']}"}
    if name != "evidence":
        return {**shown, "lines": str(value).split("\n")}
    image = f"/evidence/{value['sha256']}" if found["file_kept"] else ""
    return {**shown, "lines": [value["caption"]], "image": image}
