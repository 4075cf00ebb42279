"""Copying a ledger whose events are in PostgreSQL: the backup is one of files, and so is what is restored from it.

The rows are of one moment, and the same: entries, nodes, checkpoints. The dense index is our own, so nothing depends
on the server's numbering; the copy verifies by itself, without a server.
"""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from ledger.backup.stages import Progress
from ledger.settings import Settings
from ledger.store.choosing import highest_note, server_snapshot
from ledger.store.log_store import open_file

LEAVES = "entry_index, event_id, originator_id, originator_version, proved_at"
EVENTS = "originator_id, originator_version, topic, state"
COPIED = {
    "leaves": (LEAVES, "leaves ORDER BY entry_index"),
    "stored_events": (
        EVENTS,
        "leaves JOIN stored_events USING (originator_id, originator_version) ORDER BY entry_index",
    ),
    "nodes": ("level, node_index, hash", "nodes"),
    "checkpoints": ("tree_size, note", "checkpoints ORDER BY tree_size"),
}
"""Columns by table, and their rows in the order of the log."""
SERVER_LINE = re.compile(r'\s*(database|highest)\s*=\s*"[^"]*://')


def copy_server(url: str, target: Path, progress: Progress) -> None:
    """The store of a server in a new SQLite file. Raises UnreachableError, MalformedError."""
    open_file(target).close()
    with closing(server_snapshot(url)) as snapshot, closing(sqlite3.connect(target, isolation_level=None)) as writing:
        writing.execute("BEGIN")
        for done, (table, (columns, rows)) in enumerate(COPIED.items(), start=1):
            marks = ",".join("?" * (columns.count(",") + 1))
            statement = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 - names of our own
            writing.executemany(statement, snapshot.rows(f"SELECT {columns} FROM {rows}"))  # noqa: S608 - as above
            progress(done, len(COPIED))
        writing.execute("COMMIT")


def copy_settings(settings: Settings, folder: Path) -> None:
    """``ledger.toml`` without servers, and the highest checkpoint as a file, wherever it is kept."""
    lines = (settings.directory / "ledger.toml").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "ledger.toml").write_text("".join(x for x in lines if not SERVER_LINE.match(x)), encoding="utf-8")
    note = highest_note(settings)
    if note is not None:
        (folder / "highest").mkdir(exist_ok=True)
        (folder / "highest" / "checkpoint").write_bytes(note)
