from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pytest

from ledger.audit import fold, folded, resuming
from ledger.audit.source import open_source
from ledger.audit.verify import Options, no_progress, replay, verify
from ledger.domain.disclosure import DisclosurePublished
from ledger.domain.entry import parse_entry
from ledger.domain.payload import parse_payload
from ledger.domain.programme import ProgrammeMet, ProgrammeReviewed
from ledger.domain.project import ProjectClaimWithdrawn
from ledger.domain.renovation import RenovationFollowedUp, RenovationSurveyed
from ledger.publishing.publisher import Publisher
from projections.disclosed.past import Past
from tests.yangguang.demonstration import Demonstration
from yangguang.demo.disclosing import LedgerSource


def published(demonstration: Demonstration) -> list[DisclosurePublished]:
    return [record.first(DisclosurePublished) for record in demonstration.records("disclosure").values()]


def test_every_rule_replayed_over_the_published_demonstration_finds_it_good(demonstration: Demonstration) -> None:
    ledger = demonstration.ledger
    size = Publisher(ledger.store, ledger.settings.log, vkey=ledger.settings.vkey).publish()
    report = verify(open_source(str(demonstration.directory)), Options(rules=True))
    assert (report.verdict, report.findings) == ("good", ())
    assert report.counts.entries == size == len(demonstration.entries)


def test_every_kind_of_record_is_judged_alike_in_little_memory_and_after_a_cut(
    demonstration: Demonstration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = demonstration.ledger
    Publisher(ledger.store, ledger.settings.log, vkey=ledger.settings.vkey).publish()
    source, options = open_source(str(ledger.settings.log)), Options(rules=True, state=tmp_path / "state")
    expected = replay(source, Options(rules=True), no_progress)[1]
    monkeypatch.setattr(folded, "RECORDS_KEPT", 1)
    for name in ("RECORDS_KEPT", "DIGESTS_KEPT"):
        monkeypatch.setattr(fold, name, 2)
    monkeypatch.setattr(resuming, "LEAST", 1)

    def cut(done: int, total: int) -> None:
        if done > total / 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replay(source, options, cut)
    report, replayed = replay(source, options, no_progress)
    assert (report.verdict, replayed) == ("good", expected)
    assert 0 < (report.resumed_at or 0) < len(demonstration.entries) / 2


def test_the_streams_of_the_demonstration(demonstration: Demonstration) -> None:
    payloads = (parse_payload(parse_entry(entry).envelope.payload) for entry in demonstration.entries)
    types = Counter(payload.type for payload in payloads)
    programme = {kind: number for kind, number in types.items() if kind.startswith("programme.")}
    assert programme == {
        "programme.opened": 1,
        "programme.launched": 1,
        "programme.obligation_set": 4,
        "programme.corrected": 1,
        "programme.rule_adopted": 3,
        "programme.met": 10,
        "programme.mobilised": 2,
        "programme.informed": 6,
        "programme.reviewed": 3,
        "programme.evaluated": 1,
        "programme.closed": 1,
    }
    assert types["organisation.amended"] == 2
    assert types["organisation.qualified"] == 4
    assert types["organisation.rules_adopted"] == 5
    assert types["project.declined"] == types["project.claim_withdrawn"] == 1


def test_two_of_the_three_annual_reviews_came_after_31_may(demonstration: Demonstration) -> None:
    record = demonstration.named("programme", "sanpai")
    past_reviews = [past for past in record.history if isinstance(past.event, ProgrammeReviewed)]
    reviews = [(int(past.event.data()["year"]), past.occurred_on) for past in past_reviews]
    late = [year for year, day in reviews if day > date(year + 1, 5, 31)]
    assert [year for year, _ in reviews] == [2022, 2023, 2024]
    assert late == [2022, 2023]


def test_the_programme_met_to_coordinate_to_commend_and_once_to_sum_up(demonstration: Demonstration) -> None:
    meetings = demonstration.named("programme", "sanpai").all(ProgrammeMet)
    assert Counter(event.meeting for event in meetings) == {"coordination": 6, "commendation": 3, "summary": 1}


def test_money_is_disclosed_for_each_of_the_eleven_quarters_and_every_question_at_the_end(
    demonstration: Demonstration,
) -> None:
    quarters = [event for event in published(demonstration) if (event.period.end - event.period.start).days < 100]
    assert len(quarters) == 11
    assert {event.question for event in quarters} == {"how_much"}
    last = [event for event in published(demonstration) if event.channels[0].on == date(2025, 3, 31)]
    assert {event.question for event in last} == {"where", "what", "whom", "how_much", "effect"}


def test_each_disclosure_signs_the_figures_that_the_pages_show_at_its_size(
    demonstration: Demonstration, tmp_path: Path
) -> None:
    past, disclosures = Past(tmp_path / "as-of", LedgerSource(demonstration.ledger)), published(demonstration)
    past.catch_up(event.at_size for event in disclosures)
    for event in disclosures:
        assert event.digest == past.known_digest(event.at_size, event.figures_schema, event.question)
    assert len({event.digest for event in disclosures}) == len(disclosures)


def test_what_is_published_on_one_day_follows_one_size(demonstration: Demonstration) -> None:
    sizes = defaultdict(set)
    for event in published(demonstration):
        sizes[event.channels[0].on].add(event.at_size)
    assert {len(found) for found in sizes.values()} == {1}
    assert len({min(found) for found in sizes.values()}) == len(sizes) == 13


def test_one_claim_was_withdrawn_and_the_project_listed_again_until_it_was_cancelled(
    demonstration: Demonstration,
) -> None:
    record = demonstration.named("project", "bus")
    assert len(record.all(ProjectClaimWithdrawn)) == 1
    assert record.state == "cancelled"


def test_some_works_were_surveyed_before_they_were_approved(demonstration: Demonstration) -> None:
    records = demonstration.records("renovation").values()
    surveyed = [record for record in records if isinstance(record.history[0].event, RenovationSurveyed)]
    assert len(surveyed) == 5


def test_works_were_visited_again_and_one_needed_repair(demonstration: Demonstration) -> None:
    visits = [
        visit for record in demonstration.records("renovation").values() for visit in record.all(RenovationFollowedUp)
    ]
    assert Counter(visit.finding for visit in visits) == {"good": 7, "repair": 1, "unused": 1}
