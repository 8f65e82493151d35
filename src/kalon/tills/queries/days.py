"""A branch's day in money: by tender what came and went, its drawers, and what is still open."""

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, NullIf

from kalon.billing import queries as bills
from kalon.billing.lifecycles import BillStatus, PaymentStatus, RefundStatus
from kalon.kernel.actors import Actor
from kalon.kernel.money import ZERO
from kalon.tills.lifecycles import VIEW, DayStatus, SessionStatus
from kalon.tills.models import DayClose, DrawerSession
from kalon.tills.queries.drawers import sessions, span, without_drawer

COUNTED_BY_HAND = ("CARD", "UPI", "BANK", "FINANCE")


@dataclass(frozen=True, slots=True)
class Tender:
    """One way of paying on one day: how often, what came, what went back, what was counted."""

    method: str
    label: str
    times: int
    received: Decimal
    paid_back: Decimal
    counted: Decimal | None = None

    @property
    def net(self) -> Decimal:
        return self.received - self.paid_back

    @property
    def variance(self) -> Decimal | None:
        return None if self.counted is None else self.counted - self.net


@dataclass(frozen=True, slots=True)
class Unsettled:
    """What is still open when a day is closed: how many of each."""

    draft_bills: int = 0
    waiting_payments: int = 0
    refunds_to_pay: int = 0
    cash_without_drawer: int = 0
    online_after_close: int = 0

    def as_counts(self) -> dict[str, int]:
        return {name: count for name, count in asdict(self).items() if count}


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a branch as it is closed, or as it stands."""

    branch: Any
    on: date
    close: DayClose | None
    tenders: list[Tender]
    sessions: list[DrawerSession]
    unsettled: Unsettled

    @property
    def total(self) -> Decimal:
        return sum((row.net for row in self.tenders), ZERO)

    @property
    def open_sessions(self) -> list[DrawerSession]:
        return [one for one in self.sessions if one.status != SessionStatus.CLOSED]

    @property
    def cash_variance(self) -> Decimal:
        return sum((one.variance or ZERO for one in self.sessions), ZERO)


def closes(*, seen_by: Actor) -> "QuerySet[DayClose]":
    """Closed days, and those that were reopened, newest first."""
    seen_by.must(VIEW, do="see closed days")
    return DayClose.objects.filter(organization_id=seen_by.organization_id).select_related("branch")


def days_of(branch_id: Any, *, seen_by: Actor) -> "QuerySet[DayClose]":
    """The closed days of one branch."""
    return closes(seen_by=seen_by).filter(branch_id=branch_id)


def day(branch: Any, on: date, *, seen_by: Actor) -> Day:
    """Everything of one day at one branch, in a fixed number of questions."""
    seen_by.must(VIEW, at=branch.pk, do="see the day's money")
    close = days_of(branch.pk, seen_by=seen_by).filter(day=on, status=DayStatus.CLOSED).first()
    start, end = span(on, branch.timezone)
    return Day(
        branch=branch,
        on=on,
        close=close,
        tenders=_tenders(branch, start, end, close, seen_by),
        sessions=list(sessions(seen_by=seen_by).filter(branch_id=branch.pk, opened_at__gte=start, opened_at__lt=end)),
        unsettled=_unsettled(branch, on, start, end, seen_by),
    )


def _tenders(branch: Any, start: Any, end: Any, close: DayClose | None, by: Actor) -> list[Tender]:
    came = bills.payments(seen_by=by).filter(branch_id=branch.pk, received_at__gte=start, received_at__lt=end)
    received: dict[str, Any] = {
        row["method"]: row
        for row in came.select_related(None).order_by().values("method").annotate(sum=Sum("amount"), times=Count("id"))
    }
    went = bills.refunds(seen_by=by).filter(
        payment__branch_id=branch.pk, status=RefundStatus.DONE, status_at__gte=start, status_at__lt=end
    )
    way = Coalesce(NullIf("method", Value("")), "payment__method")
    back = dict(went.select_related(None).order_by().annotate(way=way).values_list("way").annotate(sum=Sum("amount")))
    counted = close.counted if close else {}
    return [
        Tender(
            method=method.value,
            label=str(method.label),
            times=received.get(method.value, {}).get("times", 0),
            received=received.get(method.value, {}).get("sum", ZERO),
            paid_back=back.get(method.value, ZERO),
            counted=Decimal(counted[method.value]) if method.value in counted else None,
        )
        for method in bills.Method
        if method.value in received or method.value in back
    ]


def _unsettled(branch: Any, on: date, start: Any, end: Any, by: Actor) -> Unsettled:
    here = bills.bills(seen_by=by).filter(branch_id=branch.pk)
    payments = bills.payments(seen_by=by).filter(branch_id=branch.pk)
    earlier = days_of(branch.pk, seen_by=by).filter(day__lt=on, status=DayStatus.CLOSED).first()
    late = (
        payments.filter(method="ONLINE", received_at__gte=earlier.closed_at, received_at__lt=start) if earlier else None
    )
    to_pay = bills.refunds(seen_by=by).filter(
        payment__branch_id=branch.pk, status__in=(RefundStatus.REQUESTED, RefundStatus.APPROVED)
    )
    return Unsettled(
        draft_bills=here.filter(status=BillStatus.DRAFT, created_at__lt=end, lines__isnull=False).distinct().count(),
        waiting_payments=payments.filter(status=PaymentStatus.PENDING, created_at__lt=end).count(),
        refunds_to_pay=to_pay.filter(created_at__lt=end).count(),
        cash_without_drawer=without_drawer(on, branch=branch, seen_by=by).count(),
        online_after_close=late.count() if late is not None else 0,
    )
