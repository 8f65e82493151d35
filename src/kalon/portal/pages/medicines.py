"""What was prescribed: how each medicine is taken, what was handed out, and the signed paper."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_GET

from kalon.prescribing import actions as prescribing_actions
from kalon.prescribing import queries as prescribing
from kalon.web import files
from kalon.web.fronts import actor_of, patient_page, render


@require_GET
@patient_page
def prescription(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One prescription, in the words of its patient."""
    by = actor_of(request)
    found = prescribing_actions.read(pk, purpose="own prescription", by=by)
    out = [one for one in prescribing.handed_out(found, seen_by=by) if one.still_out]
    context = {"prescription": found, "out": out, "may_refill": prescribing.again(found)}
    return render(request, "portal/prescription.html", context)


@require_GET
@patient_page
def paper(request: HttpRequest, pk: UUID) -> StreamingHttpResponse:
    """The paper as the doctor signed it, to print or to show at a pharmacy."""
    name, content = prescribing_actions.paper_of(pk, by=actor_of(request))
    return files.shown(iter([content]), content_type="application/pdf", size=len(content), name=name)
