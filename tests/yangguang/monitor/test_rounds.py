"""Round by round: what is pinned, read, kept, and left by a round that failed or was killed."""

import json
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ledger.audit.published import PublishedSite
from ledger.audit.report import Report
from ledger.audit.rows import Rows
from ledger.audit.source import Source
from ledger.audit.verify import Options, verify
from ledger.audit.walk import Progress
from ledger.errors import LedgerError, MalformedError
from tests.attacks.regulator import SEEN, Regulator, genesis_of, log_of, small_log_of
from tests.attacks.site import send
from tests.ledger.audit.conftest import audit
from yangguang.monitor import growing
from yangguang.monitor import state as states
from yangguang.monitor.signals import RoundReport
from yangguang.monitor.state import StateFolder

BUNDLE = f"tile/entries/000.p/{SEEN}"


def codes(report: RoundReport) -> list[str]:
    return [signal.code for signal in report.signals]


def test_first_round_verifies_everything_and_says_that_it_pinned_the_identity(
    regulator: Regulator, entries: list[bytes]
) -> None:
    regulator.site.publish(log_of(entries[:SEEN]))
    report = regulator.round()
    assert codes(report) == ["first-round", "pinned-on-first-use"]
    assert (report.size, report.previous_size, report.genesis) == (SEEN, None, genesis_of(entries))
    assert genesis_of(entries) in report.signals[1].zh


def test_genesis_that_was_given_is_no_first_use(regulator: Regulator, entries: list[bytes]) -> None:
    regulator.site.publish(log_of(entries[:SEEN]))
    assert codes(regulator.round(genesis=genesis_of(entries))) == ["first-round"]


def test_round_without_news_says_nothing_and_asks_for_little(regulator: Regulator, entries: list[bytes]) -> None:
    regulator.visit(log_of(entries[:SEEN]))
    regulator.site.asked.clear()
    report = regulator.round()
    assert (report.verdict, report.signals, report.size, report.previous_size) == ("good", (), SEEN, SEEN)
    assert set(regulator.site.asked) == {"checkpoint", "vkey"}


def test_only_what_is_new_is_read(regulator: Regulator, many: list[bytes]) -> None:
    regulator.site.publish(small_log_of(many[:270]))
    assert regulator.round(spots=0).verdict != "alarm"
    regulator.site.publish(small_log_of(many))
    assert regulator.round(spots=0).size == 300
    assert "tile/entries/000" not in regulator.site.asked
    assert "tile/entries/001.p/44" in regulator.site.asked


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many entries each round judged."""
    counts: list[int] = []

    def counted(source: Source, options: Options, progress: Progress) -> Report:
        report = verify(source, options, progress)
        counts.append(report.counts.entries)
        return report

    monkeypatch.setattr(growing, "verify", counted)
    return counts


def test_only_what_is_new_is_verified(regulator: Regulator, entries: list[bytes], judged: list[int]) -> None:
    for size in (SEEN, SEEN + 2, len(entries)):
        regulator.site.publish(log_of(entries[:size]))
        assert regulator.round().verdict == "good"
    assert judged == [SEEN, 2, len(entries) - SEEN - 2]


@pytest.mark.parametrize("damage", ["deleted", "no database", "a flipped bit", "ahead of the copy"])
def test_what_was_verified_is_verified_again_where_the_record_of_it_is_of_no_use(
    damage: str, regulator: Regulator, entries: list[bytes], judged: list[int]
) -> None:
    ahead = replace(regulator, folder=regulator.folder / "ahead")
    ahead.visit(log_of(entries[: SEEN + 5]))
    regulator.visit(log_of(entries[:SEEN]))
    path = regulator.state / "verified"
    data = path.read_bytes()
    place = data.index(b'"checks"') + 60
    if damage == "deleted":
        path.unlink()
    else:
        path.write_bytes(
            {
                "no database": b"no database at all",
                "a flipped bit": data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :],
                "ahead of the copy": (ahead.state / "verified").read_bytes(),
            }[damage]
        )
    regulator.site.publish(log_of(entries))
    report = regulator.round()
    assert (report.verdict, codes(report)[-1], judged[-1]) == ("good", "verified-whole", len(entries))
    assert (audit(regulator.state).size, regulator.round().verdict) == (len(entries), "good")


def test_state_folder_verifies_offline_and_is_the_published_log(regulator: Regulator, entries: list[bytes]) -> None:
    for size in (5, 20, SEEN, len(entries)):
        regulator.site.publish(log_of(entries[:size]))
        assert regulator.round().verdict == "good"
    report = audit(regulator.state, rules=True, genesis=genesis_of(entries))
    assert (report.verdict, report.size) == ("good", len(entries))
    kept = {path: (regulator.state / "log" / path).read_bytes() for path in regulator.site.content}
    assert kept == regulator.site.content


def test_another_address_of_the_same_ledger_is_held_to_the_same_history(
    regulator: Regulator, entries: list[bytes]
) -> None:
    regulator.visit(log_of(entries[:SEEN]))
    regulator.site.url += "/log"
    assert regulator.round().verdict == "good"


def test_state_folder_of_one_ledger_is_not_used_for_another(regulator: Regulator, entries: list[bytes]) -> None:
    regulator.visit(log_of(entries[:SEEN]))
    with pytest.raises(LedgerError, match="Use another folder"):
        regulator.round(genesis="0" * 64)


def test_second_round_at_the_same_time_refuses(regulator: Regulator, entries: list[bytes]) -> None:
    regulator.visit(log_of(entries[:SEEN]))
    with StateFolder(regulator.state).locked(), pytest.raises(LedgerError, match="Another round is at work"):
        regulator.round()
    assert regulator.round().verdict == "good"


class Killed(BaseException):
    """Stands for SIGKILL at a step that writes."""


def dying(step: Callable[..., Any], left: list[int]) -> Callable[..., Any]:
    """The step, until so many were made; then death comes before the next."""

    def made(*arguments: Any, **named: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise Killed
        return step(*arguments, **named)

    return made


@pytest.mark.parametrize("first", [True, False], ids=["the first round", "a later round"])
def test_round_that_is_killed_at_any_write_leaves_the_old_log_or_the_new_one(
    first: bool, regulator: Regulator, entries: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = regulator.state
    if not first:
        regulator.site.publish(log_of(entries[:3]))
        regulator.round()
    regulator.site.publish(log_of(entries[:7]))
    for steps in range(30):
        turn = Regulator(regulator.site, regulator.folder / f"{steps}", regulator.watch)
        if not first:
            shutil.copytree(before, turn.state)
        if not is_killed(turn, steps, monkeypatch):
            assert steps > 5
            return
        state = StateFolder(turn.state)
        state.sweep()
        assert state.has_log or first
        if state.has_log:
            state.tidy(state.checkpoint()[1])
            report = audit(turn.state)
            assert (report.verdict, report.size in {3, 7}) == ("good", True)
        assert (turn.round().verdict, audit(turn.state).size) == ("good", 7)
        told = {item["code"] for item in json.loads((turn.state / "monitor.json").read_bytes())["news"]}
        assert ("first-round" if first else "new-entries") in told
    pytest.fail("the round never ended")


def is_killed(turn: Regulator, steps: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Makes a round that dies after so many writes, if it makes more."""
    left = [steps]
    with monkeypatch.context() as patched:
        for place, name in ((states, "write_durably"), (states, "_move"), (Rows, "commit")):
            patched.setattr(place, name, dying(getattr(place, name), left))
        try:
            turn.round()
        except Killed:
            return True
    return False


def test_damaged_copy_accuses_nobody(regulator: Regulator, entries: list[bytes]) -> None:
    regulator.visit(log_of(entries[:SEEN]))
    path = regulator.state / "log" / BUNDLE
    path.write_bytes(path.read_bytes().replace(b'{"envelope"', b'{"envelopf"', 1))
    regulator.site.publish({**log_of(entries), f"tile/0/000.p/{len(entries)}": b""})
    with pytest.raises(LedgerError, match="is damaged"):
        regulator.round()
    assert not (regulator.state / "evidence").exists()


def test_damaged_checkpoint_of_the_copy_loses_nothing_of_it(regulator: Regulator, entries: list[bytes]) -> None:
    regulator.visit(log_of(entries[:SEEN]))
    path = regulator.state / "log" / "checkpoint"
    path.write_bytes(path.read_bytes().replace(b"\n40\n", b"\n10\n"))
    with pytest.raises(LedgerError, match="is damaged"):
        regulator.round()
    path.write_bytes(path.read_bytes().replace(b"\n10\n", b"\n40\n"))
    assert audit(regulator.state).verdict == "good"


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": 2}', '{"format": 1, "url": 1}'])
def test_damaged_state_file_is_refused_in_words(text: str, regulator: Regulator, entries: list[bytes]) -> None:
    regulator.visit(log_of(entries[:SEEN]))
    (regulator.state / "monitor.json").write_text(text)
    with pytest.raises(MalformedError, match=r"monitor\.json is damaged"):
        regulator.round()


def test_read_models_may_be_damaged_or_deleted(regulator: Regulator, entries: list[bytes]) -> None:
    regulator.visit(log_of(entries[:SEEN]))
    for path in (regulator.state / "views").iterdir():
        path.write_bytes(b"no database at all" * 1000)
    assert regulator.round().verdict == "good"


def test_publisher_at_work_is_no_alarm(
    regulator: Regulator, entries: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    regulator.visit(log_of(entries[:20]))
    regulator.site.publish(log_of(entries[:SEEN]))
    real, asked = PublishedSite.read_tile, threading.Event()

    def read_tile(self: PublishedSite, tile: Any) -> bytes:
        if not asked.is_set():
            asked.set()
            regulator.site.publish(log_of(entries))
        return real(self, tile)

    monkeypatch.setattr(PublishedSite, "read_tile", read_tile)
    report = regulator.round()
    assert (report.verdict, report.size) == ("good", len(entries))


def test_site_that_is_always_at_work_is_an_alarm_after_all(regulator: Regulator, entries: list[bytes]) -> None:
    regulator.visit(log_of(entries[:20]))
    notes = iter([log_of(entries[:size])["checkpoint"] for size in range(30, 60)])
    regulator.site.answers["checkpoint"] = lambda handler: send(handler, next(notes))
    assert codes(regulator.round()) == ["no-proof"]


def test_site_that_shows_another_false_log_at_each_round_does_not_fill_the_disk(
    regulator: Regulator, entries: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(states, "WHOLE_EVIDENCE", 1)
    regulator.visit(log_of(entries[:20]))
    folders = []
    for size in (30, 35):
        content = log_of(entries[:size])
        bundle = f"tile/entries/000.p/{size}"
        regulator.site.publish({**content, bundle: content[bundle].replace(b'{"envelope"', b'{"envelopf"')})
        folders.append(Path(str(regulator.round().evidence)))
    assert (folders[0] / "tile").exists()
    assert sorted(path.name for path in folders[1].iterdir()) == ["findings.json", "kept.checkpoint", "site.checkpoint"]
