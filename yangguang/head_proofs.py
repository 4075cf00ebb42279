"""Two proofs in one go: a regional ledger's head is in the top ledger, and what it publishes today continues it.

Everything is read from the published files of both; the top ledger's table of regions only says where to look. So
whoever keeps one checkpoint of the top ledger needs nothing else to catch a rewriting of any region.
"""

from dataclasses import dataclass
from pathlib import Path

from ledger.audit.published import CHECKPOINT, VKEY, PublishedSite
from ledger.audit.source import open_site
from ledger.domain.entry import parse_entry
from ledger.domain.head import HeadEntered
from ledger.domain.payload import parse_payload
from ledger.errors import LedgerError, NotFoundError, ProofError
from ledger.signing.notes import Ed25519NoteVerifier, verifier_from_vkey
from ledger.tlog.base64 import decode_base64
from ledger.tlog.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from ledger.tlog.merkle import check_consistency, check_inclusion, leaf_hash, prove_consistency, prove_inclusion
from ledger.tlog.note import parse_note
from ledger.tlog.tile import TILE_WIDTH, Tile, TileHashReader, parse_bundle
from yangguang.heads import known_region

MOST_KEYS = 100


@dataclass(frozen=True, slots=True)
class Held:
    """What was found: the head's entry and size, and the sizes of both ledgers now."""

    origin: str
    entry_index: int
    head_size: int
    top_size: int
    size: int


def check_held(url: str, top: str, *, vkey: str | None = None, since: Path | None = None) -> Held:
    """Follows both proofs. ``vkey`` pins the top ledger's key, ``since`` is an old checkpoint of it.

    Raises ProofError, with the proof that failed named; LedgerError where a site is out of reach or has no such head.
    """
    region_site, top_site = open_site(url), open_site(top)
    try:
        top_keys = _keys(top_site) if vkey is None else [verifier_from_vkey(vkey)]
        above = _signed(top_site.read(CHECKPOINT), top_keys, "上级账本", "top ledger")
        if since is not None:
            _check_since(top_site, above, _signed(since.read_bytes(), top_keys, "保存的签章", "one you kept"))
        origin = parse_checkpoint(parse_note(region_site.read(CHECKPOINT)).text).origin
        index = known_region(top, origin).head_index
        if index is None:
            raise NotFoundError(f"上级账本还没有记入“{origin}”的总指纹。", f"No head of {origin!r} is entered there.")
        entered = _head_in(top_site, index, above)
        size = _check_continues(region_site, origin, entered)
    finally:
        region_site.close()
        top_site.close()
    return Held(origin, index, entered.tree_size, above.tree_size, size)


def _keys(site: PublishedSite) -> list[Ed25519NoteVerifier]:
    """The Ed25519 keys that a log lists, on its own word."""
    found = []
    for line in site.read(VKEY).splitlines()[:MOST_KEYS]:
        try:
            found.append(verifier_from_vkey(line.decode()))
        except (LedgerError, ValueError):
            continue  # a key of another algorithm
    return found


def _signed(note: bytes, keys: list[Ed25519NoteVerifier], zh: str, en: str) -> Checkpoint:
    if not keys:
        raise ProofError(f"{zh}没有列出公钥。", f"The {en} lists no key.")
    try:
        return open_checkpoint(note, origin=keys[0].name, verifiers=keys)
    except LedgerError as error:
        raise ProofError(f"{zh}的签章没有通过：{error.zh}", f"The checkpoint of the {en}: {error.en}") from None


def _check_since(site: PublishedSite, now: Checkpoint, old: Checkpoint) -> None:
    if old.tree_size == now.tree_size and old.root_hash == now.root_hash:
        return
    _check_link(
        site, old, now, ("上级账本现在的账不是接着您保存的签章往后记的", "The top ledger does not continue yours")
    )


def _check_link(site: PublishedSite, old: Checkpoint, now: Checkpoint, said: tuple[str, str]) -> None:
    try:
        proof = prove_consistency(old.tree_size, now.tree_size, TileHashReader(site.read_tile, now.tree_size))
        check_consistency(old.tree_size, now.tree_size, old_root=old.root_hash, new_root=now.root_hash, proof=proof)
    except LedgerError as error:
        raise ProofError(f"{said[0]}：{error.zh}", f"{said[1]}: {error.en}") from None


def _head_in(site: PublishedSite, index: int, above: Checkpoint) -> HeadEntered:
    """The head that an entry holds, its entry proved to be in the top ledger."""
    if index >= above.tree_size:
        raise ProofError(f"上级账本还没有公布第{index:,}条。", f"The top ledger has not published entry {index} yet.")
    number, slot = divmod(index, TILE_WIDTH)
    tile = Tile(Tile.ENTRIES, number, min(TILE_WIDTH, above.tree_size - number * TILE_WIDTH))
    raw = parse_bundle(site.read_tile(tile), width=tile.width)[slot]
    proof = prove_inclusion(index, above.tree_size, TileHashReader(site.read_tile, above.tree_size))
    check_inclusion(index, above.tree_size, leaf=leaf_hash(raw), proof=proof, root=above.root_hash)
    payload = parse_payload(parse_entry(raw).envelope.payload, assigned=False)
    if payload.type != HeadEntered.TYPE:
        raise ProofError(f"第{index:,}条不是一个总指纹。", f"Entry {index} holds no tree head.")
    return HeadEntered.parse(payload.data)


def _check_continues(site: PublishedSite, origin: str, entered: HeadEntered) -> int:
    """The size of what the region publishes now, proved to continue the head."""
    keys = [key for key in _keys(site) if key.name == origin]
    old = _signed(decode_base64(entered.checkpoint), keys, "记入的总指纹", "entered head")
    now = _signed(site.read(CHECKPOINT), keys, "地区账本", "regional ledger")
    if (old.tree_size, old.root_hash) != (now.tree_size, now.root_hash):
        said = (
            "地区账本现在的账不是接着记入的总指纹往后记的",
            "The regional ledger does not continue its entered head",
        )
        _check_link(site, old, now, said)
    return now.tree_size
