"""Stream: cases. Submitted by the press office, reviewed for privacy by another organisation, then published."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ledger.domain.case import CasePublished, CaseReviewed, CaseSubmitted, CaseWithdrawn
from ledger.errors import LedgerError, MissingCapabilityError, RuleError
from yangguang.demo.scenario.case_list import CASES, FIRST_VERSIONS, WITHDRAWN, Case
from yangguang.demo.steps import Ref, Step, day, organisation, place, project

BY = "n1:publish"
REVIEWER = "n5:care"
REVIEWER_OF_THEIR_OWN = "n22:publish"
"""Reviews what the usual reviewer's own organisation did."""
CLEAR = {"result": "clear"}


def steps() -> Iterator[Step]:
    """Each case in turn; one that was withdrawn; and three attempts that are refused."""
    for item in CASES:
        yield from _case(item)
    code, on, reason, note = WITHDRAWN
    record = Ref("case", code)
    yield Step(CaseWithdrawn, record, day(on), {"reason": reason}, BY, free=(("note", note),))
    yield _published(code, on="2024-09-27", refused=RuleError)
    yield _published("k02", on="2022-12-26", refused=RuleError)
    own = Step(CaseReviewed, Ref("case", "k02"), day("2022-12-27"), CLEAR, BY)
    yield replace(own, refused=MissingCapabilityError)


def _case(item: Case) -> Iterator[Step]:
    record = Ref("case", item.code)
    reviewer = REVIEWER_OF_THEIR_OWN if item.organisation == "n5" else REVIEWER
    if item.code in FIRST_VERSIONS:
        first = FIRST_VERSIONS[item.code]
        yield _submitted(replace(item, title=first.title, submitted=first.submitted))
        returned = {"result": "changes", "concern": first.concern}
        yield Step(CaseReviewed, record, day(first.returned), returned, reviewer, free=(("note", first.note),))
    yield _submitted(item)
    yield Step(CaseReviewed, record, day(item.reviewed), CLEAR, reviewer)
    yield _published(item.code, on=item.published, channel=item.channel)


def _submitted(item: Case) -> Step:
    data: dict[str, Any] = {
        "title": item.title,
        "title_en": item.title_en,
        "category": item.category,
        "organisation": organisation(item.organisation),
    }
    if item.project:
        data |= {"project": project(item.project), "places": [place(item.place)]}
    return Step(CaseSubmitted, Ref("case", item.code), day(item.submitted), data, BY, free=(("story", item.story),))


def _published(code: str, *, on: str, channel: str = "site", refused: type[LedgerError] | None = None) -> Step:
    return Step(CasePublished, Ref("case", code), day(on), {"channel": channel}, BY, refused=refused)
