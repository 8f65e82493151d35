"""Pages and JSON of prices: what is typed is kept, refusals say what to do, lists cost the same for 1 and 30 rows."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kalon.billing import actions
from kalon.billing.models import BillLine
from kalon.billing.tests.clinic import Clinic
from kalon.kernel.tenancy import acting_as
from kalon.pricing import actions as pricing
from kalon.pricing.actions import DiscountDetails
from kalon.pricing.models import Discount, DiscountApproval, FeeItem, FeeSchedule, PatientGroup, PricingPolicy
from kalon.pricing.queries import Asked

pytestmark = pytest.mark.django_db
DAY = date(2026, 1, 1)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def front(login: Any) -> Client:
    client = Client()
    client.force_login(login("frontdesk"), backend=BACKEND)
    return client


@pytest.fixture
def line(clinic: Clinic) -> BillLine:
    bill = actions.draft_bill(clinic.patient.pk, clinic.branch.pk, by=clinic.desk)
    return actions.add_line(bill.pk, actions.LineDetails(service_id=clinic.consultation.pk), by=clinic.desk)


def rows(clinic: Clinic, model: Any) -> list[Any]:
    with acting_as(clinic.system):
        return list(model.objects.all())


def test_a_schedule_its_prices_and_its_end(clinic: Clinic, desk: Client, front: Client) -> None:
    answer = desk.post(reverse("pricing:schedules"), {"name": "Cash", "valid_from": "2026-01-01"})
    (made,) = rows(clinic, FeeSchedule)
    assert answer.status_code == 303 and answer.url == reverse("pricing:schedule", args=[made.pk])
    offer = {"offer": f"service:{clinic.botox.pk}", "price": "12000", "valid_from": "2026-01-01"}
    assert desk.post(answer.url, offer).status_code == 303
    again = desk.post(answer.url, offer)
    assert again.status_code == 422 and "End it first" in again.content.decode()
    (item,) = rows(clinic, FeeItem)
    assert desk.post(reverse("pricing:end_price", args=[made.pk, item.pk])).status_code == 303
    assert rows(clinic, FeeItem)[0].valid_to is not None
    late = desk.post(reverse("pricing:end_schedule", args=[made.pk]), {"valid_to": "2025-01-01"})
    assert late.status_code == 422 and "ends after the day it begins" in late.content.decode()
    for name, args in (("schedules", []), ("schedule", [made.pk]), ("discounts", []), ("policy", []), ("groups", [])):
        assert front.get(reverse(f"pricing:{name}", args=args)).status_code == 403


def test_a_file_of_prices_is_looked_at_before_it_is_written(clinic: Clinic, desk: Client) -> None:
    made = pricing.add_schedule("Cash", DAY, by=clinic.system)
    url = reverse("pricing:import_prices", args=[made.pk])

    def send(text: str) -> str:
        file = SimpleUploadedFile("prices.csv", text.encode())
        return desk.post(url, {"file": file, "valid_from": "2026-02-01"}).content.decode()

    bad = send("code,price\nNOPE,1\nBOTOX,abc\nCONSULT,700\nCONSULT,701\n")
    assert "3 lines cannot be taken" in bad and "no service or package with the code NOPE" in bad
    assert "The first line names the columns" in send("a,b\n1,2\n")
    good = 'Code,Price\nbotox,"13,500"\nCONSULT,700\n'
    shown = send(good)
    assert "Write these prices" in shown and rows(clinic, FeeItem) == []
    assert desk.post(url, {"confirmed": good, "valid_from": "2026-02-01"}).status_code == 303
    assert sorted(item.price for item in rows(clinic, FeeItem)) == [700, 13500]
    assert desk.post(url, {"confirmed": good.replace("700", "x"), "valid_from": "2026-03-01"}).status_code == 200
    assert len(rows(clinic, FeeItem)) == 2


def test_a_discount_is_added_ended_and_a_wrong_one_says_why(clinic: Clinic, desk: Client) -> None:
    typed = {"name": "Diwali", "code": "DIWALI", "tier": "PROMOTION", "percent": "20", "valid_from": "2026-01-01",
             "coupon": "lamp", "offers": [f"service:{clinic.botox.pk}"]}  # fmt: skip
    wrong = desk.post(reverse("pricing:new_discount"), {**typed, "amount": "5"})
    assert wrong.status_code == 422 and "one of them" in wrong.content.decode() and "DIWALI" in wrong.content.decode()
    assert desk.post(reverse("pricing:new_discount"), typed).status_code == 303
    (made,) = rows(clinic, Discount)
    assert (made.coupon, made.percent) == ("LAMP", 20)
    assert desk.post(reverse("pricing:discount", args=[made.pk]), {"valid_to": "2026-02-01"}).status_code == 303
    assert "Diwali" in desk.get(reverse("pricing:discounts")).content.decode()


def test_groups_rules_and_who_is_in_a_group(clinic: Clinic, desk: Client, front: Client) -> None:
    assert desk.post(reverse("pricing:groups"), {"name": "Senior citizens", "code": "senior"}).status_code == 303
    (group,) = rows(clinic, PatientGroup)
    page = reverse("pricing:members", args=[clinic.patient.pk])
    member = {"group": str(group.pk), "valid_from": "2026-01-01", "proof": "Passport"}
    assert front.post(page, member).status_code == 303
    assert front.post(page, member).status_code == 422
    assert "Passport" in front.get(page).content.decode()
    rules = {"max_percent": "50", "free_percent": "5", "combining": ["GROUP", "STANDARD"], "point_value": "1",
             "points_days": "90"}  # fmt: skip
    order = ["PROMOTION", "GROUP", "STANDARD", "BULK", "LOYALTY"]
    places = {f"place_{place}": tier for place, tier in enumerate(order)}
    twice = desk.post(reverse("pricing:policy"), {**rules, **places, "place_4": "GROUP"})
    assert twice.status_code == 422 and "stands in the order once" in twice.content.decode()
    assert desk.post(reverse("pricing:policy"), {**rules, **places}).status_code == 303
    (policy,) = rows(clinic, PricingPolicy)
    assert (policy.tier_order, policy.combining, policy.free_percent) == (order, ["GROUP", "STANDARD"], 5)


def test_the_drawer_gives_asks_and_an_approver_decides(
    clinic: Clinic, line: BillLine, desk: Client, front: Client
) -> None:
    drawer = reverse("billing:line_discount", args=[line.bill_id, line.pk])
    assert "Save the discount" in front.get(drawer).content.decode()
    half = {"percent": "50", "reason": "Kept waiting"}
    refused = front.post(drawer, half)
    body = refused.content.decode()
    assert refused.status_code == 422 and "up to 10% by hand" in body and "Ask for approval" in body
    assert "Kept waiting" in body
    assert front.post(reverse("billing:ask_discount", args=[line.bill_id, line.pk]), half).status_code == 303
    assert "was asked for" in front.get(drawer).content.decode()
    (asked,) = rows(clinic, DiscountApproval)
    assert front.get(reverse("pricing:approvals")).status_code == 403
    assert "Kept waiting" in desk.get(reverse("pricing:approvals")).content.decode()
    decide = reverse("pricing:decide", args=[asked.pk])
    silent = desk.post(decide, {"decision": "refuse", "note": ""})
    assert silent.status_code == 422 and "Write why" in silent.content.decode()
    assert desk.post(decide, {"decision": "approve", "note": "Fair"}).status_code == 303
    assert "was approved" in front.get(drawer).content.decode()
    assert front.post(drawer, half).status_code == 303
    shown = front.get(reverse("billing:bill", args=[line.bill_id])).content.decode()
    assert "Kept waiting 50%: −₹400.00" in shown


def test_prices_as_json(clinic: Clinic, line: BillLine, desk: Client, front: Client) -> None:
    def send(method: str, path: str, body: Any = None, client: Client = desk) -> Any:
        return getattr(client, method)(f"/api/{path}", body, content_type="application/json")

    made = send("post", "pricing/schedules", {"name": "Cash", "valid_from": "2026-01-01"}).json()
    price = {"service_id": str(clinic.botox.pk), "price": "12000", "valid_from": "2026-01-01"}
    assert send("post", f"pricing/schedules/{made['id']}/prices", price).json()["price"] == "12000.00"
    assert send("post", f"pricing/schedules/{made['id']}/prices", price).status_code == 409
    off = {"code": "TEN", "name": "Ten", "tier": "PROMOTION", "percent": "10", "valid_from": "2026-01-01",
           "service_ids": [str(clinic.botox.pk)]}  # fmt: skip
    assert send("post", "pricing/discounts", off).status_code == 201
    assert send("post", "pricing/discounts", off, front).status_code == 403
    asked = f"pricing/price?branch_id={clinic.branch.pk}&service_id={clinic.botox.pk}&quantity=2"
    priced = front.get(f"/api/{asked}").json()
    assert (priced["unit_price"], priced["net"], priced["source"]) == ("12000.00", "21600.00", "Cash")
    assert priced["steps"][0]["words"] == "Ten 10%: −₹2,400.00"
    path = f"bills/{line.bill_id}/lines/{line.pk}/discount"
    given = send("put", path, {"percent": "10", "reason": "Regular"}, front).json()["lines"][0]
    assert (given["discount"], given["discount_steps"][0]["words"]) == ("80.00", "Regular 10%: −₹80.00")
    too_much = {"percent": "90", "reason": "Please"}
    assert send("put", path, too_much, front).status_code == 403
    assert send("post", f"{path}/ask", too_much, front).status_code == 201
    (waiting,) = send("get", "pricing/approvals").json()["items"]
    assert send("post", f"pricing/approvals/{waiting['id']}/refuse", {"reason": "No"}).json()["status"] == "REFUSED"
    assert send("get", f"pricing/patients/{clinic.patient.pk}/points").json() == {"balance": 0, "entries": []}
    assert send("patch", "pricing/rules", {"max_percent": "40"}).json()["max_percent"] == "40"


@pytest.mark.parametrize("name", ["schedules", "discounts", "groups", "approvals"])
def test_a_list_costs_the_same_for_one_and_thirty_rows(clinic: Clinic, desk: Client, name: str) -> None:
    def add(which: int) -> None:
        if name == "schedules":
            pricing.add_schedule(f"List {which}", DAY, payer=f"Insurer {which}", by=clinic.system)
        if name == "groups":
            pricing.add_group(f"G-{which}", f"Group {which}", by=clinic.system)
        if name == "discounts":
            facts = DiscountDetails(
                code=f"D-{which}", name="Some", tier="PROMOTION", percent=Decimal(5), valid_from=DAY
            )
            pricing.add_discount(facts, by=clinic.system)
        if name == "approvals":
            pricing.ask_approval(
                f"line:{which}", "Peel", Decimal(50), "Why", patient_id=clinic.patient.pk,
                branch_id=clinic.branch.pk, by=clinic.desk,
            )  # fmt: skip

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert desk.get(reverse(f"pricing:{name}")).status_code == 200
        return len(seen)

    add(0)
    cost()
    one = cost()
    for which in range(1, 30):
        add(which)
    assert cost() == one


def test_a_price_is_found_in_as_many_queries_whatever_there_is(clinic: Clinic) -> None:
    from kalon.pricing import queries

    def cost() -> int:
        with acting_as(clinic.system), CaptureQueriesContext(connection) as seen:
            queries.price_of(
                service_id=clinic.botox.pk, branch_id=clinic.branch.pk, patient_id=clinic.patient.pk,
                asked=Asked(percent=Decimal(5), reason="Regular"), seen_by=clinic.system,
            )  # fmt: skip
        return len(seen)

    before = cost()
    for which in range(20):
        facts = DiscountDetails(code=f"D-{which}", name="Some", tier="PROMOTION", percent=Decimal(5), valid_from=DAY)
        pricing.add_discount(facts, [clinic.botox.pk], by=clinic.system)
        made = pricing.add_schedule(f"List {which}", DAY, payer=f"Insurer {which}", by=clinic.system)
        pricing.add_price(made.pk, Decimal(9), DAY, service_id=clinic.botox.pk, by=clinic.system)
    assert cost() == before <= 8
