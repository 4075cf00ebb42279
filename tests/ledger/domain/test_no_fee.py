"""Rule 6: nothing in the catalogue lets money flow from a beneficiary; a fee can only be reported as misconduct."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest

from ledger.domain.catalogue import EVENTS
from ledger.domain.donation import DonationReceived
from ledger.domain.event import Event
from ledger.domain.misconduct import CATEGORIES
from ledger.domain.payment import PaymentMade
from ledger.domain.values import GROUPS, Part, kind_of, label_of, place_of

MOVES = "amount_fen"
"""The one name under which money changes hands; every other amount is planned, worth, spent or a limit."""
STANDS_STILL = {
    "budget_fen", "cost_fen", "value_fen", "unit_value_fen", "total_fen", "amount_each_fen", "surplus_fen",
    "per_event_fen", "per_day_fen",
}  # fmt: skip
FEE = ("收费", "缴", "学费", "费用", "fee", "fees", "charges", "tuition", "price")


def fields_of(cls: type[Part], path: str) -> Iterator[tuple[str, Any, str]]:
    """(path, field, the place of the outermost field) of every field of an event, those of its parts included."""
    for name, info in cls.model_fields.items():
        yield f"{path}.{name}", info, place_of(info)
        for part in parts_in(info.annotation):
            yield from ((inner, found, place_of(info)) for inner, found, _ in fields_of(part, f"{path}.{name}"))
    row = getattr(cls, "ROW", None)
    if row is not None:
        yield from ((inner, found, "sealed") for inner, found, _ in fields_of(row, f"{path}.row"))


def parts_in(annotation: Any) -> Iterator[type[Part]]:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        yield annotation
    for argument in get_args(annotation):
        yield from parts_in(argument)


def money() -> Iterator[tuple[str, str]]:
    """(path, place) of every amount in the catalogue."""
    for cls in EVENTS.values():
        for path, info, place in fields_of(cls, cls.TYPE):
            if kind_of(info).name == "fen" or path.endswith("_fen"):
                yield path, place


def test_the_walk_sees_the_amounts_that_there_are() -> None:
    found = {path for path, _ in money()}
    assert {
        "donation.received.amount_fen", "donation.received.items.unit_value_fen", "payment.made.donations.amount_fen",
        "misconduct.reported.report.amount_fen", "project.approved.budget_fen",
    } <= found  # fmt: skip


def test_money_changes_hands_in_donations_and_payments_alone() -> None:
    for path, place in money():
        name = path.rpartition(".")[2]
        kind = path.partition(".")[0]
        assert name == MOVES or name in STANDS_STILL, f"{path}: say which way this money goes"
        if name == MOVES and place != "sealed":
            assert kind in ("donation", "payment"), path


def test_what_comes_in_comes_from_a_donor_and_what_beneficiaries_have_to_do_with_is_paid_to_them() -> None:
    donors = dict(kind_of(DonationReceived.model_fields["donor_kind"]).choices)
    assert donors.keys() & ({*GROUPS} | {"beneficiary", "beneficiaries"}) == set()
    assert "beneficiaries" in dict(kind_of(PaymentMade.model_fields["payee_kind"]).choices)
    for cls in EVENTS.values():
        paid = [path for path, _, _ in fields_of(cls, cls.TYPE) if path.endswith(f".{MOVES}")]
        assert "people" not in cls.model_fields or not paid, f"{cls.TYPE} ties a payment to people"


@pytest.mark.parametrize("cls", EVENTS.values(), ids=lambda cls: cls.TYPE)
def test_no_field_outside_misconduct_is_called_a_fee(cls: type[Event]) -> None:
    for path, info, _ in fields_of(cls, cls.TYPE):
        label = label_of(info)
        named = f"{path.rpartition('.')[2]} {label.zh} {label.en}".lower()
        words = set(named.replace("_", " ").split())
        assert not any(word in (words if word.isascii() else named) for word in FEE), path


def test_a_fee_can_be_reported() -> None:
    assert CATEGORIES["fee"][0] == "乱收费"
