"""Signatures that claim any number of entries, and sites that make up files for them without end."""

import time
from contextlib import closing
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from ledger.audit.mirror import MirroredSite
from ledger.audit.source import open_site
from ledger.errors import LedgerError
from ledger.signing.notes import Ed25519NoteSigner
from ledger.tlog.checkpoint import Checkpoint, format_checkpoint
from ledger.tlog.merkle import leaf_hash, node_hash
from ledger.tlog.note import sign_note
from ledger.tlog.tile import Tile
from tests.attacks.regulator import SEEN, Regulator, log_of
from tests.attacks.site import Site, answering, send
from tests.ledger.audit.conftest import codes
from tests.ledger.world import ORIGIN, private_key


def signed(size: int, root: bytes) -> bytes:
    """A checkpoint by the true log key."""
    text = format_checkpoint(Checkpoint(ORIGIN, size, root))
    return sign_note(text, [Ed25519NoteSigner(ORIGIN, private_key("log"))])


@pytest.mark.parametrize("size", [10**6, 10**17, 2**63 - 1])
def test_signature_that_claims_any_number_of_entries_keeps_nobody_busy(
    size: int, regulator: Regulator, entries: list[bytes]
) -> None:
    regulator.visit(log_of(entries[:SEEN]))
    regulator.site.answers["checkpoint"] = answering(signed(size, bytes(32)))
    started = time.monotonic()
    assert regulator.round().signals[0].code in {"no-proof", "two-histories"}
    assert regulator.verify().verdict == "finding"
    assert time.monotonic() - started < 5
    assert len(regulator.site.asked) < 100


def test_site_that_makes_up_files_without_end_is_left_soon(regulator: Regulator, entries: list[bytes]) -> None:
    """Every tile of an endless log of one and the same leaf, under a checkpoint that they lead to."""
    size = 2**48
    regulator.visit(log_of(entries[:SEEN]))
    node = leaf_hash(b"junk")
    rows = [node := node if level == 0 else node_hash(node, node) for level in range(49)]
    note = sign_note(
        format_checkpoint(Checkpoint(ORIGIN, size, rows[48])), [Ed25519NoteSigner(ORIGIN, private_key("log"))]
    )

    def make_up(handler: BaseHTTPRequestHandler) -> None:
        path = handler.path.removeprefix("/log/")
        if path == "checkpoint":
            send(handler, note)
        elif path.startswith("tile/entries/"):
            send(handler, b"\x00\x04junk" * 256)
        elif path.startswith("tile/"):
            send(handler, rows[8 * int(path.split("/")[1])] * 256)
        else:
            send(handler, b"", status=404)

    regulator.site.answers["*"] = make_up
    started = time.monotonic()
    assert regulator.round().signals[0].code == "two-histories"
    assert "too-many-entries" in codes(regulator.verify())
    assert time.monotonic() - started < 5


def test_site_that_sends_too_much_is_not_read_on(site: Site, tmp_path: Path) -> None:
    site.publish({f"tile/0/00{number}": bytes(8192) for number in range(3)})
    site.content["checkpoint"] = b"x"
    with closing(MirroredSite(open_site(site.url), tmp_path, most_bytes=20_000)) as mirrored:
        mirrored.read_tile(Tile(0, 0, 256))
        mirrored.read_tile(Tile(0, 1, 256))
        with pytest.raises(LedgerError, match="more than is read"):
            mirrored.read_tile(Tile(0, 2, 256))


def test_more_new_entries_than_a_round_reads_are_not_read(regulator: Regulator, entries: list[bytes]) -> None:
    regulator.visit(log_of(entries[:20]))
    regulator.site.publish(log_of(entries))
    with pytest.raises(LedgerError, match="over the 10 that a round reads"):
        regulator.round(most_new=10)
    assert not any(path.startswith("tile/entries") for path in regulator.site.asked)
