"""/witnessed/…: what a reader keeps who asks whether others have seen the same ledger. Not under /log, whose files are
the log's alone: cosignatures come from elsewhere, and the newest checkpoint that a quorum signed may be an older one.

    /witnessed/checkpoint   the newest checkpoint that a whole quorum has cosigned, opened and found good just now
    /witnessed/policy       who the witnesses are and how many it takes (C2SP tlog-policy), naming this log
"""

from collections.abc import Iterator
from contextlib import suppress

from starlette.requests import Request
from starlette.responses import Response

from ledger.errors import NotFoundError
from public_site.pages.log import FRESH, OPEN, TEXT
from public_site.published_log import PublishedLog
from public_site.witnesses import policy_for_readers

CHECKPOINT, POLICY = "/witnessed/checkpoint", "/witnessed/policy"


def answer(log: PublishedLog, request: Request, origin: str) -> Response:
    """The file at the request's path; 404 where nobody is asked to cosign, or no quorum has."""
    try:
        body = _quorum(log) if request.url.path == CHECKPOINT else _policy(log, origin)
    except NotFoundError as error:
        return Response(f"404\n{error.zh}\n{error.en}\n", 404, dict(OPEN), TEXT)
    return Response(body, 200, {**OPEN, "Cache-Control": FRESH}, TEXT)


def files(log: PublishedLog, origin: str) -> Iterator[tuple[str, bytes]]:
    """Those of the two that there are, by their addresses, as an export has them."""
    with suppress(NotFoundError):
        yield CHECKPOINT, _quorum(log)
    with suppress(NotFoundError):
        yield POLICY, _policy(log, origin)


def _quorum(log: PublishedLog) -> bytes:
    newest = log.witnesses().newest
    if newest is None or newest.witnessing.since is None:
        raise NotFoundError("还没有达到规定家数的联署。", "No quorum of witnesses has cosigned a checkpoint yet.")
    return newest.note


def _policy(log: PublishedLog, origin: str) -> bytes:
    policy = log.witnesses().policy
    if policy is None:
        raise NotFoundError("本账本没有请见证机构联署。", "This ledger asks no witnesses to cosign.")
    vkey = log.file("vkey").decode().splitlines()[0]
    return policy_for_readers(policy, vkey, f"{origin}/log").encode(errors="surrogateescape")
