"""Of which log and read models an answer is."""

import sqlite3
from collections.abc import Hashable
from pathlib import Path

from public_site.published_log import PublishedLog


class VersionOfFiles:
    """What the read models' file and the published checkpoint are now; None, which keeps nothing, without them.

    To be asked by one thread: SQLite's data_version is a connection's own count of others' commits.
    """

    def __init__(self, views: Path, published: PublishedLog) -> None:
        self._views = views
        self._published = published
        self._db: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None

    def __call__(self) -> Hashable:
        """Some microseconds: a few files looked at, none read."""
        try:
            here = self._views.stat()
            if self._db is None or self._file != (here.st_dev, here.st_ino):
                self._connect(here.st_dev, here.st_ino)
            assert self._db is not None
            return (self._file, self._db.execute("PRAGMA data_version").fetchone()[0], self._published.version())
        except (OSError, sqlite3.Error):
            return None

    def _connect(self, device: int, inode: int) -> None:
        if self._db is not None:
            self._db.close()
        self._db = sqlite3.connect(
            f"{self._views.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
        )
        self._file = (device, inode)
