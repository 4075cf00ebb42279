"""What corrections and voids do to the pages: counted by hand from ``amended_log``."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from ledger.domain.catalogue import EVENTS
from ledger.errors import NotFoundError
from projections import (
    audit_trail,
    batches,
    corrections,
    effect,
    entry_page,
    how_much,
    things,
    threads,
    what,
    where,
    whom,
)
from projections.names import Names
from projections.rows import AuditFilter, Figure
from projections.runner import Runner
from projections.views import Views
from tests.projections.book import Book
from tests.projections.dumped import dumped


@pytest.fixture(scope="module")
def now(tmp_path_factory: pytest.TempPathFactory, amended: Book) -> Iterator[sqlite3.Connection]:
    path = tmp_path_factory.mktemp("views") / "views.db"
    runner, views = Runner(path, amended), Views(path)
    runner.run_once(9)
    with views.reading() as connection:
        yield connection
    views.close()
    runner.close()


def test_the_test_log_holds_every_event_type_of_the_catalogue(amended: Book) -> None:
    assert {payload["type"] for payload in amended.payloads} == {event_type for event_type, _ in EVENTS}


def test_every_event_type_has_a_sentence_in_both_languages() -> None:
    for cls in EVENTS.values():
        assert cls.SAYS
        for said in cls.SAYS.values():
            words = {field: "…" for text in (said.zh, said.en) for _, field, _, _ in Formatter().parse(text) if field}
            assert said.zh.format(**words)
            assert said.en.format(**words)


def test_every_entry_reads_as_a_sentence_in_both_languages_without_a_bare_reference(now: sqlite3.Connection) -> None:
    for row in audit_trail.every(now, AuditFilter()):
        assert row.sentence.zh.endswith("。"), row
        assert row.sentence.en.endswith("."), row
        assert "{" not in row.sentence.zh + row.sentence.en
        assert "-7" not in row.sentence.zh, f"a reference instead of a name: {row.sentence.zh}"


def test_the_balance_after_corrections_equals_the_sums_counted_by_hand(now: sqlite3.Connection, amended: Book) -> None:
    found = how_much.balance(now)
    assert found.agrees
    assert found.received.value == 2_000_000 + 1_200_000
    assert found.paid.value == 780_000 + 200_000
    assert found.unpaid.value == (1_250_000 - 780_000) + (450_000 - 200_000)
    assert found.returned.value == 100_000
    assert found.unallocated.value == 200_000 + 1_200_000
    assert found.pledged == Figure(0, ())
    assert list(found.received.entries) == [
        amended.at("donation.received", "big"),
        amended.at("donation.received", "secret"),
        amended.at("donation.corrected", "secret"),
    ]
    assert list(found.paid.entries) == [
        amended.at("payment.made", "lamps"),
        amended.at("payment.made", "spring"),
        amended.at("payment.corrected", "lamps"),
    ], "the voided payment counts nowhere, the corrected one with its correction"


def test_money_that_was_reallocated_stands_with_its_new_project(now: sqlite3.Connection, amended: Book) -> None:
    assert {row.plan: row.allocated.value for row in how_much.by_plan(now)} == {
        "shengji": 1_250_000,
        "tongmeng": 450_000,
    }
    moved = amended.find("donation.reallocated")[0]
    assert all(moved in row.allocated.entries for row in how_much.by_plan(now))
    page = threads.donation_page(now, amended.ref("donation", "big"))
    assert [amount.fen for amount in page.allocations] == [1_200_000, 500_000, -50_000, 50_000]
    assert sum(row.fen.value for row in how_much.flows(now)) == 3_200_000


def test_the_sums_of_the_audit_trail_follow_the_corrections(now: sqlite3.Connection) -> None:
    sums = audit_trail.page(now, AuditFilter()).sums
    assert (sums.cash_received_fen, sums.cash_paid_fen) == (3_200_000, 980_000)


def test_payments_move_with_the_corrected_place_of_their_works(now: sqlite3.Connection, amended: Book) -> None:
    west = where.place(now, "code-west")
    assert (where.place(now, "code-school").paid_fen.value, west.paid_fen.value) == (200_000, 780_000)
    assert amended.at("payment.corrected", "lamps") in west.paid_fen.entries


def test_a_voided_receipt_is_not_shown_and_leaves_the_gift_standing(now: sqlite3.Connection, amended: Book) -> None:
    page = threads.donation_page(now, amended.ref("donation", "hours"))
    assert (page.receipts, page.gift.received.value) == ((), 360_000)
    assert how_much.in_kind(now).service_hours.value == 36


def test_a_place_corrected_to_lie_elsewhere_takes_what_is_below_it_along(
    now: sqlite3.Connection, amended: Book
) -> None:
    west = where.place(now, "code-west")
    assert west.paid_within_fen.value == 780_000 + 200_000, "the school lies in east, and east now in west"
    assert [row.place.zh for row in where.below(now, west.place.reference)] == ["示例east"]
    with pytest.raises(NotFoundError):
        where.place(now, "code-extra")
    assert audit_trail.indices(now, AuditFilter(place=amended.ref("place", "extra"))) == ()


def test_works_corrected_after_acceptance_count_only_once_accepted_again(tmp_path: Path, amended: Book) -> None:
    corrected, again = amended.at("renovation.corrected", "beds"), amended.find("renovation.accepted", units=16)[0]
    for size, families in ((corrected, 15), (corrected + 1, None), (again + 1, 16)):
        runner, views = Runner(tmp_path / "views.db", amended.prefix(size)), Views(tmp_path / "views.db")
        runner.run_once()
        with views.reading() as db:
            found = {row.group: Figure(row.count.value, tuple(row.count.entries)) for row in whom.people_by_group(db)}
            works = threads.renovation_page(db, amended.ref("renovation", "beds")).renovation
        views.close()
        runner.close()
        assert ("family" in found) == (families is not None)
        assert (works.accepted_index is None) == (families is None)
        assert families is None or found["family"].value == families
    assert found["family"].entries == (amended.at("renovation.completed", "beds"), corrected, again)


def test_what_was_voided_is_gone_from_figures_and_still_has_its_page(now: sqlite3.Connection, amended: Book) -> None:
    works = (batch.record for batch in batches.every(now) if batch.record.reference.startswith(("ren", "award")))
    assert [record.zh for record in works] == ["家具", "春季"]
    homes = threads.renovation_page(now, amended.ref("renovation", "homes"))
    assert (homes.renovation.state, homes.renovation.batch, homes.renovation.accepted_index) == ("voided", None, None)
    assert homes.chain[0].standing == "voided"
    assert threads.award_page(now, amended.ref("award", "autumn")).award.state == "voided"
    assert [row.project.zh for row in what.projects(now)] == [
        "照明",
        "居家环境",
        "服务",
        "又一个",
        "又一个",
        "陪伴项目",
    ]
    assert len(what.programmes(now)) == 1
    assert things.organisation_page(now, amended.ref("organisation", "extra")).organisation.state == "voided"
    assert len(how_much.gifts(now)) == 4


def test_a_corrected_measurement_changes_the_outcome_and_a_voided_indicator_is_not_counted(
    now: sqlite3.Connection, amended: Book
) -> None:
    totals = effect.totals(now)
    assert (totals.all.value, totals.met.value, totals.missed.value, totals.unmeasured.value) == (2, 2, 0, 0)
    assert amended.at("indicator.corrected", "hours") in totals.met.entries


def test_a_corrected_entry_keeps_its_words_and_says_what_holds_now(now: sqlite3.Connection, amended: Book) -> None:
    secret, correction = amended.at("donation.received", "secret"), amended.at("donation.corrected", "secret")
    row = entry_page.entry(now, secret).row
    assert "10,000.00" in row.sentence.zh
    assert row.sentence_now is not None
    assert "12,000.00" in row.sentence_now.zh
    assert (row.amended_by, row.standing, row.money_fen) == ((correction,), "", 1_000_000)
    assert entry_page.entry(now, correction).row.amends == secret
    pledge = entry_page.entry(now, amended.at("donation.pledged", "promise")).row
    assert (pledge.standing, pledge.sentence_now) == ("voided", None)


def test_corrections_are_listed_with_both_values_the_reason_and_how_long_they_stood(
    now: sqlite3.Connection, amended: Book
) -> None:
    found = corrections.corrections(now)
    assert [item.entry.index for item in found] == sorted(
        (i for i, p in enumerate(amended.payloads) if p["type"].endswith((".corrected", ".voided"))), reverse=True
    )
    (item,) = corrections.corrections_of(now, amended.at("donation.received", "secret"))
    (change,) = item.changes
    assert change.old is not None
    assert change.new is not None
    assert (change.label.zh, change.old.zh, change.new.zh) == (
        "金额",
        "\u00a010,000.00\u00a0元",
        "\u00a012,000.00\u00a0元",
    )
    assert (item.reason.zh, item.void) == ("录入时写错", False)
    assert item.stood_days == (item.entry.recorded_on - item.target.recorded_on).days > 0
    (void,) = corrections.corrections_of(now, amended.at("donation.pledged", "promise"))
    assert (void.void, void.changes) == (True, ())


def test_things_go_by_their_names_in_force(now: sqlite3.Connection, amended: Book) -> None:
    names = Names(now)
    assert names.zh(amended.ref("organisation", "donor")) == "示例二号商会", "corrected"
    assert names.zh(amended.ref("organisation", "school")) == "示例新校", "amended"
    assert names.zh(amended.ref("award", "spring")) == "春季"
    assert names.zh(amended.ref("disclosure", "first")).startswith("信息公布（2023年")


def test_an_organisation_shows_what_was_amended_and_its_qualifications(now: sqlite3.Connection, amended: Book) -> None:
    assert things.organisation_page(now, amended.ref("organisation", "school")).organisation.roles == (
        "school",
        "donor",
    )
    (qualified,) = things.organisation_page(now, amended.ref("organisation", "fund")).organisation.qualifications
    assert qualified[0] == "charity"


def test_a_withdrawn_claim_leaves_the_project_without_organisations(now: sqlite3.Connection, amended: Book) -> None:
    found = what.project(now, amended.ref("project", "open"))
    assert (found.state, found.organisations) == ("listed", ())
    with pytest.raises(NotFoundError):
        what.project(now, amended.ref("project", "twice"))


def test_works_that_are_only_surveyed_have_a_page(now: sqlite3.Connection, amended: Book) -> None:
    found = threads.renovation_page(now, amended.ref("renovation", "survey")).renovation
    assert (found.state, found.category, found.budget_fen, found.units) == ("surveyed", None, None, 4)
    lamps = threads.renovation_page(now, amended.ref("renovation", "lamps")).renovation
    assert [code for code, _ in lamps.follow_ups] == ["good"]


def test_money_is_conserved_at_every_size_of_a_log_with_corrections(tmp_path: Path, book: Book, amended: Book) -> None:
    for size in range(book.size(), amended.size() + 1):
        runner, views = Runner(tmp_path / "views.db", amended.prefix(size)), Views(tmp_path / "views.db")
        runner.run_once()
        with views.reading() as db:
            found = how_much.balance(db)
            flows = sum(row.fen.value for row in how_much.flows(db))
        views.close()
        runner.close()
        parts = found.paid.value + found.unpaid.value + found.unallocated.value + found.returned.value
        assert found.agrees
        assert found.received.value == parts == flows


def test_views_of_corrections_are_the_same_in_any_batches(tmp_path: Path, amended: Book) -> None:
    dumps = []
    for batch in (1, 7, 500):
        runner = Runner(tmp_path / f"{batch}.db", amended)
        runner.run_once(batch)
        runner.close()
        db = sqlite3.connect(tmp_path / f"{batch}.db")
        dumps.append(dumped(db))
        db.close()
    assert dumps[0] == dumps[1] == dumps[2]
