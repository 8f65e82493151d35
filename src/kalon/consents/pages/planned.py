"""The consent on the page of a plan: asked for in one press, and how far it has come."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST

from kalon.consents import actions, queries
from kalon.consents.forms import AskForm
from kalon.consents.lifecycles import ENDED, PRESENT, READ
from kalon.consents.pages.looks import look_of
from kalon.kernel.errors import Invalid
from kalon.plans import queries as plans
from kalon.plans.lifecycles import ConsentNeed, PlanStatus
from kalon.web.fronts import actor_of, go, staff_page

OVER = (PlanStatus.COMPLETED, PlanStatus.CANCELLED)


@require_POST
@staff_page(PRESENT)
def ask(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Prepare the consent to a plan and put it before the patient."""
    by = actor_of(request)
    plan = plans.plan(plan_id, seen_by=by)
    form = AskForm(request.POST, versions=queries.forms_for(plan, seen_by=by))
    if not form.is_valid():
        raise Invalid(" ".join(str(error) for errors in form.errors.values() for error in errors), field="version")
    said = form.cleaned_data
    made = actions.ask_of_plan(
        plan_id,
        UUID(said["version"]),
        language=said["language"],
        has_interpreter=said["has_interpreter"],
        guardianship=said["guardianship"],
        by=by,
    )
    return go(request, "consents:consent", pk=made.pk, toast="The patient can read it now, here and on their own pages")


def on_plan(request: HttpRequest, plan: Any) -> str | None:
    """The card of a plan that asks for consent, or that somebody was asked about as a whole."""
    by = actor_of(request)
    if not by.may(READ) or plan.approved_at is None:
        return None
    rows = list(queries.of_plan(plan.pk, seen_by=by))
    of_procedure = [one for one in rows if one.kind == queries.Kind.PROCEDURE]
    live = any(one.status in queries.LIVE for one in of_procedure)
    may_ask = plan.consent == ConsentNeed.REQUIRED and plan.status not in OVER and by.may(PRESENT) and not live
    if not rows and plan.consent != ConsentNeed.REQUIRED:
        return None
    versions = queries.forms_for(plan, seen_by=by) if may_ask else []
    context = {
        "plan": plan,
        "rows": [(row, look_of(row)) for row in rows],
        "may_ask": may_ask,
        "ended": next((one for one in of_procedure[:1] if one.status in ENDED and plan.status not in OVER), None),
        "form": AskForm(versions=versions) if versions else None,
    }
    return render_to_string("consents/_on_plan.html", context, request=request)
