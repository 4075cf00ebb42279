"""Load over loopback: plain sockets and asyncio, so that the generator costs as little as it can."""

import asyncio
import contextlib
import multiprocessing
import socket
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

import uvicorn

START_SECONDS = 60


@dataclass
class Load:
    """What came of a load: seconds per answer, and answers that were not 2xx."""

    latencies: list[float] = field(default_factory=list)
    refused: int = 0
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Answers per second."""
        return len(self.latencies) / self.seconds

    def quantile(self, share: float) -> float:
        """A latency in seconds."""
        if len(self.latencies) < 20:
            return max(self.latencies)
        return statistics.quantiles(self.latencies, n=1000)[round(share * 1000) - 1]


def post_load(port: int, bodies: Sequence[bytes], *, connections: int, seconds: float, repeat: bool = False) -> Load:
    """Each body once (or over and over), over as many keep-alive connections, until the time is over."""
    head = "POST /api/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    requests = [f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body for body in bodies]
    return asyncio.run(_load(port, iter(cycle(requests) if repeat else requests), connections, seconds))


def get_load(port: int, paths: Sequence[str], *, connections: int, seconds: float) -> Load:
    """The paths in turn, over and over."""
    requests = [f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode() for path in paths]
    return asyncio.run(_load(port, iter(cycle(requests)), connections, seconds))


async def _load(port: int, requests: Iterator[bytes], connections: int, seconds: float) -> Load:
    load = Load()
    begun = time.perf_counter()
    until = begun + seconds
    await asyncio.gather(*(_one(port, requests, until, load) for _ in range(connections)))
    load.seconds = time.perf_counter() - begun
    return load


async def _one(port: int, requests: Iterator[bytes], until: float, load: Load) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in requests:
        begun = time.perf_counter()
        if begun > until:
            break
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(_length(head))
        load.latencies.append(time.perf_counter() - begun)
        load.refused += not head.startswith(b"HTTP/1.1 2")
    writer.close()


def _length(head: bytes) -> int:
    found = head.lower().partition(b"content-length: ")[2]
    return int(found.partition(b"\r\n")[0] or 0)


@contextlib.contextmanager
def serving(app: Callable[..., Any]) -> Iterator[int]:
    """An ASGI application in a process of its own; its port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
    process = multiprocessing.get_context("fork").Process(target=_serve, args=(app, port), daemon=True)
    process.start()
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.join()


def wait_for(port: int) -> None:
    """Returns once something listens on the port."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listens on port {port}")


def _serve(app: Callable[..., Any], port: int) -> None:
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="critical", access_log=False)
