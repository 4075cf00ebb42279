"""Does what a site shows now continue what was kept? One head may only be followed by a longer log that contains it.

A checkpoint that the log's own key signed and that no proof links to the kept one convicts the log by itself: both
notes are kept as evidence, and anybody can check them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ledger.audit.fetching import UnreachableError
from ledger.audit.identity import Identity, identity_of
from ledger.audit.published import VKEY, PublishedSite
from ledger.errors import LedgerError, MalformedError, ProofError
from ledger.signing.notes import Ed25519NoteVerifier, verifier_from_vkey
from ledger.tlog.base64 import encode_base64
from ledger.tlog.checkpoint import Checkpoint, parse_checkpoint
from ledger.tlog.merkle import HashReader, check_consistency, prove_consistency, tree_root
from ledger.tlog.note import parse_note
from ledger.tlog.tile import TILE_WIDTH, Tile, TileHashReader
from yangguang.monitor.signals import RED, Signal
from yangguang.monitor.state import StateFolder

MAX_LISTED = 100


@dataclass(frozen=True, slots=True)
class KeptLog:
    """The copy of the log as last found good: its folder, checkpoint and keys."""

    folder: Path
    note: bytes
    checkpoint: Checkpoint
    identity: Identity

    @property
    def reader(self) -> HashReader:
        """The hashes of the copy."""
        return TileHashReader(self.read_tile, self.checkpoint.tree_size)

    def read_tile(self, tile: Tile) -> bytes:
        """A tile of the copy. Raises LedgerError if it is gone: then it is the copy that is damaged."""
        try:
            return (self.folder / tile.path).read_bytes()
        except OSError:
            raise damaged(self.folder) from None


def open_kept(state: StateFolder, log_keys: Sequence[tuple[int, str]]) -> KeptLog:
    """The copy in a state folder. Raises LedgerError if it is damaged, for then it proves nothing against anybody."""
    try:
        note, checkpoint = state.checkpoint()
        first = (state.log / Tile(Tile.ENTRIES, 0, min(TILE_WIDTH, checkpoint.tree_size)).path).read_bytes()
        identity = identity_of(first[2 : 2 + int.from_bytes(first[:2], "big")]).rotated(log_keys)
        identity.open_note(note, strict=True)
        kept = KeptLog(state.log, note, checkpoint, identity)
        sound = tree_root(checkpoint.tree_size, kept.reader) == checkpoint.root_hash
    except (OSError, LedgerError):
        raise damaged(state.log) from None
    if not sound:
        raise damaged(state.log)
    return kept


def damaged(folder: Path) -> LedgerError:
    """The state folder cannot be relied on, so a round says nothing about the site."""
    return LedgerError(
        f"保存的账本副本{folder}已损坏，不能用来指证网站。请用备份恢复状态文件夹。",
        f"The kept copy {folder} is damaged, so it proves nothing against the site. Restore the state folder from a"
        " backup.",
    )


def parse_seen(note: bytes) -> Checkpoint:
    """The checkpoint that a site answers with. Raises UnreachableError where it is none: a page of a proxy, perhaps."""
    try:
        return parse_checkpoint(parse_note(note).text)
    except (MalformedError, ProofError) as error:
        raise UnreachableError(
            f"网站答的不是签章：{error.zh}", f"What the site answers is no checkpoint: {error.en}"
        ) from None


def compare(kept: KeptLog, note: bytes, site: PublishedSite) -> Signal | None:
    """What contradicts the kept log, or None. Raises UnreachableError."""
    seen = parse_seen(note)
    if seen.origin != kept.checkpoint.origin:
        return _alarm(
            "wrong-origin",
            f"网站现在公布的是另一本账“{seen.origin}”，不是“{kept.checkpoint.origin}”。",
            f"The site now publishes another log, {seen.origin!r} and not {kept.checkpoint.origin!r}.",
        )
    unsigned = _unsigned(kept, note, seen, site)
    if seen.tree_size <= kept.checkpoint.tree_size:
        return unsigned or _compare_earlier(kept, seen)
    found = _compare_later(kept, seen, site)
    # A key that nobody has heard of may be one that the new entries put in force: to verify them will tell. But what
    # no known key signed convicts nobody of two histories.
    return found and (unsigned or found)


def _unsigned(kept: KeptLog, note: bytes, seen: Checkpoint, site: PublishedSite) -> Signal | None:
    """An alarm where no key of the log, as far as it is known, signed the note."""
    try:
        kept.identity.open_claim(note, _known_keys(kept, site))
        if seen.tree_size <= kept.checkpoint.tree_size:
            kept.identity.open_note(note, strict=False)
    except UnreachableError:
        raise
    except LedgerError as error:
        return _alarm(
            "broken-signature",
            f"网站的签章不是这本账的密钥签的，或者签后被改动过：{error.zh}",
            f"The site's checkpoint is not signed by the log's key, or was changed since: {error.en}",
        )
    return None


def _compare_earlier(kept: KeptLog, seen: Checkpoint) -> Signal | None:
    mine, size = kept.checkpoint.tree_size, seen.tree_size
    same = tree_root(size, kept.reader) == seen.root_hash
    if size == mine:
        return None if same else _two_histories(f"同样是{size}条", f"both of {size} entries")
    if not same:
        return _two_histories(f"一份{mine}条，一份{size}条", f"one of {mine} entries and one of {size}")
    return _alarm(
        "rolled-back",
        f"账本变短了：您见过{mine}条，网站现在只公布前{size}条，第{size}条及以后的都不见了。可能是恢复了旧的备份，"
        "或给您看的是旧的一份。",
        f"The log shrank: you have seen {mine} entries, and the site now publishes the first {size}. It was restored"
        " from an old backup, or you are shown an old view.",
    )


def _compare_later(kept: KeptLog, seen: Checkpoint, site: PublishedSite) -> Signal | None:
    """What the site's own tiles, proved to lead to its own checkpoint, say of the size that was kept."""
    old, new = kept.checkpoint, seen
    reader = TileHashReader(site.read_tile, new.tree_size)
    try:
        theirs = tree_root(old.tree_size, reader)
        proof = prove_consistency(old.tree_size, new.tree_size, reader)
        check_consistency(old.tree_size, new.tree_size, old_root=theirs, new_root=new.root_hash, proof=proof)
    except UnreachableError:
        raise
    except LedgerError as error:
        return _alarm(
            "no-proof",
            f"网站给不出新签章（{new.tree_size}条）接着旧签章（{old.tree_size}条）的证明：{error.zh}",
            f"The site does not give the proof that its checkpoint of {new.tree_size} entries continues yours of"
            f" {old.tree_size}: {error.en}",
        )
    if theirs == old.root_hash:
        return None
    return _two_histories(
        f"一份{old.tree_size}条，一份{new.tree_size}条，后一份的前{old.tree_size}条另是一样",
        f"one of {old.tree_size} entries and one of {new.tree_size} that begins otherwise",
        _proof_text(old, theirs, new, proof),
    )


def _proof_text(old: Checkpoint, theirs: bytes, new: Checkpoint, proof: Sequence[bytes]) -> bytes:
    """Why the two contradict each other: size, the other root at that size, new size, and the RFC 6962 proof of it."""
    lines = [str(old.tree_size), encode_base64(theirs), str(new.tree_size), *map(encode_base64, proof)]
    return "".join(f"{line}\n" for line in lines).encode()


def _known_keys(kept: KeptLog, site: PublishedSite) -> list[Ed25519NoteVerifier]:
    """The log's keys so far, and those that the site lists: a rotation among the new entries is verified with them."""
    known = [rotation.verifier for rotation in kept.identity.rotations]
    try:
        listed = site.read(VKEY).splitlines()[:MAX_LISTED]
    except UnreachableError:
        raise
    except LedgerError:
        return known
    for line in listed:
        try:
            verifier = verifier_from_vkey(line.decode())
        except (LedgerError, ValueError):
            continue
        if verifier not in (*known, *kept.identity.verifiers):
            known.append(verifier)
    return known


def _two_histories(zh: str, en: str, proof: bytes = b"") -> Signal:
    return Signal(
        RED,
        "two-histories",
        f"同一本账签出了两份互相矛盾的签章（{zh}）：历史被改写了，或给不同的人看不同的账。两份都已留作证据。",
        f"The log signed two checkpoints that contradict each other ({en}): history was rewritten, or different people"
        " are shown different ledgers. Both are kept as evidence.",
        proof=proof,
    )


def _alarm(code: str, zh: str, en: str) -> Signal:
    return Signal(RED, code, zh, en)
