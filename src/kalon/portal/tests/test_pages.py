"""What a patient does on their own pages, and what they cannot do to anybody else's."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from tests.journeys.story import on_tuesday

from kalon.billing import actions as billing
from kalon.config.seed.clinic import Place
from kalon.consultations import actions as consultations
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.people.models import User
from kalon.portal.tests.conftest import BACKEND, Portal, queries
from kalon.scheduling import actions as scheduling


def test_booking_keeps_the_time_and_asks_for_the_payment(portal: Portal) -> None:
    answer = portal.as_zoya.post("/my/book", portal.form())
    assert answer.status_code == 303
    page = portal.as_zoya.get(answer["Location"]).content.decode()
    assert "To be paid" in page
    assert "₹1,200" in page


def test_booking_a_time_that_is_taken_says_so_and_keeps_what_was_typed(portal: Portal) -> None:
    portal.booked("10:00")
    answer = portal.as_rahul.post("/my/book", {**portal.form(), "complaint": "A mole that grew"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Choose another time" in page
    assert "A mole that grew" in page
    assert "Zoya" not in page


def test_moving_a_visit_within_the_day_keeps_it(portal: Portal) -> None:
    visit = portal.booked()
    answer = portal.as_zoya.post(f"/my/visits/{visit.pk}/move", {"start": on_tuesday("11:00").isoformat()})
    assert (answer.status_code, answer["Location"]) == (303, f"/my/visits/{visit.pk}")
    assert portal.story.now(visit).starts_at == on_tuesday("11:00")


def test_cancelling_needs_a_reason_and_frees_the_time(portal: Portal) -> None:
    visit = portal.booked()
    refused = portal.as_zoya.post(f"/my/visits/{visit.pk}/cancel", {"reason": ""})
    assert (refused.status_code, portal.story.state(visit)) == (422, "PENDING_PAYMENT")
    done = portal.as_zoya.post(f"/my/visits/{visit.pk}/cancel", {"reason": "I am travelling"})
    assert (done.status_code, portal.story.state(visit)) == (303, "CANCELLED")
    assert portal.as_rahul.post("/my/book", portal.form()).status_code == 303


def test_who_has_arrived_no_longer_cancels_by_themselves(portal: Portal) -> None:
    visit = portal.booked()
    billing.take_payment(portal.story.bill(visit).pk, "CASH", portal.story.bill(visit).total, by=portal.story.desk)
    with clock.at(on_tuesday("09:50")):
        scheduling.check_in(visit.pk, by=portal.story.desk)
        page = portal.as_zoya.get(f"/my/visits/{visit.pk}").content.decode()
        answer = portal.as_zoya.post(f"/my/visits/{visit.pk}/cancel", {"reason": "I changed my mind"})
    assert "Cancel this visit" not in page
    assert answer.status_code == 422
    assert portal.story.state(visit) == "CHECKED_IN"


def test_paying_goes_to_the_gateway_and_back_to_the_visit(portal: Portal) -> None:
    visit = portal.booked()
    answer = portal.as_zoya.post(f"/my/bills/{portal.story.bill(visit).pk}/pay", {"idempotency_key": "pay-1"})
    assert answer.status_code == 303
    assert answer["Location"].startswith("/pay/")
    assert f"/my/visits/{visit.pk}" in _return_urls(portal)
    assert portal.story.state(visit) == "PENDING_PAYMENT"


def test_a_summary_is_read_once_it_is_signed_and_not_before(portal: Portal) -> None:
    visit = _with_the_doctor(portal)
    encounter = portal.story.encounter(visit)
    assert encounter is not None
    assert portal.as_zoya.get(f"/my/records/{encounter.pk}").status_code == 404
    assert "No procedure" not in portal.as_zoya.get("/my/records").content.decode()
    with clock.at(on_tuesday("10:20")):
        consultations.close(encounter.pk, by=portal.story.doctor)
        page = portal.as_zoya.get(f"/my/records/{encounter.pk}").content.decode()
        assert "No procedure recommended" in page
        assert "Sunscreen." in page
        assert "Visit summary" in portal.as_zoya.get("/my/").content.decode()
    assert ("Zoya Mirza", "own summary") in portal.story.readers(encounter)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/my/visits/{visit}"),
        ("post", "/my/visits/{visit}/cancel"),
        ("get", "/my/visits/{visit}/move"),
        ("post", "/my/visits/{visit}/move"),
        ("get", "/my/bills/{bill}"),
        ("post", "/my/bills/{bill}/pay"),
        ("get", "/my/records/{encounter}"),
        ("get", "/my/receipts/{payment}.pdf"),
        ("get", "/my/visits/{nobody}"),
        ("get", "/my/bills/{nobody}"),
    ],
)
def test_another_patients_rows_do_not_exist(portal: Portal, method: str, path: str) -> None:
    visit = _with_the_doctor(portal)
    encounter = portal.story.encounter(visit)
    assert encounter is not None
    with clock.at(on_tuesday("10:20")):
        consultations.close(encounter.pk, by=portal.story.doctor)
    bill = portal.story.bill(visit)
    with acting_as(portal.story.place.system):
        payment = bill.payments.get()
    named = {"visit": visit.pk, "bill": bill.pk, "encounter": encounter.pk, "payment": payment.pk, "nobody": uuid4()}
    before = portal.story.books()
    told = {"reason": "Not mine", "start": on_tuesday("12:00").isoformat()}
    answer = getattr(portal.as_rahul, method)(path.format(**named), told if method == "post" else {})
    assert answer.status_code == 404
    assert portal.story.books() == before


def test_staff_have_no_portal_and_strangers_sign_in(portal: Portal) -> None:
    desk = _staff(portal.story.place, "frontdesk@kalon.test")
    for path in ("/my/", "/my/book", "/my/records", "/my/bills", "/my/you"):
        assert desk.get(path).status_code == 403
        answer = Client().get(path)
        assert answer.status_code in (302, 303)
        assert answer["Location"].startswith("/accounts/login/")


def test_the_booking_page_reads_the_week_at_once(portal: Portal) -> None:
    path = f"/my/book?service={portal.story.place.services['CONSULT'].pk}&day=2026-11-24"
    portal.as_zoya.get(path)
    empty = queries(portal.as_zoya, path)
    for at in ("09:00", "10:00", "11:00", "14:00", "15:00"):
        portal.booked(at)
    assert queries(portal.as_zoya, path) == empty


def _with_the_doctor(portal: Portal) -> Any:
    """A visit of Zoya's whose outcome is recorded and not yet signed."""
    story, visit = portal.story, portal.booked()
    billing.take_payment(story.bill(visit).pk, "CASH", story.bill(visit).total, by=story.desk)
    with clock.at(on_tuesday("09:50")):
        scheduling.check_in(visit.pk, by=story.desk)
        patients.record_allergies(visit.patient_id, "NONE_KNOWN", by=story.nurse)
        encounter = story.encounter(visit)
        assert encounter is not None
        consultations.begin(encounter.pk, by=story.doctor)
        note = {"assessment": "Normal for her age.", "advice": "Sunscreen."}
        consultations.record_outcome(encounter.pk, outcome="NO_ACTION", note=note, by=story.doctor)
    return visit


def _return_urls(portal: Portal) -> list[str]:
    from kalon.billing.models import Payment

    with acting_as(portal.story.place.system):
        return list(Payment.objects.values_list("return_url", flat=True))


def _staff(place: Place, email: str) -> Client:
    client = Client()
    with acting_as(place.system):
        client.force_login(User.objects.get(email=email), backend=BACKEND)
    return client
