"""What a lying or broken server can answer over HTTP: other bytes, other views, or bytes without end."""

import gzip
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ledger.audit.entries import PublishedEntries
from ledger.audit.fetching import MAX_TILE_BYTES, Fetcher, UnreachableError
from ledger.audit.mirror import read_once
from ledger.audit.source import open_source
from ledger.audit.verify import verify
from ledger.errors import LedgerError
from tests.attacks.regulator import SEEN, Regulator, log_of, small_log_of
from tests.attacks.site import Answer, Site, answering, dripping, endless, hanging_up, send
from tests.ledger.audit.conftest import audit, codes
from tests.ledger.audit.forging import NEW, PLACE, next_entry
from tests.ledger.world import private_key

BUNDLE = f"tile/entries/000.p/{SEEN}"
TILE = f"tile/0/000.p/{SEEN}"


@pytest.fixture
def impatient() -> Iterator[Fetcher]:
    fetcher = Fetcher(deadline_seconds=0.4)
    yield fetcher
    fetcher.close()


def flipped(data: bytes) -> bytes:
    return bytes([*data[:-1], data[-1] ^ 1])


@pytest.mark.parametrize(
    ("path", "change"),
    [
        pytest.param(BUNDLE, flipped, id="one wrong bit in a bundle"),
        pytest.param(BUNDLE, lambda data: data[:-10], id="a bundle that breaks off"),
        pytest.param(BUNDLE, lambda data: data + b"\x00\x01x", id="a bundle with an entry too many"),
        pytest.param(BUNDLE, lambda data: data[:0], id="an empty bundle"),
        pytest.param(TILE, flipped, id="one wrong bit in a tile of hashes"),
        pytest.param(TILE, lambda data: data[:-32], id="a tile of another width"),
        pytest.param(TILE, lambda data: data + bytes(32), id="a tile of a greater width"),
        pytest.param(BUNDLE, None, id="a bundle that is kept back"),
        pytest.param(TILE, None, id="a tile that is kept back"),
    ],
)
def test_wrong_file_is_found_by_both_tools(
    path: str, change: object, regulator: Regulator, entries: list[bytes]
) -> None:
    honest = log_of(entries[:SEEN])
    regulator.visit(log_of(entries[:20]))
    if change is None:
        regulator.site.publish({name: data for name, data in honest.items() if name != path})
    else:
        regulator.site.publish({**honest, path: change(honest[path])})  # type: ignore[operator]
    assert regulator.round().verdict == "alarm"
    assert regulator.verify().verdict == "finding"
    regulator.site.publish(honest)
    assert regulator.round().verdict == "good"


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(endless, id="without end"),
        pytest.param(answering(gzip.compress(bytes(MAX_TILE_BYTES + 1)), Content_Encoding="gzip"), id="a packing bomb"),
        pytest.param(answering(b"not gzip", Content_Encoding="gzip"), id="a broken packing"),
        pytest.param(answering(gzip.compress(b"x")[:-3], Content_Encoding="gzip"), id="a packing that breaks off"),
        pytest.param(answering(b"x", Content_Encoding="gzip, gzip"), id="packed twice"),
    ],
)
def test_monstrous_file_is_cut_off_in_little_time_and_memory(
    answer: Answer, regulator: Regulator, entries: list[bytes]
) -> None:
    regulator.site.publish(log_of(entries[:SEEN]))
    regulator.site.answers[BUNDLE] = answer
    started = time.monotonic()
    tracemalloc.start()
    try:
        assert regulator.verify(since=None).verdict == "finding"
        assert regulator.round().verdict == "alarm"
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5 * MAX_TILE_BYTES
    assert time.monotonic() - started < 10


def test_packed_file_is_read_though_nobody_asked_for_packing(site: Site) -> None:
    fetcher = Fetcher()
    site.answers["*"] = answering(gzip.compress(b"entries"), Content_Encoding="gzip")
    assert fetcher.fetch(f"{site.url}/log/checkpoint") == b"entries"
    fetcher.close()


def test_server_that_drips_a_byte_at_a_time_is_left_at_the_deadline(site: Site, impatient: Fetcher) -> None:
    site.answers["*"] = dripping(b"x", lambda: time.sleep(0.05))
    started = time.monotonic()
    with pytest.raises(UnreachableError, match="did not finish within"):
        impatient.fetch(f"{site.url}/log/checkpoint")
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirect_is_not_followed_and_its_target_is_named(status: int, site: Site, impatient: Fetcher) -> None:
    site.answers["log"] = answering(b"", status=status, Location=f"{site.url}/elsewhere")
    site.answers["checkpoint"] = answering(b"", status=status, Location=f"{site.url}/elsewhere")
    with pytest.raises(UnreachableError, match="elsewhere, which was not followed"):
        impatient.fetch(f"{site.url}/log/checkpoint")
    assert site.asked == ["checkpoint"]


DOWN: dict[str, Answer] = {
    "answers 503": answering(b"", status=503),
    "hangs up": hanging_up,
    "drips": dripping(b"x", lambda: time.sleep(0.02)),
    "redirects": answering(b"", status=302, Location="https://ledger.example/login"),
    "shows the page of a proxy": answering(b"<html>Please log in</html>"),
    "sends a megabyte of it": answering(b"<p>" * 400_000),
    "sends ten thousand signature lines": answering(b"x\n1\nAAAA\n\n" + "— w AAAAAAAA\n".encode() * 10_000),
    "claims a negative size": answering(b"ledger.example/test\n-1\nAAAA\n\n" + "— w AAAAAAAA\n".encode()),
    "claims 2^63 entries": answering(
        b"ledger.example/test\n9223372036854775808\n" + b"A" * 43 + b"=\n\n" + "— w AAAAAAAA\n".encode()
    ),
    "has no checkpoint": answering(b"", status=404),
}


@pytest.mark.parametrize("trouble", DOWN)
def test_site_out_of_order_is_no_evidence_of_fraud_and_leaves_the_state_as_it_was(
    trouble: str, regulator: Regulator, entries: list[bytes]
) -> None:
    regulator.visit(log_of(entries[:SEEN]))
    before = {path: path.read_bytes() for path in (regulator.state / "log").rglob("*") if path.is_file()}
    kept = (regulator.state / "monitor.json").read_bytes()
    regulator.site.answers["*"] = DOWN[trouble]
    with pytest.raises(LedgerError):
        regulator.round(deadline_seconds=0.3)
    after = {path: path.read_bytes() for path in (regulator.state / "log").rglob("*") if path.is_file()}
    assert (after, (regulator.state / "monitor.json").read_bytes()) == (before, kept)
    assert not (regulator.state / "evidence").exists()
    regulator.site.answers.clear()
    assert regulator.round().verdict == "good"


@pytest.mark.parametrize("trouble", [trouble for trouble in DOWN if trouble.startswith(("shows", "sends", "claims"))])
def test_verify_takes_what_is_no_checkpoint_for_a_finding_at_once(
    trouble: str, regulator: Regulator, entries: list[bytes]
) -> None:
    regulator.site.publish(log_of(entries[:SEEN]))
    regulator.site.answers["checkpoint"] = DOWN[trouble]
    started = time.monotonic()
    assert "bad-checkpoint" in codes(audit(regulator.site.url))
    assert time.monotonic() - started < 5


def test_site_that_stops_answering_midway_leaves_the_state_as_it_was(
    regulator: Regulator, entries: list[bytes]
) -> None:
    regulator.visit(log_of(entries[:20]))
    regulator.site.publish(log_of(entries[:SEEN]))
    regulator.site.answers[BUNDLE] = answering(b"", status=502)
    with pytest.raises(UnreachableError, match="answered 502"):
        regulator.round()
    assert audit(regulator.state).size == 20
    regulator.site.answers.clear()
    assert regulator.round().size == SEEN


def test_stale_view_is_a_rollback_for_whoever_has_seen_more(regulator: Regulator, entries: list[bytes]) -> None:
    regulator.visit(log_of(entries))
    regulator.site.answers["checkpoint"] = answering(log_of(entries[:SEEN])["checkpoint"])
    regulator.finds("rolled-back", "not-consistent")


def test_different_heads_for_different_clients_meet_in_one_state_folder(
    regulator: Regulator, entries: list[bytes]
) -> None:
    mine = log_of(entries[:SEEN])
    other = [*entries[: SEEN - 1]]
    other.append(next_entry(other, "place.registered", NEW, PLACE, private_key("admin-1")))
    theirs = log_of(other)
    shown = {"yangguang-audit": mine, "another": theirs}

    def by_client(handler: object) -> None:
        content = shown[viewer]
        path = handler.path.removeprefix("/log/")  # type: ignore[attr-defined]
        send(handler, content.get(path, b""), status=200 if path in content else 404)  # type: ignore[arg-type]

    viewer = "yangguang-audit"
    regulator.visit(mine)
    regulator.site.answers["*"] = by_client
    assert regulator.round().verdict == "good"
    viewer = "another"
    elsewhere = replace(regulator, folder=regulator.folder / "elsewhere")
    elsewhere.folder.mkdir()
    assert elsewhere.round().verdict == "good"
    assert codes(audit(elsewhere.state, since=regulator.old)) == ["not-consistent"]
    regulator.finds("two-histories", "not-consistent")


def test_site_cannot_show_another_entry_after_it_was_verified(regulator: Regulator, entries: list[bytes]) -> None:
    true, other = log_of(entries[:SEEN]), log_of([*entries[: SEEN - 1], entries[SEEN]])
    regulator.site.publish(true)
    with closing(open_source(regulator.site.url)) as source, read_once(source) as once:
        assert verify(once).verdict == "good"
        regulator.site.publish(other)
        assert PublishedEntries(once).entry(SEEN - 1).raw == entries[SEEN - 1]
        assert PublishedEntries(source).entry(SEEN - 1).raw == entries[SEEN]


def test_file_that_was_published_long_ago_must_not_change(regulator: Regulator, many: list[bytes]) -> None:
    regulator.watch = replace(regulator.watch, now=lambda: datetime(2026, 1, 6, tzinfo=UTC))
    honest = small_log_of(many[:260])
    regulator.visit(honest)
    for path in ("tile/entries/000", "tile/0/000"):
        regulator.site.publish({**small_log_of(many), path: flipped(honest[path])})
        report = regulator.round()
        assert {signal.code for signal in report.signals} == {"rewritten-file"}
        assert regulator.verify().verdict == "finding"
    regulator.site.publish(small_log_of(many))
    assert regulator.round().verdict == "good"


def test_partial_tile_cut_from_another_width_is_caught(regulator: Regulator, entries: list[bytes]) -> None:
    honest = log_of(entries[:SEEN])
    wider = log_of(entries)[f"tile/entries/000.p/{len(entries)}"]
    regulator.visit(log_of(entries[:20]))
    regulator.site.publish({**honest, BUNDLE: wider})
    assert regulator.round().verdict == "alarm"
    assert "bad-bundle" in codes(regulator.verify())
