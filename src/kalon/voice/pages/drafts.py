"""What was drafted and waits for its doctor, until the visit is signed."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from kalon.consultations.queries import dashboard
from kalon.kernel import audit
from kalon.people import queries as people
from kalon.voice import queries
from kalon.voice.lifecycles import RECORD
from kalon.web.fronts import actor_of, render, staff_page

PER_PAGE = 25


@require_GET
@staff_page(RECORD)
def drafts(request: HttpRequest) -> HttpResponse:
    """One's own, the longest wait first; those of all doctors on wish."""
    by = actor_of(request)
    me = people.staff_of(by)
    everybody = me is None or request.GET.get("all") == "1"
    found: QuerySet[Any] = queries.to_verify(None if everybody or me is None else me.pk, seen_by=by)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    audit.reads(by, rows, purpose="drafted notes that wait for a doctor")
    return render(request, "voice/drafts.html", {"page": page, "rows": rows, "everybody": everybody, "me": me})


def waiting_for(ask: dashboard.Ask) -> int:
    """How many drafted notes wait for this doctor."""
    return queries.to_verify(ask.doctor_id, seen_by=ask.by).order_by().count()
