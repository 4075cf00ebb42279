"""``/livez`` and ``/readyz``: whether the process turns, and whether it should be sent readers and events.

    GET /livez    200 {"live": true}
    GET /readyz   200 {"ready": true, "waiting_for": [], "alarms": []}
                  503 {"ready": false, "waiting_for": [{"what": "ledger", "zh": "…", "en": "…"}], "alarms": []}
                  200 {"ready": true, "waiting_for": [], "alarms": [{"at": 1800000000, "kind": "another-root", …}]}

An alarm says that two histories were signed. Readers must still be served, with the alarm on each page, so it makes no
node unready; ``/readyz?alarm=503`` asks for 503 then, for a monitor that looks at nothing but the status. A mirror also
says how it follows: ``"following": {"source": "…", "age_seconds": 3, "trouble": null}``.

Neither names a person, an entry or a path; both are never cached.
"""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from ledger.domain.values import Label
from ledger.errors import LedgerError
from ledger.tlog.alarm import parse_alarms
from projections.status import status
from projections.views import Views
from public_site.followed import Followed, FollowedFile

PATHS = ("/livez", "/readyz")
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
Lack = Callable[[], Label | None]
NO_VIEWS = Label("网页的数据还没有算好。", "The read models are not ready yet.")
GONE = Label("账本没有回答。", "The ledger does not answer.")


class Health:
    """Answers both paths; ``lacks`` names what each part still waits for, None where it is ready."""

    def __init__(self, lacks: Mapping[str, Lack], alarms: "AlarmFiles | None" = None) -> None:
        self._lacks = lacks
        self._alarms = alarms

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Any method is answered as GET is; HEAD without a body."""
        if scope["path"] == "/livez":
            answer = JSONResponse({"live": True}, headers=HEADERS)
        else:
            body = await run_in_threadpool(self._body)
            bad = not body["ready"] or (body["alarms"] and scope["query_string"] == b"alarm=503")
            answer = JSONResponse(body, 503 if bad else 200, headers=HEADERS)
        if scope["method"] == "HEAD":
            answer.body = b""
        await answer(scope, receive, send)

    def _body(self) -> dict[str, Any]:
        waiting = self._waiting()
        return {"ready": not waiting, "waiting_for": waiting, **(self._alarms or AlarmFiles()).said()}

    def _waiting(self) -> list[dict[str, str]]:
        lacking = {what: lack() for what, lack in self._lacks.items()}
        return [{"what": what, "zh": label.zh, "en": label.en} for what, label in lacking.items() if label]


@dataclass(frozen=True, slots=True)
class AlarmFiles:
    """Where a node's standing alarms are, and of a mirror, how it follows its source."""

    alarm: Path | None = None
    followed: FollowedFile | None = None

    def said(self) -> dict[str, Any]:
        """What is added to the answer."""
        following = {} if self.followed is None else {"following": _following(self.followed.read())}
        return {"alarms": self._standing(), **following}

    def _standing(self) -> list[dict[str, Any]]:
        try:
            data = b"" if self.alarm is None else self.alarm.read_bytes()
            return [{**asdict(alarm), "zh": alarm.zh, "en": alarm.en} for alarm in parse_alarms(data)]
        except OSError:
            return []
        except LedgerError as error:
            return [{"kind": "unreadable", "zh": error.zh, "en": error.en}]


def _following(found: Followed) -> dict[str, Any]:
    trouble = {"zh": found.trouble[0], "en": found.trouble[1]} if found.trouble[0] else None
    return {"source": found.source, "age_seconds": found.age, "trouble": trouble}


def lack_of_ledger(unready: Callable[[], LedgerError | None]) -> Lack:
    """What a ledger still waits for, wherever it runs."""

    def lack() -> Label | None:
        try:
            error = unready()
        except (ConnectionError, RuntimeError):
            return GONE
        return None if error is None else Label(error.zh, error.en)

    return lack


def lack_of_views(path: Path) -> Lack:
    """Whether the read models can be read and hold an entry."""
    views = Views(path)

    def lack() -> Label | None:
        try:
            with views.reading() as db:
                return None if status(db).size else NO_VIEWS
        except (LedgerError, sqlite3.Error):
            return NO_VIEWS

    return lack
