"""The public's voice: problems and questions, who waits for an answer and for how long, what came of it."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import date

from ledger.domain.event import Event
from ledger.domain.problem import ProblemAnswered, ProblemRaised, ProblemReopened, ProblemResolved, ProblemRouted
from ledger.domain.question import (
    QuestionAnswered,
    QuestionCorrectionMade,
    QuestionCorrectionRefused,
    QuestionReceived,
)
from ledger.domain.record import VOIDED
from ledger.domain.values import Label, kind_of
from ledger.errors import NotFoundError
from projections.audit_trail import chain_rows
from projections.counted import figure, median, numbered
from projections.facts import Fact
from projections.names import Names
from projections.records import Chain, existing_chain
from projections.rows import Figure, Named, Voice, VoicePage, VoiceTotals

SCHEMA = """
CREATE TABLE voices (
    voice TEXT PRIMARY KEY, idx INTEGER NOT NULL, kind TEXT NOT NULL, category TEXT NOT NULL, about TEXT, page TEXT,
    raised_on TEXT NOT NULL, state TEXT NOT NULL, waiting_since TEXT, answered_idx INTEGER, answered_on TEXT,
    reopened TEXT NOT NULL, corrected_idx INTEGER
);
CREATE INDEX voices_waiting ON voices (waiting_since, raised_on DESC, idx DESC) WHERE waiting_since IS NOT NULL;
CREATE INDEX voices_settled ON voices (raised_on, idx) WHERE waiting_since IS NULL;
CREATE INDEX voices_about ON voices (about) WHERE about IS NOT NULL;
"""
ANSWERS = (ProblemAnswered, QuestionAnswered, QuestionCorrectionMade, QuestionCorrectionRefused)
OUTCOMES: tuple[tuple[type[Event], str], ...] = (
    (ProblemAnswered, "outcome"),
    (ProblemResolved, "how"),
    (ProblemReopened, "reason"),
    (QuestionAnswered, "outcome"),
    (QuestionCorrectionRefused, "reason"),
)
ORDER = "ORDER BY waiting_since IS NULL, waiting_since, raised_on DESC, idx DESC"


def fold(db: sqlite3.Connection, fact: Fact) -> None:
    """Brings one problem or question up to date."""
    event = fact.event
    match event:
        case ProblemRaised():
            _open(db, fact, event.category, event.about, None)
        case QuestionReceived():
            _open(db, fact, event.category, event.about, event.page)
        case ProblemReopened():
            sql = "UPDATE voices SET waiting_since = ?, reopened = json_insert(reopened, '$[#]', ?) WHERE voice = ?"
            db.execute(sql, (fact.day, fact.index, fact.reference))
        case QuestionCorrectionMade():
            db.execute("UPDATE voices SET corrected_idx = ? WHERE voice = ?", (fact.index, fact.reference))
    if isinstance(event, ANSWERS):
        _answer(db, fact)
    if fact.payload.kind in ("problem", "question"):
        # Nothing can follow in a record that was voided, so nobody waits for anything in it.
        sql = "UPDATE voices SET state = ?1, waiting_since = IIF(?1 = ?2, NULL, waiting_since) WHERE voice = ?3"
        db.execute(sql, (fact.record.state, VOIDED, fact.reference))


def forget(db: sqlite3.Connection, record: str) -> None:
    """Takes out what a record's entries had put in, to be folded again as they stand now."""
    db.execute("DELETE FROM voices WHERE voice = ?", (record,))


def _open(db: sqlite3.Connection, fact: Fact, category: str, about: str | None, page: str | None) -> None:
    kind, day = fact.payload.kind, fact.day
    row = (fact.reference, fact.index, kind, category, about, page, day, fact.record.state, day)
    db.execute("INSERT INTO voices VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, '[]', NULL)", row)


def _answer(db: sqlite3.Connection, fact: Fact) -> None:
    """The first answer is the one that counts in days; a later one ends a later wait."""
    sql = (
        "UPDATE voices SET waiting_since = NULL, answered_idx = IFNULL(answered_idx, ?), answered_on ="
        " IFNULL(answered_on, ?) WHERE voice = ?"
    )
    db.execute(sql, (fact.index, fact.day, fact.reference))


def voices(db: sqlite3.Connection) -> tuple[Voice, ...]:
    """All of them: who waits longest first, then the others, newest first."""
    return tuple(_voices(db, ORDER, ()))


def waiting(db: sqlite3.Connection, *, size: int) -> tuple[Voice, ...]:
    """Who waits for an answer, the longest first."""
    rest = "WHERE waiting_since IS NOT NULL ORDER BY waiting_since, raised_on DESC, idx DESC LIMIT ?"
    return tuple(_voices(db, rest, (size,)))


def settled(db: sqlite3.Connection, *, start: int, size: int) -> tuple[Voice, ...]:
    """Those who do not wait, newest first."""
    rest = "WHERE waiting_since IS NULL ORDER BY raised_on DESC, idx DESC LIMIT ? OFFSET ?"
    return tuple(_voices(db, rest, (size, start)))


def voices_about(db: sqlite3.Connection, reference: str) -> tuple[Voice, ...]:
    """Those about one record, in the same order."""
    return tuple(_voices(db, f"WHERE about = ? {ORDER}", (reference,)))


def totals(db: sqlite3.Connection) -> VoiceTotals:
    """Counts, each with its entries; a problem that was voided is in none of them."""
    names = ("problems", "questions", "waiting", "answered", "reopened", "corrected")
    # The median is counted from both ends of each wait.
    days = Figure(median(db, "voice.days") or 0, figure(db, "voice.ends").entries)
    return VoiceTotals(**{name: numbered(db, f"voice.{name}") for name in names}, median_days=days)


def voice_page(db: sqlite3.Connection, reference: str) -> VoicePage:
    """One problem or question. Raises NotFoundError."""
    chain, names = existing_chain(db, reference), Names(db)
    received, routed = chain.record.last(QuestionReceived), chain.record.last(ProblemRouted)
    made = chain.last(QuestionCorrectionMade)
    return VoicePage(
        voice=_voice_of(db, reference),
        channel=received.channel if received else None,
        code=received.code if received else None,
        passed_to=tuple(map(names, routed.to)) if routed else (),
        outcomes=tuple(_outcomes(chain)),
        corrected=made and _corrected(db, made[2], names),
        texts=tuple(row[0] for row in db.execute(TEXTS, (reference,))),
        sealed=bool(db.execute(SEALED, (reference,)).fetchone()),
        chain=chain_rows(db, reference),
    )


SEALED = "SELECT 1 FROM entries WHERE record = ? AND json_array_length(payload, '$.sealed') LIMIT 1"
TEXTS = (
    "SELECT value FROM entries, json_each(payload, '$.withdrawable') WHERE record = ? AND standing = ''"
    " ORDER BY idx, value"
)


def _voice_of(db: sqlite3.Connection, reference: str) -> Voice:
    found = next(_voices(db, "WHERE voice = ?", (reference,)), None)
    if found is None:
        raise NotFoundError(f"账本里没有{reference[:60]}。", f"The ledger has no {reference[:60]}.")
    return found


def _voices(db: sqlite3.Connection, rest: str, values: tuple[object, ...]) -> Iterator[Voice]:
    names = Names(db)
    for row in db.execute(f"SELECT * FROM voices {rest}", values):  # noqa: S608  (constant clauses)
        raised_on = date.fromisoformat(row["raised_on"])
        answered_on = row["answered_on"] and date.fromisoformat(row["answered_on"])
        yield Voice(
            voice=names(row["voice"]),
            kind=row["kind"],
            category=row["category"],
            about=names.maybe(row["about"]),
            page=row["page"],
            raised_on=raised_on,
            state=row["state"],
            index=row["idx"],
            waiting_since=row["waiting_since"] and date.fromisoformat(row["waiting_since"]),
            answered_index=row["answered_idx"],
            days=(answered_on - raised_on).days if answered_on else None,
            reopened=tuple(json.loads(row["reopened"])),
        )


def _outcomes(chain: Chain) -> Iterator[tuple[Label, Label, int]]:
    """What each answer, solution or refusal said, as (what it is, its code in words, its entry), in order."""
    found = []
    for event_class, field in OUTCOMES:
        labels = dict(kind_of(event_class.model_fields[field]).choices)
        found += [
            (index, event_class.LABEL, labels[getattr(event, field)]) for index, _, event in chain.each(event_class)
        ]
    return ((label, outcome, index) for index, label, outcome in sorted(found, key=lambda each: each[0]))


def _corrected(db: sqlite3.Connection, event: QuestionCorrectionMade, names: Names) -> tuple[Named, int]:
    (index,) = db.execute("SELECT idx FROM entries WHERE event_id = ?", (event.event,)).fetchone()
    return names(event.target), index
