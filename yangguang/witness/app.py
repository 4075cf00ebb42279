"""A witness over HTTP (C2SP tlog-witness): submissions at ``/add-checkpoint``, the newest cosigned checkpoints to read.

Everything is public and nobody logs in: a submission is worth what its log's signature is worth.
"""

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ledger.api.body import read_body
from ledger.errors import LedgerError, NotFoundError, TooLargeError
from ledger.tlog.add_checkpoint import MAX_REQUEST_BYTES, SIZE_TYPE, format_size
from yangguang.witness.judge import ANOTHER_SIZE
from yangguang.witness.witness import Answer, Witness, posix_clock

OPEN = {"Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff"}
TOO_LARGE, TOO_SLOW, GONE = 413, 408, 400


def create_witness(witness: Witness) -> Starlette:
    """The application over an open witness."""
    service = _Service(witness)
    return Starlette(
        routes=[
            Route("/", service.about),
            Route("/add-checkpoint", service.add, methods=["POST"]),
            Route("/{hash}/checkpoint", service.latest),
        ]
    )


class _Service:
    def __init__(self, witness: Witness) -> None:
        self._witness = witness

    async def add(self, request: Request) -> Response:
        """Reads at most 512 KiB within 15 s; the decision is made in a thread, one at a time."""
        try:
            body = await read_body(request, most=MAX_REQUEST_BYTES)
        except ClientDisconnect:
            return _refusal("没有收完。", "The body broke off.", GONE)
        except TooLargeError as error:
            return _refusal(error.zh, error.en, TOO_LARGE)
        except LedgerError as error:
            return _refusal(error.zh, error.en, TOO_SLOW)
        return _response(await run_in_threadpool(self._witness.add_checkpoint, body))

    async def latest(self, request: Request) -> Response:
        """The newest cosigned checkpoint of the log whose origin's SHA-256 is in the path."""
        try:
            path = f"{request.path_params['hash']}/checkpoint"
            note = await run_in_threadpool(self._witness.latest, path)
        except NotFoundError as error:
            return _refusal(error.zh, error.en, 404)
        return Response(note, headers={**OPEN, "Cache-Control": "no-cache"}, media_type="text/plain; charset=utf-8")

    async def about(self, _request: Request) -> Response:
        """Who this witness is and what it watches, in plain text."""
        return PlainTextResponse(await run_in_threadpool(self._said), headers=OPEN)

    def _said(self) -> str:
        lines = [f"见证机构 witness {self._witness.name}", *self._witness.vkeys, ""]
        for origin, cosigned in self._witness.store.logs():
            if cosigned is None:
                lines.append(f"{origin}：还没有联署过 nothing cosigned yet")
                continue
            minutes = max(0, posix_clock() - cosigned.time) // 60
            size = cosigned.checkpoint.tree_size
            lines.append(f"{origin}：{size}条，{minutes}分钟前 size {size}, {minutes} minutes ago")
        return "\n".join(lines) + "\n"


def _response(answer: Answer) -> Response:
    refusal = answer.refusal
    if refusal is not None and refusal.status == ANOTHER_SIZE and refusal.size is not None:
        return Response(format_size(refusal.size), ANOTHER_SIZE, {**OPEN, "Content-Type": SIZE_TYPE})
    return Response(answer.body, answer.status, OPEN, "text/plain; charset=utf-8")


def _refusal(zh: str, en: str, status: int) -> Response:
    return Response(f"{zh}\n{en}\n", status, OPEN, "text/plain; charset=utf-8")
