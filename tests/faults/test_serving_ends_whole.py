"""A server of several processes ends as one, however it ends, and what it acknowledged before that is kept."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from ledger.application import Ledger
from ledger.tlog.checkpoint import parse_checkpoint
from ledger.tlog.note import parse_note
from tests.faults.author import Author, found_ledger, receipt_bytes
from tests.faults.load import CLIENTS, Send, Sent, start_clients
from tests.faults.processes import PATIENCE, children_of, naming, wait_until_gone
from tests.faults.serving import ROOT, free_port, start_serving

ANSWERING = 2
GRACEFUL = (signal.SIGTERM, signal.SIGINT)


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    found_ledger(tmp_path / "ledger").close()
    yield tmp_path / "ledger"
    # Whatever is left of it, nobody holds the ledger any more.
    Ledger.open(tmp_path / "ledger").close()


@contextmanager
def started(directory: Path, *options: str) -> Iterator[tuple["subprocess.Popen[bytes]", str]]:
    """A server and its base URL; after the block it is gone, whatever happened in it."""
    port = free_port()
    server = start_serving(directory, port, *options)
    try:
        yield server, f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.communicate()


@pytest.mark.parametrize("number", [*GRACEFUL, signal.SIGKILL], ids=lambda number: number.name)
def test_children_end_with_the_process_that_holds_the_core(directory: Path, number: signal.Signals) -> None:
    with started(directory, "--processes", str(ANSWERING)) as (server, _):
        children = children_of(server.pid)
        assert len(children) == ANSWERING + 1
        server.send_signal(number)
        assert server.wait(PATIENCE) == (0 if number in GRACEFUL else -number)
        wait_until_gone(children)
        assert said(server) == b""


def test_all_end_when_one_that_answers_is_killed(directory: Path) -> None:
    with started(directory, "--role", "staff", "--processes", str(ANSWERING)) as (server, _):
        children = children_of(server.pid)
        assert len(children) == ANSWERING
        os.kill(min(children), signal.SIGKILL)
        assert server.wait(PATIENCE) == 128 + signal.SIGKILL
        wait_until_gone(children)


def test_all_end_when_the_ledger_cannot_be_opened(directory: Path) -> None:
    ledger = Ledger.open(directory)
    assert "账本正忙" in refused_start(directory, free_port(), "--processes", str(ANSWERING))
    ledger.close()
    wait_until_gone(naming(str(directory)))


def test_a_port_that_is_taken_is_said_in_a_sentence(directory: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        assert "监听" in refused_start(directory, other.getsockname()[1])


def refused_start(directory: Path, port: int, *options: str) -> str:
    """What a server says that does not start."""
    command = [sys.executable, "-m", "yangguang", "serve", str(directory), "--port", str(port), *options]
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, timeout=60)
    assert done.returncode == 1
    return done.stderr.decode()


@pytest.mark.parametrize("processes", [1, ANSWERING])
@pytest.mark.parametrize("number", GRACEFUL, ids=lambda number: number.name)
def test_a_graceful_stop_under_load_loses_no_receipt(directory: Path, number: signal.Signals, processes: int) -> None:
    ledger = Ledger.open(directory)
    author, sent = Author(ledger), Sent()
    ledger.close()
    with started(directory, "--role", "staff", "--processes", str(processes)) as (server, url), ExitStack() as stack:
        clients = [stack.enter_context(httpx.Client(base_url=url)) for _ in range(CLIENTS)]
        threads = start_clients(author, sent, [_sender(client) for client in clients])
        time.sleep(0.7)
        server.send_signal(number)
        for thread in threads:
            thread.join()
        assert server.wait(PATIENCE) == 0
        assert said(server) == b""
    _check_kept(directory, sent)


def said(server: "subprocess.Popen[bytes]") -> bytes:
    """What an ended server wrote on standard error."""
    assert server.stderr is not None
    return server.stderr.read()


def _sender(client: httpx.Client) -> Send:
    def send(body: bytes) -> bytes:
        try:
            answer = client.post("/api/events", content=body)
        except httpx.TransportError as error:
            raise ConnectionError from error
        assert answer.status_code == 201, answer.text
        return answer.content

    return send


def _check_kept(directory: Path, sent: Sent) -> None:
    ledger = Ledger.open(directory)
    published = parse_checkpoint(parse_note((ledger.settings.log / "checkpoint").read_bytes()).text)
    assert published.tree_size == ledger.head().size > len(sent.receipts) > CLIENTS
    for event_id, receipt in sent.receipts.items():
        assert receipt_bytes(ledger.receipt(event_id)) == receipt
    ledger.close()
