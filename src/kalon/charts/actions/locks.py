"""Loading the chart that a verb changes: scope, 404 and row lock in one query."""

from uuid import UUID

from kalon.charts import queries
from kalon.charts.lifecycles import DRAW
from kalon.charts.models import Chart
from kalon.kernel.actors import Actor
from kalon.kernel.errors import IllegalMove


def locked(pk: UUID, *, by: Actor, do: str) -> Chart:
    """The chart, held until the transaction ends, for somebody who may draw at its branch."""
    found = queries.chart(pk, seen_by=by)
    by.must(DRAW, at=found.branch_id, do=do)
    return Chart.objects.select_for_update(of=("self",)).select_related("patient", "branch").get(pk=pk)


def locked_draft(pk: UUID, *, by: Actor, do: str) -> Chart:
    """The same, refused once the chart is sealed."""
    chart = locked(pk, by=by, do=do)
    if not chart.is_open:
        raise IllegalMove(
            f"This chart is {chart.get_status_display().lower()} and stays as it is. Correct it by a new chart.",
            status_is=str(chart.status),
        )
    return chart
