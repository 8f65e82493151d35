"""What is said to a patient about a visit: its facts, and the file for their calendar."""

from collections.abc import Sequence
from email.utils import parseaddr
from typing import Any

from django.conf import settings

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.people import queries as people
from kalon.scheduling.models import Appointment
from kalon.scheduling.queries.links import link
from kalon.scheduling.queries.reminders import calendar_mark
from kalon.scheduling.rules.calendars import CANCEL, REQUEST, Entry, Party, invitation, published


def facts_of(visit: Appointment, *, seen_by: Actor) -> dict[str, object]:
    """The names that wordings of visits know. Days are given as days: each language writes them its own way."""
    facts: dict[str, object] = {
        "name": visit.patient.given_name,
        "number": visit.number,
        "day": visit.local_start.date(),
        "time": f"{visit.local_start:%H:%M}",
        "doctor": visit.doctor.name if visit.doctor else "",
        "service": visit.what,
        "branch": visit.branch.name,
        "address": visit.branch.address,
        "reason": visit.cancelled_reason,
        "link": link("v", visit.pk),
    }
    if visit.amount_due is not None:
        facts["amount"] = f"{people.organization(seen_by=seen_by).currency} {visit.amount_due:,.2f}"
    if visit.payment_due_at is not None:
        facts["pay_by"] = visit.payment_due_at.astimezone(visit.zone)
    return facts


def calendar_file(visit: Appointment, *, seen_by: Actor) -> str:
    """The visit as an invitation, or as its withdrawal once it is cancelled; nothing without an e-mail to send it to.

    It says where and when, not what for: a calendar is often somebody else's to read.
    """
    patient: Any = visit.patient
    if not patient.email:
        return ""
    organizer, is_off = _organizer(seen_by), visit.is_over
    return invitation(
        _entry(visit, seen_by=seen_by),
        CANCEL if is_off else REQUEST,
        organizer=organizer,
        attendee=Party(patient.name, patient.email),
    )


def facts_of_series(visits: Sequence[Appointment], *, seen_by: Actor) -> dict[str, object]:
    """What is said of several visits at once: how many, from when to when, and each of them by its day and hour."""
    first, last = visits[0], visits[-1]
    return {
        **facts_of(first, seen_by=seen_by),
        "count": len(visits),
        "last_day": last.local_start.date(),
        "visits": tuple(visit.local_start.replace(tzinfo=None) for visit in visits),
    }


def calendar_of_series(visits: Sequence[Appointment], *, seen_by: Actor) -> str:
    """All visits of a series in one file; nothing without an e-mail to send it to."""
    patient: Any = visits[0].patient
    if not patient.email:
        return ""
    return published([_entry(visit, seen_by=seen_by) for visit in visits], organizer=_organizer(seen_by))


def _organizer(seen_by: Actor) -> Party:
    return Party(people.organization(seen_by=seen_by).name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1])


def _entry(visit: Appointment, *, seen_by: Actor) -> Entry:
    first, changes = calendar_mark(visit, seen_by=seen_by)
    is_off = visit.is_over
    return Entry(
        uid=f"{first}@{_domain()}",
        sequence=changes + 1 if is_off else changes,
        start=visit.period.lower,
        end=visit.period.upper,
        zone=visit.zone,
        summary=f"Visit at {people.organization(seen_by=seen_by).name}",
        stamp=clock.now(),
        location=", ".join(" ".join(part.split()) for part in (visit.branch.name, visit.branch.address) if part),
        description=f"With {visit.doctor.name}" if visit.doctor else "",
        status="CANCELLED" if is_off else "CONFIRMED",
    )


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
