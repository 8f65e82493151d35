"""The lists of before and after: the tablet's page of one plan, and the card on the plan."""

from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_POST

from kalon.kernel.actors import Actor
from kalon.kernel.errors import DomainError, NotFound, NotPermitted
from kalon.patients import queries as patients
from kalon.plans import actions, queries
from kalon.plans.lifecycles import READ, TICK
from kalon.plans.models import ProcedurePlan
from kalon.plans.pages.looks import look
from kalon.web.fronts import actor_of, go, render, staff_page


class TickForm(forms.Form):
    """What was pressed: the state, why, and the tick that stood there."""

    state = forms.CharField(max_length=12)
    note = forms.CharField(max_length=500, required=False)
    seen = forms.UUIDField(required=False)

    def told(self) -> dict[str, Any]:
        """What the verb takes; a press that says nothing is refused by it."""
        self.is_valid()
        return {"state": "", "note": "", "seen": None, **self.cleaned_data}


@require_GET
@staff_page(READ)
def one(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What is to be done before and after, by moment."""
    return _page(request, actions.read(pk, purpose="list of before and after", by=actor_of(request)))


@require_POST
@staff_page(TICK)
def tick(request: HttpRequest, pk: UUID, entry_id: UUID) -> HttpResponse:
    """The whole row is the button."""
    try:
        with transaction.atomic():
            actions.tick(entry_id, **TickForm(request.POST).told(), by=actor_of(request))
    except (NotFound, NotPermitted):
        raise
    except DomainError as refusal:
        return _page(request, queries.plan(pk, seen_by=actor_of(request)), refusal)
    return go(request, "plans:list", pk=pk)


def on_plan(request: HttpRequest, plan: ProcedurePlan) -> str | None:
    """How far the lists are, on the page of the plan."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    parts = queries.list_of(plan, seen_by=by)
    return render_to_string("plans/_lists.html", {"plan": plan, "parts": parts}, request=request) if parts else None


def _page(request: HttpRequest, plan: ProcedurePlan, refused: DomainError | None = None) -> HttpResponse:
    by = actor_of(request)
    context = {
        "plan": plan,
        "patient": plan.patient,
        "banner": patients.banner(plan.patient),
        "look": look(plan.status),
        "parts": queries.list_of(plan, seen_by=by),
        "ticks": queries.ticks_for(by),
        "refused": refused,
    }
    return render(request, "plans/list.html", context, status=422 if refused else 200)
