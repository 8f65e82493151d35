"""The desk without a mouse."""

import re

from playwright.sync_api import expect

from kalon.kernel import clock
from kalon.patients import actions as patients
from kalon.patients.rules import PatientDetails
from tests.browser.browsers import DESKTOP, Browsers, Window
from tests.browser.house import House
from tests.browser.rows import _booked
from tests.journeys.story import on_tuesday


def test_find_open_and_check_in(house: House, browsers: Browsers) -> None:
    story = house.story
    house.at(on_tuesday("08:10"))
    with clock.at(house.tick()):
        details = PatientDetails(
            given_name="Farah", family_name="Khan", birth_date="1985-05-05", phone="+919846001122", gender="female",
            confirmed_not_duplicate=True,
        )  # fmt: skip
        farah = patients.register(details, by=story.desk)
        _booked(story, farah, "17:00")
    with browsers.window(DESKTOP, signed_in="frontdesk@kalon.test") as desk:
        page = desk.page
        desk.go("/day")
        page.keyboard.press("Control+k")
        page.keyboard.type("farha khan")  # as one mishears it
        expect(page.get_by_role("option", name=re.compile("Farah Khan"))).to_be_visible()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Farah Khan")).to_be_visible()

        desk.go("/day")
        page.keyboard.press("Tab")
        expect(page.locator(":focus")).to_have_text(re.compile("Skip"))
        page.keyboard.press("Enter")
        row = page.get_by_role("row", name=re.compile("Farah Khan"))
        _tab_to(desk, row.get_by_role("button", name="Check in"))
        page.keyboard.press("Enter")
        expect(row).to_contain_text("Arrived")


def _tab_to(desk: Window, wanted: object) -> None:
    """Press Tab until the control has the focus; it must be reachable within a page's worth of stops."""
    for _ in range(120):
        desk.page.keyboard.press("Tab")
        if wanted.evaluate("node => node === document.activeElement"):  # type: ignore[attr-defined]
            return
    raise AssertionError("The keyboard does not get there.")
