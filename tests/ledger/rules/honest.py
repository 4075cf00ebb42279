"""Short ways to what the tests of conduct, cases and honours begin with, on a ``Book``."""

from typing import Any

from tests.ledger.rules.book import Book, enrolled

CASE: dict[str, Any] = {"title": "一间教室的灯", "category": "practice"}
HONOUR: dict[str, Any] = {"title": "助学先进单位", "honours": "organisation", "occasion": "annual", "year": 2026}
ABOUT_ONE_OF_US: dict[str, Any] = {"finding": "founded", "concerns": "organisation"}


def give_key(book: Book, name: str, organisation: str, *capabilities: str) -> None:
    """A key by that name, known to the ledger."""
    key = book.keys[name] = enrolled(name, organisation, *capabilities)
    book.state.keys[key.key_id] = key


def joined(book: Book, name: str, *capabilities: str, kind: str = "association") -> str:
    """One more organisation in good standing whose key, of the same name, holds the capabilities."""
    organisation = book.do("organisation.registered", name=name, organisation_kind=kind, roles=["executor"])
    give_key(book, name, organisation, *capabilities)
    book.do("organisation.undertook", organisation, by=name, rules_version="1")
    book.do("organisation.screened", organisation, against="名单", result="clear")
    return organisation


def staffed(book: Book) -> Book:
    """A press office, a reviewer, people's data and supervision, each at an organisation of its own; and ``worker``."""
    give_key(book, "worker", book.organisation("worker"), "deliver", "publish")
    for name, capabilities in (
        ("press", "publish"),
        ("reviewer", "publish"),
        ("carer", "care"),
        ("watch", "supervise"),
    ):
        joined(book, name, capabilities)
    return book


def last_index(book: Book) -> int:
    """The index of the newest entry."""
    return book.state.size - 1


def authority(book: Book) -> str:
    """An authority that only receives what is forwarded to it."""
    return book.do("organisation.registered", name="authority", organisation_kind="authority", roles=["authority"])


def reported(book: Book, category: str = "illegal_fundraising") -> str:
    """A report, forwarded to an authority."""
    report = book.do("misconduct.reported", by="watch", category=category, fields=1)
    book.do("misconduct.forwarded", report, by="watch", authority=authority(book))
    return report


def found_against(book: Book, organisation: str) -> str:
    """A founded conclusion about an organisation."""
    report = reported(book)
    return book.do("misconduct.concluded", report, by="watch", **ABOUT_ONE_OF_US, organisation=organisation)


def case(book: Book, **changes: Any) -> str:
    """A submitted case of ``worker``."""
    data = {**CASE, "organisation": book.organisation("worker"), **changes}
    return book.do("case.submitted", by="press", fields=1, **data)


def reviewed_case(book: Book) -> str:
    """A case that passed its review."""
    return book.do("case.reviewed", case(book), by="reviewer", result="clear")


def consented(book: Book, by: str = "worker") -> str:
    """A nomination to which the organisation of a key consented."""
    honour = book.do("honour.nominated", by="press", **HONOUR, fields=1)
    return book.do("honour.consented", honour, by=by, organisation=book.organisation(by))


def award(book: Book, honour: str, number: str) -> str:
    """Awards a consented honour under a certificate number."""
    return book.do("honour.awarded", honour, by="press", title=HONOUR["title"], certificate=number)
