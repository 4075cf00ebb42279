"""A writer to be recorded: admits groups one at a time and says after each what it acknowledges.

    python -m tests.faults.writer DIRECTORY GROUPS [store|vault FULL|NORMAL|OFF]

Each group is a place and an event with a note, which goes into the vault. The log files are published after each
group. The last two arguments are for control experiments: they weaken ``PRAGMA synchronous`` of one database.
"""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ledger.application import Ledger
from ledger.clock import system_clock
from ledger.domain.catalogue import event_class
from ledger.domain.drafting import Content, Standpoint, draft
from ledger.domain.entry import day_of
from ledger.domain.record import Record
from ledger.founding import new_identifier
from ledger.opening import Submission
from ledger.publishing.publisher import Publisher
from ledger.receipts import Receipt
from ledger.signing.envelope import sign_envelope
from ledger.store.sqlite import SqliteEngine
from tests.faults.author import ADMIN, ORIGIN, Author, receipt_bytes

ORGANISATION = {"name": "示例协会", "organisation_kind": "association", "roles": ["executor"]}


def main(directory: Path, groups: int, weakened: Sequence[str]) -> None:
    """Writes and acknowledges on standard output, a line a group."""
    ledger = Ledger.open(directory)
    if weakened:
        weaken(ledger, *weakened)
    author, publisher = Author(ledger), Publisher(ledger.store, ledger.settings.log, vkey=ledger.settings.vkey)
    reference = f"organisation/{new_identifier(int(system_clock().timestamp() * 1000), os.urandom)}"
    acknowledge(ledger, [signed(ledger, reference, "organisation.registered", ORGANISATION)])
    for number in range(groups):
        suspend = number % 2 == 0
        event = signed(
            ledger,
            reference,
            "organisation.suspended" if suspend else "organisation.reinstated",
            {"ground": "request"} if suspend else {},
            note=f"第{number}次说明" * 20,
        )
        acknowledge(ledger, [author.place(), event])
        publisher.publish()


def weaken(ledger: Ledger, part: str, synchronous: str) -> None:
    """Takes away durability that the control experiments must be seen to lose."""
    if part == "vault":
        ledger._vault._database.execute(f"PRAGMA synchronous={synchronous}")
        return
    engine = ledger.store._engine
    assert isinstance(engine, SqliteEngine)
    with engine._datastore.get_connection(commit=True) as connection:
        connection._sqlite_conn.execute(f"PRAGMA synchronous={synchronous}")


def signed(ledger: Ledger, reference: str, event_type: str, data: dict[str, Any], note: str = "") -> Submission:
    """The next event of a record, with its note as a withdrawable disclosure."""
    head = ledger.head()
    kind, _, uuid = reference.partition("/")
    drafted = draft(
        event_class(event_type, 1),
        ledger.record(reference) or Record(kind, uuid),
        Standpoint(ORIGIN, head.size, head.root),
        occurred_on=day_of(system_clock()),
        data=data,
        content=Content(free=[("note", note)] if note else []),
        random=os.urandom,
    )
    return Submission(sign_envelope(drafted.payload, [ADMIN]), drafted.disclosures)


def acknowledge(ledger: Ledger, submissions: list[Submission]) -> None:
    """Admits one group, then says so in one write."""
    acknowledged = []
    for submission, outcome in zip(submissions, ledger.admit(submissions), strict=True):
        assert isinstance(outcome, Receipt), outcome
        receipt = receipt_bytes(outcome).decode()
        acknowledged.append([submission.envelope.event_id, receipt, list(submission.disclosures)])
    os.write(1, json.dumps(acknowledged).encode() + b"\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
