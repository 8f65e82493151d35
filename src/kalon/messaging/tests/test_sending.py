"""Telling somebody: once, in their language, in the transaction of what is told; and what the database refuses."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from kalon.kernel import clock, events, outbox
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import broken_constraint
from kalon.kernel.errors import Invalid, NotFound, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.messaging import actions, queries, rules
from kalon.messaging.actions.senders import Fate
from kalon.messaging.lifecycles import MESSAGE, Status
from kalon.messaging.models import Channel, DeliveryEvent, Message, Template
from kalon.messaging.tests.conftest import VISIT, as_patient
from kalon.patients.events import RegistrationForExistingAccount, RegistrationStarted
from kalon.patients.models import Patient
from kalon.patients.tests.factories import patient
from kalon.people.events import SignInCodeRequested
from kalon.people.tests.factories import Clinic

pytestmark = pytest.mark.django_db
Tell = Callable[..., Message]


def reread(message: Message, here: Clinic) -> Message:
    with acting_as(here.system):
        found = Message.objects.select_related("patient").get(pk=message.pk)
        _ = (found.recipient, found.subject, found.body)
    return found


def everything(here: Clinic) -> list[Message]:
    with acting_as(here.system):
        return list(queries.messages(seen_by=here.system))


def sql(statement: str, params: Any = (), *, by: Actor) -> str:
    """What plain SQL in the actor's unit of work is refused by; "done" when it is not. Undone either way."""
    try:
        with acting_as(by), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(statement, params)
                touched = cursor.rowcount
            transaction.set_rollback(True)
    except DatabaseError as error:
        return broken_constraint(error.__cause__) or str(error.__cause__).split("\n")[0]
    return "done" if touched else "nothing touched"


def test_a_patient_is_told_by_mail_in_the_clinics_words_and_it_arrives(here: Clinic, tell: Tell) -> None:
    message = tell(code="appointment-cancelled", data={**VISIT, "reason": "The doctor is ill."})
    assert (message.channel, message.status) == ("EMAIL", Status.QUEUED)
    outbox.run_due()
    sent = reread(message, here)
    assert (sent.status, sent.provider_id, sent.attempts) == (Status.DELIVERED, f"inbox:{message.pk}", 1)
    assert sent.recipient == "meera@example.com"
    assert sent.subject == "Your visit on Tuesday 24 November 2026 is cancelled"
    assert sent.body == (
        "Hello Meera,\n\nyour visit on Tuesday 24 November 2026 at 15:00 is cancelled.\nReason: The doctor is ill.\n\n"
        "Book another time on our pages, or call us.\n\nSaanvi Aesthetics"
    )
    with acting_as(here.owner):
        log = [(event.kind, event.attempt, event.sender) for event in queries.log(sent, seen_by=here.owner)]
        moves = [(event.from_state, event.to_state) for event in MESSAGE.history(sent)]
    assert log == [("BEGAN", 1, "embedded"), ("ACCEPTED", 1, "embedded"), ("DELIVERED", 1, "embedded")]
    assert moves == [("", "QUEUED"), ("QUEUED", "SENT"), ("SENT", "DELIVERED")]


def test_the_same_is_told_once(here: Clinic, tell: Tell, meera: Patient, elsewhere: Clinic) -> None:
    tell(once="visit 7")
    again = actions.send("appointment-confirmed", to_patient=meera.pk, data=VISIT, once="visit 7", by=here.system)
    assert again is None
    other = patient(elsewhere.frontdesk)
    assert actions.send("appointment-confirmed", to_patient=other, data=VISIT, once="visit 7", by=elsewhere.system)
    outbox.run_due()
    assert len([m for m in everything(here) if m.template_code == "appointment-confirmed"]) == 1


def test_who_left_no_address_is_not_told_and_a_phone_gets_a_short_line(here: Clinic) -> None:
    nobody = patient(here.frontdesk, phone="")
    wish = {"to_patient": nobody, "channel": "SMS", "data": VISIT, "once": "a"}
    assert actions.send("appointment-confirmed", **wish, by=here.system) is None
    phone = patient(here.frontdesk, email="", phone="+919811111111")
    message = actions.send("appointment-confirmed", to_patient=phone, data=VISIT, once="b", by=here.system)
    assert message is not None
    assert (message.channel, message.recipient, message.subject) == ("SMS", "+919811111111", "")
    assert message.body == ("Saanvi Aesthetics: your visit on Tuesday 24 November 2026 at 15:00 is confirmed. Bandra.")


def test_a_rolled_back_visit_tells_nobody(here: Clinic, tell: Tell) -> None:
    before = len(everything(here))
    with pytest.raises(ZeroDivisionError):
        _tell_and_fall(here, tell)
    assert len(everything(here)) == before
    assert outbox.run_due() == before  # the welcome of the patient, and nothing else


def _tell_and_fall(here: Clinic, tell: Tell) -> None:
    with acting_as(here.system):
        tell()
        raise ZeroDivisionError


def test_a_patients_own_unit_of_work_tells_that_patient_and_nobody_else(here: Clinic, meera: Patient) -> None:
    other = patient(here.frontdesk)
    by = as_patient(meera)
    assert actions.send("appointment-requested", to_patient=meera.pk, data=VISIT, once="own", by=by)
    with pytest.raises(NotFound):
        actions.send("appointment-requested", to_patient=other.pk, data=VISIT, once="other", by=by)
    with pytest.raises(DatabaseError, match="row-level security"):
        actions.send("sign-in-code", recipient="x@example.com", data={"code": "1"}, once="spam", by=by)
    outbox.run_due()
    with acting_as(by):
        assert {message.patient_id for message in Message.objects.all()} == {meera.pk}
        assert [m.status for m in queries.messages(seen_by=by) if m.once == "own"] == [Status.DELIVERED]


def test_the_language_of_the_patient_then_english(here: Clinic) -> None:
    hindi = patient(here.frontdesk, language="hi")
    one = actions.send("appointment-confirmed", to_patient=hindi, data=VISIT, once="1", by=here.system)
    two = actions.send("summary-ready", to_patient=hindi, data=VISIT, once="2", by=here.system)
    assert one is not None
    assert two is not None
    assert (one.language, two.language) == ("hi", "en")
    assert "अपॉइंटमेंट" in (one.body or "")
    words = {"subject": "{{ day }}", "body": "आपका {{ day }} तैयार है"}
    actions.change_wording("summary-ready", "EMAIL", "hi", **words, by=here.owner)
    three = actions.send("summary-ready", to_patient=hindi, data=VISIT, once="3", by=here.system)
    assert three is not None
    assert (three.language, three.body) == ("hi", "आपका Tuesday 24 November 2026 तैयार है")
    actions.use_built_in("summary-ready", "EMAIL", "hi", by=here.owner)
    four = actions.send("summary-ready", to_patient=hindi, data=VISIT, once="4", by=here.system)
    assert four is not None
    assert four.language == "en"


def test_what_is_filled_in_is_never_read_as_wording_or_as_a_header(here: Clinic, tell: Tell) -> None:
    message = tell(data={**VISIT, "doctor": "{{ code }} Shah", "code": "123", "day": "Tuesday\r\nBcc: x@example.com"})
    assert "With {{ code }} Shah" in (message.body or "")
    assert message.subject == "Your visit on Tuesday Bcc: x@example.com at 15:00"


@pytest.mark.parametrize(
    ("subject", "body", "field"),
    [
        ("Hello", "Hello {{ nmae }}", "body"),
        ("Hello {{ price }}", "Hello", "subject"),
        ("Hello", "Hello {{ name", "body"),
        ("Hello", "Hello {% if name %}", "body"),
        ("", "Hello", "subject"),
        ("Hello", "   ", "body"),
        ("Hello", "x" * 4001, "body"),
        ("Hello", "a\0b", "body"),
    ],
)
def test_a_wording_that_would_go_wrong_is_refused(here: Clinic, subject: str, body: str, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.change_wording("appointment-confirmed", "EMAIL", "en", subject=subject, body=body, by=here.owner)
    assert refusal.value.field == field
    with acting_as(here.owner):
        assert not Template.objects.exists()


def test_a_code_may_not_be_left_out_and_installing_twice_adds_nothing(here: Clinic) -> None:
    with pytest.raises(Invalid, match="must hold"):
        actions.change_wording("sign-in-code", "SMS", "en", subject="", body="Hello", by=here.owner)
    assert actions.install_templates(by=here.owner) == 4 * len(rules.KNOWN)
    assert actions.install_templates(by=here.owner) == 0


def test_every_built_in_wording_uses_only_names_it_has() -> None:
    for known in rules.KNOWN.values():
        for language, channel in product(rules.LANGUAGES, Channel.values):
            words = rules.built_in(known.code, channel, language)
            assert rules.unknown_names(known.code, words.subject, words.body) == []
            assert not rules.stray_braces(words.subject, words.body)
            assert len(rules.fill(words.body, known.sample, one_line=True)) <= rules.LONGEST_SMS or channel != "SMS"
            assert not known.is_secret or "code" in rules.PLACEHOLDER.findall(words.body)


def test_every_whatsapp_text_can_be_registered() -> None:
    for known in rules.KNOWN.values():
        for language in rules.LANGUAGES:
            text = rules.built_in(known.code, "WHATSAPP", language).body
            assert not text.startswith("{{") and not text.endswith("}}"), known.code


def test_codes_are_carried_and_their_words_destroyed_when_they_expire(here: Clinic) -> None:
    now = clock.now()
    user_id, registration = uuid4(), uuid4()
    events.announce(SignInCodeRequested("meera@example.com", "482913", user_id, here.organization_id))
    events.announce(SignInCodeRequested("+919800000001", "771100", user_id, here.organization_id, channel="SMS"))
    events.announce(
        RegistrationStarted(
            registration,
            here.organization_id,
            "EMAIL",
            "new@example.com",
            "111222",
            now + timedelta(minutes=10),
            "Asha",
            "hi",
        )
    )
    events.announce(
        RegistrationForExistingAccount(registration, here.organization_id, "EMAIL", "old@example.com", "en")
    )
    outbox.run_due()
    bodies = {message.recipient: message.body or "" for message in everything(here)}
    assert "482913" in bodies["meera@example.com"]
    assert "771100" in bodies["+919800000001"]
    assert "111222" in bodies["new@example.com"]
    assert "already have an account" in bodies["old@example.com"]
    assert actions.purge_codes(by=here.system) == 0
    with clock.at(now + timedelta(minutes=11)):
        assert actions.purge_codes(by=here.system) == 3
        assert actions.purge_codes(by=here.system) == 0
    left = {message.recipient: message.body for message in everything(here)}
    assert [address for address, body in left.items() if body] == ["old@example.com"]


def test_nothing_that_was_said_or_to_whom_stands_in_clear(here: Clinic, tell: Tell) -> None:
    tell()
    events.announce(SignInCodeRequested("meera@example.com", "482913", uuid4(), here.organization_id))
    with acting_as(here.system), connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(messaging_message)::text FROM messaging_message")
        stored = " ".join(row[0] for row in cursor.fetchall())
        cursor.execute("SELECT args::text FROM procrastinate_jobs")
        stored += " ".join(row[0] for row in cursor.fetchall())
    for said in ("Meera", "meera", "482913", "Rohan"):
        assert said not in stored
        assert said.encode().hex() not in stored


@pytest.mark.parametrize(
    ("source", "target"), [pair for pair in product(Status.values, Status.values) if pair[0] != pair[1]]
)
def test_every_pair_of_states_by_sql(here: Clinic, tell: Tell, source: str, target: str) -> None:
    message = tell()
    with acting_as(here.system):
        for name in {
            "SENT": ["accept"],
            "DELIVERED": ["accept", "deliver"],
            "FAILED": ["fail"],
            "UNKNOWN": ["lose_sight"],
        }.get(source, []):
            MESSAGE.move(message, name, by=here.system)
    drawn = any(source in move.source and target == move.target and not move.reason_needed for move in MESSAGE.moves)
    refused = sql("UPDATE messaging_message SET status = %s WHERE id = %s", [target, message.pk], by=here.system)
    assert refused == ("done" if drawn else "messaging_message_status_moves")


def test_what_was_said_is_never_changed_by_sql(here: Clinic, tell: Tell, meera: Patient) -> None:
    message, other = tell(), patient(here.frontdesk)
    by = here.system
    for change, value in (
        ("recipient", b"x"), ("body", b"x"), ("body", None), ("subject", b"x"), ("once", "x"), ("channel", "SMS"),
        ("template_code", "x"), ("patient_id", other.pk), ("created_at", clock.now()), ("secret_until", clock.now()),
    ):  # fmt: skip
        refused = sql(f"UPDATE messaging_message SET {change} = %s WHERE id = %s", [value, message.pk], by=by)
        assert refused in ("messaging_message_kept", "messaging_message_status_moves"), change
    for statement in (
        "DELETE FROM messaging_message",
        "TRUNCATE messaging_message CASCADE",
        "DELETE FROM messaging_deliveryevent",
    ):
        assert "permission denied" in sql(statement, by=by)
    outbox.run_due()
    assert "permission denied" in sql("UPDATE messaging_deliveryevent SET kind = 'LOST'", by=by)
    again = (
        "INSERT INTO messaging_deliveryevent "
        "(id, created_at, organization_id, message_id, attempt, kind, sender, detail, at) "
        "SELECT gen_random_uuid(), created_at, organization_id, message_id, attempt, kind, sender, detail, at "
        "FROM messaging_deliveryevent WHERE kind = 'BEGAN'"
    )
    assert sql(again, by=by) == "messaging_deliveryevent_began_once"


def test_a_clinic_and_a_patient_see_their_own_messages_only(
    here: Clinic, elsewhere: Clinic, meera: Patient, tell: Tell
) -> None:
    tell()
    stranger = patient(elsewhere.frontdesk)
    actions.send("appointment-confirmed", to_patient=stranger, data=VISIT, once="x", by=elsewhere.system)
    actions.install_templates(by=elsewhere.owner)
    outbox.run_due()
    for table in ("messaging_message", "messaging_deliveryevent", "messaging_template"):
        with acting_as(here.owner), connection.cursor() as cursor:
            cursor.execute(f"SELECT DISTINCT organization_id FROM {table}")
            assert cursor.fetchall() in ([(here.organization_id,)], [])
    by = as_patient(meera)
    assert (
        sql("SELECT FROM messaging_message WHERE patient_id IS DISTINCT FROM %s", [meera.pk], by=by)
        == "nothing touched"
    )
    assert sql("SELECT FROM messaging_message", by=here.public) == "nothing touched"
    for actor in (by, here.public):
        assert "permission denied" in sql("UPDATE messaging_message SET status = 'SENT'", by=actor)
        assert "permission denied" in sql("SELECT FROM messaging_deliveryevent", by=actor)
        assert "permission denied" in sql("UPDATE messaging_template SET body = 'x'", by=actor)
    foreign = "UPDATE messaging_message SET organization_id = %s"
    assert sql(foreign, [elsewhere.organization_id], by=here.system) != "done"


def test_whoever_has_no_right_changes_nothing(here: Clinic, elsewhere: Clinic, tell: Tell, meera: Patient) -> None:
    message = tell()
    with acting_as(here.system):
        MESSAGE.move(message, "fail", by=here.system)
    words = {"subject": "x", "body": "x"}
    tries: list[Callable[[Actor], object]] = [
        lambda by: actions.begin_attempt(message.pk, by=by),
        lambda by: actions.record_outcome(message.pk, "ACCEPTED", by=by),
        lambda by: actions.mark_unknown_fate(message.pk, Fate.TAKEN, by=by),
        lambda by: actions.send_again(message.pk, "again", by=by),
        lambda by: actions.purge_codes(by=by),
        lambda by: actions.change_wording("sign-in-code", "SMS", "en", **words, by=by),
        lambda by: actions.use_built_in("sign-in-code", "SMS", "en", by=by),
        lambda by: actions.install_templates(by=by),
    ]
    for by in (here.inventory, here.public, as_patient(meera)):
        for attempt in tries:
            with pytest.raises(NotPermitted):
                attempt(by)
    for attempt in tries[:4]:
        with pytest.raises(NotFound):
            attempt(elsewhere.owner)
    with pytest.raises(NotPermitted), acting_as(here.inventory):
        queries.messages(seen_by=here.inventory)
    with acting_as(here.system):
        assert not Template.objects.exists()
        assert not DeliveryEvent.objects.exists()
    assert reread(message, here).status == Status.FAILED
