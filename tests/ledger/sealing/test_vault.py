import os
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import InvalidFieldError, NotFoundError
from ledger.sealing.disclosure import check_sealed_value, make_decoy, make_field, make_row, new_salt, parse_disclosure
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


def _bytes_of_all_files(directory: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in sorted(directory.rglob("*")) if path.is_file())


def _secret_of(directory: Path, key_id: str) -> Any:
    with sqlite3.connect(directory / "keys" / "secrets.sqlite3") as connection:
        found = connection.execute("SELECT nonce, wrapped FROM secret WHERE key_id = ?", (key_id,)).fetchone()
    connection.close()
    return found


def test_what_is_put_is_got_back(vault: Vault) -> None:
    items = [_row(PERSON), _row(OTHER_PERSON), _decoy(), _story()]
    vault.put(items)
    assert [_get(vault, item) for item in items] == [item.disclosure.text for item in items]
    assert vault.digests(EVENT) == sorted(item.disclosure.digest for item in items)
    assert vault.digests(LATER_EVENT) == []


def test_a_reopened_vault_reads_what_was_put(directory: Path, vault: Vault) -> None:
    item = _row(PERSON)
    vault.put([item])
    vault.close()
    reopened = Vault.open(directory, random=os.urandom)
    assert _get(reopened, item) == item.disclosure.text
    reopened.close()


def test_a_value_lies_in_no_file_in_the_clear(directory: Path, vault: Vault) -> None:
    items = [_row(PERSON), _decoy(), _story("她说谢谢")]
    vault.put(items)
    stored = _bytes_of_all_files(directory)
    for item in items:
        for canary in (item.disclosure.text, item.disclosure.salt, NAME, "她说谢谢"):
            assert canary.encode() not in stored
    # The control: the same search finds a value that is written plainly.
    (directory / "plain").write_text(items[0].disclosure.text)
    assert items[0].disclosure.text.encode() in _bytes_of_all_files(directory)


def test_shredding_one_persons_key_takes_all_of_that_person_and_no_other(vault: Vault) -> None:
    gone = [_row(PERSON), _row(PERSON, event_id=LATER_EVENT)]
    kept = [_row(OTHER_PERSON), _story(), _decoy()]
    vault.put(gone + kept)
    vault.shred([PERSON])
    for item in gone:
        with pytest.raises(NotFoundError, match="destroyed"):
            _get(vault, item)
    assert [_get(vault, item) for item in kept] == [item.disclosure.text for item in kept]
    assert gone[0].disclosure.digest in vault.digests(EVENT)


def test_a_shredded_secret_lies_in_no_file_any_more(directory: Path, vault: Vault) -> None:
    vault.put([_row(f"{number:032x}") for number in range(200)] + [_row(PERSON)])
    _, wrapped = _secret_of(directory, PERSON)
    assert wrapped in _bytes_of_all_files(directory)
    vault.shred([PERSON])
    assert wrapped not in _bytes_of_all_files(directory)
    assert _secret_of(directory, PERSON) == (None, None)


def test_a_copy_of_the_values_is_of_no_use_after_shredding(directory: Path, vault: Vault) -> None:
    item = _row(PERSON)
    vault.put([item])
    shutil.copy(directory / "disclosures.sqlite3", directory / "backup")
    vault.shred([PERSON])
    vault.close()
    shutil.copy(directory / "backup", directory / "disclosures.sqlite3")
    restored = Vault.open(directory, random=os.urandom)
    with pytest.raises(NotFoundError):
        _get(restored, item)
    restored.close()


def test_shredding_stays_after_reopening_and_may_be_repeated(directory: Path, vault: Vault) -> None:
    item = _row(PERSON)
    vault.put([item])
    vault.shred(iter([PERSON, PERSON]))
    vault.close()
    reopened = Vault.open(directory, random=os.urandom)
    reopened.shred([PERSON])
    with pytest.raises(NotFoundError):
        _get(reopened, item)
    reopened.close()


def test_the_padding_of_an_erasure_is_kept_like_the_erased_keys(directory: Path, vault: Vault) -> None:
    vault.put([_row(PERSON)])
    vault.shred([PERSON, OTHER_PERSON])
    assert _secret_of(directory, PERSON) == _secret_of(directory, OTHER_PERSON) == (None, None)


def test_nothing_is_stored_under_a_shredded_key_again(vault: Vault) -> None:
    vault.put([_row(PERSON)])
    vault.shred([PERSON])
    group = [_story(event_id=LATER_EVENT), _row(PERSON, event_id=LATER_EVENT)]
    with pytest.raises(InvalidFieldError, match="destroyed by an erasure"):
        vault.check_storable(group)
    with pytest.raises(InvalidFieldError, match="destroyed by an erasure"):
        vault.put(group)
    assert vault.event_ids() == {EVENT}
    vault.check_storable(group[:1])


def test_a_withdrawable_text_has_a_key_of_its_own(vault: Vault) -> None:
    withdrawn, kept = _story(), _story()
    vault.put([withdrawn, kept])
    vault.shred([vault.key_id(EVENT, withdrawn.disclosure.digest)])
    with pytest.raises(NotFoundError):
        _get(vault, withdrawn)
    assert _get(vault, kept) == kept.disclosure.text


def test_a_vault_key_inside_a_withdrawable_text_is_not_its_key(vault: Vault) -> None:
    made = make_field("story", {"vault_key": PERSON}, salt=new_salt(os.urandom))
    item = StoredDisclosure(EVENT, parse_disclosure(made, field="/d"), sealed=False)
    vault.put([item])
    assert vault.key_id(EVENT, item.disclosure.digest) != PERSON


def test_a_decoy_has_a_key_of_its_own(vault: Vault) -> None:
    items = [_decoy(), _decoy(), _row(PERSON)]
    vault.put(items)
    assert len({vault.key_id(EVENT, item.disclosure.digest) for item in items}) == 3


def test_putting_again_changes_nothing(directory: Path, vault: Vault) -> None:
    items = [_row(PERSON), _story(), _decoy()]
    vault.put(items)
    before = _bytes_of_all_files(directory)
    vault.put(items)
    assert _bytes_of_all_files(directory) == before
    assert [_get(vault, item) for item in items] == [item.disclosure.text for item in items]


def test_putting_a_shredded_value_again_does_not_bring_it_back(vault: Vault) -> None:
    item = _row(PERSON)
    vault.put([item])
    vault.shred([PERSON])
    vault.put([item])
    with pytest.raises(NotFoundError):
        _get(vault, item)


def test_one_group_may_name_a_value_twice(vault: Vault) -> None:
    item = _row(PERSON)
    vault.put([item, item])
    assert vault.digests(EVENT) == [item.disclosure.digest]


def test_a_value_that_was_never_put_is_not_found(vault: Vault) -> None:
    item = _row(PERSON)
    vault.put([item])
    for event_id, digest in ((LATER_EVENT, item.disclosure.digest), (EVENT, "x" * 43)):
        with pytest.raises(NotFoundError):
            vault.get(event_id, digest)
        with pytest.raises(NotFoundError):
            vault.key_id(event_id, digest)


def test_leftovers_of_failed_commits_are_discarded_with_their_keys(directory: Path, vault: Vault) -> None:
    admitted = [_row(PERSON), _story()]
    leftover = [
        _row(PERSON, event_id=LATER_EVENT),
        _row(OTHER_PERSON, event_id=LATER_EVENT),
        _story(event_id=LATER_EVENT),
    ]
    vault.put(admitted)
    vault.put(leftover)
    assert vault.event_ids() == {EVENT, LATER_EVENT}
    vault.discard(vault.event_ids() - {EVENT})
    assert vault.event_ids() == {EVENT}
    assert [_get(vault, item) for item in admitted] == [item.disclosure.text for item in admitted]
    assert _secret_of(directory, OTHER_PERSON) is None
    with sqlite3.connect(directory / "keys" / "secrets.sqlite3") as connection:
        assert connection.execute("SELECT count(*) FROM secret").fetchone() == (2,)
    connection.close()


def test_a_discarded_event_may_be_sent_again(vault: Vault) -> None:
    item = _row(PERSON)
    vault.put([item])
    vault.discard([EVENT])
    vault.put([item])
    assert _get(vault, item) == item.disclosure.text


def test_discarding_leaves_a_shredded_key_shredded(vault: Vault) -> None:
    vault.put([_row(PERSON)])
    vault.shred([PERSON])
    vault.discard([EVENT])
    with pytest.raises(InvalidFieldError):
        vault.put([_row(PERSON)])


@pytest.mark.parametrize(
    "value",
    ["text", None, [PERSON], {}, {"vault_key": None}, {"vault_key": PERSON.upper()}, {"vault_key": PERSON[:31]},
     {"vault_key": PERSON + "\n"}, {"vault_key": 7}, {"vault_key": "٠" * 32}],
)  # fmt: skip
def test_a_sealed_value_without_a_vault_key_is_refused(vault: Vault, value: Any) -> None:
    for text in (make_row(value, salt=new_salt(os.urandom)), make_field("who", value, salt=new_salt(os.urandom))):
        disclosure = parse_disclosure(text, field="/d")
        with pytest.raises(InvalidFieldError, match="vault_key") as refusal:
            check_sealed_value(disclosure, field="/disclosures/0")
        assert refusal.value.field == "/disclosures/0/vault_key"
        with pytest.raises(InvalidFieldError, match="vault_key"):
            vault.put([StoredDisclosure(EVENT, disclosure, sealed=True)])
    assert vault.event_ids() == set()


def test_a_sealed_value_with_a_vault_key_and_a_decoy_pass() -> None:
    check_sealed_value(_row(PERSON).disclosure, field="/d")
    check_sealed_value(_decoy().disclosure, field="/d")
