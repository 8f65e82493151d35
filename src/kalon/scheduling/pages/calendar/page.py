"""The calendar: doctors and rooms as columns, a week, a month, a timeline; what is shown stands in the address."""

from datetime import UTC
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from kalon.kernel import clock
from kalon.people import queries as people
from kalon.scheduling import queries, rules
from kalon.scheduling.lifecycles import BOOK, MANAGE, RESCHEDULE, VIEW, Kind
from kalon.scheduling.pages import looks
from kalon.scheduling.pages.calendar.asked import COLUMNS, VIEWS, asked, asked_wall
from kalon.scheduling.pages.day import HIDE_NAMES, TILES
from kalon.web.fronts import render, staff_page

CANCELLED = looks.Look(css="is-mute", icon="x", word="Cancelled or moved")


@require_GET
@staff_page(VIEW)
def calendar(request: HttpRequest) -> HttpResponse:
    """The frame of the calendar; the browser asks for the visits and draws them."""
    by = request.actor  # type: ignore[attr-defined]
    wanted = asked(request)
    branch = wanted.branch
    by.must(VIEW, at=branch.pk, do="see the calendar of this branch")
    facts: dict[str, Any] = {
        "wanted": wanted,
        "here": branch,
        "branches": [one for one in people.branches(seen_by=by) if by.may(VIEW, at=one.pk)],
        "now": looks.wall(clock.now().astimezone(wanted.zone)),
        "views": VIEWS,
        "columns": COLUMNS,
        "doctors": _people(request, branch),
        "rooms": people.rooms(seen_by=by, branch_id=branch.pk),
        "kinds": Kind.choices,
        "states": [*((key, look) for key, _, look, _ in TILES), ("cancelled", CANCELLED)],
        "tiles": [(key, word, look) for key, word, look, _ in TILES],
        "hides_names": request.COOKIES.get(HIDE_NAMES) == "1",
        "may_book": by.may(BOOK, at=branch.pk),
        "may_move": by.may(RESCHEDULE, at=branch.pk),
        "may_block": by.may(MANAGE, at=branch.pk),
        "chosen": {str(pk) for pk in wanted.doctors | wanted.rooms},
    }
    return render(request, "scheduling/calendar.html", facts)


@require_GET
@staff_page(BOOK)
def book_here(request: HttpRequest) -> HttpResponse:
    """To the booking page, with the time and the column that were chosen on the calendar."""
    wanted = asked(request)
    facts = {"branch": wanted.branch.pk, "doctor": request.GET.get("doctor", ""), "room": request.GET.get("room", "")}
    if start := asked_wall(request, "start"):
        instant = rules.instant(start.date(), start.time(), wanted.zone)
        facts |= {
            "date": f"{start:%Y-%m-%d}",
            "time": f"{start:%H:%M}",
            "start": f"{instant.astimezone(UTC):%Y-%m-%dT%H:%MZ}",
            "with": facts["doctor"],
        }
    return HttpResponseRedirect(f"{reverse('scheduling:book')}?{urlencode({k: v for k, v in facts.items() if v})}")


def _people(request: HttpRequest, branch: Any) -> list[Any]:
    """The doctors of the branch, and whoever else has hours in it."""
    by = request.actor  # type: ignore[attr-defined]
    known = {doctor.pk: doctor for doctor in people.doctors(seen_by=by, branch_id=branch.pk)}
    others = set(queries.scheduled_staff(branch.pk, seen_by=by)) - known.keys()
    if others:
        known |= {one.pk: one for one in people.staff_list(seen_by=by).filter(pk__in=others)}
    return sorted(known.values(), key=lambda person: str(person.name))
