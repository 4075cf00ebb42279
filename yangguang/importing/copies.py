"""Another copy of a spreadsheet: what was recorded from one must not be recorded from the other.

Two guards, since a copy has no journal of its own. The record that a row begins has an id that follows from the row
and the key alone, so the ledger refuses to begin it twice, wherever the copy is. And the journals of other
spreadsheets in the same folder are asked for rows that say just the same under the same number.
"""

import hashlib
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from pathlib import Path

from ledger.clock import system_clock
from ledger.errors import InvalidFieldError, LedgerError
from ledger.founding import new_identifier
from ledger.signing.keys import PrivateKey
from yangguang.importing.fingerprints import fingerprint
from yangguang.importing.journal import SUFFIX, Journal
from yangguang.importing.rows import Row

PURPOSE = b"yangguang import: record of row\n"
Elsewhere = dict[tuple[str, str], tuple[str, int]]
"""The file and the entry of each recorded row of other spreadsheets, by its key and what it says."""


def id_of(keys: Sequence[PrivateKey], random: Callable[[int], bytes]) -> Callable[[Row], str]:
    """What gives the record that a row begins its UUIDv7. Without a key, as in a trial, any will do.

    From the key's signature over what the row says, which nobody else can make: so that no one can guess from the
    id what is sealed, such as a name. Its time is the day of the event.
    """

    def make(row: Row) -> str:
        if not keys or row.problems:
            return new_identifier(int(system_clock().timestamp() * 1000), random)
        said = f"{row.key}\n{fingerprint(row)}\n".encode()
        digest = hashlib.sha256(keys[0].sign(PURPOSE + said)).digest()
        return new_identifier(_milliseconds(row.occurred_on), lambda size: digest[:size])

    return make


def _milliseconds(day: str) -> int:
    morning = datetime.combine(date.fromisoformat(day), time(), system_clock().tzinfo)
    return max(int(morning.timestamp() * 1000), 0)


def recorded_elsewhere(own: Path, log: str | None) -> Elsewhere:
    """From the journals beside ``own`` that are about the same ledger."""
    found: Elsewhere = {}
    for path in sorted(own.parent.glob(f"*{SUFFIX}")):
        if path == own:
            continue
        try:
            journal = Journal.read(path)
        except LedgerError:
            continue
        if log in (None, journal.log):
            for item in journal.signed.values():
                if item.event_id in journal.recorded:
                    name = path.name.removesuffix(SUFFIX)
                    found[item.key, item.fingerprint] = (name, journal.recorded[item.event_id])
    return found


def from_copy(name: str, index: int) -> InvalidFieldError:
    """Why a row of a copy is not recorded."""
    return InvalidFieldError(
        f"完全一样的一行已经从{name}记为第{index:,}条。请用原来的表格；如果确实是另一件事，换一个编号。",
        f"Just this row was recorded from {name} as entry {index}. Use that spreadsheet, or give a new number.",
    )


def begun_already(record: str) -> InvalidFieldError:
    """Why the ledger does not let a row begin its record."""
    return InvalidFieldError(
        f"完全一样的一行已经用这把密钥记过了（{record}），大概来自这份表格的另一份副本。请用原来的表格接着记；"
        "如果确实是另一件事，换一个编号。",
        f"Just this row was recorded with this key already ({record}), from another copy of the spreadsheet. Go on with"
        " that one, or give a new number.",
    )
