"""Patients keep a copy of what is shared with them: under their consent, marked, logged, and of nothing else."""

from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from kalon.kernel.audit import AuditEvent
from kalon.kernel.errors import NotFound, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.photos import actions
from kalon.photos.models import Export, ExportPiece, Handover
from kalon.photos.tests.conftest import Studio, face
from kalon.photos.tests.test_leaving import wish
from kalon.photos.tests.test_pages import client
from kalon.photos.tests.test_photos import attack


def rows(studio: Studio, model: Any) -> list[Any]:
    with acting_as(studio.office.clinic.system):
        return list(model.objects.order_by("created_at", "id"))


def test_patients_make_and_save_their_own_copy_on_the_phone(studio: Studio):
    pair, me = studio.compared(), studio.office.account(studio.patient)
    phone = client(me)
    ask = reverse("portal:own_copy", args=[pair.pk])
    assert phone.post(ask).status_code == 404, "it is not shared yet"
    actions.share(pair.pk, by=studio.doctor)
    assert "Make my own copy" in phone.get(reverse("portal:photos")).content.decode()
    assert phone.post(ask).status_code == 303
    assert phone.post(ask).status_code == 303, "asked twice, made once"
    [made] = rows(studio, Export)
    assert (made.purpose, made.form, made.with_drawings, made.made_by) == ("PATIENT", "PICTURE", False, me.name)
    page = phone.get(reverse("portal:photos")).content.decode()
    file = reverse("portal:own_copy_file", args=[made.pk])
    assert file in page and "Save this copy" in page
    answer = phone.get(file)
    content = b"".join(answer)  # type: ignore[call-overload]
    assert "attachment" in answer["Content-Disposition"] and answer["Cache-Control"] == "private, no-store"
    with Image.open(BytesIO(content)) as seen:
        assert seen.width > seen.height and not seen.getexif()
    [handover] = rows(studio, Handover)
    assert handover.fetched_by == me.name
    with acting_as(studio.owner):
        told = list(AuditEvent.objects.filter(kind="EXPORT", subject_id=made.pk).values_list("purpose", flat=True))
    assert len(told) == 2 and all("the patient's own copy" in one for one in told)
    desk = client(studio.doctor).get(reverse("photos:copies", args=[studio.patient.pk])).content.decode()
    assert "Asked for by the patient" in desk and "1×" in desk


def test_nobody_else_makes_or_saves_it(studio: Studio):
    pair, me = studio.compared(), studio.office.account(studio.patient)
    actions.share(pair.pk, by=studio.doctor)
    made = actions.own_copy(pair.pk, by=me)
    stranger = studio.office.account(studio.office.child)
    for verb, pk in ((actions.own_copy, pair.pk), (actions.fetch_own, made.pk)):
        with pytest.raises(NotFound):
            verb(pk, by=stranger)
        with pytest.raises(NotPermitted):
            verb(pk, by=studio.doctor)
    for_care = actions.export_pair(pair.pk, wish(), by=studio.doctor)
    with pytest.raises(NotFound):
        actions.fetch_own(for_care.pk, by=me)
    phone, other = client(me), client(stranger)
    assert other.get(reverse("portal:own_copy_file", args=[made.pk])).status_code == 404
    assert phone.get(reverse("portal:own_copy_file", args=[for_care.pk])).status_code == 404
    assert rows(studio, Handover) == []


def test_a_withdrawn_consent_ends_it_now(studio: Studio):
    pair, me = studio.compared(), studio.office.account(studio.patient)
    actions.share(pair.pk, by=studio.doctor)
    made = actions.own_copy(pair.pk, by=me)
    studio.withdraws()
    phone = client(me)
    assert phone.get(reverse("portal:own_copy_file", args=[made.pk])).status_code == 409
    assert phone.post(reverse("portal:own_copy", args=[pair.pk])).status_code == 409
    page = phone.get(reverse("portal:photos")).content.decode()
    assert "Make my own copy" not in page and "withdrew your consent" in page
    assert rows(studio, Handover) == [] and len(rows(studio, Export)) == 1


def test_the_database_lets_patients_copy_what_is_theirs_and_shared_alone(studio: Studio):
    pair, me = studio.compared(), studio.office.account(studio.patient)
    actions.share(pair.pk, by=studio.doctor)
    made = actions.own_copy(pair.pk, by=me)
    copy = (
        "INSERT INTO photos_export SELECT (jsonb_populate_record(export, %s::jsonb)).* FROM photos_export AS export "
        f"WHERE id = '{made.pk}'"
    )
    row = '"id": "01900000-0000-7000-8000-000000000002"'
    assert attack(me, copy, f"{{{row}}}") == "done"
    assert attack(me, copy, f'{{{row}, "purpose": "CARE"}}') == "photos_export_own"
    assert attack(me, copy, f'{{{row}, "with_drawings": true}}') == "photos_export_own"
    assert attack(me, f"UPDATE photos_export SET form = 'DICOM' WHERE id = '{made.pk}'") == "photos_export_fixed"
    assert attack(me, f"UPDATE photos_export SET withdrawn_by = 'me' WHERE id = '{made.pk}'") == "42501"
    assert attack(me, f"DELETE FROM photos_exportpiece WHERE export_id = '{made.pk}'") == "42501"
    for_care = actions.export_pair(pair.pk, wish(), by=studio.doctor)
    with acting_as(me):
        assert {one.pk for one in Export.objects.all()} == {made.pk, for_care.pk}
        assert not ExportPiece.objects.filter(export_id=for_care.pk).exists()
    actions.unshare(pair.pk, by=studio.doctor)
    assert attack(me, copy, f"{{{row}}}") == "photos_export_of_patient"


def test_it_is_made_and_saved_by_json_too(studio: Studio):
    pair, me = studio.compared(), studio.office.account(studio.patient)
    phone, other = client(me), client(studio.office.account(studio.office.child))
    there = f"/api/patient/photos/{pair.pk}"
    assert phone.post(f"{there}/copy").status_code == 404, "it is not shared yet"
    actions.share(pair.pk, by=studio.doctor)
    [row] = phone.get("/api/patient/photos").json()["items"]
    assert (row["id"], row["view"]) == (str(pair.pk), "FRONT") and phone.get(there).json() == row
    seen = phone.get(f"/api/patient/photos/pictures/{row['later']['id']}", {"size": "small"})
    assert seen.status_code == 200 and seen["Content-Type"] == "image/jpeg"
    key = {"Idempotency-Key": "once"}
    first, again = (phone.post(f"{there}/copy", headers=key) for _ in "12")
    assert (first.status_code, again.status_code) == (201, 201) and again["Idempotent-Replayed"] == "true"
    assert phone.post(f"{there}/copy").json()["id"] == first.json()["id"], "another key, still one copy"
    [made] = rows(studio, Export)
    assert (str(made.pk), made.purpose, made.made_by) == (first.json()["id"], "PATIENT", me.name)
    for_care = actions.export_pair(pair.pk, wish(), by=studio.doctor)
    with CaptureQueriesContext(connection) as asked:
        listed = phone.get("/api/patient/photos/copies").json()["items"]
    assert [one["id"] for one in listed] == [str(for_care.pk), str(made.pk)]
    file = f"/api/patient/photos/copies/{made.pk}/file"
    answer = phone.get(file)
    with Image.open(BytesIO(b"".join(answer))) as kept:  # type: ignore[call-overload]
        assert kept.width > kept.height
    assert "attachment" in answer["Content-Disposition"] and [one.fetched_by for one in rows(studio, Handover)] == [
        me.name
    ]
    assert phone.get(f"/api/patient/photos/copies/{for_care.pk}/file").status_code == 404
    for path in (there, file, f"/api/patient/photos/pictures/{row['later']['id']}"):
        assert other.get(path).status_code == 404, path
    assert other.post(f"{there}/copy").status_code == 404
    assert other.get("/api/patient/photos").json()["items"] == other.get("/api/patient/photos/copies").json()["items"]
    refused = client(studio.doctor).post(f"{there}/copy")
    assert refused.status_code == 403 and refused["Content-Type"] == "application/problem+json"
    actions.own_copy(pair.pk, by=me)
    for _ in range(3):
        actions.export_pair(pair.pk, wish(), by=studio.doctor)
    with CaptureQueriesContext(connection) as more:
        assert len(phone.get("/api/patient/photos/copies").json()["items"]) == 5
    assert len(more) == len(asked)
    with CaptureQueriesContext(connection) as asked:
        assert len(phone.get("/api/patient/photos").json()["items"]) == 1
    sides = [studio.taken(face(tone), view="SMILE", stage=stage) for tone, stage in ((0.9, "BEFORE"), (0.5, "AFTER"))]
    actions.share(actions.compare(*(one.pk for one in sides), by=studio.nurse).pk, by=studio.doctor)
    with CaptureQueriesContext(connection) as more:
        assert len(phone.get("/api/patient/photos").json()["items"]) == 2
    assert len(more) == len(asked)
    studio.withdraws()
    assert phone.get(file).status_code == 409 and phone.post(f"{there}/copy").status_code == 409
