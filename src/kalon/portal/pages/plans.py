"""The patient's journey: what is planned, what is done, what follows; in words, never as tables."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_GET, require_POST

from kalon.plans import actions as plan_actions
from kalon.portal import queries
from kalon.theatre import actions as theatre
from kalon.web import files
from kalon.web.fronts import actor_of, go, patient_page, render


@require_GET
@patient_page
def plans(request: HttpRequest) -> HttpResponse:
    """Upcoming visits, treatment under way, treatment done, consultations, follow-ups."""
    return render(request, "portal/plans.html", {"journey": queries.journey(seen_by=actor_of(request))})


@require_GET
@patient_page
def plan(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One plan as the patient reads it."""
    by = actor_of(request)
    found = plan_actions.read(pk, purpose="own plan", by=by)
    return render(request, "portal/plan.html", queries.own_plan(found, seen_by=by))


@require_POST
@patient_page
def acknowledge(request: HttpRequest, pk: UUID) -> HttpResponse:
    """“I have read this”: said once, it stands."""
    plan_actions.acknowledge(pk, by=actor_of(request))
    return go(request, "portal:plan", pk=pk, toast="Thank you. Your doctor sees that you read it.")


@require_POST
@patient_page
def tick(request: HttpRequest, pk: UUID, entry_id: UUID) -> HttpResponse:
    """What the patient sees to themselves: done, or not after all."""
    is_back = request.POST.get("state") == "TAKEN_BACK"
    plan_actions.tick(entry_id, "TAKEN_BACK" if is_back else "DONE", by=actor_of(request))
    return go(request, "portal:plan", pk=pk, toast="Not done yet" if is_back else "Done. The clinic sees it.")


@require_GET
@patient_page
def instructions(request: HttpRequest, pk: UUID) -> StreamingHttpResponse:
    """What to do before and after, on paper."""
    drawn = plan_actions.instructions_pdf(pk, by=actor_of(request))
    return files.shown(iter([drawn]), content_type="application/pdf", size=len(drawn), name="instructions.pdf")


@require_GET
@patient_page
def before(request: HttpRequest, pk: UUID) -> StreamingHttpResponse:
    """When to come, from when to fast and what to stop, on paper."""
    drawn = theatre.before_pdf(pk, by=actor_of(request))
    return files.shown(iter([drawn]), content_type="application/pdf", size=len(drawn), name="before.pdf")
