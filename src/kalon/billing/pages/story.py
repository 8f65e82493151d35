"""Money on the patient's timeline: what was billed, and what came in."""

from collections.abc import Iterable

from django.urls import reverse

from kalon.billing import queries
from kalon.patients.queries import timeline
from kalon.web.templatetags.words import plain_money


def bills(ask: timeline.Ask) -> Iterable[timeline.Entry]:
    """Every bill, on the day it was begun."""
    return [
        timeline.Entry(
            at=bill.created_at,
            id=bill.pk,
            title=f"Bill {bill.number}" if bill.number else "Draft bill",
            text=f"{plain_money(bill.total)}, {bill.get_status_display().lower()}",
            icon="receipt",
            tone="gold" if bill.is_open else "mute",
            tag="Money",
            href=reverse("billing:bill", args=[bill.pk]),
        )
        for bill in ask.of(queries.bills_of(ask.patient_id, seen_by=ask.by))
    ]


def payments(ask: timeline.Ask) -> Iterable[timeline.Entry]:
    """Every payment that came in."""
    rows = queries.payments(seen_by=ask.by).filter(patient_id__person=ask.patient_id)
    return [
        timeline.Entry(
            at=payment.received_at,
            id=payment.pk,
            title=f"{plain_money(payment.amount)} paid",
            text=", ".join(filter(None, [payment.get_method_display(), _receipt(payment.receipt_number)])),
            icon="wallet",
            tone="ok",
            tag="Money",
            href=reverse("billing:payment", args=[payment.pk]),
        )
        for payment in ask.of(rows, at="received_at")
        if payment.received_at
    ]


def _receipt(number: str | None) -> str:
    return f"receipt {number}" if number else ""
