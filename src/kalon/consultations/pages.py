"""Pages of the clinical encounter: the doctor's queue, triage, and the note."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from kalon.consultations import actions, queries, rules
from kalon.consultations.forms import NoteForm, OutcomeForm, ReasonForm, VitalsForm
from kalon.consultations.lifecycles import CONSULTATION, Outcome, Status
from kalon.consultations.models import Consultation
from kalon.consultations.queries import completeness, consult_page
from kalon.kernel import audit, clock
from kalon.kernel.errors import Stale
from kalon.patients import queries as patients
from kalon.patients.queries import timeline
from kalon.people import queries as people
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

QUEUE = (
    ("Waiting", (Status.CHECKED_IN, Status.IN_TRIAGE)),
    ("With the doctor", (Status.IN_CONSULTATION, Status.PLAN_CREATED)),
    ("Expected", (Status.SCHEDULED,)),
    ("Closed", (Status.CLOSED,)),
)
# Where the page draws what other contexts plug in: the name in the template, and the column.
COLUMNS: dict[str, consult_page.Column] = {"above": "above", "main": "main", "side": "side", "before": "previous"}


@staff_page("consultations.read")
def today(request: HttpRequest) -> HttpResponse:
    """Who is to be seen today: a doctor's own patients, everybody's for those who help them."""
    by = actor_of(request)
    branch, me = people.own_branch(by), people.staff_of(by)
    doctors = list(people.doctors(seen_by=by, branch_id=branch.pk))
    chosen = request.GET.get("doctor", str(me.pk) if me in doctors else "")
    doctor = next((one for one in doctors if str(one.pk) == chosen), None)
    day = clock.today(branch.timezone)
    rows = list(
        queries.queue(
            branch_id=branch.pk, doctor_id=doctor.pk if doctor else None, day=day, zone=branch.timezone, seen_by=by
        )
    )
    audit.reads(by, rows, purpose="who is to be seen today")
    groups = [(title, [row for row in rows if row.status in states]) for title, states in QUEUE]
    context = {"doctor": doctor, "doctors": doctors, "me": me, "groups": groups, "day": day, "empty": not rows}
    return render(request, "consultations/today.html", context)


@staff_page("consultations.read")
def consultation(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The encounter on one screen."""
    found = actions.read(pk, purpose="opened the consultation", by=actor_of(request))
    return _page(request, found)


@staff_page("consultations.triage")
def triage(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Vitals on a tablet: opening the form starts triage, saving records one set."""
    by = actor_of(request)
    found = actions.read(pk, purpose="triage", by=by)
    form = VitalsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            if found.status == Status.CHECKED_IN:
                actions.start_triage(pk, by=by)
            actions.record_vitals(pk, measured=form.measured(), note=form.cleaned_data["note"], by=by)
        if not form.errors:
            return go(request, "consultations:consultation", pk=pk, toast="Vitals saved")
    context = {**_banner(found), "consultation": found, "form": form}
    return render(request, "consultations/triage.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page("consultations.conduct")
def begin(request: HttpRequest, pk: UUID) -> HttpResponse:
    actions.begin(pk, by=actor_of(request))
    return go(request, "consultations:consultation", pk=pk, toast="Consultation started")


@require_POST
@staff_page("consultations.conduct")
def save_note(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Save as it is typed: answers the small "Saved 10:39" line, or says what stands in the way."""
    form = NoteForm(request.POST)
    saved = None
    if form.is_valid():
        with refusals_on(form):
            saved = actions.save_note(pk, note=form.note(), edition=form.cleaned_data["edition"], by=actor_of(request))
    stale = isinstance(getattr(form, "refusal", None), Stale)
    context = {"saved": saved, "form": form, "stale": stale, "consultation": saved}
    if getattr(request, "htmx", False):
        return render(request, "consultations/consultation.html#saved", context, status=422 if form.errors else 200)
    if saved:
        return go(request, "consultations:consultation", pk=pk, toast="Note saved")
    return _page(request, queries.consultation(pk, seen_by=actor_of(request)), note=form)


@require_POST
@staff_page("consultations.conduct")
def record_outcome(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Save what was typed and record the decision."""
    by = actor_of(request)
    note, form = NoteForm(request.POST), OutcomeForm(request.POST)
    if note.is_valid() and form.is_valid():
        written = {**note.note(), "referred_to": form.cleaned_data["referred_to"]}
        with refusals_on(form):
            actions.record_outcome(
                pk,
                outcome=form.cleaned_data["outcome"],
                note=written,
                follow_up_on=form.cleaned_data["follow_up_on"],
                edition=note.cleaned_data["edition"],
                by=by,
            )
        if not form.errors:
            return go(request, "consultations:consultation", pk=pk, toast="Outcome recorded")
    return _page(request, queries.consultation(pk, seen_by=by), note=note, outcome=form)


@require_POST
@staff_page("consultations.conduct")
def reopen(request: HttpRequest, pk: UUID) -> HttpResponse:
    form = ReasonForm(request.POST)
    if form.is_valid():
        actions.reopen(pk, reason=form.cleaned_data["reason"], by=actor_of(request))
        return go(request, "consultations:consultation", pk=pk, toast="You can change the outcome")
    return _page(request, queries.consultation(pk, seen_by=actor_of(request)), reason=form)


@require_POST
@staff_page("consultations.close")
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    actions.close(pk, by=actor_of(request))
    return go(request, "consultations:consultation", pk=pk, toast="Signed and closed")


def _page(request: HttpRequest, found: Consultation, **forms: Any) -> HttpResponse:
    by = actor_of(request)
    note = forms.get("note") or NoteForm(initial=_note(found))
    outcome = forms.get("outcome") or OutcomeForm(
        initial={"outcome": found.outcome, "referred_to": found.referred_to, "follow_up_on": found.follow_up_on}
    )
    vitals = list(queries.vitals_of(found)[:2])
    latest = vitals[0] if vitals else None
    banner = _banner(found)
    buttons = {button.move.name: button for button in CONSULTATION.buttons(found, by=by)}
    checklist = completeness.row(found, seen_by=by)
    context = {
        **banner,
        "consultation": found,
        "note": note,
        "outcome_form": outcome,
        "outcomes": Outcome.choices,
        "reason_form": forms.get("reason") or ReasonForm(),
        "vitals": latest,
        "bmi": rules.bmi(latest.weight, latest.height) if latest else None,
        "alerts": rules.alerts(latest, age=banner["banner"].age) if latest else [],
        "previous": queries.previous(found, seen_by=by),
        "buttons": buttons,
        "writable": found.status == Status.IN_CONSULTATION and by.may("consultations.conduct"),
        "checklist": checklist,
        "complete": sum(line.done for line in checklist),
        **{name: consult_page.panels(request, found, column) for name, column in COLUMNS.items()},
        "history": [(event, Status(event.to_state).label) for event in CONSULTATION.history(found)],
    }
    refused = any(getattr(form, "errors", None) for form in forms.values())
    return render(request, "consultations/consultation.html", context, status=422 if refused else 200)


def _note(found: Consultation) -> dict[str, Any]:
    return {name: getattr(found, name) for name in (*NoteForm.fields_of_note, "edition")}


def _banner(found: Consultation) -> dict[str, Any]:
    return {"patient": found.patient, "banner": patients.banner(found.patient)}


def story(ask: timeline.Ask) -> Iterable[timeline.Entry]:
    """The consultations that were signed, for the patient's timeline."""
    return [
        timeline.Entry(
            at=one.signed_at,
            id=one.pk,
            title=one.get_outcome_display(),
            text=f"{one.get_kind_display()}{f' with {one.doctor.name}' if one.doctor else ''}",
            icon="stethoscope",
            tone="brand",
            tag="Consultation",
            href=reverse("consultations:consultation", args=[one.pk]),
        )
        for one in ask.of(queries.summaries_of(ask.patient_id, seen_by=ask.by), at="signed_at")
        if one.signed_at
    ]
