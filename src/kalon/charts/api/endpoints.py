"""/api/charts: begin a chart, draw on it, write down how devices were set, finish and correct it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from kalon.api import Page, Router, paged
from kalon.charts import actions, queries, rules
from kalon.charts.api.schemas import (
    ChartCorrectionIn,
    ChartIn,
    ChartOut,
    ChartRowOut,
    ChoiceOut,
    DeviceSettingIn,
    MapOut,
    PointChangeIn,
    PointIn,
    chart_out,
    chart_row_out,
    choice_out,
    map_out,
)
from kalon.charts.lifecycles import VIEW
from kalon.kernel import audit
from kalon.web.fronts import actor_of

router = Router(tags=["charts"])


@router.get("", response=Page[ChartRowOut], summary="Charts, newest first; of a patient or of a consultation")
def list_charts(request: HttpRequest, patient_id: UUID | None = None, consultation_id: UUID | None = None) -> Any:
    by = actor_of(request)
    rows = queries.charts_of(patient_id, seen_by=by) if patient_id else queries.charts(seen_by=by)
    rows = rows.filter(consultation_id=consultation_id) if consultation_id else rows
    return paged(request, rows, chart_row_out, seen=lambda shown: audit.reads(by, shown, purpose="API, charts"))


@router.post("", response={201: ChartOut}, summary="Begin the chart of a consultation; the open one if there is one")
def start(request: HttpRequest, body: ChartIn) -> Any:
    return 201, _shown(request, actions.start(body.consultation_id, by=actor_of(request)).pk)


@router.get("/maps", response=list[MapOut], summary="The views that are drawn on, with their named places")
def maps(request: HttpRequest) -> Any:
    actor_of(request).must(VIEW, do=queries.DO)
    return [map_out(view) for view in rules.View]


@router.get("/{uuid:pk}", response=ChartOut, summary="One chart: points, exact totals, device settings")
def show(request: HttpRequest, pk: UUID) -> Any:
    return _read(request, pk)


@router.get("/{uuid:pk}/last-visit", response=ChartOut, summary="The last finished chart before this one: the ghost")
def last_visit(request: HttpRequest, pk: UUID) -> Any:
    by = actor_of(request)
    return _read(request, queries.last_visit(pk, seen_by=by).pk)


@router.get("/{uuid:pk}/choices", response=list[ChoiceOut], summary="What can be drawn with: batches in use here")
def choices(request: HttpRequest, pk: UUID) -> Any:
    by = actor_of(request)
    found = queries.chart(pk, seen_by=by)
    return [choice_out(choice) for choice in queries.choices(branch_id=found.branch_id, seen_by=by)]


@router.post("/{uuid:pk}/points", response={201: ChartOut}, summary="Draw a point")
def add_point(request: HttpRequest, pk: UUID, body: PointIn) -> Any:
    actions.add_point(pk, body.mark(), by=actor_of(request))
    return 201, _shown(request, pk)


@router.patch("/{uuid:pk}/points/{uuid:point_id}", response=ChartOut, summary="Change a point's dose, batch or depth")
def change_point(request: HttpRequest, pk: UUID, point_id: UUID, body: PointChangeIn) -> Any:
    actions.change_point(pk, point_id, **body.dict(), by=actor_of(request))
    return _shown(request, pk)


@router.delete("/{uuid:pk}/points/{uuid:point_id}", response=ChartOut, summary="Take a point off")
def remove_point(request: HttpRequest, pk: UUID, point_id: UUID) -> Any:
    actions.remove_point(pk, point_id, by=actor_of(request))
    return _shown(request, pk)


@router.post("/{uuid:pk}/copy", response=ChartOut, summary="Draw the last visit's points with the batches of today")
def copy_forward(request: HttpRequest, pk: UUID) -> Any:
    actions.copy_forward(pk, by=actor_of(request))
    return _shown(request, pk)


@router.post("/{uuid:pk}/settings", response={201: ChartOut}, summary="Write down how a device was set")
def add_setting(request: HttpRequest, pk: UUID, body: DeviceSettingIn) -> Any:
    actions.add_setting(pk, body.setting(), by=actor_of(request))
    return 201, _shown(request, pk)


@router.delete("/{uuid:pk}/settings/{uuid:setting_id}", response=ChartOut, summary="Take a device setting off")
def remove_setting(request: HttpRequest, pk: UUID, setting_id: UUID) -> Any:
    actions.remove_setting(pk, setting_id, by=actor_of(request))
    return _shown(request, pk)


@router.post("/{uuid:pk}/finish", response=ChartOut, summary="Sign and seal it; what is drawn leaves the store")
def finish(request: HttpRequest, pk: UUID) -> Any:
    actions.finish(pk, by=actor_of(request))
    return _shown(request, pk)


@router.post("/{uuid:pk}/discard", response=ChartOut, summary="Throw away a chart that is being drawn")
def discard(request: HttpRequest, pk: UUID) -> Any:
    actions.discard(pk, by=actor_of(request))
    return _shown(request, pk)


@router.post("/{uuid:pk}/correct", response={201: ChartOut}, summary="Begin the chart that puts a finished one right")
def correct(request: HttpRequest, pk: UUID, body: ChartCorrectionIn) -> Any:
    return 201, _shown(request, actions.correct(pk, body.reason, by=actor_of(request)).pk)


def _read(request: HttpRequest, pk: UUID) -> Any:
    by = actor_of(request)
    return chart_out(actions.read(pk, purpose="API, opened the chart", by=by), by=by)


def _shown(request: HttpRequest, pk: UUID) -> Any:
    """The chart as it stands after it was drawn on."""
    by = actor_of(request)
    return chart_out(queries.chart(pk, seen_by=by), by=by)
