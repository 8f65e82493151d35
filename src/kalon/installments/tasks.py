"""What the clock does to payment plans: days pass, patients are reminded, agreements that nobody keeps are broken."""

from datetime import timedelta
from uuid import UUID

from django.db.models import Min

from kalon.installments import actions, queries
from kalon.installments.lifecycles import COUNTED, UNPAID, PartStatus, PlanStatus
from kalon.installments.models import Installment
from kalon.kernel import clock, outbox
from kalon.kernel.actors import Actor, system
from kalon.kernel.tenancy import acting_as


@outbox.every(cron="20 * * * *", name="installments.by_the_day")
def by_the_day(*, organization_id: UUID) -> None:
    """The day's work is left to a job that may be killed at any point."""
    outbox.defer(go_through, organization_id=organization_id)


@outbox.job(name="installments.go_through", attempts=5, in_steps=True)
def go_through(*, organization_id: UUID) -> None:
    """One payment plan at a time, each in a unit of work of its own: what was done stays done, once."""
    by = system("the clinic's clock", organization_id)
    with acting_as(by):
        passed, late = _passed(by), _late(by)
    for pk in passed:
        actions.count_again(pk, by=by)
    for pk in late:
        actions.break_if_late(pk, by=by)
    with acting_as(by):
        left = queries.to_tell(seen_by=by)
    for pk, step in left:
        actions.remind(pk, step=step, by=by)


def _passed(by: Actor) -> list[UUID]:
    """Payment plans with a part whose day has passed somewhere on earth and is not marked yet."""
    rows = Installment.objects.filter(
        organization_id=by.organization_id,
        status__in=(PartStatus.DUE, PartStatus.PARTIAL),
        due_date__lte=clock.now().date(),
        payment_plan__status__in=COUNTED,
    )
    return list(rows.order_by("payment_plan_id").values_list("payment_plan_id", flat=True).distinct())


def _late(by: Actor) -> list[UUID]:
    """Running payment plans whose oldest unpaid part is late by as many days as the terms allow, or nearly."""
    days = queries.terms(seen_by=by).default_days
    if days is None:
        return []
    rows = Installment.objects.filter(
        organization_id=by.organization_id, status__in=UNPAID, payment_plan__status=PlanStatus.ACTIVE
    )
    oldest = rows.order_by().values("payment_plan_id").annotate(oldest=Min("due_date"))
    since = clock.now().date() + timedelta(days=1) - timedelta(days=days)
    return sorted(row["payment_plan_id"] for row in oldest.filter(oldest__lte=since))


@outbox.job(name="installments.agree_chosen", attempts=5)
def agree_chosen(*, organization_id: UUID, quote_id: UUID, count: int) -> None:
    """A patient chose to pay in parts: the agreement is written."""
    actions.agree_chosen(quote_id, count=count, by=system("payment plans", organization_id))
