"""What ends an agreement or a part of it: a decision with a reason, or the calendar."""

from datetime import timedelta
from uuid import UUID

from django.db.models import F, Min, QuerySet

from kalon.installments import queries
from kalon.installments.actions.crediting import credit_waived, hold_bills
from kalon.installments.actions.locks import fresh, locked_part, locked_plan
from kalon.installments.events import PaymentPlanDefaulted
from kalon.installments.lifecycles import INSTALLMENT, MANAGE, OPEN, PAYMENT_PLAN, WAIVE, PartStatus, PlanStatus
from kalon.installments.models import Installment, PaymentPlan
from kalon.kernel import clock, events
from kalon.kernel.actors import Actor, system
from kalon.kernel.errors import IllegalMove, NotReady
from kalon.kernel.reasons import reason_given
from kalon.kernel.tenancy import verb


@verb
def cancel(payment_plan_id: UUID, *, reason: str, by: Actor) -> PaymentPlan:
    """End the agreement: what was received stays the patient's, the rest is paid another way."""
    agreement = locked_plan(payment_plan_id, by=by)
    by.must(MANAGE, at=agreement.branch_id, do="end payment plans")
    PAYMENT_PLAN.move(agreement, "cancel", by=by, reason=reason_given(reason, "end the payment plan"))
    return fresh(agreement)


@verb
def default(payment_plan_id: UUID, *, reason: str, by: Actor) -> PaymentPlan:
    """Say that the agreement is broken: something is overdue, and reminders brought nothing."""
    agreement = _counted(locked_plan(payment_plan_id, by=by))
    by.must(MANAGE, at=agreement.branch_id, do="say that a payment plan is broken")
    why = reason_given(reason, "say that the payment plan is broken")
    if agreement.status == PlanStatus.ACTIVE and not _overdue(agreement).exists():
        raise NotReady("Nothing is overdue on this payment plan.")
    return _broken(agreement, why, by=by)


@verb
def break_if_late(payment_plan_id: UUID, *, by: Actor) -> bool:
    """By the clinic's terms: broken, once the oldest unpaid part is late by so many days. True when it was just now."""
    by.must(MANAGE, do="say that a payment plan is broken")
    agreement = _counted(locked_plan(payment_plan_id, by=by))
    days = queries.terms(seen_by=by).default_days
    oldest = _overdue(agreement).aggregate(day=Min("due_date"))["day"]
    if agreement.status != PlanStatus.ACTIVE or days is None or oldest is None:
        return False
    if clock.today(agreement.branch.timezone) < oldest + timedelta(days=days):
        return False
    _broken(agreement, f"Nothing came for {days} days.", by=by)
    return True


@verb
def count_again(payment_plan_id: UUID, *, by: Actor) -> PaymentPlan:
    """Have the database see what day it is: parts whose day has passed fall overdue."""
    by.must(MANAGE, do="count payment plans")
    return _counted(locked_plan(payment_plan_id, by=by))


@verb
def waive(installment_id: UUID, *, reason: str, by: Actor) -> Installment:
    """Let the patient off one instalment on which nothing was paid yet, with a reason that stays on the agreement.

    What the treatment's bill asks for it is taken back by a credit note.
    """
    by.must(WAIVE, do="let patients off instalments")
    plan_id = queries.installment(installment_id, seen_by=by).payment_plan.plan_id
    hold_bills(plan_id, by=system("payment plans", by.organization_id))
    part = locked_part(installment_id, by=by, permission=WAIVE)
    agreement = part.payment_plan
    by.must(WAIVE, at=agreement.branch_id, do="let patients off instalments")
    why = reason_given(reason, "let the patient off this instalment")
    if agreement.status not in OPEN:
        raise IllegalMove(
            f"The payment plan is {agreement.get_status_display().lower()}: nothing is to come on it.",
            status_is=str(agreement.status),
        )
    if part.status == PartStatus.PARTIAL or part.paid:
        raise IllegalMove(
            "A part of this instalment is paid. Agree on new dates first, then let the patient off what is left.",
            status_is=str(part.status),
        )
    INSTALLMENT.move(part, "waive", by=by, reason=why, waived_reason=why)
    part.refresh_from_db(fields=["status", "status_at", "paid"])
    fresh(agreement)
    credit_waived(plan_id, by=by)
    return part


def _counted(agreement: PaymentPlan) -> PaymentPlan:
    PaymentPlan.objects.filter(pk=agreement.pk).update(received=F("received"))
    return fresh(agreement)


def _overdue(agreement: PaymentPlan) -> "QuerySet[Installment]":
    return Installment.objects.filter(payment_plan_id=agreement.pk, status=PartStatus.OVERDUE)


def _broken(agreement: PaymentPlan, why: str, *, by: Actor) -> PaymentPlan:
    PAYMENT_PLAN.move(agreement, "default", by=by, reason=why)
    events.announce(
        PaymentPlanDefaulted(agreement.pk, agreement.plan_id, agreement.patient_id, agreement.organization_id, by)
    )
    return fresh(agreement)
