"""Corrections and voids: they stand in the record itself, the old value still readable.

    donation.corrected  {"event": "9f3c…", "changes": {"amount_fen": {"from": 680, "to": 860}}, "reason": "typing"}
    donation.voided     {"event": "9f3c…", "reason": "duplicate"}

``changes`` names whole top-level fields of ``data``; ``from`` or ``to`` is absent where the field is. Sealed and
withdrawable fields are corrected by the correction's own lists. A void strikes the named event, or the whole
record when it names the opening one, and ends the record.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Self

from msgspec.structs import replace
from pydantic import Field, model_validator

from ledger.domain.event import Event, one_of
from ledger.domain.record import IN_FORCE, LAPSED, VOIDED, Past, Record
from ledger.domain.values import Changed, EventId, Label, Part, choice, kind_of, label_of, public, refuse
from ledger.errors import InvalidFieldError

CONFIRM = one_of("confirm")
NOTHING_YET: tuple[frozenset[str], ...] = (frozenset(),)
MONEY_LISTS = frozenset({"donations", "items"})


class Change(Part):
    """One field: its value in force and what it should be. An absent side means that the field is absent."""

    old: Any = Field(default=None, alias="from", title="原为", json_schema_extra={"title_en": "From"})
    new: Any = Field(default=None, alias="to", title="更正为", json_schema_extra={"title_en": "To"})

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if self.old == self.new or None in [getattr(self, name) for name in self.model_fields_set]:
            raise refuse("更正前后要不同；没有的一边应当省去。", "The value must change; leave an absent side out.")
        return self


class Corrected(Event):
    """Base of the ``.corrected`` classes. ``changes`` is empty where only disclosures are replaced."""

    LABEL = Label("更正", "Corrected")
    SAYS = {
        "": Label(
            "{org}更正“{record}”的“{target}”：{change}，原因：{reason}。",
            "{org} corrected “{target}” of “{record}”: {change} ({reason}).",
        )
    }
    SIGNED_BY = NOTHING_YET
    event: EventId = public("被更正的账目", "Corrected entry")
    changes: dict[str, Change] = public("更正内容", "Changes")
    reason: Annotated[
        str,
        choice(
            typing=("录入时写错", "a typing error"),
            source=("原始单据有误", "the source document was wrong"),
            checked=("重新核实后有变化", "it was checked again"),
            naming=("名称不规范", "the name was not the right one"),
        ),
    ] = public("原因", "Reason")

    def signing_places(self, record: Record) -> tuple[frozenset[str], ...]:
        """Signed as what it corrects, plus ``confirm`` where money changes."""
        target = target_of(record, self.event)
        money = any(name.endswith("_fen") or name in MONEY_LISTS for name in self.changes)
        return (*target.event.signing_places(record), CONFIRM) if money else target.event.signing_places(record)

    def check(self, record: Record) -> None:
        """The record still holds together with the new values."""
        recheck(self.applied_to(record, ""))

    def corrected(self, record: Record) -> Event:
        """The target with its new values, each of a field that may be corrected, from the value in force."""
        target = target_of(record, self.event).event
        data = target.data()
        for name, change in self.changes.items():
            _check_change(target, name, change, data.get(name))
            if change.new is None:
                data.pop(name, None)
            else:
                data[name] = change.new
        return type(target).parse(data)

    def applied_to(self, record: Record, event_id: str) -> Record:
        """The record with the target's new values; works corrected after acceptance must be accepted again."""
        target, event = target_of(record, self.event), self.corrected(record)
        new = replace(target, event=event, corrections=(*target.corrections, event_id))
        history = tuple(new if past is target else past for past in record.history)
        if event.REOPENS is None or record.state == event.REOPENS:
            return record.with_history(history, record.state)
        place = history.index(new)
        after = (_lapse(past, event.REOPENS) for past in history[place + 1 :])
        return record.with_history((*history[: place + 1], *after), event.REOPENS)

    def words(self, record: Record) -> dict[str, Any]:
        """What was corrected, field by field."""
        target = target_of(record, self.event).event
        return {"target": target.LABEL, "change": tuple(self.changed(target))}

    def changed(self, target: Event) -> Iterator[Changed]:
        """The corrected fields of the target as it stands now, with what they were and are."""
        data = target.data()
        for name, change in self.changes.items():
            data.pop(name, None)
            data |= {} if change.old is None else {name: change.old}
        before = type(target).parse(data)
        for name, info in type(target).model_fields.items():
            if (info.alias or name) in self.changes:
                yield Changed(label_of(info), kind_of(info), getattr(before, name), getattr(target, name))


class Voided(Event):
    """Base of the ``.voided`` classes."""

    LABEL = Label("作废", "Voided")
    SAYS = {
        "": Label(
            "{org}作废“{record}”的“{target}”，原因：{reason}。", "{org} voided “{target}” of “{record}” ({reason})."
        ),
    }
    SIGNED_BY = NOTHING_YET
    BECOMES = VOIDED
    event: EventId = public("被作废的账目", "Voided entry")
    reason: Annotated[
        str,
        choice(
            duplicate=("重复记录", "recorded twice"),
            mistake=("事情没有这样发生", "it did not happen so"),
            restated=("与另一批合并重报", "restated together with another batch"),
        ),
    ] = public("原因", "Reason")

    def signing_places(self, record: Record) -> tuple[frozenset[str], ...]:
        """Signed as what it voids, plus ``confirm`` where that is money."""
        target = target_of(record, self.event).event
        return (*target.signing_places(record), CONFIRM) if target.MONEY else target.signing_places(record)

    def check(self, record: Record) -> None:
        """The target is in force."""
        if target_of(record, self.event).standing != IN_FORCE:
            raise InvalidFieldError("这条账目已经作废。", "The entry is already void.", "/payload/data/event")

    def applied_to(self, record: Record, event_id: str) -> Record:
        """The record with the target struck, or all of it when the target opened it."""
        target = target_of(record, self.event)
        whole = target is record.history[0]
        history = (replace(past, standing=VOIDED) if (whole or past is target) else past for past in record.history)
        return record.with_history(tuple(history), VOIDED)

    def words(self, record: Record) -> dict[str, Any]:
        """What was voided."""
        return {"target": target_of(record, self.event).event.LABEL}


def target_of(record: Record, event_id: str) -> Past:
    """The event of the same record that a correction or void names. Raises InvalidFieldError."""
    found = record.find(event_id)
    if found is None or isinstance(found.event, Corrected | Voided):
        raise InvalidFieldError(
            "这项记录里没有可以更正或作废的这一条。",
            "The record has no such entry to correct or void.",
            "/payload/data/event",
        )
    return found


def subject_of(event: Event, record: Record) -> Event:
    """What an event is about: the target's new values for a correction, the target for a void, else itself."""
    if isinstance(event, Corrected):
        return event.corrected(record)
    return target_of(record, event.event).event if isinstance(event, Voided) else event


def _check_change(target: Event, name: str, change: Change, in_force: Any) -> None:
    if name not in target.CORRECTS:
        raise InvalidFieldError(
            f"“{target.LABEL.zh}”的“{name}”不能更正。",
            f"The field {name!r} of “{target.LABEL.en}” cannot be corrected.",
            f"/payload/data/changes/{name}",
        )
    if change.old != in_force:
        raise InvalidFieldError(
            "“原为”不是现在有效的值。请取最新内容后再更正。",
            "from is not the value in force. Fetch the latest and correct that.",
            f"/payload/data/changes/{name}/from",
        )


def recheck(record: Record) -> None:
    """Every event in force must still be possible after the ones before it. Raises what its own check raises."""
    for place, past in enumerate(record.history):
        if past.standing == IN_FORCE and not isinstance(past.event, Corrected | Voided):
            past.event.check(record.with_history(record.history[:place], record.state))


def _lapse(past: Past, state: str) -> Past:
    moved_on = past.event.BECOMES not in (None, state) and past.standing == IN_FORCE
    return replace(past, standing=LAPSED) if moved_on else past
