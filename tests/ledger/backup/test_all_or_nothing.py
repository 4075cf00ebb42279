"""Killed at any step, a backup or restore leaves nothing that could be taken for one, and the next attempt succeeds."""

import errno
import os
import shutil
import signal
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ledger.audit.source import open_source
from ledger.audit.verify import verify
from ledger.backup.laid_out import laid_out
from ledger.backup.refusal import BackupError
from tests.ledger.backup.canaries import readable
from tests.ledger.backup.conftest import Two

STEPS = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.chmod", "sqlite3.connect"}
"""Audit events (PEP 578) that mark a step: something is about to happen to a file."""
SAMPLED = 10
Work = Callable[[Path], object]


def run_until(step: int, work: Work, place: Path) -> int | None:
    """Does the work in a process that is killed before a step; how many steps there were, or None if it was."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            steps = _killing_before(step, place.parent)
            work(place)
            os.write(writing, str(len(steps)).encode())
        finally:
            os._exit(0)  # whatever happened, the child must not go on as another run of the tests
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    assert said or os.WIFSIGNALED(status), "it ended by itself before it was done"
    return int(said) if said else None


def _killing_before(step: int, folder: Path) -> list[str]:
    steps: list[str] = []

    def count(event: str, arguments: tuple[Any, ...]) -> None:
        if event in STEPS and str(folder) in str(arguments[0]):
            if len(steps) == step:
                os.kill(os.getpid(), signal.SIGKILL)
            steps.append(event)

    sys.addaudithook(count)
    return steps


def sampled(count: int) -> list[int]:
    """Steps spread over all, and the last ones all: they are about the place itself."""
    return sorted({*range(0, count, max(1, count // SAMPLED)), *range(count - 4, count)})


def good(directory: Path) -> bool:
    with closing(open_source(str(directory))) as source:
        return verify(source).verdict == "good"


def test_a_restore_killed_at_any_step_leaves_no_half_ledger(two: Two, tmp_path: Path) -> None:
    def work(place: Path) -> object:
        return two.town.restore(place, two.older, keys=two.older_keys, log=two.log)

    count = run_until(sys.maxsize, work, tmp_path / "whole")
    assert count is not None
    assert count > 100
    for step in sampled(count):
        place = tmp_path / f"{step}"
        assert run_until(step, work, place) is None
        assert not place.exists() or step == count - 1  # the rename, and then a sync of the folder above
        assert place.exists() or run_until(sys.maxsize, work, place) is not None
        assert good(place)
        assert readable(place / "vault") == set()
        assert not place.with_name(f"{step}.unfinished").exists()
        shutil.rmtree(place)


def test_a_backup_killed_at_any_step_leaves_no_half_backup(two: Two, tmp_path: Path) -> None:
    def work(place: Path) -> object:
        return two.town.back_up(place, place.with_name(f"{place.name}-keys"))

    count = run_until(sys.maxsize, work, tmp_path / "whole")
    assert count is not None
    assert count > 60
    for step in sampled(count):
        place = tmp_path / f"{step}"
        assert run_until(step, work, place) is None
        if not place.exists():
            shutil.rmtree(tmp_path / f"{step}-keys", ignore_errors=True)  # they come into place a moment earlier
            assert run_until(sys.maxsize, work, place) is not None
        assert good(place)
        assert sorted(path.name for path in tmp_path.glob(f"{step}*")) == [f"{step}", f"{step}-keys"]


def test_a_disk_that_is_full_leaves_nothing(two: Two, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.open
    full = OSError(errno.ENOSPC, "No space left on device", "disk")

    def open_or_fail(path: Path, *arguments: Any, **more: Any) -> Any:
        if "x" in "".join(map(str, arguments)) and path.name == "ledger.sqlite3":
            raise full
        return real(path, *arguments, **more)

    monkeypatch.setattr(Path, "open", open_or_fail)
    with pytest.raises(BackupError, match="No space left"):
        two.town.restore(tmp_path / "ledger", two.older)
    assert list(tmp_path.iterdir()) == []


def test_two_at_once_do_not_write_into_the_same_place(tmp_path: Path) -> None:
    with (
        laid_out(tmp_path / "place") as folder,
        pytest.raises(BackupError, match="Another backup or restore"),
        laid_out(tmp_path / "place"),
    ):
        pytest.fail("two hold the same folder")
    assert folder.name == "place.unfinished"
    assert (tmp_path / "place").is_dir()


def test_what_appeared_at_the_place_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    def fill() -> None:
        with laid_out(tmp_path / "place") as folder:
            (folder / "file").write_text("new")
            (tmp_path / "place").mkdir()
            (tmp_path / "place" / "precious").write_text("old")

    with pytest.raises(BackupError, match="Nothing was made"):
        fill()
    assert [path.name for path in tmp_path.rglob("*")] == ["place", "precious"]
