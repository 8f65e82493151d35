"""What the encounter itself answers for in the row above the signature."""

from django.urls import reverse

from kalon.consultations.lifecycles import Mode
from kalon.consultations.models import Consultation
from kalon.consultations.queries.completeness import DONE, NOT_NEEDED, Answer, Check, missing
from kalon.consultations.queries.encounters import vitals_of


def allergies(consultation: Consultation) -> Answer:
    """Nobody is treated before being asked what they react to."""
    if consultation.patient.allergy_state != "NOT_RECORDED":
        return DONE
    return missing(
        "Ask about allergies and record the answer, even when there are none.",
        href=reverse("patients:allergies", args=[consultation.patient_id]),
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
    """What was heard or seen, and what the doctor makes of it."""
    told = any(str(text).strip() for text in (consultation.complaint, consultation.findings))
    if told and str(consultation.diagnosis).strip():
        return DONE
    return missing("Write what you saw and your assessment.", href="#note-form")


def outcome(consultation: Consultation) -> Answer:
    """Every closed encounter has exactly one."""
    return DONE if consultation.outcome else missing("Choose the outcome.", href="#outcome")


CHECKS = (
    Check("allergies", "Allergies", allergies, order=10),
    Check("vitals", "Vitals", vitals, order=20),
    Check("notes", "Notes", notes, order=30),
    Check("outcome", "Outcome", outcome, order=90),
)
