"""What a site added since the kept log: read into ``incoming``, verified as what continues the copy, then adopted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ledger.audit.glimpse import glimpses
from ledger.audit.identity import Identity, identity_of
from ledger.audit.mirror import MirroredSite
from ledger.audit.published import CHECKPOINT, PublishedSite
from ledger.audit.report import Report
from ledger.audit.source import Source
from ledger.audit.verify import Options, verify
from ledger.audit.walk import Progress
from ledger.domain.ledger import LedgerLogKeyRotated
from ledger.errors import LedgerError
from ledger.tlog.checkpoint import Checkpoint
from ledger.tlog.policy import NONE
from ledger.tlog.tile import TILE_WIDTH, Tile, parse_bundle
from yangguang.monitor.signals import BLUE, RED, Signal
from yangguang.monitor.state import StateFolder

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Growth:
    """``note`` is the checkpoint as the site sent it, ``seen`` what it says; ``old_size`` is that of the copy, or 0."""

    state: StateFolder
    site: PublishedSite
    note: bytes
    seen: Checkpoint
    old_size: int

    @property
    def source(self) -> Source:
        """The whole log: what is new from the site, kept as it is read, and the rest from the copy."""
        return Source("monitor", MirroredSite(self.site, self.state.incoming, [self.state.log]))

    def check_size(self, most: int) -> None:
        """Raises LedgerError for more new entries than a round reads: a signature may claim any number."""
        if (count := self.seen.tree_size - self.old_size) > most:
            raise LedgerError(
                f"签章说新增了{count}条，超过一轮至多读的{most}条，没有读。确有其事就把 --most-new 调大。",
                f"The checkpoint claims {count} new entries, over the {most} that a round reads; none was read. Raise"
                " --most-new if that can be true.",
            )

    def verify(self, options: Options, progress: Progress) -> Report:
        """All that is new, every rule included, from the state of the last round on. Raises UnreachableError.

        A policy says whose log it is and who its witnesses are; whether they are enough is a matter of freshness.
        """
        (self.state.incoming / CHECKPOINT).write_bytes(self.note)
        since = self.state.log / CHECKPOINT if self.old_size else None
        policy = None if options.policy is None else replace(options.policy, quorum=NONE)
        self.state.sweep_verified(self.old_size)
        asked = replace(options, since=since, policy=policy, rules=True, state=self.state.verified)
        return verify(self.source, asked, progress)

    def identity(self, log_keys: Sequence[tuple[int, str]]) -> tuple[Identity, tuple[tuple[int, str], ...]]:
        """Whose log it is, of a whole that was found good; and (entry index, vkey) of each rotation up to its size."""
        tile = Tile(Tile.ENTRIES, 0, min(TILE_WIDTH, self.seen.tree_size))
        first = parse_bundle(self.source.published.read_tile(tile), width=tile.width)[0]
        # A round that was killed may have noted rotations beyond the copy: they are read again.
        known = [(index, vkey) for index, vkey in log_keys if index < self.old_size]
        new = [
            (entry.index, str(entry.data["log_vkey"]))
            for entry in glimpses(self.source, self.old_size, self.seen.tree_size)
            if issubclass(entry.event_class, LedgerLogKeyRotated)
        ]
        return identity_of(first).rotated((*known, *new)), (*known, *new)

    def adopt(self, identity: Identity) -> None:
        """Makes the whole the kept log, under the log's own signature lines alone."""
        self.state.adopt(
            identity.own_note(self.note), vkey=identity.vkey_file(self.seen.tree_size), seen_note=self.note
        )


def verified_whole(report: Report, old_size: int) -> Iterator[Signal]:
    """That a later round could not go on where the last one ended, which is no fault of the site."""
    if old_size and not report.resumed_at:
        yield Signal(
            BLUE,
            "verified-whole",
            f"上一轮核对的结果不在了，或者用不了；这一轮把全部{report.size}条重新核对了一遍。",
            f"What the last round verified is gone or of no use: all {report.size} entries were verified again.",
        )


def alarms_of(report: Report) -> list[Signal]:
    """The findings of a verification as alarms; how many more there are, where there are many."""
    alarms = [Signal(RED, finding.code, finding.zh, finding.en, finding.index) for finding in report.findings[:SHOWN]]
    if (further := report.counts.findings - len(alarms)) > 0:
        alarms.append(
            Signal(RED, "further-findings", f"另有{further}处问题。", f"There are {further} further findings.")
        )
    return alarms
