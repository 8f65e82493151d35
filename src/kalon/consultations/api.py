"""JSON of the clinical encounter: each path makes one call to a verb or a query."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Schema

from kalon.api import Page, Router, paged
from kalon.consultations import actions, queries
from kalon.consultations.lifecycles import CONSULTATION
from kalon.consultations.models import Consultation, Vitals
from kalon.kernel import audit

router = Router(tags=["consultations"])


class ConsultationOut(Schema):
    id: UUID
    patient_id: UUID
    appointment_id: UUID | None
    doctor_id: UUID | None
    kind: str
    mode: str
    status: str
    outcome: str
    complaint: str
    history: str
    findings: str
    diagnosis: str
    advice: str
    referred_to: str
    follow_up_on: date | None
    edition: int
    signed_at: datetime | None
    moves: list[str] = Field(description="What the caller may do next, by name")


class ConsultationLine(Schema):
    id: UUID
    patient_id: UUID
    appointment_id: UUID | None
    kind: str
    status: str
    outcome: str
    created_at: datetime


class VitalsIn(Schema):
    systolic: int | None = None
    diastolic: int | None = None
    pulse: int | None = None
    respiration: int | None = None
    temperature: Decimal | None = None
    oxygen: int | None = None
    weight: Decimal | None = None
    height: Decimal | None = None
    pain: int | None = None
    note: str = ""


class VitalsOut(VitalsIn):
    id: UUID
    taken_at: datetime


class NoteIn(Schema):
    edition: int = Field(description="The edition that was read; a later one on file answers 409")
    complaint: str | None = None
    history: str | None = None
    findings: str | None = None
    diagnosis: str | None = None
    advice: str | None = None
    referred_to: str | None = None


class OutcomeIn(Schema):
    outcome: str
    diagnosis: str | None = None
    advice: str | None = None
    referred_to: str | None = None
    follow_up_on: date | None = None


class ReasonIn(Schema):
    reason: str


@router.get("", response=Page[ConsultationLine], summary="Consultations, newest first")
def list_consultations(request: HttpRequest, patient_id: UUID | None = None, status: str = "") -> Any:
    by = request.actor  # type: ignore[attr-defined]
    rows = queries.consultations(seen_by=by)
    if patient_id:
        rows = rows.filter(patient_id=patient_id)
    if status:
        rows = rows.filter(status=status)
    return paged(request, rows, line, seen=lambda shown: audit.reads(by, shown, purpose="list of consultations"))


@router.get("/{consultation_id}", response=ConsultationOut, summary="One consultation")
def get_consultation(request: HttpRequest, consultation_id: UUID) -> Any:
    return shown(request, actions.read(consultation_id, purpose="API", by=_by(request)))


@router.post("/{consultation_id}/start-triage", response=ConsultationOut, summary="Start triage")
def start_triage(request: HttpRequest, consultation_id: UUID) -> Any:
    return shown(request, actions.start_triage(consultation_id, by=_by(request)))


@router.post("/{consultation_id}/vitals", response={201: VitalsOut}, summary="Record one set of vitals")
def record_vitals(request: HttpRequest, consultation_id: UUID, body: VitalsIn) -> Any:
    measured = body.dict(exclude={"note"})
    vitals = actions.record_vitals(consultation_id, measured=measured, note=body.note, by=_by(request))
    return 201, vitals_out(vitals)


@router.post("/{consultation_id}/begin", response=ConsultationOut, summary="The doctor sees the patient")
def begin(request: HttpRequest, consultation_id: UUID) -> Any:
    return shown(request, actions.begin(consultation_id, by=_by(request)))


@router.put("/{consultation_id}/note", response=ConsultationOut, summary="Save the note so far")
def save_note(request: HttpRequest, consultation_id: UUID, body: NoteIn) -> Any:
    note = {name: text for name, text in body.dict(exclude={"edition"}).items() if text is not None}
    return shown(request, actions.save_note(consultation_id, note=note, edition=body.edition, by=_by(request)))


@router.post("/{consultation_id}/outcome", response=ConsultationOut, summary="Record the outcome")
def record_outcome(request: HttpRequest, consultation_id: UUID, body: OutcomeIn) -> Any:
    note = {name: text for name, text in body.dict(exclude={"outcome", "follow_up_on"}).items() if text is not None}
    consultation = actions.record_outcome(
        consultation_id, outcome=body.outcome, note=note, follow_up_on=body.follow_up_on, by=_by(request)
    )
    return shown(request, consultation)


@router.post("/{consultation_id}/reopen", response=ConsultationOut, summary="Take the outcome back before signing")
def reopen(request: HttpRequest, consultation_id: UUID, body: ReasonIn) -> Any:
    return shown(request, actions.reopen(consultation_id, reason=body.reason, by=_by(request)))


@router.post("/{consultation_id}/close", response=ConsultationOut, summary="Sign and close")
def close(request: HttpRequest, consultation_id: UUID) -> Any:
    return shown(request, actions.close(consultation_id, by=_by(request)))


def shown(request: HttpRequest, consultation: Consultation) -> ConsultationOut:
    """The whole encounter as the caller may see it."""
    fields = {name: getattr(consultation, name) for name in ConsultationOut.model_fields if name != "moves"}
    buttons = CONSULTATION.buttons(consultation, by=_by(request))
    return ConsultationOut(**fields, moves=[button.move.name for button in buttons])


def line(consultation: Consultation) -> ConsultationLine:
    return ConsultationLine(**{name: getattr(consultation, name) for name in ConsultationLine.model_fields})


def vitals_out(vitals: Vitals) -> VitalsOut:
    return VitalsOut(**{name: getattr(vitals, name) for name in VitalsOut.model_fields})


def _by(request: HttpRequest) -> Any:
    return request.actor  # type: ignore[attr-defined]
