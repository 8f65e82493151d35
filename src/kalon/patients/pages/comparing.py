"""Two records that may be one person, side by side, so that somebody can say whether they are."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.patients import queries
from kalon.patients.forms import DuplicateForm, JoinForm
from kalon.patients.forms.joining import field_of
from kalon.patients.lifecycles import CORRECT, JOIN
from kalon.patients.models import AllergyState, Patient
from kalon.patients.pages.record import moved_to
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


@dataclass(frozen=True, slots=True)
class Cell:
    """What one record says, with the choice of it where the two differ."""

    text: str
    name: str = ""
    record: str = ""
    chosen: bool = False


@staff_page(CORRECT)
def compare(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What both records say, and where they differ; reading each is logged. `with` names the other record."""
    by = actor_of(request)
    patient = queries.patient(pk, seen_by=by)
    if elsewhere := moved_to(request, patient, by):
        return elsewhere
    other_id = _asked(request) or patient.possible_duplicate_of_id
    if other_id is None or other_id == pk:
        return _choose(request, patient)
    other = queries.joining.kept(queries.patient(other_id, seen_by=by))
    if other == patient:
        return _choose(request, patient)
    return drawn(request, patient, other, JoinForm(both=(patient, other)))


def drawn(request: HttpRequest, patient: Patient, other: Patient, form: JoinForm) -> HttpResponse:
    """Both beside each other, with what joining them would mean."""
    by, both = actor_of(request), (patient, other)
    audit.reads(by, both, purpose="comparing two records")
    may_join = by.may(JOIN)
    context = {
        "patient": patient,
        "other": other,
        "is_suspected": patient.possible_duplicate_of_id == other.pk,
        "rows": [(fact, _cells(fact, both, form if may_join else None)) for fact in _facts(both, by=by)],
        "both": [(one, timeline.page(one.pk, seen_by=by, limit=LATEST).entries) for one in both],
        "duplicate_form": DuplicateForm(),
        "form": form,
        "may_join": may_join,
        "going_on": [(one, queries.joining.obstacles(one.pk, seen_by=by)) for one in form.both] if may_join else [],
    }
    return render(request, "patients/compare.html", context, status=422 if form.errors else 200)


def _asked(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("with", ""))
    except ValueError:
        return None


def _choose(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Which other record may be the same person: those that look alike, and a search."""
    by = actor_of(request)
    text = request.GET.get("q", "").strip()[:200]
    if text:
        found = [(hit.patient, hit.why) for hit in queries.search(text, seen_by=by)]
    else:
        found = [(one.patient, one.why) for one in queries.alike(patient, seen_by=by)]
    found = [(one, why) for one, why in found if one != patient]
    audit.reads(by, [patient, *(one for one, _ in found)], purpose="looking for another record of a patient")
    context = {"patient": patient, "banner": queries.banner(patient), "text": text, "found": found}
    return render(request, "patients/choose.html", context)


def _cells(fact: Fact, both: tuple[Patient, Patient], form: JoinForm | None) -> list[Cell]:
    chosen = form.chosen(fact.label) if form else ""
    if form is None or not chosen:
        return [Cell(value) for value in fact.values]
    name = form[field_of(fact.label)].html_name
    return [Cell(value, name, str(one.pk), chosen == str(one.pk)) for value, one in zip(fact.values, both, strict=True)]


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
