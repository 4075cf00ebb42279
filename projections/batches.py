"""Batches of people as ``ledger.domain.batch`` finds them in each record, with the entries each is counted from."""

import json
import sqlite3
from datetime import date

from ledger.domain.batch import Batch as Stated
from ledger.domain.batch import batches_of, people_of
from ledger.domain.record import Past
from projections.counted import figure, put_row
from projections.facts import Fact
from projections.names import Names
from projections.records import Chain
from projections.rows import Batch

SCHEMA = """
CREATE TABLE batches (
    idx INTEGER PRIMARY KEY, record TEXT NOT NULL, project TEXT, people_group TEXT NOT NULL, count INTEGER NOT NULL,
    place TEXT NOT NULL, starts_on TEXT NOT NULL, ends_on TEXT NOT NULL, counts INTEGER NOT NULL, entries TEXT NOT NULL
);
CREATE INDEX batches_by_record ON batches (record);
CREATE INDEX batches_by_place ON batches (place);
CREATE INDEX batches_by_project ON batches (project);
"""
SELECT = "SELECT batches.*, IFNULL(plan, '') AS plan FROM batches LEFT JOIN projects USING (project)"


def fold(db: sqlite3.Connection, fact: Fact) -> None:
    """Notes the batch that an entry states; where one counts in some states only, all of the record once more."""
    event, own = fact.event, fact.record.history[-1].event_id
    if fact.record.version == 1 and people_of(event) is None:
        return
    stated = batches_of(fact.record)
    if people_of(event) is not None and event.COUNTS_IN is None and not event.RESTATES:
        stated = tuple(batch for batch in stated if batch.event_id == own)
    elif people_of(event) is not None or (stated and event.BECOMES is not None):
        db.execute("DELETE FROM batches WHERE record = ?", (fact.reference,))
    else:
        return
    places = {past.event_id: place for place, past in enumerate(fact.record.history)}
    for batch in stated:
        _put(db, fact.chain, batch, places[batch.event_id])


def forget(db: sqlite3.Connection, record: str) -> None:
    """Takes out what a record's entries had put in, to be folded again as they stand now."""
    db.execute("DELETE FROM batches WHERE record = ?", (record,))


def credit(db: sqlite3.Connection, corrected: int, correction: int) -> None:
    """A batch that was corrected is counted from its correction too."""
    sql = (
        "UPDATE batches SET entries = json_insert(entries, '$[#]', ?1)"
        " WHERE record = (SELECT record FROM entries WHERE idx = ?2)"
        " AND EXISTS (SELECT 1 FROM json_each(entries) WHERE value = ?2)"
    )
    db.execute(sql, (correction, corrected))


def _put(db: sqlite3.Connection, chain: Chain, batch: Stated, place: int) -> None:
    past, index = chain.record.history[place], chain.indices[place]
    if past.event.COUNTS_IN == ():
        return  # people who are named as a batch, but whom this did not help
    people, period = batch.people, batch.people.period
    row = (
        index, chain.record.reference, batch.project, people.group, people.count, people.place,
        period.start.isoformat(), period.end.isoformat(), batch.counts, json.dumps(_entries(chain, past, place)),
    )  # fmt: skip
    put_row(db, "batches", row)


def _entries(chain: Chain, past: Past, place: int) -> list[int]:
    """The entry itself, its corrections, and what made it count or not: an acceptance, a revocation."""
    after = list(zip(chain.record.history, chain.indices, strict=True))[place + 1 :]
    numbers = {each.event_id: index for each, index in after}
    found = [chain.indices[place], *(numbers[each] for each in past.corrections if each in numbers)]
    if past.event.COUNTS_IN is not None:
        for each, index in after:
            if not each.standing and each.event.BECOMES not in (None, past.event.BECOMES):
                found += [index, *(numbers[other] for other in each.corrections if other in numbers)]
    return found


def every(db: sqlite3.Connection, *, start: int = 0, size: int = -1) -> tuple[Batch, ...]:
    """Batches, those that do not count included, in the order of the log: ``size`` of them after ``start``."""
    return _select(db, "", (), size=size, start=start)


def batch_count(db: sqlite3.Connection) -> int:
    """How many ``every`` has."""
    return figure(db, "batches.all").value


def at(db: sqlite3.Connection, place: str, *, size: int) -> tuple[Batch, ...]:
    """The newest ``size`` batches at a place or below it, newest first."""
    sql = "SELECT idx FROM counted WHERE figure = 'place.batches_within' AND subject = ? ORDER BY idx DESC LIMIT ?"
    return _select(db, f"WHERE batches.idx IN ({sql})", (place, size))[::-1]


def of_record(db: sqlite3.Connection, record: str) -> tuple[Batch, ...]:
    """The batches of one record."""
    return _select(db, "WHERE record = ?", (record,))


def _select(
    db: sqlite3.Connection, where: str, values: tuple[object, ...], *, start: int = 0, size: int = -1
) -> tuple[Batch, ...]:
    names = Names(db)
    sql = f"{SELECT} {where} ORDER BY batches.idx LIMIT ? OFFSET ?"
    return tuple(
        Batch(
            index=row["idx"],
            record=names(row["record"]),
            project=names.maybe(row["project"]),
            plan=row["plan"],
            group=row["people_group"],
            count=row["count"],
            place=names(row["place"]),
            starts_on=date.fromisoformat(row["starts_on"]),
            ends_on=date.fromisoformat(row["ends_on"]),
            counts=bool(row["counts"]),
            entries=tuple(sorted(set(json.loads(row["entries"])))),
        )
        for row in db.execute(sql, (*values, size, start))
    )
