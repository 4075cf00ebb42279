"""Stream: indicators with baseline, target and what was measured, the missed ones with their reason."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from ledger.domain.indicator import IndicatorBaselineSet, IndicatorDefined, IndicatorMeasured, IndicatorTargetSet
from yangguang.demo.scenario.indicator_list import INDICATORS, OUTCOMES, Indicator
from yangguang.demo.scenario.programme import SANPAI
from yangguang.demo.scenario.project_list import PROJECTS
from yangguang.demo.steps import Ref, Step, day, organisation, project, working_day

EARLIEST = date(2022, 6, 24)
BY = "n1:plan"
MEASURED_BY = "n22"
OPENED = {item.code: day(item.opened) for item in PROJECTS}


def steps() -> Iterator[Step]:
    """Each indicator in turn."""
    for item in INDICATORS:
        record = Ref("indicator", item.code)
        defined_on = _defined_on(item)
        yield Step(IndicatorDefined, record, defined_on, _definition(item), BY)
        baseline = {"value": item.baseline[0], "as_of": item.baseline[1]}
        yield Step(IndicatorBaselineSet, record, working_day(defined_on, after=1), baseline, BY, late=2)
        target = {"value": item.target[0], "due_on": item.target[1]}
        yield Step(IndicatorTargetSet, record, working_day(defined_on, after=3), target, BY, late=1)
        for position, (on, value, why) in enumerate(item.measured):
            yield _measured(record, on, value, why, position)


def _defined_on(item: Indicator) -> date:
    known = max(day(item.baseline[1]), OPENED.get(item.about, EARLIEST), EARLIEST)
    return working_day(known, after=2)


def _definition(item: Indicator) -> dict[str, Any]:
    about = SANPAI if item.about == SANPAI.name else project(item.about)
    return {
        "about": about,
        "plan": item.plan,
        "title": item.title,
        "title_en": item.title_en,
        "unit": item.unit,
        "better": item.better,
        "method": item.method,
        "outcomes": list(OUTCOMES[item.code]),
    }


def _measured(record: Ref, on: str, value: str, why: str, position: int) -> Step:
    data = {"value": value, "measured_by": organisation(MEASURED_BY)}
    if why:
        data["why_missed"] = why
    return Step(IndicatorMeasured, record, day(on), data, f"{MEASURED_BY}:plan", late=3 + 2 * position)
