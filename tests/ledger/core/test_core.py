"""The core asked over sockets answers as the ledger and its committer do, and trusts nobody who asks."""

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import msgspec
import pytest

import ledger.errors
from ledger.committer import Committer
from ledger.core.client import CoreClient
from ledger.core.messages import LENGTH_BYTES, MAX_FRAME, _frame, _parse, refusal_from_json, refusal_to_json
from ledger.core.parts import submission_from_parts, submission_to_parts
from ledger.core.server import Core
from ledger.errors import BusyError, LedgerError, NotFoundError, OverLimitError, ReadOnlyError
from ledger.opening import Submission
from tests.ledger.api.conftest import furnish
from tests.ledger.core.apart import running_core
from tests.ledger.world import World

PATIENCE = 10


@dataclass
class Asked:
    """A world, a core over its ledger and a client of that core."""

    world: World
    refs: dict[str, str]
    core: Core
    client: CoreClient

    def place(self, name: str = "村", key: str = "admin-1") -> Submission:
        data = {"code": name, "name": name, "level": "village"}
        return self.world.sign("place.registered", self.world.new("place"), data, key)


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Asked]:
    world = World(tmp_path)
    refs = furnish(world)
    committer = Committer(world.ledger)
    core = Core(world.ledger, committer)
    (near, far), (near_too, far_too) = socket.socketpair(), socket.socketpair()
    threads = [core.converse(far), core.converse(far_too)]
    client = CoreClient(world.ledger.settings, submissions=near, reads=near_too)
    yield Asked(world, refs, core, client)
    client.close()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()
    committer.close()
    world.ledger.close()


REFUSALS = [cls for cls in vars(ledger.errors).values() if isinstance(cls, type) and issubclass(cls, LedgerError)]


@pytest.mark.parametrize("cls", REFUSALS, ids=lambda cls: cls.__name__)
def test_a_refusal_arrives_as_what_it_was(cls: type[LedgerError]) -> None:
    refusal = cls.__new__(cls)
    LedgerError.__init__(refusal, "句子。", "A sentence.", "/payload")
    arrived = refusal_from_json(_parse(_frame(refusal_to_json(refusal))[LENGTH_BYTES:]))
    assert type(arrived) is cls
    assert (arrived.zh, arrived.en, arrived.field) == ("句子。", "A sentence.", "/payload")


def test_reads_are_those_of_the_ledger(asked: Asked) -> None:
    books, client = asked.world.ledger, asked.client
    assert client.head() == books.head()
    assert client.entry(3) == books.entry(3)
    assert (client.origin, client.settings, client.read_only) == (books.origin, books.settings, None)
    for reference in asked.refs.values():
        record = books.record(reference)
        assert record is not None
        assert client.record(reference) == record
        assert client.record_indices(reference) == books.record_indices(reference)
        assert client.receipt(record.head or "") == books.receipt(record.head or "")
    assert client.record(asked.world.new("place")) is None


def test_what_is_not_there_is_refused_as_by_the_ledger(asked: Asked) -> None:
    for ask in (
        lambda: asked.client.receipt("0" * 64),
        lambda: asked.client.entry(10_000),
        lambda: asked.client.evidence("0" * 64),
        lambda: asked.client.keep_evidence("0" * 64, b""),
    ):
        with pytest.raises(NotFoundError):
            ask()


def test_submissions_are_judged_in_the_order_they_were_sent(asked: Asked) -> None:
    first = asked.world.ledger.head().size
    waiting = [asked.client.submit(asked.place(f"村{n}")) for n in range(50)]
    receipts = [item.result(PATIENCE) for item in waiting]
    assert [receipt.index for receipt in receipts] == list(range(first, first + 50))
    assert all(item.recorded for item in waiting)
    assert receipts[7] == asked.world.ledger.receipt(waiting[7].submissions[0].envelope.event_id)


def test_a_refusal_is_a_value_and_that_of_a_batch_is_raised(asked: Asked) -> None:
    gift = asked.world.gift(asked.refs["foundation"], 5_000)
    too_much = asked.world.sign("donation.received", asked.world.new("donation"), gift, "small")
    assert isinstance(asked.client.submit(too_much).result(PATIENCE), OverLimitError)
    with pytest.raises(OverLimitError) as caught:
        asked.client.submit_together([asked.place(), too_much]).result(PATIENCE)
    assert (caught.value.field or "").startswith("/1/")


def test_texts_that_are_no_unicode_arrive_as_they_were_sent(asked: Asked) -> None:
    submission = Submission(asked.place().envelope, ("\ud800", "中"))
    assert submission_from_parts(submission_to_parts(submission)) == submission
    assert isinstance(asked.client.submit(submission).result(PATIENCE), LedgerError)
    odd = LedgerError("“\ud800”", "\ud800", "/payload/\ud800")
    assert refusal_from_json(_parse(_frame(refusal_to_json(odd))[LENGTH_BYTES:])).field == odd.field


def test_an_event_that_was_there_already_was_not_recorded_by_this_submission(asked: Asked) -> None:
    submission = asked.place()
    first, again = (asked.client.submit(submission) for _ in range(2))
    assert first.result(PATIENCE) == again.result(PATIENCE)
    assert (first.recorded, again.recorded) == (True, False)


def test_a_read_only_ledger_says_so(asked: Asked) -> None:
    asked.world.ledger._read_only = ReadOnlyError("只读。", "Read only.")
    reason = asked.client.read_only
    assert reason is not None
    assert (reason.zh, reason.en) == ("只读。", "Read only.")
    assert isinstance(asked.client.submit(asked.place()).result(PATIENCE), ReadOnlyError)


def test_a_fault_of_the_core_tells_nothing_and_stops_nothing(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise ValueError("a secret")

    monkeypatch.setattr(asked.world.ledger, "receipt", fail)
    with pytest.raises(RuntimeError) as caught:
        asked.client.receipt("0" * 64)
    assert "secret" not in str(caught.value)
    monkeypatch.undo()
    assert asked.client.head() == asked.world.ledger.head()


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        (MAX_FRAME + 1).to_bytes(4) + b"x",
        (1).to_bytes(4) + b"\x90",
        (3).to_bytes(4) + b"\xff\xff\xff",
        (200_000).to_bytes(4) + b"\x91" * 200_000,
        (4).to_bytes(4) + b"x",
    ],
    ids=["http", "too long", "no map", "no end", "deep", "cut off"],
)
def test_nonsense_closes_its_own_connection_alone(asked: Asked, sent: bytes) -> None:
    near, far = socket.socketpair()
    thread: Thread = asked.core.converse(far)
    near.sendall(sent)
    near.shutdown(socket.SHUT_WR)
    assert near.recv(1) == b""
    thread.join(PATIENCE)
    assert not thread.is_alive()
    near.close()
    assert asked.client.head() == asked.world.ledger.head()


@pytest.mark.parametrize("ask", ["submit", "submit_together", "receipt", "close", "_commit", None, 7])
@pytest.mark.parametrize("argument", [None, {}, [], [{}], {"envelope": {}}, "x", 2**70])
def test_odd_questions_are_answered_without_harm(asked: Asked, ask: object, argument: object) -> None:
    before = asked.world.ledger.head()
    near, far = socket.socketpair()
    thread = asked.core.converse(far)
    body = json.dumps({"id": 1, "ask": ask, "with": argument}).encode()
    near.sendall(len(body).to_bytes(4) + body)
    with near.makefile("rb") as stream:
        answer = msgspec.msgpack.decode(stream.read(int.from_bytes(stream.read(4))))
    near.close()
    thread.join(PATIENCE)
    assert answer["id"] == 1
    assert "refused" in answer or "failed" in answer or answer["answer"] == []
    assert asked.world.ledger.head() == before


def test_when_the_core_is_gone_those_who_wait_are_told_and_those_who_come_are_refused(tmp_path: Path) -> None:
    world = World(tmp_path)
    near, far = socket.socketpair()
    near_too, far_too = socket.socketpair()
    client = CoreClient(world.ledger.settings, submissions=near, reads=near_too, most_waiting=1)
    data = {"code": "村", "name": "村", "level": "village"}
    submission = world.sign("place.registered", world.new("place"), data, "admin-1")
    waiting = client.submit(submission)
    with pytest.raises(BusyError):
        client.submit(submission)
    far.close()
    far_too.close()
    with pytest.raises(RuntimeError):
        waiting.result(PATIENCE)
    with pytest.raises((ConnectionError, RuntimeError)):
        client.head()
    with pytest.raises(ConnectionError):
        client.submit(submission)
    client.close()
    world.ledger.close()


def test_a_core_in_another_process_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    world = World(tmp_path)
    data = {"code": "村", "name": "村", "level": "village"}
    submission = world.sign("place.registered", world.new("place"), data, "admin-1")
    world.ledger.close()
    with running_core(world.ledger.settings.directory, world.now) as client:
        receipt = client.submit(submission).result(PATIENCE)
    with running_core(world.ledger.settings.directory, world.now) as client:
        assert client.receipt(submission.envelope.event_id) == receipt
