"""Real sockets: a crowd is answered or sent away in words, and who hangs up and sends again is recorded once."""

import asyncio
import json
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from threading import Thread

import httpx
import pytest

from ledger.api.app import create_api
from ledger.application import Ledger
from ledger.committer import Committer
from ledger.core.client import CoreClient
from ledger.core.contract import SubmissionQueue
from ledger.core.server import Core
from tests.faults.author import Author, found_ledger, wire
from tests.faults.serving import free_port, serving, start_serving

CROWD = 256
DROPPED = 100
BOUND = 8


class Running:
    """A server in a given number of processes, and an author of events for it."""

    def __init__(self, directory: Path, processes: str) -> None:
        ledger = found_ledger(directory)
        self.author = Author(ledger)
        ledger.close()
        self.port = free_port()
        self.process = start_serving(directory, self.port, "--role", "staff", "--processes", processes)
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=60)

    def size(self) -> int:
        """How many entries the log has."""
        return int(self.client.get("/api/head").json()["size"])

    def close(self) -> None:
        """Ends it."""
        self.client.close()
        self.process.terminate()
        self.process.communicate()


@pytest.fixture(scope="module", params=["1", "2"])
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with closing(Running(tmp_path_factory.mktemp("crowd") / "ledger", request.param)) as server:
        yield server


def http(body: bytes) -> bytes:
    """A whole request."""
    return b"POST /api/events HTTP/1.1\r\nHost: ledger\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the next answer on a connection."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
    return int(head[0].split()[1]), headers, await reader.readexactly(int(headers["content-length"]))


async def post_at_once(port: int, bodies: list[bytes]) -> list[tuple[int, dict[str, str], bytes]]:
    """Every body on a connection of its own, all sent before any answer is read."""
    connections = [await asyncio.open_connection("127.0.0.1", port) for _ in bodies]
    for (_, writer), body in zip(connections, bodies, strict=True):
        writer.write(http(body))
    answers = [await read_answer(reader) for reader, _ in connections]
    for _, writer in connections:
        writer.close()
    return answers


def test_two_hundred_and_fifty_six_at_once_are_all_recorded(running: Running) -> None:
    before = running.size()
    answers = asyncio.run(post_at_once(running.port, [wire(running.author.place()) for _ in range(CROWD)]))
    assert Counter(status for status, _, _ in answers) == {201: CROWD}
    assert sorted(json.loads(body)["index"] for _, _, body in answers) == list(range(before, before + CROWD))


def test_events_on_one_connection_are_recorded_in_the_order_they_were_sent(running: Running) -> None:
    bodies = [wire(running.author.place()) for _ in range(30)]

    async def pipelined() -> list[int]:
        reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
        writer.write(b"".join(http(body) for body in bodies))
        indices = [json.loads((await read_answer(reader))[2])["index"] for _ in bodies]
        writer.close()
        return indices

    indices = asyncio.run(pipelined())
    assert indices == sorted(indices)


def test_a_hundred_who_hang_up_and_send_the_same_again_are_each_recorded_once(running: Running) -> None:
    before, bodies = running.size(), [wire(running.author.place()) for _ in range(DROPPED)]
    for number, body in enumerate(bodies):
        request = http(body)
        with socket.create_connection(("127.0.0.1", running.port)) as connection:
            # Some hang up when everything is sent, some in the middle of it.
            connection.sendall(request if number % 4 else request[: len(request) * number // DROPPED])
        running.client.post("/api/events", content=body).raise_for_status()
    again = [running.client.post("/api/events", content=body) for body in bodies]
    assert {answer.status_code for answer in again} == {200}
    assert len({answer.json()["index"] for answer in again}) == DROPPED
    assert running.size() == before + DROPPED


@pytest.fixture(params=["core in a thread", "core full", "answering process full"])
def small_queue(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Ledger, SubmissionQueue]]:
    """A ledger and a queue with room for BOUND events, the bound in three different places."""
    with closing(found_ledger(tmp_path / "ledger")) as ledger, ExitStack() as stack:
        bounds = {"core full": (BOUND, 1000), "answering process full": (1000, BOUND)}
        core_bound, client_bound = bounds.get(request.param, (BOUND, 0))
        committer = stack.enter_context(closing(Committer(ledger, most_waiting=core_bound)))
        if not client_bound:
            yield ledger, committer
            return
        (near, far), (near_too, far_too) = socket.socketpair(), socket.socketpair()
        core = Core(ledger, committer)
        threads: list[Thread] = [core.converse(far), core.converse(far_too)]
        client = CoreClient(ledger.settings, submissions=near, reads=near_too, most_waiting=client_bound)
        yield ledger, client
        client.close()
        for thread in threads:
            thread.join()


def test_whoever_finds_the_queue_full_is_told_when_to_come_back(
    small_queue: tuple[Ledger, SubmissionQueue],
) -> None:
    ledger, queue = small_queue
    author = Author(ledger)
    bodies = [wire(author.place()) for _ in range(5 * BOUND)]
    with serving(create_api(ledger, queue)) as url:
        with ledger._lock:
            refused = asyncio.run(refused_while_held(httpx.URL(url).port or 0, bodies))
        answers = [come_back(url, body) for body in bodies]
    # Those that waited or were being judged when the ledger was held were recorded, nobody else.
    assert len(bodies) - 2 * BOUND <= len(refused) <= len(bodies) - BOUND
    assert Counter(answer.status_code for answer in answers) == {201: len(refused), 200: len(bodies) - len(refused)}
    for status, headers, body in refused:
        assert (status, headers["retry-after"]) == (503, "1")
        assert json.loads(body)["type"] == "urn:yangguang:problem:busy"


def come_back(url: str, body: bytes) -> httpx.Response:
    """Sends as often as the server asks for it."""
    while (answer := httpx.post(f"{url}/api/events", content=body)).status_code == 503:
        time.sleep(0.05)
    return answer


async def refused_while_held(port: int, bodies: list[bytes]) -> list[tuple[int, dict[str, str], bytes]]:
    """Sends every body and reads what is answered although the ledger is held; then hangs up on the rest."""
    connections = [await asyncio.open_connection("127.0.0.1", port) for _ in bodies]
    for (_, writer), body in zip(connections, bodies, strict=True):
        writer.write(http(body))
    answers = [asyncio.create_task(read_answer(reader)) for reader, _ in connections]
    done, waiting = await asyncio.wait(answers, timeout=2)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    for _, writer in connections:
        writer.close()
    return [task.result() for task in done]
