"""A slip held against a ledger: its row stands in the sealed list of the entry that it names.

That the entry is truly signed and in the log is for ``verify`` to say, of the same source.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ledger.audit.entries import PublishedEntries
from ledger.domain.entry import Entry
from ledger.domain.payload import Payload
from ledger.errors import LedgerError, MalformedError, NotFoundError, ProofError
from ledger.sealing.disclosure import Disclosure, digest, parse_disclosure
from ledger.sealing.slip import Slip


@dataclass(frozen=True, slots=True)
class SlipFound:
    """The entry at ``index`` that sealed the slip's ``row``; ``later`` are the further entries of its record."""

    index: int
    entry: Entry
    payload: Payload
    row: Disclosure
    later: tuple[tuple[int, Payload], ...]


def find_slip(entries: PublishedEntries, slip: Slip) -> SlipFound:
    """What the slip is about. Raises MalformedError, NotFoundError or ProofError, each saying what is wrong with it."""
    row = _row(slip)
    index, payload = _find(entries, slip)
    if digest(slip.disclosure) not in payload.sealed:
        raise ProofError(
            f"第{index}条里没有封存凭条上的内容：凭条被改动过，或者不是这一条的。请不要采信，并告诉监督机构。",
            f"Entry {index} does not seal what the slip says: the slip was changed, or belongs to another entry.",
        )
    if row.kind == "decoy":
        raise ProofError(
            f"它是第{index}条里补足数目用的空项，不是任何人的内容。", f"It is a decoy of entry {index}, about nobody."
        )
    later = tuple(each for each in entries.payloads(index + 1) if each[1].record == payload.record)
    return SlipFound(index, entries.entry(index), payload, row, later)


def _row(slip: Slip) -> Disclosure:
    try:
        return parse_disclosure(slip.disclosure, field="/slip", assigned=False)
    except LedgerError:
        raise MalformedError(
            "凭条上的内容不完整或抄错了，读不出来。请重新扫码，或把整个网址粘贴进来。",
            "What the slip says is incomplete or copied wrongly and cannot be read. Scan it again.",
        ) from None


def _find(entries: PublishedEntries, slip: Slip) -> tuple[int, Payload]:
    for index, payload in _candidates(entries, slip):
        if payload.event_id == slip.event_id:
            return index, payload
    raise NotFoundError(
        "账本里没有凭条所说的那一条。凭条可能抄错了、被改动过，或者是另一本账的。请向发凭条的人当面核实。",
        "The ledger has no such entry. The slip may be copied wrongly, changed, or of another ledger.",
    )


def _candidates(entries: PublishedEntries, slip: Slip) -> Iterator[tuple[int, Payload]]:
    if slip.index is not None and slip.index < entries.size:
        yield slip.index, entries.payload(slip.index)
    yield from entries.payloads()
