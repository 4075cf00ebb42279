import pytest

from ledger.errors import BadSignatureError, InvalidKeyError, MalformedError, ProofError
from ledger.signing.keys import PrivateKey
from ledger.signing.notes import Ed25519NoteSigner, Ed25519NoteVerifier, verifier_from_vkey
from ledger.tlog.note import ML_DSA_44, Signer, Verifier, VerifierKey, format_vkey, open_note, sign_note

# The example of the C2SP signed-note specification.
VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
NOTE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
).encode()
KEY = PrivateKey.from_seed(b"\x01" * 32)


def test_the_specifications_example_note_opens() -> None:
    assert open_note(NOTE, [verifier_from_vkey(VKEY)]).text == "This is an example message.\n"


def test_a_changed_text_does_not_open() -> None:
    with pytest.raises(ProofError):
        open_note(NOTE.replace(b"example message", b"exampel message"), [verifier_from_vkey(VKEY)])


def test_a_note_we_sign_opens_with_the_signers_vkey() -> None:
    signer: Signer = Ed25519NoteSigner("ledger.example.org/sanpai", KEY)
    vkey = format_vkey(Ed25519NoteSigner("ledger.example.org/sanpai", KEY).verifier_key)
    verifier: Verifier = verifier_from_vkey(vkey)
    assert (verifier.name, verifier.key_id) == (signer.name, signer.key_id)
    opened = open_note(sign_note("text\n", [signer]), [verifier])
    assert opened.signatures[0].signature == KEY.sign(b"text\n")


def test_a_signature_over_another_text_is_refused() -> None:
    signer = Ed25519NoteSigner("ledger.example.org/sanpai", KEY)
    with pytest.raises(BadSignatureError):
        Ed25519NoteVerifier(signer.verifier_key).check(b"other\n", signer.sign(b"text\n"))


def test_a_vkey_of_another_algorithm_is_refused() -> None:
    with pytest.raises(InvalidKeyError, match="0x06"):
        Ed25519NoteVerifier(VerifierKey("example.com/foo", ML_DSA_44, bytes(1312)))


def test_a_vkey_with_a_small_order_point_is_refused() -> None:
    with pytest.raises(InvalidKeyError, match="not a sound"):
        Ed25519NoteVerifier(VerifierKey("example.com/foo", 1, bytes(32)))


def test_a_vkey_whose_key_id_is_not_its_own_is_refused() -> None:
    with pytest.raises(MalformedError):
        verifier_from_vkey(VKEY.replace("530d903a", "530d903b"))
