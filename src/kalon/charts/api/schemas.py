"""What goes in and out of /api/charts. Quantities are exact decimals in the unit of the product."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from ninja import Field, Schema

from kalon.charts import queries, rules
from kalon.charts.actions import DeviceSetting, Mark
from kalon.charts.lifecycles import CHART
from kalon.charts.models import Chart, Point, Setting
from kalon.kernel.actors import Actor

PRODUCT = "batch:<id> of what is injected, or item:<id> where no batch is known yet"
DEPTHS = f"Empty, or one of {', '.join(rules.Depth.values)}"
TECHNIQUES = f"Empty, or one of {', '.join(rules.Technique.values)}"


class ChartIn(Schema):
    consultation_id: UUID


class PointChangeIn(Schema):
    """Another dose at the same place; what is left out stays as it is."""

    quantity: Decimal = Field(description="In the unit and the steps of the product")
    product: str = Field("", description=PRODUCT)
    depth: str | None = Field(None, description=DEPTHS)
    technique: str | None = Field(None, description=TECHNIQUES)


class PointIn(Schema):
    """One injection. `x` and `y` are in the units of the view's box, as `/api/charts/maps` tells it."""

    view: str = Field(description=f"One of {', '.join(rules.View.values)}; right and left are the patient's")
    x: Decimal
    y: Decimal
    product: str = Field(description=PRODUCT)
    quantity: Decimal = Field(description="In the unit and the steps of the product")
    region: str = Field("", description="As in the maps; empty: the region whose middle is nearest")
    depth: str = Field("", description=DEPTHS)
    technique: str = Field("", description=TECHNIQUES)

    def mark(self) -> Mark:
        return Mark(**self.dict())


class DeviceSettingIn(Schema):
    """How a device was set on one area."""

    equipment_id: UUID
    wavelength: int = Field(description="nm, 190 to 11000")
    fluence: Decimal = Field(description="J/cm², above 0, at most 500")
    spot: Decimal = Field(description="mm, above 0, at most 50")
    pulse: Decimal = Field(description="ms, above 0, at most 5000")
    passes: int = Field(1, description="1 to 50")
    area: str = Field(max_length=120, description="Such as: both cheeks")

    def setting(self) -> DeviceSetting:
        return DeviceSetting(**self.dict())


class ChartCorrectionIn(Schema):
    reason: str = Field(description="What is wrong with the finished chart")


class PointOut(Schema):
    id: UUID
    number: int = Field(description="Which point of the chart, as on the drawing")
    view: str
    x: Decimal
    y: Decimal
    region: str
    place: str = Field(description="Where, in words")
    item_id: UUID
    item: str
    batch_id: UUID | None
    batch: str
    quantity: Decimal
    unit: str
    depth: str
    technique: str


class TotalOut(Schema):
    """The exact sum of one product from one batch."""

    item_id: UUID
    item: str
    unit: str
    batch_id: UUID | None
    batch: str
    expires_on: date | None
    quantity: Decimal
    points: int


class DeviceSettingOut(Schema):
    id: UUID
    equipment_id: UUID
    equipment: str
    wavelength: int
    fluence: Decimal
    spot: Decimal
    pulse: Decimal
    passes: int
    area: str


class ChartRowOut(Schema):
    """A chart as lists show it."""

    id: UUID
    patient_id: UUID
    consultation_id: UUID | None
    branch_id: UUID
    status: str
    drawn_by: str
    created_at: datetime
    finished_at: datetime | None
    corrects_id: UUID | None
    is_corrected: bool = Field(description="A later chart puts this one right")
    reason: str = Field(description="Why it corrects another")


class ChartOut(ChartRowOut):
    points: list[PointOut]
    totals: list[TotalOut]
    settings: list[DeviceSettingOut]
    last_visit_id: UUID | None = Field(description="The chart whose points are the ghost under this one")
    moves: list[str] = Field(description="What the caller may do now, by name")
    missing: list[str] = Field(description="What finishing waits for")


class ChoiceOut(Schema):
    product: str = Field(description="What a point names: batch:<id> or item:<id>")
    name: str
    batch: str
    expires_on: date | None
    left: Decimal
    unit: str
    step: Decimal = Field(description="The smallest part it is counted in")


class PlaceOut(Schema):
    region: str
    x: int
    y: int
    words: str


class MapOut(Schema):
    view: str
    label: str
    box: tuple[int, int, int, int] = Field(description="Left, top, width, height: the units of x and y")
    places: list[PlaceOut] = Field(description="The named places and their middles")


def chart_row_out(chart: Chart) -> dict[str, Any]:
    given = ("id", "patient_id", "consultation_id", "branch_id", "status", "created_at", "finished_at", "corrects_id")
    return {
        **{name: getattr(chart, name) for name in given},
        "drawn_by": str(chart.drawn_by or ""),
        "is_corrected": chart.is_corrected,  # type: ignore[attr-defined]
        "reason": chart.reason,
    }


def chart_out(chart: Chart, *, by: Actor) -> dict[str, Any]:
    points = list(queries.points_of(chart))
    last = queries.before(chart, seen_by=by)
    buttons = CHART.buttons(chart, by=by)
    return {
        **chart_row_out(chart),
        "points": [point_out(point, number) for number, point in enumerate(points, start=1)],
        "totals": [_total_out(total) for total in rules.totals(points)],
        "settings": [_setting_out(row) for row in queries.settings_of(chart)],
        "last_visit_id": last.pk if last else None,
        "moves": [button.move.name for button in buttons if button.enabled],
        "missing": [sentence for button in buttons for sentence in button.obstacles],
    }


def point_out(point: Point, number: int) -> dict[str, Any]:
    given = ("id", "view", "x", "y", "region", "place", "item_id", "batch_id", "quantity", "depth", "technique")
    return {
        **{name: getattr(point, name) for name in given},
        "number": number,
        "item": point.item.name,
        "batch": point.batch.number if point.batch else "",
        "unit": point.item.unit,
    }


def choice_out(choice: queries.Choice) -> dict[str, Any]:
    given = ("name", "batch", "expires_on", "left", "unit", "step")
    return {"product": choice.value, **{name: getattr(choice, name) for name in given}}


def map_out(view: rules.View) -> dict[str, Any]:
    places = [
        {"region": region, "x": x, "y": y, "words": rules.spoken(view, region, x)}
        for region, x, y in rules.MIDDLES[view]
    ]
    return {"view": view, "label": view.label, "box": rules.MAPS[view].box, "places": places}


def _total_out(total: rules.Total) -> dict[str, Any]:
    given = ("item_id", "unit", "batch_id", "expires_on", "quantity", "points")
    named = {"item": total.name, "batch": total.batch_number}
    return {**{name: getattr(total, name) for name in given}, **named}


def _setting_out(row: Setting) -> dict[str, Any]:
    given = ("id", "equipment_id", "wavelength", "fluence", "spot", "pulse", "passes", "area")
    return {**{name: getattr(row, name) for name in given}, "equipment": row.equipment.name}
