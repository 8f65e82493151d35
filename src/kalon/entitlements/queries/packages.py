"""Packages of patients: what is left in them, what covers a visit, and the proof of their sums."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet, Sum

from kalon.billing import queries as billing
from kalon.entitlements import rules
from kalon.entitlements.lifecycles import OPEN, VIEW, HoldingStatus
from kalon.entitlements.models import HoldingItem, PackageHolding, Settlement, Terms, Use
from kalon.kernel import clock
from kalon.kernel.actors import Actor, system
from kalon.kernel.errors import NotFound
from kalon.kernel.lookup import one
from kalon.kernel.money import ZERO, exact
from kalon.pricing import queries as pricing
from kalon.scheduling import queries as scheduling
from kalon.scheduling.lifecycles import AHEAD
from kalon.scheduling.lifecycles import Status as Visit

HERE = (Visit.CHECKED_IN, Visit.IN_PROGRESS, Visit.COMPLETED)
PROMISED = (*AHEAD, Visit.CHECKED_IN, Visit.IN_PROGRESS)
RECENT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Covering:
    """The session of a package that a patient has for a service: the third of six, worth so much."""

    item_id: UUID
    holding_id: UUID
    package: str
    number: int
    of: int
    value: Decimal
    single_price: Decimal
    valid_until: date

    @property
    def words(self) -> str:
        return f"{self.package}, session {self.number} of {self.of}"


def terms(*, seen_by: Actor) -> Terms:
    """What the clinic decided; where it decided nothing, what is usual."""
    found = one(Terms.objects.filter(organization_id=seen_by.organization_id))
    return found or Terms(organization_id=seen_by.organization_id)


def holdings(*, seen_by: Actor) -> "QuerySet[PackageHolding]":
    """The packages of the actor's patients, newest first; a patient sees their own."""
    seen_by.must(VIEW, do="see packages")
    rows = PackageHolding.objects.filter(organization_id=seen_by.organization_id)
    if seen_by.is_patient:
        rows = rows.filter(patient_id__person=seen_by.own_patient_id)
    return rows.select_related("patient", "branch").prefetch_related("items__service")


def holding(pk: UUID, *, seen_by: Actor, lock: bool = False) -> PackageHolding:
    """One package of a patient, with its sessions."""
    rows = holdings(seen_by=seen_by).filter(pk=pk)
    found = one(rows.select_for_update(of=("self",)) if lock else rows)
    if found is None:
        raise NotFound("There is no such package.")
    return found


def holdings_of(patient_id: UUID, *, seen_by: Actor) -> "QuerySet[PackageHolding]":
    """Everything one patient bought, newest first."""
    return holdings(seen_by=seen_by).filter(patient_id__person=patient_id).order_by("-created_at", "-id")


def expiring(*, until: date, seen_by: Actor) -> "QuerySet[PackageHolding]":
    """What can be used no longer after that day unless somebody extends it, the first to end first."""
    return holdings(seen_by=seen_by).filter(status__in=OPEN, valid_until__lte=until).order_by("valid_until", "id")


def item(pk: UUID, *, seen_by: Actor) -> HoldingItem:
    """The sessions of one service in a package."""
    seen_by.must(VIEW, do="see packages")
    rows = HoldingItem.objects.filter(organization_id=seen_by.organization_id, pk=pk)
    if seen_by.is_patient:
        rows = rows.filter(patient_id__person=seen_by.own_patient_id)
    found = one(rows.select_related("holding", "service"))
    if found is None:
        raise NotFound("There is no such package.")
    return found


def uses_of(holding_id: UUID, *, seen_by: Actor) -> "QuerySet[Use]":
    """Each session that was used or given back, in order."""
    seen_by.must(VIEW, do="see packages")
    rows = Use.objects.filter(organization_id=seen_by.organization_id, holding_id=holding_id)
    return rows.select_related("service", "branch", "appointment", "taken_back_by").order_by("created_at", "id")


def settlements_of(holding_id: UUID, *, seen_by: Actor) -> "QuerySet[Settlement]":
    """How a package ended, and came alive again."""
    seen_by.must(VIEW, do="see packages")
    rows = Settlement.objects.filter(organization_id=seen_by.organization_id, holding_id=holding_id)
    return rows.select_related("credit_note", "to_holding__patient").order_by("created_at", "id")


def root_of(appointment_id: UUID, *, seen_by: Actor) -> UUID:
    """The first date of a visit that may have been moved since."""
    return billing.dates_of(appointment_id, seen_by=seen_by)[-1]


def source_of(appointment_id: UUID, service_id: UUID, *, seen_by: Actor) -> str:
    """What names a session, on a bill as on a package: it is used, or billed, once."""
    return f"session:{root_of(appointment_id, seen_by=seen_by)}:{service_id.hex}"


def live_use(source: str, *, seen_by: Actor) -> Use | None:
    """The session that was used under this name and not given back."""
    rows = Use.objects.filter(organization_id=seen_by.organization_id, source=source, takes_back=None)
    undone = Use.objects.filter(takes_back_id=OuterRef("pk"))
    return one(rows.filter(~Exists(undone)).select_related("item", "holding"))


def covering(
    patient_id: UUID, service_id: UUID, on: date, *, but: UUID | None = None, seen_by: Actor
) -> Covering | None:
    """The session of a package that a visit on that day for that service would use: of the one that ends first.

    What other visits (`but` this one) were promised on their bills, or when they were booked online, and not used yet,
    is taken off first.
    """
    seen_by.must(VIEW, do="see packages")
    rows = HoldingItem.objects.filter(
        organization_id=seen_by.organization_id,
        patient_id__person=patient_id,
        service_id=service_id,
        holding__status=HoldingStatus.ACTIVE,
        holding__valid_until__gte=on,
        used__lt=F("quantity"),
    )
    promised = _promised(patient_id, service_id, but, seen_by=seen_by)
    for row in rows.select_related("holding").order_by("holding__valid_until", "holding_id"):
        if promised >= row.left:
            promised -= row.left
            continue
        number = row.used + promised + 1
        done = exact(row.value * number / row.quantity) - exact(row.value * (number - 1) / row.quantity)
        return Covering(
            item_id=row.pk,
            holding_id=row.holding_id,
            package=row.holding.name,
            number=number,
            of=row.quantity,
            value=done,
            single_price=row.single_price,
            valid_until=row.holding.valid_until,
        )
    return None


def proof(*, seen_by: Actor) -> list[tuple[UUID, str, Decimal, Decimal]]:
    """Packages whose sums do not agree with the rows under them, counted again: there should never be one."""
    seen_by.must(VIEW, do="check the books")
    wrong: list[tuple[UUID, str, Decimal, Decimal]] = []
    here: dict[str, Any] = {"organization_id": seen_by.organization_id}
    used = dict(Use.objects.filter(**here).order_by().values_list("holding_id").annotate(sum=Sum("value")))
    ended: dict[tuple[UUID, str], tuple[Decimal, Decimal]] = {
        (pk, kind): (value, kept)
        for pk, kind, value, kept in Settlement.objects.filter(**here)
        .order_by()
        .values_list("holding_id", "kind")
        .annotate(sum=Sum("value"), more=Sum("kept"))
    }
    nothing = (ZERO, ZERO)
    for row in PackageHolding.objects.filter(**here).order_by():
        counted = {
            "used": used.get(row.pk, ZERO),
            "refunded": ended.get((row.pk, "REFUND"), nothing)[0],
            "kept": ended.get((row.pk, "REFUND"), nothing)[1],
            "moved": ended.get((row.pk, "TRANSFER"), nothing)[0],
            "forfeited": ended.get((row.pk, "FORFEIT"), nothing)[0] + ended.get((row.pk, "RESTORE"), nothing)[0],
        }
        wrong += [
            (row.pk, name, getattr(row, name), sum_) for name, sum_ in counted.items() if getattr(row, name) != sum_
        ]
        if row.left < 0:
            wrong.append((row.pk, "left", row.left, ZERO))
    return wrong


def ended_or_ending(*, seen_by: Actor) -> tuple[list[UUID], list[UUID]]:
    """What is over today and still stands open, and what ends within the warning and nobody was told of."""
    days = terms(seen_by=seen_by).warn_days
    over: list[UUID] = []
    near: list[UUID] = []
    for row in expiring(until=clock.now().date() + timedelta(days=days + 1), seen_by=seen_by):
        today = clock.today(row.branch.timezone)
        if row.valid_until < today:
            over.append(row.pk)
        elif row.status == HoldingStatus.ACTIVE and row.warned_at is None and row.valid_until <= soon(today, days):
            near.append(row.pk)
    return over, near


def soon(today: date, days: int) -> date:
    """The last day that is still within the warning."""
    return today + timedelta(days=days)


def visits_to_use_at(patient_id: UUID, today: date, *, seen_by: Actor) -> list[Any]:
    """The visits of the last days at which the patient is or was here, the latest first."""
    rows = scheduling.appointments_of(patient_id, seen_by=seen_by).filter(
        status__in=HERE, starts_at__gte=clock.now() - RECENT
    )
    return [visit for visit in rows[:10] if visit.local_start.date() <= today]


def comes_back(row: PackageHolding, *, seen_by: Actor) -> Decimal:
    """What would be taken back of a package now, before tax."""
    singly = terms(seen_by=seen_by).used_at == Terms.UsedAt.SINGLE
    used = [(piece.single_price, piece.used) for piece in row.items.all()] if singly else None
    return rules.comes_back(row.left, row.value, used)


def _promised(patient_id: UUID, service_id: UUID, but: UUID | None, *, seen_by: Actor) -> int:
    """How many sessions stand at nothing on bills of visits that are still to come, or were shown at nothing online.

    A nurse need not see bills.
    """
    till = system("entitlements", seen_by.organization_id)
    lines = billing.free_sessions(patient_id, service_id, seen_by=till)
    used = Use.objects.filter(organization_id=seen_by.organization_id, source=OuterRef("source"), takes_back=None)
    undone = Use.objects.filter(takes_back_id=OuterRef("pk"))
    on_bills = set(lines.filter(~Exists(used.filter(~Exists(undone)))).values_list("source", flat=True))
    shown = pricing.covered_visits(patient_id, service_id, seen_by=seen_by)
    ahead = shown.filter(appointment__status__in=PROMISED).exclude(appointment_id=but)
    names = [source_of(pk, service_id, seen_by=till) for pk in ahead.values_list("appointment_id", flat=True)]
    return len(on_bills) + sum(name not in on_bills and live_use(name, seen_by=seen_by) is None for name in names)
