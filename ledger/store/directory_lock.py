"""One writer: an operating-system lock on the ledger's directory, let go with the file or the process.

With PostgreSQL several processes write on one directory, and take turns with what lies in its folders.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ledger.errors import BusyError


def lock_directory(directory: Path, name: str = "ledger.lock") -> IO[bytes]:
    """The open lock file. Raises BusyError if another process has it: the ledger, or whatever the name stands for."""
    file = (directory / name).open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise BusyError from None
    return file


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Waits until no other process or thread is in such a block for the same folder, which must exist."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)
