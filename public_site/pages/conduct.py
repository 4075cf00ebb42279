"""/conduct: the rules in force, who undertook them, who was screened, reports as counts, findings once concluded."""

from typing import Any

from ledger.domain.misconduct import CATEGORIES
from projections import conduct
from projections.rows.recognition import Adopted, ConductRules, ConductTotals, Standing
from public_site.presenters import words
from public_site.presenters.figures import cell, entry_cell, figure
from public_site.presenters.pagers import slice_of
from public_site.presenters.recognition import finding_event, red
from public_site.visit import PAGE_ROWS, Page, Visit

CATEGORY_COLUMNS = [{"text": "行为规范禁止的行为"}, {"text": "收到举报（件）", "numeric": True}]
STANDING_COLUMNS = [{"text": "机构"}, {"text": "承诺"}, {"text": "名单核查"}, {"text": "现在能否签署"}]
RULE_COLUMNS = [{"text": "制度"}, {"text": "谁订立"}, {"text": "日期"}]


def page(visit: Visit) -> Page:
    """The page of conduct."""
    totals, rules = conduct.totals(visit.db), conduct.rules(visit.db)
    shown = slice_of(visit, "/conduct", conduct.standing_count(visit.db))
    standings = conduct.standings(visit.db, start=shown.offset, size=PAGE_ROWS)
    values = {
        "title": "行为规范",
        "heading": "行为规范",
        "crumbs": [],
        "lead": _lead(rules, totals, conduct.signing_count(visit.db)),
        "standing_figures": [
            figure("conduct.undertook", totals.undertook),
            figure("conduct.waiting", totals.waiting, red=True),
            figure("conduct.screened", totals.screened),
            figure("conduct.listed", totals.listed, red=True),
            figure("conduct.suspended", totals.suspended, red=True),
        ],
        "rules_index": rules.index if rules else 0,
        "report_figures": [
            figure("conduct.reports", totals.reports),
            figure("conduct.reported", totals.reported),
            figure("conduct.forwarded", totals.forwarded),
            figure("conduct.founded", totals.founded, red=True),
            figure("conduct.unfounded", totals.unfounded),
        ],
        "category_columns": CATEGORY_COLUMNS,
        "categories": [_category(visit, code) for code in CATEGORIES],
        "findings": [finding_event(item) for item in conduct.findings(visit.db, size=PAGE_ROWS)],
        "standing_columns": STANDING_COLUMNS,
        "standings": [_standing(row, rules) for row in standings],
        "pager": shown.pager,
        "rule_columns": RULE_COLUMNS,
        "adopted": [_rule(item) for item in conduct.adopted(visit.db, size=PAGE_ROWS)],
        "adopted_count": conduct.adopted_count(visit.db),
    }
    return Page("conduct.html", values, section="conduct")


def _lead(rules: ConductRules | None, totals: ConductTotals, signing: int) -> str:
    if rules is None:
        return "还没有行为规范。"
    said = f"现行的行为规范是“{rules.version}”版。"
    if signing:
        undertaken = signing - totals.waiting.value
        said += f"启用过密钥的{signing}家机构中，{undertaken}家已承诺遵守；没有承诺或没有通过核查的，账本不收它的签署。"
    else:
        said += "还没有机构启用密钥，所以还没有承诺。"
    if not totals.reports.value:
        return f"{said}还没有收到举报。"
    return f"{said}收到举报{totals.reports.value}件，其中{totals.founded.value}件查实。"


def _category(visit: Visit, code: str) -> list[Any]:
    count = conduct.category_count(visit.db, code)
    return [CATEGORIES[code][0], cell("conduct.category", count, of=code)]


def _standing(row: Standing, rules: ConductRules | None) -> list[Any]:
    undertook: Any = "还没有承诺" if row.signs else "没有密钥，不签署"
    if row.undertook:
        version, on, index = row.undertook
        late = "" if rules and version == rules.version else f"，旧版“{version}”"
        undertook = {"text": f"{words.full_day(on)}{late}", "entries": [index]}
    screened: Any = "还没有核查"
    if row.screened:
        against, result, on, index = row.screened
        said = f"{words.full_day(on)}，{words.screening(result)}"
        screened = {"text": said if result == "clear" else red(f"{said}（{against}）"), "entries": [index]}
    return [words.link(row.organisation), undertook, screened, _may_sign(row, rules)]


def _may_sign(row: Standing, rules: ConductRules | None) -> Any:
    if row.suspended_index is not None:
        return {"text": red("不能：已暂停"), "entries": [row.suspended_index]}
    if not row.signs:
        return "没有密钥"
    good = row.undertook and rules and row.undertook[0] == rules.version
    clear = row.screened and row.screened[1] == "clear"
    return "能" if good and clear else red("不能：承诺或核查不全")


def _rule(item: Adopted) -> list[Any]:
    return [entry_cell(item.title, item.index), words.link(item.by), words.full_day(item.on)]
