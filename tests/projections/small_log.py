"""The small log of these tests: every event type at least once, with sums that can be counted by hand."""

from collections.abc import Callable
from datetime import date
from typing import Any

from tests.projections.book import ORIGIN, Book


def policy(book: Book) -> dict[str, Any]:
    admin = {"public_key": book.public_key("admin"), "capabilities": ["govern", "register"], "possession": "AA=="}
    return {
        "admins": [admin],
        "quorum": 1,
        "people": {"child": 10, "youth16plus": 10, "family": 10, "teacher": 5, "adult": 5},
        "notice_days": 5,
        "limits": {"per_event_fen": 10**9, "per_day_fen": 10**10, "days": 1000},
        "rules_version": "2022-1",
        "calendar": {"through": "2026-12-31", "exceptions": []},
    }


def open_ledger(book: Book) -> None:
    data = {"origin": ORIGIN, "log_vkeys": ["x"], "policy": policy(book), "demonstration": True}
    book.add("ledger.opened", "ledger", data)
    book.add("ledger.policy_changed", "ledger", {"policy": policy(book)})


def add_organisations(book: Book) -> None:
    ref = book.ref
    kinds = {"lead": "federation", "fund": "foundation", "donor": "association", "builder": "association"}
    kinds |= {"auditor": "auditor", "school": "school"}
    for name, kind in kinds.items():
        data = {"name": f"示例{name}", "name_en": f"Demo {name}", "organisation_kind": kind, "roles": ["executor"]}
        book.add("organisation.registered", name, data)
        enrolled = {
            "organisation": ref("organisation", name), "post": f"{name}岗", "public_key": book.public_key(name),
            "possession": "AA==", "capabilities": ["plan", "deliver", "fund", "confirm", "accept", "supervise"],
            "limits": {"per_event_fen": 5_000_000}, "expires_on": "2025-12-31",
        }  # fmt: skip
        book.add("key.enrolled", name, enrolled)
    for name in ("fund", "builder"):
        book.add("organisation.undertook", name, {"rules_version": "2022-1"}, by=name)
        book.add("organisation.screened", name, {"against": "活动异常名录", "result": "clear"})
    book.add("organisation.suspended", "donor", {"ground": "request"})
    book.add("organisation.reinstated", "donor", {})
    book.add("key.suspended", "donor", {})
    book.add("key.restored", "donor", {})
    book.add("key.replaced", "donor", {"public_key": book.public_key("donor2"), "possession": "AA=="})
    book.add("key.revoked", "auditor", {"reason": "ended"})


def add_programme(book: Book) -> None:
    ref = book.ref
    places = [
        ("town", "town", None),
        ("east", "village", "town"),
        ("west", "village", "town"),
        ("school", "school", "east"),
    ]
    for name, level, parent in places:
        data = {"code": f"code-{name}", "name": f"示例{name}", "level": level}
        book.add("place.registered", name, data if parent is None else {**data, "parent": ref("place", parent)})
    plan = {"title_en": "Plan", "services": ["改造"]}
    opened = {
        "title": "聚力助学 童向未来", "full_title": "全称", "basis": ["依据"], "area": [ref("place", "town")],
        "starts_on": "2022-04-01", "ends_on": "2024-12-31",
        "phases": [{"code": "prepare", "title": "准备", "starts_on": "2022-04-01", "ends_on": "2022-06-30"}],
        "plans": [
            {**plan, "code": "tongmeng", "title": "童梦计划"},
            {**plan, "code": "shengji", "title": "升级计划", "unspecified": True},
            {**plan, "code": "zhiban", "title": "职伴计划", "aliases": ["职梦计划"]},
        ],
        "service_types": [{"code": "award", "title": "奖学金", "title_en": "scholarship"}], "outcomes": ["成效"],
        "participants": [{"organisation": ref("organisation", "lead"), "role": "lead"}],
    }  # fmt: skip
    book.add("programme.opened", "programme", opened, by="lead")
    obligation = {"code": "training", "title": "集中培训", "per": "year", "floor": 2, "plan": "zhiban"}
    book.add("programme.obligation_set", "programme", obligation, by="lead")
    launched = {"venue": ref("place", "school"), "organisations": [ref("organisation", "lead")]}
    book.add("programme.launched", "programme", launched, by="lead")


def add_projects(book: Book) -> None:
    ref = book.ref
    common = {
        "programme": ref("programme", "programme"), "budget_fen": 1_500_000,
        "starts_on": "2023-01-01", "ends_on": "2023-12-31",
    }  # fmt: skip
    builder = {"organisation": ref("organisation", "builder")}
    lamps = {**common, "title": "照明", "plan": "shengji", "also": ["tongmeng"], "places": [ref("place", "school")]}
    book.add("project.listed", "lamps", lamps, by="lead")
    book.add("project.claimed", "lamps", builder, by="builder")
    book.add("project.claim_joined", "lamps", {"organisation": ref("organisation", "fund")}, by="fund")
    book.add("project.approved", "lamps", {"budget_fen": 1_200_000}, by="lead")
    book.add("project.started", "lamps", {}, by="builder")
    progress = {"milestone": "灯已到货", "reported_to": [ref("organisation", "lead")]}
    book.add("project.progressed", "lamps", progress, by="builder", late=17)
    homes = {
        **common,
        **builder,
        "title": "居家",
        "plan": "tongmeng",
        "places": [ref("place", "east"), ref("place", "west")],
    }
    book.add("project.proposed", "homes", homes, by="builder")
    service = {**common, **builder, "title": "服务", "plan": "zhiban", "places": []}
    book.add("project.offered", "service", service, by="builder")
    book.add("project.cancelled", "service", {"reason": "need_gone"}, by="lead")


def add_gifts(book: Book) -> None:
    ref = book.ref
    donor, fund = ref("organisation", "donor"), ref("organisation", "fund")
    book.add("donation.pledged", "big", {"donor": donor, "amount_fen": 2_000_000}, by="fund")
    cash = {"recipient": fund, "form": "cash"}
    named = {"donor_kind": "organisation", "donor": donor}
    book.add("donation.received", "big", {**cash, **named, "amount_fen": 2_000_000}, by="fund")
    book.add("donation.confirmed", "big", {"statement_on": "2023-03-01"}, by="auditor")
    book.add("donation.receipted", "big", {"number": "PJ-1"}, by="fund")
    for project, fen in (("lamps", 1_200_000), ("homes", 500_000)):
        book.add("donation.allocated", "big", {"project": ref("project", project), "amount_fen": fen}, by="fund")
    book.add("donation.returned", "big", {"amount_fen": 100_000, "reason": "request"}, by="fund")
    secret = {**cash, "donor_kind": "anonymous", "amount_fen": 1_000_000, "restriction": {"plan": "tongmeng"}}
    book.add("donation.received", "secret", secret, by="fund")
    desks = [{"name": "课桌椅", "count": 60, "unit": "套", "unit_value_fen": 45_000}]
    goods = {
        **named,
        "recipient": fund,
        "form": "goods",
        "items": desks,
        "value_fen": 2_700_000,
        "valuation": "invoice",
    }
    book.add("donation.received", "desks", goods, by="fund")
    hours = {"recipient": fund, "donor_kind": "person", "form": "service", "hours": 36, "value_fen": 360_000}
    book.add("donation.received", "hours", {**hours, "valuation": "wage"}, by="fund")
    book.add("donation.pledged", "promise", {"donor": donor, "amount_fen": 500_000}, by="fund")


def add_works(book: Book) -> None:
    ref = book.ref
    approved = {"organisation": ref("organisation", "builder"), "scope": ["内容"], "units": 3, "budget_fen": 900_000}
    lamps = {**approved, "project": ref("project", "lamps"), "title": "灯", "category": "school"}
    book.add("renovation.approved", "lamps", {**lamps, "places": [ref("place", "school")]}, by="builder")
    book.add("renovation.started", "lamps", {}, by="builder")
    book.add("renovation.progressed", "lamps", {"milestone": "过半"}, by="builder")
    items = [{"name": "灯", "count": 42, "unit": "盏"}]
    book.add("renovation.completed", "lamps", {"units": 3, "items": items, "cost_fen": 800_000}, by="builder")
    book.add("renovation.defect_found", "lamps", {"defect": "不亮"}, by="school")
    book.add("renovation.defect_fixed", "lamps", {"remedy": "已换"}, by="builder")
    book.add("renovation.accepted", "lamps", {"result": "fixed", "units": 3}, by="school")
    homes = {**approved, "project": ref("project", "homes"), "title": "改造", "category": "home"}
    places = [ref("place", "east"), ref("place", "west")]
    book.add("renovation.approved", "homes", {**homes, "places": places}, by="builder")
    book.add("renovation.started", "homes", {}, by="builder")
    for count in (12, 13):
        done = {"units": count, "items": items, "cost_fen": 400_000, "people": families(book, count)}
        book.add("renovation.completed", "homes", done, by="builder")

    beds = {**approved, "project": ref("project", "homes"), "title": "家具", "category": "furniture"}
    book.add("renovation.approved", "beds", {**beds, "places": [ref("place", "town")]}, by="builder")
    book.add("renovation.started", "beds", {}, by="builder")
    done = {"units": 15, "items": items, "cost_fen": 300_000, "people": families(book, 15)}
    book.add("renovation.completed", "beds", done, by="builder")
    book.add("renovation.accepted", "beds", {"result": "passed", "units": 15}, by="donor admin")


def families(book: Book, count: int) -> dict[str, Any]:
    period = {"from": "2023-01-01", "to": "2023-06-30"}
    return {"group": "family", "count": count, "place": book.ref("place", "town"), "period": period}


def add_awards(book: Book) -> None:
    ref = book.ref
    for name, count in (("spring", 10), ("autumn", 11)):
        standard = {
            "project": ref("project", "homes"),
            "title": f"{name}奖学金",
            "criteria": ["成绩"],
            "amount_each_fen": 20_000,
        }
        book.add("award.standard_published", name, standard, by="lead")
        book.add("award.round_opened", name, {"term": "2023春", "schools": [ref("place", "school")]}, by="lead")
        book.add("award.publicised", name, {"from": "2023-04-03", "to": "2023-04-11", "channel": "school"}, by="lead")
        people = {
            "group": "child",
            "count": count,
            "place": ref("place", "school"),
            "period": {"from": "2023-02-01", "to": "2023-07-01"},
        }
        book.add("award.granted", name, {"people": people, "total_fen": 20_000 * count}, by="lead")
    book.add("award.revoked", "autumn", {"reason": "procedure"}, by="lead")


def add_payments(book: Book) -> None:
    ref = book.ref
    book.day = date(2023, 4, 3)
    payee = {"payee_kind": "organisation", "payee": ref("organisation", "builder")}
    for name, project, paid_for, fen, to in (
        ("lamps", "lamps", ref("renovation", "lamps"), 800_000, payee),
        ("spring", "homes", ref("award", "spring"), 200_000, {"payee_kind": "beneficiaries"}),
        ("wrong", "homes", ref("renovation", "homes"), 100_000, payee),
    ):
        data = {**to, "project": ref("project", project), "paid_for": paid_for, "amount_fen": fen}
        draws = [{"donation": ref("donation", "big"), "amount_fen": fen}]
        book.add("payment.made", name, {**data, "donations": draws}, by="fund")
    book.add("payment.reversed", "wrong", {"reason": "mistake"}, by="fund")


def add_effects(book: Book) -> None:
    ref = book.ref
    for name, actual in (("light", "342"), ("hours", "9"), ("later", None)):
        defined = {
            "about": ref("project", "lamps"),
            "title": f"指标{name}",
            "unit": "勒克斯",
            "better": "higher",
            "method": "仪器",
        }
        book.add("indicator.defined", name, defined, by="lead")
        book.add("indicator.baseline_set", name, {"value": "4", "as_of": "2023-01-01"}, by="lead")
        book.add("indicator.target_set", name, {"value": "12", "due_on": "2023-12-31"}, by="lead")
        if actual is not None:
            measured = {"value": actual, "measured_by": ref("organisation", "school"), "why_missed": "人手不足"}
            book.add("indicator.measured", name, measured, by="lead")
    book.add("project.completed", "lamps", {}, by="builder")


STEPS: tuple[Callable[[Book], None], ...] = (
    open_ledger, add_organisations, add_programme, add_projects, add_gifts, add_works, add_awards, add_payments,
    add_effects,
)  # fmt: skip


def add_bulk(book: Book, size: int) -> None:
    """Gifts with an allocation and a payment each, until the log has ``size`` entries. All on one day."""
    ref, day = book.ref, book.day
    while book.size() < size:
        book.day, name = day, f"bulk{book.size()}"
        gift = {"recipient": ref("organisation", "fund"), "form": "cash", "donor_kind": "person", "amount_fen": 300}
        book.add("donation.received", name, gift, by="fund")
        book.add("donation.allocated", name, {"project": ref("project", "lamps"), "amount_fen": 200}, by="fund")
        paid = {"project": ref("project", "lamps"), "paid_for": ref("project", "lamps"), "payee_kind": "beneficiaries"}
        draws = [{"donation": ref("donation", name), "amount_fen": 100}]
        book.add("payment.made", name, {**paid, "amount_fen": 100, "donations": draws}, by="fund")


def small_log() -> Book:
    """The log, made anew."""
    made = Book()
    for step in STEPS:
        step(made)
    return made
