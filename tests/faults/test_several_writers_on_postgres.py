"""Several processes record on one ledger in PostgreSQL, and one of them is killed again and again.

Every receipt's entry is there, none twice, in one chain that verifies. Both processes take turns, publish into one
folder and raise one highest checkpoint, a row in a second database.
"""

import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import httpx
import pytest

from ledger.application import Ledger
from ledger.audit.source import open_source
from ledger.audit.verify import verify
from ledger.tlog.checkpoint import parse_checkpoint
from ledger.tlog.note import parse_note
from tests.clusters import Cluster
from tests.engines import Choice
from tests.faults.author import Author, found_ledger, wire
from tests.faults.load import CLIENTS, Send, Sent, start_clients
from tests.faults.receiver import receive
from tests.faults.serving import free_port, start_serving
from tests.faults.test_no_acknowledged_event_is_lost_by_kill import (
    FORKS,
    Tally,
    check_after_kill,
    check_whole,
    killed_behind_http,
    killed_behind_pipes,
    tell,
)

ENTRIES, KILLS = 2000, 5
PATIENCE = 20
SHORTEST, LONGEST = 0.6, 1.6


@pytest.fixture
def shared(postgres: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tally:
    monkeypatch.setattr(Choice, "cluster", postgres)
    with closing(found_ledger(tmp_path / "ledger", highest=postgres.new_database())) as ledger:
        return Tally(tmp_path / "ledger", Author(ledger), ledger.genesis(), heads=[ledger.head()])


@contextmanager
def surviving(directory: Path) -> Iterator[list[Send]]:
    """Senders to a writer that nobody kills until the block ends; then they say that nobody answers any more."""
    pairs = [FORKS.Pipe() for _ in range(CLIENTS)]
    writer = FORKS.Process(target=receive, args=(directory, [theirs for _, theirs in pairs]), daemon=True)
    writer.start()
    over = threading.Event()

    def sender(number: int) -> Send:
        ours = pairs[number][0]

        def send(body: bytes) -> bytes:
            if over.is_set():
                raise EOFError
            ours.send_bytes(body)
            return ours.recv_bytes()

        return send

    yield [sender(number) for number in range(CLIENTS)]
    over.set()
    time.sleep(0.5)
    writer.kill()
    writer.join()


def test_two_writers_of_which_one_is_killed_lose_and_double_nothing(
    shared: Tally, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sent, delays = Sent(), random.Random(5)
    with surviving(shared.directory) as steady:
        clients = start_clients(shared.author, sent, steady)
        for kill in range(30):
            with killed_behind_pipes(shared.directory, delays.uniform(SHORTEST, LONGEST)) as senders:
                killed = start_clients(shared.author, sent, senders)
            for client in killed:
                client.join()
            if kill + 1 >= KILLS and len(sent.receipts) >= ENTRIES:
                break
    for client in clients:
        client.join()
    assert b"" not in sent.receipts.values(), "a submission was refused"
    assert len(sent.receipts) >= ENTRIES
    check_after_kill(shared, sent)
    check_whole(shared, tmp_path / "receipts")
    tell(capsys, shared)


def test_two_servers_on_one_ledger_answer_for_each_other(shared: Tally, tmp_path: Path) -> None:
    sent = Sent()
    with ExitStack() as stack:
        servers = [killed_behind_http(shared.directory, 1.0, processes) for processes in (1, 2)]
        senders = [stack.enter_context(server) for server in servers]
        clients = start_clients(shared.author, sent, [sender for each in senders for sender in each])
    for client in clients:
        client.join()
    assert sent.receipts
    check_after_kill(shared, sent)
    check_whole(shared, tmp_path / "receipts")


def test_what_one_process_recorded_the_other_knows(shared: Tally) -> None:
    with closing(Ledger.open(shared.directory)) as one, closing(Ledger.open(shared.directory)) as two:
        for number in range(6):
            first, second = (one, two) if number % 2 else (two, one)
            submission = shared.author.place()
            [receipt] = first.admit([submission])
            assert second.head() == first.head()
            assert second.admit([submission]) == [receipt]
        assert one.head().size == 7


def record_and_wait(shared: Tally, port: int) -> None:
    answer = httpx.post(f"http://127.0.0.1:{port}/api/events", content=wire(shared.author.place()))
    assert answer.status_code == 201, answer.text
    size, until = answer.json()["index"] + 1, time.monotonic() + PATIENCE
    while published_size(shared.directory) < size:
        assert time.monotonic() < until, "nobody publishes"
        time.sleep(0.05)


def test_when_the_server_that_publishes_is_killed_the_other_goes_on(shared: Tally) -> None:
    ports = free_port(), free_port()
    first, second = (start_serving(shared.directory, port, "--role", "staff") for port in ports)
    record_and_wait(shared, ports[0])
    record_and_wait(shared, ports[1])
    first.kill()
    first.communicate()
    record_and_wait(shared, ports[1])
    second.terminate()
    second.communicate()
    assert second.returncode == 0


def test_when_the_server_that_publishes_hangs_the_other_goes_on_and_nothing_is_taken_back(shared: Tally) -> None:
    ports = free_port(), free_port()
    first, second = (start_serving(shared.directory, port, "--role", "staff") for port in ports)
    record_and_wait(shared, ports[0])
    record_and_wait(shared, ports[1])
    first.send_signal(signal.SIGSTOP)
    record_and_wait(shared, ports[1])
    size = published_size(shared.directory)
    first.send_signal(signal.SIGCONT)
    for port in (*ports, *ports):
        record_and_wait(shared, port)
        assert published_size(shared.directory) > size
        size = published_size(shared.directory)
    for server in (first, second):
        server.terminate()
        server.communicate()
        assert server.returncode == 0
    with closing(open_source(str(shared.directory))) as source:
        report = verify(source)
    assert (report.verdict, report.size) == ("good", size)


def published_size(directory: Path) -> int:
    path = directory / "log" / "checkpoint"
    return parse_checkpoint(parse_note(path.read_bytes()).text).tree_size if path.exists() else 0
