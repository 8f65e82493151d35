"""A nurse photographs before and after on a tablet with a camera; the pair lies under a slider, for the patient too."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from kalon.config.seed.faces import Face, jpeg
from kalon.consents import actions as consents
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.patients.rules import PatientDetails
from kalon.photos import actions as photos
from kalon.photos import queries
from tests.browser.browsers import DESKTOP, TABLET, Browsers
from tests.browser.house import House
from tests.journeys.story import on_tuesday

NURSE, DOCTOR = "nurse@kalon.test", "doctor@kalon.test"
LINES = [[[100, 200, 0], [300, 60, 120], [420, 220, 260], [820, 190, 900]]]


@pytest.fixture(scope="module")
def patient(house: House) -> Any:
    """Somebody who has agreed to photographs, photographed before the treatment."""
    house.at(on_tuesday("08:00"))
    by, nurse = house.story.place.by["owner"], house.story.nurse
    with clock.at(house.tick()):
        details = PatientDetails(
            given_name="Leena", family_name="Thomas", birth_date="1984-06-02", phone="+919846550177", gender="female",
            confirmed_not_duplicate=True,
        )  # fmt: skip
        made = patients.register(details, by=house.story.desk)
        drafts = {one.kind: one for one in consents.bring_built_in(by=by)}
        version = consents.publish(drafts["PHOTOGRAPHY"].pk, by=by)
        wish = consents.Wish(version.pk, house.story.place.branch.pk)
        shown = consents.present(consents.prepare(made.pk, wish, by=nurse).pk, by=nurse)
        consents.open_to_sign(shown.pk, by=nurse)
        hand = consents.Signing("PATIENT", made.name, LINES, "", 9, shown.content_sha256)
        consents.sign(shown.pk, hand, by=nurse)
        said = photos.PhotoDetails(view="FRONT", stage="BEFORE")
        photos.take(made.pk, BytesIO(jpeg(Face(seed=3).drawn())), said, by=nurse)
    return made


def film(path: Path) -> Path:
    """What the camera sees: a drawn face in the middle of a wide picture, as an uncompressed film of two frames."""
    wide = Face(seed=3, pigment=0.3).drawn((640, 480)).convert("YCbCr")
    light, blue, red = wide.split()
    frame = b"".join([light.tobytes(), *(part.resize((320, 240)).tobytes() for part in (blue, red))])
    path.write_bytes(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420\n" + (b"FRAME\n" + frame) * 2)
    return path


def test_after_is_taken_under_the_ghost_of_before(house: House, browsers: Browsers, patient: Any, tmp_path: Path):
    there = f"/patients/{patient.pk}/photos/take?stage=AFTER&view=FRONT"
    with (
        browsers.before_a_camera(film(tmp_path / "face.y4m")) as camera,
        camera.window(TABLET, signed_in=NURSE) as window,
    ):
        page = window.page
        page.goto(there)
        expect(page.locator("[data-shoot-ghost]")).to_be_visible()
        page.get_by_label("How strong the ghost is").fill("70")
        assert page.locator("[data-shoot-ghost]").evaluate("it => getComputedStyle(it).opacity") == "0.7"
        page.get_by_role("button", name="Take the picture").click()
        expect(page.get_by_alt_text("The picture just taken")).to_be_visible()
        page.get_by_role("button", name="Retake").click()
        page.get_by_role("button", name="Take the picture").click()
        page.get_by_role("button", name="Keep it").click()
        expect(page.get_by_text("1 of 5 views taken")).to_be_visible()
    by = house.story.nurse
    with acting_as(by):
        later, earlier = queries.photos_of(patient.pk, seen_by=by)
    assert (later.stage, later.width / later.height) == ("AFTER", pytest.approx(0.75))

    with browsers.window(DESKTOP, signed_in=DOCTOR) as window:
        page = window.page
        page.goto(f"/photos/{earlier.pk}")
        page.get_by_role("button", name="After").click()
        expect(page.locator("[data-compare]")).to_be_visible()
        slider = page.get_by_label("Move the line between the two pictures")
        slider.focus()
        for _ in range(5):
            slider.press("ArrowRight")
        assert page.locator("[data-compare-part]").get_attribute("x") == "55%"
        for side in ("earlier", "later"):
            picture = page.locator(f"[data-points={side}]")
            for place in ({"x": 60, "y": 80}, {"x": 120, "y": 90}):
                picture.click(position=place)
        page.get_by_role("button", name="Line up by these points").click()
        expect(page.get_by_text("2 points, off by 0.0")).to_be_visible()
