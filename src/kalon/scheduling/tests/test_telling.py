"""Reminders once each in the right zone, answers by message, files for calendars, links out of messages."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from icalendar import Calendar

from kalon.kernel import clock, outbox
from kalon.kernel.errors import NotFound, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.messaging import actions as messaging
from kalon.messaging.models import Message
from kalon.scheduling import actions, queries, tasks
from kalon.scheduling.actions.reminding import remind
from kalon.scheduling.models import Appointment
from kalon.scheduling.queries.links import link, where_to
from kalon.scheduling.queries.reminders import to_remind
from kalon.scheduling.rules.calendars import CANCEL, REQUEST, Entry, Party, day_before, feed, invitation
from kalon.scheduling.tests.clinic import EIGHT, TUESDAY, Clinic

pytestmark = pytest.mark.django_db
PHONE, THURSDAY = "+919800000001", TUESDAY + timedelta(days=2)
SECRET = "app-secret-of-a-test"


@pytest.fixture(autouse=True)
def _reached(clinic: Clinic, settings: Any) -> None:
    """Ananya has a telephone and an e-mail, and likes WhatsApp."""
    settings.KALON_URL = "https://saanvi.example"
    settings.DEFAULT_FROM_EMAIL = "Skinspire <desk@skinspire.example>"
    settings.KALON_WHATSAPP = {
        "phone_id": "1000", "token": "t", "app_secret": SECRET, "verify_token": "v", "url": "",
    }  # fmt: skip
    with acting_as(clinic.system):
        clinic.patient.phone, clinic.patient.email = PHONE, "ananya@example.com"
        clinic.patient.save()
    messaging.change_preference(clinic.patient.pk, channels=["WHATSAPP"], by=clinic.desk)


def told(clinic: Clinic, code: str = "") -> list[Message]:
    with acting_as(clinic.system):
        rows = list(Message.objects.select_related("patient").order_by("id"))
    return [row for row in rows if row.template_code == code or not code]


def later(day: date, at: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(at), tzinfo=ZoneInfo("Asia/Kolkata"))


def clock_work(clinic: Clinic) -> None:
    """What the clock and the workers do in a minute."""
    tasks.send_reminders(organization_id=clinic.organization_id)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")
    outbox.run_due()


def released(clinic: Clinic) -> None:
    messaging.release_due(by=clinic.system)
    outbox.run_due()


# -- the day before


@pytest.mark.parametrize(
    ("zone", "start", "expected"),
    [
        ("Asia/Kolkata", datetime(2026, 11, 26, 4, 30, tzinfo=UTC), datetime(2026, 11, 25, 4, 30, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 3, 29, 13, 0, tzinfo=UTC), datetime(2026, 3, 28, 14, 0, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 10, 25, 14, 0, tzinfo=UTC), datetime(2026, 10, 24, 13, 0, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 3, 9, 6, 30, tzinfo=UTC), datetime(2026, 3, 8, 7, 30, tzinfo=UTC)),
    ],
)
def test_the_same_time_of_the_day_before_on_the_branchs_clock(zone: str, start: datetime, expected: datetime) -> None:
    assert day_before(start, ZoneInfo(zone)) == expected


def test_a_visit_is_reminded_of_once_the_day_before_in_the_words_of_its_state(clinic: Clinic) -> None:
    visit = clinic.booked("10:00", day=THURSDAY)
    outbox.run_due()
    with clock.at(later(THURSDAY - timedelta(days=1), "09:59")):
        clock_work(clinic)
        assert told(clinic, "appointment-reminder") == []
    with clock.at(later(THURSDAY - timedelta(days=1), "10:00")):
        for _ in range(3):
            clock_work(clinic)
    [reminder] = told(clinic, "appointment-reminder")
    assert (reminder.channel, reminder.status, reminder.about_id) == ("WHATSAPP", "DELIVERED", visit.pk)
    assert reminder.body == (
        "🏥 *Skinspire SK*\n\nHi Ananya,\n\nYour appointment is tomorrow:\n📅 Date: Thursday 26 November 2026\n"
        "⏰ Time: 10:00\n👨‍⚕️ Doctor: Dr Kavya Menon\n\nReply:\n1️⃣ Confirm\n2️⃣ Reschedule\n3️⃣ Cancel"
    )


def test_who_books_within_a_day_is_not_reminded_of_what_they_just_did(clinic: Clinic) -> None:
    clinic.booked("16:00")
    with clock.at(later(TUESDAY, "09:00")):
        clock_work(clinic)
    assert told(clinic, "appointment-reminder") == []


def test_an_unpaid_visit_is_reminded_of_in_other_words(clinic: Clinic) -> None:
    messaging.change_preference(clinic.patient.pk, channels=["SMS"], language="hi", by=clinic.desk)
    wish = clinic.wish("11:00", day=THURSDAY, service_id=clinic.prepaid.pk, source="SELF_SERVICE")
    unpaid = actions.book(wish, by=clinic.patient_actor())
    assert unpaid.status == "PENDING_PAYMENT"
    with acting_as(clinic.system), connection.cursor() as cursor:
        until = later(THURSDAY, "10:00")
        cursor.execute("UPDATE scheduling_appointment SET payment_due_at = %s WHERE id = %s", [until, unpaid.pk])
    with clock.at(later(THURSDAY - timedelta(days=1), "11:00")):
        clock_work(clinic)
    assert told(clinic, "appointment-reminder") == []
    [reminder] = told(clinic, "appointment-reminder-unpaid")
    assert reminder.language == "hi"
    assert "INR 1,000.00" in (reminder.body or "")
    assert "गुरूवार 26" in (reminder.body or "")  # the day in their language
    assert "10:00" in (reminder.body or "")


def test_a_reminder_keeps_the_quiet_hours_and_is_never_after_the_visit(clinic: Clinic) -> None:
    messaging.change_quiet_hours(clinic.branch.pk, starts_at=time(9), ends_at=time(20), by=clinic.owner)
    clinic.booked("10:00", day=THURSDAY)
    outbox.run_due()
    with clock.at(later(THURSDAY - timedelta(days=1), "10:00")):
        clock_work(clinic)
        [waiting] = told(clinic, "appointment-reminder")
        assert (waiting.status, waiting.due_at) == ("QUEUED", later(THURSDAY - timedelta(days=1), "20:00"))
    with clock.at(later(THURSDAY - timedelta(days=1), "20:00")):
        released(clinic)
        assert told(clinic, "appointment-reminder")[0].status == "DELIVERED"
    messaging.change_quiet_hours(clinic.branch.pk, starts_at=time(9), ends_at=time(8, 59), by=clinic.owner)
    clinic.booked("09:30", day=THURSDAY + timedelta(days=1), patient_id=clinic.patient.pk)
    with clock.at(later(THURSDAY, "09:45")):
        clock_work(clinic)
        second = told(clinic, "appointment-reminder")[1]
        assert second.due_at == later(THURSDAY + timedelta(days=1), "08:59")
    messaging.change_quiet_hours(clinic.branch.pk, starts_at=time(9, 40), ends_at=time(9, 39), by=clinic.owner)
    clinic.booked("09:00", day=THURSDAY + timedelta(days=4), patient_id=clinic.patient.pk)
    with clock.at(later(THURSDAY + timedelta(days=3), "09:41")):
        clock_work(clinic)
    assert len(told(clinic, "appointment-reminder")) == 2  # it could only have come after the visit


def test_a_moved_visit_gets_a_new_reminder_and_the_old_one_is_not_sent(clinic: Clinic) -> None:
    messaging.change_quiet_hours(clinic.branch.pk, starts_at=time(9), ends_at=time(20), by=clinic.owner)
    visit = clinic.booked("10:00", day=THURSDAY)
    day = THURSDAY - timedelta(days=1)
    with clock.at(later(day, "10:00")):
        clock_work(clinic)
        actions.reschedule(visit.pk, clinic.at("15:00", THURSDAY), "A clash", by=clinic.desk)
    with clock.at(later(day, "20:00")):
        clock_work(clinic)
        released(clinic)
    old, new = told(clinic, "appointment-reminder")
    assert (old.status, old.withdrawn_at is not None) == ("FAILED", True)
    assert new.status == "DELIVERED"
    assert "15:00" in (new.body or "")


def test_a_cancelled_visit_is_not_reminded_of(clinic: Clinic) -> None:
    messaging.change_quiet_hours(clinic.branch.pk, starts_at=time(9), ends_at=time(20), by=clinic.owner)
    visit = clinic.booked("10:00", day=THURSDAY)
    with clock.at(later(THURSDAY - timedelta(days=1), "10:00")):
        clock_work(clinic)
        actions.cancel(visit.pk, "The doctor is ill", by=clinic.desk)
    with clock.at(later(THURSDAY - timedelta(days=1), "20:00")):
        released(clinic)
    [reminder] = told(clinic, "appointment-reminder")
    assert (reminder.status, reminder.provider_id) == ("FAILED", "")
    with pytest.raises(Exception, match="no longer true"):
        messaging.send_again(reminder.pk, "Once more", by=clinic.owner)


def test_a_job_that_is_killed_half_way_is_done_again_without_telling_anybody_twice(clinic: Clinic) -> None:
    visits = [clinic.booked(f"{hour}:00", day=THURSDAY) for hour in ("09", "10", "11")]
    with clock.at(later(THURSDAY - timedelta(days=1), "12:00")):
        remind([visits[0].pk], by=clinic.system)  # and then the worker is gone
        with acting_as(clinic.system):
            assert to_remind(seen_by=clinic.system) == [visits[1].pk, visits[2].pk]
        clock_work(clinic)
        remind([visit.pk for visit in visits], by=clinic.system)
    assert len(told(clinic, "appointment-reminder")) == 3
    with pytest.raises(NotPermitted):
        remind([visits[0].pk], by=clinic.nobody)


def test_who_declined_reminders_gets_none_and_still_hears_of_changes(clinic: Clinic) -> None:
    messaging.change_preference(
        clinic.patient.pk, channels=["WHATSAPP"], declined=["REMINDER"], by=clinic.patient_actor()
    )
    visit = clinic.booked("10:00", day=THURSDAY)
    with clock.at(later(THURSDAY - timedelta(days=1), "10:00")):
        clock_work(clinic)
        actions.cancel(visit.pk, "The doctor is ill", by=clinic.desk)
    codes = [message.template_code for message in told(clinic)]
    assert "appointment-reminder" not in codes
    assert "appointment-cancelled" in codes


# -- what they answer


@pytest.fixture
def reminded(clinic: Clinic) -> Iterator[Appointment]:
    visit = clinic.booked("10:00", day=THURSDAY)
    with clock.at(later(THURSDAY - timedelta(days=1), "10:00")):
        clock_work(clinic)
        yield visit


def whatsapp(text: str, wamid: str, at: datetime | None = None) -> int:
    said = {"from": PHONE[1:], "id": wamid, "timestamp": str(int((at or clock.now()).timestamp()))}
    value = {"metadata": {"phone_number_id": "1000"}, "messages": [{**said, "type": "text", "text": {"body": text}}]}
    body = json.dumps({"entry": [{"changes": [{"value": value}]}]})
    signature = hmac.new(SECRET.encode(), body.encode(), hashlib.sha256).hexdigest()
    headers = {"X-Hub-Signature-256": f"sha256={signature}"}
    answer = Client().post("/hooks/whatsapp", body, "application/json", headers=headers)
    outbox.run_due()
    return answer.status_code


def now(clinic: Clinic, visit: Appointment) -> Appointment:
    with acting_as(clinic.system):
        return queries.appointment(visit.pk, seen_by=clinic.system)


def test_1_confirms_and_says_thank_you(clinic: Clinic, reminded: Appointment) -> None:
    assert whatsapp("1", "w1") == 200
    assert now(clinic, reminded).patient_confirmed_at == clock.now()
    assert told(clinic)[-1].body == (
        "From Skinspire SK: thank you, Ananya. We expect you on Thursday 26 November 2026 at 10:00."
    )


def test_2_answers_with_a_signed_link_and_leaves_the_visit(clinic: Clinic, reminded: Appointment) -> None:
    assert whatsapp("2", "w1") == 200
    said = told(clinic)[-1].body or ""
    token = said.split("https://saanvi.example/v/")[1].split()[0]
    assert Client().get(f"/v/{token}")["Location"] == f"/my/visits/{reminded.pk}/move"
    assert now(clinic, reminded).status == "CONFIRMED"


def test_3_cancels_and_says_so_in_words_and_to_the_calendar(clinic: Clinic, reminded: Appointment) -> None:
    assert whatsapp("3", "w1") == 200
    visit = now(clinic, reminded)
    assert (visit.status, visit.cancelled_reason) == ("CANCELLED", "Cancelled by reply")
    by_mail, by_reply = told(clinic)[-2:]
    assert (by_mail.channel, by_mail.template_code) == ("EMAIL", "appointment-cancelled")
    assert "METHOD:CANCEL" in (by_mail.attachment or "")
    assert (by_reply.channel, by_reply.template_code) == ("WHATSAPP", "reply-cancelled")
    assert whatsapp("3", "w1") == 200  # the same, delivered again
    assert whatsapp("1", "w2") == 200
    assert told(clinic)[-1].template_code == "reply-too-late"
    assert len(told(clinic, "reply-cancelled")) == 1


def test_an_answer_of_another_number_or_a_forged_one_changes_nothing(clinic: Clinic, reminded: Appointment) -> None:
    body = json.dumps({"entry": []})
    assert Client().post("/hooks/whatsapp", body, "application/json").status_code == 403
    with acting_as(clinic.system):
        clinic.other_patient.phone = "+919877777777"
        clinic.other_patient.save()
    assert whatsapp("3 please, or maybe not", "w7") == 200
    assert now(clinic, reminded).status == "CONFIRMED"


# -- other words


def test_the_patient_hears_of_arrival_absence_and_what_is_to_be_paid(clinic: Clinic) -> None:
    first, second = clinic.booked("10:00"), clinic.booked("10:30", patient_id=clinic.other_patient.pk)
    with acting_as(clinic.system):
        clinic.other_patient.email = "arjun@example.com"
        clinic.other_patient.save()
    actions.check_in(first.pk, by=clinic.desk)
    actions.check_in(second.pk, by=clinic.desk)
    notices = told(clinic, "check-in-notice")
    assert [line for line in (notices[1].body or "").split("\n") if "before you" in line] == ["Patients before you: 1"]
    third = clinic.booked("11:00")
    with clock.at(EIGHT + timedelta(hours=4)):
        actions.no_show(third.pk, by=clinic.desk)
        outbox.run_due()
        [missed] = told(clinic, "no-show-follow-up")
        assert (missed.status, missed.due_at) == ("QUEUED", clock.now() + timedelta(hours=3))
        actions.undo_no_show(third.pk, "They are here.", by=clinic.desk)
    with clock.at(EIGHT + timedelta(hours=8)):
        released(clinic)
    assert told(clinic, "no-show-follow-up")[0].status == "FAILED"


# -- files for calendars


def test_a_visit_keeps_its_place_in_the_patients_calendar(clinic: Clinic) -> None:
    messaging.change_preference(clinic.patient.pk, channels=["EMAIL"], by=clinic.desk)
    visit = clinic.booked("10:00", day=THURSDAY)
    moved = actions.reschedule(visit.pk, clinic.at("11:00", THURSDAY), "A clash", by=clinic.desk)
    successor = actions.reschedule(moved.pk, clinic.at("11:00", THURSDAY + timedelta(days=1)), "Again", by=clinic.desk)
    actions.cancel(successor.pk, "Enough", by=clinic.desk)
    files = [Calendar.from_ical(message.attachment) for message in told(clinic) if message.attachment]
    read = [(str(file["METHOD"]), event(file)) for file in files]
    assert [method for method, _ in read] == ["REQUEST", "REQUEST", "REQUEST", "CANCEL"]
    assert {str(one["UID"]) for _, one in read} == {f"{visit.pk}@skinspire.example"}
    sequences = [int(one["SEQUENCE"]) for _, one in read]
    assert sequences == sorted(set(sequences))
    first = read[0][1]
    assert str(first["SUMMARY"]) == "Visit at Skinspire SK"
    assert first.decoded("DTSTART") == later(THURSDAY, "10:00")
    assert first["DTSTART"].params["TZID"] == "Asia/Kolkata"
    assert str(first["ATTENDEE"]) == "mailto:ananya@example.com"
    assert str(read[-1][1]["STATUS"]) == "CANCELLED"


def event(file: Any) -> Any:
    return next(part for part in file.walk() if part.name == "VEVENT")


def entry(start: datetime, zone: str = "Europe/Berlin", **more: Any) -> Entry:
    facts = {"uid": "a@b", "sequence": 1, "summary": "Visit", "stamp": EIGHT, "zone": ZoneInfo(zone), **more}
    return Entry(start=start, end=start + timedelta(minutes=30), **facts)


def test_the_zone_in_a_file_changes_its_clocks_when_the_country_does() -> None:
    """RFC 5545 3.6.5: each onset is told in the local time before it."""
    said = invitation(
        entry(datetime(2026, 6, 1, 8, tzinfo=UTC)), REQUEST, organizer=Party("C", "c@x"), attendee=Party("P", "p@x")
    )
    assert "DTSTART;TZID=Europe/Berlin:20260601T100000" in said
    spring = said.split("DTSTART:20260329T020000")[1].split("END:")[0]
    assert "TZOFFSETFROM:+0100" in spring and "TZOFFSETTO:+0200" in spring
    autumn = said.split("DTSTART:20261025T030000")[1].split("END:")[0]
    assert "TZOFFSETFROM:+0200" in autumn and "TZOFFSETTO:+0100" in autumn


def test_names_cannot_break_out_of_a_file() -> None:
    nasty = 'Eve"\r\nATTENDEE:mailto:x@y\r\nX: '
    said = invitation(
        entry(EIGHT, summary=nasty, location="a,b;c\nd", description="\u202eשלום עולם" * 20),
        CANCEL,
        organizer=Party(nasty, "c@x"),
        attendee=Party(nasty, "p@x"),
    )
    calendar = Calendar.from_ical(said)
    [one] = [part for part in calendar.walk() if part.name == "VEVENT"]
    assert str(one["ATTENDEE"]) == "mailto:p@x"
    assert str(one["LOCATION"]) == "a,b;c\nd"
    assert "x@y" not in [str(value) for value in one.values() if str(value).startswith("mailto")]
    assert all(len(line.encode()) <= 75 for line in said.split("\r\n"))
    assert feed([], name="Nobody").startswith("BEGIN:VCALENDAR")


# -- links


def test_a_link_leads_home_only_when_we_signed_it(clinic: Clinic) -> None:
    visit = clinic.booked("10:00")
    token = link("v", visit.pk).rsplit("/", 1)[1]
    assert where_to(token) == f"/my/visits/{visit.pk}"
    raw = bytearray(base64.urlsafe_b64decode(token + "=="))
    for at in (0, 5, 20):
        bad = bytearray(raw)
        bad[at] ^= 1
        with pytest.raises(NotFound):
            where_to(base64.urlsafe_b64encode(bytes(bad)).decode().rstrip("="))
    for rubbish in ("", "x", "a" * 500, "é", token[:-3]):
        with pytest.raises(NotFound):
            where_to(rubbish)
    assert Client().get("/v/nonsense").status_code == 404
