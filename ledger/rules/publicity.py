"""Rule 4, publicity first: an award is granted only after its public-notice period has run."""

from datetime import date

from ledger.domain.award import AwardGranted, AwardPublicised
from ledger.domain.correction import Corrected, target_of
from ledger.domain.record import Record
from ledger.errors import PublicityError
from ledger.rules.candidate import Candidate
from ledger.rules.state import State

KINDS = frozenset({"award"})


def check(state: State, candidate: Candidate) -> None:
    """Raises PublicityError."""
    record, event = candidate.record(state), candidate.event
    match event:
        case AwardPublicised():
            _check_notice(state, event, candidate.payload.occurred_on)
        case Corrected() if isinstance(new := event.corrected(record), AwardPublicised):
            _check_notice(state, new, target_of(record, event.event).occurred_on)
            _check_grant_after(record, new)
        case AwardGranted():
            notice = record.last(AwardPublicised)
            if notice is None or candidate.payload.occurred_on <= notice.end:
                raise PublicityError(
                    f"公示到{notice.end if notice else '——'}才结束，发放日期要在此之后。",
                    "The award can only be granted after its public notice has ended.",
                    "/payload/occurred_on",
                )


def _check_grant_after(record: Record, notice: AwardPublicised) -> None:
    granted = record.past(AwardGranted)
    if granted is not None and granted.occurred_on <= notice.end:
        raise PublicityError(
            f"奖学金在{granted.occurred_on}发放，公示要在此之前结束。",
            f"The award was granted on {granted.occurred_on}; the notice must have ended before.",
            "/payload/data/changes/to",
        )


def _check_notice(state: State, event: AwardPublicised, put_up_on: date) -> None:
    policy = state.policy_in_force
    if event.start < put_up_on:
        raise PublicityError(
            "公示不能从公布之前开始。", "The notice cannot begin before it is put up.", "/payload/data/from"
        )
    if event.end > policy.calendar.through:
        raise PublicityError(
            f"工作日历只到{policy.calendar.through}，不能算到{event.end}。",
            f"The working-day calendar ends at {policy.calendar.through}, before {event.end}.",
            "/payload/data/to",
        )
    days = policy.calendar.working_days(event.start, event.end)
    if days < policy.notice_days:
        raise PublicityError(
            f"公示只有{days}个工作日，要至少{policy.notice_days}个。请把结束日期往后推。",
            f"The notice has {days} working days; it needs at least {policy.notice_days}. Move its end.",
            "/payload/data/to",
        )
