"""The published log files, read as anybody else reads them: checkpoint, vkey, tiles, entries, proofs.

The publisher may be at work: it replaces a partial tile by a wider one or by the full one and only then removes the
old one, so a file that is gone is found again under another name.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path

from ledger.errors import LedgerError, NotFoundError, ProofError
from ledger.signing.notes import verifier_from_vkey
from ledger.tlog.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from ledger.tlog.merkle import HASH_SIZE, prove_inclusion, tree_root
from ledger.tlog.note import ED25519, format_vkey, open_note, parse_note, parse_vkey
from ledger.tlog.proof import TlogProof, format_proof
from ledger.tlog.tile import TILE_WIDTH, Tile, TileHashReader, parse_bundle, truncate_bundle
from public_site.followed import Followed, FollowedFile
from public_site.witnesses import MINUTE, WitnessFiles, WitnessState, witness_state

ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Head:
    """The published checkpoint: the note's bytes and what it claims."""

    note: bytes
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class Rotations:
    """The entries below ``tree_size`` that put a new log key in force, by index, oldest first."""

    indices: tuple[int, ...]
    tree_size: int


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint and the log key that signed it. ``named_at``: the entry that names the key, None if not yet read."""

    checkpoint: Checkpoint
    vkey: str
    named_at: int | None


class PublishedLog:
    """A folder in the layout of C2SP tlog-tiles, with ``vkey`` beside the checkpoint; ``witnesses`` lie elsewhere.

    ``followed`` only of a mirror.
    """

    def __init__(
        self, directory: Path, witnesses: WitnessFiles | None = None, followed: FollowedFile | None = None
    ) -> None:
        self.directory = directory
        self._witness_files = witnesses
        self._followed = followed

    def followed(self) -> Followed | None:
        """How a mirror follows its source; None of a log that is no mirror's."""
        return None if self._followed is None else self._followed.read()

    def witnesses(self) -> WitnessState:
        """Who has cosigned the current checkpoint."""
        try:
            return witness_state(self._witness_files, self.file("checkpoint"))
        except NotFoundError:
            return witness_state(self._witness_files, None)

    def version(self) -> Hashable:
        """Moves when checkpoint, keys or what witnesses say do, and with each minute where their age is shown.

        Raises OSError while nothing is published.
        """
        files = [self.directory / "checkpoint", self.directory / "vkey"]
        minute = 0
        if self._witness_files is not None:
            folder, policy = self._witness_files.folder, self._witness_files.policy
            minute = 0 if policy is None else int(self._witness_files.clock() // MINUTE)
            about = (policy, folder / "alarm", folder / "quorum")
            files += [path for path in about if path is not None and path.exists()]
        if self._followed is not None:
            minute = int(self._followed.clock() // MINUTE)
        return minute, *((found.st_ino, found.st_mtime_ns, found.st_size) for found in map(Path.stat, files))

    def file(self, name: str) -> bytes:
        """``checkpoint`` or ``vkey``. Raises NotFoundError while there is none."""
        try:
            return (self.directory / name).read_bytes()
        except FileNotFoundError:
            raise _missing(name) from None

    def head(self) -> Head:
        """The current checkpoint, its signature not yet checked. Raises NotFoundError, MalformedError."""
        note = self.file("checkpoint")
        return Head(note, parse_checkpoint(parse_note(note).text))

    def signed(self, head: Head, rotations: Rotations) -> Signed:
        """The head if the log key in force at its size signed it, as ``vkey`` lists them. Raises ProofError."""
        size = head.checkpoint.tree_size
        oldest = sum(index < size for index in rotations.indices)
        # Beyond what the pages have read there may be a rotation that they haven't read either.
        past = oldest + 1 if size <= rotations.tree_size else None
        verifiers = [verifier_from_vkey(vkey) for vkey in self._vkeys()[oldest:past]]
        if not verifiers:
            raise ProofError("公布的账本公钥里没有现用的那一把。", "The published vkey lacks the key in force.")
        checkpoint = open_checkpoint(head.note, origin=verifiers[0].name, verifiers=verifiers)
        key_id = open_note(head.note, verifiers).signatures[0].key_id
        place = next(place for place, verifier in enumerate(verifiers) if verifier.key_id == key_id)
        named_at = None if place else (0, *rotations.indices)[oldest]
        return Signed(checkpoint, format_vkey(verifiers[place].verifier_key), named_at)

    def _vkeys(self) -> list[str]:
        """The Ed25519 keys, entry 0's first; the file has it last, and after it keys of ML-DSA-44."""
        listed = self.file("vkey").decode().splitlines()
        return [vkey for vkey in reversed(listed) if parse_vkey(vkey).algorithm == ED25519]

    def tile(self, tile: Tile) -> bytes:
        """Exactly that tile, cut from a wider file where its own is gone. Raises NotFoundError."""
        for _ in range(ATTEMPTS):
            for path, width in self._candidates(tile):
                try:
                    data = path.read_bytes()
                except FileNotFoundError:
                    continue
                return data if width == tile.width else _cut(data, tile)
        raise _missing(tile.path)

    def entry(self, index: int, size: int) -> bytes:
        """The bytes of entry ``index`` of a log of ``size``. Raises NotFoundError, MalformedError."""
        if not 0 <= index < size:
            raise NotFoundError(f"账本里没有第{index:,}条。", f"The ledger has no entry {index:,}.")
        number, slot = divmod(index, TILE_WIDTH)
        width = min(TILE_WIDTH, size - number * TILE_WIDTH)
        return parse_bundle(self.tile(Tile(Tile.ENTRIES, number, width)), width=width)[slot]

    def newest_entry(self, index: int) -> bytes:
        """The bytes of an entry that the current checkpoint covers. Raises LedgerError."""
        return self.entry(index, self.head().checkpoint.tree_size)

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The inclusion proof of entry ``index`` in the tree of ``size``, from the tiles. Raises ProofError."""
        return prove_inclusion(index, size, TileHashReader(self.tile, size))

    def root(self, size: int) -> bytes:
        """The root of the tree of ``size``, from the tiles. Raises ProofError, NotFoundError."""
        return tree_root(size, TileHashReader(self.tile, size))

    def proof(self, index: int) -> bytes:
        """The ``.tlog-proof`` of an entry against the current checkpoint, the entry in its extra line."""
        head = self.head()
        size = head.checkpoint.tree_size
        entry = self.entry(index, size)
        return format_proof(TlogProof(index, tuple(self.inclusion(index, size)), head.note, entry))

    def _candidates(self, tile: Tile) -> list[tuple[Path, int]]:
        exact = self.directory / tile.path
        full = self.directory / Tile(tile.level, tile.index, TILE_WIDTH).path
        partials = full.with_name(f"{full.name}.p")
        widths = sorted(int(path.name) for path in partials.glob("*") if path.name.isdecimal())
        wider = [(partials / str(width), width) for width in widths if width > tile.width]
        return [(exact, tile.width), *wider, (full, TILE_WIDTH)]


def _cut(data: bytes, tile: Tile) -> bytes:
    if tile.level == Tile.ENTRIES:
        return truncate_bundle(data, tile.width)
    return data[: tile.width * HASH_SIZE]


def _missing(name: str) -> LedgerError:
    return NotFoundError(f"公布的文件里没有{name[:80]}。", f"There is no published file {name[:80]}.")
