"""The payload: what a person signs (RFC 8785 canonical JSON, at most 32 KiB).

    {"data":{"amount_fen":2000000,…},"log":"ledger.example/sanpai","occurred_on":"2023-05-14",
     "previous":null,"record":"donation/0188…","schema":1,"tree":{"root":"47DE…","size":41},
     "type":"donation.received","version":1,"withdrawable":["…"]}

``event_id`` is the hex SHA-256 of these bytes; the same payload again returns the same receipt.
"""

import hashlib
import re
from datetime import date
from typing import Any

from msgspec import Struct
from msgspec.structs import force_setattr

from ledger.canonical import MAX_INTEGER, canonical_bytes, check_strings, parse_canonical
from ledger.domain.values import REFERENCE
from ledger.domain.wire import WirePayload, wire_payload
from ledger.errors import InvalidFieldError
from ledger.sealing.disclosure import check_digest_list, in_order
from ledger.signing.envelope import MAX_PAYLOAD
from ledger.tlog.base64 import decode_base64, encode_base64
from ledger.tlog.merkle import HASH_SIZE

TYPE = re.compile(r"[a-z]+\.[a-z_]+")
HEX_DIGEST = re.compile(r"[0-9a-f]{64}")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
REQUIRED = ("log", "type", "schema", "record", "version", "previous", "tree", "occurred_on", "data")
OPTIONAL = ("sealed", "withdrawable")


class Payload(Struct, frozen=True):
    """A parsed payload and its exact bytes. ``record`` is ``kind/uuid``; ``tree_root`` is 32 bytes.

    ``event_id`` is the hex SHA-256 of the bytes, the idempotency key; ``digests`` are those of both lists.
    """

    log: str
    type: str
    schema: int
    record: str
    version: int
    previous: str | None
    tree_size: int
    tree_root: bytes
    occurred_on: date
    data: dict[str, Any]
    sealed: tuple[str, ...]
    withdrawable: tuple[str, ...]
    raw: bytes
    event_id: str = ""
    kind: str = ""
    uuid: str = ""
    digests: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        kind, _, uuid = self.record.partition("/")
        force_setattr(self, "event_id", hashlib.sha256(self.raw).hexdigest())
        force_setattr(self, "kind", kind)
        force_setattr(self, "uuid", uuid)
        force_setattr(self, "digests", self.sealed + self.withdrawable)


def parse_payload(raw: bytes, *, assigned: bool = True) -> Payload:
    """The payload in ``raw``, which must be its own canonical form with exactly the fields shown above.

    ``assigned`` as in ``canonical.check_strings``. Raises TooLargeError, MalformedError, InvalidFieldError.
    """
    wire = wire_payload(raw) if len(raw) <= MAX_PAYLOAD else None
    return (wire and _read(wire, raw)) or _parse_strictly(raw, assigned=assigned)


def is_sound(wire: WirePayload) -> bool:
    """Whether ``_parse_strictly`` would take its texts, numbers and lists too; the day is still to be read."""
    reference, sealed, withdrawable = REFERENCE.fullmatch(wire.record), wire.sealed, wire.withdrawable
    return (
        reference is not None
        and TYPE.fullmatch(wire.type) is not None
        and wire.type.startswith(f"{reference.group(1)}.")
        and (wire.previous is None or HEX_DIGEST.fullmatch(wire.previous) is not None)
        and DAY.fullmatch(wire.occurred_on) is not None
        and (sealed is None or in_order(sealed))
        and (withdrawable is None or in_order(withdrawable))
        and wire.log != ""
        and 1 <= wire.schema <= MAX_INTEGER
        and 1 <= wire.version <= MAX_INTEGER
        and 0 <= wire.tree.size <= MAX_INTEGER
        and len(wire.tree.root) == HASH_SIZE
    )


def payload_of(wire: WirePayload, raw: bytes) -> Payload:
    """The payload of a sound wire form. Raises ValueError for a day that does not exist."""
    lists = (tuple(wire.sealed or ()), tuple(wire.withdrawable or ()))
    number, tree = (wire.schema, wire.record, wire.version, wire.previous), (wire.tree.size, wire.tree.root)
    return Payload(wire.log, wire.type, *number, *tree, date.fromisoformat(wire.occurred_on), wire.data, *lists, raw)


def _read(wire: WirePayload, raw: bytes) -> Payload | None:
    """None for whatever ``_parse_strictly`` would refuse: it is asked to say why."""
    try:
        return payload_of(wire, raw) if is_sound(wire) else None
    except ValueError:
        return None


def _parse_strictly(raw: bytes, *, assigned: bool) -> Payload:
    value = parse_canonical(raw, max_bytes=MAX_PAYLOAD)
    if not isinstance(value, dict):
        raise _wrong("", "内容应是一个JSON对象。", "The payload must be a JSON object.")
    check_strings(value, field="/payload", assigned=assigned)
    for name in REQUIRED:
        if name not in value:
            raise _wrong(name, f"缺少“{name}”。", f"{name!r} is missing.")
    for name in value:
        if name not in REQUIRED + OPTIONAL:
            raise _wrong(name, f"没有“{name[:40]}”这一栏。", f"There is no field {name[:40]!r}.")
    return Payload(
        log=_text(value, "log"),
        type=_type(value),
        schema=_integer(value, "schema", 1),
        record=_record(value),
        version=_integer(value, "version", 1),
        previous=_previous(value),
        tree_size=_tree(value)[0],
        tree_root=_tree(value)[1],
        occurred_on=_day(value),
        data=_object(value, "data"),
        sealed=_digests(value, "sealed"),
        withdrawable=_digests(value, "withdrawable"),
        raw=raw,
    )


def format_payload(**fields: Any) -> bytes:
    """Canonical bytes of a payload from its wire fields; ``tree`` as (size, root), empty lists left out."""
    size, root = fields.pop("tree")
    wire = {**fields, "tree": {"size": size, "root": encode_base64(root)}}
    return canonical_bytes({key: item for key, item in wire.items() if key not in OPTIONAL or item})


def _wrong(field: str, zh: str, en: str) -> InvalidFieldError:
    return InvalidFieldError(zh, en, f"/payload/{field}" if field else "/payload")


def _text(value: dict[str, Any], name: str) -> str:
    text = value[name]
    if not isinstance(text, str) or not text:
        raise _wrong(name, f"“{name}”应是文字。", f"{name!r} must be text.")
    return text


def _integer(value: dict[str, Any], name: str, least: int) -> int:
    number = value[name]
    if isinstance(number, bool) or not isinstance(number, int) or not least <= number <= MAX_INTEGER:
        raise _wrong(name, f"“{name}”应是不小于{least}的整数。", f"{name!r} must be an integer of at least {least}.")
    return number


def _object(value: dict[str, Any], name: str) -> dict[str, Any]:
    item = value[name]
    if not isinstance(item, dict):
        raise _wrong(name, f"“{name}”应是一个JSON对象。", f"{name!r} must be a JSON object.")
    return item


def _type(value: dict[str, Any]) -> str:
    text = _text(value, "type")
    if not TYPE.fullmatch(text):
        raise _wrong("type", "事件类型的写法不对。", "The event type is not written as kind.verb.")
    return text


def _record(value: dict[str, Any]) -> str:
    text = _text(value, "record")
    match = REFERENCE.fullmatch(text)
    if match is None or match.group(1) != _type(value).partition(".")[0]:
        raise _wrong(
            "record",
            "记录编号应是事件的种类加小写UUIDv7，如donation/0188…。",
            "The record must be the event's kind, a slash and a lowercase UUIDv7.",
        )
    return text


def _previous(value: dict[str, Any]) -> str | None:
    previous = value["previous"]
    if previous is None:
        return None
    if not isinstance(previous, str) or not HEX_DIGEST.fullmatch(previous):
        raise _wrong("previous", "“上一条”应是64位十六进制或null。", "previous must be 64 hex digits or null.")
    return previous


def _tree(value: dict[str, Any]) -> tuple[int, bytes]:
    tree = _object(value, "tree")
    if tree.keys() != {"size", "root"} or not isinstance(tree["root"], str):
        raise _wrong("tree", "账本总指纹要有size和root两栏。", "tree must have exactly size and root.")
    root = decode_base64(tree["root"], field="/payload/tree/root")
    if len(root) != 32:
        raise _wrong("tree/root", "账本总指纹应是32字节。", "The root must be 32 bytes.")
    return _integer(tree, "size", 0), root


def _day(value: dict[str, Any]) -> date:
    text = _text(value, "occurred_on")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise _wrong("occurred_on", "日期要写成2023-05-14这样。", "Write the date like 2023-05-14.")
    return day


def _digests(value: dict[str, Any], name: str) -> tuple[str, ...]:
    if name not in value:
        return ()
    digests = value[name]
    if not isinstance(digests, list) or not digests or not all(isinstance(item, str) for item in digests):
        raise _wrong(name, "指纹列表不能是空的，没有就省去。", "The list of digests must not be empty; leave it out.")
    check_digest_list(digests, field=f"/payload/{name}")
    return tuple(digests)
