"""Rule 7, counted once: every cost and effect belongs to one primary plan; other plans are tags and count nothing.

Costs follow the project: a payment is for a project, an award or works of it, and each of these has one project. So
what is left to judge is that a project has one plan, that works stand where the programme counts them, and that an
indicator counts where its project does, once.
"""

from ledger.domain.correction import Voided
from ledger.domain.indicator import IndicatorDefined
from ledger.domain.programme import ProgrammeOpened
from ledger.domain.project import ProjectOpening, opening_of
from ledger.domain.record import VOIDED, Record
from ledger.domain.renovation import CATEGORIES, RenovationApproved
from ledger.errors import DuplicateError, InvalidFieldError, RuleError
from ledger.rules.candidate import Candidate
from ledger.rules.noted import entry_of, note, numbered
from ledger.rules.state import State

KINDS = frozenset({"programme", "project", "renovation", "indicator"})
PROJECT, PROGRAMME = "project", "programme"


def check(state: State, candidate: Candidate) -> None:
    """Raises RuleError, DuplicateError or InvalidFieldError."""
    if isinstance(candidate.event, Voided):
        return
    subject = candidate.subject(state)
    match subject:
        case ProjectOpening():
            _check_plans(state, subject)
        case RenovationApproved():
            _check_works(state, subject)
        case IndicatorDefined():
            _check_plan_of_indicator(state, subject)
            _check_outcomes(state, subject)
            _check_measured_once(state, candidate, subject)


def apply(state: State, candidate: Candidate) -> None:
    """Remembers where projects, programmes and indicators begin."""
    match candidate.event:
        case ProjectOpening():
            note(state, candidate, PROJECT, candidate.payload.record)
        case ProgrammeOpened():
            note(state, candidate, PROGRAMME, candidate.payload.record)
    subject = candidate.subject(state)
    if isinstance(subject, IndicatorDefined) and not isinstance(candidate.event, Voided):
        note(state, candidate, IndicatorDefined.TYPE, _measured_as(subject))


def _opened(state: State, reference: str) -> ProgrammeOpened | None:
    """The programme as it stands now, if there is one: what does not exist is refused by the record's own rules."""
    record = state.record(reference)
    return record.first(ProgrammeOpened) if record and record.kind == "programme" else None


def _check_plans(state: State, event: ProjectOpening) -> None:
    programme = _opened(state, event.programme)
    if programme is None:
        return
    known, also = [plan.code for plan in programme.plans], event.also or []
    unknown = [code for code in (event.plan, *also) if code not in known]
    if unknown or event.plan in also or len(set(also)) != len(also):
        at = entry_of(state, PROGRAMME, event.programme)
        raise InvalidFieldError(
            f"规则7（只算一次）：{at.zh}的方案里有{'、'.join(known)}。主要计划选一个，花费和效果只算在它里面；"
            "相关计划从其余的选，不能重复。",
            f"Rule 7 (counted once): the programme in {at.en} has the plans {', '.join(known)}. Choose one as the"
            " primary plan, under which it counts; related ones among the others, none twice.",
            "/payload/data/plan",
        )


def _check_works(state: State, event: RenovationApproved) -> None:
    project = state.record(event.project)
    programme = _opened(state, opening_of(project).programme) if project else None
    if project is None or programme is None:
        return
    owners = [plan for plan in programme.plans if event.category in (plan.works or ())]
    plan = opening_of(project).plan
    if owners and plan not in [owner.code for owner in owners]:
        at, label = entry_of(state, PROJECT, event.project), CATEGORIES[event.category]
        raise RuleError(
            f"规则7（只算一次）：{label[0]}的花费和效果只算在“{owners[0].title}”里，{at.zh}的项目属于另一个计划。"
            f"请记在主要计划是“{owners[0].title}”的项目里，把另一个计划写为相关计划。",
            f"Rule 7 (counted once): {label[1]} count under {owners[0].title_en!r} alone, and the project in {at.en} is"
            " of another plan. Record them in a project of that plan, which may name the other one as related.",
            "/payload/data/project",
        )


def _check_plan_of_indicator(state: State, event: IndicatorDefined) -> None:
    about = state.record(event.about)
    if about is None or event.plan is None:
        return
    if about.kind == PROJECT and event.plan != (plan := opening_of(about).plan):
        at = entry_of(state, PROJECT, event.about)
        raise RuleError(
            f"规则7（只算一次）：{at.zh}的项目，效果只算在它的主要计划“{plan}”里。请填“{plan}”，或者不填计划。",
            f"Rule 7 (counted once): the effect of the project in {at.en} counts under its primary plan {plan!r} alone."
            " Give that plan, or none.",
            "/payload/data/plan",
        )
    if about.kind == PROGRAMME:
        _check_known(state, event, about, event.plan)


def _check_known(state: State, event: IndicatorDefined, about: Record, plan: str) -> None:
    known = [item.code for item in about.first(ProgrammeOpened).plans]
    if plan not in known:
        at = entry_of(state, PROGRAMME, event.about)
        raise InvalidFieldError(
            f"规则7（只算一次）：{at.zh}的方案里有{'、'.join(known)}，请从中选一个。",
            f"Rule 7 (counted once): the programme in {at.en} has the plans {', '.join(known)}; choose one of them.",
            "/payload/data/plan",
        )


def _check_outcomes(state: State, event: IndicatorDefined) -> None:
    about = state.record(event.about)
    if about is None or event.outcomes is None:
        return
    reference = opening_of(about).programme if about.kind == PROJECT else event.about
    programme = _opened(state, reference)
    count = len(programme.outcomes) if programme else 0
    if len(set(event.outcomes)) != len(event.outcomes) or any(number > count for number in event.outcomes):
        at = entry_of(state, PROGRAMME, reference)
        raise InvalidFieldError(
            f"{at.zh}的方案列了{count}项预期成效，请填1至{count}，不能重复。",
            f"The programme in {at.en} lists {count} outcomes; give numbers from 1 to {count}, none twice.",
            "/payload/data/outcomes",
        )


def _check_measured_once(state: State, candidate: Candidate, event: IndicatorDefined) -> None:
    other = state.noted.get((IndicatorDefined.TYPE, _measured_as(event)))
    if other is None or other.record == candidate.payload.record:
        return
    record = state.record(other.record)
    if record is not None and record.state != VOIDED:
        at = numbered(other.index)
        raise DuplicateError(
            f"规则7（只算一次）：{at.zh}已经为同一项目或方案设定了“{event.title}”。请在那项指标里继续测量。",
            f"Rule 7 (counted once): {at.en} already defines {event.title!r} for the same project or programme."
            " Go on measuring that indicator.",
            "/payload/data/title",
        )


def _measured_as(event: IndicatorDefined) -> str:
    return f"{event.about} {event.title}"
