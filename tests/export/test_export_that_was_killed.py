"""An export that was killed while it wrote: its processes end, the folder says so, and the next export completes it."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.errors import LedgerError
from tests.export.conftest import Copies
from tests.export.test_export import audit, files
from tests.journeys.serving import environment
from yangguang.export.folder import Folder

PAGES = 12


def wait_until(happened: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < until
        time.sleep(0.01)


def processes_of(group: int) -> list[str]:
    """The processes of a group that are still there."""
    found = subprocess.run(["ps", "-o", "stat=", "-g", str(group)], capture_output=True, text=True, check=False)
    return [line for line in found.stdout.split("\n") if line.strip() and "Z" not in line]


def test_export_that_was_killed_is_gone_and_goes_on(copies: Copies) -> None:
    directory = copies.town.ledger.settings.directory
    copies.town.ledger.close()
    command = [sys.executable, "-m", "yangguang", "export", str(directory), str(copies.out), "--processes", "2"]
    started = subprocess.Popen(command, env=environment(), start_new_session=True, stdout=subprocess.DEVNULL)
    wait_until(lambda: len(list(copies.out.glob("entries/*/index.html"))) >= PAGES)
    started.send_signal(signal.SIGKILL)
    started.wait()
    wait_until(lambda: not processes_of(started.pid))
    assert (copies.out / "INCOMPLETE.txt").exists()
    assert not (copies.out / "SHA256SUMS").exists()
    assert copies.export(data=False).missing == ()
    assert not list(copies.out.rglob("*.part"))
    assert audit(copies.out) == []


def test_two_exports_never_write_one_folder_at_once(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "out")
    with folder.taken("genesis"), pytest.raises(LedgerError) as refusal, Folder(tmp_path / "out").taken("genesis"):
        pass
    assert "正在写" in refusal.value.zh
    with folder.taken("genesis"):
        assert files(tmp_path / "out").keys() == {"INCOMPLETE.txt"}
