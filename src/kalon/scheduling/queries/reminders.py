"""Which visits are to be reminded of, who waits before whom, and how calendars know a visit."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.messaging import queries as messaging
from kalon.scheduling.lifecycles import Status
from kalon.scheduling.models import Appointment
from kalon.scheduling.queries.visits import appointments
from kalon.scheduling.rules.calendars import day_before

REMINDED = (Status.CONFIRMED, Status.PENDING_PAYMENT)
CODES: dict[str, str] = {
    Status.CONFIRMED: "appointment-reminder",
    Status.PENDING_PAYMENT: "appointment-reminder-unpaid",
}
A_DAY = timedelta(hours=25)  # the longest a day can be, where the clocks are put back
LONGEST_CHAIN = 50


def reminder_key(visit_id: UUID, start: datetime) -> str:
    """What a reminder is about: this visit at this time. One that is moved gets another."""
    return f"reminder {visit_id} {start:%Y%m%dT%H%MZ}"


def to_remind(*, seen_by: Actor) -> list[UUID]:
    """Visits of which nobody was reminded yet though their day before has come, the earliest first.

    Who booked less than a day ahead was told everything by the confirmation.
    """
    now = clock.now()
    rows = appointments(seen_by=seen_by).filter(status__in=REMINDED, starts_at__gt=now, starts_at__lte=now + A_DAY)
    facts = rows.select_related(None).order_by("starts_at", "id")
    due = [
        (pk, start)
        for pk, start, booked_at, zone in facts.values_list("pk", "starts_at", "created_at", "branch__timezone")
        if booked_at < day_before(start, ZoneInfo(zone)) <= now
    ]
    told = messaging.told(tuple(CODES.values()), [pk for pk, _ in due], seen_by=seen_by)
    return [pk for pk, start in due if reminder_key(pk, start) not in told]


def before_them(visit: Appointment, *, seen_by: Actor) -> int:
    """How many patients who have arrived go in before this one."""
    rows = appointments(seen_by=seen_by).filter(status=Status.CHECKED_IN, branch_id=visit.branch_id)
    rows = rows.filter(doctor_id=visit.doctor_id, starts_at__lt=visit.period.lower, starts_at__gte=_morning(visit))
    return rows.exclude(pk=visit.pk).count()


def calendar_mark(visit: Appointment, *, seen_by: Actor) -> tuple[UUID, int]:
    """How calendars know a visit: the id it was first booked under, and how often it changed since."""
    first, changes = visit, visit.edition
    for _ in range(LONGEST_CHAIN):
        if first.predecessor_id is None:
            break
        first = appointments(seen_by=seen_by).get(pk=first.predecessor_id)
        changes += first.edition + 1
    return first.pk, changes


def _morning(visit: Appointment) -> datetime:
    return visit.local_start.replace(hour=0, minute=0, second=0, microsecond=0)
