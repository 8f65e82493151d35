"""The consult-only journey by somebody who only has the JSON addresses and bearer tokens."""

import json
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse

from kalon.billing.actions import embedded
from kalon.billing.actions.gateways import SUCCEEDED
from kalon.billing.models import Payment
from kalon.config.seed.clinic import PASSWORD
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from tests.journeys.caller import Caller
from tests.journeys.story import TUESDAY, Story, on_tuesday

ZOYA = {
    "given_name": "Zoya", "family_name": "Mirza", "birth_date": "1991-06-30", "gender": "female",
    "email": "zoya@example.org", "phone": "+91 98470 11223", "password": "a long pass phrase",
    "allergies": {"state": "NONE_KNOWN", "allergies": []},
}  # fmt: skip
RAHUL = {**ZOYA, "given_name": "Rahul", "family_name": "Das", "email": "rahul@example.org", "phone": "+91 98461 20774"}
WEBHOOK = "/api/payments/webhooks/embedded"


def test_the_journey_through_the_api_alone(story: Story) -> None:
    visitor = Caller()
    desk, nurse, doctor = (_signed_in(login) for login in ("frontdesk", "nurse", "doctor"))

    # Registering.
    asked = visitor.post("/api/public/patients/register", ZOYA, status=201)
    assert asked["channel"] == "EMAIL"
    confirm = f"/api/public/patients/register/{asked['id']}/confirm"
    code = story.code_sent()
    wrong = {"code": f"{(int(code) + 1) % 1_000_000:06d}"}
    assert visitor.refusal("POST", confirm, wrong, status=422, code="invalid")["field"] == "code"
    opened = visitor.post(confirm, {"code": code}, status=201)
    visitor.refusal("POST", confirm, {"code": code}, status=409, code="illegal-move")
    zoya = Caller(opened["token"])
    me = zoya.get("/api/patient/me")
    assert (me["id"], me["mrn"], me["given_name"]) == (opened["patient_id"], opened["mrn"], "Zoya")

    # Booking.
    wanted = _wanted(zoya, story)
    visit = zoya.post("/api/patient/appointments", wanted, status=201)
    assert (visit["status"], visit["amount_due"]) == ("PENDING_PAYMENT", "1200.00")
    clash = _registered(visitor, story, RAHUL).refusal(
        "POST", "/api/patient/appointments", wanted, status=409, code="clash"
    )
    assert len(clash["alternatives"]) == 3
    assert "Zoya" not in str(clash)

    # Paying.
    address = f"/api/appointments/{visit['id']}"
    with clock.at(on_tuesday("09:50")):
        desk.refusal("POST", f"{address}/check-in", status=409, code="illegal-move")
    [bill] = zoya.get("/api/patient/bills")["items"]
    assert (bill["status"], bill["total"], bill["owed"]) == ("FINALIZED", "1200.00", "1200.00")
    payment = zoya.post(f"/api/patient/bills/{bill['id']}/pay", key="pay-1", status=201)
    assert payment["status"] == "PENDING"
    word = _word(story, payment["id"])
    bad = _webhook(visitor, word, "t=1,v1=00")
    assert (bad.status_code, json.loads(bad.content)["code"]) == (400, "bad-signature")
    assert zoya.get(f"/api/patient/bills/{bill['id']}")["status"] == "FINALIZED"
    outcomes = [json.loads(_webhook(visitor, word, _signature(story, word)).content)["outcome"] for _ in range(2)]
    assert outcomes == ["received", "duplicate"]
    assert zoya.get(f"/api/patient/bills/{bill['id']}")["status"] == "PAID"
    zoya.refusal("POST", f"/api/patient/bills/{bill['id']}/pay", status=409, code="illegal-move")
    assert desk.get(address)["status"] == "CONFIRMED"
    [encounter] = doctor.get("/api/consultations", patient_id=opened["patient_id"])["items"]
    assert (encounter["status"], encounter["appointment_id"]) == ("SCHEDULED", visit["id"])
    room = f"/api/consultations/{encounter['id']}"

    # The day itself, each step once and none before its time.
    desk.refusal("POST", f"{address}/check-in", status=409, code="not-ready")
    with clock.at(on_tuesday("09:50")):
        doctor.refusal("POST", f"{room}/begin", status=409, code="illegal-move")
        assert desk.post(f"{address}/check-in")["status"] == "CHECKED_IN"
        assert nurse.post(f"{room}/start-triage")["status"] == "IN_TRIAGE"
        nurse.post(f"{room}/vitals", {"systolic": 118, "diastolic": 76, "pulse": 68}, status=201)
        nurse.refusal("POST", f"{room}/begin", status=403, code="not-permitted")
        desk.refusal("POST", f"{room}/start-triage", status=403, code="not-permitted")
    with clock.at(on_tuesday("10:02")):
        doctor.refusal("POST", f"{room}/outcome", {"outcome": "NO_ACTION"}, status=409, code="illegal-move")
        begun = doctor.post(f"{room}/begin")
        assert (begun["status"], desk.get(address)["status"]) == ("IN_CONSULTATION", "IN_PROGRESS")
        doctor.refusal("POST", f"{room}/close", status=409, code="illegal-move")
        words = {"edition": 0, "text": "Fine lines, good tone."}
        saved = json.loads(doctor.raw("PUT", f"{room}/note/examination", words).content)
        assert (saved["edition"], saved["stands"]) == (1, True)
        other = doctor.raw("PUT", f"{room}/note/examination", {"edition": 0, "text": "Rough skin."})
        assert (other.status_code, json.loads(other.content)["text"]) == (202, "Fine lines, good tone.")
        settled = doctor.post(f"{room}/note/examination/settle", {"keep": "standing", "edition": 1})
        assert (settled["text"], settled["edition"]) == ("Fine lines, good tone.", 3)
        assert [row["stands"] for row in doctor.get(f"{room}/versions")] == [True, False, True]
        doctor.refusal("POST", f"{room}/outcome", {"outcome": "NO_ACTION"}, status=409, code="not-ready")
        words = {"assessment": "Normal for her age.", "advice": "Sunscreen."}
        decision = {"outcome": "NO_ACTION", "note": words}
        assert doctor.post(f"{room}/outcome", decision)["status"] == "PLAN_CREATED"
        zoya.refusal("GET", f"/api/patient/consultations/{encounter['id']}", status=404, code="not-found")
        assert zoya.get("/api/patient/consultations")["items"] == []
        assert doctor.post(f"{room}/close")["status"] == "CLOSED"
        doctor.refusal("POST", f"{room}/close", status=409, code="illegal-move")
        assert doctor.post(f"{room}/addenda", {"text": "She asked about SPF."}, status=201)["signed_by"] == (
            "Dr Kavya Menon"
        )
    assert desk.get(address)["status"] == "COMPLETED"

    # At home.
    [summary] = zoya.get("/api/patient/consultations")["items"]
    whole = zoya.get(f"/api/patient/consultations/{encounter['id']}")
    assert {**summary, "parts": whole["parts"]} == whole
    told = {name: summary[name] for name in ("outcome", "outcome_in_words", "diagnosis", "advice", "doctor")}
    assert told == {
        "outcome": "NO_ACTION",
        "outcome_in_words": "No procedure recommended",
        "diagnosis": "Normal for her age.",
        "advice": "Sunscreen.",
        "doctor": "Dr Kavya Menon",
    }


def test_the_same_key_is_the_same_request(story: Story) -> None:
    zoya = _registered(Caller(), story, ZOYA)
    wanted = _wanted(zoya, story)
    first = zoya.raw("POST", "/api/patient/appointments", wanted, key="book-1")
    again = zoya.raw("POST", "/api/patient/appointments", wanted, key="book-1")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    assert len(zoya.get("/api/patient/appointments")["items"]) == 1

    other = {**wanted, "start": on_tuesday("11:00").isoformat()}
    zoya.refusal("POST", "/api/patient/appointments", other, key="book-1", status=422, code="idempotency-key-reused")
    zoya.refusal("POST", "/api/patient/appointments", other, key="x" * 300, status=422, code="invalid")

    # A key belongs to whoever sent it: the same text from somebody else is another key.
    rahul = _registered(Caller(), story, RAHUL)
    rahul.post("/api/patient/appointments", other, key="book-1", status=201)
    assert len(rahul.get("/api/patient/appointments")["items"]) == 1


def test_a_refused_request_leaves_its_key_unused(story: Story) -> None:
    zoya = _registered(Caller(), story, ZOYA)
    wanted = _wanted(zoya, story)
    past = {**wanted, "start": "2026-11-23T09:00:00+05:30"}
    zoya.refusal("POST", "/api/patient/appointments", past, key="book-1", status=422, code="invalid")
    zoya.post("/api/patient/appointments", wanted, key="book-1", status=201)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"birth_date": "2026-02-30"}, "birth_date"),
        ({"birth_date": "2031-01-01"}, "birth_date"),
        ({"email": "not an address"}, "email"),
        ({"phone": "call me"}, "phone"),
        ({"given_name": ""}, "given_name"),
        ({"given_name": "Z" * 10_000}, "given_name"),
        ({"password": "12345678"}, "password"),
        ({"given_name": None}, "given_name"),
    ],
)
def test_each_field_that_cannot_be_right_is_named(story: Story, change: dict[str, Any], field: str) -> None:
    before = story.books()
    problem = Caller().refusal("POST", "/api/public/patients/register", {**ZOYA, **change}, status=422, code="invalid")
    assert field in problem["errors"]
    assert story.books() == before


def test_unreadable_bodies_are_refused(story: Story) -> None:
    answer = Caller()._client.generic(
        "POST", "/api/public/patients/register", b'{"given_name": "Zo', content_type="application/json"
    )
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    answer = Caller()._client.generic(
        "POST", "/api/public/patients/register", b'{"given_name": "\xff\xfe"}', content_type="application/json"
    )
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_who_asks_too_often_waits(story: Story) -> None:
    visitor = Caller()
    asked = visitor.post("/api/public/patients/register", ZOYA, status=201)
    resend = f"/api/public/patients/register/{asked['id']}/resend"
    problem = visitor.refusal("POST", resend, status=429, code="throttled")
    assert 0 < problem["retry_after"] <= 61
    assert visitor.raw("POST", resend)["Retry-After"] == str(problem["retry_after"])


def test_without_a_good_token_there_is_no_answer(story: Story) -> None:
    for token in ("", "nonsense", "x" * 5_000):
        caller = Caller(token)
        for path in ("/api/patient/me", "/api/appointments/today", "/api/patients", "/api/bills", "/api/consultations"):
            caller.refusal("GET", path, status=401, code="sign-in-needed")
            assert caller.raw("GET", path)["WWW-Authenticate"] == 'Bearer realm="kalon"'


def test_a_patient_and_the_staff_have_their_own_addresses(story: Story) -> None:
    zoya, desk = _registered(Caller(), story, ZOYA), _signed_in("frontdesk")
    for path in ("/api/patient/me", "/api/patient/bills", "/api/patient/appointments", "/api/patient/choices"):
        desk.refusal("GET", path, status=403, code="not-permitted")
    for path in ("/api/patients?q=rahul", "/api/staff", "/api/roles"):
        zoya.refusal("GET", path, status=403, code="not-permitted")


def test_another_patients_rows_do_not_exist(story: Story) -> None:
    zoya, rahul = _registered(Caller(), story, ZOYA), _registered(Caller(), story, RAHUL)
    visit = zoya.post("/api/patient/appointments", _wanted(zoya, story), status=201)
    [bill] = zoya.get("/api/patient/bills")["items"]
    hers = [
        ("GET", f"/api/patient/appointments/{visit['id']}", None),
        ("POST", f"/api/patient/appointments/{visit['id']}/cancel", {"reason": "Not mine"}),
        ("POST", f"/api/patient/appointments/{visit['id']}/reschedule", {"start": on_tuesday("11:00").isoformat()}),
        ("GET", f"/api/patient/bills/{bill['id']}", None),
        ("POST", f"/api/patient/bills/{bill['id']}/pay", None),
        ("GET", f"/api/patient/consultations/{uuid4()}", None),
    ]
    before = story.books()
    for method, path, body in hers:
        rahul.refusal(method, path, body, status=404, code="not-found")
    assert story.books() == before


def _signed_in(login: str) -> Caller:
    made = Caller().post("/api/sign-in", {"login": f"{login}@kalon.test", "password": PASSWORD}, status=201)
    return Caller(made["token"])


def _registered(visitor: Caller, story: Story, details: dict[str, Any]) -> Caller:
    asked = visitor.post("/api/public/patients/register", details, status=201)
    confirm = f"/api/public/patients/register/{asked['id']}/confirm"
    return Caller(visitor.post(confirm, {"code": story.code_sent()}, status=201)["token"])


def _wanted(patient: Caller, story: Story) -> dict[str, Any]:
    """Tomorrow at ten with Dr Menon, found as a program would: by asking what there is."""
    choices = patient.get("/api/patient/choices")
    service = next(one for one in choices["services"] if one["name"] == "Consultation with the surgeon")
    doctor = next(one for one in choices["doctors"] if one["name"] == "Dr Kavya Menon")
    [branch] = choices["branches"]
    wanted = {"doctor_id": doctor["id"], "service_id": service["id"], "branch_id": branch["id"]}
    slots = patient.get("/api/patient/slots", date=TUESDAY.isoformat(), **wanted)
    ten = next(slot for slot in slots if slot["state"] == "free" and _is_ten(slot["start"]))
    return {**wanted, "start": ten["start"], "complaint": "Lines around my eyes"}


def _is_ten(text: str) -> bool:
    return datetime.fromisoformat(text) == on_tuesday("10:00")


def _word(story: Story, payment_id: str) -> bytes:
    with acting_as(story.place.system):
        payment = Payment.objects.get(pk=payment_id)
    return embedded.event_body(payment, SUCCEEDED, at=clock.now(), method="upi")


def _signature(story: Story, word: bytes) -> str:
    return embedded.signature(word, story.place.organization_id)


def _webhook(visitor: Caller, word: bytes, signature: str) -> HttpResponse:
    return visitor._client.generic(
        "POST", WEBHOOK, word, content_type="application/json", headers={embedded.SIGNATURE: signature}
    )  # type: ignore[return-value]
