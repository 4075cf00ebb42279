import base64
import hashlib
import json
import os
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import InvalidFieldError, MalformedError, TooLargeError
from ledger.sealing.base64url import decode_base64url, encode_base64url
from ledger.sealing.disclosure import (
    Disclosure,
    check_digest_list,
    digest,
    is_digest,
    make_decoy,
    make_field,
    make_row,
    new_salt,
    new_vault_key,
    padded_count,
    parse_disclosure,
)

SALT = "A" * 43
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def _encode(content: str) -> str:
    return base64.urlsafe_b64encode(content.encode("utf-8", "surrogatepass")).decode().rstrip("=")


words = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"])).map(
    lambda text: unicodedata.normalize("NFC", text)
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)


@given(values, st.binary(min_size=32, max_size=32))
def test_whatever_is_disclosed_reads_back_the_same(value: Any, random_bytes: bytes) -> None:
    salt = new_salt(lambda size: random_bytes[:size])
    field = parse_disclosure(make_field("who", value, salt=salt), field="/d")
    assert (field.kind, field.name, field.value, field.salt) == ("field", "who", value, salt)
    row = parse_disclosure(make_row(value, salt=salt), field="/d")
    assert (row.kind, row.name, row.value, row.salt) == ("row", None, value, salt)
    decoy = parse_disclosure(make_decoy(salt=salt), field="/d")
    assert (decoy.kind, decoy.name, decoy.value, decoy.salt) == ("decoy", None, None, salt)


def test_a_disclosure_and_its_digest_are_exactly_these_bytes() -> None:
    text = make_field("who", {"name": "韦小花", "age": 9}, salt=SALT)
    content = f'["{SALT}","who",{{"age":9,"name":"韦小花"}}]'.encode()
    assert text == base64.urlsafe_b64encode(content).decode().rstrip("=")
    expected = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
    assert digest(text) == expected == parse_disclosure(text, field="/d").digest


def test_the_digest_of_the_published_example_of_rfc_9901_is_reproduced() -> None:
    disclosure = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
    assert digest(disclosure) == "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"


def test_a_new_salt_is_43_characters_of_the_randomness_given() -> None:
    assert new_salt(lambda size: b"\x00" * size) == SALT
    assert len(new_salt(os.urandom)) == 43


def test_a_new_vault_key_is_32_lowercase_hex_digits() -> None:
    assert new_vault_key(lambda size: b"\xab" * size) == "ab" * 16


@pytest.mark.parametrize(
    "salt",
    ["", "A" * 42, "A" * 44, "A" * 22, "A" * 42 + "B", "A" * 42 + "=", "A" * 42 + "+", "A" * 43 + "\n", None, 7, ["A"]],
)
def test_a_salt_that_is_short_long_or_not_canonical_is_refused(salt: Any) -> None:
    for content in ([salt, "who", 1], [salt, 1], [salt]):
        with pytest.raises(InvalidFieldError, match="salt of 43") as refusal:
            parse_disclosure(_encode(json.dumps(content, separators=(",", ":"))), field="/disclosures/3")
        assert refusal.value.field == "/disclosures/3"


@pytest.mark.parametrize(
    "content",
    [
        f'["{SALT}", 1]',
        f'["{SALT}",1] ',
        f'["{SALT}",{{"b":1,"a":2}}]',
        f'["{SALT}",{{"a":1,"a":1}}]',
        f'["{SALT}",1.5]',
        f'["{SALT}",1e2]',
        f'["{SALT}",-0]',
        f'["{SALT}",NaN]',
        f'["{SALT}",9007199254740992]',
        f'["{SALT}","\\u0041"]',
        f'["{SALT}","\\ud800"]',
        f'["{SALT}"',
        "﻿" + f'["{SALT}",1]',
        "",
        f'["{SALT}",' + "[" * 16 + "]" * 16 + "]",
    ],
)
def test_a_disclosure_in_another_spelling_is_refused_without_quoting_it(content: str) -> None:
    with pytest.raises(MalformedError) as refusal:
        parse_disclosure(_encode(content), field="/disclosures/0")
    assert refusal.value.field == "/disclosures/0"
    assert SALT[:8] not in refusal.value.en + refusal.value.zh


@pytest.mark.parametrize("content", ["{}", '"text"', "null", "[]", f'["{SALT}","who",1,2]', f'{{"0":"{SALT}"}}'])
def test_a_disclosure_that_is_no_array_of_one_to_three_is_refused(content: str) -> None:
    with pytest.raises(InvalidFieldError, match="array of 1 to 3"):
        parse_disclosure(_encode(content), field="/d")


@pytest.mark.parametrize("name", ["", "Who", "1st", "_sd", "...", "a\nb", "a" * 65, "名", 7, None])
def test_a_disclosed_field_needs_the_name_of_a_field(name: Any) -> None:
    with pytest.raises(InvalidFieldError, match="field's name"):
        parse_disclosure(make_field(name, 1, salt=SALT), field="/d")


def test_texts_in_a_disclosure_may_have_line_feeds_and_nothing_hidden() -> None:
    assert parse_disclosure(make_field("story", "一\n二", salt=SALT), field="/d").value == "一\n二"
    for hidden in ("\r", "\t", "\u202e", "\u200b", "e\u0301", "\ue000", "\u0378"):
        with pytest.raises(MalformedError) as refusal:
            parse_disclosure(make_field("story", {"text": hidden}, salt=SALT), field="/d")
        assert refusal.value.field == "/d"


def test_whether_a_character_is_assigned_is_judged_at_admission_only() -> None:
    text = make_row("\u0378", salt=SALT)
    assert parse_disclosure(text, field="/d", assigned=False).value == "\u0378"


def test_every_other_base64url_spelling_of_a_disclosure_is_refused() -> None:
    text = make_row("abc", salt=SALT)
    assert len(text) % 4 == 3
    last = ALPHABET.index(text[-1])
    others = [text[:-1] + ALPHABET[last - last % 4 + spare] for spare in range(4) if last % 4 != spare]
    assert len(others) == 3
    assert {base64.urlsafe_b64decode(other + "=") for other in others} == {base64.urlsafe_b64decode(text + "=")}
    for other in [*others, text + "=", text + "\n", " " + text, text[:9] + "\n" + text[9:], text + "A", text + "é"]:
        with pytest.raises(MalformedError) as refusal:
            parse_disclosure(other, field="/d")
        assert text[:8] not in refusal.value.en


@given(st.binary(max_size=100))
def test_bytes_have_exactly_one_base64url_text(data: bytes) -> None:
    assert decode_base64url(encode_base64url(data)) == data


@pytest.mark.parametrize("text", [None, 7, b"WyJh", ["WyJh"]])
def test_a_disclosure_that_is_no_text_is_refused(text: Any) -> None:
    with pytest.raises(InvalidFieldError, match="must be text"):
        parse_disclosure(text, field="/d")


def test_a_disclosure_over_64_kib_is_refused() -> None:
    fits = make_row("a" * 49_102, salt=SALT)
    assert len(fits) == 64 * 1024
    assert parse_disclosure(fits, field="/d").kind == "row"
    with pytest.raises(TooLargeError, match="65,538 bytes") as refusal:
        parse_disclosure(make_row("a" * 49_103, salt=SALT), field="/d")
    assert refusal.value.field == "/d"


def test_a_digest_is_43_characters_in_one_spelling() -> None:
    known = digest(SALT)
    assert is_digest(known)
    last = ALPHABET.index(known[-1])
    spellings = [known[:-1] + ALPHABET[last + spare] for spare in (1, 2, 3)]
    for other in [*spellings, known[:-1], known + "A", known + "=", known + "\n", "", "é" * 43]:
        assert not is_digest(other)


def test_a_digest_list_is_sorted_as_ascii() -> None:
    digests = sorted(digest(make_row(number, salt=SALT)) for number in range(50))
    check_digest_list(digests, field="/payload/sealed")
    check_digest_list([], field="/payload/sealed")


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda items: items[::-1], 1),
        (lambda items: [items[0], items[0], items[1]], 1),
        (lambda items: [items[0], items[2], items[1]], 2),
        (lambda items: [items[0], items[1][:-1], items[2]], 1),
        (lambda items: [items[0], None], 1),
        (lambda items: [7, *items], 0),
    ],
)
def test_a_digest_list_with_anything_else_is_refused_at_its_place(
    change: Callable[[list[str]], list[Any]], place: int
) -> None:
    digests = sorted(digest(make_row(number, salt=SALT)) for number in range(3))
    with pytest.raises(InvalidFieldError) as refusal:
        check_digest_list(change(digests), field="/payload/sealed")
    assert refusal.value.field == f"/payload/sealed/{place}"


def test_the_padded_count_is_the_next_multiple_of_eight() -> None:
    for n in range(257):
        count = padded_count(n)
        assert count % 8 == 0
        assert n <= count < n + 8


def test_a_disclosures_digest_is_that_of_its_text() -> None:
    assert Disclosure(SALT, "decoy", None, None, SALT).digest == digest(SALT)
