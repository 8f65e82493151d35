"""The clinic's log, for the owner's page."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from kalon.kernel.actors import Actor
from kalon.kernel.audit import AuditEvent


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What to look for in the log; empty fields look for nothing in particular."""

    person: str = ""
    patient_id: UUID | None = None
    kind: str = ""
    on: date | None = None
    zone: str = "Asia/Kolkata"


def events(wanted: LogFilter, *, seen_by: Actor) -> QuerySet[AuditEvent]:
    """What happened, newest first."""
    seen_by.must("audit.view", do="read the log")
    found = AuditEvent.objects.filter(organization_id=seen_by.organization_id).order_by("-id")
    if wanted.person:
        found = found.filter(actor_name__icontains=wanted.person)
    if wanted.patient_id:
        found = found.filter(patient_id__person=wanted.patient_id)
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.on:
        begin = datetime.combine(wanted.on, time(), tzinfo=ZoneInfo(wanted.zone))
        found = found.filter(Q(at__gte=begin) & Q(at__lt=begin + timedelta(days=1)))
    return found
