"""Stream: cases. Submitted sealed by the press office, reviewed for privacy by another organisation, then published."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ledger.domain.case import CasePublished, CaseReviewed, CaseSubmitted, CaseWithdrawn
from ledger.domain.sealed import SealedWithdrawn
from ledger.errors import LedgerError, MissingCapabilityError, RuleError
from yangguang.demo.scenario.case_list import CASES, FIRST_VERSIONS, WITHDRAWN, Case
from yangguang.demo.steps import EventOf, Ref, Step, TextOf, day, organisation, place, project, seeded

BY = "n1:publish"
REVIEWER = "n5:care"
REVIEWER_OF_THEIR_OWN = "n22:publish"
"""Reviews what the usual reviewer's own organisation did."""
CLEAR = {"result": "clear"}
BY_CODE = {item.code: item for item in CASES}


def steps() -> Iterator[Step]:
    """Each case in turn; one that was withdrawn; and four attempts that are refused."""
    for item in CASES:
        yield from _case(item)
    code, on, reason, note = WITHDRAWN
    record = Ref("case", code)
    yield Step(CaseWithdrawn, record, day(on), {"reason": reason}, BY, free=(("note", note),))
    text = {"event": EventOf(record, CasePublished), "digest": TextOf(record, CasePublished), "ground": "consent"}
    yield Step(SealedWithdrawn, Ref("sealed", f"text-{code}"), day(on), {"about": record, **text}, REVIEWER)
    yield _published(BY_CODE[code], on="2024-09-27", refused=RuleError)
    yield _published(BY_CODE["k02"], on="2022-12-26", refused=RuleError)
    reworded = replace(BY_CODE["k04"], story=f"{BY_CODE['k04'].story}有一名学生因此重新申请。")
    yield _published(reworded, on="2023-03-02", refused=RuleError)
    own = Step(CaseReviewed, Ref("case", "k02"), day("2022-12-27"), CLEAR, BY)
    yield replace(own, refused=MissingCapabilityError)


def _case(item: Case) -> Iterator[Step]:
    record = Ref("case", item.code)
    reviewer = REVIEWER_OF_THEIR_OWN if item.organisation == "n5" else REVIEWER
    if item.code in FIRST_VERSIONS:
        first = FIRST_VERSIONS[item.code]
        yield _submitted(replace(item, title=first.title, submitted=first.submitted, story=first.story))
        returned = {"result": "changes", "concern": first.concern}
        yield Step(CaseReviewed, record, day(first.returned), returned, reviewer, free=(("note", first.note),))
    yield _submitted(item)
    yield Step(CaseReviewed, record, day(item.reviewed), CLEAR, reviewer)
    yield _published(item, on=item.published)


def _submitted(item: Case) -> Step:
    data: dict[str, Any] = {
        "title": item.title,
        "title_en": item.title_en,
        "category": item.category,
        "organisation": organisation(item.organisation),
    }
    if item.project:
        data |= {"project": project(item.project), "places": [place(item.place)]}
    draft = {"vault_key": seeded(f"vault/case/{item.code}/{item.submitted}")(16).hex(), "story": item.story}
    return Step(CaseSubmitted, Ref("case", item.code), day(item.submitted), data, BY, fields=(("draft", draft),))


def _published(item: Case, *, on: str, refused: type[LedgerError] | None = None) -> Step:
    data, free = {"channel": item.channel}, (("story", item.story),)
    return Step(CasePublished, Ref("case", item.code), day(on), data, BY, free=free, refused=refused)
