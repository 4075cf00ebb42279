"""A small ledger with needs: two schools and a village, a project that may take needs up, a programme with a limit."""

from datetime import date
from typing import Any

from tests.ledger.rules.book import Book


class NeedyBook(Book):
    """``office`` plans, ``school`` accepts, ``worker`` delivers; at most two schools come first."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.keys["office"] = self.keys["giver"].__class__(
            **{name: getattr(self.keys["giver"], name) for name in self.keys["giver"].__slots__}
            | {"key_id": "e" * 64, "capabilities": frozenset({"plan"})}
        )
        self.answering = self.project()
        opening = self.record(self.answering).history[0].event.data()
        self.programme, self.town = opening["programme"], opening["places"][0]
        self.do(
            "programme.obligation_set",
            self.programme,
            code="priority_school",
            title="优先",
            per="whole",
            floor=1,
            most=2,
        )
        self.schools = [
            self.do("place.registered", code=f"s{number}", name=f"示例小学{number}", level="school", parent=self.town)
            for number in range(3)
        ]

    def need(self, **changes: Any) -> str:
        """A school's need of nine rooms, reported."""
        data = {"place": self.schools[0], "category": "facilities", "what": "教室照明不足", "count": 9, "unit": "room"}
        return self.do("need.reported", by="school", **{**data, **changes})

    def verified(self, **changes: Any) -> str:
        """A need that the office has verified."""
        need = self.need(**changes)
        self.do("need.verified", need, by="office", how="visit")
        return need

    def matched(self, project: str | None = None, **changes: Any) -> str:
        """A need that a project has taken up."""
        need = self.verified(**changes)
        self.do("need.matched", need, by="office", project=project or self.answering)
        return need

    def accepted_works(self, project: str | None = None, *, accepted: bool = True) -> str:
        """Works of ``worker``, finished and, unless told otherwise, accepted by ``school``."""
        works = self.works(project or self.answering)
        self.do("renovation.started", works, by="worker")
        items = [{"name": "灯", "count": 18, "unit": "盏"}]
        self.do("renovation.completed", works, by="worker", units=1, items=items, cost_fen=900)
        if accepted:
            self.do("renovation.accepted", works, by="school", result="passed", units=1)
        return works

    def families(self, number: int, **changes: Any) -> dict[str, Any]:
        """The fields of a need of so many families in the town."""
        end = self.day.replace(day=1)
        people = {"group": "family", "count": number, "place": self.town, "period": _period(end)}
        data = {"place": self.town, "category": "furniture", "what": "缺少书桌", "count": number, "people": people}
        return {**data, **changes}


def _period(end: date) -> dict[str, str]:
    return {"from": end.replace(month=1).isoformat(), "to": end.isoformat()}
