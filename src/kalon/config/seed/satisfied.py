"""What patients of the demonstration said after their aftercare: content ones, and one whom somebody is to call."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from kalon.catalog import queries as catalog
from kalon.config.seed import agreed
from kalon.config.seed.clinic import Place
from kalon.consultations import actions as consultations
from kalon.consultations import queries as encounters
from kalon.kernel import clock
from kalon.kernel.errors import DomainError
from kalon.kernel.tenancy import acting_as
from kalon.patients.rules import PatientDetails
from kalon.plans import actions as plans
from kalon.plans.actions import FollowUpWish, LineDetails, PlanDetails, SatisfactionDetails
from kalon.scheduling import actions as scheduling
from kalon.scheduling.actions import BookingRequest

Came = Callable[[Place, PatientDetails, datetime, str], Any]
NAMES = (("Lakshmi", "Pillai"), ("Anjali", "Varma"), ("Fathima", "Rahim"), ("Rose", "Mathew"), ("Divya", "Iyer"))
NOTE = {"examination": "Even tone, no irritation.", "assessment": "Settled.", "advice": "Go on with sunscreen."}
SAID = (
    (60, SatisfactionDetails(
        score=5, would_return=True, praise=("RESULT", "LISTENED"), good="I was told what to expect, and it was so.",
    ), ""),
    (41, SatisfactionDetails(score=4, would_return=True, praise=("GENTLE", "CLEAN"), better="A parking space."), ""),
    (26, SatisfactionDetails(
        score=2, would_return=False, praise=("CLEAN",), better="The second cream burnt and nobody rang back.",
        may_call=True,
    ), "Called the same evening; comes on Friday, without a fee. The cream was changed."),
    (12, SatisfactionDetails(score=5, would_return=True, praise=("ADVICE", "ON_TIME")), ""),
    (5, SatisfactionDetails(
        score=1, would_return=False, better="I waited an hour each time, and the patches are still there.",
        may_call=True,
    ), ""),
)  # fmt: skip


def say(place: Place, today: date, zone: ZoneInfo, came: Came) -> None:
    """Treatments at home whose review was seen; each patient says how it was, and one heard an answer."""
    for (days, details, answer), (given, family) in zip(SAID, NAMES, strict=True):
        about = PatientDetails(
            given_name=given, family_name=family, birth_date=date(1988, 5, 1 + days % 28), gender="female",
            email=f"{given.lower()}@kalon.test", phone=f"+9198471402{days:02d}", language="en",
        )  # fmt: skip
        visit = came(place, about, datetime.combine(today - timedelta(days=days + 14), time(9), zone), "CONSERVATIVE")
        plan = _cared_for(place, visit, today - timedelta(days=days), zone) if visit else None
        if plan is None:
            continue
        with clock.at(datetime.combine(today - timedelta(days=days - 1), time(20, 10), zone)):
            said = plans.say_satisfaction(plan.pk, details, by=place.on_the_phone(visit.patient))
        if answer:
            with clock.at(datetime.combine(today - timedelta(days=days - 2), time(11), zone)):
                plans.settle_satisfaction(said.pk, note=answer, by=place.by["frontdesk"])


def _cared_for(place: Place, visit: Any, seen: date, zone: ZoneInfo) -> Any | None:
    """A plan for home from that visit, completed, and its review seen and signed; None where no time was free."""
    doctor = agreed.doctor_of(place, visit)
    with acting_as(doctor):
        service = catalog.services(seen_by=doctor).get(code="CONSULT")
    wished = PlanDetails(
        plan_type="CONSERVATIVE", title="Cream and sunscreen at home", lines=(LineDetails(service_id=service.pk),)
    )
    with clock.at(datetime.combine(seen - timedelta(days=10), time(12), zone)):
        plan = plans.plan_procedure(visit.pk, wished, by=doctor)
        plans.approve(plans.submit(plan.pk, by=doctor).pk, by=doctor)
        plans.begin(plan.pk, by=doctor)
        plan = plans.finish(plan.pk, by=doctor)
        [review] = plans.plan_follow_ups(visit.pk, [FollowUpWish(interval_days=10, plan_id=plan.pk)], by=doctor)
        booked = _booked(place, visit, review, seen, zone)
    if booked is None:
        return None
    with clock.at(booked.period.lower):
        scheduling.check_in(booked.pk, by=place.by["frontdesk"])
        with acting_as(place.system):
            encounter = encounters.of_appointment(booked.pk, seen_by=place.system)
        assert encounter is not None
        consultations.begin(encounter.pk, by=doctor)
        consultations.record_outcome(encounter.pk, outcome="NO_ACTION", note=NOTE, by=doctor)
        consultations.close(encounter.pk, by=doctor)
    return plan


def _booked(place: Place, visit: Any, review: Any, day: date, zone: ZoneInfo) -> Any | None:
    for hour in (16, 10, 11, 12, 17):
        request = BookingRequest(
            patient_id=visit.patient_id, branch_id=place.branch.pk, doctor_id=visit.doctor_id,
            service_id=place.services["FOLLOW-UP"].pk, start=datetime.combine(day, time(hour), zone),
            occasion_id=review.pk, kind="REVIEW",
        )  # fmt: skip
        try:
            return scheduling.book(request, by=place.by["frontdesk"])
        except DomainError:
            continue  # taken, or nobody works then
    return None
