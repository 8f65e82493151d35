"""What is tapped is heard: under a notice, at the foot of the page, and before the page's scripts are there."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.browsers import DESKTOP, PHONE, UPRIGHT, Browsers
from tests.browser.house import House

SAY = "document.dispatchEvent(new CustomEvent('k-toast', {detail: {text: 'The consent is signed', undo: '/undo'}}))"
TAKEN = """() => {
  const words = document.querySelector(".k-toast span").getBoundingClientRect();
  const under = document.elementFromPoint(words.x + words.width / 2, words.y + words.height / 2);
  return under?.closest(".k-toasts") !== null;
}"""
FOOT = ".k-foot, .k-bottom, .k-actions:not(:empty)"


@pytest.mark.parametrize("size", [PHONE, UPRIGHT], ids=["phone", "tablet"])
@pytest.mark.parametrize(("person", "path"), [("", "/register"), ("nurse@kalon.test", "/consultations")])
def test_a_notice_takes_no_tap_and_leaves_the_foot_free(
    house: House, browsers: Browsers, size: dict[str, int], person: str, path: str
) -> None:
    with browsers.window(size, signed_in=person) as window:
        page = window.page
        window.go(path)
        page.evaluate(SAY)
        notice = page.locator(".k-toast")
        assert not page.evaluate(TAKEN), "the notice takes the tap that is meant for what lies under it"
        there = notice.bounding_box()
        assert there is not None and there["y"] >= 0
        for foot in page.locator(FOOT).all():
            box = foot.bounding_box()
            if box is not None and box["height"] and box["y"] < size["height"]:
                assert there["y"] + there["height"] <= box["y"], "the notice lies on the foot of the page"
        page.get_by_role("button", name="Close this notice").tap()
        assert notice.count() == 0


def _without_scripts(page: Page, path: str) -> list[Route]:
    """Open a page whose scripts are still on their way."""
    waiting: list[Route] = []
    page.unroute_all()
    page.route(re.compile(r"/app\.js"), lambda route: waiting.append(route))
    page.goto(path, wait_until="commit")
    return waiting


def test_what_is_done_before_the_scripts_are_there_is_not_lost(house: House, browsers: Browsers) -> None:
    with browsers.window(DESKTOP, signed_in="frontdesk@kalon.test") as desk:
        page = desk.page

        waiting = _without_scripts(page, "/day")
        page.locator("summary.k-user").click()
        keys = page.get_by_role("button", name="Keyboard shortcuts")
        keys.click()
        expect(keys).to_have_attribute("aria-busy", "true")
        waiting[0].continue_()
        expect(page.locator("#k-shortcuts")).to_be_visible()

        waiting = _without_scripts(page, "/appointments/book")
        page.locator("#q").fill("Nobody of this name")
        waiting[0].continue_()
        expect(page.locator("#hits")).to_have_attribute("data-for", "Nobody of this name")

        waiting = _without_scripts(page, "/day")
        expect(page.locator("main h1")).to_be_visible()
        page.keyboard.press("n")
        waiting[0].continue_()
        expect(page.locator("#q")).to_be_focused()

        waiting = _without_scripts(page, "/day")
        expect(page.locator("main h1")).to_be_visible()
        page.locator("summary.k-user").click()
        page.get_by_role("button", name="Sign out").click()
        waiting[0].abort()  # the scripts never come: the button does what it does without them
        expect(page.get_by_label("E-mail or phone")).to_be_visible()
        desk.complaints.clear()  # the browser says aloud that a script did not come


def test_whoever_walks_by_keyboard_gets_to_undo_in_time(house: House, browsers: Browsers) -> None:
    with browsers.window(DESKTOP, signed_in="frontdesk@kalon.test") as desk:
        page = desk.page
        page.clock.install()
        desk.go("/day")
        page.evaluate(SAY)
        notice = page.locator(".k-toast")
        for _ in range(3):
            page.clock.run_for(9_000)
            page.keyboard.press("Tab")
        expect(notice).to_be_visible()
        page.clock.run_for(11_000)
        expect(notice).to_have_count(0)
