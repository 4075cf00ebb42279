"""/awards/{id}: one scholarship round: the standard, the public notice, the batch and its total; never a name."""

from projections import needs, threads
from projections.rows import Award
from public_site.pages.whom import BATCH_COLUMNS, batch_row
from public_site.presenters import words
from public_site.presenters.entries import beads, event
from public_site.presenters.figures import figure
from public_site.presenters.needs import needs_met
from public_site.presenters.things import PAYMENT_COLUMNS, award_facts, payment_row
from public_site.visit import Page, Visit


def page(visit: Visit) -> Page:
    """One round."""
    found = threads.award_page(visit.db, visit.reference("award"))
    award = found.award
    values = {
        "title": award.award.zh,
        "heading": award.award.zh,
        "crumbs": [{"href": "/whom", "text": "帮了谁"}, {**words.link(award.project)}],
        "said": _said(award),
        "badge": words.badge("award", award.state),
        "beads": beads(found.chain),
        "facts": award_facts(award) + needs_met(needs.met_by(visit.db, award.award.reference)),
        "figures": [figure("award.paid", award.paid, of=award.award.reference)],
        "batch_columns": BATCH_COLUMNS,
        "batches": [batch_row(award.batch)] if award.batch else [],
        "payment_columns": list(PAYMENT_COLUMNS),
        "payments": [payment_row(payment) for payment in found.payments],
        "events": [event(row) for row in found.chain],
        "names": True,
    }
    return Page("batch_record.html", values, section="whom")


def _said(award: Award) -> str:
    if award.batch is None or award.total_fen is None:
        return f"公布的标准是每人{words.money(award.amount_each_fen)}，还没有发放。"
    people = f"{words.group(award.batch.group)}{award.batch.count:,}人次"
    said = f"发放{people}，合计{words.money(award.total_fen)}（公布的标准：每人{words.money(award.amount_each_fen)}）。"
    left = award.total_fen - award.paid.value
    return said + (f"还有{words.money(left)}没有支付。" if left > 0 else "已全部支付。")
