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
Tally = tuple[int, int, tuple[int, ...]]
"""How many things have what is asked for, of how many, and the entries where it is missing."""


def score_of(db: sqlite3.Connection, reference: str) -> Score:
    """The score of a project or an organisation, as of now. Raises NotFoundError for anything else."""
    load = KINDS.get(reference.partition("/")[0])
    if load is None:
        raise NotFoundError(f"{reference[:60]}没有公开程度评分。", f"{reference[:60]} has no disclosure score.")
    found = load(db, reference)
    return scored([list(criterion.look(found)) for criterion in CRITERIA])


def scored(answers: Sequence[Answer]) -> Score:
    """The score for what each of the 40 criteria found, in their order: pure, so that its properties can be tested."""
    return tallied([_tally(list(answer)) for answer in answers])


def _tally(answer: Answer) -> Tally:
    missing = tuple(sorted({index for there, index in answer if not there}))
    return sum(there for there, _ in answer), len(answer), missing


def tallied(tallies: Sequence[Tally]) -> Score:
    """The score for how much of what each criterion asks for is there."""
    items = tuple(_item(place, *tally) for place, tally in enumerate(tallies))
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


def _item(place: int, done: int, wanted: int, missing: tuple[int, ...]) -> ScoreItem:
    criterion = CRITERIA[place]
    return ScoreItem(
        number=criterion.number,
        part=criterion.part,
        aspect=criterion.aspect,
        title=criterion.title,
        points=criterion.points,
        got=criterion.points * done // wanted if wanted else 0,
        done=done,
        wanted=wanted,
        missing=missing,
    )
