"""The pages of single things, and the threads between them."""

import sqlite3
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import NotFoundError
from projections import how_much, things, threads
from projections.runner import Runner
from projections.views import Views
from tests.projections.book import Book
from tests.projections.small_log import small_log


def test_a_project_thread_shows_the_stations_that_are_missing(db: sqlite3.Connection, book: Book) -> None:
    page = threads.project_page(db, book.ref("project", "lamps"))
    assert {station.name: station.state for station in page.stations} == {
        "need": "missing",
        "project": "done",
        "donation": "done",
        "works": "done",
        "acceptance": "done",
        "effect": "partly",
        "remainder": "missing",
    }
    assert page.remainder_fen.value == 400_000
    stations = {station.name: [row.index for row in station.entries] for station in page.stations}
    assert stations["acceptance"] == [
        *book.find("renovation.defect_found"),
        *book.find("renovation.defect_fixed"),
        *book.find("renovation.accepted", units=3),
    ]
    homes = threads.project_page(db, book.ref("project", "homes"))
    assert {station.name: station.state for station in homes.stations}["acceptance"] == "partly"


def test_a_project_of_service_shows_what_was_paid_for_itself(tmp_path: Path) -> None:
    log = small_log()
    service = log.ref("project", "service")
    paid = {"project": service, "paid_for": service, "payee_kind": "beneficiaries", "amount_fen": 100}
    draws = [{"donation": log.ref("donation", "secret"), "amount_fen": 100}]
    index = log.add("payment.made", "service", {**paid, "donations": draws}, by="fund")
    runner, views = Runner(tmp_path / "views.db", log), Views(tmp_path / "views.db")
    runner.run_once()
    with views.reading() as db:
        stations = {station.name: station for station in threads.project_page(db, service).stations}
    views.close()
    runner.close()
    assert [row.index for row in stations["works"].entries] == [index]
    assert (stations["works"].state, stations["acceptance"].state) == ("partly", "none")


def test_a_gift_is_followed_to_what_became_of_it(db: sqlite3.Connection, book: Book) -> None:
    page = threads.donation_page(db, book.ref("donation", "big"))
    assert [(amount.other.zh, amount.fen) for amount in page.allocations] == [("照明", 1_200_000), ("居家", 500_000)]
    assert [amount.fen for amount in page.payments] == [800_000, 200_000, 100_000, -100_000]
    assert [type(outcome).__name__ for outcome in page.outcomes] == ["Renovation", "Award"]
    assert page.receipts[0][0] == "PJ-1"
    assert threads.donation_page(db, book.ref("donation", "desks")).items.zh == "课桌椅60套"
    assert page.gift.unallocated.value == 200_000


def test_works_and_awards_show_acceptance_and_public_notice(db: sqlite3.Connection, book: Book) -> None:
    works = threads.renovation_page(db, book.ref("renovation", "lamps")).renovation
    assert works.accepted_by is not None
    assert (works.accepted_by.zh, works.cost_fen, works.paid.value) == ("示例school", 800_000, 800_000)
    assert ([text for text, _ in works.defects], [text for text, _ in works.fixes]) == (["不亮"], ["已换"])
    homes = threads.renovation_page(db, book.ref("renovation", "homes")).renovation
    assert (homes.accepted_index, homes.units_done) == (None, 13)
    award = threads.award_page(db, book.ref("award", "spring")).award
    assert (award.notice_from, award.notice_to, award.total_fen) == (date(2023, 4, 3), date(2023, 4, 11), 200_000)


def test_an_organisation_shows_standing_keys_gifts_and_what_it_delivered(db: sqlite3.Connection, book: Book) -> None:
    builder = things.organisation_page(db, book.ref("organisation", "builder"))
    assert builder.organisation.undertook is not None
    assert builder.organisation.screened is not None
    assert (builder.organisation.undertook[0], builder.organisation.screened[1]) == ("2022-1", "clear")
    assert builder.paid_to.value == 800_000
    assert list(builder.delivered.entries) == book.find("renovation.accepted")
    assert [row.project.zh for row in builder.projects] == ["照明", "居家", "服务"]
    donor = things.organisation_page(db, book.ref("organisation", "donor"))
    assert [gift.state for gift in donor.gifts] == ["confirmed", "received", "pledged"]
    assert (donor.organisation.state, donor.organisation.suspended_index) == ("registered", None)
    (key,) = donor.keys
    assert (key.state, key.keyid) == ("enrolled", book.key("donor2").key_id)
    school = things.organisation_page(db, book.ref("organisation", "school"))
    assert list(school.accepted.entries) == book.find("renovation.accepted", units=3)
    assert school.signed.value == 2


def test_a_revoked_key_says_so_on_its_page(db: sqlite3.Connection, book: Book) -> None:
    page = things.key_page(db, book.ref("key", "auditor"))
    assert (page.key.state, page.key.signed.value) == ("revoked", 1)
    assert [bead.type for bead in page.chain] == ["key.enrolled", "key.revoked"]


def test_places_payments_programmes_and_indicators_have_pages(db: sqlite3.Connection, book: Book) -> None:
    place = things.place_page(db, "code-east")
    assert [row.zh for row in (below.place for below in place.below)] == ["示例school"]
    assert len(place.renovations) == 2
    assert len(place.activities) == 6
    payment = things.payment_page(db, book.ref("payment", "wrong"))
    assert (payment.state, payment.payment.reversed_index) == ("reversed", book.find("payment.reversed")[0])
    assert [draw.fen for draw in payment.payment.draws] == [100_000]
    assert things.programme_page(db, book.ref("programme", "programme")).programme.participants[0][1] == "lead"
    assert things.indicator_page(db, book.ref("indicator", "light")).indicator.outcome == "met"


@pytest.mark.parametrize(
    "page",
    [
        threads.project_page, threads.donation_page, threads.award_page, threads.renovation_page,
        things.organisation_page, things.payment_page, things.key_page, things.programme_page, things.indicator_page,
        things.place_page, how_much.gift,
    ],
)  # fmt: skip
def test_a_thing_that_the_ledger_does_not_have_is_not_found(page: Any, db: sqlite3.Connection, book: Book) -> None:
    with pytest.raises(NotFoundError):
        page(db, book.ref("project", "never recorded"))
