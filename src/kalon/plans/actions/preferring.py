"""What a patient wishes of the catalogue: said by the patient, or written down by who heard it; never written over."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kalon.catalog import queries as catalog
from kalon.catalog.lifecycles import Category
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid, NotPermitted
from kalon.kernel.tenancy import verb
from kalon.patients import queries as patients
from kalon.people import queries as people
from kalon.plans import queries, rules
from kalon.plans.lifecycles import PREFER
from kalon.plans.models import ProcedurePreference, Wish


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceDetails:
    """A wish about one procedure of the catalogue, or about a whole category of it; `note` in the patient's words."""

    wish: str
    procedure_id: UUID | None = None
    category: str = ""
    note: str = ""


@verb
def say_preference(patient_id: UUID, details: PreferenceDetails, *, by: Actor) -> ProcedurePreference:
    """Say what a patient is interested in, is not sure of, or does not want; what was said before stays to be read.

    Taking back is a further row (WITHDRAWN). Saying the same again adds nothing. It forbids no plan:
    who plans reads it.
    """
    by.must(PREFER, do="say what a patient wishes")
    patient = patients.patient(patient_id, seen_by=by, locked=True)
    _checked(details)
    last = _last(patient.pk, details, by)
    note = details.note.strip()
    if details.wish == Wish.WITHDRAWN and (last is None or last.wish == Wish.WITHDRAWN):
        raise Invalid("Nothing stands here that could be taken back.", field="about")
    procedure = catalog.procedure(details.procedure_id, seen_by=by) if details.procedure_id else None
    if procedure is not None and not procedure.is_active and last is None:
        raise Invalid("This is no longer done here. Choose another procedure, or a whole area.", field="about")
    if last is not None and (last.wish, last.note, last.said_by_id) == (details.wish, note, by.own_user_id):
        return last
    heard_by = None if by.is_patient else people.staff_of(by)
    if heard_by is None and not by.is_patient:
        raise NotPermitted("Who heard it writes it down under their own name. Sign in as one of the staff.")
    made = ProcedurePreference(
        organization_id=by.organization_id,
        patient=patient,
        procedure=procedure,
        category=details.category,
        wish=details.wish,
        note=note,
        said_by_id=by.own_user_id,
        heard_by=heard_by,
    )
    made.save(force_insert=True)
    audit.note(by, audit.Kind.CHANGE, made, facts={"said": "procedure preference", "wish": made.wish})
    return made


def _checked(details: PreferenceDetails) -> None:
    if bool(details.procedure_id) == bool(details.category):
        raise Invalid("Choose one procedure, or a whole area.", field="about")
    if details.category and details.category not in Category.values:
        raise Invalid("Choose the area from the list.", field="about")
    if details.wish not in Wish.values:
        raise Invalid("Choose Interested, Not sure yet or Not wanted.", field="wish")
    if len(details.note) > rules.LONGEST_TEXT:
        raise Invalid(f"This is too long; keep it under {rules.LONGEST_TEXT:,} characters.", field="note")


def _last(patient_id: UUID, details: PreferenceDetails, by: Actor) -> ProcedurePreference | None:
    rows = queries.preferences(patient_id, seen_by=by)
    about: dict[str, Any] = {"procedure_id": details.procedure_id, "category": details.category}
    return rows.filter(**about).first()
