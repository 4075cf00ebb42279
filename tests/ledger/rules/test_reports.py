"""Closing reports of projects and annual reports of organisations: when, and by whose key."""

import pytest

from ledger.domain.organisation import OrganisationReported
from ledger.domain.project import ProjectSettled
from ledger.errors import InvalidFieldError, LedgerError, MissingCapabilityError
from tests.ledger.rules.book import Book, enrolled


@pytest.fixture
def book() -> Book:
    made = Book()
    organisation = made.do("organisation.registered", name="rival", organisation_kind="association", roles=["executor"])
    made.keys["rival"] = enrolled("rival", organisation, "deliver")
    made.do("organisation.undertook", organisation, by="rival", rules_version="1")
    made.do("organisation.screened", organisation, against="名单", result="clear")
    return made


def test_a_project_is_closed_in_a_report_only_once_it_is_over(book: Book) -> None:
    project = book.project()
    assert isinstance(book.refusal("project.settled", project, by="worker", surplus_use="none"), LedgerError)
    book.do("project.completed", project, by="worker")
    book.do("project.settled", project, by="worker", surplus_use="similar")
    assert book.record(project).state == "completed"
    assert [event.surplus_use for event in book.record(project).all(ProjectSettled)] == ["similar"]


def test_a_cancelled_project_is_closed_in_a_report_too(book: Book) -> None:
    project = book.project()
    book.do("project.cancelled", project, reason="funds")
    book.do("project.settled", project, by="worker", surplus_use="returned")
    assert book.record(project).state == "cancelled"


def test_the_closing_report_is_signed_by_an_organisation_that_carried_the_project_out(book: Book) -> None:
    project = book.project()
    book.do("project.completed", project, by="worker")
    refusal = book.refusal("project.settled", project, by="rival", surplus_use="none")
    assert isinstance(refusal, MissingCapabilityError)


def test_the_use_of_a_surplus_in_a_closing_report_can_be_corrected(book: Book) -> None:
    project = book.project()
    book.do("project.completed", project, by="worker")
    book.do("project.settled", project, by="worker", surplus_use="none")
    book.correct(project, -1, by="worker", surplus_use=("none", "held"))
    assert [event.surplus_use for event in book.record(project).all(ProjectSettled)] == ["held"]


def test_an_organisation_publishes_its_own_annual_report_only(book: Book) -> None:
    worker = book.organisation("worker")
    refusal = book.refusal("organisation.reported", worker, by="rival", year=2025, audited=True)
    assert isinstance(refusal, MissingCapabilityError)
    book.do("organisation.reported", worker, by="worker", year=2025, audited=False)
    book.do("organisation.reported", worker, by="admin", year=2024, audited=True)
    assert [event.year for event in book.record(worker).all(OrganisationReported)] == [2025, 2024]


def test_an_annual_report_names_a_year_and_says_whether_it_was_audited(book: Book) -> None:
    worker = book.organisation("worker")
    for wrong in ({"year": 1999, "audited": True}, {"year": 2025}, {"year": 2025, "audited": "yes"}):
        with pytest.raises(InvalidFieldError):
            book.do("organisation.reported", worker, by="worker", **wrong)
