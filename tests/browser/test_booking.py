"""Booking as people do it: counted taps, a time held before their eyes, the keyboard alone, and somebody quicker."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.patients.rules import PatientDetails
from kalon.scheduling import actions as scheduling
from kalon.scheduling.actions import BookingRequest
from kalon.scheduling.lifecycles import AHEAD
from kalon.scheduling.models import Allocation, Appointment
from tests.browser.browsers import DESKTOP, PHONE, Browsers, comes_true
from tests.browser.house import House
from tests.journeys.story import on_tuesday

DESK = "frontdesk@kalon.test"


NAMES = iter(("Diya", "Esha", "Gauri", "Hema", "Ishita", "Jaya", "Kirti", "Lalita", "Nandini"))


@pytest.fixture
def diya(house: House) -> Iterator[Any]:
    """A patient whom the desk knows; each test has one of its own, and gives the day back as it was."""
    house.at(on_tuesday("08:20"))
    given = next(NAMES)
    with clock.at(house.tick()):
        details = PatientDetails(
            given_name=given, family_name="Suresh", birth_date="1991-02-03", gender="female",
            email=f"{given.lower()}@example.org", confirmed_not_duplicate=True,
        )  # fmt: skip
        patient = patients.register(details, by=house.story.desk)
    yield patient
    _give_back(house, patient.pk)


def _give_back(house: House, patient_id: Any) -> None:
    """Cancel what a test booked: the house is shared, and others want its rooms."""
    with acting_as(house.story.place.system):
        ahead = list(Appointment.objects.filter(patient_id=patient_id, status__in=AHEAD).values_list("pk", flat=True))
    with clock.at(house.tick()):
        for pk in ahead:
            scheduling.cancel(pk, "The test is over", by=house.story.desk)


def held(house: House) -> int:
    """How many people and things are held for somebody now."""
    with acting_as(house.story.place.system), clock.at(house.time):
        return Allocation.objects.filter(is_live=True, appointment=None, expires_at__gt=house.time).count()


def service(house: House, code: str) -> Any:
    return house.story.place.services[code].pk


def test_patient_service_confirm_with_the_time_held_meanwhile(house: House, browsers: Browsers, diya: Any) -> None:
    taps = 0
    with browsers.window(DESKTOP, signed_in=DESK) as desk:
        page = desk.page
        desk.go("/appointments/book")
        expect(page.locator(":focus")).to_have_attribute("id", "q")
        page.keyboard.type(diya.name.lower())
        page.locator("#hits a").first.click()
        taps += 1
        page.get_by_role("link", name=re.compile("^Laser hair reduction, arms")).click()
        taps += 1
        expect(page.locator("[data-hold-on]")).to_contain_text(re.compile(r"Held for you [45]:\d\d"))
        assert held(house) >= 3
        expect(page.locator("#chosen")).to_contain_text("Laser room")
        assert not desk.violations()
        page.locator("[name=chief_complaint]").fill("Third session")
        page.get_by_role("button", name=re.compile("^Confirm")).click()
        taps += 1
        expect(page.get_by_text(f"{diya.name} booked for")).to_be_visible()
        assert taps <= 4
    assert held(house) == 0
    with acting_as(house.story.place.system):
        visit = _visits(diya)[-1]
        assert visit.chief_complaint == "Third session"
        assert visit.team


def _visits(patient: Any) -> list[Any]:
    return list(Appointment.objects.filter(patient=patient).select_related("patient").order_by("created_at"))


def test_the_whole_wizard_without_a_mouse(house: House, browsers: Browsers, diya: Any) -> None:
    with browsers.window(DESKTOP, signed_in=DESK) as desk:
        page = desk.page
        desk.go("/day")
        page.keyboard.press("n")
        expect(page.locator("#q")).to_be_focused()
        page.keyboard.type(diya.name)
        expect(page.locator("#hits")).to_have_attribute("data-for", diya.name)
        page.keyboard.press("Enter")
        expect(page.locator("#narrow")).to_be_focused()
        page.keyboard.type("skin consult")
        page.keyboard.press("Enter")
        expect(page.locator("#chosen")).to_be_focused()
        expect(page.locator("[data-hold-on]")).to_be_visible()
        chip = page.locator(".k-chip[aria-current]")
        _tab_to(page, chip, "Shift+Tab")
        first = chip.inner_text()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowDown")
        moved = page.locator(":focus").inner_text()
        assert moved != first
        page.keyboard.press("Enter")
        expect(page.locator(".k-chip[aria-current]")).to_be_focused()  # the new page keeps the place
        expect(page.locator("#chosen-time")).to_contain_text(moved.split()[0])
        expect(page.locator("[data-hold-on]")).to_be_visible()
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text(f"{diya.name} booked for")).to_be_visible()


def _tab_to(page: Page, wanted: Any, key: str = "Tab") -> None:
    for _ in range(60):
        page.keyboard.press(key)
        if wanted.evaluate("node => node === document.activeElement"):
            return
    raise AssertionError("The keyboard does not get there.")


def test_a_hold_runs_out_and_is_taken_again(house: House, browsers: Browsers, diya: Any) -> None:
    with browsers.window(DESKTOP, signed_in=DESK) as desk:
        page = desk.page
        page.clock.install()
        desk.go(f"/appointments/book?patient={diya.pk}&service={service(house, 'CONSULT-DERM')}")
        expect(page.locator("[data-hold-on]")).to_be_visible()
        before = page.locator("[data-hold]").get_attribute("data-hold")
        page.clock.run_for(70_000)
        page.locator("[name=chief_complaint]").press_sequentially("Brown patches")  # typing renews it
        expect(page.locator(f"[data-hold]:not([data-hold='{before}'])")).to_be_visible()
        expect(page.locator("[data-hold-on]")).to_contain_text(re.compile(r"(5:00|4:5\d)"))
        expect(page.locator("[name=chief_complaint]")).to_be_focused()
        page.clock.run_for(301_000)
        expect(page.get_by_text("No longer held for you", exact=True)).to_be_visible()
        house.at(on_tuesday("08:32"))
        page.get_by_role("button", name="Take it again").click()
        expect(page.locator("[data-hold-on]")).to_be_visible()
        expect(page.locator("[name=chief_complaint]")).to_have_value("Brown patches")
        assert held(house) >= 1
        desk.go("/day")  # whoever leaves the page lets go of the time
        page.clock.run_for(1_000)
        comes_true(page, lambda: held(house) == 0, "the time is let go")


def test_somebody_quicker_costs_no_word(house: House, browsers: Browsers, diya: Any) -> None:
    story = house.story
    with browsers.window(DESKTOP, signed_in=DESK) as desk:
        page = desk.page
        where = f"/appointments/book?patient={diya.pk}&service={service(house, 'CONSULT-DERM')}"
        desk.go(f"{where}&start=2026-11-24T06:00Z&with={story.dr_menon.pk}")
        expect(page.locator("[data-hold-on]")).to_be_visible()
        page.locator("[name=chief_complaint]").fill("Typed with care")
        house.at(on_tuesday("08:40"))  # the hold ran out unseen, and somebody was quicker
        with clock.at(house.tick()):
            rahul = story.registered(phone="+919846120999")
            scheduling.book(
                BookingRequest(
                    patient_id=rahul.patient_id, branch_id=story.place.branch.pk, doctor_id=story.dr_menon.pk,
                    service_id=service(house, "CONSULT-DERM"), start=on_tuesday("11:30"),
                ),
                by=story.place.by["owner"],
            )  # fmt: skip
        page.get_by_role("button", name=re.compile("^Confirm 11:30")).click()
        expect(page.get_by_text("Dr Kavya Menon is taken from 11:30").first).to_be_visible()
        expect(page.locator("[name=chief_complaint]")).to_have_value("Typed with care")
        page.locator("[name=chief_complaint]").fill("Typed with even more care")
        page.locator("[data-form-errors] a").first.click()
        expect(page.locator("[data-hold-on]")).to_be_visible()
        expect(page.locator("[name=chief_complaint]")).to_have_value("Typed with even more care")
        page.get_by_role("button", name=re.compile("^Confirm")).click()
        expect(page.get_by_text(f"{diya.name} booked for")).to_be_visible()
        _give_back(house, rahul.patient_id)
        desk.complaints = [one for one in desk.complaints if "422" not in one]  # the browser notes the refusal


def test_six_sessions_in_one_go_and_the_rest_cancelled(house: House, browsers: Browsers, diya: Any) -> None:
    with browsers.window(DESKTOP, signed_in=DESK) as desk:
        page = desk.page
        desk.go(f"/appointments/book?patient={diya.pk}&service={service(house, 'LASER-HAIR-FACE')}&date=2026-12-01")
        page.get_by_text("Several sessions").click()
        page.get_by_role("button", name="Plan them").click()
        expect(page.locator("[data-line]")).to_have_count(6)
        assert not desk.violations()
        page.locator("#visit-6").select_option("skip")
        page.get_by_role("button", name=re.compile("^Book ")).click()
        expect(page.get_by_text(f"5 visits booked for {diya.name}")).to_be_visible()
        expect(page.get_by_text("3 of 5")).to_be_visible()
        assert not desk.violations()
        page.get_by_role("link", name=re.compile("^Tue 29 Dec")).click()
        expect(page.get_by_role("link", name="3 of 5")).to_be_visible()
        page.get_by_role("link", name="3 of 5").click()
        page.locator("[name=reason]").fill("Moves to another city")
        page.get_by_role("button", name="Cancel 5 visits").click()
        expect(page.get_by_text("Cancelled", exact=True)).to_have_count(5)


def test_a_request_is_approved_in_one_tap_another_declined(house: House, browsers: Browsers, diya: Any) -> None:
    story = house.story
    with clock.at(house.tick()):
        patient = story.patient_actor(diya.pk, "Diya")
        for at in ("16:00", "17:00"):
            scheduling.book(
                BookingRequest(
                    patient_id=diya.pk, branch_id=story.place.branch.pk, doctor_id=story.dr_menon.pk,
                    service_id=service(house, "PEEL"), start=on_tuesday(at) + timedelta(days=1),
                    chief_complaint="Dull skin before a wedding",
                ),
                by=patient,
            )  # fmt: skip
    with browsers.window(DESKTOP, signed_in=DESK) as desk:
        page = desk.page
        desk.go("/day")
        page.get_by_role("link", name=re.compile("^Requests")).first.click()
        mine = page.get_by_role("article").filter(has_text=diya.name)
        expect(mine).to_have_count(2)
        expect(mine.first).to_contain_text("Dull skin before a wedding")
        expect(mine.first).to_contain_text("16:00")
        mine.first.get_by_role("button", name=re.compile("^Approve")).click()
        expect(page.get_by_text(re.compile(f"Approved.*: {diya.name}"))).to_be_visible()
        expect(mine).to_have_count(1)
        mine.get_by_role("link", name=re.compile("^Change or decline")).click()
        assert not desk.violations()
        page.get_by_role("button", name="Decline").click()
        expect(page.get_by_text("This field is required.")).to_be_visible()
        page.locator("#decline_reason").fill("Please call us first")
        page.get_by_role("button", name="Decline").click()
        expect(page.get_by_text(f"Declined: {diya.name}")).to_be_visible()
        desk.complaints = [one for one in desk.complaints if "422" not in one]
    assert [visit.status for visit in _visits_in(house, diya)] == ["CONFIRMED", "CANCELLED"]


def _visits_in(house: House, patient: Any) -> list[Any]:
    with acting_as(house.story.place.system):
        return _visits(patient)


def test_the_desk_books_on_a_phone(house: House, browsers: Browsers, diya: Any) -> None:
    with browsers.window(PHONE, signed_in=DESK, dark=True) as desk:
        page = desk.page
        desk.go(f"/appointments/book?patient={diya.pk}&service={service(house, 'CONSULT-DERM')}")
        expect(page.locator("[data-hold-on]")).to_be_visible()
        assert desk.overflow() <= 0
        assert not desk.violations()
        page.get_by_role("link", name="All times").click()
        assert desk.overflow() <= 0
        page.locator("a.k-chip.k-mono:not([title])").nth(3).click()
        expect(page.locator("[data-hold-on]")).to_be_visible()
        page.get_by_role("button", name=re.compile("^Confirm")).click()
        expect(page.get_by_text(f"{diya.name} booked for")).to_be_visible()


def test_a_patient_books_on_the_phone_whoever_is_first(house: House, browsers: Browsers) -> None:
    story = house.story
    house.at(on_tuesday("08:20"))
    patient = _registered(house, "Ojas")
    before = held(house)  # what another story has not let go of yet
    with browsers.window(PHONE, signed_in="ojas@example.org") as phone:
        page = phone.page
        phone.go("/my/book")
        page.get_by_role("link", name=re.compile("^Skin consultation")).click()
        expect(page.get_by_text("with tax. It is paid to keep the time.")).to_be_visible()
        page.get_by_role("link", name=re.compile("^Whoever is first")).click()
        page.get_by_role("link", name=re.compile("^Thu 26")).click()
        page.locator("label.k-time").nth(1).click()
        expect(page.get_by_text("Held for you. Nobody else can take it.")).to_be_visible()
        expect(page.locator("[data-hold-on]")).to_contain_text("Thu 26 Nov, 09:")
        assert held(house) >= before + 2
        assert phone.overflow() <= 0
        assert not phone.violations()
        page.locator("[name=complaint]").fill("Dark circles")
        page.get_by_role("button", name="Confirm this time").click()
        expect(page.get_by_text("To be paid", exact=True)).to_be_visible()
        page.get_by_role("button", name=re.compile("^Pay")).first.click()
        expect(page.get_by_text("Test gateway")).to_be_visible()
        page.get_by_role("button", name=re.compile("^Pay")).click()
        expect(page.get_by_role("heading", name="Paid")).to_be_visible()
        page.get_by_role("link", name=re.compile("^Back to")).click()
        expect(page.get_by_text("Confirmed", exact=True)).to_be_visible()  # nobody at the desk did anything
    assert held(house) <= before
    assert [visit.status for visit in _visits_in(house, patient)] == ["CONFIRMED"]
    assert story.desk.name not in {by for *_, by in story.moves(_visits_in(house, patient)[0])}


def _registered(house: House, given: str) -> Any:
    """A patient who registered by themselves, and so has an account."""
    story = house.story
    with clock.at(house.tick()):
        details = PatientDetails(
            given_name=given, family_name="Suresh", birth_date="1991-02-03", email=f"{given.lower()}@example.org"
        )
        row = patients.start_registration(details, "a long pass phrase", by=story.visitor)
        return patients.confirm_registration(row.pk, story.code_sent(), by=story.visitor)
