"""What was put aside is to be had again."""

from django.db.models import QuerySet

from kalon.inventory.events import ReservationReleased, Source
from kalon.inventory.lifecycles import RESERVATION, UNIT, ReservationStatus
from kalon.inventory.models import Reservation, SerialUnit
from kalon.kernel import events
from kalon.kernel.actors import Actor


def give_free(found: "QuerySet[Reservation]", reason: str, *, by: Actor) -> list[Reservation]:
    """Release what of these is still held; pieces first, in the order in which everybody locks them."""
    held = found.filter(status=ReservationStatus.HELD)
    pieces = held.filter(unit__isnull=False).values("unit_id")
    units = {one.pk: one for one in SerialUnit.objects.select_for_update().filter(pk__in=pieces).order_by("pk")}
    rows = list(held.select_for_update(of=("self",)).select_related("item").order_by("batch_id", "location_id", "pk"))
    for row in rows:
        if row.unit_id and row.unit_id not in units:  # reserved in this very moment: the next turn finds it
            continue
        RESERVATION.move(row, "release", by=by, reason=reason)
        if row.unit_id:
            UNIT.move(units[row.unit_id], "free", by=by, reason=reason)
        events.announce(
            ReservationReleased(
                row.pk, row.plan_id, row.patient_id, row.organization_id, Source(row.source_kind, row.source_id), by
            )
        )
    return rows
