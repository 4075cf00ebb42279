"""A checkpoint cosigned by our witness is opened by Go's note package, and by it alone."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.signing.cosignature import CosignatureSigner
from ledger.signing.keys import PrivateKey
from ledger.signing.ml_dsa import MlDsaPrivateKey
from ledger.signing.notes import Ed25519NoteSigner
from ledger.tlog.note import format_vkey, sign_note
from tests.interop.building import build

TEXT = "ledger.example/sanpai\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
LOG = Ed25519NoteSigner("ledger.example/sanpai", PrivateKey.from_seed(b"l" * 32))
WITNESS = CosignatureSigner("audit.example/见证", PrivateKey.from_seed(b"w" * 32), clock=lambda: 1679315147)
ML_DSA = CosignatureSigner("ledger.example/sanpai", MlDsaPrivateKey.from_seed(b"m" * 32), clock=lambda: 5)
NOTE = sign_note(TEXT, [LOG, ML_DSA, WITNESS])

Open = Callable[[bytes], "subprocess.CompletedProcess[str]"]


@pytest.fixture
def opened(go_folder: Path, tmp_path: Path) -> Open:
    program = go_folder / "open_cosigned"
    if not program.exists():
        build("open_cosigned", go_folder)

    def run(note: bytes) -> "subprocess.CompletedProcess[str]":
        (tmp_path / "checkpoint").write_bytes(note)
        keys = [format_vkey(LOG.verifier_key), format_vkey(WITNESS.verifier_key)]
        command = [str(program), str(tmp_path / "checkpoint"), *keys]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    return run


def test_go_finds_the_log_and_the_witness_and_passes_over_the_line_it_does_not_know(opened: Open) -> None:
    verdict = opened(NOTE)
    assert (verdict.returncode, verdict.stdout) == (0, "ok audit.example/见证 1679315147\n")


@pytest.mark.parametrize(("old", "new"), [(b"20852163", b"20852164"), (b"CsUY", b"DsUY"), (b"sanpai\n", b"others\n")])
def test_go_refuses_the_checkpoint_after_a_change(opened: Open, old: bytes, new: bytes) -> None:
    assert opened(NOTE.replace(old, new, 1)).returncode == 1


def test_go_refuses_a_cosignature_with_another_time(opened: Open) -> None:
    later = CosignatureSigner(WITNESS.name, PrivateKey.from_seed(b"w" * 32), clock=lambda: 1679315148).sign(
        TEXT.encode()
    )
    signature = later[:8] + WITNESS.sign(TEXT.encode())[8:]

    class Moved:
        name, key_id = WITNESS.name, WITNESS.key_id

        def sign(self, _text: bytes) -> bytes:
            return signature

    assert opened(sign_note(TEXT, [LOG, Moved()])).returncode == 1
