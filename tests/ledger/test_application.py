"""The core: receipts that hold for ever, groups, batches, restarts, and refusing to sign when in doubt."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from ledger.application import Ledger
from ledger.domain.drafting import Standpoint
from ledger.domain.entry import parse_entry
from ledger.domain.payload import parse_payload
from ledger.errors import BusyError, ClockBehindError, LedgerError, ReadOnlyError, WrongTreeError
from ledger.receipts import Receipt
from ledger.signing.notes import verifier_from_vkey
from ledger.store.highest import HighestCheckpoint
from ledger.tlog.merkle import MemoryTree, leaf_hash
from ledger.tlog.proof import check_proof, parse_proof
from tests.clusters import Cluster
from tests.engines import SQLITE, Choice
from tests.ledger.small_ledger import ORIGIN, SmallLedger

APPEND_ONLY = (sqlite3.IntegrityError, psycopg.errors.RaiseException)
pytestmark = pytest.mark.usefixtures("engine")


def check(receipt: Receipt, ledger: Ledger) -> int:
    proof = parse_proof(receipt.proof)
    assert (proof.index, proof.extra) == (receipt.index, receipt.entry)
    verifiers = [verifier_from_vkey(ledger.settings.vkey)]
    return check_proof(proof, entry=receipt.entry, origin=ORIGIN, verifiers=verifiers).tree_size


def test_every_receipt_of_a_group_proves_its_entry_in_the_checkpoint_of_its_commit(small: SmallLedger) -> None:
    receipts = small.ledger.admit([small.place() for _ in range(5)])
    assert [check(receipt, small.ledger) for receipt in receipts if isinstance(receipt, Receipt)] == [6] * 5


def test_the_tree_is_the_one_of_the_stored_entries_at_every_size(small: SmallLedger) -> None:
    tree = MemoryTree()
    for count in (1, 2, 3, 7, 20):
        small.fill(count)
    for raw in small.ledger.store.entries(0, small.ledger.head().size):
        tree.append(leaf_hash(raw))
    assert tree.root() == small.ledger.head().root


def test_the_same_envelope_again_gets_the_same_receipt_and_no_second_event(small: SmallLedger) -> None:
    submission = small.place()
    first = small.admit(submission)
    small.fill(3)
    again = small.ledger.admit([submission, submission])
    assert again == [first, first]
    assert small.ledger.head().size == 5
    assert small.reopen().receipt(submission.envelope.event_id) == first


def test_the_same_envelope_twice_in_one_group_is_one_event(small: SmallLedger) -> None:
    submission = small.place()
    one, two = small.ledger.admit([submission, submission])
    assert one == two
    assert small.ledger.head().size == 2


def test_a_refusal_in_a_group_leaves_the_others_admitted(small: SmallLedger) -> None:
    stranger = small.place(standpoint=Standpoint(ORIGIN, 1, bytes(32)))
    outcomes = small.ledger.admit([small.place(), stranger, small.place()])
    assert [isinstance(outcome, LedgerError) for outcome in outcomes] == [False, True, False]
    assert small.ledger.head().size == 3


def test_a_batch_is_all_or_none(small: SmallLedger) -> None:
    stranger = small.place(standpoint=Standpoint(ORIGIN, 1, bytes(32)))
    with pytest.raises(WrongTreeError) as refusal:
        small.ledger.admit_together([small.place(), stranger])
    assert refusal.value.field == "/1/payload/tree/root"
    assert small.ledger.head().size == 1
    assert len(small.ledger.admit_together([small.place(), small.place()])) == 2


def test_a_restart_gives_the_same_head_records_and_state(small: SmallLedger) -> None:
    small.fill(4)
    receipt = small.admit(small.place())
    reference = parse_record(receipt)
    before = (small.ledger.head(), small.ledger.record(reference), small.ledger.genesis())
    ledger = small.reopen()
    assert (ledger.head(), ledger.record(reference), ledger.genesis()) == before
    small.fill(1)


def parse_record(receipt: Receipt) -> str:
    return parse_payload(parse_entry(receipt.entry).envelope.payload).record


def test_a_clock_behind_the_last_entry_stops_recording(small: SmallLedger) -> None:
    small.fill(1)
    submission = small.place()
    small.clock.now -= timedelta(days=2)
    with pytest.raises(ClockBehindError):
        small.admit(submission)
    assert small.ledger.head().size == 2


def test_an_equal_clock_reading_is_fine(small: SmallLedger) -> None:
    small.fill(1)
    submission = small.place()
    small.clock.now -= timedelta(seconds=1)
    assert small.admit(submission).index == 2


@pytest.mark.parametrize("engine", [SQLITE], indirect=True)
def test_a_second_process_on_the_same_directory_is_refused(small: SmallLedger) -> None:
    with pytest.raises(BusyError):
        Ledger.open(small.directory)


def restore_older_database(small: SmallLedger, cluster: Cluster | None) -> None:
    """The database becomes what it was two entries ago; for the server's, a copy that was made then."""
    small.fill(3)
    small.ledger.close()
    path, settings = small.directory / "ledger.sqlite3", small.directory / "ledger.toml"
    copy = path.read_bytes() if cluster is None else cluster.copy(small.ledger.settings.server or "").encode()
    small.ledger = Ledger.open(small.directory, clock=small.clock, random=small.random)
    small.fill(2)
    small.ledger.close()
    if cluster is None:
        for file in small.directory.glob("ledger.sqlite3*"):
            file.unlink()
        path.write_bytes(copy)
    else:
        settings.write_text(settings.read_text().replace(small.ledger.settings.server or "", copy.decode()))


def test_a_store_behind_the_highest_checkpoint_is_served_read_only_and_says_what_is_missing(
    small: SmallLedger,
) -> None:
    restore_older_database(small, Choice.cluster)
    small.ledger = Ledger.open(small.directory, clock=small.clock, random=small.random)
    assert small.ledger.head().size == 4
    with pytest.raises(ReadOnlyError, match="covers 6 entries, but the store has 4"):
        small.admit(small.place())


def test_a_crash_between_commit_and_highest_store_is_mended_at_the_next_start(small: SmallLedger) -> None:
    highest = (small.directory / "highest" / "checkpoint").read_bytes()
    small.fill(2)
    small.ledger.close()
    (small.directory / "highest" / "checkpoint").write_bytes(highest)
    small.ledger = Ledger.open(small.directory, clock=small.clock, random=small.random)
    assert HighestCheckpoint(small.directory / "highest").note() == small.ledger.head().checkpoint
    small.fill(1)


def test_a_highest_checkpoint_of_another_history_stops_signing(small: SmallLedger, tmp_path: Any) -> None:
    other = SmallLedger(tmp_path / "other")
    other.fill(1)
    other.ledger.close()
    small.ledger.close()
    (small.directory / "highest" / "checkpoint").write_bytes((tmp_path / "other/highest/checkpoint").read_bytes())
    small.ledger = Ledger.open(small.directory, clock=small.clock, random=small.random)
    assert isinstance(small.ledger.read_only, ReadOnlyError)


def test_after_a_failed_commit_nothing_more_is_recorded_until_a_restart(
    small: SmallLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission = small.place()

    def fail(*_: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(small.ledger.store, "append", fail)
    with pytest.raises(sqlite3.OperationalError):
        small.ledger.admit([submission])
    monkeypatch.undo()
    with pytest.raises(ReadOnlyError):
        small.ledger.admit([submission])
    small.reopen()
    assert small.admit(submission).index == 1


def connect(small: SmallLedger) -> Any:
    """The engine's own driver."""
    server = small.ledger.settings.server
    return sqlite3.connect(small.ledger.settings.database) if server is None else psycopg.connect(server)


@pytest.mark.parametrize("table", ["stored_events", "leaves", "nodes", "checkpoints"])
def test_stored_events_cannot_be_changed_or_deleted_by_mistake(small: SmallLedger, table: str) -> None:
    small.fill(1)
    with closing(connect(small)) as connection, pytest.raises(APPEND_ONLY, match="append-only"):
        connection.execute(f"DELETE FROM {table}")


def test_stored_state_is_the_entry_byte_for_byte(small: SmallLedger) -> None:
    receipt = small.admit(small.place())
    with closing(connect(small)) as connection:
        states = [row[0] for row in connection.execute("SELECT state FROM stored_events")]
    assert receipt.entry in states


def test_events_without_disclosures_write_nothing_into_the_vault(small: SmallLedger) -> None:
    statements: list[str] = []
    small.ledger._vault._database.set_trace_callback(statements.append)
    small.fill(3)
    assert [statement for statement in statements if not statement.startswith("SELECT")] == []
    assert not small.ledger._vault.marks._settled
