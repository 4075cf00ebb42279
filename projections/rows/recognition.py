"""Rows of conduct, cases, media, honours and reports."""

from dataclasses import dataclass
from datetime import date

from ledger.domain.values import Label
from projections.rows.common import Figure, Named
from projections.rows.trail import EntryRow


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether an organisation may sign: ``undertook`` (version, day, index), ``screened`` (list, result, day, index).

    ``suspended_index`` is the entry that suspends it now: its suspension, or a finding. ``signs``: it has or had a key.
    """

    organisation: Named
    index: int
    undertook: tuple[str, date, int] | None
    screened: tuple[str, str, date, int] | None
    suspended_index: int | None
    signs: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """A founded conclusion. ``concerns`` is organisation, outside or person, who is never named.

    ``lifted_index`` is the entry that reinstated the organisation.
    """

    misconduct: Named
    category: str
    concerns: str
    organisation: Named | None
    outside: str | None
    authority: Named | None
    document: str | None
    on: date
    index: int
    lifted_index: int | None


@dataclass(frozen=True, slots=True)
class ConductTotals:
    """``waiting`` have a key and have not undertaken the rules in force. Reports stand under the state they are in."""

    undertook: Figure
    waiting: Figure
    screened: Figure
    listed: Figure
    suspended: Figure
    reports: Figure
    reported: Figure
    forwarded: Figure
    founded: Figure
    unfounded: Figure


@dataclass(frozen=True, slots=True)
class ConductRules:
    """The version of the conduct rules in force, and the entry that put it in force."""

    version: str
    index: int


@dataclass(frozen=True, slots=True)
class Adopted:
    """A management rule that a programme or an organisation gave itself."""

    title: str
    by: Named
    on: date
    index: int


@dataclass(frozen=True, slots=True)
class Case:
    """``reviewed`` is (organisation, day, index) of the review that cleared it; ``withdrawn`` (reason, day, index).

    ``texts`` are the digests of the text and pictures as published.
    """

    case: Named
    category: str
    organisation: Named
    project: Named | None
    places: tuple[Named, ...]
    state: str
    index: int
    submitted_on: date
    reviewed: tuple[Named | None, date, int] | None
    published: tuple[str, date, int] | None
    withdrawn: tuple[str, date, int] | None
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseTotals:
    published: Figure
    waiting: Figure
    withdrawn: Figure


@dataclass(frozen=True, slots=True)
class MediaReport:
    """``link`` as signed; nobody has fetched it."""

    media: Named
    outlet: str
    medium: str
    title: str
    published_on: date
    link: str | None
    about: tuple[Named, ...]
    index: int


@dataclass(frozen=True, slots=True)
class Honour:
    """``organisation`` is None for a person, who has no name here, and before anybody consented.

    ``awarded`` is (certificate number, by whom, day, index), ``revoked`` (reason, day, index). ``texts`` are digests
    of what goes with the certificate: a name where its bearer agreed, a citation.
    """

    honour: Named
    title: Label
    honours: str
    occasion: str
    year: int
    state: str
    index: int
    organisation: Named | None
    consented_index: int | None
    declined_index: int | None
    awarded: tuple[str, Named | None, date, int] | None
    revoked: tuple[str, date, int] | None
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HonourTotals:
    """``awarded`` counts certificates in force."""

    awarded: Figure
    revoked: Figure
    declined: Figure
    waiting: Figure


@dataclass(frozen=True, slots=True)
class Report:
    """A review, an evaluation, a close or published figures. ``tree_size`` is what its author had verified.

    ``at_size`` is how many entries published figures were computed from; ``rests_on`` other published figures.
    ``due_on`` is None where nothing sets a day.
    """

    row: EntryRow
    tree_size: int
    at_size: int | None
    rests_on: tuple[Named, ...]
    due_on: date | None

    @property
    def days_late(self) -> int:
        """By the day of recording, for a claimed day decides nothing; 0 in time."""
        return max(0, (self.row.recorded_on - self.due_on).days) if self.due_on else 0


@dataclass(frozen=True, slots=True)
class Missing:
    """A review or evaluation that should be there: ``year`` is None for the final evaluation."""

    programme: Named
    year: int | None
    due_on: date


@dataclass(frozen=True, slots=True)
class ReportTotals:
    reviews: Figure
    finals: Figure
    disclosures: Figure
    late: Figure
