"""From the order to the review: what was asked, what came, who looked, and what the database keeps."""

from collections.abc import Callable
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from kalon.documents import actions as documents
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import broken_constraint, sqlstate
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotFound, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.orders import actions, queries
from kalon.orders.actions import Answered, Wish
from kalon.orders.lifecycles import LIFE, Status
from kalon.orders.models import Order, OrderedTest, Result, Review
from kalon.orders.tests.conftest import Ward
from kalon.patients.tests.factories import patient


def attack(by: Actor, statement: str, *values: object) -> str:
    """Plain SQL as the application's role: what refused it, or "done"; undone either way."""
    with acting_as(by):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, values)
                touched = cursor.rowcount
                transaction.set_rollback(True)
        except DatabaseError as error:
            return broken_constraint(error.__cause__) or sqlstate(error.__cause__)
    return "done" if touched else "nothing touched"


def values(ward: Ward, of: Order) -> dict[str, tuple[str, str]]:
    found = queries.lines(ward.again(of))
    return {line.test.code: (str(line.result.value), line.result.flag) for line in found if line.result}


def test_ordered_collected_answered_reviewed(ward: Ward):
    order = ward.ordered("HB", "HIV", "GROUP", question="Before rhinoplasty", laboratory="Periyar Diagnostics")
    assert (order.status, order.ordered_by) == (Status.ORDERED, ward.doctor.name)
    actions.collect(order.pk, by=ward.nurse)
    half = ward.answered(order, HB="11.2", HIV="non-reactive")
    assert half.status == Status.COLLECTED, "one test has no value yet"
    whole = ward.answered(order, GROUP="B, Rh positive")
    assert whole.status == Status.RESULTED and whole.waits_for_review
    assert values(ward, order) == {
        "HB": ("11.2", "LOW"), "HIV": ("Negative", "NORMAL"), "GROUP": ("B, Rh positive", "NONE"),
    }  # fmt: skip
    done = actions.review(order.pk, "Mild anaemia; iron, then again in four weeks", by=ward.doctor)
    assert (done.status, done.reviewed_by, done.waits_for_review) == (Status.REVIEWED, ward.doctor.name, False)


def test_the_report_alone_makes_it_answered(ward: Ward):
    order = ward.ordered("CXR", kind="IMAGING")
    answered = actions.write_results(order.pk, document_id=ward.report().pk, by=ward.nurse)
    assert answered.status == Status.RESULTED and answered.collected_by == ward.nurse.name
    assert len(queries.files(ward.again(order))) == 1


def test_a_correction_names_the_old_value_and_is_looked_at_again(ward: Ward):
    order = ward.ordered("HB")
    ward.answered(order, HB="21.4")
    actions.review(order.pk, by=ward.doctor)
    line = queries.lines(ward.again(order))[0]
    assert line.result is not None
    right = Answered(test_id=line.test.pk, value="12.4")
    with pytest.raises(Invalid):
        actions.correct_result(order.pk, line.result.pk, right, " ", by=ward.nurse)
    with clock.at(clock.now().replace(hour=11)):
        corrected = actions.correct_result(order.pk, line.result.pk, right, "Digits turned round", by=ward.nurse)
        assert corrected.status == Status.REVIEWED and corrected.waits_for_review
        with acting_as(ward.doctor):
            assert list(queries.to_review(seen_by=ward.doctor)) == [order]
        after = queries.lines(ward.again(order))[0]
        assert after.result is not None and (after.result.value, after.result.reason) == ("12.4", "Digits turned round")
        assert [old.value for old in after.before] == ["21.4"]
        with pytest.raises(Clash):
            actions.correct_result(order.pk, line.result.pk, right, "Twice", by=ward.nurse)
    with clock.at(clock.now().replace(hour=12)):
        assert not actions.review(order.pk, "Right now", by=ward.doctor).waits_for_review
        with pytest.raises(IllegalMove):
            actions.review(order.pk, by=ward.doctor)
    with acting_as(ward.system):
        assert Review.objects.count() == 2


def test_the_laboratorys_own_range_counts(ward: Ward):
    order = ward.ordered("HB")
    test = queries.lines(ward.again(order))[0].test
    actions.write_results(order.pk, [Answered(test_id=test.pk, value="11.8", low="11.5", high="15.5")], by=ward.nurse)
    assert values(ward, order) == {"HB": ("11.8", "NORMAL")}


def test_a_child_is_compared_with_no_adults_range(ward: Ward):
    with clock.at(clock.now().replace(year=2001)):
        tests = actions._tests(Wish(codes=["HB"]), ward.consultation.patient)
    assert (tests[0].low, tests[0].high) == (None, None)
    order = ward.ordered("HB")
    with acting_as(ward.system):
        assert [str(t.low) for t in OrderedTest.objects.filter(order=order)] == ["12.0000"]


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"codes": ()}, "codes"), ({"codes": ("NOSE",)}, "codes"), ({"codes": ("CXR",)}, "codes"),
        ({"kind": "MAGIC"}, "kind"), ({"codes": ("HB",), "urgency": "NOW"}, "urgency"),
        ({"codes": ("HB",), "question": "x" * 501}, "question"), ({"others": ["x" * 121]}, "others"),
        ({"others": [f"Test {n}" for n in range(61)]}, "codes"), ({"codes": ("HB",), "laboratory": "\0"}, "laboratory"),
    ],
)  # fmt: skip
def test_a_wish_that_cannot_be_carried_out_is_refused(ward: Ward, wish: dict[str, Any], field: str):
    with pytest.raises(Invalid) as refusal:
        actions.order(ward.consultation.pk, Wish(**wish), by=ward.doctor)
    assert refusal.value.field == field
    with acting_as(ward.system):
        assert not Order.objects.exists()


def test_values_that_make_no_sense_leave_nothing_written(ward: Ward):
    order = ward.ordered("HB", "HIV")
    tests = {line.test.code: line.test.pk for line in queries.lines(ward.again(order))}
    bad: list[list[Answered]] = [
        [],
        [Answered(test_id=tests["HB"], value="12.4"), Answered(test_id=tests["HIV"], value="maybe")],
        [Answered(test_id=tests["HB"], value="12.4", low="15", high="12")],
        [Answered(test_id=tests["HB"], value="12.4", low="x")],
    ]
    for told in bad:
        with pytest.raises(Invalid):
            actions.write_results(order.pk, told, by=ward.nurse)
    with pytest.raises(NotFound):
        actions.write_results(order.pk, [Answered(test_id=uuid4(), value="1")], by=ward.nurse)
    with acting_as(ward.system):
        assert not Result.objects.exists() and Order.objects.get().status == Status.ORDERED


def test_the_same_test_is_answered_once(ward: Ward):
    order = ward.ordered("HB", "HIV")
    ward.answered(order, HB="12.4")
    with pytest.raises(Clash):
        ward.answered(order, HB="12.5")
    assert values(ward, order) == {"HB": ("12.4", "NORMAL")}


def test_another_patients_report_is_refused(ward: Ward):
    order, stranger = ward.ordered("CXR", kind="IMAGING"), patient(ward.system)
    with pytest.raises(Invalid):
        actions.write_results(order.pk, document_id=ward.report(patient_id=stranger.pk).pk, by=ward.nurse)


def test_a_removed_report_is_no_longer_shown(ward: Ward):
    order, report = ward.ordered("CXR", kind="IMAGING"), ward.report()
    actions.write_results(order.pk, document_id=report.pk, by=ward.nurse)
    documents.remove(report.pk, "Wrong", by=ward.system)
    assert queries.files(ward.again(order)) == []


def test_who_has_no_right_is_refused_and_nothing_changes(ward: Ward):
    order = ward.ordered("HB")
    test = queries.lines(ward.again(order))[0].test
    told = [Answered(test_id=test.pk, value="12.4")]
    refused: list[Callable[[], object]] = [
        lambda: actions.order(ward.consultation.pk, Wish(codes=("HB",)), by=ward.nurse),
        lambda: actions.collect(order.pk, by=ward.desk),
        lambda: actions.write_results(order.pk, told, by=ward.desk),
        lambda: actions.correct_result(order.pk, uuid4(), told[0], "x", by=ward.desk),
        lambda: actions.review(order.pk, by=ward.nurse),
        lambda: actions.cancel(order.pk, "x", by=ward.nurse),
        lambda: actions.read(order.pk, purpose="curious", by=ward.desk),
    ]
    for attempt in refused:
        with pytest.raises(NotPermitted):
            attempt()
    assert ward.again(order).status == Status.ORDERED and values(ward, order) == {}


def test_cancelling_needs_a_reason_and_is_the_end(ward: Ward):
    order = ward.ordered("HB")
    with pytest.raises(Invalid):
        actions.cancel(order.pk, " ", by=ward.doctor)
    actions.cancel(order.pk, "Done elsewhere", by=ward.doctor)
    for attempt in (
        lambda: ward.answered(order, HB="12.4"),
        lambda: actions.collect(order.pk, by=ward.nurse),
        lambda: actions.review(order.pk, by=ward.doctor),
    ):
        with pytest.raises(IllegalMove):
            attempt()


def _in(state: str) -> Callable[[Ward], Order]:
    def make(ward: Ward) -> Order:
        order = ward.ordered("HB")
        if state in (Status.COLLECTED, Status.RESULTED, Status.REVIEWED):
            order = actions.collect(order.pk, by=ward.nurse)
        if state in (Status.RESULTED, Status.REVIEWED):
            order = ward.answered(order, HB="12.4")
        if state == Status.REVIEWED:
            order = actions.review(order.pk, by=ward.doctor)
        return actions.cancel(order.pk, "No need", by=ward.doctor) if state == Status.CANCELLED else order

    return make


@pytest.mark.parametrize(("source", "target"), list(permutations(map(str, Status), 2)))
def test_bare_sql_moves_nothing(ward: Ward, source: str, target: str):
    order = _in(source)(ward)
    assert str(order.status) == source
    assert attack(ward.system, "UPDATE orders_order SET status = %s WHERE id = %s", target, order.pk) != "done"


def test_sql_moves_along_the_table_when_everything_is_filled_in(ward: Ward):
    order = ward.ordered("HB")
    collect = "UPDATE orders_order SET status = 'COLLECTED', collected_at = now(), collected_by = 'x' WHERE id = %s"
    assert attack(ward.system, collect, order.pk) == "done"
    assert {move.name for move in LIFE.moves} == {"collect", "result", "review", "cancel"}


ATTACKS = {
    "a changed value": ("UPDATE orders_result SET flag = 'NORMAL'", "42501"),
    "a value less": ("DELETE FROM orders_result", "42501"),
    "another range": ("UPDATE orders_orderedtest SET low = 1", "42501"),
    "a review less": ("DELETE FROM orders_review", "42501"),
    "another question": (r"UPDATE orders_order SET question = '\x00'", "orders_order_sealed"),
    "another patient": ("UPDATE orders_order SET ordered_by = 'nobody'", "orders_order_sealed"),
    "reviewed by nobody": ("UPDATE orders_order SET reviewed_by = ''", "orders_order_reviewed"),
    "born reviewed": (
        "INSERT INTO orders_order SELECT (jsonb_populate_record(o, jsonb_build_object('id', gen_random_uuid()))).* "
        "FROM orders_order o", "orders_order_status_moves",
    ),
    "a second value": (
        "INSERT INTO orders_result SELECT (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid()))).* "
        "FROM orders_result r", "orders_result_in_time",
    ),
    "a correction of another test": (
        "INSERT INTO orders_result SELECT (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid(), "
        "'replaces_id', r.id, 'test_id', (SELECT id FROM orders_orderedtest t WHERE t.id <> r.test_id LIMIT 1)))).* "
        "FROM orders_result r LIMIT 1", "orders_result_of_same_test",
    ),
    "a range without a source": (
        "INSERT INTO orders_orderedtest SELECT (jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid(), "
        "'position', 99, 'source', ''))).* FROM orders_orderedtest t WHERE low IS NOT NULL LIMIT 1",
        "orders_orderedtest_cited",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_the_database_keeps_what_was_reviewed(ward: Ward, name: str):
    order = ward.ordered("HB", "HIV")
    ward.answered(order, HB="12.4", HIV="negative")
    actions.review(order.pk, by=ward.doctor)
    statement, guard = ATTACKS[name]
    assert attack(ward.system, statement) == guard


def test_a_value_written_before_it_was_collected_is_refused(ward: Ward):
    order = ward.ordered("HB")
    test = queries.lines(ward.again(order))[0].test
    insert = (
        "INSERT INTO orders_result (id, created_at, organization_id, patient_id, order_id, test_id, value, flag, "
        r"reason, entered_by) VALUES (%s, now(), %s, %s, %s, %s, '\x00', 'NONE', '\x00', 'x')"
    )
    place = (order.organization_id, order.patient_id, order.pk, test.pk)
    assert attack(ward.system, insert, uuid4(), *place) == "orders_result_in_time"


def test_the_work_list_costs_the_same_for_one_and_for_many(ward: Ward):
    def cost() -> int:
        with acting_as(ward.doctor), CaptureQueriesContext(connection) as seen:
            rows = list(queries.with_lines(queries.to_review(seen_by=ward.doctor))[:50])
            assert all(line.result is not None for row in rows for line in queries.lines(row))
        return len(seen)

    ward.answered(ward.ordered("HB", "HIV"), HB="12.4", HIV="negative")
    one = cost()
    for _ in range(6):
        ward.answered(ward.ordered("HB", "HIV"), HB="12.4", HIV="negative")
    assert cost() == one


def test_urgent_ones_come_first(ward: Ward):
    calm, urgent = ward.ordered("HB"), ward.ordered("HB", urgency="URGENT")
    for one in (calm, urgent):
        ward.answered(one, HB="12.4")
    with acting_as(ward.doctor):
        assert list(queries.to_review(seen_by=ward.doctor)) == [urgent, calm]


def test_the_newest_value_is_what_was_taken_last_not_what_was_typed_last(ward: Ward):
    old = ward.ordered("HB")
    ward.answered(old, HB="9.1")
    with clock.at(clock.now().replace(hour=11)):
        ward.answered(ward.ordered("HB"), HB="12.4")
    line = queries.lines(ward.again(old))[0]
    assert line.result is not None
    right = Answered(test_id=line.test.pk, value="9.7")
    with clock.at(clock.now().replace(hour=12)):
        actions.correct_result(old.pk, line.result.pk, right, "Misread", by=ward.nurse)
    with acting_as(ward.doctor):
        found = queries.latest_values(ward.consultation.patient_id, ["HB", "INR"], seen_by=ward.doctor)
        assert {code: row.value for code, row in found.items()} == {"HB": "12.4"}
