"""Awards and works as their pages show them, with what was paid for them and the batch of people."""

import sqlite3
from datetime import date

from ledger.domain.award import AwardGranted, AwardPublicised, AwardRoundOpened, AwardStandardPublished
from ledger.domain.renovation import (
    RenovationApproved,
    RenovationCompleted,
    RenovationDefectFixed,
    RenovationDefectFound,
    RenovationFollowedUp,
    RenovationSurveyed,
)
from ledger.domain.sentences import Speaker, format_value
from ledger.domain.values import Item, Kind, Label, kind_of
from projections import batches
from projections.figures import total
from projections.names import Names
from projections.records import Chain, existing_chain
from projections.rows import Award, Figure, Renovation


def renovation_of(db: sqlite3.Connection, reference: str) -> Renovation:
    """A batch of works. Raises NotFoundError."""
    chain, names = existing_chain(db, reference), Names(db)
    opened, approved = _opening(chain), chain.last(RenovationApproved)
    completed = chain.last(RenovationCompleted)
    row = db.execute("SELECT accepted_idx, accepted_by FROM works WHERE renovation = ?", (reference,)).fetchone()
    return Renovation(
        renovation=names(reference),
        project=names(opened.project),
        category=approved[2].category if approved else None,
        organisation=names(opened.organisation),
        places=tuple(map(names, opened.places)),
        scope=tuple(approved[2].scope) if approved else (),
        units=opened.units,
        budget_fen=approved[2].budget_fen if approved else None,
        state=chain.record.state,
        index=chain.indices[0],
        units_done=completed and completed[2].units,
        items=items_text(completed[2].items, names) if completed else Label("", ""),
        cost_fen=completed and completed[2].cost_fen,
        completed_index=completed and completed[0],
        accepted_index=row and row["accepted_idx"],
        accepted_by=names.maybe(row and row["accepted_by"]),
        defects=tuple((event.defect, at) for at, _, event in chain.each(RenovationDefectFound)),
        fixes=tuple((event.remedy, at) for at, _, event in chain.each(RenovationDefectFixed)),
        follow_ups=tuple((event.finding, at) for at, _, event in chain.each(RenovationFollowedUp)),
        paid=paid_for(db, reference),
        batch=next(iter(batches.of_record(db, reference)), None),
    )


def _opening(chain: Chain) -> RenovationApproved | RenovationSurveyed:
    """What was approved; what was surveyed, if nothing was approved."""
    approved = chain.each(RenovationApproved, standing=False)
    return approved[-1][2] if approved else chain.first(RenovationSurveyed)[2]


def award_of(db: sqlite3.Connection, reference: str) -> Award:
    """A scholarship round. Raises NotFoundError."""
    chain, names = existing_chain(db, reference), Names(db)
    index, _, standard = chain.first(AwardStandardPublished)
    opened, granted = chain.record.last(AwardRoundOpened), chain.record.last(AwardGranted)
    notice_from, notice_to, channel = _notice(chain)
    return Award(
        award=names(reference),
        project=names(standard.project),
        criteria=tuple(standard.criteria),
        amount_each_fen=standard.amount_each_fen,
        share_percent=standard.share_percent,
        state=chain.record.state,
        index=index,
        term=opened.term if opened else None,
        schools=tuple(map(names, opened.schools)) if opened else (),
        notice_from=notice_from,
        notice_to=notice_to,
        channel=channel,
        total_fen=granted.total_fen if granted else None,
        paid=paid_for(db, reference),
        batch=next(iter(batches.of_record(db, reference)), None),
    )


def _notice(chain: Chain) -> tuple[date | None, date | None, Label | None]:
    notice = chain.record.last(AwardPublicised)
    if notice is None:
        return None, None, None
    channels = dict(kind_of(AwardPublicised.model_fields["channel"]).choices)
    return notice.start, notice.end, channels[notice.channel]


def paid_for(db: sqlite3.Connection, reference: str) -> Figure:
    """What was paid for an award or works, reversals taken back."""
    sql = "SELECT moves.idx, moves.fen FROM moves JOIN payments USING (payment) WHERE paid_for = ?"
    return total(db.execute(sql, (reference,)))


def items_text(items: list[Item], names: Names) -> Label:
    """A list of goods as the public reads it."""
    chinese, english = Speaker("zh", names.zh, ""), Speaker("en", names.en, "")
    return Label(format_value(items, Kind("text"), chinese), format_value(items, Kind("text"), english))
