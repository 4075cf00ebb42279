"""Rule 6, findings: a founded conclusion about an organisation suspends it until it is reinstated."""

from dataclasses import replace

from ledger.domain.correction import Voided
from ledger.domain.event import Event
from ledger.domain.misconduct import MisconductConcluded, MisconductForwarded, MisconductReported
from ledger.domain.organisation import (
    OrganisationRegistered,
    OrganisationReinstated,
    OrganisationScreened,
    OrganisationSuspended,
    OrganisationUndertook,
)
from ledger.domain.record import Record
from ledger.domain.values import Label
from ledger.errors import InvalidFieldError, RuleError, WrongStateError
from ledger.rules.candidate import Candidate
from ledger.rules.noted import entry_of, note, numbered
from ledger.rules.state import Finding, State

KINDS = frozenset({"misconduct", "organisation"})


def check(state: State, candidate: Candidate) -> None:
    """Raises RuleError, InvalidFieldError or WrongStateError."""
    event, record = candidate.event, candidate.record(state)
    match event:
        case MisconductReported():
            check_is_sealed(candidate)
        case MisconductConcluded(organisation=str() as subject) if subject in candidate.organisations:
            raise RuleError(
                f"规则6（行为规范）：{_opened(state, record).zh}的举报涉及签署机构自己，不能由它作结论。"
                "请由另一家有“监督”权限的机构签署。",
                f"Rule 6 (conduct): the report in {_opened(state, record).en} concerns the signing organisation itself."
                " Have another organisation with supervise sign the conclusion.",
                "/payload/data/organisation",
            )
        case OrganisationSuspended(ground="finding"):
            check_founded(state, record.reference, "/payload/data/ground")
        case OrganisationReinstated() if suspended_by(state, record.reference) is None:
            raise WrongStateError(event.LABEL.zh, event.LABEL.en, "没有暂停", "not suspended")
    _check_authority(state, candidate.subject(state))


def apply(state: State, candidate: Candidate) -> None:
    """Enters a finding, takes a voided one out, lifts all of them where the organisation is reinstated."""
    event, record = candidate.event, candidate.record(state)
    match event:
        case MisconductReported():
            note(state, candidate, event.TYPE, record.reference)
        case MisconductConcluded(organisation=str() as subject):
            finding = Finding(candidate.index, record.reference)
            state.findings[subject] = (*(state.findings.get(subject) or ()), finding)
        case OrganisationSuspended() | OrganisationUndertook() | OrganisationScreened():
            note(state, candidate, event.TYPE, record.reference)
        case OrganisationReinstated():
            found = state.findings.get(record.reference) or ()
            state.findings[record.reference] = tuple(replace(item, lifted=True) for item in found)
        case Voided() if record.kind == "misconduct":
            _take_out(state, record, event)


def suspended_by(state: State, organisation: str) -> Label | None:
    """The entry that keeps an organisation suspended now, if one does: a finding or its own suspension."""
    standing = [found for found in state.findings.get(organisation) or () if not found.lifted]
    if standing:
        return numbered(standing[-1].index)
    record = state.record(organisation)
    if record is None or record.state != "suspended":
        return None
    return entry_of(state, OrganisationSuspended.TYPE, organisation)


def check_is_sealed(candidate: Candidate) -> None:
    """What must not be public yet came sealed. Raises InvalidFieldError."""
    if not candidate.payload.sealed:
        raise InvalidFieldError(
            f"“{candidate.event.LABEL.zh}”的内容要封存提交，这里没有封存的内容。",
            f"What “{candidate.event.LABEL.en}” is about travels sealed; nothing sealed came with it.",
            "/payload/sealed",
        )


def check_founded(state: State, organisation: str, field: str) -> None:
    """A finding may be given as the ground of something only where there is one. Raises RuleError."""
    if not state.findings.get(organisation):
        raise RuleError(
            "规则6（行为规范）：账本里没有关于这家机构的查实结论，不能以此为由。请先记“处理结论”，或者换一个理由。",
            "Rule 6 (conduct): the ledger has no founded finding about this organisation."
            " Record misconduct.concluded first, or give another reason.",
            field,
        )


def _take_out(state: State, record: Record, event: Voided) -> None:
    concluded = record.last(MisconductConcluded)
    if concluded is None or concluded.organisation is None:
        return
    if event.applied_to(record, "").last(MisconductConcluded) is None:
        found = state.findings.get(concluded.organisation) or ()
        state.findings[concluded.organisation] = tuple(item for item in found if item.record != record.reference)


def _opened(state: State, record: Record) -> Label:
    return entry_of(state, MisconductReported.TYPE, record.reference)


def _check_authority(state: State, subject: Event) -> None:
    if not isinstance(subject, MisconductForwarded):
        return
    record = state.record(subject.authority)
    if record is not None and record.first(OrganisationRegistered).organisation_kind != "authority":
        raise InvalidFieldError(
            "举报要移送行政机关，这家机构不是。",
            "A report is forwarded to an authority; this organisation is none.",
            "/payload/data/authority",
        )
