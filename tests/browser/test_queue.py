"""Boards that change by themselves, a code at the door, a code on the phone, and a waiting room without names."""

import os
import re
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import expect

from kalon.config.cli.serving import _free_port, _live
from kalon.consultations import actions as consultations
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.patients.rules import PatientDetails
from kalon.scheduling import actions as scheduling
from kalon.scheduling import queries as scheduling_queries
from tests.browser.browsers import DESKTOP, PHONE, Browsers, Window
from tests.browser.house import House
from tests.browser.qr import filmed, shown_on
from tests.browser.rows import PASSWORD, _booked
from tests.journeys.story import on_tuesday

SCREEN = {"width": 1280, "height": 720}
# A camera that sees what the test holds before it, in place of the device and the reader of the browser.
CAMERA = """
window.BarcodeDetector = class {
  static getSupportedFormats() { return Promise.resolve(["qr_code"]); }
  detect() { return Promise.resolve(window.held ? [{ rawValue: window.held }] : []); }
};
navigator.mediaDevices.getUserMedia = () => {
  const canvas = document.createElement("canvas");
  setInterval(() => canvas.getContext("2d").fillRect(0, 0, Math.random() * 9, 9), 50);
  return Promise.resolve(canvas.captureStream(10));
};
"""


@pytest.fixture(scope="module")
def live_house(house: House) -> Iterator[House]:
    """The clinic with its live process."""
    port = _free_port()
    child = subprocess.Popen(_live(port), env={**os.environ}, start_new_session=True)
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
            break
        time.sleep(0.1)
    settings.KALON_LIVE_PORT = port
    yield house
    settings.KALON_LIVE_PORT = 0
    os.killpg(child.pid, signal.SIGTERM)
    child.wait(10)


@pytest.fixture(scope="module")
def morning(live_house: House) -> dict[str, Any]:
    """Three patients of this Tuesday; one has an account of her own."""
    story = live_house.story
    live_house.at(on_tuesday("07:30"))
    with clock.at(live_house.tick()):
        registration = patients.start_registration(
            PatientDetails(
                given_name="Ishita", family_name="Bose", birth_date="1992-02-02", email="ishita@example.org"
            ),
            PASSWORD,
            by=story.visitor,
        )
        people = {"ishita": patients.confirm_registration(registration.pk, story.code_sent(), by=story.visitor)}
        for n, given in enumerate(("Farhan", "Gauri")):
            details = PatientDetails(
                given_name=given, family_name="Kurien", birth_date="1980-05-05", phone=f"+91984600210{n}",
                gender="other", confirmed_not_duplicate=True,
            )  # fmt: skip
            people[given.lower()] = patients.register(details, by=story.desk)
        return {
            name: _booked(story, who, at)
            for (name, who), at in zip(people.items(), ("12:30", "14:00", "14:30"), strict=True)
        }


def card(window: Window, visit: Any, column: str) -> Any:
    return window.page.locator(f"#col-{column} #q{visit.pk}")


def is_live(window: Window) -> None:
    expect(window.page.locator("[data-live-on]:visible")).to_have_text("Live")


def test_one_checks_in_and_the_others_board_changes_by_itself(
    live_house: House, browsers: Browsers, morning: dict[str, Any]
) -> None:
    live_house.at(on_tuesday("11:50"))
    visit = morning["farhan"]
    with (
        browsers.window(DESKTOP, signed_in="frontdesk@kalon.test") as desk,
        browsers.window(DESKTOP, signed_in="nurse@kalon.test") as nurse,
        browsers.window(DESKTOP, signed_in="owner@kalon.test") as owner,
    ):
        for window, path in ((desk, "/appointments/queue"), (nurse, "/appointments/queue"), (owner, "/day")):
            window.go(path)
            is_live(window)
        nurse.page.evaluate("window.same = 'the same page'")
        nurse.page.locator(f"#qn{morning['gauri'].pk}").focus()
        owner.page.evaluate("window.same = 'the same page'")
        menu = owner.page.get_by_role("row", name=re.compile("Gauri Kurien")).locator("details")
        menu.locator("summary").click()

        card(desk, visit, "expected").get_by_role("button", name="Check in").click()

        expect(card(nurse, visit, "arrived")).to_contain_text("Farhan Kurien")
        expect(card(nurse, visit, "expected")).to_have_count(0)
        expect(owner.page.get_by_role("row", name=re.compile("Farhan Kurien"))).to_contain_text("Arrived")
        for window in (nurse, owner):
            assert window.page.evaluate("window.same") == "the same page"
        assert nurse.page.evaluate("document.activeElement.id") == f"qn{morning['gauri'].pk}"
        expect(menu).to_have_attribute("open", "")
        assert nurse.violations() == []

        with clock.at(live_house.tick()):  # what an upper context knows moves the card too
            encounter = live_house.story.encounter(visit)
            assert encounter is not None
            consultations.start_triage(encounter.pk, by=live_house.story.nurse)
        expect(card(desk, visit, "triage")).to_contain_text("Farhan Kurien")


def test_the_waiting_room_hears_the_call_and_learns_no_name(
    live_house: House, browsers: Browsers, morning: dict[str, Any]
) -> None:
    live_house.at(on_tuesday("11:55"))
    story, visit = live_house.story, morning["gauri"]
    with clock.at(live_house.tick()):
        scheduling.check_in(visit.pk, by=story.desk)
        screen, word = scheduling.open_screen(story.place.branch.pk, "WAITING", by=story.place.by["owner"])
    for dark in (False, True):
        with (
            browsers.window(SCREEN, dark=dark) as room,
            browsers.window(DESKTOP, signed_in="frontdesk@kalon.test") as desk,
        ):
            room.go(f"/waiting/{word}")
            desk.go("/appointments/queue")
            is_live(room)
            room.page.evaluate("window.same = 1")
            card(desk, visit, "arrived").get_by_role("button", name=re.compile("Call")).click()
            expect(room.page.get_by_role("status").filter(has_text="Please come in")).to_contain_text(visit.number[:4])
            assert room.page.evaluate("window.same") == 1
            whole = room.page.content()
            for secret in ("Gauri", "Kurien", "Farhan", "Ishita", "Bose", visit.number, str(visit.pk), "consultation"):
                assert secret not in whole, secret
            assert room.violations() == []
            assert room.overflow() == 0
    with browsers.window(SCREEN) as room:
        room.go(f"/waiting/{word}")
        is_live(room)
        with clock.at(live_house.tick()):
            scheduling.close_screen(screen.pk, by=story.place.by["owner"])
        expect(room.page.locator("[data-live-off]:visible")).to_have_count(1)  # its stream ended with its link
        room.complaints.clear()  # the browser says aloud that the ended screen gets no ticket
        assert room.go(f"/waiting/{word}") == 404
        room.complaints.clear()


def test_a_patient_scans_the_door(live_house: House, browsers: Browsers, morning: dict[str, Any]) -> None:
    live_house.at(on_tuesday("11:40"))
    story, visit = live_house.story, morning["ishita"]
    with clock.at(live_house.tick()):
        _, word = scheduling.open_screen(story.place.branch.pk, "DOOR", by=story.place.by["owner"])
    with (
        browsers.window(SCREEN) as door,
        browsers.window(PHONE, signed_in="ishita@example.org") as phone,
        browsers.window(DESKTOP, signed_in="frontdesk@kalon.test") as desk,
    ):
        door.go(f"/door/{word}")
        assert door.violations() == []
        desk.go("/appointments/queue")
        is_live(desk)
        seen = shown_on(door.page.locator("[role=img][aria-label^='Code to check in']"))
        assert seen.startswith(f"{live_house.address}/my/arrive?code=")
        phone.go(seen)
        assert phone.violations() == []
        assert phone.overflow() == 0
        phone.page.get_by_role("button", name="I am here").click()
        expect(phone.page.locator("main")).to_contain_text(f"we call number {visit.number[:4]}")
        expect(card(desk, visit, "arrived")).to_contain_text("Ishita Bose")

        phone.go(seen)  # the same picture again
        expect(phone.page.locator("main")).to_contain_text("You are checked in")
        expect(phone.page.get_by_role("button", name="I am here")).to_have_count(0)

        live_house.at(on_tuesday("11:48"))
        assert phone.go(seen) == 403
        expect(phone.page.get_by_role("alert")).to_contain_text("too old")
        phone.complaints.clear()  # the browser says 403 aloud


def test_the_desk_scans_a_phone(live_house: House, browsers: Browsers, morning: dict[str, Any]) -> None:
    live_house.at(on_tuesday("11:30"))
    story, visit = live_house.story, morning["ishita"]
    with clock.at(live_house.tick()):
        if live_house.story.state(visit) == "CHECKED_IN":
            scheduling.undo_check_in(visit.pk, "Once more, with the other code", by=story.desk)
    with (
        browsers.window(PHONE, signed_in="ishita@example.org") as phone,
        browsers.window(DESKTOP, signed_in="frontdesk@kalon.test") as desk,
    ):
        phone.go("/my/")
        code = shown_on(phone.page.get_by_role("img", name="Code to show at the desk"))
        assert phone.violations() == []
        desk.page.add_init_script(CAMERA)
        desk.go("/appointments/arrive")
        assert desk.violations() == []
        desk.page.get_by_role("button", name="Use the camera").click()
        desk.page.evaluate("code => { window.held = code; }", code)
        expect(desk.page.get_by_text(f"Checked in: Ishita Bose, number {visit.number[:4]}")).to_be_visible()
        assert story.state(visit) == "CHECKED_IN"

        desk.page.get_by_label("Code or visit number").fill(code)  # a hand scanner types; this code was used
        desk.page.keyboard.press("Enter")
        expect(desk.page.locator("main")).to_contain_text("checked in already")
        desk.complaints.clear()  # the browser says 422 aloud


def test_a_browser_that_cannot_read_codes_reads_them_with_ours(
    live_house: House, browsers: Browsers, morning: dict[str, Any], tmp_path: Path
) -> None:
    """Firefox, Safari and Chromium on Linux: the code is found in the picture of the camera, without WebAssembly."""
    story, visit = live_house.story, morning["farhan"]
    live_house.at(on_tuesday("11:31"))
    with clock.at(live_house.tick()):
        if story.state(visit) == "CHECKED_IN":
            scheduling.undo_check_in(visit.pk, "Once more, with a camera", by=story.desk)
        patient = story.patient_actor(visit.patient_id, "Farhan")
        with acting_as(patient):
            shown = scheduling_queries.appointment(visit.pk, seen_by=patient)
            code = scheduling_queries.phone_code(shown, seen_by=patient)
    film = filmed(f"{live_house.address}/appointments/arrive?code={code}", tmp_path / "phone.y4m")
    with (
        browsers.before_a_camera(film) as cameras,
        cameras.window(DESKTOP, signed_in="frontdesk@kalon.test") as desk,
    ):
        desk.page.add_init_script("delete window.BarcodeDetector")
        fetched: list[str] = []
        desk.page.on("request", lambda request: fetched.append(request.url))
        desk.go("/appointments/arrive")
        before = len(fetched)
        desk.page.get_by_role("button", name="Use the camera").click()
        expect(desk.page.get_by_text(f"Checked in: Farhan Kurien, number {visit.number[:4]}")).to_be_visible()
        later = {url for url in fetched[before:] if "/chunk-" in url} - set(fetched[:before])
        assert later  # the reader: only who opens the camera loads it
        assert story.state(visit) == "CHECKED_IN"


def test_the_board_without_a_mouse(live_house: House, browsers: Browsers, morning: dict[str, Any]) -> None:
    live_house.at(on_tuesday("11:58"))
    with browsers.window(DESKTOP, signed_in="frontdesk@kalon.test") as desk:
        page = desk.page
        desk.go("/appointments/queue")
        first = page.locator("#col-arrived [data-board-card]").first
        first.locator("a").first.focus()
        page.keyboard.press("ArrowRight")
        expect(page.locator("#col-triage a:focus")).to_have_count(1)
        page.keyboard.press("ArrowLeft")
        expect(first.locator("a").first).to_be_focused()
        for _ in range(6):
            page.keyboard.press("Tab")
            if "Call" in page.evaluate("document.activeElement.textContent"):
                break
        held = page.evaluate("document.activeElement.closest('[data-board-card]').id")
        page.keyboard.press("Enter")
        expect(page.locator(f"#{held}")).to_contain_text("Called")
        assert page.evaluate("document.activeElement.closest('[data-board-card]').id") == held


def test_the_board_on_a_phone(live_house: House, browsers: Browsers, morning: dict[str, Any]) -> None:
    live_house.at(on_tuesday("11:59"))
    for dark in (False, True):
        with browsers.window(PHONE, signed_in="nurse@kalon.test", dark=dark) as phone:
            phone.go("/appointments/queue")
            assert phone.overflow() == 0
            assert phone.violations() == []
            buttons = phone.page.locator("[data-board-card] .btn")
            assert buttons.count() > 0
            assert min(box["height"] for one in buttons.all() if (box := one.bounding_box())) >= 48
