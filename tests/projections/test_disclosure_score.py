"""The disclosure score: 0 to 100, never less for a missing thing that is added; what does not apply counts nowhere."""

import random
import sqlite3
from pathlib import Path
from threading import Event

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.errors import NotFoundError
from projections.disclosure_score import ENOUGH, FULL, GRADES, score_of, scored
from projections.rows import Score
from projections.runner import Runner
from projections.score.criteria import ASPECTS, CRITERIA, PARTS
from projections.score.prepared import Prepared, PreparedScores, is_long
from projections.views import Views
from tests.projections.book import Book

Found = list[list[bool]]
FOUND = st.lists(st.lists(st.booleans(), max_size=6), min_size=len(CRITERIA), max_size=len(CRITERIA))


def score(found: Found) -> Score:
    return scored([[(there, 10 * place + n) for n, there in enumerate(each)] for place, each in enumerate(found)])


def test_there_are_forty_criteria_eight_to_a_question_and_a_hundred_points() -> None:
    assert [criterion.number for criterion in CRITERIA] == list(range(1, 41))
    assert FULL == 100
    for part in PARTS:
        mine = [criterion for criterion in CRITERIA if criterion.part == part]
        assert (len(mine), sum(criterion.points for criterion in mine)) == (8, 20)
    assert {criterion.aspect for criterion in CRITERIA} == set(ASPECTS)
    assert len({criterion.title.zh for criterion in CRITERIA}) == 40


@settings(deadline=None)
@given(FOUND)
def test_score_lies_between_nothing_and_a_hundred_and_its_parts_add_up(found: Found) -> None:
    result = score(found)
    assert 0 <= result.points <= 100
    assert result.applicable == sum(of for _, _, of in result.parts) == sum(i.points for i in result.items if i.wanted)
    assert all(0 <= got <= of <= 20 for _, got, of in result.parts)
    assert all(0 <= item.got <= item.points for item in result.items)
    assert (result.points == 100) == (result.applicable > 0 and not any(item.missing for item in result.items))
    assert (result.grade is None) == (result.applicable < ENOUGH)


@settings(deadline=None)
@given(FOUND, st.randoms(use_true_random=False))
def test_adding_a_missing_thing_never_lowers_the_score(found: Found, chance: random.Random) -> None:
    missing = [(place, n) for place, each in enumerate(found) for n, there in enumerate(each) if not there]
    before = score(found)
    chance.shuffle(missing)
    for place, n in missing:
        found[place][n] = True
        after = score(found)
        assert after.points >= before.points
        assert after.applicable == before.applicable
        before = after
    assert before.points in (0, 100)


def test_what_is_missing_is_named_by_the_entry_where_it_should_be() -> None:
    found: Found = [[] for _ in CRITERIA]
    found[29] = [True, False, True, False]
    item = score(found).items[29]
    assert (item.number, item.got, item.done, item.wanted, item.missing) == (30, 1, 2, 4, (291, 293))


def test_points_are_never_rounded_up() -> None:
    found: Found = [[True] for _ in CRITERIA]
    found[13] = [True] * 99 + [False]
    assert score(found).points == 99
    assert score(found).items[13].got == 3, "99 of 100 times 4 points"


def test_grades_fall_with_the_points() -> None:
    assert [grade for _, grade in GRADES] == ["A+", "A", "B", "C", "D"]
    assert [least for least, _ in GRADES] == sorted((least for least, _ in GRADES), reverse=True)
    assert score([[False] for _ in CRITERIA]).grade == "D"
    assert score([[True] for _ in CRITERIA]).grade == "A+"


def result(scored_: Score, number: int) -> tuple[int, int]:
    item = scored_.items[number - 1]
    assert item.number == number
    return item.done, item.wanted


def test_a_project_is_scored_by_all_that_belongs_to_it(db: sqlite3.Connection, book: Book) -> None:
    lamps = score_of(db, book.ref("project", "lamps"))
    assert result(lamps, 1) == (1, 1), "it names its school"
    assert result(lamps, 6) == (0, 1), "its works were not surveyed before"
    assert result(lamps, 7) == (1, 1), "a school took them over"
    assert result(lamps, 18) == (0, 0), "no homes: does not apply"
    assert result(lamps, 26) == (1, 1), "its gift was matched with the bank statement"
    assert result(lamps, 31) == (0, 1), "a remainder and no closing report"
    assert result(lamps, 33) == (3, 3), "three indicators"
    assert result(lamps, 36) == (2, 3), "one of them not measured"
    assert result(lamps, 38) == (1, 1), "the missed one gives its reason"
    assert result(lamps, 40) == (0, 1), "nobody came back to look"
    (progress,) = book.find("project.progressed")
    assert progress in lamps.items[15].missing, "recorded 17 days after it happened"
    homes = score_of(db, book.ref("project", "homes"))
    assert result(homes, 18) == (2, 2)
    assert result(homes, 23) == (2, 4), "works not accepted and an award revoked do not count"
    assert result(homes, 33) == (0, 0), "it has not started"


def test_an_organisation_is_scored_by_what_it_answers_for_itself(db: sqlite3.Connection, book: Book) -> None:
    fund, builder = (score_of(db, book.ref("organisation", name)) for name in ("fund", "builder"))
    assert result(fund, 26) == (1, 2), "of the two cash gifts that it received one is confirmed"
    assert result(fund, 6) == (0, 0), "it delivers no works"
    assert result(builder, 6) == (0, 3)
    assert result(builder, 11) == (1, 1)
    assert result(builder, 25) == (0, 0), "it received no gift"
    assert score_of(db, book.ref("organisation", "auditor")).grade is None


def test_only_projects_and_organisations_have_a_score(db: sqlite3.Connection, book: Book) -> None:
    with pytest.raises(NotFoundError):
        score_of(db, book.ref("donation", "big"))


def test_each_missing_thing_recorded_raises_the_score_of_a_real_project(tmp_path: Path, book: Book) -> None:
    grown = book.prefix(book.size())
    grown.heads, grown.day, grown.event_ids = dict(book.heads), book.day, list(book.event_ids)
    lamps, points = book.ref("project", "lamps"), []
    steps = (
        ("project.settled", "lamps", {"surplus_use": "similar"}, "builder"),
        ("renovation.followed_up", "lamps", {"finding": "good"}, "builder"),
        ("organisation.rules_adopted", "builder", {"title": "制度"}, "builder"),
        ("indicator.measured", "later", {"value": "13", "measured_by": book.ref("organisation", "school")}, "lead"),
    )
    for step in (None, *steps):
        if step is not None:
            grown.add(step[0], step[1], step[2], by=step[3])
        runner, views = Runner(tmp_path / "views.db", grown), Views(tmp_path / "views.db")
        runner.run_once()
        with views.reading() as db:
            points.append(score_of(db, lamps).points)
        views.close()
        runner.close()
    assert points == sorted(points)
    assert len(set(points)) == len(points)


def test_a_score_prepared_in_the_background_is_the_one_of_its_size_and_is_wanted_anew_when_the_log_has_grown(
    tmp_path: Path, book: Book
) -> None:
    path, lead = tmp_path / "views.db", book.ref("organisation", "lead")
    prepared = PreparedScores(tmp_path / "scores")
    early = folded_score(path, book.prefix(book.size() - 40), lead, prepared)
    late = folded_score(path, book, lead, prepared)
    assert [each.size for each in early] == [0, book.size() - 40, book.size() - 40]
    assert [each.size for each in late] == [book.size() - 40, book.size(), book.size()]
    assert early[0].score is None
    assert late[0].score == early[2].score
    assert not list(prepared.folder.glob("*.wanted"))


def folded_score(path: Path, log: Book, reference: str, prepared: PreparedScores) -> list[Prepared]:
    """What is read before it is prepared, afterwards, and once more."""
    runner, views = Runner(path, log), Views(path)
    runner.run_once()
    runner.close()
    with views.reading() as db:
        found = [prepared.read(db, reference)]
        prepared.prepare(db, Event())
        found += [prepared.read(db, reference), prepared.read(db, reference)]
        assert found[1].score == score_of(db, reference)
        assert not is_long(db, reference)
    views.close()
    return found
