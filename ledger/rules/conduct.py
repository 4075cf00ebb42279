"""Rules 5 and 6: standing of those who sign, acting for one's own organisation, another's acceptance."""

from ledger.domain.award import AwardStandardPublished
from ledger.domain.donation import DonationConfirmed, DonationReceived
from ledger.domain.event import Event
from ledger.domain.organisation import (
    OrganisationReported,
    OrganisationRulesAdopted,
    OrganisationScreened,
    OrganisationUndertook,
)
from ledger.domain.project import (
    ProjectClaimed,
    ProjectClaimJoined,
    ProjectClaimWithdrawn,
    ProjectCompleted,
    ProjectOffered,
    ProjectProgressed,
    ProjectProposed,
    ProjectSettled,
    ProjectStarted,
    deliverers_of,
)
from ledger.domain.record import Record
from ledger.domain.renovation import (
    RenovationAccepted,
    RenovationApproved,
    RenovationDefectFound,
    RenovationSurveyed,
)
from ledger.errors import AcceptanceError, MissingCapabilityError, NotInGoodStandingError, RuleError
from ledger.rules.candidate import Candidate
from ledger.rules.state import State


def check(state: State, candidate: Candidate) -> None:
    """Raises NotInGoodStandingError, MissingCapabilityError, AcceptanceError or RuleError."""
    subject = candidate.subject(state)
    if subject.STANDING:
        for organisation in candidate.organisations:
            check_standing(state, organisation)
    _check_own(state, candidate, subject)
    if isinstance(subject, OrganisationUndertook):
        _check_undertaking(state, candidate, subject)
    if isinstance(subject, DonationConfirmed):
        _check_other_key(candidate, candidate.record(state))
    if isinstance(subject, RenovationAccepted | RenovationDefectFound):
        _check_acceptance(state, candidate)


def apply(state: State, candidate: Candidate) -> None:
    """Nothing: standing is read from the organisation's own record."""


def check_standing(state: State, organisation: str) -> None:
    """Registered, undertook the rules in force, last screening clear, not suspended; at this index."""
    record = state.record(organisation)
    undertook = record.last(OrganisationUndertook) if record else None
    screened = record.last(OrganisationScreened) if record else None
    if record is None or record.state != "registered":
        raise _not_standing("已被暂停", "is suspended")
    if undertook is None or undertook.rules_version != state.policy_in_force.rules_version:
        raise _not_standing("还没有承诺遵守现行的行为规范", "has not undertaken the conduct rules in force")
    if screened is None or screened.result != "clear":
        raise _not_standing("还没有通过名单核查", "has not been screened clear")


def _not_standing(zh: str, en: str) -> NotInGoodStandingError:
    return NotInGoodStandingError(
        f"签署机构{zh}，暂时不能记账。", f"The signing organisation {en} and cannot record.", "/envelope/signatures"
    )


def _check_own(state: State, candidate: Candidate, subject: Event) -> None:
    allowed = _may_deliver(state, candidate, subject)
    if allowed is None:
        return
    # A key that signs by another right than delivering, such as planning or accepting, acts for no deliverer.
    otherwise = frozenset[str]().union(*subject.SIGNED_BY) - {"deliver"}
    if any(otherwise & key.capabilities for key in candidate.signers) or set(allowed) & set(candidate.organisations):
        return
    raise MissingCapabilityError(
        "只有承接这个项目的机构才能用自己的密钥记这件事。",
        "Only an organisation that carries out this project can record this, with its own key.",
        "/envelope/signatures",
    )


def _may_deliver(state: State, candidate: Candidate, event: Event) -> tuple[str, ...] | None:
    record = candidate.record(state)
    match event:
        case OrganisationRulesAdopted() | OrganisationReported():
            return (record.reference,)
        case ProjectClaimed() | ProjectClaimJoined() | ProjectClaimWithdrawn() | ProjectProposed() | ProjectOffered():
            return (event.organisation,)
        case ProjectStarted() | ProjectProgressed() | ProjectCompleted() | ProjectSettled():
            return deliverers_of(record)
    by_deliverer = any("deliver" in place for place in event.SIGNED_BY)
    return _may_build_or_grant(state, record, event) if by_deliverer else None


def _may_build_or_grant(state: State, record: Record, event: Event) -> tuple[str, ...] | None:
    match event:
        case RenovationSurveyed() | RenovationApproved():
            return tuple({event.organisation} & set(_project_deliverers(state, event.project)))
        case _ if record.kind == "renovation":
            return (record.first(RenovationApproved).organisation,)
        case _ if record.kind == "award":
            return _project_deliverers(state, _standard_of(event, record).project)
    return None


def _standard_of(event: Event, record: Record) -> AwardStandardPublished:
    return event if isinstance(event, AwardStandardPublished) else record.first(AwardStandardPublished)


def _project_deliverers(state: State, project: str) -> tuple[str, ...]:
    record = state.record(project)
    return deliverers_of(record) if record else ()


def _check_undertaking(state: State, candidate: Candidate, event: OrganisationUndertook) -> None:
    if candidate.organisations != (candidate.payload.record,):
        raise MissingCapabilityError(
            "承诺书要由该机构自己的密钥签署。", "An undertaking is signed by the organisation's own key.",
            "/envelope/signatures",
        )  # fmt: skip
    if event.rules_version != (version := state.policy_in_force.rules_version):
        raise RuleError(
            f"现行的行为规范是“{version}”。",
            f"The conduct rules in force are {version!r}.",
            "/payload/data/rules_version",
        )


def _check_other_key(candidate: Candidate, record: Record) -> None:
    received = record.past(DonationReceived)
    if received is not None and {key.key_id for key in candidate.signers} & set(received.signers):
        raise MissingCapabilityError(
            "确认到账的密钥不能是记录这笔捐赠的密钥。",
            "The key that recorded a donation cannot confirm it.",
            "/envelope/signatures",
        )


def _check_acceptance(state: State, candidate: Candidate) -> None:
    approved = candidate.record(state).first(RenovationApproved)
    delivering = {approved.organisation, *_project_deliverers(state, approved.project)}
    if not candidate.organisations or delivering & set(candidate.organisations):
        raise AcceptanceError(
            "验收要由没有参与实施的机构签署。",
            "Works are accepted by the key of an organisation that did not deliver them.",
            "/envelope/signatures",
        )
