"""Entries: sentences, signers, filters, sums."""

import sqlite3
from datetime import date
from typing import Any

import pytest

from ledger.errors import NotFoundError
from projections import audit_trail, entry_page
from projections.rows import AuditFilter
from tests.projections.book import Book


def test_a_sentence_names_donor_recipient_and_amount(db: sqlite3.Connection, book: Book) -> None:
    row = entry_page.entry(db, book.find("donation.received", amount_fen=2_000_000)[0]).row
    assert row.sentence.zh == "示例donor捐赠\u00a020,000.00\u00a0元，示例fund收到。"
    assert row.sentence.en == "Demo fund received CNY\u00a020,000.00 from Demo donor."
    assert row.record.zh == "示例donor的捐赠\u00a020,000.00\u00a0元"


def test_a_signer_is_shown_as_enrolled_at_that_entry(db: sqlite3.Connection, book: Book) -> None:
    found = entry_page.entry(db, book.find("donation.confirmed")[0])
    (signer,) = found.signers
    assert signer.organisation is not None
    assert (signer.organisation.zh, signer.post.zh, signer.expires_on) == (
        "示例auditor",
        "auditor岗",
        date(2025, 12, 31),
    )
    assert signer.enrolled_index == book.find("key.enrolled", post="auditor岗")[0]
    assert signer.keyid == book.key("auditor").key_id
    opening = entry_page.entry(db, 0)
    assert opening.signers[0].organisation is None
    assert opening.signers[0].post.zh == "账本管理员"
    assert opening.row.organisation is None


def test_of_two_signers_the_sentence_names_the_one_whose_part_the_event_is(db: sqlite3.Connection, book: Book) -> None:
    found = entry_page.entry(db, book.find("renovation.accepted", units=15)[0])
    assert [signer.organisation and signer.organisation.zh for signer in found.signers] == [None, "示例donor"]
    assert found.row.sentence.zh.startswith("示例donor验收")


def test_an_entry_shows_its_fields_its_neighbours_and_the_very_text_that_was_signed(
    db: sqlite3.Connection, book: Book
) -> None:
    chain = [i for i, p in enumerate(book.payloads) if p["record"] == book.ref("donation", "big")]
    found = entry_page.entry(db, chain[1])
    assert [bead.index for bead in found.chain] == chain
    assert (found.previous_index, found.next_index) == (chain[0], chain[2])
    fields = {field.name: field for field in found.fields}
    assert set(fields) == set(book.payloads[chain[1]]["data"])
    assert fields["amount_fen"].text.zh == "\u00a020,000.00\u00a0元"
    assert [link.zh for link in fields["donor"].links] == ["示例donor"]
    assert '"amount_fen":2000000' in found.payload
    assert found.state.zh == "待确认"


def test_an_entry_that_does_not_exist_is_not_found(db: sqlite3.Connection, book: Book) -> None:
    with pytest.raises(NotFoundError):
        entry_page.entry(db, book.size())


def test_a_later_record_than_the_event_shows_the_days_between(db: sqlite3.Connection, book: Book) -> None:
    row = entry_page.entry(db, book.find("project.progressed")[0]).row
    assert row.lateness_days == 17
    assert (row.recorded_on - row.occurred_on).days == 17
    assert audit_trail.page(db, AuditFilter()).sums.late_count == 1


def indices(db: sqlite3.Connection, **wanted: Any) -> set[int]:
    return set(audit_trail.indices(db, AuditFilter(**wanted)))


def test_each_condition_of_the_filter_lets_through_exactly_what_it_says(db: sqlite3.Connection, book: Book) -> None:
    payloads = list(enumerate(book.payloads))
    assert indices(db) == set(range(book.size()))
    assert indices(db, kind="donation") == {i for i, p in payloads if p["type"].startswith("donation.")}
    assert indices(db, type="payment.made") == set(book.find("payment.made"))
    assert indices(db, indices=(3, 5)) == {3, 5}
    assert indices(db, text="课桌椅") == set(book.find("donation.received", form="goods"))
    assert indices(db, text="%") == set()
    day = date.fromisoformat(book.payloads[10]["occurred_on"])
    assert indices(db, start=day, end=day) == {10}
    signed = indices(db, organisation=book.ref("organisation", "school"))
    assert signed == {*book.find("renovation.defect_found"), *book.find("renovation.accepted", units=3)}


def test_the_entries_of_a_project_include_gifts_payments_works_and_indicators(
    db: sqlite3.Connection, book: Book
) -> None:
    lamps = book.ref("project", "lamps")
    found = indices(db, record=lamps)
    assert set(book.find("donation.allocated", project=lamps)) <= found
    assert set(book.find("payment.made", project=lamps)) <= found
    assert set(book.find("renovation.defect_found")) <= found, "an event of works that began for the project"
    assert set(book.find("indicator.measured")) <= found
    assert not set(book.find("award.granted")) & found


def test_a_place_shows_what_touches_it_or_a_place_below_it(db: sqlite3.Connection, book: Book) -> None:
    school, west = (indices(db, place=book.ref("place", name)) for name in ("school", "west"))
    lamps = book.find("payment.made", paid_for=book.ref("renovation", "lamps"))
    assert set(lamps) <= school <= indices(db, place=book.ref("place", "town"))
    assert not set(lamps) & west


def test_pages_of_the_audit_trail_are_newest_first_and_leave_nothing_out(db: sqlite3.Connection, book: Book) -> None:
    seen: list[int] = []
    first = audit_trail.page(db, AuditFilter(), page=1, size=20)
    for number in range(1, first.page_count + 1):
        seen += [row.index for row in audit_trail.page(db, AuditFilter(), page=number, size=20).entries]
    assert seen == list(reversed(range(book.size())))


def test_the_sums_of_a_filter_are_those_of_all_its_pages(db: sqlite3.Connection) -> None:
    sums = audit_trail.page(db, AuditFilter(), size=1).sums
    assert (sums.cash_received_fen, sums.cash_paid_fen) == (3_000_000, 1_000_000)
    assert (sums.goods_fen, sums.service_fen, sums.service_hours) == (2_700_000, 360_000, 36)
    assert audit_trail.page(db, AuditFilter(kind="payment")).sums.cash_paid_fen == 1_000_000
