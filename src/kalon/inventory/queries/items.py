"""Items with what there is of them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import (
    BooleanField,
    Case,
    Count,
    DateField,
    DecimalField,
    F,
    Min,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from kalon.inventory.lifecycles import VIEW, BatchStatus
from kalon.inventory.models import Balance, Batch, Item, Location
from kalon.inventory.models.items import QuantityField
from kalon.inventory.rules import SOON
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.kernel.lookup import one
from kalon.people import queries as people

M = TypeVar("M", bound=Model)
NONE = Decimal(0)
SHOWN = 12
DO = "see what is in stock"


@dataclass(frozen=True, slots=True)
class Available:
    """An item as it is offered while somebody types: what can be given to a patient now, and until when."""

    item_id: UUID
    name: str
    kind: str
    generic: str
    strength: str
    form: str
    unit: str
    step: Decimal
    available: Decimal
    expires_on: date | None
    price: Decimal
    tax_code: str
    hsn: str


@dataclass(frozen=True, slots=True)
class Figures:
    """The store of a branch in five numbers."""

    in_stock: int
    below: int
    soon: int
    expired: int
    quarantined: int


def items(*, seen_by: Actor, kind: str = "", text: str = "", also_unused: bool = False) -> "QuerySet[Item]":
    """The items of the clinic by name; of a kind, or that a word of their name, content or batch number fits."""
    seen_by.must(VIEW, do=DO)
    found = Item.objects.filter(organization_id=seen_by.organization_id)
    if not also_unused:
        found = found.filter(is_active=True)
    if kind:
        found = found.filter(kind=kind)
    for word in text.split()[:6]:
        numbered = Batch.objects.filter(item_id=OuterRef("pk"), number__iexact=word)
        found = found.filter(
            Q(name__icontains=word)
            | Q(generic__icontains=word)
            | Q(strength__icontains=word)
            | Q(form__icontains=word)
            | Q(pk__in=Subquery(numbered.values("item_id")))
        )
    return found


def item(pk: UUID | str, *, seen_by: Actor) -> Item:
    """One item, also one that is not used any more."""
    return _one(items(seen_by=seen_by, also_unused=True), pk, "item")


def with_stock(found: "QuerySet[Item]", *, branch_id: UUID, today: date) -> "QuerySet[Any]":
    """Items with what a branch has: `held` altogether, `available` for patients, `first_expiry` of that, `is_below`.

    What is reserved or locked away stands there and is not available.
    """
    here = Balance.objects.filter(item_id=OuterRef("pk"), location__branch_id=branch_id, quantity__gt=0).order_by()
    usable = here.filter(_usable(today))
    return found.annotate(
        held=_sum_of(here),
        available=_sum_of(usable, F("quantity") - F("held")),
        first_expiry=Subquery(
            usable.filter(quantity__gt=F("held"))
            .values("item_id")
            .annotate(soonest=Min("batch__expires_on"))
            .values("soonest"),
            output_field=DateField(null=True),
        ),
    ).annotate(
        is_below=Case(
            When(reorder_level__gt=F("available"), then=Value(True)), default=Value(False), output_field=BooleanField()
        )
    )


def in_stock(text: str, *, branch_id: UUID, seen_by: Actor, kinds: tuple[str, ...] = ()) -> list[Available]:
    """The items that a branch can give to a patient now, for autocomplete: at most twelve, the ones in stock first."""
    found = items(seen_by=seen_by, text=text[:100]).filter(needs_serial=False)  # those are scanned piece by piece
    if kinds:
        found = found.filter(kind__in=kinds)
    rows = with_stock(found, branch_id=branch_id, today=today_at(branch_id, seen_by=seen_by))
    ordered = rows.annotate(is_out=Case(When(available__gt=0, then=Value(0)), default=Value(1))).order_by(
        "is_out", "name", "id"
    )
    return [
        Available(
            item_id=row.pk, name=row.name, kind=row.kind, generic=row.generic, strength=row.strength, form=row.form,
            unit=row.unit, step=row.step, available=row.available, expires_on=row.first_expiry, price=row.price,
            tax_code=row.tax_code, hsn=row.hsn,
        )
        for row in ordered[:SHOWN]
    ]  # fmt: skip


def batches(item_id: UUID, *, branch_id: UUID, seen_by: Actor) -> "QuerySet[Any]":
    """The batches of an item that a branch can give to a patient now, first to expire first; `held` is how much.

    What is reserved for somebody is not among it.
    """
    seen_by.must(VIEW, do=DO)
    today = today_at(branch_id, seen_by=seen_by)
    here = Q(balances__location__branch_id=branch_id)
    return (
        Batch.objects.filter(organization_id=seen_by.organization_id, item_id=item_id, status=BatchStatus.AVAILABLE)
        .filter(Q(expires_on=None) | Q(expires_on__gte=today))
        .annotate(
            held=Coalesce(
                Sum(F("balances__quantity") - F("balances__held"), filter=here),
                Value(NONE),
                output_field=DecimalField(),
            )
        )
        .filter(held__gt=0)
        .select_related("item")
        .order_by(F("expires_on").asc(nulls_last=True), "id")
    )


def batch(pk: UUID | str, *, seen_by: Actor) -> Batch:
    """One batch with its item."""
    seen_by.must(VIEW, do=DO)
    found = Batch.objects.filter(organization_id=seen_by.organization_id).select_related("item")
    return _one(found, pk, "batch")


def locations(*, seen_by: Actor, branch_id: UUID | None = None, also_unused: bool = False) -> "QuerySet[Location]":
    """The places where stock is kept, of a branch or of all."""
    seen_by.must(VIEW, do=DO)
    found = Location.objects.filter(organization_id=seen_by.organization_id).select_related("branch")
    if branch_id:
        found = found.filter(branch_id=branch_id)
    return found if also_unused else found.filter(is_active=True)


def location(pk: UUID | str, *, seen_by: Actor) -> Location:
    """One place of the store."""
    return _one(locations(seen_by=seen_by, also_unused=True), pk, "place")


def figures(*, branch_id: UUID, seen_by: Actor) -> Figures:
    """How the store of a branch stands today."""
    today = today_at(branch_id, seen_by=seen_by)
    stocked = with_stock(items(seen_by=seen_by), branch_id=branch_id, today=today)
    here = Balance.objects.filter(location__branch_id=branch_id, quantity__gt=0)
    counted = here.aggregate(
        soon=Count("batch", distinct=True, filter=_usable(today) & Q(batch__expires_on__lte=today + SOON)),
        expired=Count("batch", distinct=True, filter=Q(batch__expires_on__lt=today)),
        quarantined=Count("batch", distinct=True, filter=Q(batch__status=BatchStatus.QUARANTINED)),
    )
    said = stocked.aggregate(
        in_stock=Count("pk", filter=Q(available__gt=0)), below=Count("pk", filter=Q(is_below=True))
    )
    return Figures(**said, **counted)


def today_at(branch_id: UUID, *, seen_by: Actor) -> date:
    """The present date where the branch is: what decides whether something has expired."""
    return clock.today(people.branch(branch_id, seen_by=seen_by).timezone)


def _usable(today: date) -> Q:
    return Q(batch__status=BatchStatus.AVAILABLE) & (Q(batch__expires_on=None) | Q(batch__expires_on__gte=today))


def _sum_of(rows: "QuerySet[Balance]", what: Any = "quantity") -> Any:
    total = rows.values("item_id").annotate(total=Sum(what)).values("total")
    return Coalesce(Subquery(total), Value(NONE), output_field=QuantityField())


def _one(rows: "QuerySet[M]", pk: UUID | str, noun: str) -> M:
    found = one(rows.filter(pk=pk))
    if found is None:
        raise NotFound(f"There is no such {noun}. It may belong to another clinic.")
    return found
