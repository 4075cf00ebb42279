"""Whatever the method, path or content type: what is not a success is a problem document, and tells no secret."""

import asyncio
import socket
import time

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from ledger import errors
from ledger.api import body, refusals, submitted
from ledger.api.border import Border
from ledger.api.problems import PROBLEMS, problem_document
from ledger.errors import BusyError, LedgerError, ReadOnlyError
from tests.ledger.api.conftest import Served, check_problem

PATHS = (
    "/api",
    "/api/",
    "/api/head",
    "/api/drafts",
    "/api/events",
    "/api/events/abc",
    "/api/batches",
    "/api/records/place/abc",
    "/api/openapi.json",
    "/api/docs",
    "/api/docs/static/docs.js",
    "/api/nothing",
)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "POST", "GET", "TRACE", "YANGGUANG"])
@pytest.mark.parametrize("path", PATHS)
def test_any_method_on_any_path_is_a_success_or_a_problem(unchanged: Served, method: str, path: str) -> None:
    answer = unchanged.client.request(method, path)
    if answer.status_code != 200:
        document = check_problem(answer)
        assert document["status"] != 405 or answer.headers["allow"]
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/nothing",
        "/api/head/",
        "/api//head",
        "/api/HEAD",
        "/api/events/a/b",
        "/api/docs/static/index.html",
        "/api/docs/static/..%2f..%2fapp.py",
        "/api/docs/static/swagger-ui.js",
        "/api/%00",
        "/api/%0a",
        "/api/%ff",
    ],
)
def test_a_path_that_does_not_exist_is_a_problem(unchanged: Served, path: str) -> None:
    assert unchanged.refused(unchanged.client.get(path), "no-such-path")["status"] == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "multipart/form-data; boundary=x"},
        {"content-type": "application/json; charset=gbk"},
        {"content-type": ""},
        {"content-encoding": "gzip"},
    ],
    ids=str,
)
@pytest.mark.parametrize("path", ["/api/events", "/api/batches", "/api/drafts"])
def test_a_body_that_is_not_json_is_a_problem(unchanged: Served, path: str, headers: dict[str, str]) -> None:
    answer = unchanged.client.post(path, content=b"{}", headers=headers)
    assert unchanged.refused(answer, "unsupported-media-type")["status"] == 415


@pytest.mark.parametrize("size", [submitted.MAX_BODY + 1, 3_000_000, body.MAX_DRAINED])
def test_the_sender_of_a_body_that_is_too_large_sees_the_answer(unchanged: Served, size: int) -> None:
    document = unchanged.refused(unchanged.client.post("/api/events", content=b" " * size), "too-large")
    assert document["status"] == 413
    assert f"{size:,}" in document["detail"]


def test_a_large_body_in_chunks_of_unknown_length_is_refused(unchanged: Served) -> None:
    chunks = (b" " * 65_536 for _ in range(40))
    unchanged.refused(unchanged.client.post("/api/batches", content=chunks), "too-large")


def test_a_body_that_does_not_arrive_is_answered_in_time(unchanged: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body.read_body, "__kwdefaults__", {"deadline": 1, "most": 1024 * 1024})
    with socket.create_connection(("127.0.0.1", unchanged.port), timeout=10) as connection:
        connection.sendall(b"POST /api/events HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        started = time.monotonic()
        answer = connection.makefile("rb").read()
    assert time.monotonic() - started < 5
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"urn:yangguang:problem:slow-body" in answer


def subclasses(cls: type[LedgerError]) -> set[type[LedgerError]]:
    return {cls}.union(*(subclasses(child) for child in cls.__subclasses__()))


def test_every_refusal_has_its_own_status_and_title() -> None:
    kinds = {cls for cls in subclasses(LedgerError) if cls.__module__ in (errors.__name__, refusals.__name__)}
    assert {cls.type for cls in kinds} - {"refused"} <= PROBLEMS.keys()
    assert len({title for _, title in PROBLEMS.values()}) == len(PROBLEMS)


def test_a_problem_never_repeats_characters_that_hide_something() -> None:
    document = problem_document(LedgerError("甲\u202e\ud800乙", "x" * 10_000, "/\x00"))
    assert document["detail"] == "甲\ufffd\ufffd乙"
    assert len(document["detail_en"]) < 1_000
    assert document["field"] == "/\ufffd"


def answer_to(error: Exception) -> httpx.Response:
    """What the border makes of an exception from a route."""
    sent: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise error

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(Border(app)({"type": "http", "path": "/api/head", "method": "GET"}, receive, send))
    return httpx.Response(sent[0]["status"], headers=sent[0]["headers"], content=sent[1]["body"])


def test_an_unexpected_exception_tells_nothing_about_itself() -> None:
    answer = answer_to(RuntimeError("secret"))
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:yangguang:problem:internal"
    assert "secret" not in answer.text


@pytest.mark.parametrize("error", [BusyError(), ReadOnlyError("账本只读。", "Read-only.")], ids=str)
def test_a_ledger_that_cannot_record_now_says_when_to_try_again(error: LedgerError) -> None:
    answer = answer_to(error)
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.json()["type"] == f"urn:yangguang:problem:{error.type}"
