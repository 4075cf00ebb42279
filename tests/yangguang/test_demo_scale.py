"""Several copies of the story in one ledger: all the rules hold, and nothing is shared but the admins and entry 0."""

from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path

import pytest

from ledger.audit.source import open_source
from ledger.audit.verify import Options, verify
from ledger.domain.entry import day_of, parse_entry
from ledger.domain.key import KeyEnrolled, KeyReplaced
from ledger.domain.organisation import OrganisationRegistered
from ledger.domain.record import Past
from ledger.domain.sealed import SealedErased
from ledger.publishing.publisher import Publisher
from ledger.signing.keys import key_id
from ledger.tlog.base64 import decode_base64
from tests.yangguang.demonstration import Demonstration
from yangguang.demo.copies import copied, multiplied, named, original
from yangguang.demo.credit_codes import is_demo_code
from yangguang.demo.scenario.story import story
from yangguang.demo.scribe import Scribe
from yangguang.demo.steps import Ref, Step

TWICE = 2
AGAIN = 1000


@pytest.fixture(scope="module")
def doubled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    directory = tmp_path_factory.mktemp("doubled") / "ledger"
    scribe = Scribe(directory, copies=TWICE)
    for step in multiplied(story(), TWICE):
        scribe.write(step)
    Publisher(scribe.ledger.store, scribe.ledger.settings.log, vkey=scribe.ledger.settings.vkey).publish()
    entries = list(scribe.ledger.store.entries(0, scribe.ledger.head().size))
    yield Demonstration(directory, scribe.ledger, scribe.records, entries)
    scribe.ledger.close()


def test_one_copy_is_the_plain_story() -> None:
    assert list(multiplied(story(), 1)) == story()
    assert all(copied(step, 0) is step for step in story()[:10])


def test_two_copies_have_twice_the_entries_and_share_entry_0(doubled: Demonstration) -> None:
    admitted = [step for step in story() if step.refused is None]
    assert len(doubled.entries) == TWICE * len(admitted) + 1


def test_every_rule_of_admission_holds_for_two_copies(doubled: Demonstration) -> None:
    report = verify(open_source(str(doubled.directory)), Options(rules=True))
    assert report.findings == ()
    assert report.size == len(doubled.entries)


def test_every_entry_is_recorded_on_its_day_and_in_order(doubled: Demonstration) -> None:
    times = [parse_entry(entry).recorded_at for entry in doubled.entries]
    assert all(earlier < later for earlier, later in pairwise(times))
    days = [step.recorded_on for step in multiplied(story(), TWICE) if step.refused is None]
    assert [day_of(time) for time in times[1:]] == days


def test_the_records_of_a_copy_refer_only_to_that_copy(doubled: Demonstration) -> None:
    copy_of = {reference: original(ref.name)[1] for ref, reference in doubled.references.items()}
    assert set(copy_of.values()) == {0, 1}
    seen = 0
    for entry in doubled.entries[1:]:
        payload = parse_entry(entry).envelope.payload.decode()
        found = {copy for reference, copy in copy_of.items() if reference in payload}
        assert len(found) == 1, payload
        seen += len(found)
    assert seen == len(doubled.entries) - 1


def test_an_event_that_is_named_belongs_to_the_copy_that_names_it(doubled: Demonstration) -> None:
    copy_of_event = {
        past.event_id: original(ref.name)[1] for ref in doubled.references for past in _history(doubled, ref)
    }
    named_events = [
        (past.event_id, event)
        for ref in doubled.references
        for past in _history(doubled, ref)
        if isinstance(event := getattr(past.event, "event", None), str)
    ]
    assert len(named_events) > TWICE
    assert all(copy_of_event[by] == copy_of_event[event] for by, event in named_events)


def test_no_vault_key_is_in_two_copies() -> None:
    ours, theirs = (_vault_keys(copied(step, number) for step in story()) for number in (0, 1))
    assert len(ours) == len(theirs) > 300
    assert not ours & theirs
    assert all(len(bytes.fromhex(key)) == 16 for key in theirs)


def test_an_erasure_in_a_copy_erases_someone_of_that_copy_and_lists_its_keys_in_order() -> None:
    steps = [copied(step, 1) for step in story()]
    people = {row["vault_key"] for step in steps for row in step.rows}
    erasures = [step.data["vault_keys"] for step in steps if step.event is SealedErased]
    assert erasures
    assert all(len(people.intersection(keys)) == 1 and keys == sorted(keys) for keys in erasures)


def test_no_public_key_is_in_two_copies_and_each_signs_for_its_own_alone(doubled: Demonstration) -> None:
    held: dict[int, set[str]] = {0: set(), 1: set()}
    for ref in doubled.references:
        for past in _history(doubled, ref):
            if isinstance(past.event, KeyEnrolled | KeyReplaced):
                held[original(ref.name)[1]].add(key_id(decode_base64(past.event.public_key)))
    assert len(held[0]) == len(held[1]) > 0
    assert not held[0] & held[1]
    steps = [step for step in multiplied(story(), TWICE) if step.refused is None]
    for step, entry in zip(steps, doubled.entries[1:], strict=True):
        signers = {signature.keyid for signature in parse_entry(entry).envelope.signatures}
        assert not signers & held[1 - original(step.record.name)[1]]


def test_names_and_credit_codes_tell_the_copies_apart(doubled: Demonstration) -> None:
    first = doubled.named("organisation", "n1").first(OrganisationRegistered)
    second = doubled.named("organisation", named("n1", 1)).first(OrganisationRegistered)
    assert second.name == f"{first.name}（第2份）"
    codes = [
        code
        for number in (0, 1, 999)
        for step in story()
        if (code := copied(step, number).data.get("credit_code")) is not None
    ]
    assert len(codes) == len(set(codes)) > 0
    assert all(map(is_demo_code, codes))


def test_a_second_build_of_two_copies_gives_the_same_bytes(doubled: Demonstration, tmp_path: Path) -> None:
    """As far as the first years go; that of the whole story is compared in test_demo_scenario."""
    scribe = Scribe(tmp_path / "again", copies=TWICE)
    for step in islice(multiplied(story(), TWICE), AGAIN):
        scribe.write(step)
    size = scribe.ledger.head().size
    assert size > AGAIN // 2
    assert list(scribe.ledger.store.entries(0, size)) == doubled.entries[:size]
    scribe.ledger.close()


def _history(doubled: Demonstration, ref: Ref) -> tuple[Past, ...]:
    record = doubled.ledger.record(doubled.references[ref])
    return tuple(record.history) if record is not None else ()


def _vault_keys(steps: Iterator[Step]) -> set[str]:
    keys: set[str] = set()
    for step in steps:
        keys |= {row["vault_key"] for row in (*step.rows, *dict(step.fields).values())}
        keys |= set(step.data.get("vault_keys", ()))
    return keys
