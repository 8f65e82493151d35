"""The day of an operation on a tablet: wristband, checklist, knife to skin, implants by scan, note, completed."""

import os
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from kalon.inventory import actions as inventory
from kalon.inventory import queries as stock
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.patients.rules import AllergyDetails, PatientDetails
from kalon.scheduling import actions as scheduling
from kalon.theatre import queries
from tests.browser import operated
from tests.browser.browsers import TABLET, UPRIGHT, Browsers, Window
from tests.browser.house import House
from tests.browser.packs import filmed_square
from tests.browser.rows import _booked, _seen
from tests.journeys.story import on_tuesday

NURSE, SURGEON = "nurse@kalon.test", "surgeon@kalon.test"
GTIN = "09501101020900"
SHOTS = os.environ.get("KALON_SHOTS", "")


@pytest.fixture(scope="module")
def day(house: House) -> dict[str, Any]:
    """A case of this Tuesday at five, two implants kept for it, a third on the shelf, sutures."""
    story, place = house.story, house.story.place
    house.at(on_tuesday("08:00"))
    keeper = place.by["inventory"]
    with clock.at(on_tuesday("08:55")):
        details = PatientDetails(
            given_name="Lakshmi", family_name="Pillai", birth_date="1985-02-11", phone="+919846550199",
            gender="female", confirmed_not_duplicate=True,
        )  # fmt: skip
        patient = patients.register(details, by=story.desk)
        allergies = [AllergyDetails(substance="Penicillin", reaction="anaphylaxis", since_year=2014),
                     AllergyDetails(substance="Latex", reaction="contact rash")]  # fmt: skip
        patients.record_allergies(patient.pk, "KNOWN", allergies, by=story.nurse)
        visit = _booked(story, patient, "09:00")
        scheduling.check_in(visit.pk, by=story.desk)
        seen = _seen(story, visit)
        store = inventory.add_location(
            place.branch.pk, {"code": "OTS", "name": "Theatre store", "kind": "THEATRE"}, by=keeper
        )
        inventory.add_item(
            {"name": "Aurelle Round", "kind": "IMPLANT", "unit": "piece", "needs_serial": True, "device_code": GTIN,
             "model": "AR", "size": "295 cc", "manufacturer": "Aurelle Medical"}, by=keeper,
        )  # fmt: skip
        suture = inventory.add_item({"name": "Suture 3-0", "kind": "CONSUMABLE", "unit": "piece"}, by=keeper)
        packs = [inventory.Pack(scan=code(serial)) for serial in ("AR-118842", "AR-120417", "AR-120999")]
        pieces = inventory.receive_units(store.pk, packs, by=keeper)
        ends = on_tuesday("08:00").date() + timedelta(days=500)
        inventory.receive(
            suture.pk, store.pk, inventory.Delivery(Decimal(40), number="S3-7781", expires_on=ends), by=keeper
        )
        case = operated.scheduled(story, seen, at="17:00")
        today = on_tuesday("08:00").date()
        surgeon = place.by["surgeon"]
        for piece in pieces[:2]:
            inventory.reserve_unit(piece.pk, plan_id=case.plan_id, needed_on=today, by=surgeon)
        inventory.reserve_item(
            suture.pk, Decimal(8), plan_id=case.plan_id, needed_on=today, location_id=store.pk, by=surgeon
        )
    return {"case": case, "patient": patient, "address": f"/cases/{case.pk}"}


def code(serial: str) -> str:
    ends = on_tuesday("08:00").date() + timedelta(days=1200)
    return f"01{GTIN}17{ends:%y%m%d}10AR-2611\x1d21{serial}"


def shot(window: Window, name: str) -> None:
    """A picture for who wants to look, where `KALON_SHOTS` names a folder."""
    if SHOTS:
        window.page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def part(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def tick_all(page: Page, name: str) -> None:
    """Every row of a part of the checklist, one press each."""
    rows = part(page, name).locator("button.k-check")
    expect(rows.first).to_be_visible()
    for left in range(rows.count(), 0, -1):
        rows.first.tap()
        expect(rows).to_have_count(left - 1)


def sign_all(page: Page, name: str) -> None:
    buttons = part(page, name).get_by_role("button", name="Sign")
    expect(buttons.first).to_be_visible()
    for left in range(buttons.count(), 0, -1):
        buttons.first.tap()
        expect(buttons).to_have_count(left - 1)


def press_next(page: Page, words: str) -> None:
    now = part(page, "Now")
    now.get_by_role("button", name=words).tap()
    expect(now.get_by_role("button", name=words)).to_have_count(0)


def scans(page: Page, text: str, side: str = "") -> None:
    if side:
        page.locator("#scan label", has_text=side).tap()
    page.locator("#scan-code").fill(text)
    page.locator("#scan-code").press("Enter")


def state(house: House, day: dict[str, Any]) -> Any:
    with acting_as(house.story.place.system), clock.at(house.tick()):
        return queries.case(day["case"].pk, seen_by=house.story.place.system)


def test_the_day_of_an_operation(house: House, browsers: Browsers, day: dict[str, Any], tmp_path: Path) -> None:
    story, mrn = house.story, day["patient"].mrn
    house.at(on_tuesday("17:00"))
    film = filmed_square(code("AR-120417"), tmp_path / "pack.y4m")
    with (
        browsers.before_a_camera(film) as cameras,
        cameras.window(TABLET, signed_in=NURSE) as tablet,
        browsers.window(UPRIGHT, signed_in=SURGEON, dark=True) as other,
    ):
        page = tablet.page
        page.add_init_script("delete window.BarcodeDetector")
        tablet.go(day["address"])
        shot(tablet, "1-before")
        assert not tablet.violations()
        starts = part(page, "Start")
        starts.get_by_label("Wristband").fill(mrn)
        starts.get_by_text("Both sides", exact=True).tap()
        starts.get_by_role("button", name="Start the case").tap()
        expect(page.get_by_role("alert")).to_contain_text("Fasting")
        lines = page.get_by_role("heading", name="On the day").locator("xpath=ancestor::section")
        for _ in range(lines.get_by_role("button", name="Write down").count()):
            before = lines.get_by_role("button", name="Write down").count()
            lines.locator("input[name=words]").first.fill("Since midnight; seen.")
            lines.get_by_role("button", name="Write down").first.tap()
            expect(lines.get_by_role("button", name="Write down")).to_have_count(before - 1)
        starts.get_by_label("Wristband").fill("SK-999999")
        starts.get_by_text("Both sides", exact=True).tap()
        starts.get_by_role("button", name="Start the case").tap()
        expect(page.get_by_role("alert")).to_contain_text("WRONG PATIENT")
        starts.get_by_label("Wristband").fill(mrn)
        starts.get_by_text("Left", exact=True).tap()
        starts.get_by_role("button", name="Start the case").tap()
        expect(page.get_by_role("alert")).to_contain_text("WRONG SIDE")
        shot(tablet, "2-wrong-side")
        starts.get_by_label("Wristband").fill(mrn)
        starts.get_by_text("Both sides", exact=True).tap()
        starts.get_by_role("button", name="Start the case").tap()

        press_next(page, "Patient is in theatre")
        expect(part(page, "Now").get_by_role("button", name="Complete the sign in")).to_have_attribute(
            "aria-disabled", "true"
        )
        other.go(day["address"])  # the second tablet sees what stands now
        tick_all(page, "Sign in")
        sign_all(page, "Sign in")
        press_next(page, "Complete the sign in")
        other.page.locator("button.k-check").first.tap()  # a press on what it showed before
        expect(other.page.get_by_role("alert")).to_contain_text("complete and sealed")
        shot(other, "3-stale-upright-dark")
        assert not other.violations()
        press_next(page, "Anaesthesia begins")
        shot(tablet, "4-time-out")
        assert not tablet.violations()
        tick_all(page, "Time out")
        sign_all(page, "Time out")
        press_next(page, "Complete the time out")
        press_next(page, "Knife to skin")
        small = page.locator("#case").evaluate(
            "at => [...at.querySelectorAll('button, summary, select, input:not([type=hidden]):not([type=radio])"
            ":not([type=checkbox])')].filter(one => one.offsetParent && one.getBoundingClientRect().height < 48)"
            ".map(one => one.outerHTML.slice(0, 120))"
        )
        assert small == []

        scans(page, "AR-118842")
        expect(page.get_by_role("alert")).to_contain_text("which side")
        scans(page, "AR-118842", "Left")
        expect(page.locator("#scan")).to_contain_text("Left: Aurelle Round, serial AR-118842")
        page.locator("#scan label", has_text="Right").tap()
        page.get_by_role("button", name="Use the camera").tap()
        expect(page.locator("#scan")).to_contain_text("Right: Aurelle Round, serial AR-120417")
        scans(page, mrn)
        expect(page.locator("#scan")).to_contain_text("Right patient")
        scans(page, "S3-7781")
        expect(page.locator("#scan")).to_contain_text("Used: 1 piece Suture 3-0")
        page.get_by_role("button", name="One more: Suture 3-0").tap()
        expect(page.get_by_role("heading", name="Consumables").locator("xpath=ancestor::section")).to_contain_text("2")
        shot(tablet, "5-scanned")

        press_next(page, "Closure is done")
        for what, count in (("SWABS", "10"), ("NEEDLES", "6"), ("INSTRUMENTS", "42")):
            page.locator(f"#b-{what}").fill(count)
            page.locator(f"#a-{what}").fill(count)
            page.locator(f"form:has(#b-{what})").get_by_role("button").tap()
            expect(page.locator(f"form:has(#b-{what})")).to_contain_text("Agree")
        tick_all(page, "Sign out")
        sign_all(page, "Sign out")
        press_next(page, "Complete the sign out")
        press_next(page, "Patient leaves theatre")
        page.get_by_role("button", name="None").tap()
        expect(page.locator("#complications")).to_have_value("None")
        shot(tablet, "6-ready")
        assert not tablet.violations()
        press_next(page, "Complete the case")
        expect(page.locator("#case")).to_contain_text("Completed")
        shot(tablet, "7-completed")
        written = other.page
        other.go(f"{day['address']}/note")
        for label, words in (("Findings", "As expected."), ("What was done", "Dual plane pocket, both sides."),
                             ("Blood loss", "80 ml"), ("After care", "Bra for six weeks.")):  # fmt: skip
            written.get_by_label(re.compile(label)).fill(words)
        shot(other, "8-note")
        assert not other.violations()
        written.get_by_role("button", name="Sign the note").tap()
        expect(written.get_by_role("link", name="Open as PDF")).to_be_visible()
        assert not other.violations()
        pdf = other.context.request.get(str(written.get_by_role("link", name="Open as PDF").get_attribute("href")))
        assert pdf.body().startswith(b"%PDF")
        if SHOTS:
            Path(SHOTS, "note.pdf").write_bytes(pdf.body())
        shot(other, "9-signed")
        other.go(f"{day['address']}/return")
        written.get_by_label("Why the patient returns").fill("Bleeding")
        written.get_by_label("First clinician").select_option(label="Dr Rohan Shah")
        written.get_by_label("Second clinician").select_option(label="Dr Jacob Cherian")
        assert not other.violations()
        shot(other, "10-return")
        written.get_by_role("button", name="Open the return").tap()
        expect(written.locator("#case")).to_contain_text("consent and clearance not completed yet")
        written.get_by_label("What was explained").fill("The bleeding; agrees to it afterwards.")
        written.get_by_role("button", name="Write the consent down").tap()
        expect(written.locator("#case")).to_contain_text("The consent is written down")
        written.get_by_role("button", name="Open its clearance").tap()
        expect(written.locator("#case")).to_contain_text("Still open")
        assert not other.violations()
        shot(other, "11-owed")
        assert tablet.overflow() == other.overflow() == 0
        other.complaints.clear()
        tablet.complaints.clear()  # the browser says 422 aloud
    done = state(house, day)
    assert (done.status, done.complications) == ("COMPLETED", "None")
    with acting_as(story.place.system):
        inside = stock.implants_of(day["patient"].pk, seen_by=story.place.system)
        assert {(one.serial, one.side) for one in inside} == {("AR-118842", "LEFT"), ("AR-120417", "RIGHT")}
