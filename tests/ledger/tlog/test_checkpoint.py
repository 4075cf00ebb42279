"""Checkpoints: three lines with one spelling, believed only under the log's signature."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import MalformedError, ProofError
from ledger.tlog.base64 import decode_base64
from ledger.tlog.checkpoint import (
    Checkpoint,
    format_checkpoint,
    open_checkpoint,
    parse_checkpoint,
    parse_decimal,
)
from ledger.tlog.merkle import EMPTY_ROOT
from ledger.tlog.note import sign_note

ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
EMPTY = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
SPEC_TEXT = f"example.com/behind-the-sofa\n20852163\n{ROOT}\n"
ORIGIN = "ledger.example/sanpai"
LINES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)


def test_the_checkpoint_of_the_specification_is_read() -> None:
    checkpoint = parse_checkpoint(SPEC_TEXT)
    assert checkpoint == Checkpoint("example.com/behind-the-sofa", 20_852_163, decode_base64(ROOT))
    assert format_checkpoint(checkpoint) == SPEC_TEXT


@given(LINES, st.integers(1, 2**63 - 1), st.binary(min_size=32, max_size=32), st.lists(LINES, max_size=3))
def test_every_checkpoint_parses_back(origin: str, size: int, root: bytes, extensions: list[str]) -> None:
    checkpoint = Checkpoint(origin, size, root, tuple(extensions))
    assert parse_checkpoint(format_checkpoint(checkpoint)) == checkpoint


def test_the_empty_log_has_the_empty_root() -> None:
    assert parse_checkpoint(f"o\n0\n{EMPTY}\n") == Checkpoint("o", 0, EMPTY_ROOT)
    with pytest.raises(ProofError):
        parse_checkpoint(f"o\n0\n{ROOT}\n")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "o\n7\n",
        f"o\n7\n{ROOT}",
        f"\n7\n{ROOT}\n",
        f"o\n\n{ROOT}\n",
        "o\n7\n\n",
        f"o\n7\n{ROOT}\n\n",
        f"o\n7\n{ROOT}\n\nextension\n",
        f"o\n7\n{ROOT}\nextension",
        f"o\r\n7\n{ROOT}\n",
        f"o\n7\r\n{ROOT}\n",
        f"o\n7\n{ROOT}\r\n",
        f"o\n07\n{ROOT}\n",
        f"o\n00\n{EMPTY}\n",
        f"o\n-1\n{ROOT}\n",
        f"o\n+7\n{ROOT}\n",
        f"o\n 7\n{ROOT}\n",
        f"o\n7 \n{ROOT}\n",
        f"o\n7_0\n{ROOT}\n",
        f"o\n7.0\n{ROOT}\n",
        f"o\n0x7\n{ROOT}\n",
        f"o\n７\n{ROOT}\n",
        f"o\n٧\n{ROOT}\n",
        f"o\n9223372036854775808\n{ROOT}\n",
        f"o\n10000000000000000000\n{ROOT}\n",
        f"o\n7\n{ROOT[:-1]}\n",
        f"o\n7\n{ROOT.replace('2I=', '2J=')}\n",
        f"o\n7\n{ROOT.replace('/', '_')}\n",
        "o\n7\nAAAA\n",
        f"o\n7\n{ROOT}AAAA\n",
        f"o\n7\n {ROOT}\n",
    ],
)
def test_any_other_spelling_of_a_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        parse_checkpoint(text)


def test_the_largest_size_is_that_of_a_signed_64_bit_number() -> None:
    assert parse_decimal("9223372036854775807") == 2**63 - 1
    assert parse_decimal("0") == 0


@pytest.mark.parametrize(
    ("origin", "size", "root", "extensions"),
    [
        ("", 1, bytes(32), ()),
        ("a\nb", 1, bytes(32), ()),
        ("o", 1, bytes(32), ("",)),
        ("o", 1, bytes(32), ("a\tb",)),
        ("\ud800", 1, bytes(32), ()),
        ("o", -1, bytes(32), ()),
        ("o", 2**63, bytes(32), ()),
        ("o", 1, bytes(31), ()),
    ],
)
def test_a_checkpoint_outside_the_format_cannot_be_made(
    origin: str, size: int, root: bytes, extensions: tuple[str, ...]
) -> None:
    with pytest.raises(MalformedError):
        Checkpoint(origin, size, root, extensions)


def test_a_signed_checkpoint_of_the_right_log_is_opened(note_key: Callable[..., Any]) -> None:
    key = note_key(ORIGIN)
    checkpoint = Checkpoint(ORIGIN, 7, bytes(32))
    note = sign_note(format_checkpoint(checkpoint), [key, note_key("witness.example", 2)])
    assert open_checkpoint(note, origin=ORIGIN, verifiers=[key]) == checkpoint


def test_a_checkpoint_of_another_log_is_refused_though_signed_by_the_same_key(note_key: Callable[..., Any]) -> None:
    key = note_key(ORIGIN)
    note = sign_note(format_checkpoint(Checkpoint("other.example/log", 7, bytes(32))), [key])
    with pytest.raises(ProofError) as refusal:
        open_checkpoint(note, origin=ORIGIN, verifiers=[key])
    assert "other.example/log" in str(refusal.value)
    assert ORIGIN in str(refusal.value)


def test_a_checkpoint_signed_by_another_key_of_the_same_name_is_refused(note_key: Callable[..., Any]) -> None:
    note = sign_note(format_checkpoint(Checkpoint(ORIGIN, 7, bytes(32))), [note_key(ORIGIN, 2)])
    with pytest.raises(ProofError):
        open_checkpoint(note, origin=ORIGIN, verifiers=[note_key(ORIGIN)])
