"""Drawing, finishing, correcting: exact sums, batches that can be found, and stock that agrees."""

from decimal import Decimal
from uuid import uuid4

import pytest

from kalon.charts import actions, queries, rules
from kalon.charts.actions import DeviceSetting, Mark
from kalon.charts.events import ChartFinished
from kalon.charts.models import Chart, Point, Setting
from kalon.charts.pages.panel import traceable
from kalon.charts.tests.clinic import Room
from kalon.inventory import actions as store
from kalon.inventory import queries as stock
from kalon.kernel import events
from kalon.kernel.errors import Clash, DomainError, IllegalMove, Invalid, NotFound, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as


def setting(room: Room, **more: object) -> DeviceSetting:
    given = {
        "equipment_id": room.device.pk, "wavelength": 1064, "fluence": Decimal("2.8"), "spot": Decimal(8),
        "pulse": Decimal("0.3"), "passes": 3, "area": "Both cheeks",
    }  # fmt: skip
    return DeviceSetting(**{**given, **more})  # type: ignore[arg-type]


def test_finishing_takes_what_is_drawn_from_its_batches_and_seals(room: Room):
    heard: list[ChartFinished] = []
    remember = heard.append
    events.on(ChartFinished, remember)
    chart = room.begin()
    for quantity in ("4", "4", "2.5"):
        room.point(chart, quantity)
    for _ in range(3):
        room.point(chart, "0.1", room.filler, y=Decimal(338))
    assert room.store.held(room.soon) == 100
    actions.finish(chart.pk, by=room.doctor)
    assert (room.store.held(room.soon), room.store.held(room.filler)) == (Decimal("89.5"), Decimal("1.7"))
    assert [event.chart_id for event in heard] == [chart.pk]
    with pytest.raises(IllegalMove, match="stays as it is"):
        room.point(chart, "1")
    with acting_as(room.doctor):
        moved = stock.movements_of(store.Source("charts.Chart", chart.pk), seen_by=room.doctor)
        assert {row.patient_id for row in moved} == {room.store.patient.pk}


def test_totals_are_exact_and_by_batch(room: Room):
    chart = room.begin()
    for _ in range(10):
        room.point(chart, "0.1", room.filler)
    room.point(chart, "0.5", room.late)
    room.point(chart, "0.5", room.soon)
    with acting_as(room.doctor):
        sums = [(total.batch_number, total.quantity, total.points) for total in rules.totals(queries.points_of(chart))]
    assert sums == [("F1", Decimal(1), 10), ("LATE", Decimal("0.5"), 1), ("SOON", Decimal("0.5"), 1)]


def test_regions_beside_those_of_the_last_visit(room: Room):
    room.finished("4", "2.5")
    room.encounter = room.another_encounter()
    chart = room.begin()
    room.point(chart, "3", x=Decimal(-100), y=Decimal(220))
    room.point(chart, "0.1", room.filler)
    with acting_as(room.doctor):
        last = queries.before(chart, seen_by=room.doctor)
        assert last is not None
        rows = rules.by_region(queries.points_of(chart), queries.points_of(last))
    assert [(row.label, row.unit, row.now, row.before) for row in rows] == [
        ("Glabella", "ml", Decimal("0.1"), 0),
        ("Glabella", "unit", 0, Decimal("6.5")),
        ("Crow's feet", "unit", 3, 0),
    ]


@pytest.mark.parametrize(
    ("mark", "field"),
    [
        ({"quantity": Decimal(0)}, "quantity"),
        ({"quantity": Decimal("0.3")}, "quantity"),
        ({"quantity": Decimal("NaN")}, "quantity"),
        ({"quantity": Decimal("1e9")}, "quantity"),
        ({"x": Decimal(500)}, "place"),
        ({"y": Decimal("NaN")}, "place"),
        ({"view": "ABOVE"}, "view"),
        ({"product": ""}, "product"),
        ({"product": "batch:not-an-id"}, "product"),
        ({"depth": "DEEP"}, "depth"),
        ({"technique": "MAGIC"}, "technique"),
    ],
)
def test_marks_that_are_refused(room: Room, mark: dict[str, object], field: str):
    chart = room.begin()
    given = {
        "view": "FRONT",
        "x": Decimal(0),
        "y": Decimal(190),
        "product": f"batch:{room.soon}",
        "quantity": Decimal(1),
    }
    with pytest.raises(Invalid) as refusal:
        actions.add_point(chart.pk, Mark(**{**given, **mark}), by=room.doctor)  # type: ignore[arg-type]
    assert refusal.value.field == field
    with acting_as(room.store.system):
        assert not Point.objects.exists()


def test_a_tap_beside_every_region_goes_to_the_nearest(room: Room):
    chart = room.begin()
    assert room.point(chart, "1", x=Decimal(-101), y=Decimal(221)).place == "Crow's feet, right"
    assert room.point(chart, "1", x=Decimal(101), y=Decimal(221), region="malar").place == "Cheek (malar), left"
    assert room.point(chart, "1", view="LEFT", x=Decimal(70), y=Decimal(178)).place == "Temple, left"
    assert room.point(chart, "1", view="BODY_BACK", x=Decimal(-30), y=Decimal(197)).place == "Flanks, left"


def test_a_point_is_changed_and_removed(room: Room):
    chart = room.begin()
    point = room.point(chart, "4")
    actions.change_point(chart.pk, point.pk, quantity=Decimal(6), product=f"batch:{room.late}", by=room.doctor)
    assert (room.again(point).quantity, room.again(point).batch_id) == (6, room.late)
    actions.remove_point(chart.pk, point.pk, by=room.doctor)
    with pytest.raises(NotFound):
        actions.remove_point(chart.pk, point.pk, by=room.doctor)


def test_an_empty_chart_and_one_without_a_batch_are_not_finished(room: Room):
    chart = room.begin()
    with pytest.raises(NotReady, match="Draw the first point"):
        actions.finish(chart.pk, by=room.doctor)
    point = room.point(chart, "4", product=f"item:{room.store.toxin.pk}")
    with acting_as(room.doctor):
        assert "Choose the batch" in traceable(room.encounter).sentence
    with pytest.raises(NotReady, match="Choose the batch of Kalmira 100"):
        actions.finish(chart.pk, by=room.doctor)
    actions.change_point(chart.pk, point.pk, quantity=Decimal(4), product=f"batch:{room.soon}", by=room.doctor)
    actions.finish(chart.pk, by=room.doctor)


def test_traceability_of_an_encounter(room: Room):
    with acting_as(room.doctor):
        assert traceable(room.encounter).state == "not_needed"
    chart = room.begin()
    room.point(chart, "4")
    with acting_as(room.doctor):
        open_still = traceable(room.encounter)
    assert (open_still.state, open_still.sentence) == ("open", "Finish the chart.")
    actions.finish(chart.pk, by=room.doctor)
    with acting_as(room.doctor):
        assert traceable(room.encounter).state == "done"


def test_more_than_the_batch_holds_is_refused_and_nothing_left(room: Room):
    chart = room.begin()
    room.point(chart, "4", room.late)
    for _ in range(3):
        room.point(chart, "40")
    with pytest.raises(Clash, match="Only 100 unit of batch SOON"):
        actions.finish(chart.pk, by=room.doctor)
    assert room.again(chart).status == "DRAFT"
    assert (room.store.held(room.soon), room.store.held(room.late)) == (100, 100)


def test_one_chart_is_drawn_at_a_time(room: Room):
    chart = room.begin()
    assert room.begin().pk == chart.pk
    actions.discard(chart.pk, by=room.doctor)
    assert room.begin().pk != chart.pk


def test_a_correction_moves_only_the_difference(room: Room):
    old = room.finished("4", "4", "4")
    assert room.store.held(room.soon) == 88
    new = actions.correct(old.pk, "Third point was never given; a filler was forgotten", by=room.doctor)
    with acting_as(room.doctor):
        points = list(queries.points_of(new))
    actions.remove_point(new.pk, points[2].pk, by=room.doctor)
    actions.change_point(new.pk, points[0].pk, quantity=Decimal("5.5"), by=room.doctor)
    room.point(new, "0.2", room.filler)
    actions.finish(new.pk, by=room.doctor)
    assert (room.store.held(room.soon), room.store.held(room.filler)) == (Decimal("90.5"), Decimal("1.8"))
    assert room.again(old).status == "FINISHED"
    again = actions.correct(new.pk, "It was the other batch", by=room.doctor)
    with acting_as(room.doctor):
        points = list(queries.points_of(again))
    for point in points[:2]:
        actions.change_point(again.pk, point.pk, quantity=point.quantity, product=f"batch:{room.late}", by=room.doctor)
    actions.finish(again.pk, by=room.doctor)
    assert (room.store.held(room.soon), room.store.held(room.late)) == (100, Decimal("90.5"))
    with acting_as(room.store.system):
        assert stock.mismatches(seen_by=room.store.system) == []


def test_a_chart_is_corrected_once_with_a_reason(room: Room):
    old = room.finished("4")
    with pytest.raises(Invalid, match="Write why"):
        actions.correct(old.pk, "  ", by=room.doctor)
    new = actions.correct(old.pk, "Wrong side", by=room.doctor)
    with pytest.raises(Clash, match="being corrected already"):
        actions.correct(old.pk, "Wrong side", by=room.doctor)
    with pytest.raises(IllegalMove, match="Only a finished chart"):
        actions.correct(new.pk, "Wrong side", by=room.doctor)


def test_the_last_visit_is_copied_with_the_batches_of_today(room: Room):
    old = room.finished("4", "2.5")
    store.quarantine(room.soon, "Recall", by=room.store.keeper)
    room.encounter = room.another_encounter()
    chart = room.begin()
    with acting_as(room.doctor):
        last = queries.before(chart, seen_by=room.doctor)
    assert last is not None and last.pk == old.pk
    assert actions.copy_forward(chart.pk, by=room.doctor) == 2
    with acting_as(room.doctor):
        drawn = [(point.quantity, point.batch_id) for point in queries.points_of(chart)]
    assert drawn == [(Decimal(4), room.late), (Decimal("2.5"), room.late)]
    with pytest.raises(IllegalMove, match="drawn already"):
        actions.copy_forward(chart.pk, by=room.doctor)


def test_a_first_visit_has_nothing_to_copy(room: Room):
    with pytest.raises(NotFound):
        actions.copy_forward(room.begin().pk, by=room.doctor)


def test_device_settings_are_kept_with_their_units(room: Room):
    chart = room.begin()
    kept = actions.add_setting(chart.pk, setting(room), by=room.doctor)
    for slip in ({"wavelength": 20}, {"fluence": Decimal(0)}, {"spot": Decimal(99)}, {"passes": 0}, {"area": " "}):
        with pytest.raises(Invalid):
            actions.add_setting(chart.pk, setting(room, **slip), by=room.doctor)
    with pytest.raises(NotFound):
        actions.add_setting(chart.pk, setting(room, equipment_id=uuid4()), by=room.doctor)
    actions.finish(chart.pk, by=room.doctor)
    with pytest.raises(IllegalMove):
        actions.remove_setting(chart.pk, kept.pk, by=room.doctor)
    with acting_as(room.store.system):
        assert Setting.objects.select_related("patient").get().area == "Both cheeks"


def test_who_has_no_right_changes_nothing(room: Room):
    chart = room.begin()
    point = room.point(chart, "4")
    by = room.stranger
    for attempt in (
        lambda: actions.start(room.encounter.pk, by=by),
        lambda: actions.read(chart.pk, purpose="curious", by=by),
        lambda: actions.add_point(chart.pk, Mark("FRONT", Decimal(0), Decimal(190), "", Decimal(1)), by=by),
        lambda: actions.change_point(chart.pk, point.pk, quantity=Decimal(1), by=by),
        lambda: actions.remove_point(chart.pk, point.pk, by=by),
        lambda: actions.copy_forward(chart.pk, by=by),
        lambda: actions.add_setting(chart.pk, setting(room), by=by),
        lambda: actions.remove_setting(chart.pk, uuid4(), by=by),
        lambda: actions.finish(chart.pk, by=by),
        lambda: actions.discard(chart.pk, by=by),
        lambda: actions.correct(chart.pk, "Mine", by=by),
    ):
        with pytest.raises(NotPermitted):
            attempt()
    with acting_as(room.store.system):
        assert (Chart.objects.count(), Point.objects.get().quantity, room.again(chart).status) == (1, 4, "DRAFT")


def test_another_clinic_reaches_no_chart(room: Room):
    from kalon.charts.tests.clinic import open_room

    other = open_room()
    chart = room.begin()
    with pytest.raises(DomainError):
        actions.start(room.encounter.pk, by=other.doctor)
    with pytest.raises(NotFound):
        actions.discard(chart.pk, by=other.doctor)
    with pytest.raises(NotFound):
        other.point(other.begin(), "1", room.soon)
