"""What a patient reads before they book and before they cancel, and a deposit on their pages."""

from kalon.billing import actions as billing
from kalon.billing.models import Payment
from kalon.catalog import actions as catalog
from kalon.kernel.tenancy import acting_as
from kalon.portal.tests.conftest import Portal

SENTENCE = "Cancel or move your visit up to 24 hours before it for nothing."


def test_the_price_the_prepayment_and_the_policy_are_read_before_booking(portal: Portal) -> None:
    wish = portal.form()
    page = portal.as_zoya.get(f"/my/book?service={wish['service']}").content.decode()
    assert SENTENCE in page
    assert "₹1,200.00" in page
    assert "is paid to keep the time." in page
    ask_a_deposit(portal)
    page = portal.as_zoya.get(f"/my/book?service={wish['service']}").content.decode()
    assert "A deposit of" in page
    assert "₹300.00" in page


def test_cancelling_says_what_it_costs_first(portal: Portal) -> None:
    visit = portal.booked()
    path = f"/my/visits/{visit.pk}"
    assert "Cancelling costs nothing" in portal.as_zoya.get(path).content.decode()
    bill = portal.story.bill(visit)
    billing.take_payment(bill.pk, "CASH", bill.owed, by=portal.story.desk)
    page = portal.as_zoya.get(path).content.decode()
    for words in ("Cancelling now costs", "₹600.00", "It comes out of what you paid.", "Cancel for", SENTENCE):
        assert words in page
    assert portal.as_zoya.post(f"{path}/cancel", {"reason": "Has a cold"}).status_code == 303
    portal.story.carry_out()
    page = portal.as_zoya.get(path).content.decode()
    assert "Fee for cancelling late" in page
    assert "Cancelling now costs" not in page


def test_a_deposit_is_paid_first_or_all_at_once(portal: Portal) -> None:
    ask_a_deposit(portal)
    visit = portal.booked()
    bill = portal.story.bill(visit)
    page = portal.as_zoya.get(f"/my/bills/{bill.pk}").content.decode()
    assert "Deposit, to pay now" in page
    assert "Pay all" in page
    for sent, amount in (({}, 300), ({"amount": "1200.00"}, 1200), ({"amount": "nonsense"}, 300)):
        assert portal.as_zoya.post(f"/my/bills/{bill.pk}/pay", sent).status_code == 303
        with acting_as(portal.story.place.system):
            assert Payment.objects.filter(amount=amount, status="PENDING").count() == 1
    billing.take_payment(bill.pk, "CASH", visit.amount_due, by=portal.story.desk)
    page = portal.as_zoya.get(f"/my/visits/{visit.pk}").content.decode()
    assert "Your deposit of" in page
    assert "₹900.00" in page
    assert "Deposit paid" in portal.as_zoya.get(f"/my/bills/{bill.pk}").content.decode()


def ask_a_deposit(portal: Portal) -> None:
    pk = portal.story.place.services["CONSULT"].pk
    catalog.change_service(pk, {"prepayment": "DEPOSIT", "deposit_percent": 25}, by=portal.story.place.system)
