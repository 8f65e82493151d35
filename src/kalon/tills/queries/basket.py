"""What the desk sees when a patient pays: the bill with where its lines come from, balances, and what is left."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from kalon.billing import queries as bills
from kalon.billing.lifecycles import OPEN_BILL, BillStatus, PaymentStatus
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


@dataclass(frozen=True, slots=True)
class Balance:
    """Money the clinic holds for the patient that this bill may use."""

    label: str
    note: str
    free: Decimal


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

    @property
    def owed(self) -> Decimal:
        owed: Decimal = self.bill.owed
        return owed

    @property
    def from_account(self) -> Decimal:
        """How much of what is on account this bill could use."""
        return min(self.owed, sum((balance.free for balance in self.balances), ZERO))

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
        lines=[Line(row, *_tag(row)) for row in rows],
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
