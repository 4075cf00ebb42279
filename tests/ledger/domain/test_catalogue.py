"""The catalogue: every event type is complete, in both languages, and its shape refuses what it must."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest

from ledger.domain.catalogue import EVENTS, KINDS, MODULES, TOPICS, event_class, state_label
from ledger.domain.donation import DonationReceived
from ledger.domain.event import CAPABILITIES, Event
from ledger.domain.payment import PaymentMade
from ledger.domain.record import VOIDED
from ledger.domain.values import Part, label_of, place_of
from ledger.errors import InvalidFieldError

ALL = list(EVENTS.values())
ORGANISATION = "organisation/01890a5d-ac96-7740-8f5b-1d8b4f9a1c11"
PROJECT = "project/01890a5d-ac96-7740-8f5b-1d8b4f9a1c12"
RECEIVED: dict[str, Any] = {
    "recipient": ORGANISATION,
    "donor_kind": "organisation",
    "donor": ORGANISATION,
    "form": "cash",
    "amount_fen": 1,
}


def parts_of(cls: type[Part]) -> Iterator[type[Part]]:
    """The object types inside an event's fields, its sealed rows included."""
    waiting: list[Any] = [info.annotation for info in cls.model_fields.values()]
    waiting += [cls.ROW] if issubclass(cls, Event) else []
    while waiting:
        annotation = waiting.pop()
        if isinstance(annotation, type) and issubclass(annotation, Part):
            yield annotation
            yield from parts_of(annotation)
        waiting += get_args(annotation)


def chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


@pytest.mark.parametrize("cls", ALL, ids=lambda cls: cls.TYPE)
def test_every_event_type_has_labels_and_sentences_in_both_languages(cls: type[Event]) -> None:
    for label in (cls.LABEL, *cls.SAYS.values()):
        assert chinese(label.zh)
        assert label.en
        assert not chinese(label.en)
    for part in (cls, *parts_of(cls)):
        for name, info in part.model_fields.items():
            assert chinese(label_of(info).zh), name
            assert label_of(info).en, name


@pytest.mark.parametrize("cls", ALL, ids=lambda cls: cls.TYPE)
def test_every_event_type_says_who_may_sign_and_in_which_state(cls: type[Event]) -> None:
    states = {**MODULES[cls.kind()].STATES, VOIDED: None}
    assert cls.SIGNED_BY
    assert all(place <= CAPABILITIES.keys() for place in cls.SIGNED_BY)
    assert cls.AFTER
    assert all(state in states for state in cls.AFTER if state)
    assert cls.BECOMES is None or cls.BECOMES in states
    assert "" not in cls.AFTER or cls.BECOMES


@pytest.mark.parametrize("cls", ALL, ids=lambda cls: cls.TYPE)
def test_withdrawable_and_sealed_fields_are_never_required_in_public(cls: type[Event]) -> None:
    for name, info in cls.model_fields.items():
        assert place_of(info) == "data" or not info.is_required(), name
    assert cls.MONEY is None or place_of(cls.model_fields[cls.MONEY]) == "data"


def test_free_text_and_evidence_are_withdrawable_wherever_they_occur() -> None:
    for cls in ALL:
        for name, info in cls.model_fields.items():
            if name in {"note", "evidence", "donor_name"}:
                assert place_of(info) == "withdrawable", cls.TYPE


def test_topics_are_pinned_and_name_no_module() -> None:
    assert TOPICS["donation.received/1"] is DonationReceived
    assert len(TOPICS) == len(EVENTS)


def test_every_kind_and_state_has_a_name_in_both_languages() -> None:
    assert KINDS.keys() == MODULES.keys()
    for kind, module in MODULES.items():
        for state in module.STATES:
            assert chinese(state_label(kind, state).zh)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount_fen": 0}, "/payload/data/amount_fen"),
        ({"amount_fen": -5}, "/payload/data/amount_fen"),
        ({"amount_fen": True}, "/payload/data/amount_fen"),
        ({"amount_fen": "1"}, "/payload/data/amount_fen"),
        ({"amount_fen": 2**53}, "/payload/data/amount_fen"),
        ({"form": "gold"}, "/payload/data/form"),
        ({"recipient": PROJECT}, "/payload/data/recipient"),
        ({"recipient": ORGANISATION.upper()}, "/payload/data/recipient"),
        ({"surprise": 1}, "/payload/data/surprise"),
        ({"donor": None}, "/payload/data/donor"),
        ({"note": "你好"}, "/payload/data/note"),
        ({"restriction": {"plan": "a", "project": PROJECT}}, "/payload/data/restriction"),
        ({"form": "goods"}, "/payload/data"),
    ],
)
def test_a_donation_that_cannot_be_is_refused_with_its_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidFieldError) as refusal:
        DonationReceived.parse({**RECEIVED, **change})
    assert refusal.value.field == field
    assert chinese(refusal.value.zh)
    assert not chinese(str(refusal.value)) or "“" in str(refusal.value)


def test_a_missing_field_is_named_in_both_languages() -> None:
    with pytest.raises(InvalidFieldError) as refusal:
        DonationReceived.parse({key: value for key, value in RECEIVED.items() if key != "form"})
    assert (refusal.value.zh, str(refusal.value)) == ("缺少“形式”。", "“Form” is missing.")


def test_a_payment_whose_parts_do_not_add_up_is_refused() -> None:
    donation = "donation/01890a5d-ac96-7740-8f5b-1d8b4f9a1c13"
    draws = [{"donation": donation, "amount_fen": 4}]
    data = {"project": PROJECT, "paid_for": PROJECT, "payee_kind": "organisation", "payee": ORGANISATION}
    with pytest.raises(InvalidFieldError, match="do not add up"):
        PaymentMade.parse({**data, "amount_fen": 5, "donations": draws})
    with pytest.raises(InvalidFieldError, match="twice"):
        PaymentMade.parse({**data, "amount_fen": 8, "donations": draws * 2})


def test_an_unknown_type_or_schema_is_refused() -> None:
    for event_type, schema in (("donation.stolen", 1), ("donation.received", 2)):
        with pytest.raises(InvalidFieldError):
            event_class(event_type, schema)
