"""The doctor's queue, and the encounter on one screen."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from kalon.consultations import actions, queries
from kalon.consultations.forms import OutcomeForm, ReasonForm
from kalon.consultations.lifecycles import Status
from kalon.consultations.pages.screen import screen
from kalon.kernel import audit, clock
from kalon.people import queries as people
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

QUEUE = (
    ("Waiting", (Status.CHECKED_IN, Status.IN_TRIAGE)),
    ("With the doctor", (Status.IN_CONSULTATION, Status.PLAN_CREATED)),
    ("Expected", (Status.SCHEDULED,)),
    ("Closed", (Status.CLOSED,)),
)


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
    return screen(request, found)


@require_POST
@staff_page("consultations.conduct")
def begin(request: HttpRequest, pk: UUID) -> HttpResponse:
    actions.begin(pk, by=actor_of(request))
    return go(request, "consultations:consultation", pk=pk, toast="Consultation started")


@require_POST
@staff_page("consultations.conduct")
def record_outcome(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record the decision; the note beside it has saved itself by then."""
    by, form = actor_of(request), OutcomeForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.record_outcome(
                pk,
                outcome=form.cleaned_data["outcome"],
                note={"referred_to": form.cleaned_data["referred_to"]},
                follow_up_on=form.cleaned_data["follow_up_on"],
                by=by,
            )
        if not form.errors:
            return go(request, "consultations:consultation", pk=pk, toast="Outcome recorded")
    return screen(request, queries.consultation(pk, seen_by=by), outcome=form)


@require_POST
@staff_page("consultations.conduct")
def reopen(request: HttpRequest, pk: UUID) -> HttpResponse:
    form = ReasonForm(request.POST)
    if form.is_valid():
        actions.reopen(pk, reason=form.cleaned_data["reason"], by=actor_of(request))
        return go(request, "consultations:consultation", pk=pk, toast="You can change the outcome")
    return screen(request, queries.consultation(pk, seen_by=actor_of(request)), reason=form)


@require_POST
@staff_page("consultations.close")
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    actions.close(pk, by=actor_of(request))
    return go(request, "consultations:consultation", pk=pk, toast="Signed and closed")
