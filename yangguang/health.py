"""``/livez`` and ``/readyz``: whether the process turns, and whether it should be sent readers and events.

    GET /livez    200 {"live": true}
    GET /readyz   200 {"ready": true, "waiting_for": []}
                  503 {"ready": false, "waiting_for": [{"what": "ledger", "zh": "…", "en": "…"}]}

Neither names a person, an entry or a path; both are never cached.
"""

import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from ledger.domain.values import Label
from ledger.errors import LedgerError
from projections.status import status
from projections.views import Views

PATHS = ("/livez", "/readyz")
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
Lack = Callable[[], Label | None]
NO_VIEWS = Label("网页的数据还没有算好。", "The read models are not ready yet.")
GONE = Label("账本没有回答。", "The ledger does not answer.")


class Health:
    """Answers both paths; ``lacks`` names what each part still waits for, None where it is ready."""

    def __init__(self, lacks: Mapping[str, Lack]) -> None:
        self._lacks = lacks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Any method is answered as GET is; HEAD without a body."""
        if scope["path"] == "/livez":
            answer = JSONResponse({"live": True}, headers=HEADERS)
        else:
            waiting = await run_in_threadpool(self._waiting)
            body = {"ready": not waiting, "waiting_for": waiting}
            answer = JSONResponse(body, 503 if waiting else 200, headers=HEADERS)
        if scope["method"] == "HEAD":
            answer.body = b""
        await answer(scope, receive, send)

    def _waiting(self) -> list[dict[str, str]]:
        lacking = {what: lack() for what, lack in self._lacks.items()}
        return [{"what": what, "zh": label.zh, "en": label.en} for what, label in lacking.items() if label]


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
