"""The commands on a ledger in PostgreSQL, and a read node that has no file of the writer's."""

import json
from contextlib import closing
from pathlib import Path

import httpx
import psycopg
import pytest
from typer.testing import CliRunner

from ledger.application import Ledger
from ledger.errors import DuplicateError, MalformedError
from ledger.founding import Founding, check_database
from ledger.publishing.publisher import Publisher
from ledger.settings import load_settings
from tests.clusters import OWNER, Cluster
from tests.engines import Choice
from tests.faults.author import Author, found_ledger
from tests.faults.serving import free_port, start_serving
from yangguang.cli.app import app

RUNNER = CliRunner()


def run(*arguments: object) -> str:
    """The output of a command that succeeds."""
    done = RUNNER.invoke(app, [str(argument) for argument in arguments])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture
def directory(postgres: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ledger of thirty entries whose directory has neither events nor highest checkpoint."""
    monkeypatch.setattr(Choice, "cluster", postgres)
    with closing(found_ledger(tmp_path / "ledger", highest=postgres.new_database())) as ledger:
        author = Author(ledger)
        ledger.admit([author.place() for _ in range(29)])
        Publisher(ledger.store, ledger.settings.log, vkey=ledger.settings.vkey).publish()
    assert not {path.name for path in (tmp_path / "ledger").iterdir()} & {"ledger.sqlite3", "highest", "ledger.lock"}
    return tmp_path / "ledger"


def alter(directory: Path, statement: bytes) -> None:
    """What somebody does who has the database."""
    with psycopg.connect((load_settings(directory).server or "").replace(OWNER, "postgres")) as connection:
        connection.execute(b"SET session_replication_role = replica")
        connection.execute(statement)


def codes(directory: Path) -> set[str]:
    found = json.loads(RUNNER.invoke(app, ["verify", str(directory), "--json"]).output)
    return {finding["code"] for finding in found["findings"]}


def test_init_makes_a_ledger_in_the_database_that_verifies(postgres: Cluster, tmp_path: Path) -> None:
    url, highest = postgres.new_database(), postgres.new_database()
    run("init", tmp_path / "new", "--origin", "ledger.example/pg", "--database", url, "--highest", highest)
    run("verify", tmp_path / "new")
    settings = load_settings(tmp_path / "new")
    assert (settings.server, settings.highest_server) == (url, highest)
    with closing(Ledger.open(tmp_path / "new")) as ledger:
        assert ledger.head().size == 1
    founding = Founding("ledger.example/other", [], {}, True, ledger._clock().date(), database=url)
    with pytest.raises(DuplicateError):
        check_database(tmp_path / "other", founding)


@pytest.mark.parametrize("url", ["postgresql://me:secret@db/x", "postgresql://db/x?password=secret"])
def test_a_password_is_not_written_into_the_settings(tmp_path: Path, url: str) -> None:
    done = RUNNER.invoke(app, ["init", str(tmp_path / "new"), "--origin", "ledger.example/pg", "--database", url])
    assert done.exit_code != 0
    assert "PGPASSWORD" in done.output
    assert not (tmp_path / "new" / "ledger.toml").exists()


def test_another_address_than_of_postgresql_is_refused(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YANGGUANG_DATABASE", "mysql://db/x")
    with pytest.raises(MalformedError, match="begins with postgresql"):
        Ledger.open(directory)


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        (b"UPDATE stored_events SET state = state || '\\x00'::bytea WHERE originator_version = 1", "malformed"),
        (b"UPDATE leaves SET event_id = 'x' WHERE entry_index = 7", "wrong-column"),
        (b"UPDATE nodes SET hash = hash || '\\x00'::bytea WHERE level = 2 AND node_index = 3", "wrong-node"),
        (b"DELETE FROM leaves WHERE entry_index = 7", "wrong-shape"),
        (b"DELETE FROM checkpoints", "missing-checkpoint"),
    ],
)
def test_a_server_that_was_tampered_with_is_found_out(directory: Path, statement: bytes, code: str) -> None:
    assert codes(directory) == set()
    alter(directory, statement)
    assert code in codes(directory), codes(directory)


def test_an_older_database_is_found_out_by_the_highest_checkpoint_in_the_other(
    directory: Path, postgres: Cluster
) -> None:
    path, url = directory / "ledger.toml", load_settings(directory).server or ""
    older = postgres.copy(url)
    with closing(Ledger.open(directory)) as ledger:
        author = Author(ledger)
        ledger.admit([author.place() for _ in range(5)])
    path.write_text(path.read_text().replace(url, older))
    assert codes(directory) == {"highest-checkpoint"}
    with closing(Ledger.open(directory)) as ledger:
        assert "covers 35 entries, but the store has 30" in str(ledger.read_only and ledger.read_only.en)


def test_a_backup_is_one_of_files_and_restores_without_a_server(directory: Path, tmp_path: Path) -> None:
    run("backup", directory, tmp_path / "backup", "--keys", tmp_path / "keys")
    run("verify", tmp_path / "backup")
    with closing(Ledger.open(directory)) as ledger:
        head = ledger.head()
    (tmp_path / "head").write_bytes(head.checkpoint)
    keys = ("--keys", tmp_path / "keys", "--nothing-newer", tmp_path / "head")
    run("restore", tmp_path / "backup", tmp_path / "restored", *keys)
    assert load_settings(tmp_path / "restored").server is None
    with closing(Ledger.open(tmp_path / "restored")) as restored:
        assert restored.head() == head
        assert restored.admit([Author(restored).place()])


def test_a_backup_goes_back_into_a_database_and_every_receipt_is_what_it_was(
    directory: Path, postgres: Cluster, tmp_path: Path
) -> None:
    with closing(Ledger.open(directory)) as ledger:
        author = Author(ledger)
        receipts = {item.envelope.event_id: ledger.admit([item])[0] for item in (author.place() for _ in range(5))}
        (tmp_path / "head").write_bytes(ledger.head().checkpoint)
    run("backup", directory, tmp_path / "backup", "--keys", tmp_path / "keys")
    keys = ("--keys", tmp_path / "keys", "--nothing-newer", tmp_path / "head")
    url = postgres.new_database()
    run("restore", tmp_path / "backup", tmp_path / "restored", *keys, "--database", url)
    settings = load_settings(tmp_path / "restored")
    assert (settings.server, settings.database.exists()) == (url, False)
    run("verify", tmp_path / "restored")
    with closing(Ledger.open(tmp_path / "restored")) as restored:
        assert {event_id: restored.receipt(event_id) for event_id in receipts} == receipts
        assert restored.admit([author.place()])
    refused = [str(item) for item in ("restore", tmp_path / "backup", tmp_path / "again", *keys, "--database", url)]
    assert RUNNER.invoke(app, refused).exit_code != 0


def test_a_read_node_follows_the_database_and_needs_no_file_of_the_writer(
    directory: Path, postgres: Cluster, tmp_path: Path
) -> None:
    settings = load_settings(directory)
    postgres.sql("DO $$ BEGIN CREATE ROLE reading LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
    alter(directory, b"GRANT SELECT ON ALL TABLES IN SCHEMA public TO reading")
    (tmp_path / "node").mkdir()
    url = (settings.server or "").replace(f"{OWNER}@", "reading@")
    lines = [f'origin = "{settings.origin}"', f'vkey = "{settings.vkey}"', f'database = "{url}"']
    (tmp_path / "node" / "ledger.toml").write_text("\n".join(lines))
    port = free_port()
    process = start_serving(tmp_path / "node", port, "--role", "public")
    try:
        checkpoint = httpx.get(f"http://127.0.0.1:{port}/log/checkpoint")
        assert checkpoint.content == (directory / "log" / "checkpoint").read_bytes()
        with closing(Ledger.open(directory)) as ledger:
            ledger.admit([Author(ledger).place()])
            expected = ledger.head().checkpoint
        for _ in range(100):
            if httpx.get(f"http://127.0.0.1:{port}/log/checkpoint").content == expected:
                break
        report = json.loads(run("verify", f"http://127.0.0.1:{port}", "--json"))
        assert (report["verdict"], report["size"]) == ("good", 31)
    finally:
        process.terminate()
        process.communicate()
    assert process.returncode == 0
