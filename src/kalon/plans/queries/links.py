"""The one tap into the booking wizard, with everything that is known filled in."""

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from kalon.catalog import queries as catalog
from kalon.kernel import clock
from kalon.kernel.actors import Actor

# Where the catalogue has no service of its own for a kind of visit, the nearest one stands in.
NEAREST = {
    "REVIEW": ("REVIEW", "FOLLOW_UP"),
    "FOLLOW_UP": ("FOLLOW_UP", "REVIEW"),
    "POST_OP": ("POST_OP", "FOLLOW_UP"),
    "PRE_OP": ("PRE_OP", "CONSULTATION"),
}


def services_by_kind(*, seen_by: Actor) -> dict[str, UUID]:
    """For each kind of visit the service that fits it, in one query; none where the desk has to choose."""
    first: dict[str, UUID] = {}
    for service in catalog.services(seen_by=seen_by).prefetch_related(None):
        if service.appointment_type:
            first.setdefault(service.appointment_type.code, service.pk)
    found = {kind: next((first[near] for near in nearest if near in first), None) for kind, nearest in NEAREST.items()}
    return {kind: pk for kind, pk in found.items() if pk}


def booking_link(
    *,
    patient_id: UUID,
    branch: Any,
    doctor_id: UUID | None,
    kind: str,
    service_id: UUID | None,
    due_date: date,
    follows_id: UUID | None,
    occasion_id: UUID,
) -> str:
    """The wizard's address: who, what, with whom, when and what for; nothing of why, which nobody is to read there."""
    known = {
        "patient": patient_id,
        "branch": branch.pk,
        "service": service_id,
        "doctor": doctor_id,
        "kind": kind,
        "date": max(due_date, clock.today(branch.timezone)),
        "follows": follows_id,
        "for": occasion_id,
    }
    return f"{reverse('scheduling:book')}?{urlencode({key: value for key, value in known.items() if value})}"
