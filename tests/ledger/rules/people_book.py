"""A book with what is delivered to people: teams, companionship, trainings and services of ``worker``."""

from typing import Any

from tests.ledger.rules.book import Book, enrolled


class PeopleBook(Book):
    """``worker`` delivers, ``keeper`` keeps people data with another organisation, ``rival`` delivers elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.keys["keeper"] = enrolled("keeper", self.organisation("school"), "care")
        self.join("rival", "deliver")
        self.work = self.project()
        opening = self.record(self.work).history[0].event.data()
        self.programme: str = opening["programme"]
        self.town: str = opening["places"][0]

    def join(self, name: str, *capabilities: str) -> str:
        """Another organisation in good standing, with a key of the same name."""
        record = self.do("organisation.registered", name=name, organisation_kind="association", roles=["executor"])
        self.keys[name] = enrolled(name, record, *capabilities)
        self.do("organisation.undertook", record, by=name, rules_version="1")
        self.do("organisation.screened", record, against="名单", result="clear")
        return record

    def people(self, count: int, group: str = "child", *, month: str = "2026-01") -> dict[str, Any]:
        """A batch in the town, in one month."""
        last = {"2026-01": "31", "2026-02": "28"}.get(month, "30")
        period = {"from": f"{month}-01", "to": f"{month}-{last}"}
        return {"group": group, "count": count, "place": self.town, "period": period}

    def opened(self, kind: str, **more: Any) -> dict[str, Any]:
        """The fields with which ``worker`` opens a record of its own project."""
        data = {"project": self.work, "title": f"示例{kind}", "organisation": self.organisation("worker")}
        return {**data, **more}

    def team(self, team_kind: str = "volunteer", *, by: str = "worker", **changes: Any) -> str:
        """A team of twelve outside any project."""
        organisation = self.keys[by].organisation or self.organisation("worker")
        data = {"programme": self.programme, "title": "示例队", "organisation": organisation, "members": 12, **changes}
        return self.do("team.formed", by=by, team_kind=team_kind, **data)

    def companionship(self) -> str:
        """Opened, with nothing in it yet."""
        return self.do("companionship.opened", by="worker", **self.opened("陪伴", places=[self.town]))

    def report(self, record: str, people: dict[str, Any], **changes: Any) -> str:
        """A month of four sessions."""
        data = {
            "mode": "on_site",
            "services": ["company"],
            "sessions": 4,
            "hours": 12,
            "valuation": "unvalued",
            **changes,
        }
        return self.do(
            "companionship.reported", record, by="worker", rows=people["count"], volunteers=6, people=people, **data
        )

    def pair(self, record: str, count: int, *, by: str = "worker+keeper") -> str:
        """A batch of pairs."""
        return self.do("companionship.paired", record, by=by, rows=count, people=self.people(count))

    def end(self, record: str, count: int, *, by: str = "worker+keeper") -> str:
        """A batch of pairs that end."""
        people = self.people(count)
        return self.do("companionship.ended", record, by=by, rows=count, people=people, reason="finished")

    def training(self, **changes: Any) -> str:
        """A central training, planned."""
        more = {"central": True, "mode": "on_site", "planned_on": "2026-02-10", "place": self.town, **changes}
        return self.do("training.planned", by="worker", **self.opened("培训", **more))

    def hold(self, record: str, people: dict[str, Any], **changes: Any) -> str:
        """The planned training held, valued by the local wage."""
        data = {
            "hours": 6,
            "valuation": "wage",
            "value_fen": 60_000,
            "content": "示例内容",
            "mode": "on_site",
            **changes,
        }
        return self.do("training.held", record, by="worker", rows=people["count"], people=people, **data)
