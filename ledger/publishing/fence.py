"""One publisher at a time on a folder, though one of them may hang at any instruction and go on much later.

A lock alone cannot say so: who holds it may be stopped for ever, and whoever passes it by has no power over a rename
that the stopped one still has before it. So each publisher writes into a folder of its own beside the log, and a file
becomes public by a rename out of there. Whoever takes over first renames that folder away, at one moment of the file
system: every rename of the other either happened before it, and is seen, or finds nothing to rename, ever.

    log.publishing/4f1e…/17.tmp  the next file of the publisher whose turn it is
"""

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from ledger.store.highest import make_directory, write_durably

PATIENCE_SECONDS = 10.0
"""How long a publisher may show no sign of life while others wait for it."""
PAUSE_SECONDS = 0.02
Signs = tuple[tuple[str, int], ...]


class SupersededError(Exception):
    """Another publisher took over while this one was away. Never told to anybody: it looks again at what is there."""


class Stage:
    """A publisher's own folder, for one turn."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    def holds(self) -> bool:
        """Whether nobody has taken over since."""
        return self._folder.exists()

    def put(self, path: Path, data: bytes) -> None:
        """Makes a file public: after a crash it is whole, the old or the new. Raises SupersededError."""
        self._count += 1
        staged = self._folder / f"{self._count}.tmp"
        while True:
            make_directory(path.parent)
            try:
                write_durably(path, data, temporary=staged)
            except FileNotFoundError:
                if not self._folder.exists():
                    raise SupersededError from None
                # Whoever was away has just removed an empty folder of old partial tiles.
                continue
            return


@contextmanager
def taken_over(folder: Path) -> Iterator[Stage]:
    """A stage for as long as this process leads, for a folder in which the leader alone writes.

    Whoever led before can put nothing there any more. Two who took the lead at once may do so to each other: whoever
    has it then finds that its stage does not hold, and takes over again.
    """
    stages = stages_of(folder)
    make_directory(stages)
    with _own_stage(stages) as stage:
        yield stage


def stages_of(log: Path) -> Path:
    """Where publishers of a log folder have their own."""
    return log.with_name(f"{log.name}.publishing")


def signs_of_life(log: Path) -> Signs:
    """What changes while a publisher is at work."""
    try:
        return tuple(sorted((each.name, each.stat().st_mtime_ns) for each in os.scandir(stages_of(log))))
    except FileNotFoundError:
        return ()


@contextmanager
def turn(log: Path, *, patience: float = PATIENCE_SECONDS) -> Iterator[Stage]:
    """Waits for whoever publishes into ``log``, which must exist, unless it shows no sign of life; then takes over."""
    held = os.open(log, os.O_RDONLY)
    try:
        _wait(held, log, patience)
        stages = stages_of(log)
        stages.mkdir(exist_ok=True)
        with _own_stage(stages) as stage:
            yield stage
    finally:
        os.close(held)


@contextmanager
def _own_stage(stages: Path) -> Iterator[Stage]:
    """One that nobody else has; those of all others hold no more."""
    _revoke(stages)
    own = stages / uuid4().hex
    own.mkdir()
    try:
        yield Stage(own)
    finally:
        shutil.rmtree(own, ignore_errors=True)


class Hangs:
    """Whether signs of life stay the same for longer than ``patience``, by this process's own clock."""

    def __init__(self, patience: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._patience = patience
        self._clock = clock
        self._seen: object = None
        self._since = clock()

    def shows(self, signs: object) -> bool:
        """Whether nothing has changed for so long."""
        if signs != self._seen:
            self._seen, self._since = signs, self._clock()
        return self._clock() - self._since > self._patience


def _wait(held: int, log: Path, patience: float) -> None:
    hangs = Hangs(patience)
    while True:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            signs = signs_of_life(log)
            if hangs.shows(signs) or _is_old(signs, patience):
                return
            time.sleep(PAUSE_SECONDS)
        else:
            return


def _is_old(signs: Signs, patience: float) -> bool:
    # By the machine's clock, so that nobody waits again who has waited for the lead. To be wrong costs a turn, no more.
    newest = max((at for _, at in signs), default=None)
    return newest is not None and time.time() - newest / 1e9 > patience


def _revoke(stages: Path) -> None:
    # The rename is what counts, and is atomic; a folder that is only emptied could be written into meanwhile.
    for each in list(stages.iterdir()):
        gone = stages / f"{uuid4().hex}.gone"
        try:
            each.rename(gone)
        except FileNotFoundError:
            continue
        shutil.rmtree(gone, ignore_errors=True)
