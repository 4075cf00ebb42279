"""Writing a secret file so that it exists whole, readable by its owner alone, or not at all."""

import os
import tempfile
from pathlib import Path


def publish_new_file(path: Path, content: bytes) -> None:
    """Creates ``path`` with ``content``, mode 0600, durably. Raises FileExistsError if anything is there.

    A crash before the link leaves a temporary file named ``.new-…`` beside it, which nothing reads; a crash after
    it leaves the whole file, perhaps with that second name for it. Renaming would replace an existing file in
    silence; a link cannot.
    """
    descriptor, temporary = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(temporary, path)
    finally:
        Path(temporary).unlink()
    sync_directory(path.parent)


def sync_directory(directory: Path) -> None:
    """Makes the names in ``directory`` durable: syncing a file does not sync its name."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
