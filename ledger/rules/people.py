"""Rule 8, people: whole batches of at least k, one sealed row each, so that no leaf points at a child."""

from pydantic import ValidationError

from ledger.domain.event import Event, refusal_of
from ledger.domain.values import People
from ledger.errors import DisclosureMismatchError, InvalidFieldError, TooFewPeopleError
from ledger.rules.candidate import Candidate
from ledger.rules.state import State
from ledger.sealing.disclosure import Disclosure, padded_count


def check(state: State, candidate: Candidate) -> None:
    """Raises TooFewPeopleError, DisclosureMismatchError or InvalidFieldError."""
    people = people_of(candidate.event)
    if people is not None:
        threshold = state.policy_in_force.threshold(people.group)
        if people.count < threshold:
            raise TooFewPeopleError(people.count, threshold)
        if people.period.end > candidate.day:
            raise InvalidFieldError(
                "人数的期间还没有结束。", "The period of the batch has not ended.", "/payload/data/people/period/to"
            )
    _check_row_count(candidate, people)


def apply(state: State, candidate: Candidate) -> None:
    """Nothing: batches are whole, so nothing is carried over."""


def people_of(event: Event) -> People | None:
    """The event's batch of people, if it has one."""
    found = getattr(event, "people", None)
    return found if isinstance(found, People) else None


def _check_row_count(candidate: Candidate, people: People | None) -> None:
    has_rows = candidate.event.ROW is not None and people is not None
    expected = people.count if has_rows and people else 0
    if candidate.rows is not None and len(candidate.rows) != expected:
        raise _wrong_count(len(candidate.rows), expected)
    # In a replay only the padded length is public; it must still be the one that the count gives.
    if not candidate.event.names_in("sealed") and len(candidate.payload.sealed) != padded_count(expected):
        raise _wrong_count(len(candidate.payload.sealed), expected)
    for row in candidate.rows or ():
        _check_row(candidate.event, row)


def _wrong_count(found: int, expected: int) -> DisclosureMismatchError:
    return DisclosureMismatchError(
        f"封存的名单应有{expected}行，与公布的人数一致；这里是{found}。",
        f"The sealed list must have {expected} rows, as many as the published count; here it is {found}.",
        "/payload/sealed",
    )


def _check_row(event: Event, row: Disclosure) -> None:
    if event.ROW is None:
        raise RuntimeError("rows were counted for an event without any")
    try:
        event.ROW.model_validate(row.value)
    except ValidationError as error:
        refusal = refusal_of(error, event.ROW)
        raise InvalidFieldError(refusal.zh, refusal.en, "/disclosures") from None
