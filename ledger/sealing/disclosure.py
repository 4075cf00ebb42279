"""Disclosures: values that a signed event holds as salted digests only (RFC 9901 section 4.2).

    field       ["<salt>","who",{"name":"…","vault_key":"0f3c…"}]
    row         ["<salt>",{"name":"…","vault_key":"0f3c…"}]
    decoy       ["<salt>"]
    text        WyJ…XQ            base64url without padding of the array's RFC 8785 bytes
    digest      X9yH0Ajr…DLWaQ    43 characters: base64url without padding of SHA-256 over the text's ASCII

A 256-bit salt makes a digest say nothing about a guessable value, such as a child's name.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import force_setattr

from ledger.canonical import canonical_bytes, check_strings, parse_canonical, parse_plain
from ledger.errors import DisclosureMismatchError, InvalidFieldError, MalformedError, TooLargeError
from ledger.sealing.base64url import decode_base64url, encode_base64url

MAX_DISCLOSURE = 64 * 1024
SALT_BYTES = 32
PADDING = 8
# 43 characters carry 258 bits: the last two must be zero, or 256 bits would have four spellings.
BITS_256 = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]", re.ASCII)
VAULT_KEY = re.compile(r"[0-9a-f]{32}", re.ASCII)
FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)


class Disclosure(Struct, frozen=True):
    """A well-formed disclosure. ``name`` is a field's alone, a decoy's ``value`` None, ``digest`` that of the text."""

    text: str
    kind: Literal["field", "row", "decoy"]
    name: str | None
    value: Any
    salt: str
    digest: str = ""

    def __post_init__(self) -> None:
        force_setattr(self, "digest", digest(self.text))


class Matched(Struct, frozen=True):
    """The disclosures of an event's two lists, each in the list's order."""

    sealed: tuple[Disclosure, ...]
    withdrawable: tuple[Disclosure, ...]


NOTHING = Matched((), ())


@dataclass(frozen=True, slots=True)
class Sealed:
    """Both lists of digests, sorted, for the payload; and the disclosures to send beside the envelope."""

    sealed: list[str]
    withdrawable: list[str]
    disclosures: list[str]


def make_field(name: str, value: Any, *, salt: str) -> str:
    """The disclosure of a top-level field of the event class."""
    return encode_base64url(canonical_bytes([salt, name, value]))


def make_row(value: Any, *, salt: str) -> str:
    """The disclosure of one row of the event class's row list."""
    return encode_base64url(canonical_bytes([salt, value]))


def make_decoy(*, salt: str) -> str:
    """A disclosure of nothing, which hides how many there are (RFC 9901, decoy digests)."""
    return encode_base64url(canonical_bytes([salt]))


def new_salt(random: Callable[[int], bytes]) -> str:
    """43 base64url characters of 32 random bytes; a new one for each disclosure."""
    return encode_base64url(random(SALT_BYTES))


def new_vault_key(random: Callable[[int], bytes]) -> str:
    """The id of a person's key in one project: 32 lowercase hex digits."""
    return random(16).hex()


def digest(disclosure: str) -> str:
    """The 43-character digest that the signed event lists for a disclosure's text."""
    return encode_base64url(hashlib.sha256(disclosure.encode("ascii")).digest())


def is_digest(text: str) -> bool:
    """Whether ``text`` is the one spelling of some 32-byte digest. For choosing a sentence, not for trust."""
    return BITS_256.fullmatch(text) is not None


def check_digest_list(digests: Sequence[Any], *, field: str) -> None:
    """Refuses a list that is not canonical digests in ASCII order, none twice. Raises InvalidFieldError."""
    for place, text in enumerate(digests):
        if not (isinstance(text, str) and is_digest(text)):
            raise InvalidFieldError(
                "这里应是43个base64url字符的摘要。", "A digest is 43 base64url characters.", f"{field}/{place}"
            )
        if place and digests[place - 1] >= text:
            raise InvalidFieldError(
                f"摘要应按ASCII顺序排列且不重复；“{text[:8]}…”的位置不对。",
                f"Digests stand in ASCII order, none twice; {text[:8]}… is out of place.",
                f"{field}/{place}",
            )


def in_order(digests: Sequence[str]) -> bool:
    """Whether ``check_digest_list`` accepts a list, which must not be empty."""
    return bool(digests) and all(map(is_digest, digests)) and all(a < b for a, b in pairwise(digests))


def padded_count(n: int) -> int:
    """The length of a sealed list of ``n`` real disclosures: the next multiple of 8, and 0 for none."""
    return -(-n // PADDING) * PADDING


def parse_disclosure(text: str, *, field: str, assigned: bool = True) -> Disclosure:
    """The parts of a disclosure's text, in the one spelling allowed.

    ``assigned`` also refuses unassigned characters: at admission only, as in ``check_strings``. Raises
    InvalidFieldError, MalformedError or TooLargeError at ``field``; no refusal quotes the content.
    """
    try:
        raw = _decode(text, field)
        plain = parse_plain(raw)
        array = parse_canonical(raw, max_bytes=MAX_DISCLOSURE) if plain is None else plain
    except MalformedError:
        raise MalformedError(
            "披露内容不是规范的base64url和JSON（RFC 8785）：不能有小数、重复的名称或多余的空格。",
            "The disclosure is not canonical base64url and JSON (RFC 8785): no fractions, repeated names or spaces.",
            field,
        ) from None
    disclosure = _from_array(text, array, field)
    if plain is None:
        _check_value(disclosure.value, field, assigned=assigned)
    return disclosure


def match_disclosures(disclosures: Sequence[str], *, sealed: Sequence[str], withdrawable: Sequence[str]) -> Matched:
    """The disclosures that travel beside an envelope, paired one to one with the digests its author signed.

    Raises DisclosureMismatchError for one that is missing, surplus, repeated, of a kind its list may not hold,
    or a wrong number of decoys; otherwise as ``check_digest_list`` and ``parse_disclosure``.
    """
    if not (disclosures or sealed or withdrawable):
        return NOTHING
    check_digest_list(sealed, field="/payload/sealed")
    check_digest_list(withdrawable, field="/payload/withdrawable")
    lists = dict.fromkeys(sealed, "sealed")
    for place, text in enumerate(withdrawable):
        if text in lists:
            raise _mismatch("同时在两个列表里", "stands in both lists", text, f"/payload/withdrawable/{place}")
        lists[text] = "withdrawable"
    found = _pair(disclosures, lists)
    matched = Matched(tuple(found[text] for text in sealed), tuple(found[text] for text in withdrawable))
    _check_kinds(matched)
    return matched


def check_sealed_value(disclosure: Disclosure, *, field: str) -> None:
    """A sealed field or row is an object with ``vault_key``, 32 lowercase hex digits. Raises InvalidFieldError.

    A decoy has no value and passes.
    """
    if disclosure.kind == "decoy":
        return
    key = disclosure.value.get("vault_key") if isinstance(disclosure.value, dict) else None
    if not (isinstance(key, str) and VAULT_KEY.fullmatch(key)):
        raise InvalidFieldError(
            "密封内容应是对象，其中vault_key为32位小写十六进制。",
            "A sealed value is an object whose vault_key is 32 lowercase hexadecimal digits.",
            f"{field}/vault_key",
        )


def seal(
    *,
    fields: Mapping[str, Any],
    rows: Sequence[Any],
    free: Sequence[tuple[str, Any]],
    random: Callable[[int], bytes],
) -> Sealed:
    """What an author's device does before signing: salt, hash, add the fewest decoys.

    ``fields`` and ``rows`` are sealed, ``free`` is withdrawable. Refuses what ``match_disclosures`` would.
    """
    hidden = [make_field(name, value, salt=new_salt(random)) for name, value in fields.items()]
    hidden += [make_row(value, salt=new_salt(random)) for value in rows]
    hidden += [make_decoy(salt=new_salt(random)) for _ in range(padded_count(len(hidden)) - len(hidden))]
    public = [make_field(name, value, salt=new_salt(random)) for name, value in free]
    result = Sealed(sorted(map(digest, hidden)), sorted(map(digest, public)), hidden + public)
    match_disclosures(result.disclosures, sealed=result.sealed, withdrawable=result.withdrawable)
    return result


def _decode(text: Any, field: str) -> bytes:
    if not isinstance(text, str):
        raise InvalidFieldError("披露内容应是文字。", "A disclosure must be text.", field)
    if len(text) > MAX_DISCLOSURE:
        raise TooLargeError("披露内容", "disclosure", len(text), MAX_DISCLOSURE, field)
    return decode_base64url(text, field=field)


def _check_value(value: Any, field: str, *, assigned: bool) -> None:
    try:
        check_strings(value, line_feeds=True, assigned=assigned)
    except MalformedError as error:
        error.field = field  # the place inside a sealed value may itself say too much
        raise


def _pair(disclosures: Sequence[str], lists: Mapping[str, str]) -> dict[str, Disclosure]:
    found: dict[str, Disclosure] = {}
    for place, text in enumerate(disclosures):
        field = f"/disclosures/{place}"
        disclosure = parse_disclosure(text, field=field)
        if disclosure.digest in found:
            raise _mismatch("重复提交", "was sent twice", disclosure.digest, field)
        if disclosure.digest not in lists:
            raise _mismatch("不在签署的列表里", "is in neither signed list", disclosure.digest, field)
        found[disclosure.digest] = disclosure
    for text, name in lists.items():
        if text not in found:
            raise _mismatch("缺少对应的披露内容", "has no disclosure", text, f"/payload/{name}")
    return found


def _check_kinds(matched: Matched) -> None:
    for item in matched.withdrawable:
        if item.kind != "field":
            raise _mismatch(
                "不是字段，不能撤回", "is no field and cannot be withdrawable", item.digest, "/payload/withdrawable"
            )
    # One salt for two values would let whoever is shown one of them guess the other.
    salts = [item.salt for item in (*matched.sealed, *matched.withdrawable)]
    if len(set(salts)) != len(salts):
        raise DisclosureMismatchError(
            "有两项用了同一个随机盐，每项必须用新的。",
            "Two disclosures share a salt; each needs a new one.",
            "/disclosures",
        )
    real = sum(item.kind != "decoy" for item in matched.sealed)
    if len(matched.sealed) != padded_count(real):
        raise DisclosureMismatchError(
            f"密封的{real}项应补到{padded_count(real)}项，这里有{len(matched.sealed)}项。",
            f"The {real} sealed values must be padded to {padded_count(real)}; the list has {len(matched.sealed)}.",
            "/payload/sealed",
        )


def _mismatch(zh: str, en: str, text: str, field: str) -> DisclosureMismatchError:
    return DisclosureMismatchError(f"披露摘要{text[:8]}…{zh}。", f"The disclosure with digest {text[:8]}… {en}.", field)


def _from_array(text: str, array: Any, field: str) -> Disclosure:
    salt = array[0] if isinstance(array, list) and 1 <= len(array) <= 3 else None
    if not (isinstance(salt, str) and BITS_256.fullmatch(salt)):
        raise InvalidFieldError(
            "披露内容应是1至3项的数组，第一项是43个base64url字符的随机盐。",
            "A disclosure is an array of 1 to 3 items, the first a random salt of 43 base64url characters.",
            field,
        )
    if len(array) == 1:
        return Disclosure(text, "decoy", None, None, salt)
    if len(array) == 2:
        return Disclosure(text, "row", None, array[1], salt)
    if not (isinstance(array[1], str) and FIELD_NAME.fullmatch(array[1])):
        raise InvalidFieldError(
            "披露的字段名应是小写字母开头的名称。", "A disclosed field's name starts with a small letter.", field
        )
    return Disclosure(text, "field", array[1], array[2], salt)
