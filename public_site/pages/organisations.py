"""/organisations and /organisations/{id}: roles, standing, keys, what it gave, carried out and took over."""

from datetime import date
from typing import Any

from ledger.domain.organisation import OrganisationQualified
from projections import audit_trail, conduct, recognition, things, what
from projections.duties.reading import FIGURES, Asked, counts, duties
from projections.rows import EntryRow, Key, Organisation, OrganisationPage
from public_site.presenters import words
from public_site.presenters.deliveries import TEAM_COLUMNS, delivery_table, team_row
from public_site.presenters.duties import DUTY_COLUMNS, duty_row
from public_site.presenters.entries import beads
from public_site.presenters.figures import cell, figure
from public_site.presenters.recognition import HONOUR_COLUMNS, finding_event, honour_row
from public_site.presenters.score import panel
from public_site.presenters.things import GIFT_COLUMNS, PROJECT_COLUMNS, gift_row, project_row
from public_site.visit import PAGE_ROWS, Page, Visit

KEY_COLUMNS = [
    {"text": "岗位"},
    {"text": "尾号"},
    {"text": "权限"},
    {"text": "有效期至"},
    {"text": "状态"},
    {"text": "签署（条）", "numeric": True},
]
DUTIES = 10
REGISTERED = "organisation.registered"
LIST_COLUMNS = [{"text": "机构"}, {"text": "登记日期"}, {"text": "登记的账目"}, {"text": "有关的账目"}]


def page(visit: Visit) -> Page:
    """One organisation."""
    found = things.organisation_page(visit.db, visit.reference("organisation"))
    organisation = found.organisation
    of = organisation.organisation.reference
    plans = {code: label.zh for code, label in what.plan_titles(visit.db).items()}
    modes = {code: label.zh for code, label in what.modes().items()}
    standing = conduct.standing(visit.db, of)
    suspended = standing.suspended_index if standing else None
    values = {
        "title": organisation.organisation.zh,
        "heading": organisation.organisation.zh,
        "crumbs": [{"href": "/organisations", "text": "参加机构"}],
        "lead": _lead(found, visit.as_of, suspended=suspended is not None),
        "suspended": suspended,
        "findings": [finding_event(item) for item in conduct.findings(visit.db, organisation=of)],
        "honour_columns": HONOUR_COLUMNS,
        "honours": [honour_row(item) for item in recognition.honours_of(visit.db, of, size=PAGE_ROWS)],
        "facts": _facts(organisation),
        "figures": [
            figure("organisation.delivered", found.delivered, of=of),
            figure("organisation.accepted", found.accepted, of=of),
            figure("organisation.paid_to", found.paid_to, of=of),
            figure("organisation.signed", found.signed, of=of),
        ],
        "key_columns": KEY_COLUMNS,
        "keys": [_key_row(key, visit.as_of) for key in found.keys],
        "gift_columns": list(GIFT_COLUMNS),
        "gifts": [gift_row(gift) for gift in found.gifts],
        "gift_count": found.gift_count,
        "project_columns": list(PROJECT_COLUMNS),
        "projects": [project_row(project, plans, modes) for project in found.projects],
        "project_count": found.project_count,
        "projects_href": f"/what?organisation={of}",
        **delivery_table(found.deliveries, "organisation"),
        "team_columns": list(TEAM_COLUMNS),
        "teams": [team_row(team) for team in found.teams],
        "duties": duties_of(visit, of),
        "score": panel(visit, of),
        "beads": beads(found.chain),
        "audit_href": f"/audit?record={of}",
    }
    return Page("organisation.html", values, section="organisations")


def duties_of(visit: Visit, organisation: str) -> dict[str, Any]:
    """What it answers for: how much of it is overdue, soon due, met and late, and what is overdue or came late."""
    asked = Asked(visit.as_of, organisation=organisation)
    totals = counts(visit.db, organisation)
    found = [
        each
        for state in ("overdue", "late")
        if getattr(totals, state).value
        for each in duties(visit.db, state, asked, size=DUTIES)
    ]
    return {
        "any": any(getattr(totals, name).value for name in FIGURES),
        "figures": [
            figure("duties.overdue", totals.overdue, of=organisation, red=True),
            figure("duties.soon", totals.soon, of=organisation),
            figure("duties.on_time", totals.on_time, of=organisation),
            figure("duties.late", totals.late, of=organisation, red=True),
        ],
        "columns": DUTY_COLUMNS,
        "rows": [duty_row(duty) for duty in found],
        "href": f"/duties?organisation={organisation}",
    }


def every(visit: Visit) -> Page:
    """All organisations, in the order in which they were registered."""
    count = audit_trail.type_count(visit.db, REGISTERED)
    pages = -(-count // PAGE_ROWS)
    at = min(visit.number("page"), max(1, pages))
    rows = audit_trail.of_type(visit.db, REGISTERED, start=(at - 1) * PAGE_ROWS, size=PAGE_ROWS)
    lead = f"登记了{count}家机构。每家的承诺、核查、密钥、捐赠和工程都在它自己的页面上。"
    values = {
        "title": "参加机构",
        "heading": "参加机构",
        "crumbs": [],
        "lead": lead if rows else "还没有登记机构。登记以后，这里列出每家机构和它的账目。",
        "columns": LIST_COLUMNS,
        "rows": [_listed(row) for row in rows],
        "pager": None if pages <= 1 else {
            "previous": f"/organisations?page={at - 1}" if at > 1 else None,
            "next": f"/organisations?page={at + 1}" if at < pages else None,
            "text": f"第{at}页，共{pages}页",
        },
    }  # fmt: skip
    return Page("organisations.html", values, section="organisations")


def _listed(row: EntryRow) -> list[Any]:
    reference = row.record.reference
    return [
        words.link(row.record),
        words.full_day(row.occurred_on),
        {"text": f"第{row.index:,}条", "href": f"/entries/{row.index}"},
        "已作废" if row.standing == "voided" else {"text": "看它的账目", "href": f"/audit?record={reference}"},
    ]


def _lead(found: OrganisationPage, as_of: date, *, suspended: bool) -> str:
    organisation = found.organisation
    said = f"{words.organisation_kind(organisation.kind)}，在本方案里的角色：{words.roles(organisation.roles)}。"
    if suspended:
        return f"{said}现在已暂停，不能再记账。"
    if organisation.undertook is None:
        return f"{said}还没有承诺遵守行为规范。"
    if organisation.screened and organisation.screened[1] == "listed":
        return f"{said}最近一次核查发现它在“{organisation.screened[0]}”上。"
    in_force = sum(key.state == "enrolled" and key.expires_on >= as_of for key in found.keys)
    return f"{said}启用过{len(found.keys)}把密钥，其中{in_force}把现在有效；签署了{found.signed.value:,}条账目。"


def _facts(organisation: Organisation) -> list[dict[str, Any]]:
    undertook, screened = organisation.undertook, organisation.screened
    promise = f"{words.full_day(undertook[1])}承诺遵守“{undertook[0]}”" if undertook else "还没有承诺"
    check = "还没有核查"
    if screened:
        check = f"{words.full_day(screened[2])}对照“{screened[0]}”：{words.screening(screened[1])}"
    return [
        {"label": "类别", "value": words.organisation_kind(organisation.kind)},
        {"label": "角色", "value": words.roles(organisation.roles)},
        {"label": "信用代码", "value": organisation.credit_code or "未登记"},
        {"label": "别名", "value": "、".join(organisation.aliases) or "没有"},
        {"label": "状态", "value": words.state("organisation", organisation.state), "entries": [organisation.index]},
        {"label": "行为规范", "value": promise, "entries": [undertook[2]] if undertook else []},
        {"label": "核查", "value": check, "entries": [screened[3]] if screened else []},
        *(
            {"label": "资格", "value": _qualified(*each[:3]), "entries": [each[3]]}
            for each in organisation.qualifications
        ),
    ]


def _qualified(code: str, start: date, end: date | None) -> str:
    until = f"至{words.full_day(end)}" if end else "，没有写到期日"
    return f"{words.choice(OrganisationQualified, 'qualification', code)}，{words.full_day(start)}起{until}"


def _key_row(key: Key, as_of: date) -> list[Any]:
    return [
        {"text": key.post, "href": words.href_of(key.key.reference)},
        key.keyid[-4:],
        words.capabilities(key.capabilities),
        words.full_day(key.expires_on),
        words.key_state(key.state, key.expires_on, as_of),
        cell("key.signed", key.signed, of=key.key.reference),
    ]
