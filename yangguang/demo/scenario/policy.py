"""The demonstration's rules as data: people thresholds, notice days, key limits and China's working days."""

from datetime import date, timedelta
from typing import Any

import chinese_calendar

from yangguang.demo.steps import yuan

ORIGIN = "ledger.example/sanpai-demo"
RULES_VERSION = "2022-1"
CALENDAR_YEARS = (2022, 2025)
ADMINS = (
    ("admin-1", ("govern", "register")),
    ("admin-2", ("govern", "plan")),
    ("admin-3", ("govern", "register", "plan")),
)
"""Three admins; any two of them together are the quorum."""


def policy() -> dict[str, Any]:
    """The wire form of ``ledger.domain.policy.Policy``, without the admins."""
    return {
        "quorum": 2,
        "people": {"child": 10, "youth16plus": 10, "family": 10, "teacher": 5, "adult": 5},
        "notice_days": 5,
        "limits": {"per_event_fen": yuan("500,000"), "per_day_fen": yuan("1,000,000"), "days": 1200},
        "rules_version": RULES_VERSION,
        "calendar": {"through": f"{CALENDAR_YEARS[1]}-12-31", "exceptions": calendar_exceptions()},
    }


def calendar_exceptions() -> list[str]:
    """Weekdays off work and weekend days worked, as the State Council announced them, in order."""
    start, end = date(CALENDAR_YEARS[0], 1, 1), date(CALENDAR_YEARS[1], 12, 31)
    days = (start + timedelta(n) for n in range((end - start).days + 1))
    return [day.isoformat() for day in days if chinese_calendar.is_workday(day) != (day.weekday() < 5)]
