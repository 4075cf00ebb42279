from datetime import date
from itertools import pairwise

from ledger.domain.programme import ProgrammeOpened
from yangguang.demo import plan
from yangguang.demo.scenario.programme import opening


def months(start: date, end: date) -> int:
    return (end.year - start.year) * 12 + end.month - start.month + 1


def test_the_programme_runs_33_calendar_months() -> None:
    assert months(plan.STARTS_ON, plan.ENDS_ON) == 33


def test_the_three_phases_cover_the_programme_and_june_2022_belongs_to_two() -> None:
    preparation, implementation, summary = plan.PHASES
    assert [months(phase.starts_on, phase.ends_on) for phase in plan.PHASES] == [3, 30, 1]
    assert preparation.starts_on == plan.STARTS_ON
    assert summary.ends_on == plan.ENDS_ON
    assert implementation.starts_on == date(2022, 6, 1)
    assert [later.starts_on <= earlier.ends_on for earlier, later in pairwise(plan.PHASES)] == [True, False]


def test_there_are_four_plans_with_stable_codes() -> None:
    assert [(item.code, item.title) for item in plan.PLANS] == [
        ("tongmeng", "童梦计划"),
        ("tongban", "童伴计划"),
        ("zhiban", "职伴计划"),
        ("shengji", "升级计划"),
    ]


def test_the_annex_name_of_the_job_plan_is_an_alias() -> None:
    assert {item.code: item.aliases for item in plan.PLANS if item.aliases} == {"zhiban": ("职梦计划",)}


def test_only_the_upgrade_plan_is_marked_unspecified() -> None:
    assert [item.code for item in plan.PLANS if item.unspecified] == ["shengji"]


def test_the_counts_of_the_plan() -> None:
    assert len(plan.SERVICE_TYPES) == 6
    assert len(plan.MODES) == 3
    assert len(plan.OUTCOMES) == 3
    assert len(plan.QUESTIONS) == 5
    assert plan.YOUTH_FROM_AGE == 16


def test_obligations_are_those_of_the_plan() -> None:
    found = {item.code: (item.per, item.floor, item.most) for item in plan.OBLIGATIONS}
    assert found == {
        "training": ("year", 2, None),
        "furniture": ("year", 1, None),
        "volunteer_team": ("whole", 1, 1),
        "priority_school": ("whole", 1, 2),
    }


def test_the_cover_line_is_the_title_and_the_other_slogans_are_aliases() -> None:
    assert plan.TITLE == "聚力助学 童向未来"
    assert plan.TITLE_ALIASES == ("聚力助学，童向未来", "聚力助学兴教，筑梦儿童未来")


def test_the_town_has_its_public_code() -> None:
    assert (plan.TOWN.code, plan.TOWN.name, plan.COUNTY.name) == ("441826105", "三排镇", "连南瑶族自治县")


def test_the_opening_event_is_made_of_these_facts() -> None:
    town, body = "place/018f0000-0000-7000-8000-000000000000", "organisation/018f0000-0000-7000-8000-000000000000"
    data = opening()
    data["area"] = [town]
    data["participants"] = [{**item, "organisation": body} for item in data["participants"]]
    event = ProgrammeOpened.parse(data)
    assert [item.code for item in event.plans] == [item.code for item in plan.PLANS]
    assert [item.unspecified for item in event.plans] == [None, None, None, True]
    assert event.title == plan.TITLE
