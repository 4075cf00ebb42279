"""Kill -9 under load, fifty times: every receipt is kept to the byte, and nothing is recorded twice.

Forty-five rounds kill the ledger and its committer behind pipes, five kill ``yangguang serve`` behind HTTP, in one
process and in several. Some kills fall into the start, which mends what the kill before it left. The control puts
the files back to before a round, and the loss is seen.
"""

import multiprocessing
import random
import shutil
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from ledger.application import Ledger
from ledger.audit.source import open_source
from ledger.audit.verify import Options, verify
from ledger.errors import NotFoundError
from ledger.head import Head
from ledger.publishing.publisher import Publisher
from ledger.receipts import Receipt
from ledger.tlog.merkle import check_consistency, prove_consistency
from tests.faults.author import Author, found_ledger, receipt_bytes
from tests.faults.load import CLIENTS, Send, Sent, start_clients
from tests.faults.receiver import receive
from tests.faults.serving import free_port, start_serving

ROUNDS_A_LEDGER = 5
PIPE_LEDGERS = 9
SHORTEST, LONGEST = 0.05, 0.6
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.faults.receiver"])


@dataclass
class Tally:
    """What happened to one ledger in all its rounds."""

    directory: Path
    author: Author
    genesis: str
    everything: Sent = field(default_factory=Sent)
    heads: list[Head] = field(default_factory=list)
    restarts: list[float] = field(default_factory=list)
    recorded_unanswered: int = 0


@pytest.fixture
def tally(tmp_path: Path) -> Tally:
    ledger = found_ledger(tmp_path / "ledger")
    made = Tally(tmp_path / "ledger", Author(ledger), ledger.genesis(), heads=[ledger.head()])
    ledger.close()
    return made


@contextmanager
def killed_behind_pipes(directory: Path, delay: float) -> Iterator[list[Send]]:
    """Senders to a writer that is killed ``delay`` seconds after its start, at the end of the block."""
    pairs = [FORKS.Pipe() for _ in range(CLIENTS)]
    writer = FORKS.Process(target=receive, args=(directory, [theirs for _, theirs in pairs]), daemon=True)
    writer.start()
    for _, theirs in pairs:
        theirs.close()

    def sender(number: int) -> Send:
        ours = pairs[number][0]

        def send(body: bytes) -> bytes:
            ours.send_bytes(body)
            return ours.recv_bytes()

        return send

    yield [sender(number) for number in range(CLIENTS)]
    time.sleep(delay)
    writer.kill()
    writer.join()
    assert writer.exitcode == -9, "it ended before it was killed"
    writer.close()


@contextmanager
def killed_behind_http(directory: Path, delay: float, processes: int) -> Iterator[list[Send]]:
    """Senders to ``yangguang serve``, killed ``delay`` seconds after it first answered."""
    port = free_port()
    process = start_serving(directory, port, "--role", "staff", "--processes", str(processes))
    with ExitStack() as stack:
        clients = [stack.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{port}")) for _ in range(CLIENTS)]

        def sender(client: httpx.Client) -> Send:
            def send(body: bytes) -> bytes:
                try:
                    answer = client.post("/api/events", content=body)
                except (httpx.TransportError, RuntimeError) as error:
                    # RuntimeError: the server was killed, and this client closed, between two requests.
                    raise ConnectionError from error
                if answer.status_code >= 500:
                    raise ConnectionError(answer.text)
                assert answer.status_code == 201, answer.text
                return answer.content

            return send

        yield [sender(client) for client in clients]
        time.sleep(delay)
        process.kill()
        process.communicate()


def check_after_kill(tally: Tally, sent: Sent) -> None:
    """Reopens, compares every receipt of the round, and sends again what was not answered."""
    started = time.monotonic()
    with closing(Ledger.open(tally.directory)) as ledger:
        tally.restarts.append(time.monotonic() - started)
        assert ledger.read_only is None
        for event_id, receipt in sent.receipts.items():
            assert receipt_bytes(ledger.receipt(event_id)) == receipt
        tally.recorded_unanswered += send_again(ledger, sent)
        tally.everything.submissions |= sent.submissions
        tally.everything.receipts |= sent.receipts
        head = ledger.head()
        assert head.size == 1 + len(tally.everything.submissions), "an event is missing or was recorded twice"
        for earlier in tally.heads:
            proof = prove_consistency(earlier.size, head.size, ledger.store)
            check_consistency(earlier.size, head.size, old_root=earlier.root, new_root=head.root, proof=proof)
        tally.heads.append(head)


def send_again(ledger: Ledger, sent: Sent) -> int:
    """Sends twice what was not answered, which makes one event of it; how many had been recorded already."""
    before, recorded = ledger.head().size, 0
    for submission in sent.unanswered:
        [first], [again] = ledger.admit([submission]), ledger.admit([submission])
        assert isinstance(first, Receipt)
        assert first == again
        recorded += first.index < before
    return recorded


def check_whole(tally: Tally, receipts: Path) -> None:
    """``verify`` finds the directory good, and every receipt ever given holds in it."""
    ledger = Ledger.open(tally.directory)
    Publisher(ledger.store, ledger.settings.log, vkey=ledger.settings.vkey).publish()
    ledger.close()
    receipts.mkdir()
    for event_id, receipt in tally.everything.receipts.items():
        (receipts / f"{event_id}.json").write_bytes(receipt)
    with closing(open_source(str(tally.directory))) as source:
        report = verify(source, Options(genesis=tally.genesis, receipts=receipts))
    assert (report.verdict, report.findings) == ("good", ())
    assert report.size == 1 + len(tally.everything.submissions)
    assert report.counts.receipts == len(tally.everything.receipts) > 0


def tell(capsys: pytest.CaptureFixture[str], tally: Tally) -> None:
    everything = tally.everything
    with capsys.disabled():
        sys.stdout.write(
            f"\nkill -9: {len(tally.restarts)} rounds, {len(everything.submissions)} events sent,"
            f" {len(everything.receipts)} acknowledged, 0 lost;"
            f" {tally.recorded_unanswered} recorded but unanswered, 0 recorded twice;"
            f" median restart {statistics.median(tally.restarts):.2f} s\n"
        )


def one_round(tally: Tally, delay: float) -> Sent:
    sent = Sent()
    with killed_behind_pipes(tally.directory, delay) as senders:
        clients = start_clients(tally.author, sent, senders)
    for client in clients:
        client.join()
    return sent


@pytest.mark.parametrize("seed", range(PIPE_LEDGERS))
def test_receipts_of_a_killed_writer_are_kept(tally: Tally, seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    delays = random.Random(seed)
    for _ in range(ROUNDS_A_LEDGER):
        check_after_kill(tally, one_round(tally, delays.uniform(SHORTEST, LONGEST)))
    check_whole(tally, tally.directory.parent / "receipts")
    tell(capsys, tally)


def test_control_files_that_lost_a_round_are_seen(tally: Tally, tmp_path: Path) -> None:
    shutil.copytree(tally.directory, tmp_path / "before")
    sent = one_round(tally, 2 * LONGEST)
    assert sent.receipts
    tally.directory.rename(tmp_path / "after")
    (tmp_path / "before").rename(tally.directory)
    with pytest.raises(NotFoundError):
        check_after_kill(tally, sent)


@pytest.mark.parametrize(("processes", "rounds"), [(1, 3), (2, 2)])
def test_receipts_of_a_killed_server_are_kept(
    tally: Tally, processes: int, rounds: int, capsys: pytest.CaptureFixture[str]
) -> None:
    delays = random.Random(processes)
    for _ in range(rounds):
        sent = Sent()
        with killed_behind_http(tally.directory, delays.uniform(SHORTEST, LONGEST), processes) as senders:
            clients = start_clients(tally.author, sent, senders)
        for client in clients:
            client.join()
        check_after_kill(tally, sent)
    check_whole(tally, tally.directory.parent / "receipts")
    tell(capsys, tally)
