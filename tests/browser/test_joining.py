"""The desk compares two records, sees that they are one person, joins them, and takes it back."""

from typing import Any

import pytest
from playwright.sync_api import expect

from kalon.kernel import clock
from kalon.patients import actions as patients
from kalon.patients.rules import AllergyDetails, PatientDetails
from tests.browser.browsers import DESKTOP, PHONE, Browsers
from tests.browser.house import House
from tests.journeys.story import on_tuesday

DESK = "frontdesk@kalon.test"


@pytest.fixture
def two(house: House) -> tuple[Any, Any]:
    """Two records of Devika, the younger with another phone and a penicillin allergy."""
    house.at(on_tuesday("08:30"))
    made = []
    for given, phone in (("Devika", "+919846777001"), ("Devika S", "+919846777002")):
        told = PatientDetails(
            given_name=given, family_name="Suresh", birth_date="1990-05-04", phone=phone, gender="female",
            confirmed_not_duplicate=True,
        )  # fmt: skip
        with clock.at(house.tick()):
            made.append(patients.register(told, by=house.story.desk))
    with clock.at(house.tick()):
        patients.record_allergies(made[1].pk, "KNOWN", [AllergyDetails(substance="Penicillin")], by=house.story.nurse)
    return made[0], made[1]


def test_the_desk_joins_two_records_and_separates_them(browsers: Browsers, house: House, two: tuple[Any, Any]) -> None:
    older, younger = two
    with browsers.window(DESKTOP, signed_in=DESK) as desk:
        desk.go(f"/patients/{older.pk}/details")
        desk.page.get_by_role("link", name="Another record?").click()
        desk.page.get_by_role("link", name=younger.mrn).click()
        expect(desk.page.get_by_role("heading", name="One person or two?")).to_be_visible()
        assert desk.violations() == [] and desk.overflow() == 0
        desk.page.get_by_label("Phone: +91 98467 77002").check()
        desk.page.get_by_label("How do you know that both are the same person?").fill("Same identity card")
        desk.page.get_by_role("button", name="Join these two records").click()
        expect(desk.page.get_by_label("Joined records")).to_contain_text(f"{younger.mrn} was joined into this record")
        expect(desk.page.get_by_text("Penicillin").first).to_be_visible()
        expect(desk.page.get_by_text("+91 98467 77002").first).to_be_visible()
        assert desk.violations() == []
        desk.go(f"/patients/{younger.pk}")
        assert desk.page.url.endswith(f"/patients/{older.pk}")
        desk.page.get_by_label("Why are they two people?").fill("Two sisters")
        desk.page.get_by_role("button", name="Undo").click()
        expect(desk.page.get_by_label("Joined records")).to_have_count(0)
        expect(desk.page.get_by_text("Penicillin")).to_have_count(0)
    with browsers.window(PHONE, signed_in=DESK) as phone:
        phone.go(f"/patients/{older.pk}/compare?with={younger.pk}")
        assert phone.violations() == [] and phone.overflow() == 0
