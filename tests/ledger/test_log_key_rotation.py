"""The quorum of the admins puts a new log key in force: what it signs, who may, and what a restart finds."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.application import Ledger
from ledger.errors import (
    BadSignatureError,
    DuplicateError,
    InvalidFieldError,
    LedgerError,
    MissingCapabilityError,
    NotFoundError,
    ProofError,
)
from ledger.opening import Submission
from ledger.publishing.publisher import Publisher
from ledger.receipts import Receipt
from ledger.signing.notes import verifier_from_vkey
from ledger.tlog.base64 import encode_base64
from ledger.tlog.checkpoint import Checkpoint, open_checkpoint
from ledger.tlog.note import ML_DSA_44, VerifierKey, format_vkey
from ledger.tlog.proof import check_proof, parse_proof
from tests.ledger.rotation import put_in_place, rotate, rotation, vkey_of
from tests.ledger.world import ORIGIN, World, private_key


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.ledger.close()


def opened(note: bytes, name: str) -> Checkpoint:
    """The checkpoint, if the log key of that name signed it."""
    return open_checkpoint(note, origin=ORIGIN, verifiers=[verifier_from_vkey(vkey_of(name))])


def refused(world: World, submission: Submission, error: type[LedgerError]) -> LedgerError:
    """The refusal, after which nothing is stored and the ledger goes on."""
    before = world.ledger.head()
    outcome = world.ledger.admit([submission])[0]
    assert isinstance(outcome, error), outcome
    assert world.ledger.head() == before
    assert world.ledger.vkeys() == (vkey_of("log"),)
    world.place("后来的地点", level="village")
    return outcome


def reopen(world: World) -> Ledger:
    directory = world.ledger.settings.directory
    world.ledger.close()
    world.ledger = Ledger.open(directory, clock=world.clock)
    return world.ledger


def test_the_checkpoint_that_covers_the_rotation_and_all_later_ones_are_by_the_new_key(world: World) -> None:
    before = world.ledger.head()
    receipt = rotate(world, "second")
    opened(before.checkpoint, "log")
    assert opened(world.ledger.head().checkpoint, "second").tree_size == receipt.index + 1
    check_proof(
        parse_proof(receipt.proof),
        entry=receipt.entry,
        origin=ORIGIN,
        verifiers=[verifier_from_vkey(vkey_of("second"))],
    )
    world.place()
    opened(world.ledger.head().checkpoint, "second")
    with pytest.raises(ProofError):
        opened(world.ledger.head().checkpoint, "log")


def test_a_group_with_a_rotation_in_it_is_signed_once_by_the_new_key(world: World) -> None:
    put_in_place(world, "second")
    places = [
        world.sign("place.registered", world.new("place"), {"code": name, "name": name, "level": "town"}, "admin-1")
        for name in ("甲镇", "乙镇")
    ]
    outcomes = world.ledger.admit([places[0], rotation(world, "second"), places[1]])
    assert all(isinstance(outcome, Receipt) for outcome in outcomes)
    assert opened(world.ledger.head().checkpoint, "second").tree_size == world.ledger.head().size


def test_receipts_from_before_the_rotation_stay_the_same_bytes(world: World) -> None:
    submission = world.sign(
        "place.registered", world.new("place"), {"code": "甲", "name": "甲镇", "level": "town"}, "admin-1"
    )
    first = world.ledger.admit([submission])[0]
    rotate(world, "second")
    assert world.ledger.admit([submission]) == [first]
    assert isinstance(first, Receipt)
    opened(parse_proof(first.proof).checkpoint, "log")


def test_a_restart_signs_with_the_key_that_the_log_names_and_needs_no_other(world: World) -> None:
    rotate(world, "second")
    rotate(world, "third")
    keys = world.ledger.settings.keys
    (keys / "log.pem").unlink()
    (keys / "log-second.pem").unlink()
    (keys / "log-third.pem").rename(keys / "log-other-name.pem")
    ledger = reopen(world)
    assert ledger.vkeys() == (vkey_of("third"), vkey_of("second"), vkey_of("log"))
    assert ledger.head().vkey == vkey_of("third")
    world.place()
    opened(ledger.head().checkpoint, "third")


def test_a_restart_without_the_current_key_says_which_file_is_missing(world: World) -> None:
    rotate(world, "second")
    path = world.ledger.settings.keys / "log-second.pem"
    pem = path.read_bytes()
    path.unlink()
    with pytest.raises(NotFoundError, match=r"log-NAME\.pem") as refusal:
        reopen(world)
    assert vkey_of("second") in refusal.value.zh
    path.write_bytes(pem)
    assert reopen(world).vkeys()[0] == vkey_of("second")


def test_a_rotation_by_fewer_than_the_quorum_is_refused(world: World) -> None:
    put_in_place(world, "second")
    refused(world, rotation(world, "second", ["admin-1"]), MissingCapabilityError)


def test_a_rotation_whose_private_key_is_not_in_place_is_refused_until_it_is(world: World) -> None:
    submission = rotation(world, "second")
    refusal = refused(world, submission, InvalidFieldError)
    assert refusal.field == "/payload/data/log_vkey"
    assert "私钥文件" in refusal.zh
    put_in_place(world, "second")
    assert isinstance(world.ledger.admit([submission])[0], Receipt)
    opened(world.ledger.head().checkpoint, "second")


def test_a_key_of_another_name_is_refused(world: World) -> None:
    put_in_place(world, "second")
    other = vkey_of("second", origin="ledger.example/other")
    assert refused(world, rotation(world, "second", vkey=other), InvalidFieldError).field == "/payload/data/log_vkey"


def test_a_key_of_another_algorithm_is_refused(world: World) -> None:
    # ML-DSA-44 public keys are too long for the field; a cosigner's key is as long as the log's own.
    other = format_vkey(VerifierKey(ORIGIN, 0x04, private_key("second").public_key))
    refused(world, rotation(world, "second", vkey=other), InvalidFieldError)
    long = format_vkey(VerifierKey(ORIGIN, ML_DSA_44, bytes(1312)))
    with pytest.raises(InvalidFieldError):
        rotation(world, "second", vkey=long)


@pytest.mark.parametrize("vkey", ["x", "a+b+c", f"{ORIGIN}+00000000+AAAA", f"{vkey_of('second')}A"])
def test_a_text_that_is_no_vkey_is_refused_at_its_field(world: World, vkey: str) -> None:
    assert refused(world, rotation(world, "second", vkey=vkey), InvalidFieldError).field == "/payload/data/log_vkey"


def test_a_key_that_signed_this_log_before_never_signs_it_again(world: World) -> None:
    put_in_place(world, "log")
    refused(world, rotation(world, "log"), DuplicateError)
    rotate(world, "second")
    for name in ("log", "second"):
        assert isinstance(world.ledger.admit([rotation(world, name)])[0], DuplicateError)


def test_an_admins_or_staff_key_cannot_become_the_log_key(world: World) -> None:
    world.organisation("协会", "deliver")
    for name in ("admin-3", "协会"):
        refusal = world.ledger.admit([rotation(world, name)])[0]
        assert isinstance(refusal, DuplicateError)
        assert refusal.field == "/payload/data/log_vkey"


def test_a_small_order_point_cannot_become_the_log_key(world: World) -> None:
    weak = format_vkey(VerifierKey(ORIGIN, 0x01, bytes(32)))
    refused(world, rotation(world, "second", vkey=weak), LedgerError)


def test_a_possession_that_is_not_over_the_ledgers_record_and_the_whole_vkey_is_refused(world: World) -> None:
    put_in_place(world, "second")
    line = encode_base64(private_key("second").public_key)
    organisation = world.register("协会")
    for changes in ({"line": line}, {"line": vkey_of("third")}, {"organisation": organisation}):
        refusal = refused(world, rotation(world, "second", **changes), BadSignatureError)
        assert refusal.field == "/payload/data/possession"


def test_the_published_keys_are_those_of_the_published_size_the_current_one_first(world: World, tmp_path: Path) -> None:
    publisher = Publisher(world.ledger.store, tmp_path / "log", vkey=world.ledger.settings.vkey)
    publisher.publish()
    assert (tmp_path / "log" / "vkey").read_text() == f"{vkey_of('log')}\n"
    rotate(world, "second")
    world.place()
    publisher.publish()
    rotate(world, "third")
    for each in (publisher, Publisher(world.ledger.store, tmp_path / "log", vkey=world.ledger.settings.vkey)):
        each.publish()
        keys = "".join(f"{vkey_of(name)}\n" for name in ("third", "second", "log"))
        assert (tmp_path / "log" / "vkey").read_text() == keys
