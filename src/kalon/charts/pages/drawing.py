"""The chart on a tablet: tap or name a place, and the totals, the batch and the last visit stay in sight."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from kalon.charts import actions, queries, rules
from kalon.charts.forms import ChangeForm, PointForm, SettingForm
from kalon.charts.lifecycles import CHART, DRAW, VIEW
from kalon.charts.models import Chart, Point
from kalon.charts.rules import MAPS, View
from kalon.inventory.lifecycles import VIEW as STOCK
from kalon.patients import queries as patients
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

KEPT = ("product", "quantity", "depth", "technique")


@staff_page(VIEW)
def chart(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One chart on one view of the face or body."""
    return _draw(request, actions.read(pk, purpose="opened the chart", by=actor_of(request)))


@require_POST
@staff_page(DRAW)
def add_point(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A point where it was tapped, or at a place by its name."""
    found, view = _open(request, pk)
    form = PointForm(request.POST, choices=_choices(request, found), view=view)
    if form.is_valid():
        with refusals_on(form):
            actions.add_point(pk, form.mark(), by=actor_of(request))
    if form.errors:
        return _draw(request, found, point_form=form)
    return _drawn(request, found, kept={name: form.cleaned_data[name] for name in KEPT})


@require_POST
@staff_page(DRAW)
def change_point(request: HttpRequest, pk: UUID, point_id: UUID) -> HttpResponse:
    """Another quantity, batch, depth or technique at the same place."""
    found, _view = _open(request, pk)
    form = ChangeForm(request.POST, choices=_choices(request, found))
    if form.is_valid():
        told = form.cleaned_data
        with refusals_on(form):
            actions.change_point(pk, point_id, **told, by=actor_of(request))
    if form.errors:
        return _draw(request, found, change_form=form, edited=point_id)
    return _drawn(request, found)


@require_POST
@staff_page(DRAW)
def remove_point(request: HttpRequest, pk: UUID, point_id: UUID) -> HttpResponse:
    found, _view = _open(request, pk)
    actions.remove_point(pk, point_id, by=actor_of(request))
    return _drawn(request, found)


@require_POST
@staff_page(DRAW)
def copy_forward(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The last visit's points, with the batches in use today."""
    found, _view = _open(request, pk)
    count = actions.copy_forward(pk, by=actor_of(request))
    return go(request, "charts:chart", pk=found.pk, toast=f"{count} points of the last visit drawn")


@require_POST
@staff_page(DRAW)
def add_setting(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How a device was set on one area."""
    found, _view = _open(request, pk)
    by = actor_of(request)
    form = SettingForm(request.POST, by=by, branch_id=found.branch_id)
    if form.is_valid():
        with refusals_on(form):
            actions.add_setting(pk, form.setting(), by=by)
    return _draw(request, found, setting_form=form) if form.errors else _drawn(request, found)


@require_POST
@staff_page(DRAW)
def remove_setting(request: HttpRequest, pk: UUID, setting_id: UUID) -> HttpResponse:
    found, _view = _open(request, pk)
    actions.remove_setting(pk, setting_id, by=actor_of(request))
    return _drawn(request, found)


@staff_page(VIEW)
def on_paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every view that has points, with the tables below, to print and to sign."""
    found = actions.read(pk, purpose="printed the chart", by=actor_of(request))
    points = _numbered(found)
    sheets = [
        {"map": MAPS[view], "label": view.label, "dots": [point for point in points if point.view == view]}
        for view in View
        if any(point.view == view for point in points)
    ]
    context = {
        "chart": found, "patient": found.patient, "banner": patients.banner(found.patient), "points": points,
        "sheets": sheets, "totals": rules.totals(points), "settings": list(queries.settings_of(found)),
    }  # fmt: skip
    return render(request, "charts/print.html", context)


def _open(request: HttpRequest, pk: UUID) -> tuple[Chart, str]:
    view = request.POST.get("view", "")
    return queries.chart(pk, seen_by=actor_of(request)), view if view in View.values else View.FRONT


def _choices(request: HttpRequest, found: Chart) -> list[queries.Choice]:
    by = actor_of(request)
    return queries.choices(branch_id=found.branch_id, seen_by=by) if found.is_open and by.may(STOCK) else []


def _drawn(request: HttpRequest, found: Chart, kept: dict[str, Any] | None = None) -> HttpResponse:
    """The chart again: in place for a tap, as a page of its own without script."""
    view = request.POST.get("view") or View.FRONT
    if getattr(request, "htmx", False):
        return _draw(request, found, kept=kept)
    return go(request, f"{reverse('charts:chart', kwargs={'pk': found.pk})}?view={view}")


def _draw(
    request: HttpRequest, found: Chart, *, kept: dict[str, Any] | None = None, edited: UUID | None = None, **forms: Any
) -> HttpResponse:
    by = actor_of(request)
    asked = request.POST.get("view") or request.GET.get("view", "")
    view = View(asked) if asked in View.values else View.FRONT
    writable = found.is_open and by.may(DRAW, at=found.branch_id)
    points = _numbered(found)
    choices = _choices(request, found)
    chosen = _chosen(points, str(edited or request.GET.get("edit", ""))) if writable else None
    last = queries.before(found, seen_by=by)
    ghost = list(queries.points_of(last)) if last else []
    context = {
        "chart": found,
        "patient": found.patient,
        "banner": patients.banner(found.patient),
        "view": view,
        "map": MAPS[view],
        "tabs": _tabs(found, view, points),
        "points": points,
        "dots": [point for point in points if point.view == view],
        "ghost": [point for point in ghost if point.view == view] if request.GET.get("ghost") != "0" else [],
        "ghost_is_on": request.GET.get("ghost") != "0",
        "last": last,
        "totals": _totals(points, ghost, choices),
        "settings": list(queries.settings_of(found)),
        "writable": writable,
        "chosen": chosen,
        "point_form": forms.get("point_form")
        or PointForm(choices=choices, view=view, initial={"view": view, **(kept or _last_drawn(points))}),
        "change_form": forms.get("change_form") or (chosen and ChangeForm(choices=choices, initial=_initial(chosen))),
        "setting_form": forms.get("setting_form") or SettingForm(by=by, branch_id=found.branch_id),
        "buttons": {button.move.name: button for button in CHART.buttons(found, by=by)},
        "corrected_by": queries.charts(seen_by=by).filter(corrects=found).exclude(status="DISCARDED").first(),
    }
    refused = any(form.errors for form in forms.values())
    return render(request, "charts/chart.html", context, status=422 if refused else 200)


def _numbered(found: Chart) -> list[Any]:
    """The points with the numbers they carry on this chart."""
    points: list[Any] = list(queries.points_of(found))
    for number, point in enumerate(points, start=1):
        point.number = number
    return points


def _chosen(points: list[Any], pk: str) -> Any:
    return next((point for point in points if str(point.pk) == pk), None)


def _product(point: Point) -> str:
    return f"batch:{point.batch_id}" if point.batch_id else f"item:{point.item_id}"


def _initial(point: Point) -> dict[str, Any]:
    return {
        "product": _product(point), "quantity": f"{point.quantity.normalize():f}", "depth": point.depth,
        "technique": point.technique,
    }  # fmt: skip


def _last_drawn(points: list[Any]) -> dict[str, Any]:
    """A tap is a point with the last dose."""
    return _initial(points[-1]) if points else {}


def _totals(points: list[Any], ghost: list[Any], choices: list[queries.Choice]) -> list[dict[str, Any]]:
    """Each product and batch with its sum, what the last visit had of the product, and what the batch has left."""
    before: dict[UUID, Decimal] = {}
    for point in ghost:
        before[point.item_id] = before.get(point.item_id, Decimal(0)) + point.quantity
    left = {choice.value: choice.left for choice in choices}
    return [
        {
            "total": total,
            "before": before.get(total.item_id),
            "left": left[f"batch:{total.batch_id}"] - total.quantity if f"batch:{total.batch_id}" in left else None,
        }
        for total in rules.totals(points)
    ]


def _tabs(found: Chart, view: View, points: list[Any]) -> list[dict[str, Any]]:
    address = reverse("charts:chart", kwargs={"pk": found.pk})
    return [
        {
            "label": one.label,
            "url": f"{address}?view={one}",
            "current": one == view,
            "count": sum(point.view == one for point in points) or None,
        }
        for one in View
    ]
