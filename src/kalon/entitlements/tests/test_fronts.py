"""The desk's pages, the patient's own, and the JSON of memberships and vouchers; a list costs the same for many."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kalon.billing import actions as billing
from kalon.billing.actions import LineDetails
from kalon.entitlements.lifecycles import MEMBERSHIP, VOUCHER
from kalon.entitlements.models import GiftVoucher, Membership
from kalon.entitlements.tests.clinic import Clinic
from kalon.entitlements.tests.test_memberships import gold, sold
from kalon.entitlements.tests.test_vouchers import code_of, sell
from kalon.kernel.ids import uuid7
from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
MANY = 29


@pytest.fixture
def browser_of(clinic: Clinic) -> Callable[[str], Browser]:
    """Somebody of the clinic, signed in."""

    def make(role: str) -> Browser:
        user = people.add_staff(
            f"The {role}", kind="OTHER", email=f"the-{role}@sk.example.org", roles={None: [role]}, by=clinic.system
        ).user
        browser = Browser()
        browser.force_login(user, backend=BACKEND)
        return browser

    return make


def path(name: str, *args: Any) -> str:
    return reverse(f"entitlements:{name}", args=args)


def send(browser: Browser, to: str, **body: Any) -> Any:
    return browser.post(to, json.dumps(body), content_type="application/json", headers={"x-csrftoken": "x"})


def phone_of(clinic: Clinic, patient: Any) -> Browser:
    """The phone of a patient who signed in."""
    with acting_as(clinic.system):
        user = people.create_patient_user(
            email=f"{patient.mrn}@example.org", phone=None, password=None, name="Phone", by=clinic.system
        )
        facts = {"organization_id": clinic.money.organization.pk, "called": patient.given_name}
        apps.get_model("patients", "PatientAccess").objects.get_or_create(
            patient=patient, user=user, relation="SELF", defaults=facts
        )
    browser = Browser()
    browser.force_login(user, backend=BACKEND)
    return browser


def only(clinic: Clinic, model: Any) -> Any:
    with acting_as(clinic.system):
        return model.objects.select_related("bill_line").latest("created_at")


def test_a_membership_is_offered_sold_renewed_and_ended_on_pages(clinic: Clinic, browser_of):
    owner, desk = browser_of("owner"), browser_of("frontdesk")
    asked = {"name": "Gold", "period": "YEAR", "price": "0", "percent": "10", "tax_code": "", "package": ""}
    refused = owner.post(path("offers"), asked)
    assert (refused.status_code, b'value="Gold"' in refused.content) == (422, True)
    assert owner.post(path("offers"), {**asked, "price": "1200"}).status_code == 303
    assert desk.get(path("offers")).status_code == 403
    buying = path("sell_membership", clinic.patient.pk)
    assert b"1,200" in desk.get(buying).content
    assert desk.post(buying, {"offer": ""}).status_code == 422
    with acting_as(clinic.system):
        offer = str(Membership.offer.field.related_model.objects.get().pk)
    assert desk.post(buying, {"offer": offer}).status_code == 303
    row = only(clinic, Membership)
    assert b"It is not paid yet" in desk.get(path("membership", row.pk)).content
    again = desk.post(buying, {"offer": offer})
    assert (again.status_code, b"Renew it instead" in again.content) == (422, True)
    clinic.money.pay(clinic.bill_of(row), "1200")
    assert b"Renew ahead of time" in desk.get(path("membership", row.pk)).content
    assert desk.post(path("renew_membership", row.pk)).status_code == 303
    with acting_as(clinic.system):
        renewal = Membership.objects.get(renews=row)
    assert desk.post(path("end_membership", row.pk), {"reason": "Moves"}).status_code == 403
    assert owner.post(path("end_membership", row.pk), {"reason": ""}).status_code == 422
    assert owner.post(path("end_membership", row.pk), {"reason": "Moves"}).status_code == 303
    assert clinic.again(row).status == "ENDED"
    shown = desk.get(path("memberships") + "?show=ENDED").content
    assert b"Ended early" in shown and str(renewal.pk).encode() not in shown
    assert owner.post(path("end_offer", offer)).status_code == 303
    assert b"No memberships on offer" in desk.get(path("sell_membership", clinic.money.other_patient.pk)).content


def test_memberships_and_vouchers_in_json(clinic: Clinic, browser_of):
    owner, desk = browser_of("owner"), browser_of("frontdesk")
    asked = {"name": "Gold", "period": "YEAR", "price": "1200.00", "percent": "10"}
    assert send(desk, "/api/memberships/offers", **asked).status_code == 403
    assert send(owner, "/api/memberships/offers", **{**asked, "price": "1e15"}).status_code == 422
    offer = send(owner, "/api/memberships/offers", **asked).json()
    assert [one["id"] for one in desk.get("/api/memberships/offers").json()] == [offer["id"]]
    at = {"patient_id": str(clinic.patient.pk), "branch_id": str(clinic.money.branch.pk)}
    made = send(desk, "/api/memberships", **at, offer_id=offer["id"])
    assert (made.status_code, made.json()["left"], made.json()["status"]) == (201, "1200.00", "PENDING")
    one = f"/api/memberships/{made.json()['id']}"
    assert send(desk, f"{one}/end", reason="Moves").status_code == 403
    assert send(owner, f"{one}/end", reason="Moves").json()["status"] == "ENDED"
    assert desk.get(one).json()["refunded"] == "1200.00"
    assert send(owner, f"/api/memberships/offers/{offer['id']}/end").json()["is_active"] is False

    bought = send(desk, "/api/gift-vouchers", **at, amount="500.00").json()
    clinic.money.pay(clinic.bill_of(only(clinic, GiftVoucher)), "500")
    assert send(desk, "/api/gift-vouchers/find", code="HELLO").status_code == 422
    assert send(desk, "/api/gift-vouchers/find", code=bought["code"]).json()["left"] == "500.00"
    assert "code" not in desk.get(f"/api/gift-vouchers/{bought['id']}").json()
    spend = {**at, "code": bought["code"], "key": "once"}
    for _ in range(2):
        paid = send(desk, "/api/gift-vouchers/redeem", **spend, amount="200.00")
        assert (paid.status_code, paid.json()["amount"]) == (201, "200.00")
    too_much = send(desk, "/api/gift-vouchers/redeem", **{**spend, "key": "more"}, amount="301.00")
    assert (too_much.status_code, "300.00" in too_much.json()["detail"]) == (422, True)
    taken = send(owner, f"/api/gift-vouchers/{bought['id']}/refund", reason="Moves").json()
    assert (taken["status"], taken["refunded"]) == ("REFUNDED", "300.00")


def test_a_voucher_is_sold_found_redeemed_and_taken_back_on_pages(clinic: Clinic, browser_of):
    owner, desk = browser_of("owner"), browser_of("frontdesk")
    buying, spending = path("sell_voucher", clinic.patient.pk), path("redeem_voucher", clinic.patient.pk)
    asked = {"amount": "-5", "recipient": "Anu", "message": "With love"}
    refused = desk.post(buying, asked)
    assert (refused.status_code, b'value="Anu"' in refused.content) == (422, True)
    assert desk.post(buying, {**asked, "amount": "500"}).status_code == 303
    row = only(clinic, GiftVoucher)
    clinic.money.pay(clinic.bill_of(row), "500")
    code = code_of(clinic, row)
    assert desk.post(path("vouchers"), {"code": "HELLO"}).status_code == 422
    assert desk.post(path("vouchers"), {"code": code}).headers["Location"].endswith(str(row.pk))
    assert desk.post(spending, {"code": code, "amount": "600", "key": str(uuid7())}).status_code == 422
    assert desk.post(spending, {"code": code, "amount": "200", "key": str(uuid7())}).status_code == 303
    assert desk.get(path("voucher_paper", row.pk)).content.startswith(b"%PDF")
    assert desk.post(path("refund_voucher", row.pk), {"reason": "Moves"}).status_code == 403
    assert owner.post(path("refund_voucher", row.pk), {"reason": "Moves"}).status_code == 303
    assert (clinic.again(row).status, clinic.again(row).refunded) == ("REFUNDED", Decimal("300.00"))


def test_the_phone_shows_what_the_patient_bought_and_nothing_of_others(clinic: Clinic):
    sold(clinic, gold(clinic))
    code = code_of(clinic, sell(clinic))
    pages = []
    for patient in (clinic.patient, clinic.money.other_patient):
        pages.append(phone_of(clinic, patient).get(path("mine")).content.decode())
    assert "Gold member" in pages[0] and "off what you book" in pages[0] and code[:4] in pages[0]
    assert "Gold member" not in pages[1] and code[:4] not in pages[1]


def more_rows(clinic: Clinic) -> None:
    """Many more terms and vouchers of the patient, on the lines of one bill that nobody paid."""
    with acting_as(clinic.system):
        offer = Membership.offer.field.related_model.objects.get()
        bill = billing.draft_bill(clinic.patient.pk, clinic.money.branch.pk, by=clinic.system)
        for number in range(MANY):
            pk, other = uuid7(), uuid7()
            lines = [
                billing.add_line(
                    bill.pk,
                    LineDetails(description=name, unit_price=Decimal(10), earns=earns, source=f"{name}-sale:{one}"),
                    by=clinic.system,
                )
                for one, name, earns in ((pk, "membership", "DEFERRED"), (other, "voucher", "VOUCHERS"))
            ]
            about: dict[str, Any] = {
                "organization_id": clinic.money.organization.pk, "patient_id": clinic.patient.pk,
                "branch": clinic.money.branch, "value": Decimal(10), "sold_at": bill.created_at,
            }  # fmt: skip
            MEMBERSHIP.born(
                Membership(id=pk, offer=offer, name=f"Gold {number}", bill_line=lines[0], months=12, **about),
                name="sell",
            )
            VOUCHER.born(
                GiftVoucher(
                    id=other, bill_line=lines[1], code=f"CODE{number}", code_hash=f"{number}", last4="CODE",
                    valid_until=offer.created_at.date(), patient=clinic.patient,
                    **{key: value for key, value in about.items() if key != "patient_id"},
                ),
                name="sell",
            )  # fmt: skip


def test_lists_cost_the_same_for_one_and_thirty(clinic: Clinic, browser_of):
    desk = browser_of("frontdesk")
    sold(clinic, gold(clinic), paid=False)
    sell(clinic, "10", paid=False)
    pages = [
        path("memberships"), path("vouchers"), "/api/memberships", "/api/gift-vouchers",
        reverse("patients:tab", args=[clinic.patient.pk, "packages"]),
    ]  # fmt: skip
    before = []
    for page in pages:
        desk.get(page)
        with CaptureQueriesContext(connection) as seen:
            assert desk.get(page).status_code == 200
        before.append(len(seen))
    more_rows(clinic)
    for page, cost in zip(pages, before, strict=True):
        with CaptureQueriesContext(connection) as seen:
            shown = desk.get(page).content.decode()
        assert shown.count("Not paid yet") + shown.count('"PENDING"') >= MANY + 1, page
        assert len(seen) <= cost, page
