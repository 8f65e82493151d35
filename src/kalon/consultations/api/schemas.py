"""What the API of the encounter takes and tells, and how rows become it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from ninja import Field, Schema

from kalon.consultations import actions, rules
from kalon.consultations.lifecycles import CONSULTATION, Section
from kalon.consultations.models import Addendum, Consultation, Diagnosis, NoteTemplate, NoteVersion, Vitals
from kalon.kernel.actors import Actor


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


class NoteSectionOut(Schema):
    section: str
    text: str = Field(description="What stands in the section now")
    edition: int
    stands: bool = Field(description="Whether the words that were sent stand; else they are kept beside")
    kept_id: UUID | None = Field(description="The version that keeps the words that were sent")


class SettleIn(Schema):
    keep: str = Field(description="`standing`, `both`, or the id of a version that was kept beside")
    edition: int


class NoteVersionOut(Schema):
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


class DiagnosisIn(Schema):
    code: str = Field("", description="A code of the clinic's classification, with its dot or without")
    words: str = Field("", description="In one's own words, where there is no code")


class DiagnosisOut(Schema):
    id: UUID
    system: str = Field(description="ICD-10 or ICD-10-CM; empty for one's own words")
    code: str
    title: str
    rank: str = Field(description="PRIMARY or SECONDARY")
    made_by: str
    made_at: datetime


class ReferralIn(Schema):
    words: str = Field(description="What is asked of the other doctor")


class CertificateIn(Schema):
    first_day: date
    last_day: date = Field(description="At most 90 days in all")
    words: str = ""


class VisitPaperOut(Schema):
    id: UUID
    kind: str
    title: str
    signer: str
    signed_at: datetime


class OutcomeIn(Schema):
    outcome: str
    note: dict[str, str] = Field(default_factory=dict, description="Sections that come with the decision")
    editions: dict[str, int] = Field(default_factory=dict, description="The editions that were read")
    referred_to: str | None = None
    follow_up_on: date | None = None


class ConsultationReasonIn(Schema):
    reason: str


def shown(consultation: Consultation, *, by: Actor) -> ConsultationOut:
    """The whole encounter as the caller may see it."""
    made = {"moves", "note"}
    fields = {name: getattr(consultation, name) for name in ConsultationOut.model_fields if name not in made}
    buttons = CONSULTATION.buttons(consultation, by=by)
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


def section_out(saved: actions.Saved) -> NoteSectionOut:
    return NoteSectionOut(
        section=saved.section,
        text=saved.text,
        edition=saved.edition,
        stands=saved.stands,
        kept_id=saved.kept.pk if saved.kept else None,
    )


def version_out(version: NoteVersion) -> NoteVersionOut:
    plain = ("id", "section", "edition", "text", "stands", "written_at")
    who = version.written_by.name if version.written_by else ""
    return NoteVersionOut(**{name: getattr(version, name) for name in plain}, written_by=who)


def addendum_out(addendum: Addendum) -> AddendumOut:
    return AddendumOut(
        id=addendum.pk, text=addendum.text, signed_by=addendum.signed_by.name, signed_at=addendum.signed_at
    )


def diagnosis_out(diagnosis: Diagnosis) -> DiagnosisOut:
    plain = ("id", "system", "code", "title", "rank", "made_at")
    return DiagnosisOut(**{name: getattr(diagnosis, name) for name in plain}, made_by=diagnosis.made_by.name)


def paper_out(paper: Any) -> VisitPaperOut:
    return VisitPaperOut(**{name: getattr(paper, name) for name in VisitPaperOut.model_fields})


def template_out(template: NoteTemplate) -> TemplateOut:
    return TemplateOut(**{name: getattr(template, name) for name in TemplateOut.model_fields})
