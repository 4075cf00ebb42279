"""Rule 8, people: whole batches of at least k, one sealed row each, so that no leaf points at a child."""

from collections.abc import Sequence

from pydantic import ValidationError

from ledger.domain.batch import people_of
from ledger.domain.correction import Corrected, Voided
from ledger.domain.event import Event, refusal_of
from ledger.errors import DisclosureMismatchError, InvalidFieldError, TooFewPeopleError
from ledger.rules.candidate import Candidate
from ledger.rules.state import State
from ledger.sealing.disclosure import Disclosure, padded_count


def check(state: State, candidate: Candidate) -> None:
    """Raises TooFewPeopleError, DisclosureMismatchError or InvalidFieldError."""
    subject = candidate.subject(state)
    people = people_of(subject)
    if people is None and subject.ROWS_COUNTED and not candidate.payload.sealed and not candidate.rows:
        return  # none are expected, and none are there
    if people is not None and not isinstance(candidate.event, Voided):
        threshold = state.policy_in_force.threshold(people.group)
        if people.count < threshold:
            raise TooFewPeopleError(people.count, threshold)
        if people.period.end > candidate.day:
            raise InvalidFieldError(
                "人数的期间还没有结束。", "The period of the batch has not ended.", "/payload/data/people/period/to"
            )
        _check_things(subject, threshold)
    if subject.ROWS_COUNTED:
        _check_row_count(candidate, subject, expected=_rows_expected(candidate, subject))
    else:
        _check_some_rows(candidate)
    for row in candidate.rows or ():
        _check_row(subject, row)
    if people is not None and candidate.rows:
        _check_persons(candidate.rows, state.policy_in_force.threshold(people.group))


def _check_persons(rows: Sequence[Disclosure], threshold: int) -> None:
    """Somebody who was there often is counted often, but a batch hides nobody unless it is of k different people."""
    persons = {row.value["vault_key"] for row in rows}
    if len(persons) < threshold:
        raise TooFewPeopleError(len(persons), threshold)


def _check_things(subject: Event, threshold: int) -> None:
    """Things handed to people stand for them: two beds in a batch of thirty families point at two."""
    for item in subject.get("items") or ():
        if item.count < threshold:
            raise InvalidFieldError(
                f"“{item.name}”只有{item.count}{item.unit}，少于{threshold}，会让人看出给了谁。请与同类合并成一项。",
                f"There are only {item.count} of {item.name!r}, fewer than {threshold}: that points at who got them."
                " Merge it with others of its kind.",
                "/payload/data/items",
            )


def _rows_expected(candidate: Candidate, subject: Event) -> int:
    people = people_of(subject)
    if people is None or subject.ROW is None or isinstance(candidate.event, Voided):
        return 0
    untouched = isinstance(candidate.event, Corrected) and "people" not in candidate.event.changes
    return 0 if untouched and not candidate.payload.sealed else people.count


def _check_row_count(candidate: Candidate, subject: Event, *, expected: int) -> None:
    if candidate.rows is not None and len(candidate.rows) != expected:
        raise _wrong_count(len(candidate.rows), expected)
    # In a replay only the padded length is public; it must still be the one that the count gives.
    if not subject.names_in("sealed") and len(candidate.payload.sealed) != padded_count(expected):
        raise _wrong_count(len(candidate.payload.sealed), expected)


def _check_some_rows(candidate: Candidate) -> None:
    listed = len(candidate.payload.sealed)
    if not listed or listed != padded_count(listed) or candidate.rows == ():
        raise DisclosureMismatchError(
            "封存的名单至少要有一行，并补齐到8的倍数。",
            "The sealed list needs at least one row and is padded to a multiple of 8.",
            "/payload/sealed",
        )


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
