"""Which checkpoints the log signed, asked of a store: the key of entry 0 and every rotation after it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ledger.audit.identity import Identity, identity_of
from ledger.backup.refusal import BackupError
from ledger.domain.ledger import LedgerLogKeyRotated
from ledger.errors import LedgerError
from ledger.store.log_reader import LogReader
from ledger.store.mapper import Admitted, admitted_from
from ledger.tlog.checkpoint import Checkpoint
from ledger.tlog.merkle import tree_root


@dataclass(frozen=True, slots=True)
class Kept:
    """A checkpoint note that somebody kept, and what to call it."""

    zh: str
    en: str
    note: bytes


def read_kept(path: Path, zh: str, en: str) -> Kept:
    """A checkpoint file. Raises BackupError if there is none."""
    try:
        return Kept(f"{zh}{path.name}", f"{en} {path.name}", path.read_bytes())
    except OSError as error:
        raise BackupError(f"读不了{path}：{error.strerror}。", f"Cannot read {path}: {error.strerror}.") from None


def identity_in(store: LogReader) -> Identity:
    """Whose log a store holds. Raises NotFoundError, MalformedError."""
    first = store.leaf_at(0)
    identity = identity_of(next(store.entries(0, 1)))
    leaves = store.leaves_of(first.originator_id)
    entries = ((leaf.entry_index, next(store.entries(leaf.entry_index, leaf.entry_index + 1))) for leaf in leaves)
    found = (rotation(index, admitted_from(entry)) for index, entry in entries)
    return identity.rotated([item for item in found if item is not None])


def rotation(entry_index: int, admitted: Admitted) -> tuple[int, str] | None:
    """``(entry index, vkey)`` where an entry puts another log key in force."""
    event = admitted.past.event
    return (entry_index, event.log_vkey) if isinstance(event, LedgerLogKeyRotated) else None


def newest_beyond(store: LogReader, identity: Identity, kept: Iterable[Kept]) -> tuple[Checkpoint, bytes] | None:
    """The highest of some kept checkpoints, if it covers more than the store holds.

    Raises BackupError for one that the log did not sign, as far as its keys are known, or of another history.
    """
    size = store.size()
    beyond: tuple[Checkpoint, bytes] | None = None
    for item in kept:
        checkpoint = open_kept(identity, item)
        if checkpoint.tree_size > max(size, beyond[0].tree_size if beyond else 0):
            beyond = checkpoint, identity.own_note(item.note)
        elif checkpoint.tree_size <= size:
            check_history(store, checkpoint, item)
    return beyond


def open_kept(identity: Identity, item: Kept) -> Checkpoint:
    """What a kept note says. Raises BackupError if no key of the log that is known here signed it."""
    try:
        return identity.open_note(item.note, strict=False)
    except LedgerError as error:
        raise BackupError(
            f"{item.zh}不是这本账签的，或签它的密钥在备份之后才换上：{error.zh}",
            f"{item.en} was not signed by this ledger, or by a key put in force after the backup: {error.en}",
        ) from None


def check_history(store: LogReader, checkpoint: Checkpoint, item: Kept) -> None:
    """The store held the same entries at that size. Raises BackupError."""
    if tree_root(checkpoint.tree_size, store) != checkpoint.root_hash:
        raise BackupError(
            f"{item.zh}在第{checkpoint.tree_size:,}条时与备份的历史不同：其中一份被改写过，或账本分了叉。",
            f"{item.en} is of another history than the backup at size {checkpoint.tree_size}: one of them was"
            " rewritten, or the log forked.",
        )
