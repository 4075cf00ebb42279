"""The published files, byte for byte: each must be one that the entries lead to.

Full tiles and bundles, the current checkpoint's partials, ``checkpoint`` and ``vkey``; in an export also proofs.
Files of a moment before or
after the checkpoint, which a publisher at work leaves for an instant, are told apart by deriving them too.
"""

from ledger.audit.evidence import UNREADABLE, Evidence
from ledger.audit.proof_files import ProofFiles
from ledger.audit.published import CHECKPOINT, VKEY
from ledger.audit.report import Remark
from ledger.audit.sentences import file_finding, missing_entry, missing_file, unknown_file, wrong_file
from ledger.errors import LedgerError, NotFoundError
from ledger.tlog.checkpoint import Checkpoint
from ledger.tlog.note import Note, format_note, parse_note
from ledger.tlog.tile import (
    TILE_WIDTH,
    Tile,
    format_bundle,
    new_tiles,
    parse_bundle,
    parse_path,
    tile_bytes,
    tiles_of_size,
)

TEMPORARY = ".tmp"


def check_files(evidence: Evidence) -> int:
    """Compares the published files with what the entries lead to; how many were compared."""
    if evidence.published is None:
        return 0
    _check_checkpoint(evidence)
    _check_vkey(evidence)
    size = evidence.published_size
    # Where the walk broke off nothing leads to the tiles beyond it, and a signature may claim any size.
    expected = tiles_of_size(size if size <= evidence.tree.size else evidence.tree.size // TILE_WIDTH * TILE_WIDTH)
    # Of a site, what was whole at a saved size is not asked for again.
    asked = new_tiles(evidence.tiles_from, size) if evidence.tiles_from else expected
    for tile in asked:
        _check_tile(evidence, tile)
    known = {tile.path for tile in expected} | {CHECKPOINT, VKEY}
    _check_others(evidence, [path for path in evidence.source.published.files if path not in known])
    return len(asked) + 2


def _check_checkpoint(evidence: Evidence) -> None:
    published = evidence.published
    if published is None:
        return
    signed = _signed(evidence)
    if published.tree_size > evidence.tree.size:
        if signed is not None:
            # The walk said so, unless it could not know yet that this key had signed for so many.
            evidence.findings.add(missing_entry(evidence.tree.size))
        return
    file = evidence.published_file(CHECKPOINT)
    if evidence.tree.root(published.tree_size) != published.root_hash:
        evidence.findings.add(
            file_finding(
                "wrong-root",
                file,
                f"由账目推算出的总指纹与签章文件{file}的不同：账目在签章之后被改动、删去或添加过。",
                f"The entries do not lead to the root in {file}: entries were changed, removed or added since it was"
                " signed.",
            )
        )
    elif evidence.stored is not None:
        _compare_with_stored_note(evidence, published.tree_size)


def _signed(evidence: Evidence) -> Checkpoint | None:
    """The published checkpoint if the log key in force at its size signed it; else None, with a finding."""
    if evidence.published_note is None or evidence.identity is None:
        return None
    file = evidence.published_file(CHECKPOINT)
    try:
        strict, cosigners = evidence.source.published.strict, evidence.cosigners
        return evidence.identity.open_note(evidence.published_note, strict=strict, cosigners=cosigners)
    except LedgerError as error:
        evidence.findings.add(
            file_finding(
                "bad-checkpoint",
                file,
                f"签章文件{file}不是账本在这个大小时的密钥签的，或签后被改动过：{error.zh}",
                f"{file} was not signed by the log key in force at its size, or was changed since: {error.en}",
            )
        )
    return None


def _compare_with_stored_note(evidence: Evidence, size: int) -> None:
    try:
        note = evidence.stored.checkpoint(size) if evidence.stored else None
    except LedgerError:
        return
    if note != without_cosignatures(evidence, evidence.published_note):
        evidence.findings.add(wrong_file(evidence.published_file(CHECKPOINT)))
    elif behind := evidence.stored_size - size:
        evidence.notes.append(
            Remark(
                f"库里最新的{behind}条还没有公布；公布的是前{size}条，与库里一致。",
                f"The newest {behind} stored entries are not published yet; the first {size} are, as stored.",
            )
        )


def without_cosignatures(evidence: Evidence, note: bytes | None) -> bytes | None:
    """The note without its lines by known witnesses; as it is where it does not parse or has no other line."""
    known = {(verifier.name, verifier.key_id) for verifier in evidence.cosigners}
    try:
        parsed = parse_note(note or b"")
        lines = tuple(line for line in parsed.signatures if (line.name, line.key_id) not in known)
        return format_note(Note(parsed.text, lines))
    except LedgerError:
        return note


def _check_vkey(evidence: Evidence) -> None:
    if evidence.vkey_file is not None and evidence.vkey_file not in _vkey_files(evidence):
        evidence.findings.add(wrong_file(evidence.published_file(VKEY)))


def _vkey_files(evidence: Evidence) -> list[bytes]:
    """What the file may hold: it is written before the checkpoint, so it may know of a later rotation."""
    identity, size = evidence.identity, evidence.published_size
    if identity is None:
        return [] if evidence.vkey_file is None else [evidence.vkey_file]
    later = [rotation.index + 1 for rotation in identity.rotations if rotation.index >= size]
    sizes, unpublished = (size, *later), range(len(identity.ml_dsa) + 1)
    return [identity.vkey_file(tree_size, without=count) for tree_size in sizes for count in unpublished]


def _check_tile(evidence: Evidence, tile: Tile) -> None:
    """Hash tiles here; a bundle's entries were compared with the leaves one by one."""
    if tile.level == Tile.ENTRIES or (tile.level == 0 and evidence.tiles_read):
        return
    file = evidence.published_file(tile.path)
    try:
        data = evidence.source.published.read_tile(tile)
    except NotFoundError:
        evidence.findings.add(missing_file(file))
    except UNREADABLE:
        evidence.findings.add(wrong_file(file))
    else:
        if data != tile_bytes(tile, evidence.tree):
            evidence.findings.add(wrong_file(file))


def _check_others(evidence: Evidence, paths: list[str]) -> None:
    passing, proofs = 0, ProofFiles(evidence)
    # In the order of the entries, so that each bundle is read once.
    for path in sorted(paths, key=lambda path: (len(path), path)):
        try:
            data = evidence.source.published.read(path)
        except NotFoundError:
            continue  # gone since the files were listed: a publisher is at work
        except UNREADABLE:
            data = b""
        derived = _derive(evidence, path.removesuffix(TEMPORARY), data, proofs)
        whole = not path.endswith(TEMPORARY)
        if path == f"{CHECKPOINT}{TEMPORARY}":
            data = without_cosignatures(evidence, data) or data
        if derived is None or (data != derived if whole else not derived.startswith(data)):
            is_wrong = derived is not None and proofs.is_proof(path)
            evidence.findings.add((wrong_file if is_wrong else unknown_file)(evidence.published_file(path)))
        elif not proofs.is_proof(path):
            passing += 1
    if passing:
        evidence.notes.append(
            Remark(
                f"有{passing}个文件属于前一次或后一次公布，内容与账目一致。",
                f"{passing} files belong to the publication before or after this one, and are as the entries say.",
            )
        )


def _derive(evidence: Evidence, path: str, data: bytes, proofs: ProofFiles) -> bytes | None:
    """What the file at a path would hold, if the log leads to such a file."""
    if path == CHECKPOINT:
        return _derive_note(evidence)
    if path == VKEY:
        return next(iter(_vkey_files(evidence)), None)
    try:
        if proofs.is_proof(path):
            return proofs.derive(path, data)
        tile = parse_path(path)
        if tile.level == Tile.ENTRIES:
            return _derive_bundle(evidence, tile)
        return tile_bytes(tile, evidence.tree)
    except LedgerError:
        return None


def _derive_note(evidence: Evidence) -> bytes | None:
    try:
        return evidence.stored.checkpoint(evidence.stored_size) if evidence.stored else None
    except LedgerError:
        return None


def _derive_bundle(evidence: Evidence, tile: Tile) -> bytes | None:
    start = tile.index * TILE_WIDTH
    if evidence.stored is not None:
        rows = evidence.stored.entries(start, start + tile.width)
        entries = [row.entry for row in rows.values() if row.entry is not None]
    else:
        width = min(TILE_WIDTH, evidence.published_size - start)
        if width < tile.width:
            return None
        current = evidence.source.published.read_tile(Tile(Tile.ENTRIES, tile.index, width))
        entries = parse_bundle(current, width=width)[: tile.width]
    return format_bundle(entries) if len(entries) == tile.width else None
