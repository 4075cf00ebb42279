"""What the pages say about money, against sums counted by hand from the small log in ``conftest``."""

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from projections import how_much, threads, what, where
from projections.figures import NOTHING
from projections.rows import Balance, Figure
from projections.runner import Runner
from projections.views import Views
from tests.projections.book import Book


def test_the_balance_line_equals_the_sums_counted_by_hand(db: sqlite3.Connection) -> None:
    found = how_much.balance(db)
    assert found.agrees
    assert found.received.value == 2_000_000 + 1_000_000
    assert found.paid.value == 800_000 + 200_000
    assert found.unpaid.value == (1_200_000 - 800_000) + (500_000 - 200_000)
    assert found.returned.value == 100_000
    assert found.unallocated.value == (2_000_000 - 1_700_000 - 100_000) + 1_000_000


def test_cash_that_nobody_matched_with_a_bank_statement_is_shown_apart(db: sqlite3.Connection, book: Book) -> None:
    found = how_much.balance(db)
    assert (found.confirmed.value, found.unconfirmed.value) == (2_000_000, 1_000_000)
    assert set(found.confirmed.entries) == {
        *book.find("donation.received", amount_fen=2_000_000),
        *book.find("donation.confirmed"),
    }
    assert list(found.unconfirmed.entries) == book.find("donation.received", amount_fen=1_000_000)


def test_a_promise_is_no_money_received(db: sqlite3.Connection, book: Book) -> None:
    pledged = how_much.balance(db).pledged
    assert pledged.value == 500_000
    assert list(pledged.entries) == book.find("donation.pledged", amount_fen=500_000)


def test_goods_and_service_are_never_added_to_cash(db: sqlite3.Connection, book: Book) -> None:
    found = how_much.in_kind(db)
    assert found.goods_fen == Figure(2_700_000, tuple(book.find("donation.received", form="goods")))
    assert found.service_fen == Figure(360_000, tuple(book.find("donation.received", form="service")))
    assert found.service_hours == Figure(36, tuple(book.find("donation.received", form="service")))


def counted(book: Book, types: dict[str, int], entries: Sequence[int]) -> int:
    """The sum of signed amounts over exactly these entries; ``types`` gives each type's sign."""
    made = {p["record"]: p["data"]["amount_fen"] for p in book.payloads if p["type"] == "payment.made"}
    fen = 0
    for index in entries:
        payload = book.payloads[index]
        amount = payload["data"].get("amount_fen") or made[payload["record"]]
        fen += types[payload["type"]] * amount
    return fen


PAID = {"payment.made": 1, "payment.reversed": -1}
GIVEN = {"donation.allocated": 1}
RECEIVED = {"donation.received": 1}
FIGURES: dict[str, tuple[Callable[[Balance], Figure], dict[str, int], int]] = {
    "received": (lambda b: b.received, RECEIVED, 2),
    "paid": (lambda b: b.paid, PAID, 4),
    "unpaid": (lambda b: b.unpaid, GIVEN | {"payment.made": -1, "payment.reversed": 1}, 6),
    "returned": (lambda b: b.returned, {"donation.returned": 1}, 1),
    "unallocated": (
        lambda b: b.unallocated, RECEIVED | {"donation.allocated": -1, "donation.returned": -1}, 5,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_of_the_balance_can_be_counted_again_from_its_entries_alone(
    name: str, db: sqlite3.Connection, book: Book
) -> None:
    pick, types, entry_count = FIGURES[name]
    figure = pick(how_much.balance(db))
    assert len(figure.entries) == entry_count
    assert counted(book, types, figure.entries) == figure.value
    cash = {i for t in types for i in book.find(t) if book.payloads[i]["data"].get("form", "cash") == "cash"}
    assert set(figure.entries) == cash


def test_money_of_plans_donors_flows_and_quarters_each_sum_to_the_balance(db: sqlite3.Connection) -> None:
    found = how_much.balance(db)
    plans, quarters = how_much.by_plan(db), how_much.by_quarter(db)
    assert {row.plan: (row.allocated.value, row.paid.value, row.unpaid.value) for row in plans} == {
        "shengji": (1_200_000, 800_000, 400_000),
        "tongmeng": (500_000, 200_000, 300_000),
    }
    assert sum(row.cash_fen.value for row in how_much.by_donor(db)) == found.received.value
    assert sum(row.fen.value for row in how_much.flows(db)) == found.received.value
    assert sum(row.paid.value for row in quarters) == found.paid.value
    assert quarters[-1].in_hand_fen == found.unpaid.value + found.unallocated.value
    assert [quarter.ends_on.isoformat() for quarter in quarters] == ["2023-03-31", "2023-06-30"]
    assert [quarter.received.value for quarter in quarters] == [3_000_000, 0]
    assert [quarter.paid.value for quarter in quarters] == [0, 1_000_000]
    assert quarters[0].in_hand_fen == 3_000_000 - 100_000


def test_flows_name_the_use_and_leave_nothing_out(db: sqlite3.Connection) -> None:
    found = {(row.kind, row.plan, row.use): row.fen.value for row in how_much.flows(db)}
    assert found == {
        ("organisation", "shengji", "school"): 800_000,
        ("organisation", "shengji", "unpaid"): 400_000,
        ("organisation", "tongmeng", "award"): 200_000,
        ("organisation", "tongmeng", "unpaid"): 300_000,
        ("organisation", None, "unallocated"): 200_000,
        ("organisation", None, "returned"): 100_000,
        ("anonymous", None, "unallocated"): 1_000_000,
    }


def test_the_anonymous_are_a_row_of_their_own_without_a_name(db: sqlite3.Connection) -> None:
    rows = {row.kind: row for row in how_much.by_donor(db)}
    assert rows["anonymous"].donor is None
    assert rows["anonymous"].cash_fen.value == 1_000_000
    assert rows["organisation"].gifts.value == 2
    assert rows["organisation"].goods_fen.value == 2_700_000
    assert rows["person"].service_fen.value == 360_000


def test_a_reversed_payment_is_taken_back_everywhere(db: sqlite3.Connection, book: Book) -> None:
    homes = book.ref("renovation", "homes")
    page = threads.renovation_page(db, homes)
    assert page.renovation.paid.value == 0
    assert list(page.renovation.paid.entries) == [
        *book.find("payment.made", paid_for=homes),
        *book.find("payment.reversed"),
    ]
    assert page.payments[0].reversed_index == book.find("payment.reversed")[0]
    assert what.project(db, book.ref("project", "homes")).paid_fen.value == 200_000
    west = where.place(db, "code-west")
    assert west.paid_fen == NOTHING


def test_money_for_several_places_stands_at_the_place_that_holds_them_all(db: sqlite3.Connection) -> None:
    found = {place.code: (place.paid_fen.value, place.paid_within_fen.value) for place in where.places(db)}
    assert found == {
        "code-town": (0, 1_000_000),
        "code-east": (0, 1_000_000),
        "code-west": (0, 0),
        "code-school": (1_000_000, 1_000_000),
    }
    assert len(where.place(db, "code-town").paid_fen.entries) == 2, "the payment for homes and its reversal"


def test_money_is_conserved_at_every_size_of_the_log(tmp_path: Path, book: Book) -> None:
    """Unallocated and unpaid are counted here from the payloads, not from the views."""
    for size in range(1, book.size() + 1):
        runner, views = Runner(tmp_path / "views.db", book.prefix(size)), Views(tmp_path / "views.db")
        assert runner.run_once() == 1
        with views.reading() as db:
            found = how_much.balance(db)
            flows = sum(row.fen.value for row in how_much.flows(db))
        views.close()
        runner.close()
        parts = found.paid.value + found.unpaid.value + found.unallocated.value + found.returned.value
        assert found.agrees
        assert found.received.value == parts == flows == received_before(book, size)


def received_before(book: Book, size: int) -> int:
    gifts = [p["data"] for p in book.payloads[:size] if p["type"] == "donation.received"]
    return sum(gift.get("amount_fen", 0) for gift in gifts)
