"""The chart on a tablet: tap or name a place, and the totals, the batch and the last visit stay in sight."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from kalon.charts import actions, queries, rules
from kalon.charts.forms import ChangeForm, DoseForm, PointForm, SettingForm
from kalon.charts.lifecycles import CHART, DRAW, VIEW
from kalon.charts.models import Chart, Point
from kalon.charts.rules import MAPS, View
from kalon.consents import queries as consents
from kalon.consents.lifecycles import READ as READ_CONSENTS
from kalon.inventory.lifecycles import VIEW as STOCK
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.patients import queries as patients
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

KEPT = ("product", "quantity", "depth", "technique")
ASKED_FOR = (consents.Kind.PHOTOGRAPHY, consents.Kind.RECORDING)  # before a picture of the treatment is taken


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
            for mark in form.marks():
                made = actions.add_point(pk, mark, by=actor_of(request))
    if form.errors:
        return _draw(request, found, point_form=form)
    kept = {name: form.cleaned_data[name] for name in KEPT}
    return _drawn(request, found, kept=kept, said=f"Drawn: {_dose(made)}, {made.place}.")


@require_POST
@staff_page(DRAW)
def change_point(request: HttpRequest, pk: UUID, point_id: UUID) -> HttpResponse:
    """Another quantity, batch, depth or technique at the same place."""
    found, _view = _open(request, pk)
    form = ChangeForm(request.POST, choices=_choices(request, found))
    if form.is_valid():
        told = form.cleaned_data
        with refusals_on(form):
            changed = actions.change_point(pk, point_id, **told, by=actor_of(request))
    if form.errors:
        return _draw(request, found, change_form=form, edited=point_id)
    return _drawn(request, found, said=f"Changed: {_dose(changed)}, {changed.place}.")


@require_POST
@staff_page(DRAW)
def dose(request: HttpRequest, pk: UUID, point_id: UUID) -> HttpResponse:
    """More or less at one point, with a press of + or −."""
    found, _view = _open(request, pk)
    form = DoseForm(request.POST)
    if not form.is_valid():
        raise Invalid("Write how much as a number.", field="quantity")
    changed = actions.change_point(pk, point_id, quantity=form.cleaned_data["quantity"], by=actor_of(request))
    return _drawn(request, found, said=f"Changed: {_dose(changed)}, {changed.place}.", active=point_id)


@require_POST
@staff_page(DRAW)
def remove_point(request: HttpRequest, pk: UUID, point_id: UUID) -> HttpResponse:
    """A point is taken off; what it was can be drawn again with one press."""
    found, _view = _open(request, pk)
    gone = actions.remove_point(pk, point_id, by=actor_of(request))
    return _drawn(request, found, said=f"Removed: {_dose(gone)}, {gone.place}.", removed=gone)


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


def _drawn(request: HttpRequest, found: Chart, **more: Any) -> HttpResponse:
    """The chart again: in place for a tap, as a page of its own without script."""
    view = request.POST.get("view") or View.FRONT
    if getattr(request, "htmx", False):
        return _draw(request, found, **more)
    return go(request, f"{reverse('charts:chart', kwargs={'pk': found.pk})}?view={view}")


def _draw(
    request: HttpRequest,
    found: Chart,
    *,
    kept: dict[str, Any] | None = None,
    edited: UUID | None = None,
    active: UUID | None = None,
    removed: Point | None = None,
    said: str = "",
    **forms: Any,
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
    shown = (request.POST or request.GET).get("ghost") != "0"
    context = {
        "chart": found,
        "patient": found.patient,
        "banner": patients.banner(found.patient),
        "consents": _consents(found, by),
        "view": view,
        "map": MAPS[view],
        "tabs": _tabs(found, view, points),
        "points": points,
        "dots": [point for point in points if point.view == view],
        "ghost": [point for point in ghost if point.view == view and shown],
        "ghost_is_on": shown,
        "previews": _previews(view, points, ghost if shown else []),
        "active": _active(points, view, chosen, active) if writable else None,
        "removed": removed
        and {
            "place": removed.place,
            "view": removed.view,
            "x": removed.x,
            "y": removed.y,
            "region": removed.region,
            **_initial(removed),
        },
        "said": said,
        "syringes": _syringes(points) if writable else [],
        "regions": rules.by_region(points, ghost),
        "last": last,
        "totals": _totals(points, ghost, choices),
        "settings": list(queries.settings_of(found)),
        "writable": writable,
        "chosen": chosen,
        "point_form": forms.get("point_form")
        or PointForm(choices=choices, view=view, initial={"view": view, **(kept or _asked(request, points))}),
        "change_form": forms.get("change_form") or (chosen and ChangeForm(choices=choices, initial=_initial(chosen))),
        "setting_form": forms.get("setting_form") or SettingForm(by=by, branch_id=found.branch_id),
        "buttons": {button.move.name: button for button in CHART.buttons(found, by=by)},
        "corrected_by": queries.charts(seen_by=by).filter(corrects=found).exclude(status="DISCARDED").first(),
    }
    refused = any(form.errors for form in forms.values())
    return render(request, "charts/chart.html", context, status=422 if refused else 200)


def _consents(found: Chart, by: Actor) -> list[tuple[str, bool]]:
    """Whether pictures may be taken, for who reads consents: a fact beside the chart that stops nobody."""
    if not by.may(READ_CONSENTS):
        return []
    holding = consents.kinds_in_force(found.patient_id, seen_by=by)
    return [(str(kind.label), kind in holding) for kind in ASKED_FOR]


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


def _dose(point: Point) -> str:
    return f"{point.quantity.normalize():f} {point.item.unit} {point.item.name}"


def _asked(request: HttpRequest, points: list[Any]) -> dict[str, Any]:
    """A tap is a point with the last dose; or with that of the syringe which was picked up again."""
    product = request.GET.get("syringe", "")
    picked = next((point for point in reversed(points) if _product(point) == product), None)
    if picked or points:
        return _initial(picked or points[-1])
    return {"product": product} if product else {}


def _active(points: list[Any], view: View, chosen: Any, changed: UUID | None) -> dict[str, Any] | None:
    """The point whose dose the + and − change: the chosen one, or the last that was drawn on this view."""
    here = [point for point in points if point.view == view]
    point = chosen or next((point for point in here if point.pk == changed), None) or (here[-1] if here else None)
    if point is None:
        return None
    by = rules.nudge(point.item.step)
    return {"point": point, "more": point.quantity + by, "less": max(point.quantity - by, Decimal(0))}


def _syringes(points: list[Any]) -> list[dict[str, str]]:
    """What was drawn with on this chart, to take up again with one press."""
    names = {_product(point): f"{point.item.name} {point.batch.number if point.batch else ''}" for point in points}
    return [{"product": product, "name": name.strip()} for product, name in names.items()] if len(names) > 1 else []


def _previews(view: View, points: list[Any], ghost: list[Any]) -> list[dict[str, Any]]:
    """The other views of the same part of the body, small beside the drawing."""
    return [
        {
            "view": one,
            "label": one.label,
            "map": MAPS[one],
            "dots": [point for point in points if point.view == one],
            "ghost": [point for point in ghost if point.view == one],
        }
        for one in View
        if one != view and one.startswith("BODY") == view.startswith("BODY")
    ]


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
            "label": one.label.removeprefix("Face, ").replace(",", "").capitalize(),
            "url": f"{address}?view={one}",
            "current": one == view,
            "count": sum(point.view == one for point in points) or None,
        }
        for one in View
    ]
