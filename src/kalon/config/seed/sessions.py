"""Treatment sessions of the days ahead: each takes a room, somebody of the team, and a device or a nurse's hands."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from kalon.billing import actions as billing
from kalon.billing import queries as bills
from kalon.config.seed.clinic import Place
from kalon.kernel import clock
from kalon.kernel.errors import DomainError
from kalon.kernel.tenancy import acting_as
from kalon.scheduling import actions as scheduling
from kalon.scheduling.actions import BookingRequest

DAYS = 5
SESSIONS = ((time(10), "LASER-HAIR-FACE"), (time(11, 30), "PRP-HAIR"), (time(15), "LASER-PIGMENT"), (time(16), "PEEL"))


def treat(place: Place, known: list[Any], today: date, zone: ZoneInfo) -> None:
    """Book the sessions at the desk, and take the deposits they ask for."""
    patients = iter(known)
    for offset in range(DAYS):
        for at, code in SESSIONS:
            start = datetime.combine(today + timedelta(days=offset), at, zone)
            if start > clock.now():
                _session(place, next(patients), code, start)


def _session(place: Place, patient: Any, code: str, start: datetime) -> None:
    desk = place.by["frontdesk"]
    wish = BookingRequest(
        patient_id=patient.pk,
        branch_id=place.branch.pk,
        service_id=place.services[code].pk,
        start=start,
        source="PHONE",
    )
    try:
        visit = scheduling.book(wish, by=desk)
    except DomainError:
        return  # the team rests on a Sunday afternoon
    if visit.amount_due is None:
        return
    with acting_as(desk):
        bill = bills.bill_for_appointment(visit.pk, seen_by=desk)
    if bill is not None:
        billing.take_payment(bill.pk, "UPI", visit.amount_due, by=desk)
