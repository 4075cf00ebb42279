"""Rotations of a test ledger's log key: the key files, what the admins sign, and the receipt."""

from collections.abc import Sequence
from typing import Any

from ledger.domain.entry import parse_entry
from ledger.domain.payload import parse_payload
from ledger.opening import Submission
from ledger.receipts import Receipt
from ledger.signing.keys import sign_possession
from ledger.signing.notes import Ed25519NoteSigner
from ledger.tlog.base64 import encode_base64
from ledger.tlog.note import format_vkey
from tests.ledger.world import ORIGIN, QUORUM, World, private_key

TYPE = "ledger.log_key_rotated"


def vkey_of(name: str, *, origin: str = ORIGIN) -> str:
    return format_vkey(Ed25519NoteSigner(origin, private_key(name)).verifier_key)


def ledger_record(world: World) -> str:
    return parse_payload(parse_entry(world.ledger.entry(0)).envelope.payload).record


def put_in_place(world: World, name: str) -> None:
    """The private key file that a rotation to the key of a name needs."""
    private_key(name).save(world.ledger.settings.keys / f"log-{name}.pem")


def rotation_data(world: World, name: str, **changes: Any) -> dict[str, Any]:
    """The data of the event; ``vkey``, ``organisation`` and ``line`` may be other than they should be."""
    vkey = changes.get("vkey", vkey_of(name))
    organisation, line = changes.get("organisation", ledger_record(world)), changes.get("line", vkey)
    proof = sign_possession(private_key(name), origin=ORIGIN, organisation=organisation, line=line)
    return {"log_vkey": vkey, "possession": encode_base64(proof)}


def rotation(world: World, name: str, keys: Sequence[str] = QUORUM, **changes: Any) -> Submission:
    return world.sign(TYPE, ledger_record(world), rotation_data(world, name, **changes), keys)


def rotate(world: World, name: str) -> Receipt:
    """Puts the key of a name in force."""
    put_in_place(world, name)
    return world.record(TYPE, ledger_record(world), rotation_data(world, name), QUORUM)
