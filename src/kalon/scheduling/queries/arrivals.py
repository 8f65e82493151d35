"""Codes to arrive with, and the visit that somebody at the door comes for."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from kalon.kernel import clock, crypto
from kalon.kernel.actors import Actor
from kalon.scheduling.lifecycles import HERE, Status
from kalon.scheduling.models import Appointment
from kalon.scheduling.queries.visits import appointments
from kalon.scheduling.rules import passes, whole_day

LIVES = timedelta(minutes=2)
COMING = (Status.CONFIRMED, Status.PENDING_PAYMENT, Status.REQUESTED)


def door_code(branch: Any, *, seen_by: Actor) -> str:
    """The code that the branch's door shows now."""
    return passes.written(
        passes.Sort.DOOR, branch.pk, _ends(ZoneInfo(branch.timezone)), sign=_sign(seen_by.organization_id)
    )


def phone_code(visit: Appointment, *, seen_by: Actor) -> str | None:
    """The code a patient shows at the desk: on the day of a confirmed visit only."""
    if visit.status != Status.CONFIRMED or not is_on(visit):
        return None
    return passes.written(passes.Sort.PHONE, visit.pk, _ends(visit.zone), sign=_sign(seen_by.organization_id))


def read_code(text: str, *, seen_by: Actor) -> passes.Pass | None:
    """What stands in a code; None when this clinic did not write it."""
    return passes.read(text, sign=_sign(seen_by.organization_id))


def is_on(visit: Appointment) -> bool:
    """Whether a visit is today, on the clock of its branch."""
    return visit.local_start.date() == clock.today(visit.zone)


def visits_today(branch: Any, *, seen_by: Actor) -> list[Appointment]:
    """A patient's own visits of today at a branch: those that are to come first, then those that have begun."""
    zone = ZoneInfo(branch.timezone)
    span = whole_day(clock.today(zone), zone)
    rows = appointments(seen_by=seen_by).filter(
        patient_id=seen_by.own_patient_id,
        branch_id=branch.pk,
        starts_at__gte=span.start,
        starts_at__lt=span.end,
        status__in=[*COMING, *HERE],
    )
    return sorted(rows, key=lambda visit: (visit.status not in COMING, visit.period.lower))


def by_number(text: str, *, seen_by: Actor) -> Appointment | None:
    """The visit whose number somebody reads out, with or without its dash."""
    letters = text.strip().upper().replace("-", "").replace(" ", "")
    if len(letters) != 8:
        return None
    return appointments(seen_by=seen_by).filter(number=f"{letters[:4]}-{letters[4:]}").first()


def _ends(zone: ZoneInfo) -> datetime:
    """In two minutes, and with the day."""
    now = clock.now()
    return min(now + LIVES, whole_day(now.astimezone(zone).date(), zone).end)


def _sign(organization_id: UUID) -> passes.Sign:
    return partial(crypto.keyed_hash, "scheduling.arrival", organization_id)
