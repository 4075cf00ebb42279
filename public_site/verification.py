"""The five checks of an entry's page, computed from the published files alone.

Two are of the entry's own bytes and those of its neighbours, three of the checkpoint, which every new entry moves.
What a check finds is its own result, never an exception: a page that shows a broken entry must still be shown.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ledger.domain.entry import Entry, parse_entry
from ledger.domain.payload import Payload, parse_payload
from ledger.errors import LedgerError, ProofError
from ledger.signing.envelope import open_envelope
from ledger.tlog.base64 import decode_base64
from ledger.tlog.checkpoint import Checkpoint
from ledger.tlog.merkle import check_inclusion, leaf_hash
from ledger.tlog.note import format_vkey
from ledger.tlog.policy import shown_name
from projections.rows import EntryDetail
from public_site.published_log import Head, PublishedLog, Rotations
from public_site.witnesses import Seen, WitnessState, moment

REMEDY = "请不要采信这一条，并把本页网址告诉监督机构；也可以用旁边的办法自己重算一遍。"
OWN_STEPS, HEAD_STEPS = 2, 3
UNREAD = "未能核对"
ReadEntry = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Step:
    """One check. ``state`` is ok, bad or unknown; ``details`` are (label, full value)."""

    state: str
    title: str
    sentence: str
    summary: str
    details: tuple[tuple[str, str], ...] = ()

    def to_page(self) -> dict[str, Any]:
        """As the macro ``step`` reads it."""
        details = [{"label": label, "value": value} for label, value in self.details]
        return {"state": self.state, "title": self.title, "sentence": self.sentence, "summary": self.summary,
                "details": details}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is published about one entry, and how to read others."""

    read: ReadEntry
    detail: EntryDetail
    entry: Entry
    payload: Payload

    @property
    def index(self) -> int:
        """The entry's place in the log."""
        return self.detail.row.index

    def payload_at(self, index: int) -> Payload:
        """The payload that another entry published."""
        return _payload(parse_entry(self.read(index)))


def own_steps(read: ReadEntry, detail: EntryDetail) -> list[Step]:
    """What the entry's bytes and those of its neighbours show, in order. ``read`` raises LedgerError for want of one.

    Where the entry itself is wanting, nothing else can be checked, and that is what they say.
    """
    try:
        entry = parse_entry(read(detail.row.index))
        evidence = Evidence(read, detail, entry, _payload(entry))
    except LedgerError as error:
        unread = Step("unknown", UNREAD, f"公布的文件里还读不到这一条：{error.zh}", "")
        return [unread, Step("unknown", "有人见证", "读到这一条以后才能核对，这一项未检查。", "")]
    index = detail.row.index
    return [
        run(index, "签名是真的", lambda: _signature(evidence)),
        run(index, "前后相连", lambda: _linked(evidence)),
    ]


class HeadChecks:
    """What the newest checkpoint shows of entries; the log must not grow meanwhile."""

    def __init__(self, log: PublishedLog, rotations: Rotations) -> None:
        self._log = log
        self._rotations = rotations

    def steps(self, index: int) -> list[Step]:
        """Of one entry, in order."""
        try:
            entry = self._log.entry(index, self._head.checkpoint.tree_size)
        except LedgerError as error:
            return [Step("unknown", UNREAD, f"公布的文件里读不到这一条或账本签章：{error.zh}", "")]
        return [
            run(index, "确实收在账本里", lambda: _included(self._log, self._head, index, entry)),
            run(index, "账本签过章", lambda: self._signed),
            run(index, "有人见证", lambda: _witnesses(self._log, self._state, index)),
        ]

    @cached_property
    def _head(self) -> Head:
        return self._log.head()

    @cached_property
    def _signed(self) -> Step:
        return signed_head(self._log, self._head, self._rotations)

    @cached_property
    def _state(self) -> WitnessState:
        return self._log.witnesses()


def _payload(entry: Entry) -> Payload:
    return parse_payload(entry.envelope.payload, assigned=False)


def run(index: int, title: str, check: Callable[[], Step]) -> Step:
    """The step that a check of one entry makes; a refusal becomes a bad one."""
    try:
        return check()
    except LedgerError as error:
        said = f"第{index:,}条没有通过这一项：{error.zh}{REMEDY}"
        return Step("bad", title, said, "看原因", (("原因", error.en),))


def _signature(evidence: Evidence) -> Step:
    keys = {signature.keyid: _public_key(evidence, signature.keyid) for signature in evidence.entry.envelope.signatures}
    keyids = open_envelope(evidence.entry.envelope, keys)
    if evidence.payload.raw.decode() != evidence.detail.payload:
        raise ProofError("公布的原文与本页显示的不同。", "The published payload differs from the one shown.")
    details = [("内容指纹（SHA-256）", evidence.payload.event_id)]
    details += [(f"{_holder(evidence, keyid)}的密钥", keyid) for keyid in keyids]
    many = f"{len(keyids)}个签名都" if len(keyids) > 1 else "签名"
    who = "、".join(dict.fromkeys(_holder(evidence, keyid) for keyid in keyids))
    sentence = f"由“{who}”的密钥签署，{many}与内容相符；密钥在第{_enrolled(evidence)}启用，记入这一条时还没有到期。"
    return Step("ok", "签名是真的", sentence, "看签名和密钥", tuple(details))


def _enrolled(evidence: Evidence) -> str:
    indices = sorted({signer.enrolled_index for signer in evidence.detail.signers})
    for signer in evidence.detail.signers:
        expired = signer.expires_on is not None and signer.expires_on < evidence.detail.row.recorded_on
        if expired or (signer.enrolled_index >= evidence.index > 0):
            raise ProofError(
                f"记入时，尾号{signer.keyid[-4:]}的密钥不在有效期内。", f"Key {signer.keyid} was not in force."
            )
    return "、".join(f"{index:,}" for index in indices) + "条"


def _holder(evidence: Evidence, keyid: str) -> str:
    signer = next(signer for signer in evidence.detail.signers if signer.keyid == keyid)
    return f"{signer.organisation.zh}・{signer.post.zh}" if signer.organisation else signer.post.zh


def _public_key(evidence: Evidence, keyid: str) -> bytes:
    """The key that an earlier entry enrolled: it is found by its hash, so it can't be another one."""
    signer = next((signer for signer in evidence.detail.signers if signer.keyid == keyid), None)
    if signer is not None:
        for text in _keys_in(evidence.payload_at(signer.enrolled_index).data):
            raw = decode_base64(text)
            if hashlib.sha256(raw).hexdigest() == keyid:
                return raw
    raise ProofError(f"账本里找不到尾号{keyid[-4:]}的公钥。", f"No entry holds the public key of {keyid}.")


def _keys_in(data: dict[str, Any]) -> list[str]:
    """Public keys that an enrolment, a replacement or a policy puts in force."""
    admins = data.get("policy", {}).get("admins", [])
    found = [data.get("public_key"), *(admin["public_key"] for admin in admins)]
    return [text for text in found if text]


def _linked(evidence: Evidence) -> Step:
    detail, payload = evidence.detail, evidence.payload
    said, details = [], [("本条的内容指纹", payload.event_id)]
    if detail.previous_index is None:
        _agree(payload.previous, None)
        said.append("这是这件事的第一条账目，前面没有别的")
    else:
        _agree(payload.previous, evidence.payload_at(detail.previous_index).event_id)
        said.append(f"本条写着上一条（第{detail.previous_index:,}条）的内容指纹")
        details.append((f"上一条（第{detail.previous_index:,}条）的内容指纹", str(payload.previous)))
    if detail.next_index is None:
        said.append("后面还没有新的")
    else:
        _agree(evidence.payload_at(detail.next_index).previous, payload.event_id)
        said.append(f"下一条（第{detail.next_index:,}条）写着本条的内容指纹")
    if len(details) == 1 and detail.next_index is None:
        return Step("ok", "前后相连", "这是这件事现在唯一的一条账目，它写明前面没有别的。", "看指纹", tuple(details))
    sentence = f"{'；'.join(said)}；都对得上，中间没有被抽走或换掉。"
    return Step("ok", "前后相连", sentence, "看指纹", tuple(details))


def _agree(found: str | None, expected: str | None) -> None:
    if found != expected:
        raise ProofError(
            f"写着的上一条内容指纹是{(found or '空')[:8]}，应是{(expected or '空')[:8]}。",
            f"The previous fingerprint is {found}, expected {expected}.",
        )


def _included(log: PublishedLog, head: Head, index: int, entry: bytes) -> Step:
    checkpoint = head.checkpoint
    size, leaf = checkpoint.tree_size, leaf_hash(entry)
    hashes = log.inclusion(index, size)
    check_inclusion(index, size, leaf=leaf, proof=hashes, root=checkpoint.root_hash)
    if hashes:
        sentence = f"用{len(hashes)}个中间指纹，可以从本条一步步算出整本账的总指纹，与公布的相同。"
    else:
        sentence = "账本只有这一条，它的指纹就是整本账的总指纹，与公布的相同。"
    steps_up = [(f"中间指纹{place}", item.hex()) for place, item in enumerate(hashes, 1)]
    details = (("本条的指纹", leaf.hex()), *steps_up, ("账本总指纹", checkpoint.root_hash.hex()))
    return Step("ok", "确实收在账本里", sentence, "看收录证明", details)


def signed_head(log: PublishedLog, head: Head, rotations: Rotations) -> Step:
    """That the log key signed a checkpoint. Raises LedgerError where it did not."""
    signed = log.signed(head, rotations)
    checkpoint, index = signed.checkpoint, signed.named_at
    if index is None:
        return Step("unknown", "账本签过章", "账本密钥刚刚更换，网页还没有读到那一条，这一项未检查。", "")
    data = _payload(parse_entry(log.entry(index, checkpoint.tree_size))).data
    if signed.vkey not in (data.get("log_vkey"), *data.get("log_vkeys", [])):
        raise ProofError(
            f"公布的账本公钥不是第{index:,}条里写的那一把。", f"The published vkey is not the one in entry {index}."
        )
    covered = f"第0条至第{checkpoint.tree_size - 1:,}条，本条在内。"
    sentence = f"总指纹由第{index:,}条写明的账本密钥签章，签章盖住{covered}"
    details = (("账本", checkpoint.origin), ("账本公钥", signed.vkey), ("账本签章", head.note.decode()))
    return Step("ok", "账本签过章", sentence, "看账本签章", details)


def _witnesses(log: PublishedLog, state: WitnessState, index: int) -> Step:
    """Whether a quorum of witnesses has cosigned a tree that holds the entry: the current one or an earlier one."""
    title, newest = "有人见证", state.newest
    if state.alarms or state.problem:
        return Step("bad", title, state.badge[2], "")
    if newest is None or newest.witnessing.since is None:
        return Step("unknown", title, f"{state.badge[2].rstrip('。')}，这一项未检查。", "")
    size = newest.checkpoint.tree_size
    if index >= size:
        return Step("unknown", title, f"见证机构联署到第{size - 1:,}条，还没有联署到这一条，这一项未检查。", "")
    if log.root(size) != newest.checkpoint.root_hash:
        raise ProofError("见证机构联署过另一个总指纹。", "Witnesses cosigned another root.")
    return cosigned(newest)


def cosigned(seen: Seen) -> Step:
    """Who cosigned a checkpoint of which it is known that a quorum did."""
    size, times = seen.checkpoint.tree_size, seen.witnessing.times
    names = {witness.name: witness for witness in seen.witnessing.policy.witnesses}
    details = [(f"“{shown_name(name)}”联署的时间", moment(time)) for name, time in times.items()]
    details += [(f"“{shown_name(name)}”的公钥（由本网站列出）", format_vkey(names[name].key)) for name in times]
    sentence = f"{len(times)}家见证机构各自核对过账本只增不改，为第0条至第{size - 1:,}条联署，本条在内。"
    return Step("ok", "有人见证", sentence, "看谁见证", (*details, ("联署的签章", seen.note.decode())))


@dataclass(frozen=True, slots=True)
class Integrity:
    """What the site found about the whole ledger: badges of (state, word, sentence)."""

    fresh: tuple[str, str, str]
    whole: tuple[str, str, str]


def integrity(log: PublishedLog, *, rotations: Rotations, root: bytes, last: str) -> Integrity:
    """Compares what the pages were computed from with the signed checkpoint. ``last`` is when their last entry came."""
    unknown = ("unknown", "", "还没有公布账本签章，无法比较。")
    try:
        head = log.head()
        checkpoint = log.signed(head, rotations).checkpoint
    except LedgerError as error:
        missing = not (log.directory / "checkpoint").exists()
        return Integrity(unknown, unknown if missing else ("bad", "账目不符", f"公布的账本签章没有通过：{error.zh}"))
    size = rotations.tree_size
    return Integrity(_fresh(checkpoint, size, last), _whole(checkpoint, size, root))


def _fresh(checkpoint: Checkpoint, size: int, last: str) -> tuple[str, str, str]:
    if checkpoint.tree_size > size:
        behind = checkpoint.tree_size - size
        return (
            "wait",
            "更新延迟",
            f"网页读到第{size - 1:,}条，账本已公布到第{checkpoint.tree_size - 1:,}条，还差{behind:,}条。",
        )
    return "ok", "更新及时", f"网页已读到公布的最后一条：第{size - 1:,}条，{last}记入。"


def _whole(checkpoint: Checkpoint, size: int, root: bytes) -> tuple[str, str, str]:
    if checkpoint.tree_size != size:
        return "unknown", "", "网页还没有读到最新的签章，这一项未检查。"
    if checkpoint.root_hash != root:
        return "bad", "账目不符", "由全部账目重算的总指纹，与账本签章里的不同。请不要采信本站的数字。"
    return "ok", "账目完整", f"{size:,}条没有缺号；由全部账目重算的总指纹，与账本签章里的相同。"
