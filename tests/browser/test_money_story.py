"""The money of a patient as it is lived: decided, agreed, paid, used, and the books agree at the end.

One clinic, one day; the desk, the doctor and the patient each in their own window. Every step goes through a page.
"""

import os
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from kalon.consultations import actions as consultations
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.patients.rules import PatientDetails
from kalon.scheduling import actions as scheduling
from kalon.scheduling.actions import BookingRequest
from kalon.tills import actions as tills
from kalon.tills import queries
from tests.browser.browsers import TABLET, Browsers, Window
from tests.browser.house import House
from tests.journeys.story import on_tuesday

LATER = timedelta(days=14)  # a day that no other test of this house lives
DESK, DOCTOR = "frontdesk@kalon.test", "doctor@kalon.test"


def at(clock_time: str) -> datetime:
    return on_tuesday(clock_time) + LATER


def shots(window: Window, name: str) -> None:
    if folder := os.environ.get("KALON_SHOTS"):
        window.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.fixture(scope="module")
def drawer(house: House) -> Any:
    """The desk's drawer is open."""
    place = house.story.place
    house.at(at("08:30"))
    with clock.at(house.tick()):
        made = tills.add_drawer(place.branch.pk, "Till of the money story", by=place.by["billing"])
        return tills.open_drawer(made.pk, {"100": 10}, by=house.story.desk)


def _patient(house: House, given: str, family: str, phone: str, email: str = "") -> Any:
    details = PatientDetails(given_name=given, family_name=family, birth_date="1990-04-02", gender="female",
                             phone=phone, email=email, confirmed_not_duplicate=True)  # fmt: skip
    made = patients.register(details, by=house.story.desk)
    patients.record_allergies(made.pk, "NONE_KNOWN", [], by=house.story.nurse)
    return made


def _with_the_doctor(house: House, patient: Any, start: datetime) -> Any:
    """She is here, and the doctor has begun."""
    story = house.story
    wish = BookingRequest(
        patient_id=patient.pk, branch_id=story.place.branch.pk, doctor_id=story.dr_menon.pk,
        service_id=story.place.services["FOLLOW-UP"].pk, start=start,
    )  # fmt: skip
    visit = scheduling.book(wish, by=story.desk)
    scheduling.check_in(visit.pk, by=story.desk)
    encounter = story.encounter(visit)
    assert encounter is not None
    consultations.begin(encounter.pk, by=story.doctor)
    return visit


class Presses:
    """Every press of the way is counted."""

    def __init__(self) -> None:
        self.made = 0

    def on(self, target: Any) -> None:
        target.tap()
        self.made += 1


def test_a_treatment_on_the_same_day_from_one_screen(house: House, browsers: Browsers, drawer: Any) -> None:
    house.at(at("09:55"))
    with clock.at(house.tick()):
        visit = _with_the_doctor(house, _patient(house, "Anjali", "Rao", "+919846111201"), at("10:00"))
    presses = Presses()
    house.at(at("10:10"))
    with browsers.window(TABLET, signed_in=DOCTOR) as tablet:
        page = tablet.page
        tablet.go(f"/same-day/{visit.pk}")
        shots(tablet, "same-day-plan")
        page.get_by_label("Treatment", exact=True).select_option(label="Botulinum toxin, one area")
        page.get_by_label("Assessment").fill("Glabellar lines.")
        presses.on(page.locator("label.k-chip", has_text="None needed"))
        presses.on(page.get_by_role("button", name="Plan and approve"))
        expect(page.get_by_role("heading", name="Botulinum toxin, one area, today")).to_be_visible()
        assert tablet.violations() == [] and tablet.overflow() <= 0
        shots(tablet, "same-day-doctor")
    with browsers.window(TABLET, signed_in=DESK) as tablet:
        page = tablet.page
        tablet.go(f"/same-day/{visit.pk}")
        expect(page.get_by_text("₹10,030.00").first).to_be_visible()
        shots(tablet, "same-day-time")
        assert tablet.violations() == [] and tablet.overflow() <= 0
        presses.on(page.get_by_role("button", name=re.compile(r"^Book \d")))
        expect(page.get_by_role("heading", name="To pay: ₹10,030.00")).to_be_visible()
        shots(tablet, "same-day-money")
        assert tablet.violations() == [] and tablet.overflow() <= 0
        presses.on(page.get_by_role("button", name="Take ₹10,030.00 and check in"))
        expect(page.get_by_text("sees the patient next")).to_be_visible()
        shots(tablet, "same-day-done")
        assert tablet.violations() == [] and tablet.overflow() <= 0
        receipt = page.get_by_role("link", name="Print receipt").get_attribute("href")
        assert receipt and "10,030.00" in _words(tablet, receipt)
    assert presses.made == 4
    with acting_as(house.story.desk):
        done = queries.same_day(visit.pk, seen_by=house.story.desk)
        assert done.bill and done.plan and done.session
        assert (done.step, done.bill.status, done.plan.status, done.session.status) == (
            "DONE", "PAID", "SCHEDULED", "CHECKED_IN",
        )  # fmt: skip


def _words(window: Window, address: str) -> str:
    """What stands on a paper that opens."""
    from io import BytesIO

    from pypdf import PdfReader

    answer = window.context.request.get(address)
    assert answer.status == 200 and answer.body().startswith(b"%PDF")
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(answer.body())).pages)
