"""Putting a patient's details right, without overwriting what somebody else just put right."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Invalid, Stale
from kalon.kernel.events import announce
from kalon.kernel.tenancy import verb
from kalon.patients import queries
from kalon.patients.actions import writing
from kalon.patients.events import PatientCorrected
from kalon.patients.lifecycles import CORRECT
from kalon.patients.models import Patient
from kalon.patients.queries.finding import search_tokens
from kalon.patients.rules import GuardianDetails, PatientDetails
from kalon.patients.rules.values import line
from kalon.people import queries as people

CORRECTABLE = (
    "given_name", "family_name", "birth_date", "gender", "phone", "email", "address", "abha_number", "abha_address",
    "language", "referral_source",
)  # fmt: skip


@verb
def correct(pk: UUID, changes: Mapping[str, Any], *, version: int, reason: str, by: Actor) -> Patient:
    """Change some of `CORRECTABLE`, with a reason; `version` is the one that was read.

    Raises `Stale` when somebody corrected the record after that.
    """
    by.must(CORRECT, do="change a patient's details")
    patient = queries.patient(pk, seen_by=by, locked=True)
    if patient.version != version:
        raise Stale(
            "Somebody changed this patient after you opened the page. Look at it again, then repeat your change.",
            version=patient.version,
        )
    reason = line(reason, most=300)
    if not reason:
        raise Invalid("Write why this is changed.", field="reason")
    if strange := sorted(set(changes) - set(CORRECTABLE)):
        raise Invalid("This cannot be changed here.", field=strange[0])
    here = people.organization(seen_by=by)
    details = replace(_as_told(patient, by=by), **changes)
    details = details.checked(region=here.country, today=clock.today(here.timezone))
    changed = tuple(field for field in changes if _held(patient, field) != getattr(details, field))
    for field in changed:
        setattr(patient, field, getattr(details, field))
    if not changed:
        return patient
    patient.abha_hash = writing.abha_hash(here.pk, patient.abha_number)
    patient.search_tokens = search_tokens(patient, region=here.country)
    patient.version += 1
    with refusing({"patients_patient_abha": writing.ABHA_TAKEN}):
        patient.save(update_fields=[*changed, "abha_hash", "search_tokens", "version"])
    writing.noted_change(patient, "details", by=by, reason=reason, fields=sorted(changed))
    announce(PatientCorrected(patient_id=patient.pk, organization_id=here.pk, fields=changed, by=by))
    return patient


@verb
def settle_duplicate(pk: UUID, reason: str, *, by: Actor) -> Patient:
    """Say that two records that look alike are two people."""
    by.must(CORRECT, do="settle a possible duplicate")
    patient = queries.patient(pk, seen_by=by, locked=True)
    reason = line(reason, most=300)
    if not reason:
        raise Invalid("Write how you know that these are two people.", field="reason")
    if patient.possible_duplicate_of_id is None:
        return patient
    different_from = str(patient.possible_duplicate_of_id)
    patient.possible_duplicate_of = None
    patient.save(update_fields=["possible_duplicate_of"])
    writing.noted_change(patient, "not a duplicate", by=by, reason=reason, different_from=different_from)
    return patient


def _as_told(patient: Patient, *, by: Actor) -> PatientDetails:
    held = {field: _held(patient, field) for field in CORRECTABLE}
    guardian = queries.contacts(patient.pk, seen_by=by).filter(is_guardian=True).first()
    if guardian is not None:
        held["guardian"] = GuardianDetails(
            name=guardian.name, relationship=guardian.relationship, phone=guardian.phone, email=guardian.email
        )
    return PatientDetails(**held)


def _held(patient: Patient, field: str) -> Any:
    return patient.postal_address if field == "address" else getattr(patient, field)
