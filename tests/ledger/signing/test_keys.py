import hashlib
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ledger.errors import BadSignatureError, DuplicateError, InvalidFieldError, InvalidKeyError, NotFoundError
from ledger.signing import keys
from ledger.signing.keys import PrivateKey, check_possession, check_public_key, possession_message, sign_possession

P = 2**255 - 19
SMALL_ORDER = [  # the eight points of order 1, 2, 4 and 8, in canonical form (RFC 8032 section 5.1.2)
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
]
NON_CANONICAL = [  # y written as y + p, with either sign bit; and the two points with x = 0 and the sign bit set
    (y + P | sign << 255).to_bytes(32, "little").hex() for y in range(19) for sign in (0, 1)
] + ["01" + "00" * 30 + "80", "ec" + "ff" * 31]
SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
ORIGIN = "ledger.example.org/sanpai"
ORGANISATION = "organisation/01890a5d-ac96-774b-bcce-b302099a8057"


def test_signing_gives_the_published_signature_of_rfc_8032_test_1() -> None:
    key = PrivateKey.from_seed(SEED)
    assert key.public_key.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert key.sign(b"").hex() == (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe2"
        "4655141438e7a100b"
    )


def test_a_key_id_is_the_sha256_of_the_raw_public_key() -> None:
    key = PrivateKey.from_seed(SEED)
    assert key.key_id == keys.key_id(key.public_key) == hashlib.sha256(key.public_key).hexdigest()


def test_a_new_key_takes_32_bytes_of_the_randomness_it_is_given() -> None:
    asked: list[int] = []

    def random(size: int) -> bytes:
        asked.append(size)
        return b"\x07" * size

    assert PrivateKey.generate(random).public_key == PrivateKey.from_seed(b"\x07" * 32).public_key
    assert asked == [32]
    assert PrivateKey.generate().key_id != PrivateKey.generate().key_id


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_seed_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(InvalidKeyError, match="32 bytes"):
        PrivateKey.from_seed(bytes(size))


def test_a_sound_public_key_may_be_enrolled() -> None:
    check_public_key(PrivateKey.from_seed(SEED).public_key)


@pytest.mark.parametrize("point", SMALL_ORDER)
def test_a_small_order_point_is_never_enrolled(point: str) -> None:
    with pytest.raises(InvalidKeyError) as refusal:
        check_public_key(bytes.fromhex(point), field="/payload/data/public_key")
    assert refusal.value.field == "/payload/data/public_key"


@pytest.mark.parametrize("point", NON_CANONICAL)
def test_a_non_canonical_encoding_is_never_enrolled(point: str) -> None:
    with pytest.raises(InvalidKeyError, match="not a sound"):
        check_public_key(bytes.fromhex(point))


def test_bytes_that_are_no_point_of_the_curve_are_never_enrolled() -> None:
    with pytest.raises(InvalidKeyError, match="not a sound"):
        check_public_key((2).to_bytes(32, "little"))


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_public_key_of_another_length_is_never_enrolled(size: int) -> None:
    with pytest.raises(InvalidKeyError, match=f"this one is {size}"):
        check_public_key(bytes(size))


@pytest.mark.parametrize("point", SMALL_ORDER + NON_CANONICAL)
def test_a_bad_point_as_the_signers_key_verifies_nothing(point: str) -> None:
    # With the identity as key and as R, and S = 0, a lax verifier accepts every message.
    for first_half in (bytes.fromhex(point), bytes.fromhex(SMALL_ORDER[0])):
        with pytest.raises(BadSignatureError):
            keys.verify(bytes.fromhex(point), first_half + bytes(32), b"message")


@pytest.mark.parametrize("point", SMALL_ORDER + NON_CANONICAL)
def test_a_bad_point_as_first_half_of_a_signature_is_refused(point: str) -> None:
    key = PrivateKey.from_seed(SEED)
    second_half = _second_half_that_satisfies_the_equation(key, bytes.fromhex(point), b"message")
    with pytest.raises(BadSignatureError):
        keys.verify(key.public_key, bytes.fromhex(point) + second_half, b"message")


def test_the_second_half_made_for_a_bad_point_would_satisfy_another_verifier() -> None:
    key = PrivateKey.from_seed(SEED)
    identity = bytes.fromhex(SMALL_ORDER[0])
    second_half = _second_half_that_satisfies_the_equation(key, identity, b"message")
    Ed25519PublicKey.from_public_bytes(key.public_key).verify(identity + second_half, b"message")


def _second_half_that_satisfies_the_equation(key: PrivateKey, first_half: bytes, message: bytes) -> bytes:
    """S = k·a, so that S·B = R + k·A holds up to the small-order R (RFC 8032 section 5.1.7, cofactored)."""
    order = 2**252 + 27742317777372353535851937790883648493
    scalar = bytearray(hashlib.sha512(SEED).digest()[:32])
    scalar[0] &= 248
    scalar[31] = scalar[31] & 127 | 64
    challenge = hashlib.sha512(first_half + key.public_key + message).digest()
    value = int.from_bytes(challenge, "little") * int.from_bytes(scalar, "little") % order
    return value.to_bytes(32, "little")


def test_a_signature_shortened_or_lengthened_by_message_bytes_is_refused() -> None:
    key = PrivateKey.from_seed(SEED)
    signature = key.sign(b"message")
    keys.verify(key.public_key, signature, b"message")
    for moved_signature, moved_message in (
        (signature + b"m", b"essage"),
        (signature[:-1], signature[-1:] + b"message"),
    ):
        with pytest.raises(BadSignatureError):
            keys.verify(key.public_key, moved_signature, moved_message)


def test_a_public_key_of_another_length_verifies_nothing() -> None:
    with pytest.raises(BadSignatureError):
        keys.verify(b"short", bytes(64), b"")


def test_every_changed_bit_of_a_signature_is_found() -> None:
    key = PrivateKey.from_seed(SEED)
    signature = key.sign(b"message")
    for bit in range(512):
        changed = (int.from_bytes(signature, "big") ^ 1 << bit).to_bytes(64, "big")
        with pytest.raises(BadSignatureError) as refusal:
            keys.verify(key.public_key, changed, b"message")
        assert key.key_id[:8] in refusal.value.en


def test_printing_a_private_key_shows_its_key_id_only() -> None:
    key = PrivateKey.from_seed(SEED)
    assert repr(key) == f"PrivateKey(key_id='{key.key_id}')"


def test_a_saved_key_is_its_owners_alone_and_loads_again(tmp_path: Path) -> None:
    path = tmp_path / "staff.pem"
    PrivateKey.from_seed(SEED).save(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["staff.pem"]
    assert PrivateKey.load(path).sign(b"message") == PrivateKey.from_seed(SEED).sign(b"message")


def test_openssl_reads_a_saved_key(tmp_path: Path) -> None:
    path = tmp_path / "staff.pem"
    PrivateKey.from_seed(SEED).save(path)
    shown = subprocess.run(
        ["openssl", "pkey", "-in", path, "-pubout", "-outform", "DER"], capture_output=True, check=True
    )
    assert shown.stdout[-32:] == PrivateKey.from_seed(SEED).public_key


def test_saving_never_overwrites_a_file(tmp_path: Path) -> None:
    path = tmp_path / "staff.pem"
    path.write_text("anything")
    with pytest.raises(DuplicateError, match="never overwritten"):
        PrivateKey.from_seed(SEED).save(path)
    assert path.read_text() == "anything"
    assert [file.name for file in tmp_path.iterdir()] == ["staff.pem"]


def test_loading_says_that_a_key_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"gone\.pem"):
        PrivateKey.load(tmp_path / "gone.pem")


def _pem(key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey, password: bytes | None = None) -> bytes:
    encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "not an unencrypted PKCS #8 PEM"),
        (b"not a key", "not an unencrypted PKCS #8 PEM"),
        (_pem(Ed25519PrivateKey.from_private_bytes(SEED))[:60], "not an unencrypted PKCS #8 PEM"),
        (_pem(Ed25519PrivateKey.from_private_bytes(SEED), b"password"), "not an unencrypted PKCS #8 PEM"),
        (_pem(ec.derive_private_key(7, ec.SECP256R1())), "not an Ed25519 key"),
    ],
)
def test_loading_says_what_is_wrong_with_a_key_file(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "staff.pem"
    path.write_bytes(content)
    with pytest.raises(InvalidKeyError, match=sentence):
        PrivateKey.load(path)


def test_a_proof_of_possession_signs_exactly_these_bytes() -> None:
    expected = (
        b"yangguang-key-possession/v1\nledger.example.org/sanpai\n"
        b"organisation/01890a5d-ac96-774b-bcce-b302099a8057\n11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
    )
    line = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
    assert possession_message(ORIGIN, ORGANISATION, line) == expected
    key = PrivateKey.from_seed(SEED)
    possession = sign_possession(key, origin=ORIGIN, organisation=ORGANISATION, line=line)
    assert possession == key.sign(expected)
    check_possession(key.public_key, possession, origin=ORIGIN, organisation=ORGANISATION, line=line)


@pytest.mark.parametrize("changed", ["origin", "organisation", "line"])
def test_a_proof_of_possession_for_another_ledger_organisation_or_key_is_refused(changed: str) -> None:
    key = PrivateKey.from_seed(SEED)
    lines = {"origin": ORIGIN, "organisation": ORGANISATION, "line": "key"}
    possession = sign_possession(key, **(lines | {changed: "another"}))
    with pytest.raises(BadSignatureError) as refusal:
        check_possession(key.public_key, possession, **lines)
    assert refusal.value.field == "/payload/data/possession"


def test_a_proof_of_possession_by_another_key_is_refused() -> None:
    lines = {"origin": ORIGIN, "organisation": ORGANISATION, "line": "key"}
    possession = sign_possession(PrivateKey.from_seed(bytes(32)), **lines)
    with pytest.raises(BadSignatureError):
        check_possession(PrivateKey.from_seed(SEED).public_key, possession, **lines)


def test_possession_of_an_unsound_key_is_refused_as_such() -> None:
    with pytest.raises(InvalidKeyError) as refusal:
        check_possession(bytes(32), bytes(64), origin=ORIGIN, organisation=ORGANISATION, line="key")
    assert refusal.value.field == "/payload/data/public_key"


@pytest.mark.parametrize("lines", [("a\nb", "c", "d"), ("a", "b\nc", "d"), ("a", "b", "c\n")])
def test_a_line_feed_cannot_move_words_between_the_lines_of_a_possession(lines: tuple[str, str, str]) -> None:
    with pytest.raises(InvalidFieldError, match="line feed"):
        possession_message(*lines)
