"""The patient's own page of what they bought."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from kalon.entitlements import queries
from kalon.entitlements.lifecycles import HoldingStatus
from kalon.entitlements.pages.looks import drawn
from kalon.kernel import audit, clock
from kalon.web.fronts import actor_of, patient_page, render

SHOWN = 50


@require_GET
@patient_page
def mine(request: HttpRequest) -> HttpResponse:
    """What is left of each package, and until when."""
    by = actor_of(request)
    rows = list(queries.holdings(seen_by=by).order_by("-created_at", "-id")[:SHOWN])
    audit.reads(by, rows, purpose="own packages")
    looked = [drawn(row, clock.today(row.branch.timezone)) for row in rows]
    context = {
        "usable": [one for one in looked if one.row.status in (HoldingStatus.PENDING, HoldingStatus.ACTIVE)],
        "over": [one for one in looked if one.row.status not in (HoldingStatus.PENDING, HoldingStatus.ACTIVE)],
    }
    return render(request, "entitlements/mine.html", context)
