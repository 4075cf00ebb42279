"""Submissions to witnesses: written back to the same bytes, or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import MalformedError, TooLargeError
from ledger.tlog.add_checkpoint import (
    MAX_REQUEST_BYTES,
    AddCheckpoint,
    format_add_checkpoint,
    format_size,
    monitoring_path,
    parse_add_checkpoint,
    parse_size,
)

# The example of C2SP tlog-witness, "add-checkpoint".
EXAMPLE = """old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
""".encode()  # noqa: E501


def test_the_specifications_example_is_read_and_written_back() -> None:
    request = parse_add_checkpoint(EXAMPLE)
    assert (request.old_size, len(request.proof)) == (20852014, 4)
    assert request.note.startswith(b"example.com/behind-the-sofa\n20852163\n")
    assert format_add_checkpoint(request) == EXAMPLE


@given(st.integers(0, 2**63 - 1), st.lists(st.binary(min_size=32, max_size=32), max_size=63), st.binary(max_size=200))
def test_every_submission_is_written_back_to_the_same_bytes(old: int, proof: list[bytes], note: bytes) -> None:
    request = AddCheckpoint(old, tuple(proof), note)
    assert parse_add_checkpoint(format_add_checkpoint(request)) == request


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"old 1\n",
        b"old 1",
        b"older 1\n\nnote",
        b"old 01\n\nnote",
        b"old -1\n\nnote",
        b"old 9223372036854775808\n\nnote",
        b"old 1\nAA==\n\nnote",
        b"old 1\n\xff\n\nnote",
        b"old 1\r\n\r\nnote",
        b"old 1\n" + b"A" * 43 + b"=\n",
        b"old 1\n" + (b"A" * 43 + b"=\n") * 64 + b"\nnote",
    ],
)
def test_malformed_submissions_are_refused(data: bytes) -> None:
    with pytest.raises(MalformedError):
        parse_add_checkpoint(data)


def test_a_flood_is_refused_unread() -> None:
    with pytest.raises(TooLargeError):
        parse_add_checkpoint(bytes(MAX_REQUEST_BYTES + 1))
    with pytest.raises(MalformedError):
        AddCheckpoint(-1, (), b"")


@pytest.mark.parametrize("size", [0, 7, 2**63 - 1])
def test_the_size_in_an_answer_is_read_back(size: int) -> None:
    assert parse_size(format_size(size)) == size


@pytest.mark.parametrize("data", [b"", b"7", b"07\n", b"7\n\n", b" 7\n", b"\xff\n", b"7 entries\n"])
def test_an_answer_that_is_no_size_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedError):
        parse_size(data)


def test_the_monitoring_path_is_the_digest_of_the_origin() -> None:
    assert monitoring_path("a") == "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb/checkpoint"
