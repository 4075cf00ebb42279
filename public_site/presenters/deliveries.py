"""What is delivered to people as rows, facts and figures. No measure is added to another, and none to money."""

from collections.abc import Iterable
from typing import Any

from ledger.domain.sentences import format_period
from ledger.domain.team import TEAM_KINDS
from projections.rows import Act, Delivery, DeliveryPage, Figure, Team, TeamPage
from public_site.presenters import words
from public_site.presenters.figures import cell, entry_cell, figure
from public_site.presenters.things import links

MEASURES = {
    "companionship": ("sessions", "visits", "pairs", "ended", "hours"),
    "training": ("held", "coached", "posts", "placed", "hours", "value"),
    "service": ("served", "hours", "value"),
}
"""The measures that fit a kind, in the order in which they are shown."""
LIST_COLUMNS: dict[str, dict[str, Any]] = {
    "name": {"text": "名称"},
    "kind": {"text": "类别"},
    "organisation": {"text": "实施机构"},
    "project": {"text": "项目"},
    "state": {"text": "状态"},
    "done": {"text": "开展（次）", "numeric": True},
    "hours": {"text": "小时", "numeric": True},
    "people": {"text": "人次", "numeric": True},
}
ACT_COLUMNS: tuple[dict[str, Any], ...] = (
    {"text": "期间"},
    {"text": "事项"},
    {"text": "内容"},
    {"text": "次数", "numeric": True},
    {"text": "小时", "numeric": True},
)
LAST_COLUMNS: dict[str, tuple[dict[str, Any], ...]] = {
    "companionship": ({"text": "志愿者（人）", "numeric": True}, {"text": "人次", "numeric": True}),
    "training": ({"text": "折价（元）", "numeric": True}, {"text": "人次", "numeric": True}),
    "service": ({"text": "折价（元）", "numeric": True}, {"text": "人次", "numeric": True}),
}
COUNTED_IN = {
    "companionship.paired": "对",
    "companionship.ended": "对",
    "training.internship_offered": "个岗位",
    "training.placed": "人",
}
"""Acts that are no occasions: what their number counts instead."""
TEAM_COLUMNS = (
    {"text": "队伍"},
    {"text": "类别"},
    {"text": "组建机构"},
    {"text": "组建日期"},
    {"text": "状态"},
    {"text": "人数", "numeric": True},
)


def delivery_table(items: Iterable[Delivery], *without: str) -> dict[str, Any]:
    """Columns and rows of companionships, trainings and services; ``without`` leaves columns out by name."""
    shown = [name for name in LIST_COLUMNS if name not in without]
    rows = [_cells(item) for item in items]
    return {
        "delivery_columns": [LIST_COLUMNS[name] for name in shown],
        "deliveries": [[row[name] for name in shown] for row in rows],
    }


def _cells(item: Delivery) -> dict[str, Any]:
    of, figures = item.delivery.reference, item.figures
    posts = figures["posts"].value
    return {
        "name": words.link(item.delivery),
        "kind": words.kind(item.kind),
        "organisation": words.link(item.organisation),
        "project": words.link(item.project),
        "state": words.state(item.kind, item.state),
        "done": _cell(item, "done", "没有举办" if item.state == "cancelled" else "只提供岗位" if posts else "还没有"),
        "hours": _cell(item, "hours", "没有登记"),
        "people": cell("delivery.people", item.people, of=of) if item.people.value else "还没有",
    }


def _cell(item: Delivery, measure: str, none: str) -> Any:
    found = item.figures[measure]
    return cell(f"delivery.{measure}", found, of=item.delivery.reference) if found.value else none


def delivery_figures(item: Delivery) -> list[dict[str, Any]]:
    """The figures of one delivery: those that are there, and person-times."""
    of = item.delivery.reference
    shown = [figure(f"delivery.{name}", item.figures[name], of=of) for name in _present(item.kind, item.figures)]
    return [*shown, figure("delivery.people", item.people, of=of)]


def kind_figures(kind: str, totals: dict[str, Figure]) -> list[dict[str, Any]]:
    """The figures over all deliveries of a kind; hours and value stand on each alone, as they belong to every kind."""
    names = (name for name in MEASURES[kind] if name not in ("hours", "value"))
    return [figure(f"deliveries.{name}", totals[name]) for name in names]


def _present(kind: str, figures: Any) -> list[str]:
    found = [name for name in MEASURES[kind] if figures[name].value]
    return found or ["done"]


def delivery_facts(page: DeliveryPage) -> list[dict[str, Any]]:
    """Who, under which project, where, and the coded fields of the opening."""
    item = page.delivery
    facts: list[dict[str, Any]] = [
        {"label": "项目", "value": item.project.zh, "href": words.href_of(item.project.reference)},
        {"label": "实施机构", "value": item.organisation.zh, "href": words.href_of(item.organisation.reference)},
        {"label": "地点", "value": links(page.places, none="没有固定地点")},
    ]
    if page.team:
        facts.append({"label": "队伍", "value": page.team.zh, "href": words.href_of(page.team.reference)})
    facts += [{"label": label.zh, "value": value.zh, "entries": [item.index]} for label, value in page.facts]
    facts.append({"label": "状态", "value": words.state(item.kind, item.state)})
    return [*facts, *_valued(page.acts)]


def _valued(acts: Iterable[Act]) -> list[dict[str, Any]]:
    """On what the hours are valued, each basis once."""
    bases = dict.fromkeys(act.valuation.zh for act in acts if act.valuation)
    return [{"label": "小时折价", "value": f"{'、'.join(bases)}；折价不计入现金"}] if bases else []


def act_columns(kind: str) -> list[dict[str, Any]]:
    """The columns of what was done in a delivery of a kind."""
    return [*ACT_COLUMNS, *LAST_COLUMNS[kind]]


def act_row(act: Act) -> list[Any]:
    """One thing that was done, with the entry behind each of its numbers."""
    whom = words.group(act.people[0]) if act.people else act.place.zh if act.place else ""
    unit = COUNTED_IN.get(act.type, "")
    return [
        {"text": span(act), "href": f"/entries/{act.index}"},
        act.label.zh,
        "，".join(part for part in (whom, act.what.zh) if part) or "没有细分",
        _stated(act, f"{act.times:,}{unit}"),
        _stated(act, f"{act.hours:,}") if act.hours else "不计小时",
        _volunteers_or_value(act),
        _stated(act, f"{act.people[1]:,}") if act.people else "不按人次",
    ]


def _volunteers_or_value(act: Act) -> Any:
    if act.type.startswith("companionship."):
        return _stated(act, f"{act.volunteers:,}") if act.volunteers else "不适用"
    if act.hours is None:
        return "不适用"
    return _stated(act, words.amount(act.value_fen)) if act.value_fen else "不折价"


def _stated(act: Act, text: str) -> dict[str, str]:
    return {"text": text, "href": f"/entries/{act.entries[-1]}"}


def span(act: Act) -> str:
    """``2023年5月``, or the days."""
    return format_period(act.starts_on, act.ends_on)


def team_row(team: Team) -> list[Any]:
    """A row of teams."""
    return [
        words.link(team.team),
        TEAM_KINDS[team.team_kind][0],
        words.link(team.organisation),
        words.full_day(team.formed_on),
        words.state("team", team.state),
        entry_cell(f"{team.members:,}", team.members_index),
    ]


def team_facts(page: TeamPage) -> list[dict[str, Any]]:
    """What there is to say about a team; its members are a number."""
    team = page.team
    project: dict[str, Any] = {"label": "项目", "value": "不属于某个项目"}
    if team.project:
        project = {"label": "项目", "value": team.project.zh, "href": words.href_of(team.project.reference)}
    return [
        {"label": "类别", "value": TEAM_KINDS[team.team_kind][0], "entries": [team.index]},
        {"label": "组建机构", "value": team.organisation.zh, "href": words.href_of(team.organisation.reference)},
        {"label": "方案", "value": page.programme.zh, "href": words.href_of(page.programme.reference)},
        project,
        {"label": "组建日期", "value": words.full_day(team.formed_on)},
        {"label": "现有人数", "value": f"{team.members:,}人", "entries": [team.members_index]},
        {"label": "负责人", "value": "本人同意公开时，写在下面的账目里；队员姓名不公布"},
        {"label": "状态", "value": words.state("team", team.state)},
    ]
