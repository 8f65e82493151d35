"""A patient's own files and history on the phone: read, sent, added, and nobody else's."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kalon.documents import actions as documents
from kalon.documents.actions import DocumentDetails
from kalon.documents.models import Document
from kalon.documents.tests import samples
from kalon.kernel.tenancy import acting_as
from kalon.patients.models import Allergy, HistoryItem
from kalon.portal.tests.conftest import Portal


def sent(content: bytes, **said: str) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("scan.pdf", content), "kind": "LAB_REPORT", "description": "Thyroid", **said}


def test_a_patient_sends_a_file_and_reads_it(portal: Portal):
    phone = portal.as_zoya
    assert phone.get(reverse("portal:send")).status_code == 200
    lie = phone.post(reverse("portal:send"), sent(samples.svg(), description="Kept words"))
    assert lie.status_code == 422 and "Kept words" in lie.content.decode()
    assert phone.post(reverse("portal:send"), sent(samples.picture())).status_code == 303
    with acting_as(portal.zoya):
        document = Document.objects.get()
    assert document.source == "PATIENT"
    assert "Thyroid" in phone.get(reverse("portal:records"), {"show": "documents"}).content.decode()
    assert "Not yet" in phone.get(reverse("portal:document", args=[document.pk])).content.decode()
    shown = phone.get(reverse("portal:document_content", args=[document.pk]))
    assert b"".join(shown).startswith(b"\xff\xd8\xff")  # type: ignore[call-overload]
    taken = phone.get(reverse("portal:document_download", args=[document.pk]))
    assert taken["Content-Disposition"].startswith("attachment")


def test_nobody_else_reads_it(portal: Portal):
    said = DocumentDetails(kind="LAB_REPORT")
    assert portal.zoya.patient_id is not None
    document = documents.upload(portal.zoya.patient_id, BytesIO(samples.pdf()), said, by=portal.zoya)
    for name in ("document", "document_content", "document_download"):
        assert portal.as_rahul.get(reverse(f"portal:{name}", args=[document.pk])).status_code == 404
        assert Client().get(reverse(f"portal:{name}", args=[document.pk])).status_code in (302, 303)
    assert portal.as_rahul.get(f"/api/patient/documents/{document.pk}/content").status_code == 404
    assert portal.as_rahul.get("/api/patient/documents").json()["items"] == []
    assert portal.as_zoya.get("/api/patient/documents").json()["items"][0]["id"] == str(document.pk)


@pytest.mark.parametrize(
    ("name", "good", "bad", "words"),
    [
        ("add_allergy", {"substance": "Penicillin", "kind": "DRUG"}, {"substance": ""}, "Choose what it is."),
        ("add_history", {"kind": "SURGERY", "text": "Appendix"}, {"text": "Kept words"}, "Kept words"),
    ],
)
def test_a_patient_adds_what_they_know(
    portal: Portal, name: str, good: dict[str, str], bad: dict[str, str], words: str
):
    there = reverse(f"portal:{name}")
    assert portal.as_zoya.get(there).status_code == 200
    refused = portal.as_zoya.post(there, bad)
    assert refused.status_code == 422 and words in refused.content.decode()
    assert portal.as_zoya.post(there, good).status_code == 303
    shown = portal.as_zoya.get(reverse("portal:health")).content.decode()
    assert (good.get("substance") or good["text"]) in shown and "not verified yet" in shown
    with acting_as(portal.rahul):
        assert not Allergy.objects.exists() and not HistoryItem.objects.exists()
