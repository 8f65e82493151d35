"""A nurse photographs before and after on a tablet with a camera; the pair lies under a slider, for the patient too."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from kalon.config.seed.faces import Face, jpeg, photographed
from kalon.consents import actions as consents
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.patients.rules import PatientDetails
from kalon.photos import actions as photos
from kalon.photos import queries
from tests.browser.browsers import DESKTOP, PHONE, TABLET, Browsers
from tests.browser.house import House
from tests.journeys.story import on_tuesday

NURSE, DOCTOR, PATIENT = "nurse@kalon.test", "doctor@kalon.test", "leena@example.org"
LINES = [[[100, 200, 0], [300, 60, 120], [420, 220, 260], [820, 190, 900]]]


@pytest.fixture(scope="module")
def patient(house: House) -> Any:
    """Somebody who has agreed to photographs, photographed before the treatment."""
    house.at(on_tuesday("08:00"))
    by, nurse = house.story.place.by["owner"], house.story.nurse
    with clock.at(house.tick()):
        details = PatientDetails(
            given_name="Leena", family_name="Thomas", birth_date="1984-06-02", phone="+919846550177", gender="female",
            email=PATIENT,
        )  # fmt: skip
        row = patients.start_registration(details, "a long pass phrase", by=house.story.visitor)
        made = patients.confirm_registration(row.pk, house.story.code_sent(), by=house.story.visitor)
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
        expect(page.get_by_role("button", name="Take the picture")).to_be_visible()  # the script has begun
        page.get_by_label("How strong the ghost is").fill("70")
        expect(page.locator("[data-shoot-ghost]")).to_have_css("opacity", "0.7")
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
        expect(page.locator("[data-compare-part]")).to_have_attribute("x", "55%")
        for side in ("earlier", "later"):
            picture = page.locator(f"[data-points={side}]")
            for place in ({"x": 60, "y": 80}, {"x": 120, "y": 90}):
                picture.click(position=place)
        page.get_by_role("button", name="Line up by these points").click()
        expect(page.get_by_text("2 points, off by 0.0")).to_be_visible()


def test_the_patient_compares_on_their_phone_what_was_shared(house: House, browsers: Browsers, patient: Any):
    by = house.story.nurse
    with clock.at(house.tick()):
        after = jpeg(photographed(Face(seed=3, pigment=0.2), held=(1.05, 2, 12, -9)))
        later = photos.take(patient.pk, BytesIO(after), photos.PhotoDetails(view="FRONT", stage="AFTER"), by=by)
        pair = photos.compare(_front(house, patient).pk, later.pk, by=by)
        photos.line_up(pair.pk, by=by)
    with browsers.window(PHONE, signed_in=PATIENT) as window:
        page = window.page
        page.goto("/my/photos")
        expect(page.get_by_text("No photographs yet")).to_be_visible()
        with clock.at(house.tick()):
            photos.share(pair.pk, by=house.story.doctor)
        page.reload()
        slider = page.get_by_label("Move the line between the two pictures")
        slider.fill("20")
        expect(page.locator("[data-compare-part]")).to_have_attribute("x", "20%")
        for picture in page.locator("[data-compare] image").all():
            assert page.request.get(str(picture.get_attribute("href"))).ok, "both pictures come"
        assert window.overflow() <= 0
        assert not window.violations()
        with clock.at(house.tick()):
            photos.unshare(pair.pk, by=house.story.doctor)
        page.reload()
        expect(page.get_by_text("No photographs yet")).to_be_visible()


def test_a_copy_is_refused_without_the_consent_to_adverts_and_made_with_it(
    house: House, browsers: Browsers, patient: Any
):
    photo = _front(house, patient)
    with browsers.window(DESKTOP, signed_in=DOCTOR) as window:
        page = window.page
        page.goto(f"/photos/{photo.pk}")
        page.get_by_role("link", name="Give a copy").click()
        expect(page.get_by_text("Adverts and teaching: not agreed to")).to_be_visible()
        page.get_by_label("Adverts, website or teaching").check()
        page.get_by_label("Who gets it?").fill("Spring leaflet")
        page.get_by_label("Why?").fill("Page 3")
        page.get_by_role("button", name="Make the copy").click()
        expect(page.get_by_text("has not agreed to adverts, website or teaching").first).to_be_visible()
        page.get_by_label("Another clinic that treats the patient").check()
        page.get_by_label("Who gets it?").fill("Dr Iqbal, Lakeside Clinic")
        page.get_by_role("button", name="Make the copy").click()
        expect(page.get_by_text("Dr Iqbal, Lakeside Clinic")).to_be_visible()
        with page.expect_download() as came:
            page.get_by_role("link", name="Fetch").click()
        assert Path(came.value.path()).read_bytes().startswith(b"\xff\xd8\xff")
        page.reload()
        expect(page.get_by_text("1×")).to_be_visible()
        assert not window.violations()
        page.get_by_role("button", name="Take back").click()
        expect(page.get_by_text("Taken back by the clinic")).to_be_visible()
        window.complaints = [one for one in window.complaints if "422" not in one]


def test_a_nurse_draws_on_a_photograph_with_a_finger(house: House, browsers: Browsers, patient: Any):
    photo = _front(house, patient)
    with browsers.window(TABLET, signed_in=NURSE) as window:
        page = window.page
        page.goto(f"/photos/{photo.pk}")
        page.get_by_role("link", name="Draw on it").click()
        expect(page.locator("[data-drawing][data-ready]")).to_be_visible()
        board = page.locator("[data-drawing-board]")
        box = board.bounding_box()
        assert box is not None
        at = [
            (box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in ((0.3, 0.4), (0.5, 0.6), (0.6, 0.5))
        ]
        for tool in ("Arrow", "Circle", "Freehand", "Line"):
            page.get_by_text(tool, exact=True).click()
            page.mouse.move(*at[0])
            page.mouse.down()
            for point in at[1:]:
                page.mouse.move(*point, steps=4)
            page.mouse.up()
        page.get_by_text("Words", exact=True).click()
        page.get_by_label("Words, then tap their place").fill("Melasma")
        page.touchscreen.tap(*at[0])
        expect(page.get_by_text("5 drawn, not kept yet.")).to_be_visible()
        page.get_by_role("button", name="Take back").click()
        expect(page.get_by_text("4 drawn, not kept yet.")).to_be_visible()
        page.get_by_label("Words, then tap their place").fill("Melasma")
        page.touchscreen.tap(*at[0])
        page.get_by_role("button", name="Keep it").click()
        expect(page.get_by_text("5 marks")).to_be_visible()
        expect(page.locator(".k-drawn-words")).to_have_text("Melasma")
        page.get_by_role("button", name="Hide").click()
        expect(page.locator(".k-drawn-words")).to_have_count(0)


def _front(house: House, patient: Any) -> Any:
    by = house.story.nurse
    with acting_as(by):
        return queries.photos_of(patient.pk, seen_by=by).filter(view="FRONT", stage="BEFORE").get()
