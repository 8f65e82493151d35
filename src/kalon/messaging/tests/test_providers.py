"""Each provider in its own protocol: it takes, refuses, asks to wait, fails, hangs up, or was never reached."""

import base64
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from kalon.kernel import clock, outbox
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.messaging import actions, queries, tasks
from kalon.messaging.actions.senders import NotNow
from kalon.messaging.models import Message, PushSubscription
from kalon.messaging.tests import providers
from kalon.messaging.tests.conftest import VISIT, as_patient
from kalon.messaging.tests.providers import HANG_UP, Answer, Browser, Provider, claims, running
from kalon.patients.models import Patient
from kalon.patients.tests.factories import patient
from kalon.people.tests.factories import Clinic

pytestmark = pytest.mark.django_db
Tell = Callable[..., Message]


@pytest.fixture(autouse=True)
def _quiet(here: Clinic, meera: Any) -> None:
    """The welcome of the patient is out of the way."""
    outbox.run_due()


@pytest.fixture
def twilio(settings: Any) -> Iterator[Provider]:
    with running(providers.twilio) as provider:
        settings.KALON_SENDERS = {"SMS": "twilio"}
        settings.KALON_URL = "https://saanvi.example"
        settings.KALON_TWILIO = {
            "account": providers.ACCOUNT,
            "token": providers.TOKEN,
            "from": "+18005550100",
            "url": provider.url,
            "settled_seconds": 300,
        }
        yield provider


@pytest.fixture
def meta(settings: Any) -> Iterator[Provider]:
    with running(providers.meta) as provider:
        settings.KALON_SENDERS = {"WHATSAPP": "meta"}
        settings.KALON_WHATSAPP = {
            "phone_id": providers.PHONE_ID,
            "token": providers.META_TOKEN,
            "app_secret": providers.APP_SECRET,
            "verify_token": providers.VERIFY,
            "url": provider.url,
        }
        yield provider


@pytest.fixture
def postmark(settings: Any) -> Iterator[Provider]:
    with running(providers.postmark) as provider:
        settings.KALON_SENDERS, settings.KALON_MAIL_SERVICE = {"EMAIL": "anymail"}, "postmark"
        settings.DEFAULT_FROM_EMAIL = "Saanvi Aesthetics <desk@saanvi.example>"
        settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "postmark-token", "POSTMARK_API_URL": provider.url}
        yield provider


@pytest.fixture
def pushed(settings: Any) -> Iterator[Provider]:
    with running(providers.push_service) as provider:
        settings.KALON_SENDERS = {"PUSH": "webpush"}
        settings.KALON_PUSH = {"contact": "mailto:desk@saanvi.example", "services": [provider.url]}
        yield provider


def state(message: Message, here: Clinic) -> tuple[str, list[str]]:
    with acting_as(here.owner):
        found = Message.objects.get(pk=message.pk)
        return found.status, [event.kind for event in queries.log(found, seen_by=here.owner)]


def found(message: Message, here: Clinic) -> Message:
    with acting_as(here.owner):
        return Message.objects.get(pk=message.pk)


def due_now() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")


def ask_after(message: Message, here: Clinic) -> None:
    tasks.ask_after(organization_id=here.organization_id, message_id=message.pk)


# -- what each of them is told


def test_an_sms_is_handed_to_twilio_with_where_to_report(here: Clinic, tell: Tell, twilio: Provider) -> None:
    message = tell(channel="SMS")
    outbox.run_due()
    assert state(message, here) == ("SENT", ["BEGAN", "ACCEPTED"])
    assert found(message, here).provider_id == "SM" + "0" * 32
    [request] = twilio.requests
    assert request.form == {
        "To": "+919800000001",
        "From": "+18005550100",
        "Body": message.body,
        "StatusCallback": f"https://saanvi.example/hooks/twilio/status?of={here.organization_id}.{message.pk}",
    }


def test_whatsapp_gets_the_registered_template_with_its_names_and_buttons(
    here: Clinic, tell: Tell, meta: Provider
) -> None:
    message = tell(code="appointment-reminder", channel="WHATSAPP", data={**VISIT, "name": "Meera"})
    outbox.run_due()
    assert state(message, here)[0] == "SENT"
    [said] = meta.taken
    assert said["to"] == "919800000001"
    assert said["biz_opaque_callback_data"] == f"{here.organization_id}.{message.pk}"
    template = said["template"]
    assert (template["name"], template["language"]["code"]) == ("appointment_reminder", "en")
    body, *buttons = template["components"]
    assert [part["text"] for part in body["parameters"]] == [
        "Saanvi Aesthetics", "Meera", "Tuesday 24 November 2026", "15:00", "Dr Rohan Shah",
    ]  # fmt: skip
    assert [(button["sub_type"].lower(), button["parameters"][0]["payload"]) for button in buttons] == [
        ("quick_reply", f"{digit}.{message.pk}") for digit in "123"
    ]


def test_who_wrote_within_a_day_gets_plain_words_and_a_day_later_a_template(
    here: Clinic, tell: Tell, meta: Provider, meera: Patient
) -> None:
    now = clock.now()
    actions.receive(
        "meta", "wamid.x", channel="WHATSAPP", sender="+919800000001", text="Hello", written_at=now, by=here.system
    )
    tell(channel="WHATSAPP")
    outbox.run_due()
    with clock.at(now + timedelta(hours=24)):
        tell(channel="WHATSAPP")
        outbox.run_due()
    plain, template = meta.taken
    assert (plain["type"], template["type"]) == ("text", "template")
    assert plain["text"]["body"].startswith("From Saanvi Aesthetics: your visit on Tuesday 24 November 2026")


def test_a_mail_service_gets_the_mail_and_our_mark(here: Clinic, tell: Tell, postmark: Provider) -> None:
    calendar = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
    message = tell(attachment=calendar)
    outbox.run_due()
    assert state(message, here)[0] == "SENT"
    assert found(message, here).provider_id == "pm-1"
    [said] = postmark.taken
    assert (said["To"], said["Subject"], said["TextBody"]) == ("meera@example.com", message.subject, message.body)
    assert said["Metadata"] == {"kalon": f"{here.organization_id}.{message.pk}"}
    [part] = said["Attachments"]
    assert base64.b64decode(part["Content"]).decode() == calendar
    assert part["ContentType"].startswith("text/calendar")


# -- what each of them answers

NO, WAIT, BROKEN, HUNG_UP = "FAILED", "QUEUED", "UNKNOWN", "UNKNOWN"
INACTIVE = (
    "You tried to send to a recipient that has been marked as inactive. Found inactive addresses: "
    "meera@example.com. Inactive recipients are ones that have generated a hard bounce or a spam complaint."
)
CASES = [
    ("twilio", providers.twilio_error(400, 21211), NO),
    ("twilio", providers.twilio_error(429, 20429, **{"Retry-After": "90"}), WAIT),
    ("twilio", providers.twilio_error(503, 20503), WAIT),
    ("twilio", providers.twilio_error(500, 20500), BROKEN),
    ("twilio", HANG_UP, "SENT"),  # it is found in the list
    ("meta", providers.meta_error(400, 131026), NO),
    ("meta", providers.meta_error(400, 132001), NO),
    ("meta", providers.meta_error(429, 130429, **{"Retry-After": "90"}), WAIT),
    ("meta", providers.meta_error(503, 131016), WAIT),
    ("meta", providers.meta_error(500, 131000), BROKEN),
    ("meta", HANG_UP, HUNG_UP),
    ("postmark", Answer(422, {"ErrorCode": 406, "Message": INACTIVE}), NO),
    ("postmark", Answer(429, {"ErrorCode": 429, "Message": "Slow down"}, {"Retry-After": "90"}), WAIT),
    ("postmark", Answer(503, {"ErrorCode": 100, "Message": "Maintenance"}), WAIT),
    ("postmark", Answer(500, {"ErrorCode": 100, "Message": "Oh"}), BROKEN),
    ("postmark", HANG_UP, HUNG_UP),
]
CHANNEL = {"twilio": "SMS", "meta": "WHATSAPP", "postmark": "EMAIL"}


@pytest.mark.parametrize(("name", "answer", "ends"), CASES)
def test_what_a_provider_answers(
    here: Clinic, tell: Tell, request: pytest.FixtureRequest, name: str, answer: Answer | str, ends: str
) -> None:
    provider: Provider = request.getfixturevalue(name)
    provider.answers.append(answer)
    message = tell(channel=CHANNEL[name])
    outbox.run_due()
    assert state(message, here)[0] == ends
    if ends != WAIT:
        return
    row = found(message, here)
    assert row.released_at is None
    wait = 90 if isinstance(answer, Answer) and answer.headers else 60
    assert abs((row.due_at - clock.now()).total_seconds() - wait) < 10
    tasks.release_due(organization_id=here.organization_id)
    assert outbox.run_due() == 0  # not before they said
    with clock.at(clock.now() + timedelta(seconds=wait + 5)):
        tasks.release_due(organization_id=here.organization_id)
        outbox.run_due()
    assert state(message, here) == ("SENT", ["BEGAN", "DEFERRED", "BEGAN", "ACCEPTED"])
    assert len(provider.taken) == 1


@pytest.mark.parametrize("name", ["twilio", "meta", "postmark"])
def test_a_provider_that_is_not_there_is_tried_again(
    here: Clinic, tell: Tell, request: pytest.FixtureRequest, settings: Any, name: str
) -> None:
    request.getfixturevalue(name)
    nowhere = "http://127.0.0.1:1"
    settings.KALON_TWILIO = {**settings.KALON_TWILIO, "url": nowhere}
    settings.KALON_WHATSAPP = {**settings.KALON_WHATSAPP, "url": nowhere}
    settings.ANYMAIL = {**settings.ANYMAIL, "POSTMARK_API_URL": nowhere}
    message = tell(channel=CHANNEL[name])
    with pytest.raises(NotNow):
        outbox.run_due()
    assert state(message, here) == ("QUEUED", ["BEGAN", "DEFERRED"])


# -- a message that was lost from sight


def test_twilio_is_asked_and_a_message_it_never_had_is_sent_once_it_is_sure(
    here: Clinic, tell: Tell, twilio: Provider
) -> None:
    twilio.answers.append(providers.twilio_error(500, 20500))
    message = tell(channel="SMS")
    outbox.run_due()
    ask_after(message, here)
    assert state(message, here)[0] == "UNKNOWN"  # too early to say that it is not there
    assert twilio.taken == []
    with clock.at(clock.now() + timedelta(minutes=6)):
        ask_after(message, here)
        ask_after(message, here)
    assert state(message, here)[0] == "SENT"
    assert [row["body"] for row in twilio.taken] == [message.body]


def test_the_same_words_to_the_same_number_are_not_mistaken_for_one_another(
    here: Clinic, tell: Tell, twilio: Provider
) -> None:
    first = tell(channel="SMS")
    outbox.run_due()
    twilio.answers.append(providers.twilio_error(500, 20500))
    second = tell(channel="SMS")
    assert first.body == second.body
    outbox.run_due()
    assert state(second, here)[0] == "UNKNOWN"  # what Twilio lists is the first one
    with clock.at(clock.now() + timedelta(minutes=6)):
        ask_after(second, here)
    assert state(second, here)[0] == "SENT"
    assert len(twilio.taken) == 2


# -- notifications


@pytest.fixture
def browser(here: Clinic, meera: Patient, pushed: Provider) -> Browser:
    """Meera's phone, which asked for notifications."""
    actions.make_push_key(by=here.system)
    browser = Browser()
    subscribe(here, meera, browser, f"{pushed.url}/send/1")
    return browser


def subscribe(here: Clinic, meera: Patient, browser: Browser, endpoint: str) -> None:
    keys = {"p256dh": browser.p256dh, "auth": browser.auth}
    actions.subscribe(meera.pk, endpoint=endpoint, **keys, device="Phone", by=signed_in(here, meera))


def signed_in(here: Clinic, meera: Patient) -> Actor:
    from dataclasses import replace

    return replace(as_patient(meera), user_id=here.users["owner"].pk)


def test_a_notification_is_for_that_browser_alone_and_signed_by_the_clinic(
    here: Clinic, tell: Tell, browser: Browser, pushed: Provider
) -> None:
    message = tell()
    assert (message.channel, message.body) == ("PUSH", "Your visit on Tuesday 24 November 2026 at 15:00")
    outbox.run_due()
    assert state(message, here)[0] == "SENT"
    [request] = pushed.requests
    assert browser.read(request) == {
        "title": "Saanvi Aesthetics", "body": message.body, "tag": str(message.pk), "url": "/my/",
    }  # fmt: skip
    headers = {key.lower(): value for key, value in request.headers.items()}
    assert len(headers["topic"]) <= 32
    token, key = (part.split("=", 1)[1] for part in headers["authorization"].removeprefix("vapid ").split(","))
    with acting_as(here.system):
        assert key == queries.push_public_key(seen_by=here.system)
    assert claims(token, key)["sub"] == "mailto:desk@saanvi.example"
    assert claims(token, key)["aud"] == pushed.url


@pytest.mark.parametrize(
    ("answers", "ends", "devices"),
    [
        ([Answer(410)], "FAILED", 0),
        ([Answer(404)], "FAILED", 0),
        ([Answer(429, None, {"Retry-After": "90"})], "QUEUED", 1),
        ([Answer(413)], "FAILED", 1),
        ([Answer(500)], "UNKNOWN", 1),
        ([HANG_UP], "UNKNOWN", 1),
    ],
)
def test_what_a_push_service_answers(
    here: Clinic, tell: Tell, browser: Browser, pushed: Provider, answers: list[Any], ends: str, devices: int
) -> None:
    pushed.answers.extend(answers)
    message = tell()
    outbox.run_due()
    assert state(message, here)[0] == ends
    with acting_as(here.system):
        assert PushSubscription.objects.filter(ended_at=None).count() == devices


def test_one_device_that_is_gone_does_not_keep_the_others_from_being_told(
    here: Clinic, tell: Tell, browser: Browser, pushed: Provider, meera: Patient
) -> None:
    subscribe(here, meera, Browser(), f"{pushed.url}/send/2")
    pushed.answers.append(Answer(410))
    message = tell()
    outbox.run_due()
    assert state(message, here)[0] == "SENT"
    with acting_as(here.system):
        assert PushSubscription.objects.filter(ended_at=None).count() == 1


def test_whoever_asks_for_nothing_is_not_pushed_and_only_known_services_are_called(
    here: Clinic, tell: Tell, browser: Browser, pushed: Provider, meera: Patient
) -> None:
    for endpoint in (
        "http://169.254.169.254/latest/meta-data",
        "https://intranet.example/push",
        "https://fcm.googleapis.com.evil.example/x",
        "https://fcm.googleapis.com:8443/x",
        "https://user@evil.example/fcm.googleapis.com",
        "file:///etc/passwd",
    ):
        with pytest.raises(Invalid):
            subscribe(here, meera, browser, endpoint)
    with pytest.raises(Invalid, match="incomplete keys"):
        actions.subscribe(
            meera.pk, endpoint=f"{pushed.url}/3", p256dh="x", auth=browser.auth, by=signed_in(here, meera)
        )
    with pytest.raises(NotPermitted):
        actions.subscribe(
            meera.pk, endpoint=f"{pushed.url}/3", p256dh=browser.p256dh, auth=browser.auth, by=here.frontdesk
        )
    actions.unsubscribe(meera.pk, by=signed_in(here, meera))
    assert tell().channel == "EMAIL"
    other = patient(here.frontdesk)
    assert actions.send("summary-ready", to_patient=other, data={}, once="y", by=here.system)
    assert pushed.requests == []


def test_the_private_key_stands_sealed_is_made_once_and_is_no_patients_to_read(here: Clinic, meera: Patient) -> None:
    made = actions.make_push_key(by=here.system)
    assert actions.make_push_key(by=here.system).pk == made.pk
    with acting_as(here.system), connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(messaging_pushkey)::text FROM messaging_pushkey")
        assert made.private_key not in cursor.fetchone()[0]
        cursor.execute("SELECT private_key FROM messaging_pushkey")
        assert made.private_key.encode() not in bytes(cursor.fetchone()[0])
    with acting_as(as_patient(meera)):
        assert queries.push_public_key(seen_by=as_patient(meera)) == made.public_key
    from kalon.messaging.tests.test_sending import sql

    assert "permission denied" in sql("SELECT private_key FROM messaging_pushkey", by=as_patient(meera))
    assert "permission denied" in sql("UPDATE messaging_pushkey SET public_key = 'x'", by=as_patient(meera))
    with pytest.raises(NotPermitted):
        actions.make_push_key(by=here.inventory)
