"""What an audit says: a verdict, what was found where, and how much was looked at.

    {"findings":[{"code":"bad-signature","index":137,"sentence":"第137条的内容与签名不符：… Entry 137 does not …"}],
     "origin":"ledger.example/sanpai","pinned":true,"root":"CsUY…","size":2310,"verdict":"finding"}

A finding is about an entry (``index``) or about a file (``file``), never about both in the JSON form.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

KEPT = 1000
UNPINNED = "consistent; identity not pinned"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: a stable ``code`` and a sentence in each language."""

    code: str
    zh: str
    en: str
    index: int | None = None
    file: str | None = None

    def to_json(self) -> dict[str, Any]:
        """``index`` where an entry is at fault, else ``file``."""
        place = {"file": self.file} if self.index is None else {"index": self.index}
        return {**place, "code": self.code, "sentence": f"{self.zh} {self.en}"}


@dataclass(frozen=True, slots=True)
class Remark:
    """Something worth knowing that is not wrong."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How much was looked at. ``findings`` counts all, also those beyond the list in the report."""

    entries: int = 0
    signatures: int = 0
    files: int = 0
    checkpoints: int = 0
    receipts: int = 0
    findings: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome. ``root`` is base64 as in a checkpoint; the first wrong index is the first finding.

    ``resumed_at`` is the first entry that this run judged, where a state file was given; else None.
    """

    verdict: Literal["good", "finding"]
    pinned: bool
    origin: str
    size: int
    root: str
    findings: tuple[Finding, ...]
    notes: tuple[Remark, ...]
    counts: Counts
    resumed_at: int | None = None

    @property
    def exit_code(self) -> int:
        """0 is good, 1 a finding."""
        return 0 if self.verdict == "good" else 1

    @property
    def summary(self) -> Remark:
        """The verdict in one sentence; without a pin it says whose word the identity rests on."""
        if self.verdict == "finding":
            found = self.counts.findings
            return Remark(f"发现{found}处问题", f"{found} finding{'s' if found > 1 else ''}")
        return Remark("一致", "consistent") if self.pinned else Remark("一致；身份未锁定", UNPINNED)

    def to_json(self) -> dict[str, Any]:
        """The published form of ``verify --json``, exactly."""
        return {
            "verdict": self.verdict,
            "pinned": self.pinned,
            "origin": self.origin,
            "size": self.size,
            "root": self.root,
            "findings": [finding.to_json() for finding in self.findings],
            **({} if self.resumed_at is None else {"resumed_at": self.resumed_at}),
        }


class Findings:
    """Collects findings, each of them once; keeps the first thousand of each kind, counts all."""

    def __init__(self) -> None:
        self._of_entries: dict[tuple[int, str, str], Finding] = {}
        self._of_files: dict[tuple[str, str, str], Finding] = {}
        self._indices: set[int] = set()
        self._further = 0

    def add(self, finding: Finding) -> None:
        """Adds one, unless the same was said of that place before."""
        if finding.index is None:
            self._keep(self._of_files, (finding.file or "", finding.code, finding.zh), finding)
        else:
            self._keep(self._of_entries, (finding.index, finding.code, finding.zh), finding)
            self._indices.add(finding.index)

    def has_index(self, index: int) -> bool:
        """Whether something was found at an entry."""
        return index in self._indices

    @property
    def count(self) -> int:
        """How many there are, kept or not."""
        return len(self._of_entries) + len(self._of_files) + self._further

    def ordered(self) -> Iterator[Finding]:
        """Entries first, by index, so that the first wrong one is named first; then files."""
        for key in sorted(self._of_entries):
            yield self._of_entries[key]
        yield from self._of_files.values()

    def _keep(self, kept: dict[Any, Finding], key: Any, finding: Finding) -> None:
        if len(kept) < KEPT:
            kept.setdefault(key, finding)
        elif key not in kept:
            self._further += 1
