"""Backups taken while others record: each is whole, and holds every receipt given before it began."""

import json
import os
import signal
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Self

import pytest

from ledger.application import Ledger
from ledger.audit.source import open_source
from ledger.audit.verify import Options, verify
from ledger.backup.back_up import back_up
from ledger.clock import system_clock
from ledger.publishing.publisher import Publisher
from ledger.receipts import Receipt
from ledger.settings import load_settings
from ledger.store.mapper import admitted_from
from tests.faults.author import Author, found_ledger
from tests.faults.writer import ORGANISATION, signed
from tests.ledger.backup.town import restored_at

BACKUPS = 6


class Recording:
    """Two threads that record, one of them with notes for the vault, and one that publishes, as ``serve`` has it."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.receipts: list[Receipt] = []
        self.failures: list[BaseException] = []
        self._author = Author(ledger)
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(work,)) for work in (self._places, self._notes)]
        self._threads.append(threading.Thread(target=self._run, args=(self._publishing,)))

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _run(self, work: Callable[[], None]) -> None:
        try:
            while not self._stop.is_set():
                work()
        except BaseException as failure:  # noqa: BLE001 - the test says what it was
            self.failures.append(failure)

    def _places(self) -> None:
        for outcome in self.ledger.admit([self._author.place() for _ in range(3)]):
            assert isinstance(outcome, Receipt), outcome
            self.receipts.append(outcome)

    def _notes(self) -> None:
        number = len(self.receipts)
        reference = f"organisation/0190a000-0000-7000-8000-{number:012x}"
        (outcome,) = self.ledger.admit([signed(self.ledger, reference, "organisation.registered", ORGANISATION)])
        note = signed(
            self.ledger, reference, "organisation.suspended", {"ground": "request"}, note=f"说明{number}" * 50
        )
        (outcome,) = self.ledger.admit([note])
        assert isinstance(outcome, Receipt), outcome
        self.receipts.append(outcome)

    def _publishing(self) -> None:
        settings = self.ledger.settings
        Publisher(self.ledger.store, settings.log, vkey=settings.vkey).publish()
        self._stop.wait(0.01)


@pytest.fixture(scope="module")
def under_load(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, int]]:
    """Backups with their keys, and how many receipts had been given when each began, kept in ``receipts-N``."""
    folder = tmp_path_factory.mktemp("load")
    made = []
    with closing(found_ledger(folder / "ledger")) as ledger, Recording(ledger) as recording:
        for number in range(BACKUPS):
            given = list(recording.receipts)
            back_up(ledger.settings, folder / f"{number}", keys=folder / f"{number}-keys", now=system_clock())
            made.append((folder / f"{number}", len(given)))
            receipts = folder / f"receipts-{number}"
            receipts.mkdir()
            for receipt in given:
                (receipts / f"{receipt.index}.json").write_text(json.dumps(receipt.to_json()))
    assert recording.failures == []
    return made


def test_recording_goes_on_while_backups_are_made(under_load: list[tuple[Path, int]]) -> None:
    given = [count for _, count in under_load]
    assert given == sorted(given)
    assert given[-1] > given[1] > 0


def test_each_backup_verifies_where_it_lies(under_load: list[tuple[Path, int]]) -> None:
    for backup, _ in under_load:
        before = sorted(backup.rglob("*"))
        with closing(open_source(str(backup))) as source:
            report = verify(source, Options(rules=True))
        assert (report.verdict, report.findings) == ("good", ())
        assert sorted(backup.rglob("*")) == before


def test_each_backup_restores_with_every_receipt_given_before_it_began(
    under_load: list[tuple[Path, int]], tmp_path: Path
) -> None:
    for number, (backup, given) in enumerate(under_load):
        receipts = backup.with_name(f"receipts-{number}")
        outcome = restored_at(tmp_path / str(number), backup, system_clock(), receipts=receipts if given else None)
        assert (outcome.whole, outcome.findings, outcome.receipts) == (True, (), given)
        assert outcome.size > given


def test_each_backup_holds_the_values_of_every_entry_in_it(under_load: list[tuple[Path, int]], tmp_path: Path) -> None:
    for number, (backup, _) in enumerate(under_load):
        keys, place = backup.with_name(f"{number}-keys"), tmp_path / str(number)
        (tmp_path / "checkpoint").write_bytes((backup / "log" / "checkpoint").read_bytes())
        restored_at(place, backup, system_clock(), keys=keys, nothing_newer=tmp_path / "checkpoint")
        with closing(Ledger.open(place)) as ledger:
            assert ledger.read_only is None
            pasts = [admitted_from(raw).past for raw in ledger.store.entries(0, ledger.head().size)]
            # What came after the store's moment was discarded, and nothing of what came before it.
            assert ledger._vault.event_ids() == {past.event_id for past in pasts if past.withdrawable}
            texts = [ledger.text(digest).value for past in pasts for digest in past.withdrawable]
            assert all(text.startswith("说明") for text in texts)
            assert texts or number == 0


def test_what_a_killed_writer_left_in_its_write_ahead_log_is_backed_up(tmp_path: Path) -> None:
    found_ledger(tmp_path / "ledger").close()
    child = os.fork()
    if child == 0:
        try:
            ledger = Ledger.open(tmp_path / "ledger")
            author = Author(ledger)
            ledger.admit([author.place() for _ in range(5)])
        finally:
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    assert (tmp_path / "ledger" / "ledger.sqlite3-wal").stat().st_size > 0
    made = back_up(load_settings(tmp_path / "ledger"), tmp_path / "backup", now=system_clock())
    assert made.manifest.checkpoint.tree_size == 6
    assert restored_at(tmp_path / "restored", tmp_path / "backup", system_clock()).size == 6
