"""What is still to be handed out, from which shelf, and what left already."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from kalon.inventory import queries as inventory
from kalon.kernel import actors, clock
from kalon.kernel.actors import Actor
from kalon.people import queries as people
from kalon.prescribing import rules
from kalon.prescribing.lifecycles import DISPENSE, OPEN, READ, Status
from kalon.prescribing.models import DispensedLine, KeptFinding, Prescription, PrescriptionItem
from kalon.prescribing.queries.prescriptions import lines_of, person_of, prescriptions

NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Shelf:
    """An item of the store for a prescribed medicine; `why` says why it does not stand for it, if it does not.

    `available` is what may leave today, in the item's unit; `batches` are those it comes from, first to expire first.
    """

    item: Any
    available: Decimal
    first_expiry: date | None
    why: str = ""
    batches: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class ToGive:
    """One medicine of a prescription at the counter: what of it is out in this filling, and where more stands."""

    item: PrescriptionItem
    out: Decimal
    shelves: tuple[Shelf, ...]

    @property
    def left(self) -> Decimal:
        return (self.item.quantity or NONE) - self.out

    @property
    def fitting(self) -> list[Shelf]:
        """The shelves it may be taken from now."""
        return [shelf for shelf in self.shelves if not shelf.why and shelf.available > 0]

    @property
    def most(self) -> Decimal:
        """How much can leave at once from the fullest shelf, in whole steps."""
        return max((self.most_of(shelf) for shelf in self.fitting), default=NONE)

    @property
    def state(self) -> str:
        """How it stands: "done", "ready", "short" (not all of it is there) or "none"."""
        if self.left <= 0:
            return "done"
        if self.most >= self.left:
            return "ready"
        return "short" if self.most else "none"

    def most_of(self, shelf: Shelf) -> Decimal:
        return rules.whole(min(self.left, shelf.available), shelf.item.step)

    @property
    def in_words(self) -> str:
        return rules.counted(self.left, self.item.counted_in)


@dataclass(frozen=True, slots=True)
class Out:
    """One row that left, and how much of it is still out."""

    line: DispensedLine
    still_out: Decimal

    @property
    def in_words(self) -> str:
        return rules.counted(self.line.quantity, self.line.item.counted_in)

    @property
    def still_in_words(self) -> str:
        return rules.counted(self.still_out, self.line.item.counted_in)


@dataclass(frozen=True, slots=True)
class Tally:
    """What is out of a prescription, by medicine and filling, beside what was prescribed from the own stock."""

    prescribed: dict[UUID, Decimal]
    out: dict[tuple[UUID, int], Decimal]

    def any(self) -> bool:
        return any(self.out.values())

    def any_in(self, filling: int) -> bool:
        return any(self.out.get((item, filling)) for item in self.prescribed)

    def all_in(self, filling: int) -> bool:
        """Whether everything is out in this filling."""
        return all(self.out.get((item, filling), NONE) >= much for item, much in self.prescribed.items())


def tally(prescription: Prescription) -> Tally:
    """What is out of one prescription now."""
    own = [item for item in prescription.items.all() if item.is_in_house]
    return Tally({item.pk: item.quantity or NONE for item in own}, _out(own))


def waiting(*, branch_id: UUID, seen_by: Actor) -> QuerySet[Prescription]:
    """The prescriptions of a branch of which something from its own stock is to be handed out, the oldest first."""
    seen_by.must(DISPENSE, do="hand out medicines")
    own = PrescriptionItem.objects.filter(prescription_id=OuterRef("pk"), is_in_house=True)
    rows = prescriptions(seen_by=seen_by).filter(Exists(own), status__in=OPEN, branch_id=branch_id)
    return rows.order_by("finalized_at", "id")


def refillable(*, branch_id: UUID, seen_by: Actor) -> QuerySet[Prescription]:
    """Those that were handed out and may be once more today, the one that ends soonest first."""
    seen_by.must(DISPENSE, do="hand out medicines")
    today = clock.today(people.branch(branch_id, seen_by=seen_by).timezone)
    rows = prescriptions(seen_by=seen_by).filter(branch_id=branch_id, status=Status.DISPENSED)
    return rows.filter(refills_used__lt=F("refills"), refills_until__gte=today).order_by("refills_until", "id")


def again(prescription: Prescription) -> bool:
    """Whether a refill of it may begin."""
    today = clock.today(prescription.branch.timezone)
    until = prescription.refills_until
    return prescription.status == Status.DISPENSED and prescription.refills_left > 0 and bool(until and until >= today)


def to_give(found: Sequence[Prescription], *, seen_by: Actor) -> dict[UUID, list[ToGive]]:
    """What is to be handed out of several prescriptions of one branch, by prescription; a fixed number of queries."""
    own = [(row, item) for row in found for item in row.items.all() if item.is_in_house]
    if not own:
        return {row.pk: [] for row in found}
    out = _out([item for _, item in own])
    stock = _stock([item for _, item in own], branch_id=own[0][0].branch_id, seen_by=seen_by)
    lines: dict[UUID, list[ToGive]] = {row.pk: [] for row in found}
    for row, item in own:
        # of one that may be refilled, all of it is to be handed out once more
        given = NONE if again(row) else out[item.pk, row.refills_used]
        lines[row.pk].append(ToGive(item, given, tuple(_shelves(item, stock))))
    return lines


def to_give_of(prescription: Prescription, *, seen_by: Actor) -> list[ToGive]:
    """What is to be handed out of one prescription, in the order in which it is written."""
    return to_give([prescription], seen_by=seen_by)[prescription.pk]


def handed_out(prescription: Prescription, *, seen_by: Actor) -> list[Out]:
    """What left for a prescription, the latest first, each with how much of it is still out."""
    seen_by.must(READ, do="read prescriptions")
    rows = DispensedLine.objects.filter(prescription=prescription, quantity__gt=0)
    rows = rows.annotate(back=Sum("came_back__quantity"))
    found = rows.select_related("item__patient", "dispensing", "patient").order_by("-created_at", "-id")
    return [Out(row, row.quantity + (row.back or NONE)) for row in found]


def new_allergies(prescription: Prescription, *, seen_by: Actor) -> list[rules.Finding]:
    """What an allergy recorded since it was signed says against it: whoever hands out must not pass it over."""
    known = {
        row.key
        for row in KeptFinding.objects.filter(prescription=prescription, severity="stop").select_related("patient")
    }
    # whoever hands out may not read the whole record; the check may
    person = person_of(prescription, seen_by=actors.system("prescribing", seen_by.organization_id))
    found = rules.check(lines_of(list(prescription.items.all())), person)
    return [one for one in found if one.is_stop and one.key.startswith("allergy:") and one.key not in known]


def _out(items: Iterable[PrescriptionItem]) -> dict[tuple[UUID, int], Decimal]:
    """How much of each medicine is out, by medicine and filling."""
    rows = DispensedLine.objects.filter(item__in=[item.pk for item in items]).order_by()
    sums: dict[tuple[UUID, int], Decimal] = defaultdict(Decimal)
    for item_id, filling, total in rows.values_list("item_id", "filling").annotate(total=Sum("quantity")):
        sums[item_id, filling] = total
    return sums


def _stock(items: Iterable[PrescriptionItem], *, branch_id: UUID, seen_by: Actor) -> list[Shelf]:
    """Everything in the store that could be meant, with what of it may leave."""
    items = list(items)
    named = Q(pk__in=[item.stock_item for item in items if item.stock_item])
    meant = Q(generic__in=[item.medicine for item in items if item.medicine]) & ~Q(generic="")
    today = inventory.today_at(branch_id, seen_by=seen_by)
    kept = inventory.items(seen_by=seen_by).filter(named | meant)
    found = list(inventory.with_stock(kept, branch_id=branch_id, today=today))
    standing: dict[UUID, list[Any]] = defaultdict(list)
    usable = Q(batch__expires_on=None) | Q(batch__expires_on__gte=today)
    shelves = inventory.shelves(seen_by=seen_by, branch_id=branch_id).filter(usable, batch__status="AVAILABLE")
    for row in shelves.filter(item_id__in=[item.pk for item in found], location__is_active=True):
        standing[row.item_id].append(row)
    return [Shelf(item, item.available, item.first_expiry, batches=tuple(standing[item.pk])) for item in found]


def _shelves(item: PrescriptionItem, stock: Iterable[Shelf]) -> Iterable[Shelf]:
    for shelf in stock:
        kept = shelf.item
        if kept.pk != item.stock_item and (not item.medicine or kept.generic != item.medicine):
            continue
        why = rules.fits(
            unit=item.counted_in, strength=item.strength, stock_unit=kept.unit, stock_strength=kept.strength
        )
        yield Shelf(kept, shelf.available, shelf.first_expiry, why or "", shelf.batches)
