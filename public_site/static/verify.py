#!/usr/bin/env python3
"""核对一份导出的阳光账本：一个文件，只用标准库和 cryptography，不联网，不信任文件夹里的任何说法。

    python verify.py 文件夹 [--genesis 创世指纹] [--since 旧签章] [--receipts 回执文件夹] [--json]

核对：签章由当时的账本密钥签署；log/ 下每个文件都由条目逐字节推出，没有多余的；条目是规范写法，签署的密钥当时有效，
改动密钥的由有权的人签署；记录接得上，摘要只用一次，签署人核对过的总指纹与这里相同，时间不倒退。
不核对：见证机构的联署和后量子签名（别人的签名行只看写法）、记账的规则、网页和数据表。前三样请用 yangguang audit。
退出码 0 一致，1 有问题，2 用法不对。 Exit code 0 consistent, 1 findings, 2 wrong usage.

Checks an exported ledger offline: the log key in force signed the checkpoint, every file under log/ follows from the
entries, entries are canonical and signed by keys in force there, keys are changed by those who may, records continue,
digests occur once, signers had checked this very log, time never goes back. Not checked: cosignatures and ML-DSA-44 (of
others' lines only the form), the programme's rules, pages.
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
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

WIDTH, MAX_INTEGER, MAX_ENTRY, MAX_PAYLOAD, MAX_NOTE, MAX_DEPTH = 256, 2**53 - 1, 65535, 32768, 2**20, 16
PAYLOAD_TYPE = "application/vnd.yangguang.event+json"
RECORD = re.compile(r"([a-z]+)/([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})")
TYPE = re.compile(r"([a-z]+)\.[a-z_]+")
HEX64 = re.compile(r"[0-9a-f]{64}")
DIGEST = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
NAME = re.compile(r"[^\s+\x00-\x1f]+")
NOTE = re.compile(r"((\S+)\n(0|[1-9][0-9]{0,18})\n(\S+)\n(?:[^\x00-\x1f]+\n)*)\n((?:\u2014 \S+ \S+\n){1,100})")
PROOF = re.compile(r"proof/(0|[1-9][0-9]{0,17})\.tlog-proof")
INDEX = re.compile(rb"(?m)^index (0|[1-9][0-9]{0,17})$")
REQUIRED = {"log", "type", "schema", "record", "version", "previous", "tree", "occurred_on", "data"}
GOVERNED = {"register", "supervise", "care", "confirm"}
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
Y8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022
SMALL_ORDER = {0, 1, P - 1, Y8, P - Y8}
GROUPS = [
    ("malformed too-large invalid-field", "写法、大小或值不合格", "it is not in the prescribed form"),
    ("bad-signature changed-entry", "被改动过，与签名或签章不符", "it was changed and does not match what was signed"),
    ("unknown-key key-not-in-force", "签署的密钥没有登记或当时无效", "its key was not enrolled or in force there"),
    ("missing-capability", "签署人无权这样改动密钥，或签名不够", "its signers may not change keys so, or are too few"),
    ("invalid-key wrong-state", "公钥不合格，或密钥的状态不许这样改", "a key is not sound or cannot be changed so now"),
    ("duplicate", "用了只能用一次、本账本已经用过的东西", "it uses again what may occur only once in a ledger"),
    ("clock-behind stale-version wrong-previous", "与前面的账目接不上，有账目被删改", "it does not follow the others"),
    ("wrong-log wrong-tree-head", "签署时针对、核对过的是另一本账", "its signer meant or had checked another ledger"),
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
    """Something is not as it must be; its text is one of the codes in SENTENCES."""


def need(condition: object, code: str = "invalid-field") -> None:
    if not condition:
        raise Refused(code)


def fits(pattern: re.Pattern[str], text: Any) -> re.Match[str]:
    if match := pattern.fullmatch(text):
        return match
    raise Refused("malformed")


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
    value = json.loads(data)
    # A name that occurs twice, a space, another spelling of a character or a number: none comes out the same.
    need(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() == data, "malformed")
    check_value(value)
    return value


def check_value(value: Any, depth: int = 0) -> None:
    """Integers only, names in UTF-16 order, text in NFC with no character that hides or cannot be shown."""
    if isinstance(value, dict):
        need(list(value) == sorted(value, key=lambda name: name.encode("utf-16-be")), "malformed")
        value = [*value, *value.values()]
    if isinstance(value, list):
        need(depth < MAX_DEPTH, "malformed")
        for item in value:
            check_value(item, depth + 1)
    elif isinstance(value, str):
        doubtful = "" if value.isprintable() else value.replace("\u200c", "").replace("\u200d", "")
        need(all(unicodedata.category(each) not in ("Cc", "Cs", "Co", "Cf") for each in doubtful), "malformed")
        need(unicodedata.is_normalized("NFC", value), "malformed")
    else:
        need(value is None or (isinstance(value, int) and abs(value) <= MAX_INTEGER), "malformed")


def is_point(data: bytes) -> bool:
    """Whether 32 bytes are the one spelling of a curve point that is not of small order; OpenSSL sees to the curve."""
    y = int.from_bytes(data, "little") & (2**255 - 1)
    return len(data) == 32 and y < P and y not in SMALL_ORDER


def check_signature(key: bytes, signature: bytes, message: bytes, code: str = "bad-signature") -> None:
    """Ed25519 by its strictest reading: no small-order point, no scalar beyond the order."""
    need(is_point(key) and len(signature) == 64 and is_point(signature[:32]), code)
    need(int.from_bytes(signature[32:], "little") < ORDER, code)
    try:
        load_key(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise Refused(code) from None


class Tree:
    """RFC 6962. ``levels[l][i]`` is the hash over leaves [i * 2**l, (i + 1) * 2**l)."""

    def __init__(self) -> None:
        self.levels: list[list[bytes]] = [[] for _ in range(64)]

    def append(self, leaf: bytes) -> None:
        level = 0
        self.levels[0].append(leaf)
        while len(self.levels[level]) % 2 == 0:
            level += 1
            self.levels[level].append(sha256(b"\1" + b"".join(self.levels[level - 1][-2:])))

    def root(self, size: int) -> bytes:
        need(size <= len(self.levels[0]), "wrong-tree-head")
        return self.over(0, size) if size else sha256(b"")

    def over(self, start: int, end: int) -> bytes:
        """The hash over leaves [start, end), as it occurs in roots and proofs."""
        level = (end - start).bit_length() - 1
        node, split = self.levels[level][start >> level], start + (1 << level)
        return node if split == end else sha256(b"\1" + node + self.over(split, end))

    def proof(self, index: int, start: int, end: int) -> list[bytes]:
        """The inclusion proof of a leaf in the tree over [start, end), its sibling first."""
        if end - start == 1:
            return []
        split = start + (1 << (end - start - 1).bit_length() - 1)
        if index < split:
            return [*self.proof(index, start, split), self.over(split, end)]
        return [*self.proof(index, split, end), self.over(start, split)]


def tile_path(level: int, number: int, slots: int) -> str:
    """The path of a tile whose level has so many hashes; level -1 is that of the bundles (C2SP tlog-tiles)."""
    path, rest, width = f"{number % 1000:03}", number // 1000, slots - number * WIDTH
    while rest:
        path, rest = f"x{rest % 1000:03}/{path}", rest // 1000
    return f"tile/{'entries' if level < 0 else level}/{path}" + (f".p/{width}" if width < WIDTH else "")


def parse_bundle(data: bytes, width: int) -> tuple[list[bytes], bool]:
    """The first ``width`` entries, and whether the file is exactly these."""
    entries: list[bytes] = []
    at = 0
    while len(entries) < width and (end := at + 2 + int.from_bytes(data[at : at + 2], "big")) <= len(data) >= at + 2:
        entries.append(data[at + 2 : end])
        at = end
    return entries, len(entries) == width and at == len(data)


def parse_vkey(line: str) -> tuple[str, bytes, int, bytes]:
    """(name, key id, algorithm, key) of ``name+key id+base64(algorithm || key)``; 1 is Ed25519, 6 ML-DSA-44."""
    name, key_id, encoded = line.split("+", 2)
    blob = decode64(encoded)
    need(NAME.fullmatch(name) and len(blob) == {1: 33, 4: 33, 6: 1313}.get(blob[0]))
    need(key_id == sha256(name.encode() + b"\n" + blob)[:4].hex())
    return name, bytes.fromhex(key_id), blob[0], blob[1:]


def parse_note(note: bytes) -> tuple[str, str, int, bytes, list[tuple[str, bytes]]]:
    """(text, origin, size, root, [(name, key id || signature)]) of a checkpoint, nothing verified."""
    need(len(note) <= MAX_NOTE, "too-large")
    text, origin, size, root, below = fits(NOTE, note.decode()).groups()
    lines = [line.split(" ") for line in below[:-1].split("\n")]
    signatures = [(fits(NAME, name)[0], decode64(encoded)) for _, name, encoded in lines]
    need(all(len(blob) > 4 for _, blob in signatures), "malformed")
    need(len(decode64(root)) == 32 and (int(size) > 0 or decode64(root) == sha256(b"")), "malformed")
    return text, origin, int(size), decode64(root), signatures


class Entry:
    """An entry that parses: envelope (DSSE), payload and time. Nothing in it is verified yet."""

    def __init__(self, raw: bytes) -> None:
        value = parse_canonical(raw, MAX_ENTRY)
        envelope, found = value["envelope"], value["envelope"]["signatures"]
        need(value.keys() == {"envelope", "recorded_at"} and 1 <= len(found) <= 16)
        need(envelope.keys() == {"payload", "payloadType", "signatures"} and envelope["payloadType"] == PAYLOAD_TYPE)
        self.signatures = {fits(HEX64, item["keyid"])[0]: decode64(item["sig"]) for item in found}
        need(found == [{"keyid": keyid, "sig": encode64(self.signatures[keyid])} for keyid in sorted(self.signatures)])
        signed = decode64(envelope["payload"])
        self.event_id = sha256(signed).hex()
        self.message = f"DSSEv1 {len(PAYLOAD_TYPE)} {PAYLOAD_TYPE} {len(signed)} ".encode() + signed
        self.recorded_at: str = value["recorded_at"]
        moment = datetime.fromisoformat(self.recorded_at[:-1])
        need(self.recorded_at == moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z", "malformed")
        self.day = (moment + timedelta(hours=8)).date().isoformat()  # in Beijing
        self.payload: Json = parse_canonical(signed, MAX_PAYLOAD)
        self.check_payload(self.payload)
        self.type: str = self.payload["type"]
        self.record: str = self.payload["record"]
        self.data: Json = self.payload["data"]
        self.digests: list[str] = [*self.payload.get("sealed", ()), *self.payload.get("withdrawable", ())]

    def check_payload(self, value: Json) -> None:
        """It has exactly the fields that there are."""
        need(value.keys() - {"sealed", "withdrawable"} == REQUIRED and isinstance(value["data"], dict))
        need(fits(TYPE, value["type"])[1] == fits(RECORD, value["record"])[1] and NAME.fullmatch(value["log"]))
        tree, day = value["tree"], value["occurred_on"]
        need(tree.keys() == {"size", "root"} and len(decode64(tree["root"])) == 32)
        need(all(type(count) is int for count in (value["schema"], value["version"], tree["size"])))
        need(value["schema"] >= 1 and value["version"] >= 1 and tree["size"] >= 0)
        need(date.fromisoformat(day).isoformat() == day)
        need(value["previous"] is None or HEX64.fullmatch(value["previous"]))
        for digests in (value[name] for name in ("sealed", "withdrawable") if name in value):
            need(digests and digests == sorted({fits(DIGEST, digest)[0] for digest in digests}))


class Key:
    """One public key and its standing."""

    def __init__(self, raw: bytes, capabilities: list[str], enrolled_at: int) -> None:
        need(isinstance(capabilities, list) and all(isinstance(each, str) for each in capabilities))
        self.id, self.raw, self.capabilities = sha256(raw).hex(), raw, capabilities
        self.enrolled_at, self.ended_at, self.expires_on = enrolled_at, 2**63, "9999-12-31"
        self.organisation, self.state = "", "enrolled"


class Keyring:
    """What entries 0 … i-1 made of each key, asked when entry i is judged. ``log_keys`` are (entry index, vkey)."""

    def __init__(self) -> None:
        self.keys: dict[str, Key] = {}
        self.held: dict[str, Key] = {}
        self.admins: list[str] = []
        self.quorum = 0
        self.vkeys: list[str] = []
        self.log_keys: list[tuple[int, str]] = []

    def check_signatures(self, index: int, entry: Entry) -> None:
        """Every signature holds, by a key in force; entry 0 is signed by the admins that it names itself."""
        keys = self.keys
        if index == 0:
            need(entry.type == "ledger.opened")
            raws = [decode64(admin["public_key"]) for admin in entry.data["policy"]["admins"]]
            keys = {sha256(raw).hex(): Key(raw, [], 0) for raw in raws}
        for keyid, signature in entry.signatures.items():
            need(keyid in keys, "unknown-key")
            check_signature(keys[keyid].raw, signature, entry.message)
            need(keys[keyid].enrolled_at < max(index, 1) and index <= keys[keyid].ended_at, "key-not-in-force")
            need(keys[keyid].state != "suspended" and entry.day <= keys[keyid].expires_on, "key-not-in-force")

    def check_signers(self, entry: Entry, capability: str) -> None:
        """Keys are changed by a quorum of those who may ``govern``, or by one who may ``register``."""
        is_enough = len(entry.signatures) >= self.quorum if capability == "govern" else len(entry.signatures) == 1
        may_sign = all(capability in self.keys[keyid].capabilities for keyid in entry.signatures)
        need(is_enough and may_sign, "missing-capability")

    def check_new(self, raw: bytes, data: Json, entry: Entry, holder: str) -> None:
        """The key was never admitted, and its holder signed for this ledger, himself and the key."""
        need(is_point(raw), "invalid-key")
        line = data["log_vkey" if entry.type == "ledger.log_key_rotated" else "public_key"]
        lines = ("yangguang-key-possession/v1", entry.payload["log"], fits(RECORD, holder)[0], line)
        check_signature(raw, decode64(data["possession"]), "".join(f"{each}\n" for each in lines).encode())
        need(sha256(raw).hex() not in self.keys, "duplicate")

    def opened(self, index: int, entry: Entry) -> None:
        need(index == 0, "duplicate")
        lines, origin = entry.data["log_vkeys"], entry.payload["log"]
        signing = [line for line in lines if parse_vkey(line)[2] == 1]
        need(isinstance(lines, list) and len(signing) == 1 and entry.data["origin"] == origin)
        need(all(parse_vkey(line)[0] == origin for line in lines))
        self.policy_changed(index, entry)
        self.log_keys.append((0, signing[0]))
        self.vkeys = sorted(lines, key=lambda line: line != signing[0])
        self.check_signers(entry, "govern")

    def policy_changed(self, index: int, entry: Entry) -> None:
        """Who the admins are from here on, and how many of them sign together."""
        if index:
            self.check_signers(entry, "govern")
        admins, quorum = [], entry.data["policy"]["quorum"]
        for admin in entry.data["policy"]["admins"]:
            key = Key(decode64(admin["public_key"]), admin["capabilities"], index)
            if key.id not in self.admins:
                self.check_new(key.raw, admin, entry, entry.record)
            admins.append(key)
        ids = [key.id for key in admins]
        can_govern = sum("govern" in key.capabilities for key in admins)
        need(type(quorum) is int and can_govern >= quorum >= 1 and len(set(ids)) == len(ids))
        for keyid in set(self.admins) - set(ids):
            self.keys[keyid].ended_at = index
        for key in admins:
            self.keys.setdefault(key.id, key).capabilities = key.capabilities
        self.admins, self.quorum = ids, quorum

    def log_key_rotated(self, index: int, entry: Entry) -> None:
        line = entry.data["log_vkey"]
        name, _, algorithm, raw = parse_vkey(line)
        need(name == entry.payload["log"] and algorithm == 1)
        need(raw not in [parse_vkey(used)[3] for _, used in self.log_keys], "duplicate")
        self.check_new(raw, entry.data, entry, entry.record)
        self.check_signers(entry, "govern")
        self.log_keys.append((index, line))
        self.vkeys.insert(0, line)

    def enrolled(self, index: int, entry: Entry) -> None:
        need(entry.record not in self.held and entry.payload["version"] == 1, "wrong-state")
        key = Key(decode64(entry.data["public_key"]), entry.data["capabilities"], index)
        key.organisation, key.expires_on = entry.data["organisation"], entry.data["expires_on"]
        self.check_new(key.raw, entry.data, entry, key.organisation)
        need(date.fromisoformat(key.expires_on).isoformat() == key.expires_on >= entry.day)
        self.check_signers(entry, "govern" if GOVERNED & set(key.capabilities) else "register")
        self.keys[key.id] = self.held[entry.record] = key

    def replaced(self, index: int, entry: Entry) -> None:
        old = self.key_in(entry, "enrolled")
        key = Key(decode64(entry.data["public_key"]), old.capabilities, index)
        key.organisation, key.expires_on = old.organisation, old.expires_on
        self.check_new(key.raw, entry.data, entry, key.organisation)
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
        self.keyring, self.tree, self.is_trusted = Keyring(), Tree(), False
        self.note, self.origin, self.size, self.root = b"", "", 0, b""
        self.genesis, self.last = "", ""
        self.heads: dict[str, tuple[str, int, str | None, int]] = {}
        self.digests: set[str] = set()

    def add(self, code: str, place: int | str) -> None:
        """A finding at an entry's index or a file."""
        zh, en = SENTENCES[code]
        kind, where = ("index", f"第{place}条 / entry {place}") if isinstance(place, int) else ("file", place)
        self.findings.append({kind: place, "code": code, "sentence": f"{where}：{zh}。 / {en}."})

    @contextmanager
    def at(self, place: int | str, code: str = "") -> Iterator[None]:
        """Whatever is refused inside is a finding here, by this code if given; what lacks its shape is malformed."""
        try:
            yield
        except OSError:
            self.add("missing-file", place)
        except Refused as refused:
            self.add(code or str(refused), place)
        except (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError):
            self.add(code or "malformed", place)

    def check(self) -> None:
        """Everything that there is to check without a word from elsewhere."""
        with self.at(f"{self.prefix}checkpoint", "bad-checkpoint"):
            self.note = (self.folder / "checkpoint").read_bytes()
            _, self.origin, self.size, self.root, _ = parse_note(self.note)
        if self.findings:
            return
        if self.size == 0:
            self.add("empty-log", f"{self.prefix}checkpoint")
        self.trust_leaves()
        is_complete = all(self.walk(start) for start in range(0, self.size, WIDTH))
        with self.at(f"{self.prefix}checkpoint"):
            self.check_note(self.note)
        self.check_files(self.size if is_complete else 0)
        self.findings.sort(key=lambda finding: finding.get("index", 2**63))

    def check_note(self, note: bytes) -> int:
        """The size of a checkpoint that the log key in force then signed and these entries lead to."""
        text, origin, size, root, signatures = parse_note(note)
        lines = [line for index, line in self.keyring.log_keys if index < size]
        need(lines and origin == self.origin, "bad-checkpoint")
        _, key_id, _, key = parse_vkey(lines[-1])
        by_log = [blob[4:] for name, blob in signatures if (name, blob[:4]) == (origin, key_id)]
        need(by_log, "bad-checkpoint")
        for signature in by_log:
            check_signature(key, signature, text.encode(), "bad-checkpoint")
        need(size <= len(self.tree.levels[0]) and self.tree.root(size) == root, "wrong-root")
        return size

    def trust_leaves(self) -> None:
        """Takes the leaf hashes of the tiles if they lead to the signed root: then a changed entry can be named."""
        tree = Tree()
        with suppress(OSError):
            for number in range(-(-self.size // WIDTH)):
                tile = (self.folder / tile_path(0, number, self.size)).read_bytes()
                for at in range(0, len(tile), 32):
                    tree.append(tile[at : at + 32])
            if len(tree.levels[0]) == self.size and tree.root(self.size) == self.root:
                self.tree, self.is_trusted = tree, True

    def walk(self, start: int) -> bool:
        """Judges the entries of one bundle; False where there is none, for only a signature says that there is more."""
        path, width = tile_path(-1, start // WIDTH, self.size), min(WIDTH, self.size - start)
        with self.at(f"{self.prefix}{path}"):
            entries, is_whole = parse_bundle((self.folder / path).read_bytes(), width)
            if not is_whole:
                self.add("bad-bundle", f"{self.prefix}{path}")
            for index in range(start, start + width):
                raw = entries[index - start] if index - start < len(entries) else b""
                leaf = sha256(b"\0" + raw)
                with self.at(index):
                    need(raw, "missing-entry")
                    self.judge(index, Entry(raw))
                    need(not self.is_trusted or leaf == self.tree.levels[0][index], "changed-entry")
                if not self.is_trusted:
                    self.tree.append(leaf)
            return True
        return False

    def judge(self, index: int, entry: Entry) -> None:
        """Its signatures hold, it continues its record and the log; then it changes the keys."""
        payload, (kind, uuid), last = entry.payload, entry.record.split("/"), self.last
        if index == 0:
            self.genesis, self.origin = entry.event_id, payload["log"]
        head, size = self.heads.get(uuid, (kind, 0, None, 0)), payload["tree"]["size"]
        # A refused entry takes its place too, so that it isn't reported again at each later entry of its record.
        if head[0] == kind and head[1] < payload["version"]:
            self.heads[uuid] = (kind, payload["version"], entry.event_id, size)
        self.last = max(last, entry.recorded_at)
        self.keyring.check_signatures(index, entry)
        need(payload["log"] == self.origin, "wrong-log")
        need(entry.recorded_at >= last, "clock-behind")
        need(head[0] == kind, "duplicate")
        need(payload["version"] == head[1] + 1, "stale-version")
        need(payload["previous"] == head[2], "wrong-previous")
        need((max(head[3], 1) if index else 0) <= size <= index, "wrong-tree-head")
        need(self.tree.root(size) == decode64(payload["tree"]["root"]), "wrong-tree-head")
        need(payload["occurred_on"] <= entry.day)
        need(len(set(entry.digests)) == len(entry.digests) and self.digests.isdisjoint(entry.digests), "duplicate")
        if entry.type in CHANGES:
            CHANGES[entry.type](self.keyring, index, entry)
        self.digests.update(entry.digests)

    def check_files(self, size: int) -> None:
        """Every file is what the entries lead to, byte for byte, and there is no other."""
        known = {"checkpoint", "vkey"}
        for level in range(-1, 7):
            slots = size >> 8 * max(level, 0)
            for number in range(-(-slots // WIDTH)):
                path = tile_path(level, number, slots)
                known.add(path)
                if level >= 0:
                    self.compare(path, b"".join(self.tree.levels[8 * level][number * WIDTH : (number + 1) * WIDTH]))
        self.check_vkey_file()
        found = (item for item in self.folder.rglob("*") if item.is_file() or item.is_symlink())
        for name in sorted(item.relative_to(self.folder).as_posix() for item in found):
            proof = PROOF.fullmatch(name)
            if proof and int(proof[1]) < size:
                with self.at(f"{self.prefix}{name}", "wrong-file"):
                    need(self.check_proof((self.folder / name).read_bytes()) == (int(proof[1]), True))
            elif name not in known:
                self.add("unknown-file", f"{self.prefix}{name}")

    def compare(self, path: str, expected: bytes) -> None:
        with self.at(f"{self.prefix}{path}"):
            need((self.folder / path).read_bytes() == expected, "wrong-file")

    def check_vkey_file(self) -> None:
        """The log keys of the entries, the current first, entry 0's others, then ML-DSA-44 keys, named by no entry."""
        count = len(self.keyring.vkeys)
        with self.at(f"{self.prefix}vkey", "wrong-file"):
            *lines, end = (self.folder / "vkey").read_bytes().decode().split("\n")
            further = {parse_vkey(line)[::2] for line in lines[count:]}
            need(lines[:count] == self.keyring.vkeys and further <= {(self.origin, 6)} and not end)

    def entry_at(self, index: int) -> bytes:
        """The bytes of an entry, read again, so that a log of any length takes little memory; none where it is lost."""
        number, place = divmod(index, WIDTH)
        data = (self.folder / tile_path(-1, number, self.size)).read_bytes()
        return b"".join(parse_bundle(data, place + 1)[0][place:])

    def check_proof(self, proof: bytes) -> tuple[int, bool]:
        """A ``.tlog-proof``, as this log's entries give it under its checkpoint: whose, and whether the entry is in."""
        head, _, note = proof.partition(b"\n\n")
        index, size = int(INDEX.findall(head)[0]), self.size if note == self.note else self.check_note(note)
        extra = f"extra {encode64(self.entry_at(index))}\n" if b"\nextra " in head else ""
        hashes = "".join(f"{encode64(item)}\n" for item in self.tree.proof(index, 0, size))
        need(index < size and proof == f"c2sp.org/tlog-proof@v1\n{extra}index {index}\n{hashes}\n".encode() + note)
        return index, bool(extra)

    def check_receipt(self, path: Path) -> None:
        """A proof, or JSON that holds one: exactly the one that this log's entries give under its checkpoint."""
        receipt = json.loads(path.read_bytes()) if path.suffix == ".json" else {"proof": path.read_bytes().decode()}
        index, _ = self.check_proof(receipt["proof"].encode())
        if path.suffix == ".json":
            need((receipt["index"], decode64(receipt["entry"])) == (index, self.entry_at(index)), "bad-receipt")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="导出的文件夹 / the exported folder")
    parser.add_argument("--genesis", help="创世指纹，从别处得到的 / the genesis digest, as you know it from elsewhere")
    parser.add_argument("--since", type=Path, help="以前保存的签章 / a checkpoint that you kept")
    parser.add_argument("--receipts", type=Path, help="回执文件夹 / a folder of receipts")
    parser.add_argument("--json", action="store_true", help="输出JSON / print JSON")
    options = parser.parse_args()
    log = Log(options.folder / "log", "log/") if (options.folder / "log").is_dir() else Log(options.folder, "")
    if not (log.folder / "checkpoint").is_file():
        parser.error(f"{options.folder}里没有log/checkpoint / there is no log/checkpoint in it")
    if (options.since and not options.since.is_file()) or (options.receipts and not options.receipts.is_dir()):
        parser.error("没有--since的文件或--receipts的文件夹 / the file or folder that you named is not there")
    log.check()
    if (options.folder / "INCOMPLETE.txt").exists():
        log.add("incomplete-export", "INCOMPLETE.txt")
    if options.genesis and log.genesis != options.genesis.strip().lower():
        log.add("wrong-genesis", 0)
    if options.since:
        with log.at(str(options.since), "not-consistent"):
            log.check_note(options.since.read_bytes())
    for path in sorted(options.receipts.rglob("*")) if options.receipts else ():
        if path.suffix in (".json", ".tlog-proof"):
            with log.at(str(path), "bad-receipt"):
                log.check_receipt(path)
    report(log, pinned=options.genesis is not None, as_json=options.json)
    return 1 if log.findings else 0


def report(log: Log, *, pinned: bool, as_json: bool) -> None:
    count, root = len(log.findings), encode64(log.root)
    if as_json:
        head = {"verdict": "finding" if count else "good", "pinned": pinned, "origin": log.origin, "size": log.size}
        json.dump({**head, "root": root, "findings": log.findings}, sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
        return
    lines = [f"✗ 发现{count}处问题 / {count} findings" if count else "✓ 一致 / consistent"]
    lines.append(f"账本 {log.origin}，{log.size}条账目 / entries，总指纹 / root {root}")
    if not pinned:
        lines.append(f"身份未锁定 / identity not pinned: --genesis。这里的创世指纹 / genesis here: {log.genesis}")
    lines += [f"• {finding['sentence']}" for finding in log.findings[:20]]
    lines.append("记账的规则没有核对，请用 yangguang audit。 The rules were not replayed: use yangguang audit.")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
