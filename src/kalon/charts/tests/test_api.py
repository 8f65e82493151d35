"""The JSON front of charts: the same verbs, the same refusals, and nothing of another patient or clinic."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kalon.charts import actions
from kalon.charts.models import Chart, Point
from kalon.charts.tests.clinic import Room, open_room
from kalon.kernel.audit import AuditEvent
from kalon.kernel.tenancy import acting_as

SignedIn = Callable[[str], Client]
Send = Callable[..., Any]


@pytest.fixture
def doctor(signed_in: SignedIn) -> Client:
    return signed_in("doctor")


def sending(client: Client) -> Send:
    def send(method: str, path: str, body: Any = None, **headers: str) -> Any:
        return client.generic(
            method, f"/api/charts{path}", "" if body is None else _json(body), "application/json", headers=headers
        )

    return send


def _json(body: Any) -> str:
    return json.dumps(body, default=str)


def point(room: Room, **more: Any) -> dict[str, Any]:
    return {"view": "FRONT", "x": "0", "y": "190", "product": f"batch:{room.soon}", "quantity": "4"} | more


def device(room: Room, **more: Any) -> dict[str, Any]:
    settings = {"wavelength": 1064, "fluence": "2.8", "spot": "8", "pulse": "0.3", "passes": 3, "area": "Both cheeks"}
    return {"equipment_id": str(room.device.pk)} | settings | more


def test_a_chart_is_begun_drawn_on_changed_and_signed(room: Room, doctor: Client):
    send = sending(doctor)
    made = send("POST", "", {"consultation_id": room.encounter.pk})
    assert made.status_code == 201, made.content
    pk = made.json()["id"]
    assert (made.json()["moves"], made.json()["missing"]) == (
        ["discard"],
        ["Draw the first point, or write down how the device was set."],
    )
    offered = send("GET", f"/{pk}/choices").json()
    assert {"product": f"batch:{room.soon}", "unit": "unit"}.items() <= offered[1].items()
    for quantity in ("0.1", "0.1", "0.1"):
        drawn = send("POST", f"/{pk}/points", point(room, product=f"batch:{room.filler}", quantity=quantity))
        assert drawn.status_code == 201, drawn.content
    drawn = send("POST", f"/{pk}/points", point(room, x="-100", y="220", depth="INTRAMUSCULAR")).json()
    assert [(total["quantity"], total["batch"]) for total in drawn["totals"]] == [("0.300", "F1"), ("4.000", "SOON")]
    last = drawn["points"][-1]
    assert (last["number"], last["place"], last["depth"]) == (4, "Crow's feet, right", "INTRAMUSCULAR")
    changed = send("PATCH", f"/{pk}/points/{last['id']}", {"quantity": "6.5", "technique": "BOLUS"}).json()
    kept = changed["points"][-1]
    assert (kept["quantity"], kept["technique"], kept["depth"]) == ("6.500", "BOLUS", "INTRAMUSCULAR")
    assert len(send("DELETE", f"/{pk}/points/{drawn['points'][0]['id']}").json()["points"]) == 3
    with_device = send("POST", f"/{pk}/settings", device(room))
    assert with_device.status_code == 201
    (row,) = with_device.json()["settings"]
    assert (row["equipment"], row["wavelength"], row["fluence"], row["area"]) == (
        "Nd:YAG laser", 1064, "2.80", "Both cheeks",
    )  # fmt: skip
    assert send("DELETE", f"/{pk}/settings/{row['id']}").json()["settings"] == []
    done = send("POST", f"/{pk}/finish").json()
    assert (done["status"], done["moves"]) == ("FINISHED", [])
    assert (room.store.held(room.soon), room.store.held(room.filler)) == (Decimal("93.5"), Decimal("1.8"))
    assert send("POST", f"/{pk}/points", point(room)).status_code == 409


def test_the_ghost_is_read_and_copied_forward(room: Room, doctor: Client):
    send = sending(doctor)
    old = room.finished("4", "2.5")
    room.encounter = room.another_encounter()
    pk = send("POST", "", {"consultation_id": room.encounter.pk}).json()["id"]
    assert send("GET", f"/{pk}").json()["last_visit_id"] == str(old.pk)
    ghost = send("GET", f"/{pk}/last-visit").json()
    assert (ghost["id"], [total["quantity"] for total in ghost["totals"]]) == (str(old.pk), ["6.500"])
    assert len(send("POST", f"/{pk}/copy").json()["points"]) == 2
    assert send("POST", f"/{pk}/copy").status_code == 409
    assert send("GET", f"/{old.pk}/last-visit").status_code == 404


def test_a_correction_names_the_old_and_one_may_be_thrown_away(room: Room, doctor: Client):
    send = sending(doctor)
    old = room.finished("4")
    assert send("POST", f"/{old.pk}/correct", {"reason": " "}).status_code == 422
    new = send("POST", f"/{old.pk}/correct", {"reason": "Wrong cheek"})
    assert new.status_code == 201
    told = new.json()
    assert (told["corrects_id"], told["reason"], len(told["points"])) == (str(old.pk), "Wrong cheek", 1)
    assert send("POST", f"/{told['id']}/discard").json()["status"] == "DISCARDED"


def test_a_point_sent_twice_is_drawn_once(room: Room, doctor: Client):
    send = sending(doctor)
    chart = room.begin()
    first = send("POST", f"/{chart.pk}/points", point(room), **{"Idempotency-Key": "tap-1"})
    again = send("POST", f"/{chart.pk}/points", point(room), **{"Idempotency-Key": "tap-1"})
    assert (first.json(), again["Idempotent-Replayed"]) == (again.json(), "true")
    assert len(again.json()["points"]) == 1


@pytest.mark.parametrize(
    ("slip", "field"),
    [
        ({"quantity": "0.3"}, "quantity"),
        ({"x": "500"}, "place"),
        ({"view": "ABOVE"}, "view"),
        ({"product": "batch:x"}, "product"),
        ({"depth": "DEEP"}, "depth"),
    ],
)
def test_a_slip_is_answered_with_its_field(room: Room, doctor: Client, slip: dict[str, str], field: str):
    answer = sending(doctor)("POST", f"/{room.begin().pk}/points", point(room, **slip))
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert field in str(answer.json()), answer.json()
    impossible = sending(doctor)("POST", f"/{room.begin().pk}/settings", device(room, wavelength=20))
    assert impossible.status_code == 422 and "wavelength" in str(impossible.json())
    with acting_as(room.store.system):
        assert not Point.objects.exists()


def test_a_chart_of_one_patient_holds_no_point_of_another(room: Room, doctor: Client):
    send = sending(doctor)
    mine, other = room.finished("4"), uuid4()
    with acting_as(room.store.system):
        taken = Point.objects.get(chart=mine).pk
    room.encounter = room.another_encounter()
    now = room.begin()
    room.point(now, "2")
    for method, path, body in (
        ("PATCH", f"/{now.pk}/points/{taken}", {"quantity": "1"}),
        ("DELETE", f"/{now.pk}/points/{taken}", None),
        ("DELETE", f"/{now.pk}/settings/{other}", None),
        ("GET", f"/{other}", None),
        ("POST", f"/{now.pk}/settings", device(room, equipment_id=str(other))),
        ("POST", "", {"consultation_id": other}),
    ):
        assert send(method, path, body).status_code == 404, path
    assert send("GET", f"?patient_id={room.store.other_patient.pk}").json()["items"] == []
    assert [row["id"] for row in send("GET", f"?patient_id={room.store.patient.pk}").json()["items"]] == [
        str(now.pk), str(mine.pk),
    ]  # fmt: skip


def test_another_clinic_and_staff_without_the_right_reach_nothing(room: Room, signed_in: SignedIn):
    elsewhere = open_room()
    strange = elsewhere.begin()
    chart = room.begin()
    drawn = room.point(chart, "4")
    tries: tuple[tuple[str, str, Any], ...] = (
        ("GET", "", None),
        ("GET", "/maps", None),
        ("GET", "/{}", None),
        ("GET", "/{}/last-visit", None),
        ("GET", "/{}/choices", None),
        ("POST", "/{}/points", point(room)),
        ("PATCH", f"/{{}}/points/{drawn.pk}", {"quantity": "1"}),
        ("DELETE", f"/{{}}/points/{drawn.pk}", None),
        ("POST", "/{}/copy", None),
        ("POST", "/{}/settings", device(room)),
        ("DELETE", f"/{{}}/settings/{uuid4()}", None),
        ("POST", "/{}/finish", None),
        ("POST", "/{}/discard", None),
        ("POST", "/{}/correct", {"reason": "Mine"}),
    )
    desk, doctor, nobody = sending(signed_in("frontdesk")), sending(signed_in("doctor")), sending(Client())
    for method, path, body in tries:
        assert desk(method, path.format(chart.pk), body).status_code == 403, path
        assert nobody(method, path.format(chart.pk), body).status_code == 401, path
        if "{}" in path:
            assert doctor(method, path.format(strange.pk), body).status_code == 404, path
    assert desk("POST", "", {"consultation_id": room.encounter.pk}).status_code == 403
    with acting_as(room.store.system):
        assert (Chart.objects.get().status, Point.objects.get().quantity) == ("DRAFT", 4)


def test_reads_are_logged_and_a_list_asks_the_same_of_one_and_of_many(room: Room, doctor: Client):
    def asked(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert doctor.get(path).status_code == 200
        return len(queries)

    chart = room.finished("1")
    listed = f"/api/charts?patient_id={room.store.patient.pk}"
    doctor.get(listed)
    few = asked(listed)
    for _ in range(4):
        room.encounter = room.another_encounter()
        room.finished("1")
    assert len(doctor.get(listed).json()["items"]) == 5
    assert asked(listed) == few
    room.encounter = room.another_encounter()
    draft = room.begin()
    room.point(draft, "1")
    one = asked(f"/api/charts/{draft.pk}")
    for _ in range(9):
        room.point(draft, "1")
    assert asked(f"/api/charts/{draft.pk}") == one
    doctor.get(f"/api/charts/{chart.pk}")
    with acting_as(room.store.system):
        reads = AuditEvent.objects.filter(kind="READ", subject_table="charts_chart", subject_id=chart.pk)
        assert {read.purpose for read in reads} == {"API, charts", "API, opened the chart"}


def test_the_maps_say_where_one_may_draw(room: Room, doctor: Client):
    front = sending(doctor)("GET", "/maps").json()[0]
    assert (front["view"], front["box"]) == ("FRONT", [-160, 16, 320, 430])
    temple = next(place for place in front["places"] if place["words"] == "Temple, right")
    chart = room.begin()
    actions.add_point(
        chart.pk,
        actions.Mark("FRONT", Decimal(temple["x"]), Decimal(temple["y"]), f"batch:{room.soon}", Decimal(1)),
        by=room.doctor,
    )
    assert sending(doctor)("GET", f"/{chart.pk}").json()["points"][0]["region"] == "temple"
