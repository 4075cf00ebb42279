"""Moving a ledger's events from its file into a PostgreSQL database: commit by commit, each as it was.

Every receipt stays what it is to the byte: leaves keep the checkpoint that their receipts prove against. Each commit is
durable, so a move that was interrupted goes on where it stopped; until the last, ``ledger.toml`` names the file.
"""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from ledger.backup.refusal import BackupError
from ledger.backup.stages import Progress
from ledger.errors import NotFoundError
from ledger.settings import Settings, save_database
from ledger.store.choosing import check_without_password
from ledger.store.engine import Append
from ledger.store.log_store import LogStore, open_file, open_store
from ledger.store.mapper import Admitted, admitted_from

STORE = ("", "-wal", "-shm")


def move_to_server(settings: Settings, url: str, progress: Progress) -> None:
    """The ledger is in the database when it returns, and its file is gone. Raises BackupError, UnreachableError.

    The database is empty, or holds the beginning of this very log.
    """
    check_without_password(url)
    server = replace(settings, server=url)
    with closing(open_file(settings.database)) as source, closing(open_store(server)) as target:
        _check_beginning(source, target)
        target.steadily(lambda: _copy(source, target, progress))
    save_database(settings.directory, url)
    # A crash here leaves a file that nothing reads any more.
    for suffix in STORE:
        Path(f"{settings.database}{suffix}").unlink(missing_ok=True)


def _copy(source: LogStore, target: LogStore, progress: Progress) -> None:
    size, start = source.size(), target.size()
    for stop in source.checkpoint_sizes(start):
        with target.turn():
            target.append(*_commit(source, start, stop))
        start = stop
        progress(stop, size)


def _commit(source: LogStore, start: int, stop: int) -> tuple[list[Admitted], Append]:
    note = source.checkpoint(stop)
    leaves = [source.leaf_at(index) for index in range(start, stop)]
    events = [admitted_from(raw) for raw in source.entries(start, stop)]
    return events, Append(leaves, source.nodes_completed(start, stop), stop, lambda: note)


def _check_beginning(source: LogStore, target: LogStore) -> None:
    size = target.size()
    try:
        same = not size or (size <= source.size() and source.checkpoint(size) == target.checkpoint(size))
    except NotFoundError:
        same = False
    if not same:
        raise BackupError(
            "这个数据库里已经有另一本账，没有移入。请给一个空的数据库。",
            "This database holds another log; nothing was moved. Give an empty one.",
        )
