"""/disclosures/{digest}: a text that can be withdrawn, with what is needed to check it; or that it was withdrawn."""

from typing import Any

from ledger.errors import NotFoundError, WithdrawnError
from projections.entry_page import entry
from projections.withdrawals import withdrawal
from public_site.presenters.texts import at_the_source, labels_of, said_of
from public_site.visit import Page, Visit


def page(visit: Visit) -> Page:
    """One text."""
    digest = visit.ids["digest"]
    gone = withdrawal(visit.db, digest)
    if gone is not None:
        return _withdrawn(said_of(gone), [{"text": f"第{gone.index:,}条", "href": f"/entries/{gone.index}"}])
    if visit.read_text is None:
        return _elsewhere(visit, digest)
    try:
        return _shown(visit, visit.read_text(digest))
    except WithdrawnError as error:
        return _withdrawn(error.zh, [])


def _elsewhere(visit: Visit, digest: str) -> Page:
    """A mirror keeps no text that may be withdrawn, and says where it is."""
    address = at_the_source(visit, digest)
    if not address:
        raise NotFoundError(
            "这台服务器只有公开账本，没有另行提交的文字。", "This server has the public log alone, no texts beside it."
        )
    lead = "这里是镜像，只有公开账本。可以撤下的文字只存在记账的服务器上，那边撤下了，别处也就没有了。"
    values = {"title": "原文不在镜像里", "heading": "原文不在镜像里", "crumbs": [], "lead": lead, "at": address}
    return Page("elsewhere.html", values, status=404)


def _shown(visit: Visit, found: dict[str, Any]) -> Page:
    detail = entry(visit.db, found["index"])
    label = labels_of(detail.row.kind).get(found["name"], found["name"])
    value = found["value"]
    heading = f"第{found['index']:,}条的{label}"
    is_file = isinstance(value, dict)
    values = {
        "title": heading,
        "heading": heading,
        "crumbs": [
            {"href": "/audit", "text": "全部账目"},
            {"href": f"/entries/{found['index']}", "text": f"第{found['index']:,}条"},
        ],
        "lines": [value["caption"]] if is_file else str(value).split("\n"),
        "image": f"/evidence/{value['sha256']}" if is_file and found["file_kept"] else "",
        "entry": {"href": f"/entries/{found['index']}", "text": f"第{found['index']:,}条：{detail.row.label.zh}"},
        "digest": found["digest"],
        "raw": found["disclosure"],
    }
    return Page("disclosure.html", values, section="audit")


def _withdrawn(said: str, links: list[dict[str, str]]) -> Page:
    values = {"title": "已经撤下", "heading": "已经撤下", "crumbs": [], "lead": said, "links": links}
    return Page("withdrawn.html", values, status=410)
