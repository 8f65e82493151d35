"""A case that was started by mistake is taken back on the tablet, with a reason, and waits for its day again."""

import os
from typing import Any

import pytest
from playwright.sync_api import expect

from kalon.kernel import clock
from kalon.patients import actions as patients
from kalon.patients.rules import PatientDetails
from kalon.scheduling import actions as scheduling
from kalon.theatre import actions
from kalon.theatre.tests.under_way import started
from tests.browser import operated
from tests.browser.browsers import PHONE, TABLET, Browsers, Window
from tests.browser.house import House
from tests.browser.rows import _booked, _seen
from tests.journeys.story import on_tuesday
from tests.journeys.surgery import hands

NURSE = "nurse@kalon.test"
PICTURES = os.environ.get("KALON_PICTURES", "")


@pytest.fixture(scope="module")
def begun(house: House) -> Any:
    """A case of this Tuesday, started a minute ago."""
    story = house.story
    house.at(on_tuesday("08:00"))
    with clock.at(on_tuesday("08:55")):
        details = PatientDetails(
            given_name="Lakshmi", family_name="Pillai", birth_date="1985-02-11", phone="+919846550199",
            gender="female", confirmed_not_duplicate=True,
        )  # fmt: skip
        patient = patients.register(details, by=story.desk)
        patients.record_allergies(patient.pk, "NONE_KNOWN", [], by=story.nurse)
        visit = _booked(story, patient, "09:00")
        scheduling.check_in(visit.pk, by=story.desk)
        case = operated.scheduled(story, _seen(story, visit), at="17:00")
    with clock.at(on_tuesday("16:55")):
        started(hands(story), case)
        actions.write_time(case.pk, "in", by=story.nurse)
    house.at(on_tuesday("16:57"))
    return case


def pictured(window: Window, name: str) -> None:
    if PICTURES:
        window.page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)
    assert window.violations() == []
    assert window.overflow() <= 0


def test_a_start_by_mistake_is_taken_back(house: House, browsers: Browsers, begun: Any) -> None:
    for size, name in ((PHONE, "phone"), (TABLET, "tablet")):
        with browsers.window(size, signed_in=NURSE) as window:
            page = window.page
            window.go(f"/cases/{begun.pk}")
            page.get_by_text("Started by mistake").click()
            pictured(window, f"started-by-mistake-{name}")
            if size is TABLET:
                page.get_by_label("Why").locator("visible=true").fill("The wrong list was open")
                page.get_by_role("button", name="Take the start back").click()
                expect(page.get_by_role("heading", name="Start the case")).to_be_visible()
                expect(page.get_by_text("The wrong list was open")).to_be_visible()
                pictured(window, "start-taken-back")
