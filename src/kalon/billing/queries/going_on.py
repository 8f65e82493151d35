"""What a record still has going on here, so that it cannot be joined into another yet."""

from collections.abc import Iterable
from uuid import UUID

from django.urls import reverse

from kalon.billing.lifecycles import OPEN_BILL, RECEIVED, BillStatus
from kalon.billing.models import Bill, Payment
from kalon.billing.queries.bills import ON_ACCOUNT
from kalon.kernel.actors import Actor
from kalon.patients.queries.joining import Obstacle


def going_on(patient_id: UUID, by: Actor) -> Iterable[Obstacle]:
    """Bills that are not settled, and money that stands on account."""
    for bill in Bill.objects.filter(patient_id=patient_id, status__in=(BillStatus.DRAFT, *OPEN_BILL)).order_by("id")[
        :5
    ]:
        href = reverse("billing:bill", args=[bill.pk])
        yield Obstacle(f"Bill {bill.number or 'in draft'} is not settled. Take the payment, or void it.", href)
    held = Payment.objects.filter(patient_id=patient_id, status__in=RECEIVED).annotate(free=ON_ACCOUNT)
    for payment in held.filter(free__gt=0).order_by("id")[:5]:
        href = reverse("billing:payment", args=[payment.pk])
        yield Obstacle("Money stands on account. Use it for a bill, or give it back.", href)
