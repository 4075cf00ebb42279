"""What is delivered to people, as entries with sums that can be counted by hand; and corrections of it."""

from typing import Any

from tests.projections.book import Book
from tests.projections.small_log import small_log


def people(
    book: Book, count: int, group: str = "child", *, month: str = "2023-05", place: str = "town"
) -> dict[str, Any]:
    """A batch in a month of 31 days."""
    period = {"from": f"{month}-01", "to": f"{month}-31"}
    return {"group": group, "count": count, "place": book.ref("place", place), "period": period}


def opened(book: Book, title: str, **more: Any) -> dict[str, Any]:
    """What opens a delivery of ``builder`` in the project ``care``."""
    by = {"project": book.ref("project", "care"), "organisation": book.ref("organisation", "builder")}
    return {**by, "title": title, **more}


def report(book: Book, count: int, sessions: int, **more: Any) -> dict[str, Any]:
    """A month of companionship; three hours a session."""
    data = {"mode": "on_site", "services": ["advice", "company"], "volunteers": 6, "valuation": "unvalued"}
    return {**data, "sessions": sessions, "hours": 3 * sessions, "people": people(book, count, **more)}


def add_project(book: Book) -> None:
    data = {
        "programme": book.ref("programme", "programme"), "budget_fen": 500_000, "title": "陪伴项目", "plan": "zhiban",
        "places": [book.ref("place", "town")], "starts_on": "2023-01-01", "ends_on": "2023-12-31",
        "organisation": book.ref("organisation", "builder"),
    }  # fmt: skip
    book.add("project.proposed", "care", data, by="builder")
    book.add("project.approved", "care", {"budget_fen": 500_000}, by="lead")
    book.add("project.started", "care", {}, by="builder")


def add_teams(book: Book) -> None:
    common = {"programme": book.ref("programme", "programme"), "members": 12}
    force = {**common, "team_kind": "task_force", "title": "助学专班", "organisation": book.ref("organisation", "lead")}
    book.add("team.formed", "force", force, by="lead")
    book.add("team.plan_adopted", "force", {"title": "工作计划"}, by="lead")
    book.add("team.disbanded", "force", {"reason": "completed"}, by="lead")
    builder = book.ref("organisation", "builder")
    team = {**common, "team_kind": "volunteer", "title": "志愿队", "organisation": builder}
    book.add("team.formed", "team", {**team, "project": book.ref("project", "care")}, by="builder")
    book.add("team.trained", "team", {"content": "陪伴守则", "members": 10, "hours": 4}, by="builder")
    book.add("team.changed", "team", {"members": 20, "reason": "joined"}, by="builder")


def add_companionship(book: Book) -> None:
    ref = book.ref
    data = opened(book, "结对陪伴", places=[ref("place", "town")], team=ref("team", "team"))
    book.add("companionship.opened", "pairs", data, by="builder")
    book.add("companionship.paired", "pairs", {"people": people(book, 25)}, by="builder fund")
    for count, sessions, month in ((12, 4, "2023-05"), (14, 5, "2023-07")):
        book.add("companionship.reported", "pairs", report(book, count, sessions, month=month), by="builder")
    visit = {"school": ref("place", "school"), "volunteers": 4, "topics": ["teachers", "pupils"]}
    for _ in range(2):
        book.add("companionship.visited", "pairs", visit, by="builder")
    book.add("companionship.ended", "pairs", {"people": people(book, 10), "reason": "moved"}, by="builder fund")


def add_trainings(book: Book) -> None:
    young = "youth16plus"
    plan = {"central": True, "mode": "on_site", "planned_on": "2023-06-10", "place": book.ref("place", "town")}
    for name in ("first", "second", "third"):
        book.add("training.planned", name, opened(book, f"{name}培训", **plan), by="builder")
    hours = {"hours": 6, "valuation": "wage", "value_fen": 60_000}
    held = {**hours, "content": "礼仪", "mode": "on_site", "authority": book.ref("organisation", "lead")}
    for name, count in (("first", 20), ("second", 30)):
        book.add("training.held", name, {**held, "people": people(book, count, young)}, by="builder")
    book.add("training.cancelled", "third", {"reason": "few"}, by="builder")
    book.add("training.internship_offered", "posts", opened(book, "实习岗位", posts=15, hosts=4), by="builder")
    coached = {"coaching": "interview", "hours": 3, "valuation": "unvalued", "people": people(book, 11, young)}
    book.add("training.coached", "posts", coached, by="builder")
    book.add("training.placed", "posts", {"into": "internship", "people": people(book, 10, young)}, by="builder")


def add_services(book: Book) -> None:
    data = opened(book, "粤菜课", model="chef", mode="on_site", places=[book.ref("place", "town")])
    book.add("service.offered", "chef", data, by="builder")
    hours = {"hours": 40, "valuation": "market", "value_fen": 400_000}
    book.add("service.delivered", "chef", {**hours, "people": people(book, 13, "adult")}, by="builder")


def add_deliveries(book: Book) -> None:
    """Every event type of the four kinds."""
    for step in (add_project, add_teams, add_companionship, add_trainings, add_services):
        step(book)


def amend_deliveries(book: Book) -> None:
    """A corrected report and a training that was not held; and one record of each kind struck."""
    reports = book.find("companionship.reported")
    changes = {"sessions": (5, 7), "people": (people(book, 14, month="2023-07"), people(book, 24, month="2023-07"))}
    book.amend("companionship.corrected", "pairs", reports[-1], **changes)
    book.amend("training.corrected", "first", book.at("training.held", "first"), hours=(6, 8))
    book.amend("training.voided", "second", book.at("training.held", "second"))
    book.amend("team.corrected", "team", book.at("team.formed", "team"), title=("志愿队", "志愿服务队"))
    book.amend("team.voided", "force", book.at("team.formed", "force"))
    book.amend("service.corrected", "chef", book.at("service.offered", "chef"), title=("粤菜课", "粤菜师傅课"))
    book.amend("service.voided", "chef", book.at("service.delivered", "chef"))
    data = opened(book, "又一个", places=[book.ref("place", "town")])
    book.amend("companionship.voided", "twice", book.add("companionship.opened", "twice", data, by="builder"))


def add_another_course(book: Book) -> Book:
    """A service that stands, for pages that show what was served; the first was voided."""
    data = opened(book, "电器维修课", model="other", mode="on_site", places=[book.ref("place", "town")])
    book.add("service.offered", "repairs", data, by="builder")
    hours = {"hours": 40, "valuation": "market", "value_fen": 400_000}
    book.add("service.delivered", "repairs", {**hours, "people": people(book, 12, "adult")}, by="builder")
    return book


def delivered_log() -> Book:
    """The small log with what is delivered to people after it."""
    made = small_log()
    add_deliveries(made)
    return made
