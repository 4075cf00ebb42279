"""What is public says nothing about any one child, to whoever guesses and to whoever compares."""

import base64
import hashlib
import re
import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from ledger.publishing.publisher import Publisher
from ledger.sealing.base64url import decode_base64url
from projections.runner import Runner
from projections.source import LogFolderSource
from tests.ledger.privacy.household import Household, bytes_under
from tests.projections.dumped import dumped

COUNTY = "441826"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
BORN = (date(2004, 1, 1), date(2021, 12, 31))
TRUE = f"{COUNTY}20130517042"
"""The first 17 digits of the number of a child of nobody, who is in the ledger."""


def weighed(digits: str, place: int) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS[place : place + len(digits)], strict=True))


def identity_numbers() -> Iterator[str]:
    """Every resident identity number of the county's children and youths (GB 11643), 1,000 a day."""
    orders = [(f"{number:03d}", weighed(f"{number:03d}", 14)) for number in range(1000)]
    for days in range((BORN[1] - BORN[0]).days + 1):
        start = f"{COUNTY}{BORN[0] + timedelta(days):%Y%m%d}"
        sum_ = weighed(start, 0)
        for order, more in orders:
            yield f"{start}{order}{CHECKS[(sum_ + more) % 11]}"


def hashes_in(public: bytes) -> set[bytes]:
    """Every 32 bytes that public material states in hex, base64 or base64url, also inside its payloads."""
    texts = [public, *(decoded(found) for found in re.findall(rb'"payload":"([A-Za-z0-9+/=]+)"', public))]
    found: set[bytes] = set()
    for text in texts:
        found |= {bytes.fromhex(item.decode()) for item in re.findall(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])", text)}
        for item in re.findall(rb"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])", text):
            found.add(base64.urlsafe_b64decode(item + b"="))
    return found


def decoded(text: bytes) -> bytes:
    return base64.b64decode(text)


def guess(public: set[bytes]) -> set[str]:
    """The identity numbers whose plain or quoted SHA-256 stands in public material."""
    sha256 = hashlib.sha256
    found: set[str] = set()
    for number in identity_numbers():
        text = number.encode()
        if sha256(text).digest() in public or sha256(b'"%b"' % text).digest() in public:
            found.add(number)
    return found


def published(household: Household, directory: Path) -> Path:
    ledger = household.world.ledger
    Publisher(ledger.store, directory / "log", vkey=ledger.settings.vkey).publish()
    return directory / "log"


def test_whoever_tries_all_identity_numbers_of_the_county_finds_no_match(tmp_path: Path) -> None:
    true = f"{TRUE}{CHECKS[weighed(TRUE, 0) % 11]}"
    household = Household(tmp_path / "made", [true, *(f"测试用名-{number:04d}" for number in range(11))])
    public = hashes_in(bytes_under(published(household, tmp_path)))
    assert all(decode_base64url(digest) in public for digest in household.payload.sealed), "the attacker sees them all"
    planted = hashlib.sha256(true.encode()).digest()
    assert guess(public | {planted}) == {true}, "the control: a plain SHA-256 falls at once"
    assert planted not in public
    household.world.ledger.close()


MASKS = (
    rb"[A-Za-z0-9+/]{91}=",
    rb"[A-Za-z0-9+/]{86}==",
    rb"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{43}=",
    rb"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])",
    rb"[0-9a-f]{64}",
)


def masked(text: bytes) -> bytes:
    """The text with digests, ids, roots and signatures gone."""
    text = re.sub(rb'"payload":"([A-Za-z0-9+/=]+)"', lambda found: masked(decoded(found[1])), text)
    for mask in MASKS:
        text = re.sub(mask, b"*", text)
    return text


def read_models(directory: Path, log: Path) -> bytes:
    path = directory / "views" / "views.sqlite3"
    runner = Runner(path, LogFolderSource(log))
    runner.run_once()
    runner.close()
    with sqlite3.connect(path) as db:
        dump = dumped(db).encode()
    db.close()
    return re.sub(rb"X'[0-9A-F]+'", b"*", dump)


@pytest.mark.parametrize("other", ["测试用名-0099", "另一个名字很长的测试用名-0100"])
def test_two_ledgers_that_differ_in_one_child_are_the_same_to_the_public(tmp_path: Path, other: str) -> None:
    names = [f"测试用名-{number:04d}" for number in range(12)]
    shown, logs = [], []
    for place, changed in enumerate((names[5], other)):
        directory = tmp_path / str(place)
        household = Household(directory / "made", [*names[:5], changed, *names[6:]])
        log = published(household, directory)
        entries = [masked(household.world.ledger.entry(index)) for index in range(household.world.ledger.head().size)]
        logs.append((household.world.ledger.head().root, entries))
        shown.append(masked(read_models(directory, log)))
        household.world.ledger.close()
    assert logs[0][0] != logs[1][0], "the control: they do differ"
    assert logs[0][1] == logs[1][1]
    assert shown[0] == shown[1]
