"""Points and device settings of a chart that is being drawn."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from kalon.charts import queries
from kalon.charts.actions.locks import locked_draft
from kalon.charts.models import Chart, Point, Setting
from kalon.charts.rules import MAPS, Depth, Region, Technique, View, nearest
from kalon.inventory import queries as stock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import IllegalMove, Invalid, NotFound
from kalon.kernel.tenancy import verb
from kalon.people import queries as people

DO = "draw on charts"
MOST = Decimal("99999")


@dataclass(frozen=True, slots=True)
class Mark:
    """A point as it is drawn: where on which view, what of which batch ("batch:<id>" or "item:<id>"), how much."""

    view: str
    x: Decimal
    y: Decimal
    product: str
    quantity: Decimal
    region: str = ""
    depth: str = ""
    technique: str = ""


@dataclass(frozen=True, slots=True)
class DeviceSetting:
    """How a device was set: nm, J/cm², mm, ms."""

    equipment_id: UUID
    wavelength: int
    fluence: Decimal
    spot: Decimal
    pulse: Decimal
    passes: int
    area: str


@verb
def add_point(chart_id: UUID, mark: Mark, *, by: Actor) -> Point:
    """Draw one point. Invalid for a place off the map, or a quantity that the product is not counted in."""
    chart = locked_draft(chart_id, by=by, do=DO)
    if mark.view not in View.values:
        raise Invalid("Choose a view of the face or body.", field="view")
    if not (mark.x.is_finite() and mark.y.is_finite() and MAPS[View(mark.view)].holds(mark.x, mark.y)):
        raise Invalid("This place is off the drawing. Choose another.", field="place")
    region = mark.region if mark.region in Region.values else nearest(mark.view, mark.x, mark.y)
    item, batch = _product(mark.product, chart, by=by)
    return Point.objects.create(
        organization_id=chart.organization_id, patient_id=chart.patient_id, chart=chart, view=mark.view,
        region=region, x=round(mark.x, 1), y=round(mark.y, 1), item=item, batch=batch,
        quantity=_quantity(mark.quantity, item), depth=_one_of(Depth, mark.depth, "depth"),
        technique=_one_of(Technique, mark.technique, "technique"),
    )  # fmt: skip


@verb
def change_point(
    chart_id: UUID,
    point_id: UUID,
    *,
    quantity: Decimal,
    product: str = "",
    depth: str | None = None,
    technique: str | None = None,
    by: Actor,
) -> Point:
    """Another quantity, product, depth or technique at the same place."""
    chart = locked_draft(chart_id, by=by, do=DO)
    point = _point(chart, point_id)
    if product:
        point.item, point.batch = _product(product, chart, by=by)
    point.quantity = _quantity(quantity, point.item)
    if depth is not None:
        point.depth = _one_of(Depth, depth, "depth")
    if technique is not None:
        point.technique = _one_of(Technique, technique, "technique")
    point.save(update_fields=["item", "batch", "quantity", "depth", "technique"])
    return point


@verb
def remove_point(chart_id: UUID, point_id: UUID, *, by: Actor) -> Point:
    """Take a point off the chart; what it was."""
    gone = _point(locked_draft(chart_id, by=by, do=DO), point_id)
    Point.objects.filter(pk=gone.pk).delete()
    return gone


@verb
def copy_forward(chart_id: UUID, *, by: Actor) -> int:
    """Draw the last visit's points on this chart, with the batches that are in use today; how many.

    A product of which the old batch is not in stock any more takes the batch that expires first, and none where
    none is left: then the chart asks for it before it can be finished. Refused once something is drawn.
    """
    chart = locked_draft(chart_id, by=by, do=DO)
    if chart.points.exists():
        raise IllegalMove("Points are drawn already. Remove them first, to begin with those of the last visit.")
    last = queries.last_visit(chart.pk, seen_by=by)
    batches: dict[UUID, list[Any]] = {}
    for point in queries.points_of(last):
        if point.item_id not in batches:
            batches[point.item_id] = list(stock.batches(point.item_id, branch_id=chart.branch_id, seen_by=by))
        inside = batches[point.item_id]
        same = next((batch for batch in inside if batch.pk == point.batch_id), inside[0] if inside else None)
        Point.objects.create(
            organization_id=chart.organization_id, patient_id=chart.patient_id, chart=chart, view=point.view,
            region=point.region, x=point.x, y=point.y, item=point.item, batch=same, quantity=point.quantity,
            depth=point.depth, technique=point.technique,
        )  # fmt: skip
    return chart.points.count()


@verb
def add_setting(chart_id: UUID, setting: DeviceSetting, *, by: Actor) -> Setting:
    """Write down how a device was set on one area."""
    chart = locked_draft(chart_id, by=by, do=DO)
    device = people.equipment(setting.equipment_id, seen_by=by)
    if device.branch_id != chart.branch_id:
        raise Invalid("This device stands at another branch.", field="equipment")
    row = Setting(
        organization_id=chart.organization_id, patient=chart.patient, chart=chart, equipment=device,
        wavelength=setting.wavelength, fluence=setting.fluence, spot=setting.spot, pulse=setting.pulse,
        passes=setting.passes, area=setting.area.strip(),
    )  # fmt: skip
    if not row.area:
        raise Invalid("Write which area was treated.", field="area")
    try:
        row.clean_fields(exclude={"organization", "patient", "chart", "equipment", "id"})
    except ValidationError as error:
        raise Invalid("Some fields need you.", errors=error.message_dict) from None
    row.save(force_insert=True)
    return row


@verb
def remove_setting(chart_id: UUID, setting_id: UUID, *, by: Actor) -> None:
    """Take a device setting off the chart."""
    chart = locked_draft(chart_id, by=by, do=DO)
    deleted, _ = Setting.objects.filter(chart=chart, pk=setting_id).delete()
    if not deleted:
        raise NotFound("This setting is not on the chart any more.")


def _point(chart: Chart, pk: UUID) -> Point:
    point = Point.objects.select_related("item", "batch").filter(chart=chart, pk=pk).first()
    if point is None:
        raise NotFound("This point is not on the chart any more.")
    return point


def _product(chosen: str, chart: Chart, *, by: Actor) -> tuple[Any, Any]:
    """The item, and the batch where one is named."""
    kind, _, text = chosen.partition(":")
    try:
        pk = UUID(text)
    except ValueError:
        raise Invalid("Choose what is injected.", field="product") from None
    if kind == "batch":
        batch = stock.batch(pk, seen_by=by)
        return batch.item, batch
    return stock.item(pk, seen_by=by), None


def _quantity(asked: Decimal, item: Any) -> Decimal:
    try:
        amount = Decimal(asked)
    except (InvalidOperation, TypeError):
        raise Invalid("Write how much as a number.", field="quantity") from None
    if not amount.is_finite() or not 0 < amount < MOST:
        raise Invalid("Write how much: above zero.", field="quantity")
    if amount % item.step:
        step = f"{item.step.normalize():f}"
        raise Invalid(f"{item.name} is counted in steps of {step} {item.unit}.", field="quantity")
    return amount


def _one_of(kinds: Any, chosen: str, field: str) -> str:
    if chosen and chosen not in kinds.values:
        raise Invalid("Choose one of the list.", field=field)
    return chosen
