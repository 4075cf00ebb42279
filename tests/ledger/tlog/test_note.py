"""Signed notes: what is accepted, what is ignored, and what is refused."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import BadSignatureError, MalformedError, ProofError, TooLargeError
from ledger.tlog.base64 import encode_base64
from ledger.tlog.note import (
    COSIGNATURE_ED25519,
    ED25519,
    MAX_NOTE_BYTES,
    ML_DSA_44,
    Note,
    Signature,
    VerifierKey,
    format_note,
    format_vkey,
    note_key_id,
    open_note,
    parse_note,
    parse_vkey,
    sign_note,
)

SPEC_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPEC_LINE = (
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
SPEC_NOTE = f"This is an example message.\n\n{SPEC_LINE}".encode()
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
).encode()
LINE = "— a AAAAAQI=\n"

NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"], exclude_characters="+"), min_size=1)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n")).map(lambda text: text + "\n")
SIGNATURES = st.builds(Signature, NAMES, st.integers(0, 2**32 - 1), st.binary(min_size=1, max_size=80))


@dataclass(frozen=True, slots=True)
class VkeyVerifier:
    """Checks with a key that was read from its published line."""

    key: VerifierKey

    @property
    def name(self) -> str:
        return self.key.name

    @property
    def key_id(self) -> int:
        return self.key.key_id

    def check(self, text: bytes, signature: bytes) -> None:
        try:
            Ed25519PublicKey.from_public_bytes(self.key.public_key).verify(signature, text)
        except InvalidSignature:
            raise BadSignatureError(f"{self.key_id:08x}") from None


@pytest.mark.parametrize(("vkey", "data"), [(SPEC_VKEY, SPEC_NOTE), (GO_VKEY, GO_NOTE)], ids=["c2sp", "golang"])
def test_published_note_verifies_with_its_published_key(vkey: str, data: bytes) -> None:
    key = parse_vkey(vkey)
    note = open_note(data, [VkeyVerifier(key)])
    assert [(line.name, line.key_id) for line in note.signatures] == [(key.name, key.key_id)]
    assert note.text.encode() + b"\n" == data.partition("—".encode())[0]
    assert format_note(note) == data


def test_published_key_id_is_recomputed_from_name_and_key() -> None:
    key = parse_vkey(SPEC_VKEY)
    assert (key.name, key.algorithm, key.key_id) == ("example.com/foo", ED25519, 0x530D903A)
    assert note_key_id("example.com/foo", ED25519, key.public_key) == 0x530D903A
    assert format_vkey(key) == SPEC_VKEY


@given(NAMES, st.sampled_from([(ED25519, 32), (COSIGNATURE_ED25519, 32), (ML_DSA_44, 1312)]), st.integers(0, 255))
def test_every_vkey_parses_back_to_its_key(name: str, algorithm: tuple[int, int], filler: int) -> None:
    key = VerifierKey(name, algorithm[0], bytes([filler]) * algorithm[1])
    assert parse_vkey(format_vkey(key)) == key


def test_the_same_key_under_another_name_or_algorithm_has_another_id() -> None:
    keys = [VerifierKey(n, a, bytes(32)) for n in ("a", "b") for a in (ED25519, COSIGNATURE_ED25519)]
    assert len({key.key_id for key in keys}) == 4


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "example.com/foo",
        "example.com/foo+530d903a",
        "example.com/foo+530d903a+",
        SPEC_VKEY + "\n",
        SPEC_VKEY.replace("530d903a", "530D903A"),
        SPEC_VKEY.replace("530d903a", "530d903b"),
        SPEC_VKEY.replace("530d903a", "0530d903a"),
        SPEC_VKEY.replace("example.com/foo", "example.com/bar"),
        SPEC_VKEY.replace("example.com/foo", ""),
        SPEC_VKEY.replace("example.com/foo", "example com"),
        SPEC_VKEY.replace("AekyeRrm", "AekyeRrn"),
        SPEC_VKEY.replace("AekyeRrm", "BOkyeRrm"),
        SPEC_VKEY[:-4],
        f"a+{note_key_id('a', ED25519, bytes(31)):08x}+{encode_base64(bytes([ED25519]) + bytes(31))}",
        f"a+{note_key_id('a', 2, bytes(32)):08x}+{encode_base64(bytes([2]) + bytes(32))}",
        f"a+{note_key_id('a', 0xFF, bytes(32)):08x}+{encode_base64(bytes([0xFF]) + bytes(32))}",
        f"a\ud800+00000000+{encode_base64(bytes([ED25519]) + bytes(32))}",
    ],
)
def test_malformed_vkey_is_refused(vkey: str) -> None:
    with pytest.raises(MalformedError):
        parse_vkey(vkey)


@given(TEXTS, st.lists(SIGNATURES, min_size=1, max_size=5))
def test_every_note_parses_back_to_its_parts(text: str, signatures: list[Signature]) -> None:
    note = Note(text, tuple(signatures))
    assert parse_note(format_note(note)) == note


@given(st.text(alphabet="a\n —+AQ=") | st.text(alphabet="a\n—").map(lambda text: f"{text}\n\n{LINE}"))
def test_a_note_that_parses_formats_back_to_the_same_bytes(content: str) -> None:
    try:
        note = parse_note(content.encode())
    except MalformedError:
        return
    assert format_note(note) == content.encode()


def test_the_text_ends_at_the_last_empty_line() -> None:
    assert parse_note(f"a\n\nb\n\n{LINE}".encode()).text == "a\n\nb\n"
    assert parse_note(f"a\n\n\n{LINE}".encode()).text == "a\n\n"
    assert parse_note(f"— a AAAAAQI=\n\n{LINE}".encode()).text == LINE
    assert parse_note(f"\n\n{LINE}".encode()).text == "\n"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "\n",
        "\n\n",
        "text\n",
        "text\n\n",
        LINE,
        f"\n{LINE}",
        f"text\n{LINE}",
        f"text\r\n\r\n{LINE}",
        f"te\txt\n\n{LINE}",
        f"text\n\n{LINE}\n",
        f"text\n\n{LINE}more",
        f"text\n\n{LINE[:-1]}",
        f"text\n\n{LINE[:-1]}\r\n",
        f"text\n\n{LINE[:-1]} \n",
        f"text\n\n{LINE}unknown line\n",
        f"text\n\n{LINE.replace('—', '-')}",
        f"text\n\n{LINE.replace('—', '–')}",
        f"text\n\n{LINE.replace('— ', '—')}",
        f"text\n\n{LINE.replace('— ', '—  ')}",
        f"text\n\n {LINE}",
        "text\n\n— AAAAAQI=\n",
        "text\n\n—  AAAAAQI=\n",
        "text\n\n— a\n",
        "text\n\n— a \n",
        "text\n\n— a  AAAAAQI=\n",
        "text\n\n— a+b AAAAAQI=\n",
        "text\n\n— a\u3000b AAAAAQI=\n",
        "text\n\n— a\u2028b AAAAAQI=\n",
        "text\n\n— a\x1fb AAAAAQI=\n",
        "text\n\n— a AAAAAQI\n",
        "text\n\n— a AAAAAQJ=\n",
        "text\n\n— a AAAAAQ==\n",
        "text\n\n— a AAAA\n",
        "text\n\n— a AAAA-_8=\n",
    ],
)
def test_malformed_note_is_refused(content: str) -> None:
    with pytest.raises(MalformedError):
        parse_note(content.encode())


@pytest.mark.parametrize("code", [code for code in range(32) if code != 10])
def test_a_note_with_a_control_character_is_refused(code: int) -> None:
    with pytest.raises(MalformedError):
        parse_note(f"te{chr(code)}xt\n\n{LINE}".encode())


@pytest.mark.parametrize("data", [b"\xff\n\n", b"\xed\xa0\x80\n\n", b"\xc0\x8a\n\n", b"\xef\xbb\n\n"])
def test_a_note_that_is_not_utf_8_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedError):
        parse_note(data + LINE.encode())


def test_a_note_may_have_100_signatures_and_no_more() -> None:
    assert len(parse_note(f"text\n\n{LINE * 100}".encode()).signatures) == 100
    with pytest.raises(MalformedError):
        parse_note(f"text\n\n{LINE * 101}".encode())
    with pytest.raises(MalformedError):
        Note("text\n", parse_note(f"text\n\n{LINE * 100}".encode()).signatures * 2)


def test_a_note_may_be_1_mib_and_no_more() -> None:
    room = MAX_NOTE_BYTES - len(f"\n\n{LINE}".encode())
    largest = parse_note(b"x" * room + f"\n\n{LINE}".encode())
    assert len(format_note(largest)) == MAX_NOTE_BYTES
    with pytest.raises(TooLargeError):
        parse_note(b"x" * (room + 1) + f"\n\n{LINE}".encode())
    with pytest.raises(TooLargeError):
        format_note(Note("x" + largest.text, largest.signatures))


@pytest.mark.parametrize("text", ["", "no line feed", "\r\n", "\ud800\n", "a\x00\n"])
def test_a_text_that_cannot_be_in_a_note_is_not_signed(note_key: Callable[..., Any], text: str) -> None:
    with pytest.raises(MalformedError):
        sign_note(text, [note_key("a")])


def test_a_note_without_signers_is_not_made() -> None:
    with pytest.raises(MalformedError):
        sign_note("text\n", [])


@pytest.mark.parametrize(
    ("name", "key_id", "signature"),
    [("", 0, b"s"), ("a b", 0, b"s"), ("a+b", 0, b"s"), ("a", -1, b"s"), ("a", 2**32, b"s"), ("a", 0, b"")],
)
def test_a_signature_line_outside_the_format_cannot_be_made(name: str, key_id: int, signature: bytes) -> None:
    with pytest.raises(MalformedError):
        Signature(name, key_id, signature)


def test_a_signed_note_opens_with_each_of_its_keys(note_key: Callable[..., Any]) -> None:
    log, witness = note_key("log.example"), note_key("witness.example", 2)
    data = sign_note("善款\n", [log, witness])
    assert [line.name for line in open_note(data, [log, witness]).signatures] == ["log.example", "witness.example"]
    assert [line.name for line in open_note(data, [witness]).signatures] == ["witness.example"]
    assert open_note(data, [log]).text == "善款\n"


def test_a_note_signed_by_nobody_we_trust_is_refused(note_key: Callable[..., Any]) -> None:
    data = sign_note("text\n", [note_key("a"), note_key("b", 2)])
    for verifiers in ([], [note_key("a", 2)], [note_key("b", 1)], [note_key("c", 1)]):
        with pytest.raises(ProofError):
            open_note(data, verifiers)


def test_a_signature_by_a_trusted_key_over_another_text_is_refused(note_key: Callable[..., Any]) -> None:
    key = note_key("a")
    data = sign_note("one yuan\n", [key])
    with pytest.raises(ProofError) as refusal:
        open_note(data.replace(b"one", b"two"), [key])
    assert f"a+{key.key_id:08x}" in str(refusal.value)


def test_one_bad_signature_by_a_trusted_key_spoils_the_note(note_key: Callable[..., Any]) -> None:
    good, bad = note_key("a"), note_key("b", 2)
    elsewhere = parse_note(sign_note("other\n", [bad])).signatures
    note = parse_note(sign_note("text\n", [good]))
    data = format_note(Note(note.text, note.signatures + elsewhere))
    assert len(open_note(data, [good]).signatures) == 1
    with pytest.raises(ProofError):
        open_note(data, [good, bad])


def test_a_bad_second_signature_by_the_same_key_spoils_the_note(note_key: Callable[..., Any]) -> None:
    key = note_key("a")
    elsewhere = parse_note(sign_note("other\n", [key])).signatures
    note = parse_note(sign_note("text\n", [key]))
    with pytest.raises(ProofError):
        open_note(format_note(Note(note.text, note.signatures + elsewhere)), [key])


def test_a_key_that_signed_twice_counts_once(note_key: Callable[..., Any]) -> None:
    key = note_key("a")
    assert len(open_note(sign_note("text\n", [key, key]), [key]).signatures) == 1


def test_two_trusted_keys_with_one_name_and_id_are_refused(note_key: Callable[..., Any]) -> None:
    with pytest.raises(ProofError):
        open_note(sign_note("text\n", [note_key("a")]), [note_key("a"), note_key("a")])


def test_every_flipped_byte_of_a_signed_note_is_noticed(note_key: Callable[..., Any]) -> None:
    key = note_key("a")
    data = sign_note("example.com/log\n7\n", [key])
    for place in range(len(data)):
        spoiled = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        with pytest.raises((ProofError, MalformedError)):
            open_note(spoiled, [key])
