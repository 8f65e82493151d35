"""What the desk sees when a patient pays: the bill with where its lines come from, balances, and what is left."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from kalon.billing import queries as bills
from kalon.billing.lifecycles import OPEN_BILL, BillStatus, PaymentStatus
from kalon.entitlements import queries as entitlements
from kalon.entitlements.lifecycles import VIEW as PACKAGES
from kalon.installments import queries as installments
from kalon.installments.lifecycles import VIEW as PLANS
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.money import ZERO
from kalon.tills.lifecycles import VIEW
from kalon.tills.models import Checkout

TAGS = {
    "visit": ("From visit", "stethoscope", "ok"),
    "chart": ("From visit", "stethoscope", "ok"),
    "usage": ("Used", "syringe", "ok"),
    "session": ("Package", "package", "info"),
    "quote": ("Quote", "file-text", "info"),
}
AT_DESK = ("At desk", "plus", "mute")
DISPENSED = ("Dispensed", "pill", "ok")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the bill and where it comes from."""

    row: Any
    word: str
    icon: str
    tone: str
    worth: Decimal | None = None  # what it would cost, of a session that a package pays
    swap: str = ""  # "charge" or "cover": what a press makes of it, on a draft


@dataclass(frozen=True, slots=True)
class Balance:
    """Money the clinic holds for the patient that this bill may use."""

    label: str
    note: str
    free: Decimal


@dataclass(frozen=True, slots=True)
class Due:
    """A payment plan of the patient on which something is due today."""

    agreement: Any
    amount: Decimal
    is_here: bool  # it is for a treatment on this bill


@dataclass(frozen=True, slots=True)
class Basket:
    """Everything of one checkout."""

    bill: Any
    lines: list[Line]
    balances: list[Balance]
    other_bills: list[Any]
    payments: list[Any]
    waiting: Any | None
    last: Checkout | None
    dues: list[Due]

    @property
    def asked(self) -> Decimal:
        """What is to be paid now: what is owed, or where it is paid in parts, what of it is due today."""
        here = [due.amount for due in self.dues if due.is_here]
        return min(self.owed, sum(here, ZERO)) if here else self.owed

    @property
    def owed(self) -> Decimal:
        owed: Decimal = self.bill.owed
        return owed

    @property
    def from_account(self) -> Decimal:
        """How much of what is on account this bill could use."""
        return min(self.asked, sum((balance.free for balance in self.balances), ZERO))

    @property
    def is_draft(self) -> bool:
        return bool(self.bill.status == BillStatus.DRAFT)

    @property
    def is_payable(self) -> bool:
        return self.owed > 0 and (self.is_draft or self.bill.status in OPEN_BILL)


def basket(bill_id: UUID, *, seen_by: Actor) -> Basket:
    """The checkout of one bill, in a fixed number of questions."""
    seen_by.must(VIEW, do="check patients out")
    bill = bills.bill(bill_id, seen_by=seen_by)
    rows = list(bills.lines_of(bill_id, seen_by=seen_by))
    payments = list(bills.payments_of_bill(bill_id, seen_by=seen_by))
    plans = {row.plan_id for row in rows if row.plan_id}
    holding: list[Any] = list(bills.on_account(bill.patient_id, seen_by=seen_by).select_related("plan"))
    return Basket(
        bill=bill,
        lines=_lines(bill, rows, seen_by),
        balances=[_balance(one) for one in holding if one.plan_id is None or one.plan_id in plans],
        other_bills=list(
            bills.bills_of(bill.patient_id, seen_by=seen_by).filter(status__in=OPEN_BILL).exclude(pk=bill.pk)[:10]
        ),
        payments=[one for one in payments if one.is_received],
        waiting=next((one for one in payments if _waits(one)), None),
        last=Checkout.objects.filter(bill_id=bill.pk)
        .prefetch_related("parts__payment")
        .order_by("-created_at")
        .first(),
        dues=_dues(bill.patient_id, plans, seen_by),
    )


def open_draft(patient_id: UUID, branch_id: UUID, *, seen_by: Actor) -> Any | None:
    """The patient's bill at a branch that is still a draft, the latest one."""
    drafts = bills.bills_of(patient_id, seen_by=seen_by).filter(branch_id=branch_id, status=BillStatus.DRAFT)
    return drafts.filter(lines__isnull=False).distinct().order_by("-created_at").first()


def checkout(pk: UUID, *, seen_by: Actor) -> Checkout | None:
    """One checkout with its parts."""
    seen_by.must(VIEW, do="see checkouts")
    rows = Checkout.objects.filter(organization_id=seen_by.organization_id, pk=pk)
    return rows.select_related("bill__patient", "branch", "patient").prefetch_related("parts__payment").first()


def _lines(bill: Any, rows: list[Any], by: Actor) -> list[Line]:
    """The lines, and of the visit's own session who pays it: a package or money, and whether that may be swapped."""
    swaps = bill.status == BillStatus.DRAFT and bill.appointment_id is not None and by.may(PACKAGES)
    found = []
    for row in rows:
        line = Line(row, *_tag(row))
        if swaps and row.service_id and row.source.startswith("session:"):
            line = _swapped(bill, line, by)
        found.append(line)
    return found


def _swapped(bill: Any, line: Line, by: Actor) -> Line:
    row = line.row
    if row.unit_price == 0:
        is_used = entitlements.live_use(row.source, seen_by=by) is not None
        return replace(line, worth=row.service.price, swap="" if is_used else "charge")
    on = bill.appointment.local_start.date()
    is_held = entitlements.covering(bill.patient_id, row.service_id, on, seen_by=by) is not None
    return replace(line, swap="cover" if is_held else "")


def _dues(patient_id: UUID, plans: set[UUID], by: Actor) -> list[Due]:
    """What is due today on the patient's payment plans, for whoever may see them."""
    if not by.may(PLANS):
        return []
    found = []
    for agreement in installments.due_of_patient(patient_id, seen_by=by)[:5]:
        standing = installments.standing_of(agreement)
        is_here = agreement.plan_id in plans
        if is_here or (standing.next is not None and standing.next.due_date <= standing.today):
            found.append(Due(agreement, standing.due_now, is_here))
    return found


def _tag(row: Any) -> tuple[str, str, str]:
    if row.note.startswith("Prescription "):
        return DISPENSED
    kind = row.source.partition(":")[0]
    if kind == "session" and row.total > 0:  # the visit itself; one that a package pays for stands at nothing
        return TAGS["visit"]
    return TAGS.get(kind, AT_DESK)


def _balance(payment: Any) -> Balance:
    word = "Deposit" if payment.plan_id else "On account"
    return Balance(word, f"{payment.get_method_display()}, {payment.received_at:%-d %b}", payment.free)


def _waits(payment: Any) -> bool:
    return bool(payment.status == PaymentStatus.PENDING and payment.expires_at and payment.expires_at > clock.now())
