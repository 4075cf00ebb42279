"""What the proof of an entry shows that lies in an export: against the checkpoint in that proof, and so for ever.

A proof is made once. Ledgers grow, and so do exports, but what a proof showed it goes on showing, and the page that
says so need not be made again.
"""

from functools import lru_cache

from ledger.errors import LedgerError, ProofError
from ledger.signing.quorum import witnessing_of
from ledger.tlog.checkpoint import parse_checkpoint
from ledger.tlog.merkle import check_inclusion, leaf_hash
from ledger.tlog.note import parse_note
from public_site.published_log import Head, PublishedLog, Rotations
from public_site.verification import UNREAD, Step, cosigned, run, signed_head
from public_site.witnesses import Seen

WITNESSED = "有人见证"
NOBODY = "签章里还没有规定家数的见证机构联署，这一项未检查；见证到了哪一条，见“自己核对”页。"


class ProvenChecks:
    """The last three checks of an entry's page; the log must not grow meanwhile."""

    def __init__(self, log: PublishedLog, rotations: Rotations) -> None:
        self._log = log
        self._rotations = rotations
        self._policy = log.witnesses().policy
        self._head = lru_cache(maxsize=64)(self._read_head)
        self._signed = lru_cache(maxsize=64)(self._check_head)

    def steps(self, index: int, note: bytes, alarm: str) -> list[Step]:
        """Of one entry, in order. ``note`` is the checkpoint of its proof; ``alarm`` as ``Proofs`` has it."""
        try:
            head, entry = self._head(note), self._log.newest_entry(index)
        except LedgerError as error:
            return [Step("unknown", UNREAD, f"导出里读不到这一条的证明：{error.zh}", "")]
        return [
            run(index, "确实收在账本里", lambda: self._included(head, index, entry)),
            run(index, "账本签过章", lambda: self._signed(head)),
            run(index, WITNESSED, lambda: self._witnessed(head, alarm)),
        ]

    def _read_head(self, note: bytes) -> Head:
        return Head(note, parse_checkpoint(parse_note(note).text))

    def _check_head(self, head: Head) -> Step:
        """That the log key signed it, and that the ledger of today goes on from there."""
        if self._log.root(head.checkpoint.tree_size) != head.checkpoint.root_hash:
            raise ProofError("现在的账目推算不出当时的总指纹。", "The entries do not lead to the root of then.")
        return signed_head(self._log, head, self._rotations)

    def _included(self, head: Head, index: int, entry: bytes) -> Step:
        size, root, leaf = head.checkpoint.tree_size, head.checkpoint.root_hash, leaf_hash(entry)
        hashes = self._log.inclusion(index, size)
        check_inclusion(index, size, leaf=leaf, proof=hashes, root=root)
        of = f"第0条至第{size - 1:,}条的总指纹，与账本签章里的相同"
        sentence = f"用{len(hashes)}个中间指纹，可以从本条一步步算出{of}。"
        if not hashes:
            sentence = "账本只有这一条时，它的指纹就是总指纹，与账本签章里的相同。"
        steps_up = [(f"中间指纹{place}", item.hex()) for place, item in enumerate(hashes, 1)]
        details = (("本条的指纹", leaf.hex()), *steps_up, ("总指纹", root.hex()))
        return Step("ok", "确实收在账本里", sentence, "看收录证明", details)

    def _witnessed(self, head: Head, alarm: str) -> Step:
        if alarm:
            return Step("bad", WITNESSED, alarm, "")
        if self._policy is None or self._policy.least == 0:
            return Step("unknown", WITNESSED, NOBODY, "")
        found = witnessing_of(head.note, self._policy)
        if not found.is_met:
            return Step("unknown", WITNESSED, NOBODY, "")
        return cosigned(Seen(head.note, head.checkpoint, found))
