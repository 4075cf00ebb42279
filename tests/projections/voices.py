"""Problems and questions for the log of these tests: answered, reopened, corrected, voided, still waiting."""

from tests.projections.book import Book


def speak(book: Book) -> None:
    """Seven records; days to the first answer are 2 (twice), 1 and 3."""
    homes, lamps = book.ref("project", "homes"), book.ref("renovation", "lamps")
    builder, lead = [book.ref("organisation", "builder")], [book.ref("organisation", "lead")]
    book.add("problem.raised", "late", {"about": homes, "category": "progress"}, by="school")
    book.add("problem.routed", "late", {"to": builder}, by="lead")
    book.add("problem.answered", "late", {"outcome": "arranged"}, by="builder")
    book.add("problem.resolved", "late", {"how": "fixed"}, by="school")
    book.add("problem.reopened", "late", {"reason": "again"}, by="school")
    book.add("problem.raised", "dark", {"about": lamps, "category": "quality"}, by="school")
    book.add("problem.answered", "dark", {"outcome": "explained"}, by="builder")
    raised = book.add("problem.raised", "open", {"about": lamps, "category": "other"}, by="school")
    book.amend("problem.corrected", "open", raised, category=("other", "safety"))
    book.add("problem.routed", "open", {"to": lead}, by="lead")
    twice = book.add("problem.raised", "twice", {"about": lamps, "category": "other"}, by="school")
    book.amend("problem.voided", "twice", twice)


def ask(book: Book) -> None:
    east = book.ref("place", "east")
    about = {"category": "error", "channel": "site", "code": "7Q2M-0VXC-9ETR", "about": east}
    book.add("question.received", "parent", about, by="lead")
    correction = next(book.event_ids[i] for i in book.find("place.corrected") if book.payloads[i]["record"] == east)
    book.add("question.answered", "parent", {"outcome": "correcting"}, by="lead")
    book.add("question.correction_made", "parent", {"target": east, "event": correction}, by="lead")
    on_page = {"category": "use", "channel": "phone", "page": "/how-much"}
    asked = book.add("question.received", "page", on_page, by="lead")
    book.amend("question.corrected", "page", asked, category=("use", "privacy"))
    book.add("question.correction_refused", "page", {"reason": "source"}, by="lead")
    book.add("question.received", "wrong", {**on_page, "page": "/what"}, by="lead")
    answered = book.add("question.answered", "wrong", {"outcome": "explained"}, by="lead")
    book.amend("question.voided", "wrong", answered)
    book.add("question.received", "waiting", {**on_page, "page": "/where"}, by="lead")
