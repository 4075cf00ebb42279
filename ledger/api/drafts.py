"""POST /api/drafts: a payload to check and sign, built on the newest head. A convenience: nothing is kept.

    {"type": "donation.received", "occurred_on": "2023-05-14", "data": {"amount_fen": 2000000, …},
     "free": [["note", "…"]], "fields": {}, "rows": []}

Without ``record`` it opens a new one. What a draft cannot know is who will sign it: rules about the signers
and about the whole ledger are asked when the event is submitted.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ledger.api.answers import found
from ledger.api.body import read_json
from ledger.api.preview import preview
from ledger.canonical import check_strings
from ledger.clock import Clock, Random
from ledger.core.contract import OpenLedger
from ledger.domain.catalogue import EVENTS, event_class, state_label
from ledger.domain.correction import subject_of
from ledger.domain.drafting import Content, Standpoint, draft
from ledger.domain.event import Event
from ledger.domain.record import Record
from ledger.domain.values import REFERENCE, references_in
from ledger.errors import InvalidFieldError, UnknownRecordError, WrongStateError
from ledger.founding import new_identifier

MEMBERS: dict[str, type] = {
    "type": str,
    "record": str,
    "occurred_on": str,
    "data": dict,
    "fields": dict,
    "rows": list,
    "free": list,
}
NEEDED = ("type", "occurred_on", "data")


@dataclass(frozen=True, slots=True)
class Wish:
    """A parsed request: what its author wants to record, before the ledger is asked."""

    cls: type[Event]
    record: str | None
    occurred_on: date
    data: dict[str, Any]
    content: Content = field(default_factory=Content)


class DraftsEndpoint:
    """``clock`` and ``random`` make record ids and salts."""

    def __init__(self, ledger: OpenLedger, clock: Clock, random: Random) -> None:
        self._ledger = ledger
        self._clock = clock
        self._random = random

    async def post(self, request: Request) -> Response:
        """Payload bytes in base64, the disclosures to send beside them, and a preview of both."""
        wish = parse_wish(await read_json(request))
        return found(await run_in_threadpool(self._answer, wish))

    def _answer(self, wish: Wish) -> dict[str, Any]:
        head = self._ledger.head()
        record = self._record(wish)
        _check_state(wish, record)
        for path, reference in references_in(wish.data, "/data"):
            if self._ledger.record(reference) is None:
                raise UnknownRecordError(reference, path)
        event = wish.cls.parse(wish.data)
        _check_places(type(subject_of(event, record)), wish.content)
        drafted = draft(
            wish.cls,
            record,
            Standpoint(self._ledger.origin, head.size, head.root),
            occurred_on=wish.occurred_on,
            data=wish.data,
            content=wish.content,
            random=self._random,
        )
        event.check(record)
        return preview(drafted, event, record, read=self._ledger.record)

    def _record(self, wish: Wish) -> Record:
        if wish.record is None:
            return Record(wish.cls.kind(), new_identifier(int(self._clock().timestamp() * 1000), self._random))
        if not (match := REFERENCE.fullmatch(wish.record)) or match.group(1) != wish.cls.kind():
            raise InvalidFieldError(
                f"记录编号应是{wish.cls.kind()}/加小写UUIDv7。",
                f"The record must be {wish.cls.kind()}/ and a lowercase UUIDv7.",
                "/record",
            )
        return self._ledger.record(wish.record) or Record(match.group(1), match.group(2))


def parse_wish(value: Any) -> Wish:
    """The request in strictly parsed JSON. Raises InvalidFieldError, MalformedError."""
    if not isinstance(value, dict):
        raise InvalidFieldError("应是一个JSON对象。", "Send a JSON object.", "")
    _check_members(value)
    check_strings(value, line_feeds=True)
    cls = newest_class(value["type"])
    pairs = [_pair(item, place) for place, item in enumerate(value.get("free", []))]
    content = Content(fields=value.get("fields", {}), rows=value.get("rows", []), free=pairs)
    return Wish(cls, value.get("record"), _day(value["occurred_on"]), value["data"], content)


def newest_class(event_type: str) -> type[Event]:
    """The newest schema of an event type. Raises InvalidFieldError."""
    versions = [schema for known, schema in EVENTS if known == event_type]
    try:
        return event_class(event_type, max(versions, default=1))
    except InvalidFieldError as refusal:
        refusal.field = "/type"
        raise


def _check_members(value: dict[str, Any]) -> None:
    for name in NEEDED:
        if name not in value:
            raise InvalidFieldError(f"缺少“{name}”。", f"{name!r} is missing.", f"/{name}")
    for name, item in value.items():
        if name not in MEMBERS:
            raise InvalidFieldError(f"没有“{name[:40]}”这一栏。", f"There is no field {name[:40]!r}.", f"/{name[:40]}")
        if not isinstance(item, MEMBERS[name]):
            raise InvalidFieldError(f"“{name}”的值不对。", f"{name!r} has a wrong kind of value.", f"/{name}")


def _pair(item: Any, place: int) -> tuple[str, Any]:
    if isinstance(item, list) and len(item) == 2 and isinstance(item[0], str):
        return item[0], item[1]
    raise InvalidFieldError("每项应是[栏目, 内容]。", "Each item is [name, value].", f"/free/{place}")


def _check_places(cls: type[Event], content: Content) -> None:
    names = [name for name, _ in content.free]
    repeated = {name for name in names if names.count(name) > 1 and name != "evidence"}
    wrong = [f"/fields/{name}" for name in content.fields if name not in cls.names_in("sealed")]
    wrong += [f"/free/{name}" for name in names if name not in cls.names_in("withdrawable") or name in repeated]
    wrong += ["/rows"] if content.rows and cls.ROW is None else []
    if wrong:
        raise InvalidFieldError(
            f"“{cls.LABEL.zh}”没有这样一项可以另行提交的内容，或者同一项写了两次。",
            f"“{cls.LABEL.en}” has no such field to disclose, or it is given twice.",
            wrong[0],
        )


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise InvalidFieldError("日期要写成2023-05-14这样。", "Write the date like 2023-05-14.", "/occurred_on")
    return day


def _check_state(wish: Wish, record: Record) -> None:
    if record.state not in wish.cls.AFTER:
        state, label = state_label(record.kind, record.state), wish.cls.LABEL
        refusal = WrongStateError(label.zh, label.en, state.zh, state.en)
        refusal.field = "/type" if wish.record is None else "/record"
        raise refusal
