"""verify.py follows what becomes of keys: replaced, suspended, restored, revoked, and admins who go."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.audit.verify import verify
from tests.export.standalone import checker
from tests.ledger.audit.conftest import Files, published
from tests.ledger.audit.forging import NEW, PLACE, index_of, next_entry, payload, signed_again
from tests.ledger.rotation import ledger_record
from tests.ledger.world import ORIGIN, QUORUM, World, private_key

Entries = list[bytes]


@pytest.fixture(scope="module")
def entries(tmp_path_factory: pytest.TempPathFactory) -> Entries:
    """Key "old" became "new", which was suspended and restored; "idle" is suspended; the last admin was dropped."""
    world = World(tmp_path_factory.mktemp("keys"))
    organisation = world.register("协会")
    key, idle = world.enrol("old", organisation, "deliver"), world.enrol("idle", organisation, "deliver")
    fresh = world.enrolment("new", organisation, "deliver")
    world.record("key.replaced", key, {name: fresh[name] for name in ("public_key", "possession")}, "admin-1")
    for record, type_ in ((key, "key.suspended"), (key, "key.restored"), (idle, "key.suspended")):
        world.record(type_, record, {}, "admin-1")
    policy = payload(world.ledger.entry(0)).data["policy"]
    kept = {**policy, "admins": policy["admins"][:-1]}
    world.record("ledger.policy_changed", ledger_record(world), {"policy": kept}, QUORUM)
    found = [world.ledger.entry(index) for index in range(world.ledger.head().size)]
    world.ledger.close()
    return found


def of(entries: Entries) -> Files:
    return published(entries, origin=ORIGIN, log_key=private_key("log"))


def by(name: str) -> Callable[[Entries], Entries]:
    return lambda entries: [*entries, next_entry(entries, "place.registered", NEW, PLACE, private_key(name))]


def at(type_: str, *keys: str, **data: Any) -> Callable[[Entries], Entries]:
    """The log up to the first entry of a type, with other signers, or with other data."""

    def change(entries: Entries) -> Entries:
        index = index_of(entries, type_)
        signers = [private_key(key) for key in keys]
        return [*entries[:index], signed_again(entries[index], *signers, data={**payload(entries[index]).data, **data})]

    return change


def again(type_: str) -> Callable[[Entries], Entries]:
    """The change to a key once more at the end, when its state no longer allows it."""

    def change(entries: Entries) -> Entries:
        last = payload(entries[index_of(entries, type_, -1)])
        return [*entries, next_entry(entries, type_, last.uuid, last.data, private_key("admin-1"))]

    return change


FALSE = {
    "by a replaced key": by("old"),
    "by a suspended key": by("idle"),
    "by an admin who was dropped": by("admin-3"),
    "suspended twice": again("key.suspended"),
    "restored twice": again("key.restored"),
    "replaced by a key in use": again("key.replaced"),
    "replaced by the holder himself": at("key.replaced", "old"),
    "restored by two": at("key.restored", "admin-1", "admin-2"),
    "admins changed by one": at("ledger.policy_changed", "admin-1"),
    "a key that nobody showed": at("key.enrolled", "admin-1", possession="A" * 86 + "=="),
    "capabilities that are no list": at("key.enrolled", "admin-1", capabilities="deliver"),
    "an expiry that no calendar has": at("key.enrolled", "admin-1", expires_on="2031-02-30"),
}


def test_keys_that_change_in_order_are_no_finding(entries: Entries, tmp_path: Path) -> None:
    files = of([*entries, next_entry(entries, "place.registered", NEW, PLACE, private_key("admin-1"))])
    assert checker(tmp_path)(files) == []
    assert verify(files.source).findings == ()
    # Which post may sign what is left to the program: that the key is in force is enough here.
    assert checker(tmp_path)(of(by("new")(entries))) == []


@pytest.mark.parametrize("name", FALSE)
def test_key_used_or_changed_out_of_order_is_named_at_the_same_entry(
    entries: Entries, tmp_path: Path, name: str
) -> None:
    files = of(FALSE[name](entries))
    first = verify(files.source).findings[0]
    assert [first.index] == [each.get("index") for each in checker(tmp_path)(files)][:1], first.zh
