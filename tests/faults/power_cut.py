"""Power cuts at random moments of a recorded run, and what a ledger makes of the disk each of them leaves."""

import json
import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ledger.application import Ledger
from ledger.audit.source import open_source
from ledger.audit.verify import verify
from ledger.errors import LedgerError, NotFoundError
from ledger.publishing.publisher import Publisher
from tests.faults.author import Author, receipt_bytes
from tests.faults.disk import Disk
from tests.faults.trace import Operation, Write

STANDARD_OUTPUT = 1


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """One event whose receipt left the process, and the disclosures that came with it."""

    event_id: str
    receipt: bytes
    disclosures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """A disk as a power cut left it, and what had been acknowledged by then."""

    directory: Path
    acknowledged: tuple[Acknowledged, ...]


def cuts(disk: Disk, operations: Sequence[Operation], image: Path, *, count: int, seed: int) -> Iterator[Cut]:
    """``count`` images, each in the folder ``image`` until the next; ``disk`` is as before the first operation."""
    chance = random.Random(seed)
    first = next(place for place, operation in enumerate(operations) if _acknowledges(operation))
    moments = Counter(chance.randrange(first, len(operations) + 1) for _ in range(count))
    acknowledged: list[Acknowledged] = []
    for moment, operation in enumerate([*operations, None]):
        for _ in range(moments[moment]):
            shutil.rmtree(image, ignore_errors=True)
            disk.image(image, chance)
            yield Cut(image, tuple(acknowledged))
        if isinstance(operation, Write) and _acknowledges(operation):
            acknowledged += [Acknowledged(i, r.encode(), tuple(d)) for i, r, d in json.loads(operation.data)]
        elif operation is not None:
            disk.replay(operation)


def faults(cut: Cut) -> list[str]:
    """What is wrong with the disk after reopening the ledger on it; empty if every promise was kept."""
    for name in ("ledger.sqlite3", "vault/disclosures.sqlite3"):
        with closing(sqlite3.connect(cut.directory / name)) as database:
            try:
                if database.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                    return [f"{name} is damaged"]
            except sqlite3.DatabaseError as error:
                return [f"{name}: {error}"]
    try:
        ledger = Ledger.open(cut.directory)
    except (LedgerError, sqlite3.Error, RuntimeError) as error:
        return [f"does not open: {error}"]
    with closing(ledger):
        ahead = [] if ledger.read_only is None else ["the highest checkpoint is ahead of the store"]
        return ahead + [fault for item in cut.acknowledged if (fault := _lost(ledger, item))]


def check_published(cut: Cut) -> None:
    """Whatever checkpoint the public finds, the files that it covers are there too."""
    if (cut.directory / "log" / "checkpoint").exists():
        with closing(open_source(str(cut.directory / "log"))) as source:
            report = verify(source)
        assert {finding.code for finding in report.findings} <= {"unknown-file"}, report.findings


def check_goes_on(cut: Cut) -> None:
    """The ledger records again, publishes again, and ``verify`` finds the whole directory good."""
    with closing(Ledger.open(cut.directory)) as ledger:
        author = Author(ledger)
        Publisher(ledger.store, ledger.settings.log, vkey=ledger.settings.vkey).publish()
        for outcome in ledger.admit([author.place(), author.place()]):
            assert not isinstance(outcome, LedgerError)
        Publisher(ledger.store, ledger.settings.log, vkey=ledger.settings.vkey).publish()
    source = open_source(str(cut.directory))
    report = verify(source)
    source.close()
    assert (report.verdict, report.findings) == ("good", ())


def _acknowledges(operation: Operation | None) -> bool:
    return isinstance(operation, Write) and operation.fd == STANDARD_OUTPUT


def _lost(ledger: Ledger, item: Acknowledged) -> str:
    try:
        receipt = receipt_bytes(ledger.receipt(item.event_id))
        kept = {ledger._vault.get(item.event_id, digest) for digest in ledger._vault.digests(item.event_id)}
    except NotFoundError as error:
        return f"lost: {error}"
    if receipt != item.receipt:
        return f"another receipt: {item.event_id}"
    return "" if kept == set(item.disclosures) else f"lost disclosures: {item.event_id}"
