"""/effect: every indicator with baseline, target and actual; the missed ones first and no smaller."""

from typing import Any

from projections import effect, what
from projections.rows import EffectTotals, Indicator, Programme
from public_site.drawings.measures import measures
from public_site.pages.obligations import duty_chart
from public_site.presenters import words
from public_site.presenters.effect_tables import EFFECT_COLUMNS, effect_row
from public_site.presenters.figures import figure
from public_site.presenters.pagers import slice_of
from public_site.presenters.things import indicator_row
from public_site.visit import Page, Visit

ROWS = 30
"""Indicators on one page: each stands in the chart, in its table, in its group and under the outcomes it bears on."""


def page(visit: Visit) -> Page:
    """The fifth question."""
    totals = effect.totals(visit.db)
    shown = slice_of(visit, visit.place, totals.all.value, ROWS)
    indicators = effect.indicators(visit.db, start=shown.offset, size=ROWS)
    programmes = what.programmes(visit.db)
    groups = [
        ("missed", "未达标"),
        ("defined", "尚未测量"),
        ("met", "达标"),
    ]
    values = {
        "title": "效果怎么样",
        "heading": "效果怎么样",
        "crumbs": [],
        "lead": _lead(totals, indicators),
        "figures": [
            figure("effect.all", totals.all),
            figure("effect.missed", totals.missed, red=True),
            figure("effect.unmeasured", totals.unmeasured),
            figure("effect.met", totals.met),
        ],
        "chart": measures(indicators),
        "chart_columns": EFFECT_COLUMNS,
        "chart_rows": [effect_row(item) for item in indicators],
        "groups": [
            {"title": title, "rows": [indicator_row(item) for item in indicators if item.outcome == outcome]}
            for outcome, title in groups
        ],
        "missed": [_missed(item) for item in indicators if item.outcome == "missed"],
        "outcomes": [each for programme in programmes for each in _outcomes(programme, indicators)],
        "duties": duty_chart(visit),
        "pager": shown.pager,
    }
    return Page("effect.html", values, section="effect")


def _lead(totals: EffectTotals, indicators: tuple[Indicator, ...]) -> str:
    if not totals.all.value:
        return "还没有设定效果指标。设定以后，这里列出每项指标原来、目标和实际的值，没有达到的排在前面。"
    missed = [item for item in indicators if item.outcome == "missed"]
    said = (
        f"{totals.all.value}项指标中，{totals.met.value}项达标，{totals.missed.value}项未达标，"
        f"{totals.unmeasured.value}项尚未测量。"
    )
    if missed and len(missed) == totals.missed.value:
        said += f"没有达到的是：{words.names(tuple(item.indicator for item in missed))}。"
    return said


def _outcomes(programme: Programme, indicators: tuple[Indicator, ...]) -> list[dict[str, Any]]:
    """The programme's outcomes, each with the indicators that say they bear on it: many to many (S41)."""
    about = {programme.programme.reference}
    return [
        {
            "text": text,
            "indicators": [
                {**words.link(item.indicator), "badge": words.badge("indicator", item.outcome)}
                for item in indicators
                if number in item.outcomes and (item.about.reference in about or item.plan in _codes(programme))
            ],
        }
        for number, text in enumerate(programme.outcomes, start=1)
    ]


def _codes(programme: Programme) -> set[str]:
    return {plan.code for plan in programme.plans}


def _missed(item: Indicator) -> dict[str, Any]:
    return {
        "name": item.indicator.zh,
        "href": words.href_of(item.indicator.reference),
        "why": item.why_missed or "没有说明原因",
        "entries": [item.actual.index] if item.actual else [],
    }
