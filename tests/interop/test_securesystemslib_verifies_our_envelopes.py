"""An independent DSSE implementation, used by in-toto and TUF, reads what we sign."""

import copy
from typing import Any

import pytest
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey  # type: ignore[attr-defined]  # left out of its __all__

from ledger.signing.envelope import sign_envelope
from ledger.signing.keys import PrivateKey

PAYLOAD = '{"type":"donation.received","title":"三排小学"}'.encode()
KEYS = [PrivateKey.from_seed(bytes([number]) * 32) for number in (1, 2)]
THEIR_KEYS: list[Any] = [SSlibKey(key.key_id, "ed25519", "ed25519", {"public": key.public_key.hex()}) for key in KEYS]


def _their_envelope() -> Envelope:
    return Envelope.from_dict(copy.deepcopy(sign_envelope(PAYLOAD, KEYS).to_json()))


def test_securesystemslib_verifies_both_signatures_of_our_envelope() -> None:
    verified = _their_envelope().verify(THEIR_KEYS, threshold=2)
    assert set(verified) == {key.key_id for key in KEYS}


def test_securesystemslib_refuses_a_changed_payload() -> None:
    envelope = _their_envelope()
    envelope.payload = PAYLOAD.replace(b"received", b"recieved")
    with pytest.raises(VerificationError):
        envelope.verify(THEIR_KEYS, threshold=1)
