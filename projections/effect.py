"""Effect: indicators with baseline, target and actual, the missed ones first."""

import sqlite3

from ledger.domain.indicator import (
    IndicatorBaselineSet,
    IndicatorDefined,
    IndicatorMeasured,
    IndicatorTargetSet,
    outcome_of,
)
from projections.counted import numbered, put_row
from projections.facts import Fact
from projections.names import Names
from projections.records import Chain, existing_chain
from projections.rows import EffectTotals, Indicator, Measure

ORDER = "CASE outcome WHEN 'missed' THEN 0 WHEN 'defined' THEN 1 ELSE 2 END, idx"
SCHEMA = f"""
CREATE TABLE indicators (
    indicator TEXT PRIMARY KEY, idx INTEGER NOT NULL, about TEXT NOT NULL, plan TEXT, outcome TEXT NOT NULL,
    last_idx INTEGER NOT NULL
);
CREATE INDEX indicators_by_about ON indicators (about);
CREATE INDEX indicators_in_order ON indicators ({ORDER});
"""
CREDIT = (
    "UPDATE indicators SET last_idx = ?1 WHERE last_idx = ?2"
    " AND indicator = (SELECT record FROM entries WHERE idx = ?2)"
)


def fold(db: sqlite3.Connection, fact: Fact) -> None:
    """Brings an indicator's outcome up to date."""
    if fact.payload.kind != "indicator":
        return
    defined = fact.record.first(IndicatorDefined)
    row = (fact.reference, fact.chain.indices[0], defined.about, defined.plan, outcome_of(fact.record), fact.index)
    put_row(db, "indicators", row)


def forget(db: sqlite3.Connection, record: str) -> None:
    """Takes out what a record's entries had put in, to be folded again as they stand now."""
    db.execute("DELETE FROM indicators WHERE indicator = ?", (record,))


def credit(db: sqlite3.Connection, corrected: int, correction: int) -> None:
    """An outcome that was corrected rests on its correction."""
    db.execute(CREDIT, (correction, corrected))


def indicators(
    db: sqlite3.Connection, *, about: str | None = None, start: int = 0, size: int = -1
) -> tuple[Indicator, ...]:
    """All indicators, or those about one project or programme: missed first, then not yet measured, then met.

    ``start`` leaves out so many, ``size`` gives at most so many.
    """
    where, values = ("", ()) if about is None else ("WHERE about = ?", (about,))
    sql = f"SELECT indicator FROM indicators {where} ORDER BY {ORDER} LIMIT ? OFFSET ?"  # noqa: S608
    found = db.execute(sql, (*values, size, start)).fetchall()
    return tuple(indicator(db, row[0]) for row in found)


def indicator(db: sqlite3.Connection, reference: str) -> Indicator:
    """One indicator. Raises NotFoundError."""
    chain, names = existing_chain(db, reference), Names(db)
    index, _, defined = chain.first(IndicatorDefined)
    actual = chain.last(IndicatorMeasured)
    return Indicator(
        indicator=names(reference),
        about=names(defined.about),
        plan=defined.plan or _plan_of(db, defined.about),
        unit=defined.unit,
        better=defined.better,
        method=defined.method,
        outcome=outcome_of(chain.record),
        baseline=_baseline(chain),
        target=_target(chain),
        actual=None if actual is None else Measure(actual[2].value, actual[1], actual[0]),
        measured_by=None if actual is None else names(actual[2].measured_by),
        why_missed=None if actual is None else actual[2].why_missed,
        measurements=tuple(Measure(event.value, day, at) for at, day, event in chain.each(IndicatorMeasured)),
        index=index,
        outcomes=tuple(defined.outcomes or ()),
    )


def totals(db: sqlite3.Connection) -> EffectTotals:
    """How many indicators there are, met, missed and not yet measured; each by its last entry."""
    every, met, missed, unmeasured = (numbered(db, f"effect.{name}") for name in ("all", "met", "missed", "defined"))
    return EffectTotals(every, met, missed, unmeasured)


def _plan_of(db: sqlite3.Connection, about: str) -> str | None:
    row = db.execute("SELECT plan FROM projects WHERE project = ?", (about,)).fetchone()
    return None if row is None else str(row[0])


def _baseline(chain: Chain) -> Measure | None:
    found = chain.last(IndicatorBaselineSet)
    return None if found is None else Measure(found[2].value, found[2].as_of, found[0])


def _target(chain: Chain) -> Measure | None:
    found = chain.last(IndicatorTargetSet)
    return None if found is None else Measure(found[2].value, found[2].due_on, found[0])
