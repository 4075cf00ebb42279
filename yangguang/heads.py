"""A regional ledger's head on its way into a top ledger: read from one site's files, proved to continue the last."""

from dataclasses import dataclass
from typing import Any

import httpx

from ledger.audit.published import CHECKPOINT, PublishedSite
from ledger.audit.source import open_site
from ledger.errors import LedgerError, NotFoundError, ProofError
from ledger.tlog.base64 import decode_base64, encode_base64
from ledger.tlog.checkpoint import Checkpoint, parse_checkpoint
from ledger.tlog.merkle import check_consistency, prove_consistency
from ledger.tlog.note import Note, format_note, parse_note
from ledger.tlog.tile import TileHashReader

TABLES = ("regions.json", "demonstration-regions.json")
SECONDS = 30


@dataclass(frozen=True, slots=True)
class KnownRegion:
    """A region as a top ledger lists it; what is known of its newest head is None before the first."""

    reference: str
    origin: str
    tree_size: int | None
    root: str | None
    head_index: int | None


def known_region(top: str, origin: str) -> KnownRegion:
    """The region of an origin in the top ledger at a URL. Raises NotFoundError, LedgerError."""
    for row in _listed(top):
        if row["origin"] == origin:
            return KnownRegion(row["region"], origin, row["tree_size"], row["root"], row["head_entry"])
    raise NotFoundError(
        f"{top}还没有登记账本“{origin}”。请先记一条region.registered。",
        f"{top} has not registered {origin!r}. Record region.registered there first.",
    )


def head_of(url: str, top: str) -> dict[str, Any]:
    """The data of ``head.entered`` for the ledger published at ``url``.

    Raises ProofError where what it publishes does not continue the head that the top ledger has; LedgerError where
    there is nothing new, or a site is out of reach.
    """
    site = open_site(url)
    try:
        note = site.read(CHECKPOINT)
        seen = parse_checkpoint(parse_note(note).text)
        region = known_region(top, seen.origin)
        data = {
            "region": region.reference,
            "tree_size": seen.tree_size,
            "root": encode_base64(seen.root_hash),
            "checkpoint": encode_base64(_own_lines(note, seen.origin)),
        }
        return data if region.tree_size is None else {**data, "proof": _proof(site, region, seen)}
    finally:
        site.close()


def _proof(site: PublishedSite, region: KnownRegion, seen: Checkpoint) -> list[str]:
    old_size, old_root = region.tree_size or 0, decode_base64(region.root or "")
    if seen.tree_size == old_size and seen.root_hash == old_root:
        raise LedgerError(
            f"没有新的账目：{old_size:,}条的总指纹已经记入。", f"Nothing is new: the head of {old_size} is entered."
        )
    try:
        proof = prove_consistency(old_size, seen.tree_size, TileHashReader(site.read_tile, seen.tree_size))
        check_consistency(old_size, seen.tree_size, old_root=old_root, new_root=seen.root_hash, proof=proof)
    except LedgerError as error:
        raise ProofError(
            f"“{region.origin}”现在公布的{seen.tree_size:,}条，不是接着上级账本记入的{old_size:,}条往后记的：{error.zh}"
            "请保存两份签章，交给监督机构。",
            f"The {seen.tree_size} entries that {region.origin!r} publishes do not continue the {old_size} entered in"
            f" the top ledger: {error.en} Keep both checkpoints and give them to a supervisor.",
        ) from None
    return [encode_base64(each) for each in proof]


def _own_lines(note: bytes, origin: str) -> bytes:
    """The note with the Ed25519 lines under the log's own name alone: cosignatures and longer lines stay outside."""
    parsed = parse_note(note)
    own = [line for line in parsed.signatures if line.name == origin and len(line.signature) == 64]
    return format_note(Note(parsed.text, tuple(own))) if own else note


def _listed(top: str) -> list[dict[str, Any]]:
    for name in TABLES:
        address = f"{top.rstrip('/')}/data/{name}"
        try:
            answer = httpx.get(address, timeout=SECONDS)
            found = answer.json() if answer.is_success else None
        except (httpx.HTTPError, ValueError):
            found = None
        if isinstance(found, dict) and isinstance(found.get("rows"), list):
            return list(found["rows"])
    raise NotFoundError(f"读不到{top}的地区账本表。", f"Cannot read the table of regional ledgers of {top}.")
