"""The highest checkpoint that was ever signed, held against the store: nothing is signed beside or below it."""

from ledger.errors import ReadOnlyError
from ledger.store.highest import Highest, checkpoint_in, raise_to
from ledger.store.log_store import LogStore
from ledger.tlog.merkle import tree_root


class SignedSoFar:
    """Of one open ledger."""

    def __init__(self, highest: Highest, store: LogStore) -> None:
        self._highest = highest
        self._store = store
        self._last: bytes | None = None

    def check(self, size: int) -> ReadOnlyError | None:
        """Why a store of ``size`` entries must not go on; None where the highest checkpoint is of its own history.

        A crash after a commit leaves it one commit behind, which is mended here.
        """
        self._last = self._highest.note()
        highest = None if self._last is None else checkpoint_in(self._last)
        if highest is None and size == 0:
            return None
        if highest is not None and (
            highest.tree_size > size or tree_root(highest.tree_size, self._store) != highest.root_hash
        ):
            return behind(highest.tree_size, size)
        if highest is None or highest.tree_size < size:
            self.advance(self._store.checkpoint(size))
        return None

    def advance(self, note: bytes) -> None:
        """Raises it, durably, after ``check``. Where others sign too, it may be higher by then."""
        if self._store.shared:
            raise_to(self._highest, note)
        else:
            self._highest.advance(self._last, note)
        self._last = note

    def close(self) -> None:
        """Lets go of connections."""
        self._highest.close()


def behind(signed: int, size: int) -> ReadOnlyError:
    """A store that lacks entries which were signed, or has others."""
    return ReadOnlyError(
        f"最高签章在第{signed}条，库里只有{size}条或内容不同；账本只读，不再签章。请从已公布的文件或回执补回缺少的账目。",
        f"The highest signed checkpoint covers {signed} entries, but the store has {size} or others;"
        " the ledger is read-only. Copy the missing entries back from published files or receipts.",
    )


def in_doubt() -> ReadOnlyError:
    """Something failed from the first write of a commit on, and only reopening tells how far it came."""
    return ReadOnlyError(
        "记账时出错，不知道是否已记入，已停止记账。请重新启动账本，再用同一份内容提交一次。",
        "A commit failed and its outcome is unknown; recording has stopped. Restart the ledger, then submit the same"
        " again.",
    )
