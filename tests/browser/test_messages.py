"""A patient answers on WhatsApp, and the desk sees it; a patient waits for a time, and hears of one, on a phone."""

import hashlib
import hmac
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import expect

from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.messaging import actions as messaging
from kalon.messaging.models import Message
from kalon.messaging.tests import providers
from kalon.messaging.tests.providers import Provider
from kalon.patients import actions as patients
from kalon.patients.rules import PatientDetails
from kalon.scheduling import actions as scheduling
from kalon.scheduling import tasks
from kalon.scheduling.actions import BookingRequest
from kalon.scheduling.lifecycles import AHEAD
from kalon.scheduling.models import Appointment
from tests.browser.browsers import DESKTOP, PHONE, Browsers
from tests.browser.house import House
from tests.browser.rows import PASSWORD
from tests.journeys.story import on_tuesday

DESK, NUMBER, MAIL = "frontdesk@kalon.test", "+919846333221", "lalitha@example.org"
THURSDAY = on_tuesday("12:00") + timedelta(days=2)


@pytest.fixture(scope="module")
def whatsapp() -> Iterator[Provider]:
    """A server that speaks Meta's protocol; the clinic sends there while these tests run."""
    names = ("KALON_SENDERS", "KALON_WHATSAPP", "KALON_URL")
    kept = {name: getattr(settings, name) for name in names}
    with providers.running(providers.meta) as provider:
        settings.KALON_SENDERS = {"WHATSAPP": "meta"}
        settings.KALON_WHATSAPP = {
            "phone_id": providers.PHONE_ID,
            "token": providers.META_TOKEN,
            "app_secret": providers.APP_SECRET,
            "verify_token": providers.VERIFY,
            "url": provider.url,
        }
        yield provider
    for name, value in kept.items():
        setattr(settings, name, value)


@pytest.fixture(scope="module")
def lalitha(house: House) -> Iterator[Any]:
    """A patient with an account, whom WhatsApp reaches."""
    house.at(on_tuesday("09:05"))
    with clock.at(house.tick()):
        story = house.story
        details = PatientDetails(
            given_name="Lalitha", family_name="Varma", birth_date="1989-09-09", gender="female", email=MAIL,
            phone=NUMBER,
        )  # fmt: skip
        row = patients.start_registration(details, PASSWORD, by=story.visitor)
        patient = patients.confirm_registration(row.pk, story.code_sent(), by=story.visitor)
        messaging.change_preference(patient.pk, channels=["WHATSAPP"], by=story.desk)
    yield patient
    with acting_as(house.story.place.system):
        ahead = list(Appointment.objects.filter(patient_id=patient.pk, status__in=AHEAD).values_list("pk", flat=True))
    with clock.at(house.tick()):
        for pk in ahead:
            scheduling.cancel(pk, "The test is over", by=house.story.desk)


def test_the_desk_sees_what_a_patient_answered(
    house: House, browsers: Browsers, whatsapp: Provider, lalitha: Any
) -> None:
    story, settings.KALON_URL = house.story, house.address
    with clock.at(house.tick()):
        visit = scheduling.book(
            BookingRequest(
                patient_id=lalitha.pk,
                branch_id=story.place.branch.pk,
                doctor_id=story.dr_menon.pk,
                service_id=story.place.services["FOLLOW-UP"].pk,
                start=THURSDAY,
            ),
            by=story.desk,
        )
    house.at(THURSDAY - timedelta(days=1))
    with clock.at(house.tick()):
        tasks.send_reminders(organization_id=story.place.organization_id)
    house.carry_out()
    asked = [said for said in whatsapp.taken if said.get("template", {}).get("name") == "appointment_reminder"]
    assert [said["to"] for said in asked] == [NUMBER[1:]]

    with browsers.window(DESKTOP, signed_in=DESK) as window:
        day = f"/day?date={THURSDAY.date()}"
        window.go(day)
        row = window.page.locator(f"#v{visit.pk}")
        expect(row).to_contain_text("Lalitha Varma")
        expect(row).not_to_contain_text("Will come")
        assert _answer(house, "1", secret="guessed") == 403
        window.go(day)
        expect(row).not_to_contain_text("Will come")
        assert _answer(house, "1") == 200
        house.carry_out()
        window.go(day)
        expect(row.locator("td").get_by_text("Will come")).to_be_visible()
        assert window.violations() == []
        window.go(f"/appointments/{visit.pk}")
        expect(window.page.get_by_text("Patient confirmed")).to_be_visible()
        assert window.violations() == []
    assert whatsapp.taken[-1]["text"]["body"].startswith("From Skinspire Clinic: thank you, Lalitha.")


def test_a_patient_waits_for_a_time_on_their_phone(house: House, browsers: Browsers, lalitha: Any) -> None:
    story, settings.KALON_URL = house.story, house.address
    messaging.change_preference(lalitha.pk, channels=["EMAIL"], by=story.desk)
    with browsers.window(PHONE, signed_in=MAIL) as window:
        window.go(f"/my/book?service={story.place.services['FOLLOW-UP'].pk}&doctor={story.dr_menon.pk}")
        window.page.get_by_role("link", name="No good time? Tell me if one opens").click()
        expect(window.page.get_by_text("Dr Kavya Menon")).to_be_visible()
        assert window.violations() == []
        window.page.get_by_label("Until which day?").fill(str(THURSDAY.date() + timedelta(days=1)))
        window.page.get_by_role("button", name="Tell me").click()
        expect(window.page.get_by_text("We write to you when a time opens").first).to_be_visible()
        assert window.violations() == []
        house.carry_out()  # a time is free already: it is offered at once
        window.go(_link_sent(house, lalitha))
        window.page.get_by_role("button", name="Take this time").click()
        expect(window.page.get_by_role("heading", name="It is yours")).to_be_visible()
        assert window.violations() == []
        window.go("/my/")
        expect(window.page.get_by_text("We write to you when a time opens")).to_have_count(0)


def _link_sent(house: House, patient: Any) -> str:
    with acting_as(house.story.place.system):
        told = Message.objects.filter(template_code="waiting-list-offer", patient=patient).latest("id")
        return next(word for word in str(told.body).split() if "/offers/" in word)


def _answer(house: House, text: str, *, secret: str = providers.APP_SECRET) -> int:
    """What Meta's server posts when the patient writes, signed as Meta signs it."""
    said = {
        "from": NUMBER[1:],
        "id": f"wamid.{text}",
        "timestamp": str(int(house.time.timestamp())),
        "type": "text",
        "text": {"body": text},
    }
    metadata = {"display_phone_number": "18005550100", "phone_number_id": providers.PHONE_ID}
    value = {"messaging_product": "whatsapp", "metadata": metadata, "messages": [said]}
    entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
    body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    request = urllib.request.Request(  # noqa: S310  (our own server)
        f"{house.address}/hooks/whatsapp",
        data=body,
        headers={"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={signature}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code
