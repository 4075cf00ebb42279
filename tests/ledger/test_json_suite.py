"""The published JSON parsing suite, file by file: what we decided about each, and why.

``y_`` files must be accepted by a parser of all of JSON. A ledger accepts less: only integers that every parser
reads alike, names that occur once, and text that cannot hide anything. ``i_`` files are ours to decide.
"""

import os
from pathlib import Path

import pytest

from ledger.canonical import canonical_bytes, check_strings, parse_strict
from ledger.errors import LedgerError, MalformedError

SUITE = Path(__file__).parents[3] / "shared" / "vectors" / "json-test-suite" / "test_parsing"
CAP = 1_000_000
ACCEPTED = "accepted"
FRACTION = "a fraction or an exponent: parsers disagree about its value, and money is in whole fen"
TOO_BIG = "an integer beyond ±(2^53-1): JavaScript reads another number"
REPEATED = "a name that occurs twice: parsers disagree about which value counts"
DEEP = "nested deeper than any event: a parser's stack is not ours to fill"
NOT_UTF8 = "not UTF-8: RFC 8259 section 8.1 asks for UTF-8 and nothing else"
BOM = "a byte order mark: the same content would have two spellings, and so two digests"
SURROGATE = "half a surrogate pair: no UTF-8 text can hold it, so canonical JSON cannot either"
CONTROL = "a control character: it cannot be shown, and changes what is shown beside it"
INVISIBLE = "an invisible character: two texts that look alike would differ"
UNASSIGNED = "a character that Unicode has not assigned, or never will"
IN_THE_TEXT = (SURROGATE, CONTROL, INVISIBLE, UNASSIGNED)
"""Reasons to refuse a value that parsed: judged by ``check_strings``, for it depends on the field."""

REFUSED_THOUGH_JSON = {
    FRACTION: """number number_0e+1 number_0e1 number_double_close_to_zero number_int_with_exp number_real_capital_e
        number_real_capital_e_neg_exp number_real_capital_e_pos_exp number_real_exponent number_real_fraction_exponent
        number_real_neg_exp number_real_pos_exponent number_simple_real object_extreme_numbers
        structure_lonely_negative_real""",
    REPEATED: "object_duplicated_key object_duplicated_key_and_value",
    CONTROL: """object_escaped_null_in_key string_allowed_escapes string_escaped_control_character string_null_escape
        string_uescaped_newline string_unescaped_char_delete string_with_del_character""",
    INVISIBLE: "string_unicode_U+200B_ZERO_WIDTH_SPACE string_unicode_U+2064_invisible_plus",
    UNASSIGNED: """string_escaped_noncharacter string_last_surrogates_1_and_2 string_nonCharacterInUTF-8_U+10FFFF
        string_nonCharacterInUTF-8_U+FFFF string_reservedCharacterInUTF-8_U+1BFFF string_unicode_U+10FFFE_nonchar
        string_unicode_U+1FFFE_nonchar string_unicode_U+FDD0_nonchar string_unicode_U+FFFE_nonchar""",
}
OURS_TO_DECIDE = {
    FRACTION: """number_double_huge_neg_exp number_huge_exp number_neg_int_huge_exp number_pos_double_huge_exp
        number_real_neg_overflow number_real_pos_overflow number_real_underflow""",
    TOO_BIG: "number_too_big_neg_int number_too_big_pos_int number_very_big_negative_int",
    SURROGATE: """object_key_lone_2nd_surrogate string_1st_surrogate_but_2nd_missing
        string_1st_valid_surrogate_2nd_invalid string_incomplete_surrogate_and_escape_valid
        string_incomplete_surrogate_pair string_incomplete_surrogates_escape_valid string_invalid_lonely_surrogate
        string_invalid_surrogate string_inverted_surrogates_U+1D11E string_lone_second_surrogate""",
    NOT_UTF8: """string_UTF-16LE_with_BOM string_UTF-8_invalid_sequence string_UTF8_surrogate_U+D800
        string_invalid_utf-8 string_iso_latin_1 string_lone_utf8_continuation_byte string_not_in_unicode_range
        string_overlong_sequence_2_bytes string_overlong_sequence_6_bytes string_overlong_sequence_6_bytes_null
        string_truncated-utf-8 string_utf16BE_no_BOM string_utf16LE_no_BOM""",
    DEEP: "structure_500_nested_arrays",
    BOM: "structure_UTF-8_BOM_empty_object",
}
"""All 35 are refused: nothing that parsers may read differently can be evidence."""


def reasons(table: dict[str, str], prefix: str) -> dict[str, str]:
    return {f"{prefix}_{name}": reason for reason, names in table.items() for name in names.split()}


def files(prefix: str) -> dict[str, bytes]:
    if not SUITE.exists() and os.environ.get("CI") == "true":
        raise FileNotFoundError(SUITE)
    return {path.stem: path.read_bytes() for path in sorted(SUITE.glob(f"{prefix}_*.json"))}


BESIDE = pytest.mark.skipif(not SUITE.exists(), reason="the published JSON parsing suite is not beside the project")
DECIDED = reasons(REFUSED_THOUGH_JSON, "y") | reasons(OURS_TO_DECIDE, "i")


def check(content: bytes, reason: str) -> None:
    if reason in IN_THE_TEXT:
        value = parse_strict(content, max_bytes=CAP)
        with pytest.raises(MalformedError):
            check_strings(value)
        return
    with pytest.raises(MalformedError):
        parse_strict(content, max_bytes=CAP)


@BESIDE
def test_the_suite_is_whole_and_every_file_that_is_ours_to_decide_is_in_the_table() -> None:
    assert [len(files(prefix)) for prefix in "yni"] == [95, 188, 35]
    assert files("i").keys() == reasons(OURS_TO_DECIDE, "i").keys()
    assert reasons(REFUSED_THOUGH_JSON, "y").keys() <= files("y").keys()


@BESIDE
@pytest.mark.parametrize("name", sorted(files("y") | files("i")))
def test_each_file_is_accepted_or_refused_as_decided(name: str) -> None:
    content = (files("y") | files("i"))[name]
    if (reason := DECIDED.get(name, ACCEPTED)) != ACCEPTED:
        check(content, reason)
        return
    value = parse_strict(content, max_bytes=CAP)
    check_strings(value)
    assert parse_strict(canonical_bytes(value), max_bytes=CAP) == value


@BESIDE
def test_every_file_that_is_no_json_is_refused() -> None:
    admitted = []
    for name, content in files("n").items():
        try:
            parse_strict(content, max_bytes=CAP)
        except LedgerError:
            continue
        admitted.append(name)
    assert admitted == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"[1.0]", FRACTION),
        (b"[1.000000000000000005]", FRACTION),
        (b"[1E6]", FRACTION),
        (b"[1e-999]", FRACTION),
        (b"[-9223372036854775808]", TOO_BIG),
        (b"[-9223372036854775809]", TOO_BIG),
        (b"[10000000000000000999]", TOO_BIG),
        (b'{"a":1,"a":2}', REPEATED),
        (b'{"a":1,"a":1}', REPEATED),
        (b'{"a":1,"\\u0061":2}', REPEATED),
        (b'["\\uD800"]', SURROGATE),
        (b'["\\uD800\\uD800"]', SURROGATE),
        (b'["\\uD800\\uD800\\uD800"]', SURROGATE),
        (b'["A\\u0000B"]', CONTROL),
    ],
)
def test_what_parsers_are_known_to_transform_is_refused(content: bytes, reason: str) -> None:
    check(content, reason)


def test_names_that_differ_in_normal_form_alone_cannot_stand_side_by_side() -> None:
    value = parse_strict(b'{"\\u00e9":"composed","e\\u0301":"decomposed"}', max_bytes=CAP)
    assert len(value) == 2
    with pytest.raises(MalformedError):
        check_strings(value)
