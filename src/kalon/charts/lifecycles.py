"""The states of a chart: drawn, then finished and sealed; a mistake is put right by another chart that names it."""

from typing import TYPE_CHECKING

from django.db.models import TextChoices

from kalon.kernel.lifecycle import Lifecycle, Move

if TYPE_CHECKING:
    from kalon.charts.models import Chart

VIEW, DRAW = "charts.view", "charts.draw"


class ChartStatus(TextChoices):
    DRAFT = "DRAFT", "Being drawn"
    FINISHED = "FINISHED", "Finished"
    DISCARDED = "DISCARDED", "Thrown away"


def something_is_drawn(chart: "Chart") -> str | None:
    if chart.points.exists() or chart.settings.exists():
        return None
    return "Draw the first point, or write down how the device was set."


def every_product_names_its_batch(chart: "Chart") -> str | None:
    """Traceability: what went into a patient can be found again by its batch."""
    bare = sorted({point.item.name for point in chart.points.filter(batch=None).select_related("item")})
    return f"Choose the batch of {', '.join(bare)}." if bare else None


CHART = Lifecycle(
    of="charts.Chart",
    noun="chart",
    states=ChartStatus,
    initial=(ChartStatus.DRAFT,),
    seals=(ChartStatus.FINISHED, ChartStatus.DISCARDED),
    moves=(
        Move(
            "finish",
            source=(ChartStatus.DRAFT,),
            target=ChartStatus.FINISHED,
            label="finish the chart",
            permission=DRAW,
            requires=(something_is_drawn, every_product_names_its_batch),
            icon="check",
        ),
        Move(
            "discard",
            source=(ChartStatus.DRAFT,),
            target=ChartStatus.DISCARDED,
            label="throw the chart away",
            permission=DRAW,
            icon="trash-2",
        ),
    ),
)
