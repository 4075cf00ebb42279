"""A backup of a cosigned ledger verifies: policy, cosignatures and the second signature line are in it."""

from pathlib import Path

from typer.testing import CliRunner

from ledger.application import Ledger
from ledger.backup.back_up import back_up
from ledger.publishing.cosigned import CosignedCheckpoints
from ledger.publishing.publisher import Publisher
from ledger.settings import load_settings
from ledger.signing.cosignature import CosignatureSigner
from ledger.signing.keys import PrivateKey
from ledger.signing.quorum import read_policy
from ledger.tlog.alarm import Alarm
from ledger.tlog.note import Signature, format_vkey, parse_note
from tests.ledger.audit.conftest import audit, codes
from tests.ledger.backup.town import restored_at
from tests.ledger.small_ledger import SmallLedger
from yangguang.cli.app import app

WITNESS = CosignatureSigner("w.example", PrivateKey.from_seed(b"w" * 32), clock=lambda: 1_800_000_000)


def test_a_cosigned_ledger_is_backed_up_and_restored_whole(tmp_path: Path) -> None:
    small = SmallLedger(tmp_path / "ledger")
    assert CliRunner().invoke(app, ["key", "new-ml-dsa", str(small.directory)]).exit_code == 0
    (small.directory / "witness.policy").write_text(f"witness W {format_vkey(WITNESS.verifier_key)}\nquorum W\n")
    with (small.directory / "ledger.toml").open("a") as file:
        file.write('policy = "witness.policy"\n')
    small.reopen()
    small.fill(3)
    settings = load_settings(small.directory)
    policy = read_policy(small.directory / "witness.policy")
    kept = CosignedCheckpoints(settings.witnesses, policy)
    note = small.ledger.head().checkpoint
    kept.keep(note, Signature(WITNESS.name, WITNESS.key_id, WITNESS.sign(parse_note(note).text.encode())))
    kept.raise_alarm(Alarm(1, "another-root", 2, "W", 2))
    Publisher(
        small.ledger.store,
        settings.log,
        vkey=settings.vkey,
        ml_dsa_vkeys=settings.ml_dsa_vkeys,
        cosigned=kept.with_cosignatures,
    ).publish()
    out, keys, place = tmp_path / "backup", tmp_path / "backup of keys", tmp_path / "restored"
    made = back_up(settings, out, keys=keys, now=small.clock.now)
    assert codes(audit(out, policy=policy)) == []
    assert not [name for name in made.left_out if "witness" in name or "ml-dsa" in name]
    restored_at(place, out, small.clock.now, keys=keys, nothing_newer=settings.log / "checkpoint")
    assert codes(audit(place, policy=policy)) == []
    assert (place / "witnesses" / "alarm").read_bytes() == (settings.witnesses / "alarm").read_bytes()
    restored = Ledger.open(place)
    assert len(parse_note(restored.head().checkpoint).signatures) == 2
    restored.close()
    small.ledger.close()
