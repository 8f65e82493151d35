"""Pages of what is added to a photograph: drawing on it, and saying right what was wrong about it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from kalon.patients import queries as patients
from kalon.photos import actions, queries
from kalon.photos.forms import CorrectForm, DrawForm
from kalon.photos.lifecycles import CAPTURE
from kalon.photos.rules.marks import COLOURS
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page


@staff_page(CAPTURE)
def draw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Arrows, lines, circles, strokes and words over a photograph, by finger, pen or mouse."""
    by, form = actor_of(request), DrawForm(request.POST or None)
    found = actions.look(pk, purpose="about to draw on the photograph", by=by)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.annotate(pk, form.cleaned_data["marks"], by=by)
        if not form.errors:
            return go(request, "photos:photo", pk=pk, toast="Kept beside the photograph")
    context = {
        "form": form,
        "photo": found,
        "patient": found.patient,
        "banner": patients.banner(found.patient),
        "lines": queries.lines_on(found, seen_by=by),
        "word_size": max(found.width, found.height) * 28 // 1000,
        "colours": COLOURS.items(),
    }
    return render(request, "photos/draw.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page(CAPTURE)
def hide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was drawn is not shown any more."""
    row = actions.hide_annotation(pk, by=actor_of(request))
    return go(request, "photos:photo", pk=row.photo_id, toast="Hidden; it stays in the record")


@require_POST
@staff_page(CAPTURE)
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was hidden is shown again."""
    row = actions.show_annotation(pk, by=actor_of(request))
    return go(request, "photos:photo", pk=row.photo_id, toast="Shown again")


@staff_page(CAPTURE)
def correct(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say right what was wrong: the view, the stage, the time, or whose photograph it is."""
    by = actor_of(request)
    found = actions.look(pk, purpose="about to correct the photograph", by=by)
    form = CorrectForm(request.POST or None, photo=found)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            right = actions.correct(pk, form.correction(by), by=by)
        if not form.errors:
            return go(request, "photos:photo", pk=right.pk, toast="Corrected; the wrong one stays in the record")
    context = {"form": form, "photo": found, "patient": found.patient, "banner": patients.banner(found.patient)}
    return render(request, "photos/correct.html", context, status=422 if form.errors else 200)
