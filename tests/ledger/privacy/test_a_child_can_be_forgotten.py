"""Erasure: the values are nowhere any more, and every signature, proof and total still stands."""

from contextlib import closing
from pathlib import Path

import pytest

from ledger import vault_acts
from ledger.application import Ledger
from ledger.audit.source import open_source
from ledger.audit.verify import Options, verify
from ledger.errors import InvalidFieldError, NotFoundError, ReadOnlyError, WithdrawnError
from ledger.publishing.publisher import Publisher
from ledger.sealing.base64url import decode_base64url
from ledger.sealing.vault import Vault
from projections.runner import Runner
from projections.source import LogFolderSource
from tests.ledger.privacy.household import BOTH, NOTE, Household, bytes_under
from tests.ledger.world import counted


def readable(directory: Path) -> str:
    """Everything that whoever holds the whole directory, keys included, can read out of the vault."""
    vault, found = Vault.open(directory / "vault", random=counted("reader")), []
    for event_id in sorted(vault.event_ids()):
        for digest in vault.digests(event_id):
            try:
                found.append(vault.get(event_id, digest))
            except NotFoundError:
                continue
    vault.close()
    return decoded(found)


def decoded(texts: list[str]) -> str:
    return "\n".join(decode_base64url(text).decode() for text in texts)


def published(household: Household, directory: Path) -> None:
    ledger = household.world.ledger
    Publisher(ledger.store, directory / "log", vkey=ledger.settings.vkey).publish()
    runner = Runner(directory / "views" / "views.sqlite3", LogFolderSource(directory / "log"))
    runner.run_once()
    runner.close()


def test_an_erased_name_is_in_no_file_and_cannot_be_read_with_all_keys(household: Household, tmp_path: Path) -> None:
    directory, gone = household.world.ledger.settings.directory, household.rows[4]
    published(household, tmp_path)
    assert gone["name"] in readable(directory), "the control: before, the name can be read"
    household.erase(gone["vault_key"])
    published(household, tmp_path)
    left = readable(directory)
    assert gone["name"] not in left
    assert gone["guardian"] not in left
    assert all(row["name"] in left for row in household.rows if row is not gone)
    everything = bytes_under(directory, tmp_path / "log", tmp_path / "views")
    for row in household.rows:
        assert row["name"].encode() not in everything


def test_after_an_erasure_the_log_its_receipts_and_its_totals_are_what_they_were(
    household: Household, tmp_path: Path
) -> None:
    ledger = household.world.ledger
    receipts = tmp_path / "receipts"
    receipts.mkdir()
    (receipts / "grant.tlog-proof").write_bytes(household.granted.proof)
    since = tmp_path / "checkpoint"
    since.write_bytes(ledger.head().checkpoint)
    household.erase(household.rows[0]["vault_key"])
    record = ledger.record(household.award)
    assert record is not None
    assert record.history[-1].event.data()["people"]["count"] == len(household.rows)
    assert ledger.receipt(household.payload.event_id) == household.granted
    published(household, ledger.settings.directory)
    directory = ledger.settings.directory
    ledger.close()
    with closing(open_source(str(directory))) as source:
        report = verify(source, Options(since=since, receipts=receipts, rules=True), lambda *_: None)
    assert (report.verdict, report.findings) == ("good", ())
    household.world.ledger = Ledger.open(directory, clock=household.world.clock)


def test_nothing_more_is_recorded_about_somebody_who_was_erased(household: Household) -> None:
    household.erase(household.rows[0]["vault_key"])
    award = household.another_round()
    with pytest.raises(InvalidFieldError):
        household.grant(award, household.rows)
    household.grant(award, household.rows[1:])


def test_an_erasure_of_nothing_is_refused_and_so_is_the_same_twice(household: Household) -> None:
    with pytest.raises(InvalidFieldError, match="nothing to erase"):
        household.erase("0" * 32)
    household.erase(household.rows[0]["vault_key"])
    with pytest.raises(InvalidFieldError, match="nothing to erase"):
        household.erase(household.rows[0]["vault_key"])


@pytest.mark.parametrize("keys", [["0" * 32] * 16, ["f" * 32, *[f"{n:032x}" for n in range(15)]], ["0" * 32]])
def test_the_list_of_an_erasure_is_sorted_and_padded_to_sixteen(household: Household, keys: list[str]) -> None:
    data = {"vault_keys": keys, "ground": "consent"}
    with pytest.raises(InvalidFieldError) as refusal:
        household.world.record("sealed.erased", household.world.new("sealed"), data, BOTH)
    assert refusal.value.field in {"/payload/data", "/payload/data/vault_keys"}


def test_an_event_behind_the_erasure_in_one_commit_does_not_bring_the_person_back(household: Household) -> None:
    world, gone = household.world, household.rows[0]
    award = household.another_round()
    data = {"people": world.people(household.town, len(household.rows)), "total_fen": 50_000 * len(household.rows)}
    granting = world.sign("award.granted", award, data, "builder", rows=household.rows)
    keys = sorted([gone["vault_key"], *(world.random(16).hex() for _ in range(15))])
    erasing = world.sign("sealed.erased", world.new("sealed"), {"vault_keys": keys, "ground": "request"}, BOTH)
    first, second = world.ledger.admit([erasing, granting])
    assert not isinstance(first, Exception)
    assert isinstance(second, InvalidFieldError)
    assert gone["name"] not in readable(world.ledger.settings.directory)


def test_a_crash_between_the_commit_and_the_shredding_is_made_good_at_the_next_start(
    household: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, gone = household.world, household.rows[2]
    directory = world.ledger.settings.directory

    def crash(*_: object) -> None:
        raise OSError("power cut")

    with monkeypatch.context() as patched:
        patched.setattr(vault_acts, "carry_out", crash)
        with pytest.raises(OSError, match="power cut"):
            household.erase(gone["vault_key"])
        assert isinstance(world.ledger.read_only, ReadOnlyError)
    world.ledger.close()
    assert gone["name"] in readable(directory), "the control: the crash left the value"
    world.ledger = Ledger.open(directory, clock=world.clock, random=counted("again"))
    assert gone["name"] not in readable(directory)


def test_a_public_text_is_there_until_it_is_withdrawn_and_then_it_is_gone(household: Household) -> None:
    ledger, (digest,) = household.world.ledger, household.payload.withdrawable
    text = ledger.text(digest)
    assert (text.name, text.value, text.entry_index) == ("note", NOTE, household.granted.index)
    receipt = household.withdraw(digest)
    with pytest.raises(WithdrawnError) as gone:
        ledger.text(digest)
    assert f"第{receipt.index:,}条" in gone.value.zh
    assert NOTE not in readable(ledger.settings.directory)
    with pytest.raises(Exception, match="has withdrawn this already"):
        household.withdraw(digest)


def test_sealed_digests_and_unknown_ones_are_answered_alike(household: Household) -> None:
    answers = set()
    for digest in (household.payload.sealed[0], "A" * 43, "x", ""):
        with pytest.raises(NotFoundError) as refusal:
            household.world.ledger.text(digest)
        answers.add((refusal.value.zh, str(refusal.value)))
    assert len(answers) == 1


def test_sealed_values_cannot_be_withdrawn_nor_texts_opened(household: Household) -> None:
    with pytest.raises(InvalidFieldError):
        household.withdraw(household.payload.sealed[0])


def test_what_a_correction_states_again_is_no_longer_public(household: Household) -> None:
    world, (digest,) = household.world, household.payload.withdrawable
    data = {"event": household.payload.event_id, "changes": {}, "reason": "checked"}
    receipt = world.record("award.corrected", household.award, data, "builder", free=[("note", "学校老师陪同领取。")])
    with pytest.raises(WithdrawnError, match=f"Entry {receipt.index} "):
        world.ledger.text(digest)
    left = readable(world.ledger.settings.directory)
    assert "学校老师陪同领取。" in left
    assert NOTE not in left
    assert all(row["name"] in left for row in household.rows), "the rows were not stated again"


def test_rows_that_a_correction_states_again_replace_the_old_ones(household: Household) -> None:
    world = household.world
    world.organisation("bank", "confirm")
    people = household.payload.event.data()["people"]
    more = [{**row, "vault_key": world.random(16).hex(), "name": f"{row['name']}-更正"} for row in household.rows]
    world.consent(more, "award")
    changes = {
        "people": {"from": people, "to": {**people, "count": 24}},
        "total_fen": {"from": 600_000, "to": 1_200_000},
    }
    data = {"event": household.payload.event_id, "changes": changes, "reason": "checked"}
    old = household.payload.event_id
    rows = [*household.rows, *more]
    world.record("award.corrected", household.award, data, ("builder", "bank"), rows=rows)
    vault = Vault.open(world.ledger.settings.vault, random=counted("reader"))
    kept = decoded([vault.get(old, digest) for digest in vault.digests(old)])
    vault.close()
    assert not any(row["guardian"] in kept for row in household.rows)
    left = readable(world.ledger.settings.directory)
    assert all(row["name"] in left for row in rows)
