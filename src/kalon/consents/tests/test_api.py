"""The JSON of consents: the whole way, refusals as problems, and what lists cost."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kalon.consents import rules
from kalon.consents.tests.conftest import LINES, Office
from kalon.kernel import outbox
from kalon.kernel.actors import Actor
from kalon.kernel.tenancy import acting_as
from kalon.people.models import User

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36"


def client(office: Office, actor: Actor) -> Client:
    made = Client()
    with acting_as(office.clinic.system):
        made.force_login(User.objects.get(pk=actor.user_id), backend=BACKEND)
    return made


def post(by: Client, path: str, body: Any = None) -> Any:
    return by.post(path, body or {}, content_type="application/json")


def test_a_consent_from_its_form_to_its_paper(office: Office):
    nurse, ananya = client(office, office.nurse), client(office, office.account(office.patient))
    [form] = [one for one in nurse.get("/api/consent-forms/in-use").json() if one["kind"] == "PHOTOGRAPHY"]
    assert [text["language"] for text in form["texts"]] == ["en", "hi"]
    wish = {
        "patient_id": str(office.patient.pk), "version_id": form["id"], "branch_id": str(office.clinic.branch.pk),
    }  # fmt: skip
    made = post(nurse, "/api/consents", wish)
    assert (made.status_code, made.json()["status"], made.json()["moves"]) == (201, "DRAFT", ["present", "void"])
    path = f"/api/consents/{made.json()['id']}"
    assert ananya.get(path).status_code == 404
    assert post(nurse, f"{path}/present").json()["still"] == ["PATIENT"]
    own = path.replace("/api/", "/api/patient/")
    [line] = ananya.get("/api/patient/consents").json()["items"]
    assert (line["status"], line["title"]) == ("PRESENTED", "Consent to clinical photographs")
    assert post(ananya, f"{path}/language", {"language": "hi"}).json()["language"] == "hi"
    words = ananya.get(own).json()["content_sha256"]
    hand = {"role": "PATIENT", "name": "Ananya Iyer", "strokes": LINES, "ticked": 2, "words": words}
    stale = post(ananya, f"{own}/sign", {**hand, "words": "0" * 64})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    ananya.defaults["HTTP_USER_AGENT"] = PHONE
    done = post(ananya, f"{own}/sign", hand).json()
    assert done["signatures"][0]["device"] == "Chrome on Android"
    assert (done["status"], done["seal_holds"], done["signatures"][0]["method"]) == ("SIGNED", True, "DRAWN")
    assert ananya.get(f"{path}/paper").json()["detail"] == "The paper is being made. Look again in a moment."
    while outbox.run_due():
        pass
    assert ananya.get(f"{path}/paper").content.startswith(b"%PDF")
    assert nurse.get(f"/api/consents/in-force?patient_id={office.patient.pk}").json() == ["PHOTOGRAPHY"]
    assert post(ananya, f"{own}/revoke", {"reason": ""}).status_code == 422
    assert post(ananya, f"{own}/revoke", {"reason": "No more"}).json()["status"] == "REVOKED"
    assert nurse.get(f"/api/consents/in-force?patient_id={office.patient.pk}").json() == []


def test_the_words_are_written_and_published(office: Office):
    owner = client(office, office.owner)
    made = post(owner, "/api/consent-forms", {"kind": "MARKETING", "name": "Before and after", "valid_months": 6})
    assert made.status_code == 201
    path = f"/api/consent-forms/versions/{made.json()['id']}"
    empty = post(owner, f"{path}/publish")
    assert (empty.status_code, empty.json()["code"]) == (409, "not-ready")
    said = {"title": "May we?", "body": "# Ask\nMay we show it?\n[ ] Yes"}
    assert owner.put(f"{path}/texts/en", said, content_type="application/json").status_code == 200
    assert owner.put(f"{path}/texts/xx", said, content_type="application/json").status_code == 422
    bad = owner.put(f"{path}/texts/hi", {**said, "body": "Only words"}, content_type="application/json")
    assert (bad.status_code, list(bad.json()["errors"])) == (422, ["body"])
    assert owner.put(path, {"valid_months": 7}, content_type="application/json").json()["valid_months"] == 7
    assert post(owner, f"{path}/publish").json()["status"] == "PUBLISHED"
    assert owner.put(f"{path}/texts/en", said, content_type="application/json").status_code == 409
    template = made.json()["template_id"]
    again = post(owner, f"/api/consent-forms/{template}/versions").json()
    assert (again["number"], len(again["texts"])) == (2, 1)
    draft = f"/api/consent-forms/versions/{again['id']}"
    assert owner.delete(f"{draft}/texts/en").status_code == 204
    assert post(owner, f"{draft}/withdraw", {"reason": "Not needed"}).json()["status"] == "WITHDRAWN"
    assert len(owner.get("/api/consent-forms").json()) == len(rules.BUILT_IN) + 2
    assert post(owner, "/api/consent-forms/built-in").json() == []


@pytest.mark.parametrize("path", ["", "/in-use", "/built-in"])
def test_a_patient_does_not_write_words(office: Office, path: str):
    ananya = client(office, office.account(office.patient))
    answer = post(ananya, f"/api/consent-forms{path}", {"kind": "MARKETING", "name": "Mine"})
    assert answer.status_code in (403, 405)


def test_the_patients_addresses_are_not_for_staff(office: Office):
    consent = office.presented()
    nurse = client(office, office.nurse)
    assert nurse.get("/api/patient/consents").status_code == 403
    for verb in ("sign", "revoke"):
        body = {"role": "PATIENT", "name": "X", "words": "", "reason": "x"}
        assert post(nurse, f"/api/patient/consents/{consent.pk}/{verb}", body).status_code == 403


def test_a_list_costs_the_same_for_one_and_for_many(office: Office):
    nurse = client(office, office.nurse)
    office.signed()

    def cost() -> tuple[int, int]:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            found = nurse.get(f"/api/consents?patient_id={office.patient.pk}&limit=100").json()
        return len(caught), len(found["items"])

    cost()
    one, first = cost()
    for _ in range(12):
        office.signed()
    many, rows = cost()
    assert (first, rows) == (1, 13)
    assert one == many
