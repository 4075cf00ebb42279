"""The disclosure score of a project or an organisation: points, grade, and what is missing with its points."""

import sqlite3
from collections.abc import Sequence

from ledger.errors import NotFoundError
from projections.rows import Score, ScoreItem
from projections.score.criteria import CRITERIA, PARTS
from projections.score.material import of_organisation, of_project

FULL = sum(criterion.points for criterion in CRITERIA)
ENOUGH = 30
"""With fewer points that apply, a grade would say little: there is none."""
GRADES = ((95, "A+"), (85, "A"), (70, "B"), (55, "C"), (0, "D"))
KINDS = {"project": of_project, "organisation": of_organisation}

Answer = Sequence[tuple[bool, int]]


def score_of(db: sqlite3.Connection, reference: str) -> Score:
    """The score of a project or an organisation, as of now. Raises NotFoundError for anything else."""
    load = KINDS.get(reference.partition("/")[0])
    if load is None:
        raise NotFoundError(f"{reference[:60]}没有公开程度评分。", f"{reference[:60]} has no disclosure score.")
    found = load(db, reference)
    return scored([list(criterion.look(found)) for criterion in CRITERIA])


def scored(answers: Sequence[Answer]) -> Score:
    """The score for what each of the 40 criteria found, in their order: pure, so that its properties can be tested."""
    items = tuple(_item(place, list(answer)) for place, answer in enumerate(answers))
    applicable = sum(item.points for item in items if item.wanted)
    got = sum(item.got for item in items)
    points = 100 * got // applicable if applicable else 0
    grade = next(name for least, name in GRADES if points >= least) if applicable >= ENOUGH else None
    parts = tuple(
        (part, sum(item.got for item in items if item.part == part),
         sum(item.points for item in items if item.part == part and item.wanted))
        for part in PARTS
    )  # fmt: skip
    return Score(points, grade, applicable, parts, items)


def _item(place: int, answer: Answer) -> ScoreItem:
    criterion = CRITERIA[place]
    done = sum(there for there, _ in answer)
    return ScoreItem(
        number=criterion.number,
        part=criterion.part,
        aspect=criterion.aspect,
        title=criterion.title,
        points=criterion.points,
        got=criterion.points * done // len(answer) if answer else 0,
        done=done,
        wanted=len(answer),
        missing=tuple(sorted({index for there, index in answer if not there})),
    )
