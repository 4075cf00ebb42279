"""Stream: staff keys. Every post of an organisation holds one key, with limits and an expiry; some change hands."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ledger.domain.key import GOVERNED, KeyEnrolled, KeyReplaced, KeyRestored, KeyRevoked, KeySuspended
from yangguang.demo.copies import named, original
from yangguang.demo.scenario.members import MEMBERS
from yangguang.demo.scenario.policy import ADMINS
from yangguang.demo.steps import PossessionOf, PublicKeyOf, Ref, Step, organisation, yuan

LAST_DAY = date(2025, 3, 31)
LIMITS = {
    "fund": (yuan("300,000"), yuan("800,000")),
    "deliver": (yuan("350,000"), yuan("400,000")),
}
DEFAULT_LIMITS = (yuan("50,000"), yuan("100,000"))


@dataclass(frozen=True, slots=True)
class Post:
    """One key of one organisation, in use from ``since`` until before ``until``. ``record`` is its key record."""

    key: str
    record: str
    organisation: str
    capability: str
    title: str
    since: date
    until: date
    expires_on: date = LAST_DAY


LOST_ON = date(2023, 2, 13)
REPLACED_ON = date(2023, 8, 28)
EXPIRED_ON = date(2023, 6, 30)
CHANGED = {"n6": LOST_ON, "n12": REPLACED_ON, "n10": date(2023, 7, 3)}
"""Organisations whose first key was lost, replaced or expired, and the day from which the second one signs."""

FURTHER = (
    ("n1", "publish", "信息公开"),
    ("n5", "care", "人员资料"),
    ("n22", "supervise", "监督"),
    ("n22", "publish", "案例审核"),
)
"""Organisations with a second post, which holds a key of its own."""


def posts() -> list[Post]:
    """Every staff key of the demonstration."""
    found = []
    for member in MEMBERS:
        since, until = member.joined + timedelta(days=1), CHANGED.get(member.code, LAST_DAY + timedelta(days=1))
        expires_on = EXPIRED_ON if member.code == "n10" else LAST_DAY
        first = Post(member.code, member.code, member.code, member.capability, member.post, since, until, expires_on)
        found.append(first)
        if member.code in CHANGED:
            record = member.code if member.code == "n12" else f"{member.code}-second"
            since, until = until, LAST_DAY + timedelta(days=1)
            key = f"{member.code}-second"
            found.append(Post(key, record, member.code, member.capability, member.post, since, until))
    return [*found, *(_further(*each) for each in FURTHER)]


def _further(code: str, capability: str, title: str) -> Post:
    name = f"{code}-{capability}"
    return Post(name, name, code, capability, title, date(2022, 4, 7), LAST_DAY + timedelta(days=1))


POSTS = posts()


def signing_keys(by: str, on: date) -> tuple[str, ...]:
    """The names of the keys that sign for ``organisation:capability`` on a day; ``admin:govern`` is the quorum."""
    if "+" in by:
        return tuple(key for part in by.split("+") for key in signing_keys(part, on))
    name, _, capability = by.partition(":")
    holder, copy = original(name)
    if by == "admin:govern":
        return ("admin-1", "admin-3")
    if holder == "admin":
        return (next(name for name, capabilities in ADMINS if capability in capabilities),)
    for post in POSTS:
        if post.organisation == holder and post.capability == capability and post.since <= on < post.until:
            return (named(post.key, copy),)
    raise RuntimeError(f"nobody may sign for {by} on {on}")


def steps() -> Iterator[Step]:
    """Enrolments, then one key lost, one replaced, one suspended and restored."""
    for post in POSTS:
        if post.key == post.record:
            yield _enrolled(post)
    data: dict[str, Any] = {"reason": "lost"}
    yield Step(KeyRevoked, Ref("key", "n6"), LOST_ON - timedelta(days=3), data, "admin:register", late=1)
    data = _new_key("n12-second", "n12")
    yield Step(KeyReplaced, Ref("key", "n12"), REPLACED_ON, data, "admin:register")
    yield Step(KeySuspended, Ref("key", "n18"), date(2023, 5, 15), {}, "admin:register")
    yield Step(KeyRestored, Ref("key", "n18"), date(2023, 5, 29), {}, "admin:register")


def _enrolled(post: Post) -> Step:
    per_event, per_day = LIMITS.get(post.capability, DEFAULT_LIMITS)
    data = {
        "organisation": organisation(post.organisation),
        "post": post.title,
        "capabilities": [post.capability],
        "limits": {"per_event_fen": per_event, "per_day_fen": per_day},
        "expires_on": post.expires_on.isoformat(),
        **_new_key(post.key, post.organisation),
    }
    by = "admin:govern" if post.capability in GOVERNED else "admin:register"
    return Step(KeyEnrolled, Ref("key", post.record), post.since, data, by)


def _new_key(key: str, holder: str) -> dict[str, Any]:
    return {"public_key": PublicKeyOf(key), "possession": PossessionOf(key, organisation(holder))}
