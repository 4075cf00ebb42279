"""Stream: sealed values opened for a purpose by two signatures, consent withdrawn, values erased, texts withdrawn."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ledger.domain.award import AwardGranted
from ledger.domain.consent import ConsentWithdrawn
from ledger.domain.renovation import RenovationAccepted, RenovationCompleted, RenovationFollowedUp
from ledger.domain.sealed import KEYS_PADDED, SealedErased, SealedOpened, SealedWithdrawn
from ledger.errors import MissingCapabilityError
from yangguang.demo.scenario.awards import ROUNDS
from yangguang.demo.scenario.works_list import WORKS
from yangguang.demo.steps import EventOf, RecipientOf, Ref, SealedOf, Step, TextOf, day, seeded

BY = "n22:supervise+n5:care"
CHECKS = (("2023-03-20", "audit"), ("2024-03-18", "audit"), ("2024-06-12", "duplicates"), ("2025-02-17", "audit"))
"""Days on which the supervisors looked at all that was sealed until then, and what for."""


@dataclass(frozen=True, slots=True)
class Farewell:
    """Somebody who withdrew: the seed of the vault key, when, and the ground of the erasure a week later."""

    consent: str
    seed: str
    on: str
    asked_by: str
    ground: str = "consent"


FAREWELLS = (
    Farewell("renovation-h1-2022-09-13", "vault/home/h1-0003", "2023-10-09", "own"),
    Farewell("renovation-h1-2022-09-13", "vault/home/h1-0007", "2024-04-15", "own", "request"),
    Farewell("award-a5-2024-10-24", "vault/award/39", "2025-01-06", "guardian"),
    Farewell("award-a5-2024-10-24", "vault/award/40", "2025-02-10", "guardian", "request"),
)
WITHDRAWN = (
    (Ref("renovation", "h1"), RenovationFollowedUp, "2023-11-06", "identifies"),
    (Ref("renovation", "h4"), RenovationAccepted, "2024-12-16", "request"),
)
"""Notes that said more than they should, and the day they were taken down."""


def steps() -> Iterator[Step]:
    """Openings at each handing-over and at each audit, then withdrawals, erasures, and an attempt by one alone."""
    handed = list(_handed_over())
    for record, event, on in handed:
        yield _opened(record, event, on, "service")
    for on, purpose in CHECKS:
        for record, event, before in handed:
            if before < on and (purpose, record.kind) != ("duplicates", "renovation"):
                yield _opened(record, event, on, purpose)
    for item in FAREWELLS:
        yield from _farewell(item)
    for record, event, on, ground in WITHDRAWN:
        data = {"about": record, "event": EventOf(record, event), "digest": TextOf(record, event), "ground": ground}
        yield Step(SealedWithdrawn, Ref("sealed", f"text-{record.name}"), day(on), data, "n5:care")
    yield _alone(*handed[0])


def _handed_over() -> Iterator[tuple[Ref, type[Any], str]]:
    for item in ROUNDS:
        yield Ref("award", item.code), AwardGranted, (day(item.granted_on) + timedelta(days=5)).isoformat()
    for works in WORKS:
        if works.where and works.completed and works.category == "home":
            on = (day(works.completed) + timedelta(days=8)).isoformat()
            yield Ref("renovation", works.code), RenovationCompleted, on


def _opened(record: Ref, event: type[Any], on: str, purpose: str) -> Step:
    name = f"{record.name}-{on}"
    data = {
        "about": record,
        "event": EventOf(record, event),
        "digests": SealedOf(record, event),
        "purpose": purpose,
        "recipient": RecipientOf(name),
    }
    return Step(SealedOpened, Ref("sealed", name), day(on), data, BY)


def _alone(record: Ref, event: type[Any], on: str) -> Step:
    opened = _opened(record, event, on, "audit")
    return Step(SealedOpened, Ref("sealed", "alone"), day(on), opened.data, "n5:care", refused=MissingCapabilityError)


def _farewell(item: Farewell) -> Iterator[Step]:
    key = seeded(item.seed)(16).hex()
    row = {"vault_key": key, "asked_by": item.asked_by}
    yield Step(ConsentWithdrawn, Ref("consent", item.consent), day(item.on), {}, "n5:care", rows=(row,))
    padding = seeded(f"padding/{item.seed}")
    keys = sorted([key, *(padding(16).hex() for _ in range(KEYS_PADDED - 1))])
    on = day(item.on) + timedelta(days=7)
    data = {"vault_keys": keys, "ground": item.ground}
    yield Step(SealedErased, Ref("sealed", f"erased-{key[:8]}"), on, data, BY)
