"""One submission to one witness over HTTP, bounded in time and bytes (C2SP tlog-witness, "add-checkpoint").

A witness is somebody else's machine: whatever it answers, slow, endless or false, costs this ledger one thread for a
quarter of a minute, and half a megabyte.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from ledger.errors import LedgerError, MalformedError
from ledger.tlog.add_checkpoint import SIZE_TYPE, AddCheckpoint, format_add_checkpoint, parse_size
from ledger.tlog.note import MAX_SIGNATURES, Note, Signature, parse_note

DEADLINE_SECONDS = 15.0
MAX_ANSWER_BYTES = 512 * 1024
MAX_SIZE_BYTES = 64
OK, CONFLICT, UNPROCESSABLE = 200, 409, 422
Monotonic = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Cosigned:
    """200. ``lines`` are those that parse; whose they are and whether they hold is not looked at yet."""

    lines: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class AtSize:
    """409 with a size: where the witness stands."""

    size: int


@dataclass(frozen=True, slots=True)
class Refused:
    """409 without a size, or 422: the witness has seen another history (clients must not take it for a hint)."""

    status: int


@dataclass(frozen=True, slots=True)
class Failed:
    """Anything else, an unreachable witness included. ``reason`` is for the log of the process."""

    reason: str


Answer = Cosigned | AtSize | Refused | Failed


def new_client() -> httpx.Client:
    """A client for one witness, which keeps its connection alive and follows nobody elsewhere."""
    return httpx.Client(timeout=DEADLINE_SECONDS / 3, follow_redirects=False)


def submit(client: httpx.Client, url: str, request: AddCheckpoint, *, clock: Monotonic = time.monotonic) -> Answer:
    """What the witness with this submission prefix answers."""
    until = clock() + DEADLINE_SECONDS
    address = f"{url.rstrip('/')}/add-checkpoint"
    headers = {"Content-Type": "text/plain; charset=utf-8", "Accept-Encoding": "identity"}
    try:
        with client.stream("POST", address, content=format_add_checkpoint(request), headers=headers) as response:
            body = b""
            for part in response.iter_raw():
                body += part
                if len(body) > MAX_ANSWER_BYTES or clock() > until:
                    return Failed("the answer is too long or too slow")
            kind = response.headers.get("content-type", "").partition(";")[0].strip()
            return read_answer(response.status_code, kind, body, note=request.note)
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, ValueError) as error:
        return Failed(f"{type(error).__name__}: {error}")


def read_answer(status: int, media_type: str, body: bytes, *, note: bytes) -> Answer:
    """What an answer to the submission of ``note`` means."""
    if status == OK:
        return _cosigned(body, note)
    if status == CONFLICT and media_type == SIZE_TYPE:
        try:
            return AtSize(parse_size(body[:MAX_SIZE_BYTES]))
        except MalformedError:
            return Failed("409 with a size that is none")
    if status in (CONFLICT, UNPROCESSABLE):
        return Refused(status)
    return Failed(f"{status}: {body[:200].decode(errors='replace')!r}")


def _cosigned(body: bytes, note: bytes) -> Answer:
    """Line by line, so that a bad one does not cost the good ones."""
    lines = body.split(b"\n")[:-1]
    if not 1 <= len(lines) <= MAX_SIGNATURES:
        return Failed(f"200 with {len(lines)} lines")
    text = parse_note(note).text.encode()
    found: list[Signature] = []
    for line in lines:
        try:
            parsed: Note = parse_note(text + b"\n" + line + b"\n")
        except LedgerError:
            continue
        found += parsed.signatures
    return Cosigned(tuple(found))
