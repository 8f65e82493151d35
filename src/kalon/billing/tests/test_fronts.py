"""Bills over HTTP: the desk's pages, the JSON API, the gateway's page, the papers."""

import io
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from kalon.billing import actions
from kalon.billing.lifecycles import BillStatus, PaymentStatus
from kalon.billing.models import Payment
from kalon.billing.tests.clinic import Clinic
from kalon.kernel import clock
from kalon.kernel.audit import AuditEvent
from kalon.kernel.errors import NotReady
from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people
from kalon.scheduling import actions as scheduling
from kalon.scheduling.actions import BookingRequest

Api = Callable[..., Any]


@pytest.fixture
def api(login: Callable[[str], Any]) -> Callable[[str], Api]:
    def of(role: str) -> Api:
        from kalon.people.queries import staff_actor

        user = login(role)
        with acting_as(actions_system(user)):
            token = people.issue_own_token("test", by=staff_actor(user))
        client = Client(headers={"Authorization": f"Bearer {token}"})

        def call(method: str, path: str, body: Any = None, **headers: str) -> Any:
            send = getattr(client, method)
            if body is None:
                return send(f"/api{path}", headers=headers)
            return send(f"/api{path}", body, content_type="application/json", headers=headers)

        return call

    return of


def actions_system(user: Any) -> Any:
    from kalon.kernel import actors

    return actors.system("tests", user.organization_id)


# -- the desk's pages


def test_the_checkout_is_filled_in_and_takes_the_money(clinic: Clinic, desk: Client):
    bill = clinic.bill(clinic.consultation, clinic.botox)
    page = desk.get(f"/bills/{bill.pk}")
    assert page.status_code == 200
    text = page.content.decode()
    for word in ("Meera Nair", bill.number, "Exempt from GST", "CGST 9%", 'value="17320.00"'):
        assert word in text, word
    form = page.context["payment_form"].initial
    sent = {"method": "UPI", "amount": "17320.00", "reference": "UPI 7", "key": form["key"]}
    first = desk.post(f"/bills/{bill.pk}/payments", sent)
    second = desk.post(f"/bills/{bill.pk}/payments", sent)
    assert (first.status_code, second.status_code) == (303, 303)
    assert clinic.again(bill).status == BillStatus.PAID
    with acting_as(clinic.system):
        assert Payment.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"method": "UPI", "amount": "900", "key": "k"}, "Only 800.00 is owed"),
        ({"method": "UPI", "amount": "0", "key": "k"}, "greater than or equal to 0.01"),
        ({"method": "SHELLS", "amount": "1", "key": "k"}, "SHELLS is not one of the available choices"),
        ({"method": "CASH", "amount": "eight", "key": "k"}, "Enter a number"),
    ],
)
def test_a_slip_at_the_desk_is_said_beside_the_field(clinic: Clinic, desk: Client, sent: dict, sentence: str):
    answer = desk.post(f"/bills/{clinic.bill().pk}/payments", sent)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    with acting_as(clinic.system):
        assert not Payment.objects.exists()


def test_a_draft_grows_and_is_finalised_on_its_page(clinic: Clinic, desk: Client):
    draft = clinic.draft()
    empty = desk.get(f"/bills/{draft.pk}").content.decode()
    assert "Add at least one line first." in empty
    line = {"service": str(clinic.botox.pk), "quantity": "1", "description": "", "unit_price": "", "discount": "0"}
    assert desk.post(f"/bills/{draft.pk}/lines", line).status_code == 303
    assert desk.post(f"/bills/{draft.pk}/lines", line | {"quantity": "0"}).status_code == 422
    assert desk.post(f"/bills/{draft.pk}/finalize").status_code == 303
    assert clinic.again(draft).total == Decimal("16520.00")


def test_a_visits_bill_is_one_press_away(clinic: Clinic, desk: Client):
    start = clock.now().astimezone(ZoneInfo(clinic.branch.timezone)) + timedelta(days=3)
    visit = scheduling.book(
        BookingRequest(
            patient_id=clinic.patient.pk,
            branch_id=clinic.branch.pk,
            service_id=clinic.consultation.pk,
            start=start.replace(hour=11, minute=0, second=0, microsecond=0),
        ),
        by=clinic.desk,
    )
    first, again = (desk.post(f"/bills/visit/{visit.pk}") for _ in range(2))
    assert (first.status_code, first["Location"]) == (303, again["Location"])
    assert desk.get(first["Location"]).context["bill"].appointment_id == visit.pk
    assert desk.post(f"/bills/visit/{uuid4()}").status_code == 404


def test_cancelling_needs_a_reason_on_the_page_too(clinic: Clinic, desk: Client):
    bill = clinic.bill()
    assert desk.post(f"/bills/{bill.pk}/void", {"reason": ""}).status_code == 422
    assert desk.post(f"/bills/{bill.pk}/void", {"reason": "Twice"}).status_code == 303
    page = desk.get(f"/bills/{bill.pk}").content.decode()
    assert "Cancelled by credit note KOC/" in page


def test_a_refund_walks_through_its_page(clinic: Clinic, desk: Client):
    bill = clinic.bill()
    payment = clinic.pay(bill, "800")
    actions.void_bill(bill.pk, "Twice", by=clinic.desk)
    page = f"/bills/payments/{payment.pk}"
    assert desk.post(f"{page}/refund", {"amount": "900", "reason": "Asked", "key": "k"}).status_code == 422
    assert desk.post(f"{page}/refund", {"amount": "800", "reason": "Asked", "key": "k"}).status_code == 303
    with acting_as(clinic.system):
        refund = clinic.again(payment).refunds.get()
    for step in ("approve", "done"):
        assert desk.post(f"{page}/refunds/{refund.pk}", {"step": step, "note": "UTR 1"}).status_code == 303
    assert "Refunded" in desk.get(page).content.decode()


def test_the_lists_ask_as_much_for_thirty_as_for_one(clinic: Clinic, desk: Client):
    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            answer = desk.get(path)
        assert answer.status_code == 200
        return len(seen)

    bill = clinic.bill()
    clinic.pay(bill, "1")
    desk.get("/bills")
    few = [queries(path) for path in ("/bills", "/bills/day", f"/bills/{bill.pk}")]
    for _ in range(29):
        clinic.pay(clinic.bill(), "1")
        clinic.pay(bill, "1")
    assert [queries(path) for path in ("/bills", "/bills/day", f"/bills/{bill.pk}")] == few


@pytest.mark.parametrize("show", ["", "open", "on_account", "DRAFT", "PAID", "VOID", "nonsense"])
def test_the_list_filters(clinic: Clinic, desk: Client, show: str):
    clinic.bill()
    assert desk.get("/bills", {"show": show, "q": "KOC", "page": "99"}).status_code == 200


def test_looking_is_written_down(clinic: Clinic, desk: Client):
    bill = clinic.bill()
    desk.get(f"/bills/{bill.pk}")
    desk.get(f"/bills/{bill.pk}/invoice.pdf")
    with acting_as(clinic.system):
        purposes = AuditEvent.objects.filter(subject_id=bill.pk, kind="READ").values_list("purpose", flat=True)
        assert sorted(purposes) == ["bill", "invoice"]


# -- JSON


def test_a_bills_life_through_the_api(clinic: Clinic, api: Callable[[str], Api]):
    call = api("owner")
    made = call("post", "/bills", {"patient_id": str(clinic.patient.pk), "branch_id": str(clinic.branch.pk)})
    assert made.status_code == 201
    path = f"/bills/{made.json()['id']}"
    assert call("post", f"{path}/lines", {"service_id": str(clinic.botox.pk)}).json()["total"] == "16520.00"
    assert call("post", f"{path}/payments", {"method": "CASH", "amount": "1"}).status_code == 409
    assert call("post", f"{path}/finalize").json()["number"] == "KOC/2627/00001"
    paid = call("post", f"{path}/payments", {"method": "CARD", "amount": "520.00", "reference": "771204"})
    assert (paid.status_code, paid.json()["status"], paid.json()["allocated"]) == (201, "SUCCEEDED", "520.00")
    online = call("post", f"{path}/pay", {"return_url": "/my/"})
    assert (online.status_code, online.json()["status"], online.json()["amount"]) == (201, "PENDING", "16000.00")
    assert online.json()["checkout_url"].startswith("/pay/")
    detail = call("get", path).json()
    assert (detail["status"], detail["owed"], len(detail["lines"]), len(detail["payments"])) == (
        "PARTIALLY_PAID", "16000.00", 1, 2,
    )  # fmt: skip
    assert detail["lines"][0]["paid"] == "520.00"
    assert [row["id"] for row in call("get", "/bills?status=PARTIALLY_PAID").json()["items"]] == [detail["id"]]
    receipt = call("get", f"/payments/{paid.json()['id']}/receipt.pdf")
    assert (receipt.status_code, receipt["Content-Type"], receipt.content[:5]) == (200, "application/pdf", b"%PDF-")


def test_the_same_key_pays_once_through_the_api(clinic: Clinic, api: Callable[[str], Api]):
    call, path = api("owner"), f"/bills/{clinic.bill().pk}/payments"
    body = {"method": "CASH", "amount": "300.00"}
    first = call("post", path, body, **{"Idempotency-Key": "one"})
    again = call("post", path, body, **{"Idempotency-Key": "one"})
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    other = call("post", path, body | {"amount": "301.00"}, **{"Idempotency-Key": "one"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


@pytest.mark.parametrize(
    "body",
    [
        {"method": "CASH", "amount": "-1"},
        {"method": "CASH", "amount": "1.001"},
        {"method": "CASH", "amount": "NaN"},
        {"method": "CASH", "amount": "1e30"},
        {"method": "ONLINE", "amount": "1"},
        {"method": "CASH", "amount": "1", "reference": "x" * 81},
        {"method": "CASH", "amount": "1", "reference": "a\x00b"},
        {"amount": "1"},
        {},
        [],
    ],
)
def test_malformed_money_is_refused_in_words(clinic: Clinic, api: Callable[[str], Api], body: Any):
    answer = api("owner")("post", f"/bills/{clinic.bill().pk}/payments", body)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    with acting_as(clinic.system):
        assert not Payment.objects.exists()


def test_who_may_not_is_told_so(clinic: Clinic, api: Callable[[str], Api]):
    bill = clinic.bill()
    call = api("theatre")
    assert call("get", f"/bills/{bill.pk}").status_code == 403
    assert call("post", f"/bills/{bill.pk}/payments", {"method": "CASH", "amount": "1"}).status_code == 403
    assert Client().get(f"/api/bills/{bill.pk}").status_code == 401
    assert api("owner")("get", f"/bills/{uuid4()}").status_code == 404
    assert clinic.again(bill).allocated == 0


# -- the gateway's page


def test_the_payer_pays_on_the_gateways_page(clinic: Clinic, django_capture_on_commit_callbacks: Any):
    bill = clinic.bill()
    payment = actions.start_online_payment(bill.pk, return_url="/my/", by=clinic.desk)
    phone = Client()
    page = phone.get(payment.checkout_url)
    assert page.status_code == 200
    assert "Meera" not in page.content.decode()  # the gateway is told an amount, not a name
    assert phone.post(payment.checkout_url, {"decision": "pay", "method": "shells"}).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        assert phone.post(payment.checkout_url, {"decision": "pay", "method": "upi"}).status_code == 303
    assert clinic.again(payment).status == PaymentStatus.SUCCEEDED
    assert "Paid" in phone.get(payment.checkout_url).content.decode()
    assert phone.get("/pay/guess").status_code == 404


def test_a_return_address_of_another_site_is_dropped(clinic: Clinic):
    bills = [clinic.bill() for _ in range(3)]
    wanted = ["https://evil.example/", "//evil.example/", "/\\evil.example"]
    for bill, url in zip(bills, wanted, strict=True):
        assert actions.start_online_payment(bill.pk, return_url=url, by=clinic.desk).return_url == ""


# -- papers


def words_of(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_the_invoice_says_what_rule_46_asks(clinic: Clinic):
    bill = clinic.bill(clinic.consultation, clinic.botox)
    clinic.pay(bill, "1000")
    pdf = actions.invoice_pdf(bill.pk, by=clinic.desk)
    text = words_of(pdf)
    for word in (
        "Invoice-cum-bill of supply", bill.number, "32AAAAA0000A1ZB", "Meera Nair", "Kerala (32)", "999312", "999722",
        "17,320.00", "1,260.00", "16,320.00", "Reverse charge", "authorised signatory",
        "Rupees seventeen thousand three hundred twenty only",
    ):  # fmt: skip
        assert word in text, word
    assert b"pdfaid:part" in pdf  # PDF/A-2b


def test_the_receipt_names_its_bill(clinic: Clinic):
    bill = clinic.bill()
    payment = actions.take_payment(bill.pk, "UPI", Decimal("300.00"), "UPI 42", by=clinic.desk)
    text = words_of(actions.receipt_pdf(payment.pk, by=clinic.desk))
    for word in (
        payment.receipt_number,
        bill.number,
        "300.00",
        "UPI 42",
        "Sini Paul",
        "Rupees three hundred only",
        "500.00",
    ):
        assert word in text, word


def test_there_is_no_paper_before_its_time(clinic: Clinic):
    with pytest.raises(NotReady):
        actions.invoice_pdf(clinic.draft(clinic.botox).pk, by=clinic.desk)
    waiting = actions.start_online_payment(clinic.bill().pk, by=clinic.desk)
    with pytest.raises(NotReady):
        actions.receipt_pdf(waiting.pk, by=clinic.desk)


def test_words_on_paper_are_data_not_markup(clinic: Clinic):
    draft = clinic.draft()
    nasty = '#panic("x") $a$ *bold* <script> "quoted" \\ നീര'
    details = actions.LineDetails(description=nasty, unit_price=Decimal(10))
    actions.add_line(draft.pk, details, by=clinic.desk)
    text = words_of(actions.invoice_pdf(actions.finalize(draft.pk, by=clinic.desk).pk, by=clinic.desk))
    assert '#panic("x") $a$ *bold* <script> "quoted"' in text
