"""The page of one delivery: what its opening says, and what was done in it, period by period."""

import sqlite3
from collections.abc import Iterator
from typing import Any

from ledger.domain.event import Event
from ledger.domain.record import Past
from ledger.domain.sentences import Speaker, format_value
from ledger.domain.values import Label, kind_of, label_of
from ledger.errors import NotFoundError
from projections.audit_trail import chain_rows
from projections.deliveries import deliveries, place_of, times_of
from projections.names import Names
from projections.records import Chain, existing_chain
from projections.rows import Act, DeliveryPage

SHOWN = ("mode", "services", "topics", "content", "coaching", "into", "reason", "authority")
"""The fields that tell one act of a type from another, in the order in which they are read."""
OPENING = ("model", "central", "mode", "planned_on", "posts", "hosts")


def delivery_page(db: sqlite3.Connection, reference: str) -> DeliveryPage:
    """One companionship, training or service. Raises NotFoundError."""
    chain, names = existing_chain(db, reference), Names(db)
    found = deliveries(db, record=reference)
    if not found:
        raise NotFoundError(f"{reference[:60]}已经作废。", f"{reference[:60]} was voided.")
    opening: Any = chain.record.history[0].event
    places = getattr(opening, "places", None) or [getattr(opening, "place", None)]
    return DeliveryPage(
        delivery=found[0],
        places=tuple(names(place) for place in places if place),
        team=names.maybe(getattr(opening, "team", None)),
        facts=tuple(_fields(opening, OPENING, names)),
        acts=tuple(_acts(chain, names)),
        chain=chain_rows(db, reference),
    )


def _acts(chain: Chain, names: Names) -> Iterator[Act]:
    numbers = {past.event_id: index for index, past in zip(chain.indices, chain.record.history, strict=True)}
    for past in chain.record.history:
        times = times_of(past.event)
        if times is not None and not past.standing:
            yield _act(past, times, names, numbers)


def _act(past: Past, times: int, names: Names, numbers: dict[str, int]) -> Act:
    event: Any = past.event
    people = event.get("people")
    starts_on, ends_on = (people.period.start, people.period.end) if people else (past.occurred_on, past.occurred_on)
    place = place_of(event)
    return Act(
        index=numbers[past.event_id],
        type=event.TYPE,
        label=event.LABEL,
        starts_on=starts_on,
        ends_on=ends_on,
        what=_joined(value for _, value in _fields(event, SHOWN, names)),
        times=times,
        hours=event.get("hours"),
        volunteers=event.get("volunteers"),
        value_fen=event.get("value_fen"),
        valuation=next((value for _, value in _fields(event, ("valuation",), names)), None),
        people=(people.group, people.count) if people else None,
        place=names.maybe(place),
        entries=(numbers[past.event_id], *(numbers[each] for each in past.corrections)),
    )


def _fields(event: Event, wanted: tuple[str, ...], names: Names) -> Iterator[tuple[Label, Label]]:
    """The wanted fields that the event has, with their labels, as the public reads them."""
    chinese, english = Speaker("zh", names.zh, ""), Speaker("en", names.en, "")
    for name in wanted:
        info, value = type(event).model_fields.get(name), event.get(name)
        if info is not None and value is not None:
            kind = kind_of(info)
            yield label_of(info), Label(format_value(value, kind, chinese), format_value(value, kind, english))


def _joined(parts: Iterator[Label]) -> Label:
    found = list(parts)
    return Label("，".join(part.zh for part in found), ", ".join(part.en for part in found))
