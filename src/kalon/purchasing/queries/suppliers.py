"""Whom the clinic buys from."""

from uuid import UUID

from django.db.models import Q, QuerySet

from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.kernel.lookup import one
from kalon.purchasing.lifecycles import VIEW
from kalon.purchasing.models import Supplier

DO = "see what is bought"


def suppliers(*, seen_by: Actor, text: str = "", also_unused: bool = False) -> "QuerySet[Supplier]":
    """The suppliers of the clinic by name, or those that a word of name, contact or tax number fits."""
    seen_by.must(VIEW, do=DO)
    found = Supplier.objects.filter(organization_id=seen_by.organization_id)
    if not also_unused:
        found = found.filter(is_active=True)
    for word in text.split()[:4]:
        found = found.filter(Q(name__icontains=word) | Q(contact__icontains=word) | Q(tax_number__istartswith=word))
    return found


def supplier(pk: UUID | str, *, seen_by: Actor) -> Supplier:
    """One supplier, also one the clinic does not buy from any more."""
    found = one(suppliers(seen_by=seen_by, also_unused=True).filter(pk=pk))
    if found is None:
        raise NotFound("There is no such supplier.")
    return found
