"""Patients as JSON: representations, refusals as problems, and what a visitor can do with nothing but HTTP."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kalon.kernel.audit import AuditEvent
from kalon.kernel.tenancy import acting_as
from kalon.patients import queries
from kalon.patients.tests.factories import patient
from kalon.people import actions as people
from kalon.people.tests.factories import Clinic

JSON = "application/json"
MEERA = {"given_name": "Meera", "family_name": "Nair", "birth_date": "1994-03-14", "phone": "98470 55218"}
Post = list[Any]


class Api:
    """A program with a bearer token."""

    def __init__(self, token: str = "") -> None:
        self.client = Client(HTTP_HOST="localhost")
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def __call__(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        send = getattr(self.client, method)
        if body is None:
            return send(f"/api{path}", query, headers=self.headers)
        return send(f"/api{path}", body, content_type=JSON, headers=self.headers)


def api_of(here: Clinic, role: str) -> Api:
    return Api(people.issue_own_token("test", by=here.actors[role]))


@pytest.fixture
def api(here: Clinic) -> Api:
    return api_of(here, "frontdesk")


def test_a_patient_is_created_shown_corrected_and_the_log_can_be_read(here: Clinic, api: Api) -> None:
    made = api("post", "/patients", {**MEERA, "address": {"city": "Kochi"}})
    one = made.json()
    assert made.status_code == 201
    assert (one["mrn"], one["name"], one["phone"], one["address"], one["allergy_state"], one["version"]) == (
        "SK-000001", "Meera Nair", "+919847055218", {"city": "Kochi"}, "NOT_RECORDED", 1,
    )  # fmt: skip
    path = f"/patients/{one['id']}"
    assert api("get", path).json() == one
    change = {"version": 1, "reason": "As on her passport", "given_name": "Mira"}
    assert api("patch", path, change).json() == {**one, "given_name": "Mira", "name": "Mira Nair", "version": 2}
    stale = api("patch", path, change)
    assert (stale.status_code, stale.json()["code"], stale.json()["version"]) == (409, "stale", 2)
    assert api("get", f"{path}/access-log").status_code == 403
    log = api_of(here, "owner")("get", f"{path}/access-log").json()
    assert [(row["what"], row["purpose"]) for row in log] == [
        ("Read", "access log"), ("Changed", "details"), ("Read", "details"), ("Changed", "registered at the desk"),
    ]  # fmt: skip
    assert log[1]["reason"] == "As on her passport"


def test_a_duplicate_is_a_409_that_lists_them_without_a_name(here: Clinic, api: Api) -> None:
    first = api("post", "/patients", MEERA).json()
    again = api("post", "/patients", MEERA)
    assert again.status_code == 409
    assert again["Content-Type"] == "application/problem+json"
    assert again.json()["duplicates"] == [
        {"id": first["id"], "mrn": "SK-000001", "why": "same name, birth date and phone"}
    ]
    assert api("post", "/patients", {**MEERA, "confirmed_not_duplicate": True}).json()["mrn"] == "SK-000002"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"given_name": "x" * 10_000}, "given_name"),
        ({"given_name": "\ud83c"}, "given_name"),
        ({"given_name": "A\x00"}, "given_name"),
        ({"birth_date": "1994-02-30"}, "birth_date"),
        ({"birth_date": 5}, "birth_date"),
        ({"phone": ["9"]}, "phone"),
        ({"phone": "letters"}, "phone"),
        ({"birth_date": "2020-01-01"}, "guardian_name"),
        ({"coverage": {"payer": "", "policy_number": "1"}}, "coverage_payer"),
        ({"allergies": {"state": "KNOWN", "allergies": []}}, "allergies"),
        ({"given_name": None}, "given_name"),
    ],
)
def test_bad_input_is_a_422_with_a_sentence_by_field(here: Clinic, api: Api, body: dict[str, Any], field: str) -> None:
    answer = api("post", "/patients", {**MEERA, **body})
    problem = answer.json()
    assert (answer.status_code, problem["code"], list(problem["errors"])) == (422, "invalid", [field])
    assert all(sentence.endswith(".") for sentence in problem["errors"][field])
    with acting_as(here.frontdesk):
        assert queries.patients(seen_by=here.frontdesk).count() == 0


def test_the_list_pages_and_asks_no_more_for_thirty(here: Clinic, api: Api) -> None:
    def asked() -> tuple[int, Any]:
        with CaptureQueriesContext(connection) as caught:
            answer = api("get", "/patients", limit="30").json()
        return len(caught), answer

    patient(here.frontdesk)
    asked()
    with_one, _ = asked()
    for _ in range(30):
        patient(here.frontdesk)
    with_thirty, answer = asked()
    assert with_thirty == with_one
    assert len(answer["items"]) == 30
    assert [row["mrn"] for row in api("get", "/patients", cursor=answer["next"]).json()["items"]] == ["SK-000001"]
    with acting_as(here.owner):
        assert AuditEvent.objects.filter(purpose="list of patients").count() == 1 + 1 + 30 + 1


@pytest.mark.parametrize("cursor", ["IjAwMDAi", "Ilx1MDAwMCI", "x", "eyJhIjoxfQ"])  # "0000", a NUL, no JSON, no text
def test_a_cursor_that_is_not_ours_is_refused(api: Api, cursor: str) -> None:
    answer = api("get", "/patients", cursor=cursor)
    assert (answer.status_code, answer.json()["field"]) == (422, "cursor")


@pytest.mark.parametrize(
    "kind", ["multipart/form-data; boundary=x", "multipart/form-data", "application/x-www-form-urlencoded", "text/csv"]
)
def test_what_is_no_json_is_refused_as_a_problem(api: Api, kind: str) -> None:
    for path in ("/patients", "/nowhere"):
        answer = api.client.post(f"/api{path}", b"--x", content_type=kind, headers=api.headers)
        assert (answer["Content-Type"], answer.status_code // 100) == ("application/problem+json", 4)
        assert answer.json()["detail"].endswith(".")


def test_the_list_searches(here: Clinic, api: Api) -> None:
    patient(here.frontdesk, given_name="Meera", family_name="Nair")
    patient(here.frontdesk, given_name="Joseph", family_name="Kurian")
    assert [row["name"] for row in api("get", "/patients", q="mira nayar").json()["items"]] == ["Meera Nair"]


def test_the_record_beside_the_details(here: Clinic, api: Api) -> None:
    path = f"/patients/{patient(here.frontdesk).pk}"
    known = {"state": "KNOWN", "allergies": [{"substance": "Latex", "reaction": "rash"}]}
    assert api("put", f"{path}/allergies", known).json()["allergies"][0]["substance"] == "Latex"
    assert api("get", f"{path}/allergies").json()["state"] == "KNOWN"
    contact = {"name": "Ravi", "relationship": "Son", "phone": "98470 55219", "is_emergency": True}
    made = api("post", f"{path}/contacts", contact)
    assert (made.status_code, api("get", f"{path}/contacts").json()) == (201, [made.json()])
    made = api("post", f"{path}/coverage", {"payer": "Star", "policy_number": "1", "valid_to": "2027-03-31"})
    assert (made.status_code, api("get", f"{path}/coverage").json()) == (201, [made.json()])
    made = api("post", f"{path}/history", {"kind": "CONDITION", "text": "Asthma"})
    assert (made.status_code, api("get", f"{path}/history").json()) == (201, [made.json()])
    wrong = {"payer": "Star", "policy_number": "1", "valid_from": "2027-01-01", "valid_to": "2026-01-01"}
    assert api("post", f"{path}/coverage", wrong).json()["errors"] == {
        "valid_to": ["The policy cannot end before it begins."]
    }


PARTS = ("", "/allergies", "/contacts", "/coverage", "/history", "/access-log")


@pytest.mark.parametrize("part", PARTS)
def test_without_a_token_without_the_right_and_from_another_clinic_there_is_nothing(
    here: Clinic, elsewhere: Clinic, part: str
) -> None:
    path = f"/patients/{patient(here.frontdesk, given_name='Meera').pk}{part}"
    answers = [Api()("get", path), api_of(here, "inventory")("get", path), api_of(elsewhere, "owner")("get", path)]
    assert [answer.status_code for answer in answers] == [401, 403, 404]
    assert all("Meera" not in answer.content.decode() for answer in answers)
    assert api_of(here, "owner")("get", f"/patients/{uuid4()}{part}").status_code == 404


def test_a_visitor_registers_through_http_alone_and_reads_only_their_own_record(here: Clinic, post: Post) -> None:
    other = patient(here.frontdesk)
    visitor = Api()
    asked = visitor(
        "post", "/public/patients/register", {**MEERA, "email": "meera@example.com", "password": "a-long-sentence"}
    )
    assert asked.status_code == 201
    opened = visitor("post", f"/public/patients/register/{asked.json()['id']}/confirm", {"code": post[0].code})
    assert (opened.status_code, opened.json()["mrn"]) == (201, "SK-000002")
    mine = Api(opened.json()["token"])
    path = f"/patients/{opened.json()['patient_id']}"
    assert mine("get", path).json()["name"] == "Meera Nair"
    assert mine("get", f"/patients/{other.pk}").status_code == 404
    assert [row["mrn"] for row in mine("get", "/patients").json()["items"]] == ["SK-000002"]
    refusals = [
        mine("get", "/patients", q="meera"),
        mine("post", "/patients", MEERA),
        mine("patch", path, {"version": 1, "reason": "x", "given_name": "Uma"}),
        mine("put", f"{path}/allergies", {"state": "NONE_KNOWN"}),
        mine("get", f"{path}/access-log"),
    ]
    assert [answer.status_code for answer in refusals] == [403] * 5


def test_a_registration_needs_what_a_record_needs(here: Clinic, post: Post) -> None:
    answer = Api()("post", "/public/patients/register", {"given_name": "", "birth_date": "tomorrow"})
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {"given_name", "birth_date", "phone"}
    assert post == []
