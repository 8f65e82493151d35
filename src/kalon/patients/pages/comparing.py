"""Two records that may be one person, side by side, so that somebody can say whether they are."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.patients import queries
from kalon.patients.forms import DuplicateForm
from kalon.patients.lifecycles import CORRECT
from kalon.patients.models import AllergyState, Patient
from kalon.patients.pages.tabs import NOT_RECORDED, person
from kalon.patients.queries import timeline
from kalon.web.fronts import actor_of, render, staff_page
from kalon.web.templatetags.words import born, when

LATEST = 3  # lines of each story
OF_THE_RECORD = ("Reads their own pages", "Registered")  # they say nothing of who somebody is


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is known of both, or of one of them."""

    label: str
    values: tuple[str, str]

    @property
    def state(self) -> str:
        """SAME, DIFFERENT, or OPEN where one of the two says nothing; empty for what is of the record alone."""
        if self.label in OF_THE_RECORD:
            return ""
        if NOT_RECORDED in self.values:
            return "OPEN"
        one, other = (" ".join(value.casefold().split()) for value in self.values)
        return "SAME" if one == other else "DIFFERENT"


@staff_page(CORRECT)
def compare(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What both records say, and where they differ; reading each is logged."""
    by = actor_of(request)
    patient = queries.patient(pk, seen_by=by)
    if patient.possible_duplicate_of_id is None:
        raise NotFound("Nobody's record looks like this one. Go back to the patient.")
    both = (patient, queries.patient(patient.possible_duplicate_of_id, seen_by=by))
    audit.reads(by, both, purpose="comparing two records")
    context = {
        "patient": patient,
        "facts": _facts(both, by=by),
        "both": [(one, timeline.page(one.pk, seen_by=by, limit=LATEST).entries) for one in both],
        "duplicate_form": DuplicateForm(),
    }
    return render(request, "patients/compare.html", context)


def _facts(both: tuple[Patient, Patient], *, by: Actor) -> list[Fact]:
    one, other = (dict(_known(each, by=by)) for each in both)
    facts = [Fact(label, (value, other[label])) for label, value in one.items()]
    return [fact for fact in facts if fact.values != (NOT_RECORDED, NOT_RECORDED)]


def _known(of: Patient, *, by: Actor) -> list[tuple[str, Any]]:
    banner = queries.banner(of)
    state = AllergyState(banner.allergy_state)
    named = ", ".join(sorted(one.substance for one in banner.allergies))
    allergies = named or (NOT_RECORDED if state == AllergyState.NOT_RECORDED else state.label)
    near = ", ".join(f"{row.name} ({row.relationship})" for row in queries.contacts(of.pk, seen_by=by))
    account = "Yes" if queries.account_of(of.pk, seen_by=by) else "No"
    facts = person(of)
    return [
        *facts[:1],
        ("Born", born(of.born) if of.born else NOT_RECORDED),
        *facts[1:],
        ("Allergies", allergies),
        ("Family and contacts", near or NOT_RECORDED),
        ("Reads their own pages", account),
        ("Registered", f"{when(of.created_at)}, {of.registered_by}"),
    ]
