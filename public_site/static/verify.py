#!/usr/bin/env python3
"""核对一份导出的阳光账本：一个文件，只用标准库和 cryptography，不联网，不信任文件夹里的任何说法。

    python verify.py 文件夹 [--genesis 创世指纹] [--since 旧签章] [--receipts 回执文件夹] [--json]

核对：账本签章由当时的账本密钥签署；log/ 下每个文件都由条目逐字节推出，没有多余的；每条账目是规范写法，签署的密钥当时有效，
改动密钥的账目由有权的人签署；记录接得上，摘要只用一次，签署人核对过的总指纹与这里相同，时间不倒退。
不核对：见证机构的联署和后量子签名（别人的签名行只看写法）；记账的规则；网页和数据表。前两样用 yangguang verify 和 audit。
退出码：0 一致，1 有问题，2 用法不对。

Checks an exported ledger offline, from its bytes alone: its checkpoint is signed by the log key in force, every file
under log/ follows from the entries, entries are canonical and signed by keys in force at their index, keys are changed
by those who may, records continue, digests occur once, signers had checked this very log, time never goes back.
Not checked: cosignatures and ML-DSA-44 lines (of others' lines only the form), the programme's rules, the pages.
Exit code: 0 consistent, 1 findings, 2 wrong usage.
Formats: C2SP tlog-tiles, tlog-checkpoint, signed-note, tlog-proof; RFC 6962, 8785, 8032; DSSE 1.0.2.
"""

import argparse
import base64
import functools
import hashlib
import json
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

WIDTH, MAX_INTEGER, MAX_ENTRY, MAX_PAYLOAD, MAX_NOTE, MAX_DEPTH = 256, 2**53 - 1, 65535, 32768, 2**20, 16
PAYLOAD_TYPE = "application/vnd.yangguang.event+json"
RECORD = re.compile(r"([a-z]+)/([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})")
TYPE = re.compile(r"([a-z]+)\.[a-z_]+")
HEX64 = re.compile(r"[0-9a-f]{64}")
DIGEST = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NAME = re.compile(r"[^\s+\x00-\x1f]+")
# Origin, size and root, perhaps further lines; an empty line; one to a hundred signature lines.
NOTE = re.compile(
    r"(([^\x00-\x1f]+)\n(0|[1-9][0-9]{0,18})\n([^\x00-\x1f]+)\n(?:[^\x00-\x1f]+\n)*)"
    r"\n((?:\u2014 [^\s+\x00-\x1f]+ \S+\n){1,100})"
)
PROOF = re.compile(r"proof/(0|[1-9][0-9]{0,17})\.tlog-proof")
INDEX = re.compile(rb"(?m)^index (0|[1-9][0-9]{0,17})$")
REQUIRED = {"log", "type", "schema", "record", "version", "previous", "tree", "occurred_on", "data"}
GOVERNED = {"register", "supervise", "care", "confirm"}
HIDDEN = {"Cc", "Cs", "Co", "Cf"}
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
Y8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022
SMALL_ORDER = {0, 1, P - 1, Y8, P - Y8}
GROUPS = [
    ("malformed too-large invalid-field", "写法、大小或值不合格", "it is not in the prescribed form"),
    ("bad-signature", "内容与签名不符，签署之后被改动过", "it does not match its signature, so it was changed"),
    (
        "unknown-key key-not-in-force",
        "签署的密钥没有登记，或当时无效",
        "its key was not enrolled or not in force there",
    ),
    ("missing-capability", "签署人无权这样改动密钥，或签名不够", "its signers may not change keys so, or are too few"),
    ("invalid-key", "启用的公钥不合格", "it enrols a key that is not sound"),
    ("duplicate", "用了只能用一次、本账本已经用过的东西", "it uses again what may occur only once in a ledger"),
    ("wrong-state", "密钥现在的状态不能这样改", "a key cannot be changed so in the state it is in"),
    ("wrong-log", "是为另一本账签署的", "it was signed for another ledger"),
    ("clock-behind", "记入时间早于上一条", "it was recorded before the entry that precedes it"),
    ("stale-version wrong-previous", "与所续的上一条接不上：有账目被删改或调换", "it does not continue its record"),
    ("wrong-tree-head", "签署人核对过的账本与这里的不同", "its signer had checked another ledger than this"),
    ("changed-entry", "与签章时的内容不同，记入之后被改动过", "it is not what the signed checkpoint covers"),
    ("missing-entry missing-file", "不在这里，被删去了", "it is missing"),
    ("wrong-file bad-bundle", "文件不是由账目推出的样子，被改动过", "the file is not what the entries lead to"),
    ("unknown-file", "文件不属于这本账", "nothing in the ledger leads to such a file"),
    ("bad-checkpoint", "签章不是账本在这个大小时的密钥签的", "it is not signed by the log key in force at its size"),
    ("wrong-root", "由账目算出的总指纹与签章里的不同", "the entries do not lead to the root in it"),
    ("empty-log", "账本里没有账目", "the ledger has no entries"),
    ("incomplete-export", "这份导出没有完成", "the export was cut"),
    ("wrong-genesis", "这不是您指定的账本", "this is not the ledger you asked for"),
    ("not-consistent", "账本与您保存的签章接不上", "the ledger does not continue the checkpoint you kept"),
    ("bad-receipt", "这张回执与账本不符", "the receipt does not agree with the ledger"),
]
SENTENCES = {code: (zh, en) for codes, zh, en in GROUPS for code in codes.split()}
Json = dict[str, Any]
load_key = functools.cache(Ed25519PublicKey.from_public_bytes)


class Refused(Exception):  # noqa: N818
    """Something is not as it must be; ``code`` is one of SENTENCES."""

    def __init__(self, code: str) -> None:
        super().__init__(SENTENCES[code][1])
        self.code = code


# What reading raises where a value lacks the shape that it must have.
UNSOUND = (Refused, ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError, OSError)


def need(condition: object, code: str = "invalid-field") -> None:
    """Refuses unless the condition holds."""
    if not condition:
        raise Refused(code)


def fits(pattern: re.Pattern[str], text: Any) -> re.Match[str]:
    """The match of the whole text."""
    match = pattern.fullmatch(text)
    if match is None:
        raise Refused("malformed")
    return match


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def encode64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def decode64(text: str) -> bytes:
    """Canonical base64: what would not encode back to the same text is refused."""
    data = base64.b64decode(text)
    need(encode64(data) == text, "malformed")
    return data


def parse_canonical(data: bytes, most: int) -> Any:
    """The JSON value of bytes that are their own RFC 8785 form."""
    need(len(data) <= most, "too-large")
    value = json.loads(data.decode())
    # A name that occurs twice, a space or another spelling of a character or number would not come out the same.
    again = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    need(again == data, "malformed")
    check_value(value)
    return value


def check_value(value: Any, depth: int = 0) -> None:
    """Integers only, names in UTF-16 order, text in NFC with no character that hides or cannot be shown."""
    if isinstance(value, str):
        hides = not value.isprintable() and any(
            unicodedata.category(character) in HIDDEN for character in value if character not in "\u200c\u200d"
        )
        need(not hides and unicodedata.is_normalized("NFC", value), "malformed")
    elif isinstance(value, dict | list):
        need(depth < MAX_DEPTH, "malformed")
        for item in value:
            check_value(item, depth + 1)
        if isinstance(value, dict):
            need(list(value) == sorted(value, key=lambda name: name.encode("utf-16-be")), "malformed")
            for item in value.values():
                check_value(item, depth + 1)
    else:
        need(value is None or (isinstance(value, int) and abs(value) <= MAX_INTEGER), "malformed")


def members(value: Any, *names: str) -> Json:
    """An object with exactly these members."""
    need(isinstance(value, dict) and value.keys() == set(names))
    found: Json = value
    return found


def is_count(value: Any, least: int) -> bool:
    return type(value) is int and value >= least


def parse_day(text: str) -> str:
    """A day that the calendar has."""
    fits(DAY, text)
    return date.fromisoformat(text).isoformat()


def parse_texts(value: Any) -> list[str]:
    need(isinstance(value, list) and all(isinstance(item, str) for item in value))
    found: list[str] = value
    return found


def is_point(data: bytes) -> bool:
    """Whether 32 bytes are the one spelling of a curve point that is not of small order; OpenSSL sees to the curve."""
    y = int.from_bytes(data, "little") & (2**255 - 1)
    return len(data) == 32 and y < P and y not in SMALL_ORDER


def check_signature(key: bytes, signature: bytes, message: bytes) -> None:
    """Ed25519 by its strictest reading: no small-order point, no scalar beyond the order."""
    sound = is_point(key) and len(signature) == 64 and is_point(signature[:32])
    need(sound and int.from_bytes(signature[32:], "little") < ORDER, "bad-signature")
    try:
        load_key(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise Refused("bad-signature") from None


class Tree:
    """RFC 6962. ``levels[l][i]`` is the hash over leaves [i * 2**l, (i + 1) * 2**l)."""

    def __init__(self) -> None:
        self.levels: list[list[bytes]] = [[]]
        self.roots: dict[int, bytes] = {}

    def append(self, leaf: bytes) -> None:
        level = 0
        self.levels[0].append(leaf)
        while len(self.levels[level]) % 2 == 0:
            node = sha256(b"\1" + b"".join(self.levels[level][-2:]))
            level += 1
            if level == len(self.levels):
                self.levels.append([])
            self.levels[level].append(node)

    def root(self, size: int) -> bytes:
        need(size <= len(self.levels[0]), "wrong-tree-head")
        if size not in self.roots:
            self.roots[size] = self.over(0, size)
        return self.roots[size]

    def over(self, start: int, end: int) -> bytes:
        """The hash over leaves [start, end), as it occurs in roots and proofs."""
        hashes = []
        while start < end:
            level = (end - start).bit_length() - 1
            hashes.append(self.levels[level][start >> level])
            start += 1 << level
        node = hashes.pop() if hashes else sha256(b"")
        while hashes:
            node = sha256(b"\1" + hashes.pop() + node)
        return node

    def proof(self, index: int, size: int) -> list[bytes]:
        """The inclusion proof of a leaf, its sibling first."""
        path, start, end = [], 0, size
        while end - start > 1:
            split = start + (1 << (end - start - 1).bit_length() - 1)
            path.append(self.over(split, end) if index < split else self.over(start, split))
            start, end = (start, split) if index < split else (split, end)
        return path[::-1]


def tile_path(level: int, number: int, slots: int) -> str:
    """The path of a tile whose level has so many hashes; level -1 is that of the bundles (C2SP tlog-tiles)."""
    path, rest, width = f"{number % 1000:03}", number // 1000, slots - number * WIDTH
    while rest:
        path, rest = f"x{rest % 1000:03}/{path}", rest // 1000
    return f"tile/{'entries' if level < 0 else level}/{path}" + (f".p/{width}" if width < WIDTH else "")


def parse_bundle(data: bytes, width: int) -> tuple[list[bytes], bool]:
    """The entries, and whether the file is exactly ``width`` of them."""
    entries: list[bytes] = []
    at = 0
    while len(entries) < width and (end := at + 2 + int.from_bytes(data[at : at + 2], "big")) <= len(data) >= at + 2:
        entries.append(data[at + 2 : end])
        at = end
    return entries, len(entries) == width and at == len(data)


class LogKey(NamedTuple):
    """The key of a line ``name+key id+base64(algorithm || key)``; of the algorithms 1 is Ed25519, 6 ML-DSA-44."""

    name: str
    key_id: bytes
    algorithm: int
    key: bytes


def parse_vkey(line: str) -> LogKey:
    name, key_id, encoded = line.split("+", 2)
    blob = decode64(encoded)
    fits(NAME, name)
    need(len(blob) == {1: 33, 4: 33, 6: 1313}.get(blob[0]))
    need(key_id == sha256(name.encode() + b"\n" + blob)[:4].hex())
    return LogKey(name, bytes.fromhex(key_id), blob[0], blob[1:])


class Checkpoint(NamedTuple):
    """A checkpoint and its signature lines, (name, key id || signature). Nothing in it is verified yet."""

    note: bytes = b""
    text: str = ""
    origin: str = ""
    size: int = 0
    root: bytes = b""
    signatures: tuple[tuple[str, bytes], ...] = ()


def parse_checkpoint(note: bytes) -> Checkpoint:
    need(len(note) <= MAX_NOTE, "too-large")
    text, origin, size, root, below = fits(NOTE, note.decode()).groups()
    lines = [line.split(" ") for line in below[:-1].split("\n")]
    signatures = tuple((name, decode64(encoded)) for _, name, encoded in lines)
    need(all(len(blob) > 4 for _, blob in signatures), "malformed")
    found = Checkpoint(note, text, origin, int(size), decode64(root), signatures)
    need(len(found.root) == 32 and (found.size > 0 or found.root == sha256(b"")), "malformed")
    return found


class Entry:
    """An entry that parses: envelope (DSSE), payload and time. Nothing in it is verified yet."""

    def __init__(self, raw: bytes) -> None:
        value = members(parse_canonical(raw, MAX_ENTRY), "envelope", "recorded_at")
        envelope = members(value["envelope"], "payload", "payloadType", "signatures")
        signed = decode64(envelope["payload"])
        self.event_id = sha256(signed).hex()
        self.message = f"DSSEv1 {len(PAYLOAD_TYPE)} {PAYLOAD_TYPE} {len(signed)} ".encode() + signed
        found = [members(item, "keyid", "sig") for item in envelope["signatures"]]
        self.signatures = [(fits(HEX64, item["keyid"])[0], decode64(item["sig"])) for item in found]
        keyids = [keyid for keyid, _ in self.signatures]
        need(envelope["payloadType"] == PAYLOAD_TYPE and 1 <= len(keyids) <= 16 and keyids == sorted(set(keyids)))
        self.recorded_at = fits(TIME, value["recorded_at"])[0]
        in_beijing = datetime.fromisoformat(self.recorded_at[:-1]) + timedelta(hours=8)
        self.day = in_beijing.date().isoformat()
        self.payload = parse_payload(signed)
        self.type: str = self.payload["type"]
        self.record: str = self.payload["record"]
        self.data: Json = self.payload["data"]
        self.tree_size: int = self.payload["tree"]["size"]
        self.digests: list[str] = [*self.payload.get("sealed", ()), *self.payload.get("withdrawable", ())]


def parse_payload(signed: bytes) -> Json:
    """What was signed: canonical JSON with exactly the fields that there are."""
    value: Json = parse_canonical(signed, MAX_PAYLOAD)
    need(value.keys() - {"sealed", "withdrawable"} == REQUIRED and isinstance(value["data"], dict))
    need(fits(TYPE, value["type"])[1] == fits(RECORD, value["record"])[1])
    fits(NAME, value["log"])
    parse_day(value["occurred_on"])
    tree = members(value["tree"], "size", "root")
    need(is_count(value["schema"], 1) and is_count(value["version"], 1) and is_count(tree["size"], 0))
    need(len(decode64(tree["root"])) == 32 and (value["previous"] is None or fits(HEX64, value["previous"])))
    for digests in (value[name] for name in ("sealed", "withdrawable") if name in value):
        need(digests and digests == sorted({fits(DIGEST, digest)[0] for digest in digests}))
    return value


class Key:
    """One public key and its standing."""

    def __init__(self, raw: bytes, capabilities: list[str], enrolled_at: int) -> None:
        self.id, self.raw, self.capabilities = sha256(raw).hex(), raw, capabilities
        self.enrolled_at, self.ended_at, self.expires_on = enrolled_at, 2**63, "9999-12-31"
        self.organisation, self.state = "", "enrolled"

    def check_in_force(self, index: int, day: str) -> None:
        need(self.enrolled_at < max(index, 1) and index <= self.ended_at, "key-not-in-force")
        need(self.state != "suspended" and day <= self.expires_on, "key-not-in-force")


class Keyring:
    """What entries 0 … i-1 made of each key, asked when entry i is judged. ``log_keys`` are (entry index, vkey)."""

    def __init__(self) -> None:
        self.keys: dict[str, Key] = {}
        self.held: dict[str, Key] = {}
        self.admins: list[str] = []
        self.quorum = 0
        self.named: list[str] = []
        self.log_keys: list[tuple[int, str]] = []

    def check_signatures(self, index: int, entry: Entry) -> None:
        """Every signature holds, by a key in force; entry 0 is signed by the admins that it names itself."""
        keys = self.keys
        if index == 0:
            need(entry.type == "ledger.opened")
            raws = [decode64(admin["public_key"]) for admin in entry.data["policy"]["admins"]]
            keys = {sha256(raw).hex(): Key(raw, [], 0) for raw in raws}
        for keyid, signature in entry.signatures:
            need(keyid in keys, "unknown-key")
            check_signature(keys[keyid].raw, signature, entry.message)
        for keyid, _ in entry.signatures:
            keys[keyid].check_in_force(index, entry.day)

    def check_signers(self, entry: Entry, capability: str) -> None:
        """Keys are changed by a quorum of those who may ``govern``, or by one who may ``register``."""
        signers = [self.keys[keyid] for keyid, _ in entry.signatures]
        is_enough = len(signers) >= self.quorum if capability == "govern" else len(signers) == 1
        need(is_enough and all(capability in key.capabilities for key in signers), "missing-capability")

    def new_key(self, data: Json, entry: Entry, holder: str, name: str = "public_key") -> bytes:
        """A key that was never admitted, whose holder signed for this ledger, himself and the key."""
        line = data[name]
        raw = parse_vkey(line).key if name == "log_vkey" else decode64(line)
        need(is_point(raw), "invalid-key")
        lines = ("yangguang-key-possession/v1", entry.payload["log"], fits(RECORD, holder)[0], line)
        check_signature(raw, decode64(data["possession"]), "".join(f"{each}\n" for each in lines).encode())
        need(sha256(raw).hex() not in self.keys, "duplicate")
        return raw

    def opened(self, index: int, entry: Entry) -> None:
        need(index == 0, "duplicate")
        self.named = parse_texts(entry.data["log_vkeys"])
        found = [parse_vkey(line) for line in self.named]
        need(all(each.name == entry.payload["log"] == entry.data["origin"] for each in found))
        signing = [line for line, each in zip(self.named, found, strict=True) if each.algorithm == 1]
        need(len(signing) == 1)
        self.set_policy(index, entry)
        self.log_keys.append((0, signing[0]))
        self.check_signers(entry, "govern")

    def policy_changed(self, index: int, entry: Entry) -> None:
        self.check_signers(entry, "govern")
        self.set_policy(index, entry)

    def set_policy(self, index: int, entry: Entry) -> None:
        """Who the admins are from here on, and how many of them sign together."""
        policy = entry.data["policy"]
        admins = []
        for admin in policy["admins"]:
            raw = decode64(admin["public_key"])
            if sha256(raw).hex() not in self.admins:
                self.new_key(admin, entry, entry.record)
            admins.append(Key(raw, parse_texts(admin["capabilities"]), index))
        ids = [key.id for key in admins]
        can_govern = sum("govern" in key.capabilities for key in admins)
        need(is_count(policy["quorum"], 1) and can_govern >= policy["quorum"] and len(set(ids)) == len(ids))
        for keyid in set(self.admins) - set(ids):
            self.keys[keyid].ended_at = index
        for key in admins:
            self.keys.setdefault(key.id, key).capabilities = key.capabilities
        self.admins, self.quorum = ids, policy["quorum"]

    def log_key_rotated(self, index: int, entry: Entry) -> None:
        line = entry.data["log_vkey"]
        key = parse_vkey(line)
        need(key.name == entry.payload["log"] and key.algorithm == 1)
        need(key.key not in [parse_vkey(used).key for _, used in self.log_keys], "duplicate")
        self.new_key(entry.data, entry, entry.record, "log_vkey")
        self.check_signers(entry, "govern")
        self.log_keys.append((index, line))

    def enrolled(self, index: int, entry: Entry) -> None:
        need(entry.record not in self.held and entry.payload["version"] == 1, "wrong-state")
        capabilities, organisation = parse_texts(entry.data["capabilities"]), entry.data["organisation"]
        key = Key(self.new_key(entry.data, entry, organisation), capabilities, index)
        key.organisation, key.expires_on = organisation, parse_day(entry.data["expires_on"])
        need(key.expires_on >= entry.day)
        self.check_signers(entry, "govern" if GOVERNED & set(capabilities) else "register")
        self.keys[key.id] = self.held[entry.record] = key

    def replaced(self, index: int, entry: Entry) -> None:
        old = self.key_in(entry, "enrolled")
        key = Key(self.new_key(entry.data, entry, old.organisation), old.capabilities, index)
        key.organisation, key.expires_on = old.organisation, old.expires_on
        self.check_signers(entry, "register")
        old.ended_at = index
        self.keys[key.id] = self.held[entry.record] = key

    def suspended(self, _: int, entry: Entry) -> None:
        self.key_in(entry, "enrolled").state = "suspended"

    def restored(self, _: int, entry: Entry) -> None:
        self.key_in(entry, "suspended").state = "enrolled"

    def revoked(self, index: int, entry: Entry) -> None:
        key = self.key_in(entry, "enrolled", "suspended")
        key.state, key.ended_at = "revoked", index

    def key_in(self, entry: Entry, *states: str) -> Key:
        """The key of the entry's record, which must be in one of these states and is changed by a registrar."""
        need(entry.record in self.held and self.held[entry.record].state in states, "wrong-state")
        self.check_signers(entry, "register")
        return self.held[entry.record]


CHANGES: dict[str, Callable[[Keyring, int, Entry], None]] = {
    **{f"ledger.{name}": getattr(Keyring, name) for name in ("opened", "policy_changed", "log_key_rotated")},
    **{f"key.{name}": getattr(Keyring, name) for name in ("enrolled", "replaced", "suspended", "restored", "revoked")},
}


class Log:
    """The files of a published log, judged from the first entry to the last; ``prefix`` stands before their names."""

    def __init__(self, folder: Path, prefix: str) -> None:
        self.folder, self.prefix = folder, prefix
        self.findings: list[Json] = []
        self.checkpoint, self.keyring, self.tree, self.is_trusted = Checkpoint(), Keyring(), Tree(), False
        self.origin, self.genesis, self.last = "", "", ""
        self.heads: dict[str, tuple[str, int, str | None, int]] = {}
        self.digests: set[str] = set()
        self.bundle: tuple[int, list[bytes]] = (-1, [])

    def add(self, code: str, place: int | str) -> None:
        """A finding at an entry's index or a file."""
        is_entry = isinstance(place, int)
        where = (f"第{place}条", f"Entry {place}") if is_entry else (place, place)
        sentence = f"{where[0]}：{SENTENCES[code][0]}。 {where[1]}: {SENTENCES[code][1]}."
        self.findings.append({"index" if is_entry else "file": place, "code": code, "sentence": sentence})

    @contextmanager
    def at(self, place: int | str, code: str = "") -> Iterator[None]:
        """Whatever is refused inside becomes a finding at this place, by this code if there is one."""
        try:
            yield
        except OSError:
            self.add("missing-file", place)
        except UNSOUND as error:
            self.add(code or getattr(error, "code", "malformed"), place)

    def read(self, path: str) -> bytes:
        return (self.folder / path).read_bytes()

    def check(self) -> None:
        """Everything that there is to check without a word from elsewhere."""
        file = f"{self.prefix}checkpoint"
        with self.at(file, "bad-checkpoint"):
            self.checkpoint = parse_checkpoint(self.read("checkpoint"))
        if not self.checkpoint.note:
            return
        self.origin, size = self.checkpoint.origin, self.checkpoint.size
        if size == 0:
            self.add("empty-log", file)
        self.trust_leaves()
        is_complete = all(self.walk(start) for start in range(0, size, WIDTH))
        with self.at(file, "bad-checkpoint"):
            self.check_signed(self.checkpoint)
        if is_complete and self.tree.root(size) != self.checkpoint.root:
            self.add("wrong-root", file)
        self.check_files(size if is_complete else 0)
        self.findings.sort(key=lambda finding: finding.get("index", 2**63))

    def check_signed(self, checkpoint: Checkpoint) -> None:
        """It is of this log, and the log key in force at its size signed it; lines by others prove nothing here."""
        key = parse_vkey([line for index, line in self.keyring.log_keys if index < checkpoint.size][-1])
        by_key = [blob for name, blob in checkpoint.signatures if (name, blob[:4]) == (self.origin, key.key_id)]
        need(by_key and checkpoint.origin == self.origin, "bad-checkpoint")
        for blob in by_key:
            check_signature(key.key, blob[4:], checkpoint.text.encode())

    def trust_leaves(self) -> None:
        """Takes the leaf hashes of the tiles if they lead to the signed root: then a changed entry can be named."""
        tree, size = Tree(), self.checkpoint.size
        try:
            for start in range(0, size, WIDTH):
                data = self.read(tile_path(0, start // WIDTH, size))
                for at in range(0, len(data), 32):
                    tree.append(data[at : at + 32].ljust(32))
        except OSError:
            return
        if len(tree.levels[0]) == size and tree.root(size) == self.checkpoint.root:
            self.tree, self.is_trusted = tree, True

    def walk(self, start: int) -> bool:
        """Judges the entries of one bundle; False where there is none, for only a signature says that there is more."""
        path, width = tile_path(-1, start // WIDTH, self.checkpoint.size), min(WIDTH, self.checkpoint.size - start)
        try:
            entries, is_whole = parse_bundle(self.read(path), width)
        except OSError:
            self.add("missing-file", f"{self.prefix}{path}")
            return False
        if not is_whole:
            self.add("bad-bundle", f"{self.prefix}{path}")
        for place in range(width):
            self.judge(start + place, entries[place] if place < len(entries) else b"")
        return True

    def judge(self, index: int, raw: bytes) -> None:
        count, leaf = len(self.findings), sha256(b"\0" + raw)
        with self.at(index):
            need(raw, "missing-entry")
            self.judge_entry(index, Entry(raw))
        if not self.is_trusted:
            self.tree.append(leaf)
        elif leaf != self.tree.levels[0][index] and len(self.findings) == count:
            self.add("changed-entry", index)

    def judge_entry(self, index: int, entry: Entry) -> None:
        if index == 0:
            self.genesis, self.origin = entry.event_id, entry.payload["log"]
        kind, uuid = entry.record.split("/")
        version = entry.payload["version"]
        head = self.heads.get(uuid, (kind, 0, None, 0))
        try:
            self.keyring.check_signatures(index, entry)
            self.check_chain(index, entry, head)
            if entry.type in CHANGES:
                CHANGES[entry.type](self.keyring, index, entry)
            self.digests.update(entry.digests)
        finally:
            # A refused entry takes its place too, so that it isn't reported again at each later entry of its record.
            if head[0] == kind and head[1] < version:
                self.heads[uuid] = (kind, version, entry.event_id, entry.tree_size)
            self.last = max(self.last, entry.recorded_at)

    def check_chain(self, index: int, entry: Entry, head: tuple[str, int, str | None, int]) -> None:
        """The entry continues its record, of which the last was (kind, version, event id, tree size), and the log."""
        kind, version, event_id, tree_size = head
        need(entry.payload["log"] == self.origin, "wrong-log")
        need(entry.recorded_at >= self.last, "clock-behind")
        need(entry.record.startswith(f"{kind}/"), "duplicate")
        need(entry.payload["version"] == version + 1, "stale-version")
        need(entry.payload["previous"] == event_id, "wrong-previous")
        need((max(tree_size, 1) if index else 0) <= entry.tree_size <= index, "wrong-tree-head")
        need(self.tree.root(entry.tree_size) == decode64(entry.payload["tree"]["root"]), "wrong-tree-head")
        need(entry.payload["occurred_on"] <= entry.day)
        need(len(set(entry.digests)) == len(entry.digests) and self.digests.isdisjoint(entry.digests), "duplicate")

    def check_files(self, size: int) -> None:
        """Every file is what the entries lead to, byte for byte, and there is no other."""
        known = {"checkpoint", "vkey"}
        for level in range(-1, 7):
            slots = size >> 8 * max(level, 0)
            for number in range(-(-slots // WIDTH)):
                path = tile_path(level, number, slots)
                known.add(path)
                if level >= 0:
                    self.compare(path, self.tree.levels[8 * level][number * WIDTH : (number + 1) * WIDTH])
        self.check_vkey_file()
        found = [item for item in self.folder.rglob("*") if item.is_file() or item.is_symlink()]
        # In the order of the entries, so that each bundle is read once.
        names = sorted((len(name), name) for name in (item.relative_to(self.folder).as_posix() for item in found))
        for _, name in names:
            proof = PROOF.fullmatch(name)
            if proof and int(proof[1]) < size:
                index = int(proof[1])
                self.compare(name, [self.proof_file(index, self.checkpoint, self.entry_at(index))])
            elif name not in known:
                self.add("unknown-file", f"{self.prefix}{name}")

    def compare(self, path: str, expected: list[bytes]) -> None:
        with self.at(f"{self.prefix}{path}"):
            need(self.read(path) == b"".join(expected), "wrong-file")

    def check_vkey_file(self) -> None:
        """Every log key that the entries name, the current one first, then entry 0's others, then ML-DSA-44 keys."""
        with self.at(f"{self.prefix}vkey", "wrong-file"):
            signing = [line for _, line in reversed(self.keyring.log_keys)]
            expected = [*signing, *(line for line in self.keyring.named if line not in signing)]
            found = self.read("vkey").decode().split("\n")
            need(found[: len(expected)] == expected and found[-1] == "", "wrong-file")
            # No event names the log's ML-DSA-44 keys: nothing rests on them.
            further = [parse_vkey(line) for line in found[len(expected) : -1]]
            need(all((key.name, key.algorithm) == (self.origin, 6) for key in further), "wrong-file")

    def entry_at(self, index: int) -> bytes:
        """The bytes of an entry, read again, so that a log of any length takes little memory; none where it is lost."""
        number, place = divmod(index, WIDTH)
        if self.bundle[0] != number:
            data = self.read(tile_path(-1, number, self.checkpoint.size))
            self.bundle = (number, parse_bundle(data, WIDTH)[0])
        return self.bundle[1][place] if place < len(self.bundle[1]) else b""

    def proof_file(self, index: int, checkpoint: Checkpoint, raw: bytes | None) -> bytes:
        """The ``.tlog-proof`` of an entry, the entry in its extra line if given (C2SP tlog-proof)."""
        extra = "" if raw is None else f"extra {encode64(raw)}\n"
        hashes = "".join(f"{encode64(item)}\n" for item in self.tree.proof(index, checkpoint.size))
        return f"c2sp.org/tlog-proof@v1\n{extra}index {index}\n{hashes}\n".encode() + checkpoint.note

    def check_older(self, note: bytes) -> Checkpoint:
        """A checkpoint that this log signed and continues."""
        checkpoint = parse_checkpoint(note)
        self.check_signed(checkpoint)
        need(self.tree.root(checkpoint.size) == checkpoint.root, "not-consistent")
        return checkpoint

    def check_receipt(self, data: bytes) -> None:
        """A receipt: index, entry and proof."""
        receipt = json.loads(data)
        index, raw = self.check_proof(receipt["proof"].encode())
        need((receipt["index"], decode64(receipt["entry"])) == (index, raw), "bad-receipt")

    def check_proof(self, data: bytes) -> tuple[int, bytes]:
        """A proof: exactly the one that this log's entries give under its checkpoint; index and entry."""
        head, _, note = data.partition(b"\n\n")
        index = int(INDEX.findall(head)[0])
        checkpoint = self.check_older(note)
        need(index < checkpoint.size, "bad-receipt")
        raw = self.entry_at(index)
        need(data == self.proof_file(index, checkpoint, raw if b"\nextra " in head else None), "bad-receipt")
        return index, raw


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="导出的文件夹 / the exported folder")
    parser.add_argument("--genesis", help="创世指纹，从别处得到的 / the genesis digest, as you know it from elsewhere")
    parser.add_argument("--since", type=Path, help="以前保存的签章 / a checkpoint that you kept")
    parser.add_argument("--receipts", type=Path, help="回执文件夹 / a folder of receipts")
    parser.add_argument("--json", action="store_true", help="输出JSON / print JSON")
    options = parser.parse_args()
    if not any((options.folder / path).is_file() for path in ("log/checkpoint", "checkpoint")):
        parser.error(f"{options.folder}里没有log/checkpoint / there is no log/checkpoint in it")
    if (options.since and not options.since.is_file()) or (options.receipts and not options.receipts.is_dir()):
        parser.error("没有--since的文件或--receipts的文件夹 / the file or folder that you named is not there")
    return options


def main() -> int:
    options = parse_arguments()
    is_export = (options.folder / "log").is_dir()
    log = Log(options.folder / "log", "log/") if is_export else Log(options.folder, "")
    log.check()
    if (options.folder / "INCOMPLETE.txt").exists():
        log.add("incomplete-export", "INCOMPLETE.txt")
    if options.genesis and log.genesis != options.genesis.strip().lower():
        log.add("wrong-genesis", 0)
    if options.since:
        with log.at(str(options.since), "not-consistent"):
            log.check_older(options.since.read_bytes())
    checks = {".json": log.check_receipt, ".tlog-proof": log.check_proof}
    for path in sorted(options.receipts.rglob("*")) if options.receipts else ():
        if path.suffix in checks:
            with log.at(str(path), "bad-receipt"):
                checks[path.suffix](path.read_bytes())
    report(log, pinned=options.genesis is not None, as_json=options.json)
    return 1 if log.findings else 0


def report(log: Log, *, pinned: bool, as_json: bool) -> None:
    """Prints the outcome."""
    count, size, root = len(log.findings), log.checkpoint.size, encode64(log.checkpoint.root)
    if as_json:
        verdict = "finding" if count else "good"
        found = {"verdict": verdict, "pinned": pinned, "origin": log.origin, "size": size, "root": root}
        sys.stdout.write(json.dumps({**found, "findings": log.findings}, ensure_ascii=False, indent=2) + "\n")
        return
    lines = [f"✗ 发现{count}处问题 / {count} findings" if count else "✓ 一致 / consistent"]
    lines.append(f"账本 {log.origin}，{size}条账目 / entries，总指纹 / root {root}")
    if not pinned:
        lines.append(f"身份未锁定 / identity not pinned: --genesis。这里的创世指纹 / genesis here: {log.genesis}")
    lines += [f"• {finding['sentence']}" for finding in log.findings[:20]]
    lines.append("记账的规则没有核对，请用 yangguang audit。 The rules were not replayed: use yangguang audit.")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
