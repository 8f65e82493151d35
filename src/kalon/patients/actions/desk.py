"""Registering a patient at the desk."""

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Clash
from kalon.kernel.events import announce
from kalon.kernel.tenancy import verb
from kalon.patients import queries
from kalon.patients.actions.writing import new_patient, noted_change
from kalon.patients.events import PatientRegistered
from kalon.patients.lifecycles import REGISTER
from kalon.patients.models import Patient
from kalon.patients.rules import PatientDetails
from kalon.people import queries as people

MAYBE_KNOWN = "This person may already have a record. Open it, or confirm that this is a different person."


@verb
def register(details: PatientDetails, *, by: Actor) -> Patient:
    """Write a new patient down and give them an MRN.

    Refuses with a `Clash` that lists `duplicates` while somebody here looks like the same person and
    `details.confirmed_not_duplicate` is not set.
    """
    by.must(REGISTER, do="register patients")
    here = people.organization(seen_by=by)
    details = details.checked(region=here.country, today=clock.today(here.timezone))
    doubles = queries.possible_duplicates(details, seen_by=by)
    if doubles and not details.confirmed_not_duplicate:
        raise Clash(MAYBE_KNOWN, duplicates=[double.as_fact() for double in doubles])
    patient = new_patient(details, by=by)
    different_from = [str(double.patient.pk) for double in doubles]
    noted_change(patient, "registered at the desk", by=by, different_from=different_from)
    announce(PatientRegistered(patient_id=patient.pk, organization_id=here.pk, by=by))
    return patient
