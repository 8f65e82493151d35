"""Charts over HTTP: a tap, the same by keyboard, and what others see of it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kalon.charts.models import Chart, Point
from kalon.charts.tests.clinic import Room
from kalon.consents import actions as consents
from kalon.kernel.audit import AuditEvent
from kalon.kernel.tenancy import acting_as

SignedIn = Callable[[str], Client]


def sent(room: Room, **more: Any) -> dict[str, Any]:
    given = {"view": "FRONT", "x": "1.25", "y": "190.5", "region": "glabella", "product": f"batch:{room.soon}",
             "quantity": "4", "depth": "INTRAMUSCULAR", "technique": "BOLUS", "place": ""}  # fmt: skip
    return given | more


def points(room: Room) -> list[Point]:
    with acting_as(room.store.system):
        return list(Point.objects.select_related("item", "batch").order_by("created_at", "id"))


def test_a_chart_is_begun_drawn_and_finished(room: Room, signed_in: SignedIn):
    doctor = signed_in("doctor")
    begun = doctor.post(f"/consultations/{room.encounter.pk}/chart")
    assert begun.status_code == 303
    address = begun["Location"]
    page = doctor.get(address).content.decode()
    assert "data-chart-map" in page and "SOON" in page and "Draw the first point" in page
    assert doctor.post(f"{address}/points", sent(room)).status_code == 303
    tapped = doctor.post(f"{address}/points", sent(room), headers={"HX-Request": "true"})
    assert tapped.status_code == 200
    text = tapped.content.decode()
    assert "8 unit" in text and "92 unit left of it" in text
    assert f'value="batch:{room.soon}" selected' in text  # the next tap draws the same
    assert doctor.post(f"{address}/finish").status_code == 303
    assert room.store.held(room.soon) == 92
    sealed = doctor.get(address).content.decode()
    assert "data-chart-map" not in sealed and "Finished" in sealed and "Correct" in sealed
    assert doctor.post(f"{address}/points", sent(room)).status_code in (409, 422)


def test_without_a_mouse_every_point_is_drawn_changed_and_removed(room: Room, signed_in: SignedIn):
    doctor = signed_in("doctor")
    chart = room.begin()
    address = f"/charts/{chart.pk}"
    named = sent(room, x="", y="", region="", place="temple:-100:169")
    assert doctor.post(f"{address}/points", named).status_code == 303
    (point,) = points(room)
    assert (point.place, point.quantity) == ("Temple, right", 4)
    form = doctor.get(f"{address}?view=FRONT&edit={point.pk}").content.decode()
    assert "Save point" in form and "Point 1" in form
    change = {"view": "FRONT", "product": f"batch:{room.late}", "quantity": "2.5", "depth": "", "technique": ""}
    assert doctor.post(f"{address}/points/{point.pk}/change", change | {"quantity": "0.3"}).status_code == 422
    assert doctor.post(f"{address}/points/{point.pk}/change", change).status_code == 303
    assert points(room)[0].quantity == Decimal("2.5")
    assert doctor.post(f"{address}/points/{point.pk}/remove", {"view": "FRONT"}).status_code == 303
    assert points(room) == []


def test_both_sides_more_less_and_again(room: Room, signed_in: SignedIn):
    doctor = signed_in("doctor")
    chart = room.begin()
    address = f"/charts/{chart.pk}"
    doctor.post(f"{address}/points", sent(room, x="-100", y="220", region="lateral_canthus", mirror="on"))
    doctor.post(f"{address}/points", sent(room, view="LEFT", x="70", y="178", region="temple", mirror="on"))
    doctor.post(f"{address}/points", sent(room, x="2", mirror="on"))  # on the midline there is no other side
    assert [(point.place, point.view) for point in points(room)] == [
        ("Crow's feet, right", "FRONT"), ("Crow's feet, left", "FRONT"), ("Temple, left", "LEFT"),
        ("Temple, right", "RIGHT"), ("Glabella", "FRONT"),
    ]  # fmt: skip
    last = points(room)[-1]
    page = doctor.get(address).content.decode()
    assert "More: 4.5 unit" in page and "Less: 3.5 unit" in page and "Point 5 of 5" in page
    htmx = {"HX-Request": "true"}
    more = doctor.post(f"{address}/points/{last.pk}/dose", {"view": "FRONT", "quantity": "4.5"}, headers=htmx)
    assert "Changed: 4.5 unit Kalmira 100, Glabella." in more.content.decode()
    for wrong in ("many", "", "0", "4.3"):
        assert doctor.post(f"{address}/points/{last.pk}/dose", {"view": "FRONT", "quantity": wrong}).status_code == 422
    assert points(room)[-1].quantity == Decimal("4.5")
    gone = doctor.post(f"{address}/points/{last.pk}/remove", {"view": "FRONT"}, headers=htmx).content.decode()
    assert "Draw it again: 4.5, Glabella" in gone and len(points(room)) == 4
    assert signed_in("frontdesk").post(f"{address}/points/{last.pk}/dose", {"quantity": "4"}).status_code == 403


def test_a_syringe_is_taken_up_again(room: Room, signed_in: SignedIn):
    chart = room.begin()
    room.point(chart, "4")
    room.point(chart, "0.1", room.filler)
    page = signed_in("doctor").get(f"/charts/{chart.pk}?syringe=batch:{room.soon}").content.decode()
    assert f'value="batch:{room.soon}" selected' in page and 'value="4"' in page


@pytest.mark.parametrize(
    ("slip", "sentence"),
    [
        ({"x": "", "y": ""}, "Tap on the drawing, or choose the place by its name."),
        ({"quantity": ""}, "This field is required."),
        ({"quantity": "0.3"}, "Kalmira 100 is counted in steps of 0.5 unit."),
        ({"product": "batch:x"}, "Select a valid choice."),
        ({"x": "5000"}, "This place is off the drawing."),
    ],
)
def test_a_slip_is_said_and_what_was_typed_stays(room: Room, signed_in: SignedIn, slip: dict, sentence: str):
    answer = signed_in("doctor").post(f"/charts/{room.begin().pk}/points", sent(room, **slip))
    text = answer.content.decode()
    assert answer.status_code == 422 and sentence in text
    assert 'value="BOLUS" selected' in text
    assert points(room) == []


def test_the_ghost_of_the_last_visit(room: Room, signed_in: SignedIn):
    room.finished("4", "2.5")
    room.encounter = room.another_encounter()
    chart = room.begin()
    doctor = signed_in("doctor")
    page = doctor.get(f"/charts/{chart.pk}").content.decode()
    assert page.count('class="k-ghost"') == 2 and "Copy last visit" in page
    assert 'class="k-ghost"' not in doctor.get(f"/charts/{chart.pk}?ghost=0").content.decode()
    assert doctor.post(f"/charts/{chart.pk}/copy").status_code == 303
    drawn = doctor.get(f"/charts/{chart.pk}").content.decode()
    assert "6.5 unit" in drawn
    hidden = {"view": "FRONT", "ghost": "0"}
    answer = doctor.post(
        f"/charts/{chart.pk}/points/{points(room)[-1].pk}/remove", hidden, headers={"HX-Request": "true"}
    )
    assert 'class="k-ghost"' not in answer.content.decode()  # stays away once it is put away


def test_device_settings_on_the_page(room: Room, signed_in: SignedIn):
    nurse = signed_in("nurse")
    chart = room.begin()
    body = {"view": "FRONT", "equipment": str(room.device.pk), "area": "Both cheeks", "wavelength": "1064",
            "fluence": "2.8", "spot": "8", "pulse": "0.3", "passes": "3"}  # fmt: skip
    wrong = nurse.post(f"/charts/{chart.pk}/settings", body | {"wavelength": "3"})
    assert wrong.status_code == 422 and 'value="Both cheeks"' in wrong.content.decode()
    assert nurse.post(f"/charts/{chart.pk}/settings", body).status_code == 303
    page = nurse.get(f"/charts/{chart.pk}").content.decode()
    for word in ("1064 nm", "2.8 J/cm²", "8 mm", "0.3 ms"):
        assert word in page
    with acting_as(room.store.system):
        kept = Chart.objects.get(pk=chart.pk).settings.get()
    assert nurse.post(f"/charts/{chart.pk}/settings/{kept.pk}/remove", {"view": "FRONT"}).status_code == 303


def test_a_correction_and_the_paper(room: Room, signed_in: SignedIn):
    doctor = signed_in("doctor")
    old = room.finished("4")
    paper = doctor.get(f"/charts/{old.pk}/print").content.decode()
    assert "Glabella" in paper and "SOON" in paper and "Signature" in paper
    assert doctor.get(f"/charts/{old.pk}/correct").status_code == 200
    assert doctor.post(f"/charts/{old.pk}/correct", {"reason": ""}).status_code == 422
    made = doctor.post(f"/charts/{old.pk}/correct", {"reason": "Wrong side"})
    assert made.status_code == 303
    new = doctor.get(made["Location"]).content.decode()
    assert "Wrong side" in new and "4 unit" in new
    assert "This chart was put right" in doctor.get(f"/charts/{old.pk}").content.decode()


def test_on_the_pages_of_others(room: Room, signed_in: SignedIn):
    room.finished("4")
    doctor = signed_in("doctor")
    consultation = doctor.get(f"/consultations/{room.encounter.pk}").content.decode()
    assert "Injections and device settings" in consultation and "Kalmira 100 4 unit (SOON)" in consultation
    assert "Traceability" in consultation
    assert "Kalmira 100 4 unit (SOON)" in doctor.get(f"/patients/{room.store.patient.pk}/charts").content.decode()
    assert "Kalmira 100 4 unit" in doctor.get(f"/patients/{room.store.patient.pk}?show=charts").content.decode()
    provider = signed_in("provider").get(f"/consultations/{room.encounter.pk}")
    assert "Injections and device settings" not in provider.content.decode()
    with acting_as(room.store.system):
        reads = AuditEvent.objects.filter(kind="READ", subject_table="charts_chart")
        assert {read.purpose for read in reads} == {"consultation", "patient page, charts"}


def test_roles(room: Room, signed_in: SignedIn):
    chart = room.begin()
    assert signed_in("nurse").get(f"/charts/{chart.pk}").status_code == 200
    for role in ("frontdesk", "inventory", "billing", "theatre"):
        assert signed_in(role).get(f"/charts/{chart.pk}").status_code == 403, role


def test_the_chart_asks_the_same_of_one_point_and_of_thirty(room: Room, signed_in: SignedIn):
    doctor = signed_in("doctor")
    chart = room.begin()
    room.point(chart, "1")
    paths = (f"/charts/{chart.pk}", f"/charts/{chart.pk}/print", f"/patients/{room.store.patient.pk}/charts")
    few = [_asked(doctor, path) for path in paths]
    for _ in range(29):
        room.point(chart, "1")
    assert [_asked(doctor, path) for path in paths] == few


def _asked(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


def test_the_chart_says_whether_pictures_may_be_taken(room: Room, signed_in: SignedIn):
    chart, by = room.begin(), room.store.system
    doctor = signed_in("doctor")

    def said() -> list[str]:
        page = doctor.get(f"/charts/{chart.pk}").content.decode()
        row = page.split('aria-label="What the patient agreed to">')[1].split("</ul>")[0]
        return [word for word in ("Agreed", "No consent") for _ in range(row.count(word))]

    assert said() == ["No consent", "No consent"]
    drafts = consents.bring_built_in(by=by)
    [photography] = [one for one in drafts if one.kind == "PHOTOGRAPHY"]
    wish = consents.Wish(consents.publish(photography.pk, by=by).pk, room.store.branch.pk)
    nurse = room.doctor
    shown = consents.present(consents.prepare(room.store.patient.pk, wish, by=nurse).pk, by=nurse)
    asked = consents.open_to_sign(shown.pk, by=nurse)
    assert said() == ["No consent", "No consent"]  # shown is not signed
    lines = [[[100, 200, 0], [300, 60, 120], [420, 220, 260], [820, 190, 900]]]
    hand = consents.Signing("PATIENT", asked.patient.name, lines, "", 2, asked.content_sha256)
    consents.sign(asked.pk, hand, by=nurse)
    assert said() == ["Agreed", "No consent"]
    assert doctor.post(f"/charts/{chart.pk}/points", sent(room)).status_code == 303  # and it stops nobody
