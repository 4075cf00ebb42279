"""What a database administrator can do to the store, and how the audit names it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ledger.settings import load_settings
from tests.ledger.audit.conftest import audit, codes, first_index, published, tamper, with_payload
from tests.ledger.world import ORIGIN, private_key

EVENT_OF = "(SELECT originator_id, originator_version FROM leaves WHERE entry_index=?)"
WHERE_INDEX = f"WHERE (originator_id, originator_version) = {EVENT_OF}"


def change(directory: Path, statement: str, *parameters: Any) -> None:
    tamper(directory, (statement, parameters))


def test_deleted_event_is_named_by_its_index(ledger_directory: Path) -> None:
    change(ledger_directory, f"DELETE FROM stored_events {WHERE_INDEX}", 20)
    report = audit(ledger_directory)
    assert (codes(report), first_index(report)) == (["missing-entry"], 20)


def test_event_deleted_with_its_leaf_is_named_by_its_index(ledger_directory: Path) -> None:
    tamper(
        ledger_directory,
        (f"DELETE FROM stored_events {WHERE_INDEX}", (20,)),
        ("DELETE FROM leaves WHERE entry_index=20", ()),
    )
    report = audit(ledger_directory)
    assert (codes(report), first_index(report)) == (["missing-entry", "wrong-shape"], 20)


def test_swapped_contents_are_both_named(ledger_directory: Path, entries: list[bytes]) -> None:
    tamper(
        ledger_directory,
        (f"UPDATE stored_events SET state=? {WHERE_INDEX}", (entries[31], 30)),
        (f"UPDATE stored_events SET state=? {WHERE_INDEX}", (entries[30], 31)),
    )
    report = audit(ledger_directory)
    assert [finding.index for finding in report.findings] == [30, 31]


def test_swapped_indices_are_both_named(ledger_directory: Path) -> None:
    statement = "UPDATE leaves SET entry_index=? WHERE entry_index=?"
    tamper(ledger_directory, (statement, (1000, 30)), (statement, (30, 31)), (statement, (31, 1000)))
    report = audit(ledger_directory)
    assert {finding.index for finding in report.findings} == {30, 31}


def test_duplicated_event_is_a_finding(ledger_directory: Path) -> None:
    copied = "SELECT 'ff' || substr(originator_id, 3), 1, topic, state FROM stored_events"
    change(ledger_directory, f"INSERT INTO stored_events {copied} {WHERE_INDEX}", 20)
    assert codes(audit(ledger_directory)) == ["stray-event"]


def test_duplicated_event_with_a_leaf_of_its_own_is_named(ledger_directory: Path, entries: list[bytes]) -> None:
    copied = "SELECT 'ff' || substr(originator_id, 3), 1, topic, state FROM stored_events"
    leaf = "SELECT ?, 'copy', 'ff' || substr(originator_id, 3), 1, proved_at FROM leaves WHERE entry_index=20"
    tamper(
        ledger_directory,
        (f"INSERT INTO stored_events {copied} {WHERE_INDEX}", (20,)),
        (f"INSERT INTO leaves {leaf}", (len(entries),)),
    )
    assert first_index(audit(ledger_directory)) == len(entries)


@pytest.mark.parametrize(
    ("statement", "column"),
    [
        (f"UPDATE stored_events SET topic='donation.voided/1' {WHERE_INDEX}", "topic"),
        (f"UPDATE stored_events SET topic=NULL {WHERE_INDEX}", "topic"),
        ("UPDATE leaves SET event_id=replace(event_id, 'a', 'b') WHERE entry_index=?", "event_id"),
        ("UPDATE leaves SET proved_at=proved_at+1 WHERE entry_index=?", "proved_at"),
        ("UPDATE leaves SET proved_at=1000000 WHERE entry_index=?", "proved_at"),
    ],
)
def test_changed_column_is_named_with_its_entry(ledger_directory: Path, statement: str, column: str) -> None:
    change(ledger_directory, statement, 20)
    report = audit(ledger_directory)
    assert (codes(report), first_index(report)) == (["wrong-column"], 20)
    assert f"“{column}”" in report.findings[0].zh


@pytest.mark.parametrize("table", ["stored_events", "leaves"])
def test_originator_changed_in_one_table_is_named(ledger_directory: Path, table: str) -> None:
    change(ledger_directory, f"UPDATE {table} SET originator_id='00' {WHERE_INDEX}", 20)
    report = audit(ledger_directory)
    assert (first_index(report), codes(report)) == (20, ["missing-entry", "stray-event"])


def test_originator_changed_in_both_tables_is_named(ledger_directory: Path) -> None:
    tamper(
        ledger_directory,
        (f"UPDATE stored_events SET originator_id='00', originator_version=9 {WHERE_INDEX}", (20,)),
        ("UPDATE leaves SET originator_id='00', originator_version=9 WHERE entry_index=20", ()),
    )
    report = audit(ledger_directory)
    assert [(finding.index, finding.code) for finding in report.findings] == [(20, "wrong-column")] * 2


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE nodes SET hash=zeroblob(32) WHERE level=0 AND node_index=3", "wrong-node"),
        ("UPDATE nodes SET hash=zeroblob(32) WHERE level=3 AND node_index=1", "wrong-node"),
        ("UPDATE nodes SET hash='text' WHERE level=1 AND node_index=1", "wrong-node"),
        ("DELETE FROM nodes WHERE level=2 AND node_index=1", "wrong-node"),
        ("INSERT INTO nodes VALUES (0, 5000, zeroblob(32))", "wrong-shape"),
        ("INSERT INTO nodes VALUES (99, 0, zeroblob(32))", "wrong-shape"),
        ("UPDATE checkpoints SET note=zeroblob(9) WHERE tree_size=20", "stored-checkpoint"),
        ("UPDATE checkpoints SET note=(SELECT note FROM checkpoints WHERE tree_size=19) WHERE tree_size=20", "stored-checkpoint"),  # noqa: E501
        ("INSERT INTO checkpoints VALUES (5000, zeroblob(9))", "wrong-shape"),
        ("DROP TABLE nodes", "damaged-store"),
        ("DROP TABLE leaves", "damaged-store"),
        ("DROP TABLE checkpoints", "damaged-store"),
    ],
)  # fmt: skip
def test_what_stands_beside_the_entries_is_recomputed(ledger_directory: Path, statement: str, code: str) -> None:
    change(ledger_directory, statement)
    report = audit(ledger_directory)
    assert code in codes(report)
    assert {finding.file for finding in report.findings} == {"ledger.sqlite3"}


def test_deleted_checkpoint_is_missed_by_the_entries_that_it_covered(ledger_directory: Path) -> None:
    change(ledger_directory, "DELETE FROM checkpoints WHERE tree_size=20")
    assert first_index(audit(ledger_directory)) == 19


def test_index_beyond_all_reason_is_a_finding_and_not_an_endless_audit(ledger_directory: Path) -> None:
    change(ledger_directory, "UPDATE leaves SET entry_index=? WHERE entry_index=20", 2**60)
    report = audit(ledger_directory)
    assert (first_index(report), codes(report)) == (20, ["missing-entry", "wrong-shape"])


def test_store_restored_from_an_old_backup_is_a_finding_that_counts_what_is_missing(
    ledger_directory: Path, entries: list[bytes]
) -> None:
    cut = len(entries) - 5
    tables = [("leaves", "entry_index>=?"), ("checkpoints", "tree_size>?")]
    statements: list[tuple[str, Sequence[Any]]] = [
        (f"DELETE FROM stored_events WHERE (originator_id, originator_version) IN {EVENT_OF.replace('=?', '>=?')}", (cut,)),  # noqa: E501
        *((f"DELETE FROM {table} WHERE {where}", (cut,)) for table, where in tables),
        ("DELETE FROM nodes WHERE ((node_index+1) << level) > ?", (cut,)),
    ]  # fmt: skip
    tamper(ledger_directory, *statements)
    report = audit(ledger_directory)
    missing = [finding.index for finding in report.findings if finding.code == "missing-entry"]
    assert missing == list(range(cut, len(entries)))
    _publish_only(ledger_directory, entries[:cut])
    assert codes(audit(ledger_directory)) == ["highest-checkpoint"]
    (load_settings(ledger_directory).highest / "checkpoint").unlink()
    assert codes(audit(ledger_directory)) == ["highest-checkpoint"]


def test_file_that_is_no_database_is_a_finding_and_the_published_files_are_still_read(ledger_directory: Path) -> None:
    (ledger_directory / "ledger.sqlite3").write_bytes(b"x" * 5000)
    report = audit(ledger_directory)
    assert (codes(report), report.counts.entries) == (["damaged-store"], report.size)


def test_store_that_is_gone_is_a_finding(ledger_directory: Path) -> None:
    (ledger_directory / "ledger.sqlite3").unlink()
    assert codes(audit(ledger_directory)) == ["damaged-store"]
    assert not (ledger_directory / "ledger.sqlite3").exists()


def test_settings_that_name_another_key_are_a_finding(ledger_directory: Path) -> None:
    path = ledger_directory / "ledger.toml"
    path.write_text(path.read_text().replace("ledger.example/test+", "ledger.example/tess+", 1))
    assert codes(audit(ledger_directory)) == ["wrong-settings"]


def test_published_copy_changed_apart_from_the_store_is_named(ledger_directory: Path, entries: list[bytes]) -> None:
    bundle = next((ledger_directory / "log" / "tile" / "entries" / "000.p").iterdir())
    bundle.write_bytes(bundle.read_bytes().replace(b".001Z", b".002Z").replace(b'00Z"', b'01Z"', 1))
    report = audit(ledger_directory)
    assert codes(report)[0] == "stored-and-published-differ"
    assert len(report.findings) == 1


@pytest.mark.parametrize(
    "path", ["evil", "tile/0/001", "tile/0/000.p/200", "tile/entries/000", "proof/01.tlog-proof", ".hidden", "tile/x"]
)
def test_file_that_nothing_leads_to_is_a_finding(ledger_directory: Path, path: str) -> None:
    (ledger_directory / "log" / path).parent.mkdir(parents=True, exist_ok=True)
    (ledger_directory / "log" / path).write_bytes(b"x")
    finding = audit(ledger_directory).findings[0]
    assert (finding.code, finding.file) == ("unknown-file", f"log/{path}")


def test_a_proof_that_the_entries_do_not_lead_to_is_a_finding(ledger_directory: Path) -> None:
    (ledger_directory / "log" / "proof").mkdir()
    (ledger_directory / "log" / "proof" / "1.tlog-proof").write_bytes(b"x")
    finding = audit(ledger_directory).findings[0]
    assert (finding.code, finding.file) == ("wrong-file", "log/proof/1.tlog-proof")


def test_every_missing_published_file_is_a_finding(ledger_directory: Path) -> None:
    log = ledger_directory / "log"
    for path in sorted(path for path in log.rglob("*") if path.is_file()):
        data = path.read_bytes()
        path.unlink()
        name = path.relative_to(ledger_directory).as_posix()
        assert [finding.to_json()["file"] for finding in audit(ledger_directory).findings] == [name]
        path.write_bytes(data)
    assert audit(ledger_directory).verdict == "good"


def test_signature_line_by_a_stranger_is_a_finding_in_a_directory(ledger_directory: Path) -> None:
    path = ledger_directory / "log" / "checkpoint"
    path.write_bytes(path.read_bytes() + "— stranger.example AAAAAAAA\n".encode())
    assert "bad-checkpoint" in codes(audit(ledger_directory))


def test_store_rewritten_with_the_log_key_is_still_betrayed_by_the_staff_signature(
    ledger_directory: Path, entries: list[bytes]
) -> None:
    changed = [*entries[:20], with_payload(entries[20], b'"occurred_on":"2023', b'"occurred_on":"2022'), *entries[21:]]
    change(ledger_directory, f"UPDATE stored_events SET state=? {WHERE_INDEX}", changed[20], 20)
    _publish_only(ledger_directory, changed)
    assert first_index(audit(ledger_directory)) == 20


def _publish_only(directory: Path, entries: list[bytes]) -> None:
    for path in sorted((directory / "log").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    published(entries, origin=ORIGIN, log_key=private_key("log")).write(directory / "log")


def test_damage_that_sqlite_itself_cannot_put_into_words_is_a_finding(ledger_directory: Path) -> None:
    path = ledger_directory / "ledger.sqlite3"
    path.write_bytes(path.read_bytes().replace(b"CREATE TABLE nodes", b"CREATE T\x87BLE nodes"))
    assert set(codes(audit(ledger_directory))) == {"damaged-store"}
