"""From the day's row to the money taken: the desk's checkout, in as few presses as the clinic was promised."""

import os
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import expect

from kalon.billing import actions as billing
from kalon.consultations import actions as consultations
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.patients.rules import PatientDetails
from kalon.scheduling import actions as scheduling
from kalon.scheduling.actions import BookingRequest
from kalon.tills import actions as tills
from kalon.tills.models import Checkout
from tests.browser.browsers import DESKTOP, Browsers
from tests.browser.house import House
from tests.journeys.story import on_tuesday

LATER = timedelta(days=9)  # a day that no other test of this house lives
DESK = "frontdesk@kalon.test"


def at(clock_time: str) -> datetime:
    return on_tuesday(clock_time) + LATER


@pytest.fixture
def visit(house: House) -> Any:
    """Somebody was seen and injected; the desk has a drawer open, and a little money of hers on account."""
    story = house.story
    place, desk = story.place, story.desk
    house.at(at("08:00"))
    with clock.at(house.tick()):
        details = PatientDetails(given_name="Priya", family_name="Thomas", birth_date="1991-04-02", gender="female",
                                 phone="+919895031846", confirmed_not_duplicate=True)  # fmt: skip
        patient = patients.register(details, by=desk)
        patients.record_allergies(patient.pk, "NONE_KNOWN", [], by=story.nurse)
        made = scheduling.book(
            BookingRequest(
                patient_id=patient.pk, branch_id=place.branch.pk, doctor_id=story.dr_menon.pk,
                service_id=place.services["FOLLOW-UP"].pk, start=at("10:00"),
            ),
            by=desk,
        )  # fmt: skip
        drawer = tills.add_drawer(place.branch.pk, "Till of the checkout", by=place.by["billing"])
        tills.open_drawer(drawer.pk, {"500": 2, "100": 10}, by=desk)
        billing.receive_advance(patient.pk, place.branch.pk, "UPI", Decimal(300), by=desk)
    house.at(at("10:00"))
    with clock.at(house.tick()):
        scheduling.check_in(made.pk, by=desk)
        encounter = story.encounter(made)
        consultations.begin(encounter.pk, by=story.doctor)
        note = {"examination": "Fine lines.", "assessment": "Glabellar lines.", "advice": "Stay upright."}
        consultations.record_outcome(encounter.pk, outcome="NO_ACTION", note=note, by=story.doctor)
        consultations.close(encounter.pk, by=story.doctor)
    return made


def test_money_is_taken_in_two_presses_and_split_in_a_few_more(house: House, browsers: Browsers, visit: Any) -> None:
    presses = 0
    with browsers.window(DESKTOP, signed_in=DESK) as desk:
        house.at(at("10:40"))
        desk.go("/day")
        page = desk.page
        row = (
            page.locator("li, tr, article")
            .filter(has_text="Priya Thomas")
            .filter(has=page.get_by_role("button", name="Checkout"))
            .last
        )
        row.get_by_role("button", name="Checkout").click()
        presses += 1
        expect(page.get_by_role("heading", level=1)).to_have_text("Priya Thomas, checkout")
        expect(page.get_by_role("region", name="Lines of the bill")).to_contain_text("From visit")
        shots(desk, "checkout")
        take = page.get_by_role("button", name="Take ₹")
        take.click()
        presses += 1
        expect(page.get_by_text("Taken by Sini Paul")).to_be_visible()
        shots(desk, "paid")
        assert desk.violations() == []
    assert presses <= 3
    with acting_as(house.story.place.system):
        made = Checkout.objects.select_related("bill").get()
        assert (made.bill.status, [part.tender for part in made.parts.all()]) == ("PAID", ["WALLET", "UPI"])


def shots(window: Any, name: str) -> None:
    if folder := os.environ.get("KALON_SHOTS"):
        window.page.screenshot(path=f"{folder}/{name}.png", full_page=True)
