"""The state folder of a watch: small, whole at every moment, and evidence in itself.

    monitor.json     whose ledger it is, how far it was reported, what the feed says     replaced at once
    log/             a copy of the published log as last found good: `yangguang verify STATE` proves it offline
    verified         what of it was verified (``ledger.audit.saved``): the next round goes on there; may be deleted
    seen.checkpoint  the last good checkpoint as the site sent it, with every cosignature
    evidence/        what each alarm rests on: the kept checkpoint and the one that contradicts it
    views/           read models of the copy, for duties; may be deleted
    feed.xml         an Atom feed of what happened
    incoming/        what a round in progress has read; emptied by the next

A round first fills ``incoming``, and judges it together with ``log``. Only then files move over, the checkpoint last:
a round that is killed before leaves the old log, after that the new one, and what lies beside it is swept away.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ledger.audit.published import CHECKPOINT, VKEY
from ledger.audit.saved import saved_size
from ledger.errors import LedgerError, MalformedError
from ledger.store.highest import write_durably
from ledger.tlog.checkpoint import Checkpoint, parse_checkpoint
from ledger.tlog.note import parse_note
from ledger.tlog.tile import tiles_of_size
from yangguang.monitor.feed import format_feed, items, merged
from yangguang.monitor.signals import RoundReport

FORMAT = 1
KEPT_NEWS = 100
WHOLE_EVIDENCE = 20


@dataclass(frozen=True, slots=True)
class Kept:
    """What ``monitor.json`` holds. ``log_keys`` are (entry index, vkey); ``overdue`` names the duties last reported.

    ``reported`` is the size up to which entries were told. ``news`` are the feed's items, newest last.
    """

    url: str
    genesis: str
    pinned_by: str
    origin: str
    log_keys: tuple[tuple[int, str], ...]
    reported: int
    overdue: tuple[str, ...]
    news: tuple[dict[str, Any], ...]


class StateFolder:
    """The folder; made where there is none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"
        self.incoming = folder / "incoming"
        self.evidence = folder / "evidence"
        self.views = folder / "views" / "views.sqlite3"
        self.feed = folder / "feed.xml"
        self.verified = folder / "verified"
        self._file = folder / "monitor.json"
        self._seen = folder / "seen.checkpoint"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """For one round at a time. Raises LedgerError if another one is at work."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("ab") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise LedgerError(
                    f"另一轮检查正在使用{self.folder}。", f"Another round is at work in {self.folder}."
                ) from None
            yield

    def load(self) -> Kept | None:
        """What was kept; None before the first good round. Raises MalformedError where the file is damaged."""
        try:
            return _kept(json.loads(self._file.read_bytes()))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, KeyError, AttributeError):
            raise MalformedError(
                f"{self._file}已损坏，或由别的版本写成。", f"{self._file} is damaged, or of another version."
            ) from None

    def save(self, kept: Kept) -> None:
        """Replaces ``monitor.json``: a crash leaves the old one or the new one."""
        value = {"format": FORMAT, **asdict(kept)}
        write_durably(self._file, json.dumps(value, ensure_ascii=False, indent=1).encode())

    def sweep(self) -> None:
        """Removes what a round that was killed had read, and a log that never came to stand."""
        shutil.rmtree(self.incoming, ignore_errors=True)
        self.incoming.mkdir()
        if not self.has_log:
            shutil.rmtree(self.log, ignore_errors=True)

    def sweep_verified(self, size: int) -> None:
        """Removes what was verified if it is no such file at all, or reaches beyond the copy of ``size`` entries.

        A round that was killed before its files moved over leaves it so: they are to be read and verified again.
        """
        found = saved_size(self.verified) if self.verified.is_file() else None
        if found is None or found > size:
            for path in self.folder.glob(f"{self.verified.name}*"):
                path.unlink()

    def tidy(self, checkpoint: Checkpoint) -> None:
        """Removes from the log what does not belong to its checkpoint, which must have been found sound."""
        known = {tile.path for tile in tiles_of_size(checkpoint.tree_size)} | {CHECKPOINT, VKEY}
        for path in list(self.log.rglob("*")):
            if path.is_file() and path.relative_to(self.log).as_posix() not in known:
                path.unlink()
                if path.parent.name.endswith(".p") and not any(path.parent.iterdir()):
                    path.parent.rmdir()

    def checkpoint(self) -> tuple[bytes, Checkpoint]:
        """The kept log's checkpoint, as a note and parsed."""
        note = (self.log / CHECKPOINT).read_bytes()
        return note, parse_checkpoint(parse_note(note).text)

    @property
    def has_log(self) -> bool:
        """Whether a log was kept."""
        return (self.log / CHECKPOINT).is_file()

    def see(self, note: bytes) -> None:
        """Keeps the site's newest checkpoint as it was sent."""
        write_durably(self._seen, note)

    def seen_note(self) -> bytes:
        """What ``see`` kept."""
        return self._seen.read_bytes()

    def publish(self, report: RoundReport, kept: Kept) -> None:
        """The end of a round: what is kept, then the feed that is made of it."""
        kept = replace(kept, news=merged(kept.news, items(report))[-KEPT_NEWS:])
        self.save(kept)
        write_durably(self.feed, format_feed(report, kept.news))

    def adopt(self, note: bytes, *, vkey: bytes, seen_note: bytes) -> None:
        """Moves what came in into the log. The checkpoint is the commit point: before it, the old log stands."""
        for path in sorted(path for path in self.incoming.rglob("*") if path.is_file()):
            relative = path.relative_to(self.incoming)
            if relative.as_posix() not in {CHECKPOINT, VKEY}:
                _move(path, self.log / relative)
        self.see(seen_note)
        write_durably(self.log / VKEY, vkey)
        write_durably(self.log / CHECKPOINT, note)
        self.tidy(parse_checkpoint(parse_note(note).text))

    def keep_evidence(self, name: str, files: dict[str, bytes]) -> Path:
        """Keeps what an alarm rests on, once for each ``name``; all that came in too, while there are few alarms."""
        target = self.evidence / name
        if target.exists():
            return target
        self.evidence.mkdir(exist_ok=True)
        if len(list(self.evidence.iterdir())) >= WHOLE_EVIDENCE:
            # A site that shows another false log at each round must not fill the disk.
            shutil.rmtree(self.incoming)
        for path, data in files.items():
            write_durably(self.incoming / path, data)
        self.incoming.replace(target)
        return target


def _kept(value: dict[str, Any]) -> Kept:
    if value.pop("format") != FORMAT:
        raise ValueError("another format")
    log_keys = tuple((int(index), str(vkey)) for index, vkey in value.pop("log_keys"))
    return Kept(**value | {name: tuple(value[name]) for name in ("overdue", "news")}, log_keys=log_keys)


def _move(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with path.open("rb") as file:
        os.fsync(file.fileno())
    path.replace(target)
