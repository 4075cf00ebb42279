"""Seeded cases for both verifiers: true ones, and ones with one thing changed, at every depth of each format."""

import base64
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

from ledger.canonical import canonical_bytes
from ledger.tlog.base64 import encode_base64
from ledger.tlog.merkle import prove_consistency, prove_inclusion
from ledger.tlog.note import VerifierKey, format_vkey
from ledger.tlog.tile import format_bundle
from tests.ledger.signing.test_keys import NON_CANONICAL, SMALL_ORDER
from tests.ledger.world import ORIGIN, private_key
from tests.verifier.material import Material
from tests.verifier.odd import ODD_DAYS, ODD_JSON, ODD_TEXTS, ODD_TIMES, ODD_VALUES
from tests.verifier.points import ORDER, odd_key, odd_signature

Case = tuple[str, dict[str, Any]]


class Cases:
    """An endless supply; ``take`` draws one of a kind."""

    def __init__(self, material: Material, seed: int) -> None:
        self.material = material
        self.chance = random.Random(seed)
        self.keys = [(keyid, key) for keyid, key in material.keys]

    def draw(self) -> Iterator[Case]:
        """One case after another, each kind as often as the others."""
        makers: dict[str, Callable[[], dict[str, Any]]] = {
            name.removeprefix("make_"): getattr(self, name) for name in dir(self) if name.startswith("make_")
        }
        while True:
            for kind, make in makers.items():
                yield kind, make()

    def make_base64(self) -> dict[str, Any]:
        text = encode_base64(self.chance.randbytes(self.chance.randrange(12)))
        return {"text": self.changed_text(text, b"AB+/=-_ \n")}

    def make_base64url(self) -> dict[str, Any]:
        text = base64.urlsafe_b64encode(self.chance.randbytes(self.chance.randrange(12))).rstrip(b"=").decode()
        return {"text": self.changed_text(text, b"AB+/=-_ \n")}

    def make_canonical(self) -> dict[str, Any]:
        data = canonical_bytes(self.value(4)) if self.maybe(0.7) else self.chance.choice(ODD_JSON)
        if self.maybe(0.2):
            data = b"[" + data + b"," + self.chance.choice(ODD_JSON) + b"]"
        return {
            "data": self.changed(data, 0.4).hex(),
            "most": self.chance.choice([65536, max(len(data) - 1, 0), len(data)]),
        }

    def make_strings(self) -> dict[str, Any]:
        return {"data": canonical_bytes(self.value(3)).hex(), "line_feeds": self.maybe(0.5)}

    def make_note(self) -> dict[str, Any]:
        data, _ = self.material.checkpoint(self.chance)
        lines = self.chance.choice([1, 1, 2, 99, 101])
        repeated = data + data.rpartition(b"\n\n")[2] * (lines - 1)
        return {"data": self.changed(repeated, 0.5, by_line=True).hex()}

    def make_vkey(self) -> dict[str, Any]:
        algorithm = self.chance.choice([1, 4, 1, 6, 2])
        size = 1312 if algorithm == 6 else 32
        key = self.chance.randbytes(size + self.chance.choice([0, 0, 0, 1]))
        name = "ledger.example/" + self.chance.choice(["a", "a", *ODD_TEXTS])
        plain = VerifierKey.__new__(VerifierKey)
        for field, value in (("name", name), ("algorithm", algorithm), ("public_key", key)):
            object.__setattr__(plain, field, value)
        return {"text": self.changed_text(format_vkey(plain), b"+0a=")}

    def make_log_vkey(self) -> dict[str, Any]:
        key = bytes.fromhex(self.chance.choice([*SMALL_ORDER, *NON_CANONICAL, *[key for _, key in self.keys] * 8]))
        return {"text": format_vkey(VerifierKey(ORIGIN, self.chance.choice([1, 1, 1, 4]), key))}

    def make_open_checkpoint(self) -> dict[str, Any]:
        data, keys = self.material.checkpoint(self.chance)
        trusted = self.chance.sample(keys, self.chance.randrange(1, len(keys) + 1))
        origin = ORIGIN if self.maybe(0.9) else "ledger.example/other"
        return {"data": self.changed(data, 0.5, by_line=True).hex(), "origin": origin, "keys": trusted}

    def make_proof(self) -> dict[str, Any]:
        return {"data": self.changed(self.material.proof(self.chance)[0], 0.5, by_line=True).hex()}

    def make_check_proof(self) -> dict[str, Any]:
        data, entry = self.material.proof(self.chance)
        key = format_vkey(VerifierKey(ORIGIN, 1, private_key("log").public_key))
        entry = self.changed(entry, 0.2)
        return {
            "data": self.changed(data, 0.3, by_line=True).hex(),
            "entry": entry.hex(),
            "origin": ORIGIN,
            "keys": [key],
        }

    def make_entry(self) -> dict[str, Any]:
        return {"data": self.entry(self.chance.choice(self.material.entries)).hex()}

    def make_open_entry(self) -> dict[str, Any]:
        keys = [pair for pair in self.keys if self.maybe(0.97)]
        data = self.chance.choice(self.material.entries)
        if self.maybe(0.1):
            # The signature is by one key and the keyid, which nothing signs, names another.
            keyid, key = self.chance.choice(self.keys)
            data, keys = data.replace(keyid.encode(), b"0" * 64), [*keys, ("0" * 64, key)]
        return {"data": (self.entry(data) if self.maybe(0.4) else data).hex(), "keys": keys}

    def make_payload(self) -> dict[str, Any]:
        payload = self.chance.choice(self.material.payloads)
        if self.maybe(0.6):
            value = json.loads(payload)
            if self.maybe(0.2):
                value["occurred_on"] = self.chance.choice(ODD_DAYS)
            payload = canonical_bytes(self.changed_value(value) if self.maybe(0.7) else value)
        return {"data": self.changed(payload, 0.1).hex()}

    def make_disclosure(self) -> dict[str, Any]:
        text = self.material.disclosure(self.chance)
        if self.maybe(0.5):
            array = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            if self.maybe(0.2):
                array[0] = array[0][:-1] + self.chance.choice("ABCDEz048_-")
            data = self.changed(canonical_bytes(self.changed_value(array) if self.maybe(0.7) else array), 0.3)
            text = base64.urlsafe_b64encode(data).rstrip(b"=").decode()
        return {"text": self.changed_text(text, b"AQgw_=") if self.maybe(0.2) else text}

    def make_signature(self) -> dict[str, Any]:
        message, turns = self.chance.randbytes(self.chance.randrange(40)), self.turns()
        scalar, nonce = (self.chance.choice([0, *[self.chance.randrange(1, ORDER)] * 9]) for _ in range(2))
        key, signature = odd_key(scalar, turns), odd_signature(scalar, turns, message, nonce=nonce)
        odd = bytes.fromhex(self.chance.choice([*SMALL_ORDER, *NON_CANONICAL]))
        larger = int.from_bytes(signature[32:], "little") + ORDER * self.chance.randrange(1, 15)
        key, signature, message = self.chance.choice([
            *[(key, signature, message)] * 10,
            (odd, signature, message),
            (key, odd + signature[32:], message),
            (key, signature[:32] + larger.to_bytes(32, "little"), message),
            (self.changed(key, 1), signature, message),
            (key, self.changed(signature, 1), message),
            (key, signature, self.changed(message, 1)),
        ])  # fmt: skip
        return {"key": key.hex(), "signature": signature.hex(), "message": message.hex()}

    def make_public_key(self) -> dict[str, Any]:
        key = odd_key(self.chance.randrange(1, ORDER), self.turns())
        odd = bytes.fromhex(self.chance.choice([*SMALL_ORDER, *NON_CANONICAL]))
        return {"key": self.chance.choice([key, key, self.chance.randbytes(32), odd, key[:31]]).hex()}

    def turns(self) -> int:
        return self.chance.choice([0, 0, self.chance.randrange(8)])

    def make_inclusion(self) -> dict[str, Any]:
        size = self.chance.randrange(1, self.material.tree.size + 1)
        index = self.chance.randrange(size)
        proof = [item.hex() for item in prove_inclusion(index, size, self.material.tree)]
        given = {
            "index": str(index), "size": str(size), "proof": proof,
            "leaf": self.material.tree.read(0, index).hex(), "root": self.material.tree.root(size).hex(),
        }  # fmt: skip
        return self.changed_proof(given, ("index", "size"))

    def make_consistency(self) -> dict[str, Any]:
        newer = self.chance.randrange(1, self.material.tree.size + 1)
        older = self.chance.randrange(1, newer + 1)
        given = {
            "old_size": str(older), "new_size": str(newer),
            "old_root": self.material.tree.root(older).hex(), "new_root": self.material.tree.root(newer).hex(),
            "proof": [item.hex() for item in prove_consistency(older, newer, self.material.tree)],
        }  # fmt: skip
        return self.changed_proof(given, ("old_size", "new_size"))

    def make_bundle(self) -> dict[str, Any]:
        entries = [self.chance.randbytes(self.chance.randrange(300)) for _ in range(self.chance.randrange(1, 6))]
        width = max(1, len(entries) + self.chance.choice([0, 0, 0, 1, -1]))
        return {"data": self.changed(format_bundle(entries), 0.3).hex(), "width": width}

    def make_tile_path(self) -> dict[str, Any]:
        index = self.chance.choice([0, 255, 999, 1000, 1234067, self.chance.randrange(10**12)])
        return {
            "level": self.chance.choice([0, 1, 5, "entries"]),
            "index": index,
            "width": self.chance.randrange(1, 257),
        }

    def maybe(self, probability: float) -> bool:
        return self.chance.random() < probability

    def changed(self, data: bytes, probability: float, *, by_line: bool = False) -> bytes:
        """The bytes, with the given probability changed in one place."""
        if not self.maybe(probability):
            return data
        if by_line and self.maybe(0.5):
            return self._with_other_lines(data)
        start = self.chance.randrange(len(data) + 1)
        new = self.chance.choice(
            [b"", self.chance.randbytes(1), self.chance.choice(ODD_TEXTS).encode(), data[start:][:1] * 2]
        )
        return data[:start] + new + data[start + self.chance.choice([0, 1, 1, 2, 40]) :]

    def _with_other_lines(self, data: bytes) -> bytes:
        lines = data.split(b"\n")
        place = self.chance.randrange(len(lines))
        line, random_hash = lines[place], self.chance.randbytes(self.chance.choice([0, 31, 32, 33]))
        other = self.chance.choice([
            [], [line] * 2, [b"", line], [line + b" "], [line + b"\t"], [line + b"\r"], [b"\x00" + line], [b"0" + line],
            [line.replace(b"1", b"01")], [line.replace(b"=", b"")], [line[:-1] + b"B="], [self.chance.choice(lines)],
            [encode_base64(random_hash).encode()],
        ])  # fmt: skip
        return b"\n".join(lines[:place] + other + lines[place + 1 :])

    def changed_text(self, text: str, alphabet: bytes) -> str:
        if self.maybe(0.5):
            return text
        place = self.chance.randrange(len(text) + 1)
        new = chr(self.chance.choice(alphabet)) if self.maybe(0.9) else self.chance.choice(ODD_TEXTS)
        return text[:place] + new + text[place + self.chance.choice([0, 1]) :]

    def entry(self, data: bytes) -> bytes:
        """An entry with one value changed and written out again, or one byte."""
        if self.maybe(0.5):
            return self.changed(data, 0.7)
        value = json.loads(data)
        if self.maybe(0.3):
            value["recorded_at"] = self.chance.choice(ODD_TIMES)
        if self.maybe(0.2):
            value["envelope"]["signatures"].reverse()
        return canonical_bytes(self.changed_value(value) if self.maybe(0.5) else value)

    def changed_value(self, value: Any) -> Any:
        """The JSON value with one thing in it replaced, removed, added or repeated."""
        if isinstance(value, dict) and value and self.maybe(0.8):
            name = self.chance.choice(sorted(value))
            return self._changed_member(value, name)
        if isinstance(value, list) and value and self.maybe(0.8):
            place = self.chance.randrange(len(value))
            items = self.chance.choice([[self.changed_value(value[place])], [], [value[place]] * 2, value[place::-1]])
            return value[:place] + items + value[place + 1 :]
        if isinstance(value, str) and value and self.maybe(0.6):
            return self.changed_text(value, b"aA0/=9.-").replace("\ud800", "")
        return self.chance.choice([*ODD_VALUES, *ODD_TEXTS])

    def _changed_member(self, value: dict[str, Any], name: str) -> dict[str, Any]:
        choice = self.chance.random()
        if choice < 0.15:
            return {key: item for key, item in value.items() if key != name}
        if choice < 0.3:
            return {**value, self.chance.choice(["x", "__proto__", *ODD_TEXTS]): self.chance.choice(ODD_VALUES)}
        return {**value, name: self.changed_value(value[name])}

    def changed_proof(self, given: dict[str, Any], sizes: tuple[str, str]) -> dict[str, Any]:
        """A Merkle proof with a number, a hash or its length changed, or none of them."""
        choice = self.chance.random()
        if choice < 0.4:
            return given
        if choice < 0.6:
            name = self.chance.choice(sizes)
            number = int(given[name]) + self.chance.choice([-1, 1, 2, 8])
            return {**given, name: self.chance.choice([str(max(number, 0)), str(2**63 - 1), "0"])}
        if choice < 0.8 and given["proof"]:
            return {**given, "proof": given["proof"][:-1]}
        name = self.chance.choice([each for each in given if each not in sizes])
        if name != "proof":
            other = bytearray.fromhex(given[name])
            other[self.chance.randrange(len(other))] ^= 1 << self.chance.randrange(8)
            return {**given, name: self.changed(bytes(other), 0.3).hex()}
        return {**given, "proof": [*given["proof"], self.chance.choice([*given["proof"], "00" * 32, "00"])]}

    def value(self, depth: int) -> Any:
        """Some JSON value."""
        choice = self.chance.random()
        if depth and choice < 0.3:
            return {self.text(): self.value(depth - 1) for _ in range(self.chance.randrange(4))}
        if depth and choice < 0.6:
            return [self.value(depth - 1) for _ in range(self.chance.randrange(4))]
        return self.chance.choice([self.text(), self.chance.choice(ODD_VALUES), self.chance.randrange(-9, 9)])

    def text(self) -> str:
        return "".join(self.chance.choice(["a", "项", "Z", *ODD_TEXTS]) if self.maybe(0.15) else "b" for _ in range(4))
