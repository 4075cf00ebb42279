"""What a source claims before any entry is judged: sizes, checkpoints, identity and the tree that they lead to."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ledger.audit.identity import Identity, identity_of, ml_dsa_keys
from ledger.audit.published import CHECKPOINT, VKEY
from ledger.audit.report import Findings, Remark
from ledger.audit.sentences import damaged_store, file_finding, missing_file, too_many_entries, wrong_file
from ledger.audit.source import Source
from ledger.audit.stored import StoredEntry, StoredLog
from ledger.audit.tree import CompactTree
from ledger.errors import LedgerError, MalformedError, NotFoundError, ProofError, TooLargeError
from ledger.signing.cosignature import CosignatureVerifier
from ledger.signing.notes import Ed25519NoteVerifier, verifier_from_vkey
from ledger.store.choosing import highest_note
from ledger.tlog.checkpoint import Checkpoint, parse_checkpoint
from ledger.tlog.note import parse_note
from ledger.tlog.tile import TILE_WIDTH, Tile

UNREADABLE = (NotFoundError, MalformedError, TooLargeError)
"""What a bad file raises. Other refusals, such as a site out of reach, end the audit without a verdict."""

MAX_CLAIMED = 100
MOST_FROM_A_SITE = 2**24
"""A hostile site can serve the files of a log of any size, all alike, for ever."""


@dataclass(slots=True)
class Evidence:
    """``tree`` holds ``trusted`` leaves that a checkpoint covers; the walk adds the rest.

    ``published`` is the checkpoint of the published files, ``head`` the larger one of it and the store's.
    ``signed`` says that ``published`` carries a signature by a key of entry 0 or of the published ``vkey_file``: a
    claim until the walk has seen every rotation. ``cosigners`` are the witnesses whose lines it may carry.
    Entries before ``resumed_at`` were judged by an earlier run; tiles whole before ``tiles_from`` are not read again.
    """

    source: Source
    findings: Findings
    notes: list[Remark] = field(default_factory=list)
    identity: Identity | None = None
    published: Checkpoint | None = None
    published_note: bytes | None = None
    vkey_file: bytes | None = None
    signed: bool = False
    highest_note: bytes | None = None
    stored: StoredLog | None = None
    stored_size: int = 0
    head: Checkpoint | None = None
    tree: CompactTree = field(default_factory=CompactTree)
    trusted: int = 0
    tiles_read: bool = False
    tiles_from: int = 0
    resumed_at: int = 0
    cosigners: tuple[CosignatureVerifier, ...] = ()

    @property
    def size(self) -> int:
        """How many entries there should be."""
        claimed = self.published.tree_size if self.published and (self.signed or self.stored is None) else 0
        return max(self.stored_size, claimed)

    @property
    def published_size(self) -> int:
        """How many of them the published files should hold."""
        return min(self.published.tree_size, self.size) if self.published else 0

    def published_file(self, path: str) -> str:
        """How a published file is named to the reader."""
        return f"{self.source.published.prefix}{path}"


def gather(source: Source, findings: Findings) -> Evidence:
    """Reads the checkpoints and entry 0 of a source."""
    evidence = Evidence(source, findings, stored=source.stored)
    # In this order a writer at work can only make the store newer than the notes, which is as it should be.
    _read_published_checkpoint(evidence)
    _read_vkey_file(evidence)
    _read_highest(evidence)
    _count_stored(evidence)
    evidence.identity = _with_ml_dsa(evidence, _identity(evidence))
    evidence.signed = _try_note(evidence, evidence.published_note) is not None
    evidence.head = evidence.published
    _open_stored_head(evidence)
    return evidence


def _read_published_checkpoint(evidence: Evidence) -> None:
    file = evidence.published_file(CHECKPOINT)
    try:
        note = evidence.source.published.read(CHECKPOINT)
        published = parse_checkpoint(parse_note(note).text)
        if not evidence.source.published.strict and published.tree_size > MOST_FROM_A_SITE:
            evidence.findings.add(too_many_entries(file, published.tree_size, MOST_FROM_A_SITE))
            return
        evidence.published = published
        evidence.published_note = note
    except NotFoundError:
        evidence.findings.add(missing_file(file))
    except (MalformedError, TooLargeError, ProofError) as error:
        evidence.findings.add(
            file_finding("bad-checkpoint", file, f"签章文件{file}读不出来：{error.zh}", f"{file}: {error.en}")
        )


def _read_vkey_file(evidence: Evidence) -> None:
    # Right after the checkpoint, so that both are of one moment where a publisher is at work.
    if evidence.published is None:
        return
    file = evidence.published_file(VKEY)
    try:
        evidence.vkey_file = evidence.source.published.read(VKEY)
    except NotFoundError:
        if evidence.source.published.strict:
            evidence.findings.add(missing_file(file))
    except UNREADABLE:
        evidence.findings.add(wrong_file(file))


def _read_highest(evidence: Evidence) -> None:
    settings = evidence.source.settings
    if settings is not None:
        evidence.highest_note = highest_note(settings)


def _count_stored(evidence: Evidence) -> None:
    if evidence.stored is None:
        return
    try:
        evidence.stored_size = evidence.stored.count()
    except MalformedError as error:
        evidence.findings.add(damaged_store(evidence.stored.file, error.en))
        evidence.stored = None


def _identity(evidence: Evidence) -> Identity | None:
    """The identity that the checkpoint bears out, or the vkey file, if any copy of entry 0 gives one."""
    found: list[Identity] = []
    for entry in _first_entries(evidence):
        try:
            identity = identity_of(entry)
            found.append(identity)
            if evidence.published_note is not None:
                identity.open_claim(evidence.published_note, ())
        except (LedgerError, ValueError):
            continue
        return identity
    listed = (evidence.vkey_file or b"").splitlines()
    borne_out = (identity for identity in found if {vkey.encode() for vkey in identity.vkeys} <= set(listed))
    return next(borne_out, found[0] if found else None)


def _with_ml_dsa(evidence: Evidence, identity: Identity | None) -> Identity | None:
    if identity is None:
        return None
    settings = evidence.source.settings
    listed = (evidence.vkey_file or b"").decode(errors="replace").splitlines()[:MAX_CLAIMED]
    vkeys = settings.ml_dsa_vkeys if settings is not None else listed
    return replace(identity, ml_dsa=ml_dsa_keys(vkeys, identity.origin))


def _first_entries(evidence: Evidence) -> Iterator[bytes]:
    if evidence.stored is not None and (row := stored_rows(evidence, 0, 1).get(0)) and row.entry is not None:
        yield row.entry
    if evidence.published is None or evidence.published.tree_size == 0:
        return
    width = min(TILE_WIDTH, evidence.published.tree_size)
    try:
        bundle = evidence.source.published.read_tile(Tile(Tile.ENTRIES, 0, width))
    except UNREADABLE:
        return
    yield bundle[2 : 2 + int.from_bytes(bundle[:2], "big")]


def stored_rows(evidence: Evidence, start: int, stop: int) -> dict[int, StoredEntry]:
    """The store's rows, or none with a finding where the file is damaged."""
    if evidence.stored is None:
        return {}
    try:
        return evidence.stored.entries(start, stop)
    except MalformedError as error:
        evidence.findings.add(damaged_store(evidence.stored.file, error.en))
        return {}


def _open_stored_head(evidence: Evidence) -> None:
    stored = evidence.stored
    if stored is None:
        return
    try:
        rows = stored.newest_checkpoints()
    except MalformedError as error:
        evidence.findings.add(damaged_store(stored.file, error.en))
        return
    heads = (_try_note(evidence, note) for _, note in rows)
    newest = next((head for head in heads if head is not None), None)
    if newest is not None:
        evidence.stored_size = max(evidence.stored_size, newest.tree_size)
        if evidence.head is None or not evidence.signed or newest.tree_size > evidence.head.tree_size:
            evidence.head = newest


def _try_note(evidence: Evidence, note: object) -> Checkpoint | None:
    if evidence.identity is None or not isinstance(note, bytes):
        return None
    try:
        return evidence.identity.open_claim(note, _claimed(evidence))
    except LedgerError:
        return None


def _claimed(evidence: Evidence) -> list[Ed25519NoteVerifier]:
    """The keys that ``log/vkey`` lists, on nobody's word but its own."""
    found: dict[bytes, Ed25519NoteVerifier] = {}
    for line in (evidence.vkey_file or b"").splitlines()[:MAX_CLAIMED]:
        try:
            found[line] = verifier_from_vkey(line.decode())
        except (LedgerError, ValueError):
            continue
    return list(found.values())
