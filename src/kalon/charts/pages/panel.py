"""Charts on the pages of others: the doctor's page, the patient's page, and the row above the signature."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from kalon.charts import queries, rules
from kalon.charts.lifecycles import DRAW, VIEW, ChartStatus
from kalon.charts.models import Chart, Point
from kalon.consultations.queries.completeness import DONE, NOT_NEEDED, Answer, missing
from kalon.kernel import audit
from kalon.patients.queries import timeline

SHOWN = 50


def charts_panel(request: HttpRequest, consultation: Any) -> str | None:
    """What was charted in this consultation, and the button that begins a chart."""
    by = request.actor  # type: ignore[attr-defined]
    if not by.may(VIEW):
        return None
    found = list(queries.charts_of_consultation(consultation.pk, seen_by=by))
    audit.reads(by, found, purpose="consultation")
    context = {
        "rows": _with_totals(found),
        "consultation": consultation,
        "may_begin": by.may(DRAW, at=consultation.branch_id)
        and consultation.is_open
        and not any(chart.is_open for chart in found),
    }
    return render_to_string("charts/_panel.html", context, request=request)


def charts_tab(request: HttpRequest, patient: Any) -> str:
    """Every chart of a patient, the newest first."""
    by = request.actor  # type: ignore[attr-defined]
    found = list(queries.charts_of(patient.pk, seen_by=by)[:SHOWN])
    audit.reads(by, found, purpose="patient page, charts")
    return render_to_string("charts/_tab.html", {"rows": _with_totals(found)}, request=request)


def story(ask: timeline.Ask) -> Iterable[timeline.Entry]:
    """What was injected and which devices were used, on the patient's timeline."""
    finished = queries.charts_of(ask.patient_id, seen_by=ask.by).filter(status=ChartStatus.FINISHED)
    return [
        timeline.Entry(
            at=chart.finished_at,
            id=chart.pk,
            title="Chart, put right later" if chart.is_corrected else "Chart",  # type: ignore[attr-defined]
            text=", ".join(_on_it(totals, devices)),
            icon="syringe",
            tone="brand",
            tag="Treatment",
            href=reverse("charts:chart", args=[chart.pk]),
        )
        for chart, totals, devices in _with_totals(ask.of(finished, at="finished_at"))
        if chart.finished_at is not None
    ]


def _on_it(totals: list[rules.Total], devices: int) -> list[str]:
    words = [f"{total.name} {total.quantity.normalize():f} {total.unit}" for total in totals]
    return [*words, f"{devices} device setting{'' if devices == 1 else 's'}"] if devices else words


def traceable(consultation: Any) -> Answer:
    """Every charted product of the encounter names its batch, and no chart is left half drawn."""
    charts = list(Chart.objects.filter(consultation_id=consultation.pk).exclude(status=ChartStatus.DISCARDED))
    drawn = Point.objects.filter(chart__consultation_id=consultation.pk, chart__status=ChartStatus.DRAFT)
    bare = drawn.filter(batch=None).exists()
    if not charts:
        return NOT_NEEDED
    draft = next((chart for chart in charts if chart.is_open), None)
    if draft is None:
        return DONE
    sentence = "Choose the batch of every product on the chart, then finish it." if bare else "Finish the chart."
    return missing(sentence, href=reverse("charts:chart", kwargs={"pk": draft.pk}), permission=DRAW)


def _with_totals(charts: list[Chart]) -> list[tuple[Chart, list[rules.Total], int]]:
    """Charts with what is on them, in two statements for all."""
    points: dict[Any, list[Point]] = {}
    for point in Point.objects.filter(chart__in=charts).select_related("item", "batch").order_by("created_at", "id"):
        points.setdefault(point.chart_id, []).append(point)
    counted = queries.setting_counts(charts)
    return [(chart, rules.totals(points.get(chart.pk, [])), counted.get(chart.pk, 0)) for chart in charts]
