"""Photographs: kept encrypted and under a live consent, seen by whom they concern, gone for good when removed."""

from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from PIL import Image

from kalon.catalog.rules.views import VIEWS
from kalon.documents.tests import samples
from kalon.kernel import clock, crypto, erasure
from kalon.kernel.actors import Actor
from kalon.kernel.audit import AuditEvent
from kalon.kernel.constraints import broken_constraint, sqlstate
from kalon.kernel.errors import Clash, Invalid, NotFound, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.photos import actions, queries
from kalon.photos.actions import PhotoDetails
from kalon.photos.models import Alignment, Pair, Photo, Piece
from kalon.photos.rules import View
from kalon.photos.tests.conftest import Studio, face


def attack(by: Actor, statement: str, *values: object) -> str:
    """Plain SQL as the role of the application: what refused it, or "done"; undone either way."""
    with acting_as(by):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, values)
                touched = cursor.rowcount
                transaction.set_rollback(True)
        except DatabaseError as error:
            return broken_constraint(error.__cause__) or sqlstate(error.__cause__)
    return "done" if touched else "nothing touched"


def purposes(by: Actor, row: Any) -> list[str]:
    with acting_as(by):
        return list(AuditEvent.objects.filter(subject_id=row.pk).order_by("id").values_list("purpose", flat=True))


def test_the_views_are_those_that_procedures_name():
    assert dict(View.choices) == {**VIEWS, "OTHER": "Another view"}


def test_a_photograph_is_read_back_upright_and_stands_nowhere_in_clear(studio: Studio):
    photo = studio.taken(samples.photo_with_position())
    with acting_as(studio.doctor):
        content = b"".join(queries.original(queries.photo(photo.pk, seen_by=studio.doctor), seen_by=studio.doctor))
        sealed = [bytes(row.sealed) for row in Piece.objects.filter(photo=photo)]
        small = queries.smaller(photo, queries.SMALL, seen_by=studio.doctor)
        middle = queries.smaller(photo, queries.MIDDLE, seen_by=studio.doctor)
    kept = Image.open(BytesIO(content))
    assert kept.size == (photo.width, photo.height) == (480, 640) and not kept.getexif()
    assert b"Kochi" not in content and sha256(content).hexdigest() == photo.sha256
    assert max(Image.open(BytesIO(small)).size) == 320 and Image.open(BytesIO(middle)).size == (480, 640)
    assert len(sealed) >= 3 and all(b"\xff\xd8\xff" not in piece[:64] and b"JFIF" not in piece for piece in sealed)


def test_the_content_opens_with_both_halves_of_its_key_only(studio: Studio):
    photo = studio.taken()
    with acting_as(studio.doctor):
        found = queries.photo(photo.pk, seen_by=studio.doctor)
        found.half = "00" * 32
        with pytest.raises(crypto.Tampered):
            queries.smaller(found, queries.SMALL, seen_by=studio.doctor)
        erasure.erase(studio.patient)
        again = queries.photo(photo.pk, seen_by=studio.doctor)
        with pytest.raises(ValueError):
            queries.smaller(again, queries.SMALL, seen_by=studio.doctor)


def moving(kind: str) -> bytes:
    out = BytesIO()
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "green", "blue")]
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()


def printed() -> bytes:
    out = BytesIO()
    Image.new("CMYK", (60, 60), (10, 90, 80, 5)).save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (samples.html(), "not a picture"),
        (samples.pdf(), "not a picture"),
        (samples.picture()[:900], "cannot be read"),
        (samples.picture() + samples.zipped(), "two kinds"),
        (samples.png_bomb(), "too large to open"),
        (samples.picture("PNG", size=(20_001, 1)), "too large to open"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200), "HEIC picture of a phone"),
        (printed(), "colours of a printer"),
        (moving("PNG"), "moving picture"),
        (moving("WEBP"), "moving picture"),
        (moving("GIF"), "not a picture"),
        (b"\xff\xd8\xff\xe0" + samples.html() * 9, "cannot be read"),
        (b"", "empty"),
    ],
    ids=[
        "a web page", "a PDF", "half a picture", "a picture and a zip", "a bomb", "a very long one", "HEIC", "CMYK",
        "a moving PNG", "a moving WebP", "a GIF", "a web page that begins as a JPEG", "nothing",
    ],
)  # fmt: skip
def test_a_file_that_lies_is_refused_with_a_sentence(studio: Studio, content: bytes, words: str):
    with pytest.raises(Invalid) as refusal:
        actions.take(studio.patient.pk, BytesIO(content), PhotoDetails(view="FRONT", stage="BEFORE"), by=studio.nurse)
    assert words in refusal.value.detail and refusal.value.field == "file"
    with acting_as(studio.doctor):
        assert not Photo.objects.exists()


def test_what_hangs_behind_a_picture_stays_behind(studio: Studio):
    photo = studio.taken(samples.picture() + samples.SCRIPT + samples.pdf())
    with acting_as(studio.doctor):
        kept = b"".join(queries.original(queries.photo(photo.pk, seen_by=studio.doctor), seen_by=studio.doctor))
    assert b"script" not in kept and b"%PDF" not in kept and kept.endswith(b"\xff\xd9")


def test_what_is_said_about_it_is_looked_at(studio: Studio):
    tomorrow = clock.now() + timedelta(days=1)
    with pytest.raises(Invalid) as refusal:
        studio.taken(view="NORTH", stage="LATER", taken_at=tomorrow)
    assert set(refusal.value.facts["errors"]) == {"view", "stage", "taken_at"}
    studio.taken()
    with pytest.raises(Clash):
        studio.taken()


def test_nothing_is_kept_without_the_consent_and_withdrawing_stops_it_now(studio: Studio):
    with pytest.raises(NotReady):
        studio.taken(of=studio.office.child)
    pair = studio.compared()
    studio.withdraws()
    with pytest.raises(NotReady, match="has not agreed"):
        studio.taken(face(0.7))
    with pytest.raises(NotReady):
        actions.share(pair.pk, by=studio.doctor)
    copied = (
        "INSERT INTO photos_photo SELECT (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid(), "
        "'received_sha256', repeat('a', 64)))).* FROM photos_photo p LIMIT 1"
    )
    assert attack(studio.office.clinic.system, copied) == "photos_photo_consented"
    shared = "UPDATE photos_pair SET shared_at = now(), shared_by = 'x', consent_id = (SELECT id FROM consents_consent)"
    assert attack(studio.office.clinic.system, shared) == "photos_pair_consented"
    with acting_as(studio.doctor):
        assert queries.photos_of(studio.patient.pk, seen_by=studio.doctor).count() == 2, "the record stays"


def test_who_has_no_right_is_refused_and_nothing_changes(studio: Studio):
    pair = studio.compared()
    patient, theatre = studio.office.account(studio.patient), studio.nurse
    refused: list[Any] = [
        lambda: studio.taken(face(0.6), by=patient),
        lambda: actions.remove(pair.earlier_id, "Wrong", by=studio.doctor),
        lambda: actions.download(pair.earlier_id, by=studio.nurse),
        lambda: actions.share(pair.pk, by=theatre),
        lambda: actions.compare(pair.earlier_id, pair.later_id, by=patient),
        lambda: actions.line_up_by_hand(pair.pk, [(0, 0), (9, 9)], [(0, 0), (9, 9)], by=patient),
        lambda: actions.download(pair.earlier_id, by=patient),
    ]
    for attempt in refused:
        with pytest.raises(NotPermitted):
            attempt()
    with acting_as(studio.doctor):
        assert (Photo.objects.count(), Alignment.objects.count()) == (2, 0)
        assert Pair.objects.get().shared_at is None


def test_a_patient_sees_a_shared_pair_and_nothing_else(studio: Studio):
    pair, alone = studio.compared(), studio.taken(face(0.9), view="SMILE")
    mine, other = studio.office.account(studio.patient), studio.office.account(studio.office.child)
    for by in (mine, other):
        with acting_as(by):
            assert not Photo.objects.exists() and not Piece.objects.exists() and not Pair.objects.exists()
    actions.share(pair.pk, by=studio.doctor)
    with acting_as(mine):
        assert {row.pk for row in Photo.objects.all()} == {pair.earlier_id, pair.later_id}
        assert queries.smaller(queries.photo(pair.later_id, seen_by=mine), queries.SMALL, seen_by=mine)
        assert actions.look_at_pair(pair.pk, purpose="own", by=mine).pk == pair.pk
        with pytest.raises(NotFound):
            queries.photo(alone.pk, seen_by=mine)
    with acting_as(other):
        assert not Photo.objects.exists() and not Piece.objects.exists()
        with pytest.raises(NotFound):
            actions.look(pair.earlier_id, purpose="curious", by=other)
    assert attack(mine, "UPDATE photos_pair SET shared_at = NULL") == "42501"
    actions.unshare(pair.pk, by=studio.doctor)
    with acting_as(mine):
        assert not Photo.objects.exists() and not Piece.objects.exists()


def test_every_look_is_in_the_log(studio: Studio):
    photo = studio.taken()
    actions.look(photo.pk, purpose="opened the photograph", by=studio.nurse)
    actions.download(photo.pk, by=studio.doctor)
    expected = ["photograph taken", "opened the photograph", "photograph downloaded"]
    assert purposes(studio.owner, photo) == expected


def test_removing_destroys_the_key_and_leaves_that_it_was_here(studio: Studio):
    photo = studio.taken()
    with pytest.raises(Invalid):
        actions.remove(photo.pk, " ", by=studio.owner)
    actions.remove(photo.pk, "Out of focus", by=studio.owner)
    with acting_as(studio.owner):
        left = Photo.objects.get()
        assert (left.data_key, left.sha256, left.deleted_by) == (None, "", studio.owner.name)
        assert not Piece.objects.exists()
        with pytest.raises(NotFound):
            queries.photo(photo.pk, seen_by=studio.owner)
    assert attack(studio.owner, "UPDATE photos_photo SET deleted_by = 'x'") == "photos_photo_fixed"
    studio.taken()


ATTACKS = {
    "UPDATE photos_photo SET sha256 = repeat('a', 64)": "photos_photo_fixed",
    "UPDATE photos_photo SET view = 'BACK'": "photos_photo_fixed",
    "UPDATE photos_photo SET taken_at = now() - interval '1 year'": "photos_photo_fixed",
    "UPDATE photos_photo SET data_key = NULL": "photos_photo_fixed",
    "UPDATE photos_photo SET deleted_at = now(), deleted_by = 'x'": "photos_photo_deleted",
    "DELETE FROM photos_photo": "42501",
    r"UPDATE photos_piece SET sealed = '\x00'": "42501",
    "DELETE FROM photos_piece": "photos_piece_fixed",
    "UPDATE photos_pair SET earlier_id = later_id": "photos_pair_fixed",
    "UPDATE photos_pair SET shared_at = now(), shared_by = 'x'": "photos_pair_consented",
    "UPDATE photos_alignment SET scale = 2": "42501",
    "DELETE FROM photos_alignment": "42501",
}


def test_the_database_keeps_what_was_taken(studio: Studio):
    pair = studio.compared()
    actions.line_up_by_hand(pair.pk, [(10, 10), (90, 20)], [(12, 10), (93, 24)], by=studio.nurse)
    found = {statement: attack(studio.office.clinic.system, statement) for statement in ATTACKS}
    assert found == ATTACKS


def test_the_database_pairs_one_patient_from_one_view(studio: Studio):
    front, smile = studio.taken(), studio.taken(face(0.8), view="SMILE", stage="AFTER")
    with pytest.raises(Invalid, match="same view"):
        actions.compare(front.pk, smile.pk, by=studio.nurse)
    with pytest.raises(Invalid, match="two different"):
        actions.compare(front.pk, front.pk, by=studio.nurse)
    insert = (
        "INSERT INTO photos_pair (id, created_at, organization_id, patient_id, earlier_id, later_id, paired_by, "
        "shared_by) SELECT gen_random_uuid(), now(), organization_id, patient_id, %s, %s, 'x', '' "
        "FROM photos_photo WHERE id = %s"
    )
    system = studio.office.clinic.system
    assert attack(system, insert, front.pk, smile.pk, front.pk) == "photos_pair_of_view"
    strange = (
        "INSERT INTO photos_photo SELECT (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid(), "
        "'received_sha256', repeat('a', 64), 'patient_id', %s::text))).* FROM photos_photo p LIMIT 1"
    )
    assert attack(system, strange, str(studio.office.child.pk)) == "photos_photo_consented"


def test_a_list_costs_the_same_for_one_and_for_many(studio: Studio):
    def statements() -> int:
        with acting_as(studio.nurse), CaptureQueriesContext(connection) as seen:
            shown = list(queries.photos_of(studio.patient.pk, seen_by=studio.nurse)[:30])
            assert all(row.file_name for row in shown)
            assert len(queries.ghosts(studio.patient.pk, seen_by=studio.nurse)) == 1
        return len(seen)

    studio.taken(samples.picture(size=(100, 100)))
    one = statements()
    for number in range(3):
        studio.taken(samples.picture(size=(101 + number, 100)))
    assert statements() == one
