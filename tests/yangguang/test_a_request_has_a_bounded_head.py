"""One connection can't fill the memory of the server with headers."""

import json
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from yangguang.http_head import MAX_HEAD
from yangguang.serving import http_config


async def length_of_body(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers how many bytes of body came."""
    if scope["type"] != "http":
        return
    length, more = 0, True
    while more:
        message = await receive()
        length, more = length + len(message["body"]), message["more_body"]
    body = b"%d bytes" % length
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = uvicorn.Server(http_config(length_of_body))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield listener.getsockname()[1]
        server.should_exit = True
        thread.join()


def send_slowly(connection: socket.socket, part: bytes) -> bytes:
    """Sends one part; what the server has answered by then."""
    connection.sendall(part)
    connection.settimeout(0.002)
    try:
        return connection.recv(65_536)
    except TimeoutError:
        return b""
    finally:
        connection.settimeout(10)


def test_a_head_without_end_is_refused(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        sent, answer = 0, send_slowly(connection, b"GET / HTTP/1.1\r\nHost: x\r\n")
        while not answer:
            assert sent < 10 * MAX_HEAD, "the server takes a head without end"
            part = b"X-More: " + b"a" * 1000 + b"\r\n"
            sent, answer = sent + len(part), send_slowly(connection, part)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert sent > MAX_HEAD - 2000


def test_what_is_not_http_is_refused(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(b"nothing that a browser would say\r\n\r\n")
        answer = connection.recv(65_536)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["type"] == "urn:yangguang:problem:malformed"


def test_requests_of_one_connection_have_a_head_each_and_bodies_are_none(port: int) -> None:
    more = b"X-More: " + b"a" * 40_000 + b"\r\n"
    head = b"POST / HTTP/1.1\r\nHost: x\r\n" + more + b"Content-Length: 500000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        for _ in range(3):
            connection.sendall(head)
            for _ in range(50):
                connection.sendall(b"x" * 10_000)
            answer = connection.recv(65_536)
            assert answer.startswith(b"HTTP/1.1 200 ")
            while b"bytes" not in answer:
                answer += connection.recv(65_536)
            assert answer.endswith(b"500000 bytes")
