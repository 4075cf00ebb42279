import itertools
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import DuplicateError, MalformedError, NotFoundError
from ledger.sealing import key_secrets
from ledger.sealing.disclosure import make_decoy, make_field, make_row, new_salt, parse_disclosure
from ledger.sealing.sqlite_file import create_database, open_database, transaction
from ledger.sealing.vault import StoredDisclosure, Vault

PERSON = "0123456789abcdef" * 2
OTHER_PERSON = "fedcba9876543210" * 2
EVENT = "a" * 64
LATER_EVENT = "b" * 64
NAME = "韦小花"


def _row(person: str, name: str = NAME, *, event_id: str = EVENT) -> StoredDisclosure:
    text = make_row({"name": name, "vault_key": person}, salt=new_salt(os.urandom))
    return StoredDisclosure(event_id, parse_disclosure(text, field="/d"), sealed=True)


def _decoy(event_id: str = EVENT) -> StoredDisclosure:
    return StoredDisclosure(event_id, parse_disclosure(make_decoy(salt=new_salt(os.urandom)), field="/d"), sealed=True)


def _story(text: str = NAME, *, event_id: str = EVENT) -> StoredDisclosure:
    made = make_field("story", text, salt=new_salt(os.urandom))
    return StoredDisclosure(event_id, parse_disclosure(made, field="/d"), sealed=False)


def _get(vault: Vault, item: StoredDisclosure) -> str:
    return vault.get(item.event_id, item.disclosure.digest)


class PowerCutError(Exception):
    pass


def _cut_at(number: int, calls: Iterator[int], real: Callable[..., Any]) -> Callable[..., Any]:
    def commit_or_cut(connection: sqlite3.Connection) -> Any:
        if next(calls) == number:
            raise PowerCutError
        return real(connection)

    return commit_or_cut


@pytest.mark.parametrize("number", [0, 1])
def test_after_a_crash_between_the_files_the_same_event_can_be_put_again(
    directory: Path, vault: Vault, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    items = [_row(PERSON), _story(), _decoy()]
    calls = itertools.count()
    with monkeypatch.context() as patch:
        for module in ("vault", "key_secrets"):
            patch.setattr(f"ledger.sealing.{module}.transaction", _cut_at(number, calls, transaction))
        with pytest.raises(PowerCutError):
            vault.put(items)
    vault.close()
    reopened = Vault.open(directory, random=os.urandom)
    assert reopened.event_ids() == set()
    reopened.put(items)
    assert [_get(reopened, item) for item in items] == [item.disclosure.text for item in items]
    reopened.close()


def test_after_a_crash_while_discarding_the_next_start_discards_again(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault.put([_row(PERSON), _story()])
    with monkeypatch.context() as patch:
        patch.setattr("ledger.sealing.vault.transaction", _cut_at(0, itertools.count(), transaction))
        with pytest.raises(PowerCutError):
            vault.discard([EVENT])
    assert vault.event_ids() == {EVENT}
    vault.discard(vault.event_ids())
    assert vault.event_ids() == set()


def test_a_failed_statement_leaves_nothing_of_its_transaction(tmp_path: Path) -> None:
    path = tmp_path / "file.sqlite3"
    create_database(path, "CREATE TABLE word (text TEXT PRIMARY KEY)")
    connection = open_database(path)
    with pytest.raises(sqlite3.IntegrityError), transaction(connection):
        connection.executemany("INSERT INTO word VALUES (?)", [("a",), ("a",)])
    with transaction(connection):
        connection.execute("INSERT INTO word VALUES ('b')")
    assert connection.execute("SELECT text FROM word").fetchall() == [("b",)]
    connection.close()


def _damage(path: Path, statement: str, values: Sequence[object] = ()) -> None:
    with sqlite3.connect(path) as connection:
        assert connection.execute(statement, values).rowcount > 0
    connection.close()


def test_a_value_moved_to_another_event_does_not_decrypt(directory: Path, vault: Vault) -> None:
    item = _row(PERSON)
    vault.put([item])
    _damage(directory / "disclosures.sqlite3", "UPDATE disclosure SET event_id = ?", [LATER_EVENT])
    with pytest.raises(MalformedError, match="does not decrypt"):
        vault.get(LATER_EVENT, item.disclosure.digest)


def test_a_value_moved_to_another_digest_does_not_decrypt(directory: Path, vault: Vault) -> None:
    item = _row(PERSON)
    vault.put([item])
    _damage(directory / "disclosures.sqlite3", "UPDATE disclosure SET digest = ?", ["x" * 43])
    with pytest.raises(MalformedError, match="does not decrypt"):
        vault.get(EVENT, "x" * 43)


def test_a_secret_moved_to_another_key_does_not_unwrap(directory: Path, vault: Vault) -> None:
    item = _row(PERSON)
    vault.put([item])
    _damage(directory / "keys" / "secrets.sqlite3", "UPDATE secret SET key_id = ?", [OTHER_PERSON])
    _damage(directory / "disclosures.sqlite3", "UPDATE disclosure SET key_id = ?", [OTHER_PERSON])
    with pytest.raises(MalformedError, match="does not decrypt"):
        _get(vault, item)


def test_the_key_encryption_key_is_in_a_file_of_its_own_that_only_its_owner_reads(
    directory: Path, vault: Vault
) -> None:
    vault.put([_row(PERSON)])
    kek = directory / "keys" / "kek"
    assert len(kek.read_bytes()) == 32
    assert kek.stat().st_mode & 0o777 == 0o600
    others = [path for path in directory.rglob("*") if path.is_file() and path != kek]
    assert sorted(path.name for path in others) == ["disclosures.sqlite3", "secrets.sqlite3"]
    for path in others:
        assert kek.read_bytes() not in path.read_bytes()
        assert path.stat().st_mode & 0o777 == 0o600
    for folder in (directory, directory / "keys"):
        assert folder.stat().st_mode & 0o777 == 0o700


def test_another_key_encryption_key_opens_nothing(directory: Path, vault: Vault) -> None:
    item = _row(PERSON)
    vault.put([item])
    vault.close()
    (directory / "keys" / "kek").write_bytes(os.urandom(32))
    reopened = Vault.open(directory, random=os.urandom)
    with pytest.raises(MalformedError, match="does not decrypt"):
        _get(reopened, item)
    reopened.close()


def test_a_vault_is_never_made_over_another(directory: Path, vault: Vault) -> None:
    item = _row(PERSON)
    vault.put([item])
    with pytest.raises(DuplicateError):
        Vault.create(directory, random=os.urandom)
    assert _get(vault, item) == item.disclosure.text


def test_a_vault_half_made_by_a_crash_can_be_made_again(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(*_: object) -> None:
        raise PowerCutError

    with monkeypatch.context() as patch:
        patch.setattr(key_secrets, "publish_new_file", cut)
        with pytest.raises(PowerCutError):
            Vault.create(directory, random=os.urandom)
    with pytest.raises(NotFoundError, match="key-encryption key"):
        Vault.open(directory, random=os.urandom)
    Vault.create(directory, random=os.urandom).close()


@pytest.mark.parametrize("name", ["disclosures.sqlite3", "keys/secrets.sqlite3", "keys/kek"])
def test_a_lost_file_is_named_and_never_replaced_by_an_empty_one(directory: Path, vault: Vault, name: str) -> None:
    vault.close()
    (directory / name).unlink()
    with pytest.raises(NotFoundError, match=Path(name).name):
        Vault.open(directory, random=os.urandom)
    assert not (directory / name).exists()


def test_a_shortened_key_encryption_key_is_refused(directory: Path, vault: Vault) -> None:
    vault.close()
    (directory / "keys" / "kek").write_bytes(bytes(31))
    with pytest.raises(MalformedError, match="32 bytes"):
        Vault.open(directory, random=os.urandom)


def test_a_database_that_does_not_take_its_settings_is_not_used(
    directory: Path, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.sealing.sqlite_file.EXPECTED", {"synchronous": 0})
    with pytest.raises(RuntimeError, match="synchronous is 3, not 0"):
        Vault.open(directory, random=os.urandom)
