"""A small hostile site over real HTTP: it serves a log's files, and at chosen paths whatever it likes."""

import contextlib
import socket
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

Answer = Callable[[BaseHTTPRequestHandler], None]


class Site:
    """Serves ``content`` by path under ``/log``; ``answers`` come first, by path under ``/log`` or ``*`` for all.

    ``asked`` lists the paths asked for, in order.
    """

    def __init__(self) -> None:
        self.content: dict[str, bytes] = {}
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # or each answer waits 40 ms for an acknowledgement

            def do_GET(self) -> None:
                path = self.path.removeprefix("/log/")
                site.asked.append(path)
                with contextlib.suppress(OSError):
                    site.answers.get(path, site.answers.get("*", site.serve))(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        """As an honest site does."""
        data = self.content.get(handler.path.removeprefix("/log/"))
        send(handler, b"" if data is None else data, status=404 if data is None else 200)

    def publish(self, content: dict[str, bytes]) -> None:
        """Puts up the files of a log, and nothing else any more."""
        self.content = dict(content)
        self.asked.clear()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def send(handler: BaseHTTPRequestHandler, body: bytes, *, status: int = 200, **headers: Any) -> None:
    """One whole answer."""
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(body)))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), str(value))
    handler.end_headers()
    handler.wfile.write(body)


def answering(body: bytes, *, status: int = 200, **headers: Any) -> Answer:
    """An answer that is always the same."""
    return lambda handler: send(handler, body, status=status, **headers)


def endless(handler: BaseHTTPRequestHandler) -> None:
    """A body that never ends, as fast as it will go."""
    handler.send_response(200)
    handler.end_headers()
    handler.close_connection = True
    while True:
        handler.wfile.write(bytes(65_536))


def dripping(part: bytes, pause: Callable[[], object]) -> Answer:
    """A byte, a pause, a byte: each read succeeds and the file never arrives."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        handler.close_connection = True
        while True:
            handler.wfile.write(part)
            pause()

    return answer


def hanging_up(handler: BaseHTTPRequestHandler) -> None:
    """Half an answer, and the connection is gone."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b"half")
    handler.wfile.flush()
    handler.close_connection = True
    with contextlib.suppress(OSError):
        handler.connection.shutdown(socket.SHUT_RDWR)


def running_site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()
