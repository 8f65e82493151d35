"""What the encounter itself answers for in the row above the signature."""

from django.urls import reverse

from kalon.consultations.lifecycles import Mode
from kalon.consultations.models import Consultation
from kalon.consultations.queries.completeness import DONE, NOT_NEEDED, Answer, Check, missing
from kalon.consultations.queries.encounters import vitals_of
from kalon.consultations.queries.note import written_beside
from kalon.kernel.actors import system
from kalon.patients import queries as patients


def allergies(consultation: Consultation) -> Answer:
    """Nobody is treated before being asked what they react to."""
    if consultation.patient.allergy_state != "NOT_RECORDED":
        return DONE
    return missing(
        "Ask about allergies and record the answer, even when there are none.",
        href=reverse("patients:allergies", args=[consultation.patient_id]),
        permission="patients.allergies",
    )


def questionnaire(consultation: Consultation) -> Answer:
    """Earlier illnesses, operations, medicines and habits, as the patient told them before or here."""
    by = system("the row above the signature", consultation.organization_id)
    if patients.history(consultation.patient_id, seen_by=by).exists():
        return DONE
    return missing(
        "Ask about earlier illnesses, operations and medicines, and record the answers, also that there are none.",
        href=reverse("patients:history", args=[consultation.patient_id]),
        permission="patients.allergies",
    )


def vitals(consultation: Consultation) -> Answer:
    """Measured by somebody who stands beside the patient."""
    if consultation.mode != Mode.IN_PERSON:
        return NOT_NEEDED
    if vitals_of(consultation).exists():
        return DONE
    return missing(
        "Take the vitals.",
        href=reverse("consultations:triage", args=[consultation.pk]),
        permission="consultations.triage",
    )


def notes(consultation: Consultation) -> Answer:
    """What the doctor makes of it, in words or as a diagnosis, and nobody else's words wait beside it."""
    is_diagnosed, beside = consultation.diagnoses.filter(withdrawn_at=None).exists(), written_beside(consultation)
    if not is_diagnosed and not consultation.text_of("assessment").strip():
        return missing("Write your assessment, or add a diagnosis.", href="#note")
    if beside:
        return missing("Two people wrote in the same section: choose what the note says.", href="#note")
    return DONE


def abnormal_vitals(consultation: Consultation) -> Answer:
    """What lay outside its limits is seen by a named person before anybody signs."""
    found = list(vitals_of(consultation).exclude(abnormal=[]).filter(seen=None))
    if found:
        return missing(
            f"Say that you have seen this: {' '.join(alert.sentence for alert in found[0].alerts)}", href="#vitals"
        )
    return DONE if vitals_of(consultation).exclude(abnormal=[]).exists() else NOT_NEEDED


def outcome(consultation: Consultation) -> Answer:
    """Every closed encounter has exactly one."""
    return DONE if consultation.outcome else missing("Choose the outcome.", href="#outcome")


CHECKS = (
    Check("allergies", "Allergies", allergies, order=10),
    Check("questionnaire", "Questionnaire", questionnaire, order=15),
    Check("vitals", "Vitals", vitals, order=20),
    Check("abnormal", "Abnormal vitals", abnormal_vitals, order=25, blocking=True),
    Check("notes", "Notes", notes, order=30, blocking=True),
    Check("outcome", "Outcome", outcome, order=90),
)
