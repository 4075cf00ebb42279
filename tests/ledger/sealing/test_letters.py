"""Letters are sealed so that only the inbox key opens them, and are gone from the disk after 30 days."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ledger.errors import DuplicateError, InvalidKeyError, NotFoundError
from ledger.sealing.inbox import Inbox, InboxFullError, SealedLetter
from ledger.sealing.letters import InboxKey, Letterbox, UnreadableLetterError
from ledger.signing.keys import PrivateKey

ORIGIN = "ledger.example/test"
NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)


def sealed(number: str, *, days_ago: float = 0, ciphertext: bytes = b"x" * 100) -> SealedLetter:
    return SealedLetter(number, NOW - timedelta(days=days_ago), "k", ciphertext)


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path / "inbox", most=5)


def test_a_letter_is_opened_by_the_inbox_key_alone_and_only_as_one_of_this_ledger() -> None:
    key, other = InboxKey.generate(), InboxKey.generate()
    ciphertext = Letterbox(key.line, origin=ORIGIN).seal(b"hello")
    assert key.open(ciphertext, origin=ORIGIN) == b"hello"
    assert b"hello" not in ciphertext
    changed = ciphertext[:-1] + bytes([ciphertext[-1] ^ 1])
    for reader, text, origin in (
        (other, ciphertext, ORIGIN),
        (key, ciphertext, "ledger.example/other"),
        (key, changed, ORIGIN),
        (key, ciphertext[:40], ORIGIN),
        (key, b"", ORIGIN),
    ):
        with pytest.raises(UnreadableLetterError):
            reader.open(text, origin=origin)


def test_the_same_words_never_look_the_same() -> None:
    box = Letterbox(InboxKey.generate().line, origin=ORIGIN)
    assert box.seal(b"hello") != box.seal(b"hello")


def test_an_inbox_key_comes_back_from_its_file_and_is_never_overwritten(tmp_path: Path) -> None:
    key, path = InboxKey.generate(), tmp_path / "inbox.pem"
    key.save(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert InboxKey.load(path).line == key.line
    assert key.line not in repr(key)
    with pytest.raises(DuplicateError):
        key.save(path)


def test_only_an_x25519_key_file_is_an_inbox_key(tmp_path: Path) -> None:
    PrivateKey.generate().save(tmp_path / "staff.pem")
    (tmp_path / "rubbish.pem").write_text("rubbish")
    for name, error in (("staff.pem", InvalidKeyError), ("rubbish.pem", InvalidKeyError), ("none.pem", NotFoundError)):
        with pytest.raises(error):
            InboxKey.load(tmp_path / name)


@pytest.mark.parametrize("line", ["", "AAAA", "not base64!", "A" * 44, "A" * 43 + "="])
def test_what_is_no_inbox_key_is_refused_with_the_command_that_makes_one(line: str) -> None:
    with pytest.raises(InvalidKeyError, match="key new-inbox"):
        Letterbox(line, origin=ORIGIN)


def test_letters_come_oldest_first_and_page_by_page(inbox: Inbox) -> None:
    for number, days in (("B", 1), ("A", 2), ("C", 1)):
        inbox.put(sealed(number, days_ago=days))
    assert [letter.number for letter in inbox.letters(NOW)] == ["A", "B", "C"]
    assert [letter.number for letter in inbox.letters(NOW, limit=1)] == ["A"]
    assert [letter.number for letter in inbox.letters(NOW, after="B")] == ["C"]
    assert inbox.letters(NOW, after="gone") == []
    assert inbox.count(NOW) == 3


def test_a_handled_letter_is_deleted_once(inbox: Inbox) -> None:
    inbox.put(sealed("A"))
    inbox.delete("A")
    with pytest.raises(NotFoundError):
        inbox.delete("A")


def test_a_full_inbox_takes_no_more_and_keeps_what_it_has(inbox: Inbox) -> None:
    for number in "ABCDE":
        inbox.put(sealed(number))
    with pytest.raises(InboxFullError):
        inbox.put(sealed("F"))
    assert inbox.count(NOW) == 5


def test_a_letter_of_30_days_is_not_shown_and_its_bytes_are_in_no_file(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path)
    mark = b"\xfe\xed\xfa\xce" * 8
    inbox.put(sealed("OLD1", days_ago=29.9, ciphertext=mark * 40))
    inbox.put(sealed("NEW1", ciphertext=b"n" * 100))
    assert any(mark in path.read_bytes() for path in tmp_path.iterdir())
    later = NOW + timedelta(days=0.2)
    assert [letter.number for letter in inbox.letters(later)] == ["NEW1"]
    assert inbox.forget_old(later) == 1
    inbox.close()
    for path in tmp_path.iterdir():
        assert mark not in path.read_bytes()
        assert b"OLD1" not in path.read_bytes()


def test_a_deleted_letter_leaves_no_bytes_either(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path)
    inbox.put(sealed("GONE", ciphertext=b"\xab\xcd" * 3000))
    inbox.delete("GONE")
    inbox.close()
    assert not any(b"\xab\xcd\xab\xcd" in path.read_bytes() for path in tmp_path.iterdir())
