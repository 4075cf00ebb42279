"""A nonce is good once, even after a restart, and is remembered no longer than its request is good."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ledger.api import desk
from ledger.api.desk import Desk
from ledger.errors import BusyError, RequestSignatureError
from ledger.signing.keyring import EnrolledKey, Limits
from ledger.signing.requests import FRESH, RequestSigner
from tests.ledger.world import private_key

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
KEY = EnrolledKey(private_key("a").key_id, b"", None, None, frozenset(), Limits(None, None), 0, None)


def signer(nonce: str, *, created: datetime = NOW) -> RequestSigner:
    return RequestSigner(KEY, created, nonce)


def test_a_nonce_is_refused_a_second_time_by_every_process_and_after_a_restart(tmp_path: Path) -> None:
    one, other = Desk(tmp_path), Desk(tmp_path)
    one.spend(signer("n" * 16), NOW)
    with pytest.raises(RequestSignatureError):
        other.spend(signer("n" * 16), NOW)
    one.close()
    other.close()
    again = Desk(tmp_path)
    with pytest.raises(RequestSignatureError):
        again.spend(signer("n" * 16), NOW + FRESH)
    again.close()


def test_a_nonce_is_forgotten_only_when_its_request_would_be_refused_anyway(tmp_path: Path) -> None:
    made = Desk(tmp_path)
    early = NOW + FRESH
    made.spend(signer("n" * 16, created=early), NOW)
    last_good = early + FRESH
    with pytest.raises(RequestSignatureError):
        made.spend(signer("n" * 16, created=early), last_good)
    made.spend(signer("n" * 16, created=last_good), last_good + timedelta(seconds=3))
    made.close()


def test_nonces_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "MOST_NONCES", 3)
    made = Desk(tmp_path)
    for number in range(3):
        made.spend(signer(f"{number:016}"), NOW)
    with pytest.raises(BusyError):
        made.spend(signer("9" * 16), NOW)
    made.spend(signer("9" * 16), NOW + FRESH + timedelta(seconds=2))
    made.close()
