"""The desk's whole day by keyboard: nothing on it needs a mouse, from signing in until signing out."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, TimeoutError, expect

from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.patients.rules import PatientDetails
from kalon.scheduling import actions as scheduling
from kalon.scheduling.actions import BookingRequest
from kalon.scheduling.lifecycles import AHEAD
from kalon.scheduling.models import Appointment, WaitingEntry
from tests.browser.browsers import DESKTOP, Browsers
from tests.browser.house import House
from tests.journeys.story import on_tuesday

FRIDAY = timedelta(days=3)  # a day that no other test of this house lives
DESK = "frontdesk@kalon.test"
# The desk of the demonstration signs in with this; it is printed by `./kalon demo`.
PASSWORD = "kalon-demo-2026"
NEW = "Uma"
KNOWN = ("Padma Iyer", "Qadir Ali", "Reena Jose", "Sanjay Pillai", "Tara Nambiar")


def at(clock_time: str) -> datetime:
    return on_tuesday(clock_time) + FRIDAY


@pytest.fixture
def visits(house: House) -> Iterator[dict[str, Any]]:
    """Four visits of a Friday that were booked before, one that was asked for online, and one not paid."""
    story = house.story
    house.at(at("08:00"))
    made: dict[str, Any] = {}
    with clock.at(house.tick()):
        for n, (name, start) in enumerate(zip(KNOWN, ("09:00", "10:00", "11:00", "12:00", "16:00"), strict=True)):
            given, family = name.split()
            details = PatientDetails(
                given_name=given, family_name=family, birth_date="1979-07-07", phone=f"+9198460088{n:02d}",
                gender="female", confirmed_not_duplicate=True,
            )  # fmt: skip
            patient = patients.register(details, by=story.desk)
            wish = BookingRequest(
                patient_id=patient.pk,
                branch_id=story.place.branch.pk,
                doctor_id=story.dr_menon.pk,
                service_id=story.place.services["CONSULT" if given == "Sanjay" else "FOLLOW-UP"].pk,
                start=at(start),
            )
            asks = story.patient_actor(patient.pk, given) if given == "Tara" else story.desk
            made[given] = scheduling.book(wish, by=asks)
    yield made
    house.at(at("19:00"))
    with acting_as(story.place.system):
        ahead = Appointment.objects.filter(status__in=AHEAD, starts_at__gte=at("08:00"), starts_at__lt=at("20:00"))
        left = list(ahead.values_list("pk", flat=True))
    with clock.at(house.tick()):
        for pk in left:
            scheduling.cancel(pk, "The test is over", by=story.desk)


def test_a_day_at_the_desk_without_a_mouse(house: House, browsers: Browsers, visits: dict[str, Any]) -> None:
    story = house.story
    with browsers.window(DESKTOP) as desk:
        page, keys = desk.page, desk.page.keyboard

        # She signs in.
        house.at(at("08:30"))
        desk.go("/accounts/login/")
        expect(page.get_by_label("E-mail or phone")).to_be_focused()
        keys.type(DESK)
        _reach(page, page.get_by_role("textbox", name="Password"))
        keys.type(PASSWORD)
        keys.press("Enter")
        expect(page.get_by_role("heading", name=f"{at('08:30'):%a %-d %b}")).to_be_visible()

        # The first patient arrives.
        house.at(at("08:50"))
        padma = page.get_by_role("row", name=re.compile("Padma Iyer"))
        _press(page, padma.get_by_role("button", name="Check in"))
        expect(padma).to_contain_text("Arrived")
        assert story.state(visits["Padma"]) == "CHECKED_IN"

        # A slip, and back: the notice offers it.
        _press(page, page.get_by_role("button", name="Undo"))
        expect(padma).to_contain_text("Expected")
        _press(page, padma.get_by_role("button", name="Check in"))
        expect(padma).to_contain_text("Arrived")

        # Somebody new walks in: nobody fits the name, so they are registered with it, and booked.
        keys.press("n")
        expect(page.locator("#q")).to_be_focused()
        keys.type(f"{NEW} Thampi")
        expect(page.locator("#hits")).to_have_attribute("data-for", f"{NEW} Thampi")
        _press(page, page.get_by_role("link", name=re.compile("new patient", re.IGNORECASE)))
        expect(page.get_by_label("First name")).to_have_value(NEW)
        expect(page.get_by_label(re.compile("^Family name"))).to_have_value("Thampi")
        expect(page.get_by_label(re.compile("^Date of birth"))).to_be_focused()
        _date(page, "1990-10-20")
        _choose(page, page.get_by_role("radio", name="Female"))
        _reach(page, page.get_by_label(re.compile("^Phone")).first)
        keys.type(f"98460077{sum(map(ord, NEW)) % 90 + 10}")
        keys.press("Enter")
        expect(page.get_by_label("Patient", exact=True)).to_contain_text(f"{NEW} Thampi")
        assert not desk.violations()
        expect(page.locator("#narrow")).to_be_focused()
        keys.type("follow")
        keys.press("Enter")
        expect(page.locator("[data-hold-on]")).to_be_visible()
        keys.press("Control+Enter")
        expect(page.get_by_text(f"{NEW} Thampi booked for")).to_be_visible()
        with acting_as(story.place.system):
            uma = Appointment.objects.select_related("patient").latest("created_at")
        assert uma.patient.name == f"{NEW} Thampi"

        # A request that came in by night is approved.
        _go_to(page, "3")
        expect(page.get_by_role("heading", name=re.compile("^Requests"))).to_be_visible()
        tara = page.get_by_role("article").filter(has_text="Tara Nambiar")
        _press(page, tara.get_by_role("button", name=re.compile("^Approve")))
        expect(page.get_by_text(re.compile("Approved.*: Tara Nambiar"))).to_be_visible()
        assert story.state(visits["Tara"]) == "CONFIRMED"

        # The queue: who is there is called; the number of a visit is typed.
        _go_to(page, "2")
        expect(page.get_by_role("heading", name="Queue")).to_be_visible()
        card = page.locator(f"#q{visits['Padma'].pk}")
        _press(page, card.get_by_role("button", name=re.compile("Call")))
        expect(card).to_contain_text("Called")
        house.at(at("09:50"))
        keys.press("s")
        expect(page.get_by_label("Code or visit number")).to_be_focused()
        keys.type(visits["Qadir"].number)
        keys.press("Enter")  # a number opens the visit; whoever looks up from it sees who stands there
        expect(page.get_by_role("heading", name="Qadir Ali")).to_be_visible()
        _press(page, page.get_by_role("button", name="Check in"))
        expect(page.get_by_text("Checked in: Qadir Ali")).to_be_visible()
        assert story.state(visits["Qadir"]) == "CHECKED_IN"

        # The calendar: a visit is found with the arrows and moved.
        _go_to(page, "4")
        event = page.locator("article.ec-event:not([data-linked])").filter(has_text="Reena Jose")
        expect(event).to_be_visible()
        _reach(page, page.locator("article.ec-event:focus"), any_of=True)
        for _ in range(12):
            if "Reena Jose" in page.locator(":focus").inner_text():
                break
            keys.press("ArrowDown")
        keys.press("v")
        expect(page.get_by_label("Time", exact=True)).to_be_focused()
        _time(page, "14:30")
        _reach(page, page.get_by_label("Why"))
        keys.type("The patient asked for it")
        keys.press("Enter")
        expect(page.locator(".k-toast")).to_contain_text("Moved to 14:30")
        keys.press("Escape")
        keys.press("h")
        expect(event).to_have_count(0)  # names are hidden
        keys.press("h")
        expect(event).to_be_visible()
        keys.press("w")
        expect(page.locator(".ec-col-head")).to_have_count(7)

        # Back to the day: the move is kept as one leaves. Money is taken for a visit.
        _go_to(page, "1")
        expect(page.get_by_role("row", name=re.compile("Reena Jose"))).to_contain_text("14:30")
        sanjay = page.get_by_role("row", name=re.compile("Sanjay Pillai"))
        _press(page, sanjay.get_by_role("button", name="Take payment"))
        _choose(page, page.get_by_role("radio", name="Cash"))
        _press(page, page.get_by_role("button", name="Take payment"))
        expect(page.get_by_text("Paid").first).to_be_visible()
        house.carry_out()
        assert story.state(visits["Sanjay"]) == "CONFIRMED"

        # Sanjay rings: he cannot come. Who cancels and why is asked.
        keys.press("Control+k")
        keys.type("sanjay pillai")
        expect(page.get_by_role("option", name=re.compile("Sanjay Pillai")).first).to_be_visible()
        keys.press("Escape")
        _go_to(page, "1")
        _press(page, sanjay.locator("summary"))
        _press(page, sanjay.get_by_role("link", name=re.compile("^Open, move or cancel")))
        _press(page, page.get_by_role("link", name=re.compile("^Cancel")).first)
        expect(page.get_by_label("Why")).to_be_focused()
        keys.type("Travels for work")
        keys.press("Enter")
        expect(page.get_by_text("Cancelled", exact=True).first).to_be_visible()
        assert story.state(visits["Sanjay"]) == "CANCELLED"

        # He would come sooner if a time opened: the waiting list.
        _go_to(page, "6")
        expect(page.get_by_role("heading", name="Waiting list")).to_be_visible()
        keys.press("n")
        expect(page.locator("#q")).to_be_focused()
        keys.type("Sanjay Pillai")
        expect(page.locator("#hits")).to_have_attribute("data-for", "Sanjay Pillai")
        keys.press("Enter")
        _reach(page, page.get_by_label(re.compile("^Service")))
        keys.type("Skin cons")
        _reach(page, page.locator("[name=until_date]"))
        _date(page, f"{at('08:30') + timedelta(days=14):%Y-%m-%d}")
        _press(page, page.get_by_role("button", name="Put on the list"))
        expect(page.get_by_role("link", name="Sanjay Pillai")).to_be_visible()
        with acting_as(story.place.system):
            entry = WaitingEntry.objects.latest("created_at")
        assert (entry.status, entry.patient_id) == ("WAITING", visits["Sanjay"].patient_id)

        # Reena does not come. Then the day is over.
        house.at(at("15:20"))
        _go_to(page, "1")
        reena = page.get_by_role("row", name=re.compile("Reena Jose"))
        _press(page, reena.locator("summary"))
        _press(page, reena.get_by_role("button", name="No-show"))
        expect(reena.locator("td > .k-st").filter(has_text="No-show")).to_be_visible()
        assert story.state(visits["Reena"]) == "NO_SHOW"
        house.at(at("18:30"))
        keys.press("?")
        expect(page.get_by_role("dialog")).to_be_visible()
        keys.press("Escape")
        _press(page, page.locator("summary.k-user"))
        _press(page, page.get_by_role("button", name="Sign out"))
        expect(page.get_by_role("link", name="Sign in").or_(page.get_by_label("E-mail or phone")).first).to_be_visible()
        assert desk.go("/day") == 200
        expect(page.get_by_label("E-mail or phone")).to_be_focused()
    with clock.at(house.tick()):
        scheduling.withdraw(entry.pk, "The test is over", by=story.desk)


def _go_to(page: Page, number: str) -> None:
    """Go to a page of the menu by its number; a page that has only just come may not hear the first time."""
    before = page.url
    for _ in range(5):
        page.keyboard.press("g")
        page.keyboard.press(number)
        try:
            page.wait_for_url(lambda url: url != before, timeout=2_000)
        except TimeoutError:
            continue
        return
    raise AssertionError(f"g {number} leads nowhere from {page.url}")


def _press(page: Page, control: Locator) -> None:
    """Walk to a control with Tab and press it with Enter."""
    _reach(page, control)
    page.keyboard.press("Enter")


def _reach(page: Page, control: Locator, key: str = "Tab", *, any_of: bool = False) -> None:
    """Walk with Tab until the control has the focus, and see that it has it."""
    if not any_of:
        expect(control).to_be_visible()
    for _ in range(150):
        page.keyboard.press(key)
        if control.count() and control.first.evaluate("node => node === document.activeElement"):
            return
    raise AssertionError(f"The keyboard does not get to {control}")


def _choose(page: Page, radio: Locator) -> None:
    """Walk to a group of radios, where Tab stops once, and go on to one of them with the arrows."""
    name = radio.get_attribute("name")
    _reach(page, page.locator(f"input[type=radio][name='{name}']:focus"), any_of=True)
    for _ in range(12):
        if radio.evaluate("node => node === document.activeElement"):
            expect(radio).to_be_checked()
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"The arrows do not get to {radio}")


def _date(page: Page, day: str) -> None:
    page.locator(":focus").fill(day)


def _time(page: Page, clock_time: str) -> None:
    page.locator(":focus").fill(clock_time)
