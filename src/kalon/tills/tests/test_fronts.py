"""Pages and JSON of the till: the same verbs, refusals beside what was typed."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from kalon.billing.tests.clinic import Clinic, open_clinic
from kalon.catalog import actions as catalog
from kalon.kernel.tenancy import acting_as
from kalon.messaging.models import Message
from kalon.people import actions as people
from kalon.tills.models import Checkout
from kalon.tills.tests.conftest import Tills, open_tills


@pytest.fixture
def clinic(db: None) -> Clinic:
    return open_clinic()


@pytest.fixture
def tills(clinic: Clinic) -> Tills:
    return open_tills(clinic)


@pytest.fixture
def as_(clinic: Clinic) -> Callable[[str], Client]:
    def signed_in(role: str) -> Client:
        email = f"{role}-{uuid4().hex[:6]}@clinic.example"
        member = people.add_staff(f"The {role}", kind="OTHER", email=email, roles={None: [role]}, by=clinic.system)
        client = Client()
        client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed_in


def test_a_drawer_and_a_day_by_their_pages(tills: Tills, as_: Callable[[str], Client]):
    desk, accounts = as_("frontdesk"), as_("billing")
    assert "Front desk" in desk.get("/tills").content.decode()
    opened = desk.post(f"/tills/drawers/{tills.drawer.pk}/open", {"n100": "5"})
    assert opened.status_code == 303
    page = opened["Location"]
    assert "Should be in it" not in desk.get(page).content.decode()
    short = desk.post(f"{page}/move", {"kind": "BANKED", "amount": "900", "reason": "To the bank", "key": "k"})
    assert (short.status_code, "does not hold that much" in short.content.decode()) == (422, True)
    assert 'value="To the bank"' in short.content.decode()
    assert (
        desk.post(f"{page}/move", {"kind": "PETTY", "amount": "100", "reason": "Milk", "key": "k"}).status_code == 303
    )
    assert desk.post(f"{page}/count", {"n100": "-1"}).status_code == 422
    assert desk.post(f"{page}/count", {"n100": "3"}).status_code == 303
    assert "Should be in it" in desk.get(page).content.decode()
    assert desk.post(f"{page}/close").status_code == 403
    assert desk.post(f"{page}/explain", {"words": "A note is missing"}).status_code == 303
    assert accounts.post(f"{page}/close").status_code == 303
    assert accounts.post("/tills/day/close", {"note": ""}).status_code == 303
    assert "Z00001" in accounts.get("/tills/day").content.decode()
    assert desk.post("/tills/policy", {"cash": "REQUIRED", "variance_limit": "5"}).status_code == 403
    assert accounts.post("/tills/policy", {"cash": "REQUIRED", "variance_limit": "-5"}).status_code == 422


def test_a_checkout_by_its_page(tills: Tills, as_: Callable[[str], Client]):
    desk = as_("frontdesk")
    bill = tills.clinic.draft(tills.clinic.botox)
    page = desk.get(f"/checkout/{bill.pk}?seen=1&upi=10000&card=6000&cash=500&given=600").content.decode()
    assert "Left to assign" in page and "₹20.00" in page.replace("<bdi>", "").replace("</bdi>", "")
    typed = {"seen": "1", "upi": "10000", "upi_ref": "UTR 9", "card": "6000", "cash": "x", "key": "k"}
    wrong = desk.post(f"/checkout/{bill.pk}/take", typed)
    assert (wrong.status_code, 'value="UTR 9"' in wrong.content.decode()) == (422, True)
    taken = desk.post(f"/checkout/{bill.pk}/take", {**typed, "cash": "520", "given": "600"})
    assert taken.status_code == 303
    done = desk.get(f"/checkout/{bill.pk}").content.decode()
    assert "Give back" in done and "80.00" in done
    assert as_("nurse").get(f"/checkout/{bill.pk}").status_code == 403


def test_a_package_is_sold_and_a_receipt_sent_at_the_checkout(tills: Tills, as_: Callable[[str], Client]):
    money, desk = tills.clinic, as_("frontdesk")
    facts = {"code": "GLOW", "name": "Three visits", "price": Decimal("2000.00")}
    package = catalog.add_package(facts, [(money.consultation.pk, 3)], by=money.system)
    at = f"/checkout/{money.bill().pk}"
    assert "Three visits" in desk.get(at).content.decode()
    assert desk.post(f"{at}/package", {"package": str(uuid4())}).status_code == 422
    sold = desk.post(f"{at}/package", {"package": str(package.pk)})
    assert (sold.status_code, sold["Location"] != at) == (303, True)
    page = desk.get(sold["Location"]).content.decode()
    assert "Three visits" in page and "2,000.00" in page
    paid = desk.post(f"{sold['Location']}/take", {"seen": "1", "card": "2000", "key": "k"})
    assert paid.status_code == 303
    with acting_as(money.system):
        made = Checkout.objects.get()
        before = Message.objects.count()
    assert desk.post(f"/checkout/paid/{made.pk}/send").status_code == 303
    with acting_as(money.system):
        assert Message.objects.count() == before + 1
    assert as_("nurse").post(f"/checkout/paid/{made.pk}/send").status_code == 403


def test_the_till_as_json(tills: Tills, as_: Callable[[str], Client]):
    desk, accounts = as_("frontdesk"), as_("billing")
    json: dict[str, Any] = {"content_type": "application/json"}
    session = desk.post(f"/api/drawers/{tills.drawer.pk}/open", {"count": {"100": 5}}, **json).json()
    assert (session["float_amount"], session["expected"]) == ("500.00", None)
    bill = tills.clinic.bill()
    body = {"bill_id": str(bill.pk), "tenders": [{"method": "CASH", "amount": "800", "given": "1000"}], "key": "k"}
    made = desk.post("/api/checkouts", body, **json)
    assert (made.status_code, made.json()["change"]) == (201, "200.00")
    assert desk.post("/api/checkouts", body, **json).json()["id"] == made.json()["id"]
    assert desk.get(f"/api/checkouts/{made.json()['id']}/receipt.pdf").content.startswith(b"%PDF")
    refused = desk.post("/api/checkouts", {**body, "key": "", "tenders": []}, **json)
    assert refused.status_code == 422
    url = f"/api/drawers/sessions/{session['id']}"
    assert desk.post(f"{url}/count", {"count": {"500": 2, "100": 3}}, **json).json()["variance"] == "0.00"
    assert accounts.post(f"{url}/close", **json).json()["status"] == "CLOSED"
    assert [row["kind"] for row in accounts.get(f"{url}/entries").json()] == ["PAYMENT"]
    from kalon.kernel import clock

    day = str(clock.today(tills.clinic.branch.timezone))
    close = accounts.post("/api/day-closes", {"branch_id": str(tills.clinic.branch.pk), "day": day}, **json)
    assert (close.status_code, close.json()["received"]) == (201, {"CASH": "800.00"})
    late = desk.post("/api/checkouts", {**body, "bill_id": str(tills.clinic.bill().pk), "key": "l"}, **json)
    assert (late.status_code, "is closed" in late.json()["detail"]) == (409, True)
    reopened = accounts.post(f"/api/day-closes/{close.json()['id']}/reopen", {"words": "A slip"}, **json)
    assert reopened.json()["status"] == "REOPENED"
    assert Decimal(accounts.get("/api/drawers/policy").json()["variance_limit"]) == 50


def _asked(client: Client, path: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(path)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


def test_pages_ask_as_much_for_one_row_as_for_many(tills: Tills, as_: Callable[[str], Client]):
    accounts = as_("billing")
    session = tills.open()
    tills.cash("10")
    paths = ("/tills", f"/tills/sessions/{session.pk}", "/tills/day", f"/api/drawers/sessions/{session.pk}/entries")
    before = [_asked(accounts, path) for path in paths]
    bill = tills.clinic.bill()
    for _turn in range(9):
        tills.cash("10", bill=bill)
    assert [_asked(accounts, path) for path in paths] == before
