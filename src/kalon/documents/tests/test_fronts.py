"""The pages and the API: headers that let a file show itself and do nothing, and bad input with a sentence."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kalon.documents.models import Document
from kalon.documents.tests import samples
from kalon.documents.tests.conftest import Place
from kalon.kernel.tenancy import acting_as

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def client(place: Place, role: str) -> Client:
    made = Client()
    made.force_login(place.here.users[role], backend=BACKEND)
    return made


def form(content: bytes, **said: str) -> dict[str, Any]:
    told = {"kind": "LAB_REPORT", "description": "Thyroid", "source": "OUTSIDE", **said}
    return {"file": SimpleUploadedFile("anything.jpg", content, "image/jpeg"), **told}


def test_a_file_is_added_read_and_taken_away(place: Place):
    desk = client(place, "doctor")
    added = desk.post(reverse("documents:add", args=[place.meera.pk]), form(samples.pdf()))
    assert added.status_code == 303
    with acting_as(place.here.doctor):
        document = Document.objects.get()
    assert document.content_type == "application/pdf", "whatever the browser called it"
    assert desk.get(reverse("documents:document", args=[document.pk])).status_code == 200
    shown = desk.get(reverse("documents:content", args=[document.pk]))
    assert b"".join(shown) == samples.pdf()  # type: ignore[call-overload]
    assert shown["Content-Type"] == "application/pdf" and shown["Content-Disposition"].startswith("inline")
    taken = desk.get(reverse("documents:download", args=[document.pk]))
    assert taken["Content-Disposition"].startswith("attachment; filename*=UTF-8''lab-report-")
    for response in (shown, taken):
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["X-Frame-Options"] == "SAMEORIGIN"
        assert response["Cache-Control"] == "private, no-store"
        assert "default-src 'none'" in response["Content-Security-Policy"]
        assert "frame-ancestors 'self'" in response["Content-Security-Policy"]


def test_a_lie_comes_back_beside_the_field_with_what_was_typed(place: Place):
    answer = client(place, "doctor").post(
        reverse("documents:add", args=[place.meera.pk]), form(samples.svg(), description="Kept words")
    )
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "This is not a PDF or a picture" in text and "Kept words" in text


def test_too_much_is_refused_before_any_of_it_is_read(place: Place):
    class Unreadable(BytesIO):
        def read(self, *_: object) -> bytes:
            raise AssertionError("the body was read")

    for path, kind in ((reverse("documents:add", args=[place.meera.pk]), "text/html"), ("/api/documents", "json")):
        answer = client(place, "doctor").generic(
            "POST", path, b"", "multipart/form-data; boundary=x",
            CONTENT_LENGTH="209715200", **{"wsgi.input": Unreadable()},
        )  # fmt: skip
        assert answer.status_code == 413 and kind in answer["Content-Type"]
        assert "25 MB at most" in answer.content.decode()


def test_no_file_and_no_kind_are_named(place: Place):
    answer = client(place, "doctor").post(reverse("documents:add", args=[place.meera.pk]), {"source": "OUTSIDE"})
    assert answer.status_code == 422
    assert "Choose a file." in answer.content.decode() and "Choose one." in answer.content.decode()


@pytest.mark.parametrize(("role", "status"), [("doctor", 200), ("billing", 403)])
def test_who_may_open_the_pages(place: Place, role: str, status: int):
    document = place.added()
    for name in ("document", "content", "download"):
        assert client(place, role).get(reverse(f"documents:{name}", args=[document.pk])).status_code == status


def test_verify_and_remove_on_the_page(place: Place):
    document = place.added()
    said = {"kind": "IMAGING", "description": "Film", "source": "OUTSIDE", "document_date": "", "origin": ""}
    assert client(place, "doctor").post(reverse("documents:verify", args=[document.pk]), said).status_code == 303
    assert client(place, "owner").post(reverse("documents:remove", args=[document.pk]), {}).status_code == 422
    away = client(place, "owner").post(reverse("documents:remove", args=[document.pk]), {"reason": "Wrong patient"})
    assert away.status_code == 303
    assert client(place, "doctor").get(reverse("documents:document", args=[document.pk])).status_code == 404


def test_the_tab_shows_them_and_filters(place: Place):
    place.added(samples.picture(), description="Chest film", kind="IMAGING")
    place.added(description="Thyroid profile")
    there = reverse("patients:tab", args=[place.meera.pk, "documents"])
    everything = client(place, "doctor").get(there).content.decode()
    assert "Chest film" in everything and "Thyroid profile" in everything and "data:image/jpeg" in everything
    films = client(place, "doctor").get(there, {"kind": "IMAGING"}).content.decode()
    assert "Chest film" in films and "Thyroid profile" not in films


def test_the_api_takes_lists_and_gives_it(place: Place):
    desk = client(place, "doctor")
    path = f"/api/documents?patient_id={place.meera.pk}"
    added = desk.post(path, form(samples.picture()))
    assert added.status_code == 201, added.content
    pk = added.json()["id"]
    assert desk.get(path).json()["items"][0]["description"] == "Thyroid"
    assert b"".join(desk.get(f"/api/documents/{pk}/content")).startswith(b"\xff\xd8\xff")  # type: ignore[call-overload]
    refused = desk.post(path, form(samples.html()))
    assert refused.status_code == 422 and refused.json()["errors"]["file"]
    said = {"kind": "IMAGING", "source": "OUTSIDE"}
    verified = desk.post(f"/api/documents/{pk}/verify", said, content_type="application/json")
    assert verified.json()["verified_by"] == place.here.doctor.name
    owner = client(place, "owner")
    gone = owner.post(f"/api/documents/{pk}/remove", {"reason": "Wrong"}, content_type="application/json")
    assert gone.status_code == 204 and desk.get(f"/api/documents/{pk}").status_code == 404
