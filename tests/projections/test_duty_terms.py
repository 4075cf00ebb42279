"""By when: months, leap years, 31 May, days, working days, and which rule decides on the day of a change."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from ledger.domain.policy import Calendar
from projections.duties.rules import BY_NAME, ORDER, ORDER_81, RULES, in_force, next_in_force
from projections.duties.terms import Days, Months, WorkingDays, YearlyOn, months_after

CALENDAR = Calendar.model_validate({"through": "2023-12-31", "exceptions": ["2023-05-01", "2023-05-06"]})
"""1 May 2023 (a Monday) is a holiday, 6 May (a Saturday) is worked instead."""


@pytest.mark.parametrize(
    ("start", "count", "due_on"),
    [
        ("2023-01-31", 1, "2023-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2023-11-30", 3, "2024-02-29"),
        ("2022-11-30", 3, "2023-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2023-10-31", 1, "2023-11-30"),
        ("2024-12-31", 3, "2025-03-31"),
        ("2024-10-15", 3, "2025-01-15"),
        ("2024-12-19", 3, "2025-03-19"),
    ],
)
def test_months_end_on_the_same_day_or_on_the_last_day_of_a_shorter_month(start: str, count: int, due_on: str) -> None:
    assert months_after(date.fromisoformat(start), count) == date.fromisoformat(due_on)


def test_a_short_month_shifts_no_later_due_date() -> None:
    started = date(2023, 8, 31)
    dues = [Months(3).due(started, times, None) for times in (1, 2, 3, 4)]
    assert dues == [date(2023, 11, 30), date(2024, 2, 29), date(2024, 5, 31), date(2024, 8, 31)]


def test_a_report_of_a_year_is_due_on_31_may_of_the_next_in_leap_years_too() -> None:
    for year in (2022, 2023, 2024):
        assert YearlyOn(5, 31).due(date(year, 12, 31), 1, None) == date(year + 1, 5, 31)


def test_thirty_days_run_over_the_end_of_february() -> None:
    assert Days(30).due(date(2024, 2, 1), 1, None) == date(2024, 3, 2)
    assert Days(30).due(date(2023, 2, 1), 1, None) == date(2023, 3, 3)


def test_working_days_leave_out_weekends_and_holidays_and_count_weekend_days_worked_instead() -> None:
    friday = date(2023, 4, 28)
    assert WorkingDays(1).due(friday, 1, CALENDAR) == date(2023, 5, 2), "over the weekend and 1 May"
    assert WorkingDays(5).due(friday, 1, CALENDAR) == date(2023, 5, 6), "the Saturday counts"
    assert WorkingDays(5).due(friday, 1, None) == date(2023, 5, 5), "without a calendar Monday to Friday"


def test_beyond_the_calendar_monday_to_friday_are_counted() -> None:
    assert WorkingDays(3).due(date(2023, 12, 29), 1, CALENDAR) == date(2024, 1, 3)


def test_rules_of_one_duty_follow_each_other_without_gap_or_overlap() -> None:
    versions: dict[tuple[str, str], list[tuple[date, date | None]]] = {}
    for rule in RULES:
        versions.setdefault((rule.code, rule.addressee), []).append((rule.valid_from, rule.valid_to))
    for spans in versions.values():
        assert spans == sorted(spans)
        assert spans[-1][1] is None
        for (_, ends), (begins, _) in pairwise(spans):
            assert ends is not None
            assert begins == ends + timedelta(1)
    assert len(BY_NAME) == len(RULES), "each rule has a name of its own"


def test_the_rule_in_force_changes_on_the_very_day() -> None:
    last, first = date(2024, 9, 4), date(2024, 9, 5)
    before, after = (
        in_force("receipt", last, frozenset({"charity"})),
        in_force("receipt", first, frozenset({"charity"})),
    )
    assert before is not None
    assert after is not None
    assert before.source.zh == "《慈善法》（2016年）第38条"
    assert after.source.zh == "《慈善法》（2023年修正）第38条"
    assert (before.valid_to, after.valid_from) == (last, first)


def test_the_law_addresses_the_qualified_and_the_programmes_target_everybody_else() -> None:
    day = date(2023, 6, 1)
    qualified = in_force("project_progress", day, frozenset({"charity", "fundraising"}))
    others = in_force("project_progress", day, frozenset({"charity"}))
    assert qualified is not None
    assert others is not None
    assert (qualified.standing, others.standing) == ("law", "target")
    assert qualified.term == others.term


def test_nothing_is_due_by_a_rule_before_it_came_into_force() -> None:
    assert in_force("annual_review", date(2022, 3, 31), frozenset()) is None
    assert next_in_force("annual_review", date(2022, 3, 31)) == date(2022, 4, 1)
    assert in_force("receipt", date(2016, 8, 31), frozenset({"charity"})) is None
    assert next_in_force("receipt", ORDER_81) is None


def test_order_81_stands_behind_targets_only_and_from_its_first_day() -> None:
    named = [rule for rule in RULES if ORDER.zh in rule.source.zh]
    assert named
    assert all(rule.standing in ("target", "dated") and rule.valid_from == ORDER_81 for rule in named)
    assert "“" not in "".join(rule.source.zh for rule in RULES), "sources are named, not quoted"
