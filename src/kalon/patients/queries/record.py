"""What is written down about a patient, and who has read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from kalon.kernel.actors import Actor
from kalon.kernel.audit import AuditEvent
from kalon.patients.models import Allergy, Contact, Coverage, HistoryItem
from kalon.patients.queries.patients import patient


def allergies(pk: UUID, *, seen_by: Actor) -> "QuerySet[Allergy]":
    """What the patient reacts to, as far as it is known."""
    return Allergy.objects.filter(patient__person=patient(pk, seen_by=seen_by).pk, ended_at=None).order_by(
        "created_at", "id"
    )


def contacts(pk: UUID, *, seen_by: Actor) -> "QuerySet[Contact]":
    """Guardians first, then whom to call."""
    rows = Contact.objects.filter(patient__person=patient(pk, seen_by=seen_by).pk).select_related("patient", "person")
    return rows.order_by("-is_guardian", "-is_emergency", "created_at", "id")


def named_by(pk: UUID, *, seen_by: Actor) -> "QuerySet[Contact]":
    """Where this patient stands as the guardian or contact of another patient here: a mother in her son's record."""
    rows = Contact.objects.filter(person__person=patient(pk, seen_by=seen_by).pk).select_related("patient")
    return rows.order_by("-is_guardian", "created_at", "id")


def coverages(pk: UUID, *, seen_by: Actor) -> "QuerySet[Coverage]":
    """The patient's policies, the newest first."""
    rows = Coverage.objects.filter(patient__person=patient(pk, seen_by=seen_by).pk).select_related("patient")
    return rows.order_by("-created_at", "-id")


def policies(pk: UUID, on_date: date, *, seen_by: Actor) -> "list[Coverage]":
    """The policies that hold on a day."""
    return [
        one
        for one in coverages(pk, seen_by=seen_by)
        if (one.valid_from is None or one.valid_from <= on_date) and (one.valid_to is None or one.valid_to >= on_date)
    ]


def history(pk: UUID, *, seen_by: Actor) -> "QuerySet[HistoryItem]":
    """The basic medical history that still counts, as it was told."""
    rows = HistoryItem.objects.filter(patient__person=patient(pk, seen_by=seen_by).pk, is_current=True).select_related(
        "patient"
    )
    return rows.order_by("kind", "created_at", "id")


def ended(pk: UUID, *, seen_by: Actor) -> "tuple[list[Allergy], list[HistoryItem]]":
    """Allergies and lines of history that no longer count, the latest first."""
    of = patient(pk, seen_by=seen_by)
    allergies = Allergy.objects.filter(patient__person=of.pk, ended_at__isnull=False).order_by("-ended_at", "-id")[:50]
    lines = HistoryItem.objects.filter(patient__person=of.pk, is_current=False).select_related("patient")
    return list(allergies), list(lines.order_by("-ended_at", "-id")[:50])


@dataclass(frozen=True, slots=True)
class Looked:
    """Somebody read or changed something of this patient."""

    at: datetime
    who: str
    what: str
    purpose: str
    reason: str
    origin: str


WORDS: dict[str, str] = {
    AuditEvent.Kind.READ: "Read",
    AuditEvent.Kind.CHANGE: "Changed",
    AuditEvent.Kind.EXPORT: "Exported",
}


def access_log(pk: UUID, *, seen_by: Actor, limit: int = 50, before: datetime | None = None) -> Sequence[Looked]:
    """Who read, changed or exported the record, when and why, the latest first; moves have their own history."""
    rows = AuditEvent.objects.filter(patient_id__person=patient(pk, seen_by=seen_by).pk, kind__in=WORDS)
    if before is not None:
        rows = rows.filter(at__lt=before)
    return [
        Looked(
            at=event.at,
            who=event.actor_name,
            what=WORDS[event.kind],
            purpose=event.purpose,
            reason=event.reason,
            origin=str(event.origin_ip or ""),
        )
        for event in rows.order_by("-id")[:limit]
    ]
