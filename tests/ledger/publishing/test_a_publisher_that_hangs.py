"""A publisher that stops at any moment and goes on later: others take over, and what is public never goes backwards."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from ledger.audit.source import open_source
from ledger.audit.verify import verify
from ledger.publishing.cosigned import CosignedCheckpoints
from ledger.publishing.fence import Stage, SupersededError, stages_of, taken_over, turn
from ledger.publishing.lead import Lead
from ledger.publishing.publisher import Publisher
from ledger.tlog.checkpoint import parse_checkpoint
from ledger.tlog.note import parse_note
from tests.ledger.publishing.witnessed import Asked, cosigner, lines
from tests.ledger.small_ledger import SmallLedger

ROOT = Path(__file__).parents[3]
SHORT = 0.05


def publisher(small: SmallLedger, patience: float = SHORT) -> Publisher:
    made = Publisher(small.ledger.store, small.directory / "log", vkey=small.ledger.settings.vkey)
    made.patience = patience
    return made


def public_size(small: SmallLedger) -> int:
    return parse_checkpoint(parse_note((small.directory / "log" / "checkpoint").read_bytes()).text).tree_size


def moments_of(small: SmallLedger) -> int:
    """How many files a publication of what is there now makes public."""
    count = 0

    def counting(stage: Stage, path: Path, data: bytes) -> None:
        nonlocal count
        count += 1
        put(stage, path, data)

    put = Stage.put
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stage, "put", counting)
        publisher(small).publish()
    return count


def away_before(moment: int, meanwhile: Callable[[], object]) -> Callable[[Stage, Path, bytes], None]:
    """``Stage.put`` that is away just before a file becomes public, while others work."""
    put, count = Stage.put, 0

    def putting(stage: Stage, path: Path, data: bytes) -> None:
        nonlocal count
        count += 1
        if count == moment:
            meanwhile()
        put(stage, path, data)

    return putting


@pytest.mark.parametrize("moment", range(1, 8))
def test_whoever_comes_back_makes_nothing_public_any_more(small: SmallLedger, moment: int) -> None:
    small.fill(253)
    publisher(small).publish()
    small.fill(7)
    seen: list[int] = []

    def others_go_on() -> None:
        small.fill(3)
        patch.undo()
        assert publisher(small).publish() == 264
        seen.append(public_size(small))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stage, "put", away_before(moment, others_go_on))
        assert publisher(small).publish() == 264
    assert seen == [264]
    report = verify(open_source(str(small.directory)))
    assert (report.verdict, report.notes) == ("good", ())
    assert list(stages_of(small.directory / "log").iterdir()) == []


def test_there_are_no_more_moments_than_those(small: SmallLedger) -> None:
    small.fill(253)
    publisher(small).publish()
    small.fill(7)
    assert moments_of(small) == 7


def test_a_file_that_was_ready_before_another_took_over_finds_no_way_out(tmp_path: Path) -> None:
    with turn(tmp_path, patience=SHORT) as first:
        first.put(tmp_path / "checkpoint", b"1")
        with turn(tmp_path, patience=SHORT) as second:
            second.put(tmp_path / "checkpoint", b"3")
            with pytest.raises(SupersededError):
                first.put(tmp_path / "checkpoint", b"2")
    assert (tmp_path / "checkpoint").read_bytes() == b"3"


def test_a_publisher_at_work_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds = 0

    def working(_: float) -> None:
        nonlocal rounds
        rounds += 1
        assert rounds < 40
        if rounds < 30:
            (next(stages_of(tmp_path).iterdir()) / str(rounds)).write_bytes(b"")
            real_sleep(0.01)
        else:
            held.close()

    real_sleep = time.sleep
    held = turn(tmp_path, patience=SHORT).gen
    next(held)
    monkeypatch.setattr(time, "sleep", working)
    with turn(tmp_path, patience=1):
        assert rounds == 30


def test_the_lead_goes_to_another_when_it_hangs_and_back_in_order(tmp_path: Path) -> None:
    (log := tmp_path / "log").mkdir()
    first, second = (Lead(tmp_path, log, patience=SHORT) for _ in range(2))
    assert (first.take(), second.take()) == (True, False)
    for _ in range(5):
        time.sleep(SHORT / 3)
        assert first.holds()
        assert not second.take()
    time.sleep(2 * SHORT)
    assert second.take()
    assert not first.holds()
    assert not first.take()
    second.close()
    assert first.take()
    first.close()


PUBLISHING = """
import sys, time
from pathlib import Path
from ledger.publishing.publisher import Publisher
from ledger.settings import load_settings
from ledger.store.choosing import rows_of
from ledger.store.log_reader import LogReader
settings = load_settings(Path(sys.argv[1]))
publisher = Publisher(LogReader(rows_of(settings)), settings.log, vkey=settings.vkey)
publisher.patience = 0.05
while True:
    publisher.publish()
"""


def test_two_processes_that_are_stopped_and_go_on_never_take_back_what_is_public(small: SmallLedger) -> None:
    command = [sys.executable, "-c", PUBLISHING, str(small.directory)]
    rivals = [subprocess.Popen(command, cwd=ROOT) for _ in range(2)]
    publisher(small).publish()
    sizes, now = [public_size(small)], time.monotonic
    try:
        for turn_number in range(24):
            small.fill(5)
            stopped = rivals[turn_number % 2]
            # At any instruction, so this is what no test chooses.
            time.sleep(0.002 * (turn_number % 7))
            os.kill(stopped.pid, signal.SIGSTOP)
            until = now() + 20
            while sizes[-1] < small.ledger.head().size:
                assert now() < until, "nobody took over"
                sizes.append(public_size(small))
            os.kill(stopped.pid, signal.SIGCONT)
    finally:
        for rival in rivals:
            rival.kill()
            rival.wait()
    assert sizes == sorted(sizes)
    assert publisher(small).publish() == small.ledger.head().size
    assert verify(open_source(str(small.directory))).verdict == "good"


def test_what_witnesses_answered_a_publisher_that_hung_is_written_no_more(tmp_path: Path) -> None:
    asked = Asked(tmp_path / "witnesses", lambda _: httpx.Response(500))
    with taken_over(asked.folder) as hung, taken_over(asked.folder) as leader:
        assert (hung.holds(), leader.holds()) == (False, True)
        late = CosignedCheckpoints(asked.folder, asked.policy, hung.put)
        newer = CosignedCheckpoints(asked.folder, asked.policy, leader.put)
        note = asked.note()
        line = parse_note(note + lines(parse_note(note).text, cosigner(1))).signatures[1]
        with pytest.raises(SupersededError):
            late.keep(note, line)
        assert not (asked.folder / "checkpoint").exists()
        assert newer.keep(note, line)
    assert CosignedCheckpoints(asked.folder, asked.policy).with_cosignatures(note) != note
    assert list(stages_of(asked.folder).iterdir()) == []
