"""The doctor's day on one screen: who sits there, who waits, what is to be done, and how the weeks went."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from kalon.consultations import queries
from kalon.consultations.lifecycles import Status
from kalon.consultations.queries import dashboard
from kalon.kernel import audit, clock
from kalon.people import queries as people
from kalon.web.fronts import actor_of, render, staff_page

CONDUCT = "consultations.conduct"
HERE = (Status.IN_CONSULTATION, Status.PLAN_CREATED)
WAITING = (Status.CHECKED_IN, Status.IN_TRIAGE)


@require_GET
@staff_page(CONDUCT)
def my_day(request: HttpRequest) -> HttpResponse:
    """Today's queue as it moves, the patient who sits there, what waits, and the figures of four weeks."""
    by = actor_of(request)
    branch, me = people.own_branch(by), people.staff_of(by)
    today = clock.today(branch.timezone)
    ask = dashboard.Ask(by, me.pk if me else None, branch.pk, branch.timezone, today)
    rows = []
    if me is not None:
        queue = queries.queue(branch_id=branch.pk, doctor_id=me.pk, day=today, zone=branch.timezone, seen_by=by)
        rows = list(queue)
    audit.reads(by, rows, purpose="own day")
    waiting = [row for row in rows if row.status in WAITING]
    context = {
        "me": me,
        "here": branch,
        "day": today,
        "current": next((row for row in rows if row.status in HERE), None),
        "next": waiting[0] if waiting else None,
        "groups": [
            ("Waiting", waiting),
            ("Still to come", [row for row in rows if row.status == Status.SCHEDULED]),
            ("Seen", [row for row in rows if row.status == Status.CLOSED]),
        ],
        "many": len(rows),
        "pending": dashboard.pending(ask),
        "charts": dashboard.charts(ask),
    }
    return render(request, "consultations/dashboard.html", context)
