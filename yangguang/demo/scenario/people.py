"""People of the demonstration: nobody. A batch, and its sealed rows; a person keeps one vault key in a project.

batch("child", 18, "town", ("2022-07-01", "2022-07-31"))
attendance("company", 18, of=30, since=5)   # 18 of a group of 30, beginning with the sixth
"""

from typing import Any

from yangguang.demo.steps import place, seeded


def batch(group: str, count: int, where: str, period: tuple[str, str]) -> dict[str, Any]:
    """The ``people`` of an event."""
    start, end = period
    return {"group": group, "count": count, "place": place(where), "period": {"from": start, "to": end}}


def attendance(project: str, count: int, *, of: int, since: int = 0) -> tuple[dict[str, str], ...]:
    """Rows of those who came: the pattern of the name is meant to be seen as a test."""
    if count > of:
        raise RuntimeError(f"{count} of {of} in {project}")
    return tuple(person(project, (since + number) % of + 1) for number in range(count))


def person(project: str, number: int) -> dict[str, str]:
    """One row: who it is, always the same in one project."""
    vault_key = seeded(f"vault/{project}/{number}")(16).hex()
    return {"vault_key": vault_key, "name": f"测试用名-{project}-{number:04d}"}
