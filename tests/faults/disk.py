"""A disk that keeps what was synced, and of the rest whatever chance keeps, torn at 512 bytes.

It promises less than any file system in use: syncing a file does not make its name durable, only syncing its
directory does; unsynced writes to one file survive in any order; names in one directory change in order, but as
far as chance has it.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.trace import Close, MakeDirectory, Open, Operation, Remove, Rename, Sync, Truncate, Write

SECTOR = 512
Change = tuple[int, bytes] | int
"""Bytes at an offset, or a new length."""
Names = dict[str, "File | None"]
"""Files by path; None is a directory."""
NameChange = tuple[str, str | None, "File | None"]
"""Path; where it is moved from, or None; the file that gets it (None: a directory). ``("p", "p", None)`` removes."""


@dataclass(eq=False)
class File:
    """What is on the platter, what is not yet, and what a reader sees now."""

    durable: bytearray = field(default_factory=bytearray)
    pending: list[Change] = field(default_factory=list)

    def sync(self) -> None:
        """Everything so far is durable."""
        for change in self.pending:
            _apply(self.durable, change)
        self.pending.clear()

    def survivor(self, chance: random.Random) -> bytes:
        """What a power cut leaves: each pending change is lost, kept, or kept in some of its sectors."""
        content = bytearray(self.durable)
        for change in self.pending:
            fate = chance.choice(("lost", "lost", "kept", "torn"))
            if fate == "kept" or (fate == "torn" and isinstance(change, int)):
                _apply(content, change)
            elif fate == "torn" and not isinstance(change, int):
                for sector in _sectors(change):
                    if chance.random() < 0.5:
                        _apply(content, sector)
        return bytes(content)


@dataclass
class Disk:
    """Replays operations on the files under ``root``, which starts as it lies there, all of it durable."""

    root: Path
    names: Names = field(default_factory=dict)
    durable_names: Names = field(default_factory=dict)
    pending_names: dict[str, list[NameChange]] = field(default_factory=dict)
    _open: dict[int, str] = field(default_factory=dict)
    _files: dict[int, File] = field(default_factory=dict)
    _position: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for path in self.root.rglob("*"):
            self.names[str(path)] = None if path.is_dir() else File(bytearray(path.read_bytes()))
        self.names[str(self.root)] = None
        self.durable_names = dict(self.names)

    def replay(self, operation: Operation) -> None:
        """The next thing that the process did; what it did elsewhere is passed over."""
        match operation:
            case Open(_, path) if self._holds(path):
                self._opened(operation)
            case Close(fd):
                self._open.pop(fd, None)
                self._files.pop(fd, None)
            case Write(fd) | Truncate(fd) | Sync(fd) if fd in self._files:
                self._to_file(self._files[fd], operation)
            case Sync(fd) if fd in self._open:
                for change in self.pending_names.pop(self._open[fd], []):
                    _rename(self.durable_names, change)
            case Rename(_, path) | Remove(path) | MakeDirectory(path) if self._holds(path):
                self._to_names(operation)

    def image(self, directory: Path, chance: random.Random) -> None:
        """Writes into ``directory`` what a power cut at this moment could leave."""
        names = dict(self.durable_names)
        for changes in self.pending_names.values():
            for change in changes[: chance.randint(0, len(changes))]:
                _rename(names, change)
        for path in sorted(names):
            place, file = directory / Path(path).relative_to(self.root), names[path]
            if path != str(self.root) and not place.parent.is_dir():
                continue  # its directory was lost, so nobody finds it
            if file is None:
                place.mkdir()
            else:
                place.write_bytes(file.survivor(chance))

    def _opened(self, operation: Open) -> None:
        self._open[operation.fd] = operation.path
        if operation.create and operation.path not in self.names:
            self._change((operation.path, None, File()))
        file = self.names[operation.path]
        if file is not None:
            self._files[operation.fd] = file
            self._position[operation.fd] = 0
            if operation.empty:
                file.pending.append(0)

    def _to_file(self, file: File, operation: Write | Truncate | Sync) -> None:
        match operation:
            case Write(fd, data, None):
                file.pending.append((self._position[fd], data))
                self._position[fd] += len(data)
            case Write(_, data, int(offset)):
                file.pending.append((offset, data))
            case Truncate(_, size):
                file.pending.append(size)
            case Sync():
                file.sync()

    def _to_names(self, operation: Rename | Remove | MakeDirectory) -> None:
        match operation:
            case Rename(old, new):
                self._change((new, old, self.names[old]))
            case Remove(path):
                self._change((path, path, None))
            case MakeDirectory(path):
                self._change((path, None, None))

    def _holds(self, path: str) -> bool:
        return Path(path).is_relative_to(self.root)

    def _change(self, change: NameChange) -> None:
        _rename(self.names, change)
        self.pending_names.setdefault(str(Path(change[0]).parent), []).append(change)


def _rename(names: Names, change: NameChange) -> None:
    path, moved_from, file = change
    if moved_from is not None:
        names.pop(moved_from, None)
    if path != moved_from:
        names[path] = file


def _apply(content: bytearray, change: Change) -> None:
    if isinstance(change, int):
        content.extend(bytes(max(0, change - len(content))))
        del content[change:]
        return
    offset, data = change
    content.extend(bytes(max(0, offset - len(content))))
    content[offset : offset + len(data)] = data


def _sectors(change: tuple[int, bytes]) -> Iterator[tuple[int, bytes]]:
    offset, data = change
    end = offset + len(data)
    starts = [offset, *range(offset - offset % SECTOR + SECTOR, end, SECTOR)]
    for start, stop in zip(starts, [*starts[1:], end], strict=True):
        yield start, data[start - offset : stop - offset]
