"""What becomes of each row: from what it says and what the journal remembers, before anything is sent."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from ledger.domain.values import references_in
from ledger.errors import InvalidFieldError, LedgerError, RuleError
from yangguang.importing.book import Ready
from yangguang.importing.copies import Elsewhere, from_copy
from yangguang.importing.fingerprints import fingerprint
from yangguang.importing.journal import Journal
from yangguang.importing.names import Names
from yangguang.importing.rows import Problem, Row, replaced
from yangguang.importing.sheets import sheet_name

READY, RECORDED, ALREADY, CHANGED = "ready", "recorded", "already", "changed"
INVALID, REFUSED, BLOCKED, UNSENT, UNKNOWN = "invalid", "refused", "blocked", "unsent", "unknown"
GOOD = frozenset({READY, RECORDED, ALREADY})


@dataclass
class Fate:
    """One row: what stands of it, and what is known of why."""

    row: Row
    status: str
    fingerprint: str
    ready: Ready | None = None
    record: str = ""
    index: int | None = None
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, status: str, refusal: LedgerError, pointer: str = "") -> None:
        """Notes why not."""
        self.status = status
        self.problems.append(self.row.place(pointer or refusal.field or "").problem(refusal))


@dataclass
class Planner:
    """``sheets`` are those to record, all if empty; ``new_id`` makes the id of the record that a row begins."""

    known: dict[str, str]
    journal: Journal
    sheets: Sequence[str]
    random: Callable[[int], bytes]
    new_id: Callable[[Row], str]
    elsewhere: Elsewhere = field(default_factory=dict)

    def plan(self, rows: Sequence[Row]) -> list[Fate]:
        """The fate of every row in order; names are resolved in those that are still to be recorded."""
        ids = {signed.key: signed.record for signed in self.journal.signed.values()}
        names = Names(self.known, ids, self.journal.persons, self.random, self.journal.begun())
        names.enter(rows, self.new_id)
        renumbered = self._recorded_elsewhere(rows)
        return [self._fate(row, at, names, renumbered) for at, row in enumerate(rows)]

    def _fate(self, row: Row, at: int, names: Names, renumbered: dict[str, str]) -> Fate:
        fate = Fate(row, READY, "" if row.problems else fingerprint(row), record=names.ids.get(row.key, ""))
        signed = self.journal.signed.get(row.key)
        if signed is not None and signed.event_id in self.journal.recorded:
            self._compare(fate, signed.fingerprint, signed.record, self.journal.recorded[signed.event_id])
        elif self.sheets and sheet_name(row.cls) not in self.sheets:
            fate.status = UNSENT
        elif row.problems:
            fate.status, fate.problems = INVALID, row.problems
            with suppress(LedgerError):
                fate.record = names.record_of(at, row)
        elif copied := self.elsewhere.get((row.key, fate.fingerprint)):
            fate.refuse(CHANGED, from_copy(*copied), "/own")
        elif fate.fingerprint in renumbered:
            fate.refuse(CHANGED, _renumbered(renumbered[fate.fingerprint]), "/own")
        else:
            self._resolve(fate, at, names)
        return fate

    def _compare(self, fate: Fate, before: str, record: str, index: int) -> None:
        fate.record, fate.index, fate.status = record, index, ALREADY
        if fate.row.problems:
            fate.status, fate.problems = INVALID, fate.row.problems
        elif fate.fingerprint != before:
            fate.refuse(CHANGED, _changed(index))

    def _resolve(self, fate: Fate, at: int, names: Names) -> None:
        row = fate.row
        try:
            fate.record = names.record_of(at, row)
        except LedgerError as refusal:
            row.refuse(refusal, "/record")
        change = names.change(row, at)
        data, fields, rows = (replaced(part, change) for part in (row.data, row.fields, row.rows))
        if row.problems:
            fate.status, fate.problems = INVALID, row.problems
            return
        references = frozenset(reference for _, reference in references_in(data, ""))
        fate.ready = Ready(row, fate.record, data, fields, rows, list(row.free), references)

    def _recorded_elsewhere(self, rows: Sequence[Row]) -> dict[str, str]:
        """Fingerprints of recorded rows whose number is gone or says something else now, with that number."""
        now = {row.key: fingerprint(row) for row in rows if not row.problems}
        return {
            signed.fingerprint: signed.key.partition(" ")[2]
            for signed in self.journal.signed.values()
            if signed.event_id in self.journal.recorded and now.get(signed.key) != signed.fingerprint
        }


def twins(fates: Sequence[Fate]) -> list[tuple[Row, Row]]:
    """Rows that are ready and say just what an earlier one says under another number: often one was copied."""
    first: dict[str, Row] = {}
    found = []
    for fate in fates:
        earlier = first.setdefault(fate.fingerprint, fate.row) if fate.fingerprint else fate.row
        if earlier is not fate.row and fate.status == READY:
            found.append((earlier, fate.row))
    return found


def _changed(index: int) -> InvalidFieldError:
    return InvalidFieldError(
        f"这一行已经记为第{index:,}条，之后表里的内容改过。改动没有记入：请把表改回原样，要改的用更正来记。",
        f"This row is entry {index} and was changed afterwards. The change is not recorded: record a correction.",
    )


def _renumbered(number: str) -> InvalidFieldError:
    return InvalidFieldError(
        f"内容和已经记入的“{number}”完全一样，而“{number}”那一行现在不见了或改了：编号好像重排过。"
        "请改回原来的编号；如果确实是另一件事，在说明里写明区别。",
        f"It says just what row {number!r} said when it was recorded, and that row is gone or changed: were the rows"
        " renumbered? Restore the numbers.",
    )


@dataclass
class Lost:
    """What nothing can build on. ``unbegun``: records that do not exist, because the row that begins them was not
    recorded. ``broken``: records in which a row is missing, so that later ones would take its place in the order.
    Each with the row to blame.
    """

    unbegun: dict[str, Row] = field(default_factory=dict)
    broken: dict[str, Row] = field(default_factory=dict)

    def enter(self, fate: Fate) -> None:
        """The row is not recorded."""
        if fate.record:
            lost = self.unbegun if fate.row.record is None else self.broken
            lost.setdefault(fate.record, fate.row)

    def passes(self, fate: Fate) -> bool:
        """Whether the row, asked in its order, is ready and builds on nothing that is lost; else it is lost itself."""
        if fate.status == READY:
            return not self.blocks(fate)
        if fate.index is None:
            self.enter(fate)
        return False

    def blocks(self, fate: Fate) -> bool:
        """Whether the row builds on what is lost; then that is noted, and it is lost itself."""
        if fate.ready is None:
            raise RuntimeError("a row that is ready has been resolved")
        needed = (fate.ready.record, *sorted(fate.ready.references))
        found = next((self.unbegun[name] for name in needed if name in self.unbegun), None)
        found = found or self.broken.get(fate.ready.record)
        if found is None:
            return False
        self.enter(fate)
        fate.refuse(BLOCKED, _blocked(found), "/record")
        return True


def _blocked(row: Row) -> RuleError:
    return RuleError(
        f"它要用“{row.sheet}”第{row.number}行（编号{row.own}），而那一行没有记入。",
        f"It builds on row {row.own!r}, line {row.number} of its sheet, which is not recorded.",
    )
