"""The same questions as in judge.js, put to the ledger's own Python: what it answers, or None where it refuses."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from ledger.canonical import canonical_bytes, check_strings, parse_canonical
from ledger.domain.entry import parse_entry
from ledger.domain.payload import parse_payload
from ledger.errors import LedgerError
from ledger.sealing.base64url import decode_base64url
from ledger.sealing.disclosure import parse_disclosure
from ledger.signing.envelope import open_envelope
from ledger.signing.keys import check_public_key, verify
from ledger.signing.notes import verifier_from_vkey
from ledger.tlog.base64 import decode_base64
from ledger.tlog.checkpoint import Checkpoint, open_checkpoint
from ledger.tlog.merkle import check_consistency, check_inclusion
from ledger.tlog.note import open_note, parse_note, parse_vkey
from ledger.tlog.proof import check_proof, parse_proof
from ledger.tlog.tile import Tile, parse_bundle

Input = Mapping[str, Any]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def judge(kind: str, given: Input) -> Any:
    """The answer as it comes back from JSON, or None for a refusal."""
    try:
        return json.loads(json.dumps(JUDGES[kind](given)))
    except LedgerError:
        return None


def _canonical(given: Input) -> str:
    return canonical_bytes(parse_canonical(bytes.fromhex(given["data"]), max_bytes=given["most"])).decode()


def _strings(given: Input) -> bool:
    value = parse_canonical(bytes.fromhex(given["data"]), max_bytes=65536)
    check_strings(value, line_feeds=given["line_feeds"], assigned=False)
    return True


def _note(given: Input) -> Any:
    note = parse_note(bytes.fromhex(given["data"]))
    signatures = [
        {"name": each.name, "key_id": f"{each.key_id:08x}", "signature": each.signature.hex()}
        for each in note.signatures
    ]
    return {"text": note.text, "signatures": signatures}


def _vkey(given: Input) -> Any:
    key = parse_vkey(given["text"])
    return {
        "name": key.name, "algorithm": key.algorithm, "key": key.public_key.hex(), "key_id": f"{key.key_id:08x}"
    }  # fmt: skip


def _head(checkpoint: Checkpoint) -> dict[str, Any]:
    return {
        "origin": checkpoint.origin,
        "size": str(checkpoint.tree_size),
        "root": checkpoint.root_hash.hex(),
        "extensions": checkpoint.extensions,
    }


def _open_checkpoint(given: Input) -> Any:
    data, verifiers = bytes.fromhex(given["data"]), [verifier_from_vkey(text) for text in given["keys"]]
    checkpoint = open_checkpoint(data, origin=given["origin"], verifiers=verifiers)
    signed_by = [f"{each.key_id:08x}" for each in open_note(data, verifiers).signatures]
    return {**_head(checkpoint), "signed_by": signed_by}


def _proof(given: Input) -> Any:
    proof = parse_proof(bytes.fromhex(given["data"]))
    return {
        "index": str(proof.index),
        "hashes": [item.hex() for item in proof.hashes],
        "extra": None if proof.extra is None else proof.extra.hex(),
        "checkpoint": proof.checkpoint.hex(),
    }


def _check_proof(given: Input) -> Any:
    verifiers = [verifier_from_vkey(text) for text in given["keys"]]
    proof = parse_proof(bytes.fromhex(given["data"]))
    entry = bytes.fromhex(given["entry"])
    return _head(check_proof(proof, entry=entry, origin=given["origin"], verifiers=verifiers))


def _entry(given: Input) -> Any:
    entry = parse_entry(bytes.fromhex(given["data"]))
    return {
        "payload": entry.envelope.payload.hex(),
        "signatures": [[each.keyid, each.sig.hex()] for each in entry.envelope.signatures],
        "recordedAt": round((entry.recorded_at - EPOCH).total_seconds() * 1000),
    }


def _open_entry(given: Input) -> str:
    envelope = parse_entry(bytes.fromhex(given["data"])).envelope
    open_envelope(envelope, {keyid: bytes.fromhex(key) for keyid, key in given["keys"]})
    return envelope.payload.hex()


def _payload(given: Input) -> Any:
    payload = parse_payload(bytes.fromhex(given["data"]), assigned=False)
    lists = [payload.sealed, payload.withdrawable]
    return {"record": payload.record, "size": payload.tree_size, "root": payload.tree_root.hex(), "lists": lists}


def _disclosure(given: Input) -> Any:
    found = parse_disclosure(given["text"], field="/slip", assigned=False)
    value = canonical_bytes(found.value).decode()
    return {"kind": found.kind, "name": found.name, "value": value, "salt": found.salt, "digest": found.digest}


def _signature(given: Input) -> bool:
    verify(*(bytes.fromhex(given[name]) for name in ("key", "signature", "message")))
    return True


def _public_key(given: Input) -> bool:
    check_public_key(bytes.fromhex(given["key"]))
    return True


def _inclusion(given: Input) -> bool:
    leaf, root, proof = bytes.fromhex(given["leaf"]), bytes.fromhex(given["root"]), _hashes(given)
    check_inclusion(int(given["index"]), int(given["size"]), leaf=leaf, proof=proof, root=root)
    return True


def _consistency(given: Input) -> bool:
    roots = {name: bytes.fromhex(given[name]) for name in ("old_root", "new_root")}
    check_consistency(int(given["old_size"]), int(given["new_size"]), **roots, proof=_hashes(given))
    return True


def _hashes(given: Input) -> list[bytes]:
    return [bytes.fromhex(item) for item in given["proof"]]


def _bundle(given: Input) -> list[str]:
    return [entry.hex() for entry in parse_bundle(bytes.fromhex(given["data"]), width=given["width"])]


def _tile_path(given: Input) -> str:
    level = Tile.ENTRIES if given["level"] == "entries" else given["level"]
    return Tile(level, given["index"], given["width"]).path


JUDGES: dict[str, Callable[[Input], Any]] = {
    "base64": lambda given: decode_base64(given["text"]).hex(),
    "base64url": lambda given: decode_base64url(given["text"]).hex(),
    "canonical": _canonical,
    "strings": _strings,
    "note": _note,
    "vkey": _vkey,
    "log_vkey": lambda given: f"{verifier_from_vkey(given['text']).key_id:08x}",
    "open_checkpoint": _open_checkpoint,
    "proof": _proof,
    "check_proof": _check_proof,
    "entry": _entry,
    "open_entry": _open_entry,
    "payload": _payload,
    "disclosure": _disclosure,
    "signature": _signature,
    "public_key": _public_key,
    "inclusion": _inclusion,
    "consistency": _consistency,
    "bundle": _bundle,
    "tile_path": _tile_path,
}
