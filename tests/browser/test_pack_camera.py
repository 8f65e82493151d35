"""A pack before a tablet's camera, in a browser that reads no codes: its piece is found, by square code and by bars."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from kalon.inventory import actions as inventory
from kalon.kernel import clock
from tests.browser.browsers import TABLET, Browsers
from tests.browser.house import House
from tests.browser.packs import filmed_bars, filmed_square
from tests.journeys.story import on_tuesday

GTIN, LOT = "09501101530003", "SR-2611"
SERIALS = ("SR-4471", "SR-4472")
SHOTS = os.environ.get("KALON_SHOTS", "")
FILMS: dict[str, tuple[str, Callable[[Path], Path]]] = {  # what scanners say before a code of GS1, and the film
    "gs1-datamatrix": ("]d2", lambda film: filmed_square(f"01{GTIN}1730013110{LOT}\x1d21{SERIALS[1]}", film)),
    "label-without-gtin": ("", lambda film: filmed_square(SERIALS[1], film, gs1=False)),
    "gs1-128": ("]C1", lambda film: filmed_bars(f"01{GTIN}21", SERIALS[1], film)),
}


@pytest.fixture(scope="module")
def shelf(house: House) -> None:
    """Two pieces of one lot on a shelf."""
    keeper, place = house.story.place.by["inventory"], house.story.place
    with clock.at(on_tuesday("08:10")):
        store = inventory.add_location(
            place.branch.pk, {"code": "SCN", "name": "Shelf before the camera", "kind": "THEATRE"}, by=keeper
        )
        inventory.add_item(
            {"name": "Serena Round", "kind": "IMPLANT", "unit": "piece", "needs_serial": True, "device_code": GTIN,
             "model": "SR", "size": "310 cc", "manufacturer": "Serena Medical"}, by=keeper,
        )  # fmt: skip
        packs = [inventory.Pack(scan=f"01{GTIN}1730013110{LOT}\x1d21{serial}") for serial in SERIALS]
        inventory.receive_units(store.pk, packs, by=keeper)


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("code", FILMS)
def test_a_pack_before_the_camera_is_found(house: House, browsers: Browsers, tmp_path: Path, code: str) -> None:
    """The reader comes only when the camera is opened, and under the policy of every page: no WebAssembly."""
    house.at(on_tuesday("08:20"))
    mark, filmed = FILMS[code]
    film = filmed(tmp_path / "pack.y4m")
    with (
        browsers.before_a_camera(film) as cameras,
        cameras.window(TABLET, signed_in="inventory@kalon.test") as tablet,
    ):
        page = tablet.page
        page.add_init_script("delete window.BarcodeDetector")
        fetched: list[str] = []
        page.on("request", lambda request: fetched.append(request.url))
        tablet.go("/inventory/units")
        before = set(fetched)
        page.get_by_role("button", name="Use the camera").tap()
        expect(page.locator("main")).not_to_contain_text(SERIALS[0])
        expect(page.locator("main")).to_contain_text(SERIALS[1])
        start = "01" if mark else SERIALS[1]
        expect(page.get_by_role("searchbox", name="Serial, lot")).to_have_value(
            re.compile(f"^{re.escape(mark)}{start}")
        )
        assert [url for url in fetched if "/chunk-" in url and url not in before]
        if SHOTS:
            page.screenshot(path=str(Path(SHOTS, f"{code}.png")), full_page=True)


def test_a_reader_of_the_browser_that_knows_no_packs_is_not_taken(
    house: House, browsers: Browsers, shelf: None, tmp_path: Path
) -> None:
    house.at(on_tuesday("08:30"))
    film = FILMS["gs1-datamatrix"][1](tmp_path / "pack.y4m")
    with (
        browsers.before_a_camera(film) as cameras,
        cameras.window(TABLET, signed_in="inventory@kalon.test") as tablet,
    ):
        page = tablet.page
        page.add_init_script(
            "window.BarcodeDetector = class { static async getSupportedFormats() { return ['qr_code']; }"
            " async detect() { return []; } };"
        )
        tablet.go("/inventory/units")
        page.get_by_role("button", name="Use the camera").tap()
        expect(page.locator("main")).not_to_contain_text(SERIALS[0])
        expect(page.locator("main")).to_contain_text(SERIALS[1])
