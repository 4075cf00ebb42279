"""Cosignatures: who saw a checkpoint and when, and nothing that was changed since."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import DuplicateError, InvalidKeyError, MalformedError, NotFoundError, ProofError
from ledger.signing.cosignature import (
    Cosignature,
    CosignatureSigner,
    CosignatureVerifier,
    cosigner_from_vkey,
    ed25519_message,
    ml_dsa_message,
    open_cosignatures,
)
from ledger.signing.keys import PrivateKey
from ledger.signing.ml_dsa import MlDsaPrivateKey
from ledger.signing.notes import Ed25519NoteSigner
from ledger.tlog.checkpoint import Checkpoint, format_checkpoint
from ledger.tlog.note import (
    ML_DSA_44,
    Note,
    Signature,
    VerifierKey,
    format_note,
    format_vkey,
    open_note,
    parse_note,
    sign_note,
)

# The checkpoint of the specification's examples, and the time of its example message.
TEXT = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
TIME = 1679315147
NAME = "witness.example.com/w1"
ED25519 = PrivateKey.from_seed(b"\x05" * 32)
ML_DSA = MlDsaPrivateKey.from_seed(b"\x06" * 32)

# A checkpoint of a log with an ML-DSA-44 key, as filippo.io/torchwood signed it, and the seed of that key.
TORCHWOOD_SEED = bytes.fromhex("2886adc2b0eabfce67c0472939127998bf886cf256bfee8ba76a253fce1146e0")
TORCHWOOD_NOTE = (Path(__file__).parent / "vectors" / "torchwood_ml_dsa_log.note").read_bytes()


def cosigner(key: PrivateKey | MlDsaPrivateKey, *, time: int = TIME, name: str = NAME) -> CosignatureSigner:
    return CosignatureSigner(name, key, clock=lambda: time)


@pytest.fixture(params=[ED25519, ML_DSA], ids=["ed25519", "ml-dsa-44"])
def key(request: pytest.FixtureRequest) -> PrivateKey | MlDsaPrivateKey:
    found: PrivateKey | MlDsaPrivateKey = request.param
    return found


def test_the_ed25519_message_is_the_specifications_example() -> None:
    assert ed25519_message(TEXT.encode(), TIME) == f"cosignature/v1\ntime 1679315147\n{TEXT}".encode()


def test_the_ml_dsa_message_is_the_structure_of_the_specification() -> None:
    root = bytes.fromhex("0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62")
    expected = b"subtree/v1\n\x00" + b"\x16witness.example.com/w1" + bytes.fromhex("000000006418 50cb".replace(" ", ""))
    expected += b"\x1bexample.com/behind-the-sofa" + bytes(8) + (20852163).to_bytes(8, "big") + root
    assert ml_dsa_message(TEXT.encode(), TIME, NAME) == expected


def test_an_ed25519_cosignature_is_these_bytes_for_ever() -> None:
    signature = cosigner(ED25519).sign(TEXT.encode())
    assert signature[:8].hex() == "00000000641850cb"
    assert signature[8:] == ED25519.sign(f"cosignature/v1\ntime 1679315147\n{TEXT}".encode())
    assert hashlib.sha256(signature).hexdigest() == "a5cd5139fbb4cc767bf2ac5545d25e07be2fc0c66968ee5b5d207a7eeb2049ff"


def test_torchwoods_ml_dsa_checkpoint_opens_with_the_key_of_its_seed() -> None:
    key = VerifierKey("example.com/mldsa-log", ML_DSA_44, MlDsaPrivateKey.from_seed(TORCHWOOD_SEED).public_key)
    assert format_vkey(key).startswith(
        "example.com/mldsa-log+b5df45c5+BuhtcL97l3dcitjZ8Y9J54gmQ1TWn/BMF0yePKpTzhlFCkN6"
    )
    assert open_cosignatures(TORCHWOOD_NOTE, [CosignatureVerifier(key)]) == (Cosignature(key.name, key.key_id, 0),)
    with pytest.raises(ProofError):
        open_cosignatures(TORCHWOOD_NOTE.replace(b"\n1\n", b"\n2\n", 1), [CosignatureVerifier(key)])


def test_a_cosigned_checkpoint_says_who_and_when(key: PrivateKey | MlDsaPrivateKey) -> None:
    signer = cosigner(key)
    note = sign_note(TEXT, [signer])
    verifier = cosigner_from_vkey(format_vkey(signer.verifier_key))
    assert open_cosignatures(note, [verifier]) == (Cosignature(NAME, signer.key_id, TIME),)
    assert format_note(open_note(note, [verifier])) == note


@given(st.integers(0, 2**63 - 1), st.integers(1, 2**63 - 1), st.binary(min_size=32, max_size=32))
def test_every_time_and_checkpoint_comes_back_verified(time: int, size: int, root: bytes) -> None:
    text = format_checkpoint(Checkpoint("example.com/log", size, root))
    signer = cosigner(ED25519, time=time)
    found = open_cosignatures(sign_note(text, [signer]), [CosignatureVerifier(signer.verifier_key)])
    assert found == (Cosignature(NAME, signer.key_id, time),)


@pytest.mark.parametrize("place", [0, 7, 8, -1])
def test_one_flipped_byte_of_time_or_signature_is_refused(key: PrivateKey | MlDsaPrivateKey, place: int) -> None:
    signer = cosigner(key)
    data = bytearray(signer.sign(TEXT.encode()))
    data[place] ^= 1
    note = format_note(Note(TEXT, (Signature(NAME, signer.key_id, bytes(data)),)))
    with pytest.raises(ProofError):
        open_cosignatures(note, [CosignatureVerifier(signer.verifier_key)])


@pytest.mark.parametrize("length", [1, 8, 71, 73, 2427])
def test_a_cosignature_of_another_length_is_refused(key: PrivateKey | MlDsaPrivateKey, length: int) -> None:
    signer = cosigner(key)
    note = format_note(Note(TEXT, (Signature(NAME, signer.key_id, bytes(length)),)))
    with pytest.raises(ProofError):
        open_cosignatures(note, [CosignatureVerifier(signer.verifier_key)])


def test_a_cosignature_of_another_size_root_or_log_is_refused(key: PrivateKey | MlDsaPrivateKey) -> None:
    signer = cosigner(key)
    note = sign_note(TEXT, [signer])
    for old, new in ((b"20852163", b"20852164"), (b"CsUY", b"DsUY"), (b"behind", b"before")):
        with pytest.raises(ProofError):
            open_cosignatures(note.replace(old, new), [CosignatureVerifier(signer.verifier_key)])


def test_a_time_past_2_to_the_63_is_refused() -> None:
    signer = cosigner(ED25519)
    raw = (2**63).to_bytes(8, "big") + ED25519.sign(f"cosignature/v1\ntime {2**63}\n{TEXT}".encode())
    note = format_note(Note(TEXT, (Signature(NAME, signer.key_id, raw),)))
    with pytest.raises(ProofError):
        open_cosignatures(note, [CosignatureVerifier(signer.verifier_key)])


def test_an_ml_dsa_cosignature_names_its_cosigner() -> None:
    # The same key under another name: an Ed25519 cosignature would verify, this one covers the name.
    signature = cosigner(ML_DSA).sign(TEXT.encode())
    other = VerifierKey("witness.example.com/w2", ML_DSA_44, ML_DSA.public_key)
    note = format_note(Note(TEXT, (Signature(other.name, other.key_id, signature),)))
    with pytest.raises(ProofError):
        open_cosignatures(note, [CosignatureVerifier(other)])


def test_a_checkpoint_with_extension_lines_is_cosigned_whole_or_not_at_all() -> None:
    extended = f"{TEXT}an extension\n"
    signer = cosigner(ED25519)
    note = sign_note(extended, [signer])
    with pytest.raises(ProofError):
        open_cosignatures(note.replace(b"an extension", b"no extension"), [CosignatureVerifier(signer.verifier_key)])
    with pytest.raises(ProofError, match="extension"):
        cosigner(ML_DSA).sign(extended.encode())
    signature = cosigner(ML_DSA).sign(TEXT.encode())
    borrowed = format_note(Note(extended, (Signature(NAME, cosigner(ML_DSA).key_id, signature),)))
    with pytest.raises(ProofError):
        open_cosignatures(borrowed, [CosignatureVerifier(cosigner(ML_DSA).verifier_key)])


@pytest.mark.parametrize("text", [b"not a checkpoint\n", b"\xff\n1\n2\n", b""])
def test_what_is_no_checkpoint_is_not_cosigned(key: PrivateKey | MlDsaPrivateKey, text: bytes) -> None:
    with pytest.raises(MalformedError):
        cosigner(key).sign(text)


def test_lines_by_others_are_no_cosignatures() -> None:
    log = Ed25519NoteSigner("example.com/behind-the-sofa", ED25519)
    note = sign_note(TEXT, [log, cosigner(ML_DSA)])
    assert open_cosignatures(note, [CosignatureVerifier(cosigner(ED25519).verifier_key)]) == ()
    assert open_cosignatures(note, []) == ()


def test_a_key_that_only_signs_logs_cosigns_nothing() -> None:
    with pytest.raises(InvalidKeyError, match="0x04 or 0x06"):
        CosignatureVerifier(Ed25519NoteSigner(NAME, ED25519).verifier_key)


def test_a_cosigner_with_a_small_order_point_is_refused() -> None:
    with pytest.raises(InvalidKeyError, match="not a sound"):
        CosignatureVerifier(VerifierKey(NAME, 4, bytes(32)))


def test_a_name_that_does_not_fit_the_structure_is_refused() -> None:
    with pytest.raises(ProofError, match="255"):
        ml_dsa_message(TEXT.encode(), TIME, "w" * 256)


def test_an_ml_dsa_key_file_is_written_once_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "log-ml-dsa.pem"
    ML_DSA.save(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert MlDsaPrivateKey.load(path).public_key == ML_DSA.public_key
    assert b"PRIVATE" in path.read_bytes()
    with pytest.raises(DuplicateError):
        MlDsaPrivateKey.generate().save(path)
    with pytest.raises(NotFoundError):
        MlDsaPrivateKey.load(tmp_path / "none.pem")
    ED25519.save(tmp_path / "ed.pem")
    with pytest.raises(InvalidKeyError, match="not an ML-DSA-44 key"):
        MlDsaPrivateKey.load(tmp_path / "ed.pem")
    (tmp_path / "junk.pem").write_bytes(b"junk")
    with pytest.raises(InvalidKeyError, match="PKCS"):
        MlDsaPrivateKey.load(tmp_path / "junk.pem")
    with pytest.raises(InvalidKeyError, match="32"):
        MlDsaPrivateKey.from_seed(b"short")
    assert repr(ML_DSA).startswith("MlDsaPrivateKey(key_id=")


def test_two_ml_dsa_signatures_over_the_same_bytes_differ_and_both_hold() -> None:
    first, second = sign_note(TEXT, [cosigner(ML_DSA)]), sign_note(TEXT, [cosigner(ML_DSA)])
    assert first != second
    for note in (first, second):
        assert len(parse_note(note).signatures[0].signature) == 8 + 2420
        assert open_cosignatures(note, [CosignatureVerifier(cosigner(ML_DSA).verifier_key)])
