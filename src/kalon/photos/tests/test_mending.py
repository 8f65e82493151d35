"""Drawing on photographs, saying right what was wrong about one, and DICOM as others read it."""

import json
import shutil
import struct
import subprocess
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from PIL import Image

from kalon.consents import actions as consents
from kalon.kernel import clock
from kalon.kernel.errors import Clash, Invalid, NotFound, NotPermitted, NotReady
from kalon.kernel.models.keys import ErasedKey
from kalon.kernel.tenancy import acting_as
from kalon.photos import actions, queries
from kalon.photos.actions import Correction
from kalon.photos.models import Annotation, Export, Photo, Piece
from kalon.photos.rules import View, dicom, marks
from kalon.photos.rules.body import ORIENTATION, SNOMED, BodyPart
from kalon.photos.tests.conftest import Studio, face
from kalon.photos.tests.test_leaving import fetched, wish
from kalon.photos.tests.test_pages import client
from kalon.photos.tests.test_photos import attack

ARROW = {"kind": "arrow", "colour": "red", "points": [[10, 20], [120, 200]]}
WORDS = {"kind": "words", "colour": "white", "points": [[60, 300]], "words": "Melasma"}
RING = {"kind": "circle", "colour": "yellow", "points": [[200, 300], [240, 330]]}


# Drawing


def test_what_is_drawn_stays_beside_the_photograph(studio: Studio):
    photo = studio.taken()
    row = actions.annotate(photo.pk, [ARROW, WORDS, RING], by=studio.nurse)
    with acting_as(studio.doctor):
        content = b"".join(queries.original(queries.photo(photo.pk, seen_by=studio.doctor), seen_by=studio.doctor))
        [kept] = queries.annotations(photo, seen_by=studio.doctor)
        sealed = bytes(Annotation.objects.values_list("marks", flat=True)[0])
        assert len(queries.lines_on(photo, seen_by=studio.doctor)) == 3
    assert kept.drawn_by == studio.nurse.name and kept.marks[1]["words"] == "Melasma" and b"Melasma" not in sealed
    assert Image.open(BytesIO(content)).size == (photo.width, photo.height), "the original never changes"
    actions.hide_annotation(row.pk, by=studio.doctor)
    with acting_as(studio.doctor):
        assert queries.lines_on(photo, seen_by=studio.doctor) == []
    assert actions.show_annotation(row.pk, by=studio.doctor).hidden_at is None


@pytest.mark.parametrize(
    ("drawn", "words"),
    [
        ([], "Draw something"),
        ("x", "Draw something"),
        ([ARROW] * 201, "at most 200"),
        ([{**ARROW, "kind": "bomb"}], "cannot be read"),
        ([{**ARROW, "colour": "url(#x)"}], "cannot be read"),
        ([{**ARROW, "points": [[0, 0]]}], "cannot be read"),
        ([{**ARROW, "points": [[0, 0], [True, 1]]}], "cannot be read"),
        ([{**ARROW, "points": [[0, 0], [float("nan"), 1]]}], "cannot be read"),
        ([{**ARROW, "points": [[0, 0], [9999, 1]]}], "beside the picture"),
        ([{**WORDS, "words": " "}], "Write the words"),
        ([{**WORDS, "words": "x" * 121}], "at most 120"),
    ],
)
def test_a_drawing_that_is_none_is_refused(drawn: Any, words: str):
    with pytest.raises(Invalid, match=words):
        marks.checked(drawn, width=450, height=600)


def test_drawings_go_into_the_copy_where_that_is_wanted(studio: Studio):
    photo = studio.taken()
    ring = {**RING, "points": [[225, 300], [325, 300]]}
    actions.annotate(photo.pk, [ring], by=studio.nurse)
    bare, drawn = (
        Image.open(
            BytesIO(fetched(studio, actions.export_photo(photo.pk, wish(with_drawings=with_it), by=studio.doctor)))
        )
        for with_it in (False, True)
    )
    red, green, blue = drawn.convert("RGB").getpixel((325, 300))  # type: ignore[misc]
    assert red > 190 and green > 150 and blue < 90, "the yellow ring"
    assert bare.convert("RGB").getpixel((325, 300)) != (red, green, blue)


def test_who_may_not_draw_and_what_the_database_keeps(studio: Studio):
    photo = studio.taken()
    mine = studio.office.account(studio.patient)
    with pytest.raises(NotPermitted):
        actions.annotate(photo.pk, [ARROW], by=mine)
    actions.annotate(photo.pk, [ARROW], by=studio.nurse)
    system = studio.office.clinic.system
    assert attack(system, "UPDATE photos_annotation SET drawn_by = 'x'") == "photos_annotation_fixed"
    assert attack(system, "DELETE FROM photos_annotation") == "photos_annotation_fixed"
    assert attack(system, "UPDATE photos_annotation SET hidden_at = now()") == "photos_annotation_hidden"
    assert attack(mine, "SELECT FROM photos_annotation") == "42501"
    actions.remove(photo.pk, "Wrong", by=studio.owner)
    with acting_as(studio.owner):
        assert not Annotation.objects.exists(), "it goes with the key"


def test_drawing_on_the_page(studio: Studio):
    photo, desk = studio.taken(), client(studio.nurse)
    there = reverse("photos:draw", args=[photo.pk])
    assert "data-drawing-board" in desk.get(there).content.decode()
    for typed in ("", "[]", "{", '[{"kind": "bomb"}]'):
        assert desk.post(there, {"marks": typed}).status_code == 422
    assert desk.post(there, {"marks": json.dumps([ARROW, WORDS])}).status_code == 303
    page = desk.get(reverse("photos:photo", args=[photo.pk])).content.decode()
    assert "Melasma" in page and "k-drawn-line" in page and "2 marks" in page
    with acting_as(studio.nurse):
        row = Annotation.objects.get()
    assert desk.post(reverse("photos:hide", args=[row.pk])).status_code == 303
    assert "Melasma" not in desk.get(reverse("photos:photo", args=[photo.pk])).content.decode()
    path = f"/api/photos/{photo.pk}/annotations"
    added = desk.post(path, {"marks": [RING]}, content_type="application/json")
    assert added.status_code == 201, added.content
    assert [one["hidden_at"] is None for one in desk.get(path).json()] == [False, True]
    assert desk.post(path, {"marks": [{**RING, "colour": "x"}]}, content_type="application/json").status_code == 422
    assert desk.post(f"/api/photo-annotations/{row.pk}/show").json()["hidden_at"] is None


# Saying right what was wrong


def test_a_wrong_view_is_said_right_and_the_wrong_row_stays(studio: Studio):
    pair = studio.compared()
    actions.annotate(pair.later_id, [WORDS], by=studio.nurse)
    copy = actions.export_pair(pair.pk, wish(), by=studio.doctor)
    earlier = clock.now() - timedelta(days=3)
    right = actions.correct(
        pair.later_id, Correction(reason="It is the smile", view="SMILE", taken_at=earlier), by=studio.nurse
    )
    with acting_as(studio.doctor):
        assert {one.pk for one in queries.photos_of(studio.patient.pk, seen_by=studio.doctor)} == {
            pair.earlier_id, right.pk,
        }  # fmt: skip
        wrong = Photo.objects.get(pk=pair.later_id)
        assert (wrong.view, wrong.corrected_by, wrong.corrected_why) == ("FRONT", studio.nurse.name, "It is the smile")
        assert wrong.data_key is not None and Piece.objects.filter(photo=wrong).exists(), "and its content with it"
        found = queries.photo(right.pk, seen_by=studio.doctor)
        assert (found.view, found.taken_at, found.sha256) == ("SMILE", earlier, wrong.sha256)
        assert b"".join(queries.original(found, seen_by=studio.doctor)).startswith(b"\xff\xd8\xff")
        assert len(queries.lines_on(found, seen_by=studio.doctor)) == 1
        assert not queries.pairs_of(studio.patient.pk, seen_by=studio.doctor).exists()
        assert Export.objects.get(pk=copy.pk).withdrawn_why == "PHOTO_GONE"
        with pytest.raises(NotFound):
            queries.photo(wrong.pk, seen_by=studio.doctor)
        [past] = queries.past_photos(studio.patient.pk, seen_by=studio.doctor)
        assert past.corrected_as.pk == right.pk


def test_it_is_corrected_after_the_consent_was_withdrawn_too(studio: Studio):
    photo = studio.taken()
    studio.withdraws()
    assert actions.correct(photo.pk, Correction(reason="Wrong stage", stage="AFTER"), by=studio.nurse).stage == "AFTER"


def test_another_patients_photograph_goes_to_them_and_is_destroyed_here(studio: Studio):
    photo = studio.taken()
    child = studio.office.child
    moving = Correction(reason="Two tablets were mixed up", patient_id=child.pk)
    with pytest.raises(NotReady, match="has not agreed"):
        actions.correct(photo.pk, moving, by=studio.nurse)
    consent = studio.office.opened("PHOTOGRAPHY", of=child)
    hand = studio.office.hand(consent, "GUARDIAN", name="Ravi Iyer", relation="FATHER")
    consents.sign(consent.pk, hand, by=studio.nurse)
    right = actions.correct(photo.pk, moving, by=studio.nurse)
    with acting_as(studio.doctor):
        wrong = Photo.objects.get(pk=photo.pk)
        assert (wrong.data_key, wrong.sha256, wrong.patient_id) == (None, "", studio.patient.pk)
        assert not Piece.objects.filter(photo=wrong).exists()
        assert ErasedKey.objects.filter(row_id=wrong.pk).exists()
        assert queries.photo(right.pk, seen_by=studio.doctor).patient_id == child.pk
        assert queries.smaller(right, queries.SMALL, seen_by=studio.doctor)
    assert (
        attack(studio.owner, f"UPDATE photos_photo SET deleted_by = 'x' WHERE id = '{wrong.pk}'")
        == "photos_photo_fixed"
    )


def test_a_correction_says_something(studio: Studio):
    photo = studio.taken()
    said: list[tuple[dict[str, Any], str]] = [
        ({"reason": " ", "view": "SMILE"}, "what was wrong"),
        ({"reason": "x", "view": "FRONT"}, "Nothing would change"),
        ({"reason": "x", "view": "NORTH"}, "Choose the view"),
        ({"reason": "x", "taken_at": clock.now() + timedelta(days=1)}, "in the future"),
    ]
    for one, words in said:
        with pytest.raises(Invalid, match=words):
            actions.correct(photo.pk, Correction(**one), by=studio.nurse)
    with pytest.raises(NotPermitted):
        actions.correct(photo.pk, Correction(reason="x", view="SMILE"), by=studio.office.account(studio.patient))
    actions.correct(photo.pk, Correction(reason="x", view="SMILE"), by=studio.nurse)
    with pytest.raises(NotFound):
        actions.correct(photo.pk, Correction(reason="x", view="BACK"), by=studio.nurse)
    with pytest.raises(Clash):
        studio.taken()


def test_the_database_knows_a_correction(studio: Studio):
    photo, system = studio.taken(), studio.office.clinic.system
    marked = "UPDATE photos_photo SET corrected_at = now(), corrected_by = 'x'"
    assert attack(system, f"SET CONSTRAINTS ALL IMMEDIATE; {marked}") == "photos_photo_successor"
    named = (
        "INSERT INTO photos_photo SELECT (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid(), "
        "'corrects_id', id, 'received_sha256', repeat('a', 64)))).* FROM photos_photo p LIMIT 1"
    )
    assert attack(system, named) == "photos_photo_corrects"
    actions.correct(photo.pk, Correction(reason="x", view="SMILE"), by=studio.nurse)
    undone = "UPDATE photos_photo SET corrected_at = NULL, corrected_by = '' WHERE corrected_at IS NOT NULL"
    assert attack(system, undone) == "photos_photo_fixed"


def test_correcting_on_the_page_and_in_json(studio: Studio):
    photo, desk = studio.taken(), client(studio.nurse)
    there = reverse("photos:correct", args=[photo.pk])
    typed = {"view": "FRONT", "stage": "BEFORE", "taken_at": "2020-02-30T10:00", "reason": "x", "mrn": ""}
    assert "Write the day" in desk.post(there, typed).content.decode()
    held = desk.get(there).content.decode()
    assert 'type="datetime-local"' in held
    typed["taken_at"] = "2026-01-05T10:30"
    unknown = desk.post(there, {**typed, "mrn": "XX-999999"})
    assert unknown.status_code == 422 and "no patient with this record number" in unknown.content.decode()
    assert desk.post(there, typed).status_code == 303
    with acting_as(studio.nurse):
        [right] = queries.photos_of(studio.patient.pk, seen_by=studio.nurse)
    assert f"{right.taken_at:%Y-%m-%d %H:%M}" == "2026-01-05 05:00", "typed at the branch, kept in UTC"
    body = {"reason": "Smiling", "view": "SMILE"}
    made = desk.post(f"/api/photos/{right.pk}/correct", body, content_type="application/json")
    assert made.status_code == 201 and made.json()["view"] == "SMILE"
    page = desk.get(reverse("photos:copies", args=[studio.patient.pk])).content.decode()
    assert page.count("Corrected") >= 2


# DICOM

TYPE_1 = """SOPClassUID SOPInstanceUID StudyInstanceUID SeriesInstanceUID Modality ImageType
SamplesPerPixel PhotometricInterpretation Rows Columns BitsAllocated BitsStored HighBit PixelRepresentation PixelData
PlanarConfiguration LossyImageCompression LossyImageCompressionRatio LossyImageCompressionMethod ContentTime
AnatomicRegionSequence SpecificCharacterSet""".split()  # noqa: SIM905
TYPE_2 = """PatientName PatientID PatientBirthDate PatientSex StudyDate StudyTime ReferringPhysicianName StudyID
AccessionNumber SeriesNumber Manufacturer InstanceNumber PatientOrientation ContentDate
AcquisitionContextSequence""".split()  # noqa: SIM905


def archived(studio: Studio, photo: Photo, **said: Any) -> bytes:
    asked = wish(form="DICOM", body_part="FACE", laterality="U", **said)
    return fetched(studio, actions.export_photo(photo.pk, asked, by=studio.doctor))


def test_dicom_has_every_attribute_that_the_standard_asks_for(studio: Studio):
    """The modules of PS3.3 table A.32.4-1, their types by C.7.1 to C.7.6, C.8.12.1 and C.12.1."""
    import pydicom
    from pydicom import config

    photo = studio.taken(view="LEFT_90")
    content = archived(studio, photo)
    config.settings.reading_validation_mode = config.RAISE
    try:
        read = pydicom.dcmread(BytesIO(content))
        for _ in read.iterall():
            pass
    finally:
        config.settings.reading_validation_mode = config.WARN
    assert [name for name in TYPE_1 if read.get(name) in (None, "", [])] == []
    assert [name for name in TYPE_2 if name not in read] == []
    assert read.file_meta.MediaStorageSOPClassUID == read.SOPClassUID == "1.2.840.10008.5.1.4.1.1.77.1.4"
    assert read.file_meta.TransferSyntaxUID == dicom.JPEG_BASELINE
    assert read.SOPInstanceUID == f"2.25.{photo.pk.int}" and len(read.SOPInstanceUID) <= 64
    assert (read.Modality, read.BodyPartExamined, read.ImageLaterality) == ("XC", "FACE", "U")
    assert (str(read.PatientName), read.PatientID) == ("Iyer^Ananya", studio.patient.mrn)
    assert read.PatientOrientation == ["P", "F"] and read.PatientBirthDate == "19900504"
    assert read.AnatomicRegionSequence[0].CodeValue == "89545001"
    with acting_as(studio.doctor):
        kept = Image.open(BytesIO(b"".join(queries.original(photo, seen_by=studio.doctor)))).convert("RGB")
    drawn = Image.fromarray(read.pixel_array)
    assert drawn.size == kept.size
    off = [abs(a - b) for a, b in zip(drawn.convert("L").tobytes(), kept.convert("L").tobytes(), strict=True)]
    assert sum(off) / len(off) < 3, "the points of the original: nothing is burned in"


def elements(content: bytes) -> list[tuple[int, str, int]]:
    """Tag, representation and length of each element at the top, read by the rules of PS3.5 and nothing of ours."""
    found, at = [], 132
    while at < len(content):
        group, element, vr = struct.unpack_from("<HH2s", content, at)
        long = vr in (b"OB", b"OW", b"SQ", b"UN", b"UT")
        [length] = struct.unpack_from("<I" if long else "<H", content, at + (8 if long else 6))
        found.append((group << 16 | element, vr.decode(), length))
        if length == 0xFFFFFFFF:
            end = content.index(b"\xfe\xff\xdd\xe0\0\0\0\0", at)
            at = end + 8
        else:
            at += (12 if long else 8) + length
    return found


def test_it_is_written_as_the_standard_writes(studio: Studio, tmp_path: Path):
    content = archived(studio, studio.taken())
    assert content[128:132] == b"DICM"
    read = elements(content)
    tags = [tag for tag, _vr, _length in read]
    assert tags == sorted(set(tags)) and tags[-1] == 0x7FE00010, "each once, ascending, the picture last"
    assert all(length % 2 == 0 or length == 0xFFFFFFFF for _tag, _vr, length in read)
    reader = shutil.which("dcmdump") or shutil.which("gdcmdump")  # where the machine has another reader, that one too
    if reader:
        file = tmp_path / "one.dcm"
        file.write_bytes(content)
        said = subprocess.run([reader, file], capture_output=True, text=True, check=True).stdout
        assert "YBR_FULL_422" in said and "Iyer^Ananya" in said and "89545001" in said


def test_two_of_a_visit_are_one_study(studio: Studio):
    import pydicom

    one, other = studio.taken(), studio.taken(face(0.4), view="SMILE")
    read = [pydicom.dcmread(BytesIO(archived(studio, photo))) for photo in (one, other)]
    assert len({each.StudyInstanceUID for each in read}) == len({each.SeriesInstanceUID for each in read}) == 1
    assert len({each.SOPInstanceUID for each in read}) == 2


def test_the_codes_are_those_of_the_standard():
    from pydicom.sr.codedict import codes

    known = {"ARM": "UpperArm", "LEG": "LowerLeg"}
    for part, code in SNOMED.items():
        assert getattr(codes.SCT, known.get(part, part.capitalize())).value == code
    assert set(SNOMED) == set(BodyPart.values) and set(ORIENTATION) <= set(View)


# The pages and JSON of what leaves


def test_a_copy_on_the_pages_and_in_json(studio: Studio):
    pair, desk, nurse = studio.compared(), client(studio.doctor), client(studio.nurse)
    there = reverse("photos:export_pair", args=[pair.pk])
    assert nurse.get(there).status_code == 403
    assert "Adverts and teaching: not agreed to" in desk.get(there).content.decode()
    typed = {"purpose": "MARKETING", "recipient": "Leaflet", "reason": "Spring"}
    refused = desk.post(there, typed)
    assert refused.status_code == 422 and "has not agreed to adverts" in refused.content.decode()
    assert desk.post(there, {**typed, "purpose": "PATIENT"}).status_code == 303
    alone = reverse("photos:export_photo", args=[pair.later_id])
    sent = {**typed, "purpose": "CARE", "form": "DICOM", "body_part": "FACE", "laterality": "U"}
    assert desk.post(alone, sent).status_code == 303
    given = desk.get(reverse("photos:copies", args=[studio.patient.pk])).content.decode()
    assert given.count("Leaflet") == 2 and "Not yet" in given and "DICOM" in given
    with acting_as(studio.doctor):
        dicom_copy, picture = queries.exports_of(studio.patient.pk, seen_by=studio.doctor)
    file = desk.get(reverse("photos:export_file", args=[picture.pk]))
    assert file["Content-Type"] == "image/jpeg" and "attachment" in file["Content-Disposition"]
    assert b"".join(file).startswith(b"\xff\xd8\xff")  # type: ignore[call-overload]
    assert desk.post(reverse("photos:withdraw_export", args=[dicom_copy.pk])).status_code == 303
    assert desk.get(f"/api/photo-copies/{dicom_copy.pk}/file").status_code == 409
    body = {"purpose": "CARE", "recipient": "Dr Iqbal", "reason": "She moves"}
    made = desk.post(f"/api/photos/{pair.later_id}/copies", body, content_type="application/json")
    assert made.status_code == 201, made.content
    assert nurse.post(f"/api/photo-pairs/{pair.pk}/copies", body, content_type="application/json").status_code == 403
    listed = desk.get(f"/api/patients/{studio.patient.pk}/photos/copies").json()["items"]
    assert [one["recipient"] for one in listed] == ["Dr Iqbal", "Leaflet", "Leaflet"]
    studio.withdraws()
    stopped = [desk.get(f"/api/photo-copies/{one['id']}/file").status_code for one in listed]
    assert stopped == [409, 409, 409]
    other = client(studio.office.account(studio.office.child))
    assert other.get(f"/api/patients/{studio.patient.pk}/photos/copies").json()["items"] == []
    assert other.get(f"/api/photo-copies/{picture.pk}/file").status_code == 403


def test_patients_read_who_got_a_copy_on_their_phone(studio: Studio):
    photo = studio.taken()
    export = actions.export_photo(photo.pk, wish(), by=studio.doctor)
    phone, stranger = (client(studio.office.account(one)) for one in (studio.patient, studio.office.child))
    mine = phone.get(reverse("portal:photos")).content.decode()
    with acting_as(studio.doctor):
        number = export.consent_number
    assert "Dr Iqbal, Lakeside Clinic" in mine and number in mine
    assert "Dr Iqbal" not in stranger.get(reverse("portal:photos")).content.decode()
    assert phone.get(reverse("photos:export_file", args=[export.pk])).status_code == 403
