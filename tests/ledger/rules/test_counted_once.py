"""Rule 7: a cost or effect counts under one primary plan; related plans are tags and count nothing."""

from typing import Any

import pytest

from ledger.errors import DuplicateError, InvalidFieldError, LedgerError, RuleError
from tests.ledger.rules.book import Book
from tests.ledger.rules.honest import last_index

INDICATOR: dict[str, Any] = {"title": "示例指标", "unit": "户", "better": "higher", "method": "清点"}


@pytest.fixture
def book() -> Book:
    return Book()


def programme_of(book: Book, project: str) -> str:
    return str(book.record(project).history[0].event.data()["programme"])


def opening_index(book: Book, project: str) -> int:
    return book.state.noted.get(("project", project)).index  # type: ignore[union-attr]


def plan_refusal(book: Book, plan: str, also: list[str]) -> LedgerError:
    first = book.record(book.project()).history[0].event.data()
    return book.refusal("project.proposed", by="worker", **{**first, "plan": plan, "also": also})


@pytest.mark.parametrize(("plan", "also"), [("gamma", []), ("alpha", ["alpha"]), ("alpha", ["beta", "beta"])])
def test_a_project_has_one_primary_plan_and_each_related_one_once(book: Book, plan: str, also: list[str]) -> None:
    refusal = plan_refusal(book, plan, also)
    assert isinstance(refusal, InvalidFieldError)
    assert refusal.field == "/payload/data/plan"
    assert "Rule 7" in refusal.en


def test_a_correction_cannot_move_a_cost_to_another_plan_nor_name_the_primary_one_twice(book: Book) -> None:
    project = book.project(also=["beta"])
    with pytest.raises(InvalidFieldError, match="cannot be corrected"):
        book.correct(project, 0, by="worker", plan=("alpha", "beta"))
    with pytest.raises(InvalidFieldError, match="Rule 7"):
        book.correct(project, 0, by="worker", also=(["beta"], ["alpha"]))


def test_works_stand_in_a_project_of_the_plan_that_counts_them(book: Book) -> None:
    project = book.project(also=["beta"])
    programme = programme_of(book, project)
    plans = book.record(programme).history[0].event.data()["plans"]
    owned = [plans[0], {**plans[1], "works": ["school"]}]
    book.correct(programme, 0, by="admin", plans=(plans, owned))
    with pytest.raises(RuleError) as refusal:
        book.works(project)
    assert f"第{opening_index(book, project)}条" in refusal.value.zh
    assert "乙计划" in refusal.value.zh
    assert refusal.value.field == "/payload/data/project"
    book.works(project, category="equipment")
    first = book.record(project).history[0].event.data()
    other = book.do("project.proposed", by="worker", **{**first, "plan": "beta", "also": ["alpha"]})
    book.works(other)


def test_an_indicator_counts_where_its_project_counts(book: Book) -> None:
    project = book.project(also=["beta"])
    refusal = book.refusal("indicator.defined", about=project, plan="beta", **INDICATOR)
    assert isinstance(refusal, RuleError)
    assert f"第{opening_index(book, project)}条" in refusal.zh
    book.do("indicator.defined", about=project, plan="alpha", **INDICATOR)
    programme = programme_of(book, project)
    unknown = book.refusal("indicator.defined", about=programme, plan="gamma", **INDICATOR)
    assert isinstance(unknown, InvalidFieldError)
    book.do("indicator.defined", about=programme, plan="beta", **INDICATOR)


def test_one_effect_is_not_defined_twice(book: Book) -> None:
    project = book.project()
    first = book.do("indicator.defined", about=project, **INDICATOR)
    at = last_index(book)
    refusal = book.refusal("indicator.defined", about=project, plan="alpha", **INDICATOR)
    assert isinstance(refusal, DuplicateError)
    assert f"第{at}条" in refusal.zh
    second = book.do("indicator.defined", about=project, **{**INDICATOR, "title": "另一项"})
    with pytest.raises(DuplicateError):
        book.correct(second, 0, by="admin", title=("另一项", INDICATOR["title"]))
    book.correct(first, 0, by="admin", unit=("户", "家"))
    event = book.record(first).history[0].event_id
    book.do("indicator.voided", first, event=event, reason="mistake")
    book.do("indicator.defined", about=project, **INDICATOR)


def test_an_indicator_bears_on_outcomes_that_the_programme_lists(book: Book) -> None:
    project = book.project()
    programme = programme_of(book, project)
    assert isinstance(book.refusal("indicator.defined", about=project, outcomes=[1], **INDICATOR), InvalidFieldError)
    book.correct(programme, 0, by="admin", outcomes=([], ["第一项", "第二项"]))
    for outcomes in ([3], [1, 1]):
        refusal = book.refusal("indicator.defined", about=project, outcomes=outcomes, **INDICATOR)
        assert isinstance(refusal, InvalidFieldError)
    book.do("indicator.defined", about=project, outcomes=[1, 2], **INDICATOR)


def test_a_year_is_reviewed_once(book: Book) -> None:
    programme = programme_of(book, book.project())
    book.do("programme.reviewed", programme, year=2026)
    refusal = book.refusal("programme.reviewed", programme, year=2026)
    assert isinstance(refusal, RuleError)
    book.do("programme.reviewed", programme, year=2027)
    place = len(book.record(programme).history) - 1
    with pytest.raises(RuleError):
        book.correct(programme, place, by="admin", year=(2027, 2026))
