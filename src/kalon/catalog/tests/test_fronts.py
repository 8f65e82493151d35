"""The catalogue's pages and JSON, over HTTP."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kalon.catalog import actions
from kalon.catalog.models import Package, Service
from kalon.catalog.rules import NeedLine
from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people
from kalon.people.tests.factories import Clinic

pytestmark = pytest.mark.django_db
PAGES = (
    "/catalog/services", "/catalog/services/new", "/catalog/packages", "/catalog/packages/new",
    "/catalog/appointment-types", "/catalog/appointment-types/new", "/catalog/tax-rates",
    "/catalog/tax-schemes", "/catalog/tax-schemes/new", "/catalog/tax-schemes/preview",
    "/catalog/cancellation-policies", "/catalog/cancellation-policies/new",
)  # fmt: skip
LISTS = ("/api/services", "/api/packages", "/api/appointment-types", "/api/tax-rates")
POLICY = {"name": "Two days", "notice_hours": "48", "no_show_percent": "100", "is_active": "on"}
POLICY["sentence"] = "Tell us two days before."
NEW = {
    "code": "BROW",
    "name": "Brow lift",
    "price": "9000.00",
    "minutes": "30",
    "tax_code": "GST-18",
    "hsn_sac": "999722",
    "prepayment": "NONE",
    "preparation_minutes": "0",
    "cleaning_minutes": "0",
}
NEW_JSON = {**NEW, "minutes": 30, "preparation_minutes": 0, "cleaning_minutes": 0}


def as_(here: Clinic, role: str) -> Client:
    client = Client()
    client.force_login(here.users[role], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def one(here: Clinic, code: str = "CONSULT") -> Service:
    with acting_as(here.owner):
        return Service.objects.get(code=code)


@pytest.mark.parametrize("path", PAGES)
def test_whoever_looks_after_prices_opens_every_page_and_nobody_else(here: Clinic, path: str) -> None:
    assert as_(here, "owner").get(path).status_code == 200
    assert as_(here, "frontdesk").get(path).status_code == 403
    assert Client().get(path).status_code in (302, 303, 401, 403)


def test_a_service_is_added_changed_and_its_old_price_is_shown(here: Clinic) -> None:
    owner = as_(here, "owner")
    assert owner.post("/catalog/services/new", NEW).status_code == 303
    page = f"/catalog/services/{one(here, 'BROW').pk}"
    assert owner.post(page, {**NEW, "price": "9500", "is_active": "on"}).status_code == 303
    shown = owner.get(page).content.decode()
    assert "9000.00" in shown
    assert "9500" in shown
    assert one(here, "BROW").price == Decimal("9500.00")


def test_a_refusal_keeps_what_was_typed_and_says_where(here: Clinic) -> None:
    response = as_(here, "owner").post("/catalog/services/new", {**NEW, "code": "CONSULT"})
    assert response.status_code == 422
    assert "Another service has this code" in response.content.decode()
    assert "Brow lift" in response.content.decode()
    assert as_(here, "owner").post("/catalog/services/new", {**NEW, "price": "0"}).status_code == 422
    assert as_(here, "owner").post("/catalog/services/new", {**NEW, "price": "ten"}).status_code == 422


def test_a_package_is_put_together_on_its_page(here: Clinic) -> None:
    owner = as_(here, "owner")
    package = {**NEW, "code": "GLOW", "name": "Glow", "price": "6000", "valid_days": "365", "is_active": "on"}
    assert owner.post("/catalog/packages/new", package).status_code == 422
    held = {f"count_{one(here, 'PEEL').pk}": "2"}
    assert owner.post("/catalog/packages/new", {**package, **held}).status_code == 303
    with acting_as(here.owner):
        made = Package.objects.get(code="GLOW")
    assert "2" in owner.get(f"/catalog/packages/{made.pk}").content.decode()
    assert owner.post(f"/catalog/packages/{made.pk}", {**package, **held, "price": "5500"}).status_code == 303


def test_a_new_tax_rate_and_a_clashing_one(here: Clinic) -> None:
    owner = as_(here, "owner")
    rate = {"code": "gst-18", "name": "GST 20%", "percent": "20", "valid_from": "2027-04-01"}
    assert owner.post("/catalog/tax-rates", rate).status_code == 303
    assert "Begins later" in owner.get("/catalog/tax-rates").content.decode()
    assert owner.post("/catalog/tax-rates", rate).status_code == 422


def test_what_a_visit_needs_is_asked_on_the_page_and_in_json(here: Clinic) -> None:
    owner = as_(here, "owner")
    people.add_equipment(here.branch.pk, name="Laser", code="L1", kind="LASER_ND_YAG", by=here.owner)
    asked = {
        **NEW, "needs_doctor": "on", "room_kind": "LASER", "room_features": "laser-safe, sink",
        "special_needs": "Eye shields.\r\n\r\nIce.", "staff_NURSE": "2", "equipment_LASER_ND_YAG": "1",
        "prepayment": "DEPOSIT", "deposit_percent": "30", "cleaning_minutes": "10",
    }  # fmt: skip
    assert owner.post("/catalog/services/new", asked).status_code == 303
    made = one(here, "BROW")
    seen = owner.get(f"/api/services/{made.pk}").json()
    assert seen["needs"] == [
        {"staff_kind": "NURSE", "equipment_kind": "", "count": 2},
        {"staff_kind": "", "equipment_kind": "LASER_ND_YAG", "count": 1},
    ]
    assert (seen["room_features"], seen["special_needs"]) == (["laser-safe", "sink"], ["Eye shields.", "Ice."])
    assert (seen["prepayment"], seen["deposit_percent"], seen["cleaning_minutes"]) == ("DEPOSIT", 30, 10)
    page = owner.get(f"/catalog/services/{made.pk}").content.decode()
    assert "Eye shields." in page
    assert "laser-safe,sink" in page
    refused = owner.post(f"/catalog/services/{made.pk}", {**asked, "deposit_amount": "100"})
    assert refused.status_code == 422
    assert "A deposit is a per cent from 1 to 100, or an amount" in refused.content.decode()
    assert owner.post(f"/catalog/services/{made.pk}", {**asked, "prepayment": "FULL"}).status_code == 303
    assert one(here, "BROW").deposit_percent is None
    path = f"/api/services/{made.pk}"
    assert _send(owner, "patch", path, {"needs": []}).json()["needs"] == []
    assert _send(owner, "patch", path, {"needs": [{"staff_kind": "COOK"}]}).status_code == 422


def test_a_policy_is_written_down_and_named_by_a_service(here: Clinic) -> None:
    owner = as_(here, "owner")
    assert owner.post("/catalog/cancellation-policies/new", POLICY).status_code == 303
    assert owner.post("/catalog/cancellation-policies/new", POLICY).status_code == 422
    listed = owner.get("/catalog/cancellation-policies").content.decode()
    assert "Tell us two days before." in listed
    policy = next(row for row in owner.get("/api/cancellation-policies").json()["items"] if row["name"] == "Two days")
    path = f"/api/services/{one(here).pk}"
    named = _send(owner, "patch", path, {"cancellation_policy_id": policy["id"]})
    assert named.json()["cancellation_policy_id"] == policy["id"]
    assert _send(owner, "patch", path, {"cancellation_policy_id": None}).json()["cancellation_policy_id"] is None
    changed = _send(owner, "patch", f"/api/cancellation-policies/{policy['id']}", {"no_show_amount": "500.00"})
    assert changed.status_code == 422  # a per cent stands already
    desk = as_(here, "frontdesk")
    assert _send(desk, "post", "/api/cancellation-policies", POLICY).status_code == 403
    assert desk.get("/api/cancellation-policies").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/catalog/services", "/catalog/packages", "/api/services", "/api/packages", "/catalog/cancellation-policies"],
)
def test_one_row_or_thirty_cost_the_same_number_of_queries(here: Clinic, path: str) -> None:
    owner, peel = as_(here, "owner"), one(here, "PEEL")
    owner.get(path)
    few = _queries(owner, path)
    for number in range(30):
        details: dict[str, Any] = {"code": f"S{number}", "name": f"Service {number}", "price": Decimal(100)}
        made = actions.add_service(details, by=here.owner)
        actions.add_package(details, [(peel.pk, 1), (made.pk, 2)], [NeedLine("NURSE")], by=here.owner)
        policy = {"name": f"Policy {number}", "sentence": "Please tell us."}
        actions.add_cancellation_policy(policy, by=here.owner)
    assert _queries(owner, path) == few


def _queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    return len(caught)


@pytest.mark.parametrize("path", LISTS)
def test_lists_page_by_cursor_for_any_staff(here: Clinic, path: str) -> None:
    desk = as_(here, "frontdesk")
    first = desk.get(f"{path}?limit=2").json()
    second = desk.get(f"{path}?limit=2&cursor={first['next']}").json()
    assert len(first["items"]) == 2
    assert not {row["id"] for row in first["items"]} & {row["id"] for row in second["items"]}
    assert desk.get(f"{path}?limit=0").status_code == 422
    assert desk.get(f"{path}?cursor=nonsense").status_code == 422


def test_a_scheme_is_set_by_json_and_shown_on_the_page(here: Clinic) -> None:
    owner = as_(here, "owner")
    vat = {"code": "VAT", "name": "Value added tax", "split": "WHOLE", "whole": "VAT", "registration": "TRN",
           "valid_from": "2018-01-01"}  # fmt: skip
    assert "CGST and SGST, or IGST across states" in owner.get("/catalog/tax-rates").content.decode()
    assert _send(as_(here, "frontdesk"), "post", "/api/tax-schemes", vat).status_code == 403
    assert _send(owner, "post", "/api/tax-schemes", {**vat, "split": "THIRDS"}).status_code == 422
    assert _send(owner, "post", "/api/tax-schemes", vat).status_code == 201
    assert owner.get("/api/tax-schemes").json()["items"][0]["whole"] == "VAT"
    assert "TRN" in owner.get("/catalog/tax-rates").content.decode()


VAT = {"code": "vat", "name": "Value added tax", "split": "WHOLE", "whole": "VAT", "registration": "TRN",
       "registered_place": "PERFORMED", "valid_from": "2020-01-01", "source": "Asked our accountant"}  # fmt: skip


def test_a_scheme_is_put_into_use_and_ended_on_its_pages(here: Clinic, elsewhere: Clinic) -> None:
    owner, new = as_(here, "owner"), "/catalog/tax-schemes/new"
    assert "CGST" in owner.get(new).content.decode()  # begins as what holds now
    assert "TRN" in owner.get(f"{new}?like=AE").content.decode()
    refused = owner.post(new, {**VAT, "first_half": "CGST"})
    assert refused.status_code == 422
    assert "Name both halves, or none where the tax is one whole." in refused.content.decode()
    assert "Asked our accountant" in refused.content.decode()
    assert as_(here, "frontdesk").post(new, VAT).status_code == 403
    assert owner.post(new, VAT).status_code == 303
    made = owner.get("/api/tax-schemes").json()["items"][0]
    page = f"/catalog/tax-schemes/{made['id']}"
    assert "Holds today" in owner.get("/catalog/tax-schemes").content.decode()
    assert as_(elsewhere, "owner").get(page).status_code == 404
    assert as_(here, "frontdesk").post(page, {"valid_to": "2027-01-01"}).status_code == 403
    early = owner.post(page, {"valid_to": "2019-01-01"})
    assert early.status_code == 422
    assert "A scheme ends after the day it begins." in early.content.decode()
    assert "2019-01-01" in early.content.decode()
    assert owner.post(page, {"valid_to": "2024-01-01"}).status_code == 303
    shown = owner.get("/catalog/tax-schemes").content.decode()
    assert "Ended" in shown
    assert "No GST: the clinic is not registered for it." in shown  # the delivered one holds again
    path = f"/api/tax-schemes/{made['id']}"
    assert _send(owner, "patch", path, {"valid_to": "2025-01-01"}).json()["valid_to"] == "2025-01-01"
    assert _send(as_(here, "frontdesk"), "patch", path, {"valid_to": "2026-01-01"}).status_code == 403


def test_a_preview_says_what_bills_of_each_kind_will_carry(here: Clinic) -> None:
    people.change_branch(here.branch.pk, gstin="32AAAAA0000A1ZB", state_code="32", by=here.owner)
    owner = as_(here, "owner")
    today = owner.get("/catalog/tax-schemes").content.decode()
    for sentence in (
        "Exempt from GST: health care service. 10,000.00 before tax comes to 10,000.00 INR, on a bill of supply.",
        "GST 18%: CGST 9% and SGST 9%, supplied in Kerala. 10,000.00 before tax comes to 11,800.00 INR, on a tax",
        "IGST 18%: supplied from Kerala to Jammu and Kashmir.",
        "Review with your accountant",
    ):
        assert sentence in today
    typed = owner.get("/catalog/tax-schemes/preview", {**VAT, "valid_from": "2030-01-01"}).content.decode()
    assert "VAT 18%. 10,000.00 before tax comes to 11,800.00 INR" in typed
    assert "CGST" not in typed
    assert "once the form is filled in" in owner.get("/catalog/tax-schemes/preview", {}).content.decode()


def test_a_rate_is_followed_by_another_or_ended_on_its_page(here: Clinic, elsewhere: Clinic) -> None:
    owner = as_(here, "owner")
    rate = next(row for row in owner.get("/api/tax-rates").json()["items"] if row["code"] == "GST-18")
    page = f"/catalog/tax-rates/{rate['id']}"
    follow = {"what": "follow", "name": "GST 20%", "percent": "200", "valid_from": "2027-04-01", "source": "Budget"}
    refused = owner.post(page, follow)
    assert refused.status_code == 422
    assert "Budget" in refused.content.decode()
    assert as_(here, "frontdesk").post(page, {**follow, "percent": "20"}).status_code == 403
    assert as_(elsewhere, "owner").get(page).status_code == 404
    assert owner.post(page, {**follow, "percent": "20"}).status_code == 303
    held = {row["percent"]: row["valid_to"] for row in owner.get("/api/tax-rates").json()["items"]
            if row["code"] == "GST-18"}  # fmt: skip
    assert held == {"18.00": "2027-04-01", "20.00": None}
    early = owner.post(page, {"what": "end", "valid_to": "2001-01-01"})
    assert early.status_code == 422
    assert "A rate ends after the day it begins." in early.content.decode()
    clash = owner.post(page, {"what": "end", "valid_to": "2028-01-01"})
    assert clash.status_code in (409, 422)
    assert owner.post(page, {"what": "end", "valid_to": "2027-01-01"}).status_code == 303


def test_json_adds_and_changes_with_the_right_and_refuses_without(here: Clinic, elsewhere: Clinic) -> None:
    owner, desk = as_(here, "owner"), as_(here, "frontdesk")
    made = _send(owner, "post", "/api/services", NEW_JSON)
    assert made.status_code == 201
    path = f"/api/services/{made.json()['id']}"
    assert _send(owner, "patch", path, {"price": "9500.00"}).json()["price"] == "9500.00"
    assert _send(owner, "patch", path, {"name": None}).json()["name"] == "Brow lift"
    assert _send(desk, "patch", path, {"price": "1.00"}).status_code == 403
    assert _send(desk, "post", "/api/services", NEW_JSON).status_code == 403
    assert _send(owner, "post", "/api/services", NEW_JSON).status_code == 409
    assert _send(owner, "patch", path, {"price": "-1"}).status_code == 422
    assert _send(owner, "patch", path, {"name": "x" * 10_000}).status_code == 422
    assert _send(as_(elsewhere, "owner"), "patch", path, {"price": "1.00"}).status_code == 404
    assert desk.get(path).json()["price"] == "9500.00"
    assert Client().get("/api/services").status_code == 401


def _send(client: Client, method: str, path: str, body: dict[str, Any]) -> Any:
    return getattr(client, method)(path, body, content_type="application/json")


def test_kinds_of_visit_are_reference_data_of_the_admin_and_prices_are_not(here: Clinic) -> None:
    owner = as_(here, "owner")
    listed = owner.get("/admin/catalog/appointmenttype/")
    assert listed.status_code == 200
    assert "Follow-up" in listed.content.decode()
    assert owner.get("/admin/catalog/service/").status_code == 404
    assert as_(here, "frontdesk").get("/admin/catalog/appointmenttype/").status_code in (302, 303, 403)
