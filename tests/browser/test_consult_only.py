"""The consult-only journey as people live it: the patient on a phone, desk, nurse and doctor on a desktop."""

import re

from playwright.sync_api import expect

from tests.browser.browsers import DESKTOP, PHONE, Browsers, Window
from tests.browser.house import House
from tests.journeys.story import MONDAY_EVENING, on_tuesday


def test_from_a_stranger_to_a_summary(house: House, browsers: Browsers) -> None:
    house.at(MONDAY_EVENING)
    with browsers.window(PHONE) as zoya:
        _registers(house, zoya)
        _books(zoya)
        _pays(house, zoya)
        house.at(on_tuesday("11:50"))
        zoya.go("/my/")
        expect(zoya.page.get_by_text("Show at desk")).to_be_visible()
        _is_checked_in(browsers)
        _is_measured(browsers)
        house.at(on_tuesday("12:02"))
        _is_seen(browsers)
        house.at(on_tuesday("19:00"))
        _reads(zoya)


def _registers(house: House, zoya: Window) -> None:
    page = zoya.page
    assert zoya.go("/register") == 200
    page.locator("[name=given_name]").fill("Zoya")
    page.locator("[name=family_name]").fill("Mirza")
    page.locator("[name=birth_date]").fill("1991-06-30")
    page.locator("[name=email]").fill("zoya@example.org")
    page.locator("[name=phone]").fill("98470 11223")
    page.locator(".k-foot .btn-primary").click()
    expect(page.get_by_text("Step 2 of 4")).to_be_visible()
    page.locator("label.k-chip", has=page.locator("[name=allergens][value=none]")).click()
    page.locator(".k-foot .btn-primary").click()
    expect(page.get_by_text("Step 3 of 4")).to_be_visible()
    page.locator("[name=password]").fill("a long pass phrase")
    page.locator(".k-foot .btn-primary").click()
    expect(page.get_by_text("Step 4 of 4")).to_be_visible()
    page.locator("[name=code]").press_sequentially(house.story.code_sent())  # the sixth digit sends it
    expect(page.get_by_role("heading", name="Zoya")).to_be_visible()
    expect(page.get_by_role("heading", name="No visit planned")).to_be_visible()


def _books(zoya: Window) -> None:
    page = zoya.page
    page.get_by_role("link", name="Book a visit").click()
    page.get_by_role("link", name=re.compile("Consultation with the surgeon")).click()
    page.get_by_role("link", name=re.compile("Dr Kavya Menon")).click()
    page.get_by_role("link", name=re.compile("^Tue 24")).click()
    page.locator("label.k-time", has_text="12:00").click()
    page.locator("[name=complaint]").fill("Lines around my eyes")
    page.get_by_role("button", name="Confirm this time").click()
    expect(page.get_by_text("To be paid")).to_be_visible()
    expect(page.get_by_text("Pay ₹1,200 and the visit is yours.")).to_be_visible()


def _pays(house: House, zoya: Window) -> None:
    page = zoya.page
    page.get_by_role("button", name=re.compile("^Pay")).click()
    expect(page.get_by_text("Test gateway")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Pay")).click()
    expect(page.get_by_role("heading", name="Paid")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Back to")).click()
    expect(page.get_by_text("Confirmed", exact=True)).to_be_visible()
    expect(page.get_by_text("On the day, scan the code at the door")).to_be_visible()
    house.carry_out()
    expect(page.get_by_role("link", name=re.compile("^Bill KOC"))).to_contain_text("Paid")


def _is_checked_in(browsers: Browsers) -> None:
    with browsers.window(DESKTOP, signed_in="frontdesk@kalon.test") as desk:
        assert desk.go("/day") == 200
        row = desk.page.get_by_role("row", name=re.compile("Zoya Mirza"))
        expect(row).to_contain_text("12:00")
        row.get_by_role("button", name="Check in").click()
        expect(row).to_contain_text("Arrived")


def _is_measured(browsers: Browsers) -> None:
    with browsers.window(DESKTOP, signed_in="nurse@kalon.test") as nurse:
        assert nurse.go("/consultations") == 200
        nurse.page.get_by_role("link", name=re.compile("Zoya Mirza")).click()
        nurse.page.get_by_role("link", name="Take vitals").click()
        nurse.page.locator("[name=systolic]").fill("118")
        nurse.page.locator("[name=diastolic]").fill("76")
        nurse.page.locator("[name=pulse]").fill("68")
        nurse.page.get_by_role("button", name="Save vitals").click()
        expect(nurse.page.get_by_text("118/76")).to_be_visible()
        expect(nurse.page.get_by_text("In triage").first).to_be_visible()
        expect(nurse.page.get_by_role("button", name="Start consultation")).to_have_count(0)


def _is_seen(browsers: Browsers) -> None:
    with browsers.window(DESKTOP, signed_in="doctor@kalon.test") as doctor:
        page = doctor.page
        assert doctor.go("/consultations") == 200
        page.get_by_role("link", name=re.compile("Zoya Mirza")).click()
        page.get_by_role("button", name="Start consultation").click()
        page.get_by_label("What I see").fill("Fine lines at the outer corners.")
        expect(page.locator("#section-examination .k-saved")).to_contain_text("Saved")
        page.get_by_label("Assessment").fill("Fine dynamic lines, normal for her age.")
        page.get_by_label("What the patient will read").fill("No procedure is needed now. Sunscreen every morning.")
        page.locator("label.k-pick", has_text="No procedure recommended").click()
        page.get_by_role("button", name="Record outcome").click()  # at once: the last words save themselves first
        page.get_by_role("button", name="Sign and close").click()
        expect(page.get_by_text("Closed", exact=True).first).to_be_visible()


def _reads(zoya: Window) -> None:
    page = zoya.page
    zoya.go("/my/")
    page.get_by_role("link", name=re.compile("Visit summary")).click()
    expect(page.get_by_role("heading", name="No procedure recommended")).to_be_visible()
    expect(page.get_by_text("Sunscreen every morning.")).to_be_visible()
    expect(page.get_by_text("Signed by Dr Kavya Menon")).to_be_visible()
