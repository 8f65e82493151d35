"""Writing in the record outside a visit: allergies, contacts, coverage."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.kernel.events import announce
from kalon.kernel.tenancy import verb
from kalon.patients import queries
from kalon.patients.actions import writing
from kalon.patients.events import AllergiesRecorded
from kalon.patients.lifecycles import ALLERGIES, CORRECT
from kalon.patients.models import AllergyState, Contact, Coverage, Patient
from kalon.patients.rules import (
    AllergyAnswer,
    AllergyDetails,
    ContactDetails,
    CoverageDetails,
    Faults,
)
from kalon.people import queries as people


@verb
def record_allergies(pk: UUID, state: str, allergies: Sequence[AllergyDetails] = (), *, by: Actor) -> Patient:
    """Write down what was answered about allergies: none known, known (which), or that nobody could be asked."""
    by.must(ALLERGIES, do="record allergies")
    patient = queries.patient(pk, seen_by=by, locked=True)
    if state == AllergyState.NOT_RECORDED:
        raise Invalid("Choose what was answered about allergies.", field="allergy_state")
    here = people.organization(seen_by=by)
    answer = AllergyAnswer(state=state, allergies=tuple(allergies)).checked(today=clock.today(here.timezone))
    for one in answer.allergies:
        if older := writing.older_than(patient, one.since_year):
            raise Invalid(f"{one.substance}: {older}", field="allergies")
    writing.write_allergies(patient, answer, by=by)
    writing.noted_change(patient, "allergies", by=by, state=state, count=len(answer.allergies))
    announce(AllergiesRecorded(patient_id=patient.pk, organization_id=patient.organization_id, state=state, by=by))
    return patient


@verb
def add_contact(pk: UUID, details: ContactDetails, *, by: Actor) -> Contact:
    """Add somebody near the patient: to call in an emergency, or a guardian."""
    by.must(CORRECT, do="change a patient's details")
    patient = queries.patient(pk, seen_by=by, locked=True)
    details = _person(details, patient, by=by)
    here = people.organization(seen_by=by)
    contact = writing.write_contact(patient, details.checked(region=here.country))
    writing.noted_change(patient, "contact added", by=by, guardian=details.is_guardian)
    return contact


@verb
def add_guardian(pk: UUID, details: ContactDetails, *, by: Actor) -> Contact:
    """Add somebody who decides for the patient."""
    return add_contact(pk, replace(details, is_guardian=True, is_emergency=True), by=by)


@verb
def add_coverage(pk: UUID, details: CoverageDetails, *, by: Actor) -> Coverage:
    """Add a policy that may pay for care."""
    by.must(CORRECT, do="change a patient's details")
    patient = queries.patient(pk, seen_by=by, locked=True)
    faults = Faults()
    details = details.noted(faults)
    faults.settle()
    coverage = writing.write_coverage(patient, details)
    writing.noted_change(patient, "insurance added", by=by)
    return coverage


def _person(details: ContactDetails, patient: Patient, *, by: Actor) -> ContactDetails:
    if details.patient_id is None:
        return details
    if details.patient_id == patient.pk:
        raise Invalid("A patient cannot be their own contact. Choose somebody else.", field="name")
    person = queries.patient(details.patient_id, seen_by=by)
    return replace(details, name=person.name, phone=details.phone or person.phone)
