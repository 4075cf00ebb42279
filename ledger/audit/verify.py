"""``yangguang verify``: recomputes everything from the bytes alone and says what does not fit.

Every signature under the keys in force at its index, every record's hash chain, the tree, each checkpoint by the log
key in force at its size, every published file; of a ledger directory also the store, row by row. With ``rules`` every
rule of admission is replayed as well, which is what ``yangguang audit`` does.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from ledger.audit.evidence import Evidence, gather
from ledger.audit.files import check_files
from ledger.audit.pins import check_identity, check_receipts, check_since
from ledger.audit.replayed import Replayed
from ledger.audit.report import Counts, Findings, Report
from ledger.audit.resuming import Run
from ledger.audit.saved import SavedState
from ledger.audit.sentences import file_finding
from ledger.audit.source import Source
from ledger.audit.stored_checks import check_settings, check_store
from ledger.audit.trusting import resume, trust_leaves
from ledger.audit.walk import Progress
from ledger.audit.witnessing import ProofsWitnessed, check_policy, cosigners_of
from ledger.tlog.base64 import encode_base64
from ledger.tlog.policy import Policy


@dataclass(frozen=True, slots=True)
class Options:
    """``genesis`` (hex event id of entry 0) or ``vkey`` pin the identity; ``since`` is an old checkpoint's file.

    ``vkey`` may be any log key that entry 0 or an admitted rotation names; an older one than the current gets a note.

    ``policy`` names the logs that may be meant, and the witnesses of whom a quorum must have cosigned the checkpoint.

    ``receipts`` is a folder of ``.json`` and ``.tlog-proof`` files. ``rules`` replays every rule. ``processes``
    share the signatures; more than one needs a caller that may be imported again (``if __name__ == "__main__"``).
    ``state`` is a file of ``ledger.audit.saved``: what it vouches for is not judged again.
    """

    genesis: str | None = None
    vkey: str | None = None
    since: Path | None = None
    receipts: Path | None = None
    policy: Policy | None = None
    rules: bool = False
    processes: int = 1
    state: Path | None = None

    @property
    def is_pinned(self) -> bool:
        """Whether the caller says whose log it should be."""
        named = self.policy is not None and bool(self.policy.logs)
        return named or self.genesis is not None or self.vkey is not None


def no_progress(done: int, total: int) -> None:
    """For callers that show none."""


def verify(source: Source, options: Options = Options(), progress: Progress = no_progress) -> Report:
    """The report on a source. Raises NotFoundError for a missing ``since`` or ``receipts``, and LedgerError where a
    site stops answering or a state file is in use; whatever is wrong with the ledger is in the report.
    """
    return replay(source, options, progress)[0]


def replay(source: Source, options: Options, progress: Progress) -> tuple[Report, Replayed | None]:
    """The same, with what was judged by every rule where ``options.rules`` is set."""
    if options.state is None:
        return _replay(source, options, progress, None)
    state = SavedState(options.state, "rules" if options.rules else "evidence")
    try:
        return _replay(source, options, progress, state)
    finally:
        state.close()


def _replay(
    source: Source, options: Options, progress: Progress, state: SavedState | None
) -> tuple[Report, Replayed | None]:
    findings = Findings()
    evidence = gather(source, findings)
    trust_leaves(evidence, state)
    resume(evidence, state)
    if evidence.size == 0:
        _add_empty(evidence)
    run = Run(evidence, state, rules=options.rules, processes=options.processes)
    walk = run.walk(progress)
    if evidence.identity is not None:
        evidence.identity = evidence.identity.rotated(walk.log_keys)
    evidence.cosigners = cosigners_of(evidence, options.policy)
    counts = Counts(
        entries=walk.entry_count,
        signatures=walk.signature_count,
        files=check_files(evidence),
        checkpoints=check_store(evidence, processes=options.processes),
        receipts=_check_pins(evidence, options),
    )
    run.conclude()
    return _report(evidence, options, counts), walk.replayed


def _check_pins(evidence: Evidence, options: Options) -> int:
    check_identity(evidence, genesis=options.genesis, vkey=options.vkey)
    if evidence.source.settings is not None:
        check_settings(evidence, evidence.source.settings)
    if options.since is not None:
        check_since(evidence, options.since)
    proofs = None
    if options.policy is not None:
        witnessed = check_policy(evidence, options.policy)
        proofs = ProofsWitnessed(evidence, options.policy, witnessed=witnessed)
    return check_receipts(evidence, options.receipts, proofs) if options.receipts is not None else 0


def _add_empty(evidence: Evidence) -> None:
    file = evidence.published_file("checkpoint")
    evidence.findings.add(
        file_finding("empty-log", file, "账本里没有账目，无可核对。", "The ledger has no entries to verify.")
    )


def _report(evidence: Evidence, options: Options, counts: Counts) -> Report:
    head, identity = evidence.head, evidence.identity
    findings = tuple(evidence.findings.ordered())
    return Report(
        verdict="finding" if findings else "good",
        pinned=options.is_pinned,
        origin=identity.origin if identity else head.origin if head else "",
        size=head.tree_size if head else evidence.size,
        root=encode_base64(head.root_hash) if head else "",
        findings=findings,
        notes=tuple(evidence.notes),
        counts=replace(counts, findings=evidence.findings.count),
        resumed_at=None if options.state is None else evidence.resumed_at,
    )
