"""/teams and /teams/{id}: the task force and the one volunteer team; members are a number, never a list."""

from projections import teams
from projections.rows import TeamPage
from public_site.pages.deliveries import pager
from public_site.pages.obligations import duty_chart
from public_site.presenters import words
from public_site.presenters.deliveries import TEAM_COLUMNS, delivery_table, team_facts, team_row
from public_site.presenters.entries import beads, event
from public_site.visit import PAGE_ROWS, Page, Visit

ONE_TEAM = ("volunteer_team",)


def every(visit: Visit) -> Page:
    """All teams, in the order in which they were formed."""
    found = teams.team_counts(visit.db)
    pages = max(1, -(-sum(found.values()) // PAGE_ROWS))
    at = min(visit.number("page"), pages)
    rows = teams.teams(visit.db, start=(at - 1) * PAGE_ROWS, size=PAGE_ROWS)
    values = {
        "title": "专班和志愿服务队",
        "heading": "专班和志愿服务队",
        "crumbs": [{"href": "/what", "text": "什么项目"}],
        "lead": _lead(found),
        "why": "方案要求只设一支志愿服务队；前一支没有解散时，账本拒收第二支。",
        "figures": [],
        "duties": duty_chart(visit, ONE_TEAM),
        "columns": list(TEAM_COLUMNS),
        "rows": [team_row(team) for team in rows],
        "pager": pager("/teams", at, pages),
    }
    return Page("deliveries.html", values, section="what")


def _lead(found: dict[tuple[str, str], int]) -> str:
    if not found:
        return "还没有组建队伍。方案要求组建一个助学帮教专班和一支志愿服务队。"
    standing = sum(count for (_, state), count in found.items() if state == "formed")
    said = f"组建过{sum(found.values())}支队伍，{standing}支还在工作。"
    return said if found.get(("volunteer", "formed")) else f"{said}现在没有志愿服务队。"


def page(visit: Visit) -> Page:
    """One team."""
    found = teams.team_page(visit.db, visit.reference("team"))
    team = found.team
    table = delivery_table(found.deliveries[:PAGE_ROWS], "kind")
    values = {
        "title": team.team.zh,
        "heading": team.team.zh,
        "crumbs": [{"href": "/teams", "text": "专班和志愿服务队"}],
        "said": _said(found),
        "badge": words.badge("team", team.state),
        "beads": beads(found.chain),
        "figures": [],
        "facts": team_facts(found),
        "why": "队员姓名不进入公开的账目。",
        "columns": table["delivery_columns"],
        "rows": table["deliveries"],
        "pager": None,
        "duties": duty_chart(visit, ONE_TEAM) if team.team_kind == "volunteer" else [],
        "events": [event(row) for row in found.chain[::-1]],
        "audit_href": f"/audit?record={team.team.reference}",
    }
    return Page("delivery.html", values, section="what")


def _said(found: TeamPage) -> str:
    team = found.team
    said = f"{team.organisation.zh}于{words.full_day(team.formed_on)}组建，"
    if team.state == "disbanded":
        return f"{said}已解散，解散前{team.members:,}人。"
    done = f"，开展{len(found.deliveries)}项陪伴" if found.deliveries else ""
    return f"{said}现有{team.members:,}人{done}。"
