"""A top ledger: heads of other ledgers enter it signed, in order, and no history is changed below one."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import DuplicateError, InvalidFieldError, LedgerError, RuleError
from ledger.signing.keys import PrivateKey
from ledger.signing.notes import Ed25519NoteSigner
from ledger.tlog.base64 import encode_base64
from ledger.tlog.checkpoint import Checkpoint, format_checkpoint
from ledger.tlog.merkle import MemoryTree, leaf_hash, prove_consistency
from ledger.tlog.note import format_vkey, sign_note
from tests.ledger.world import World, private_key

CHILD = "ledger.example/liannan"


class Child:
    """A regional ledger as far as a top ledger sees it: a tree and a key."""

    def __init__(self, key: PrivateKey | None = None, name: str = "") -> None:
        self.tree = MemoryTree()
        self.signer = Ed25519NoteSigner(CHILD, key or private_key("child"))
        self.name = name

    @property
    def vkey(self) -> str:
        return format_vkey(self.signer.verifier_key)

    def grow(self, count: int) -> None:
        for _ in range(count):
            self.tree.append(leaf_hash(f"{self.name}{self.tree.size}".encode()))

    def head(self, region: str, since: int = 0, **changes: Any) -> dict[str, Any]:
        """The data of ``head.entered`` as it stands now."""
        size, root = self.tree.size, self.tree.root()
        note = sign_note(format_checkpoint(Checkpoint(CHILD, size, root)), [self.signer])
        proof = [encode_base64(each) for each in prove_consistency(since, size, self.tree)] if since else []
        data = {"region": region, "tree_size": size, "root": encode_base64(root), "checkpoint": encode_base64(note)}
        return {**data, **({"proof": proof} if proof else {}), **changes}


class Top:
    """A top ledger with one region registered."""

    def __init__(self, folder: Path) -> None:
        self.world = World(folder)
        self.organisation = self.world.organisation("office", "publish")
        self.child = Child()
        self.region = self.world.open("region.registered", self.data(), "admin-1")

    def data(self, **changes: Any) -> dict[str, Any]:
        named = {"title": "连南账本", "origin": CHILD, "vkeys": [self.child.vkey]}
        return {**named, "organisation": self.organisation, **changes}

    def enter(self, data: dict[str, Any]) -> int:
        return self.world.record("head.entered", self.world.new("head"), data, "office").index


@pytest.fixture
def top(tmp_path: Path) -> Iterator[Top]:
    made = Top(tmp_path)
    made.child.grow(5)
    yield made
    made.world.ledger.close()


def refused(top: Top, data: dict[str, Any], cls: type[LedgerError] = RuleError) -> LedgerError:
    with pytest.raises(cls) as refusal:
        top.enter(data)
    return refusal.value


def test_heads_that_continue_each_other_are_entered(top: Top) -> None:
    top.enter(top.child.head(top.region))
    for count in (1, 2, 300):
        since = top.child.tree.size
        top.child.grow(count)
        top.enter(top.child.head(top.region, since))


def test_a_head_of_another_history_is_refused_and_says_what_was_seen(top: Top) -> None:
    at = top.enter(top.child.head(top.region))
    fork = Child(name="other ")
    fork.grow(9)
    refusal = refused(top, fork.head(top.region, 5))
    assert f"第{at}条记入的5条" in refusal.zh
    assert "两份签章都由它的密钥签署" in refusal.zh
    same_size = Child(name="other ")
    same_size.grow(5)
    assert "do not continue" in refused(top, same_size.head(top.region)).en


def test_a_head_that_is_shorter_or_already_there_is_refused(top: Top) -> None:
    top.enter(top.child.head(top.region))
    shorter = Child()
    shorter.grow(4)
    assert "it had 5 entries" in refused(top, shorter.head(top.region)).en
    assert "nothing new" in refused(top, top.child.head(top.region), DuplicateError).en


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data.pop("proof"),
        lambda data: data["proof"].pop(),
        lambda data: data["proof"].reverse(),
        lambda data: data.update(proof=["AAAA"]),
        lambda data: data.update(tree_size=9),
        lambda data: data.update(root=encode_base64(bytes(32))),
        lambda data: data.update(checkpoint=encode_base64(b"no checkpoint")),
        lambda data: data.update(checkpoint="?"),
    ],
)
def test_a_head_whose_proof_or_checkpoint_does_not_fit_is_refused(
    top: Top, spoil: Callable[[dict[str, Any]], object]
) -> None:
    top.enter(top.child.head(top.region))
    top.child.grow(6)
    data = top.child.head(top.region, 5)
    spoil(data)
    refused(top, data)
    top.enter(top.child.head(top.region, 5))


def test_a_first_head_needs_no_proof_and_may_bring_none(top: Top) -> None:
    assert refused(top, {**top.child.head(top.region), "proof": [encode_base64(bytes(32))]}).field == (
        "/payload/data/proof"
    )


def test_a_head_by_another_key_is_refused_until_the_keys_are_changed(top: Top) -> None:
    top.enter(top.child.head(top.region))
    other = Child(private_key("new child"))
    other.grow(5)
    other.grow(1)
    assert "no key registered for" in refused(top, other.head(top.region, 5)).en
    top.world.record("region.keys_changed", top.region, {"vkeys": [other.vkey]}, "admin-1")
    top.child.grow(1)
    refused(top, top.child.head(top.region, 5))
    top.enter(other.head(top.region, 5))


def test_a_ledger_is_registered_once_and_never_as_its_own_region(top: Top) -> None:
    with pytest.raises(DuplicateError, match="was registered by entry"):
        top.world.open("region.registered", top.data(), "admin-1")
    own = Ed25519NoteSigner(top.world.ledger.origin, private_key("child"))
    data = top.data(origin=own.name, vkeys=[format_vkey(own.verifier_key)])
    with pytest.raises(RuleError, match="no region of itself"):
        top.world.open("region.registered", data, "admin-1")
    with pytest.raises(InvalidFieldError, match="a key of"):
        top.world.open("region.registered", top.data(origin="ledger.example/elsewhere"), "admin-1")
    with pytest.raises(InvalidFieldError):
        top.world.open("region.registered", top.data(origin="x", vkeys=["x"]), "admin-1")
    top.enter(top.child.head(top.region))
    opened = top.world.ledger.record(top.region)
    assert opened is not None
    void = {"event": opened.history[0].event_id, "reason": "mistake"}
    with pytest.raises(RuleError, match="Other entries refer"):
        top.world.record("region.voided", top.region, void, "admin-1")
