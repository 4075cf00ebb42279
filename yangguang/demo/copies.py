"""The story told several times in one ledger, for load and for rehearsal: each copy has its own records, keys, people.

Names of copy 0 are those of the scenario; in copy 1 each bears ``/2``, in copy 2 ``/3``: ``n1/2``, ``home-2022/2``.
Admins and entry 0 are shared.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from ledger.domain.letter import new_number
from ledger.domain.programme import ProgrammeClosed
from yangguang.demo.credit_codes import demo_code
from yangguang.demo.steps import EventOf, PossessionOf, PublicKeyOf, RecipientOf, Ref, Step, seeded

MARK = "/"
ADMIN = "admin"
CODES_PER_COPY = 100
NUMBERED = {"certificate": "-{}", "number": "（第{}份）"}
"""Numbers of documents: two copies never have the same."""
NAMES = dict.fromkeys(("name", "title", "full_title", "aliases"), "（第{}份）")
ENGLISH = dict.fromkeys(("name_en", "title_en"), " (copy {})")
NAMED = {
    "organisation": {**NAMES, **ENGLISH},
    "place": {**NAMES, **ENGLISH, "code": "-{}"},
    "programme": {**NAMES, **ENGLISH},
    "project": {**NAMES, **ENGLISH},
}
"""What tells the copies apart on pages, by kind of record: fields of the event, never those of its parts."""


def multiplied(steps: Sequence[Step], times: int) -> Iterator[Step]:
    """The steps ``times`` over, day by day: all of a day in copy 0, the same in copy 1, and so on.

    ``steps`` stand in the order of recording, and so does what comes out. Copies are made as they are asked for,
    so a thousand of them never stand in memory at once.
    """
    for _, of_day in groupby(steps, key=lambda step: step.recorded_on):
        day = [_of_one_purse(step, times) for step in of_day]
        for number in range(times):
            yield from (copied(step, number) for step in day)


def copied(step: Step, number: int) -> Step:
    """The same step in copy ``number``; copy 0 is the step itself."""
    if number == 0:
        return step
    return replace(
        step,
        record=_meant(step.record, number),
        data={name: _field(value, name, step.record.kind, number) for name, value in step.data.items()},
        by="+".join(_signer(signer, number) for signer in step.by.split("+")),
        rows=tuple(_copied(row, number) for row in step.rows),
        fields=tuple((name, _copied(value, number)) for name, value in step.fields),
    )


def _of_one_purse(step: Step, times: int) -> Step:
    """A programme is closed with all the cash that the ledger has in hand (rule 3), so with that of every copy."""
    if times == 1 or step.event is not ProgrammeClosed:
        return step
    return replace(step, data={**step.data, "surplus_fen": step.data["surplus_fen"] * times})


def named(name: str, number: int) -> str:
    """A name of the scenario as it is in copy ``number``."""
    return f"{name}{MARK}{number + 1}" if number else name


def original(name: str) -> tuple[str, int]:
    """The name in the scenario, and the number of the copy: the inverse of ``named``."""
    first, _, copy = name.partition(MARK)
    return first, int(copy or 1) - 1


def _signer(by: str, number: int) -> str:
    holder, _, capability = by.partition(":")
    return by if holder == ADMIN else f"{named(holder, number)}:{capability}"


def _field(value: Any, name: str, kind: str, number: int) -> Any:
    """A field of the event; a correction's ``changes`` say of fields what they were and are."""
    if name == "changes":
        return {
            changed: {side: _field(was, changed, kind, number) for side, was in sides.items()}
            for changed, sides in value.items()
        }
    suffix = {**NUMBERED, **NAMED.get(kind, {})}.get(name)
    if suffix is not None:
        return _suffixed(value, suffix.format(number + 1))
    if name == "credit_code":
        return demo_code(value[:2], int(value[11:16]) + CODES_PER_COPY * number)
    if (kind, name) == ("question", "code"):
        return new_number(seeded(f"copy/{number}/{value}"))
    return _copied(value, number, name)


def _suffixed(value: Any, suffix: str) -> Any:
    return [f"{item}{suffix}" for item in value] if isinstance(value, list) else f"{value}{suffix}"


def _copied(value: Any, number: int, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _copied(item, number, key) for key, item in value.items()}
    if name == "vault_keys":
        # An erasure lists its keys in order, so that the order says nothing about whose they are.
        return sorted(_vault_key(key, number) for key in value)
    if name == "vault_key":
        return _vault_key(value, number)
    return [_copied(item, number) for item in value] if isinstance(value, list) else _meant(value, number)


def _vault_key(key: str, number: int) -> str:
    return seeded(f"copy/{number}/{key}")(16).hex()


def _meant(value: Any, number: int) -> Any:
    meant = value
    match value:
        case Ref(kind=kind, name=name):
            meant = Ref(kind, named(name, number))
        case PublicKeyOf(key=key):
            meant = PublicKeyOf(named(key, number))
        case PossessionOf(key=key, organisation=holder):
            meant = PossessionOf(named(key, number), _meant(holder, number))
        case EventOf(record=record):
            meant = replace(value, record=_meant(record, number))
        case RecipientOf(name=name):
            meant = RecipientOf(named(name, number))
    return meant
