"""Signed requests: what is signed is this very request, by a key in force, within 60 s; everything else is refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ledger.errors import LedgerError, RequestSignatureError, UnknownKeyError
from ledger.signing.keyring import EnrolledKey, Limits
from ledger.signing.keys import PrivateKey
from ledger.signing.requests import Fields, RequestSigner, SignedMessage, check_request, sign_request

KEY = PrivateKey.from_seed(b"k" * 32)
NOW = datetime(2026, 3, 2, 4, 0, 0, tzinfo=UTC)
URL = "https://ledger.example/api/inbox?after=A"
NONCE = "0123456789abcdef"


def find(key_id: str) -> EnrolledKey:
    if key_id != KEY.key_id:
        raise UnknownKeyError(key_id)
    return EnrolledKey(key_id, KEY.public_key, None, None, frozenset(), Limits(None, None), 0, None)


def signed(method: str = "GET", url: str = URL, body: bytes = b"", nonce: str = NONCE) -> SignedMessage:
    bare = SignedMessage(method, url, body=body)
    return replace(bare, headers=Fields(sign_request(bare, KEY, created=NOW, nonce=nonce).items()))


def check(message: SignedMessage, *, now: datetime = NOW) -> RequestSigner:
    return check_request(message, find, now=now)


def changed(message: SignedMessage, name: str, change: Callable[[str], str]) -> SignedMessage:
    """The message with one header field changed; the library spells names in its own case."""
    lines = [(each, change(text) if each.lower() == name else text) for each, text in message.headers.items()]
    return replace(message, headers=Fields(lines))


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("body", [b"", b'{"a":1}'])
def test_a_signed_request_says_who_signed_it(method: str, body: bytes) -> None:
    found = check(signed(method, body=body))
    assert (found.key.key_id, found.created, found.nonce) == (KEY.key_id, NOW, NONCE)


def test_only_method_target_and_digest_are_signed() -> None:
    fields = {name.lower(): text for name, text in signed().headers.items()}
    assert fields.keys() == {"signature-input", "signature", "content-digest"}
    assert fields["signature-input"].startswith('sig=("@method" "@target-uri" "content-digest");created=')


@pytest.mark.parametrize(
    "change",
    [
        {"method": "DELETE"},
        {"url": "https://ledger.example/api/inbox?after=B"},
        {"url": "https://ledger.example/api/work"},
        {"url": "https://other.example/api/inbox?after=A"},
        {"url": "http://ledger.example/api/inbox?after=A"},
        {"body": b"x"},
    ],
)
def test_a_signature_of_another_request_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(RequestSignatureError):
        check(replace(signed(), **change))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["signature", "signature-input", "content-digest"])
def test_a_request_without_one_of_its_fields_or_with_rubbish_in_it_is_refused(name: str) -> None:
    message = signed()
    without = [(each, text) for each, text in message.headers.items() if each.lower() != name]
    with pytest.raises(RequestSignatureError):
        check(replace(message, headers=Fields(without)))
    for rubbish in ("", "sig", "sig=:AAAA:", 'sig=("@method")', "ü", "sig=1;created=2", "a=:AA:, b=:AA:"):
        with pytest.raises(LedgerError):
            check(changed(message, name, lambda _, rubbish=rubbish: rubbish))  # type: ignore[misc]


def test_one_bit_of_the_signature_is_enough() -> None:
    text = dict(signed().headers)["Signature"]
    other = "B" if text[8] == "A" else "A"
    with pytest.raises(RequestSignatureError):
        check(changed(signed(), "signature", lambda _: text[:8] + other + text[9:]))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"@method" ', ""),
        ('"@target-uri" ', ""),
        (' "content-digest"', ""),
        ('"@method"', '"@method" "@authority"'),
        (f'nonce="{NONCE}"', f'nonce="{NONCE}x"'),
        (f';nonce="{NONCE}"', ""),
        (";created=", ";expires="),
        ("created=1", "created=2"),
    ],
)
def test_a_signature_that_covers_less_or_more_or_says_something_else_is_refused(old: str, new: str) -> None:
    message = changed(signed(), "signature-input", lambda text: text.replace(old, new))
    with pytest.raises(LedgerError):
        check(message)


@pytest.mark.parametrize("seconds", [-61, 61, 86400, -(10**9)])
def test_a_request_is_good_for_60_seconds_on_either_side(seconds: int) -> None:
    check(signed(), now=NOW + timedelta(seconds=max(-60, min(60, seconds))))
    with pytest.raises(RequestSignatureError, match="60 s"):
        check(signed(), now=NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("nonce", ["", "short", "x" * 65])
def test_a_nonce_is_neither_short_nor_long(nonce: str) -> None:
    with pytest.raises(RequestSignatureError, match="nonce"):
        check(signed(nonce=nonce))


def test_a_key_that_is_not_enrolled_is_named_as_such() -> None:
    stranger = PrivateKey.from_seed(b"s" * 32)
    bare = SignedMessage("GET", URL)
    fields = Fields(sign_request(bare, stranger, created=NOW, nonce=NONCE).items())
    with pytest.raises(UnknownKeyError):
        check(replace(bare, headers=fields))


def test_two_signatures_are_one_too_many() -> None:
    message = signed()
    twice = [line for line in message.headers.items() for _ in range(2)]
    with pytest.raises(RequestSignatureError):
        check(replace(message, headers=Fields(twice)))
