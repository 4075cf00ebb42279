"""What every record is called, in both languages: sentences and pages look names up by reference."""

import sqlite3
from collections.abc import Callable
from functools import cache
from typing import Any

from ledger.domain.catalogue import KINDS
from ledger.domain.donation import DonationPledged, DonationReceived
from ledger.domain.event import Event
from ledger.domain.honour import HonourConsented, HonourNominated
from ledger.domain.key import KeyEnrolled
from ledger.domain.ledger import LedgerOpened
from ledger.domain.need import NeedReported
from ledger.domain.organisation import OrganisationAmended
from ledger.domain.payment import PaymentMade
from ledger.domain.problem import ProblemRaised
from ledger.domain.question import QuestionReceived
from ledger.domain.record import Record
from ledger.domain.renovation import RenovationApproved
from ledger.domain.sentences import format_day, format_money
from ledger.domain.values import REFERENCE, Label, kind_of
from projections.rows import Named

SCHEMA = "CREATE TABLE names (reference TEXT PRIMARY KEY, zh TEXT NOT NULL, en TEXT NOT NULL) WITHOUT ROWID;"

SPECIAL = (
    *(LedgerOpened, KeyEnrolled, DonationPledged, DonationReceived, PaymentMade, NeedReported, OrganisationAmended),
    *(HonourConsented, ProblemRaised, QuestionReceived, RenovationApproved),
)


class Names:
    """Names by reference, remembered once looked up. A record without one goes by its reference."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._known: dict[str, Named] = {}

    def __call__(self, reference: str) -> Named:
        """The name of a record that exists or is only referred to."""
        found = self._known.get(reference)
        if found is None:
            row = self._db.execute("SELECT zh, en FROM names WHERE reference = ?", (reference,)).fetchone()
            found = Named(reference, *(row or (reference, reference)))
            self._known[reference] = found
        return found

    def know(self, named: Named) -> None:
        """Takes a name for what is no record."""
        self._known[named.reference] = named

    def maybe(self, reference: str | None) -> Named | None:
        """As a call, for a reference that may be absent."""
        return None if reference is None else self(reference)

    def zh(self, reference: str) -> str:
        """The Chinese name."""
        return self(reference).zh

    def en(self, reference: str) -> str:
        """The English name; the Chinese one where none was given."""
        return self(reference).en

    def spell(self, text: str, name: Callable[[str], str]) -> str:
        """A text with the names of records in place of their references: a correction quotes values as signed."""
        return REFERENCE.sub(lambda match: name(match.group()), text) if "/" in text else text

    def fold(self, event: Event, record: Record) -> Label | None:
        """Names the record by this event, if it is one that names; the name it gives."""
        label = _name_of(event, record, self)
        if label is not None:
            row = (record.reference, label.zh, label.en)
            self._db.execute("INSERT OR REPLACE INTO names VALUES (?, ?, ?)", row)
            self._known[record.reference] = Named(*row)
        return label


def _name_of(event: Event, record: Record, names: Names) -> Label | None:
    if not _is_named_specially(type(event)):
        return (_title_of(event) or _kind_of(record)) if record.version == 1 else None
    label: Label | None = None
    match event:
        case LedgerOpened(origin=line) | KeyEnrolled(post=line):
            label = Label(line, line)
        case DonationPledged() | DonationReceived():
            label = _gift_name(event, record, names)
        case PaymentMade():
            label = _payment_name(event, names)
        case NeedReported(place=place, what=what):
            label = Label(f"{names.zh(place)}：{what}", f"{names.en(place)}: {event.what_en or what}")
        case OrganisationAmended():
            known = names(record.reference)
            label = Label(event.name or known.zh, event.name_en or event.name or known.en)
        case HonourConsented():
            label = _title_of(event) or _honour_name(event, record, names)
        case ProblemRaised() | QuestionReceived():
            label = _voice_name(event, record)
        case RenovationApproved():
            label = _title_of(event) or _kind_of(record)
    return label


@cache
def _is_named_specially(cls: type[Event]) -> bool:
    """Most records are named by their first event, by its title."""
    return issubclass(cls, SPECIAL)


def _title_of(event: Any) -> Label | None:
    fields = event.__dict__
    title: str | None = fields.get("title") or fields.get("name")
    english: str | None = fields.get("title_en") or fields.get("name_en")
    return None if title is None else Label(title, english or title)


def _kind_of(record: Record) -> Label:
    """What has no name of its own goes by its kind and day."""
    kind, day = KINDS[record.kind], record.history[0].occurred_on
    return Label(f"{kind.zh}（{format_day(day)}）", f"{kind.en} of {format_day(day, 'en')}")


def _gift_name(event: DonationPledged | DonationReceived, record: Record, names: Names) -> Label:
    donor = event.donor and Label(names.zh(event.donor), names.en(event.donor))
    who: Label = donor or event.words(record)["donor"]
    fen, form = event.amount_fen, Label("捐赠", "gift")
    if isinstance(event, DonationReceived) and event.form != "cash":
        fen, form = event.value_fen, {"goods": Label("物资", "goods")}.get(event.form, Label("服务", "service"))
    zh, en = format_money(fen or 0), format_money(fen or 0, "en")
    return Label(f"{who.zh}的{form.zh}{zh}", f"{form.en} of {en} from {who.en}")


def _honour_name(event: Any, record: Record, names: Names) -> Label | None:
    """Several organisations bear one title, so each goes by its own name too, once it has consented."""
    if event.organisation is None:
        return None
    title, honoured = record.first(HonourNominated), names(event.organisation)
    return Label(f"{title.title}（{honoured.zh}）", f"{title.title_en or title.title} ({honoured.en})")


def _voice_name(event: ProblemRaised | QuestionReceived, record: Record) -> Label:
    """By day and category: what it is about may be renamed, by the very correction that was asked for."""
    category = dict(kind_of(type(event).model_fields["category"]).choices)[event.category]
    on = record.history[0].occurred_on
    day, english = format_day(on), format_day(on, "en")
    if isinstance(event, ProblemRaised):
        return Label(f"{day}提出的{category.zh}问题", f"problem of {category.en} raised on {english}")
    return Label(f"{day}的公众提问（{category.zh}）", f"question from the public on {english} ({category.en})")


def _payment_name(event: PaymentMade, names: Names) -> Label:
    zh, en = ("受助人", "beneficiaries") if event.payee is None else (names.zh(event.payee), names.en(event.payee))
    return Label(
        f"向{zh}付款{format_money(event.amount_fen)}", f"payment of {format_money(event.amount_fen, 'en')} to {en}"
    )
