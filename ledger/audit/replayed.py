"""What an audit replayed: how many entries each family of rules judges, what was corrected, which keys are doubtful.

A family judges the entries of certain kinds, or every one. Two things are judged by the writer alone, since they hang
on values that are not public: they are in ``BY_THE_WRITER_ALONE``, and a report says so.
"""

from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Self

import msgspec

from ledger.audit.glimpse import Glimpse
from ledger.audit.report import Remark
from ledger.domain.correction import Corrected, Voided
from ledger.domain.key import KeyEnrolled, KeyReplaced, KeyRevoked
from ledger.domain.values import Label
from ledger.errors import LedgerError
from ledger.rules import (
    authority,
    chain,
    companions,
    conduct,
    counting,
    findings,
    funds,
    keys,
    needs,
    people,
    personal_data,
    privacy,
    publicity,
    recognition,
    records,
    regions,
    restatement,
    voice,
)
from ledger.signing.keys import key_id
from ledger.tlog.base64 import decode_base64

ALL = frozenset[str]()
OF_PEOPLE = frozenset({"award", "companionship", "need", "renovation", "service", "training"})
FAMILIES: dict[ModuleType, tuple[Label, frozenset[str]]] = {
    authority: (Label("签署权限和限额", "who may sign, and up to how much"), ALL),
    chain: (Label("账目链、总指纹和时间先后", "chains, tree heads and order of time"), ALL),
    records: (Label("每项记录的步骤", "what each record may do next"), ALL),
    conduct: (Label("机构资格、回避和验收", "good standing, own affairs and acceptance by another"), ALL),
    personal_data: (Label("公开内容里没有个人信息", "no personal data in what is public"), ALL),
    keys: (Label("密钥的启用和更换", "keys enrolled, replaced and ended"), frozenset({"key", "ledger"})),
    funds: (
        Label("钱款守恒", "money is conserved"),
        frozenset({"donation", "payment", "award", "renovation", "project", "programme"}),
    ),
    publicity: (Label("先公示后发放", "publicity before the grant"), frozenset({"award"})),
    counting: (
        Label("每项成效只算一次", "every effect is counted once"),
        frozenset({"programme", "project", "renovation", "indicator"}),
    ),
    people: (Label("涉及人数不少于下限", "never fewer people than the least number"), OF_PEOPLE),
    restatement: (Label("整批更正", "batches are restated whole"), OF_PEOPLE),
    needs: (Label("需求和对应的项目", "needs and what answers them"), OF_PEOPLE | {"project", "programme"}),
    companions: (Label("陪伴计划", "the companions plan"), frozenset({"companionship", "team"})),
    findings: (
        Label("查实的问题和停权", "founded conclusions and suspension"),
        frozenset({"misconduct", "organisation"}),
    ),
    recognition: (Label("案例和荣誉", "cases and honours"), frozenset({"case", "honour"})),
    privacy: (Label("查看、销毁和撤下", "opening, erasing and withdrawing"), frozenset({"sealed"})),
    voice: (Label("公众提问", "questions by the public"), frozenset({"question"})),
    regions: (Label("地区账本的总指纹", "tree heads of regional ledgers"), frozenset({"region", "head"})),
}
BY_THE_WRITER_ALONE = (
    Remark(
        "两件事只有记账的服务器能判断，公开的内容里没有依据，所以没有重新核对：同意书是否有效，"
        "以及案例公布的文字是否就是审阅过的文字。",
        "Two things only the writer can judge, for what they hang on is not public, so they were not judged again:"
        " whether consents stand, and whether the text of a published case is the one that was reviewed.",
    ),
)


@dataclass(frozen=True, slots=True)
class Doubtful:
    """What a key signed from ``doubtful_from`` until entry ``revoked_at`` revoked it: each needs re-confirmation."""

    record: str
    doubtful_from: int
    revoked_at: int
    entries: tuple[int, ...]

    def to_json(self) -> dict[str, Any]:
        """The range and what lies in it."""
        return {
            "key": self.record,
            "doubtful_from": self.doubtful_from,
            "revoked_at": self.revoked_at,
            "entries": list(self.entries),
        }

    @property
    def remark(self) -> Remark:
        """The range in words, for whoever has to act on it."""
        count = len(self.entries)
        listed = "、".join(str(index) for index in self.entries[:10])
        return Remark(
            f"密钥{self.record[-12:]}在第{self.revoked_at}条注销，从第{self.doubtful_from}条起存疑：它签署的{count}条账目需要"
            f"重新确认{f'（第{listed}条）' if count <= 10 and count else ''}。",
            f"The key {self.record[-12:]} was revoked at entry {self.revoked_at}, doubtful from {self.doubtful_from}:"
            f" {count} entries it signed need re-confirmation.",
        )


@dataclass(frozen=True, slots=True)
class Replayed:
    """``families`` maps a family's name to how many entries it judges."""

    families: dict[str, int]
    corrections: tuple[int, ...]
    voids: tuple[int, ...]
    doubtful: tuple[Doubtful, ...]

    def to_json(self) -> dict[str, Any]:
        """Stands beside the verdict in ``audit --json``."""
        return {
            "rules": self.families,
            "corrections": list(self.corrections),
            "voids": list(self.voids),
            "doubtful": [each.to_json() for each in self.doubtful],
        }


def replayed(entries: Iterable[Glimpse]) -> Replayed:
    """What the entries, in order, amount to."""
    replaying = Replaying()
    for entry in entries:
        replaying.enter(entry)
    return replaying.result()


class Replaying:
    """Counts entries as they are replayed; ``to_bytes`` and ``of`` carry it from one run to the next."""

    def __init__(self) -> None:
        self._kinds: Counter[str] = Counter()
        self._corrections: list[int] = []
        self._voids: list[int] = []
        self._doubtful = DoubtfulKeys()

    def enter(self, entry: Glimpse) -> None:
        """The next entry that can be read."""
        self._kinds[entry.kind] += 1
        if issubclass(entry.event_class, Corrected | Voided):
            (self._corrections if issubclass(entry.event_class, Corrected) else self._voids).append(entry.index)
        self._doubtful.enter(entry)

    def result(self) -> Replayed:
        """What they amount to so far."""
        families = {
            module.__name__.rpartition(".")[2]: sum(
                count for kind, count in self._kinds.items() if not of or kind in of
            )
            for module, (_, of) in FAMILIES.items()
        }
        return Replayed(families, tuple(self._corrections), tuple(self._voids), tuple(self._doubtful.found))

    def to_bytes(self) -> bytes:
        """All of it, as data."""
        keys = self._doubtful
        signed = {holder: indices.tolist() for holder, indices in keys.signed.items()}
        return msgspec.msgpack.encode(
            Counted(dict(self._kinds), self._corrections, self._voids, keys.found, signed, keys.holders)
        )

    @classmethod
    def of(cls, data: bytes) -> Self:
        """What ``to_bytes`` made. Raises msgspec.DecodeError."""
        counted, found = msgspec.msgpack.decode(data, type=Counted), cls()
        found._kinds.update(counted.kinds)
        found._corrections, found._voids = counted.corrections, counted.voids
        found._doubtful = DoubtfulKeys(counted)
        return found


class Counted(msgspec.Struct, frozen=True):
    """The form in which Replaying is kept."""

    kinds: dict[str, int]
    corrections: list[int]
    voids: list[int]
    doubtful: list[Doubtful]
    signed: dict[str, list[int]]
    holders: dict[str, str]


class DoubtfulKeys:
    """Follows who signed with which key; ``found`` grows with each key that is revoked as doubtful from an entry on.

    ``signed`` are entry indices by key record, ``holders`` key records by key id.
    """

    def __init__(self, counted: Counted | None = None) -> None:
        self.found: list[Doubtful] = [] if counted is None else counted.doubtful
        self.signed = {} if counted is None else {key: array("q", indices) for key, indices in counted.signed.items()}
        self.holders: dict[str, str] = {} if counted is None else counted.holders

    def enter(self, entry: Glimpse) -> None:
        """The next entry."""
        for keyid in entry.keyids:
            if (holder := self.holders.get(keyid)) is not None:
                self.signed[holder].append(entry.index)
        if issubclass(entry.event_class, KeyEnrolled | KeyReplaced):
            self._enrol(entry)
        elif issubclass(entry.event_class, KeyRevoked) and isinstance(entry.data.get("doubtful_from"), int):
            start = entry.data["doubtful_from"]
            signed = self.signed.get(entry.record, ())
            entries = tuple(index for index in signed if start <= index < entry.index)
            self.found.append(Doubtful(entry.record, start, entry.index, entries))

    def _enrol(self, entry: Glimpse) -> None:
        try:
            keyid = key_id(decode_base64(entry.data["public_key"]))
        except (LedgerError, KeyError):
            return
        self.signed.setdefault(entry.record, array("q"))
        self.holders[keyid] = entry.record
