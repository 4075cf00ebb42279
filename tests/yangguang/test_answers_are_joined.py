"""An answer's head and body leave in one write, and nothing is held longer than until the loop goes on."""

import asyncio

from yangguang.joined import WORTH_COPYING, JoinedWrites

HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n"


class Written(asyncio.Transport):
    """What a transport was told, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[bytes] = []

    def write(self, data: bytes) -> None:  # type: ignore[override]
        self.told.append(data)

    def close(self) -> None:
        self.told.append(b"closed")

    def is_closing(self) -> bool:
        return b"closed" in self.told


def told(*acts: bytes | None) -> tuple[list[bytes], list[bytes]]:
    """Writes, or closes where there is nothing to write: what is told at once, and when the loop has gone on."""

    async def run() -> tuple[list[bytes], list[bytes]]:
        joined = JoinedWrites(written := Written())
        for data in acts:
            joined.close() if data is None else joined.write(data)
        at_once = list(written.told)
        await asyncio.sleep(0)
        return at_once, written.told

    return asyncio.run(run())


def test_head_and_body_are_one_write() -> None:
    at_once, later = told(HEAD, b"ok", b"more", HEAD, b"ok")
    assert at_once == later == [HEAD + b"ok", b"more", HEAD + b"ok"]


def test_a_large_body_is_not_copied_for_it() -> None:
    large = bytes(WORTH_COPYING + 1)
    assert told(HEAD, large) == ([HEAD, large], [HEAD, large])


def test_a_head_whose_body_is_not_ready_goes_out_when_the_loop_goes_on() -> None:
    assert told(HEAD) == ([], [HEAD])


def test_what_is_held_is_sent_before_the_connection_closes() -> None:
    sent = [HEAD, b"closed"]
    assert told(HEAD, None) == (sent, sent)


def test_everything_else_is_the_transports() -> None:
    async def closing() -> bool:
        joined = JoinedWrites(Written())
        before: bool = joined.is_closing()
        joined.close()
        return not before and joined.is_closing()

    assert asyncio.run(closing())
