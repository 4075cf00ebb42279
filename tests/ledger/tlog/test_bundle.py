"""Entry bundles: length-prefixed entries, exactly as many as the path says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import MalformedError, TooLargeError
from ledger.tlog.tile import format_bundle, parse_bundle, truncate_bundle

ENTRIES = [b"", b"a", b"\x00\x01", "善款".encode(), bytes(300), b"last"]


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=256))
def test_every_bundle_parses_back_to_its_entries(entries: list[bytes]) -> None:
    assert parse_bundle(format_bundle(entries), width=len(entries)) == entries


def test_a_bundle_is_the_bytes_the_specification_shows() -> None:
    assert format_bundle([b"ab", b""]) == b"\x00\x02ab\x00\x00"


def test_the_largest_entry_is_65535_bytes() -> None:
    largest = bytes(65_535)
    assert parse_bundle(format_bundle([largest]), width=1) == [largest]
    with pytest.raises(TooLargeError) as refusal:
        format_bundle([b"", largest + b"\x00"])
    assert "65,536" in str(refusal.value)


@pytest.mark.parametrize("count", [0, 257])
def test_a_bundle_holds_1_to_256_entries(count: int) -> None:
    with pytest.raises(MalformedError):
        format_bundle([b""] * count)


def test_a_bundle_cut_off_anywhere_is_refused() -> None:
    data = format_bundle(ENTRIES)
    for length in range(len(data)):
        with pytest.raises(MalformedError):
            parse_bundle(data[:length], width=len(ENTRIES))


def test_a_bundle_with_bytes_or_entries_after_the_last_is_refused() -> None:
    data = format_bundle(ENTRIES)
    with pytest.raises(MalformedError):
        parse_bundle(data + b"\x00", width=len(ENTRIES))
    with pytest.raises(MalformedError):
        parse_bundle(data, width=len(ENTRIES) - 1)


def test_a_bundle_of_any_width_is_served_from_the_widest() -> None:
    data = format_bundle(ENTRIES)
    for width in range(1, len(ENTRIES) + 1):
        assert truncate_bundle(data, width) == format_bundle(ENTRIES[:width])
    with pytest.raises(MalformedError):
        truncate_bundle(data, len(ENTRIES) + 1)
