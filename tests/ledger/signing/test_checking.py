"""Signatures checked by other processes: what they say holds does hold; without them nothing changes but the time."""

import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence

import pytest

from ledger.signing.checking import AT_ONCE, FEWEST, NO_CHECKS, ChecksApart
from ledger.signing.envelope import Envelope, EnvelopeSignature, sign_envelope
from ledger.signing.keys import PrivateKey

KEYS = [PrivateKey.from_seed(bytes([seed]) * 32) for seed in range(3)]
KNOWN = {key.key_id: key.public_key for key in KEYS[:2]}
GOOD = [sign_envelope(b"%d" % number, KEYS[: 1 + number % 2]) for number in range(3 * AT_ONCE)]
PATIENCE = 30


def forged(envelope: Envelope) -> Envelope:
    first, *others = envelope.signatures
    return Envelope(envelope.payload, (EnvelopeSignature(first.keyid, bytes(64)), *others))


@pytest.fixture
def checks() -> Iterator[ChecksApart]:
    checks = ChecksApart(1)
    yield checks
    checks.close()


def held(checks: ChecksApart, envelopes: Sequence[Envelope], known: Mapping[str, bytes] = KNOWN) -> set[int]:
    """What the other process found of all the envelopes, when nobody judges meanwhile."""
    checks.begin(envelopes, known.get)
    until = time.monotonic() + PATIENCE
    while (checks._next or any(worker.awaited for worker in checks._workers)) and time.monotonic() < until:
        checks._go_on(0)
        time.sleep(0.001)
    return {place for place in range(len(envelopes)) if checks.hold(place)}


def test_what_holds_is_found_and_nothing_else(checks: ChecksApart) -> None:
    mixed = list(GOOD)
    mixed[5], mixed[-1] = forged(mixed[5]), forged(mixed[-1])
    mixed[7] = sign_envelope(b"by a stranger", [KEYS[2]])
    mixed[8] = sign_envelope(b"by a stranger too", [KEYS[0], KEYS[2]])
    assert held(checks, mixed) == set(range(len(mixed))) - {5, 7, 8, len(mixed) - 1}


def test_an_answer_about_one_group_says_nothing_of_the_next(checks: ChecksApart) -> None:
    assert held(checks, GOOD) == set(range(len(GOOD)))
    checks.begin(GOOD, KNOWN.get)
    assert held(checks, [forged(GOOD[0]), *GOOD[1:]]) == set(range(1, len(GOOD)))


def test_a_key_listed_under_the_id_of_another_does_not_hold(checks: ChecksApart) -> None:
    swapped = {KEYS[1].key_id: KEYS[0].public_key, KEYS[0].key_id: KEYS[0].public_key}
    under_another = [
        Envelope(one.payload, (EnvelopeSignature(KEYS[1].key_id, one.signatures[0].sig),))
        for one in (sign_envelope(b"%d" % number, [KEYS[0]]) for number in range(FEWEST))
    ]
    assert held(checks, [*GOOD[::2], *under_another], swapped) == set(range(len(GOOD[::2])))


def test_a_process_that_dies_changes_no_verdict(checks: ChecksApart) -> None:
    assert held(checks, GOOD) == set(range(len(GOOD)))
    checks.begin(GOOD, KNOWN.get)
    for process in checks.processes:
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join(PATIENCE)
    checks.begin(GOOD, KNOWN.get)
    assert not any(checks.hold(place) for place in range(len(GOOD)))


def test_a_small_group_is_left_to_whoever_judges(checks: ChecksApart) -> None:
    checks.begin(GOOD[: FEWEST - 1], KNOWN.get)
    assert checks.processes == []
    assert not checks.hold(0)
    NO_CHECKS.begin(GOOD, KNOWN.get)
    assert not NO_CHECKS.hold(0)
