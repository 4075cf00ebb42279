"""What stands in the store beside the entries: nodes, checkpoints, and nothing that no leaf leads to."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, TypeAlias

from ledger.audit import apart
from ledger.audit.evidence import Evidence
from ledger.audit.identity import Identity
from ledger.audit.report import Finding
from ledger.audit.sentences import damaged_store, file_finding
from ledger.audit.stored import StoredLog
from ledger.errors import LedgerError, MalformedError, ProofError
from ledger.settings import Settings
from ledger.tlog.checkpoint import Checkpoint

AT_ONCE = 256
Stored: TypeAlias = tuple[int, Any]
"""A size and what is stored as its checkpoint's note."""
Root: TypeAlias = bytes | None


def check_store(evidence: Evidence, *, processes: int = 1) -> int:
    """Recomputes every node and every checkpoint note; how many checkpoints there were."""
    if evidence.stored is None:
        return 0
    try:
        if (damage := evidence.stored.damage()) is not None:
            evidence.findings.add(damaged_store(evidence.stored.file, damage))
        _check_shape(evidence, evidence.stored)
        _check_nodes(evidence, evidence.stored)
        return _check_checkpoints(evidence, evidence.stored, processes)
    except MalformedError as error:
        evidence.findings.add(damaged_store(evidence.stored.file, error.en))
        return 0


def check_settings(evidence: Evidence, settings: Settings) -> None:
    """``ledger.toml`` names this log, and the highest signed checkpoint is one of its own."""
    identity = evidence.identity
    if identity is None:
        return
    if settings.origin != identity.origin or settings.vkey not in identity.vkeys:
        evidence.findings.add(
            file_finding(
                "wrong-settings",
                "ledger.toml",
                f"ledger.toml写的是账本“{settings.origin}”及其公钥，第0条写的是“{identity.origin}”，两者不符。",
                f"ledger.toml names the log {settings.origin!r} and its key; entry 0 names {identity.origin!r}"
                " or another key.",
            )
        )
    try:
        _check_highest(evidence)
    except LedgerError as error:
        evidence.findings.add(
            file_finding(
                "highest-checkpoint",
                "highest/checkpoint",
                f"最高签章与账本不符，账本可能被换成了旧的备份：{error.zh}",
                f"The highest signed checkpoint does not fit the ledger, which may be an old backup: {error.en}",
            )
        )


def _check_highest(evidence: Evidence) -> None:
    if evidence.highest_note is not None:
        check_note(evidence, evidence.highest_note)
    elif evidence.stored_size > 1:  # only a crash in the very first commit leaves an entry without it
        raise ProofError("没有这个文件。", "There is no such file.")


def check_note(evidence: Evidence, note: bytes, *, strict: bool = True) -> Checkpoint:
    """A note of the log at one of its sizes, with the root recomputed. Raises ProofError and its kin."""
    if evidence.identity is None:
        raise ProofError("第0条读不出来，不知道账本的公钥。", "Entry 0 cannot be read, so the log's key is not known.")
    checkpoint = evidence.identity.open_note(note, strict=strict)
    size = checkpoint.tree_size
    if size > evidence.tree.size:
        raise ProofError(
            f"它签到第{size}条，账本里只有{evidence.tree.size}条。",
            f"It covers {size} entries, and the ledger has {evidence.tree.size}.",
        )
    if evidence.tree.root(size) != checkpoint.root_hash:
        raise ProofError(
            f"它在第{size}条时的总指纹与账本的不同：历史被改写过。",
            f"Its root at size {size} is not the ledger's: history was rewritten.",
        )
    return checkpoint


def _check_shape(evidence: Evidence, stored: StoredLog) -> None:
    for originator, version in stored.stray_events():
        evidence.findings.add(
            file_finding(
                "stray-event",
                stored.file,
                f"库里有一件没有记入账本的事（记录{originator}第{version}次）：它是后来塞进去的，或账目的编号被改动过。",
                f"The store holds an event that no entry leads to (record {originator}, version {version}):"
                " it was put in later, or columns were changed.",
            )
        )
    if stored.surplus() or not stored.is_dense():
        evidence.findings.add(
            file_finding(
                "wrong-shape",
                stored.file,
                "库里的序号不连续，或有不属于任何账目的行：库被改动过。",
                "The store's indices have a gap, or rows belong to no entry: the store was changed.",
            )
        )


def _check_nodes(evidence: Evidence, stored: StoredLog) -> None:
    size = min(evidence.stored_size, evidence.tree.size)
    count = 0
    for level, index, node in stored.nodes(size):
        count += 1
        try:
            good = evidence.tree.read(level, index) == node
        except (ProofError, TypeError):
            good = False
        if not good:
            evidence.findings.add(_wrong_node(stored, f"{level}/{index}"))
    if count != sum(size >> level for level in range(size.bit_length())):
        evidence.findings.add(_wrong_node(stored, "count"))


def _wrong_node(stored: StoredLog, place: str) -> Finding:
    return file_finding(
        "wrong-node",
        stored.file,
        f"库里存的树节点（{place}）与账目推算出的不符：库被改动过。",
        f"A stored node of the tree ({place}) is not what the entries lead to: the store was changed.",
    )


def _check_checkpoints(evidence: Evidence, stored: StoredLog, processes: int) -> int:
    """Those up to a saved size were verified by an earlier run; but for the newest they are not opened again."""
    count, newest, size = 0, 0, evidence.stored_size
    for batch, roots in _opened(evidence, stored.checkpoints(min(evidence.resumed_at, size - 1), size), processes):
        for (newest, note), root in zip(batch, roots, strict=True):
            count += 1
            if root is None or evidence.tree.size < newest or evidence.tree.root(newest) != root:
                _say_what_is_wrong(evidence, stored, newest, note)
    if newest != size:
        evidence.findings.add(
            file_finding(
                "missing-checkpoint",
                stored.file,
                f"库里缺少第{size}条时的签章。",
                f"The store has no checkpoint at its size, {size}.",
            )
        )
    return count


def _opened(evidence: Evidence, notes: Iterator[Stored], processes: int) -> Iterator[tuple[list[Stored], list[Root]]]:
    """The notes in batches, each with its root hash if the log signed it at the size it is stored under, else None."""
    batches = iter(lambda: list(islice(notes, AT_ONCE)), [])
    jobs = ((batch, (evidence.identity, batch)) for batch in batches)
    if processes > 1 and apart.are_worth_it(evidence.stored_size - evidence.resumed_at):
        yield from apart.apart(_open, jobs, processes)
    else:
        yield from ((batch, _open(*arguments)) for batch, arguments in jobs)


def _open(identity: Identity | None, batch: list[Stored]) -> list[Root]:
    return [_root(identity, size, note) for size, note in batch]


def _root(identity: Identity | None, size: int, note: Any) -> Root:
    try:
        checkpoint = identity.open_note(note, strict=True) if identity and isinstance(note, bytes) else None
    except LedgerError:
        return None
    return checkpoint.root_hash if checkpoint is not None and checkpoint.tree_size == size else None


def _say_what_is_wrong(evidence: Evidence, stored: StoredLog, size: int, note: Any) -> None:
    try:
        if not isinstance(note, bytes) or check_note(evidence, note).tree_size != size:
            raise ProofError("大小不符。", "It is stored under another size.")
    except LedgerError as error:
        evidence.findings.add(
            file_finding(
                "stored-checkpoint",
                stored.file,
                f"库里第{size}条时的签章不对：{error.zh}",
                f"The checkpoint stored at size {size} is wrong: {error.en}",
            )
        )
