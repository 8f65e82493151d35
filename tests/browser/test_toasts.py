"""A notice is read and never in the way: what lies under it is tapped, and the foot of the page stays free."""

import pytest

from tests.browser.browsers import PHONE, UPRIGHT, Browsers
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
