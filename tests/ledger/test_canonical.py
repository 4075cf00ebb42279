"""Strict JSON: what is refused at the edge, and that what is accepted means one thing only."""

import os
import unicodedata
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import (
    HARMLESS,
    MAX_DEPTH,
    MAX_INTEGER,
    canonical_bytes,
    check_strings,
    parse_canonical,
    parse_plain,
    parse_strict,
)
from ledger.errors import LedgerError, MalformedError, TooLargeError

ROW = '["AAAA","name",{"age":-9,"name":"韦小花（测试）","vault_key":"0f3c","with":[true,null,{}]}]'.encode()
SUITE = Path(__file__).parents[3] / "shared" / "vectors" / "json-test-suite" / "test_parsing"
CAP = 1_000_000
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-MAX_INTEGER, MAX_INTEGER)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner)
    ),
    max_leaves=20,
)


def suite(prefix: str) -> list[Path]:
    if not SUITE.exists() and os.environ.get("CI") == "true":
        raise FileNotFoundError(SUITE)
    return sorted(SUITE.glob(f"{prefix}_*.json"))


@pytest.mark.skipif(not SUITE.exists(), reason="the published JSON parsing suite is not beside the project")
@pytest.mark.parametrize("path", suite("n"), ids=lambda path: path.stem)
def test_every_malformed_document_of_the_published_suite_is_refused(path: Path) -> None:
    with pytest.raises(LedgerError):
        parse_strict(path.read_bytes(), max_bytes=CAP)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (b'{"a":1,"a":2}', "duplicate key"),
        (b'{"a":1.0}', "float"),
        (b'{"a":1e3}', "exponent"),
        (b'{"a":NaN}', "NaN"),
        (b'{"a":-Infinity}', "infinity"),
        (b"\xff", "not UTF-8"),
        (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "too deep"),
        (str(MAX_INTEGER + 1).encode(), "beyond 2^53-1"),
        (b"-" + str(MAX_INTEGER + 1).encode(), "beyond -(2^53-1)"),
        (b"9" * 5000, "a number of 5,000 digits"),
    ],
)
def test_ambiguous_or_lossy_json_is_refused(text: bytes, what: str) -> None:
    with pytest.raises(MalformedError) as refusal:
        parse_strict(text, max_bytes=CAP)
    assert refusal.value.zh.endswith("。"), what


def test_depth_and_integers_at_the_limit_are_accepted() -> None:
    assert parse_strict(str(-MAX_INTEGER).encode(), max_bytes=CAP) == -MAX_INTEGER
    parse_strict(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, max_bytes=CAP)


def test_brackets_inside_strings_are_not_depth() -> None:
    assert parse_strict(b'"[[[[[[[[[[[[[[[[[[[[\\"[[["', max_bytes=CAP) == '[[[[[[[[[[[[[[[[[[[["[[['


def test_size_is_capped_before_anything_is_parsed() -> None:
    with pytest.raises(TooLargeError):
        parse_strict(b" " * 11, max_bytes=10)


@given(VALUES)
def test_the_fast_encoder_writes_the_very_form_of_rfc_8785(value: Any) -> None:
    assert canonical_bytes(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("value", ["".join(map(chr, range(768))), {"\U0001f600": 1, "\ufb33": 2}, 2**53 - 1, {}])
def test_awkward_values_have_the_form_of_rfc_8785(value: Any) -> None:
    assert canonical_bytes(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("value", [2**53, 1.5, "\ud800", {"a": {1: 2}}, (1,), float("nan")])
def test_values_that_canonical_json_of_ours_cannot_hold_are_refused_or_written_as_rfc_8785_says(value: Any) -> None:
    try:
        written = canonical_bytes(value)
    except MalformedError:
        return
    assert written == rfc8785.dumps(value)


def check_read_alike(data: bytes) -> bool:
    """Whether it is read the quick way: then the strict way reads the same and finds nothing hidden in it."""
    value = parse_plain(data)
    if value is not None:
        strictly = parse_canonical(data, max_bytes=CAP)
        assert (value, canonical_bytes(value)) == (strictly, data)
        check_strings(strictly)
    return value is not None


def test_an_ordinary_value_is_read_the_quick_way() -> None:
    assert check_read_alike(ROW)


@given(VALUES)
def test_what_is_read_the_quick_way_is_read_alike_the_strict_way(value: Any) -> None:
    check_read_alike(canonical_bytes(value))


@given(st.integers(0, len(ROW) - 1), st.binary(max_size=3) | st.text(max_size=3).map(str.encode), st.integers(0, 9))
def test_any_edit_of_a_value_is_read_alike_either_way(place: int, inserted: bytes, cut: int) -> None:
    check_read_alike(ROW[:place] + inserted + ROW[place + cut :])


ODD = [
    "1.0",
    "-0",
    "1e3",
    str(MAX_INTEGER + 1),
    "9" * 400,
    '"\\u0061"',
    '"\\n"',
    '"\\\\"',
    '"\u202e"',
    '"e\u0301"',
    '"\x7f"',
]


@pytest.mark.parametrize("odd", [*ODD, '{"b":1,"a":2}', '{"a":1,"a":1}', "[" * 17 + "]" * 17, " 1"])
def test_what_needs_a_second_look_is_not_read_the_quick_way(odd: str) -> None:
    assert check_read_alike(f"[{odd}]".encode()) is False


@given(VALUES)
def test_canonical_form_parses_back_to_the_same_value(value: Any) -> None:
    assert parse_canonical(canonical_bytes(value), max_bytes=CAP) == value


@pytest.mark.parametrize("text", [b'{ "a":1}', b'{"b":1,"a":2}', b'"\\u0041"', b"-0", b'{"a":1}\n'])
def test_bytes_that_are_not_their_own_canonical_form_are_refused(text: bytes) -> None:
    with pytest.raises(MalformedError):
        parse_canonical(text, max_bytes=CAP)


@pytest.mark.parametrize(
    "character",
    [
        "\x00",
        "\x1f",
        "\x7f",
        "\n",
        "\ud800",
        "\ue000",
        "\u202e",
        "\u2066",
        "\u200f",
        "\u061c",
        "\u200b",
        "\ufeff",
        "\U000e0041",
        "\u0378",
    ],
)
def test_text_that_could_hide_something_is_refused_with_its_field(character: str) -> None:
    with pytest.raises(MalformedError) as refusal:
        check_strings({"data": ["好", f"甲{character}乙"]}, field="/payload")
    assert refusal.value.field == "/payload/data/1"
    with pytest.raises(MalformedError):
        check_strings({f"甲{character}": 1})


def test_text_that_is_not_in_form_nfc_is_refused() -> None:
    with pytest.raises(MalformedError):
        check_strings("e\u0301")


def test_line_feeds_are_allowed_in_disclosed_text_alone() -> None:
    check_strings("第一行\n第二行", line_feeds=True)
    with pytest.raises(MalformedError):
        check_strings("第一行\r第二行", line_feeds=True)


def test_whether_a_character_is_assigned_is_asked_at_admission_only() -> None:
    check_strings("\u0378", assigned=False)


def test_every_character_that_is_let_through_at_once_would_pass_the_slow_check() -> None:
    harmless = [character for character in map(chr, range(0x110000)) if HARMLESS.fullmatch(character)]
    assert len(harmless) > 20_000
    for character in harmless:
        assert unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
        assert unicodedata.is_normalized("NFC", f"e{character}e")
