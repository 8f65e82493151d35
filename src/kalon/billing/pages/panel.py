"""Billing on the patient page: a card with what is owed, and a tab with every bill and payment."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from kalon.billing import queries
from kalon.billing.lifecycles import CHARGE, VIEW
from kalon.kernel import audit

SHOWN = 50


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


def money_tab(request: HttpRequest, patient: Any) -> str:
    """Every bill and every payment of a patient, the latest first."""
    by = request.actor  # type: ignore[attr-defined]
    bills = list(queries.bills_of(patient.pk, seen_by=by)[:SHOWN])
    payments = list(queries.payments(seen_by=by).filter(patient_id__person=patient.pk)[:SHOWN])
    audit.reads(by, [*bills, *payments], purpose="patient page, billing")
    context = {
        "money": queries.money_of(patient.pk, seen_by=by),
        "bills": bills,
        "payments": payments,
        "patient_id": patient.pk,
        "may_charge": by.may(CHARGE),
        "shown": SHOWN,
    }
    return render_to_string("billing/_tab.html", context, request=request)
