"""A server of several processes ends as one, however it ends, and what it acknowledged before that is kept."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from ledger.application import Ledger
from ledger.tlog.checkpoint import parse_checkpoint
from ledger.tlog.note import parse_note
from tests.faults.author import Author, found_ledger, receipt_bytes
from tests.faults.load import CLIENTS, Send, Sent, start_clients
from tests.faults.processes import PATIENCE, children_of, wait_until_gone
from tests.faults.serving import free_port, start_serving

ANSWERING = 2
GRACEFUL = (signal.SIGTERM, signal.SIGINT)


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    found_ledger(tmp_path / "ledger").close()
    yield tmp_path / "ledger"
    # Whatever is left of it, nobody holds the ledger any more.
    Ledger.open(tmp_path / "ledger").close()


@pytest.mark.parametrize("number", [*GRACEFUL, signal.SIGKILL], ids=lambda number: number.name)
def test_children_end_with_the_process_that_holds_the_core(directory: Path, number: signal.Signals) -> None:
    server = start_serving(directory, free_port(), "--processes", str(ANSWERING))
    children = children_of(server.pid)
    assert len(children) == ANSWERING + 1
    server.send_signal(number)
    assert server.wait(PATIENCE) == (0 if number in GRACEFUL else -number)
    wait_until_gone(children)
    assert server.communicate()[1] == b""


def test_all_end_when_one_that_answers_is_killed(directory: Path) -> None:
    server = start_serving(directory, free_port(), "--role", "staff", "--processes", str(ANSWERING))
    children = children_of(server.pid)
    assert len(children) == ANSWERING
    os.kill(min(children), signal.SIGKILL)
    assert server.wait(PATIENCE) == 128 + signal.SIGKILL
    wait_until_gone(children)
    server.communicate()


def test_all_end_when_the_ledger_cannot_be_opened(directory: Path) -> None:
    ledger = Ledger.open(directory)
    with pytest.raises(AssertionError, match="ledger"):
        start_serving(directory, free_port(), "--processes", str(ANSWERING))
    ledger.close()


@pytest.mark.parametrize("processes", [1, ANSWERING])
@pytest.mark.parametrize("number", GRACEFUL, ids=lambda number: number.name)
def test_a_graceful_stop_under_load_loses_no_receipt(directory: Path, number: signal.Signals, processes: int) -> None:
    ledger = Ledger.open(directory)
    author, sent = Author(ledger), Sent()
    ledger.close()
    port = free_port()
    server = start_serving(directory, port, "--role", "staff", "--processes", str(processes))
    with ExitStack() as stack:
        clients = [stack.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{port}")) for _ in range(CLIENTS)]
        threads = start_clients(author, sent, [_sender(client) for client in clients])
        time.sleep(0.7)
        server.send_signal(number)
        for thread in threads:
            thread.join()
    assert server.wait(PATIENCE) == 0
    assert server.communicate()[1] == b""
    _check_kept(directory, sent)


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
