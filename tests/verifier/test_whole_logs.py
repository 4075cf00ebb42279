"""Whole logs, true and false, replayed in the browser: it names the same first entry as ``yangguang verify``."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from ledger.audit.verify import verify
from ledger.domain.entry import parse_entry
from ledger.signing.keys import PrivateKey
from tests.ledger.audit.conftest import Files, grow, published, with_payload
from tests.ledger.audit.forging import NEW, PLACE, index_of, next_entry, payload, signed_again
from tests.ledger.rotation import rotate, vkey_of
from tests.ledger.world import ORIGIN, World, private_key

REPLAY = """async address => {
  const [{ readLedger }, { PublishedLog }, { replayLedger }, { Refusal }] = await Promise.all(
    ["identity", "log", "replay", "refusal"].map(name => import(`/static/verifier/${name}.js`)));
  try {
    const found = await replayLedger(await readLedger(new PublishedLog(address)));
    return { findings: found.findings, entries: found.entries, signatures: found.signatures };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { findings: [{ index: 0, code: error.code, sentence: error.message }], entries: 0, signatures: 0 };
  }
}"""
FLIPS = 120
Entries = list[bytes]
STRANGER = PrivateKey.from_seed(b"s" * 32)


@dataclass(frozen=True)
class Logs:
    """A folder under the served one for each log; ``replay`` has the browser read it."""

    folder: Path
    page: Page

    def replay(self, files: Files) -> dict[str, Any]:
        """What the browser finds in these published files."""
        name = f"log-{len(list(self.folder.glob('log-*')))}"
        files.write(self.folder / name)
        found: dict[str, Any] = self.page.evaluate(REPLAY, self.page.url + name + "/")
        return found


@pytest.fixture(scope="module")
def entries(tmp_path_factory: pytest.TempPathFactory) -> Entries:
    """About sixty true entries: organisations, keys enrolled and revoked, places, corrections, a donation."""
    world = World(tmp_path_factory.mktemp("grown"))
    grow(world)
    found = [world.ledger.entry(index) for index in range(world.ledger.head().size)]
    world.ledger.close()
    return found


@pytest.fixture(scope="module")
def logs(entries: Entries, judges: Path, page: Page) -> Logs:
    return Logs(judges, page)


def of(entries: Entries, key: PrivateKey | None = None) -> Files:
    return published(entries, origin=ORIGIN, log_key=key or private_key("log"))


def signatures_in(entries: Entries) -> int:
    return sum(len(parse_entry(entry).envelope.signatures) for entry in entries)


def test_true_log_is_good_and_every_signature_was_checked(logs: Logs, entries: Entries) -> None:
    found = logs.replay(of(entries))
    assert found == {"findings": [], "entries": len(entries), "signatures": signatures_in(entries)}


def without(entries: Entries, index: int) -> Entries:
    return [*entries[:index], *entries[index + 1 :]]


def by_stranger(entries: Entries) -> Entries:
    return [*entries, next_entry(entries, "place.registered", NEW, PLACE, STRANGER)]


def by_revoked_key(entries: Entries) -> Entries:
    uuid = payload(entries[index_of(entries, "organisation.undertook", -1)]).uuid
    data = {"rules_version": "2022-1"}
    return [*entries, next_entry(entries, "organisation.undertook", uuid, data, private_key("departed"))]


def key_by_one_admin(entries: Entries) -> Entries:
    """A key that may confirm, which takes the quorum, enrolled by one admin alone."""
    index = index_of(entries, "key.enrolled", 2)
    assert "confirm" in payload(entries[index]).data["capabilities"]
    return [*entries[:index], signed_again(entries[index], private_key("admin-1"))]


def key_used_twice(entries: Entries) -> Entries:
    first = payload(entries[index_of(entries, "key.enrolled")])
    return [*entries, next_entry(entries, "key.enrolled", NEW, first.data, private_key("admin-1"))]


def key_without_possession(entries: Entries) -> Entries:
    index = index_of(entries, "key.enrolled")
    data = {**payload(entries[index]).data, "organisation": f"organisation/{NEW}"}
    return [*entries[:index], signed_again(entries[index], private_key("admin-1"), data=data)]


def revoked_twice(entries: Entries) -> Entries:
    uuid = payload(entries[index_of(entries, "key.revoked")]).uuid
    return [*entries, next_entry(entries, "key.revoked", uuid, {"reason": "left"}, private_key("admin-1"))]


def opened_twice(entries: Entries) -> Entries:
    again = payload(entries[0])
    return [*entries, next_entry(entries, "ledger.opened", again.uuid, again.data, private_key("admin-1"))]


FALSE: dict[str, Callable[[Entries], Entries]] = {
    "an entry left out": lambda entries: without(entries, 20),
    "the first entry left out": lambda entries: without(entries, 0),
    "two entries exchanged": lambda entries: [*entries[:30], entries[31], entries[30], *entries[32:]],
    "the last entry twice": lambda entries: [*entries, entries[-1]],
    "other content": lambda entries: [
        *entries[:40], with_payload(entries[40], b'"schema":1', b'"schema":2'), *entries[41:]
    ],
    "another time": lambda entries: [
        *entries[:6], entries[6].replace(b":00.000Z", b":00.001Z"), *entries[7:]
    ],
    "no JSON": lambda entries: [*entries[:40], b"\xff\x00", *entries[41:]],
    "the end of the calendar": lambda entries: [
        *entries[:-1], entries[-1].replace(entries[-1][-26:-2], b"9999-12-31T23:59:59.999Z")
    ],
    "a stranger's entry": by_stranger,
    "a revoked key": by_revoked_key,
    "a governed key by one admin": key_by_one_admin,
    "a key enrolled twice": key_used_twice,
    "a key nobody showed": key_without_possession,
    "a key revoked twice": revoked_twice,
    "a ledger opened twice": opened_twice,
    "a surplus admin": lambda entries: [
        *entries[: index_of(entries, "key.revoked")],
        signed_again(entries[index_of(entries, "key.revoked")], private_key("admin-1"), private_key("admin-2")),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", FALSE)
def test_false_log_by_a_thief_of_the_log_key_is_named_at_the_same_entry(
    logs: Logs, entries: Entries, name: str
) -> None:
    files = of(FALSE[name](entries))
    report = verify(files.source)
    found = logs.replay(files)["findings"]
    assert report.verdict == "finding"
    assert found, report.findings[0].zh
    assert found[0]["index"] == report.findings[0].index, (found[0], report.findings[0].zh)


def test_what_the_browser_leaves_to_the_command_line_is_only_which_post_may_sign(logs: Logs, entries: Entries) -> None:
    files = of([*entries, next_entry(entries, "place.registered", NEW, PLACE, private_key("admin-2"))])
    assert [finding.code for finding in verify(files.source).findings] == ["missing-capability"]
    assert logs.replay(files)["findings"] == []


def test_checkpoint_by_a_key_that_entry_0_does_not_name_is_a_finding(logs: Logs, entries: Entries) -> None:
    found = logs.replay(of(entries, STRANGER))["findings"]
    assert [(each["index"], each["code"]) for each in found] == [(None, "bad-checkpoint")]


def flipped(entries: Entries, chance: random.Random) -> Iterator[tuple[int, Files]]:
    """Published logs with one bit of one entry changed on the disk of the server, and which entry it was."""
    for _ in range(FLIPS):
        files, index = of(entries), chance.randrange(len(entries))
        path = next(path for path in files.content if path.startswith("tile/entries/"))
        start = sum(len(entry) + 2 for entry in entries[:index]) + 2
        place = start + chance.randrange(len(entries[index]))
        data = bytearray(files.content[path])
        data[place] ^= 1 << chance.randrange(8)
        files.content[path] = bytes(data)
        yield index, files


def test_one_bit_changed_anywhere_is_named_with_its_entry(logs: Logs, entries: Entries) -> None:
    for index, files in flipped(entries, random.Random(7)):
        found = logs.replay(files)["findings"]
        assert found
        assert found[0]["index"] == index, found[0]
        assert verify(files.source).findings[0].index == index


def test_missing_bundle_is_a_finding_and_says_which_entries_are_gone(logs: Logs, entries: Entries) -> None:
    files = of(entries)
    tile = next(path for path in files.content if path.startswith("tile/entries/"))
    files.content[tile] = files.content[tile][:-1]
    found = logs.replay(files)["findings"]
    assert found[0]["index"] == 0


@pytest.fixture(scope="module")
def rotated(tmp_path_factory: pytest.TempPathFactory, entries: Entries) -> Entries:
    """Entries of a ledger whose log key was rotated at entry 2."""
    world = World(tmp_path_factory.mktemp("rotated"))
    world.place("甲", level="village")
    assert rotate(world, "second").index == 2
    world.place("乙", level="village")
    found = [world.ledger.entry(index) for index in range(world.ledger.head().size)]
    world.ledger.close()
    return found


@pytest.mark.parametrize("size", [1, 2, 3, 4])
@pytest.mark.parametrize("key", ["log", "second"])
def test_checkpoint_is_good_by_the_log_key_in_force_at_its_size_alone(
    logs: Logs, rotated: Entries, size: int, key: str
) -> None:
    files = of(rotated[:size], private_key(key))
    keys = ("second", "log") if size > 2 else ("log",)
    files.content["vkey"] = "".join(f"{vkey_of(each)}\n" for each in keys).encode()
    found = logs.replay(files)["findings"]
    assert ([] if key == keys[0] else ["bad-checkpoint"]) == [each["code"] for each in found]
    assert (verify(files.source).verdict == "good") == (not found)


def test_log_of_two_bundles_is_read_to_its_end_and_a_part_of_a_bundle_in_the_full_one(
    logs: Logs, tmp_path_factory: pytest.TempPathFactory
) -> None:
    world = World(tmp_path_factory.mktemp("long"))
    submissions = [
        world.sign("place.registered", world.new("place"), {**PLACE, "code": f"L{number}"}, "admin-1")
        for number in range(300)
    ]
    world.ledger.admit(submissions)
    entries = [world.ledger.entry(index) for index in range(301)]
    world.ledger.close()
    files = of(entries)
    assert logs.replay(files)["entries"] == 301
    grown, older = files, of(entries[:200])
    for path in ("checkpoint", "vkey"):
        grown.content[path] = older.content[path]
    # A mirror may have thrown the partial tiles of 200 away once it had the full ones of 256.
    assert logs.replay(grown) == {"findings": [], "entries": 200, "signatures": signatures_in(entries[:200])}
