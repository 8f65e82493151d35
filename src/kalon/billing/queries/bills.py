"""Bills and payments, and the proof of their sums."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from kalon.billing.lifecycles import RECEIVED, VIEW, BillStatus, RefundStatus
from kalon.billing.models import Bill, BillLine, CreditNote, Payment, PaymentAllocation, Refund
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.kernel.lookup import one
from kalon.kernel.money import ZERO
from kalon.scheduling import queries as scheduling

ON_ACCOUNT = F("amount") - F("allocated") - F("refunding") - F("refunded")


def bills(*, seen_by: Actor) -> "QuerySet[Bill]":
    """The bills of the actor's organisation, newest first; a patient sees their own, once finalised."""
    seen_by.must(VIEW, do="see bills")
    rows = Bill.objects.filter(organization_id=seen_by.organization_id).select_related("patient", "branch")
    if seen_by.is_patient:
        return rows.filter(patient_id__person=_own(seen_by)).exclude(status=BillStatus.DRAFT)
    return rows


def bill(pk: UUID, *, seen_by: Actor) -> Bill:
    """One bill with its patient and branch; 404 when it is not theirs to see."""
    found = one(bills(seen_by=seen_by).filter(pk=pk))
    if found is None:
        raise NotFound("There is no such bill.")
    return found


def bills_of(patient_id: UUID, *, seen_by: Actor) -> "QuerySet[Bill]":
    """Everything one patient was billed, newest first."""
    return bills(seen_by=seen_by).filter(patient_id__person=patient_id)


def bill_for_appointment(appointment_id: UUID, *, seen_by: Actor) -> Bill | None:
    """The live bill of a visit; a visit that was moved brings the bill of its earlier date along."""
    rows = bills(seen_by=seen_by).filter(kind=Bill.Kind.VISIT).exclude(status=BillStatus.VOID)
    for visit_id in dates_of(appointment_id, seen_by=seen_by):
        if found := one(rows.filter(appointment_id=visit_id)):
            return found
    return None


def lines_of(bill_id: UUID, *, seen_by: Actor) -> "QuerySet[Any]":
    """The lines of a bill in their order, each with what was put on it so far (`paid`)."""
    seen_by.must(VIEW, do="see bills")
    return with_paid(BillLine.objects.filter(bill_id=bill_id)).order_by("position")


def free_sessions(patient_id: UUID, service_id: UUID, *, seen_by: Actor) -> "QuerySet[BillLine]":
    """The lines on which a session of a service stands at nothing: it was bought before."""
    seen_by.must(VIEW, do="see bills")
    rows = BillLine.objects.filter(organization_id=seen_by.organization_id, service_id=service_id, total=0)
    rows = rows.filter(patient_id__person=patient_id, source__startswith="session:")
    return rows.exclude(bill__status=BillStatus.VOID)


def with_paid(lines: "QuerySet[BillLine]") -> "QuerySet[Any]":
    """Lines with what was put on each so far (`paid`)."""
    return lines.annotate(paid=Coalesce(Sum("allocations__amount"), ZERO))


def payments(*, seen_by: Actor) -> "QuerySet[Payment]":
    """The payments of the actor's organisation, newest first; a patient sees their own."""
    seen_by.must(VIEW, do="see payments")
    rows = Payment.objects.filter(organization_id=seen_by.organization_id)
    rows = rows.select_related("patient", "branch", "bill")
    return rows.filter(patient_id__person=_own(seen_by)) if seen_by.is_patient else rows


def payment(pk: UUID, *, seen_by: Actor) -> Payment:
    found = one(payments(seen_by=seen_by).filter(pk=pk))
    if found is None:
        raise NotFound("There is no such payment.")
    return found


def payments_of_bill(bill_id: UUID, *, seen_by: Actor) -> "QuerySet[Payment]":
    """What was paid on a bill, or tried to be; money of other payments that was put on it included."""
    on_it = PaymentAllocation.objects.filter(bill_id=bill_id).values("payment_id")
    return payments(seen_by=seen_by).filter(Q(bill_id=bill_id) | Q(pk__in=on_it)).order_by("created_at")


def on_account(patient_id: UUID, *, seen_by: Actor) -> "QuerySet[Payment]":
    """The patient's payments that still hold money (`free`), oldest first; with a plan it is that plan's deposit."""
    rows = payments(seen_by=seen_by).filter(patient_id__person=patient_id, status__in=RECEIVED)
    return rows.annotate(free=ON_ACCOUNT).filter(free__gt=0).order_by("received_at")


def payments_on(day: date, *, branch_id: UUID | None, zone: str, seen_by: Actor) -> "QuerySet[Payment]":
    """The money received on a day of the branch's calendar, first to last."""
    start = datetime.combine(day, time.min, tzinfo=ZoneInfo(zone))
    rows = payments(seen_by=seen_by).filter(received_at__gte=start, received_at__lt=start + timedelta(days=1))
    return (rows.filter(branch_id=branch_id) if branch_id else rows).order_by("received_at", "id")


def refunds(*, seen_by: Actor) -> "QuerySet[Refund]":
    """Refunds asked for, approved and done."""
    seen_by.must(VIEW, do="see refunds")
    rows = Refund.objects.filter(organization_id=seen_by.organization_id).select_related("payment", "patient")
    return rows.filter(patient_id__person=_own(seen_by)) if seen_by.is_patient else rows


def credit_notes(bill_id: UUID, *, seen_by: Actor) -> "QuerySet[CreditNote]":
    seen_by.must(VIEW, do="see bills")
    return CreditNote.objects.filter(bill_id=bill_id)


def credit_note(pk: UUID, *, seen_by: Actor) -> CreditNote:
    """One credit note with its bill; 404 when the bill is not theirs to see."""
    rows = CreditNote.objects.filter(bill__in=bills(seen_by=seen_by).order_by())
    found = one(rows.select_related("bill__patient", "bill__branch").filter(pk=pk))
    if found is None:
        raise NotFound("There is no such credit note.")
    return found


@dataclass(frozen=True, slots=True)
class MoneyOfPatient:
    """What one patient owes, and what the clinic holds for them: free to use, or as deposits for their plans."""

    owed: Decimal
    on_account: Decimal
    deposits: Decimal


def money_of(patient_id: UUID, *, seen_by: Actor) -> MoneyOfPatient:
    """The patient's open sum and their money on account."""
    open_bills = bills_of(patient_id, seen_by=seen_by).filter(
        status__in=(BillStatus.FINALIZED, BillStatus.PARTIALLY_PAID)
    )
    owed = open_bills.aggregate(sum=Sum(F("total") - F("allocated") - F("credited") - F("written_off")))["sum"]
    held = on_account(patient_id, seen_by=seen_by).aggregate(
        wallet=Sum("free", filter=Q(plan=None)), deposits=Sum("free", filter=Q(plan__isnull=False))
    )
    return MoneyOfPatient(owed or ZERO, held["wallet"] or ZERO, held["deposits"] or ZERO)


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A sum that does not agree with the rows under it: there should never be one."""

    table: str
    id: UUID
    column: str
    says: Decimal
    counted: Decimal


def mismatches(*, seen_by: Actor) -> list[Mismatch]:
    """The proof of the sums: every bill and payment counted again, without trusting a column."""
    seen_by.must(VIEW, do="check the books")
    lines, parts = BillLine.objects.all(), PaymentAllocation.objects.all()
    notes, done = CreditNote.objects.all(), Refund.objects.filter(status=RefundStatus.DONE)
    return [
        *_compare(Bill, "total", _sums(lines, "bill_id", "total")),
        *_compare(Bill, "allocated", _sums(parts, "bill_id", "amount")),
        *_compare(Bill, "credited", _sums(notes, "bill_id", "total")),
        *_compare(Payment, "allocated", _sums(parts, "payment_id", "amount")),
        *_compare(Payment, "refunded", _sums(done, "payment_id", "amount")),
    ]


def _sums(rows: "QuerySet[Any]", key: str, column: str) -> dict[UUID, Decimal]:
    return dict(rows.order_by().values_list(key).annotate(sum=Sum(column)))


def _compare(model: "type[Bill] | type[Payment]", column: str, counted: dict[UUID, Decimal]) -> list[Mismatch]:
    said = model.objects.order_by().values_list("id", column).iterator()
    return [
        Mismatch(model._meta.db_table, pk, column, value, counted.get(pk, ZERO))
        for pk, value in said
        if value != counted.get(pk, ZERO)
    ]


def dates_of(appointment_id: UUID, *, seen_by: Actor) -> list[UUID]:
    """A visit and the earlier dates it was moved from, newest first."""
    dates: list[UUID] = []
    next_id: UUID | None = appointment_id
    while next_id and next_id not in dates and len(dates) < 50:
        dates.append(next_id)
        next_id = scheduling.appointment(next_id, seen_by=seen_by).predecessor_id
    return dates


def _own(patient: Actor) -> UUID:
    assert patient.patient_id is not None
    return patient.patient_id
