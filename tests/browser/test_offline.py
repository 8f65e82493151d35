"""A patient at the clinic's door without a network: the next visit opens, and after signing out it is gone."""

from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Error, expect

from kalon.kernel import clock
from kalon.patients import actions as patients
from kalon.patients.rules import PatientDetails
from tests.browser.browsers import PHONE, Browsers, Window, comes_true
from tests.browser.house import House
from tests.browser.rows import _booked
from tests.journeys.story import MONDAY_EVENING

KEPT = (
    """async () => (await (await caches.open("kalon-pages")).keys()).map((page) => new URL(page.url).pathname).sort()"""
)


def _visitor(house: House, given: str) -> tuple[str, Any]:
    """A patient with an account and a visit on Tuesday."""
    story, email = house.story, f"{given.lower()}.offline@example.org"
    with clock.at(house.tick()):
        details = PatientDetails(given_name=given, family_name="Joy", birth_date=date(1990, 1, 2), email=email)
        row = patients.start_registration(details, "a long pass phrase", by=story.visitor)
        patient = patients.confirm_registration(row.pk, story.code_sent(), by=story.visitor)
        return email, _booked(story, patient, "16:00")


def _settled(window: Window, visit: Any) -> None:
    window.go("/my/")
    comes_true(window.page, lambda: window.page.evaluate(KEPT) == ["/my/", f"/my/visits/{visit.pk}"], "kept for later")


def test_the_next_visit_opens_without_a_network_until_one_signs_out(house: House, browsers: Browsers) -> None:
    house.at(MONDAY_EVENING)
    email, visit = _visitor(house, "Leena")
    with browsers.window(PHONE, signed_in=email) as leena:
        page = leena.page
        _settled(leena, visit)
        leena.context.set_offline(True)
        page.reload()
        expect(page.get_by_role("heading", name="Leena")).to_be_visible()
        expect(page.get_by_text("Your next visit is kept on this phone")).to_be_visible()
        page.locator("a[data-keep-offline]").first.click()
        expect(page.get_by_text(visit.number).first).to_be_visible()
        page.goto("/my/bills")  # not kept: home stands in for it
        expect(page.get_by_role("heading", name="Leena")).to_be_visible()
        leena.context.set_offline(False)
        leena.go("/my/you")
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url("**/accounts/login/**")
        assert page.evaluate(KEPT) == []
        leena.context.set_offline(True)
        with pytest.raises(Error, match="ERR_"):
            page.goto("/my/")
        leena.complaints.clear()  # what the browser itself says of addresses that do not answer
