"""A doctor has the engine outside draft the note too, and goes on with the draft that is there meanwhile."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from kalon.kernel import clock
from kalon.kernel.errors import Invalid
from kalon.voice import actions, queries
from kalon.voice.lifecycles import RECORD
from kalon.web.fronts import actor_of, go, render, staff_page

PATIENCE = timedelta(minutes=5)


@require_POST
@staff_page(RECORD)
def ask_outside(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Have it drafted outside; what was decided of the draft that is shown stays on the screen."""
    actions.request_draft(pk, queries.CLAUDE, by=actor_of(request))
    if not request.headers.get("HX-Request"):
        return go(request, "voice:verify", pk=pk, toast="A further draft is on its way")
    return _part(request, pk, _number(request.POST.get("shown")), clock.now())


@require_GET
@staff_page(RECORD)
def outside(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How far the further draft is; asked again every few seconds while it is waited for."""
    since = datetime.fromtimestamp(_number(request.GET.get("since")), tz=UTC)
    return _part(request, pk, _number(request.GET.get("shown")), since)


def shown_with(draft: Any, *, by: Any) -> dict[str, Any]:
    """What the screen of a draft says of the engine outside before anybody has asked it."""
    return {
        "may_ask": draft.engine == queries.HOUSE and actions.can_be_asked(seen_by=by),
        "shown": draft.number,
    }


def _part(request: HttpRequest, pk: UUID, shown: int, since: datetime) -> HttpResponse:
    by = actor_of(request)
    found = queries.session(pk, seen_by=by)
    asked = queries.asked_outside(pk, shown=shown, since=since, seen_by=by)
    is_late = clock.now() - since > PATIENCE
    waits = asked.further is None and not asked.failure and not is_late
    context = {"session": found, "shown": shown, "since": int(since.timestamp()), "asked": asked, "waits": waits}
    return render(request, "voice/_outside.html", {**context, "may_ask": not waits and asked.further is None})


def _number(said: str | None) -> int:
    if not said or not said.isdecimal() or len(said) > 11:
        raise Invalid("Open the draft again.")
    return int(said)
