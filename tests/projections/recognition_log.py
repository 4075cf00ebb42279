"""Conduct, cases, media and honours on the small log: every event type of theirs, counted by hand in the tests."""

from typing import Any

from tests.projections.book import Book

HONOUR: dict[str, Any] = {"title": "助学先进单位", "honours": "organisation", "occasion": "annual", "year": 2023}


def add_conduct(book: Book) -> None:
    """Four reports: about the donor and founded, about an outsider and founded, unfounded, and one still open."""
    ref = book.ref
    authority = {"name": "示例authority", "organisation_kind": "authority", "roles": ["authority"]}
    book.add("organisation.registered", "authority", authority)
    for name, category in (
        ("donor", "illegal_fundraising"), ("outside", "illegal_organisation"), ("nothing", "fee"), ("open", "fee"),
    ):  # fmt: skip
        book.add("misconduct.reported", name, {"category": category}, by="lead")
        if name != "open":
            book.add("misconduct.forwarded", name, {"authority": ref("organisation", "authority")}, by="lead")
    founded = {"finding": "founded", "document": "示例函1号"}
    about = {"concerns": "organisation", "organisation": ref("organisation", "donor")}
    book.add("misconduct.concluded", "donor", {**founded, **about}, by="lead")
    outside = {"concerns": "outside", "outside": "示例未登记联合会"}
    book.add("misconduct.concluded", "outside", {**founded, **outside}, by="lead")
    book.add("misconduct.concluded", "nothing", {"finding": "unfounded"}, by="lead")


def add_cases(book: Book) -> None:
    """Two cases, one of them withdrawn after it was public."""
    ref = book.ref
    for name in ("lamps", "gone"):
        data = {
            "title": f"案例{name}", "category": "practice", "organisation": ref("organisation", "builder"),
            "project": ref("project", "lamps"), "places": [ref("place", "school")],
        }  # fmt: skip
        book.add("case.submitted", name, data, by="lead")
        book.add("case.reviewed", name, {"result": "clear"}, by="fund")
        book.add("case.published", name, {"channel": "site"}, by="lead")
    book.add("case.withdrawn", "gone", {"reason": "consent"}, by="lead")


def add_media(book: Book) -> None:
    """Three reports; the first recorded appeared last."""
    for name, on in (("late", "2023-09-01"), ("early", "2023-02-01"), ("twice", "2023-02-01")):
        data = {
            "outlet": "示例日报", "medium": "press", "title": f"报道{name}", "published_on": on,
            "link": f"https://daily.example/{name}", "about": [book.ref("project", "lamps")],
        }  # fmt: skip
        book.add("media.recorded", name, data, by="lead")


def add_honours(book: Book) -> None:
    """Five honours: awarded, revoked, refused, awarded to a person, and one that waits for consent."""
    ref = book.ref
    for name, organisation in (("builder", "builder"), ("donor", "donor"), ("refused", ""), ("waiting", "")):
        book.add("honour.nominated", name, HONOUR, by="lead")
        if organisation:
            data = {"organisation": ref("organisation", organisation)}
            book.add("honour.consented", name, data, by="builder" if organisation == "builder" else "donor2")
    book.add("honour.declined", "refused", {}, by="lead")
    book.add("honour.nominated", "person", {**HONOUR, "honours": "person", "title": "优秀志愿者"}, by="lead")
    book.add("honour.consented", "person", {}, by="lead")
    for number, name in enumerate(("builder", "donor", "person"), start=1):
        title = "优秀志愿者" if name == "person" else HONOUR["title"]
        book.add("honour.awarded", name, {"title": title, "certificate": f"SL-2023-00{number}"}, by="lead")
    book.add("honour.revoked", "donor", {"reason": "finding"}, by="lead")


def add_recognition(book: Book) -> None:
    """All of it."""
    for step in (add_conduct, add_cases, add_media, add_honours):
        step(book)


def amend_recognition(book: Book) -> None:
    """Corrections and voids of each: the finding's number, the case that then waits for review, a report, a number."""
    document = ("示例函1号", "示例函2号")
    book.amend("misconduct.corrected", "donor", book.at("misconduct.concluded", "donor"), document=document)
    book.amend("misconduct.voided", "open", book.at("misconduct.reported", "open"))
    titles = ("案例lamps", "案例灯")
    book.amend("case.corrected", "lamps", book.at("case.submitted", "lamps"), title=titles)
    extra = {"title": "多余", "category": "deed", "organisation": book.ref("organisation", "builder")}
    book.amend("case.voided", "extra", book.add("case.submitted", "extra", extra, by="lead"))
    days = ("2023-09-01", "2023-01-15")
    book.amend("media.corrected", "late", book.at("media.recorded", "late"), published_on=days)
    book.amend("media.voided", "twice", book.at("media.recorded", "twice"))
    numbers = ("SL-2023-001", "SL-2023-011")
    book.amend("honour.corrected", "builder", book.at("honour.awarded", "builder"), certificate=numbers)
    book.amend("honour.voided", "waiting", book.at("honour.nominated", "waiting"))
