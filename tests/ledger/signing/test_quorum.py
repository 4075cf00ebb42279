"""How far a checkpoint is witnessed, by the policy's own names."""

import pytest

from ledger.errors import InvalidKeyError, ProofError
from ledger.signing.cosignature import CosignatureSigner
from ledger.signing.keys import PrivateKey
from ledger.signing.notes import Ed25519NoteSigner
from ledger.signing.quorum import check_keys, witnessing_of
from ledger.tlog.note import VerifierKey, format_vkey, sign_note
from ledger.tlog.policy import Policy, parse_policy

TEXT = "ledger.example/sanpai\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
LOG = Ed25519NoteSigner("ledger.example/sanpai", PrivateKey.from_seed(b"l" * 32))


def witness(number: int, time: int) -> CosignatureSigner:
    return CosignatureSigner(f"w{number}.example", PrivateKey.from_seed(bytes([number]) * 32), clock=lambda: time)


def policy(quorum: str) -> Policy:
    lines = [f"witness W{number} {format_vkey(witness(number, 0).verifier_key)}\n" for number in (1, 2, 3)]
    return parse_policy(("".join(lines) + quorum).encode())


TWO_OF_THREE = policy("group g 2 W1 W2 W3\nquorum g\n")


def test_a_quorum_is_as_old_as_the_older_of_the_two_newest() -> None:
    found = witnessing_of(sign_note(TEXT, [LOG, witness(1, 100), witness(2, 300), witness(3, 200)]), TWO_OF_THREE)
    assert (found.is_met, found.since, found.missing) == (True, 200, ())
    assert dict(found.times) == {"W1": 100, "W2": 300, "W3": 200}


def test_one_of_two_is_no_quorum_and_says_who_is_missing() -> None:
    found = witnessing_of(sign_note(TEXT, [LOG, witness(2, 300)]), TWO_OF_THREE)
    assert (found.is_met, found.since, [w.name for w in found.missing]) == (False, None, ["W1", "W3"])


def test_the_same_witness_twice_counts_once() -> None:
    found = witnessing_of(sign_note(TEXT, [LOG, witness(2, 300), witness(2, 400)]), TWO_OF_THREE)
    assert (found.is_met, dict(found.times)) == (False, {"W2": 300})


def test_a_cosignature_of_another_checkpoint_is_refused() -> None:
    replayed = sign_note(TEXT, [witness(1, 5)]).partition(b"\n\n")[2]
    note = sign_note(TEXT.replace("\n7\n", "\n8\n"), [LOG]) + replayed
    with pytest.raises(ProofError, match=r"w1\.example"):
        witnessing_of(note, TWO_OF_THREE)


def test_a_policy_without_a_quorum_is_met_and_has_no_age() -> None:
    found = witnessing_of(sign_note(TEXT, [LOG, witness(1, 5)]), policy("quorum none\n"))
    assert (found.is_met, found.since) == (True, None)


def test_a_policy_with_an_unsound_key_is_refused_by_the_witnesss_name() -> None:
    check_keys(TWO_OF_THREE)
    unsound = format_vkey(VerifierKey("w.example", 4, bytes(32)))
    with pytest.raises(InvalidKeyError, match="Witness bad: "):
        check_keys(parse_policy(f"witness bad {unsound}\nquorum none\n".encode()))
