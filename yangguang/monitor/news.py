"""What the new entries of a round are, and what the calendar of duties says, told in the ledger's own sentences."""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from ledger.audit.glimpse import Glimpse
from ledger.audit.replayed import Doubtful
from ledger.domain.catalogue import KINDS
from ledger.domain.correction import Corrected, Voided
from ledger.domain.entry import day_of
from ledger.domain.key import KeyEnrolled, KeyReplaced, KeyRestored, KeyRevoked, KeySuspended
from ledger.domain.ledger import LedgerLogKeyRotated, LedgerPolicyChanged
from ledger.domain.sealed import SealedErased, SealedOpened, SealedWithdrawn
from projections import audit_trail
from projections.duties.reading import Asked, duties
from projections.rows import AuditFilter, Duty
from yangguang.monitor.signals import BLUE, YELLOW, Signal
from yangguang.monitor.state import Kept

KEYS = (KeyEnrolled, KeyReplaced, KeyRestored, KeyRevoked, KeySuspended)
CLASSES: tuple[tuple[str, str, str, tuple[type, ...]], ...] = (
    (BLUE, "corrected", "更正", (Corrected,)),
    (BLUE, "voided", "作废", (Voided,)),
    (BLUE, "opened", "查看封存内容", (SealedOpened,)),
    (BLUE, "erased", "销毁封存内容", (SealedErased,)),
    (BLUE, "withdrawn", "撤下公开内容", (SealedWithdrawn,)),
    (BLUE, "key-change", "岗位密钥变动", KEYS),
    (YELLOW, "governance-change", "账本的管理员、规则或账本密钥变动", (LedgerPolicyChanged, LedgerLogKeyRotated)),
)
"""(level, code, Chinese heading, event classes) of what is told entry by entry; the rest is only counted."""


def first_news(size: int) -> Iterator[Signal]:
    """Of a first round, which has nothing to be new against."""
    yield Signal(
        BLUE,
        "first-round",
        f"第一轮：读入并核对了全部{size}条账目，以后只报告新的。",
        f"First round: all {size} entries were read and verified; later rounds tell what is new.",
    )


def pinned_news(kept: Kept) -> Iterator[Signal]:
    """Whose word the identity rests on, after a first round without one to hold it to."""
    if kept.pinned_by == "first-use":
        yield Signal(
            BLUE,
            "pinned-on-first-use",
            f"身份由这第一轮锁定：创世指纹{kept.genesis}。请与年度报告或监督机构公布的指纹核对，以后各轮都按它检查。",
            f"This first round pinned the identity, genesis {kept.genesis}: compare it with the one printed elsewhere."
            " Every later round is held to it.",
        )


def entries_news(db: sqlite3.Connection, entries: Sequence[Glimpse]) -> Iterator[Signal]:
    """How many were added, of which kinds; and each that changes or removes something, or is about keys."""
    if not entries:
        return
    kinds = Counter(entry.kind for entry in entries).most_common()
    listed_zh = "、".join(f"{KINDS[kind].zh}{count}条" for kind, count in kinds)
    listed_en = ", ".join(f"{KINDS[kind].en} {count}" for kind, count in kinds)
    yield Signal(
        BLUE, "new-entries", f"新增{len(entries)}条：{listed_zh}。", f"{len(entries)} new entries: {listed_en}."
    )
    yield from _told(db, entries)


def _told(db: sqlite3.Connection, entries: Sequence[Glimpse]) -> Iterator[Signal]:
    found = {entry.index: told for entry in entries if (told := _class_of(entry)) is not None}
    for row in audit_trail.every(db, AuditFilter(indices=tuple(found))):
        level, code, heading = found[row.index]
        yield Signal(
            level,
            code,
            f"第{row.index}条，{heading}：{row.sentence.zh}",
            f"Entry {row.index}, {code}: {row.sentence.en}",
            row.index,
        )


def _class_of(entry: Glimpse) -> tuple[str, str, str] | None:
    for level, code, heading, classes in CLASSES:
        if issubclass(entry.event_class, classes):
            return level, code, heading
    return None


def doubtful_news(found: Sequence[Doubtful], since: int) -> Iterator[Signal]:
    """Keys that were revoked as doubtful by an entry from ``since`` on."""
    for each in found:
        if each.revoked_at >= since:
            yield Signal(YELLOW, "doubtful-key", each.remark.zh, each.remark.en, each.revoked_at)


def overdue(db: sqlite3.Connection, now: datetime) -> dict[str, Duty]:
    """The duties overdue on the UTC+8 day of ``now``, by a key that stays the same from round to round."""
    found = duties(db, "overdue", Asked(day_of(now)))
    return {f"{duty.about.reference} {duty.rule.code} {duty.on} {duty.due_on}": duty for duty in found}


def overdue_news(found: Mapping[str, Duty], known: Sequence[str] | None) -> Iterator[Signal]:
    """How many are overdue in all, and each that was not at the last round; ``known`` is None in the first."""
    if not found:
        return
    new = [duty for key, duty in found.items() if key not in set(known or ())]
    zh, en = f"有{len(found)}项公开义务逾期未履行", f"{len(found)} duties to publish are overdue"
    if known is not None:
        zh, en = f"{zh}，其中{len(new)}项上一轮还没有逾期", f"{en}, {len(new)} of them since the last round"
    yield Signal(YELLOW, "overdue", f"{zh}。", f"{en}.")
    for duty in new:
        yield Signal(
            YELLOW,
            "newly-overdue",
            f"“{duty.about.zh}”：{duty.title.zh}，应在{duty.due_on}前公开，已逾期{duty.days}天。",
            f"“{duty.about.en}”: {duty.title.en}, due {duty.due_on}, {duty.days} days overdue.",
        )
