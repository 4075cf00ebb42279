"""/verify: three ways to check the ledger without believing this site, and its state in full."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from pydantic.fields import FieldInfo

from ledger.domain.catalogue import EVENTS
from ledger.domain.entry import parse_entry
from ledger.domain.event import Event
from ledger.domain.values import codes_of, label_of, place_of
from ledger.errors import LedgerError
from public_site.frame import badges, qr
from public_site.pages.witnessed import CHECKPOINT, POLICY
from public_site.presenters import words
from public_site.rendering import versioned
from public_site.visit import Page, Visit
from public_site.witnesses import WitnessState, listed, offered, policy_for_readers, summary

UNREAD = "公布的文件里还没有"
LONG = 1000
"""Only a vkey of ML-DSA-44 has so many characters."""


def page(visit: Visit) -> Page:
    """The page. What its script needs to call things by name stands in it, in a template that shows nothing."""
    address = f"{visit.origin}/verify"
    genesis, state = _genesis(visit), visit.log.witnesses()
    values = {
        "title": "自己核对",
        "heading": "自己核对",
        "crumbs": [],
        "script": versioned("verifier/verify_page.js"),
        "alone": versioned("verify.py"),
        "last": visit.status.last_index,
        "address": address,
        "qr": qr(address),
        "commands": _commands(visit.origin, has_witnesses=state.policy is not None),
        "badges": badges(visit),
        "genesis": genesis,
        "facts": _facts(visit, genesis),
        "note": _published(visit, "checkpoint"),
        "labels": list(_labels()),
        "witnesses": list(listed(state)),
        "offered": offered(state),
        "policy": _policy(visit, state).encode(errors="surrogateescape").decode(errors="replace"),
        "kept": _kept(state),
    }
    return Page("verify.html", values, section="verify")


def _commands(origin: str, *, has_witnesses: bool) -> list[dict[str, str]]:
    witnessed = {"text": "同时核对见证", "command": f"yangguang verify {origin} --policy 见证规则文件"}
    return [
        {"text": "核对整本账", "command": f"yangguang verify {origin}"},
        {"text": "同时锁定身份", "command": f"yangguang verify {origin} --genesis 创世指纹"},
        *([witnessed] if has_witnesses else []),
        {"text": "核对导出的文件夹", "command": "python verify.py 文件夹 --genesis 创世指纹"},
        {"text": "核对一张凭条", "command": f"yangguang slip check 凭条文件 --source {origin}"},
    ]


def _policy(visit: Visit, state: WitnessState) -> str:
    """The policy's text for readers to keep, naming this log's current key; "" without one."""
    vkeys = _published(visit, "vkey").splitlines()
    if state.policy is None or not vkeys:
        return ""
    return policy_for_readers(state.policy, vkeys[0], f"{visit.origin}/log")


def _kept(state: WitnessState) -> list[dict[str, str]]:
    """What a reader may fetch and keep."""
    if state.policy is None:
        return []
    has_quorum = state.newest is not None and state.newest.witnessing.since is not None
    quorum = [{"href": CHECKPOINT, "text": "最近一次达到规定家数的联署"}] if has_quorum else []
    return [*quorum, {"href": POLICY, "text": "见证规则文件"}]


def _facts(visit: Visit, genesis: str) -> list[dict[str, Any]]:
    status, vkeys = visit.status, _published(visit, "vkey").splitlines()
    last = f"，最后一条在{words.moment(status.last_at)}（北京时间）" if status.last_at else ""
    current = vkeys[0] if vkeys else UNREAD
    facts = [
        ("账本", status.origin),
        ("条数", f"{status.size:,}条{last}"),
        ("见证机构", summary(visit.log.witnesses())),
    ]
    followed = visit.log.followed()
    if followed is not None and followed.source:
        facts.append(("镜像", f"本站是{followed.source}的镜像，每条账目核对以后才收下"))
    prints = [("账本总指纹", status.root.hex()), ("创世指纹", genesis), ("账本公钥", current)]
    former = [("换下的账本公钥", vkey) for vkey in vkeys[1:] if len(vkey) < LONG]
    facts += [("另一种签名", _ml_dsa(vkey)) for vkey in vkeys if len(vkey) >= LONG][:1]
    return [
        *({"label": label, "value": value, "code": False} for label, value in facts),
        *({"label": label, "value": value, "code": True} for label, value in (*prints, *former)),
    ]


def _ml_dsa(vkey: str) -> str:
    return f"账本签章里另有一行ML-DSA-44签名（抗量子），公钥编号{vkey.split('+')[1]}，全文在账本公钥文件里"


def _genesis(visit: Visit) -> str:
    try:
        return parse_entry(visit.log.entry(0, visit.status.size)).envelope.event_id
    except LedgerError:
        return UNREAD


def _published(visit: Visit, name: str) -> str:
    try:
        return visit.log.file(name).decode(errors="replace")
    except LedgerError:
        return ""


def _labels() -> Iterator[dict[str, str]]:
    """What types are called, and the fields and codes that a slip may hold.

    ``award.granted``, ``award.granted/name``, ``consent.recorded/given_by=own``.
    """
    for cls in EVENTS.values():
        yield {"name": cls.TYPE, "text": cls.LABEL.zh}
        for name, info in _sealed_fields(cls):
            field = f"{cls.TYPE}/{info.alias or name}"
            yield {"name": field, "text": label_of(info).zh}
            yield from ({"name": f"{field}={code}", "text": label.zh} for code, label in codes_of(info).items())


def _sealed_fields(cls: type[Event]) -> Iterator[tuple[str, FieldInfo]]:
    own = ((name, info) for name, info in cls.model_fields.items() if place_of(info) == "sealed")
    return chain(own, cls.ROW.model_fields.items() if cls.ROW else ())
