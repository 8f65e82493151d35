"""Labels for pieces, batches and places: what will be printed, on what, and the paper itself."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from kalon.inventory import actions, queries
from kalon.inventory.forms.labels import LabelsForm
from kalon.inventory.lifecycles import VIEW
from kalon.inventory.models import SerialUnit
from kalon.inventory.pages.registry import pdf
from kalon.inventory.queries import Labelled
from kalon.kernel.errors import NotFound
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

SHOWN = 50
LISTED = 60  # pieces whose labels an address has room for
BACK = (
    ("units", "inventory:units", "Implants"),
    ("batches", "inventory:list", "Inventory"),
    ("places", "inventory:places", "Places of the store"),
)


@staff_page(VIEW)
def labels(request: HttpRequest) -> HttpResponse:
    """What is printed, on which paper, and how often; printed, it opens as PDF."""
    by, asked = actor_of(request), _asked(request)
    rows = queries.labels(asked, seen_by=by)
    wants = "size" in request.GET
    form = LabelsForm(request.GET if wants else None)
    if wants and form.is_valid():
        with refusals_on(form):
            return pdf(*actions.print_labels(asked, **form.cleaned_data, by=by))
    back, word = next(((url, word) for name, url, word in BACK if getattr(asked, name)), BACK[1][1:])
    context = {
        "form": form, "rows": rows[:SHOWN], "more": max(len(rows) - SHOWN, 0), "asked": _given(asked),
        "back": reverse(back), "back_word": word,
    }  # fmt: skip
    return render(request, "inventory/labels.html", context, status=422 if wants else 200)


def go_to_labels(
    request: HttpRequest, toast: str, *, units: list[SerialUnit] | None = None, batch: UUID | None = None
) -> HttpResponse:
    """To the labels of what was just taken in; of many pieces, to those of their lots."""
    if units and len(units) <= LISTED:
        given: dict[str, list[Any]] = {"unit": [one.pk for one in units]}
    else:
        given = {"batch": sorted({one.batch_id for one in units or ()}) or [batch]}
    return go(request, f"{reverse('inventory:labels')}?{urlencode(given, doseq=True)}", toast=toast)


def _asked(request: HttpRequest) -> Labelled:
    try:
        found = [tuple(UUID(one) for one in request.GET.getlist(name)) for name in ("unit", "batch", "place")]
    except ValueError:
        raise NotFound("There is no such label. Open it from a piece, a batch or a place.") from None
    return Labelled(units=found[0], batches=found[1], places=found[2])


def _given(asked: Labelled) -> list[tuple[str, UUID]]:
    return [
        (name, pk)
        for name, keys in (("unit", asked.units), ("batch", asked.batches), ("place", asked.places))
        for pk in keys
    ]
