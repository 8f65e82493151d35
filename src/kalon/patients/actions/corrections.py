"""Putting a patient's details right, without overwriting what somebody else just put right."""

from collections.abc import Iterable, Mapping
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

OWN = ("phone", "email", "address", "language")  # what patients change themselves


@verb
def correct(pk: UUID, changes: Mapping[str, Any], *, version: int, reason: str, by: Actor) -> Patient:
    """Change some of `CORRECTABLE`, with a reason; `version` is the one that was read.

    Raises `Stale` when somebody corrected the record after that.
    """
    by.must(CORRECT, do="change a patient's details")
    patient = _as_read(pk, version, by=by)
    reason = line(reason, most=300)
    if not reason:
        raise Invalid("Write why this is changed.", field="reason")
    if strange := sorted(set(changes) - set(CORRECTABLE)):
        raise Invalid("This cannot be changed here.", field=strange[0])
    here = people.organization(seen_by=by)
    details = replace(_as_told(patient, by=by), **changes)
    details = details.checked(region=here.country, today=clock.today(here.timezone))
    changed = _take_over(patient, details, changes)
    if not changed:
        return patient
    patient.abha_hash = writing.abha_hash(here.pk, patient.abha_number)
    with refusing({"patients_patient_abha": writing.ABHA_TAKEN}):
        _save(patient, (*changed, "abha_hash"), region=here.country)
    writing.noted_change(patient, "details", by=by, reason=reason, fields=sorted(changed))
    announce(PatientCorrected(patient_id=patient.pk, organization_id=here.pk, fields=changed, by=by))
    return patient


@verb
def correct_own_contact(changes: Mapping[str, Any], *, version: int, by: Actor) -> Patient:
    """A patient puts right how the clinic reaches them (some of `OWN`); `version` is the one they read.

    What they sign in with stays as it is: it was confirmed by a code. Raises `Stale` when the record was
    corrected after that.
    """
    by.must("portal.use", do="change how the clinic reaches you")
    patient = _as_read(by.own_patient_id, version, by=by)
    if strange := sorted(set(changes) - set(OWN)):
        raise Invalid("Only the desk can change this. Tell them at your next visit, or call.", field=strange[0])
    here = people.organization(seen_by=by)
    details = replace(_as_told(patient, by=by), **changes)
    details = details.reached(region=here.country, today=clock.today(here.timezone))
    changed = _take_over(patient, details, changes)
    if not changed:
        return patient
    _save(patient, changed, region=here.country)
    writing.noted_change(patient, "own contact details", by=by, fields=sorted(changed))
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


def _as_read(pk: UUID, version: int, *, by: Actor) -> Patient:
    """The locked record, while nobody has corrected it since it was read."""
    patient = queries.patient(pk, seen_by=by, locked=True)
    if patient.version != version:
        raise Stale(
            "Somebody changed this record after you opened the page. Look at it again, then repeat your change.",
            version=patient.version,
        )
    return patient


def _take_over(patient: Patient, details: PatientDetails, wanted: Iterable[str]) -> tuple[str, ...]:
    """Put the wanted details on the record; returns the names of those that differed."""
    changed = tuple(field for field in wanted if _held(patient, field) != getattr(details, field))
    for field in changed:
        setattr(patient, field, getattr(details, field))
    return changed


def _save(patient: Patient, columns: tuple[str, ...], *, region: str) -> None:
    patient.search_tokens = search_tokens(patient, region=region)
    patient.version += 1
    patient.save(update_fields=[*columns, "search_tokens", "version"])


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
