"""Reads of the clinical encounter, each limited to what the actor may see."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.urls import reverse

from kalon.consultations.lifecycles import Status
from kalon.consultations.models import AlertSeen, Consultation, Vitals
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.kernel.lookup import one
from kalon.scheduling.queries import Station

WITH_A_PATIENT = (Status.CHECKED_IN, Status.IN_TRIAGE, Status.IN_CONSULTATION, Status.PLAN_CREATED)
IN_TRIAGE_OR_BEFORE = (Status.CHECKED_IN, Status.IN_TRIAGE)


def consultations(*, seen_by: Actor) -> QuerySet[Consultation]:
    """Every consultation the actor may read: their organisation's, or a patient's own once it is signed."""
    seen_by.must("consultations.read", do="read consultations")
    rows = Consultation.objects.filter(organization_id=seen_by.organization_id)
    if seen_by.is_patient:
        rows = rows.filter(patient_id__person=seen_by.own_patient_id, status=Status.CLOSED)
    return rows.select_related("patient", "doctor", "appointment", "branch", "signed_by")


def consultation(pk: UUID, *, seen_by: Actor, lock: bool = False) -> Consultation:
    """One consultation, or a refusal that says nothing of whether it exists."""
    rows = consultations(seen_by=seen_by).filter(pk=pk)
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = one(rows)
    if found is None:
        raise NotFound("There is no such consultation.")
    return found


def of_appointment(appointment_id: UUID, *, seen_by: Actor, lock: bool = False) -> Consultation | None:
    """The encounter of an appointment; None for one that has none (a surgery)."""
    rows = Consultation.objects.filter(organization_id=seen_by.organization_id, appointment_id=appointment_id)
    if lock:
        return one(rows.select_for_update(of=("self",)).select_related("patient"))
    return one(rows.select_related("patient", "doctor"))


def consultations_of(patient_id: UUID, *, seen_by: Actor) -> QuerySet[Consultation]:
    """A patient's consultations, newest first."""
    return consultations(seen_by=seen_by).filter(patient_id__person=patient_id).order_by("-id")


def summaries_of(patient_id: UUID, *, seen_by: Actor) -> QuerySet[Consultation]:
    """What the patient may read: encounters that are signed and closed."""
    return consultations_of(patient_id, seen_by=seen_by).filter(status=Status.CLOSED)


def by_appointment(appointment_ids: Iterable[UUID], *, seen_by: Actor) -> dict[UUID, Consultation]:
    """The encounters of many appointments in one query, for the day view."""
    rows = Consultation.objects.filter(
        organization_id=seen_by.organization_id, appointment_id__in=list(appointment_ids)
    )
    return {row.appointment_id: row for row in rows if row.appointment_id}


def stations(appointment_ids: Sequence[UUID], seen_by: Actor) -> dict[UUID, Station]:
    """For the desk's board: who is in triage since when, and where a nurse begins it; nothing of what is written."""
    rows = Consultation.objects.filter(
        organization_id=seen_by.organization_id, appointment_id__in=appointment_ids, status__in=IN_TRIAGE_OR_BEFORE
    )
    may_measure = seen_by.may("consultations.triage")
    return {
        row.appointment_id: Station(
            since=row.status_at if row.status == Status.IN_TRIAGE else None,
            url=reverse("consultations:triage", args=[row.pk]) if may_measure else "",
            word="Triage",
        )
        for row in rows.only("id", "appointment_id", "status", "status_at")
        if row.appointment_id
    }


def queue(*, branch_id: UUID, doctor_id: UUID | None, day: date, zone: str, seen_by: Actor) -> QuerySet[Consultation]:
    """The encounters of one day at a branch, of one doctor or of all, in the order of their appointments."""
    start = datetime.combine(day, time.min, ZoneInfo(zone))
    end = start + timedelta(days=1)
    rows = consultations(seen_by=seen_by).filter(
        branch_id=branch_id, appointment__starts_at__gte=start, appointment__starts_at__lt=end
    )
    if doctor_id:
        rows = rows.filter(doctor_id=doctor_id)
    return rows.exclude(status=Status.CANCELLED).order_by("appointment__starts_at", "id")


def vitals_of(consultation: Consultation) -> QuerySet[Vitals]:
    """The measurements of an encounter, newest first."""
    return Vitals.objects.filter(consultation=consultation).select_related("patient", "taken_by").order_by("-id")


def seen_of(vitals: Vitals) -> AlertSeen | None:
    """Who has seen what is abnormal in a set of measurements."""
    return AlertSeen.objects.filter(vitals=vitals).select_related("patient", "seen_by").first()


def unseen_alerts(*, seen_by: Actor, doctor_id: UUID | None = None) -> QuerySet[Vitals]:
    """Abnormal measurements in open encounters that nobody has acknowledged: of one doctor, or of all."""
    seen_by.must("consultations.read", do="read consultations")
    rows = Vitals.objects.filter(
        organization_id=seen_by.organization_id, seen=None, consultation__status__in=WITH_A_PATIENT
    ).exclude(abnormal=[])
    if doctor_id:
        rows = rows.filter(consultation__doctor_id=doctor_id)
    return rows.select_related("patient", "consultation", "taken_by").order_by("-id")


def measured_before(consultation: Consultation, *, limit: int = 12) -> list[Vitals]:
    """The patient's last sets of measurements up to the signature of this encounter, oldest first."""
    rows = Vitals.objects.filter(patient_id__person=consultation.patient_id)
    if consultation.signed_at:
        rows = rows.filter(taken_at__lte=consultation.signed_at)
    return list(rows.select_related("patient").order_by("-id")[:limit])[::-1]


def previous(consultation: Consultation, *, seen_by: Actor) -> Consultation | None:
    """The patient's last signed encounter before this one, whichever of the two was booked first."""
    rows = summaries_of(consultation.patient_id, seen_by=seen_by).exclude(pk=consultation.pk)
    if consultation.signed_at:
        rows = rows.filter(signed_at__lt=consultation.signed_at)
    return rows.order_by("-signed_at").first()


def latest_weight(patient_id: UUID, *, seen_by: Actor) -> Vitals | None:
    """The last measurement of a patient's weight in kilograms, with when it was taken."""
    seen_by.must("consultations.read", do="read vitals")
    rows = Vitals.objects.filter(
        organization_id=seen_by.organization_id, patient_id__person=patient_id, weight__isnull=False
    )
    return rows.select_related("patient").order_by("-taken_at", "-id").first()
