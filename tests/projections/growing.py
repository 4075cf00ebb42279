"""A log that grows evenly: every round brings a village with a school, an organisation, a project and all that
belongs to it, so that eight times the rounds are eight times of everything a page could list."""

from datetime import date
from typing import Any

from tests.projections.amended_log import amended_log
from tests.projections.book import Book

COUNTY, TOWN = 400, 20
"""Rounds until there is another county, and another town in it."""


def grown_log(rounds: int) -> Book:
    """The log with every event type, then the rounds; all of a round on one day."""
    book = amended_log()
    day = date(2023, 12, 1)
    received = 0
    for number in range(rounds):
        for step in (_places, _organisation, _project, _money, _works, _people, _delivered, _effect, _voices, _shown):
            book.day = day
            for event_type, name, data, by in step(book, number):
                book.day = day
                index = book.add(event_type, name, data, by=by)
                received = index if (event_type, name) == ("donation.received", f"g{number}") else received
        book.amend("donation.corrected", f"g{number}", received, amount_fen=(90_000, 95_000))
    return book


Step = tuple[str, str, dict[str, Any], str]


def _places(book: Book, i: int) -> list[Step]:
    found = []
    if i % COUNTY == 0:
        county = {"code": f"44{i // COUNTY}", "name": f"示例{i // COUNTY}县", "level": "county"}
        found.append(("place.registered", f"county{i // COUNTY}", county, "admin"))
    if i % TOWN == 0:
        parent = book.ref("place", f"county{i // COUNTY}")
        town = {"code": f"45{i // TOWN}", "name": f"示例{i // TOWN}镇", "level": "town", "parent": parent}
        found.append(("place.registered", f"town{i // TOWN}", town, "admin"))
    for kind, level, parent in (("v", "village", f"town{i // TOWN}"), ("s", "school", f"v{i}")):
        data = {"code": f"{kind}{i}", "name": f"示例{i}{level}", "level": level, "parent": book.ref("place", parent)}
        found.append(("place.registered", f"{kind}{i}", data, "admin"))
    return found


def _organisation(book: Book, i: int) -> list[Step]:
    ref = book.ref("organisation", f"o{i}")
    enrolled = {
        "organisation": ref, "post": "经办岗", "public_key": book.public_key(f"o{i}"), "possession": "AA==",
        "capabilities": ["plan", "deliver", "fund", "confirm", "accept", "supervise"],
        "limits": {"per_event_fen": 5_000_000}, "expires_on": "2025-12-31",
    }  # fmt: skip
    registered = {"name": f"示例{i}号协会", "organisation_kind": "association", "roles": ["executor"]}
    return [
        ("organisation.registered", f"o{i}", registered, "admin"),
        ("key.enrolled", f"o{i}", enrolled, "admin"),
        ("organisation.undertook", f"o{i}", {"rules_version": "2022-1"}, f"o{i}"),
        ("organisation.screened", f"o{i}", {"against": "活动异常名录", "result": "clear"}, "admin"),
    ]


def _project(book: Book, i: int) -> list[Step]:
    opening = {
        "programme": book.ref("programme", "programme"), "budget_fen": 500_000, "title": f"项目{i}", "plan": "tongmeng",
        "places": [book.ref("place", f"s{i}")], "starts_on": "2023-01-01", "ends_on": "2023-12-31",
        "organisation": book.ref("organisation", f"o{i}"), "needs": [book.ref("need", f"n{i}")],
    }  # fmt: skip
    need = {"place": book.ref("place", f"s{i}"), "category": "equipment", "what": "缺灯", "count": 9, "unit": "set"}
    return [
        ("need.reported", f"n{i}", need, f"o{i}"),
        ("project.proposed", f"p{i}", opening, f"o{i}"),
        ("project.approved", f"p{i}", {"budget_fen": 500_000}, "lead"),
        ("project.started", f"p{i}", {}, f"o{i}"),
        ("need.verified", f"n{i}", {"how": "visit"}, "school"),
        ("need.matched", f"n{i}", {"project": book.ref("project", f"p{i}")}, "lead"),
    ]


def _money(book: Book, i: int) -> list[Step]:
    ref = book.ref
    given = {
        "recipient": ref("organisation", "fund"),
        "donor_kind": "organisation",
        "donor": ref("organisation", f"o{i}"),
    }
    desks = [{"name": "课桌椅", "count": 6, "unit": "套", "unit_value_fen": 450}]
    goods = {**given, "form": "goods", "items": desks, "value_fen": 2_700, "valuation": "invoice"}
    cash = {**given, "form": "cash", "amount_fen": 90_000}
    paid = {"project": ref("project", f"p{i}"), "paid_for": ref("project", f"p{i}"), "payee_kind": "organisation"}
    to = {"payee": ref("organisation", f"o{i}"), "amount_fen": 30_000}
    draws = [{"donation": ref("donation", f"g{i}"), "amount_fen": 30_000}]
    return [
        ("donation.received", f"goods{i}", goods, "fund"),
        ("donation.pledged", f"later{i}", {"donor": ref("organisation", f"o{i}"), "amount_fen": 5_000}, "fund"),
        ("donation.received", f"waits{i}", {**cash, "restriction": {"plan": "tongmeng"}}, "fund"),
        ("donation.received", f"g{i}", cash, "fund"),
        ("donation.confirmed", f"g{i}", {"statement_on": "2023-11-01"}, "auditor"),
        ("donation.allocated", f"g{i}", {"project": ref("project", f"p{i}"), "amount_fen": 60_000}, "fund"),
        ("payment.made", f"g{i}", {**paid, **to, "donations": draws}, "fund"),
    ]


def _works(book: Book, i: int) -> list[Step]:
    ref = book.ref
    lamps = {
        "organisation": ref("organisation", f"o{i}"), "scope": ["灯"], "units": 3, "budget_fen": 900, "title": f"灯{i}",
        "project": ref("project", f"p{i}"), "category": "school", "places": [ref("place", f"s{i}")],
    }  # fmt: skip
    items = [{"name": "灯", "count": 42, "unit": "盏"}]
    return [
        ("renovation.approved", f"w{i}", lamps, f"o{i}"),
        ("renovation.started", f"w{i}", {}, f"o{i}"),
        ("renovation.completed", f"w{i}", {"units": 3, "items": items, "cost_fen": 800}, f"o{i}"),
        ("renovation.accepted", f"w{i}", {"result": "passed", "units": 3}, "school"),
    ]


def _batch(book: Book, i: int, group: str) -> dict[str, Any]:
    period = {"from": "2023-05-01", "to": "2023-05-31"}
    return {"group": group, "count": 12, "place": book.ref("place", f"s{i}"), "period": period}


def _people(book: Book, i: int) -> list[Step]:
    ref = book.ref
    standard = {"project": ref("project", f"p{i}"), "title": f"奖学金{i}", "criteria": ["成绩"], "amount_each_fen": 200}
    opened = {"term": "2023春", "schools": [ref("place", f"s{i}")]}
    return [
        ("award.standard_published", f"a{i}", standard, "lead"),
        ("award.round_opened", f"a{i}", opened, "lead"),
        ("award.publicised", f"a{i}", {"from": "2023-04-03", "to": "2023-04-11", "channel": "school"}, "lead"),
        ("award.granted", f"a{i}", {"people": _batch(book, i, "child"), "total_fen": 2_400}, "lead"),
    ]


def _delivered(book: Book, i: int) -> list[Step]:
    ref = book.ref
    own = {"project": ref("project", f"p{i}"), "organisation": ref("organisation", f"o{i}"), "title": f"陪伴{i}"}
    month = {"mode": "on_site", "services": ["advice"], "volunteers": 6, "valuation": "unvalued", "hours": 9}
    month |= {"sessions": 3, "people": _batch(book, i, "child")}
    plan = {"central": True, "mode": "on_site", "planned_on": "2023-06-10", "place": ref("place", f"s{i}")}
    held = {"hours": 6, "valuation": "wage", "value_fen": 600, "content": "礼仪", "mode": "on_site"}
    held |= {"authority": ref("organisation", "lead"), "people": _batch(book, i, "youth16plus")}
    served = {"hours": 4, "valuation": "market", "value_fen": 400, "people": _batch(book, i, "adult")}
    team = {"programme": ref("programme", "programme"), "members": 12, "team_kind": "volunteer", "title": f"队{i}"}
    return [
        ("team.formed", f"t{i}", {**team, "organisation": ref("organisation", f"o{i}")}, f"o{i}"),
        ("companionship.opened", f"c{i}", {**own, "places": [ref("place", f"s{i}")]}, f"o{i}"),
        ("companionship.reported", f"c{i}", month, f"o{i}"),
        ("training.planned", f"t{i}", {**own, **plan}, f"o{i}"),
        ("training.held", f"t{i}", held, f"o{i}"),
        ("service.offered", f"s{i}", {**own, "model": "chef", "mode": "on_site", "places": [plan["place"]]}, f"o{i}"),
        ("service.delivered", f"s{i}", served, f"o{i}"),
    ]


def _effect(book: Book, i: int) -> list[Step]:
    about = {"about": book.ref("project", f"p{i}"), "title": f"指标{i}", "unit": "勒克斯", "better": "higher"}
    measured = {"value": "342", "measured_by": book.ref("organisation", "school")}
    return [
        ("indicator.defined", f"i{i}", {**about, "method": "仪器"}, "lead"),
        ("indicator.baseline_set", f"i{i}", {"value": "4", "as_of": "2023-01-01"}, "lead"),
        ("indicator.target_set", f"i{i}", {"value": "12", "due_on": "2023-12-31"}, "lead"),
        ("indicator.measured", f"i{i}", measured, "lead"),
    ]


def _voices(book: Book, i: int) -> list[Step]:
    project = book.ref("project", f"p{i}")
    return [
        ("problem.raised", f"x{i}", {"about": project, "category": "progress"}, "school"),
        ("problem.answered", f"x{i}", {"outcome": "explained"}, f"o{i}"),
        ("question.received", f"q{i}", {"category": "use", "channel": "phone", "page": "/how-much"}, "lead"),
        ("misconduct.reported", f"m{i}", {"category": "fee"}, "lead"),
    ]


def _shown(book: Book, i: int) -> list[Step]:
    ref = book.ref
    case = {"title": f"案例{i}", "category": "practice", "organisation": ref("organisation", f"o{i}")}
    media = {"outlet": "示例日报", "medium": "press", "title": f"报道{i}", "published_on": "2023-02-01", "about": []}
    honour = {"title": "先进", "honours": "organisation", "occasion": "annual", "year": 2023}
    return [
        ("case.submitted", f"k{i}", case, "lead"),
        ("media.recorded", f"r{i}", media, "lead"),
        ("honour.nominated", f"h{i}", honour, "lead"),
        ("honour.consented", f"h{i}", {"organisation": ref("organisation", f"o{i}")}, f"o{i}"),
        ("honour.awarded", f"h{i}", {"title": "先进", "certificate": f"HX-{i}"}, "lead"),
    ]
