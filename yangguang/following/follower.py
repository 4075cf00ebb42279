"""Keeps a copy of a published log, judged entry by entry, from its files alone: no database, no key, no vault.

A look: read the checkpoint, if it changed; compare it with the one that is kept; read what is new into ``incoming``;
judge it as an audit does; publish it in the safe order. A kill between any two writes leaves the old log or the new,
and the next look goes on. A source that is away, broken or behind changes nothing here: what is kept is served on. One
that signed another history convicts the log: the evidence is kept, an alarm is raised, and nothing more is read until a
person has removed it.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

from ledger.audit.growing import GrowingLog, RefusedEntryError
from ledger.audit.identity import Identity, identity_of, ml_dsa_keys
from ledger.audit.mirror import MirroredSite
from ledger.audit.published import CHECKPOINT, PublishedSite
from ledger.audit.source import open_site
from ledger.domain.values import Label
from ledger.errors import LedgerError, ProofError
from ledger.publishing.cosigned import CosignedCheckpoints
from ledger.publishing.publisher import Publisher
from ledger.settings import Settings
from ledger.signing.quorum import read_policy
from ledger.tlog.alarm import OF_A_MIRROR, Alarm, Kind
from ledger.tlog.checkpoint import parse_checkpoint
from ledger.tlog.note import parse_note
from ledger.tlog.policy import NONE, Policy
from ledger.tlog.tile import TILE_WIDTH, Tile, parse_bundle
from yangguang.following.pins import Pins
from yangguang.following.state import FollowingFolder
from yangguang.monitor.comparing import KeptLog, compare, damaged, parse_seen
from yangguang.monitor.signals import RED, Signal

logger = logging.getLogger(__name__)
DEADLINE_SECONDS = 30.0
NOBODY = Policy((), (), (), NONE)
UNKNOWN_TYPE = "/payload/type"
STANDS = Label(
    "有警报，没有再向来源读取；监督机构看过证据以后，由人删去witnesses/alarm。",
    "An alarm stands, and nothing more is read from the source until a person has removed witnesses/alarm.",
)


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: between two looks, after the first failure, and at most."""

    between: float = 2.0
    first_pause: float = 2.0
    longest_pause: float = 60.0


PACE = Pace()


class ConvictedError(LedgerError):
    """The log signed what contradicts what it signed before."""

    def __init__(self, kind: Kind, found: Signal, index: int) -> None:
        super().__init__(found.zh, found.en)
        self.kind = kind
        self.found = found
        self.index = index


class Follower:
    """Of one mirror directory; ``run`` it in a thread of its own. ``look`` is one look."""

    def __init__(self, settings: Settings, pins: Pins, pace: Pace, going: Callable[[], bool]) -> None:
        self._settings = settings
        self._source = settings.follow or ""
        self._pins = pins
        self._pace = pace
        self._going = going
        self.folder = FollowingFolder(settings.following, self._source)
        policy = NOBODY if settings.policy_file is None else read_policy(settings.policy_file)
        self._kept = CosignedCheckpoints(settings.witnesses, policy)
        self._site: PublishedSite | None = None
        self._log: GrowingLog | None = None
        self._publisher: Publisher | None = None
        self._etag = ""
        self._taken = b""

    def run(self, stop: Event) -> None:
        """Looks until ``stop`` is set; ever more rarely while it does not succeed."""
        pause, before = 0.0, ""
        while not stop.wait(pause):
            try:
                self.look()
                pause, before = self._pace.between, ""
            except InterruptedError:
                break
            except Exception as error:
                said = _said_of(error)
                if said.en != before:
                    logger.warning("the log is not followed: %s", said.en, exc_info=not isinstance(error, LedgerError))
                before = said.en
                self._say(said)
                pause = min(max(self._pace.first_pause, 2 * pause), self._pace.longest_pause)
        self.close()

    def _say(self, said: Label) -> None:
        try:
            self.folder.trouble(said)
        except OSError:
            logger.exception("the trouble cannot be written down")

    def close(self) -> None:
        """Closes the connections."""
        if self._site is not None:
            self._site.close()
            self._site = None

    def look(self) -> None:
        """One look. Raises LedgerError where the source cannot be followed; InterruptedError when told to end."""
        if any(alarm.kind in OF_A_MIRROR for alarm in self._standing()):
            raise LedgerError(STANDS.zh, STANDS.en)
        site = self._site = self._site or open_site(self._source, deadline_seconds=DEADLINE_SECONDS)
        log = self._log = self._log or self._begin(site)
        found = site.read_changed(CHECKPOINT, self._etag)
        if found is not None and found.body != self._taken:
            self._take(log, site, found.body)
        # Only what was taken is not asked for again: after a refusal the next look sees it once more.
        self._etag = self._etag if found is None else found.etag
        self.folder.good()

    def _standing(self) -> tuple[Alarm, ...]:
        if self._kept.alarms and not (self._settings.witnesses / "alarm").exists():
            self._kept = CosignedCheckpoints(self._settings.witnesses, self._kept.policy)
            self._publisher, self._taken, self._etag = None, b"", ""
        return self._kept.alarms

    def _take(self, log: GrowingLog, site: PublishedSite, note: bytes) -> None:
        try:
            self._compare(log, site, note)
            if parse_seen(note).tree_size > log.size():
                log.grow(note)
                self._pins.check_key(log.identity, log.size())
        except ConvictedError as error:
            self._raise_alarm(log, note, error)
            raise
        except LedgerError as error:
            self.folder.sweep()
            if log.spoilt:
                self._log = self._publisher = None
            if isinstance(error, RefusedEntryError):
                self._convict_of(log, note, error)
            raise
        self._kept.keep_all(log.checkpoint(log.size()), note)
        self._publish(log)
        self.folder.sweep()
        self._taken = note

    def _compare(self, log: GrowingLog, site: PublishedSite, note: bytes) -> None:
        """Raises ConvictedError, or LedgerError for whatever is no proof against the log."""
        size = log.size()
        if not size:
            return
        kept = _kept_log(self._settings.log, log)
        found = compare(kept, note, site)
        if found is None:
            return
        if found.code == "two-histories" and _is_signed(log.identity, note):
            raise ConvictedError("source-forked", found, parse_seen(note).tree_size)
        if found.code == "rolled-back":
            seen = parse_seen(note).tree_size
            raise LedgerError(
                f"来源现在只公布{seen:,}条，比本镜像已有的{size:,}条少，没有跟着变短。",
                f"The source publishes {seen} entries, fewer than the {size} kept here; the mirror does not follow.",
            )
        raise ProofError(found.zh, found.en)

    def _convict_of(self, log: GrowingLog, note: bytes, error: RefusedEntryError) -> None:
        """An entry that does not hold convicts the log if its own key signed; a newer type only says: update."""
        if error.cause.field == UNKNOWN_TYPE or not _is_signed(log.identity, note):
            return
        signal = Signal(RED, "refused-entry", error.zh, error.en, error.index)
        self._raise_alarm(log, note, ConvictedError("source-refused", signal, error.index))

    def _raise_alarm(self, log: GrowingLog, note: bytes, error: ConvictedError) -> None:
        """The evidence first: a crash before the alarm makes the next look find it again."""
        alarm = Alarm(int(time.time()), error.kind, log.size(), self._source, error.index)
        files = {"source.checkpoint": note}
        if log.size():
            files["kept.checkpoint"] = log.checkpoint(log.size())
        if error.found.proof:
            files["proof"] = error.found.proof
        self.folder.keep_evidence(alarm, error.found, files)
        self._kept.raise_alarm(alarm)

    def _begin(self, site: PublishedSite) -> GrowingLog:
        """The log as it is kept, judged again; or an empty one of the right identity. Raises LedgerError."""
        copy = self._settings.log
        source = MirroredSite(site, self.folder.incoming, [copy])
        kept = (copy / CHECKPOINT).read_bytes() if (copy / CHECKPOINT).exists() else None
        note = site.read(CHECKPOINT) if kept is None else kept
        size = parse_seen(note).tree_size
        width = min(TILE_WIDTH, size)
        tile = Tile(Tile.ENTRIES, 0, width)
        first = parse_bundle(source.read_tile(tile), width=width)[0]
        identity = identity_of(first)
        self._pins.check_identity(identity, self._settings)
        identity = replace(identity, ml_dsa=ml_dsa_keys(self._settings.ml_dsa_vkeys, identity.origin))
        log = GrowingLog(identity, source.read_tile, self._going)
        if kept is not None:
            try:
                log.grow(kept)
            except LedgerError as error:
                raise damaged(copy) from error
        self._publisher = None
        return log

    def _publish(self, log: GrowingLog) -> None:
        if self._publisher is None:
            self._publisher = Publisher(
                log,
                self._settings.log,
                vkey=self._settings.vkey,
                ml_dsa_vkeys=self._settings.ml_dsa_vkeys,
                cosigned=self._kept.with_cosignatures,
            )
        self._publisher.publish()


def _said_of(error: Exception) -> Label:
    if isinstance(error, LedgerError):
        return Label(error.zh, error.en)
    return Label(f"程序出错：{error!r}。", f"The program failed: {error!r}.")


def _kept_log(folder: Path, log: GrowingLog) -> KeptLog:
    note = log.checkpoint(log.size())
    return KeptLog(folder, note, parse_checkpoint(parse_note(note).text), log.identity)


def _is_signed(identity: Identity, note: bytes) -> bool:
    """Whether a key signed that is known to be the log's: a site may list any key as one of the log's."""
    try:
        identity.open_claim(note, [rotation.verifier for rotation in identity.rotations])
    except LedgerError:
        return False
    return True
