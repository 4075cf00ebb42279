"""What a process did to its files, recorded by strace and read back as operations.

strace prints one line a call, every string in hexadecimal (``-xx``):

    4432  pwrite64(5, "\\x37\\x7f…", 4096, 32) = 4096
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
LONGEST_STRING = 10_000_000
CALLS = (
    "?open,openat,?creat,close,dup,?dup2,dup3,write,pwrite64,writev,pwritev,pwritev2,truncate,ftruncate,fallocate,"
    "?rename,renameat,renameat2,?link,linkat,?unlink,unlinkat,?mkdir,mkdirat,?rmdir,fsync,fdatasync,sync_file_range"
)
LINE = re.compile(r"(?:\d+\s+)?(\w+)\((.*)\)\s+= (-?\d+)")


@dataclass(frozen=True, slots=True)
class Open:
    """A file or directory got a descriptor, and was made or emptied if the flags say so."""

    fd: int
    path: str
    create: bool
    empty: bool


@dataclass(frozen=True, slots=True)
class Close:
    fd: int


@dataclass(frozen=True, slots=True)
class Write:
    """``offset`` is None where the bytes go on from the last write."""

    fd: int
    data: bytes
    offset: int | None


@dataclass(frozen=True, slots=True)
class Truncate:
    fd: int
    size: int


@dataclass(frozen=True, slots=True)
class Sync:
    fd: int


@dataclass(frozen=True, slots=True)
class Rename:
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Remove:
    path: str


@dataclass(frozen=True, slots=True)
class MakeDirectory:
    path: str


Operation = Open | Close | Write | Truncate | Sync | Rename | Remove | MakeDirectory


def record(module: str, arguments: Sequence[str], output: Path) -> list[Operation]:
    """Runs a module of this project under strace and gives back what it did, in order."""
    strace = ["strace", "-f", "--seccomp-bpf", "-xx", "-s", str(LONGEST_STRING), "-e", f"trace={CALLS}"]
    command = [*strace, "-o", str(output), sys.executable, "-B", "-m", module, *arguments]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    with output.open(encoding="ascii") as lines:
        return list(parse(lines))


def parse(lines: Iterator[str]) -> Iterator[Operation]:
    """The calls that succeeded, as operations."""
    for line in lines:
        match = LINE.match(line)
        if match is None:
            assert re.match(r"(\d+\s+)?(\+\+\+|---)", line), f"two threads wrote at once, or strace speaks anew: {line}"
        elif int(match[3]) >= 0:
            # A call that READERS lacks must fail here: it would change the disk behind our back.
            yield READERS[match[1]]([_argument(text) for text in match[2].split(", ")], int(match[3]))


def _argument(text: str) -> str:
    assert not text.endswith("..."), "strace cut a string short"
    if text.startswith('"'):
        return bytes.fromhex(text.strip('"').replace("\\x", "")).decode("latin-1")
    return text


def _path(text: str) -> str:
    return os.path.normpath(text.encode("latin-1").decode())


def _bytes(text: str, count: int) -> bytes:
    return text.encode("latin-1")[:count]


READERS: dict[str, Callable[[list[str], int], Operation]] = {
    "open": lambda given, fd: Open(fd, _path(given[0]), "O_CREAT" in given[1], "O_TRUNC" in given[1]),
    "openat": lambda given, fd: Open(fd, _path(given[1]), "O_CREAT" in given[2], "O_TRUNC" in given[2]),
    "close": lambda given, _: Close(int(given[0])),
    "write": lambda given, count: Write(int(given[0]), _bytes(given[1], count), None),
    "pwrite64": lambda given, count: Write(int(given[0]), _bytes(given[1], count), int(given[3])),
    "ftruncate": lambda given, _: Truncate(int(given[0]), int(given[1])),
    "fsync": lambda given, _: Sync(int(given[0])),
    "fdatasync": lambda given, _: Sync(int(given[0])),
    "rename": lambda given, _: Rename(_path(given[0]), _path(given[1])),
    "renameat": lambda given, _: Rename(_path(given[1]), _path(given[3])),
    "renameat2": lambda given, _: Rename(_path(given[1]), _path(given[3])),
    "unlink": lambda given, _: Remove(_path(given[0])),
    "rmdir": lambda given, _: Remove(_path(given[0])),
    "unlinkat": lambda given, _: Remove(_path(given[1])),
    "mkdir": lambda given, _: MakeDirectory(_path(given[0])),
    "mkdirat": lambda given, _: MakeDirectory(_path(given[1])),
}
