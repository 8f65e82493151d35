"""Hours, leave and holidays in a real browser: the editor of a week, the question about visits, and every size."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.scheduling import actions as scheduling
from kalon.scheduling import queries
from tests.browser.browsers import DESKTOP, PHONE, Browsers, Window
from tests.browser.house import House
from tests.journeys.story import on_tuesday

TABLET = {"width": 820, "height": 1180}
OWNER, DOCTOR = "owner@kalon.test", "doctor@kalon.test"


@pytest.fixture
def evening(house: House) -> House:
    """Tuesday evening: what is booked is booked for another day."""
    house.at(on_tuesday("19:30"))
    return house


def _look(window: Window) -> None:
    """Nothing to complain of for axe, and nothing wider than the window."""
    assert window.violations() == []
    assert window.overflow() <= 0


def test_a_week_is_written_in_the_editor_and_holds_from_a_day_on(evening: House, browsers: Browsers) -> None:
    """Add, copy and remove without a reload; the picture follows; Enter saves."""
    person = evening.story.place.doctors[1]
    with browsers.window(TABLET, signed_in=OWNER) as owner:
        page = owner.page
        owner.go(f"/doctor-schedules/manage?staff={person.pk}&on=2027-03-01")
        _look(owner)
        page.get_by_role("link", name="Change the week").click()
        monday = page.get_by_role("region", name="Monday")
        monday.get_by_label("To", exact=True).first.fill("12:30")
        monday.get_by_label("To", exact=True).first.blur()
        expect(page.locator("#week-picture")).to_contain_text("09:00–12:30")
        for side in ("Break from", re.compile("^to ")):
            monday.get_by_label(side).first.fill("")
        monday.get_by_role("button", name="Hours on Monday").click()
        expect(monday.get_by_label("From", exact=True)).to_have_count(2)
        expect(monday.get_by_label("To", exact=True).first).to_have_value("12:30")  # what was typed stays
        monday.get_by_label("From", exact=True).nth(1).fill("20:00")
        monday.get_by_label("To", exact=True).nth(1).fill("02:00")
        monday.get_by_label("Copy Monday to").select_option("weekdays")
        monday.get_by_role("button", name="Copy Monday").click()
        friday = page.get_by_role("region", name="Friday")
        expect(friday.get_by_label("From", exact=True)).to_have_count(2)
        page.get_by_role("region", name="Sunday").get_by_role("button", name="Take these hours").click()
        expect(page.get_by_role("region", name="Sunday")).to_contain_text("no hours")
        _look(owner)
        friday.get_by_label("Patients per slot").first.press("Enter")
        expect(page.get_by_role("heading", name=f"The week of {person.name}")).to_be_visible()
        expect(page.get_by_role("row", name=re.compile("^Friday"))).to_contain_text("20:00–02:00")
        expect(page.get_by_role("row", name=re.compile("^Sunday"))).to_contain_text("No hours")
        expect(page.get_by_role("link", name=re.compile("From Mon 1 Mar 2027"))).to_be_visible()
        _look(owner)


@pytest.mark.parametrize(("size", "dark"), [(DESKTOP, False), (PHONE, True)])
def test_visits_are_decided_before_the_hours_change(
    evening: House, browsers: Browsers, size: dict[str, int], dark: bool
) -> None:
    story = evening.story
    with clock.at(evening.tick()):
        meera = story.registered()
        on = on_tuesday("15:00").date() + timedelta(days=28 if dark else 21)
        wish = scheduling.BookingRequest(
            patient_id=meera.patient_id,
            branch_id=story.place.branch.pk,
            doctor_id=story.dr_menon.pk,
            service_id=story.place.services["FOLLOW-UP"].pk,
            start=on_tuesday("15:00") + (on - on_tuesday("15:00").date()),
        )
        visit = scheduling.book(wish, by=story.desk)
    with browsers.window(size, signed_in=OWNER, dark=dark) as owner:
        page = owner.page
        owner.go(f"/doctor-schedules/time-off?staff={story.dr_menon.pk}")
        page.get_by_label("Kind").select_option("LEAVE")
        page.get_by_label("From").fill(on.isoformat())
        page.get_by_label("Until").fill(on.isoformat())
        page.get_by_role("button", name="Block this time").click()
        expect(page.get_by_text("1 visit would lie outside")).to_be_visible()
        owner.complaints = [one for one in owner.complaints if "status of 422" not in one]  # the question is a 422
        _look(owner)
        other = page.get_by_role("group", name=re.compile("15:00")).get_by_role("radio").nth(1)
        other.focus()
        page.keyboard.press("Space")
        expect(other).to_be_checked()
        page.get_by_role("button", name="Block the time").click()
        expect(page.get_by_role("list").filter(has_text="Leave").first).to_contain_text(story.dr_menon.name)
        _look(owner)
    with acting_as(story.place.system):
        assert queries.appointment(visit.pk, seen_by=story.place.system).status == "RESCHEDULED"


def test_leave_is_asked_for_on_the_phone_and_approved_at_the_desk(evening: House, browsers: Browsers) -> None:
    with browsers.window(PHONE, signed_in=DOCTOR) as doctor:
        page = doctor.page
        doctor.go("/doctor-schedules/leave")
        page.get_by_text("The morning").click()
        page.get_by_label("From", exact=True).fill("2027-02-05")
        page.get_by_label("Note to the manager").fill("A wedding")
        _look(doctor)
        page.get_by_role("button", name="Ask for it").click()
        expect(page.get_by_role("listitem").filter(has_text="Fri 5 Feb 2027")).to_contain_text("Asked for")
    with browsers.window(DESKTOP, signed_in=OWNER) as owner:
        page = owner.page
        owner.go("/doctor-schedules/leave")
        page.get_by_role("link", name=re.compile("Answer.*Fri 5 Feb")).click()
        page.get_by_role("button", name="Approve").click()
        expect(page.get_by_role("listitem").filter(has_text="Fri 5 Feb 2027")).to_contain_text("Approved")
        _look(owner)


def test_holidays_are_proposed_and_kept_and_the_month_shows_them(evening: House, browsers: Browsers) -> None:
    with browsers.window(DESKTOP, signed_in=OWNER) as owner:
        page = owner.page
        owner.go("/doctor-schedules/holidays")
        page.get_by_label("State or province").select_option("KL")
        page.get_by_role("button", name="Propose holidays").click()
        christmas = page.get_by_role("listitem").filter(has_text="Christmas").first
        christmas.get_by_role("checkbox").check()
        page.get_by_role("button", name="Save the holidays").click()
        expect(christmas).to_contain_text("Closed")
        _look(owner)
        christmas.get_by_role("link", name=re.compile("Who works")).click()
        page.get_by_role("checkbox").first.check()
        page.get_by_role("button", name="Save who works").click()
        expect(page.get_by_role("listitem").filter(has_text="Christmas").first).to_contain_text("works")
        owner.go("/doctor-schedules/month?month=2026-12")
        expect(page.get_by_role("columnheader", name=re.compile("25.*Christmas"))).to_be_visible()
        _look(owner)
        page.emulate_media(media="print")
        expect(page.get_by_role("button", name="Print")).to_be_hidden()
        expect(page.get_by_role("table")).to_be_visible()
