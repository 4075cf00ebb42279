"""Whoever writes, the outbox's own thread or the one that brings a message, messages arrive whole and once."""

import socket
from collections.abc import Iterator
from functools import partial
from threading import Thread
from typing import Any

import pytest

from ledger.core.messages import Outbox, frames

LONG = b"x" * 1_000_000


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def message(number: int, body: bytes = b"") -> dict[str, Any]:
    return {"id": number, "answer": body}


def test_one_that_is_alone_has_left_before_the_call_is_over(pair: tuple[socket.socket, socket.socket]) -> None:
    outbox = Outbox(pair[0])
    outbox.put(lambda: message(1), alone=True)
    pair[1].setblocking(False)
    assert pair[1].recv(1000)
    outbox.close()


def test_what_the_other_side_does_not_read_yet_holds_nobody_up_and_arrives_whole(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    outbox = Outbox(pair[0])
    for number in range(6):
        outbox.put(partial(message, number, LONG if number % 2 == 0 else b"short"), alone=True)
    closing = Thread(target=outbox.close)
    closing.start()
    found = {found["id"]: len(found["answer"]) for found in frames(pair[1])}
    closing.join()
    assert found == {number: len(LONG) if number % 2 == 0 else 5 for number in range(6)}


def test_several_threads_at_once(pair: tuple[socket.socket, socket.socket]) -> None:
    outbox = Outbox(pair[0])

    def put(first: int) -> None:
        for number in range(first, first + 200):
            outbox.put(partial(message, number, b"y" * (number % 7 * 1000)), alone=number % 3 > 0)

    threads = [Thread(target=put, args=(first,)) for first in (0, 1000, 2000)]
    for thread in threads:
        thread.start()
    found: list[int] = []
    reading = Thread(target=lambda: found.extend(item["id"] for item in frames(pair[1])))
    reading.start()
    for thread in threads:
        thread.join()
    outbox.close()
    reading.join()
    assert sorted(found) == sorted(number for first in (0, 1000, 2000) for number in range(first, first + 200))


def test_a_broken_connection_raises_nothing(pair: tuple[socket.socket, socket.socket]) -> None:
    outbox = Outbox(pair[0])
    pair[1].close()
    for _ in range(3):
        outbox.put(lambda: message(1), alone=True)
    outbox.close()
