"""What an address asks for: the days, the branch, and how to say them again."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, QueryDict

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.people import queries as people
from kalon.reports import queries
from kalon.reports.queries import Asked
from kalon.reports.rules import PERIODS, Period, period_of
from kalon.web.fronts import actor_of

KEPT = ("period", "from", "until", "branch")


def asked_in(request: HttpRequest, *, only_today: bool = False) -> Asked:
    """The days and the branch of an address; somebody of one branch sees that one."""
    by = actor_of(request)
    given = {name: request.GET.get(name, "").strip()[:40] for name in KEPT}
    branch_id = _branch(given["branch"], by)
    zone = people.branch(branch_id, seen_by=by).timezone if branch_id else people.organization(seen_by=by).timezone
    today = clock.today(zone)
    if only_today and not (given["period"] or given["from"] or given["until"]):
        return Asked(Period(today, today), today, branch_id)
    period = period_of(today, name=given["period"], since=given["from"], until=given["until"])
    return Asked(period, today, branch_id)


def filters(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """What the row of filters shows, and the address of the same days for other pages."""
    by = actor_of(request)
    kept = {name: request.GET[name] for name in KEPT if request.GET.get(name)}
    without = {name: value for name, value in kept.items() if name not in ("period", "from", "until")}
    if key := request.GET.get("key", "")[:60]:
        without["key"] = key  # other days of the same row
    places = queries.branches_of(by)
    return {
        "asked": asked,
        "same": _address(kept),
        "periods": [
            {"label": label, "url": f"?{_address({**without, 'period': name})}", "current": asked.period.name == name}
            for name, label in PERIODS.items()
        ],
        "branches": places if len(places) > 1 else [],
        "all_branches": queries.sees_everything(by),
        "branch": next((one for one in places if one.pk == asked.branch_id), None),
    }


def _address(values: dict[str, str]) -> str:
    made = QueryDict(mutable=True)
    made.update(values)
    return made.urlencode()


def _branch(text: str, by: Actor) -> UUID | None:
    if text:
        try:
            branch_id = UUID(text)
        except ValueError:
            raise NotFound("There is no such branch. Choose one from the list.") from None
        queries.must_see(branch_id, by)
        return branch_id
    if queries.sees_everything(by):
        return None
    places = queries.branches_of(by)
    if not places:
        queries.must_see(None, by)
    first: UUID = places[0].pk
    return first
