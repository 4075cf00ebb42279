"""/renovations/{id}: one batch of works: scope, budget against cost, acceptance by another, defects and repair."""

from typing import Any

from projections import needs, threads
from projections.rows import Renovation
from public_site.pages.whom import BATCH_COLUMNS, batch_row
from public_site.presenters import words
from public_site.presenters.entries import beads, event
from public_site.presenters.figures import figure
from public_site.presenters.needs import needs_met
from public_site.presenters.things import PAYMENT_COLUMNS, follow_ups, payment_row, work_facts
from public_site.visit import Page, Visit


def page(visit: Visit) -> Page:
    """One batch of works."""
    found = threads.renovation_page(visit.db, visit.reference("renovation"))
    works = found.renovation
    values = {
        "title": works.renovation.zh,
        "heading": works.renovation.zh,
        "crumbs": [{"href": "/what", "text": "什么项目"}, {**words.link(works.project)}],
        "said": _said(works),
        "badge": words.badge("renovation", works.state),
        "beads": beads(found.chain),
        "facts": work_facts(works)
        + needs_met(needs.met_by(visit.db, works.renovation.reference))
        + _defects(works)
        + follow_ups(works),
        "figures": [figure("renovation.paid", works.paid, of=works.renovation.reference)],
        "batch_columns": BATCH_COLUMNS,
        "batches": [batch_row(works.batch)] if works.batch else [],
        "payment_columns": list(PAYMENT_COLUMNS),
        "payments": [payment_row(payment) for payment in found.payments],
        "events": [event(row) for row in found.chain],
        "names": works.batch is not None,
    }
    return Page("batch_record.html", values, section="what")


def _said(works: Renovation) -> str:
    if works.budget_fen is None:
        return f"{works.organisation.zh}勘查过，还没有批准。"
    budget = words.money(works.budget_fen)
    if works.cost_fen is None:
        return f"{works.organisation.zh}实施，预算{budget}，还没有完工。"
    over = works.cost_fen - works.budget_fen
    compared = f"比预算多{words.money(over)}" if over > 0 else f"没有超过预算{budget}"
    accepted = f"{works.accepted_by.zh}已验收" if works.accepted_by else "还没有验收"
    defects = f"发现过{len(works.defects)}处缺陷，修好{len(works.fixes)}处。" if works.defects else ""
    return f"{works.organisation.zh}实施，花费{words.money(works.cost_fen)}，{compared}；{accepted}。{defects}"


def _defects(works: Renovation) -> list[dict[str, Any]]:
    if not works.defects:
        return [{"label": "缺陷", "value": "没有发现" if works.accepted_by else "还没有验收"}]
    found = [{"label": "发现缺陷", "value": text, "entries": [index]} for text, index in works.defects]
    fixed = [{"label": "修好", "value": text, "entries": [index]} for text, index in works.fixes]
    open_count = len(works.defects) - len(works.fixes)
    return [*found, *fixed, *([{"label": "还没有修好", "value": f"{open_count}处"}] if open_count > 0 else [])]
