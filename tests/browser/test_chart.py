"""A surgeon charts a botulinum session on a tablet: by touch, by keyboard, and the visit after."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from kalon.charts import queries as charts
from kalon.config.seed import store
from kalon.consultations import actions as consultations
from kalon.inventory import queries as stock
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.patients.rules import PatientDetails
from tests.browser.browsers import DESKTOP, TABLET, Browsers
from tests.browser.house import House
from tests.journeys.story import on_tuesday

SURGEON = "surgeon@kalon.test"
TOXIN = "Kalmira 100"


@pytest.fixture(scope="module")
def shelves(house: House) -> Any:
    """The clinic's store, filled once; another test of this folder may have done so."""
    house.at(on_tuesday("08:00"))
    place = house.story.place
    with acting_as(place.system):
        filled = stock.items(seen_by=place.system).exists()
    if not filled:
        with clock.at(house.tick()):
            store.fill(place)


@pytest.fixture(scope="module")
def patient(house: House) -> Any:
    details = PatientDetails(
        given_name="Sunita", family_name="Rao", birth_date="1979-02-11", phone="+919846550123", gender="female",
        confirmed_not_duplicate=True,
    )  # fmt: skip
    with clock.at(house.tick()):
        return patients.register(details, by=house.story.desk)


@pytest.fixture
def begin(house: House, shelves: None, patient: Any) -> Callable[[], str]:
    """A consultation of the patient is open; the address of its page."""

    def open_one() -> str:
        place = house.story.place
        with clock.at(house.tick()):
            made = consultations.write_to(
                patient.pk, branch_id=place.branch.pk, doctor_id=None, complaint="Lines", by=place.by["surgeon"]
            )
        return f"/consultations/{made.pk}"

    return open_one


def held(house: House) -> Decimal:
    """How much of the toxin the clinic can give today."""
    place = house.story.place
    with acting_as(place.system), clock.at(house.tick()):
        today = stock.today_at(place.branch.pk, seen_by=place.system)
        rows = stock.with_stock(stock.items(seen_by=place.system), branch_id=place.branch.pk, today=today)
        return rows.get(name=TOXIN).held  # type: ignore[no-any-return]


def drawn(house: House, page: Page) -> list[tuple[str, Decimal]]:
    """What the books have of the chart that is on the screen."""
    by = house.story.doctor
    with acting_as(by):
        chart = charts.chart(page.url.split("/charts/")[1].split("?")[0], seen_by=by)  # type: ignore[arg-type]
        return [(point.place, point.quantity) for point in charts.points_of(chart)]


def tap(page: Page, x: float, y: float) -> None:
    """Touch the drawing at a place in its own units."""
    at = page.locator("#chart-map").evaluate(
        "(map, [x, y]) => { const p = new DOMPoint(x, y).matrixTransform(map.getScreenCTM()); return [p.x, p.y] }",
        [x, y],
    )
    page.touchscreen.tap(*at)


def fill_syringe(page: Page, quantity: str) -> None:
    choice = page.locator("#id_product option", has_text=TOXIN).first
    page.get_by_label("Product and batch").select_option(choice.get_attribute("value"))
    page.get_by_label("How much").fill(quantity)


def points(page: Page) -> Locator:
    return page.get_by_role("region", name="Points").locator("tbody tr")


def test_by_touch_then_the_next_visit(house: House, browsers: Browsers, begin: Callable[[], str]) -> None:
    before = held(house)
    house.at(on_tuesday("10:00"))
    with browsers.window(TABLET, signed_in=SURGEON) as tablet:
        page = tablet.page
        tablet.go(begin())
        page.get_by_role("button", name="Begin a chart").tap()
        fill_syringe(page, "4")
        page.get_by_label("Depth").select_option(label="Intramuscular")
        for number, (x, y) in enumerate([(0, 195), (-22, 185), (22, 185)], start=1):  # glabella, one, two, three
            tap(page, x, y)
            expect(points(page)).to_have_count(number)
        page.get_by_label("Both sides").check()
        tap(page, -100, 220)
        expect(points(page)).to_have_count(5)
        expect(points(page).nth(4)).to_contain_text("Crow's feet, left")
        page.get_by_role("button", name="Less: 3.5 unit").tap()
        expect(points(page).nth(4)).to_contain_text("3.5 unit")
        page.get_by_role("button", name="Undo the last point").tap()
        expect(points(page)).to_have_count(4)
        page.get_by_role("button", name="Draw it again").tap()
        expect(points(page)).to_have_count(5)
        assert drawn(house, page) == [
            ("Glabella", 4), ("Glabella, right", 4), ("Glabella, left", 4), ("Crow's feet, right", 4),
            ("Crow's feet, left", Decimal("3.5")),
        ]  # fmt: skip
        expect(page.get_by_role("heading", name="Totals").locator("xpath=ancestor::section")).to_contain_text("19.5")
        assert held(house) == before  # nothing leaves the store before the chart is finished
        assert not tablet.violations()
        page.get_by_role("button", name="Finish chart").tap()
        page.get_by_role("button", name="Finish", exact=True).tap()
        expect(page.get_by_role("status").filter(has_text="Chart finished")).to_be_visible()
        assert held(house) == before - Decimal("19.5")
        expect(page.locator("[data-chart-map]")).to_have_count(0)

        house.at(on_tuesday("11:00"))
        tablet.go(begin())
        page.get_by_role("button", name="Begin a chart").tap()
        expect(page.locator(".k-map-frame .k-ghost")).to_have_count(5)
        page.get_by_role("button", name="Copy last visit").tap()
        expect(points(page)).to_have_count(5)
        assert [quantity for _, quantity in drawn(house, page)] == [4, 4, 4, 4, Decimal("3.5")]
        page.get_by_role("button", name="Throw away").tap()
        page.get_by_role("button", name="Throw away").last.tap()
        expect(page).to_have_url(re.compile("/consultations/"))
        assert held(house) == before - Decimal("19.5")


def test_taps_that_come_faster_than_the_clinic_answers(
    house: House, browsers: Browsers, begin: Callable[[], str]
) -> None:
    house.at(on_tuesday("12:00"))
    with browsers.window(TABLET, signed_in=SURGEON) as tablet:
        page = tablet.page
        tablet.go(begin())
        page.get_by_role("button", name="Begin a chart").tap()
        fill_syringe(page, "2")
        for x in (-56, -18, 18, 56):
            tap(page, x, 140)
        expect(points(page)).to_have_count(4)
        assert drawn(house, page) == [
            ("Forehead (frontalis), right", 2), ("Forehead (frontalis), right", 2),
            ("Forehead (frontalis), left", 2), ("Forehead (frontalis), left", 2),
        ]  # fmt: skip
        page.get_by_role("button", name="Throw away").tap()
        page.get_by_role("button", name="Throw away").last.tap()
        expect(page).to_have_url(re.compile("/consultations/"))


def test_by_keyboard_alone(house: House, browsers: Browsers, begin: Callable[[], str]) -> None:
    before = held(house)
    house.at(on_tuesday("13:00"))
    with browsers.window(DESKTOP, signed_in=SURGEON) as desk:
        page, press = desk.page, desk.page.keyboard.press
        desk.go(begin())
        _tab_to(page, page.get_by_role("button", name="Begin a chart"))
        press("Enter")
        _tab_to(page, page.get_by_label("Product and batch"))
        page.keyboard.type(TOXIN)
        _tab_to(page, page.get_by_label("How much"))
        page.keyboard.type("4")
        _tab_to(page, page.locator("#chart-map"), backwards=True)
        press("ArrowUp")
        expect(page.locator("#chart-said")).to_have_text("Nose")
        for _ in range(2):
            press("Shift+ArrowUp")
        expect(page.locator("#chart-said")).to_have_text("Glabella")
        press("Enter")
        expect(points(page)).to_have_count(1)
        expect(page.locator("#chart-said")).to_have_text(f"Drawn: 4 unit {TOXIN}, Glabella.")
        expect(page.locator("#chart-map")).to_be_focused()
        press("Shift+ArrowLeft")
        press("Enter")
        expect(points(page)).to_have_count(2)
        press("+")
        expect(points(page).nth(1)).to_contain_text("4.5 unit")
        press("Backspace")
        expect(points(page)).to_have_count(1)
        _tab_to(page, page.get_by_label("Place by name"))
        page.keyboard.type("Temple, left")
        _tab_to(page, page.get_by_role("button", name="Add", exact=True))
        press("Enter")
        expect(points(page)).to_have_count(2)
        assert drawn(house, page) == [("Glabella", 4), ("Temple, left", 4)]
        _tab_to(page, page.get_by_role("button", name="Finish chart"))
        press("Enter")
        _tab_to(page, page.get_by_role("button", name="Finish", exact=True))
        press("Enter")
        expect(page.get_by_role("status").filter(has_text="Chart finished")).to_be_visible()
        assert held(house) == before - 8


def _tab_to(page: Page, wanted: Locator, *, backwards: bool = False) -> None:
    """Press Tab until the control has the focus; it must be reachable within a page's worth of stops."""
    for _ in range(90):
        if wanted.count() and wanted.evaluate("node => node === document.activeElement"):
            return
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
    raise AssertionError("The keyboard does not get there.")
