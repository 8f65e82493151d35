"""What was received, day by day."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Sum
from django.db.models.functions import TruncDate

from kalon.billing.lifecycles import OWN_REVENUE
from kalon.billing.models import PaymentAllocation
from kalon.billing.queries.bills import payments
from kalon.consultations.queries import dashboard


def received_by_day(ask: dashboard.Ask) -> Mapping[date, Decimal]:
    """The money received at a branch on each day, before what was paid back."""
    rows = payments(seen_by=ask.by).filter(branch_id=ask.branch_id, received_at__gte=ask.since)
    days = rows.select_related(None).order_by().annotate(day=TruncDate("received_at", tzinfo=ZoneInfo(ask.zone)))
    return dict(days.values_list("day").annotate(sum=Sum("amount")))


def own_received_by_day(ask: dashboard.Ask) -> Mapping[date, Decimal]:
    """What was received on each day for the visits of the one doctor who asks; what was taken off a bill again is off.

    Sums alone: no bill and no other doctor's money is seen by it.
    """
    ask.by.must(OWN_REVENUE, do="see what was received for your patients")
    if ask.doctor_id is None:
        return {}
    rows = PaymentAllocation.objects.filter(
        organization_id=ask.by.organization_id,
        bill__appointment__doctor_id=ask.doctor_id,
        payment__received_at__gte=ask.since,
    )
    days = rows.order_by().annotate(day=TruncDate("payment__received_at", tzinfo=ZoneInfo(ask.zone)))
    return dict(days.values_list("day").annotate(sum=Sum("amount")))
