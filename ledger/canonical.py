"""Strict JSON in, canonical JSON out.

Evidence is parsed once, at the edge: UTF-8 without BOM, a size cap before the parse, a depth cap, no
duplicate keys, no floats, no NaN, integers within ±(2^53-1) (RFC 7493 section 2), strings in NFC without
characters that hide or cannot be shown. Canonical form is RFC 8785.
"""

import json
import re
import unicodedata
from typing import Any, NoReturn

import msgspec
import rfc8785

from ledger.errors import MalformedError, TooLargeError

MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 16
BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
INVISIBLE_ALLOWED = frozenset("\u200c\u200d")  # joiners, which scripts and emoji need
PLAIN = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
HARMLESS = re.compile(
    "[ -~\u3001-\u3011\u4e00-\u9fa5\uff01-\uff5e\u2014\u2018-\u201d\u2026\u00b7]*"
)  # assigned, visible, NFC as they are
PLAIN_TEXT = re.compile(HARMLESS.pattern.replace("[ -~", "[ -\\[\\]-~"))
"""As HARMLESS, less the backslash: no escapes, so what is seen is what the strings hold, and every quote ends one."""
VALUES = msgspec.json.Decoder()
SORTED = msgspec.json.Encoder(order="sorted")
STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
REFUSED_CATEGORIES = {"Cc": "控制", "Cs": "代理", "Co": "私用", "Cf": "不可见"}


def parse_strict(data: bytes, *, max_bytes: int) -> Any:
    """The JSON value in ``data``. Raises TooLargeError, MalformedError."""
    if len(data) > max_bytes:
        raise TooLargeError("内容", "content", len(data), max_bytes)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedError(
            f"内容不是UTF-8文字（第{error.start}字节）。", f"The content is not UTF-8 (byte {error.start})."
        ) from None
    _check_depth(text)
    try:
        return json.loads(
            text,
            object_pairs_hook=_unique_object,
            parse_float=_refuse_float,
            parse_constant=_refuse_constant,
            parse_int=_bounded_int,
        )
    except json.JSONDecodeError as error:
        raise MalformedError(
            f"内容不是合格的JSON（第{error.pos}个字符）。", f"The content is not valid JSON (character {error.pos})."
        ) from None


def canonical_bytes(value: Any) -> bytes:
    """The RFC 8785 form of a value made of dict, list, str, int, bool and None."""
    try:
        # For ASCII names, which sort alike by UTF-16 and by code point, and small integers, the C encoder writes
        # the very form of RFC 8785; a property test holds the two together. Everything else goes the long way.
        return PLAIN.encode(value).encode() if is_ordinary(value) else rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError):
        raise MalformedError(
            "内容里有不能写成规范JSON的值。", "The content holds a value that canonical JSON cannot express."
        ) from None


def is_ordinary(value: Any) -> bool:
    """Whether all names are ASCII and all numbers integers within ±(2^53-1): JSON that the quick ways are for.

    ASCII names sort alike by UTF-16, as RFC 8785 wants, and by code point, as quick encoders do.
    """
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is int:
        return bool(-MAX_INTEGER <= value <= MAX_INTEGER)
    if kind is dict:
        return all(type(name) is str and name.isascii() and is_ordinary(item) for name, item in value.items())
    return kind is list and all(map(is_ordinary, value))


def parse_canonical(data: bytes, *, max_bytes: int) -> Any:
    """As ``parse_strict``, and ``data`` must be its own RFC 8785 form. Re-encoding also catches ``-0``."""
    value = parse_strict(data, max_bytes=max_bytes)
    if canonical_bytes(value) != data:
        raise MalformedError("内容不是规范写法（RFC 8785）。", "The content is not in canonical form (RFC 8785).")
    return value


def is_plain(data: bytes) -> bool:
    """Whether ``data`` holds no character that could hide something, and nests no deeper than is allowed."""
    shallow = data.count(b"{") + data.count(b"[") <= MAX_DEPTH
    return shallow and PLAIN_TEXT.fullmatch(data.decode(errors="surrogateescape")) is not None


def parse_plain(data: bytes) -> Any:
    """As ``parse_canonical`` and then ``check_strings``, a quarter of their cost; None where these must look.

    What an encoder with sorted names writes back as the same bytes is its own RFC 8785 form, no name twice in it.
    """
    try:
        value = VALUES.decode(data) if is_plain(data) else None
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return value if is_ordinary(value) and SORTED.encode(value) == data else None


def check_strings(value: Any, *, field: str = "", line_feeds: bool = False, assigned: bool = True) -> None:
    """Refuses strings, keys included, that could hide something. Raises MalformedError with the field.

    ``line_feeds`` allows LF (texts in disclosures). ``assigned`` also refuses unassigned characters, which
    depends on the Unicode version, so it is asked at admission only and never by ``verify``.
    """
    if isinstance(value, str):
        _check_text(value, field, line_feeds, assigned)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_text(key, field, False, assigned)
            check_strings(item, field=f"{field}/{key}", line_feeds=line_feeds, assigned=assigned)
    elif isinstance(value, list):
        for position, item in enumerate(value):
            check_strings(item, field=f"{field}/{position}", line_feeds=line_feeds, assigned=assigned)


def _check_text(text: str, field: str, line_feeds: bool, assigned: bool) -> None:
    if HARMLESS.fullmatch(text):
        return
    for character in text:
        if (line_feeds and character == "\n") or character in INVISIBLE_ALLOWED:
            continue
        category = unicodedata.category(character)
        hidden = category in REFUSED_CATEGORIES or character in BIDI_CONTROLS
        if hidden or (assigned and category == "Cn"):
            name = f"U+{ord(character):04X}"
            raise MalformedError(
                f"文字里有不能使用的字符{name}（{REFUSED_CATEGORIES.get(category, '未定义')}字符）。请删去后重填。",
                f"The text contains the character {name}, which is not allowed. Remove it.",
                field,
            )
    if not unicodedata.is_normalized("NFC", text):
        raise MalformedError(
            "文字不是NFC写法。请用输入法重新输入这一栏。", "The text is not in Unicode form NFC. Type it again.", field
        )


def _check_depth(text: str) -> None:
    if text.count("{") + text.count("[") <= MAX_DEPTH:
        return
    depth = 0
    for match in STRING_OR_BRACKET.finditer(text):
        mark = match.group()
        if mark in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise MalformedError(
                    f"内容嵌套超过{MAX_DEPTH}层。", f"The content is nested more than {MAX_DEPTH} deep."
                )
        elif mark in "]}":
            depth -= 1


def _unique_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise MalformedError(f"“{key[:40]}”出现了两次。", f"The name {key[:40]!r} occurs twice.", f"/{key[:40]}")
        result[key] = value
    return result


def _refuse_float(text: str) -> NoReturn:
    raise MalformedError(
        f"不能使用小数或指数{text[:20]}，金额请以分为单位填整数。",
        f"The number {text[:20]} is not an integer; give money in fen.",
    )


def _refuse_constant(text: str) -> NoReturn:
    raise MalformedError(f"{text}不是数字。", f"{text} is not a number.")


def _bounded_int(text: str) -> int:
    if len(text) > 17 or not -MAX_INTEGER <= (value := int(text)) <= MAX_INTEGER:
        raise MalformedError(f"整数{text[:20]}超出±(2^53−1)。", f"The integer {text[:20]} is outside ±(2^53−1).")
    return value
