"""What a restore is asked for, and what it needs of the world."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ledger.backup.stages import Stage, in_silence


@dataclass(frozen=True, slots=True)
class Request:
    """What to restore. ``log`` is a URL or folder of a newer log; ``since`` a checkpoint kept, ``receipts`` a folder.

    ``keys`` is a backup of keys; ``nothing_newer`` a checkpoint that proves that the backup is the newest state.
    """

    backup: Path
    keys: Path | None = None
    log: str | None = None
    nothing_newer: Path | None = None
    since: Path | None = None
    receipts: Path | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a restore needs of the world: the time, randomness, processes to share signatures, who looks on."""

    now: datetime
    random: Callable[[int], bytes]
    processes: int = 1
    stage: Stage = in_silence
