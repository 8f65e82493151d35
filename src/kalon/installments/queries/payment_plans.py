"""Payment plans, their parts, and outside loans."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Min, Q, QuerySet, Sum

from kalon.installments.lifecycles import COUNTED, OPEN, UNPAID, VIEW, PartStatus, PlanStatus
from kalon.installments.models import Financing, Installment, PaymentPlan
from kalon.installments.queries.terms import terms
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.kernel.lookup import one
from kalon.kernel.money import ZERO

FROM_HERE = ("patient", "branch", "quote", "plan", "plan__patient")


def rows_of_plans(*, seen_by: Actor) -> "QuerySet[PaymentPlan]":
    """The payment plans of the actor's organisation, without what their parts say; a patient sees their own."""
    seen_by.must(VIEW, do="see payment plans")
    rows = PaymentPlan.objects.filter(organization_id=seen_by.organization_id).select_related(*FROM_HERE)
    return rows.filter(patient_id__person=seen_by.own_patient_id) if seen_by.is_patient else rows


def payment_plans(*, seen_by: Actor) -> "QuerySet[Any]":
    """The payment plans that the actor may see, newest first, each with what its parts say.

    `next_date`: the first unpaid one's day; `overdue`: how many days have passed by; `late`: how much is missing.
    """
    rows = rows_of_plans(seen_by=seen_by)
    unpaid, overdue = Q(installments__status__in=UNPAID), Q(installments__status=PartStatus.OVERDUE)
    return rows.order_by("-id").annotate(
        next_date=Min("installments__due_date", filter=unpaid),
        overdue=Count("installments", filter=overdue),
        late=Sum(F("installments__amount") - F("installments__paid"), filter=overdue, default=ZERO),
    )


def payment_plan(pk: UUID, *, seen_by: Actor) -> Any:
    """One payment plan with its patient, branch, quote and treatment; 404 when it is not theirs to see."""
    found = one(payment_plans(seen_by=seen_by).filter(pk=pk))
    if found is None:
        raise NotFound("There is no such payment plan.")
    return found


def payment_plans_of(patient_id: UUID, *, seen_by: Actor) -> "QuerySet[Any]":
    """Every payment plan of one patient, newest first."""
    return payment_plans(seen_by=seen_by).filter(patient_id__person=patient_id)


def live_of_treatment(plan_id: UUID, *, seen_by: Actor) -> Any:
    """The payment plan for which a treatment's money counts, if there is one."""
    return one(payment_plans(seen_by=seen_by).filter(plan_id=plan_id, status__in=COUNTED))


def live_of_quote(quote_id: UUID, *, seen_by: Actor) -> Any:
    """The payment plan that was agreed on a quote and counts, if there is one."""
    return one(payment_plans(seen_by=seen_by).filter(quote_id=quote_id, status__in=COUNTED))


def parts_of(agreement: PaymentPlan) -> list[Installment]:
    """The parts of a payment plan that was seen, in their order."""
    return list(Installment.objects.filter(payment_plan_id=agreement.pk).order_by("position"))


def installment(pk: UUID, *, seen_by: Actor) -> Installment:
    """One part, with its payment plan; 404 when it is not theirs to see."""
    seen_by.must(VIEW, do="see payment plans")
    rows = Installment.objects.filter(pk=pk, organization_id=seen_by.organization_id)
    if seen_by.is_patient:
        rows = rows.filter(patient_id__person=seen_by.own_patient_id)
    found = one(rows.select_related("payment_plan", "payment_plan__branch", "patient"))
    if found is None:
        raise NotFound("There is no such instalment.")
    return found


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a payment plan stands, for the person who takes or brings the money."""

    parts: list[Installment]
    today: date

    @property
    def next(self) -> Installment | None:
        """The first part for which money is still to come."""
        return next((part for part in self.parts if part.is_unpaid), None)

    @property
    def late(self) -> Decimal:
        """What should have come by now and did not."""
        return sum((part.owed for part in self.parts if part.is_unpaid and part.due_date < self.today), ZERO)

    @property
    def due_now(self) -> Decimal:
        """What is asked for today: everything due by now, or the next part before its day."""
        due = sum((part.owed for part in self.parts if part.is_unpaid and part.due_date <= self.today), ZERO)
        return due or (self.next.owed if self.next else ZERO)

    def up_to(self, part: Installment) -> Decimal:
        """What is to come in until this part is paid too: money fills the parts in their order."""
        return sum((one.owed for one in self.parts if one.is_unpaid and one.position <= part.position), ZERO)


def standing_of(agreement: PaymentPlan) -> Standing:
    """How the parts of a payment plan that was seen stand on its branch's day."""
    return Standing(parts_of(agreement), clock.today(agreement.branch.timezone))


def due_of_patient(patient_id: UUID, *, seen_by: Actor) -> "QuerySet[Any]":
    """A patient's payment plans on which something is still to come, the most urgent first."""
    rows = payment_plans_of(patient_id, seen_by=seen_by).filter(status__in=OPEN)
    return rows.order_by(F("next_date").asc(nulls_last=True), "pk")


def loans_of(patient_id: UUID, *, seen_by: Actor) -> "QuerySet[Financing]":
    """The loans that lenders approved for a patient, newest first."""
    seen_by.must(VIEW, do="see loans")
    if seen_by.is_patient:
        patient_id = seen_by.own_patient_id
    rows = Financing.objects.filter(organization_id=seen_by.organization_id, patient_id__person=patient_id)
    return rows.select_related("patient", "branch", "quote", "payment")


def loan(pk: UUID, *, seen_by: Actor) -> Financing:
    """One loan; 404 when it is not theirs to see."""
    seen_by.must(VIEW, do="see loans")
    rows = Financing.objects.filter(pk=pk, organization_id=seen_by.organization_id)
    if seen_by.is_patient:
        rows = rows.filter(patient_id__person=seen_by.own_patient_id)
    found = one(rows.select_related("patient", "branch", "quote", "payment"))
    if found is None:
        raise NotFound("There is no such loan.")
    return found


def to_tell(*, seen_by: Actor) -> list[tuple[UUID, int]]:
    """The parts whose reminder's day has come and was not yet sent, each with that step (days from its due date).

    Of several steps that passed by unseen, only the latest: nobody gets three letters on one morning.
    """
    seen_by.must(VIEW, do="see payment plans")
    asked = terms(seen_by=seen_by)
    steps = sorted([-day for day in asked.remind_days] + list(asked.chase_days))
    rows: Any = Installment.objects.filter(
        organization_id=seen_by.organization_id, status__in=UNPAID, payment_plan__status=PlanStatus.ACTIVE
    ).select_related("payment_plan__branch")
    found = []
    for part in rows.order_by("due_date", "pk"):
        late = (clock.today(part.payment_plan.branch.timezone) - part.due_date).days
        passed = [step for step in steps if step <= late and (step < 0) == (late <= 0)]
        if passed and (part.told is None or part.told < passed[-1]):
            found.append((part.pk, passed[-1]))
    return found
