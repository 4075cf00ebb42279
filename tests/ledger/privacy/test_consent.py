"""No sealed row about anyone without a consent that covers it; withdrawn as easily as given."""

from typing import Any

import pytest

from ledger.errors import (
    ConsentError,
    DisclosureMismatchError,
    InvalidFieldError,
    LedgerError,
    TooFewPeopleError,
)
from ledger.opening import Submission
from tests.ledger.forms import forms
from tests.ledger.privacy.household import Household
from tests.ledger.world import World


def strangers(world: World, number: int = 12) -> list[dict[str, Any]]:
    return [{**row, "name": f"测试用名-9{n:03d}"} for n, row in enumerate(world.grant_rows(number))]


def test_people_who_have_not_consented_are_refused_and_the_sentence_does_not_say_who(household: Household) -> None:
    award, rows = household.another_round(), strangers(household.world)
    mixed = [*household.rows[:9], *rows[:3]]
    with pytest.raises(ConsentError) as refusal:
        household.grant(award, mixed)
    assert "有3人没有" in refusal.value.zh
    assert "consent.recorded" in refusal.value.zh
    said = f"{refusal.value.zh}{refusal.value}{refusal.value.field}"
    assert not any(value in said for row in mixed for value in row.values())


def test_a_consent_for_something_else_does_not_cover_it(household: Household) -> None:
    award, rows = household.another_round(), strangers(household.world)
    household.world.consent(rows, "renovation", "story")
    with pytest.raises(ConsentError):
        household.grant(award, rows)
    household.world.consent(rows, "award")
    household.grant(award, rows)


def test_consent_withdrawn_for_one_scope_or_all_covers_nothing_more(household: Household) -> None:
    world, first, second = household.world, household.rows[0], household.rows[1]
    award = household.another_round()
    gone = [{"vault_key": first["vault_key"], "asked_by": "guardian", "scopes": ["award"]}]
    world.record("consent.withdrawn", household.consent, {}, "care", rows=gone)
    with pytest.raises(ConsentError):
        household.grant(award, household.rows)
    world.consent([first], "award")
    gone = [{"vault_key": second["vault_key"], "asked_by": "own"}]
    world.record("consent.withdrawn", household.consent, {}, "care", rows=gone)
    with pytest.raises(ConsentError):
        household.grant(award, household.rows)
    household.grant(award, [row for row in household.rows if row is not second])


def granting_and_consent(household: Household) -> tuple[Submission, Submission]:
    """A grant of another round to strangers, and their consents, neither of them sent yet."""
    world, award, rows = household.world, household.another_round(), strangers(household.world)
    data = {"people": world.people(household.town, len(rows)), "total_fen": 50_000 * len(rows)}
    granting = world.sign("award.granted", award, data, "builder", rows=rows)
    recording = ("consent.recorded", world.new("consent"), {"form": "paper"}, "care")
    return granting, world.sign(*recording, rows=forms(rows, "award"))


def test_a_consent_in_the_same_commit_counts_and_one_behind_does_not(household: Household) -> None:
    granting, consent = granting_and_consent(household)
    refused, admitted = household.world.ledger.admit([granting, consent])
    assert isinstance(refused, ConsentError)
    assert not isinstance(admitted, LedgerError)
    assert not isinstance(household.world.ledger.admit([granting])[0], LedgerError)
    granting, consent = granting_and_consent(household)
    assert not any(isinstance(one, LedgerError) for one in household.world.ledger.admit([consent, granting]))


def test_nobody_can_withdraw_for_somebody_who_never_consented(household: Household) -> None:
    rows = [{"vault_key": "0" * 32, "asked_by": "own"}]
    with pytest.raises(InvalidFieldError):
        household.world.record("consent.withdrawn", household.consent, {}, "care", rows=rows)


def test_a_consent_needs_a_form_and_a_guardian_where_the_guardian_gave_it(household: Household) -> None:
    world, form = household.world, household.forms[0]
    with pytest.raises(DisclosureMismatchError):
        world.open("consent.recorded", {"form": "paper"}, "care")
    without = {name: value for name, value in form.items() if name != "guardian"}
    for wrong in (without, {**form, "given_by": "own"}, {**form, "scopes": []}, {**form, "scopes": ["anything"]}):
        with pytest.raises(InvalidFieldError):
            world.open("consent.recorded", {"form": "paper"}, "care", rows=[wrong])


def test_the_public_entry_does_not_even_say_how_many_consented(household: Household) -> None:
    lengths = set()
    for number in (1, 5, 8):
        rows = strangers(household.world, number)
        record = household.world.ledger.record(household.world.consent(rows, "award"))
        assert record is not None
        lengths.add((len(record.history[-1].sealed), str(record.history[-1].event.data())))
    assert lengths == {(8, "{'form': 'paper'}")}


def test_consents_are_never_corrected_or_voided(household: Household) -> None:
    data = {"event": "0" * 64, "reason": "mistake"}
    for kind, record in (("consent", household.consent), ("sealed", household.world.new("sealed"))):
        for verb in ("voided", "corrected"):
            with pytest.raises(InvalidFieldError, match="no event type"):
                household.world.record(f"{kind}.{verb}", record, data, "care")


def test_a_consent_of_another_stack_cannot_be_withdrawn_in_this_one(household: Household) -> None:
    world = household.world
    other = world.consent(strangers(world, 8), "award")
    rows = [{"vault_key": household.rows[0]["vault_key"], "asked_by": "own"}]
    with pytest.raises(InvalidFieldError):
        world.record("consent.withdrawn", other, {}, "care", rows=rows)


def test_one_child_counted_ten_times_is_no_batch_of_ten(household: Household) -> None:
    award = household.another_round()
    with pytest.raises(TooFewPeopleError):
        household.grant(award, [*household.rows[:9], household.rows[0]])
