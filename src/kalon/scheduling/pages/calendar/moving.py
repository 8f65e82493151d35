"""Moving a visit on the calendar: its new time is kept, then the move is made, or given back as if nothing had been."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from kalon.kernel.errors import Invalid
from kalon.scheduling import actions, queries
from kalon.scheduling.forms import TargetForm
from kalon.scheduling.lifecycles import RESCHEDULE
from kalon.scheduling.pages.calendar import targets
from kalon.scheduling.pages.calendar.fronts import answers_json
from kalon.scheduling.pages.calendar.targets import Target
from kalon.web.fronts import staff_page

DRAGGED = "Moved on the calendar"  # the reason that stays in the history where the person typed none


@require_POST
@staff_page(RESCHEDULE)
@answers_json
def hold(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep the time a visit was dropped on, for as long as the move can be undone."""
    by = request.actor  # type: ignore[attr-defined]
    target = _target(_read(request))
    held = targets.keep(pk, target, by=by)
    visit = queries.appointment(pk, seen_by=by)
    taken = [held.wish.doctor.pk if held.wish.doctor else None, held.place.room_id]
    taken += [*held.place.team, *held.place.equipment]
    facts = {
        "hold": str(held.id),
        "told": _told(target.start, visit.local_start),
        "resources": [str(pk) for pk in taken if pk],
    }
    return JsonResponse(facts)


@require_POST
@staff_page(RESCHEDULE)
@answers_json
def save(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make the move that was kept; the answer names the visit that now stands, on another day a new one."""
    by = request.actor  # type: ignore[attr-defined]
    typed = _read(request)
    reason = typed.cleaned_data["reason"] or DRAGGED
    moved = targets.move(pk, _target(typed), reason, hold_id=typed.cleaned_data["hold"], by=by)
    return JsonResponse({"visit": str(moved.pk), "told": _told(moved.local_start, moved.local_start)})


@require_POST
@staff_page(RESCHEDULE)
@answers_json
def release(request: HttpRequest, hold_id: UUID) -> HttpResponse:
    """Give a kept time back: the move was undone, and nothing was written."""
    actions.release(hold_id, by=request.actor)  # type: ignore[attr-defined]
    return HttpResponse(status=204)


def _read(request: HttpRequest) -> TargetForm:
    form = TargetForm(request.POST)
    if not form.is_valid():
        errors = {name: [str(sentence) for sentence in sentences] for name, sentences in form.errors.items()}
        name, sentences = next(iter(errors.items()))
        raise Invalid(sentences[0], field=name, errors=errors)
    return form


def _target(form: TargetForm) -> Target:
    typed = form.cleaned_data
    return Target(
        start=typed["start"].replace(tzinfo=None),
        doctor_id=typed["doctor"],
        room_id=typed["room"],
        minutes=typed["minutes"],
    )


def _told(start: datetime, was: datetime) -> str:
    """Where the visit went, in the fewest words: "Moved to 15:00", with the day where it changes."""
    return f"Moved to {start:%H:%M}" if start.date() == was.date() else f"Moved to {start:%a %-d %b, %H:%M}"
