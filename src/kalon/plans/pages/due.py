"""The desk's work list, what follows a consultation, and when patients are reminded."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kalon.consultations import queries as consultations
from kalon.kernel import audit, clock
from kalon.people import queries as people
from kalon.plans import actions, queries
from kalon.plans.forms import ChasingForm, FollowUpForm, ReasonForm
from kalon.plans.lifecycles import ARRANGE, MANAGE, WRITE
from kalon.plans.models import WorkKind
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

PER_PAGE = 25


@require_GET
@staff_page(ARRANGE)
def due(request: HttpRequest) -> HttpResponse:
    """What is to be booked next, the most urgent first, each with one tap into the booking."""
    by = actor_of(request)
    branch = people.own_branch(by)
    doctor_id, kind = _id(request.GET.get("doctor", "")), request.GET.get("kind", "")
    kind = kind if kind in WorkKind.values else ""
    is_later = request.GET.get("later") == "1"
    rows = queries.work(
        seen_by=by, branch_id=branch.pk, doctor_id=doctor_id, kind=kind, within_days=None if is_later else queries.SOON
    )
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    audit.reads(by, [row.patient for row in shown], purpose="what is due next")
    context = {
        "here": branch,
        "today": clock.today(branch.timezone),
        "page_obj": page,
        "todos": queries.todos(shown, seen_by=by),
        "kinds": WorkKind.choices,
        "kind": kind,
        "doctors": queries.doctors_with_work(seen_by=by, branch_id=branch.pk),
        "doctor": str(doctor_id or ""),
        "is_later": is_later,
        "soon": queries.SOON,
        "is_filtered": bool(doctor_id or kind),
        "may_book": by.may("scheduling.book"),
    }
    return render(request, "plans/due.html", context)


@require_http_methods(["GET", "POST"])
@staff_page(WRITE)
def plan_follow_ups(request: HttpRequest, pk: UUID) -> HttpResponse:
    """When the patient of a consultation is to be seen again: several days at once."""
    by = actor_of(request)
    form = FollowUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = actions.plan_follow_ups(pk, form.wishes(), by=by)
        if not form.errors:
            words = "Follow-up planned" if len(made) == 1 else f"{len(made)} follow-ups planned"
            return go(request, "patients:page", pk=made[0].patient_id, toast=words)
    found = consultations.consultation(pk, seen_by=by)
    audit.read(by, found, purpose="planning a follow-up")
    follow_ups = list(queries.follow_ups_of_consultation(pk, seen_by=by))
    context = {"consultation": found, "form": form, "follow_ups": follow_ups}
    return render(request, "plans/follow_ups.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page(ARRANGE)
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A follow-up that is not needed any more."""
    form = ReasonForm(request.POST)
    by = actor_of(request)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    withdrawn = actions.withdraw(pk, reason=reason, by=by)
    return go(request, reverse("patients:page", args=[withdrawn.patient_id]), toast="Follow-up withdrawn")


@require_http_methods(["GET", "POST"])
@staff_page(MANAGE)
def chasing(request: HttpRequest) -> HttpResponse:
    """After how many days overdue a patient is reminded."""
    by = actor_of(request)
    days = queries.chase_days(seen_by=by)
    form = ChasingForm(request.POST or None, initial={f"step_{n}": day for n, day in enumerate(days, start=1)})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.set_chasing(form.days(), by=by)
        if not form.errors:
            return go(request, "plans:chasing", toast="Saved")
    return render(request, "plans/chasing.html", {"form": form}, status=422 if form.errors else 200)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
