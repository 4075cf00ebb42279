"""How long there is: from a day on which something happened to the day by which it must be public.

Months count to the same day of a later month, or to that month's last day where it has no such day (31 January and
one month: 28 February, 29 in a leap year). A last day that is a holiday is not put off: the stricter reading.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.domain.policy import Calendar
from ledger.domain.values import Label


@dataclass(frozen=True, slots=True)
class Months:
    """So many months; ``times`` counts them from the same first day, so that a short month shifts no later one."""

    count: int

    def due(self, start: date, times: int, calendar: Calendar | None) -> date:
        """The last day of the ``times``-th span that begins at ``start``."""
        return months_after(start, self.count * times)

    @property
    def words(self) -> Label:
        """``3个月内``."""
        return Label(f"{self.count}个月内", f"within {self.count} months")


@dataclass(frozen=True, slots=True)
class Days:
    """So many days, weekends and holidays counted."""

    count: int

    def due(self, start: date, times: int, calendar: Calendar | None) -> date:
        """The last day; the first day itself is not counted."""
        return start + timedelta(self.count * times)

    @property
    def words(self) -> Label:
        """``30天内``."""
        return Label(f"{self.count}天内", f"within {self.count} days")


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """So many of China's working days."""

    count: int

    def due(self, start: date, times: int, calendar: Calendar | None) -> date:
        """The last day. Beyond the calendar's end, which no one has announced, Monday to Friday are worked."""
        day, left = start, self.count * times
        while left:
            day += timedelta(1)
            known = calendar is not None and day <= calendar.through
            left -= calendar.is_working_day(day) if calendar is not None and known else day.weekday() < 5
        return day

    @property
    def words(self) -> Label:
        """``10个工作日内``."""
        return Label(f"{self.count}个工作日内", f"within {self.count} working days")


@dataclass(frozen=True, slots=True)
class YearlyOn:
    """By a fixed day of the next year."""

    month: int
    day: int

    def due(self, start: date, times: int, calendar: Calendar | None) -> date:
        """That day of the year after ``start``'s."""
        return date(start.year + times, self.month, self.day)

    @property
    def words(self) -> Label:
        """``次年5月31日前``."""
        return Label(f"次年{self.month}月{self.day}日前", f"by {self.day}/{self.month} of the next year")


Term = Months | Days | WorkingDays | YearlyOn


def months_after(start: date, count: int) -> date:
    """The same day ``count`` months later, or that month's last day."""
    years, month = divmod(start.month - 1 + count, 12)
    year = start.year + years
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))
