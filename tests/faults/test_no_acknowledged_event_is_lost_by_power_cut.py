"""A power cut at any moment: what was acknowledged is on the disk, and the ledger goes on from there.

The system calls of a writing process are recorded and replayed onto a disk that keeps only what was synced. The
controls run the same with syncs taken away: were they not seen losing events, this test would see nothing at all.
``YANGGUANG_POWER_CUTS`` sets how many disks are looked at.
"""

import os
import sys
from pathlib import Path

import pytest

from tests.faults.author import found_ledger
from tests.faults.disk import Disk
from tests.faults.power_cut import check_goes_on, check_published, cuts, faults
from tests.faults.trace import Operation, record

CUTS = int(os.environ.get("YANGGUANG_POWER_CUTS", "200"))
GROUPS = 20
CONTROL_CUTS = 40
EVERY_TENTH = 10


def recorded(directory: Path, *weakened: str) -> tuple[Disk, list[Operation]]:
    """The disk before, and what a writer then did on it."""
    found_ledger(directory / "ledger").close()
    disk = Disk(directory / "ledger")
    arguments = [str(directory / "ledger"), str(GROUPS), *weakened]
    return disk, record("tests.faults.writer", arguments, directory / "trace")


def test_what_was_acknowledged_is_on_the_disk_after_any_power_cut(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    disk, operations = recorded(tmp_path)
    acknowledged = 0
    for number, cut in enumerate(cuts(disk, operations, tmp_path / "image", count=CUTS, seed=1)):
        check_published(cut)
        assert faults(cut) == []
        acknowledged += len(cut.acknowledged)
        if number % EVERY_TENTH == 0:
            check_goes_on(cut)
    tell(capsys, f"{CUTS} disks, {len(operations)} operations, {acknowledged} receipts compared, 0 lost")


@pytest.mark.parametrize(
    ("part", "synchronous", "seen"),
    [
        ("store", "NORMAL", "lost: "),
        ("store", "OFF", "lost: "),
        ("store", "OFF", "the highest checkpoint is ahead"),
        ("vault", "FULL", "lost disclosures: "),  # the journal comes back: its removal was not synced
        ("vault", "OFF", "vault/disclosures.sqlite3"),
    ],
)
def test_control_with_fewer_syncs_the_loss_is_seen(
    tmp_path: Path, part: str, synchronous: str, seen: str, capsys: pytest.CaptureFixture[str]
) -> None:
    disk, operations = recorded(tmp_path, part, synchronous)
    images = [faults(cut) for cut in cuts(disk, operations, tmp_path / "image", count=CONTROL_CUTS, seed=1)]
    losing = [found for found in images if any(fault.startswith(seen) for fault in found)]
    tell(capsys, f"control, {part} {synchronous}: “{seen}” on {len(losing)} of {len(images)} disks")
    assert losing


def tell(capsys: pytest.CaptureFixture[str], figures: str) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\npower cut: {figures}\n")
