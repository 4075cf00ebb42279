"""Which of several processes publishes and asks the witnesses: the one that holds a lock and shows that it is alive.

    publishing.lock    locked by the leader, which touches it in every round

A process that ends lets go of the lock. One that hangs does not: when neither the file nor what it publishes has
changed for a while, another one puts a new file in the place of the old, locked by itself. Whoever comes back finds
that the file at the path is no longer the one it holds, and waits its turn; what it had begun to publish never becomes
public (``fence``).
"""

import fcntl
import os
from pathlib import Path
from typing import IO
from uuid import uuid4

from ledger.errors import BusyError
from ledger.publishing.fence import PATIENCE_SECONDS, Hangs, signs_of_life
from ledger.store.directory_lock import lock_directory

NAME = "publishing.lock"


class Lead:
    """Of the publishers of a ledger directory whose published files are in ``log``. Not to be shared by threads."""

    def __init__(self, directory: Path, log: Path, *, patience: float = PATIENCE_SECONDS) -> None:
        self._path = directory / NAME
        self._log = log
        self._file: IO[bytes] | None = None
        self._hangs = Hangs(patience)

    def take(self) -> bool:
        """Whether this process leads now: because nobody does, or because whoever does hangs."""
        if self.holds():
            return True
        self.close()
        try:
            self._file = lock_directory(self._path.parent, NAME)
        except BusyError:
            if self._hangs.shows(self._signs()):
                self._take_over()
        return self.holds()

    def holds(self) -> bool:
        """Whether this process still leads; that it asks is its sign of life."""
        if self._file is None:
            return False
        try:
            here, own = self._path.stat(), os.fstat(self._file.fileno())
        except FileNotFoundError:
            return False
        if (here.st_dev, here.st_ino) != (own.st_dev, own.st_ino):
            return False
        os.utime(self._file.fileno())
        return True

    def close(self) -> None:
        """Leaves the lead to others."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _signs(self) -> object:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns, signs_of_life(self._log)

    def _take_over(self) -> None:
        """Of two that take over at once, the later rename stays; the other sees that as soon as it asks."""
        new = self._path.with_name(f"publishing-{uuid4().hex}.lock")
        self._file = new.open("ab")
        fcntl.flock(self._file, fcntl.LOCK_EX)
        new.replace(self._path)
