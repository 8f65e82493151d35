"""The clearance board: who is to be operated between two days, what is missing, and whose move it is."""

from datetime import date, timedelta
from itertools import groupby
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from kalon.kernel import audit, clock
from kalon.people import queries as people
from kalon.theatre import queries
from kalon.theatre.lifecycles import VIEW
from kalon.theatre.queries import requirements
from kalon.web.fronts import actor_of, render, staff_page

PER_PAGE = 60
AHEAD = timedelta(days=28)
STATES = {"missing": "Something is missing", "ready": "Ready to clear", "cleared": "Cleared", "refused": "Not cleared"}


@require_GET
@staff_page(VIEW)
def board(request: HttpRequest) -> HttpResponse:
    """Everybody who is to be operated soon, by date."""
    by = actor_of(request)
    here = people.own_branch(by)
    today = clock.today(here.timezone)
    first = asked_day(request, "from", today)
    last = max(first, asked_day(request, "to", first + AHEAD))
    state, move = request.GET.get("state", ""), request.GET.get("move", "")
    rows = queries.board(first=first, last=last, seen_by=by, branch_id=here.pk)
    rows = [row for row in rows if _fits(row, state) and (not move or any(one.move == move for one in row.missing))]
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    audit.reads(by, [row.clearance for row in shown], purpose="clearance board")
    days = [(day, list(group)) for day, group in groupby(shown, key=lambda row: row.clearance.surgery_date)]
    context = {
        "here": here, "days": days, "page_obj": page, "first": first, "last": last, "today": today,
        "states": STATES.items(), "state": state, "move": move,
        "moves": sorted({kind.move for kind in requirements.kinds() if kind.moment == "BEFORE"}),
        "is_filtered": bool(state or move),
        "counts": {key: sum(_fits(row, key) for row in rows) for key in STATES},
    }  # fmt: skip
    return render(request, "theatre/board/board.html", context)


def asked_day(request: HttpRequest, name: str, otherwise: date) -> date:
    """A day in the address, or the given one."""
    try:
        found = date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return otherwise
    return found if 1970 < found.year < 2199 else otherwise


def asked_id(text: str) -> UUID | None:
    """An identifier in the address, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _fits(row: queries.BoardRow, state: str) -> bool:
    status = row.clearance.status
    return {
        "missing": status == "OPEN" and bool(row.missing),
        "ready": status == "OPEN" and not row.missing,
        "cleared": status == "CLEARED",
        "refused": status == "NOT_CLEARED",
    }.get(state, True)
