"""Billing's card on the patient page: what is owed, what is on account, the last bills."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from kalon.billing import queries
from kalon.billing.lifecycles import CHARGE, VIEW
from kalon.kernel import audit


def money_panel(request: HttpRequest, patient: Any) -> str | None:
    """The card, for those who may see bills."""
    by = request.actor  # type: ignore[attr-defined]
    if not by.may(VIEW):
        return None
    bills = list(queries.bills_of(patient.pk, seen_by=by)[:4])
    audit.reads(by, bills, purpose="patient page")
    context = {
        "money": queries.money_of(patient.pk, seen_by=by),
        "bills": bills,
        "patient_id": patient.pk,
        "may_charge": by.may(CHARGE),
    }
    return render_to_string("billing/_panel.html", context, request=request)
