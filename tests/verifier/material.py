"""True things to tamper with: entries, notes, proofs and disclosures of a small ledger that was really kept."""

import random
from dataclasses import dataclass

from ledger.domain.entry import parse_entry
from ledger.sealing.disclosure import make_decoy, make_field, make_row, new_salt
from ledger.signing.keys import PrivateKey
from ledger.signing.notes import Ed25519NoteSigner
from ledger.tlog.checkpoint import Checkpoint, format_checkpoint
from ledger.tlog.merkle import MemoryTree, leaf_hash, prove_inclusion
from ledger.tlog.note import format_vkey, sign_note
from ledger.tlog.proof import TlogProof, format_proof
from tests.ledger.world import ORIGIN, private_key
from tests.verifier.granted import Granted

EXTENSIONS: tuple[tuple[str, ...], ...] = ((), ("an extension line",), ("一行", "another"))
VALUES = ({"name": "测试用名-0001", "school": "示例小学"}, {"text": "两行\n文字"}, [1, 2], "词", None, True, -7)


@dataclass(frozen=True)
class Material:
    """``entries`` of a ledger in order, the tree over them, and every key that ever signed one, by key id."""

    entries: list[bytes]
    tree: MemoryTree
    keys: list[tuple[str, str]]

    @property
    def payloads(self) -> list[bytes]:
        """What was signed in each entry."""
        return [parse_entry(entry).envelope.payload for entry in self.entries]

    def checkpoint(self, chance: random.Random) -> tuple[bytes, list[str]]:
        """A signed checkpoint of some size, and the vkeys of its signers."""
        size = chance.choice([0, 1, 2, self.tree.size, chance.randrange(self.tree.size)])
        signers = [Ed25519NoteSigner(ORIGIN, private_key("log"))]
        if chance.random() < 0.3:
            signers.append(Ed25519NoteSigner(chance.choice(["witness.example/w", ORIGIN]), private_key("other")))
        checkpoint = Checkpoint(ORIGIN, size, self.tree.root(size), chance.choice(EXTENSIONS))
        note = sign_note(format_checkpoint(checkpoint), chance.sample(signers, len(signers)))
        return note, [format_vkey(signer.verifier_key) for signer in signers]

    def proof(self, chance: random.Random) -> tuple[bytes, bytes]:
        """A ``.tlog-proof`` file and the entry that it proves."""
        size = chance.randrange(1, self.tree.size + 1)
        index = chance.randrange(size)
        note = sign_note(
            format_checkpoint(Checkpoint(ORIGIN, size, self.tree.root(size))),
            [Ed25519NoteSigner(ORIGIN, private_key("log"))],
        )
        extra = chance.choice([None, b"", self.entries[index]])
        hashes = tuple(prove_inclusion(index, size, self.tree))
        return format_proof(TlogProof(index, hashes, note, extra)), self.entries[index]

    @staticmethod
    def disclosure(chance: random.Random) -> str:
        """A row, a field or a decoy."""
        salt = new_salt(chance.randbytes)
        value = chance.choice(VALUES)
        name = chance.choice(["note", "who", "evidence"])
        made = (make_row(value, salt=salt), make_field(name, value, salt=salt), make_decoy(salt=salt))
        return chance.choice(made)


def make_material(granted: Granted) -> Material:
    """The entries of a ledger with organisations, keys, places and a granted award, and the tree over them."""
    ledger = granted.world.ledger
    entries = [ledger.entry(index) for index in range(ledger.head().size)]
    tree = MemoryTree()
    for entry in entries:
        tree.append(leaf_hash(entry))
    return Material(entries, tree, _keys(entries))


def _keys(entries: list[bytes]) -> list[tuple[str, str]]:
    names = ("admin-1", "admin-2", "admin-3", "协会", "care")
    held = {key.key_id: key for key in map(private_key, names)}
    signed = {each.keyid for entry in entries for each in parse_entry(entry).envelope.signatures}
    return [(keyid, _hex(held[keyid])) for keyid in sorted(signed)]


def _hex(key: PrivateKey) -> str:
    return key.public_key.hex()
