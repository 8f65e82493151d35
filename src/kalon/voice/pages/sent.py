"""What was to leave for an outside engine: every text as it was, why it stayed, and what came back."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from kalon.kernel import audit
from kalon.voice import actions, queries
from kalon.voice.lifecycles import VIEW
from kalon.voice.pages.settings import WORDS
from kalon.web.fronts import actor_of, render, staff_page

PER_PAGE = 25


@require_GET
@staff_page(VIEW)
def sent_list(request: HttpRequest) -> HttpResponse:
    """Every text that was to leave, newest first."""
    by = actor_of(request)
    page = Paginator(queries.sent_list(seen_by=by), PER_PAGE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    audit.reads(by, rows, purpose="list of what was sent to outside engines")
    return render(request, "voice/sent_list.html", {"page": page, "rows": rows})


@require_GET
@staff_page(VIEW)
def sent(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One text with its reasons, or with what came back."""
    found = actions.look_at_sent(pk, by=actor_of(request))
    reasons = [{**reason, "word": WORDS.get(reason["kind"], reason["kind"])} for reason in found.reasons]
    return render(request, "voice/sent.html", {"sent": found, "reasons": reasons})
