"""A consent is signed on a tablet by touch, on a phone by keyboard, and withdrawn there."""

import json
import re
import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from kalon.consents import actions, queries
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.patients.rules import PatientDetails
from tests.browser.browsers import PHONE, TABLET, Browsers
from tests.browser.house import House
from tests.journeys.story import on_tuesday

RESTS = 0.8  # seconds; browsers take half a second for a wish to see a menu
EMAIL, PASSWORD = "lakshmi@example.org", "a long pass phrase"


@pytest.fixture(scope="module")
def lakshmi(house: House) -> Any:
    """A patient with an account, and every consent form in use."""
    story, owner = house.story, house.story.place.by["owner"]
    house.at(on_tuesday("08:20"))
    with clock.at(house.tick()):
        details = PatientDetails(
            given_name="Lakshmi", family_name="Pillai", birth_date="1988-02-03", email=EMAIL, phone="+919846330099",
            gender="female",
        )  # fmt: skip
        registration = patients.start_registration(details, PASSWORD, by=story.visitor)
        patient = patients.confirm_registration(registration.pk, story.code_sent(), by=story.visitor)
        with acting_as(owner):
            drafts = [one.pk for one in queries.versions(seen_by=owner).filter(status="DRAFT")]
        for pk in [*drafts, *(one.pk for one in actions.bring_built_in(by=owner))]:
            actions.publish(pk, by=owner)
    return patient


def _presented(house: House, patient: Any, kind: str) -> Any:
    nurse = house.story.nurse
    with clock.at(house.tick()):
        with acting_as(nurse):
            version = queries.usable(seen_by=nurse).get(kind=kind)
        made = actions.prepare(patient.pk, actions.Wish(version.pk, house.story.place.branch.pk), by=nurse)
        return actions.present(made.pk, by=nurse)


def _state(house: House, consent: Any) -> Any:
    system = house.story.place.system
    with acting_as(system):
        return queries.consent(consent.pk, seen_by=system)


def _draw(page: Page) -> None:
    """A finger on the field: two lines, both of them whole. It rests before each, as people's do."""
    expect(page.locator("[data-sign].is-live")).to_be_visible()
    pad = page.locator("[data-sign-pad]")
    finger = page.context.new_cdp_session(page)
    lines = [[(0.1, 0.7), (0.2, 0.2), (0.3, 0.8), (0.45, 0.4)], [(0.5, 0.6), (0.7, 0.5), (0.85, 0.62)]]
    for _ in range(5):
        pad.evaluate("node => node.scrollIntoView({ block: 'center' })")  # past the foot of the page
        box = pad.bounding_box()
        assert box is not None
        for line in lines:
            for at, (x, y) in enumerate(line):
                point = {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}
                touch = {"type": "touchMove" if at else "touchStart", "touchPoints": [point]}
                finger.send("Input.dispatchTouchEvent", touch)
                if not at:
                    time.sleep(RESTS)
            finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        drawn = json.loads(page.locator("[data-sign-strokes]").input_value() or "[]")
        if len(drawn) == len(lines) and all(len(stroke) > 1 for stroke in drawn):
            return
        if drawn:  # the page still moved under the finger
            page.locator("[data-sign-clear]").click()
    raise AssertionError(f"Nothing whole could be drawn in the field: {drawn}")


def test_signed_on_a_tablet_by_touch(house: House, browsers: Browsers, lakshmi: Any) -> None:
    consent = _presented(house, lakshmi, "RECORDING")
    with browsers.window(TABLET, signed_in="nurse@kalon.test") as tablet:
        page = tablet.page
        tablet.go(f"/consents/{consent.pk}")
        page.get_by_role("link", name="Sign on this device").tap()
        page.get_by_role("button", name="हिन्दी").tap()
        expect(page.get_by_role("heading", name="हम क्या पूछ रहे हैं")).to_be_visible()
        page.get_by_role("button", name="English").tap()
        page.get_by_role("button", name="Sign", exact=True).tap()
        expect(page.get_by_text("Sign in the field, or type your full name.").first).to_be_visible()
        assert tablet.violations() == []
        page.get_by_role("button", name="I cannot sign, type my name").tap()  # and back to drawing
        page.get_by_role("button", name="I cannot sign, type my name").tap()
        _draw(page)
        page.get_by_role("button", name="Sign", exact=True).click()
        expect(page.get_by_text("Tick each sentence you agree with").first).to_be_visible()
        expect(page.locator("[data-sign-pad] path")).to_have_attribute("d", re.compile(r"^M\d+ \d+L"))  # kept
        for tick in page.get_by_role("checkbox").all():
            tick.check()
        page.get_by_role("button", name="Sign", exact=True).click()
        expect(page.get_by_text("Now signs: member of staff")).to_be_visible()
        page.get_by_role("button", name="Close this notice").tap()
        _draw(page)
        expect(page.locator("[data-sign-pad] path")).to_have_attribute("d", re.compile(r"^M\d+ \d+L"))
        page.get_by_role("button", name="Sign", exact=True).click()
        expect(page.get_by_text("In force").first).to_be_visible()
        expect(page.get_by_role("img", name="Signature of Lakshmi Pillai, drawn")).to_be_visible()
        assert tablet.violations() == []
        tablet.complaints = [words for words in tablet.complaints if "422" not in words]  # the two refusals above
    done = _state(house, consent)
    assert done.status == "SIGNED" and queries.seal_holds(done)
    assert [one.method for one in done.signatures.all()] == ["DRAWN", "DRAWN"]


def test_signed_and_withdrawn_on_a_phone_by_keyboard(house: House, browsers: Browsers, lakshmi: Any) -> None:
    consent = _presented(house, lakshmi, "DATA_PROCESSING")
    with browsers.window(PHONE, signed_in=EMAIL) as phone:
        page, keys = phone.page, phone.page.keyboard

        def reach(wanted: Any) -> None:
            for _ in range(60):
                if wanted.evaluate("node => node === document.activeElement"):
                    return
                keys.press("Tab")
            raise AssertionError("out of reach by keyboard")

        phone.go("/my/")
        reach(page.get_by_role("link", name=re.compile("use of personal data")))
        keys.press("Enter")
        expect(page.get_by_role("heading", name="What we keep about you")).to_be_visible()
        for tick in page.get_by_role("checkbox").all():
            reach(tick)
            keys.press("Space")
        reach(page.get_by_role("button", name="I cannot sign, type my name"))
        keys.press("Enter")
        expect(page.get_by_label("Your full name")).to_be_focused()
        keys.type("Lakshmi Pillai")
        reach(page.get_by_role("button", name="Sign", exact=True))
        keys.press("Enter")
        expect(page.get_by_text("It holds until you withdraw it")).to_be_visible()
        assert phone.violations() == [] and phone.overflow() <= 0
        house.carry_out()
        page.reload()
        copy = page.get_by_role("link", name="Your signed copy").get_attribute("href")
        assert copy and phone.context.request.get(copy).body().startswith(b"%PDF")
        page.get_by_label("In a few words, why").fill("I changed my mind")
        page.get_by_role("button", name="Withdraw my consent").click()
        page.get_by_role("dialog").get_by_role("button", name="Withdraw", exact=True).click()
        expect(page.get_by_text("From then on it allows nothing.")).to_be_visible()
    done = _state(house, consent)
    assert done.status == "REVOKED"
    assert [one.method for one in done.signatures.all()] == ["TYPED"]
