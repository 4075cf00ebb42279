"""Rule 4, publicity first: an award is granted only after its public-notice period has run."""

from ledger.domain.award import AwardGranted, AwardPublicised
from ledger.errors import PublicityError
from ledger.rules.candidate import Candidate
from ledger.rules.state import State


def check(state: State, candidate: Candidate) -> None:
    """Raises PublicityError."""
    match candidate.event:
        case AwardPublicised() as event:
            _check_notice(state, candidate, event)
        case AwardGranted():
            notice = candidate.record(state).last(AwardPublicised)
            if notice is None or candidate.payload.occurred_on <= notice.end:
                raise PublicityError(
                    f"公示到{notice.end if notice else '——'}才结束，发放日期要在此之后。",
                    "The award can only be granted after its public notice has ended.",
                    "/payload/occurred_on",
                )


def apply(state: State, candidate: Candidate) -> None:
    """Nothing: the notice is read from the award's own record."""


def _check_notice(state: State, candidate: Candidate, event: AwardPublicised) -> None:
    policy = state.policy_in_force
    if event.start < candidate.payload.occurred_on:
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
