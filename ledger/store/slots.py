"""A small file whose content is replaced in place: two slots, written in turn, and one sync for each content.

    0        a line that says what this is, then zeros
    4096     a slot
    12288    the other

    8 bytes, number | 4 bytes, length | content | 32 bytes, SHA-256 of all before      big-endian

The slot with the higher number holds the content. A write goes into the other one, so whatever a crash leaves of it,
the content before is whole; a slot whose digest is wrong was never finished. A new file is filled with zeros: writing
into it changes neither its length nor which blocks are its own, so ``fdatasync`` waits for one block alone. Slots begin
where a file system's blocks do.

A file that begins otherwise is its content.
"""

import os
from hashlib import sha256
from pathlib import Path
from typing import Self

FIRST_LINE = b"two slots, at 4096 and 12288: the newer whole one counts\n"
STARTS = (4096, 12288)
SLOT = 8192
NUMBER, LENGTH, DIGEST = 8, 4, 32
MOST = SLOT - NUMBER - LENGTH - DIGEST
"""A longer content is its file."""


class SlotFile:
    """Such a file as it lies there, opened to be read and written."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR)
        self._bytes = os.pread(self._descriptor, os.fstat(self._descriptor).st_size, 0)
        self._newest = _newest(self._bytes)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)

    @property
    def content(self) -> bytes:
        """As ``content_of``."""
        return self._bytes if self._newest is None else self._newest[1]

    def replace(self, content: bytes) -> bool:
        """Puts another content into it, durably, and once. False: the file has to be made anew."""
        if self._newest is None or len(content) > MOST:
            return False
        number = self._newest[0] + 1
        os.pwrite(self._descriptor, _format(number, content), STARTS[number % len(STARTS)])
        _sync(self._descriptor)
        return True


def content_of(file: bytes) -> bytes:
    """The content. Without a whole slot it is the file as it lies there, which is no content: its reader refuses it."""
    found = _newest(file)
    return file if found is None else found[1]


def new_file(content: bytes) -> bytes:
    """A file that holds the content: to be written whole, and durably."""
    if len(content) > MOST:
        return content
    head = FIRST_LINE.ljust(STARTS[0], b"\0") + _format(0, content)
    return head.ljust(STARTS[-1] + SLOT, b"\0")


def _sync(descriptor: int) -> None:
    # Not every system has the one that leaves out the time of the change.
    (os.fdatasync if hasattr(os, "fdatasync") else os.fsync)(descriptor)


def _newest(file: bytes) -> tuple[int, bytes] | None:
    """Number and content."""
    if not file.startswith(FIRST_LINE):
        return None
    return max(filter(None, (_parse(file[start : start + SLOT]) for start in STARTS)), default=None)


def _format(number: int, content: bytes) -> bytes:
    body = number.to_bytes(NUMBER) + len(content).to_bytes(LENGTH) + content
    return body + sha256(body).digest()


def _parse(slot: bytes) -> tuple[int, bytes] | None:
    end = NUMBER + LENGTH + int.from_bytes(slot[NUMBER : NUMBER + LENGTH])
    body, digest = slot[:end], slot[end : end + DIGEST]
    return (int.from_bytes(slot[:NUMBER]), body[NUMBER + LENGTH :]) if sha256(body).digest() == digest else None
