"""The calendar, as somebody at the desk lives with it: dragged, undone, moved by keyboard, filtered, printed."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from kalon.kernel import clock
from kalon.patients import actions as patients
from kalon.patients.rules import PatientDetails
from kalon.scheduling import actions as scheduling
from kalon.scheduling.lifecycles import AHEAD
from tests.browser.browsers import DESKTOP, PHONE, Browsers, Window, comes_true
from tests.browser.house import House
from tests.browser.rows import _booked
from tests.journeys.story import KOCHI, on_tuesday

DESK = "frontdesk@kalon.test"
QUARTER = 20  # pixels of a quarter of an hour
NAMES = ("Anjali Varma", "Biju Kurian", "Chitra Rao", "Deepa Thomas", "Eapen Jacob")


@pytest.fixture(scope="module")
def visits(house: House) -> Iterator[dict[str, Any]]:
    """Five visits of Tuesday afternoon, by the patient's first name."""
    story = house.story
    house.at(on_tuesday("08:30"))
    made: dict[str, Any] = {}
    with clock.at(house.tick()):
        for n, (name, start) in enumerate(zip(NAMES, ("14:00", "15:00", "15:30", "16:00", "16:30"), strict=True)):
            given, family = name.split()
            details = PatientDetails(
                given_name=given, family_name=family, birth_date="1985-05-05", phone=f"+9198460099{n:02d}",
                gender="female", confirmed_not_duplicate=True,
            )  # fmt: skip
            patient = patients.register(details, by=story.desk)
            made[given] = _booked(story, patient, start)
    yield made
    house.at(on_tuesday("13:10"))
    for visit in made.values():  # the house is shared, and others want the afternoon
        if story.state(visit) in AHEAD:
            with clock.at(house.tick()):
                scheduling.cancel(visit.pk, "The test is over", by=story.desk)


@pytest.fixture
def desk(house: House, browsers: Browsers, visits: dict[str, Any]) -> Iterator[Window]:
    house.at(on_tuesday("13:10"))
    with browsers.window(DESKTOP, signed_in=DESK) as window:
        _opened(window)
        yield window


def test_a_dropped_visit_is_saved_after_ten_seconds(house: House, desk: Window, visits: dict[str, Any]) -> None:
    page = desk.page
    _drag(page, _event(page, "Anjali Varma"), down=2)
    expect(_toast(page)).to_contain_text("Moved to 14:30")
    assert _start(house, visits["Anjali"]) == "14:00"
    _ten_seconds_later(page)
    expect(_event(page, "Anjali Varma")).to_have_accessible_name(re.compile("^14:30 to"))
    assert _start(house, visits["Anjali"]) == "14:30"


def test_undo_costs_nothing(house: House, desk: Window, visits: dict[str, Any]) -> None:
    page = desk.page
    before = house.story.now(visits["Chitra"]).edition
    _drag(page, _event(page, "Chitra Rao"), down=6)
    page.get_by_role("button", name="Undo").click()
    expect(_toast(page)).to_have_count(0)
    expect(_event(page, "Chitra Rao")).to_have_accessible_name(re.compile("^15:30 to"))
    page.clock.fast_forward(15_000)
    page.wait_for_timeout(300)
    assert (_start(house, visits["Chitra"]), house.story.now(visits["Chitra"]).edition) == ("15:30", before)


def test_a_visit_goes_to_another_doctor(house: House, desk: Window, visits: dict[str, Any]) -> None:
    page = desk.page
    _drag(page, _event(page, "Biju Kurian"), to_column=house.story.place.doctors[1].name, down=8)
    expect(_toast(page)).to_contain_text("Moved to 17:00")
    _ten_seconds_later(page)
    expect(_event(page, "Biju Kurian")).to_have_accessible_name(re.compile("^17:00.*with Dr Rohan Shah"))
    assert house.story.now(visits["Biju"]).doctor_id == house.story.place.doctors[1].pk


def test_leaving_the_page_saves_the_move(house: House, desk: Window, visits: dict[str, Any]) -> None:
    page = desk.page
    _drag(page, _event(page, "Chitra Rao"), down=-2)
    expect(_toast(page)).to_contain_text("Moved to 15:00")
    desk.go("/day")
    comes_true(page, lambda: _start(house, visits["Chitra"]) == "15:00")  # what the page sent when it went


def test_a_longer_visit_is_drawn_longer(house: House, desk: Window, visits: dict[str, Any]) -> None:
    page = desk.page
    event = _event(page, "Chitra Rao")
    event.hover()
    box = event.bounding_box()
    assert box
    _mouse(page, (box["x"] + 40, box["y"] + box["height"] - 3), (box["x"] + 40, box["y"] + box["height"] - 3 + QUARTER))
    expect(_toast(page)).to_be_visible()
    _ten_seconds_later(page)
    expect(_event(page, "Chitra Rao")).to_have_accessible_name(re.compile("^15:00 to 15:45"))
    period = house.story.now(visits["Chitra"]).period
    assert (period.upper - period.lower).total_seconds() == 45 * 60


def test_moving_without_a_mouse(house: House, desk: Window, visits: dict[str, Any]) -> None:
    page = desk.page
    _event(page, "Eapen Jacob").focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator(":focus")).to_have_accessible_name(re.compile("Deepa Thomas"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("v")
    at = page.get_by_label("Time", exact=True)
    expect(at).to_be_focused()
    at.fill("17:30")
    page.get_by_label("Why").fill("The patient asked for it")
    page.keyboard.press("Enter")
    expect(_toast(page)).to_contain_text("Moved to 17:30")
    _ten_seconds_later(page)
    assert _start(house, visits["Eapen"]) == "17:30"
    page.keyboard.press("Escape")
    expect(page.locator("#visit-pane")).to_have_count(0)
    expect(page.locator(":focus")).to_have_accessible_name(re.compile("Eapen Jacob"))


def test_a_refusal_offers_the_next_free_times(house: House, desk: Window, visits: dict[str, Any]) -> None:
    page = desk.page
    _drag(page, _event(page, "Deepa Thomas"), down=-3)  # 15:15: Chitra Rao is there
    note = page.locator("[data-refusal]")
    expect(note).to_contain_text("Deepa Thomas stays where it was")
    expect(note).to_contain_text("taken from 15:00")
    expect(_event(page, "Deepa Thomas")).to_have_accessible_name(re.compile("^16:00 to"))
    ways = note.get_by_role("button").filter(has_text=":")
    expect(ways).to_have_count(3)
    chosen = ways.first.inner_text()
    ways.first.click()
    expect(_toast(page)).to_contain_text(f"Moved to {chosen}")
    page.get_by_role("button", name="Undo").click()
    expect(_toast(page)).to_have_count(0)
    assert _start(house, visits["Deepa"]) == "16:00"
    desk.complaints = [said for said in desk.complaints if "409" not in said]  # the browser speaks of refusals, too


def test_a_visit_of_the_house_is_checked_in_with_one_tap(house: House, desk: Window, visits: dict[str, Any]) -> None:
    page = desk.page
    _event(page, "Deepa Thomas").click()
    page.locator("#visit-pane").get_by_role("button", name="Check in").click()
    expect(_event(page, "Deepa Thomas")).to_contain_text("Arrived")
    expect(page.locator("#visit-pane")).to_contain_text("Arrived")
    expect(page.locator("#calendar-move")).to_contain_text("stays where it is")
    assert house.story.state(visits["Deepa"]) == "CHECKED_IN"


def test_names_are_hidden_and_stay_hidden(desk: Window) -> None:
    page = desk.page
    expect(_event(page, "Chitra Rao")).to_be_visible()
    page.get_by_role("button", name="Hide names").click()
    expect(_event(page, "C. R.")).to_be_visible()
    assert "Chitra" not in page.locator(".k-cal").inner_html()
    page.reload()
    expect(_event(page, "C. R.")).to_be_visible()
    page.get_by_role("button", name="Hide names").click()
    expect(_event(page, "Chitra Rao")).to_be_visible()


def test_filters_stand_in_the_address(house: House, desk: Window) -> None:
    page = desk.page
    other = house.story.place.doctors[1].name
    page.locator("[data-columns-word]").click()
    page.get_by_label(other).check()
    expect(page.locator(".ec-col-head")).to_have_count(1)
    expect(_event(page, "Biju Kurian")).to_be_visible()
    expect(_event(page, "Chitra Rao")).to_have_count(0)
    page.get_by_role("link", name="Week").click()
    expect(page.locator(".ec-col-head")).to_have_count(7)
    page.reload()
    expect(page.locator(".ec-col-head")).to_have_count(7)
    expect(_event(page, "Chitra Rao")).to_have_count(0)
    page.go_back()
    expect(page.locator(".ec-col-head")).to_have_count(1)
    page.go_back()
    expect(_event(page, "Chitra Rao")).to_be_visible()


def test_a_day_on_which_nobody_works_says_so(desk: Window) -> None:
    desk.go("/appointments/calendar?columns=doctors&doctor=00000000-0000-7000-8000-000000000000")  # who left
    empty = desk.page.locator("[data-calendar-empty]")
    expect(empty).to_be_visible()
    assert not desk.violations()
    empty.get_by_role("link", name="Show all").click()
    expect(desk.page.locator(".ec-col-head").first).to_be_visible()
    expect(empty).to_be_hidden()


def test_what_others_do_appears_by_itself(house: House, desk: Window, visits: dict[str, Any]) -> None:
    page = desk.page
    expect(_event(page, "Deepa Thomas")).to_contain_text("Arrived")
    with clock.at(house.tick()):
        scheduling.undo_check_in(visits["Deepa"].pk, "The wrong patient", by=house.story.desk)
    page.clock.fast_forward(31_000)
    expect(_event(page, "Deepa Thomas")).to_contain_text("Expected")


def test_an_empty_place_leads_to_the_booking(house: House, desk: Window) -> None:
    page = desk.page
    column = _column(page, house.story.place.doctors[1].name)
    event = _event(page, "Chitra Rao").bounding_box()
    assert event
    page.mouse.click(column, event["y"] + 2)
    page.wait_for_url(re.compile(r"/appointments/book\?"))
    assert f"doctor={house.story.place.doctors[1].pk}" in page.url
    assert "date=2026-11-24&time=15%3A00" in page.url
    assert "start=2026-11-24T09%3A30Z" in page.url


def test_a_browser_in_another_zone_draws_the_clinic_s_clock(house: House, desk: Window) -> None:
    desk._protocol.send("Emulation.setTimezoneOverride", {"timezoneId": "America/New_York"})
    desk.page.reload()
    event = _event(desk.page, "Chitra Rao")
    expect(event).to_be_visible()
    label = desk.page.locator(".ec-sidebar time", has_text="15:00").bounding_box()
    box = event.bounding_box()
    assert label
    assert box
    assert abs((label["y"] + label["height"] / 2) - box["y"]) < QUARTER / 2
    expect(desk.page.locator(".ec-now-indicator")).to_be_attached()
    _drag(desk.page, event, down=1)
    expect(_toast(desk.page)).to_contain_text("Moved to 15:15")
    desk.page.get_by_role("button", name="Undo").click()
    expect(_toast(desk.page)).to_have_count(0)


def test_a_time_is_blocked_and_opened_again(house: House, browsers: Browsers, visits: dict[str, Any]) -> None:
    house.at(on_tuesday("13:10"))
    doctor = house.story.place.doctors[1].name
    with browsers.window(DESKTOP, signed_in="owner@kalon.test") as window:
        page = window.page
        _opened(window)
        page.get_by_role("button", name="Block a time").click()
        event = _event(page, "Chitra Rao").bounding_box()
        assert event
        across = _column(page, doctor)
        _mouse(page, (across, event["y"] + 2), (across, event["y"] + 2 + 3 * QUARTER))
        pane = page.locator("#block-pane")
        expect(pane).to_contain_text(f"{doctor} cannot be booked")
        expect(pane.locator("input[name=starts_at]")).to_have_value("15:00")
        expect(pane.locator("input[name=ends_at]")).to_have_value("16:00")
        pane.get_by_label("Note").fill("Fire drill")
        assert not window.violations()
        pane.get_by_role("button", name="Block this time").click()
        again = page.get_by_role("button", name="Fire drill: open this time again")
        expect(again).to_be_visible()
        again.click()
        expect(again).to_have_count(0)


def test_the_day_list_on_paper(desk: Window) -> None:
    page = desk.page
    expect(_event(page, "Chitra Rao")).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    sheet = page.locator("[data-calendar-print]")
    table = sheet.get_by_role("table", name=re.compile("^Dr Kavya Menon, Tuesday 24 November 2026"))
    expect(table.get_by_role("row", name=re.compile("15:00–15:45.*Chitra Rao"))).to_be_visible()
    expect(page.locator("[data-calendar-grid]")).to_be_hidden()


def test_one_doctor_s_day_on_a_phone(house: House, browsers: Browsers, visits: dict[str, Any]) -> None:
    house.at(on_tuesday("13:10"))
    with browsers.window(PHONE, signed_in=DESK) as window:
        page = window.page
        _opened(window)
        chitra = page.get_by_role("button", name=re.compile("Chitra Rao"))
        expect(chitra).to_be_visible()
        page.get_by_label("Doctor", exact=True).select_option(label=house.story.place.doctors[1].name)
        expect(page.get_by_role("button", name=re.compile("Biju Kurian"))).to_be_visible()
        expect(chitra).to_have_count(0)
        assert window.overflow() <= 0
        assert not window.violations()
        page.get_by_role("button", name=re.compile("Biju Kurian")).click()
        expect(page.locator("#visit-pane")).to_be_visible()
        assert not window.violations()
        page.get_by_role("link", name="Close").click()
        expect(page.locator("#visit-pane")).to_have_count(0)


@pytest.mark.parametrize("view", ["day", "week", "month", "timeline"])
def test_everybody_can_use_every_view(desk: Window, view: str) -> None:
    desk.go(f"/appointments/calendar?view={view}")
    expect(desk.page.locator("article.ec-event").first).to_be_attached()
    desk.page.wait_for_timeout(200)
    faults = desk.violations()
    desk.page.emulate_media(color_scheme="dark")
    desk.page.reload()
    expect(desk.page.locator("article.ec-event").first).to_be_attached()
    faults += desk.violations("color-contrast")
    assert not faults, "\n".join(faults)


# -- hands and eyes


def _opened(window: Window) -> None:
    """The calendar, at ten past one of the story's Tuesday."""
    window.page.clock.install(time=datetime(2026, 11, 24, 13, 10, tzinfo=KOCHI))
    window.page.clock.resume()
    window.go("/appointments/calendar")


def _event(page: Page, name: str) -> Locator:
    """A visit in the column of its doctor, not the same visit seen from its room."""
    return page.locator("article.ec-event:not([data-linked]):not(.ec-ghost)").filter(has_text=name)


def _toast(page: Page) -> Locator:
    return page.locator(".k-toast").filter(has=page.locator("[data-undo-move]"))


def _ten_seconds_later(page: Page) -> None:
    """The move can no longer be undone: it is saved."""
    page.clock.fast_forward(11_000)
    expect(page.locator(".k-cal-ev.is-pending")).to_have_count(0)


def _start(house: House, visit: Any) -> str:
    return f"{house.story.now(visit).period.lower.astimezone(KOCHI):%H:%M}"


def _column(page: Page, name: str) -> float:
    """Where a column has its middle."""
    box = page.locator(".ec-col-head").filter(has_text=name).bounding_box()
    assert box
    return box["x"] + box["width"] / 2


def _drag(page: Page, event: Locator, *, down: int, to_column: str = "") -> None:
    """Take a visit and put it some quarters of an hour lower, perhaps in another column."""
    event.scroll_into_view_if_needed()
    box = event.bounding_box()
    assert box
    start = (box["x"] + 40, box["y"] + 8)
    _mouse(page, start, (_column(page, to_column) if to_column else start[0], start[1] + down * QUARTER))


def _mouse(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=4)
    page.mouse.move(*end, steps=4)
    page.mouse.up()
