"""The treatment sessions of a day at a branch: who, what, which of how many, how far, and what is next."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from kalon.consultations.queries import dashboard
from kalon.kernel import audit, clock
from kalon.people import queries as people
from kalon.plans import queries
from kalon.plans.lifecycles import BOOKED, TREAT, SessionStatus
from kalon.plans.models import ProcedureSession
from kalon.plans.pages.looks import Look, session_look
from kalon.scheduling.lifecycles import HERE
from kalon.web.fronts import actor_of, render, staff_page

PER_PAGE = 30
S = SessionStatus
NEXT = {
    S.CONSENT_PENDING: "Consent to be signed",
    S.IN_PROGRESS: "Write the record, then complete it",
    S.COMPLETED: "Done",
    S.NO_SHOW: "To be booked again",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One session of the day with its state and what is next."""

    session: ProcedureSession
    look: Look
    is_here: bool

    @property
    def next_step(self) -> str:
        if self.session.status in NEXT:
            return NEXT[SessionStatus(self.session.status)]
        return "Start it" if self.is_here else "Waits for the patient"

    @property
    def press(self) -> str:
        """The word on the button, where this one is to be seen to now."""
        if self.session.status == S.IN_PROGRESS:
            return "Go on"
        return "Open" if self.is_here and self.session.status in BOOKED else ""


@require_GET
@staff_page(TREAT)
def today(request: HttpRequest) -> HttpResponse:
    """Today's sessions at one's own branch, in the order of their times; one's own, or everybody's."""
    by = actor_of(request)
    branch, me = people.own_branch(by), people.staff_of(by)
    day = _day(request.GET.get("date", "")) or clock.today(branch.timezone)
    rows = queries.sessions_on(day, branch.pk, branch.timezone, seen_by=by).select_related("appointment__room")
    is_mine = request.GET.get("mine") == "1" and me is not None
    if is_mine and me is not None:
        rows = rows.filter(appointment__doctor_id=me.pk)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    audit.reads(by, shown, purpose="sessions of the day")
    context = {
        "here": branch,
        "day": day,
        "is_today": day == clock.today(branch.timezone),
        "is_mine": is_mine,
        "before": str(day - timedelta(days=1)),
        "after": str(day + timedelta(days=1)),
        "page_obj": page,
        "rows": [_row(one) for one in shown],
    }
    return render(request, "plans/today.html", context)


def open_for(ask: dashboard.Ask) -> int:
    """How many of today's sessions with this doctor are not done yet."""
    rows = queries.sessions_on(ask.today, ask.branch_id, ask.zone, seen_by=ask.by).select_related(None).order_by()
    return rows.filter(appointment__doctor_id=ask.doctor_id, status__in=(*BOOKED, S.IN_PROGRESS)).count()


def _row(one: ProcedureSession) -> Row:
    is_here = one.appointment is not None and one.appointment.status in HERE
    return Row(one, session_look(one.status), is_here)


def _day(said: str) -> date | None:
    try:
        found = date.fromisoformat(said)
    except ValueError:
        return None
    return found if date(2000, 1, 1) < found < date(2199, 1, 1) else None
