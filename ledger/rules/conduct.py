"""Rules 5 and 6: standing of those who sign, acting for one's own organisation, another's acceptance."""

from functools import cache
from typing import Any

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
    ProjectOffered,
    ProjectProposed,
    deliverers_of,
)
from ledger.domain.record import Record
from ledger.domain.renovation import RenovationAccepted, RenovationApproved, RenovationDefectFound
from ledger.errors import AcceptanceError, MissingCapabilityError, NotInGoodStandingError, RuleError
from ledger.rules.authority import fillings
from ledger.rules.candidate import Candidate
from ledger.rules.findings import suspended_by
from ledger.rules.noted import entry_of
from ledger.rules.state import State
from ledger.signing.keyring import EnrolledKey


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
    if isinstance(subject, (RenovationAccepted, RenovationDefectFound)):
        _check_acceptance(state, candidate)


def check_standing(state: State, organisation: str) -> None:
    """Registered, undertook the rules in force, last screening clear, not suspended; at this index."""
    record, suspended = state.record(organisation), suspended_by(state, organisation)
    undertook = record.last(OrganisationUndertook) if record else None
    screened = record.last(OrganisationScreened) if record else None
    if suspended is not None:
        raise _not_standing(
            (f"已由{suspended.zh}暂停", "由登记机构记“恢复机构”以后才能记账"),
            (f"was suspended by {suspended.en}", "once organisation.reinstated is recorded"),
        )
    if record is None or record.state != "registered":
        raise _not_standing(
            ("的登记已作废", "请以登记着的机构签署"), ("is not registered any more", "by a registered organisation")
        )
    version = state.policy_in_force.rules_version
    if undertook is None or undertook.rules_version != version:
        raise _not_standing(
            (f"还没有承诺遵守现行的行为规范（{version}）", "请先用本机构的密钥记“承诺遵守行为规范”"),
            (
                f"has not undertaken the conduct rules in force ({version})",
                "after organisation.undertook by its own key",
            ),
        )
    if screened is None or screened.result != "clear":
        raise _not_screened(state, organisation, listed=screened is not None)


def _not_screened(state: State, organisation: str, *, listed: bool) -> NotInGoodStandingError:
    at = entry_of(state, OrganisationScreened.TYPE, organisation)
    zh, en = (f"在{at.zh}核查时在名单上", f"was listed when screened in {at.en}")
    if not listed:
        zh, en = ("还没有通过名单核查", "has not been screened clear")
    return _not_standing(
        (zh, "请登记机构核查没有问题以后再签署"), (en, "after organisation.screened with the result clear")
    )


def _not_standing(zh: tuple[str, str], en: tuple[str, str]) -> NotInGoodStandingError:
    """What is wrong, and when the organisation may record again."""
    return NotInGoodStandingError(
        f"规则6（行为规范）：签署机构{zh[0]}，暂时不能记账；{zh[1]}。",
        f"Rule 6 (conduct): the signing organisation {en[0]} and cannot record; it can {en[1]}.",
        "/envelope/signatures",
    )


def _check_own(state: State, candidate: Candidate, subject: Event) -> None:
    allowed = _may_deliver(state, candidate, subject)
    if allowed is None:
        return
    places = candidate.event.signing_places(candidate.record(state))
    for order in fillings(places, candidate.signers):
        if all(_fits(place, key, allowed) for place, key in zip(places, order, strict=True)):
            return
    raise MissingCapabilityError(
        "只有承接这个项目的机构才能用自己的密钥记这件事。",
        "Only an organisation that carries out this project can record this, with its own key.",
        "/envelope/signatures",
    )


def _fits(place: frozenset[str], key: EnrolledKey, allowed: tuple[str, ...]) -> bool:
    # A key that fills the place by another right than delivering, such as planning or accepting, acts for no deliverer.
    return "deliver" not in place or bool((place - {"deliver"}) & key.capabilities) or key.organisation in allowed


def _may_deliver(state: State, candidate: Candidate, event: Event) -> tuple[str, ...] | None:
    """The organisations whose keys may deliver this; None where nobody needs to be asked."""
    if not _may_be_delivered(type(event)):
        return None
    record = candidate.record(state)
    match event:
        case OrganisationRulesAdopted() | OrganisationReported():
            return (record.reference,)
        case ProjectClaimed() | ProjectClaimJoined() | ProjectClaimWithdrawn() | ProjectProposed() | ProjectOffered():
            return (event.organisation,)
    return deliverers_of(record) if record.kind == "project" else _of_its_project(state, record, event)


@cache
def _may_be_delivered(cls: type[Event]) -> bool:
    return any("deliver" in place for place in cls.SIGNED_BY)


def _of_its_project(state: State, record: Record, event: Event) -> tuple[str, ...] | None:
    """Of what was opened for a project: its deliverers, or the one of them that the opening names.

    A team may stand outside any project, with the organisation that formed it; a record of another kind asks nobody.
    """
    events = (event, *(past.event for past in reversed(record.history)))
    opened: Any = next((each for each in events if each.has("project")), None)
    if opened is None:
        return None
    named: str | None = getattr(opened, "organisation", None)
    if opened.project is None:
        return (named,) if named else None
    deliverers = _project_deliverers(state, opened.project)
    return tuple(each for each in deliverers if named in (None, each))


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
