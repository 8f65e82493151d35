"""A patient's own implants, each with its card, and what a maker called back of what they have."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_GET

from kalon.inventory import actions, queries
from kalon.kernel import audit
from kalon.web import files
from kalon.web.fronts import actor_of, patient_page, render

SHOWN = 50


@patient_page
def implants(request: HttpRequest) -> HttpResponse:
    """Which implants you have, and had."""
    by = actor_of(request)
    rows = list(queries.implants_of(by.own_patient_id, seen_by=by)[:SHOWN])
    audit.reads(by, rows, purpose="own implants")
    return render(request, "portal/implants.html", {"rows": rows, "notices": queries.told_of(seen_by=by)})


@require_GET
@patient_page
def card(request: HttpRequest, pk: UUID) -> StreamingHttpResponse:
    """The implant card, to keep or to show elsewhere."""
    name, content = actions.implant_card(pk, by=actor_of(request))
    return files.shown(iter([content]), content_type="application/pdf", size=len(content), name=name)
