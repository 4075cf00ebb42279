"""The PostgreSQL server is killed, with all its processes: what was acknowledged is there, here or on the standby.

The controls take a promise away, and the loss is seen: the ledger says what is missing and signs nothing more.
"""

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ledger.application import Ledger
from ledger.errors import ReadOnlyError
from ledger.receipts import Receipt
from ledger.store import postgres_connection
from ledger.store.unreachable import UnsafeServerError
from tests.clusters import Cluster, own_cluster
from tests.faults import author as authors
from tests.faults.author import Author, found_ledger

PATIENCE = 10


@pytest.fixture
def primary(postgres: Cluster) -> Iterator[Cluster]:
    with own_cluster(postgres) as cluster:
        yield cluster


def found_on(directory: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    monkeypatch.setattr(authors, "new_database", lambda: url)
    return found_ledger(directory)


def admit(ledger: Ledger, author: Author, count: int) -> dict[str, Receipt]:
    """Receipts by event id, of events admitted one at a time."""
    receipts = {}
    for submission in (author.place() for _ in range(count)):
        [receipt] = ledger.admit([submission])
        assert isinstance(receipt, Receipt), receipt
        receipts[submission.envelope.event_id] = receipt
    return receipts


def check_kept(ledger: Ledger, receipts: dict[str, Receipt]) -> None:
    assert {event_id: ledger.receipt(event_id) for event_id in receipts} == receipts


def attach(primary: Cluster, standby: Cluster, names: str) -> None:
    """Starts the standby, which the primary waits for if it is named, and waits until it follows."""
    standby.start()
    primary.sql(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'")
    primary.sql("SELECT pg_reload_conf()")
    until, wanted = time.monotonic() + PATIENCE, "sync" if names else "async"
    while primary.sql("SELECT sync_state FROM pg_stat_replication WHERE state = 'streaming'") != [(wanted,)]:
        assert time.monotonic() < until, "the standby does not follow"
        time.sleep(0.02)


def test_a_standby_promoted_after_the_primary_was_killed_has_every_acknowledged_entry(
    primary: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    primary.start()
    standby = primary.standby()
    attach(primary, standby, "standby")
    with closing(found_on(tmp_path / "ledger", primary.url("postgres", standby), monkeypatch)) as ledger:
        author = Author(ledger)
        # Acknowledged and written down there, but not yet replayed when the primary dies.
        standby.sql("SELECT pg_wal_replay_pause()")
        receipts = admit(ledger, author, 20)
        assert standby.sql("SELECT count(*) FROM leaves") != [(21,)]
        primary.kill()
        standby.promote()
        check_kept(ledger, receipts)
        later = admit(ledger, author, 5)
        assert [receipt.index for receipt in later.values()] == [21, 22, 23, 24, 25]
    with closing(Ledger.open(tmp_path / "ledger")) as again:
        check_kept(again, receipts | later)


def test_control_what_an_asynchronous_standby_lost_is_missed(
    primary: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    primary.start()
    standby = primary.standby()
    attach(primary, standby, "")
    with closing(found_on(tmp_path / "ledger", primary.url("postgres", standby), monkeypatch)) as ledger:
        author = Author(ledger)
        admit(ledger, author, 5)
        standby.stop()
        admit(ledger, author, 20)
        primary.kill()
        standby.start()
        standby.promote()
        with pytest.raises(ReadOnlyError, match="covers 26 entries, but the store has"):
            admit(ledger, author, 1)
    with closing(Ledger.open(tmp_path / "ledger")) as again:
        assert again.read_only is not None


def test_a_server_that_is_killed_and_comes_back_has_lost_nothing_and_recording_goes_on(
    primary: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    primary.start(wal_writer_delay="10s")
    with closing(found_on(tmp_path / "ledger", primary.url(), monkeypatch)) as ledger:
        author = Author(ledger)
        receipts = admit(ledger, author, 20)
        for _ in range(2):
            primary.kill()
            primary.start(wal_writer_delay="10s")
            check_kept(ledger, receipts)
            receipts |= admit(ledger, author, 3)
        assert ledger.head().size == 27


def test_control_a_server_that_confirms_before_it_wrote_loses(
    primary: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    primary.start(wal_writer_delay="10s")
    found_on(tmp_path / "ledger", primary.url(), monkeypatch).close()
    monkeypatch.setattr(postgres_connection, "DURABLE", {"synchronous_commit": ("off",)})
    settings = (*postgres_connection.SETTINGS, "SET synchronous_commit TO off")
    monkeypatch.setattr(postgres_connection, "SETTINGS", settings)
    with closing(Ledger.open(tmp_path / "ledger")) as ledger:
        admit(ledger, Author(ledger), 20)
        primary.kill()
    monkeypatch.undo()
    primary.start()
    with closing(Ledger.open(tmp_path / "ledger")) as again:
        assert isinstance(again.read_only, ReadOnlyError)


def test_a_server_that_would_lose_what_it_confirmed_is_refused(
    primary: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    primary.start(fsync="off")
    with pytest.raises(UnsafeServerError, match="fsync = off"):
        found_on(tmp_path / "ledger", primary.url(), monkeypatch)
    assert not (tmp_path / "ledger").exists()


def test_a_weaker_setting_of_commits_is_overruled(
    primary: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    primary.start(synchronous_commit="off", wal_writer_delay="10s")
    with closing(found_on(tmp_path / "ledger", primary.url(), monkeypatch)) as ledger:
        receipts = admit(ledger, Author(ledger), 5)
        primary.kill()
        primary.start()
        check_kept(ledger, receipts)
