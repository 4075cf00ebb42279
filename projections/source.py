"""Where entries come from: anything with a head and entries, and a published log folder as one of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from ledger.errors import LedgerError, ProofError
from ledger.tlog.checkpoint import Checkpoint, parse_checkpoint
from ledger.tlog.note import parse_note
from ledger.tlog.tile import TILE_WIDTH, Tile, parse_bundle, truncate_bundle

ATTEMPTS = 5


class EntrySource(Protocol):
    """A log to follow. ``root`` is that of ``size`` entries, unless the log grew between the two calls."""

    def size(self) -> int:
        """The number of entries."""

    def root(self) -> bytes:
        """The 32-byte root hash."""

    def read(self, start: int, stop: int) -> Sequence[bytes]:
        """Entries ``[start, stop)``, in order. ``stop`` is at most a size that was seen."""


class LogFolderSource:
    """A published folder (C2SP tlog-tiles): ``checkpoint`` and ``tile/entries/…``, read without verifying.

    The publisher may be at work: it replaces a partial bundle by a wider one or by the full tile, and only then
    removes the old one, so a bundle that is gone is found again under another name.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def size(self) -> int:
        """The checkpoint's tree size; 0 while nothing is published. Raises MalformedError."""
        checkpoint = self._checkpoint()
        return 0 if checkpoint is None else checkpoint.tree_size

    def root(self) -> bytes:
        """The checkpoint's root hash. Raises ProofError while nothing is published, MalformedError."""
        checkpoint = self._checkpoint()
        if checkpoint is None:
            raise ProofError("账本还没有公开任何内容。", "The log has not published anything yet.", "checkpoint")
        return checkpoint.root_hash

    def read(self, start: int, stop: int) -> list[bytes]:
        """Entries ``[start, stop)``. Raises ProofError for a bundle that is not there, MalformedError."""
        entries: list[bytes] = []
        for number in range(start // TILE_WIDTH, -(-stop // TILE_WIDTH)):
            first = number * TILE_WIDTH
            bundle = self._bundle(number, min(TILE_WIDTH, stop - first))
            entries += bundle[max(0, start - first) :]
        return entries

    def _checkpoint(self) -> Checkpoint | None:
        try:
            data = (self.directory / "checkpoint").read_bytes()
        except FileNotFoundError:
            return None
        return parse_checkpoint(parse_note(data).text)

    def _bundle(self, number: int, width: int) -> list[bytes]:
        """The first ``width`` entries of a bundle, from whichever file holds at least as many."""
        for _ in range(ATTEMPTS):
            for path in self._candidates(number, width):
                try:
                    data = path.read_bytes()
                except FileNotFoundError:
                    continue
                return parse_bundle(truncate_bundle(data, width), width=width)
        raise _missing(number, width)

    def _candidates(self, number: int, width: int) -> list[Path]:
        full = self.directory / Tile(Tile.ENTRIES, number, TILE_WIDTH).path
        partials = full.with_name(f"{full.name}.p")
        widths = sorted(int(path.name) for path in partials.glob("*") if path.name.isdecimal())
        return [full, *(partials / str(found) for found in widths if found >= width)]


def _missing(number: int, width: int) -> LedgerError:
    path = Tile(Tile.ENTRIES, number, width).path
    return ProofError(
        f"检查点写到的账目不在公开的文件里：找不到{path}。",
        f"The published files lack entries that the checkpoint covers: {path} is missing.",
        path,
    )
