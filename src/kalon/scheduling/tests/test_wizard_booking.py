"""The booking page: what it proposes, holds, refuses and costs; the same number of statements for any clinic."""

import re
from datetime import time, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from kalon.catalog.models import CancellationPolicy, Package, Service
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people
from kalon.scheduling import actions
from kalon.scheduling.models import Allocation, Appointment
from kalon.scheduling.tests.clinic import EIGHT, TUESDAY, Clinic
from kalon.scheduling.tests.laser import open_laser
from kalon.scheduling.tests.test_pages import signed_in, statements

TEN = "2026-11-24T04:30Z"  # ten o'clock in Kochi


@pytest.fixture
def desk(clinic: Clinic) -> Client:
    return signed_in(clinic.desk)


def address(clinic: Clinic, **more: Any) -> str:
    facts = {"patient": clinic.patient.pk, "service": clinic.consult.pk, **more}
    return f"/appointments/book?{urlencode({name: value for name, value in facts.items() if value}, doseq=True)}"


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def holds(clinic: Clinic) -> list[str]:
    with acting_as(clinic.system):
        rows = Allocation.objects.filter(is_live=True, appointment=None).select_related("staff", "room", "equipment")
        return sorted(str(row.staff or row.room or row.equipment) for row in rows)


def visit(clinic: Clinic) -> Appointment:
    with acting_as(clinic.system):
        return Appointment.objects.select_related("patient").get()


def test_whom_nobody_knows_is_registered_with_what_was_typed_and_comes_back(clinic: Clinic, desk: Client) -> None:
    for path in ("/appointments/book", "/appointments/waiting-list/add"):
        page = text(desk, f"{path}?service={clinic.consult.pk}&q=Meera+Nair+98470+55218")
        back = urlencode({"next": f"{path}?service={clinic.consult.pk}"})
        link = f"/patients/new?name=Meera+Nair+98470+55218&amp;{back}"
        assert link in page
        form = text(desk, link.replace("&amp;", "&"))
        for name, value in (("given_name", "Meera"), ("family_name", "Nair"), ("phone", "98470 55218")):
            assert re.search(rf'name="{name}"[^>]* value="{value}"|value="{value}"[^>]* name="{name}"', form), name


def test_doctor_room_therapist_and_device_are_proposed_together_and_say_why(clinic: Clinic, desk: Client) -> None:
    laser = open_laser(clinic)
    clinic.booked("16:00", doctor_id=clinic.other_doctor.pk)
    page = text(desk, address(clinic, service=laser.session.pk, date="2026-11-24"))
    assert "Today, 15:00–16:00" in page
    for name in ("Dr Rohan Shah", "Laser 1", "Asha Pillai", "Nd:YAG 0", "14:50–16:15", "14:50–16:30"):
        assert name in page
    assert "The same doctor as last time. No gap beside it." in page
    assert "All free" in page


def test_a_day_on_which_nothing_fits_says_why_and_offers_the_nearest(clinic: Clinic, desk: Client) -> None:
    laser = open_laser(clinic)
    for one in laser.therapists:
        actions.block(clinic.at("08:00"), clinic.at("20:00"), staff_id=one.pk, by=clinic.owner)
    page = text(desk, address(clinic, service=laser.session.pk, date="2026-11-24"))
    assert "No therapist is free at any of the 24 free times on Tue 24 Nov." in page
    assert page.count("Wed 25 Nov, 09:") == 3
    assert "Choose a time first." in page
    assert "no therapist is free then" in page  # beside each time of the day
    anyday = text(desk, address(clinic, service=laser.session.pk))
    assert "Confirm 09:00" in anyday


def test_rooms_and_people_by_hand_taken_ones_cannot_be_chosen(clinic: Clinic, desk: Client) -> None:
    laser = open_laser(clinic, devices=2)
    clinic.booked("10:00", service_id=laser.session.pk, doctor_id=clinic.other_doctor.pk)
    at_ten = {"service": laser.session.pk, "start": TEN, "with": clinic.doctor.pk}
    page = text(desk, address(clinic, **at_ten))
    taken = f'<option value="{laser.rooms[0].pk}" disabled>Laser 1 · taken from 09:50 to 11:15</option>'
    assert taken in page
    assert f'<option value="{laser.therapists[1].pk}" selected>Beena Roy · free</option>' in page
    assert f'<option value="{clinic.other_doctor.pk}">Dr Rohan Shah · taken from 10:00 to 11:00</option>' in page
    clash = text(desk, address(clinic, **at_ten, team=laser.therapists[0].pk))
    assert "No therapist is free then." in clash
    assert "All free" not in clash


def test_choosing_a_time_holds_it_and_another_one_lets_it_go(clinic: Clinic, desk: Client) -> None:
    laser = open_laser(clinic)
    at_ten = {"start": TEN, "with": clinic.doctor.pk}
    held = desk.post(address(clinic, service=laser.session.pk, **at_ten).replace("?", "/hold?"))
    assert 'data-seconds="300"' in held.content.decode()
    assert holds(clinic) == ["Asha Pillai", "Dr Kavya Menon", "Laser 1", "Nd:YAG 0"]
    page = text(desk, address(clinic, service=laser.session.pk, **at_ten))
    assert "All free" in page  # one's own hold is no obstacle
    desk.post(address(clinic, start=TEN, **{"with": clinic.other_doctor.pk}).replace("?", "/hold?"))
    assert holds(clinic) == ["Dr Rohan Shah"]
    owner = signed_in(clinic.owner)
    other = owner.post(address(clinic, start=TEN, **{"with": clinic.other_doctor.pk}).replace("?", "/hold?"))
    assert other.status_code == 200
    told = " ".join(other.content.decode().split())
    assert "Dr Rohan Shah is held from 10:00 to 10:30. Choose another time." in told
    assert "Tue 24 Nov, 10:30" in told
    assert "Ananya" not in told
    with acting_as(clinic.system):
        hold_id = Allocation.objects.get(is_live=True).hold_id
    owner.post("/appointments/book/let-go", {"hold_id": hold_id})
    assert holds(clinic) == ["Dr Rohan Shah"]  # somebody else's
    assert desk.post("/appointments/book/let-go", {"hold_id": "nonsense"}).status_code == 204
    desk.post("/appointments/book/let-go", {"hold_id": hold_id})
    assert holds(clinic) == []


def test_confirming_books_what_was_held(clinic: Clinic, desk: Client) -> None:
    where = address(clinic, start=TEN, **{"with": clinic.doctor.pk})
    desk.post(where.replace("?", "/hold?"))
    with acting_as(clinic.system):
        hold_id = Allocation.objects.get(is_live=True).hold_id
    answer = desk.post(where, {"priority": "NORMAL", "chief_complaint": "Scars", "hold_id": hold_id})
    assert answer["Location"] == "/day?date=2026-11-24"
    assert holds(clinic) == []
    assert visit(clinic).chief_complaint == "Scars"


@pytest.mark.parametrize(
    ("how", "source", "kind"), [("phone", "PHONE", "CONSULTATION"), ("walk_in", "WALK_IN", "CONSULTATION")]
)
def test_how_the_patient_comes_is_written_down(clinic: Clinic, desk: Client, how: str, source: str, kind: str) -> None:
    with clock.at(EIGHT + timedelta(hours=2, minutes=3)):
        where = address(clinic, how=how)
        page = text(desk, where)
        assert ("Walk-in: now" in page) is (how == "walk_in")
        assert desk.post(where, {"priority": "NORMAL"}).status_code == 303
    booked = visit(clinic)
    assert (booked.source, booked.kind) == (source, kind)
    if how == "walk_in":
        assert booked.starts_at == EIGHT + timedelta(hours=2, minutes=5)


def test_an_emergency_comes_outside_the_hours_and_pays_nothing_first(clinic: Clinic, desk: Client) -> None:
    where = address(clinic, service=clinic.prepaid.pk, how="emergency", at="22:40", **{"with": clinic.doctor.pk})
    page = text(desk, where)
    assert "Outside the doctor's hours" in page.replace("&#x27;", "'")
    assert "To pay before the visit" not in page
    refused = desk.post(where, {"priority": "EMERGENCY"})
    assert refused.status_code == 422
    assert "Write why" in refused.content.decode()
    answer = desk.post(where, {"priority": "EMERGENCY", "off_schedule_reason": "Bleeding after a peel"})
    assert answer.status_code == 303
    booked = visit(clinic)
    assert (booked.kind, booked.priority, booked.amount_due) == ("EMERGENCY", "EMERGENCY", None)
    assert booked.off_schedule_reason == "Bleeding after a peel"


def test_a_walk_in_that_sees_no_doctor_comes_outside_the_hours_with_a_reason(clinic: Clinic, desk: Client) -> None:
    laser = open_laser(clinic)
    with acting_as(clinic.system):
        Service.objects.filter(pk=laser.session.pk).update(needs_doctor=False)
    actions.block(clinic.at("08:00"), clinic.at("12:00"), staff_id=laser.therapists[0].pk, by=clinic.owner)
    morning = text(desk, address(clinic, service=laser.session.pk, how="walk_in", at="10:00"))
    given = morning.split('id="chosen"')[1].split("</section>")[0].split("<details")[0]
    assert ("Beena Roy" in given, "Outside the hours" in given) == (True, False)  # who is there, not who is away
    for late, with_whom in (("17:30", "Asha Pillai"), ("21:40", "Asha Pillai")):  # off duty, then the house closed too
        where = address(clinic, service=laser.session.pk, how="walk_in", at=late)
        page = text(desk, where)
        assert "Outside the hours" in page
        assert "No therapist is free" not in page.split('id="chosen"')[1].split("</section>")[0].split("<details")[0]
        assert with_whom in page
    refused = desk.post(where, {"priority": "NORMAL"})
    assert (refused.status_code, "Write why" in refused.content.decode()) == (422, True)
    assert desk.post(where, {"priority": "NORMAL", "off_schedule_reason": "Asha stays for it"}).status_code == 303
    booked = visit(clinic)
    assert (booked.team, booked.off_schedule_reason) == ([laser.therapists[0].pk], "Asha stays for it")


def test_a_doctor_is_booked_twice_only_with_the_right_and_a_reason(clinic: Clinic) -> None:
    clinic.booked("10:00", patient_id=clinic.other_patient.pk)
    desk, doctor = signed_in(clinic.desk), signed_in(clinic.doctor_actor)
    where = address(clinic, start=TEN, **{"with": clinic.doctor.pk})
    assert "overbooking_reason" not in text(doctor, where)
    assert "book a second patient" not in text(doctor, where)
    page = text(desk, where)
    assert "Book twice at 10:00" in page
    assert "hx-post" not in page.split('id="chosen"')[1].split("</section>")[0]  # nothing can be held there
    assert desk.post(where, {"priority": "NORMAL"}).status_code == 422
    smuggled = doctor.post(where, {"priority": "NORMAL", "overbooking_reason": "I want to"})
    assert smuggled.status_code == 422
    assert "may not book a doctor twice" in smuggled.content.decode()
    assert desk.post(where, {"priority": "NORMAL", "overbooking_reason": "Dr Menon agreed"}).status_code == 303
    with acting_as(clinic.system):
        twice = Appointment.objects.get(patient=clinic.patient)
    assert (twice.is_overbooked, twice.overbooking_reason) == (True, "Dr Menon agreed")


def test_price_tax_deposit_policy_and_needs_are_read_before_confirming(clinic: Clinic, desk: Client) -> None:
    with acting_as(clinic.system):
        policy = CancellationPolicy.objects.create(
            organization_id=clinic.organization_id, name="Strict", sentence="Cancel a day before, or half is due.",
            late_cancel_percent=50,
        )  # fmt: skip
        Service.objects.filter(pk=clinic.peel.pk).update(
            prepayment="DEPOSIT", deposit_percent=20, cancellation_policy=policy,
            special_needs=["A fan beside the chair"], needs_note="Ask about retinol.",
        )  # fmt: skip
    page = text(desk, address(clinic, service=clinic.peel.pk))
    assert 'Deposit, before the visit</dt><dd class="k-num"><bdi>₹200.00</bdi>' in page
    assert "The rest at the clinic</dt><dd><bdi>₹800.00</bdi>" in page
    for words in ("Cancel a day before, or half is due.", "A fan beside the chair", "Ask about retinol."):
        assert words in page


def test_a_package_is_booked_like_a_service(clinic: Clinic, desk: Client) -> None:
    with acting_as(clinic.system):
        package = Package.objects.create(
            organization_id=clinic.organization_id, code="GLOW", name="Glow package", minutes=45, price=Decimal(9000)
        )
    assert "Glow package" in text(desk, address(clinic, service=None))
    where = address(clinic, service=None, package=package.pk)
    assert "Today, 09:00–09:45" in text(desk, where)
    assert desk.post(where, {"priority": "NORMAL"}).status_code == 303
    assert visit(clinic).package_id == package.pk


def test_a_follow_up_is_chosen_from_the_visits_that_were(clinic: Clinic, desk: Client) -> None:
    before = clinic.booked("09:00")
    assert "First consultation</option>" not in text(desk, address(clinic))  # it has not been yet
    with clock.at(EIGHT + timedelta(hours=1)):
        actions.check_in(before.pk, by=clinic.desk)
        where = address(clinic, date="2026-11-25")
        assert "24 Nov 2026, First consultation" in text(desk, where)
        foreign = desk.post(where, {"priority": "NORMAL", "follows": str(clinic.patient.pk)})
        assert foreign.status_code == 422
        assert desk.post(where, {"priority": "NORMAL", "follows": str(before.pk)}).status_code == 303
    with acting_as(clinic.system):
        assert Appointment.objects.get(follows=before).kind == "FOLLOW_UP"


def test_the_page_takes_the_same_statements_for_2_and_30_doctors(clinic: Clinic, desk: Client) -> None:
    laser = open_laser(clinic)
    where = address(clinic, service=laser.session.pk, date="2026-11-24")
    desk.get(where)
    few = statements(desk, where)
    line = actions.ScheduleLine(weekday=1, starts_at=time(9), ends_at=time(17), valid_from=TUESDAY)
    for n in range(28):
        one = people.add_staff(f"Dr Number {n}", kind="DOCTOR", by=clinic.system)
        actions.set_schedule(one.pk, clinic.branch.pk, line, by=clinic.owner)
        people.add_room(clinic.branch.pk, name=f"More {n}", code=f"M{n}", kind="LASER", by=clinic.system)
    assert statements(desk, where) == few
    assert few < 60


@pytest.mark.parametrize(
    "query", ["start=never", "patient=x", "service=%00", "how=swimming", "how=walk_in&at=99:99", "team=x&room=y"]
)
def test_an_address_that_makes_no_sense_still_opens(desk: Client, query: str) -> None:
    assert desk.get(f"/appointments/book?{query}").status_code == 200


def test_who_may_not_book_is_refused(clinic: Clinic) -> None:
    signed_out, doctor = Client(), signed_in(clinic.doctor_actor)
    for path in ("/appointments/book", "/appointments/series", "/appointments/approvals"):
        assert signed_out.get(path).status_code == 302
    for path in ("/appointments/book/hold", "/appointments/book/let-go"):
        assert signed_out.post(path, {"hold_id": "x"}).status_code == 302
    assert doctor.get("/appointments/approvals").status_code == 403
