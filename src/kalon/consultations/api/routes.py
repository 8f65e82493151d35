"""JSON of the clinical encounter: each path makes one call to a verb or a query."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from kalon.api import Page, Router, paged
from kalon.consultations import actions, queries
from kalon.consultations.api.schemas import (
    AddendumIn,
    AddendumOut,
    CertificateIn,
    CheckOut,
    ConsultationLine,
    ConsultationOut,
    ConsultationReasonIn,
    DiagnosisIn,
    DiagnosisOut,
    NoteSectionOut,
    NoteVersionOut,
    OutcomeIn,
    ReferralIn,
    SectionIn,
    SettleIn,
    TemplateIn,
    TemplateOut,
    UseTemplateIn,
    VisitPaperOut,
    VitalsIn,
    VitalsOut,
    addendum_out,
    diagnosis_out,
    line,
    paper_out,
    section_out,
    shown,
    template_out,
    version_out,
    vitals_out,
)
from kalon.consultations.queries import completeness
from kalon.kernel import audit

router = Router(tags=["consultations"])
note_templates = Router(tags=["note templates"])


@router.get("", response=Page[ConsultationLine], summary="Consultations, newest first")
def list_consultations(request: HttpRequest, patient_id: UUID | None = None, status: str = "") -> Any:
    by = request.actor  # type: ignore[attr-defined]
    rows = queries.consultations(seen_by=by)
    if patient_id:
        rows = rows.filter(patient_id__person=patient_id)
    if status:
        rows = rows.filter(status=status)
    return paged(request, rows, line, seen=lambda shown: audit.reads(by, shown, purpose="list of consultations"))


@router.get("/{consultation_id}", response=ConsultationOut, summary="One consultation")
def get_consultation(request: HttpRequest, consultation_id: UUID) -> Any:
    return shown(actions.read(consultation_id, purpose="API", by=_by(request)), by=_by(request))


@router.post("/{consultation_id}/start-triage", response=ConsultationOut, summary="Start triage")
def start_triage(request: HttpRequest, consultation_id: UUID) -> Any:
    return shown(actions.start_triage(consultation_id, by=_by(request)), by=_by(request))


@router.post("/{consultation_id}/vitals", response={201: VitalsOut}, summary="Record one set of vitals")
def record_vitals(request: HttpRequest, consultation_id: UUID, body: VitalsIn) -> Any:
    measured = body.dict(exclude={"note", "units"})
    vitals = actions.record_vitals(
        consultation_id, measured=measured, units=body.units, note=body.note, by=_by(request)
    )
    return 201, vitals_out(vitals)


@router.post("/{consultation_id}/begin", response=ConsultationOut, summary="The doctor sees the patient")
def begin(request: HttpRequest, consultation_id: UUID) -> Any:
    return shown(actions.begin(consultation_id, by=_by(request)), by=_by(request))


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
    response={200: NoteSectionOut, 202: NoteSectionOut},
    summary="Save one section; 202 when somebody else's words stand and these are kept beside them",
)
def save_section(request: HttpRequest, consultation_id: UUID, section: str, body: SectionIn) -> Any:
    saved = actions.save_section(
        consultation_id, section=section, text=body.text, edition=body.edition, by=_by(request)
    )
    return (200 if saved.stands else 202), section_out(saved)


@router.post("/{consultation_id}/note/{section}/settle", response=NoteSectionOut, summary="Choose between two texts")
def settle(request: HttpRequest, consultation_id: UUID, section: str, body: SettleIn) -> Any:
    saved = actions.settle(consultation_id, section=section, keep=body.keep, edition=body.edition, by=_by(request))
    return section_out(saved)


@router.post("/{consultation_id}/template", response=ConsultationOut, summary="Put a template into the note")
def use_template(request: HttpRequest, consultation_id: UUID, body: UseTemplateIn) -> Any:
    found = actions.use_template(consultation_id, template_id=body.template_id, by=_by(request))
    return shown(found, by=_by(request))


@router.get("/{consultation_id}/versions", response=list[NoteVersionOut], summary="Every version, the latest first")
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


@router.get("/{consultation_id}/diagnoses", response=list[DiagnosisOut], summary="Diagnoses, the primary one first")
def list_diagnoses(request: HttpRequest, consultation_id: UUID) -> Any:
    by = _by(request)
    found = actions.read(consultation_id, purpose="API: diagnoses", by=by)
    return [diagnosis_out(row) for row in queries.diagnoses_of(found, seen_by=by)]


@router.post("/{consultation_id}/diagnoses", response={201: DiagnosisOut}, summary="Add a diagnosis")
def add_diagnosis(request: HttpRequest, consultation_id: UUID, body: DiagnosisIn) -> Any:
    made = actions.add_diagnosis(consultation_id, code=body.code, words=body.words, by=_by(request))
    return 201, diagnosis_out(made)


@router.post("/{consultation_id}/diagnoses/{diagnosis_id}/first", response=DiagnosisOut, summary="Make it the primary")
def put_diagnosis_first(request: HttpRequest, consultation_id: UUID, diagnosis_id: UUID) -> Any:
    return diagnosis_out(actions.put_first(consultation_id, diagnosis_id=diagnosis_id, by=_by(request)))


@router.post(
    "/{consultation_id}/diagnoses/{diagnosis_id}/withdraw", response=DiagnosisOut, summary="Take it back before signing"
)
def withdraw_diagnosis(request: HttpRequest, consultation_id: UUID, diagnosis_id: UUID) -> Any:
    return diagnosis_out(actions.withdraw_diagnosis(consultation_id, diagnosis_id=diagnosis_id, by=_by(request)))


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
    return shown(consultation, by=_by(request))


@router.get("/{consultation_id}/papers", response=list[VisitPaperOut], summary="Signed papers of the visit that hold")
def list_papers(request: HttpRequest, consultation_id: UUID) -> Any:
    by = _by(request)
    found = actions.read(consultation_id, purpose="API: papers", by=by)
    return [paper_out(row) for row in queries.papers_of(found, seen_by=by)]


@router.post("/{consultation_id}/summary", response={201: VisitPaperOut}, summary="Sign the summary for the patient")
def sign_summary(request: HttpRequest, consultation_id: UUID) -> Any:
    return 201, paper_out(actions.sign_summary(consultation_id, by=_by(request)))


@router.post("/{consultation_id}/referral", response={201: VisitPaperOut}, summary="Sign the letter of referral")
def sign_referral(request: HttpRequest, consultation_id: UUID, body: ReferralIn) -> Any:
    return 201, paper_out(actions.sign_referral(consultation_id, words=body.words, by=_by(request)))


@router.post("/{consultation_id}/certificate", response={201: VisitPaperOut}, summary="Sign a medical certificate")
def sign_certificate(request: HttpRequest, consultation_id: UUID, body: CertificateIn) -> Any:
    return 201, paper_out(actions.sign_certificate(consultation_id, **body.dict(), by=_by(request)))


@router.post("/{consultation_id}/reopen", response=ConsultationOut, summary="Take the outcome back before signing")
def reopen(request: HttpRequest, consultation_id: UUID, body: ConsultationReasonIn) -> Any:
    return shown(actions.reopen(consultation_id, reason=body.reason, by=_by(request)), by=_by(request))


@router.post("/{consultation_id}/close", response=ConsultationOut, summary="Sign and close")
def close(request: HttpRequest, consultation_id: UUID) -> Any:
    return shown(actions.close(consultation_id, by=_by(request)), by=_by(request))


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


def _by(request: HttpRequest) -> Any:
    return request.actor  # type: ignore[attr-defined]
