"""Beginning a chart, finishing it (which takes what is drawn from the store), and putting a finished one right."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from kalon.charts import queries
from kalon.charts.actions.locks import locked
from kalon.charts.events import ChartFinished
from kalon.charts.lifecycles import CHART, DRAW, ChartStatus
from kalon.charts.models import Chart, Point, Setting
from kalon.consultations import queries as consultations
from kalon.inventory import actions as store
from kalon.inventory import queries as stock
from kalon.kernel import audit, clock, events
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, DomainError, IllegalMove, Invalid, Stale
from kalon.kernel.ids import uuid7
from kalon.kernel.tenancy import verb
from kalon.people import queries as people

SOURCE = "charts.Chart"
REFUSALS: dict[str, DomainError] = {
    "charts_chart_stock_agrees": Stale("What left the store changed meanwhile. Look at the chart again."),
    "charts_chart_traceable": Stale("A point without a batch was drawn meanwhile. Look at the chart again."),
    "charts_chart_not_empty": Stale("The last point was removed meanwhile. Look at the chart again."),
}


@verb
def read(pk: UUID, *, purpose: str, by: Actor) -> Chart:
    """Open a chart: the read is logged."""
    found = queries.chart(pk, seen_by=by)
    audit.read(by, found, purpose=purpose)
    return found


@verb
def start(consultation_id: UUID, *, by: Actor) -> Chart:
    """Begin the chart of a consultation; the one that is being drawn when there is one."""
    encounter = consultations.consultation(consultation_id, seen_by=by)
    by.must(DRAW, at=encounter.branch_id, do="begin a chart")
    drafts = queries.charts_of_consultation(consultation_id, seen_by=by).filter(status=ChartStatus.DRAFT)
    if known := drafts.first():
        return known
    if not encounter.is_open:
        raise IllegalMove("This consultation is closed. Begin a chart while the patient is here.")
    pk = uuid7()
    chart = Chart(
        id=pk, stock_id=pk, organization_id=by.organization_id, patient=encounter.patient,
        branch_id=encounter.branch_id, consultation=encounter, drawn_by=people.staff_of(by),
    )  # fmt: skip
    with refusing({"charts_chart_one_draft": Clash("Somebody began a chart just now. Open it from the consultation.")}):
        return CHART.born(chart)  # type: ignore[no-any-return]


@verb
def finish(pk: UUID, *, by: Actor) -> Chart:
    """Seal the chart and take what is drawn on it from its batches; a correction moves only the difference."""
    chart = locked(pk, by=by, do="finish a chart")
    CHART.guard(chart, "finish", by=by)
    _settle(chart, by=by)
    with refusing(REFUSALS):
        CHART.move(chart, "finish", by=by, finished_at=clock.now(), drawn_by=people.staff_of(by) or chart.drawn_by)
    events.announce(
        ChartFinished(chart.pk, chart.patient_id, chart.organization_id, chart.consultation_id, chart.corrects_id, by)
    )
    return chart


@verb
def discard(pk: UUID, *, by: Actor) -> Chart:
    """Throw away a chart that is being drawn; nothing left the store for it."""
    chart = locked(pk, by=by, do="throw a chart away")
    CHART.move(chart, "discard", by=by)
    return chart


@verb
def correct(pk: UUID, reason: str, *, by: Actor) -> Chart:
    """Begin a new chart that names a finished one and starts with what is on it; the old stays as it is."""
    old = locked(pk, by=by, do="correct a chart")
    if old.status != ChartStatus.FINISHED:
        raise IllegalMove("Only a finished chart is corrected. This one can still be drawn on.")
    if not (why := reason.strip()):
        raise Invalid("Write why it is corrected.", field="reason")
    if len(why) > 300:
        raise Invalid("Write the reason in at most 300 characters.", field="reason")
    new = Chart(
        organization_id=old.organization_id, patient=old.patient, branch_id=old.branch_id,
        consultation_id=old.consultation_id, corrects=old, stock_id=old.stock_id, reason=why,
        drawn_by=people.staff_of(by),
    )  # fmt: skip
    taken = Clash("This chart is being corrected already. Open the newest one.")
    with refusing({"charts_chart_corrected_once": taken, "charts_chart_one_draft": taken}):
        CHART.born(new, name="correct", reason=why)
    for point in queries.points_of(old):
        Point.objects.create(
            organization_id=old.organization_id, patient_id=old.patient_id, chart=new, view=point.view,
            region=point.region, x=point.x, y=point.y, item=point.item, batch=point.batch, quantity=point.quantity,
            depth=point.depth, technique=point.technique,
        )  # fmt: skip
    for row in queries.settings_of(old):
        Setting(
            organization_id=old.organization_id, patient=old.patient, chart=new, equipment_id=row.equipment_id,
            wavelength=row.wavelength, fluence=row.fluence, spot=row.spot, pulse=row.pulse, passes=row.passes,
            area=row.area,
        ).save(force_insert=True)  # fmt: skip
    return new


def _settle(chart: Chart, *, by: Actor) -> None:
    """Bring what left the store to what is drawn: more is taken, less comes back; batches in one order for all."""
    source = store.Source(SOURCE, chart.stock_id)
    drawn: dict[UUID, Decimal] = defaultdict(Decimal)
    taken: dict[UUID, Decimal] = defaultdict(Decimal)
    turn: dict[UUID, tuple[Any, ...]] = {}  # the order in which everybody takes batches: as the store gives them
    for point in queries.points_of(chart):
        if point.batch_id:
            drawn[point.batch_id] += point.quantity
            turn[point.batch_id] = _turn(point)
    moved = list(stock.movements_of(source, seen_by=by))
    for row in moved:
        taken[row.batch_id] += row.quantity if row.kind == "ISSUED" else -row.quantity
        turn[row.batch_id] = _turn(row)
    for batch_id in sorted(turn, key=lambda pk: turn[pk]):
        more = drawn[batch_id] - taken[batch_id]
        if more > 0:
            store.issue_batch(
                batch_id, more, branch_id=chart.branch_id, patient_id=chart.patient_id, source=source, by=by
            )
        elif more < 0:
            _bring_back([row for row in moved if row.batch_id == batch_id], -more, by=by)


def _turn(row: Any) -> tuple[Any, ...]:
    return row.item_id, row.batch.expires_on or date.max, row.batch_id


def _bring_back(moved: list[Any], quantity: Decimal, *, by: Actor) -> None:
    """Give back so much of a batch, of the latest issue first."""
    left = quantity
    returned: dict[UUID, Decimal] = defaultdict(Decimal)
    for row in moved:
        if row.returns_id:
            returned[row.returns_id] += row.quantity
    for row in reversed([row for row in moved if row.kind == "ISSUED"]):
        part = min(left, row.quantity - returned[row.pk])
        if part > 0:
            store.give_back(row.pk, part, "The chart was corrected", by=by)
            left -= part
