"""A patient's own account: the statement, the money held for them, and adding to it."""

from decimal import Decimal

from kalon.billing import actions as billing
from kalon.billing import queries
from kalon.kernel.tenancy import acting_as
from kalon.portal.tests.conftest import Portal


def test_the_patient_reads_the_statement_and_adds_money(portal: Portal):
    place, patient = portal.story.place, portal.as_zoya
    assert portal.zoya.patient_id is not None
    billing.receive_advance(
        portal.zoya.patient_id, place.branch.pk, "UPI", Decimal("1200.50"), by=place.by["frontdesk"]
    )
    page = patient.get("/my/statement").content.decode()
    assert "1,200.50" in page and "Held for you" in page
    assert "1,200.50" not in portal.as_rahul.get("/my/statement").content.decode()
    assert patient.get("/my/statement.pdf").content.startswith(b"%PDF")
    assert "1,200.50" in patient.get("/my/account").content.decode()
    assert patient.post("/my/account/top-up", {"amount": "0"}).status_code == 422
    sent = patient.post("/my/account/top-up", {"amount": "250"})
    assert sent.status_code == 303 and sent["Location"].startswith("/pay/")
    with acting_as(place.system):
        made = queries.payments(seen_by=place.system).get(method="ONLINE")
    assert (made.amount, made.bill_id, made.patient_id) == (Decimal(250), None, portal.zoya.patient_id)
