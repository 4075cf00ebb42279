"""What processes there are, read from /proc."""

import contextlib
import time
from collections.abc import Iterable
from pathlib import Path

PATIENCE = 15


def children_of(pid: int) -> set[int]:
    """The running children of a process."""
    return {child for child, (parent, state) in _processes().items() if parent == pid and state != "Z"}


def naming(word: str) -> set[int]:
    """The processes whose command has a word in it."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if word.encode() in path.read_bytes():
                found.add(int(path.parent.name))
    return found


def wait_until_gone(pids: Iterable[int]) -> None:
    """Returns when none of them runs any more. Raises TimeoutError."""
    until = time.monotonic() + PATIENCE
    while left := {pid for pid, (_, state) in _processes().items() if state != "Z"} & set(pids):
        if time.monotonic() > until:
            raise TimeoutError(f"still running: {left}")
        time.sleep(0.02)


def _processes() -> dict[int, tuple[int, str]]:
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name in the second field may hold anything, brackets too.
            state, parent = path.read_text().rpartition(")")[2].split()[:2]
        except (FileNotFoundError, ProcessLookupError):
            continue
        found[int(path.parent.name)] = (int(parent), state)
    return found
