"""Tables of charts: the chart, its points, and how devices were set."""

from kalon.charts.models.charts import Chart
from kalon.charts.models.marks import Point, Setting

__all__ = ["Chart", "Point", "Setting"]
