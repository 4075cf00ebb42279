"""The highest checkpoint ever signed, kept outside the store: it catches a restored database.

A directory with one file, ``checkpoint``: two slots that are written in turn (``slots``), or the plain note, as a
restore lays it there. A crash leaves the old note or the new one. With PostgreSQL it may be a row in a second database
instead (``highest_row``).
"""

import os
from abc import ABC, abstractmethod
from pathlib import Path

from ledger.errors import ReadOnlyError
from ledger.store import slots
from ledger.store.directory_lock import locked
from ledger.tlog.checkpoint import Checkpoint, parse_checkpoint
from ledger.tlog.note import parse_note


class Highest(ABC):
    """Compare-and-swap on the highest signed checkpoint note."""

    @abstractmethod
    def note(self) -> bytes | None:
        """The note, or None before the first."""

    @abstractmethod
    def advance(self, expected: bytes | None, note: bytes) -> None:
        """Replaces ``expected`` by ``note``, durably. Raises MovedError if another writer moved it."""

    @abstractmethod
    def close(self) -> None:
        """Lets go of connections."""


class HighestCheckpoint(Highest):
    """In a directory."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "checkpoint"

    def note(self) -> bytes | None:
        """The note, or None before the first."""
        try:
            return slots.content_of(self._path.read_bytes())
        except FileNotFoundError:
            return None

    def advance(self, expected: bytes | None, note: bytes) -> None:
        """As ``Highest.advance``."""
        if expected is None:
            make_directory(self._path.parent)
        with locked(self._path.parent):
            if not self._replaced(expected, note):
                write_durably(self._path, slots.new_file(note))

    def close(self) -> None:
        """Nothing is kept open."""

    def _replaced(self, expected: bytes | None, note: bytes) -> bool:
        try:
            file = slots.SlotFile(self._path)
        except FileNotFoundError:
            if expected is not None:
                raise MovedError from None
            return False
        with file:
            if file.content != expected:
                raise MovedError
            return file.replace(note)


def raise_to(highest: Highest, note: bytes) -> None:
    """Sees to it, durably, that the highest checkpoint is ``note`` or one of more entries that another process signed.

    Both are of one log: whoever signs has checked that the highest one is of its own history.
    """
    size = checkpoint_in(note).tree_size
    while (held := highest.note()) is None or checkpoint_in(held).tree_size < size:
        try:
            highest.advance(held, note)
        except MovedError:
            continue


class MovedError(ReadOnlyError):
    """Two processes moved the highest checkpoint at once."""

    def __init__(self) -> None:
        super().__init__(
            "最高签章已被别的进程改动，已停止记账。请确认只有一个进程在记账。",
            "Another process moved the highest checkpoint; recording has stopped.",
        )


def checkpoint_in(note: bytes) -> Checkpoint:
    """The checkpoint in a note. Raises MalformedError."""
    return parse_checkpoint(parse_note(note).text)


def write_durably(path: Path, data: bytes, *, temporary: Path | None = None) -> None:
    """Writes a file so that after a crash it is whole, the old or the new. ``temporary`` is where it is made first."""
    make_directory(path.parent)
    temporary = temporary or path.with_name(path.name + ".tmp")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    _sync_directory(path.parent)


def make_directory(path: Path) -> None:
    """Makes a directory durably, and those above it."""
    # A new directory is durable only once the one above it is synced; a file inside it would be lost with its name.
    if not path.exists():
        make_directory(path.parent)
        path.mkdir(exist_ok=True)
        _sync_directory(path.parent)


def _sync_directory(path: Path) -> None:
    directory = os.open(path, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
