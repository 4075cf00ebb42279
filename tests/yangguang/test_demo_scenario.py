import re
from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from ledger.domain.entry import day_of, parse_entry
from ledger.domain.indicator import IndicatorMeasured, outcome_of
from ledger.domain.key import KeyEnrolled, KeyReplaced
from ledger.domain.ledger import LedgerOpened
from ledger.domain.organisation import OrganisationScreened, OrganisationUndertook
from ledger.domain.renovation import RenovationAccepted, RenovationApproved, RenovationCompleted
from ledger.domain.sealed import SealedErased
from ledger.signing.keys import key_id
from ledger.tlog.base64 import decode_base64
from tests.yangguang.demonstration import Demonstration, payments
from yangguang.demo.scenario.story import story
from yangguang.demo.scribe import Scribe, build


def test_the_demonstration_has_at_least_1600_entries(demonstration: Demonstration) -> None:
    assert len(demonstration.entries) >= 1600


def test_every_step_was_admitted_but_for_the_attempts_that_must_fail(demonstration: Demonstration) -> None:
    admitted = [step for step in story() if step.refused is None]
    assert len(demonstration.entries) == len(admitted) + 1


def test_a_second_build_gives_the_same_bytes_and_tells_its_progress(
    demonstration: Demonstration, tmp_path: Path
) -> None:
    told: list[tuple[int, int]] = []
    again = build(tmp_path / "again", progress=lambda done, total: told.append((done, total)))
    try:
        assert list(again.store.entries(0, again.head().size)) == demonstration.entries
        assert again.head().root == demonstration.ledger.head().root
        assert again.head().checkpoint == demonstration.ledger.head().checkpoint
    finally:
        again.close()
    assert told[-1] == (len(story()), len(story()))


def test_the_ledger_says_that_it_is_a_demonstration(demonstration: Demonstration) -> None:
    payload = parse_entry(demonstration.entries[0]).envelope.payload
    assert LedgerOpened.TYPE.encode() in payload
    assert b'"demonstration":true' in payload


def test_recording_runs_from_april_2022_to_march_2025_and_some_of_it_is_late(demonstration: Demonstration) -> None:
    times = [parse_entry(entry).recorded_at for entry in demonstration.entries]
    assert all(earlier < later for earlier, later in pairwise(times))
    assert day_of(times[0]) == date(2022, 4, 1)
    assert date(2025, 3, 1) <= day_of(times[-1]) <= date(2025, 3, 31)
    lateness = [(step.recorded_on - step.on).days for step in story()]
    assert sum(1 <= days <= 20 for days in lateness) >= 50
    assert max(lateness) <= 20


def test_no_published_entry_holds_a_name_an_address_or_a_vault_key_but_those_erased(
    demonstration: Demonstration,
) -> None:
    rows = [row for step in story() for row in (*step.rows, *dict(step.fields).values())]
    erased = {key for step in story() if step.event is SealedErased for key in step.data["vault_keys"]}
    hidden = {row["vault_key"] for row in rows} - erased | {"测试用名", "测试用地址"}
    assert len(rows) > 300
    published = [parse_entry(entry).envelope.payload.decode() for entry in demonstration.entries]
    assert [text for text in hidden if any(text in payload for payload in published)] == []


def test_a_person_keeps_one_vault_key_within_a_project_and_two_people_never_share_one() -> None:
    keys = defaultdict(set)
    for step in story():
        for row in step.rows:
            if name := row.get("name") or row.get("family"):
                keys[name].add(row["vault_key"])
    assert {len(found) for found in keys.values()} == {1}
    assert len({next(iter(found)) for found in keys.values()}) == len(keys)


def test_no_entry_holds_coordinates_or_a_coded_identity(demonstration: Demonstration) -> None:
    published = [parse_entry(entry).envelope.payload.decode() for entry in demonstration.entries]
    assert [
        text for text in published if re.search(r"latitude|longitude|经度|纬度|(?<!\w)1[3-9]\d{9}(?!\w)", text)
    ] == []


def test_every_organisation_that_signs_is_in_standing(demonstration: Demonstration) -> None:
    holders = {}
    for record in demonstration.records("key").values():
        enrolled = record.first(KeyEnrolled)
        keys: list[KeyEnrolled | KeyReplaced] = [enrolled, *record.all(KeyReplaced)]
        for event in keys:
            holders[key_id(decode_base64(event.public_key))] = enrolled.organisation
    kinds = {ref.kind for ref in demonstration.references}
    signing = {
        holders[key]
        for kind in kinds
        for record in demonstration.records(kind).values()
        for past in record.history
        for key in past.signers
        if key in holders
    }
    assert len(signing) == 32
    for reference in signing:
        signer = demonstration.ledger.record(reference)
        assert signer is not None
        assert signer.state == "registered"
        assert signer.all(OrganisationUndertook)
        assert signer.all(OrganisationScreened)[-1].result == "clear"


def test_homes_are_renovated_in_batches_of_at_least_ten_families(demonstration: Demonstration) -> None:
    batches = [
        record.first(RenovationCompleted).people
        for record in demonstration.records("renovation").values()
        if record.first(RenovationApproved).category == "home"
    ]
    counts = [people.count for people in batches if people is not None]
    assert min(counts) >= 10
    assert sum(counts) == 68


def test_finished_works_were_accepted_by_others_and_paid_no_more_than_they_cost(demonstration: Demonstration) -> None:
    paid: Counter[str] = Counter()
    for payment in payments(demonstration):
        paid[payment.paid_for] += payment.amount_fen
    for reference, record in demonstration.records("renovation").items():
        if record.state == "started":
            continue
        cost = record.first(RenovationCompleted).cost_fen
        assert cost * 95 // 100 <= paid[reference] <= cost
        assert record.all(RenovationAccepted)


def test_one_defect_was_found_and_fixed(demonstration: Demonstration) -> None:
    record = demonstration.named("renovation", "w2")
    assert record.first(RenovationAccepted).result == "fixed"
    results = [
        item.first(RenovationAccepted).result
        for item in demonstration.records("renovation").values()
        if item.state == "accepted"
    ]
    assert Counter(results) == {"passed": 11, "fixed": 1}


def test_fourteen_indicators_three_missed_with_a_reason_and_two_not_yet_measured(demonstration: Demonstration) -> None:
    records = demonstration.records("indicator").values()
    outcomes = Counter(outcome_of(record) for record in records)
    assert outcomes == {"met": 9, "missed": 3, "defined": 2}
    missed = [record for record in records if outcome_of(record) == "missed"]
    assert all(record.all(IndicatorMeasured)[-1].why_missed for record in missed)


def test_indicators_that_had_begun_were_measured_about_each_half_year(demonstration: Demonstration) -> None:
    times = [len(record.all(IndicatorMeasured)) for record in demonstration.records("indicator").values()]
    assert sorted(times) == [0, 0, 3, 4, 4, 5, 5, 5, 5, 5, 5, 5, 5, 5]


def test_projects_end_in_different_ways(demonstration: Demonstration) -> None:
    states = Counter(record.state for record in demonstration.records("project").values())
    assert states == {"completed": 30, "cancelled": 3, "started": 2, "listed": 2, "declined": 1}


def test_the_scribe_stops_with_the_refusals_sentence_when_a_step_is_refused(tmp_path: Path) -> None:
    scribe = Scribe(tmp_path / "ledger")
    first, second = story()[0], next(step for step in story() if step.by == "n3:fund")
    scribe.write(first)
    with pytest.raises(RuntimeError, match=r"not enrolled|没有在本账本登记"):
        scribe.write(second)
    scribe.ledger.close()
