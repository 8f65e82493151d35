"""The theatre manager takes a surgery from the board to its case: line by line, cleared, scheduled; on a phone too."""

import os
from typing import Any

import pytest
from playwright.sync_api import expect

from kalon.kernel.tenancy import acting_as
from kalon.people import queries as people
from kalon.quotes import actions as quotes
from kalon.theatre import actions, queries
from kalon.theatre.tests.under_way import agreed
from tests.browser.browsers import DESKTOP, PHONE, Browsers, Window
from tests.browser.house import House
from tests.browser.rows import lived_day
from tests.journeys.story import on_tuesday
from tests.journeys.surgery import hands

MANAGER = "theatre@kalon.test"
PICTURES = os.environ.get("KALON_PICTURES", "")


@pytest.fixture(scope="module")
def examples(house: House) -> dict[str, dict[str, Any]]:
    house.at(on_tuesday("08:00"))
    made = lived_day(house.story)
    house.at(on_tuesday("10:10"))
    return made


def pictured(window: Window, name: str) -> None:
    """The page is usable by everybody; with KALON_PICTURES it is kept to be looked at."""
    if PICTURES:
        window.page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)
    assert window.violations() == []


def answered(house: House, clearance_id: Any) -> None:
    """All that others have to do before the day: said, or let go by the surgeon."""
    surgeon, story = house.story.place.by["surgeon"], house.story
    with acting_as(surgeon):
        found = queries.clearance(clearance_id, seen_by=surgeon)
        name = people.staff_of(surgeon).name  # type: ignore[union-attr]
    quotes.waive_money(found.plan_id, "A colleague", by=surgeon)
    with acting_as(surgeon):
        plan = queries.clearance(clearance_id, seen_by=surgeon).plan
    agreed(hands(story), plan)
    with acting_as(surgeon):
        open_lines = list(queries.lines_of(queries.clearance(clearance_id, seen_by=surgeon)))
        said = queries.sayable(seen_by=surgeon)
    for one in open_lines:
        if one.is_met or one.requirement.moment != "BEFORE":
            continue
        if one.requirement.kind in said:
            actions.state(one.requirement.pk, "Seen and written.", by=surgeon)
        elif one.is_waivable:
            actions.waive(one.requirement.pk, "Young and well", name, by=surgeon)


def test_from_the_board_to_the_case(house: House, browsers: Browsers, examples: dict[str, Any]) -> None:
    clearance_id = examples["theatre:clearance"]["pk"]
    with browsers.window(DESKTOP, signed_in=MANAGER) as window:
        page = window.page
        window.go("/theatre/board")
        expect(page.get_by_role("heading", name="Clearance", exact=True)).to_be_visible()
        pictured(window, "board")
        window.go("/theatre/pathway")
        pictured(window, "pathway")
        window.go(f"/theatre/clearances/{clearance_id}")
        expect(page.get_by_text("lines missing.")).to_be_visible()
        pictured(window, "clearance-open")
        window.go(f"/theatre/plans/{examples['theatre:reserve']['plan_id']}/reserve")
        pictured(window, "reserve")
        answered(house, clearance_id)
        window.go(f"/theatre/clearances/{clearance_id}")
        page.get_by_role("button", name="Clear for surgery").click()
        expect(page.get_by_role("heading", name="Cleared")).to_be_visible()
        pictured(window, "clearance-cleared")
        window.go(f"/theatre/reservations/{examples['theatre:reservation']['pk']}")
        pictured(window, "reservation")
        page.get_by_role("button", name="Schedule the case").click()
        expect(page.get_by_text("CS-")).to_be_visible()
        expect(page.get_by_text("Firm")).to_be_visible()
        week = (on_tuesday("09:00").date()).isoformat()
        window.go(f"/theatre/calendar?date={week}&view=week")
        pictured(window, "week")
        window.go("/theatre/calendar?date=" + next_week())
        expect(page.get_by_text("Firm")).to_be_visible()
        pictured(window, "day")
        dragged_to_the_afternoon(window)
        window.go(f"/plans/{examples['theatre:reserve']['plan_id']}")
        expect(page.get_by_role("heading", name="Clearance and theatre")).to_be_visible()
        pictured(window, "plan")
    with browsers.window(PHONE, signed_in=MANAGER, dark=True) as window:
        for name in ("board", "pathway", "calendar"):
            window.go(f"/theatre/{name}")
            assert window.overflow() <= 0
            pictured(window, f"{name}-phone")


def dragged_to_the_afternoon(window: Window) -> None:
    """The surgery is taken three hours down: nothing moves before the form says why; v opens it without a mouse."""
    page = window.page
    surgery = page.locator("[data-move]")
    box = surgery.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + 12
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 4, y + 240, steps=8)
    expect(page.get_by_text("14:00–16:00")).to_be_visible()
    pictured(window, "dragging")
    page.mouse.up()
    expect(page.get_by_role("heading", name="Move the surgery")).to_be_visible()
    expect(page.get_by_label("Begins at")).to_have_value("14:00")
    expect(page.get_by_text("Stands on Tuesday")).to_contain_text("11:00–13:00")
    pictured(window, "dropped")
    page.get_by_label("Why it moves").fill("The list begins later")
    page.get_by_role("button", name="Keep this time").click()
    expect(page.get_by_text("14:00–16:00")).to_be_visible()
    window.go("/theatre/calendar?date=" + next_week())
    expect(surgery).to_contain_text("14:00–16:00")
    surgery.get_by_role("link").focus()
    page.keyboard.press("v")
    expect(page.get_by_role("heading", name="Move the surgery")).to_be_visible()


def next_week() -> str:
    from datetime import timedelta

    return (on_tuesday("09:00") + timedelta(days=7)).date().isoformat()
