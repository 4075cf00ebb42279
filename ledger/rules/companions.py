"""Of the companions plan: one volunteer team stands at a time, and the pairs that are left are none or at least k."""

from ledger.domain.companionship import CompanionshipEnded, CompanionshipPaired, pairs_of
from ledger.domain.record import Record
from ledger.domain.team import TeamFormed
from ledger.errors import RuleError
from ledger.rules.candidate import Candidate
from ledger.rules.state import State

KINDS = frozenset({"team", "companionship"})


def check(state: State, candidate: Candidate) -> None:
    """Raises RuleError."""
    event = candidate.event
    if isinstance(event, TeamFormed) and event.team_kind == "volunteer":
        _check_alone(state, event)
    subject = candidate.subject(state)
    if isinstance(subject, CompanionshipPaired | CompanionshipEnded):
        _check_pairs_left(state, candidate.after(state), subject.people.group)


def apply(state: State, candidate: Candidate) -> None:
    """Remembers the programme's volunteer team."""
    event = candidate.event
    if isinstance(event, TeamFormed) and event.team_kind == "volunteer":
        state.volunteer_teams[event.programme] = candidate.payload.record


def _check_alone(state: State, event: TeamFormed) -> None:
    reference = state.volunteer_teams.get(event.programme)
    before = None if reference is None else state.record(reference)
    if before is None or before.state != "formed":
        return
    formed = before.history[0]
    raise RuleError(
        f"方案只设一支志愿服务队。{formed.occurred_on}组建的那一支（{formed.event_id[:8]}…）还没有解散；"
        "请在那一支里记变动，或先解散它。",
        f"The programme has one volunteer team. The one formed on {formed.occurred_on} ({formed.event_id[:8]}…) still"
        " stands: record changes in it, or disband it first.",
        "/payload/data/team_kind",
    )


def _check_pairs_left(state: State, after: Record, group: str) -> None:
    # What is left is published total less published part: it may not point at a few either.
    left, threshold = pairs_of(after, group), state.policy_in_force.threshold(group)
    if left < 0:
        raise RuleError(
            f"这样结束的结对比结过的多{-left}对。请更正人数，或把整项记录作废。",
            f"This would end {-left} pairs more than were made. Correct the number, or void the whole record.",
            "/payload/data/event",
        )
    if 0 < left < threshold:
        raise RuleError(
            f"这样只剩{left}对结对，少于{threshold}，不能公布。请与下一批一起记，或全部结束。",
            f"This would leave only {left} pairs, fewer than {threshold}, which cannot be published."
            " Record it with the next batch, or end them all.",
            "/payload/data/people/count",
        )
