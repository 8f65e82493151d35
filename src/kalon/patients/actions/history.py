"""Writing in the history: lines put right, verified and ended by the team, and what patients add themselves."""

from dataclasses import replace
from typing import TypeVar
from uuid import UUID

from django.db.models import QuerySet

from kalon.codes import queries as codes
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid, NotFound
from kalon.kernel.events import announce
from kalon.kernel.lookup import one
from kalon.kernel.tenancy import verb
from kalon.patients import queries
from kalon.patients.actions import writing
from kalon.patients.events import AllergiesRecorded
from kalon.patients.lifecycles import ALLERGIES
from kalon.patients.models import Allergy, AllergyState, HistoryItem, HistoryKind, Patient, ToldBy
from kalon.patients.rules import AllergyAnswer, AllergyDetails, Faults, HistoryDetails
from kalon.people import queries as people

L = TypeVar("L", Allergy, HistoryItem)
MOST_OWN = 50  # lines that a patient may add themselves
GONE = "There is no such line any more. Reload the page."


@verb
def add_history(pk: UUID, details: HistoryDetails, *, by: Actor) -> HistoryItem:
    """Add a line to the medical history."""
    by.must(ALLERGIES, do="write medical history")
    patient = queries.patient(pk, seen_by=by, locked=True)
    item = writing.write_history(patient, _checked(details, patient, by=by), by=by)
    writing.noted_change(patient, "history added", by=by, history_kind=details.kind)
    return item


@verb
def change_history(pk: UUID, item_id: UUID, details: HistoryDetails, *, by: Actor) -> HistoryItem:
    """Put a line of history right: the old one is ended and can still be read."""
    by.must(ALLERGIES, do="write medical history")
    patient = queries.patient(pk, seen_by=by, locked=True)
    details = _checked(details, patient, by=by)
    writing.end(_line(queries.history(pk, seen_by=by), item_id), by=by)
    item = writing.write_history(patient, details, by=by)
    writing.noted_change(patient, "history put right", by=by, history_kind=details.kind)
    return item


@verb
def end_history(pk: UUID, item_id: UUID, *, by: Actor) -> HistoryItem:
    """Say that a line of history no longer counts; it can still be read as ended."""
    by.must(ALLERGIES, do="write medical history")
    patient = queries.patient(pk, seen_by=by, locked=True)
    item = _line(queries.history(pk, seen_by=by), item_id)
    writing.end(item, by=by)
    writing.noted_change(patient, "history ended", by=by)
    return item


@verb
def verify_history(pk: UUID, item_id: UUID, *, by: Actor) -> HistoryItem:
    """Say that a line of history is so: somebody asked, or saw the paper."""
    by.must(ALLERGIES, do="verify medical history")
    patient = queries.patient(pk, seen_by=by, locked=True)
    item = _verified(_line(queries.history(pk, seen_by=by), item_id), by=by)
    writing.noted_change(patient, "history verified", by=by)
    return item


@verb
def change_allergy(pk: UUID, allergy_id: UUID, details: AllergyDetails, *, by: Actor) -> Allergy:
    """Put one allergy right, or say more about it: the old line is ended and can still be read."""
    by.must(ALLERGIES, do="record allergies")
    patient = queries.patient(pk, seen_by=by, locked=True)
    held = _line(queries.allergies(pk, seen_by=by), allergy_id)
    details = _one(details, patient, by=by)
    writing.end(held, by=by)
    made = _verified(writing.write_allergy(patient, details, by=by), by=by)
    _known(patient, by=by)
    writing.noted_change(patient, "allergy put right", by=by)
    return made


@verb
def verify_allergy(pk: UUID, allergy_id: UUID, *, by: Actor) -> Allergy:
    """Say that an allergy is so: somebody asked, or saw the paper."""
    by.must(ALLERGIES, do="verify allergies")
    patient = queries.patient(pk, seen_by=by, locked=True)
    held = _verified(_line(queries.allergies(pk, seen_by=by), allergy_id), by=by)
    _known(patient, by=by)
    writing.noted_change(patient, "allergy verified", by=by)
    return held


@verb
def add_own_history(details: HistoryDetails, *, by: Actor) -> HistoryItem:
    """A patient adds a line to their own history; the clinic verifies it."""
    by.must("portal.use", do="add to your history")
    patient = queries.patient(by.own_patient_id, seen_by=by)
    _not_too_many(queries.history(patient.pk, seen_by=by))
    item = writing.write_history(
        patient, _checked(replace(details, source=ToldBy.SELF_REPORTED), patient, by=by), by=by
    )
    writing.noted_change(patient, "own history added", by=by, history_kind=details.kind)
    return item


@verb
def add_own_allergy(details: AllergyDetails, *, by: Actor) -> Allergy:
    """A patient adds what they react to: it stands in the red banner at once, and the clinic verifies it."""
    by.must("portal.use", do="add to your allergies")
    patient = queries.patient(by.own_patient_id, seen_by=by)
    rows = queries.allergies(patient.pk, seen_by=by)
    _not_too_many(rows)
    details = _one(details, patient, by=by)
    if any(held.substance.casefold() == details.substance.casefold() for held in rows):
        raise Invalid("This is in your record already.", field="substance")
    made = writing.write_allergy(patient, details, by=by)
    writing.noted_change(patient, "own allergy added", by=by)
    state = AllergyState.KNOWN
    announce(AllergiesRecorded(patient_id=patient.pk, organization_id=patient.organization_id, state=state, by=by))
    return made


def _known(patient: Patient, *, by: Actor) -> None:
    """Whoever looked at an allergy has asked: the state follows."""
    patient.allergy_state = AllergyState.KNOWN
    patient.allergies_asked_at, patient.allergies_asked_by = clock.now(), by.name
    patient.save(update_fields=["allergy_state", "allergies_asked_at", "allergies_asked_by"])
    state = AllergyState.KNOWN
    announce(AllergiesRecorded(patient_id=patient.pk, organization_id=patient.organization_id, state=state, by=by))


def _verified(line: L, *, by: Actor) -> L:
    line.verified_at, line.verified_by = clock.now(), by.name
    line.save(update_fields=["verified_at", "verified_by"])
    return line


def _line(rows: "QuerySet[L]", pk: UUID) -> L:
    found = one(rows.filter(pk=pk))
    if found is None:
        raise NotFound(GONE)
    return found


def _checked(details: HistoryDetails, patient: Patient, *, by: Actor) -> HistoryDetails:
    faults = Faults()
    here = people.organization(seen_by=by)
    details = details.noted(faults, today=clock.today(here.timezone))
    if details.kind != HistoryKind.FAMILY and (older := writing.older_than(patient, details.since_year)):
        faults.add("since_year", older)
    if details.code and "code" not in faults.errors and not codes.is_known(details.code):
        faults.add(
            "code", f"No classification has the code {details.code}. Leave it empty, or look it up by its words."
        )
    faults.settle()
    return details


def _one(details: AllergyDetails, patient: Patient, *, by: Actor) -> AllergyDetails:
    if older := writing.older_than(patient, details.since_year):
        raise Invalid(older, field="since_year")
    here = people.organization(seen_by=by)
    answer = AllergyAnswer(state=AllergyState.KNOWN, allergies=(details,))
    try:
        return answer.checked(today=clock.today(here.timezone)).allergies[0]
    except Invalid as refusal:
        raise Invalid(refusal.detail, field="substance") from None


def _not_too_many(rows: "QuerySet[L]") -> None:
    if rows.filter(source=ToldBy.SELF_REPORTED).count() >= MOST_OWN:
        raise Invalid("You have added many lines. Tell the rest at your next visit.")
