"""Calendars to subscribe to: whose a token is, and the visits in it."""

import base64
import binascii
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from kalon.kernel import actors, audit, clock, crypto
from kalon.kernel.actors import Actor
from kalon.kernel.tenancy import acting_as
from kalon.people import queries as people
from kalon.scheduling.lifecycles import RELEASED, Status
from kalon.scheduling.models import Appointment
from kalon.scheduling.models.feeds import CalendarFeed
from kalon.scheduling.queries.visits import appointments
from kalon.scheduling.rules.calendars import Entry, feed

PURPOSE = "calendar-feed"
BACK, AHEAD = timedelta(days=30), timedelta(days=365)
MOST = 2_000
WITH_NAMES = "patients.read"


def own_feed(*, seen_by: Actor) -> CalendarFeed | None:
    """The calendar that a person has made of their own visits, if they have one."""
    rows = CalendarFeed.objects.filter(organization_id=seen_by.organization_id, user_id=seen_by.user_id or UUID(int=0))
    rows = rows.filter(revoked_at=None)
    return (
        rows.filter(patient_id__person=seen_by.patient_id) if seen_by.patient_id else rows.filter(patient=None)
    ).first()


def calendar_of(token: str) -> str | None:
    """The calendar behind a token; None when there is none any more. Every visit shown is written into the log."""
    try:
        organization_id = UUID(bytes=base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))[:16])
    except (binascii.Error, ValueError):
        return None
    by = actors.system("a calendar to subscribe to", organization_id)
    with acting_as(by):
        rows = CalendarFeed.objects.filter(organization_id=organization_id, revoked_at=None)
        found = rows.select_related("user").filter(token_hash=crypto.hash_token(token, PURPOSE)).first()
        return None if found is None else _calendar(found, by)


def _calendar(of: CalendarFeed, by: Actor) -> str | None:
    clinic = people.organization(seen_by=by).name
    rows = appointments(seen_by=by).exclude(status__in=RELEASED)
    rows = rows.filter(starts_at__gte=clock.now() - BACK, starts_at__lt=clock.now() + AHEAD).order_by("starts_at", "id")
    if of.patient_id is not None:
        entries = [
            _entry(visit, f"Visit at {clinic}") for visit in rows.filter(patient_id__person=of.patient_id)[:MOST]
        ]
        return feed(entries, name=clinic)
    person = people.staff_actor(of.user)
    staff = people.staff_of(person) if person else None
    if person is None or staff is None:
        return None
    named = of.detail == CalendarFeed.Detail.NAMES and person.may(WITH_NAMES)
    visits = list(rows.filter(Q(doctor_id=staff.pk) | Q(team__contains=[staff.pk]))[:MOST])
    audit.reads(by, visits, purpose=f"calendar feed of {staff.name}")
    return feed([_entry(visit, _for_staff(visit, named=named)) for visit in visits], name=f"{staff.name}, {clinic}")


def _for_staff(visit: Appointment, *, named: bool) -> str:
    patient: Any = visit.patient
    who = patient.name if named else "".join(part[:1] for part in (patient.given_name, patient.family_name))
    return f"{who}: {visit.what}"


def _entry(visit: Appointment, summary: str) -> Entry:
    place = ", ".join(" ".join(part.split()) for part in (visit.branch.name, visit.branch.address) if part)
    return Entry(
        uid=f"{visit.pk}@feed",
        sequence=visit.edition,
        start=visit.period.lower,
        end=visit.period.upper,
        zone=visit.zone,
        summary=summary,
        stamp=visit.status_at,
        location=f"{place}, {visit.room.name}" if visit.room else place,
        status="CONFIRMED" if visit.status not in (Status.REQUESTED, Status.PENDING_PAYMENT) else "TENTATIVE",
    )
