"""Copies that leave the clinic: under a live consent of the right kind, watermarked, logged, gone when it ends."""

from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from kalon.consents import actions as consents
from kalon.consents import queries as held
from kalon.kernel import clock
from kalon.kernel.audit import AuditEvent
from kalon.kernel.errors import Invalid, NotFound, NotPermitted, NotReady
from kalon.kernel.models.keys import ErasedKey
from kalon.kernel.tenancy import acting_as
from kalon.photos import actions, queries, tasks
from kalon.photos.actions import ExportWish
from kalon.photos.models import Export, ExportPiece, Handover
from kalon.photos.tests.conftest import Studio, face
from kalon.photos.tests.test_photos import attack


def wish(**said: Any) -> ExportWish:
    return ExportWish(**{"purpose": "CARE", "recipient": "Dr Iqbal, Lakeside Clinic", "reason": "She moves", **said})


def fetched(studio: Studio, export: Export) -> bytes:
    found = actions.fetch_export(export.pk, by=studio.doctor)
    with acting_as(studio.doctor):
        return b"".join(queries.exported(found, seen_by=studio.doctor))


def withdrawn(studio: Studio, kind: str, *, by: Any = None) -> None:
    with acting_as(studio.office.clinic.system):
        consent = held.in_force(studio.patient.pk, kind, seen_by=studio.office.clinic.system)
    assert consent is not None
    consents.revoke(consent.pk, "Does not want it any more", by=by or studio.nurse)


def test_a_copy_is_watermarked_without_metadata_and_logged(studio: Studio):
    photo = studio.taken()
    export = actions.export_photo(photo.pk, wish(), by=studio.doctor)
    content = fetched(studio, export)
    assert sha256(content).hexdigest() == export.sha256 and len(content) == export.size
    copy = Image.open(BytesIO(content))
    assert copy.format == "JPEG" and not copy.getexif() and "exif" not in copy.info and "icc_profile" not in copy.info
    assert copy.width == photo.width and copy.height > photo.height, "the band stands below and covers nothing"
    with acting_as(studio.doctor):
        kept = Image.open(BytesIO(b"".join(queries.original(photo, seen_by=studio.doctor))))
        lines = AuditEvent.objects.filter(subject_id=export.pk).order_by("id")
        logged = [(one.kind, one.purpose, one.actor_name) for one in lines]
        assert Handover.objects.get().fetched_by == studio.doctor.name
    changed = [
        abs(one - other) > 12
        for one, other in zip(
            copy.crop((0, 0, *photo_size(photo))).convert("L").tobytes(),
            kept.convert("L").tobytes(),
            strict=True,
        )
    ]
    thirds = [sum(changed[start : start + 90_000]) for start in (0, 90_000, 180_000)]
    assert min(thirds) > 900, "the words run over the whole picture, not in one corner"
    made, handed = ("another clinic that treats the patient" in purpose for _kind, purpose, _who in logged)
    assert made and handed and {kind for kind, *_ in logged} == {"EXPORT"}


def photo_size(photo: Any) -> tuple[int, int]:
    return photo.width, photo.height


def test_nothing_of_it_stands_in_clear(studio: Studio):
    export = actions.export_photo(studio.taken().pk, wish(), by=studio.doctor)
    with acting_as(studio.doctor):
        [row] = Export.objects.filter(pk=export.pk).values("recipient", "reason")
        pieces = [bytes(one.sealed) for one in ExportPiece.objects.all()]
    assert b"Iqbal" not in bytes(row["recipient"]) and b"moves" not in bytes(row["reason"])
    assert pieces and all(b"JFIF" not in piece for piece in pieces)


def test_adverts_need_their_own_consent(studio: Studio):
    pair = studio.compared()
    advert = wish(purpose="MARKETING", recipient="Spring leaflet", reason="Page 3")
    for attempt in (actions.export_pair, lambda _pk, *rest, **by: actions.export_photo(pair.later_id, *rest, **by)):
        with pytest.raises(NotReady, match="adverts, website or teaching"):
            attempt(pair.pk, advert, by=studio.doctor)
    studio.agrees_to_adverts()
    export = actions.export_pair(pair.pk, advert, by=studio.doctor)
    both = Image.open(BytesIO(fetched(studio, export)))
    assert both.width > 2 * 450
    withdrawn(studio, "PHOTOGRAPHY")
    assert fetched(studio, export), "each use hangs from its own consent"
    with pytest.raises(NotReady):
        actions.export_pair(pair.pk, wish(), by=studio.doctor)


def test_withdrawing_destroys_what_was_prepared(studio: Studio):
    export = actions.export_photo(studio.taken().pk, wish(), by=studio.doctor)
    fetched(studio, export)
    withdrawn(studio, "PHOTOGRAPHY")
    with pytest.raises(NotReady, match="the consent has ended"):
        actions.fetch_export(export.pk, by=studio.doctor)
    with acting_as(studio.doctor):
        left = Export.objects.get()
        assert (left.data_key, left.withdrawn_why, left.recipient) == (None, "CONSENT_ENDED", export.recipient)
        assert not ExportPiece.objects.exists() and Handover.objects.count() == 1
        assert ErasedKey.objects.filter(row_id=export.pk).exists(), "a restored backup destroys it again"


def test_a_patient_who_withdraws_on_their_phone_stops_it_before_the_worker_comes(studio: Studio):
    export = actions.export_photo(studio.taken().pk, wish(), by=studio.doctor)
    withdrawn(studio, "PHOTOGRAPHY", by=studio.office.account(studio.patient))
    with acting_as(studio.doctor):
        assert Export.objects.get().data_key is not None, "the worker has not come yet"
    with pytest.raises(NotReady, match="does not hold any more"):
        actions.fetch_export(export.pk, by=studio.doctor)
    insert = (
        "INSERT INTO photos_handover (id, created_at, organization_id, patient_id, export_id, fetched_by) "
        "SELECT gen_random_uuid(), now(), organization_id, patient_id, id, 'x' FROM photos_export"
    )
    assert attack(studio.office.clinic.system, insert) == "photos_handover_consented"
    tasks.consent_over(organization_id=export.organization_id, consent_id=export.consent_id)
    with acting_as(studio.doctor):
        assert Export.objects.get().data_key is None and not ExportPiece.objects.exists()


def test_a_consent_that_runs_out_stops_it_without_anybody_doing_anything(studio: Studio):
    export = actions.export_photo(studio.taken().pk, wish(), by=studio.doctor)
    with acting_as(studio.office.clinic.system):
        consent = held.in_force(studio.patient.pk, "PHOTOGRAPHY", seen_by=studio.office.clinic.system)
    assert consent is not None and consent.valid_until is not None
    with clock.at(consent.valid_until + timedelta(seconds=1)), pytest.raises(NotReady, match="does not hold"):
        actions.fetch_export(export.pk, by=studio.doctor)


def test_a_copy_is_taken_back_and_goes_with_its_photograph(studio: Studio):
    pair = studio.compared()
    one, other = (actions.export_pair(pair.pk, wish(), by=studio.doctor) for _ in range(2))
    actions.withdraw_export(one.pk, by=studio.doctor)
    actions.remove(pair.earlier_id, "Out of focus", by=studio.owner)
    with acting_as(studio.owner):
        ended = {row.pk: row.withdrawn_why for row in Export.objects.all()}
    assert ended == {one.pk: "TAKEN_BACK", other.pk: "PHOTO_GONE"}
    with pytest.raises(NotFound):
        actions.export_pair(pair.pk, wish(), by=studio.doctor)


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ({"purpose": "SALE"}, {"purpose"}),
        ({"recipient": " ", "reason": "x" * 301}, {"recipient", "reason"}),
        ({"form": "TIFF"}, {"form"}),
        ({"form": "DICOM"}, {"body_part", "laterality"}),
        ({"form": "DICOM", "purpose": "MARKETING", "body_part": "FACE", "laterality": "U"}, {"form"}),
    ],
)
def test_what_is_asked_for_is_looked_at(studio: Studio, said: dict[str, Any], fields: set[str]):
    with pytest.raises(Invalid) as refusal:
        actions.export_photo(studio.taken().pk, wish(**said), by=studio.doctor)
    assert set(refusal.value.facts["errors"]) == fields


def test_who_has_no_right_gets_nothing(studio: Studio):
    photo = studio.taken()
    export = actions.export_photo(photo.pk, wish(), by=studio.doctor)
    mine, other = studio.office.account(studio.patient), studio.office.account(studio.office.child)
    for by in (studio.nurse, mine, other):
        for attempt in (
            lambda by: actions.export_photo(photo.pk, wish(), by=by),
            lambda by: actions.fetch_export(export.pk, by=by),
            lambda by: actions.withdraw_export(export.pk, by=by),
        ):
            with pytest.raises(NotPermitted):
                attempt(by)
    with acting_as(mine):
        assert [one.pk for one in queries.exports_of(studio.patient.pk, seen_by=mine)] == [export.pk]
        assert Export.objects.get().recipient == "Dr Iqbal, Lakeside Clinic", "a patient reads who got a copy"
    with acting_as(other):
        assert not Export.objects.exists() and not Handover.objects.exists()
    assert attack(mine, "SELECT FROM photos_exportpiece") == "nothing touched", "of their own copies alone"
    assert attack(mine, "UPDATE photos_export SET made_by = 'x'") == "42501"


ATTACKS = {
    "UPDATE photos_export SET purpose = 'MARKETING'": "photos_export_fixed",
    "UPDATE photos_export SET made_by = 'x'": "photos_export_fixed",
    "UPDATE photos_export SET consent_id = gen_random_uuid()": "photos_export_fixed",
    "UPDATE photos_export SET data_key = NULL": "photos_export_withdrawn",
    "DELETE FROM photos_export": "42501",
    r"UPDATE photos_exportpiece SET sealed = '\x00'": "42501",
    "DELETE FROM photos_exportpiece": "photos_exportpiece_fixed",
    "UPDATE photos_handover SET fetched_by = 'x'": "42501",
    "DELETE FROM photos_handover": "42501",
}
COPY = (
    "INSERT INTO photos_export SELECT (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid()) "
    "|| %s::jsonb)).* FROM photos_export e LIMIT 1"
)


def test_the_database_keeps_what_left(studio: Studio):
    export = actions.export_photo(studio.taken().pk, wish(), by=studio.doctor)
    fetched(studio, export)
    system = studio.office.clinic.system
    assert {statement: attack(system, statement) for statement in ATTACKS} == ATTACKS
    assert attack(system, COPY, "{}") == "done", "the copy of a row is no fault of its own"
    assert attack(system, COPY, '{"purpose": "MARKETING"}') == "photos_export_consented"
    assert attack(system, COPY, f'{{"patient_id": "{studio.office.child.pk}"}}') == "photos_export_consented"
    assert attack(system, COPY, '{"form": "DICOM", "content_type": "image/jpeg"}') == "photos_export_form"
    actions.remove(export.photo_id, "Wrong", by=studio.owner)
    assert attack(system, COPY, "{}") == "photos_export_of_patient"


def test_a_list_of_copies_costs_the_same_for_one_and_for_many(studio: Studio):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def statements() -> int:
        with acting_as(studio.doctor), CaptureQueriesContext(connection) as seen:
            rows = list(queries.exports_of(studio.patient.pk, seen_by=studio.doctor)[:50])
            assert all(row.recipient and row.consent.number and row.fetched == 0 for row in rows)
        return len(seen)

    photo = studio.taken(face(0.2))
    actions.export_photo(photo.pk, wish(), by=studio.doctor)
    one = statements()
    for _ in range(4):
        actions.export_photo(photo.pk, wish(), by=studio.doctor)
    assert statements() == one
