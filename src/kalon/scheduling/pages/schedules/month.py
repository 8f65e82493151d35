"""Who works when: a month of a branch at one look, for the screen and for paper."""

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from kalon.scheduling import queries
from kalon.scheduling.lifecycles import VIEW
from kalon.scheduling.pages.asked import asked_date
from kalon.scheduling.pages.schedules.frame import address, frame
from kalon.scheduling.queries import Month, Presence
from kalon.scheduling.rules import FIRST_DAY, LAST_DAY
from kalon.web.fronts import actor_of, render, staff_page


@require_GET
@staff_page(VIEW)
def month(request: HttpRequest) -> HttpResponse:
    """Everybody with hours at the branch, day by day."""
    facts = frame(request, "month")
    here = facts["here"]
    found = queries.month(here.pk, _asked_month(request, facts["today"]), seen_by=actor_of(request))
    before, after = found.first - timedelta(days=1), found.first + timedelta(days=31)
    facts |= {
        "month": found,
        "days": [_day(found, on, facts["today"]) for on in found.days],
        "rows": [(person, [_cell(one, found) for one in row]) for person, row in found.people],
        "before": address("month", branch=here.pk, month=f"{before:%Y-%m}"),
        "after": address("month", branch=here.pk, month=f"{after:%Y-%m}"),
    }
    return render(request, "scheduling/schedules_month.html", facts)


def _asked_month(request: HttpRequest, today: date) -> date:
    try:
        asked = date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        return asked_date(request, "date", today)
    return asked if FIRST_DAY < asked < LAST_DAY - timedelta(days=62) else today


def _day(found: Month, on: date, today: date) -> dict[str, object]:
    return {
        "on": on,
        "closed": found.closed.get(on, ""),
        "is_today": on == today,
        "is_sunday": on.weekday() == 6,
        "count": found.count_in(on),
    }


def _cell(one: Presence, found: Month) -> dict[str, object]:
    """The first and the last hour of the day, and everything in words for who hears the page."""
    words = ", ".join(f"{span.start:%H:%M} to {span.end:%H:%M}" for span in one.hours)
    if one.is_away and not one.hours:
        words = found.closed.get(one.on, "away")
    return {
        "on": one.on,
        "hours": [(_short(span.start), _short(span.end)) for span in one.hours],
        "words": f"{words}{', otherwise away' if one.is_away and one.hours else ''}",
        "is_in": one.is_in,
        "is_partly": one.is_in and one.is_away,
        "is_away": one.is_away and not one.is_in and one.on not in found.closed,
        "is_closed": one.on in found.closed,
    }


def _short(at: object) -> str:
    text = f"{at:%H:%M}"
    return text.removesuffix(":00")
