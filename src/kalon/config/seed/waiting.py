"""Who asked for a visit online and waits for the desk's answer, and who waits for a time that suits."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from kalon.config.seed.clinic import Place
from kalon.kernel.tenancy import acting_as
from kalon.scheduling import actions as scheduling
from kalon.scheduling import queries
from kalon.scheduling.actions import BookingRequest, WaitingRequest

ASKED = ((2, "PEEL"), (4, "FOLLOW-UP"))  # so many days ahead, for what


def line_up(place: Place, asking: list[Any], waiting: list[Any], today: date, zone: ZoneInfo) -> None:
    """Two requests to answer, and three patients on the waiting list: one of them is offered a time by day."""
    for patient, (days, code) in zip(asking, ASKED, strict=False):
        _request(place, patient, code, datetime.combine(today + timedelta(days=days), time(9), zone))
    until = today + timedelta(days=21)
    lunch: dict[str, Any] = {"from_time": time(13), "to_time": time(14), "note": "Can come in the lunch break only"}
    evening: dict[str, Any] = {"from_time": time(17), "weekdays": (4, 5), "doctor_id": place.doctors[0].pk}
    wishes: tuple[tuple[str, dict[str, Any]], ...] = (("LASER-HAIR-FACE", lunch), ("CONSULT", evening), ("PEEL", {}))
    for patient, (code, wish) in zip(waiting, wishes, strict=False):
        request = WaitingRequest(
            patient_id=patient.pk,
            branch_id=place.branch.pk,
            service_id=place.services[code].pk,
            until_date=until,
            **wish,
        )
        scheduling.join(request, by=place.by["frontdesk"])


def _request(place: Place, patient: Any, code: str, after: datetime) -> None:
    """The patient asks on their phone for the first time that is free."""
    by = place.patient(patient)
    service = place.services[code].pk
    with acting_as(by):
        free = queries.free_slots(place.branch.pk, service, after, 1, seen_by=by)
    for slot in free:
        wish = BookingRequest(
            patient_id=patient.pk,
            branch_id=place.branch.pk,
            service_id=service,
            doctor_id=slot.doctor_id,
            start=slot.start,
        )
        scheduling.book(wish, by=by)
