"""Is what a site shows fresh? The age of the newest entry, and of the quorum's cosignatures where there is a policy.

Staleness is no crime and no proof of one: it asks for a question, so it is yellow. A charity may have nothing to
record for weeks; a quorum of witnesses, who cosign again and again, shows that a quiet log is not an old view of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ledger.errors import LedgerError
from ledger.signing.quorum import Witnessing, witnessing_of
from ledger.tlog.policy import Policy, shown_name
from yangguang.monitor.signals import RED, YELLOW, Signal

AHEAD = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How old the newest entry, and the quorum's cosignatures, may be. ``policy`` says who must have cosigned."""

    entry_age: timedelta = timedelta(days=30)
    cosignature_age: timedelta = timedelta(hours=24)
    policy: Policy | None = None


def freshness(note: bytes, newest_at: datetime | None, now: datetime, limits: Thresholds) -> Iterator[Signal]:
    """What is stale, ahead of the clock, or not cosigned; red only where a witness's signature is broken."""
    if newest_at is not None:
        yield from _entries(newest_at, now, limits)
    if limits.policy is not None:
        yield from _cosigned(note, now, limits.policy, limits.cosignature_age)


def _entries(newest_at: datetime, now: datetime, limits: Thresholds) -> Iterator[Signal]:
    age = now - newest_at
    if age > limits.entry_age:
        yield Signal(
            YELLOW,
            "stale",
            f"最新一条账目是{age.days}天前记的，超过了{limits.entry_age.days}天。可能是没有新账，也可能给您看的是旧的一份。",
            f"The newest entry is {age.days} days old, over {limits.entry_age.days}: nothing was recorded since, or you"
            " are shown an old view.",
        )
    elif age < -AHEAD:
        yield Signal(
            YELLOW,
            "ahead-of-clock",
            "最新一条账目的时间在这台机器的时钟之后：两边有一个时钟不准。",
            "The newest entry lies ahead of this machine's clock: one of the two clocks is wrong.",
        )


def _cosigned(note: bytes, now: datetime, policy: Policy, most: timedelta) -> Iterator[Signal]:
    try:
        witnessing = witnessing_of(note, policy)
    except LedgerError as error:
        yield Signal(
            RED,
            "broken-cosignature",
            f"签章里有一行署名见证机构的联署与内容不符：{error.zh}",
            f"A cosignature in the checkpoint, by a witness of your policy, does not hold: {error.en}",
        )
        return
    if not witnessing.is_met:
        yield _unmet(witnessing)
    elif witnessing.since is not None:
        age = now - datetime.fromtimestamp(min(witnessing.since, 2**37), UTC)
        if age > most:
            hours = int(age.total_seconds() // 3600)
            yield Signal(
                YELLOW,
                "cosignatures-stale",
                f"见证机构最近一次凑齐联署是{hours}小时前，超过了{int(most.total_seconds() // 3600)}小时。",
                f"The newest quorum of cosignatures is {hours} hours old, over {int(most.total_seconds() // 3600)}.",
            )


def _unmet(witnessing: Witnessing) -> Signal:
    policy = witnessing.policy
    missing = "、".join(shown_name(witness.name) for witness in witnessing.missing)
    return Signal(
        YELLOW,
        "not-cosigned",
        f"签章还没有凑齐见证机构的联署（至少{policy.least}家）：缺{missing}。",
        f"The checkpoint is not cosigned by a quorum of at least {policy.least} witnesses: {missing} have not.",
    )
