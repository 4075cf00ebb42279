"""``yangguang audit``: ``verify`` with every rule replayed, and what that amounted to.

{"verdict":"good", … as verify …, "rules":{"authority":2310,"funds":814,…}, "corrections":[57,…], "voids":[],
 "doubtful":[{"key":"key/…","doubtful_from":40,"revoked_at":61,"entries":[44,52]}], "notes":["…"]}
"""

from dataclasses import dataclass, replace
from typing import Any

from ledger.audit.replayed import BY_THE_WRITER_ALONE, Replayed
from ledger.audit.report import Remark, Report
from ledger.audit.source import Source
from ledger.audit.verify import Options, no_progress, replay
from ledger.audit.walk import Progress


@dataclass(frozen=True, slots=True)
class Audit:
    """``report`` says what is wrong, ``replayed`` what was looked at."""

    report: Report
    replayed: Replayed

    @property
    def notes(self) -> tuple[Remark, ...]:
        """What is worth knowing and is not wrong; doubtful keys among it, for to be doubted is not to be false."""
        return (*self.report.notes, *(each.remark for each in self.replayed.doubtful), *BY_THE_WRITER_ALONE)

    def to_json(self) -> dict[str, Any]:
        """The published form of ``audit --json``."""
        notes = [f"{note.zh} {note.en}" for note in self.notes]
        return {**self.report.to_json(), **self.replayed.to_json(), "notes": notes}


def audit(source: Source, options: Options, progress: Progress = no_progress) -> Audit:
    """Verifies a source, every rule of admission included. Raises as ``verify``."""
    report, found = replay(source, replace(options, rules=True), progress)
    if found is None:
        raise RuntimeError("no rule was replayed")
    return Audit(report, found)
