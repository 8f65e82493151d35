"""The list of prescriptions, and the signed paper."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_GET

from kalon.kernel import audit
from kalon.prescribing import actions, queries
from kalon.prescribing.lifecycles import READ, Status
from kalon.web import files
from kalon.web.fronts import actor_of, render, staff_page

PER_PAGE = 30
SHOWN = {"": "All", "draft": "Drafts", "open": "To hand out", "done": "Done"}
STATES = {
    "draft": (Status.DRAFT,),
    "open": (Status.FINALIZED, Status.PARTIALLY_DISPENSED),
    "done": (Status.DISPENSED, Status.SENT_TO_PHARMACY, Status.CANCELLED),
}


@require_GET
@staff_page(READ)
def prescriptions(request: HttpRequest) -> HttpResponse:
    """The prescriptions, newest first, by where they stand or by number."""
    by = actor_of(request)
    chosen, number = request.GET.get("show", ""), request.GET.get("q", "").strip()[:24]
    rows = queries.prescriptions(seen_by=by)
    if chosen in STATES:
        rows = rows.filter(status__in=STATES[chosen])
    if number:
        rows = rows.filter(number__icontains=number)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    audit.reads(by, list(page.object_list), purpose="list of prescriptions")
    filters = [
        {"label": label, "url": f"?show={value}" if value else "?", "current": value == chosen}
        for value, label in SHOWN.items()
    ]
    return render(request, "prescribing/list.html", {"page": page, "q": number, "filters": filters, "chosen": chosen})


@require_GET
@staff_page(READ)
def paper(request: HttpRequest, pk: UUID) -> StreamingHttpResponse:
    """The signed PDF, byte for byte as it left the clinic."""
    name, content = actions.paper_of(pk, by=actor_of(request))
    return files.shown(iter([content]), content_type="application/pdf", size=len(content), name=name)
