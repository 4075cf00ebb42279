"""One writer: an operating-system lock on the ledger's directory, let go with the file or the process."""

import fcntl
from pathlib import Path
from typing import IO

from ledger.errors import BusyError


def lock_directory(directory: Path) -> IO[bytes]:
    """The open lock file. Raises BusyError if another process has the ledger open."""
    file = (directory / "ledger.lock").open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise BusyError from None
    return file
