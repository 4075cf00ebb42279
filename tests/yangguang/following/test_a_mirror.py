"""What a mirror takes in, and what it refuses."""

import os
import signal
from collections.abc import Sequence
from pathlib import Path

import pytest

from ledger.audit.fetching import UnreachableError
from ledger.backup.back_up import back_up
from ledger.backup.refusal import BackupError
from ledger.errors import LedgerError, ProofError
from ledger.publishing.fence import Stage
from ledger.settings import load_settings
from ledger.signing.cosignature import CosignatureSigner
from ledger.signing.keys import PrivateKey
from ledger.tlog.alarm import parse_alarms
from ledger.tlog.note import Note, Signature, format_note, format_vkey, parse_note
from tests.attacks.site import answering
from tests.ledger.audit.conftest import published
from tests.ledger.small_ledger import ORIGIN, SmallLedger
from tests.public_site.watched import witness
from tests.yangguang.following.conftest import Mirrored, files_of
from yangguang.following.node import check_kept, found_mirror
from yangguang.following.pins import Pins

LOG_KEY = PrivateKey.from_seed(b"l" * 32)


def entries_of(small: SmallLedger) -> list[bytes]:
    return list(small.ledger.store.entries(0, small.ledger.head().size))


def test_a_mirror_holds_the_very_files_of_its_source_at_every_size(mirrored: Mirrored) -> None:
    mirrored.found()
    follower = mirrored.follower()
    for count in (0, 1, 253, 1, 1, 300):
        size = mirrored.grow(count) if count else mirrored.publish()
        follower.look()
        assert mirrored.size() == size
        assert files_of(mirrored.directory / "log") == mirrored.site.content
    report = mirrored.report()
    assert (report.verdict, report.size) == ("good", 557)


def test_only_what_is_new_is_read(mirrored: Mirrored) -> None:
    mirrored.grow(600)
    mirrored.found()
    follower = mirrored.follower()
    follower.look()
    mirrored.site.asked.clear()
    follower.look()
    assert mirrored.site.asked == ["checkpoint"]
    size = mirrored.grow(3)
    mirrored.site.asked.clear()
    follower.look()
    bundles = [path for path in mirrored.site.asked if path.startswith("tile/entries/")]
    assert bundles == [f"tile/entries/002.p/{size - 512}"]


def test_a_restarted_mirror_judges_its_own_copy_and_goes_on_from_there(mirrored: Mirrored) -> None:
    mirrored.grow(300)
    mirrored.found()
    mirrored.follower().look()
    mirrored.grow(5)
    mirrored.site.asked.clear()
    mirrored.follower().look()
    assert "tile/entries/000" not in mirrored.site.asked
    assert mirrored.size() == 306


def test_a_source_that_is_away_or_behind_changes_nothing(mirrored: Mirrored) -> None:
    old = mirrored.site.content
    mirrored.grow(10)
    mirrored.found()
    follower = mirrored.follower()
    follower.look()
    kept = files_of(mirrored.directory / "log")
    for content in ({"checkpoint": b"<html>a proxy's page</html>"}, old):
        mirrored.site.content = dict(content)
        with pytest.raises(LedgerError):
            follower.look()
    mirrored.site.answers["*"] = answering(b"", status=502)
    with pytest.raises(UnreachableError):
        follower.look()
    assert files_of(mirrored.directory / "log") == kept
    mirrored.site.answers.clear()
    mirrored.grow(1)
    follower.look()
    assert mirrored.size() == 12
    assert mirrored.report().verdict == "good"


def test_a_bundle_that_was_changed_on_its_way_is_not_taken_and_read_again(mirrored: Mirrored) -> None:
    mirrored.found()
    mirrored.grow(4)
    path = "tile/entries/000.p/5"
    honest = mirrored.site.content[path]
    mirrored.site.content[path] = honest[:-9] + bytes([honest[-9] ^ 1]) + honest[-8:]
    follower = mirrored.follower()
    with pytest.raises(LedgerError):
        follower.look()
    assert not (mirrored.directory / "log" / "checkpoint").exists()
    mirrored.site.content[path] = honest
    follower.look()
    assert mirrored.size() == 5
    assert not (mirrored.directory / "witnesses" / "alarm").exists()


def fork_at(mirrored: Mirrored, size: int, count: int) -> dict[str, bytes]:
    """Another history by the true keys: the same first entries, and then others."""
    entries = entries_of(mirrored.small)[:size]
    for _ in range(7):
        mirrored.small.clock()
    mirrored.small.fill(count)
    return published([*entries, *entries_of(mirrored.small)[-count:]], origin=ORIGIN, log_key=LOG_KEY).content


@pytest.mark.parametrize("count", [3, 20])
def test_a_rewritten_log_raises_an_alarm_that_stays_and_its_evidence_is_kept(mirrored: Mirrored, count: int) -> None:
    mirrored.grow(10)
    mirrored.found()
    follower = mirrored.follower()
    follower.look()
    kept = files_of(mirrored.directory / "log")
    mirrored.site.content = fork_at(mirrored, 8, count)
    with pytest.raises(LedgerError, match="contradict"):
        follower.look()
    assert files_of(mirrored.directory / "log") == kept
    alarm = parse_alarms((mirrored.directory / "witnesses" / "alarm").read_bytes())[0]
    assert (alarm.kind, alarm.tree_size, alarm.witness_size) == ("source-forked", 11, 8 + count)
    evidence = next((mirrored.directory / "following" / "evidence").iterdir())
    assert (evidence / "source.checkpoint").read_bytes() == mirrored.site.content["checkpoint"]
    assert (evidence / "kept.checkpoint").read_bytes() == kept["checkpoint"]
    mirrored.publish()
    for again in (follower, mirrored.follower()):
        with pytest.raises(LedgerError, match="alarm stands"):
            again.look()
    (mirrored.directory / "witnesses" / "alarm").unlink()
    follower.look()
    assert mirrored.size() == 11 + count


def test_a_fork_by_another_key_convicts_nobody(mirrored: Mirrored) -> None:
    mirrored.grow(10)
    mirrored.found()
    follower = mirrored.follower()
    follower.look()
    stranger = PrivateKey.from_seed(b"s" * 32)
    mirrored.site.content = published(entries_of(mirrored.small)[:4] * 3, origin=ORIGIN, log_key=stranger).content
    with pytest.raises(LedgerError):
        follower.look()
    assert not (mirrored.directory / "witnesses" / "alarm").exists()
    assert mirrored.size() == 11


def test_an_entry_that_no_ledger_admits_is_refused_though_the_log_signed_for_it(mirrored: Mirrored) -> None:
    mirrored.grow(3)
    mirrored.found()
    follower = mirrored.follower()
    follower.look()
    entries = entries_of(mirrored.small)
    mirrored.site.content = published([*entries, entries[-1]], origin=ORIGIN, log_key=LOG_KEY).content
    with pytest.raises(LedgerError, match="Entry 4 does not hold"):
        follower.look()
    alarm = parse_alarms((mirrored.directory / "witnesses" / "alarm").read_bytes())[0]
    assert (alarm.kind, alarm.witness_size) == ("source-refused", 4)
    assert mirrored.size() == 4
    assert mirrored.report().verdict == "good"


def test_cosignatures_are_carried_over_and_the_newest_quorum_is_kept(mirrored: Mirrored, tmp_path: Path) -> None:
    signers = [witness(1), witness(2)]
    names = [f"witness w{place} {format_vkey(each.verifier_key)}" for place, each in enumerate(signers, 1)]
    (tmp_path / "policy").write_text("\n".join([*names, "group g 1 w1 w2", "quorum g", ""]))
    found_mirror(mirrored.directory, mirrored.site.url, Pins(), tmp_path / "policy")
    follower = mirrored.follower()
    follower.look()
    own = mirrored.site.content["checkpoint"]
    for count in (1, 2):
        mirrored.site.content["checkpoint"] = cosigned(own, [*signers[:count], witness(7)])
        follower.look()
        note = (mirrored.directory / "log" / "checkpoint").read_bytes()
        assert note == cosigned(own, signers[:count])
        assert (mirrored.directory / "witnesses" / "quorum").read_bytes() == note
    assert mirrored.report().verdict == "good"


def cosigned(note: bytes, signers: Sequence[CosignatureSigner]) -> bytes:
    parsed = parse_note(note)
    lines = (Signature(each.name, each.key_id, each.sign(parsed.text.encode())) for each in signers)
    return format_note(Note(parsed.text, (*parsed.signatures, *lines)))


def test_a_mirror_is_of_the_ledger_that_is_pinned(mirrored: Mirrored, tmp_path: Path) -> None:
    genesis = mirrored.small.ledger.genesis()
    vkey = mirrored.small.ledger.settings.vkey
    for wrong in (Pins(genesis="0" * 64), Pins(vkey=vkey[:-4] + "AAA=")):
        with pytest.raises(ProofError):
            found_mirror(tmp_path / "wrong", mirrored.site.url, wrong)
    assert not (tmp_path / "wrong").exists()
    seen = found_mirror(mirrored.directory, mirrored.site.url, Pins(genesis, vkey))
    assert seen is not None
    assert (load_settings(mirrored.directory).vkey, seen.identity.genesis) == (vkey, genesis)
    mirrored.follower().look()
    check_kept(load_settings(mirrored.directory), Pins(genesis))
    with pytest.raises(ProofError):
        check_kept(load_settings(mirrored.directory), Pins(genesis="0" * 64))
    with pytest.raises(BackupError, match="needs no backup"):
        back_up(load_settings(mirrored.directory), tmp_path / "backup", now=mirrored.small.clock())
    with pytest.raises(LedgerError, match="records"):
        found_mirror(mirrored.small.directory, mirrored.site.url, Pins())


@pytest.mark.parametrize("moment", range(1, 8))
def test_a_mirror_that_is_killed_before_any_file_goes_on_where_it_was(mirrored: Mirrored, moment: int) -> None:
    mirrored.grow(253)
    mirrored.found()
    mirrored.follower().look()
    mirrored.grow(6)
    assert killed_before(moment, mirrored)
    assert mirrored.size() == 254
    mirrored.grow(1)
    mirrored.follower().look()
    report = mirrored.report()
    assert (report.verdict, report.size, report.notes) == ("good", 261, ())


def test_there_are_no_more_moments_than_those(mirrored: Mirrored) -> None:
    mirrored.grow(253)
    mirrored.found()
    mirrored.follower().look()
    mirrored.grow(6)
    assert not killed_before(8, mirrored)
    assert mirrored.size() == 260


def killed_before(moment: int, mirrored: Mirrored) -> bool:
    """Whether another process, which takes in what is new, came as far as to be killed before that file is public."""
    child = os.fork()
    if child == 0:
        count, put = 0, Stage.put

        def killing(stage: Stage, path: Path, data: bytes) -> None:
            nonlocal count
            count += 1
            if count == moment:
                os.kill(os.getpid(), signal.SIGKILL)
            put(stage, path, data)

        Stage.put = killing  # type: ignore[method-assign, assignment]
        try:
            mirrored.follower().look()
        finally:
            os._exit(0)
    return os.waitpid(child, 0)[1] == signal.SIGKILL
