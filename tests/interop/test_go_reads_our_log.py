"""A log that we publish is read and verified by Go's checksum database library, and by it alone."""

import random
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.tlog.base64 import encode_base64
from ledger.tlog.checkpoint import Checkpoint, format_checkpoint
from ledger.tlog.merkle import MemoryTree, leaf_hash
from ledger.tlog.note import ED25519, VerifierKey, format_vkey, sign_note
from ledger.tlog.tile import Tile, format_bundle, tile_bytes, tiles_of_size
from tests.interop.building import build

ORIGIN = "ledger.example/sanpai"
SIZE = 700

Verify = Callable[[Path], subprocess.CompletedProcess[str]]


@dataclass(frozen=True, slots=True)
class LogKey:
    """The signer of a log whose private key is made of one repeated byte."""

    seed: int = 7
    name: str = ORIGIN

    @property
    def private_key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(bytes([self.seed]) * 32)

    @property
    def verifier_key(self) -> VerifierKey:
        return VerifierKey(self.name, ED25519, self.private_key.public_key().public_bytes_raw())

    @property
    def key_id(self) -> int:
        return self.verifier_key.key_id

    def sign(self, text: bytes) -> bytes:
        return self.private_key.sign(text)


def _write_log(folder: Path, size: int) -> bytes:
    """A log of ``size`` repeatable random entries, as a publisher leaves it. Returns the root."""
    generator = random.Random(size)
    entries = [generator.randbytes(generator.randrange(600)) for _ in range(size)]
    tree = MemoryTree()
    for entry in entries:
        tree.append(leaf_hash(entry))
    for tile in tiles_of_size(size):
        first = tile.index * 256
        bundle = tile.level == Tile.ENTRIES
        content = format_bundle(entries[first : first + tile.width]) if bundle else tile_bytes(tile, tree)
        path = folder / tile.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    note = sign_note(format_checkpoint(Checkpoint(ORIGIN, size, tree.root())), [LogKey()])
    (folder / "checkpoint").write_bytes(note)
    return tree.root()


def _flip(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


@pytest.fixture(scope="module")
def verify(go_folder: Path) -> Verify:
    """Builds the Go program, and runs it on a log directory."""
    program = build("verify_log", go_folder)
    vkey = format_vkey(LogKey().verifier_key)

    def run(log: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run([program, log, vkey], capture_output=True, text=True, check=False, timeout=120)

    return run


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, SIZE])
def test_go_accepts_the_log_we_publish(verify: Verify, tmp_path: Path, size: int) -> None:
    root = _write_log(tmp_path, size)
    verdict = verify(tmp_path)
    assert (verdict.returncode, verdict.stdout) == (0, f"ok {size} {encode_base64(root)}\n"), verdict


@pytest.mark.parametrize("tile", tiles_of_size(SIZE), ids=lambda tile: tile.path)
@pytest.mark.parametrize("end", ["first", "last"])
def test_go_refuses_the_log_after_one_flipped_byte_in_any_file(
    verify: Verify, tmp_path: Path, tile: Tile, end: str
) -> None:
    _write_log(tmp_path, SIZE)
    _flip(tmp_path / tile.path, 0 if end == "first" else -1)
    verdict = verify(tmp_path)
    assert verdict.returncode == 1, verdict
    assert not verdict.stdout.startswith("ok")


# Not at -3: the last base64 character holds two spare bits, which Go ignores and ``parse_note`` refuses.
@pytest.mark.parametrize("place", [0, len(ORIGIN) + 1, len(ORIGIN) + 8, -4])
def test_go_refuses_the_log_after_one_flipped_byte_in_the_checkpoint(
    verify: Verify, tmp_path: Path, place: int
) -> None:
    _write_log(tmp_path, SIZE)
    _flip(tmp_path / "checkpoint", place)
    verdict = verify(tmp_path)
    assert (verdict.returncode, verdict.stdout.partition(":")[0]) == (1, "checkpoint"), verdict


def test_go_refuses_a_log_with_a_file_missing(verify: Verify, tmp_path: Path) -> None:
    _write_log(tmp_path, SIZE)
    (tmp_path / "tile/entries/002.p/188").unlink()
    assert verify(tmp_path).returncode == 1


def test_go_refuses_a_checkpoint_of_a_longer_log_than_is_published(verify: Verify, tmp_path: Path) -> None:
    _write_log(tmp_path / "long", SIZE + 1)
    _write_log(tmp_path / "short", SIZE)
    shutil.copy(tmp_path / "long/checkpoint", tmp_path / "short/checkpoint")
    assert verify(tmp_path / "short").returncode == 1
