"""One round of a watch: look, compare with what was kept, verify all that is new, and only then keep it and tell.

A round ends in one of two ways: with a report, alarms in it or not; or with a LedgerError where no round could be made,
such as a site that is down, which is no evidence of fraud and leaves the state as it was.
"""

import hashlib
import json
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from ledger.audit.fetching import UnreachableError
from ledger.audit.published import CHECKPOINT, PublishedSite
from ledger.audit.source import open_site, open_source
from ledger.audit.verify import Options, no_progress, verify
from ledger.audit.walk import Progress
from ledger.errors import LedgerError
from ledger.tlog.base64 import encode_base64
from ledger.tlog.checkpoint import Checkpoint
from ledger.tlog.tile import TILE_WIDTH, Tile, tiles_of_size
from yangguang.monitor.comparing import KeptLog, compare, damaged, open_kept, parse_seen
from yangguang.monitor.freshness import Thresholds
from yangguang.monitor.growing import Growth, alarms_of, verified_whole
from yangguang.monitor.news import pinned_news
from yangguang.monitor.signals import RED, RoundReport, Signal, worst_first
from yangguang.monitor.state import Kept, StateFolder
from yangguang.monitor.telling import tell

ATTEMPTS = 3
MISSING = frozenset({"no-proof", "missing-file", "missing-entry"})
"""Alarms that a publisher at work can cause, who has just replaced the partial files of a checkpoint."""


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Watch:
    """How to watch. ``genesis`` pins the identity; else the first round does.

    ``most_new`` bounds what one round reads; ``spots`` is how many old files it reads again, and ``choose`` which.
    """

    genesis: str | None = None
    limits: Thresholds = field(default_factory=Thresholds)
    most_new: int = 1_000_000
    spots: int = 4
    processes: int = 1
    deadline_seconds: float | None = None
    now: Callable[[], datetime] = utc_now
    choose: Callable[[Sequence[Tile], int], list[Tile]] = random.SystemRandom().sample


def run_round(url: str, folder: Path, watch: Watch, progress: Progress = no_progress) -> RoundReport:
    """The report of one round. Raises LedgerError where none could be made; the state is then as it was."""
    state = StateFolder(folder)
    with state.locked():
        kept = state.load()
        check_pin(kept, watch.genesis)
        site = open_site(url, deadline_seconds=watch.deadline_seconds)
        try:
            for _ in range(ATTEMPTS):
                state.sweep()
                turn = _Round(url, state, watch, site)
                turn.look(kept, progress)
                if not turn.may_have_been_passed():
                    break
            return turn.report()
        finally:
            site.close()


def check_pin(kept: Kept | None, genesis: str | None) -> None:
    """Raises LedgerError where a caller pins another ledger than the one that the state folder is about."""
    if kept is not None and genesis is not None and genesis.strip().lower() != kept.genesis:
        raise LedgerError(
            f"这个状态文件夹监测的是创世指纹{kept.genesis[:16]}…的账本，不是您现在给的。另一本账请另用一个文件夹。",
            f"This state folder watches the ledger of genesis {kept.genesis[:16]}…, not the one you give. Use another"
            " folder for another ledger.",
        )


class _Round:
    """``seen_note`` is the site's checkpoint, read once: a round is about one moment."""

    def __init__(self, url: str, state: StateFolder, watch: Watch, site: PublishedSite) -> None:
        self._url = url
        self._state = state
        self._watch = watch
        self._site = site
        self._now = watch.now()
        self._note = site.read(CHECKPOINT)
        self._seen = parse_seen(self._note)

        self._kept: Kept | None = None
        self._log: KeptLog | None = None
        self._alarms: list[Signal] = []
        self._whole: Iterable[Signal] = ()

    def look(self, kept: Kept | None, progress: Progress) -> None:
        """Compares and verifies; adopts what is new if it is good. What is wrong stands in ``_alarms``."""
        self._kept = kept
        # A first round that was killed may have left its pin and no log.
        self._log = open_kept(self._state, kept.log_keys) if kept is not None and self._state.has_log else None
        old_size = 0 if self._log is None else self._log.checkpoint.tree_size
        if self._log is not None:
            self._state.tidy(self._log.checkpoint)
            self._alarms = self._compare(self._log)
        if self._alarms:
            return
        if self._log is None or self._seen.tree_size > old_size:
            self._grow(Growth(self._state, self._site, self._note, self._seen, old_size), progress)
        else:
            self._state.see(self._note)

    def may_have_been_passed(self) -> bool:
        """Whether files are missing, and the site has gone on to another checkpoint: it may have been publishing."""
        missing = bool(self._alarms) and all(alarm.code in MISSING for alarm in self._alarms)
        return missing and self._site.read(CHECKPOINT) != self._note

    def report(self) -> RoundReport:
        """The outcome, published in the state folder."""
        if self._alarms or self._kept is None:
            return self._alarm(self._kept, self._log, self._alarms)
        return self._tell(self._kept, self._log)

    def _grow(self, growth: Growth, progress: Progress) -> None:
        growth.check_size(self._watch.most_new)
        genesis = self._watch.genesis if self._kept is None else self._kept.genesis
        options = Options(genesis, policy=self._watch.limits.policy, processes=self._watch.processes)
        report = growth.verify(options, progress)
        self._alarms = alarms_of(report)
        self._whole = verified_whole(report, growth.old_size)
        if not self._alarms:
            self._kept = self._adopt(growth, self._kept)

    def _compare(self, log: KeptLog) -> list[Signal]:
        found = compare(log, self._note, self._site)
        return [found] if found is not None else self._look_again(log)

    def _look_again(self, log: KeptLog) -> list[Signal]:
        """A few old files, which the site cannot foresee: what was read once must be served to all and for ever."""
        full = [tile for tile in tiles_of_size(log.checkpoint.tree_size) if tile.width == TILE_WIDTH]
        chosen = self._watch.choose(full, min(self._watch.spots, len(full)))
        return [_rewritten(tile) for tile in chosen if not self._is_as_kept(log, tile)]

    def _is_as_kept(self, log: KeptLog, tile: Tile) -> bool:
        try:
            return self._site.read_tile(tile) == log.read_tile(tile)
        except UnreachableError:
            raise
        except LedgerError:
            return False

    def _adopt(self, growth: Growth, kept: Kept | None) -> Kept:
        """The pin is written before the log: a crash between the two leaves the old log, or a first round to repeat."""
        identity, log_keys = growth.identity(kept.log_keys if kept else ())
        if kept is None:
            pinned_by = "first-use" if self._watch.genesis is None else "caller"
            kept = Kept(self._url, identity.genesis, pinned_by, identity.origin, (), 0, (), ())
        kept = replace(kept, log_keys=log_keys, url=self._url)
        self._state.save(kept)
        growth.adopt(identity)
        return kept

    def _alarm(self, kept: Kept | None, log: KeptLog | None, alarms: list[Signal]) -> RoundReport:
        if log is not None:
            self._check_copy()
        digest = hashlib.sha256(self._note).hexdigest()[:12]
        told = json.dumps([alarm.to_json() for alarm in alarms], ensure_ascii=False, indent=1).encode()
        files = {"site.checkpoint": self._note, "findings.json": told}
        if alarms[0].proof:
            files["proof"] = alarms[0].proof
        if log is not None:
            files["kept.checkpoint"] = log.note
        evidence = self._state.keep_evidence(f"{alarms[0].code}-{digest}", files)
        report = self._report(kept, log.checkpoint if log else None, alarms)
        report = replace(report, previous_size=log.checkpoint.tree_size if log else None, evidence=str(evidence))
        if kept is not None:
            self._state.publish(report, kept)
        return report

    def _check_copy(self) -> None:
        """An alarm rests on the copy: where that is damaged itself, nothing is said against the site."""
        source = open_source(str(self._state.folder))
        try:
            if verify(source, Options(processes=self._watch.processes)).findings:
                raise damaged(self._state.log)
        finally:
            source.close()

    def _tell(self, kept: Kept, log: KeptLog | None) -> RoundReport:
        told = tell(self._state, kept, self._now, self._watch.limits)
        signals = [*told.signals, *self._whole, *(pinned_news(kept) if log is None else ())]
        report = self._report(kept, self._seen, signals)
        previous_size = None if log is None else log.checkpoint.tree_size
        report = replace(report, previous_size=previous_size, newest_at=told.newest_at)
        self._state.publish(report, replace(kept, reported=self._seen.tree_size, overdue=told.overdue))
        return report

    def _report(self, kept: Kept | None, checkpoint: Checkpoint | None, signals: Sequence[Signal]) -> RoundReport:
        return RoundReport(
            checked_at=self._now,
            url=self._url,
            origin=kept.origin if kept else self._seen.origin,
            genesis=kept.genesis if kept else "",
            size=checkpoint.tree_size if checkpoint else 0,
            root=encode_base64(checkpoint.root_hash) if checkpoint else "",
            signals=worst_first(signals),
        )


def _rewritten(tile: Tile) -> Signal:
    return Signal(
        RED,
        "rewritten-file",
        f"文件{tile.path}与以前公布的不同，或者不见了：它属于早已签章的部分，不该再变。",
        f"The file {tile.path} is not what was published before, or is gone: it belongs to what was signed long ago and"
        " must not change.",
    )
