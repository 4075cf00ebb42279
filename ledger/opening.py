"""Open: from a submission to a candidate. What was verified is what is handed on, never a re-serialisation."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from ledger.domain.catalogue import event_class
from ledger.domain.drafting import disclosed_fields
from ledger.domain.event import Event
from ledger.domain.payload import parse_payload
from ledger.errors import DisclosureMismatchError, InvalidFieldError, WrongLogError
from ledger.rules.candidate import Candidate
from ledger.rules.replay import verified_signers
from ledger.rules.state import State
from ledger.sealing.disclosure import Disclosure, Matched, check_sealed_value, match_disclosures
from ledger.signing.envelope import Envelope, parse_envelope

MAX_DISCLOSURES = 2048


class Submission(Struct, frozen=True):
    """One envelope and the disclosures that travel beside it."""

    envelope: Envelope
    disclosures: tuple[str, ...] = ()


class Opened(Struct, frozen=True):
    """A candidate and its disclosures, matched one to one with its digests."""

    candidate: Candidate
    matched: Matched


def parse_submission(value: Any) -> Submission:
    """``{"envelope": {…}, "disclosures": ["…"]}`` from strictly parsed JSON. Raises InvalidFieldError and its kin."""
    if not isinstance(value, dict) or not {"envelope"} <= value.keys() <= {"envelope", "disclosures"}:
        raise InvalidFieldError(
            "应是{“envelope”: …, “disclosures”: […]}。", 'Send {"envelope": …, "disclosures": […]}.', ""
        )
    disclosures = value.get("disclosures", [])
    if not isinstance(disclosures, list) or not all(isinstance(item, str) for item in disclosures):
        raise InvalidFieldError("disclosures应是文字列表。", "disclosures must be a list of texts.", "/disclosures")
    if len(disclosures) > MAX_DISCLOSURES:
        raise InvalidFieldError("披露内容太多。", "There are too many disclosures.", "/disclosures")
    return Submission(parse_envelope(value["envelope"]), tuple(disclosures))


def open_submission(state: State, submission: Submission, *, recorded_at: datetime, verified: bool = False) -> Opened:
    """The candidate for the state's next index, its signatures verified. Raises what is wrong with it.

    ``verified`` says that each signature was found to hold already, under a key of the state.
    """
    payload = parse_payload(submission.envelope.payload)
    if payload.log != state.origin:
        raise WrongLogError(payload.log, state.origin)
    signers = verified_signers(state, submission.envelope, payload, verified=verified)
    event = event_class(payload.type, payload.schema).parse(payload.data)
    matched = match_disclosures(submission.disclosures, sealed=payload.sealed, withdrawable=payload.withdrawable)
    candidate = Candidate(
        index=state.size,
        recorded_at=recorded_at,
        payload=payload,
        event=event,
        signers=signers,
        rows=tuple([item for item in matched.sealed if item.kind == "row"]),
        withdrawable=matched.withdrawable,
    )
    subject = candidate.subject(state)
    if payload.digests:
        _check_disclosed(subject, matched)
    return Opened(candidate, matched)


def _check_disclosed(subject: Event, matched: Matched) -> None:
    cls = type(subject)
    free = [(item.name or "", item.value) for item in matched.withdrawable]
    _check_names(cls, matched.withdrawable, "withdrawable")
    fields = [item for item in matched.sealed if item.kind == "field"]
    _check_names(cls, fields, "sealed")
    for item in matched.sealed:
        if item.kind != "decoy":
            check_sealed_value(item, field="/disclosures")
    if free or fields:
        sealed = {item.name or "": item.value for item in fields}
        cls.parse(subject.data(), {**disclosed_fields(free), **sealed})


def _check_names(cls: type[Event], disclosures: Sequence[Disclosure], place: str) -> None:
    seen: set[str] = set()
    for item in disclosures:
        name = item.name or ""
        if name not in cls.names_in(place) or (name in seen and name != "evidence"):
            raise DisclosureMismatchError(
                f"“{cls.LABEL.zh}”没有这样一项可以另行提交的内容，或者同一项提交了两次。",
                f"“{cls.LABEL.en}” has no such field to disclose, or it was disclosed twice.",
                "/disclosures",
            )
        seen.add(name)
