"""The way from a visit's page to its checkout."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from kalon.scheduling.lifecycles import Status
from kalon.tills.lifecycles import TAKE
from kalon.web.fronts import actor_of

AFTER = (Status.IN_PROGRESS, Status.COMPLETED)


def checkout_card(request: HttpRequest, visit: Any) -> str | None:
    """One button, once the patient was seen, for those who take money."""
    if visit.status not in AFTER or not actor_of(request).may(TAKE, at=visit.branch_id):
        return None
    return render_to_string("tills/_visit_card.html", {"visit_id": visit.pk}, request=request)
