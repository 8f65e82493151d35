"""How a new record is written down, the same at the desk and after a self-registration."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from kalon.kernel import audit, clock, crypto, numbers
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid
from kalon.patients import queries
from kalon.patients.models import (
    Allergy,
    AllergyKind,
    AllergyState,
    Contact,
    Coverage,
    HistoryItem,
    Patient,
    Severity,
    ToldBy,
)
from kalon.patients.queries.finding import search_tokens
from kalon.patients.rules import (
    AllergyAnswer,
    AllergyDetails,
    ContactDetails,
    CoverageDetails,
    GuardianDetails,
    HistoryDetails,
    PatientDetails,
    is_minor,
)
from kalon.people import queries as people

ABHA_TAKEN = Clash("Another patient's record has this ABHA number. Look them up before making a second record.")


def new_patient(details: PatientDetails, *, by: Actor, duplicate_of: Patient | None = None) -> Patient:
    """Write a checked person down, with everything they told at once; gives them an MRN."""
    here = people.organization(seen_by=by)
    guardian = _known(details.guardian, by=by) if details.guardian else None
    details = replace(details, guardian=guardian)
    identity: dict[str, Any] = {
        "given_name": details.given_name,
        "family_name": details.family_name,
        "birth_date": details.birth_date,
        # A child is reached through their guardian.
        "phone": details.phone or (guardian.phone if guardian else ""),
        "email": details.email or (guardian.email if guardian else ""),
        "address": dict(details.address) or None,
        "abha_number": details.abha_number,
        "abha_address": details.abha_address,
    }
    patient = Patient(
        organization_id=here.pk,
        mrn=f"{here.code}-{numbers.next_number('mrn'):06d}",
        gender=details.gender,
        language=details.language,
        referral_source=details.referral_source,
        abha_hash=abha_hash(here.pk, details.abha_number),
        possible_duplicate_of=duplicate_of,
        registered_by=by.name,
        **identity,
    )
    patient.search_tokens = search_tokens(patient, region=here.country)
    with refusing({"patients_patient_abha": ABHA_TAKEN}):
        patient.save(force_insert=True)
    _told(patient, details, by=by)
    return patient


def abha_hash(organization_id: UUID, number: str) -> str:
    """A keyed fingerprint of an ABHA number, so that it stays unique while it stands encrypted."""
    return crypto.keyed_hash("abha", organization_id, number).hex() if number else ""


def older_than(patient: Patient, year: int | None) -> str:
    """What is wrong with a year in which something of the patient is said to have begun; empty when nothing is."""
    born = patient.born
    if year is None or born is None or year >= born.year:
        return ""
    return f"The patient was born in {born.year}. Write a year from then on."


def write_guardian(patient: Patient, guardian: GuardianDetails) -> Contact:
    """The guardian as a contact, to be called first."""
    details = ContactDetails(
        name=guardian.name,
        phone=guardian.phone,
        email=guardian.email,
        relationship=guardian.relationship,
        is_guardian=True,
        is_emergency=True,
        patient_id=guardian.patient_id,
    )
    return write_contact(patient, details)


def write_contact(patient: Patient, details: ContactDetails) -> Contact:
    identity: dict[str, Any] = {"name": details.name, "phone": details.phone, "email": details.email}
    return Contact.objects.create(
        organization_id=patient.organization_id,
        patient=patient,
        relationship=details.relationship,
        is_emergency=details.is_emergency,
        is_guardian=details.is_guardian,
        person_id=details.patient_id,
        **identity,
    )


def write_coverage(patient: Patient, details: CoverageDetails) -> Coverage:
    identity: dict[str, Any] = {"policy_number": details.policy_number, "holder": details.holder}
    return Coverage.objects.create(
        organization_id=patient.organization_id,
        patient=patient,
        payer=details.payer,
        valid_from=details.valid_from,
        valid_to=details.valid_to,
        **identity,
    )


def write_history(patient: Patient, details: HistoryDetails, *, by: Actor) -> HistoryItem:
    told: dict[str, Any] = {"text": details.text, "dose": details.dose or None}
    return HistoryItem.objects.create(
        organization_id=patient.organization_id,
        patient=patient,
        kind=details.kind,
        code=details.code,
        since_year=details.since_year,
        source=ToldBy.SELF_REPORTED if by.is_patient else details.source,
        noted_by=by.name,
        **told,
    )


def write_allergies(patient: Patient, answer: AllergyAnswer, *, by: Actor) -> None:
    """Write the answer down; what is no longer named is ended, so that the old answer can still be read.

    What the answer leaves open (how severe, what kind, where from) stays as it was known.
    """
    now = clock.now()
    named = {_key(one.substance): one for one in answer.allergies}
    for held in Allergy.objects.filter(patient__person=patient.pk, ended_at=None):
        one = named.get(_key(held.substance))
        if one is not None:
            one = named[_key(held.substance)] = _with_what_was_known(one, held)
        if one and (one.reaction, one.severity, one.since_year, one.kind, one.source) == (
            held.reaction, held.severity, held.since_year, held.kind, held.source,
        ):  # fmt: skip
            del named[_key(held.substance)]
            continue
        end(held, by=by)
    for one in named.values():
        write_allergy(patient, one, by=by)
    patient.allergy_state, patient.allergies_asked_at, patient.allergies_asked_by = answer.state, now, by.name
    patient.save(update_fields=["allergy_state", "allergies_asked_at", "allergies_asked_by"])


def write_allergy(patient: Patient, one: AllergyDetails, *, by: Actor) -> Allergy:
    """One substance as a line of the record."""
    return Allergy.objects.create(
        organization_id=patient.organization_id,
        patient=patient,
        substance=one.substance,
        reaction=one.reaction,
        severity=one.severity,
        since_year=one.since_year,
        kind=one.kind or (AllergyKind.LATEX if "latex" in _key(one.substance) else AllergyKind.OTHER),
        source=ToldBy.SELF_REPORTED if by.is_patient else one.source or ToldBy.CONSULTATION,
        noted_by=by.name,
    )


def end(line: Allergy | HistoryItem, *, by: Actor) -> None:
    """A line that no longer counts; it can still be read."""
    line.ended_at, line.ended_by = clock.now(), by.name
    changed = ["ended_at", "ended_by"]
    if isinstance(line, HistoryItem):
        line.is_current = False
        changed.append("is_current")
    line.save(update_fields=changed)


def reopen(row: Allergy | HistoryItem) -> None:
    """A line that counts again, because it was ended for a person whom this record turned out not to be."""
    row.ended_at, row.ended_by = None, ""
    changed = ["ended_at", "ended_by"]
    if isinstance(row, HistoryItem):
        row.is_current = True
        changed.append("is_current")
    row.save(update_fields=changed)


def _with_what_was_known(one: AllergyDetails, held: Allergy) -> AllergyDetails:
    severity = held.severity if one.severity == Severity.UNKNOWN else one.severity
    return replace(one, severity=severity, kind=one.kind or held.kind, source=one.source or held.source)


def noted_change(patient: Patient, what: str, *, by: Actor, reason: str = "", **facts: object) -> None:
    """Log a change by the names of what changed, never its content."""
    audit.note(by, audit.Kind.CHANGE, patient, reason=reason, purpose=what, facts=facts)


def _told(patient: Patient, details: PatientDetails, *, by: Actor) -> None:
    if details.guardian is not None:
        write_guardian(patient, details.guardian)
    if details.coverage is not None:
        write_coverage(patient, details.coverage)
    if details.allergies is not None and details.allergies.state != AllergyState.NOT_RECORDED:
        write_allergies(patient, details.allergies, by=by)
    for item in details.history:
        write_history(patient, item, by=by)


def _known(guardian: GuardianDetails, *, by: Actor) -> GuardianDetails:
    """A guardian who is a patient here has their own name and phone."""
    if guardian.patient_id is None:
        return guardian
    person = queries.patient(guardian.patient_id, seen_by=by)
    if is_minor(person.born, clock.now().date()):
        raise Invalid("A guardian must be of age. Choose somebody else.", field="guardian_name")
    return replace(
        guardian, name=person.name, phone=guardian.phone or person.phone, email=guardian.email or person.email
    )


def _key(substance: str) -> str:
    return substance.casefold()
