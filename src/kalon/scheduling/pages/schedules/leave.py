"""Leave: asking for one's own, and answering what others ask for."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from kalon.people import queries as people
from kalon.scheduling import actions, queries
from kalon.scheduling.forms import DeclineForm, LeaveForm
from kalon.scheduling.lifecycles import MANAGE, VIEW, LeaveStatus
from kalon.scheduling.pages.schedules.answers import Question, answers_in, asking
from kalon.scheduling.pages.schedules.frame import address, frame
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

SHOWN = 40
LOOKS = {
    LeaveStatus.REQUESTED: ("gold", "hourglass"),
    LeaveStatus.APPROVED: ("ok", "check"),
    LeaveStatus.DECLINED: ("rose", "x"),
    LeaveStatus.WITHDRAWN: ("mute", "undo-2"),
}


@require_http_methods(["GET", "POST"])
@staff_page(VIEW)
def leave(request: HttpRequest) -> HttpResponse:
    """One's own requests and a form for a new one; a manager sees what waits for an answer first."""
    by = actor_of(request)
    facts = frame(request, "leave")
    me = people.staff_of(by)
    form = LeaveForm(request.POST or None, initial={"first": facts["today"]})
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        with refusals_on(form):
            made = actions.request_leave(
                typed["first"],
                typed["last"],
                starts_at=typed["starts_at"],
                ends_at=typed["ends_at"],
                note=typed["note"],
                by=by,
            )
        if not form.errors:
            return go(request, address("leave", branch=facts["here"].pk), toast=f"Asked for {made.words}")
    rows = queries.leave_requests(seen_by=by)
    facts |= {
        "form": form,
        "me": me,
        "waiting": [_row(one) for one in rows.filter(status=LeaveStatus.REQUESTED)[:SHOWN]],
        "answered": [_row(one) for one in rows.exclude(status=LeaveStatus.REQUESTED).order_by("-status_at")[:SHOWN]],
        "may_answer": by.may(MANAGE),
    }
    return render(request, "scheduling/schedules_leave.html", facts, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
@staff_page(MANAGE)
def leave_request(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Answer a request; what it would do to visits is asked before it is approved."""
    by = actor_of(request)
    facts = frame(request, "leave")
    asked = queries.leave_request(pk, seen_by=by)
    form = DeclineForm(request.POST if request.POST.get("do") == "decline" else None)
    approval, question = forms.Form(request.POST or None), Question()
    if request.method == "POST" and request.POST.get("do") == "decline":
        if form.is_valid():
            with refusals_on(form):
                actions.decline_leave(pk, form.cleaned_data["answer"], by=by)
            if not form.errors:
                return go(request, address("leave", branch=facts["here"].pk), toast=f"Declined: {asked.words}")
    elif request.method == "POST" and approval.is_valid():
        with asking(request, approval) as question:
            actions.approve_leave(pk, answers=answers_in(request.POST), by=by)
        if not question.is_open and not approval.errors:
            return go(request, address("leave", branch=facts["here"].pk), toast=f"Approved: {asked.words}")
    facts |= {"row": _row(asked), "asked": asked, "form": form, "approval": approval, "question": question}
    return render(request, "scheduling/schedules_request.html", facts, status=422 if request.method == "POST" else 200)


@require_POST
@staff_page(VIEW)
def withdraw_leave(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take one's own request back."""
    found = actions.withdraw_leave(pk, by=actor_of(request))
    return go(request, address("leave"), toast=f"Withdrawn: {found.words}")


def _row(one: Any) -> dict[str, Any]:
    tone, icon = LOOKS[LeaveStatus(one.status)]
    return {"request": one, "tone": tone, "icon": icon, "is_waiting": one.status == LeaveStatus.REQUESTED}
