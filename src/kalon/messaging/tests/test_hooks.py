"""What providers say to us: signed, forged, late, twice, in the wrong order, to another number, or plain rubbish."""

import base64
import hmac
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from kalon.kernel import clock, events, outbox
from kalon.kernel.actors import Actor
from kalon.kernel.audit import AuditEvent
from kalon.kernel.tenancy import acting_as
from kalon.messaging import actions, queries
from kalon.messaging.events import ReplyReceived
from kalon.messaging.lifecycles import MESSAGE
from kalon.messaging.models import Answer, Message
from kalon.messaging.rules.answers import meaning_of
from kalon.messaging.tests.conftest import VISIT
from kalon.messaging.tests.providers import APP_SECRET, PHONE_ID, TOKEN, VERIFY
from kalon.messaging.tests.signed import (
    MEERAS,
    OURS,
    URL,
    incoming,
    mail_report,
    meta,
    meta_raw,
    pressed,
    report,
    twilio,
    went,
    wrote,
)
from kalon.patients.models import Patient
from kalon.patients.tests.factories import patient
from kalon.people.tests.factories import Clinic

pytestmark = pytest.mark.django_db
Tell = Callable[..., Message]


@pytest.fixture(autouse=True)
def _configured(settings: Any, here: Clinic, meera: Patient) -> None:
    outbox.run_due()
    settings.KALON_SENDERS = {}  # what leaves is kept in the house; what comes back is believed when it is signed
    settings.KALON_URL, settings.KALON_MAIL_SERVICE = URL, "postmark"
    settings.KALON_TWILIO = {"account": "AC0", "token": TOKEN, "from": OURS, "url": "", "settled_seconds": 300}
    settings.KALON_WHATSAPP = {
        "phone_id": PHONE_ID, "token": "x", "app_secret": APP_SECRET, "verify_token": VERIFY, "url": "",
    }  # fmt: skip
    settings.ANYMAIL = {"WEBHOOK_SECRET": "mail:secret"}


@pytest.fixture
def heard() -> Any:
    """What messaging announces about replies."""
    facts: list[ReplyReceived] = []

    def hear(fact: ReplyReceived) -> None:
        facts.append(fact)

    events.on(ReplyReceived, hear)
    yield facts
    events._reactions[ReplyReceived].remove(hear)


def sent(tell: Tell, here: Clinic, **wish: Any) -> Message:
    """A message that was handed over: the provider has said nothing of it yet."""
    message = tell(**{"channel": "SMS", **wish})
    actions.begin_attempt(message.pk, by=here.system)
    actions.record_outcome(message.pk, "ACCEPTED", provider_id="SM1", by=here.system)
    return message


def taken(message: Message, by: Actor) -> Message:
    """A reminder that its provider took, about no visit at all: only what messaging does is looked at."""
    with acting_as(by):
        MESSAGE.move(message, "accept", by=by, provider_id="SM1")
    return message


def reminder(tell: Tell, here: Clinic, **wish: Any) -> Message:
    now = clock.now()
    facts = {
        "code": "appointment-reminder",
        "data": VISIT,
        "until": now + timedelta(days=1),
        "about_id": here.branch.pk,
    }
    return taken(tell(**{"channel": "SMS", **facts, **wish}), here.system)


def state(message: Message, here: Clinic) -> str:
    with acting_as(here.system):
        return str(Message.objects.get(pk=message.pk).status)


def log(message: Message, here: Clinic) -> list[str]:
    with acting_as(here.owner):
        return [event.kind for event in queries.log(message, seen_by=here.owner)]


def answers(here: Clinic) -> list[Answer]:
    with acting_as(here.owner):
        return list(queries.answers(seen_by=here.owner))


# -- how a message went


@pytest.mark.parametrize(
    ("said", "ends"),
    [
        (["sent", "delivered"], "DELIVERED"),
        (["delivered", "sent"], "DELIVERED"),
        (["failed"], "FAILED"),
        (["undelivered", "delivered"], "DELIVERED"),
        (["delivered", "undelivered"], "DELIVERED"),
        (["queued", "sending", "accepted", "something new"], "SENT"),
    ],
)
def test_reports_come_in_any_order(here: Clinic, tell: Tell, said: list[str], ends: str) -> None:
    message = sent(tell, here)
    for status in said:
        assert report(message, status).status_code == 204
    assert state(message, here) == ends


def test_a_report_that_comes_twice_counts_once(here: Clinic, tell: Tell) -> None:
    message = sent(tell, here)
    for _ in range(3):
        assert report(message, "delivered").status_code == 204
    assert log(message, here) == ["BEGAN", "ACCEPTED", "DELIVERED"]


def test_a_report_finds_a_message_that_was_lost_from_sight(here: Clinic, tell: Tell) -> None:
    message = tell(channel="SMS")
    actions.begin_attempt(message.pk, by=here.system)
    actions.record_outcome(message.pk, "LOST", by=here.system)
    assert report(message, "delivered", sid="SM9").status_code == 204
    assert state(message, here) == "DELIVERED"
    with acting_as(here.system):
        assert Message.objects.get(pk=message.pk).provider_id == "SM9"


def test_a_report_that_is_quicker_than_the_answer_is_kept(here: Clinic, tell: Tell) -> None:
    message = tell(channel="SMS")
    actions.begin_attempt(message.pk, by=here.system)
    report(message, "delivered")
    assert actions.record_outcome(message.pk, "ACCEPTED", provider_id="SM1", by=here.system) == "DELIVERED"


def test_a_late_report_of_an_earlier_attempt_sends_nothing_and_fails_nothing(here: Clinic, tell: Tell) -> None:
    message = sent(tell, here)
    report(message, "failed")
    actions.send_again(message.pk, "They mended the number.", by=here.owner)
    report(message, "sent")
    assert state(message, here) == "QUEUED"
    actions.begin_attempt(message.pk, by=here.system)
    actions.record_outcome(message.pk, "ACCEPTED", provider_id="SM2", by=here.system)
    report(message, "undelivered")
    assert state(message, here) == "SENT"


def test_whatsapp_reports_and_the_mark_of_having_read(here: Clinic, tell: Tell) -> None:
    message = sent(tell, here, channel="WHATSAPP")
    for status in ("read", "delivered", "sent"):
        assert went(message, status).status_code == 200
    assert state(message, here) == "DELIVERED"
    with acting_as(here.system):
        assert Message.objects.get(pk=message.pk).read_at is not None


def test_the_mail_service_reports_arrivals_bounces_and_complaints(here: Clinic, tell: Tell, meera: Patient) -> None:
    arrived, bounced, unwanted = (sent(tell, here, channel="EMAIL") for _ in range(3))
    common = {"MessageID": "pm", "Recipient": "meera@example.com", "Email": "meera@example.com"}
    marks = [{"Metadata": {"kalon": f"{here.organization_id}.{m.pk}"}} for m in (arrived, bounced, unwanted)]
    at = "2026-11-21T08:00:00Z"
    assert mail_report(RecordType="Delivery", DeliveredAt=at, **common, **marks[0]).status_code == 200
    mail_report(
        RecordType="Bounce", Type="HardBounce", ID=7, BouncedAt=at, **{**common, **marks[1], "MessageID": "SM1"}
    )
    mail_report(RecordType="SpamComplaint", Type="SpamComplaint", ID=8, BouncedAt=at, **common, **marks[2])
    assert [state(m, here) for m in (arrived, bounced, unwanted)] == ["DELIVERED", "FAILED", "DELIVERED"]
    with acting_as(here.system):
        assert queries.preference(meera.pk, seen_by=here.system).stopped == ["EMAIL"]
    assert mail_report("mail:guess", RecordType="Delivery", **common).status_code == 403
    assert Client().head("/hooks/mail").status_code == 200


# -- forged, late, rubbish


def test_what_is_forged_is_refused_and_written_down_without_its_content(here: Clinic, tell: Tell) -> None:
    message = sent(tell, here)
    path = f"/hooks/twilio/status?of={message.organization_id}.{message.pk}"
    assert twilio(path, token="guess", MessageSid="SM1", MessageStatus="delivered").status_code == 403
    assert Client().post(path, {"MessageSid": "SM1", "MessageStatus": "delivered"}).status_code == 403
    assert wrote("3", secret="guess").status_code == 403
    assert Client().post("/hooks/whatsapp", "{}", "application/json").status_code == 403
    assert Client().post("/hooks/mail", "{}", "application/json").status_code == 403
    assert state(message, here) == "SENT"
    assert answers(here) == []
    with acting_as(here.system):
        denied = AuditEvent.objects.filter(kind="DENIED", reason="forged webhook")
        written = [(event.facts["provider"], event.origin_ip) for event in denied]
        told = " ".join(str(event.facts) for event in denied)
    assert {provider for provider, _ in written} <= {"twilio", "whatsapp", "mail"}
    assert written
    assert MEERAS not in told and "delivered" not in told


def test_a_signature_of_another_address_or_of_other_words_does_not_count(here: Clinic, tell: Tell) -> None:
    one, other = sent(tell, here), sent(tell, here)
    good = f"/hooks/twilio/status?of={one.organization_id}.{one.pk}"
    bad = f"/hooks/twilio/status?of={other.organization_id}.{other.pk}"
    said = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    signed = URL + good + "".join(f"{key}{said[key]}" for key in sorted(said))
    signature = base64.b64encode(hmac.digest(TOKEN.encode(), signed.encode(), "sha1")).decode()
    headers = {"X-Twilio-Signature": signature}
    assert Client().post(bad, said, headers=headers).status_code == 403
    assert Client().post(good, {**said, "MessageStatus": "failed"}, headers=headers).status_code == 403
    assert state(other, here) == "SENT"


def test_nothing_is_believed_where_no_secret_is_set(here: Clinic, settings: Any) -> None:
    settings.KALON_TWILIO = {**settings.KALON_TWILIO, "token": ""}
    settings.KALON_WHATSAPP = {**settings.KALON_WHATSAPP, "app_secret": "", "verify_token": ""}
    settings.ANYMAIL = {}
    assert twilio("/hooks/twilio/incoming", token="", MessageSid="1", From=MEERAS, To=OURS, Body="3").status_code == 403
    assert wrote("3", secret="").status_code == 403
    assert Client().get("/hooks/whatsapp?hub.mode=subscribe&hub.verify_token=&hub.challenge=1").status_code == 403
    assert Client().post("/hooks/mail", "{}", "application/json").status_code == 403
    settings.KALON_MAIL_SERVICE = "../../etc"
    assert Client().post("/hooks/mail", "{}", "application/json").status_code == 403


def test_meta_asks_once_whether_we_are_here() -> None:
    path = "/hooks/whatsapp?hub.mode=subscribe&hub.challenge=12345&hub.verify_token="
    assert Client().get(path + VERIFY).content == b"12345"
    assert Client().get(path + "guess").status_code == 403
    assert Client().get(path + "ñ").status_code == 403


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("not json", 400),
        ("[" * 100_000, 400),
        ("[]", 200),
        ("null", 200),
        ('{"entry": [null, {"changes": [{"value": 7}]}, {"changes": "x"}]}', 200),
        ('{"entry": {"changes": []}}', 200),
    ],
)
def test_signed_rubbish_does_no_harm(here: Clinic, body: str, status: int) -> None:
    assert meta_raw(body).status_code == status
    assert answers(here) == []


def test_odd_values_do_no_harm(here: Clinic) -> None:
    odd = [
        {"messages": [{"from": MEERAS, "id": "w1", "type": "text", "text": None}]},
        {"messages": [{"from": MEERAS, "id": "w2", "timestamp": "9" * 40, "type": "image"}]},
        {"messages": [{"from": {"a": 1}, "id": "w3"}, "x", None]},
        {"statuses": [{"id": "w", "status": "delivered", "biz_opaque_callback_data": "a.b"}, {"status": []}]},
        {"messages": [{"from": MEERAS, "id": "w4", "timestamp": "1", "type": "text", "text": {"body": "a\0b\ud800"}}]},
    ]
    for value in odd:
        assert meta(value).status_code == 200
    assert [answer.body for answer in answers(here)] == ["ab?", "(image)", ""]


def test_ten_megabytes_are_not_read() -> None:
    big = "x" * 10_000_000
    for path in ("/hooks/whatsapp", "/hooks/mail", "/hooks/twilio/incoming"):
        assert Client().post(path, big, "application/json").status_code == 413
    assert Client().get("/hooks/mail").status_code == 405


# -- what people write


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("1", "CONFIRM"), (" 1️⃣ ", "CONFIRM"), ("१", "CONFIRM"), ("Yes!", "CONFIRM"), ("yes please", "CONFIRM"),
        ("2.", "RESCHEDULE"), ("3", "CANCEL"), ("CANCEL", "CANCEL"), ("cancel my appointment please", "CANCEL"),
        ("stop", "STOP"), ("START", "START"), ("शुरू", "START"), ("हाँ", "CONFIRM"),
        ("3 of us will come", "OTHER"), ("no", "OTHER"), ("13", "OTHER"), ("1 2", "OTHER"), ("", "OTHER"),
        ("I will be late, cancel nothing", "OTHER"), ("don't cancel", "OTHER"), ("\u202e3", "CANCEL"), ("🙂", "OTHER"),
    ],
)  # fmt: skip
def test_what_is_meant(text: str, meaning: str) -> None:
    assert meaning_of(text) == meaning


def test_an_answer_belongs_to_the_latest_reminder_to_that_number(
    here: Clinic, tell: Tell, heard: list[ReplyReceived], meera: Patient
) -> None:
    reminder(tell, here, about_id=here.room.pk)
    latest = reminder(tell, here)
    assert incoming("3").status_code == 200
    [fact] = heard
    assert (fact.meaning, fact.about_id, fact.patient_id, fact.channel) == (
        "CANCEL", here.branch.pk, meera.pk, "SMS",
    )  # fmt: skip
    [answer] = answers(here)
    assert (answer.message_id, answer.patient_id, answer.body, answer.sender) == (latest.pk, meera.pk, "3", MEERAS)


def test_the_same_answer_sent_again_is_heard_once(here: Clinic, tell: Tell, heard: list[ReplyReceived]) -> None:
    reminder(tell, here)
    for _ in range(3):
        assert incoming("1").status_code == 200
    assert len(heard) == 1
    assert len(answers(here)) == 1


def test_a_button_answers_its_own_reminder(here: Clinic, tell: Tell, heard: list[ReplyReceived]) -> None:
    asked = reminder(tell, here, channel="WHATSAPP", about_id=here.room.pk)
    reminder(tell, here, channel="WHATSAPP")
    pressed(f"3.{asked.pk}")
    assert [(fact.meaning, fact.about_id) for fact in heard] == [("CANCEL", here.room.pk)]
    pressed("3.not-an-id", "wamid.2")
    pressed(f"3.{here.branch.pk}", "wamid.3")
    assert len(heard) == 1


def test_what_came_too_late_or_answers_nothing_is_for_a_person_to_read(
    here: Clinic, tell: Tell, heard: list[ReplyReceived], meera: Patient
) -> None:
    wrote("3", "w0")
    reminder(tell, here, channel="WHATSAPP")
    wrote("3", "w1", at=clock.now() - timedelta(hours=7))
    wrote("Could I come at 4 instead?", "w2")
    with clock.at(clock.now() + timedelta(days=2)):
        wrote("3", "w3")
    assert heard == []
    assert [(answer.meaning, answer.patient_id is not None) for answer in answers(here)] == [
        ("OTHER", True), ("OTHER", True), ("OTHER", True), ("OTHER", False),
    ]  # fmt: skip


def test_another_number_of_the_account_and_another_clinics_patients_are_left_alone(
    here: Clinic, elsewhere: Clinic, tell: Tell, heard: list[ReplyReceived]
) -> None:
    reminder(tell, here)
    assert incoming("3", to="+18005550199").status_code == 200
    assert wrote("3", phone_id="999").status_code == 200
    assert heard == [] and answers(here) == []
    theirs = patient(elsewhere.frontdesk, phone="+919822222222")
    facts = {"data": VISIT, "until": clock.now() + timedelta(days=1), "about_id": elsewhere.branch.pk}
    message = actions.send(
        "appointment-reminder", to_patient=theirs, channel="SMS", once="r", **facts, by=elsewhere.system
    )
    assert message is not None
    taken(message, elsewhere.system)
    incoming("3", "SMx", sender="+919822222222")
    assert [(fact.organization_id, fact.about_id) for fact in heard] == [
        (elsewhere.organization_id, elsewhere.branch.pk)
    ]
    assert answers(here) == []
    swapped = Message(organization_id=here.organization_id, pk=message.pk)
    assert report(swapped, "failed").status_code == 204
    assert state(message, elsewhere) == "SENT"


def test_stop_and_start_hold_for_everybody_at_that_number(here: Clinic, tell: Tell, meera: Patient) -> None:
    child = patient(here.frontdesk, given_name="Asha", email="", phone=MEERAS)
    outbox.run_due()
    for who in (meera.pk, child):
        sent(tell, here, to_patient=who)
    incoming("STOP")
    outbox.run_due()
    with acting_as(here.system):
        held = [queries.preference(pk, seen_by=here.system).stopped for pk in (meera.pk, child.pk)]
        told = Message.objects.filter(template_code="messages-stopped").count()
    assert (held, told) == ([["SMS"], ["SMS"]], 1)
    wish = {"channel": "SMS", "data": VISIT, "by": here.system}
    assert actions.send("appointment-confirmed", to_patient=meera.pk, once="n1", **wish) is None
    assert actions.send("summary-ready", to_patient=child, data={}, once="n2", by=here.system) is None
    code = {"data": {"code": "123456"}, "once": "c", "by": here.system}
    assert actions.send("sign-in-code", to_patient=meera.pk, channel="SMS", **code)
    incoming("START", "SMstart")
    assert actions.send("appointment-confirmed", to_patient=meera.pk, once="n3", **wish)
