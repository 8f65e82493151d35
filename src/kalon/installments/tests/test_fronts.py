"""The desk's pages, the patient's own, and the JSON: one verb behind each; a list costs the same for many."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kalon.installments import actions, queries
from kalon.installments.tests.agreed import Accepted
from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def client_of(accepted: Accepted) -> Callable[[str], Client]:
    """Somebody of the clinic, signed in."""

    def make(role: str) -> Client:
        user = people.add_staff(
            f"The {role}", kind="OTHER", email=f"the-{role}@sk.example.org", roles={None: [role]}, by=accepted.system
        ).user
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return make


def _post(client: Client, path: str, **body: Any) -> Any:
    return client.post(path, json.dumps(body), content_type="application/json", headers={"x-csrftoken": "x"})


def _sent(client: Client, name: str, *args: Any, body: dict[str, str]) -> int:
    return client.post(reverse(f"installments:{name}", args=args), body).status_code


def test_the_desk_agrees_takes_a_part_and_agrees_on_new_dates(accepted: Accepted, client_of: Callable[[str], Client]):
    desk = client_of("frontdesk")
    page = reverse("installments:new", args=[accepted.quote.pk])
    assert b"At least" in desk.get(page).content
    asked = {"down_payment": "100", "count": "2", "frequency": "MONTHLY", "first_date": "2026-12-24", "key": "a"}
    refused = desk.post(page, asked)
    assert (refused.status_code, b"At least" in refused.content, b"2026-12-24" in refused.content) == (422, True, True)
    preview = desk.get(reverse("installments:preview", args=[accepted.quote.pk]), {**asked, "down_payment": "14160"})
    assert preview.content.count(b"14,160.00") == 3
    made = desk.post(page, {**asked, "down_payment": "14160"})
    with acting_as(accepted.system):
        agreement = queries.live_of_quote(accepted.quote.pk, seen_by=accepted.system)
    assert agreement is not None and made.headers["Location"].endswith(str(agreement.pk))
    assert "Take payment <bdi>₹14,160</bdi>" in desk.get(made.headers["Location"]).content.decode()
    paid = {"method": "UPI", "amount": "14160", "reference": "", "key": "k"}
    assert _sent(desk, "pay", agreement.pk, body=paid) == 303
    assert _sent(desk, "pay", agreement.pk, body={**paid, "key": "l", "amount": "99999"}) == 422
    assert accepted.stand(agreement)[0] == ("PAID", "14160")
    dates = {"count": "4", "frequency": "WEEKLY", "first_date": "2026-12-01", "key": "r", "reason": "New job"}
    assert _sent(desk, "replan", agreement.pk, body=dates) == 303
    assert accepted.now(agreement).status == "CANCELLED"
    assert b"New dates were agreed" in desk.get(reverse("installments:plan", args=[agreement.pk])).content
    assert _sent(desk, "waive", agreement.pk, agreement.pk, body={"reason": "x"}) == 403


def test_what_is_decided_at_the_billing_desk(accepted: Accepted, client_of: Callable[[str], Client]):
    billing, agreement = client_of("billing"), accepted.agree()
    third = accepted.parts(agreement)[2]
    assert _sent(billing, "waive", agreement.pk, third.pk, body={"reason": ""}) == 422
    assert _sent(billing, "waive", agreement.pk, third.pk, body={"reason": "Late"}) == 303
    assert billing.get(reverse("installments:agreement", args=[agreement.pk])).content.startswith(b"%PDF")
    loan = {"lender": "Sunrise", "reference": "LN-1", "approved": "20000", "approved_date": ""}
    made = billing.post(reverse("installments:new_loan", args=[accepted.quote.pk]), loan)
    assert billing.post(made.headers["Location"], {"amount": "20000", "reference": ""}).status_code == 303
    assert b"Paid to the clinic" in billing.get(made.headers["Location"]).content
    assert _sent(billing, "cancel", agreement.pk, body={"reason": "Moves away"}) == 303
    assert accepted.now(agreement).status == "CANCELLED"


def test_the_terms_are_kept_and_nonsense_is_sent_back(accepted: Accepted, client_of: Callable[[str], Client]):
    owner, page = client_of("owner"), reverse("installments:terms")
    asked = {"frequencies": ["MONTHLY"], "most_parts": "6", "least_down_percent": "10", "remind_days": "7, 2",
             "chase_days": "3,10", "default_days": "60"}  # fmt: skip
    refused = owner.post(page, {**asked, "chase_days": "soon"})
    assert (refused.status_code, b"soon" in refused.content) == (422, True)
    assert owner.post(page, asked).status_code == 303
    with acting_as(accepted.by):
        kept = queries.terms(seen_by=accepted.by)
    assert (kept.frequencies, kept.most_parts, kept.remind_days, kept.default_days) == (("MONTHLY",), 6, (7, 2), 60)


def test_the_json_says_and_does_the_same(accepted: Accepted, client_of: Callable[[str], Client]):
    owner = client_of("owner")
    body = {"down_payment": "14160.00", "count": 2, "frequency": "MONTHLY", "first_date": "2026-12-24"}
    made = _post(owner, f"/api/quotes/{accepted.quote.pk}/payment-plan", **body)
    assert made.status_code == 201, made.content
    plan = made.json()
    parts = owner.get(f"/api/payment-plans/{plan['id']}/installments").json()
    assert [(part["amount"], part["due_date"], part["status"]) for part in parts] == [
        ("14160.00", "2026-11-24", "DUE"), ("14160.00", "2026-12-24", "DUE"), ("14160.00", "2027-01-24", "DUE"),
    ]  # fmt: skip
    paid = _post(owner, f"/api/payment-plans/installments/{parts[0]['id']}/payments", method="CASH")
    assert (paid.status_code, paid.json()["amount"]) == (201, "14160.00")
    for wrong in ("-5", "1.005", "1e15", "NaN"):
        part = parts[1]["id"]
        assert (
            _post(owner, f"/api/payment-plans/installments/{part}/payments", method="CASH", amount=wrong).status_code
            == 422
        )
    assert _post(owner, f"/api/payment-plans/{plan['id']}/default", reason="x").status_code == 409
    assert _post(owner, f"/api/payment-plans/{plan['id']}/settle", method="UPI").json()["amount"] == "28320.00"
    assert owner.get(f"/api/payment-plans/{plan['id']}").json()["status"] == "COMPLETED"
    assert [one["id"] for one in owner.get("/api/payment-plans?status=COMPLETED").json()["items"]] == [plan["id"]]


def test_the_list_costs_the_same_for_many(accepted: Accepted, client_of: Callable[[str], Client]):
    owner = client_of("owner")
    agreement = accepted.agree()
    page = reverse("installments:list")
    owner.get(page)
    with CaptureQueriesContext(connection) as one:
        assert agreement.number.encode() in owner.get(page).content
    with acting_as(accepted.system):
        rows = apps.get_model("installments", "PaymentPlan")
        for _ in range(3):
            dates: Any = {"count": 2, "frequency": "WEEKLY", "first_date": date(2026, 12, 1), "reason": "x"}
            agreement = actions.replan(agreement.pk, **dates, by=accepted.by)
        assert rows.objects.count() == 4
    with CaptureQueriesContext(connection) as many:
        assert owner.get(f"{page}?show=CANCELLED").content.count(b"PP-2026-") >= 3
    assert len(many) <= len(one)


def test_the_patients_phone_shows_their_own_and_no_others(accepted: Accepted):
    agreement, clinic = accepted.agree(), accepted.visit.clinic
    own = _phone(clinic, clinic.patient)
    other = _phone(clinic, clinic.other_patient)
    shown = own.get(reverse("installments:my_plan", args=[agreement.pk])).content.decode()
    assert "₹42,480.00" in shown and "Today" in shown
    assert "₹42,480.00" in own.get(reverse("installments:my_payments")).content.decode()
    assert own.get(reverse("installments:my_agreement", args=[agreement.pk])).content.startswith(b"%PDF")
    going = own.post(reverse("installments:my_pay", args=[agreement.pk]), {"idempotency_key": "p1"})
    assert going.status_code == 303
    with acting_as(accepted.system):
        payment = apps.get_model("billing", "Payment").objects.get(key="p1")
    assert (payment.status, payment.amount, payment.plan_id) == ("PENDING", Decimal(14160), agreement.plan_id)
    assert accepted.stand(agreement)[0] == ("DUE", "0")  # nothing counts before the money is here
    assert other.post(reverse("installments:my_pay", args=[agreement.pk])).status_code == 404
    for path in ("my_plan", "my_agreement"):
        assert other.get(reverse(f"installments:{path}", args=[agreement.pk])).status_code == 404
    assert other.get(f"/api/payment-plans/{agreement.pk}/installments").status_code == 404
    assert own.get(reverse("installments:plan", args=[agreement.pk])).status_code == 403


def test_a_patient_chooses_three_parts_on_the_phone(accepted: Accepted):
    from kalon.kernel import outbox

    own = _phone(accepted.visit.clinic, accepted.visit.clinic.patient)
    page = reverse("installments:choose", args=[accepted.quote.pk])
    assert own.get(f"{page}?parts=3").content.decode().count("₹14,160.00") >= 3
    assert own.post(page, {"count": "55"}).status_code == 422
    assert own.post(page, {"count": "3"}).status_code == 303
    outbox.run_due()
    assert own.get(page).status_code == 303
    with acting_as(accepted.system):
        agreement = queries.live_of_quote(accepted.quote.pk, seen_by=accepted.system)
    assert agreement is not None and agreement.total == Decimal("42480.00")


def _phone(clinic: Any, patient: Any) -> Client:
    user_id = clinic.patient_actor(patient).user_id
    with acting_as(clinic.system):
        user = apps.get_model("people", "User").objects.get(pk=user_id)
        access = apps.get_model("patients", "PatientAccess")
        facts = {"organization_id": clinic.organization_id, "called": patient.given_name}
        access.objects.get_or_create(patient=patient, user=user, relation="SELF", defaults=facts)
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
