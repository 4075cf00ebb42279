"""One byte string has one base64 text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import MalformedError
from ledger.tlog.base64 import decode_base64, encode_base64


@given(st.binary(max_size=100))
def test_every_byte_string_decodes_from_its_own_text(data: bytes) -> None:
    assert decode_base64(encode_base64(data)) == data


@given(st.text(alphabet="ABab+/=-_\n ", max_size=8))
def test_a_text_that_decodes_is_the_only_text_of_its_bytes(text: str) -> None:
    try:
        data = decode_base64(text)
    except MalformedError:
        return
    assert encode_base64(data) == text


@pytest.mark.parametrize(
    "text",
    ["AB==", "AAB=", "AA", "AA=", "AA===", "A", "=", "AA==\n", "AA= =", "-_8=", "AA==AA==", "AAAA=", "！", "ＡＡ=="],
)
def test_any_other_spelling_is_refused(text: str) -> None:
    with pytest.raises(MalformedError) as refusal:
        decode_base64(text, field="/data/public_key")
    assert refusal.value.field == "/data/public_key"


def test_the_alphabet_is_the_standard_one_with_padding() -> None:
    assert encode_base64(b"\xfb\xff") == "+/8="
    assert encode_base64(b"") == ""
