"""Project Wycheproof's Ed25519 vectors, read where they are present beside the project."""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import BadSignatureError
from ledger.signing.keys import check_public_key, verify

VECTORS = Path(__file__).parents[4] / "shared/vectors/wycheproof/testvectors_v1/ed25519_test.json"


def _vectors() -> Any:
    if not VECTORS.exists():
        reason = f"NOT RUN: the Wycheproof vectors are not at {VECTORS}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return json.loads(VECTORS.read_bytes())


def _is_accepted(public_key: bytes, signature: bytes, message: bytes) -> bool:
    try:
        verify(public_key, signature, message)
    except BadSignatureError:
        return False
    return True


def test_all_151_vectors_are_accepted_or_refused_exactly_as_published() -> None:
    counted: Counter[str] = Counter()
    for group in _vectors()["testGroups"]:
        public_key = bytes.fromhex(group["publicKey"]["pk"])
        check_public_key(public_key)
        for test in group["tests"]:
            accepted = _is_accepted(public_key, bytes.fromhex(test["sig"]), bytes.fromhex(test["msg"]))
            assert accepted == (test["result"] == "valid"), test
            counted[test["result"]] += 1
    assert counted == {"valid": 88, "invalid": 63}
