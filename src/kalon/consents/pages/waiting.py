"""What waits for a doctor: questions, countersignatures, and consents that ended."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kalon.consents import actions, queries
from kalon.kernel import audit
from kalon.people import queries as people
from kalon.plans.lifecycles import APPROVE
from kalon.web.fronts import actor_of, go, render, staff_page

PER_PAGE = 25
WHERE = {queries.Waits.COUNTERSIGN: "consents:sign"}
LOOKS = {
    queries.Waits.QUESTION: ("gold", "message-circle-question-mark", "Answer"),
    queries.Waits.COUNTERSIGN: ("info", "pen-line", "Countersign"),
    queries.Waits.ENDED: ("danger", "undo-2", "Look at it"),
}


def _row(found: Any) -> dict[str, Any]:
    waits = queries.Waits(found.waits)
    tone, icon, action = LOOKS[waits]
    doctor = found.plan.doctor or found.plan.approved_by
    return {
        "consent": found, "doctor": doctor, "waits": waits, "word": waits.label, "tone": tone, "icon": icon,
        "action": action, "href": reverse(WHERE.get(waits, "consents:consent"), args=[found.pk]),
    }  # fmt: skip


@require_GET
@staff_page(APPROVE)
def waiting(request: HttpRequest) -> HttpResponse:
    """One's own first, the longest wait at the top; those of all doctors on wish."""
    by = actor_of(request)
    me = people.staff_of(by)
    everybody = me is None or request.GET.get("all") == "1"
    rows = queries.for_doctor(None if everybody or me is None else me.pk, seen_by=by)
    page = Paginator(rows.select_related("plan__doctor", "plan__approved_by"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    shown = list(page.object_list)
    audit.reads(by, shown, purpose="consents that wait for a doctor")
    context = {
        "page_obj": page,
        "rows": [_row(row) for row in shown],
        "everybody": everybody,
        "is_doctor": me is not None,
    }
    return render(request, "consents/waiting.html", context)


@require_POST
@staff_page(APPROVE)
def note(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The doctor has seen that a consent ended."""
    actions.note_end(pk, by=actor_of(request))
    return go(request, "consents:waiting", toast="Noted")
