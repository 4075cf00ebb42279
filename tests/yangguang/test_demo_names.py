import re
from collections import Counter
from datetime import date

import pytest
from stdnum.cn import uscc

from ledger.domain.policy import Calendar
from yangguang.demo.credit_codes import demo_code, is_demo_code
from yangguang.demo.plan import BODIES
from yangguang.demo.scenario.members import MEMBERS
from yangguang.demo.scenario.places import SCHOOLS, VILLAGES
from yangguang.demo.scenario.policy import calendar_exceptions
from yangguang.demo.scenario.project_list import PROJECTS
from yangguang.demo.scenario.story import story


@pytest.mark.parametrize("number", range(1, 200))
def test_a_demo_credit_code_passes_the_outer_check_and_fails_the_inner_one(number: int) -> None:
    code = demo_code("51", number)
    assert uscc.is_valid(code)
    assert is_demo_code(code)


def test_a_real_credit_code_is_no_demo_code() -> None:
    assert not is_demo_code("91110000600037341L")


def test_every_acting_organisation_is_clearly_fictional() -> None:
    assert all(member.name.startswith("示例") for member in MEMBERS)
    assert len([member for member in MEMBERS if re.fullmatch(r"n\d+", member.code)]) == 24


def test_the_bodies_named_in_the_plan_do_nothing_in_the_demonstration() -> None:
    bodies = {body.code for body in BODIES}
    assert {step.by.partition(":")[0] for step in story()} & bodies == set()


def test_only_the_confirmed_villages_stand_by_name() -> None:
    named = [name for _, name, _ in VILLAGES if not name.startswith("示例")]
    assert named == ["三排村", "油岭村", "南岗"]
    assert all(name.startswith("示例") for _, name, _, _ in SCHOOLS)


def test_one_or_two_schools_are_marked_as_priority() -> None:
    assert sum(priority for *_, priority in SCHOOLS) in (1, 2)


def test_projects_use_all_three_modes_and_all_four_plans() -> None:
    assert Counter(item.mode for item in PROJECTS) == {"listed": 22, "proposed": 9, "offered": 7}
    assert {item.plan for item in PROJECTS} == {"tongmeng", "tongban", "zhiban", "shengji"}


def test_the_calendar_knows_chinas_swapped_days() -> None:
    calendar = Calendar.model_validate({"through": "2025-12-31", "exceptions": calendar_exceptions()})
    assert calendar.is_working_day(date(2022, 10, 8))
    assert not calendar.is_working_day(date(2022, 10, 7))
    assert calendar.is_working_day(date(2024, 5, 11))
    assert not calendar.is_working_day(date(2025, 1, 29))
    assert calendar.is_working_day(date(2023, 3, 8))
    assert not calendar.is_working_day(date(2023, 3, 11))
