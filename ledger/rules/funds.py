"""Rule 3, money is conserved: payments draw on confirmed cash, within what was allocated, where it may go.

At every tree size received = allocated + returned + unallocated, and allocated = paid + balance, for each
donation and project. Goods and service are valued, conserved apart and never paid out.
"""

from ledger.domain.award import AwardGranted, AwardRevoked, AwardStandardPublished
from ledger.domain.donation import DonationAllocated, DonationReceived
from ledger.domain.payment import Draw, PaymentMade, PaymentReversed
from ledger.domain.project import opening_of
from ledger.domain.record import Record
from ledger.domain.renovation import RenovationApproved
from ledger.errors import OverspentError, RuleError, UnknownRecordError
from ledger.rules.candidate import Candidate
from ledger.rules.state import State

FUNDABLE = ("approved", "started", "completed")


def check(state: State, candidate: Candidate) -> None:
    """Raises OverspentError or RuleError."""
    match candidate.event:
        case DonationAllocated() as event:
            _check_allocation(state, candidate.record(state), event)
        case PaymentMade() as event:
            _check_purpose(state, event)
            for position, draw in enumerate(event.donations):
                _check_draw(state, event.project, draw, f"/payload/data/donations/{position}")
        case AwardRevoked() if state.settled.get(candidate.payload.record):
            raise RuleError(
                "奖学金已经付款，请先冲回付款。", "The award is paid; reverse the payment first.", "/payload/type"
            )


def apply(state: State, candidate: Candidate) -> None:
    """Adds a payment to what was paid, or takes a reversed one back."""
    match candidate.event:
        case PaymentMade() as event:
            _pay(state, event, 1)
            if event.payee_kind == "beneficiaries":
                state.settled[event.paid_for] = candidate.payload.record
        case PaymentReversed():
            made = candidate.record(state).first(PaymentMade)
            _pay(state, made, -1)
            if made.payee_kind == "beneficiaries":
                state.settled[made.paid_for] = ""


def allocated_to(record: Record, project: str) -> int:
    """What a donation has allocated to a project, in fen."""
    return sum(event.amount_fen for event in record.all(DonationAllocated) if event.project == project)


def _pay(state: State, event: PaymentMade, sign: int) -> None:
    for draw in event.donations:
        paid = state.paid.get((draw.donation, event.project)) or 0
        state.paid[draw.donation, event.project] = paid + sign * draw.amount_fen


def _existing(state: State, reference: str, field: str) -> Record:
    record = state.record(reference)
    if record is None:
        raise UnknownRecordError(reference, field)
    return record


def _check_allocation(state: State, record: Record, event: DonationAllocated) -> None:
    project = _existing(state, event.project, "/payload/data/project")
    if project.state not in FUNDABLE:
        raise RuleError(
            "只能分配给已批准的项目。", "Money is allocated to approved projects only.", "/payload/data/project"
        )
    restriction = record.first(DonationReceived).restriction
    if restriction is None:
        return
    if restriction.project not in (None, event.project) or restriction.plan not in (None, opening_of(project).plan):
        raise RuleError(
            "这笔捐赠指定了用途，不能分配给这个项目。",
            "This gift is restricted and may not go to this project.",
            "/payload/data/project",
        )


def _check_draw(state: State, project: str, draw: Draw, field: str) -> None:
    donation = _existing(state, draw.donation, f"{field}/donation")
    received = donation.last(DonationReceived)
    if donation.state != "confirmed" or received is None or received.form != "cash":
        raise RuleError(
            "只能从已核对银行流水的现金捐赠里付款。",
            "Payments draw only on cash donations matched with the bank statement.",
            f"{field}/donation",
        )
    left = allocated_to(donation, project) - (state.paid.get((draw.donation, project)) or 0)
    if draw.amount_fen > left:
        raise OverspentError(
            f"这笔捐赠分配给该项目、还没有支付的只有{left / 100:,.2f}元，不够{draw.amount_fen / 100:,.2f}元。",
            f"Only CNY {left / 100:,.2f} of this donation is allocated to the project and unpaid,"
            f" less than {draw.amount_fen / 100:,.2f}.",
            f"{field}/amount_fen",
        )


def _check_purpose(state: State, event: PaymentMade) -> None:
    target = _existing(state, event.paid_for, "/payload/data/paid_for")
    if _project_of(target) != event.project:
        raise RuleError(
            "付款的用途不属于这个项目。", "What is paid for does not belong to this project.", "/payload/data/paid_for"
        )
    project = _existing(state, event.project, "/payload/data/project")
    if project.state not in FUNDABLE:
        raise RuleError("项目没有批准或已取消。", "The project is not approved, or cancelled.", "/payload/data/project")
    if (target.kind == "award") != (event.payee_kind == "beneficiaries"):
        raise RuleError(
            "奖学金付给受助人；其他付款付给机构。",
            "Scholarships are paid to beneficiaries, everything else to an organisation.",
            "/payload/data/payee_kind",
        )
    if target.kind == "award":
        _check_award_payment(state, target, event)


def _check_award_payment(state: State, award: Record, event: PaymentMade) -> None:
    granted = award.last(AwardGranted) if award.state == "granted" else None
    if granted is None or state.settled.get(event.paid_for):
        raise RuleError(
            "这一轮奖学金还没有发放决定，或者已经付过款。",
            "This round is not granted yet, or is already paid.",
            "/payload/data/paid_for",
        )
    if event.amount_fen != granted.total_fen:
        raise RuleError(
            f"付款应等于这一轮的合计{granted.total_fen / 100:,.2f}元，不能多也不能少。",
            f"The payment must be exactly the round's total of CNY {granted.total_fen / 100:,.2f}.",
            "/payload/data/amount_fen",
        )


def _project_of(record: Record) -> str:
    if record.kind == "award":
        return record.first(AwardStandardPublished).project
    return record.first(RenovationApproved).project if record.kind == "renovation" else record.reference
