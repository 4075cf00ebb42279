"""What a top ledger pays for each head that enters it: processor time to admit and to audit, bytes of an entry.

Each region's tree has as many entries as a country of a billion leaves it, and grows by what an hour adds; proofs are
made by the ledger's own code. Time is this process's own, so that neighbours on the machine count little.
"""

import os
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.ledgers import ADMIN, ORIGIN, POLICY, publish
from ledger.application import Ledger
from ledger.audit.source import open_source
from ledger.audit.verify import Options, verify
from ledger.clock import system_clock
from ledger.domain.catalogue import event_class
from ledger.domain.drafting import Standpoint, draft
from ledger.domain.record import Record
from ledger.errors import LedgerError
from ledger.founding import AdminKey, Founding, found, new_identifier
from ledger.opening import Submission
from ledger.signing.envelope import sign_envelope
from ledger.signing.keys import PrivateKey
from ledger.signing.notes import Ed25519NoteSigner
from ledger.tlog.base64 import encode_base64
from ledger.tlog.checkpoint import Checkpoint, format_checkpoint
from ledger.tlog.merkle import HashReader, prove_consistency, tree_root
from ledger.tlog.note import format_vkey, sign_note


@dataclass(frozen=True, slots=True)
class HeadCost:
    """Of one head, with ``heads`` of ``regions`` regions entered: times in µs of one core, bytes of the entry."""

    regions: int
    heads: int
    admit_us: float
    audit_us: float
    entry_bytes: float


class _Top:
    """A top ledger whose one admin registers regions and enters their heads."""

    def __init__(self, directory: Path) -> None:
        admins = [AdminKey(ADMIN, ("govern", "register", "plan"))]
        founding = Founding(ORIGIN, admins, POLICY, True, date(2026, 1, 5), None)
        directory.mkdir(parents=True)
        self.ledger: Ledger = found(
            directory, founding, log_key=PrivateKey.generate(), clock=system_clock, random=os.urandom
        )

    def signed(self, event_type: str, data: dict[str, Any]) -> tuple[str, Submission]:
        """A submission, and the record it opens."""
        head, kind = self.ledger.head(), event_type.partition(".")[0]
        record = Record(kind, new_identifier(int(system_clock().timestamp() * 1000), os.urandom))
        drafted = draft(
            event_class(event_type, 1),
            record,
            Standpoint(ORIGIN, head.size, head.root),
            occurred_on=date(2026, 1, 5),
            data=data,
            random=os.urandom,
        )
        return record.reference, Submission(sign_envelope(drafted.payload, [ADMIN]), drafted.disclosures)

    def admit(self, items: list[Submission]) -> None:
        """All of them. Raises the first refusal."""
        for outcome in self.ledger.admit(items):
            if isinstance(outcome, LedgerError):
                raise outcome


def head_cost(directory: Path, tree: HashReader, *, regions: int, size: int, hours: int) -> HeadCost:
    """Enters ``hours`` heads of each region, whose trees grow from half of ``size`` by what an hour of a year adds."""
    top = _Top(directory)
    signers = [Ed25519NoteSigner(f"ledger.example/region-{place}", PrivateKey.generate()) for place in range(regions)]
    office, submission = top.signed(
        "organisation.registered", {"name": "示例办公室", "organisation_kind": "authority", "roles": ["guide"]}
    )
    top.admit([submission])
    named = [top.signed("region.registered", _region(signer, office)) for signer in signers]
    top.admit([item for _, item in named])
    spent, step, before = 0.0, max(1, size // (365 * 24)), top.ledger.head().size
    for hour in range(hours):
        old, new = (size // 2 + step * each for each in (hour - 1, hour))
        data = [
            _head(signer, region, tree, (old if hour else 0, new)) for signer, (region, _) in _pairs(signers, named)
        ]
        items = [top.signed("head.entered", each)[1] for each in data]
        begun = time.process_time()
        top.admit(items)
        spent += time.process_time() - begun
    publish(top.ledger)
    entries = list(top.ledger.store.entries(before, top.ledger.head().size))
    top.ledger.close()
    begun = time.process_time()
    report = verify(open_source(str(directory / "log")), Options(rules=True))
    audited = time.process_time() - begun
    if report.findings:
        raise RuntimeError(report.findings[0].en)
    count = len(entries)
    return HeadCost(regions, count, 1e6 * spent / count, 1e6 * audited / report.size, sum(map(len, entries)) / count)


def _pairs(signers: list[Ed25519NoteSigner], named: list[tuple[str, Submission]]) -> Any:
    return zip(signers, named, strict=True)


def _region(signer: Ed25519NoteSigner, office: str) -> dict[str, Any]:
    vkeys = [format_vkey(signer.verifier_key)]
    return {"title": "示例地区账本", "origin": signer.name, "vkeys": vkeys, "organisation": office}


def _head(signer: Ed25519NoteSigner, region: str, tree: HashReader, sizes: tuple[int, int]) -> dict[str, Any]:
    old, new = sizes
    root = tree_root(new, tree)
    note = sign_note(format_checkpoint(Checkpoint(signer.name, new, root)), [signer])
    data = {"region": region, "tree_size": new, "root": encode_base64(root), "checkpoint": encode_base64(note)}
    proof = [encode_base64(each) for each in prove_consistency(old, new, tree)] if old else []
    return {**data, "proof": proof} if proof else data
