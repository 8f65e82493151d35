"""A recall in three windows: the maker's file is read and opened, its patient sees it on the phone, and it is closed.

Every step goes through a page; the pack of the recalled lot is refused where it would be used.
"""

import json
import os
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from kalon.inventory import queries
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.patients.rules import PatientDetails
from tests.browser.browsers import DESKTOP, PHONE, Browsers, Window
from tests.browser.house import House
from tests.journeys.story import on_tuesday
from tests.journeys.surgery import GTIN, approved, implanted, shelf

EMAIL, PASSWORD, KEEPER = "nandini@example.org", "a long pass phrase", "inventory@kalon.test"
LATER = timedelta(days=21)  # a day that no other test of this house lives
RECORD = {
    "product_res_number": "Z-0007-2027", "event_date_initiated": "2026-12-10", "recalling_firm": "Lunara Medical",
    "product_description": "Lunara Round breast implant, REF LR-295, sterile",
    "code_info": f"UDI-DI: {GTIN}; Lot Number: L7", "reason_for_recall": "The shell may rupture early.",
    "action": "Ultrasound within a month.",
}  # fmt: skip


def at(clock_time: str) -> datetime:
    return on_tuesday(clock_time) + LATER


def shots(window: Window, name: str) -> None:
    if folder := os.environ.get("KALON_SHOTS"):
        window.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def _nandini(house: House) -> Any:
    """A patient with an account of her own, who has two implants of the lot."""
    details = PatientDetails(given_name="Nandini", family_name="Pillai", birth_date=date(1990, 4, 2), gender="female",
                             phone="+919846111277", email=EMAIL)  # fmt: skip
    row = patients.start_registration(details, PASSWORD, by=house.story.visitor)
    house.story.carry_out()
    return patients.confirm_registration(row.pk, house.story.code_sent(), by=house.story.visitor)


def test_a_recall_from_the_file_to_the_last_outcome(house: House, browsers: Browsers, tmp_path: Path) -> None:
    story = house.story
    house.at(at("09:00"))
    with clock.at(house.tick()):
        store = shelf(story)
        left, right, shelved = store.take_in(story, "S1", "S2", "S3")
        patient = _nandini(house)
        plan = approved(story, patient.pk, "10:00", later=LATER)
        implanted(story, plan, at("11:00"), left=left, right=right)
    notice = tmp_path / "notice.json"
    notice.write_text(json.dumps({"results": [RECORD]}))
    with browsers.window(DESKTOP, signed_in=KEEPER) as desk:
        page = desk.page
        desk.go("/inventory/recalls/new")
        page.get_by_label("The file of the notice").set_input_files(notice)
        page.get_by_role("button", name="Read the file").click()
        expect(page.get_by_text("1 line read from the file")).to_be_visible()
        expect(page.get_by_label("What is wrong")).to_have_value(RECORD["reason_for_recall"])
        shots(desk, "recall-read")
        assert desk.violations() == [] and desk.overflow() <= 0
        page.locator("main").get_by_role("button", name="Open the recall").last.click()
        expect(page.get_by_role("heading", name=RECORD["product_description"])).to_be_visible()
        expect(page.get_by_role("link", name="Nandini Pillai")).to_be_visible()
        expect(
            page.get_by_text("Lunara Round 295, serial S1, left; Lunara Round 295, serial S2, right")
        ).to_be_visible()
        shots(desk, "recall-open")
        assert desk.violations() == [] and desk.overflow() <= 0
        with acting_as(story.place.system):
            assert story.now(shelved).status == "QUARANTINED"
        page.get_by_role("button", name="Tell 1 patient").click()
        page.get_by_role("button", name="Send it").click()
        expect(page.get_by_role("button", name="Tell 1 patient")).to_have_count(0)
    with browsers.window(PHONE, signed_in=EMAIL) as phone:
        phone.go("/my/")
        expect(phone.page.get_by_role("heading", name="Please call us")).to_be_visible()
        shots(phone, "recall-home")
        phone.go("/my/records/implants")
        expect(phone.page.get_by_text("S1", exact=True)).to_be_visible()
        shots(phone, "recall-implants")
        assert phone.violations() == [] and phone.overflow() <= 0
        paper = phone.page.get_by_role("link", name="Open the implant card").first.get_attribute("href")
        assert paper and phone.page.request.get(f"{house.address}{paper}").body().startswith(b"%PDF")
    with browsers.window(DESKTOP, signed_in=KEEPER) as desk:
        page = desk.page
        desk.go("/inventory/recalls")
        page.get_by_role("link", name="RC-").first.click()
        page.get_by_role("link", name="Nandini Pillai").click()
        page.get_by_role("button", name="Reached").click()
        page.get_by_label("What came of it").select_option(label="It will be taken out")
        page.get_by_label("Note").fill("Exchange in January.")
        shots(desk, "recall-task")
        assert desk.violations() == [] and desk.overflow() <= 0
        page.get_by_role("button", name="Write it down").click()
        page.get_by_label("Why").fill("All settled")
        page.get_by_role("button", name="Close the recall").click()
        expect(page.get_by_text("Closed").first).to_be_visible()
    with acting_as(story.place.by["inventory"]):
        row = queries.recalls(seen_by=story.place.by["inventory"]).first()
        assert row is not None
        assert (row.status, row.settled, row.reference) == ("CLOSED", 1, "Z-0007-2027")
