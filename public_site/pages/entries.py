"""/entries/{index}: what one entry says, who signed it, and the five checks computed now."""

from typing import Any

from ledger.domain.catalogue import KINDS, MODULES
from ledger.errors import NotFoundError
from projections.corrections import corrections_of
from projections.entry_page import entry, is_there
from projections.rows import Correction, EntryDetail, Field, Signer
from public_site.drawn import hole
from public_site.frame import qr
from public_site.presenters import words
from public_site.presenters.entries import CORRECTED, beads, correction, lateness, said
from public_site.presenters.texts import attachments
from public_site.presenters.things import links
from public_site.rendering import versioned
from public_site.verification import HEAD_STEPS, OWN_STEPS, UNREAD, own_steps
from public_site.visit import Page, Visit


def page(visit: Visit) -> Page:
    """One entry."""
    detail = entry(visit.db, _index(visit.ids["index"]))
    row = detail.row
    changes, checks = corrections_of(visit.db, row.index), own_steps(visit.published, detail)
    values = {
        "title": f"第{row.index:,}条：{row.label.zh}",
        "heading": f"第{row.index:,}条：{row.label.zh}",
        "crumbs": [{"href": "/audit", "text": "全部账目"}],
        "current": f"第{row.index:,}条",
        "said": said(row, before=f"{words.full_day(row.occurred_on)}，"),
        "changes": [correction(item) for item in changes],
        "times": _times(detail),
        "attachments": attachments(visit, row.kind, detail.withdrawable_digests),
        "chain_title": f"这项{KINDS[row.kind].zh}的账目链",
        "beads": beads(detail.chain, current=row.index),
        "facts": [_field(field, _now(row.index, changes)) for field in detail.fields] + _closed(detail),
        "record": words.link(row.record),
        "signers": [_signer(signer) for signer in detail.signers],
        "steps": [step.to_page() for step in checks],
        **_further(row.index, is_read=checks[0].title != UNREAD),
        "qr": qr(f"{visit.origin}/entries/{row.index}"),
        "offered": hole("offered"),
        "number": row.index,
        "script": versioned("verifier/entry_page.js"),
        "proof_href": f"/log/proof/{row.index}.tlog-proof",
        "proof_text": f"第{row.index:,}条的证明文件",
        "command": f"yangguang verify {visit.origin}",
        "payload": detail.payload,
        "payload_bytes": len(detail.payload.encode()),
        "previous": row.index - 1 if row.index else None,
        "next": row.index + 1 if is_there(visit.db, row.index + 1) else None,
    }
    return Page("entry.html", values, section="audit")


def _further(index: int, *, is_read: bool) -> dict[str, Any]:
    """What the newest checkpoint shows of an entry that could be read."""
    if not is_read:
        return {"steps_count": OWN_STEPS, "failed": "", "further": ""}
    holes = {name: hole(f"{name}:{index}") for name in ("failed", "further")}
    return {"steps_count": OWN_STEPS + HEAD_STEPS, **holes}


def _index(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 15 or (text[0] == "0" and text != "0"):
        raise NotFoundError(f"“{text[:40]}”不是账目的编号。", f"{text[:40]!r} is not the number of an entry.")
    return int(text)


def _times(detail: EntryDetail) -> dict[str, Any]:
    row = detail.row
    return {
        "occurred": words.when(row.occurred_on),
        "recorded": {"text": words.moment(row.recorded_at), "iso": row.recorded_at.isoformat()},
        "late": lateness(row),
        "badge": {**words.badge(row.kind, _state_code(detail)), "word": detail.state.zh},
    }


def _state_code(detail: EntryDetail) -> str:
    states = MODULES[detail.row.kind].STATES
    return next((code for code, label in states.items() if label == detail.state), "")


def _now(index: int, changes: tuple[Correction, ...]) -> dict[str, str]:
    """The values now in force of the entry's corrected fields; the newest correction decides."""
    mine = (item for item in changes if item.target.index == index)
    return {change.name: change.new.zh if change.new else "没有填" for item in mine for change in item.changes}


def _field(field: Field, now: dict[str, str]) -> dict[str, Any]:
    label = field.label.zh or field.name
    if field.name in now:
        return {"label": label, "value": CORRECTED.format(field.text.zh.strip(), now[field.name].strip())}
    if field.kind == "reference" and field.links:
        return {"label": label, "value": links(field.links)}
    if field.kind == "digest" and isinstance(field.value, list):
        return {"label": label, "value": "已补齐，看不出实际有几项；全部列在下面的原始内容里"}
    text = field.text.zh.strip()
    lines = [line for line in text.split("\n") if line]
    return {
        "label": label,
        "value": text or "没有",
        "lines": lines if len(lines) > 1 else [],
        "links": _other_links(field),
    }


def _other_links(field: Field) -> list[dict[str, str]]:
    unique = {named.reference: named for named in field.links}
    return [words.link(named) for named in unique.values()]


def _closed(detail: EntryDetail) -> list[dict[str, Any]]:
    if not detail.sealed_count:
        return [{"label": "不公开的内容", "value": "没有"}]
    counted = "行数与公布的人数一致" if any(field.kind == "people" for field in detail.fields) else "份数不公开"
    return [{"label": "不公开的内容", "value": f"名单已封存，{counted}。"}]


def _signer(signer: Signer) -> list[dict[str, Any]]:
    organisation: dict[str, Any] = {"label": "机构", "value": "账本管理员（不代表任何机构）"}
    if signer.organisation:
        organisation["value"] = signer.organisation.zh
        organisation["href"] = words.href_of(signer.organisation.reference)
    key: dict[str, Any] = {"label": "密钥", "value": f"{signer.post.zh}，尾号{signer.keyid[-4:]}"}
    if signer.key:
        key["href"] = words.href_of(signer.key.reference)
    until = f"，至{words.full_day(signer.expires_on)}有效" if signer.expires_on else "，没有到期日"
    limit = "没有另设限额"
    if signer.per_event_fen:
        limit = f"单笔{words.money(signer.per_event_fen).rstrip()}"
    return [
        organisation,
        key,
        {"label": "登记", "value": f"第{signer.enrolled_index:,}条", "href": f"/entries/{signer.enrolled_index}",
         "after": until},
        {"label": "权限", "value": words.capabilities(signer.capabilities) or "没有"},
        {"label": "限额", "value": limit},
    ]  # fmt: skip
