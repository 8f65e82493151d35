"""A complete consult and its follow-up as they are lived: nurse, surgeon and desk on tablets held upright.

Measured, written, coded, charted, prescribed past a hard stop with a reason, followed up, signed; the prescription's
signature is read by a program outside. Weeks later the desk books what was planned, and the last visit stands on top.
"""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from kalon.config.seed import store
from kalon.consultations import actions as consultations
from kalon.consultations import queries as encounters
from kalon.inventory import queries as stock
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.patients.rules import AllergyDetails, PatientDetails
from kalon.scheduling import actions as scheduling
from kalon.scheduling.actions import BookingRequest
from kalon.scheduling.models import Appointment
from tests import reader
from tests.browser.browsers import UPRIGHT, Browsers, Window, comes_true
from tests.browser.house import House
from tests.journeys import codes
from tests.journeys.story import KOCHI, on_tuesday
from tests.journeys.test_follow_up import _pays

DOCTOR = "doctor@kalon.test"
WHY = "Tested by the allergist in March: penicillin was tolerated."


@pytest.fixture(scope="module")
def nirmala(house: House) -> Any:
    """A patient who reacts to penicillin, with a visit on Tuesday at half past ten; the shelves are filled."""
    story = house.story
    codes.load()
    house.at(on_tuesday("08:00"))
    with clock.at(house.tick()):
        with acting_as(story.place.system):
            filled = stock.items(seen_by=story.place.system).exists()
        if not filled:
            store.fill(story.place)
        details = PatientDetails(
            given_name="Nirmala", family_name="Iyer", birth_date="1994-05-17", gender="female",
            phone="+919847011224", confirmed_not_duplicate=True,
        )  # fmt: skip
        patient = patients.register(details, by=story.desk)
        reaction = AllergyDetails(substance="Penicillin", reaction="Rash")
        patients.record_allergies(patient.pk, "KNOWN", [reaction], by=story.nurse)
        _arrived(house, patient, on_tuesday("10:30"))
    return patient


def test_a_complete_consult_on_a_tablet(house: House, browsers: Browsers, nirmala: Any, tmp_path: Path) -> None:
    house.at(on_tuesday("10:20"))
    with browsers.window(UPRIGHT, signed_in="nurse@kalon.test") as tablet:
        _opened(tablet)
        _measured(tablet.page)
        tablet.complaints = [words for words in tablet.complaints if "422" not in words]  # the pulse of 900
    house.at(on_tuesday("10:31"))
    with browsers.window(UPRIGHT, signed_in=DOCTOR) as tablet:
        page = tablet.page
        _opened(tablet)
        page.get_by_role("button", name="Start consultation").tap()
        page.get_by_role("button", name="I have seen this").tap()
        expect(page.get_by_text("Seen by Dr Kavya Menon")).to_be_visible()
        _written(page)
        _coded(page)
        _charted(tablet)
        _prescribed(page)
        assert tablet.violations() == [] and tablet.overflow() <= 0
        _is_signed(tablet, tmp_path)
        page.get_by_role("link", name="Back to the consultation").tap()
        _ends_with_a_follow_up(page)
        assert tablet.violations() == [] and tablet.overflow() <= 0


def test_no_keystroke_is_lost_when_the_network_drops_or_the_session_ends(
    house: House, browsers: Browsers, nirmala: Any
) -> None:
    story = house.story
    house.at(on_tuesday("14:55"))
    with clock.at(house.tick()):
        made = story.encounter(_arrived(house, nirmala, on_tuesday("15:00")))
        assert made is not None
        consultations.begin(made.pk, by=story.doctor)
    with browsers.window(UPRIGHT, signed_in=DOCTOR) as tablet:
        page = tablet.page
        tablet.go(f"/consultations/{made.pk}")
        tablet.context.set_offline(True)
        page.get_by_label("What I see").press_sequentially("Written without a network. ")
        page.wait_for_timeout(1300)  # the save was tried, and could not be
        tablet.context.set_offline(False)
        page.get_by_label("What I see").press_sequentially("And with one.")
        _comes_to(page, lambda: _note(house, made).examination, "Written without a network. And with one.")

        tablet.context.clear_cookies()  # the session is over, in the middle of a sentence
        page.get_by_label("Assessment").press_sequentially("Written after the session ended.")
        page.wait_for_timeout(1300)
        assert _note(house, made).assessment == ""
        tablet.context.add_cookies([house.session_of(DOCTOR)])  # signed in again
        tablet.go(f"/consultations/{made.pk}")
        expect(page.get_by_label("Assessment")).to_have_value("Written after the session ended.")
        _comes_to(page, lambda: _note(house, made).assessment, "Written after the session ended.")
        tablet.complaints.clear()  # what the browser itself says of a network that is not there


def test_the_follow_up_is_booked_by_the_desk_and_seen(house: House, browsers: Browsers, nirmala: Any) -> None:
    house.at(datetime(2026, 12, 5, 9, 0, tzinfo=KOCHI))
    with browsers.window(UPRIGHT, signed_in="frontdesk@kalon.test") as desk:
        page = desk.page
        desk.go("/plans")
        due = page.get_by_role("listitem").filter(has_text="Nirmala Iyer")
        expect(due).to_contain_text("due in 3 days")
        due.get_by_role("link", name="Book").tap()
        _books(page)
        desk.go("/plans")
        expect(page.get_by_role("listitem").filter(has_text="Nirmala Iyer")).to_have_count(0)
    _comes_back(house)
    with browsers.window(UPRIGHT, signed_in=DOCTOR) as tablet:
        page = tablet.page
        _opened(tablet)
        before = page.get_by_label("Previous visit")
        expect(before).to_contain_text("Acne, moderate, with first scars.")
        expect(before).to_contain_text("L70.0")
        expect(before).to_contain_text("Amoxicillin 500 mg, 1 capsule three times a day for 5 days")
        note = page.locator("#note").bounding_box()
        box = before.bounding_box()
        assert note and box and box["y"] < note["y"]  # what was before stands on top
        page.get_by_role("button", name="Start consultation").tap()
        page.get_by_label("What I see").fill("Quiet skin, no new papules.")
        page.get_by_label("Assessment").fill("Better.")
        page.locator("label.k-pick", has_text="No procedure recommended").tap()
        page.get_by_role("button", name="Record outcome").tap()
        page.get_by_role("button", name="Sign and close").tap()
        expect(page.get_by_text("Closed", exact=True).first).to_be_visible()


def _arrived(house: House, patient: Any, start: datetime) -> Any:
    """A visit that was booked, is paid, and whose patient is here."""
    story = house.story
    wish = BookingRequest(
        patient_id=patient.pk, branch_id=story.place.branch.pk, doctor_id=story.dr_menon.pk,
        service_id=story.consultation_service.pk, start=start,
    )  # fmt: skip
    visit = scheduling.book(wish, by=story.desk)
    _pays(story, visit)
    return scheduling.check_in(visit.pk, by=story.desk)


def _opened(tablet: Window) -> None:
    assert tablet.go("/consultations") == 200
    tablet.page.get_by_role("link", name=re.compile("Nirmala Iyer")).tap()


def _measured(page: Page) -> None:
    page.get_by_role("link", name="Take vitals").tap()
    for name, value in (("systolic", 158), ("diastolic", 96), ("pulse", 900), ("weight", 58), ("height", 164)):
        page.locator(f"[name={name}]").fill(str(value))
    page.get_by_role("button", name="Save vitals").tap()
    expect(page.get_by_text("This lies between 20 and 300.").first).to_be_visible()
    page.locator("[name=pulse]").fill("72")
    page.get_by_role("button", name="Save vitals").tap()
    expect(page.get_by_label("Vitals")).to_contain_text("Outside the limits for this age")
    expect(page.get_by_label("Vitals")).to_contain_text("21.6")  # BMI


def _written(page: Page) -> None:
    page.get_by_label("What I see").fill("Papules and two ice-pick scars on the left cheek.")
    expect(page.locator("#section-examination .k-saved")).to_contain_text("Saved")
    page.get_by_label("Assessment").fill("Acne, moderate, with first scars.")
    page.get_by_label("What the patient will read").fill("The capsules after food. Sunscreen every morning.")
    expect(page.locator("#section-advice .k-saved")).to_contain_text("Saved")


def _coded(page: Page) -> None:
    page.get_by_label(re.compile("^Find a diagnosis")).press_sequentially("acne v")
    page.get_by_role("button", name=re.compile("^L70.0 Acne")).tap()
    expect(page.locator("#diagnoses")).to_contain_text("Primary")


def _charted(tablet: Window) -> None:
    page = tablet.page
    page.get_by_role("button", name="Begin a chart").tap()
    syringe = page.locator("#id_product option", has_text="Kalmira 100").first.get_attribute("value")
    page.get_by_label("Product and batch").select_option(syringe)
    page.get_by_label("How much").fill("4")
    at = page.locator("#chart-map").evaluate(
        "map => { const p = new DOMPoint(0, 195).matrixTransform(map.getScreenCTM()); return [p.x, p.y] }"
    )
    page.touchscreen.tap(*at)
    expect(page.get_by_role("region", name="Points")).to_contain_text("Glabella")
    assert tablet.overflow() <= 0
    page.get_by_role("button", name="Finish chart").tap()
    page.get_by_role("button", name="Finish", exact=True).tap()
    expect(page.get_by_role("status").filter(has_text="Chart finished")).to_be_visible()
    page.get_by_role("link", name=re.compile("onsultation")).last.tap()


def _prescribed(page: Page) -> None:
    page.get_by_role("button", name="Add medicine").tap()
    page.get_by_role("searchbox", name="Add a medicine").press_sequentially("amoxi")
    page.get_by_role("button", name=re.compile("^Amoxicillin(?! and)")).first.tap()
    line = page.get_by_role("form", name="Amoxicillin")
    line.get_by_label("Days").fill("5")
    stop = page.get_by_role("alert").filter(has_text="Stopped")
    expect(stop).to_contain_text("Every penicillin carries the same core")
    expect(page.get_by_role("button", name="Sign prescription")).to_have_attribute("aria-disabled", "true")
    stop.get_by_label("Or give a reason").fill(WHY)
    stop.get_by_role("button", name="Keep reason").tap()
    expect(page.get_by_role("alert").filter(has_text="Passed with a reason")).to_be_visible()


def _is_signed(tablet: Window, folder: Path) -> None:
    page = tablet.page
    page.get_by_role("button", name="Sign prescription").tap()
    expect(page.get_by_text(re.compile("^Prescription KOC.* signed")).first).to_be_visible()
    link = page.get_by_role("link", name="Print or save PDF").get_attribute("href")
    assert link
    paper = tablet.context.request.get(link).body()
    assert reader.verdict(paper, folder) == reader.VALID
    assert reader.verdict(reader.tampered(paper), folder) == reader.CHANGED


def _ends_with_a_follow_up(page: Page) -> None:
    page.locator("label.k-pick", has_text="Follow-up").tap()
    expect(page.locator("input[value=FOLLOW_UP]")).to_be_checked()
    page.locator("[name=follow_up_on]").fill("2026-12-08")
    page.get_by_role("button", name="Record outcome").tap()
    expect(page.get_by_text("Next visit on Tue 8 Dec.")).to_be_visible()
    page.get_by_role("button", name="Sign and close").tap()
    expect(page.get_by_text("Closed", exact=True).first).to_be_visible()


def _books(page: Page) -> None:
    """The desk's booking, filled in already: the first time that is free."""
    page.get_by_role("button", name=re.compile(r"^Confirm \d")).tap()
    expect(page.get_by_role("status").filter(has_text=re.compile("[Bb]ooked"))).to_be_visible()


def _note(house: House, made: Any) -> Any:
    """The consultation as the books have it, its words opened."""
    with acting_as(house.story.doctor):
        found = encounters.consultation(made.pk, seen_by=house.story.doctor)
        assert found.patient.data_key
        return found


def _comes_to(page: Page, read: Callable[[], str], expected: str) -> None:
    """The words arrive at the clinic, by themselves."""
    comes_true(page, lambda: read() == expected, expected)


def _comes_back(house: House) -> None:
    story = house.story
    with acting_as(story.place.system):
        visit = Appointment.objects.filter(kind="FOLLOW_UP").latest("id")
    house.at(visit.starts_at)
    with clock.at(house.tick()):
        _pays(story, visit)
        scheduling.check_in(visit.pk, by=story.desk)
