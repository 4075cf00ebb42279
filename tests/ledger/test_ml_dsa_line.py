"""The log's second signature line, ML-DSA-44: off unless it is set, published with its key, and verified."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ledger.application import Ledger
from ledger.audit.report import Report
from ledger.audit.source import open_source
from ledger.audit.verify import Options, verify
from ledger.errors import NotFoundError
from ledger.publishing.publisher import Publisher
from ledger.settings import load_settings
from ledger.tlog.note import Note, Signature, format_note, parse_note
from ledger.tlog.proof import parse_proof
from public_site.published_log import PublishedLog, Rotations
from tests.ledger.small_ledger import SmallLedger
from yangguang.cli.app import app


def set_ml_dsa(small: SmallLedger) -> Ledger:
    """As an operator does: one command, and a restart."""
    done = CliRunner().invoke(app, ["key", "new-ml-dsa", str(small.directory)])
    assert done.exit_code == 0, done.output
    return small.reopen()


def publish(small: SmallLedger) -> None:
    settings = load_settings(small.directory)
    store = small.ledger.store
    Publisher(
        store, settings.log, vkey=settings.vkey, ml_dsa_vkeys=settings.ml_dsa_vkeys, cosigned=lambda note: note
    ).publish()


def report(path: Path) -> Report:
    return verify(open_source(str(path)), Options())


def codes(path: Path) -> list[str]:
    return [finding.code for finding in report(path).findings]


@pytest.fixture
def signed(small: SmallLedger) -> SmallLedger:
    """Two entries before the line was set, three after."""
    small.fill(1)
    set_ml_dsa(small)
    small.fill(2)
    small.fill(1)
    publish(small)
    return small


def flip(log: Path) -> None:
    """One bit of the published line."""
    note = parse_note((log / "checkpoint").read_bytes())
    line = note.signatures[1]
    bad = Signature(line.name, line.key_id, line.signature[:-1] + bytes([line.signature[-1] ^ 1]))
    (log / "checkpoint").write_bytes(format_note(Note(note.text, (note.signatures[0], bad))))


def test_nothing_is_signed_with_it_unless_it_is_set(small: SmallLedger) -> None:
    small.fill(1)
    assert len(parse_note(small.ledger.head().checkpoint).signatures) == 1


def test_checkpoints_receipts_and_proofs_carry_it_and_verify(signed: SmallLedger) -> None:
    head = parse_note(signed.ledger.head().checkpoint)
    assert [(line.name, len(line.signature)) for line in head.signatures] == [
        (signed.ledger.origin, n) for n in (64, 2428)
    ]
    settings = load_settings(signed.directory)
    vkeys = (settings.log / "vkey").read_text().splitlines()
    assert vkeys == [settings.vkey, *settings.ml_dsa_vkeys]
    receipt = signed.admit(signed.place())
    assert len(parse_note(parse_proof(receipt.proof).checkpoint).signatures) == 2
    publish(signed)
    for place in (signed.directory, signed.directory / "log"):
        assert codes(place) == []
    log = PublishedLog(settings.log)
    assert log.signed(log.head(), Rotations((), 6)).vkey == settings.vkey


def test_a_line_that_fails_is_refused_wherever_it_is_read(signed: SmallLedger, tmp_path: Path) -> None:
    flip(signed.directory / "log")
    assert codes(signed.directory / "log") == ["bad-checkpoint"]
    assert codes(signed.directory) == ["bad-checkpoint", "wrong-file"]


def test_a_line_by_a_key_that_is_not_published_is_nobodys(signed: SmallLedger) -> None:
    copy = Path(shutil.copytree(signed.directory / "log", signed.directory.parent / "published"))
    (copy / "vkey").write_text(f"{load_settings(signed.directory).vkey}\n")
    assert codes(copy) == ["bad-checkpoint"]


def test_the_vkey_file_lists_exactly_the_keys_that_are_set(signed: SmallLedger) -> None:
    with (signed.directory / "log" / "vkey").open("a") as file:
        file.write(load_settings(signed.directory).ml_dsa_vkeys[0].replace("+", "+", 1) + "\n")
    assert codes(signed.directory) == ["wrong-file"]


def test_a_new_key_takes_over_and_what_the_old_one_signed_still_verifies(signed: SmallLedger) -> None:
    (old,) = load_settings(signed.directory).ml_dsa_vkeys
    set_ml_dsa(signed)
    assert codes(signed.directory) == []
    signed.fill(1)
    publish(signed)
    settings = load_settings(signed.directory)
    assert settings.ml_dsa_vkeys[1:] == (old,)
    assert len((settings.log / "vkey").read_text().splitlines()) == 3
    assert codes(signed.directory) == []


def test_without_its_private_key_the_ledger_says_what_to_do(signed: SmallLedger) -> None:
    (path,) = (signed.directory / "keys").glob("ml-dsa-*.pem")
    path.unlink()
    with pytest.raises(NotFoundError, match="ml_dsa_former"):
        signed.reopen()
    toml = signed.directory / "ledger.toml"
    toml.write_text(toml.read_text().replace("ml_dsa =", "ml_dsa_former ="))
    signed.reopen()
    signed.fill(1)
    assert len(parse_note(signed.ledger.head().checkpoint).signatures) == 1
    publish(signed)
    assert codes(signed.directory) == []
