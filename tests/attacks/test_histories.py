"""Those who hold every server key, and even an author's, cannot rewrite, fork or shorten a ledger quietly.

Each false log here is in perfect order by itself: only what the regulator kept betrays it. The control of each is her
first visit to the honest site, by the same verifier.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.application import Ledger
from ledger.domain.entry import parse_entry
from ledger.tlog.base64 import decode_base64
from ledger.tlog.checkpoint import parse_checkpoint
from ledger.tlog.merkle import check_consistency
from ledger.tlog.note import parse_note
from tests.attacks.regulator import SEEN, Regulator, genesis_of, log_of
from tests.ledger.audit.conftest import audit, codes
from tests.ledger.audit.forging import PLACE, next_entry
from tests.ledger.world import World, private_key

History = Callable[[list[bytes]], list[bytes]]


def continued(entries: list[bytes], count: int) -> list[bytes]:
    """Other entries after these, duly signed by an admin who takes part in the fraud."""
    made = list(entries)
    for number in range(count):
        uuid = f"0188f3a4-0000-7000-8000-{number:012x}"
        place = {**PLACE, "code": f"F{number}"}
        made.append(next_entry(made, "place.registered", uuid, place, private_key("admin-1")))
    return made


HISTORIES: dict[str, tuple[str, History]] = {
    "history was rewritten and signed again with the true log key": (
        "two-histories",
        lambda entries: continued(entries[:30], 20),
    ),
    "history was rewritten from the opening on": ("two-histories", lambda entries: continued(entries[:1], SEEN + 5)),
    "the last entry alone was replaced": ("two-histories", lambda entries: continued(entries[: SEEN - 1], 1)),
    "the last entry alone was dropped": ("rolled-back", lambda entries: entries[: SEEN - 1]),
    "a fork that is twice as long": ("two-histories", lambda entries: continued(entries[: SEEN - 2], SEEN)),
    "two heads of the same size": ("two-histories", lambda entries: continued(entries[: SEEN - 3], 3)),
    "a fork that is one entry longer": ("two-histories", lambda entries: continued(entries[: SEEN - 1], 2)),
    "a fork that is shorter": ("two-histories", lambda entries: continued(entries[:20], 5)),
    "the last entries were cut off": ("rolled-back", lambda entries: entries[: SEEN - 3]),
    "all but the opening was cut off": ("rolled-back", lambda entries: entries[:1]),
    "an old backup was restored and then continued differently": (
        "two-histories",
        lambda entries: continued(entries[:25], SEEN - 25 + 5),
    ),
}


@pytest.mark.parametrize("attack", HISTORIES)
def test_false_history_in_perfect_order_is_betrayed_by_what_the_regulator_kept(
    attack: str, regulator: Regulator, entries: list[bytes]
) -> None:
    code, history = HISTORIES[attack]
    regulator.visit(log_of(entries[:SEEN]))
    regulator.site.publish(log_of(history(entries)))
    assert regulator.verify(since=None).verdict == "good"
    regulator.finds(code, "not-consistent")


def test_both_heads_of_a_fork_are_kept_and_anybody_can_check_them(regulator: Regulator, entries: list[bytes]) -> None:
    regulator.visit(log_of(entries[:SEEN]))
    regulator.site.publish(log_of(continued(entries[: SEEN - 3], 3)))
    evidence = Path(str(regulator.round().evidence))
    heads = [(evidence / name).read_bytes() for name in ("kept.checkpoint", "site.checkpoint")]
    mine, theirs = (parse_checkpoint(parse_note(head).text) for head in heads)
    assert mine.tree_size == theirs.tree_size
    assert mine.root_hash != theirs.root_hash
    (regulator.folder / "theirs").write_bytes(heads[1])
    assert codes(audit(regulator.state, since=regulator.folder / "theirs")) == ["not-consistent"]


def test_fork_of_two_sizes_is_proved_by_the_sites_own_tiles(regulator: Regulator, entries: list[bytes]) -> None:
    regulator.visit(log_of(entries[:SEEN]))
    regulator.site.publish(log_of(continued(entries[:30], 20)))
    evidence = Path(str(regulator.round().evidence))
    old_size, theirs, new_size, *proof = (evidence / "proof").read_text().splitlines()
    kept, site = (
        parse_checkpoint(parse_note((evidence / f"{name}.checkpoint").read_bytes()).text) for name in ("kept", "site")
    )
    assert (int(old_size), int(new_size)) == (kept.tree_size, site.tree_size)
    assert decode_base64(theirs) != kept.root_hash
    hashes = [decode_base64(line) for line in proof]
    roots = {"old_root": decode_base64(theirs), "new_root": site.root_hash}
    check_consistency(kept.tree_size, site.tree_size, proof=hashes, **roots)


def test_alarm_is_raised_at_every_round_and_leaves_the_kept_log_as_it_was(
    regulator: Regulator, entries: list[bytes]
) -> None:
    regulator.visit(log_of(entries[:SEEN]))
    for _ in range(2):
        regulator.site.publish(log_of(continued(entries[:30], 20)))
        assert regulator.round().verdict == "alarm"
    assert len(list((regulator.state / "evidence").iterdir())) == 1
    assert audit(regulator.state).size == SEEN
    regulator.site.publish(log_of(entries))
    assert regulator.round().verdict == "good"


def test_dropped_entry_that_was_acknowledged_is_betrayed_by_its_receipt(
    regulator: Regulator, grown: Path, entries: list[bytes]
) -> None:
    ledger = Ledger.open(Path(shutil.copytree(grown, regulator.folder / "ledger")))
    receipt = ledger.receipt(parse_entry(entries[SEEN + 5]).envelope.event_id)
    ledger.close()
    receipts = regulator.folder / "receipts"
    receipts.mkdir()
    (receipts / "kept.json").write_text(json.dumps(receipt.to_json()))
    regulator.visit(log_of(entries))
    assert regulator.verify(receipts=receipts).verdict == "good"
    regulator.site.publish(log_of(continued(entries[: SEEN + 5], 20)))
    assert regulator.verify(since=None).verdict == "good"
    report = regulator.verify(since=None, receipts=receipts)
    assert codes(report) == ["receipt-not-kept"]
    assert report.findings[0].index == SEEN + 5


def test_complete_false_ledger_under_the_true_name_fails_against_the_genesis_digest(
    regulator: Regulator, entries: list[bytes], tmp_path: Path
) -> None:
    true = genesis_of(entries)
    other = World(tmp_path, founded_on=parse_entry(entries[-1]).recorded_at.date())
    false = [other.ledger.entry(0)]
    other.ledger.close()
    regulator.site.publish(log_of(entries))
    assert audit(regulator.site.url, genesis=true).verdict == "good"
    regulator.site.publish(log_of(false))
    unpinned = audit(regulator.site.url)
    assert (unpinned.verdict, unpinned.summary.en) == ("good", "consistent; identity not pinned")
    assert codes(audit(regulator.site.url, genesis=true)) == ["wrong-genesis"]
    report = regulator.round(genesis=true)
    assert [signal.code for signal in report.signals] == ["wrong-genesis"]
    assert not (regulator.state / "monitor.json").exists()


def test_complete_false_ledger_is_no_successor_of_the_one_that_was_watched(
    regulator: Regulator, entries: list[bytes], tmp_path: Path
) -> None:
    other = World(tmp_path, founded_on=parse_entry(entries[-1]).recorded_at.date())
    false = continued([other.ledger.entry(0)], SEEN)
    other.ledger.close()
    regulator.visit(log_of(entries[:SEEN]))
    regulator.site.publish(log_of(false))
    assert audit(regulator.site.url).verdict == "good"
    regulator.finds("two-histories", "not-consistent")
