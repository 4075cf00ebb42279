"""The ledger's policy: complete, no default lives in code; the one in force at an entry's index decides."""

from datetime import date, timedelta
from typing import Annotated, Self

from pydantic import Field, model_validator

from ledger.domain.event import CAPABILITIES
from ledger.domain.values import Base64Text, Count, Day, Fen, Line, Part, PublicKey, public, refuse


class Admin(Part):
    """One admin key. Admins stand in the policy alone and act for no organisation."""

    public_key: PublicKey = public("公钥", "Public key")
    capabilities: list[Line] = public("权限", "Capabilities")
    possession: Base64Text = public("持有证明", "Proof of possession")

    @model_validator(mode="after")
    def _known(self) -> Self:
        unknown = set(self.capabilities) - CAPABILITIES.keys()
        if unknown or len(set(self.capabilities)) != len(self.capabilities):
            raise refuse("权限名称不对或重复。", "A capability is unknown or repeated.")
        return self


class Thresholds(Part):
    """The fewest people a published batch may have, by group."""

    child: Count = public("儿童", "Children")
    youth16plus: Count = public("16岁以上青年", "Youth 16+")
    family: Count = public("家庭", "Families")
    teacher: Count = public("教师", "Teachers")
    adult: Count = public("成人", "Adults")


class KeyCeiling(Part):
    """The most that any staff key may be allowed, and for how long it may be enrolled."""

    per_event_fen: Fen = public("单笔上限", "Most per event")
    per_day_fen: Fen = public("单日上限", "Most per day")
    days: Annotated[int, Field(ge=1, le=3660)] = public("最长有效天数", "Most days in force")


class Calendar(Part):
    """China's working days: weekdays are, weekends are not, but for ``exceptions``; known ``through`` a day."""

    through: Day = public("已知至", "Known through")
    exceptions: list[Day] = public("调休与放假", "Exceptions")

    def is_working_day(self, day: date) -> bool:
        """Whether ``day`` is worked; RuntimeError beyond ``through`` (rules refuse before asking)."""
        if day > self.through:
            raise RuntimeError(f"the calendar ends at {self.through}")
        return (day.weekday() < 5) != (day in self.exceptions)

    def working_days(self, start: date, end: date) -> int:
        """The number of working days from ``start`` to ``end``, both included."""
        days = (start + timedelta(n) for n in range((end - start).days + 1))
        return sum(1 for day in days if self.is_working_day(day))


class Policy(Part):
    """Admins and their quorum, people thresholds, notice days, limits, rules version, calendar."""

    admins: list[Admin] = public("管理员", "Admins")
    quorum: Annotated[int, Field(ge=1, le=16)] = public("法定人数", "Quorum")
    people: Thresholds = public("人数下限", "Fewest people")
    notice_days: Annotated[int, Field(ge=0, le=60)] = public("公示工作日", "Notice days")
    limits: KeyCeiling = public("密钥上限", "Key limits")
    rules_version: Line = public("行为规范版本", "Version of the conduct rules")
    calendar: Calendar = public("工作日历", "Calendar")

    @model_validator(mode="after")
    def _quorum_can_be_met(self) -> Self:
        if len({admin.public_key for admin in self.admins}) != len(self.admins):
            raise refuse("同一把管理员公钥出现了两次。", "An admin key occurs twice.")
        if sum("govern" in admin.capabilities for admin in self.admins) < self.quorum:
            raise refuse("有治理权限的管理员少于法定人数。", "Fewer admins can govern than the quorum asks for.")
        return self

    def threshold(self, group: str) -> int:
        """k for a group of people."""
        return int(getattr(self.people, group))
