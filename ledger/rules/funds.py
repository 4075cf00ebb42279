"""Rule 3, money is conserved: payments draw on confirmed cash, within what was allocated, where it may go.

At every tree size received = allocated + returned + unallocated, and allocated = paid + balance, for each
donation and project. Goods and service are valued, conserved apart and never paid out.
"""

from ledger.domain.award import AwardGranted, AwardRevoked, AwardStandardPublished
from ledger.domain.balance import allocated_to, cash_kept_of, projects_of, unallocated_of
from ledger.domain.correction import Corrected, Voided
from ledger.domain.donation import DonationAllocated, DonationReallocated, DonationReceived, DonationReturned
from ledger.domain.payment import Draw, PaymentMade, PaymentReversed
from ledger.domain.programme import ProgrammeClosed
from ledger.domain.project import opening_of
from ledger.domain.record import VOIDED, Record
from ledger.domain.renovation import RenovationApproved
from ledger.errors import OverspentError, RuleError, UnknownRecordError
from ledger.rules.candidate import Candidate
from ledger.rules.state import State

KINDS = frozenset({"donation", "payment", "award", "renovation", "programme"})
NOT_PAYABLE = ("surveyed", VOIDED)
IN_HAND = "in hand"
FUNDABLE = ("approved", "started", "completed")


def check(state: State, candidate: Candidate) -> None:
    """Raises OverspentError or RuleError."""
    record, event = candidate.record(state), candidate.event
    match event:
        case DonationReturned():
            _check_unallocated(record, event.amount_fen)
        case DonationAllocated():
            _check_unallocated(record, event.amount_fen)
            _check_allocation(state, record, event.project, "/payload/data/project")
        case DonationReallocated():
            _check_moved(record, event)
            _check_allocation(state, record, event.to_project, "/payload/data/to_project")
            _check_paid_within(state, record, candidate.after(state))
        case PaymentMade():
            _check_payment(state, event)
        case AwardRevoked():
            _check_unpaid(state, record.reference)
        case ProgrammeClosed():
            _check_surplus(state, event)
        case Corrected() | Voided():
            _check_amended(state, record, event)


def apply(state: State, candidate: Candidate) -> None:
    """Adds a payment to what was paid, or takes a reversed, corrected or voided one back."""
    record, event = candidate.record(state), candidate.event
    if record.kind == "donation":
        _move_cash(state, cash_kept_of(candidate.after(state)) - cash_kept_of(record))
    match event:
        case PaymentMade():
            _pay(state, event, 1)
        case PaymentReversed():
            _pay(state, in_force(record), -1)
        case Voided() if record.kind == "payment" and record.state == "made":
            _pay(state, in_force(record), -1)
        case Corrected() if record.kind == "payment" and record.state == "made":
            _pay(state, in_force(record), -1)
            _pay(state, in_force(event.applied_to(record, "")), 1)


def in_force(record: Record) -> PaymentMade:
    """The payment as it stands after its corrections."""
    return record.first(PaymentMade)


def _check_unallocated(record: Record, amount_fen: int) -> None:
    if amount_fen > (left := unallocated_of(record)):
        raise OverspentError(
            f"这笔捐赠尚未分配的只有{left / 100:,.2f}元，不够{amount_fen / 100:,.2f}元。",
            f"Only CNY {left / 100:,.2f} of this donation is unallocated, less than {amount_fen / 100:,.2f}.",
            "/payload/data/amount_fen",
        )


def _check_moved(record: Record, event: DonationReallocated) -> None:
    left = allocated_to(record, event.from_project)
    if event.from_project == event.to_project or event.amount_fen > left:
        raise OverspentError(
            f"分配给原项目的只有{left / 100:,.2f}元，且两个项目要不同。",
            f"Only CNY {left / 100:,.2f} is allocated to the first project, and the two must differ.",
            "/payload/data/amount_fen",
        )


def _check_payment(state: State, event: PaymentMade) -> None:
    _check_purpose(state, event)
    for position, draw in enumerate(event.donations):
        _check_draw(state, event.project, draw, f"/payload/data/donations/{position}")


def _check_amended(state: State, record: Record, event: Corrected | Voided) -> None:
    after = event.applied_to(record, "")
    if record.kind == "donation":
        _check_amended_donation(state, record, after)
    elif record.kind == "payment" and isinstance(event, Corrected) and record.state == "made":
        without = state.fork()
        _pay(without, in_force(record), -1)
        _check_payment(without, in_force(after))
    elif record.kind in ("award", "renovation") and isinstance(event, Voided):
        _check_unpaid(state, record.reference)
    elif record.kind == "award":
        _check_same_total(state, record, after)


def _check_amended_donation(state: State, before: Record, after: Record) -> None:
    if (over := -unallocated_of(after)) > 0:
        raise OverspentError(
            f"这样更正后，已分配和退回的比收到的多{over / 100:,.2f}元。",
            f"Allocated and returned would exceed what was received by CNY {over / 100:,.2f}.",
            "/payload/data/event",
        )
    _check_paid_within(state, before, after)
    for project in projects_of(after):
        _check_restriction(state, after, project)
    for project in projects_of(after) - projects_of(before):
        _check_fundable(state, project, "/payload/data/changes/project")


def _check_paid_within(state: State, before: Record, after: Record) -> None:
    for project in projects_of(before) | projects_of(after):
        paid = state.paid.get((after.reference, project)) or 0
        if paid > allocated_to(after, project):
            raise OverspentError(
                f"已经从这笔捐赠付给项目{paid / 100:,.2f}元，分配不能少于此数。",
                f"CNY {paid / 100:,.2f} of this gift is already paid to a project; the allocation cannot be less.",
                "/payload/data",
            )


def _check_unpaid(state: State, reference: str) -> None:
    if state.paid_for.get(reference):
        raise RuleError("已经付过款，请先冲回付款。", "It is paid already; reverse the payment first.", "/payload/type")


def _check_same_total(state: State, record: Record, after: Record) -> None:
    old, new = record.last(AwardGranted), after.last(AwardGranted)
    if old and new and old.total_fen != new.total_fen:
        _check_unpaid(state, record.reference)


def _pay(state: State, event: PaymentMade, sign: int) -> None:
    for draw in event.donations:
        paid = state.paid.get((draw.donation, event.project)) or 0
        state.paid[draw.donation, event.project] = paid + sign * draw.amount_fen
    _move_cash(state, -sign * event.amount_fen)
    state.paid_for[event.paid_for] = (state.paid_for.get(event.paid_for) or 0) + sign * event.amount_fen


def _move_cash(state: State, amount_fen: int) -> None:
    state.cash[IN_HAND] = (state.cash.get(IN_HAND) or 0) + amount_fen


def _check_surplus(state: State, event: ProgrammeClosed) -> None:
    left = state.cash.get(IN_HAND) or 0
    if event.surplus_fen != left:
        raise RuleError(
            f"账上还有{left / 100:,.2f}元，结余应等于此数。",
            f"CNY {left / 100:,.2f} is still in hand; the surplus must be exactly that.",
            "/payload/data/surplus_fen",
        )


def _existing(state: State, reference: str, field: str) -> Record:
    record = state.record(reference)
    if record is None:
        raise UnknownRecordError(reference, field)
    return record


def _check_allocation(state: State, record: Record, project: str, field: str) -> None:
    _check_fundable(state, project, field)
    _check_restriction(state, record, project)


def _check_fundable(state: State, project: str, field: str) -> None:
    if _existing(state, project, field).state not in FUNDABLE:
        raise RuleError(
            "只能用于已批准、没有取消的项目。", "Money goes to approved projects that are not cancelled.", field
        )


def _check_restriction(state: State, record: Record, project: str) -> None:
    received = record.last(DonationReceived)
    restriction = received.restriction if received else None
    if restriction is None:
        return
    plan = opening_of(_existing(state, project, "/payload/data/project")).plan
    if restriction.project not in (None, project) or restriction.plan not in (None, plan):
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
    if target.state not in NOT_PAYABLE and _project_of(target) != event.project:
        raise RuleError(
            "付款的用途不属于这个项目。", "What is paid for does not belong to this project.", "/payload/data/paid_for"
        )
    _check_fundable(state, event.project, "/payload/data/project")
    if (target.kind == "award") != (event.payee_kind == "beneficiaries"):
        raise RuleError(
            "奖学金付给受助人；其他付款付给机构。",
            "Scholarships are paid to beneficiaries, everything else to an organisation.",
            "/payload/data/payee_kind",
        )
    if target.state in NOT_PAYABLE:
        raise RuleError("这项工程还没有批准。", "These works are not approved yet.", "/payload/data/paid_for")
    if target.kind == "award":
        _check_award_payment(state, target, event)


def _check_award_payment(state: State, award: Record, event: PaymentMade) -> None:
    granted = award.last(AwardGranted) if award.state == "granted" else None
    if granted is None or state.paid_for.get(event.paid_for):
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
