"""Bundles that a clinic offers, and what of a quote over several plans belongs to which."""

from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.kernel.lookup import one
from kalon.kernel.money import ZERO
from kalon.quotes.models import Bundle, BundlePart, Quote, QuoteLine


def bundles(*, seen_by: Actor) -> "QuerySet[Bundle]":
    """Every bundle of the clinic, those that are offered first, each with its parts."""
    parts = BundlePart.objects.select_related("service").order_by("position")
    rows = Bundle.objects.filter(organization_id=seen_by.organization_id)
    return rows.order_by("-retired_at", "name").prefetch_related(Prefetch("parts", queryset=parts))


def bundle(pk: UUID, *, seen_by: Actor, lock: bool = False) -> Bundle:
    """One bundle with its parts, or a refusal."""
    rows = bundles(seen_by=seen_by).filter(pk=pk)
    found = one(rows.select_for_update(of=("self",)) if lock else rows)
    if found is None:
        raise NotFound("There is no such bundle.")
    return found


def plans_of(quote: Quote, lines: Iterable[QuoteLine]) -> list[UUID]:
    """The plans that a quote is about, the one under which its money is kept first."""
    return list(dict.fromkeys([quote.plan_id, *(line.plan_id or quote.plan_id for line in lines)]))


def share_of(quote: Quote, lines: Iterable[QuoteLine], plan_id: UUID) -> Decimal:
    """What of an option belongs to one plan, with its tax."""
    return sum((line.total for line in lines if (line.plan_id or quote.plan_id) == plan_id), ZERO)
