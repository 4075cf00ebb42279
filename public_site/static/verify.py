#!/usr/bin/env python3
"""核对一份导出的阳光账本：一个文件，只用标准库和 cryptography，不联网，不信任文件夹里的任何说法。

    python verify.py 文件夹 [--genesis 创世指纹] [--since 旧签章] [--receipts 回执文件夹] [--json]

Checks an exported ledger with the standard library and `cryptography` alone, offline, believing nothing it says.

核对什么 / what is checked, all of it from the bytes:
  - 签章由第0条（或最近一次更换）写明的账本密钥签署，总指纹由条目算出。
    The checkpoint is signed by the log key that entry 0 or the last rotation names; its root follows from the entries.
  - log/ 下的每个文件都由条目逐字节推出，没有多余的文件。Every file under log/ follows from the entries, byte for byte.
  - 每条账目是规范写法，每个签名都是真的，密钥在那一条时已登记、未过期、未停用、未注销；改动密钥的账目由有权的人签署。
    Entries are canonical and their signatures hold, by keys in force at that index; who may change keys changed them.
  - 每项记录接得上，摘要只用一次，签署人核对过的总指纹与这里相同，时间不倒退。
    Records continue, digests occur once, the tree heads that signers had checked are this log's, time never goes back.
  - 文件夹里的见证规则（*.policy）列出的见证机构，联署是真的；够不够数不核对。
    Cosignatures of the witnesses that a policy in the folder lists; neither whether there are enough, nor ML-DSA-44.
不核对什么 / what is not: 记账的规则（金额、人数、公示、哪个岗位能签哪件事）：用 yangguang verify 和 yangguang audit；
网页和数据表：它们由账目生成，这里不重新生成。The rules of the programme, which post may sign what, and the pages.

退出码 0 一致，1 有问题，2 用法不对。 Exit code 0 consistent, 1 a finding, 2 wrong usage.
Formats: C2SP tlog-tiles, tlog-checkpoint, signed-note, tlog-proof; RFC 6962, 8785, 8032; DSSE 1.0.2.
"""

import argparse
import base64
import binascii
import hashlib
import json
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

WIDTH, MAX_INTEGER, MAX_ENTRY, MAX_PAYLOAD, MAX_DEPTH = 256, 2**53 - 1, 65535, 32768, 16
PAYLOAD_TYPE = "application/vnd.yangguang.event+json"
RECORD = re.compile(r"([a-z]+)/([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})")
TYPE = re.compile(r"([a-z]+)\.[a-z_]+")
HEX64 = re.compile(r"[0-9a-f]{64}")
DIGEST = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NAME = re.compile(r"[^\s+\x00-\x1f]+")
PROOF = re.compile(r"proof/(0|[1-9][0-9]{0,17})\.tlog-proof")
REQUIRED = {"log", "type", "schema", "record", "version", "previous", "tree", "occurred_on", "data"}
GOVERNED = {"register", "supervise", "care", "confirm"}
PLAIN = re.compile("[ -~\u3001-\u3011\u4e00-\u9fa5\uff01-\uff5e\u2014\u2018-\u201d\u2026\u00b7]*")
BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
Y8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022
SMALL_ORDER = {0, 1, P - 1, P, P + 1, Y8, P - Y8}
SENTENCES = {
    "malformed": ("写法不合格", "it is not in the prescribed form"),
    "too-large": ("太大", "it is too large"),
    "invalid-field": ("字段或值不对", "a field or value is wrong"),
    "bad-signature": ("内容与签名不符，签署之后被改动过", "it does not match its signature, so it was changed"),
    "unknown-key": ("签署的密钥没有登记过", "it was not signed with an enrolled key"),
    "key-not-in-force": ("签署的密钥当时无效", "it was signed with a key that was not in force there"),
    "missing-capability": ("签署人无权这样改动密钥，或签名不够", "its signers may not change keys so, or are too few"),
    "invalid-key": ("启用的公钥不合格", "it enrols a key that is not sound"),
    "duplicate": ("用了只能用一次、本账本已经用过的东西", "it uses again what may occur only once in a ledger"),
    "wrong-state": ("密钥现在的状态不能这样改", "a key cannot be changed so in the state it is in"),
    "wrong-log": ("是为另一本账签署的", "it was signed for another ledger"),
    "clock-behind": ("记入时间早于上一条", "it was recorded before the entry that precedes it"),
    "stale-version": (
        "与所续的上一条接不上，中间有账目被删去或调换",
        "it does not continue its record: one was removed",
    ),
    "wrong-previous": ("与所续的上一条接不上，上一条被改动过", "it does not continue its record: one was changed"),
    "wrong-tree-head": ("签署人核对过的账本与这里的不同", "its signer had checked another ledger than this"),
    "changed-entry": ("与签章时的内容不同，记入之后被改动过", "it is not what the signed checkpoint covers"),
    "missing-entry": ("不在这里，被删去了", "it is missing"),
    "missing-file": ("文件不在", "the file is missing"),
    "wrong-file": ("文件不是由账目推出的样子，被改动过", "the file is not what the entries lead to"),
    "unknown-file": ("文件不属于这本账", "nothing in the ledger leads to such a file"),
    "bad-bundle": ("条目包读不出来", "the bundle cannot be read"),
    "bad-checkpoint": ("签章不是账本在这个大小时的密钥签的", "it is not signed by the log key in force at its size"),
    "wrong-root": ("由账目算出的总指纹与签章里的不同", "the entries do not lead to the root in it"),
    "empty-log": ("账本里没有账目", "the ledger has no entries"),
    "incomplete-export": ("这份导出没有完成", "the export was cut"),
    "wrong-genesis": ("这不是您指定的账本", "this is not the ledger you asked for"),
    "not-consistent": ("账本与您保存的签章接不上", "the ledger does not continue the checkpoint you kept"),
    "bad-receipt": ("这张回执与账本不符", "the receipt does not agree with the ledger"),
}
Json = dict[str, Any]
Cosigners = dict[tuple[str, bytes], bytes]
keys_loaded: dict[bytes, Ed25519PublicKey] = {}


class Refused(Exception):  # noqa: N818
    """Something is not as it must be; ``code`` is one of SENTENCES."""

    def __init__(self, code: str) -> None:
        super().__init__(SENTENCES[code][1])
        self.code = code


def need(condition: object, code: str = "invalid-field") -> None:
    """Refuses unless the condition holds."""
    if not condition:
        raise Refused(code)


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def encode64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def decode64(text: Any) -> bytes:
    """Canonical base64: what would not encode back to the same text is refused."""
    need(isinstance(text, str))
    try:
        data = binascii.a2b_base64(text.encode("ascii"))
    except (UnicodeEncodeError, binascii.Error):
        raise Refused("malformed") from None
    need(encode64(data) == text, "malformed")
    return data


def parse_canonical(data: bytes, most: int) -> Any:
    """The JSON value of bytes that are their own RFC 8785 form: integers only, names once and in UTF-16 order."""
    need(len(data) <= most, "too-large")
    try:
        text = data.decode()
        value = json.loads(text, object_pairs_hook=ordered, parse_float=never, parse_constant=never, parse_int=integer)
        need(depth(value) <= MAX_DEPTH, "malformed")
        again = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except (ValueError, RecursionError):
        raise Refused("malformed") from None
    need(again == data, "malformed")
    return value


def ordered(pairs: list[tuple[str, Any]]) -> Json:
    names = [name for name, _ in pairs]
    in_order = sorted(set(names), key=lambda name: name.encode("utf-16-be", "surrogatepass"))
    need(names == in_order, "malformed")
    return dict(pairs)


def never(_: str) -> Any:
    raise Refused("malformed")


def integer(text: str) -> int:
    need(len(text) <= 17 and -MAX_INTEGER <= int(text) <= MAX_INTEGER, "malformed")
    return int(text)


def depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth, inner), default=0)


def check_strings(value: Any) -> None:
    """No character that hides or cannot be shown, NFC only, in names and values alike."""
    if isinstance(value, str) and not PLAIN.fullmatch(value):
        hidden = (
            character in BIDI or unicodedata.category(character) in ("Cc", "Cs", "Co", "Cf")
            for character in value
            if character not in "\u200c\u200d"
        )
        need(not any(hidden) and unicodedata.is_normalized("NFC", value), "malformed")
    for item in (*value, *value.values()) if isinstance(value, dict) else value if isinstance(value, list) else ():
        check_strings(item)


def is_point(key: bytes) -> bool:
    """Whether 32 bytes are the one spelling of a curve point that is not of small order; OpenSSL sees to the curve."""
    return len(key) == 32 and y_of(key) < P and y_of(key) not in SMALL_ORDER


def y_of(point: bytes) -> int:
    return int.from_bytes(point, "little") & (2**255 - 1)


def check_signature(key: bytes, signature: bytes, message: bytes) -> None:
    """Ed25519 by its strictest reading: no small-order point, no scalar beyond the order."""
    sound = is_point(key) and len(signature) == 64 and y_of(signature[:32]) not in SMALL_ORDER
    need(sound and int.from_bytes(signature[32:], "little") < ORDER, "bad-signature")
    try:
        if key not in keys_loaded:
            keys_loaded[key] = Ed25519PublicKey.from_public_bytes(key)
        keys_loaded[key].verify(signature, message)
    except (InvalidSignature, ValueError):
        raise Refused("bad-signature") from None


def check_possession(key: bytes, possession: Any, origin: str, holder: Any, line: str) -> None:
    """The holder of a new key signed for this ledger, himself and the key."""
    need(is_point(key), "invalid-key")
    need(isinstance(holder, str))
    lines = ("yangguang-key-possession/v1", origin, holder, line)
    check_signature(key, decode64(possession), "".join(f"{each}\n" for each in lines).encode())


class Tree:
    """RFC 6962. ``levels[l][i]`` is the hash over leaves [i * 2**l, (i + 1) * 2**l)."""

    def __init__(self) -> None:
        self.levels: list[list[bytes]] = [[]]
        self.roots: dict[int, bytes] = {}

    @property
    def size(self) -> int:
        return len(self.levels[0])

    def append(self, leaf: bytes) -> None:
        node, level = leaf, 0
        self.levels[0].append(node)
        while len(self.levels[level]) % 2 == 0:
            node, level = sha256(b"\1" + b"".join(self.levels[level][-2:])), level + 1
            self.levels += [[]] if level == len(self.levels) else []
            self.levels[level].append(node)

    def root(self, size: int) -> bytes:
        need(size <= self.size, "wrong-tree-head")
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

    def tile(self, level: int, number: int, width: int) -> bytes:
        return b"".join(self.levels[8 * level][number * WIDTH : number * WIDTH + width])


def tiles_of(size: int) -> Iterator[tuple[int, int, int, str]]:
    """(level, number, width, path) of every tile of a log, and of every bundle, whose level is -1."""
    for level in range(-1, 7):
        slots = size >> 8 * max(level, 0)
        for number in range(-(-slots // WIDTH)):
            width = min(WIDTH, slots - number * WIDTH)
            yield level, number, width, tile_path(level, number, width)


def tile_path(level: int, number: int, width: int) -> str:
    path, rest = f"{number % 1000:03}", number // 1000
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


def parse_vkey(line: Any) -> tuple[str, int, bytes]:
    """(name, algorithm, key) of ``name+key id+base64(algorithm || key)``."""
    name, key_id, encoded = line.split("+", 2) if isinstance(line, str) and line.count("+") >= 2 else ("", "", "")
    blob = decode64(encoded)
    sound = NAME.fullmatch(name) and len(blob) == {1: 33, 4: 33, 6: 1313}.get(blob[0] if blob else 0)
    need(sound and key_id == sha256(name.encode() + b"\n" + blob)[:4].hex())
    return name, blob[0], blob[1:]


def parse_note(data: bytes) -> tuple[str, str, int, bytes, list[tuple[str, bytes, bytes]]]:
    """(text, origin, size, root, [(name, key id, signature)]) of a checkpoint, nothing verified."""
    try:
        text, empty_line, below = data.decode().rpartition("\n\n")
    except UnicodeDecodeError:
        raise Refused("malformed") from None
    lines, signatures = text.split("\n"), []
    sound = empty_line and below.endswith("\n") and len(lines) >= 3 and all(lines) and len(data) <= 2**20
    need(sound and not re.search(r"[\x00-\x09\x0b-\x1f]", text), "malformed")
    for line in below[:-1].split("\n"):
        name, space, encoded = line[2:].partition(" ")
        blob = decode64(encoded)
        need(line.startswith("\u2014 ") and space and NAME.fullmatch(name) and len(blob) > 4, "malformed")
        signatures.append((name, blob[:4], blob[4:]))
    need(
        re.fullmatch(r"0|[1-9][0-9]{0,18}", lines[1]) and int(lines[1]) < 2**63 and len(signatures) <= 100, "malformed"
    )
    root = decode64(lines[2])
    need(len(root) == 32 and (int(lines[1]) > 0 or root == sha256(b"")), "malformed")
    return text + "\n", lines[0], int(lines[1]), root, signatures


def key_id_of(name: str, algorithm: int, key: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + bytes([algorithm]) + key)[:4]


def cosigners_in(lines: list[str]) -> Cosigners:
    """Others who may sign beside the log, by name and key id: witnesses; of ML-DSA-44 no key, for none is checked."""
    found: Cosigners = {}
    for line in lines:
        try:
            name, algorithm, key = parse_vkey(line)
        except Refused:
            continue
        if algorithm in (4, 6):
            found[name, key_id_of(name, algorithm, key)] = key if algorithm == 4 else b""
    return found


def check_note(note: bytes, origin: str, vkey: str | None, cosigners: Cosigners | None) -> None:
    """The log key signed the checkpoint of this log, and beside it at most ``cosigners``; None for anybody."""
    text, name, _, _, signatures = parse_note(note)
    _, algorithm, key = parse_vkey(vkey)
    mine = (origin, key_id_of(origin, algorithm, key))
    need(name == origin and any(signature[:2] == mine for signature in signatures), "bad-checkpoint")
    for signer, key_id, signature in signatures:
        if (signer, key_id) == mine:
            check_signature(key, signature, text.encode())
        elif cosigners is not None:
            need((signer, key_id) in cosigners, "bad-checkpoint")
            if witness := cosigners[signer, key_id]:  # C2SP tlog-cosignature: 8 bytes of time, then Ed25519
                time = f"cosignature/v1\ntime {int.from_bytes(signature[:8], 'big')}\n"
                check_signature(witness, signature[8:], (time + text).encode())


class Entry:
    """An entry that parses: envelope (DSSE), payload and time. Nothing in it is verified yet."""

    def __init__(self, raw: bytes) -> None:
        value = members(parse_canonical(raw, MAX_ENTRY), "envelope", "recorded_at")
        envelope = members(value["envelope"], "payload", "payloadType", "signatures")
        self.signed = decode64(envelope["payload"])
        self.event_id = sha256(self.signed).hex()
        need(envelope["payloadType"] == PAYLOAD_TYPE and isinstance(envelope["signatures"], list))
        found = [members(item, "keyid", "sig") for item in envelope["signatures"]]
        self.signatures = [(item["keyid"], decode64(item["sig"])) for item in found]
        keyids = [keyid for keyid, signature in self.signatures if fits(HEX64, keyid) and len(signature) == 64]
        need(1 <= len(found) <= 16 and len(keyids) == len(found) and keyids == sorted(set(keyids)))
        self.recorded_at, self.day = value["recorded_at"], beijing_day(value["recorded_at"])
        self.payload = parse_payload(self.signed)
        self.data: Json = self.payload["data"]
        self.kind, self.uuid = self.payload["record"].split("/")

    def check_signatures(self, public_keys: dict[str, bytes]) -> None:
        """Every signature holds, by the key that its keyid names."""
        head = f"DSSEv1 {len(PAYLOAD_TYPE)} {PAYLOAD_TYPE} {len(self.signed)} ".encode()
        for keyid, signature in self.signatures:
            need(keyid in public_keys, "unknown-key")
            check_signature(public_keys[keyid], signature, head + self.signed)

    @property
    def digests(self) -> list[str]:
        return [*self.payload.get("sealed", ()), *self.payload.get("withdrawable", ())]


def parse_payload(raw: bytes) -> Json:
    """What was signed: canonical JSON with exactly the fields that there are."""
    value: Json = parse_canonical(raw, MAX_PAYLOAD)
    check_strings(value)
    need(isinstance(value, dict) and value.keys() - {"sealed", "withdrawable"} == REQUIRED)
    kind, record, tree = (
        fits(TYPE, value["type"]),
        fits(RECORD, value["record"]),
        members(value["tree"], "size", "root"),
    )
    need(kind and record and kind[1] == record[1] and isinstance(value["log"], str) and value["log"])
    need(is_count(value["schema"], 1) and is_count(value["version"], 1) and is_count(tree["size"], 0))
    need(value["previous"] is None or fits(HEX64, value["previous"]))
    need(is_day(value["occurred_on"]) and isinstance(value["data"], dict) and len(decode64(tree["root"])) == 32)
    for digests in (value[name] for name in ("sealed", "withdrawable") if name in value):
        need(isinstance(digests, list) and digests and all(fits(DIGEST, item) for item in digests))
        need(digests == sorted(set(digests)))
    return value


def members(value: Any, *names: str) -> Json:
    need(isinstance(value, dict) and value.keys() == set(names))
    found: Json = value
    return found


def fits(pattern: re.Pattern[str], value: Any) -> re.Match[str] | None:
    return pattern.fullmatch(value) if isinstance(value, str) else None


def is_count(value: Any, least: int) -> bool:
    return type(value) is int and value >= least


def is_day(text: Any) -> bool:
    try:
        return fits(DAY, text) is not None and bool(datetime.fromisoformat(text))
    except ValueError:
        return False


def is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def beijing_day(text: Any) -> str:
    """The day, UTC+8, of a moment written like 2026-01-02T03:04:05.678Z."""
    need(fits(TIME, text), "malformed")
    try:
        return (datetime.fromisoformat(text[:-1]) + timedelta(hours=8)).date().isoformat()
    except (ValueError, OverflowError):
        raise Refused("malformed") from None


class Key:
    """One public key and its standing."""

    def __init__(self, raw: bytes, capabilities: list[str], enrolled_at: int, expires_on: str = "9999-12-31") -> None:
        self.id, self.raw, self.capabilities = sha256(raw).hex(), raw, capabilities
        self.enrolled_at, self.expires_on, self.ended_at, self.suspended = enrolled_at, expires_on, 2**63, False

    def check_in_force(self, index: int, day: str) -> None:
        need(self.enrolled_at < max(index, 1) and index <= self.ended_at and not self.suspended, "key-not-in-force")
        need(day <= self.expires_on, "key-not-in-force")


Change = tuple[str, Callable[[], object]]
"""Who must sign a change of keys, ``govern`` or ``register``, and what it does."""


class Keyring:
    """What entries 0 … i-1 made of each key, asked when entry i is judged. ``log_keys`` are (entry index, vkey)."""

    def __init__(self) -> None:
        self.keys: dict[str, Key] = {}
        self.holders: dict[str, Json] = {}
        self.admins: list[str] = []
        self.quorum = 0
        self.log_keys: list[tuple[int, str]] = []

    def judge(self, index: int, entry: Entry, check_chain: Callable[[], None]) -> None:
        """Every signature is by a key in force; keys are changed by those who may. Then the change is made."""
        named = admins_in(entry.data) if index == 0 else []
        first = {sha256(raw).hex(): raw for raw in (decode64(admin.get("public_key")) for admin in named)}
        entry.check_signatures(first if index == 0 else {name: key.raw for name, key in self.ring(entry).items()})
        change = CHANGES.get(entry.payload["type"])
        if change and index == 0:  # entry 0 is judged by the admins that it names itself
            check_chain()
            change(self, index, entry)[1]()
        for key in self.ring(entry).values():
            key.check_in_force(index, entry.day)
        if change is None:
            return check_chain()
        if index:
            check_chain()
        signed_by, apply = change(self, index, entry) if index else ("govern", lambda: None)
        signers = list(self.ring(entry).values())
        can_sign = all(signed_by in key.capabilities for key in signers)
        need(
            can_sign and (len(signers) >= self.quorum if signed_by == "govern" else len(signers) == 1),
            "missing-capability",
        )
        apply()
        return None

    def ring(self, entry: Entry) -> dict[str, Key]:
        return {keyid: self.keys[keyid] for keyid, _ in entry.signatures if keyid in self.keys}

    def vkey_at(self, size: int) -> str | None:
        """The log key that signs a checkpoint of that size."""
        return next((vkey for index, vkey in reversed(self.log_keys) if index < size), None)

    def new_key(self, data: Json, entry: Entry, holder: Any) -> bytes:
        """A key that was never admitted, whose holder showed that he has it."""
        raw = decode64(data.get("public_key"))
        check_possession(raw, data.get("possession"), entry.payload["log"], holder, data["public_key"])
        need(sha256(raw).hex() not in self.keys, "duplicate")
        return raw

    def opened(self, index: int, entry: Entry) -> Change:
        need(index == 0, "duplicate")
        origin, lines = entry.payload["log"], entry.data.get("log_vkeys")
        need(is_texts(lines) and entry.data.get("origin") == origin)
        found = [(line, parse_vkey(line)) for line in entry.data["log_vkeys"]]
        signing = [line for line, (_, algorithm, _) in found if algorithm == 1]
        need(len(signing) == 1 and all(name == origin for _, (name, _, _) in found))
        signed_by, apply = self.policy_changed(index, entry)
        self.log_keys.append((0, signing[0]))  # in force at once: entry 0 is judged by nothing but itself
        return signed_by, apply

    def policy_changed(self, index: int, entry: Entry) -> Change:
        quorum = entry.data["policy"].get("quorum") if isinstance(entry.data.get("policy"), dict) else None
        admins = [self.read_admin(admin, index, entry) for admin in admins_in(entry.data)]
        ids = [key.id for key in admins]
        can_govern = sum("govern" in key.capabilities for key in admins)
        need(is_count(quorum, 1) and can_govern >= (quorum or 0) and len(set(ids)) == len(ids))

        def apply() -> None:
            for keyid in set(self.admins) - set(ids):
                self.keys[keyid].ended_at = index
            for key in admins:
                self.keys.setdefault(key.id, key).capabilities = key.capabilities
            self.admins, self.quorum = ids, quorum or 0

        return "govern", apply

    def read_admin(self, admin: Json, index: int, entry: Entry) -> Key:
        need(is_texts(admin.get("capabilities")))
        raw = decode64(admin.get("public_key"))
        if sha256(raw).hex() not in self.admins:
            self.new_key(admin, entry, entry.payload["record"])
        return Key(raw, admin["capabilities"], index)

    def log_key_rotated(self, index: int, entry: Entry) -> Change:
        line = entry.data.get("log_vkey")
        name, algorithm, raw = parse_vkey(line)
        need(name == entry.payload["log"] and algorithm == 1)
        used = [parse_vkey(vkey)[2] for _, vkey in self.log_keys]
        need(raw not in used and sha256(raw).hex() not in self.keys, "duplicate")
        check_possession(raw, entry.data.get("possession"), name, entry.payload["record"], str(line))
        return "govern", lambda: self.log_keys.append((index, str(line)))

    def enrolled(self, index: int, entry: Entry) -> Change:
        record, capabilities, expires_on = entry.payload["record"], *map(entry.data.get, ("capabilities", "expires_on"))
        need(record not in self.holders and entry.payload["version"] == 1, "wrong-state")
        need(is_texts(capabilities) and is_day(expires_on) and str(expires_on) >= entry.day)
        organisation = entry.data.get("organisation")
        key = Key(self.new_key(entry.data, entry, organisation), list(capabilities or ()), index, str(expires_on))

        def apply() -> None:
            self.keys[key.id] = key
            self.holders[record] = {"organisation": organisation, "key": key, "state": "enrolled"}

        return "govern" if GOVERNED & set(key.capabilities) else "register", apply

    def replaced(self, index: int, entry: Entry) -> Change:
        held = self.holder(entry, "enrolled")
        old: Key = held["key"]
        key = Key(self.new_key(entry.data, entry, held["organisation"]), old.capabilities, index, old.expires_on)

        def apply() -> None:
            old.ended_at = index
            self.keys[key.id] = held["key"] = key

        return "register", apply

    def suspended(self, _: int, entry: Entry) -> Change:
        held = self.holder(entry, "enrolled")
        return "register", lambda: self.set_state(held, "suspended", suspended=True)

    def restored(self, _: int, entry: Entry) -> Change:
        held = self.holder(entry, "suspended")
        return "register", lambda: self.set_state(held, "enrolled", suspended=False)

    def revoked(self, index: int, entry: Entry) -> Change:
        held = self.holder(entry, "enrolled", "suspended")
        return "register", lambda: self.set_state(held, "revoked", ended_at=index)

    def set_state(self, held: Json, state: str, **changes: int) -> None:
        held["state"] = state
        held["key"].__dict__.update(changes)

    def holder(self, entry: Entry, *states: str) -> Json:
        held = self.holders.get(entry.payload["record"], {"state": ""})
        need(held["state"] in states, "wrong-state")
        return held


CHANGES: dict[str, Callable[[Keyring, int, Entry], Change]] = {
    **{f"ledger.{name}": getattr(Keyring, name) for name in ("opened", "policy_changed", "log_key_rotated")},
    **{f"key.{name}": getattr(Keyring, name) for name in ("enrolled", "replaced", "suspended", "restored", "revoked")},
}


def admins_in(data: Json) -> list[Json]:
    policy = data.get("policy")
    admins = policy.get("admins") if isinstance(policy, dict) else None
    return [admin for admin in admins if isinstance(admin, dict)] if isinstance(admins, list) else []


class Log:
    """The files of a published log, judged from the first entry to the last."""

    def __init__(self, folder: Path, prefix: str, policy: str = "") -> None:
        self.folder, self.prefix, self.policy = folder, prefix, policy
        self.findings: list[Json] = []
        self.keyring, self.tree, self.trusted, self.note = Keyring(), Tree(), False, b""
        self.origin, self.genesis, self.size, self.root, self.last = "", "", 0, b"", ""
        self.heads: dict[str, tuple[str, int, str | None, int]] = {}
        self.digests: set[str] = set()
        self.bundle: tuple[int, list[bytes]] = (-1, [])

    def check(self) -> None:
        """Everything that there is to check without a word from elsewhere."""
        try:
            self.note = self.read("checkpoint")
            _, self.origin, self.size, self.root, _ = parse_note(self.note)
        except Refused:
            return self.add("bad-checkpoint", file="checkpoint")
        if self.size == 0:
            self.add("empty-log", file="checkpoint")
        self.trust_leaves()
        complete = all(self.walk(start) for start in range(0, self.size, WIDTH))
        try:
            check_note(self.note, self.origin, self.keyring.vkey_at(self.size), cosigners_in(self.listed()))
        except Refused:
            self.add("bad-checkpoint", file="checkpoint")
        if complete and self.tree.root(self.size) != self.root:
            self.add("wrong-root", file="checkpoint")
        self.check_files(self.size if complete else 0)
        return self.findings.sort(key=lambda finding: finding.get("index", 2**63))

    def read(self, path: str) -> bytes:
        try:
            return (self.folder / path).read_bytes()
        except OSError:
            raise Refused("missing-file") from None

    def add(self, code: str, *, index: int | None = None, file: str = "") -> None:
        zh, en = SENTENCES[code]
        place = {"file": f"{self.prefix}{file}"} if index is None else {"index": index}
        where = (f"第{index}条", f"Entry {index}") if index is not None else (place["file"], f"{place['file']}")
        self.findings.append({**place, "code": code, "sentence": f"{where[0]}：{zh}。 {where[1]}: {en}."})

    def trust_leaves(self) -> None:
        """Takes the leaf hashes of the tiles if they lead to the signed root: then a changed entry can be named."""
        tree = Tree()
        try:
            for start in range(0, self.size, WIDTH):
                data = self.read(tile_path(0, start // WIDTH, min(WIDTH, self.size - start)))
                for at in range(0, len(data), 32):
                    tree.append(data[at : at + 32].ljust(32))
        except Refused:
            return
        if tree.size == self.size and tree.root(self.size) == self.root:
            self.tree, self.trusted = tree, True

    def walk(self, start: int) -> bool:
        """Judges the entries of one bundle; False where there is none, for only a signature says that there is more."""
        width = min(WIDTH, self.size - start)
        path = tile_path(-1, start // WIDTH, width)
        try:
            entries, is_whole = parse_bundle(self.read(path), width)
        except Refused:
            self.add("missing-file", file=path)
            return False
        if not is_whole:
            self.add("bad-bundle", file=path)
        for place in range(width):
            self.judge(start + place, entries[place] if place < len(entries) else None)
        return True

    def judge(self, index: int, raw: bytes | None) -> None:
        before = len(self.findings)
        try:
            need(raw is not None, "missing-entry")
            self.judge_entry(index, Entry(raw or b""))
        except Refused as refused:
            self.add(refused.code, index=index)
        leaf = bytes(32) if raw is None else sha256(b"\0" + raw)
        if not self.trusted:
            self.tree.append(leaf)
        elif leaf != self.tree.levels[0][index] and len(self.findings) == before:
            self.add("changed-entry", index=index)

    def judge_entry(self, index: int, entry: Entry) -> None:
        self.genesis = entry.event_id if index == 0 else self.genesis
        self.origin = entry.payload["log"] if index == 0 else self.origin
        head = self.heads.get(entry.uuid, (entry.kind, 0, None, 0))
        try:
            self.keyring.judge(index, entry, lambda: self.check_chain(index, entry, head))
            self.digests.update(entry.digests)
        finally:
            # A refused entry takes its place too, so that it isn't reported again at each later entry of its record.
            if head[0] == entry.kind and head[1] < entry.payload["version"]:
                size = entry.payload["tree"]["size"]
                self.heads[entry.uuid] = (entry.kind, entry.payload["version"], entry.event_id, size)
            self.last = max(self.last, entry.recorded_at)

    def check_chain(self, index: int, entry: Entry, head: tuple[str, int, str | None, int]) -> None:
        """The entry continues its record and the log."""
        payload, size = entry.payload, entry.payload["tree"]["size"]
        need(payload["log"] == self.origin, "wrong-log")
        need(entry.recorded_at >= self.last, "clock-behind")
        need(head[0] == entry.kind, "duplicate")
        need(payload["version"] == head[1] + 1, "stale-version")
        need(payload["previous"] == head[2], "wrong-previous")
        need((max(head[3], 1) if index else 0) <= size <= index, "wrong-tree-head")
        need(self.tree.root(size) == decode64(payload["tree"]["root"]), "wrong-tree-head")
        need(payload["occurred_on"] <= entry.day)
        need(len(set(entry.digests)) == len(entry.digests) and self.digests.isdisjoint(entry.digests), "duplicate")

    def check_files(self, size: int) -> None:
        """Every file is what the entries lead to, byte for byte, and there is no other."""
        known = {"checkpoint", "vkey"}
        for level, number, width, path in tiles_of(size):
            known.add(path)
            if level >= 0:
                self.compare(path, self.tree.tile(level, number, width))
        self.compare("vkey", self.vkey_file())
        found = (item for item in self.folder.rglob("*") if item.is_file() or item.is_symlink())
        for name in sorted(
            (item.relative_to(self.folder).as_posix() for item in found), key=lambda name: (len(name), name)
        ):
            proof = PROOF.fullmatch(name)
            if proof and int(proof[1]) < size:
                self.compare(name, self.proof_file(int(proof[1]), size, self.note, self.entry_at(int(proof[1]))))
            elif name not in known:
                self.add("unknown-file", file=name)

    def compare(self, path: str, expected: bytes) -> None:
        try:
            need(self.read(path) == expected, "wrong-file")
        except Refused as refused:
            self.add(refused.code, file=path)

    def listed(self) -> list[str]:
        """The vkeys of the policy's witnesses, and those that the file ``vkey`` lists beyond the entries' own."""
        witnesses = [words[2] for words in map(str.split, self.policy.splitlines()) if len(words) > 2]
        try:
            return [*witnesses, *self.read("vkey").decode(errors="replace").splitlines()]
        except Refused:
            return witnesses

    def vkey_file(self) -> bytes:
        """Every log key that the entries name, the current one first, then entry 0's others, then ML-DSA-44 keys."""
        try:
            named = Entry(self.entry_at(0)).data["log_vkeys"] if self.keyring.log_keys else []
        except Refused:
            named = []
        signing = [vkey for _, vkey in reversed(self.keyring.log_keys)]
        lines = [*signing, *(each for each in named if each not in signing)]
        # No event names the log's ML-DSA-44 keys: the file may list them after the others, and nothing rests on them.
        further = [line for line in self.listed() if line not in lines and line.startswith(f"{self.origin}+")]
        lines += [line for line in further if b"" in cosigners_in([line]).values()]
        return "".join(f"{line}\n" for line in lines).encode()

    def entry_at(self, index: int) -> bytes:
        """The bytes of an entry, read again, so that a log of any length takes little memory; none where it is lost."""
        number, place = divmod(index, WIDTH)
        if self.bundle[0] != number:
            width = min(WIDTH, self.size - number * WIDTH)
            self.bundle = (number, parse_bundle(self.read(tile_path(-1, number, width)), width)[0])
        return self.bundle[1][place] if place < len(self.bundle[1]) else b""

    def proof_file(self, index: int, size: int, note: bytes, raw: bytes | None) -> bytes:
        """The ``.tlog-proof`` of an entry, the entry in its extra line if given (C2SP tlog-proof)."""
        extra = "" if raw is None else f"extra {encode64(raw)}\n"
        hashes = "".join(f"{encode64(item)}\n" for item in self.tree.proof(index, size))
        return f"c2sp.org/tlog-proof@v1\n{extra}index {index}\n{hashes}\n".encode() + note

    def check_kept(self, path: Path, code: str, check: Callable[[bytes], object]) -> None:
        """Checks something that somebody kept."""
        try:
            check(path.read_bytes())
        except (Refused, ValueError, TypeError, KeyError, OSError, AttributeError):
            zh, en = SENTENCES[code]
            self.findings.append({"file": str(path), "code": code, "sentence": f"{path}：{zh}。 {path}: {en}."})

    def check_older(self, note: bytes) -> int:
        """A checkpoint that this log signed and continues; its size."""
        _, _, size, root, _ = parse_note(note)
        check_note(note, self.origin, self.keyring.vkey_at(size), None)
        need(self.tree.root(size) == root, "not-consistent")
        return size

    def check_receipt(self, data: bytes) -> None:
        """A receipt: index, entry and proof."""
        receipt = json.loads(data)
        index, raw = self.check_proof(receipt["proof"].encode())
        need((receipt["index"], decode64(receipt["entry"])) == (index, raw), "bad-receipt")

    def check_proof(self, data: bytes) -> tuple[int, bytes | None]:
        """A proof: exactly the one that this log's entries give under its checkpoint; index and entry."""
        head, _, note = data.partition(b"\n\n")
        index = int(re.findall(rb"(?m)^index (0|[1-9][0-9]{0,17})$", head)[0])
        size = self.check_older(note)
        need(index < size, "bad-receipt")
        raw = self.entry_at(index)
        need(data == self.proof_file(index, size, note, raw if b"\nextra " in head else None), "bad-receipt")
        return index, raw


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="导出的文件夹 / the exported folder")
    parser.add_argument("--genesis", help="创世指纹，从别处得到的 / the genesis digest, as you know it from elsewhere")
    parser.add_argument("--since", type=Path, help="以前保存的签章 / a checkpoint that you kept")
    parser.add_argument("--receipts", type=Path, help="回执文件夹 / a folder of receipts")
    parser.add_argument("--json", action="store_true", help="输出JSON / print JSON")
    options = parser.parse_args()
    is_export = (options.folder / "log").is_dir()
    if not is_export and not (options.folder / "checkpoint").is_file():
        parser.error(f"{options.folder}里没有log/checkpoint / there is no log/checkpoint in it")
    if (options.since and not options.since.is_file()) or (options.receipts and not options.receipts.is_dir()):
        parser.error("没有--since的文件或--receipts的文件夹 / the file or folder that you named is not there")
    policies = [
        path.read_text("utf-8", "replace") for path in sorted(options.folder.glob("*.policy")) if path.is_file()
    ]
    place = (options.folder / "log", "log/") if is_export else (options.folder, "")
    log = Log(*place, policy="\n".join(policies))
    log.check()
    if (options.folder / "INCOMPLETE.txt").exists():
        log.add("incomplete-export", file="INCOMPLETE.txt")
    if options.genesis and log.genesis != options.genesis.strip().lower():
        log.add("wrong-genesis", index=0)
    if options.since:
        log.check_kept(options.since, "not-consistent", log.check_older)
    for path in sorted(options.receipts.rglob("*")) if options.receipts else ():
        if path.suffix == ".json":
            log.check_kept(path, "bad-receipt", log.check_receipt)
        elif path.suffix == ".tlog-proof":
            log.check_kept(path, "bad-receipt", log.check_proof)
    report(log, pinned=options.genesis is not None, as_json=options.json)
    return 1 if log.findings else 0


def report(log: Log, *, pinned: bool, as_json: bool) -> None:
    """Prints the outcome."""
    head = {"verdict": "finding" if log.findings else "good", "pinned": pinned, "origin": log.origin, "size": log.size}
    if as_json:
        found = {**head, "root": encode64(log.root), "findings": log.findings}
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
        return
    count = len(log.findings)
    lines = [f"✗ 发现{count}处问题 / {count} findings" if count else "✓ 一致 / consistent"]
    lines.append(f"账本 {log.origin}，{log.size}条账目 / entries，总指纹 / root {encode64(log.root)}")
    if not pinned:
        lines.append(f"身份未锁定 / identity not pinned: --genesis。这里的创世指纹 / genesis here: {log.genesis}")
    lines += [f"• {finding['sentence']}" for finding in log.findings[:20]]
    lines.append("记账的规则没有核对，请用 yangguang audit。 The rules were not replayed: use yangguang audit.")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
