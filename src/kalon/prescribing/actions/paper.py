"""The prescription on paper: signed by its doctor, with the code to verify it."""

from pathlib import Path
from typing import Any
from uuid import UUID

from kalon.kernel import actors, audit
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotReady
from kalon.kernel.tenancy import verb
from kalon.papers import actions as papers
from kalon.papers import queries as paper_queries
from kalon.papers.queries import Kind
from kalon.patients import queries as patients
from kalon.prescribing import queries
from kalon.prescribing.models import Prescription, PrescriptionItem

TEMPLATE = Path(__file__).parent.parent / "templates" / "prescribing" / "paper" / "prescription.typ"


@verb
def read(pk: UUID, *, purpose: str, by: Actor) -> Prescription:
    """Open a prescription; who read it, and why, is written down."""
    found = queries.prescription(pk, seen_by=by)
    audit.read(by, found, purpose=purpose)
    return found


@verb
def content(pk: UUID, *, by: Actor) -> tuple[str, bytes]:
    """The signed paper, its file name and its bytes, for whoever may read the prescription itself."""
    found = queries.prescription(pk, seen_by=by)
    clinic = actors.system("prescribing", by.organization_id)
    held = paper_queries.papers(seen_by=clinic).filter(source_id=found.pk, kind=Kind.PRESCRIPTION).first()
    if held is None:
        raise NotReady("Finalise the prescription first: a draft has no paper.")
    paper = paper_queries.paper(held.pk, seen_by=clinic)
    audit.read(by, found, purpose="the signed paper")
    return paper.file_name.replace("/", "-"), paper_queries.open_content(paper)


def sign(prescription: Prescription, *, by: Actor) -> None:
    """Draw and sign the paper of a prescription that was just finalised."""
    papers.sign(
        TEMPLATE,
        data_of(prescription, by=by),
        kind=Kind.PRESCRIPTION,
        title="Prescription",
        number=prescription.number or "",
        patient_id=prescription.patient_id,
        branch_id=prescription.branch_id,
        source_id=prescription.pk,
        by=by,
    )


def withdraw(prescription: Prescription, reason: str, *, by: Actor) -> None:
    """Whoever looks at the code on a cancelled prescription reads that it no longer holds."""
    if held := paper_queries.holding(prescription.pk, Kind.PRESCRIPTION, seen_by=by):
        papers.withdraw(held.pk, reason, by=by)


def data_of(prescription: Prescription, *, by: Actor) -> dict[str, Any]:
    """What stands on the paper, as plain data."""
    banner = patients.banner(prescription.patient)
    doctor = prescription.doctor
    on = prescription.prescribed_on
    assert on is not None
    until = prescription.refills_until
    return {
        "title": "Prescription",
        "number": prescription.number,
        "date": f"{on.day} {on:%B %Y}",
        "patient": prescription.patient.name,
        "mrn": prescription.patient.mrn,
        "who": ", ".join(
            part for part in (f"{banner.age} years" if banner.age is not None else "", banner.sex) if part
        ),
        "allergies": _allergies(banner),
        "doctor": doctor.name,
        "doctor_title": ", ".join(part for part in (doctor.title, doctor.specialty) if part),
        "registration": doctor.registration_number,
        "items": [_item(item) for item in prescription.items.all()],
        "advice": prescription.advice,
        "diet": prescription.diet,
        "follow_up": prescription.follow_up,
        "refills": f"May be handed out again {prescription.refills} times, until {until.day} {until:%B %Y}"
        if until
        else "",
    }


def _item(item: PrescriptionItem) -> dict[str, Any]:
    return {
        "name": item.name,
        "form": " ".join(part for part in (item.form, item.strength) if part),
        "sentence": ", ".join(part for part in (item.sentence, item.when) if part),
        "steps": [{"days": days, "take": take} for days, take in item.course.by_days()],
        "when": item.when,
        "route": item.route,
        "amount": item.amount,
        "instructions": item.instructions,
    }


def _allergies(banner: Any) -> str:
    if banner.allergy_state == "KNOWN":
        return ", ".join(allergy.substance for allergy in banner.allergies)
    return "None known" if banner.allergy_state == "NONE_KNOWN" else "Could not be asked"
