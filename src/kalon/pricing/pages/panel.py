"""Points and groups on the patient page."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from kalon.pricing import queries
from kalon.pricing.lifecycles import CHARGE
from kalon.web.fronts import actor_of


def points_panel(request: HttpRequest, patient: Any) -> str | None:
    """The card, for those who may bill, where the patient has points or is in a group, or could be."""
    by = actor_of(request)
    if not by.may(CHARGE):
        return None
    context = {
        "balance": queries.points_balance(patient.pk, seen_by=by),
        "members": queries.current_groups(patient.pk, seen_by=by),
        "patient_id": patient.pk,
    }
    return render_to_string("pricing/_panel.html", context, request=request)
