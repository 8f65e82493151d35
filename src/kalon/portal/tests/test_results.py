"""A patient's own results: only what a doctor has looked at, in plain words, and nobody else's."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

from django.db import connection
from django.test import Client

from kalon.consultations import actions as consultations
from kalon.documents import actions as documents
from kalon.documents.actions import DocumentDetails
from kalon.documents.tests import samples
from kalon.kernel import clock
from kalon.kernel.audit import AuditEvent
from kalon.kernel.tenancy import acting_as
from kalon.orders import actions, queries
from kalon.orders.actions import Answered, Wish
from kalon.orders.models import Order
from kalon.portal.tests.conftest import Portal
from kalon.portal.tests.conftest import queries as statements

LIST = "/my/records?show=results"


def encounter(portal: Portal, patient: Any = None) -> Any:
    story = portal.story
    return consultations.write_to(
        (patient or portal.zoya).patient_id, branch_id=story.place.branch.pk, doctor_id=story.dr_menon.pk,
        complaint="Tired", by=story.doctor,
    )  # fmt: skip


def asked(portal: Portal, *codes: str, patient: Any = None) -> Order:
    return actions.order(encounter(portal, patient).pk, Wish(codes=codes or ("HB",)), by=portal.story.doctor)


def answered(portal: Portal, order: Order, document: Any = None, **values: str) -> Order:
    by = portal.story.doctor
    with acting_as(by):
        tests = {row.code: row.pk for row in queries.order(order.pk, seen_by=by).tests.all()}
    told = [Answered(test_id=tests[code], value=value) for code, value in values.items()]
    return actions.write_results(order.pk, told, document.pk if document else None, by=by)


def reviewed(portal: Portal, *codes: str, patient: Any = None, **values: str) -> Order:
    order = asked(portal, *codes, patient=patient)
    answered(portal, order, **values)
    return actions.review(order.pk, "Not for the patient's eyes", by=portal.story.doctor)


def api(client: Client) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = client.get("/api/patient/results").json()["items"]
    return items


def test_a_result_appears_once_a_doctor_has_looked_at_it(portal: Portal) -> None:
    phone = portal.as_zoya
    order = asked(portal, "HB", "HIV")
    there = f"/my/records/results/{order.pk}"
    assert "Not taken yet" in phone.get(LIST).text and "Haemoglobin" in phone.get(there).text
    report = documents.upload(
        order.patient_id, BytesIO(samples.pdf()), DocumentDetails(kind="LAB_REPORT", description="The sheet"),
        by=portal.story.doctor,
    )  # fmt: skip
    answered(portal, order, report, HB="9.1", HIV="negative")
    waiting = phone.get(there).text
    assert "With the doctor, who looks at them first" in waiting
    assert "9.1" not in waiting and "The sheet" not in waiting
    [row] = api(phone)
    assert (row["state"], row["reports"], {one["value"] for one in row["values"]}) == ("BEING_READ", [], {""})
    actions.review(order.pk, "Iron first", by=portal.story.doctor)
    page = phone.get(there).text
    assert "9.1 g/dL" in page and "Lower than expected" in page and "Expected" in page and "The sheet" in page
    assert "Iron first" not in page  # what the doctor wrote for the clinic
    assert "Haemoglobin" in phone.get(LIST).text and "1 outside the expected range" in phone.get(LIST).text
    [row] = api(phone)
    values = {one["name"]: (one["value"], one["flag"], one["flag_in_words"]) for one in row["values"]}
    assert ("9.1", "LOW", "Lower than expected") in values.values()
    assert ("Negative", "NORMAL", "As expected") in values.values()
    assert [one["document_id"] for one in row["reports"]] == [str(report.pk)]
    with acting_as(portal.story.place.system):
        reads = AuditEvent.objects.filter(kind="READ", subject_table="orders_order", subject_id=order.pk)
        told = {read.purpose for read in reads if read.actor_name == portal.zoya.name}
    assert {"own result", "own results", "own records"} <= told


def test_a_value_that_was_put_right_is_looked_at_again_first(portal: Portal) -> None:
    order, by = reviewed(portal, HB="21.4"), portal.story.doctor
    with acting_as(by):
        [line] = queries.lines(queries.with_lines(queries.orders(seen_by=by)).get(pk=order.pk))
    assert line.result is not None
    right = Answered(test_id=line.test.pk, value="12.4")
    with clock.at(clock.now() + timedelta(hours=1)):
        actions.correct_result(order.pk, line.result.pk, right, "Digits turned round", by=by)
    page = portal.as_zoya.get(f"/my/records/results/{order.pk}").text
    assert "21.4" not in page and "12.4" not in page
    with clock.at(clock.now() + timedelta(hours=2)):
        actions.review(order.pk, by=by)
    page = portal.as_zoya.get(f"/my/records/results/{order.pk}").text
    assert "12.4" in page and "put this value right" in page and "21.4" not in page


def test_an_order_that_was_given_up_is_gone(portal: Portal) -> None:
    order = asked(portal)
    actions.cancel(order.pk, "Not needed", by=portal.story.doctor)
    assert api(portal.as_zoya) == []
    assert portal.as_zoya.get(f"/my/records/results/{order.pk}").status_code == 404


def test_another_patient_reads_nothing_of_it(portal: Portal) -> None:
    order = reviewed(portal, HB="9.1")
    for path in (f"/my/records/results/{order.pk}", f"/api/patient/results/{order.pk}"):
        assert portal.as_rahul.get(path).status_code == 404
        assert portal.as_zoya.get(path).status_code == 200
        assert portal.as_zoya.get(path.replace(str(order.pk), str(uuid4()))).status_code == 404
        assert Client().get(path).status_code in (302, 303, 401)
    assert api(portal.as_rahul) == [] and "Haemoglobin" not in portal.as_rahul.get(LIST).text
    # what staff open with stays theirs
    assert portal.as_zoya.get(f"/api/orders/{order.pk}").status_code == 404
    assert portal.as_zoya.get("/api/orders").json()["items"] == []
    assert portal.as_zoya.get(f"/orders/{order.pk}").status_code in (302, 303, 403, 404)


def test_past_every_line_of_python_the_role_of_patients_reads_no_other_row(portal: Portal) -> None:
    mine, theirs, unread = reviewed(portal, HB="9.1"), reviewed(portal, HB="14.9", patient=portal.rahul), asked(portal)
    answered(portal, unread, HB="8.8")
    given_up = asked(portal)
    actions.cancel(given_up.pk, "Not needed", by=portal.story.doctor)
    with acting_as(portal.zoya), connection.cursor() as cursor:

        def read(statement: str) -> set[Any]:
            cursor.execute(statement)
            return {row[0] for row in cursor.fetchall()}

        assert read("SELECT current_user") == {"kalon_portal"}
        assert read("SELECT id FROM orders_order") == {mine.pk, unread.pk}
        assert read("SELECT order_id FROM orders_orderedtest") == {mine.pk, unread.pk}
        assert read("SELECT order_id FROM orders_result") == {mine.pk}
        assert theirs.patient_id not in read("SELECT patient_id FROM orders_result")
        may = "SELECT has_table_privilege('kalon_portal', 'orders_{}', '{}')"
        assert read(may.format("review", "SELECT")) == {False}  # what a doctor wrote for the clinic
        for table in ("order", "orderedtest", "result", "review"):
            assert read(may.format(table, "INSERT, UPDATE, DELETE, TRUNCATE")) == {False}, table


def test_one_result_and_thirty_cost_the_same(portal: Portal) -> None:
    paths = (LIST, "/my/records", "/api/patient/results")
    visit = encounter(portal)

    def another() -> None:
        order = actions.order(visit.pk, Wish(codes=("HB", "HIV")), by=portal.story.doctor)
        answered(portal, order, HB="13", HIV="negative")
        actions.review(order.pk, by=portal.story.doctor)

    another()
    for path in paths:
        portal.as_zoya.get(path)
    one = {path: statements(portal.as_zoya, path) for path in paths}
    for _ in range(29):
        another()
    assert len(portal.as_zoya.get("/api/patient/results?limit=100").json()["items"]) == 30
    assert {path: statements(portal.as_zoya, path) for path in paths} == one
