"""Charts of a patient, what is on them, and what can be drawn with."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from kalon.charts.lifecycles import VIEW, ChartStatus
from kalon.charts.models import Chart, Point, Setting
from kalon.inventory import queries as stock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.kernel.lookup import one
from kalon.people import queries as people

DO = "see charts"
INJECTED = Q(item__kind="INJECTABLE") | Q(item__kind="MEDICINE", item__unit="ml")  # local anaesthetics, say


@dataclass(frozen=True, slots=True)
class Choice:
    """A batch one can draw with: "batch:<id>", or "item:<id>" for a product of which no batch is in stock."""

    value: str
    name: str
    batch: str
    expires_on: object
    left: Decimal
    unit: str
    step: Decimal


def charts(*, seen_by: Actor) -> "QuerySet[Chart]":
    """The clinic's charts, the newest first; `is_corrected` for those that a later one puts right."""
    seen_by.must(VIEW, do=DO)
    found = Chart.objects.filter(organization_id=seen_by.organization_id)
    return found.select_related("patient", "branch", "drawn_by").annotate(is_corrected=_put_right())


def chart(pk: UUID, *, seen_by: Actor) -> Chart:
    """One chart with its patient."""
    found = one(charts(seen_by=seen_by).filter(pk=pk))
    if found is None:
        raise NotFound("There is no such chart. It may belong to another clinic.")
    return found


def charts_of(patient_id: UUID, *, seen_by: Actor) -> "QuerySet[Chart]":
    """One patient's charts, the newest first, without those that were thrown away."""
    return charts(seen_by=seen_by).filter(patient_id__person=patient_id).exclude(status=ChartStatus.DISCARDED)


def charts_of_consultation(consultation_id: UUID, *, seen_by: Actor) -> "QuerySet[Chart]":
    """What was drawn in one consultation."""
    found = charts(seen_by=seen_by).filter(consultation_id=consultation_id)
    return found.exclude(status=ChartStatus.DISCARDED)


def before(chart: Chart, *, seen_by: Actor) -> Chart | None:
    """The last finished chart of the patient before this one, as it was put right."""
    earlier = charts_of(chart.patient_id, seen_by=seen_by).filter(status=ChartStatus.FINISHED).exclude(_put_right())
    return earlier.exclude(stock_id=chart.stock_id).order_by("-finished_at").first()


def last_visit(pk: UUID, *, seen_by: Actor) -> Chart:
    """The chart whose points lie as a ghost under this one, or a refusal where the patient has none yet."""
    last = before(chart(pk, seen_by=seen_by), seen_by=seen_by)
    if last is None:
        raise NotFound("There is no finished chart of an earlier visit.")
    return last


def points_of(chart: Chart) -> "QuerySet[Point]":
    """The points of a chart in the order they were drawn."""
    return Point.objects.filter(chart=chart).select_related("item", "batch").order_by("created_at", "id")


def settings_of(chart: Chart) -> "QuerySet[Setting]":
    """How devices were set, pass by pass."""
    return Setting.objects.filter(chart=chart).select_related("equipment", "patient").order_by("created_at", "id")


def choices(*, branch_id: UUID, seen_by: Actor) -> list[Choice]:
    """What can be drawn with at a branch: its batches, first to expire first, then products without a batch here."""
    today = stock.today_at(branch_id, seen_by=seen_by)
    rows = stock.shelves(seen_by=seen_by, branch_id=branch_id).filter(
        INJECTED, item__is_active=True, batch__status="AVAILABLE"
    )
    held: dict[UUID, Choice] = {}
    for row in rows:
        if row.batch.expires_on and row.batch.expires_on < today:
            continue
        known = held.get(row.batch_id)
        left = row.quantity + (known.left if known else 0)
        held[row.batch_id] = Choice(
            f"batch:{row.batch_id}", row.item.name, str(row.batch), row.batch.expires_on, left, row.item.unit,
            row.item.step,
        )  # fmt: skip
    offered = sorted(held.values(), key=lambda choice: choice.name)
    names = {choice.name for choice in offered}
    bare = [
        Choice(f"item:{item.pk}", item.name, "", None, Decimal(0), item.unit, item.step)
        for item in stock.items(seen_by=seen_by, kind="INJECTABLE")
        if item.name not in names
    ]
    return [*offered, *bare]


def devices(*, branch_id: UUID, seen_by: Actor) -> "QuerySet[Any]":
    """The devices of a branch whose settings are written down."""
    return people.equipment_of(branch_id=branch_id, seen_by=seen_by)


def setting_counts(charts: list[Chart]) -> dict[UUID, int]:
    """How many device settings each chart has."""
    rows = Setting.objects.filter(chart__in=charts).order_by().values("chart_id").annotate(count=Count("pk"))
    return {row["chart_id"]: row["count"] for row in rows}


def _put_right() -> Exists:
    """Whether a later, finished chart corrects this one."""
    return Exists(Chart.objects.filter(corrects=OuterRef("pk"), status=ChartStatus.FINISHED))
