"""Payment links and advances paid online: made, sent, used once, taken back; and what gateways said, on a page."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kalon.billing import actions
from kalon.billing.lifecycles import BillStatus, PaymentStatus
from kalon.billing.models import GatewayEvent, Payment
from kalon.billing.tests.clinic import Clinic
from kalon.billing.tests.test_gateway import tell
from kalon.kernel import clock
from kalon.kernel.errors import IllegalMove, Invalid, KeyReused, NotFound, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.messaging.models import Message


def sent_to(clinic: Clinic) -> list[str]:
    with acting_as(clinic.system):
        return [row.body for row in Message.objects.filter(template_code="pay-link")]


def test_a_link_is_given_again_sent_and_pays_the_bill_once(clinic: Clinic):
    bill = clinic.bill()
    link = actions.make_pay_link(bill.pk, days=3, by=clinic.desk)
    again = actions.make_pay_link(bill.pk, days=9, by=clinic.desk)
    assert again.pk == link.pk and again.expires_at - link.expires_at > timedelta(days=5)
    part = actions.make_pay_link(bill.pk, amount=Decimal(200), by=clinic.desk)
    assert part.pk != link.pk and part.amount == Decimal(200)
    assert actions.send_pay_link(link.pk, by=clinic.desk)
    assert f"/pay/{link.checkout_token}" in "".join(sent_to(clinic))
    assert tell(clinic, again) == "received"
    assert clinic.again(bill).status == BillStatus.PAID
    assert tell(clinic, part) == "on account"  # the bill is paid: what comes by the other link is the patient's
    with pytest.raises(IllegalMove, match="Make a new one"):
        actions.send_pay_link(link.pk, by=clinic.desk)


def test_a_link_taken_back_takes_no_money_for_the_bill(clinic: Clinic):
    bill = clinic.bill()
    link = actions.make_pay_link(bill.pk, by=clinic.desk)
    done = actions.revoke_pay_link(link.pk, "Paid\n in cash", by=clinic.desk)
    assert (done.status, done.failure) == (PaymentStatus.EXPIRED, "Link taken back: Paid in cash")
    for after in (actions.send_pay_link, lambda pk, by: actions.revoke_pay_link(pk, "", by=by)):
        with pytest.raises(IllegalMove):
            after(link.pk, by=clinic.desk)
    assert tell(clinic, link) == "on account"
    assert clinic.again(bill).status == BillStatus.FINALIZED
    with acting_as(clinic.system):
        late = Payment.objects.get(late_for=link)
    assert late.on_account == Decimal(800)


@pytest.mark.parametrize("days", [0, -1, 91])
def test_a_link_lives_for_some_days(clinic: Clinic, days: int):
    with pytest.raises(Invalid) as refusal:
        actions.make_pay_link(clinic.bill().pk, days=days, by=clinic.desk)
    assert refusal.value.field == "days"


def test_who_may_not_makes_sends_and_takes_back_nothing(clinic: Clinic):
    bill = clinic.bill()
    link = actions.make_pay_link(bill.pk, by=clinic.desk)
    for refused in (
        lambda by: actions.make_pay_link(bill.pk, by=by),
        lambda by: actions.make_advance_link(clinic.patient.pk, clinic.branch.pk, Decimal(5), by=by),
        lambda by: actions.send_pay_link(link.pk, by=by),
        lambda by: actions.revoke_pay_link(link.pk, "", by=by),
    ):
        for by in (clinic.stranger, clinic.as_patient(clinic.patient)):
            with pytest.raises(NotPermitted):
                refused(by)
    assert clinic.again(link).status == PaymentStatus.PENDING and not sent_to(clinic)


@pytest.mark.parametrize("amount", ["0", "-3", "0.001", "NaN", "1e12"])
def test_an_advance_is_an_amount_of_money(clinic: Clinic, amount: str):
    for start in (actions.make_advance_link, actions.start_online_advance):
        with pytest.raises(Invalid) as refusal:
            start(clinic.patient.pk, clinic.branch.pk, Decimal(amount), by=clinic.desk)
        assert refusal.value.field == "amount"


def test_an_advance_paid_online_is_on_account_and_asked_for_once(clinic: Clinic):
    patient = clinic.as_patient(clinic.patient)
    asked = (clinic.patient.pk, clinic.branch.pk)
    first = actions.start_online_advance(*asked, Decimal(500), key="k", return_url="//evil.example", by=patient)
    assert actions.start_online_advance(*asked, Decimal(500), key="k", by=patient).pk == first.pk
    with pytest.raises(KeyReused):
        actions.start_online_advance(*asked, Decimal(501), key="k", by=patient)
    assert (first.bill_id, first.plan_id, first.return_url) == (None, None, "")
    with pytest.raises((NotFound, NotPermitted)):
        actions.start_online_advance(clinic.other_patient.pk, clinic.branch.pk, Decimal(500), by=patient)
    with pytest.raises(NotPermitted):
        actions.start_online_advance(*asked, Decimal(500), by=clinic.stranger)
    assert tell(clinic, first) == "on account"
    assert clinic.again(first).on_account == Decimal(500)
    assert tell(clinic, first) == "duplicate"


def test_the_desk_sends_a_link_for_an_advance_and_tops_up(clinic: Clinic, desk: Client):
    here = f"/bills/accounts/{clinic.patient.pk}"
    assert desk.post(f"{here}/link", {"amount": "0"}).status_code == 422
    assert desk.post(f"{here}/link", {"amount": "700"}).status_code == 303
    (body,) = sent_to(clinic)
    assert "700.00 for your account" in body
    page = desk.get(here).content.decode()
    assert "Waiting online" in page and "700.00" in page
    form = {"method": "CASH", "amount": "1e", "reference": "", "key": "k1"}
    refused = desk.post(f"{here}/top-up", form)
    assert refused.status_code == 422 and 'value="1e"' in refused.content.decode()
    for _ in range(2):
        assert desk.post(f"{here}/top-up", form | {"amount": "450.50"}).status_code == 303
    assert "450.50" in desk.get(here).content.decode()
    with acting_as(clinic.system):
        assert Payment.objects.filter(status="SUCCEEDED").count() == 1


def test_what_gateways_said_stands_on_a_page(clinic: Clinic, desk: Client):
    counts: list[int] = []
    for more in (1, 3):
        for _ in range(more):
            link = actions.make_advance_link(clinic.patient.pk, clinic.branch.pk, Decimal(100), by=clinic.desk)
            tell(clinic, link)
        desk.get("/settings/online-payments/events")
        with CaptureQueriesContext(connection) as seen:
            page = desk.get("/settings/online-payments/events")
        counts.append(len(seen))
    assert counts[0] == counts[1]
    text = page.content.decode()
    assert "4 messages" in text and "On account" in text and "KOC/" in text
    with acting_as(clinic.system):
        assert GatewayEvent.objects.count() == 4
        assert clock.now() >= GatewayEvent.objects.latest("created_at").created_at
