"""Needs at every stage, over the projects, works and rounds of the small log: to be counted by hand."""

from typing import Any

from tests.projections.book import Book
from tests.projections.small_log import families

NEEDS: dict[str, tuple[str, str, int, str]] = {
    "lights": ("school", "facilities", 9, "room"),
    "cooks": ("west", "training", 3, "session"),
    "tutors": ("east", "companionship", 4, "session"),
    "computers": ("east", "equipment", 20, "set"),
    "library": ("school", "equipment", 300, "volume"),
    "fence": ("west", "facilities", 1, "site"),
    "twice": ("school", "facilities", 9, "room"),
}
"""Name: place, category, count, unit."""


def report(book: Book, name: str, **more: Any) -> int:
    """Reports one of ``NEEDS``."""
    place, category, count, unit = NEEDS[name]
    data = {"place": book.ref("place", place), "category": category, "what": f"缺{name}", "count": count, "unit": unit}
    return book.add("need.reported", name, {**data, **more}, by="lead")


def report_batch(book: Book, name: str, category: str, people: dict[str, Any]) -> int:
    """Reports a need of people."""
    batch = {"place": people["place"], "count": people["count"], "people": people}
    return book.add("need.reported", name, {**batch, "category": category, "what": f"缺{name}"}, by="school")


def take_up(book: Book, name: str, project: str) -> None:
    """Verifies a need and matches it with a project."""
    book.add("need.verified", name, {"how": "visit"}, by="school")
    book.add("need.matched", name, {"project": book.ref("project", project)}, by="lead")


def add_needs(book: Book) -> None:
    """Met by works and a round, in hand of nobody, waiting, put off, withdrawn, voided; one was at another place."""
    ref = book.ref
    for name in ("lights", "cooks", "tutors", "computers", "library", "fence"):
        report(book, name)
    report_batch(book, "beds", "furniture", families(book, 16))
    children = {**families(book, 10), "group": "child"}
    report_batch(book, "grants", "scholarship", children)
    for name, project in (("lights", "lamps"), ("beds", "homes"), ("grants", "homes"), ("cooks", "service")):
        take_up(book, name, project)
    first = {"programme": ref("programme", "programme"), "ground": "old"}
    book.add("need.prioritised", "lights", first, by="lead")
    book.add("need.verified", "tutors", {"how": "documents"}, by="lead")
    book.add("need.match_declined", "tutors", {"reason": "capacity"}, by="lead")
    take_up(book, "library", "lamps")
    book.add("need.match_declined", "library", {"reason": "unsuited", "project": ref("project", "lamps")}, by="lead")
    for name, by in (("lights", "renovation/lamps"), ("beds", "renovation/beds"), ("grants", "award/spring")):
        book.add("need.met", name, {"by": ref(*by.split("/"))}, by="school")
    book.add("need.withdrawn", "fence", {"reason": "elsewhere"}, by="lead")
    moved = (ref("place", "east"), ref("place", "west"))
    book.amend("need.corrected", "computers", book.at("need.reported", "computers"), place=moved, count=(20, 24))
    book.amend("need.voided", "twice", report(book, "twice"))
