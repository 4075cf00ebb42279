"""Rule 6, recognition: a case only after another's review for privacy, an honour only after consent.

Judged before the record's own states, so that a refusal can say which entry stands in the way and what to do.
"""

from ledger.domain.case import CasePublished, CaseReviewed, CaseSubmitted, CaseWithdrawn
from ledger.domain.correction import Corrected, Voided
from ledger.domain.event import Event
from ledger.domain.honour import (
    HonourAwarded,
    HonourConsented,
    HonourDeclined,
    HonourNominated,
    HonourRevoked,
    honoured_of,
)
from ledger.domain.record import Record
from ledger.domain.values import Label
from ledger.errors import DuplicateError, MissingCapabilityError, RuleError
from ledger.rules.candidate import Candidate
from ledger.rules.findings import check_founded, check_is_sealed, suspended_by
from ledger.rules.noted import entry_of, note, numbered
from ledger.rules.state import State

KINDS = frozenset({"case", "honour"})
NOTED = (CaseSubmitted, CaseReviewed, CaseWithdrawn, HonourNominated, HonourDeclined)
CERTIFICATE = "certificate"


def check(state: State, candidate: Candidate) -> None:
    """Raises RuleError, DuplicateError or MissingCapabilityError."""
    record = candidate.record(state)
    if record.kind == "case":
        _check_case(state, record, candidate)
    elif record.kind == "honour":
        _check_honour(state, record, candidate)


def apply(state: State, candidate: Candidate) -> None:
    """Remembers the entries that stand in the way of later ones, and every certificate number for good."""
    event, record = candidate.event, candidate.record(state)
    subject = candidate.subject(state)
    if isinstance(event, NOTED) or (isinstance(event, Corrected) and isinstance(subject, CaseSubmitted)):
        note(state, candidate, subject.TYPE, record.reference)
    if isinstance(subject, HonourAwarded) and _names_certificate(event):
        note(state, candidate, CERTIFICATE, subject.certificate)


def _check_case(state: State, record: Record, candidate: Candidate) -> None:
    event = candidate.event
    tells = isinstance(candidate.subject(state), CaseSubmitted | CaseReviewed | CasePublished)
    if record.state == "withdrawn" and tells and not isinstance(event, Voided):
        raise _withdrawn(entry_of(state, CaseWithdrawn.TYPE, record.reference))
    if isinstance(event, CasePublished) and record.state in ("submitted", "returned"):
        raise _not_reviewed(entry_of(state, CaseSubmitted.TYPE, record.reference))
    if isinstance(event, CaseSubmitted):
        check_is_sealed(candidate)
    if isinstance(event, CaseReviewed):
        _check_other(state, record, candidate)


def _check_other(state: State, record: Record, candidate: Candidate) -> None:
    """The reviewer is neither the key nor the organisation that wrote or corrected the story, nor whom it is about."""
    wrote = [past.signers for past in record.history if isinstance(past.event, CaseSubmitted | Corrected)]
    keys = {key_id for signers in wrote for key_id in signers}
    organisations = {key.organisation for key_id in keys if (key := state.keys.get(key_id)) and key.organisation}
    organisations |= {event.organisation for event in record.all(CaseSubmitted)}
    if keys & {key.key_id for key in candidate.signers} or organisations & set(candidate.organisations):
        at = entry_of(state, CaseSubmitted.TYPE, record.reference)
        raise MissingCapabilityError(
            f"规则6（行为规范）：案例由{at.zh}报送，报送机构和案例里的机构不能自己审核。请由另一家机构的密钥审核。",
            f"Rule 6 (conduct): the case was submitted in {at.en} by this key or organisation,"
            " or is about it. Have it reviewed by a key of another organisation.",
            "/envelope/signatures",
        )


def _withdrawn(at: Label) -> RuleError:
    return RuleError(
        f"规则6（行为规范）：案例已由{at.zh}撤下，撤下的不再公开。修改后要公开的，请作为新案例报送并重新审核。",
        f"Rule 6 (conduct): the case was withdrawn in {at.en} and stays withdrawn."
        " Submit what may be public as a new case, to be reviewed again.",
        "/payload/type",
    )


def _not_reviewed(at: Label) -> RuleError:
    return RuleError(
        f"规则6（行为规范）：{at.zh}报送的案例还没有通过隐私审核。请先由另一家机构的密钥记“审核隐私”。",
        f"Rule 6 (conduct): the case submitted in {at.en} has not passed its review for privacy."
        " Have a key of another organisation record case.reviewed first.",
        "/payload/type",
    )


def _check_honour(state: State, record: Record, candidate: Candidate) -> None:
    match candidate.event:
        case HonourConsented() as event:
            _check_consent(candidate, event)
        case HonourAwarded() as event:
            _check_award(state, record, event)
        case HonourRevoked(reason="finding") if honoured_of(record) is not None:
            check_founded(state, honoured_of(record) or "", "/payload/data/reason")
    subject = candidate.subject(state)
    if isinstance(subject, HonourAwarded) and _names_certificate(candidate.event):
        field = "/payload/data/certificate" if subject is candidate.event else "/payload/data/changes/certificate/to"
        _check_certificate(state, record, subject.certificate, field)


def _check_consent(candidate: Candidate, event: HonourConsented) -> None:
    if event.organisation is not None:
        if event.organisation not in candidate.organisations:
            raise MissingCapabilityError(
                "规则6（行为规范）：同意要由被表彰机构自己的密钥签署。",
                "Rule 6 (conduct): consent is signed by a key of the honoured organisation itself.",
                "/envelope/signatures",
            )
        return
    if not any("care" in key.capabilities for key in candidate.signers) or not candidate.payload.sealed:
        raise MissingCapabilityError(
            "规则6（行为规范）：个人的同意书要封存，由有“人员资料”权限的密钥记录。",
            "Rule 6 (conduct): a person's consent is sealed and recorded by a key that may care.",
            "/envelope/signatures",
        )


def _check_award(state: State, record: Record, event: HonourAwarded) -> None:
    if record.state in ("nominated", "declined"):
        what = HonourNominated if record.state == "nominated" else HonourDeclined
        raise _no_consent(record.state, entry_of(state, what.TYPE, record.reference))
    if record.state == "consented" and event.title != (nominated := record.first(HonourNominated).title):
        at = entry_of(state, HonourNominated.TYPE, record.reference)
        raise RuleError(
            f"规则6（行为规范）：{at.zh}提名、被表彰方同意的称号是“{nominated}”。改称号的请重新提名。",
            f"Rule 6 (conduct): the title nominated in {at.en} and consented to is {nominated!r}."
            " Nominate again for another title.",
            "/payload/data/title",
        )
    honoured = honoured_of(record)
    at_suspension = suspended_by(state, honoured) if honoured else None
    if at_suspension is not None:
        raise RuleError(
            f"规则6（行为规范）：被表彰机构已由{at_suspension.zh}暂停，暂停期间不能颁发。请等它恢复以后再颁发。",
            f"Rule 6 (conduct): the honoured organisation was suspended by {at_suspension.en}."
            " Award it once it is reinstated.",
            "/payload/type",
        )


def _no_consent(state: str, at: Label) -> RuleError:
    if state == "declined":
        return RuleError(
            f"规则6（行为规范）：被提名方在{at.zh}没有同意，不能颁发。",
            f"Rule 6 (conduct): consent was refused in {at.en}; this honour cannot be awarded.",
            "/payload/type",
        )
    return RuleError(
        f"规则6（行为规范）：{at.zh}的提名还没有得到同意。请先由被表彰机构的密钥记“同意接受表彰”。",
        f"Rule 6 (conduct): the nomination in {at.en} has no consent yet."
        " Have a key of the honoured organisation record honour.consented first.",
        "/payload/type",
    )


def _names_certificate(event: Event) -> bool:
    return isinstance(event, HonourAwarded) or (isinstance(event, Corrected) and "certificate" in event.changes)


def _check_certificate(state: State, record: Record, certificate: str, field: str) -> None:
    used = state.noted.get((CERTIFICATE, certificate))
    if used is not None and used.record != record.reference:
        at = numbered(used.index)
        raise DuplicateError(
            f"规则6（行为规范）：证书编号{certificate}已在{at.zh}用过，编号不重复使用。请换一个编号。",
            f"Rule 6 (conduct): certificate number {certificate} was used in {at.en}; numbers are never used twice."
            " Give another one.",
            field,
        )
