"""Past every line of Python: what the database itself refuses, by the name of the rule."""

from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest

from kalon.charts import actions
from kalon.charts.lifecycles import ChartStatus
from kalon.charts.models import Chart
from kalon.charts.tests.clinic import Room
from kalon.inventory.tests.sql import DENIED, DONE, attack
from kalon.kernel.tenancy import acting_as

FINISH = "UPDATE charts_chart SET status = 'FINISHED', finished_at = kalon_now() WHERE id = %s"


def _in(room: Room, status: str) -> Chart:
    if status == "FINISHED":
        return room.finished("4")
    chart = room.begin()
    return actions.discard(chart.pk, by=room.doctor) if status == "DISCARDED" else chart


@pytest.mark.parametrize(("source", "target"), list(permutations(map(str, ChartStatus), 2)))
def test_bare_sql_moves_nothing_that_is_not_so(room: Room, source: str, target: str):
    chart = _in(room, source)
    outcome = attack("UPDATE charts_chart SET status = %s WHERE id = %s", [target, chart.pk], by=room.store.system)
    assert (outcome == DONE) is ((source, target) == ("DRAFT", "DISCARDED")), outcome


def test_a_finished_chart_is_whole(room: Room):
    chart = room.begin()
    assert attack(FINISH, [chart.pk], by=room.store.system) == "charts_chart_not_empty"
    point = room.point(chart, "4", product=f"item:{room.store.toxin.pk}")
    assert attack(FINISH, [chart.pk], by=room.store.system) == "charts_chart_traceable"
    actions.change_point(chart.pk, point.pk, quantity=point.quantity, product=f"batch:{room.soon}", by=room.doctor)
    assert attack(FINISH, [chart.pk], by=room.store.system) == "charts_chart_stock_agrees"


def test_a_finished_chart_is_sealed_with_all_that_is_on_it(room: Room):
    chart = room.finished("4")
    for statement in (
        "UPDATE charts_point SET quantity = 5 WHERE chart_id = %s",
        "DELETE FROM charts_point WHERE chart_id = %s",
        """INSERT INTO charts_point SELECT (jsonb_populate_record(point, jsonb_build_object('id', gen_random_uuid()))).*
            FROM charts_point point WHERE chart_id = %s""",
    ):
        assert attack(statement, [chart.pk], by=room.store.system) == "charts_point_sealed"
    note = "UPDATE charts_chart SET drawn_by_id = NULL, note = 'x' WHERE id = %s"
    assert attack(note, [chart.pk], by=room.store.system) == "charts_chart_sealed"
    assert attack("DELETE FROM charts_chart WHERE id = %s", [chart.pk], by=room.store.system) == DENIED


def test_a_chart_keeps_what_it_is_about(room: Room):
    chart = room.begin()
    for change in ("stock_id = gen_random_uuid()", "consultation_id = NULL"):
        statement = f"UPDATE charts_chart SET {change} WHERE id = %s"
        assert attack(statement, [chart.pk], by=room.store.system) == "charts_chart_fixed"


def test_a_correction_names_a_finished_chart(room: Room):
    insert = """INSERT INTO charts_chart SELECT (jsonb_populate_record(chart, jsonb_build_object('id', %s::text,
        'corrects_id', %s::text, 'stock_id', %s::text, 'consultation_id', NULL))).* FROM charts_chart chart
        WHERE id = %s"""
    chart, other = room.begin(), str(uuid4())

    def sent(corrects: Any, stock: Any) -> str:
        return attack(insert, [other, corrects and str(corrects), str(stock), chart.pk], by=room.store.system)

    assert sent(None, other) == DONE
    assert sent(None, chart.pk) == "charts_chart_corrects"
    assert sent(chart.pk, chart.pk) == "charts_chart_corrects"


def test_the_shape_of_a_point(room: Room):
    chart = room.begin()
    point = room.point(chart, "4")
    for change, rule in (
        ("quantity = 0", "charts_point_positive"),
        ("x = 900", "charts_point_on_the_map"),
        ("view = 'ABOVE'", "charts_point_view"),
        ("region = 'soul'", "charts_point_region"),
        (f"batch_id = '{room.filler}'", "charts_point_same_batch"),
        (f"patient_id = '{room.store.other_patient.pk}'", "charts_point_same_chart"),
    ):
        statement = f"UPDATE charts_point SET {change} WHERE id = %s"
        assert attack(statement, [point.pk], by=room.store.system) == rule


def test_the_patients_own_role_reaches_no_chart(room: Room, as_portal: Any):
    for table in ("chart", "point", "setting"):
        granted = as_portal.execute(
            "SELECT has_table_privilege('kalon_portal', %s, 'SELECT, INSERT, UPDATE, DELETE')", [f"charts_{table}"]
        ).fetchone()
        assert granted == (False,), table


def test_words_of_a_chart_are_encrypted(room: Room):
    old = room.finished("4")
    new = actions.correct(old.pk, "Wrong cheek", by=room.doctor)
    with acting_as(room.store.system):
        sealed = Chart.objects.get(pk=new.pk).reason_sealed
        assert b"cheek" not in bytes(sealed)
        assert Chart.objects.select_related("patient").get(pk=new.pk).reason == "Wrong cheek"
