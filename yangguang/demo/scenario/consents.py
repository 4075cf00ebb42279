"""Consents: before anyone's first sealed row of a kind, the forms of all who are in it, recorded in one go.

No stream tells of them: they follow from the rows, so that nobody is recorded without one.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from ledger.domain.consent import ConsentRecorded
from yangguang.demo.steps import Ref, Step

BY = "n5:care"
BEFORE = timedelta(days=9)


def consented(steps: Sequence[Step]) -> list[Step]:
    """The steps with the consents they need. ``steps`` stand in the order of recording."""
    told: list[Step] = []
    covered: set[tuple[str, str]] = set()
    scopes: dict[Ref, str] = {}
    for step in steps:
        scope = step.event.CONSENT or scopes.get(step.record)
        people = _people_of(step)
        if scope is not None and people and step.refused is None:
            scopes[step.record] = scope
            missing = [row for row in people if (row["vault_key"], scope) not in covered]
            covered |= {(row["vault_key"], scope) for row in missing}
            told += _recorded(step, scope, missing)
        told.append(step)
    return told


def _recorded(step: Step, scope: str, rows: Sequence[dict[str, Any]]) -> Iterator[Step]:
    if rows:
        on = min(step.on, step.recorded_on) - BEFORE
        forms = tuple(_form(row, scope, child=_of_children(step)) for row in rows)
        name = f"{scope}-{step.record.name}-{step.on}"
        yield Step(ConsentRecorded, Ref("consent", name), on, {"form": "paper"}, BY, rows=forms)


def _people_of(step: Step) -> list[dict[str, Any]]:
    """Sealed rows, and the sealed fields that are about persons."""
    return [*step.rows, *(value for name, value in step.fields if name in step.event.ABOUT_PERSONS)]


def _of_children(step: Step) -> bool:
    people = step.data.get("people")
    return isinstance(people, dict) and people.get("group") == "child"


def _form(row: dict[str, Any], scope: str, *, child: bool) -> dict[str, Any]:
    name = row.get("name") or row.get("family") or "测试用名"
    form = {"vault_key": row["vault_key"], "name": name, "scopes": [scope], "assent": "given"}
    return {**form, "given_by": "guardian", "guardian": f"{name}的监护人"} if child else {**form, "given_by": "own"}
