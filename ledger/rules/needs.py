"""Needs and what answers them: one project at a time, met only by its accepted work, few schools first.

A refusal names the earlier entry by its record and place in it: a rule does not know where in the log that stands.
"""

from collections.abc import Iterator
from datetime import date

from ledger.domain.award import AwardGranted
from ledger.domain.batch import project_of
from ledger.domain.catalogue import state_label
from ledger.domain.companionship import CompanionshipPaired, CompanionshipReported, CompanionshipVisited
from ledger.domain.correction import Corrected, Voided, target_of
from ledger.domain.event import Event
from ledger.domain.need import MEETS, NeedMatched, NeedMet, NeedPrioritised, NeedReported, match_of
from ledger.domain.place import PlaceRegistered
from ledger.domain.programme import ProgrammeObligationSet
from ledger.domain.project import ProjectCompleted, ProjectOpening, deliverers_of
from ledger.domain.record import VOIDED, Record
from ledger.domain.renovation import RenovationAccepted
from ledger.domain.service import ServiceDelivered
from ledger.domain.training import TrainingCoached, TrainingHeld, TrainingPlaced
from ledger.domain.values import Label
from ledger.errors import AcceptanceError, InvalidFieldError, RuleError, UnknownRecordError
from ledger.rules.candidate import Candidate
from ledger.rules.state import State

KINDS = frozenset({"need", *MEETS})
DEAD = ("declined", "cancelled", VOIDED)
GONE = ("withdrawn", VOIDED)
UNDONE = ("revoked", VOIDED)
ANSWERS: dict[str, tuple[type[Event], ...]] = {
    "renovation": (RenovationAccepted,),
    "award": (AwardGranted,),
    "companionship": (CompanionshipReported, CompanionshipPaired, CompanionshipVisited),
    "training": (TrainingHeld, TrainingCoached, TrainingPlaced),
    "service": (ServiceDelivered,),
    "project": (ProjectCompleted,),
}
"""What must have happened in a record of each kind before it meets a need."""
OBLIGATION = "priority_school"
"""The code of the programme's obligation that says how many schools may come first."""


def check(state: State, candidate: Candidate) -> None:
    """Raises RuleError, AcceptanceError, InvalidFieldError or UnknownRecordError."""
    record, event = candidate.record(state), candidate.event
    match event:
        case NeedMatched():
            _check_unmatched(state, record)
            _check_may_take_up(state, event.project, on=candidate.payload.occurred_on)
        case NeedPrioritised():
            _check_priority(state, candidate.after(state))
        case NeedMet():
            _check_met(state, candidate, candidate.after(state))
        case Corrected() if record.kind == "need":
            _check_corrected(state, candidate, event)
        case Corrected() if "needs" in event.changes and isinstance(new := event.corrected(record), ProjectOpening):
            _check_named(state, new)
        case ProjectOpening():
            _check_named(state, event)
        case Voided() if record.kind in MEETS:
            _check_meets_nothing(state, record)


def apply(state: State, candidate: Candidate) -> None:
    """Remembers the need under what it names."""
    match candidate.subject(state):
        case NeedPrioritised(programme=named) | NeedMet(by=named):
            state.needs[named] = (*(state.needs.get(named) or ()), candidate.payload.record)


def _check_unmatched(state: State, record: Record) -> None:
    matched = match_of(record)
    if matched is None:
        return
    project, at = _called(state, matched.project), _entry_of(record, matched)
    raise RuleError(
        f"一项需求同时只能由一个项目承接：它已由{project}承接（{at.zh}）。要换项目，请先记“对接未成”。",
        f"A need is taken up by one project at a time, and {project} took this one up ({at.en})."
        " To change it, record need.match_declined first.",
        "/payload/data/project",
    )


def _check_may_take_up(state: State, reference: str, *, on: date) -> None:
    project, called = _existing(state, reference, "/payload/data/project"), _called(state, reference)
    if project.state in DEAD:
        label, at = state_label("project", project.state), _last_entry(project)
        raise RuleError(
            f"需求不能对接未批准、已取消或已作废的项目：{called}{label.zh}（{at.zh}）。请对接别的项目，或让需求继续等待。",
            f"A need cannot be matched with a declined, cancelled or void project: {called} is {label.en} ({at.en})."
            " Match it with another, or let it wait.",
            "/payload/data/project",
        )
    completed = project.past(ProjectCompleted)
    if completed is not None and completed.occurred_on < on:
        raise RuleError(
            f"项目完成以后不能再承接需求：{called}在{completed.occurred_on}完成。请对接还在进行的项目。",
            f"A completed project takes up no more needs: {called} was completed on {completed.occurred_on}."
            " Match the need with one that is under way.",
            "/payload/data/project",
        )


def _check_met(state: State, candidate: Candidate, after: Record) -> None:
    """``after`` is the need with the event or correction in it."""
    met, past, matched = after.last(NeedMet), after.past(NeedMet), match_of(after)
    if met is None or past is None or matched is None:
        raise RuleError("没有项目承接的需求，不能记为已满足。", "Nothing took this need up.", "/payload/data/by")
    met_by = _existing(state, met.by, "/payload/data/by")
    belongs = met_by.reference if met_by.kind == "project" else project_of(met_by) or ""
    if belongs != matched.project:
        project, at = _called(state, matched.project), _entry_of(after, matched)
        raise RuleError(
            f"需求只能由承接它的项目来满足：它由{project}承接（{at.zh}），所填的记录属于{_called(state, belongs)}。"
            "请填承接项目自己的工程、奖学金或服务。",
            f"A need is met only by a record of the project that took it up, {project} ({at.en}); the record named"
            f" belongs to {_called(state, belongs)}. Name one of the first.",
            "/payload/data/by",
        )
    _check_stands(met_by, on=past.occurred_on)
    delivering = set(deliverers_of(_existing(state, matched.project, "/payload/data/by")))
    if not candidate.organisations or delivering & set(candidate.organisations):
        raise AcceptanceError(
            "需求是否满足，要由没有承接这个项目的机构签署。请由学校、验收机构或统筹机构签署。",
            "That a need is met is signed by the key of an organisation that does not carry the project out.",
            "/envelope/signatures",
        )


def _check_stands(met_by: Record, *, on: date) -> None:
    answers = ANSWERS[met_by.kind]
    done = [past for past in met_by.history if isinstance(past.event, answers) and not past.standing]
    if not done or met_by.state in UNDONE:
        now, at = state_label(met_by.kind, met_by.state), _last_entry(met_by)
        zh, en = "”或“".join(cls.LABEL.zh for cls in answers), " or ".join(cls.TYPE for cls in answers)
        raise RuleError(
            f"所填的记录现在是“{now.zh}”（{at.zh}），要先有“{zh}”才算满足需求；工程要由另一家机构验收。",
            f"The record named is “{now.en}” ({at.en}) and meets a need only after {en}; works must be accepted by"
            " another organisation.",
            "/payload/data/by",
        )
    if on < done[0].occurred_on:
        label = done[0].event.LABEL
        raise RuleError(
            f"所填的记录在{done[0].occurred_on}才“{label.zh}”，满足的日期不能早于这一天。",
            f"In the record named, “{label.en}” was on {done[0].occurred_on}; the need cannot be met before that day.",
            "/payload/occurred_on",
        )


def _check_priority(state: State, after: Record) -> None:
    """``after`` is the need with the event or correction in it."""
    first, school = after.last(NeedPrioritised), after.first(NeedReported).place
    if first is None or _existing(state, school, "/payload/data/place").first(PlaceRegistered).level != "school":
        raise RuleError("只有学校的需求可以列为优先。", "Only a school's needs can be put first.", "/payload/type")
    programme = _existing(state, first.programme, "/payload/data/programme")
    obligation = next((item for item in programme.all(ProgrammeObligationSet) if item.code == OBLIGATION), None)
    if obligation is None:
        raise RuleError(
            "方案还没有规定优先帮扶几所学校。请先记方案的这项要求（代码priority_school）。",
            "The programme does not say how many schools come first; set its obligation priority_school.",
            "/payload/data/programme",
        )
    others = dict(_put_first(state, first.programme, beside=after))
    if obligation.most is None or school in others or len(others) < obligation.most:
        return
    listed = [f"{_called(state, other)}（{need}）" for other, need in others.items()]
    raise RuleError(
        f"方案规定优先帮扶的学校不多于{obligation.most}所（priority_school），已经列为优先的有{'、'.join(listed)}。"
        "请先撤回其中一所的需求，或让这一项按一般次序安排。",
        f"The programme's obligation priority_school lets at most {obligation.most} schools come first; there are"
        f" {', '.join(others.values())}. Withdraw one of those needs, or let this one take its turn.",
        "/payload/data/programme",
    )


def _put_first(state: State, programme: str, *, beside: Record) -> Iterator[tuple[str, str]]:
    """The schools of other needs that come first, each with such a need."""
    for reference in state.needs.get(programme) or ():
        need = state.record(reference)
        if need is None or need.id == beside.id or need.state in GONE:
            continue
        first = need.last(NeedPrioritised)
        if first is not None and first.programme == programme:
            yield need.first(NeedReported).place, reference


def _check_corrected(state: State, candidate: Candidate, event: Corrected) -> None:
    """What depends on the corrected values must still hold with the new ones."""
    record = candidate.record(state)
    after, subject = event.applied_to(record, ""), event.corrected(record)
    if isinstance(subject, NeedMatched):
        _check_may_take_up(state, subject.project, on=target_of(record, event.event).occurred_on)
    if isinstance(subject, NeedMatched | NeedMet) and after.last(NeedMet) is not None:
        _check_met(state, candidate, after)
    if isinstance(subject, NeedReported) and after.last(NeedPrioritised) is not None:
        _check_priority(state, after)


def _check_named(state: State, event: ProjectOpening) -> None:
    """A project may be begun for needs that are still there, each named once."""
    needs = event.needs or []
    if len(set(needs)) != len(needs):
        raise InvalidFieldError("同一项需求写了两次。", "A need is named twice.", "/payload/data/needs")
    for place, reference in enumerate(needs):
        need = _existing(state, reference, f"/payload/data/needs/{place}")
        if need.state in GONE:
            at = _last_entry(need)
            raise RuleError(
                f"这项需求已经撤回或作废（{at.zh}），不能再为它立项。请把它从“回应的需求”里去掉。",
                f"This need was withdrawn or voided ({at.en}); leave it out of the needs the project answers.",
                f"/payload/data/needs/{place}",
            )


def _check_meets_nothing(state: State, record: Record) -> None:
    """What a need was met by is not voided from under it."""
    for reference in state.needs.get(record.reference) or ():
        need = state.record(reference)
        met = need.last(NeedMet) if need is not None else None
        if need is not None and met is not None and met.by == record.reference:
            at = _entry_of(need, met)
            raise RuleError(
                f"有一项需求写明由这项记录满足（{at.zh}）。请先把它更正为别的记录，或作废那项需求。",
                f"A need says that this record met it ({at.en}). Correct that, or void that need, first.",
                "/payload/data/event",
            )


def _existing(state: State, reference: str, field: str) -> Record:
    record = state.record(reference)
    if record is None:
        raise UnknownRecordError(reference, field)
    return record


def _called(state: State, reference: str) -> str:
    """``“照明”（project/0188…）``."""
    record = state.record(reference)
    opening = record.history[0].event if record is not None else None
    name = getattr(opening, "title", None) or getattr(opening, "name", None)
    return f"“{name}”（{reference}）" if name else reference or "——"


def _last_entry(record: Record) -> Label:
    return Label(f"{record.reference}的第{record.version}次记录", f"entry {record.version} of {record.reference}")


def _entry_of(record: Record, event: object) -> Label:
    """Where in its record an event stands, counted from 1."""
    number = next(place for place, past in enumerate(record.history, start=1) if past.event is event)
    return Label(f"{record.reference}的第{number}次记录", f"entry {number} of {record.reference}")
