"""Kind ``indicator``: baseline, target, actual, and who measured it how (duty S41)."""

from decimal import Decimal as Number
from typing import Annotated, Any

from ledger.domain.event import OPENS, Event, one_of
from ledger.domain.record import Record
from ledger.domain.values import (
    Count,
    Day,
    Decimal,
    Evidence,
    Label,
    Line,
    OrganisationRef,
    Slug,
    Words,
    choice,
    free,
    public,
    reference,
)

STATES = {
    "defined": Label("尚未测量", "not yet measured"),
    "met": Label("达标", "met"),
    "missed": Label("未达标", "not met"),
}


class IndicatorDefined(Event):
    TYPE = "indicator.defined"
    LABEL = Label("设定指标", "Indicator defined")
    SAYS = {"": Label("{org}设定指标“{title}”（{unit}）。", "{org} defined the indicator “{title}” ({unit}).")}
    SIGNED_BY = (one_of("plan", "supervise"),)
    AFTER = (OPENS,)
    BECOMES = "defined"
    CORRECTS = ("title", "title_en", "unit", "method", "better", "outcomes")
    about: Annotated[str, reference("project", "programme")] = public("关于", "About")
    plan: Slug | None = public("计划", "Plan", default=None)
    title: Line = public("名称", "Title")
    title_en: Line | None = public("英文名称", "English title", default=None)
    unit: Line = public("单位", "Unit")
    better: Annotated[str, choice(higher=("越高越好", "higher is better"), lower=("越低越好", "lower is better"))] = (
        public("方向", "Which way is better")
    )
    method: Line = public("测量方法", "Method")
    outcomes: list[Count] | None = public(
        "关系到第几项预期成效", "Which outcomes it bears on",
        help_zh="按方案列出的次序，从1数起", help_en="By their order in the programme, from 1", default=None,
    )  # fmt: skip


class IndicatorBaselineSet(Event):
    TYPE = "indicator.baseline_set"
    LABEL = Label("记录原来的值", "Baseline set")
    SAYS = {"": Label("“{record}”原来是{value}。", "The baseline of “{record}” is {value}.")}
    SIGNED_BY = (one_of("plan", "supervise"),)
    AFTER = ("defined",)
    CORRECTS = ("value", "as_of")
    value: Decimal = public("原来", "Baseline")
    as_of: Day = public("截至", "As of")


class IndicatorTargetSet(Event):
    TYPE = "indicator.target_set"
    LABEL = Label("设定目标", "Target set")
    SAYS = {
        "": Label("“{record}”的目标是{value}，{due_on}前达到。", "The target of “{record}” is {value} by {due_on}.")
    }
    SIGNED_BY = (one_of("plan", "supervise"),)
    AFTER = ("defined",)
    CORRECTS = ("value", "due_on")
    value: Decimal = public("目标", "Target")
    due_on: Day = public("达到日期", "Due on")


class IndicatorMeasured(Event):
    TYPE = "indicator.measured"
    LABEL = Label("测量效果", "Measured")
    SAYS = {
        "": Label(
            "{measured_by}测量“{record}”：原来{baseline}，目标{target}，实际{value}，{outcome}。",
            "{measured_by} measured “{record}”: baseline {baseline}, target {target}, actual {value}; {outcome}.",
        )
    }
    SIGNED_BY = (one_of("plan", "supervise"),)
    AFTER = ("defined",)
    CORRECTS = ("value", "measured_by", "why_missed")
    value: Decimal = public("实际", "Actual")
    measured_by: OrganisationRef = public("测量机构", "Measured by")
    why_missed: Line | None = public("未达标的原因", "Why it was missed", default=None)
    note: Words | None = free("说明", "Note")
    evidence: list[Evidence] | None = free("证明材料", "Evidence")

    def words(self, record: Record) -> dict[str, Any]:
        baseline, target = record.last(IndicatorBaselineSet), record.last(IndicatorTargetSet)
        return {
            "baseline": baseline.value if baseline else Label("未登记", "not recorded"),
            "target": target.value if target else Label("未登记", "not recorded"),
            "outcome": STATES[outcome_of(record)],
        }


def outcome_of(record: Record) -> str:
    """``met``, ``missed`` or ``defined`` (not yet measured, or no target to compare with)."""
    measured, target = record.last(IndicatorMeasured), record.last(IndicatorTargetSet)
    if measured is None or target is None:
        return "defined"
    difference = Number(measured.value) - Number(target.value)
    higher = record.first(IndicatorDefined).better == "higher"
    return "met" if (difference >= 0 if higher else difference <= 0) else "missed"
