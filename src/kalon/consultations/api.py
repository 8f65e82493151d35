"""JSON of the clinical encounter: each path makes one call to a verb or a query."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Schema

from kalon.api import Page, Router, paged
from kalon.consultations import actions, queries, rules
from kalon.consultations.lifecycles import CONSULTATION, Section
from kalon.consultations.models import Addendum, Consultation, NoteTemplate, NoteVersion, Vitals
from kalon.consultations.queries import completeness
from kalon.kernel import audit

router = Router(tags=["consultations"])
note_templates = Router(tags=["note templates"])


class ConsultationOut(Schema):
    id: UUID
    patient_id: UUID
    appointment_id: UUID | None
    doctor_id: UUID | None
    kind: str
    mode: str
    status: str
    outcome: str
    note: dict[str, str] = Field(description="What stands in each section")
    editions: dict[str, int] = Field(description="The version that stands in each section")
    referred_to: str
    follow_up_on: date | None
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


class Measured(Schema):
    systolic: int | None = Field(None, description="mmHg")
    diastolic: int | None = Field(None, description="mmHg")
    pulse: int | None = Field(None, description="per minute")
    respiration: int | None = Field(None, description="per minute")
    temperature: Decimal | None = Field(None, description="°C, or °F where `units` says so")
    oxygen: int | None = Field(None, description="per cent")
    glucose: Decimal | None = Field(None, description="mg/dL, or mmol/L where `units` says so")
    weight: Decimal | None = Field(None, description="kg, or lb where `units` says so")
    height: Decimal | None = Field(None, description="cm, or in where `units` says so")
    pain: int | None = Field(None, description="0 to 10")


class VitalsIn(Measured):
    units: dict[str, str] = Field(default_factory=dict, description="Measure to unit, where it is another one")
    note: str = ""


class AlertOut(Schema):
    field: str
    value: Decimal
    direction: str
    limit: Decimal
    sentence: str


class VitalsOut(Measured):
    id: UUID
    note: str
    taken_at: datetime
    bmi: Decimal | None = Field(description="kg/m²")
    alerts: list[AlertOut] = Field(description="What lay outside the limits of the patient's age")
    seen_by: str = Field(description="Who acknowledged the alerts; empty when nobody did")
    seen_at: datetime | None


class SectionIn(Schema):
    text: str
    edition: int = Field(description="The edition of this section that was read")


class SectionOut(Schema):
    section: str
    text: str = Field(description="What stands in the section now")
    edition: int
    stands: bool = Field(description="Whether the words that were sent stand; else they are kept beside")
    kept_id: UUID | None = Field(description="The version that keeps the words that were sent")


class SettleIn(Schema):
    keep: str = Field(description="`standing`, `both`, or the id of a version that was kept beside")
    edition: int


class VersionOut(Schema):
    id: UUID
    section: str
    edition: int
    text: str
    stands: bool
    written_by: str
    written_at: datetime


class AddendumIn(Schema):
    text: str


class AddendumOut(Schema):
    id: UUID
    text: str
    signed_by: str
    signed_at: datetime


class CheckOut(Schema):
    key: str
    label: str
    state: str
    sentence: str
    href: str
    blocking: bool


class TemplateIn(Schema):
    name: str
    sections: dict[str, str] = Field(description="Section to text, with smart fields such as {patient.age}")
    specialty: str = ""
    service_id: UUID | None = None


class TemplateOut(TemplateIn):
    id: UUID
    is_active: bool


class UseTemplateIn(Schema):
    template_id: UUID


class OutcomeIn(Schema):
    outcome: str
    note: dict[str, str] = Field(default_factory=dict, description="Sections that come with the decision")
    editions: dict[str, int] = Field(default_factory=dict, description="The editions that were read")
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
    measured = body.dict(exclude={"note", "units"})
    vitals = actions.record_vitals(
        consultation_id, measured=measured, units=body.units, note=body.note, by=_by(request)
    )
    return 201, vitals_out(vitals)


@router.post("/{consultation_id}/begin", response=ConsultationOut, summary="The doctor sees the patient")
def begin(request: HttpRequest, consultation_id: UUID) -> Any:
    return shown(request, actions.begin(consultation_id, by=_by(request)))


@router.get("/{consultation_id}/vitals", response=list[VitalsOut], summary="Measurements of an encounter")
def list_vitals(request: HttpRequest, consultation_id: UUID) -> Any:
    found = actions.read(consultation_id, purpose="API: vitals", by=_by(request))
    return [vitals_out(row) for row in queries.vitals_of(found).select_related("seen", "seen__seen_by")]


@router.post("/{consultation_id}/vitals/{vitals_id}/seen", response=VitalsOut, summary="Acknowledge abnormal vitals")
def see_alerts(request: HttpRequest, consultation_id: UUID, vitals_id: UUID) -> Any:
    seen = actions.see_alerts(consultation_id, vitals_id=vitals_id, by=_by(request))
    return vitals_out(seen.vitals)


@router.put(
    "/{consultation_id}/note/{section}",
    response={200: SectionOut, 202: SectionOut},
    summary="Save one section; 202 when somebody else's words stand and these are kept beside them",
)
def save_section(request: HttpRequest, consultation_id: UUID, section: str, body: SectionIn) -> Any:
    saved = actions.save_section(
        consultation_id, section=section, text=body.text, edition=body.edition, by=_by(request)
    )
    return (200 if saved.stands else 202), section_out(saved)


@router.post("/{consultation_id}/note/{section}/settle", response=SectionOut, summary="Choose between two texts")
def settle(request: HttpRequest, consultation_id: UUID, section: str, body: SettleIn) -> Any:
    saved = actions.settle(consultation_id, section=section, keep=body.keep, edition=body.edition, by=_by(request))
    return section_out(saved)


@router.post("/{consultation_id}/template", response=ConsultationOut, summary="Put a template into the note")
def use_template(request: HttpRequest, consultation_id: UUID, body: UseTemplateIn) -> Any:
    found = actions.use_template(consultation_id, template_id=body.template_id, by=_by(request))
    return shown(request, found)


@router.get("/{consultation_id}/versions", response=list[VersionOut], summary="Every version, the latest first")
def list_versions(request: HttpRequest, consultation_id: UUID) -> Any:
    by = _by(request)
    found = actions.read(consultation_id, purpose="API: versions of the note", by=by)
    return [version_out(row) for row in queries.versions_of(found, seen_by=by)]


@router.get("/{consultation_id}/addenda", response=list[AddendumOut], summary="What was added after the signature")
def list_addenda(request: HttpRequest, consultation_id: UUID) -> Any:
    by = _by(request)
    found = actions.read(consultation_id, purpose="API: addenda", by=by)
    return [addendum_out(row) for row in queries.addenda_of(found, seen_by=by)]


@router.post("/{consultation_id}/addenda", response={201: AddendumOut}, summary="Add to a signed note")
def add_addendum(request: HttpRequest, consultation_id: UUID, body: AddendumIn) -> Any:
    return 201, addendum_out(actions.add_addendum(consultation_id, text=body.text, by=_by(request)))


@router.get("/{consultation_id}/completeness", response=list[CheckOut], summary="What is done before the signature")
def list_checks(request: HttpRequest, consultation_id: UUID) -> Any:
    by = _by(request)
    found = actions.read(consultation_id, purpose="API: completeness", by=by)
    return [
        CheckOut(**{name: getattr(row, name) for name in CheckOut.model_fields})
        for row in completeness.row(found, seen_by=by)
    ]


@router.post("/{consultation_id}/outcome", response=ConsultationOut, summary="Record the outcome")
def record_outcome(request: HttpRequest, consultation_id: UUID, body: OutcomeIn) -> Any:
    note = dict(body.note)
    if body.referred_to is not None:
        note["referred_to"] = body.referred_to
    consultation = actions.record_outcome(
        consultation_id,
        outcome=body.outcome,
        note=note,
        editions=body.editions,
        follow_up_on=body.follow_up_on,
        by=_by(request),
    )
    return shown(request, consultation)


@router.post("/{consultation_id}/reopen", response=ConsultationOut, summary="Take the outcome back before signing")
def reopen(request: HttpRequest, consultation_id: UUID, body: ReasonIn) -> Any:
    return shown(request, actions.reopen(consultation_id, reason=body.reason, by=_by(request)))


@router.post("/{consultation_id}/close", response=ConsultationOut, summary="Sign and close")
def close(request: HttpRequest, consultation_id: UUID) -> Any:
    return shown(request, actions.close(consultation_id, by=_by(request)))


@note_templates.get("", response=Page[TemplateOut], summary="Templates of notes, by name")
def list_templates(request: HttpRequest) -> Any:
    return paged(request, queries.templates(seen_by=_by(request)), template_out)


@note_templates.post("", response={201: TemplateOut}, summary="Write a template")
def add_template(request: HttpRequest, body: TemplateIn) -> Any:
    return 201, template_out(actions.add_template(**body.dict(), by=_by(request)))


@note_templates.put("/{template_id}", response=TemplateOut, summary="Change a template")
def change_template(request: HttpRequest, template_id: UUID, body: TemplateIn) -> Any:
    return template_out(actions.change_template(template_id, **body.dict(), by=_by(request)))


@note_templates.post("/{template_id}/retire", response=TemplateOut, summary="Stop offering it, or offer it again")
def retire_template(request: HttpRequest, template_id: UUID) -> Any:
    return template_out(actions.retire_template(template_id, by=_by(request)))


def shown(request: HttpRequest, consultation: Consultation) -> ConsultationOut:
    """The whole encounter as the caller may see it."""
    made = {"moves", "note"}
    fields = {name: getattr(consultation, name) for name in ConsultationOut.model_fields if name not in made}
    buttons = CONSULTATION.buttons(consultation, by=_by(request))
    note = {section: consultation.text_of(section) for section in Section.values}
    return ConsultationOut(**fields, note=note, moves=[button.move.name for button in buttons])


def line(consultation: Consultation) -> ConsultationLine:
    return ConsultationLine(**{name: getattr(consultation, name) for name in ConsultationLine.model_fields})


def vitals_out(vitals: Vitals) -> VitalsOut:
    measured = {name: getattr(vitals, name) for name in Measured.model_fields}
    seen = getattr(vitals, "seen", None)
    return VitalsOut(
        **measured,
        id=vitals.pk,
        note=vitals.note,
        taken_at=vitals.taken_at,
        bmi=rules.bmi(vitals.weight, vitals.height),
        alerts=[AlertOut(**{name: getattr(alert, name) for name in AlertOut.model_fields}) for alert in vitals.alerts],
        seen_by=seen.seen_by.name if seen else "",
        seen_at=seen.seen_at if seen else None,
    )


def section_out(saved: actions.Saved) -> SectionOut:
    return SectionOut(
        section=saved.section,
        text=saved.text,
        edition=saved.edition,
        stands=saved.stands,
        kept_id=saved.kept.pk if saved.kept else None,
    )


def version_out(version: NoteVersion) -> VersionOut:
    plain = ("id", "section", "edition", "text", "stands", "written_at")
    who = version.written_by.name if version.written_by else ""
    return VersionOut(**{name: getattr(version, name) for name in plain}, written_by=who)


def addendum_out(addendum: Addendum) -> AddendumOut:
    return AddendumOut(
        id=addendum.pk, text=addendum.text, signed_by=addendum.signed_by.name, signed_at=addendum.signed_at
    )


def template_out(template: NoteTemplate) -> TemplateOut:
    return TemplateOut(**{name: getattr(template, name) for name in TemplateOut.model_fields})


def _by(request: HttpRequest) -> Any:
    return request.actor  # type: ignore[attr-defined]
