"""The pages and the JSON: the gallery, taking, comparing; another patient's and another right's photographs."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from kalon.config.seed.faces import jpeg
from kalon.documents.tests import samples
from kalon.kernel.tenancy import acting_as
from kalon.people.models import User
from kalon.photos import actions
from kalon.photos.models import Alignment, Photo
from kalon.photos.tests.conftest import Studio, face

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def client(actor: Any) -> Client:
    made = Client()
    made.force_login(User.objects.get(pk=actor.user_id), backend=BACKEND)
    return made


def picture(content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile("a.jpg", content or face(), "image/jpeg")


def test_views_are_taken_one_after_the_other_under_the_ghost(studio: Studio):
    desk, there = client(studio.nurse), reverse("photos:capture", args=[studio.patient.pk])
    first = desk.get(there).content.decode()
    assert "0 of 5 views taken" in first and "data-shoot-ghost" not in first
    kept = desk.post(there, {"view": "FRONT", "stage": "BEFORE", "file": picture()})
    assert kept.status_code == 303 and "stage=BEFORE" in kept["Location"]
    assert "1 of 5 views taken" in desk.get(kept["Location"]).content.decode()
    after = desk.get(there, {"stage": "AFTER", "view": "FRONT"}).content.decode()
    assert "data-shoot-ghost" in after and "0 of 5 views taken" in after
    lied = desk.post(there, {"view": "FRONT", "stage": "AFTER", "file": picture(samples.html())})
    assert lied.status_code == 422 and "This is not a picture" in lied.content.decode()
    studio.withdraws()
    refused = desk.post(there, {"view": "SMILE", "stage": "AFTER", "file": picture(face(0.5))})
    assert refused.status_code == 422 and "has not agreed to photographs" in refused.content.decode()
    with acting_as(studio.doctor):
        assert Photo.objects.count() == 1


def test_two_are_compared_lined_up_by_hand_and_shared(studio: Studio):
    one, other = studio.taken(), studio.taken(face(0.3), stage="AFTER")
    desk = client(studio.doctor)
    made = desk.post(reverse("photos:compare", args=[one.pk, other.pk]))
    assert made.status_code == 303
    assert "Front" in desk.get(reverse("photos:photo", args=[one.pk])).content.decode()
    assert "lines them up in a moment" in desk.get(made["Location"]).content.decode()
    points = made["Location"] + "/points"
    few = desk.post(points, {"earlier": "100,100", "later": "100,100 200,200"})
    assert few.status_code == 422 and "two to five points" in few.content.decode()
    assert "100,100 200,200" in few.content.decode(), "what was typed stays"
    beside = desk.post(points, {"earlier": "100,100 9999,9", "later": "100,100 200,200"})
    assert beside.status_code == 422 and "beside its picture" in beside.content.decode()
    assert desk.post(points, {"earlier": "100,100 200,220", "later": "110,100 210,220"}).status_code == 303
    with acting_as(studio.doctor):
        [row] = Alignment.objects.all()
    assert (round(row.scale, 6), round(row.rotation, 6), round(row.shift_x, 3)) == (1, 0, -10)
    shared = desk.post(made["Location"] + "/share")
    assert shared.status_code == 303 and "Stop sharing" in desk.get(made["Location"]).content.decode()
    gallery = desk.get(reverse("patients:tab", args=[studio.patient.pk, "photos"])).content.decode()
    assert "Before and after" in gallery and reverse("photos:small", args=[one.pk]) in gallery
    small = desk.get(reverse("photos:small", args=[one.pk]))
    assert small.content.startswith(b"\xff\xd8\xff") and small["Cache-Control"] == "private, no-store"


def test_the_patient_compares_what_was_shared_and_reaches_nothing_else(studio: Studio):
    pair, alone = studio.compared(), studio.taken(face(0.9), view="SMILE")
    mine, other = studio.office.account(studio.patient), studio.office.account(studio.office.child)
    phone = client(mine)
    assert "No photographs yet" in phone.get(reverse("portal:photos")).content.decode()
    actions.share(pair.pk, by=studio.doctor)
    assert "data-compare-slide" in phone.get(reverse("portal:photos")).content.decode()
    there = [reverse("portal:photo_picture", args=[pk, "middle"]) for pk in (pair.later_id, alone.pk)]
    assert [phone.get(one).status_code for one in there] == [200, 404]
    stranger = client(other)
    assert [stranger.get(one).status_code for one in there] == [404, 404]
    for path in (f"/api/photos/{pair.later_id}", f"/api/photos/{pair.later_id}/picture", f"/api/photo-pairs/{pair.pk}"):
        assert stranger.get(path).status_code == 404
    assert stranger.get(f"/api/patients/{studio.patient.pk}/photos").json()["items"] == []
    assert stranger.get(f"/api/patients/{studio.patient.pk}/photos/before-after").json() == []
    assert phone.get(reverse("photos:photo", args=[pair.later_id])).status_code == 403


def test_the_json_takes_lists_compares_and_removes(studio: Studio):
    desk, path = client(studio.nurse), f"/api/patients/{studio.patient.pk}/photos"
    added = desk.post(path, {"view": "FRONT", "stage": "BEFORE", "file": picture()})
    assert added.status_code == 201, added.content
    after = desk.post(path, {"view": "FRONT", "stage": "AFTER", "file": picture(face(0.3))}).json()["id"]
    assert desk.post(path, {"view": "UP", "stage": "BEFORE", "file": picture()}).status_code == 422
    assert len(desk.get(path, {"stage": "AFTER"}).json()["items"]) == 1
    body = {"earlier_id": added.json()["id"], "later_id": after}
    made = desk.post("/api/photo-pairs", body, content_type="application/json")
    assert made.status_code == 201, made.content
    [listed] = desk.get(path + "/before-after").json()
    assert (listed["view"], listed["tried"], listed["laid"]) == ("FRONT", False, None)
    reason = {"reason": "Out of focus"}
    refused = desk.post(f"/api/photos/{after}/remove", reason, content_type="application/json")
    owner = client(studio.owner)
    gone = owner.post(f"/api/photos/{after}/remove", reason, content_type="application/json")
    assert (refused.status_code, gone.status_code) == (403, 204)
    assert desk.get(path + "/before-after").json() == []
    assert desk.get(f"/api/photos/{added.json()['id']}/original").status_code == 403
    taken = client(studio.doctor).get(f"/api/photos/{added.json()['id']}/original")
    assert b"".join(taken).startswith(b"\xff\xd8\xff")  # type: ignore[call-overload]


def test_the_computer_lines_up_what_has_enough_in_common(studio: Studio):
    pair = studio.compared()
    row = actions.line_up(pair.pk, by=studio.nurse)
    assert row is not None and row.laid is not None
    # the later face was held 1.06 nearer and 2 degrees askew about the middle
    assert row.scale == pytest.approx(1 / 1.06, abs=0.01) and abs(row.rotation or 0) == pytest.approx(2, abs=0.3)
    assert actions.line_up(pair.pk, by=studio.nurse) is None, "once is enough"
    walls = [jpeg(Image.new("RGB", (300, 400), (180, 178, shade))) for shade in (170, 176)]
    blank = [studio.taken(wall, view="BACK") for wall in walls]
    flat = actions.compare(*(one.pk for one in blank), by=studio.nurse)
    nothing = actions.line_up(flat.pk, by=studio.nurse)
    assert nothing is not None and nothing.laid is None
