"""What a clinic asks before it books, and what usually comes with a service."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from kalon.catalog import queries as catalog
from kalon.kernel.actors import Actor
from kalon.kernel.lookup import one
from kalon.quotes.models import Policy, SectionDefault


def policy(*, seen_by: Actor) -> Policy:
    """The clinic's policy; what holds where its owner changed nothing is not saved."""
    found = one(Policy.objects.filter(organization_id=seen_by.organization_id))
    return found or Policy(organization_id=seen_by.organization_id)


def defaults_of(service_ids: "set[UUID]", *, seen_by: Actor) -> "QuerySet[SectionDefault]":
    """What comes with these services on a quote, in order."""
    rows = SectionDefault.objects.filter(organization_id=seen_by.organization_id, service_id__in=service_ids)
    return rows.order_by("service_id", "position")


def services_with_defaults(*, seen_by: Actor) -> list[tuple[Any, list[SectionDefault]]]:
    """Every service on offer, with what comes with it on a quote."""
    by_service: dict[UUID, list[SectionDefault]] = {}
    rows = SectionDefault.objects.filter(organization_id=seen_by.organization_id).order_by("service_id", "position")
    for row in rows:
        by_service.setdefault(row.service_id, []).append(row)
    return [(service, by_service.get(service.pk, [])) for service in catalog.services(seen_by=seen_by)]
