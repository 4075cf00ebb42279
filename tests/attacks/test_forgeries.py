"""Those who hold the log key and the database still cannot invent, change or backdate what staff must sign.

The site only grows here, by forged entries under a checkpoint of the true log key: no old head contradicts it.
"""

from collections.abc import Callable

import pytest

from ledger.signing.keys import PrivateKey
from tests.attacks.regulator import SEEN, Regulator, log_of, small_log_of
from tests.ledger.audit.conftest import codes, published, with_payload
from tests.ledger.audit.forging import NEW, PLACE, index_of, next_entry, payload, signed_again
from tests.ledger.world import ORIGIN, private_key

STRANGER = PrivateKey.from_seed(b"s" * 32)
Forgery = Callable[[list[bytes]], list[bytes]]


def backdated(entries: list[bytes]) -> list[bytes]:
    """An undertaking by a key that was revoked, dated before its revocation."""
    undertook = entries[index_of(entries, "organisation.undertook", -1)]
    data = {"rules_version": "2022-1"}
    made = next_entry(entries, "organisation.undertook", payload(undertook).uuid, data, private_key("departed"))
    earlier = payload(undertook).occurred_on.isoformat()
    return [*entries, signed_again(made, private_key("departed"), occurred_on=earlier)]


def confirmed_again(entries: list[bytes]) -> list[bytes]:
    """A gift confirmed twice, duly signed by an accountant who takes part."""
    gift = payload(entries[index_of(entries, "donation.received")])
    data = {"statement_on": "2023-04-05"}
    return [*entries, next_entry(entries, "donation.confirmed", gift.uuid, data, private_key("会计师事务所"))]


FORGERIES: dict[str, tuple[str, Forgery]] = {
    "an event invented with a key that nobody enrolled": (
        "unknown-key",
        lambda entries: [*entries, next_entry(entries, "place.registered", NEW, PLACE, STRANGER)],
    ),
    "a revoked key backdates": ("key-not-in-force", backdated),
    "content changed after it was signed": (
        "bad-signature",
        lambda entries: [*entries[:-2], with_payload(entries[-2], b'"schema":1', b'"schema":2'), entries[-1]],
    ),
    "an entry left out": ("wrong-tree-head", lambda entries: [*entries[: SEEN + 5], *entries[SEEN + 6 :]]),
    "two rows swapped": (
        "wrong-tree-head",
        lambda entries: [*entries[: SEEN + 4], entries[SEEN + 5], entries[SEEN + 4], *entries[SEEN + 6 :]],
    ),
    "one row twice": ("stale-version", lambda entries: [*entries, entries[-1]]),
    "a rule of money broken with a true key": ("wrong-state", confirmed_again),
}


@pytest.mark.parametrize("attack", FORGERIES)
def test_forged_entry_is_refused_though_the_true_log_key_signed_for_it(
    attack: str, regulator: Regulator, entries: list[bytes]
) -> None:
    code, forgery = FORGERIES[attack]
    regulator.visit(log_of(entries[:SEEN]))
    regulator.site.publish(log_of(forgery(entries)))
    regulator.finds(code, code)


def test_first_visit_to_a_forged_ledger_pins_nothing(regulator: Regulator, entries: list[bytes]) -> None:
    regulator.site.publish(log_of(FORGERIES["an event invented with a key that nobody enrolled"][1](entries)))
    report = regulator.round()
    assert (report.verdict, report.signals[0].code, report.size) == ("alarm", "unknown-key", 0)
    assert not (regulator.state / "log").exists()
    regulator.site.publish(log_of(entries))
    assert regulator.round().verdict == "good"


def test_checkpoint_by_another_key_is_a_broken_signature(regulator: Regulator, entries: list[bytes]) -> None:
    regulator.visit(log_of(entries[:SEEN]))
    regulator.site.content["checkpoint"] = regulator.site.content["checkpoint"][:-5] + b"AAA=\n"
    report = regulator.round()
    assert [signal.code for signal in report.signals] == ["broken-signature"]
    assert codes(regulator.verify()) == ["bad-checkpoint"]


def test_longer_log_under_another_key_is_refused_whether_it_continues_the_true_one_or_not(
    regulator: Regulator, entries: list[bytes]
) -> None:
    regulator.visit(log_of(entries[:SEEN]))
    other = next_entry(entries[:20], "place.registered", NEW, PLACE, private_key("admin-1"))
    for false, code in ((entries, "bad-checkpoint"), ([*entries[:20], other, *entries[21:]], "broken-signature")):
        regulator.site.publish(published(false, origin=ORIGIN, log_key=STRANGER).content)
        del regulator.site.content["vkey"]
        regulator.finds(code, "bad-checkpoint")


def test_another_log_at_the_same_address_is_not_taken_for_the_one_that_was_watched(
    regulator: Regulator, entries: list[bytes], many: list[bytes]
) -> None:
    regulator.visit(log_of(entries[:SEEN]))
    regulator.site.publish(small_log_of(many[:50]))
    regulator.finds("wrong-origin", "not-consistent")
