"""The journey of a desk's week (issue 3): a series around a holiday, a drag, an approval, a reminder and its answers,
a code at the door, a follow-up, and a time that three wait for.

Messages leave through WhatsApp to a server that speaks Meta's protocol, and what patients answer comes back through
the signed webhook; everything else is told through the verbs, as the other journeys are.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils.html import escape

from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.audit import AuditEvent
from kalon.kernel.errors import Clash, IllegalMove, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.messaging import actions as messaging
from kalon.messaging.models import Answer, Message
from kalon.messaging.tests import providers, signed
from kalon.messaging.tests.providers import Provider
from kalon.scheduling import actions as scheduling
from kalon.scheduling import queries, tasks
from kalon.scheduling.actions import BookingRequest, SeriesRequest, SeriesVisit, WaitingRequest
from kalon.scheduling.models import Appointment
from tests.journeys.story import KOCHI, Story

WEDNESDAY, HOLIDAY = date(2026, 11, 25), date(2026, 12, 2)
MEERA = "+919800000001"  # the number that the signed webhooks of the tests speak from


@pytest.fixture
def whatsapp(settings: Any) -> Iterator[Provider]:
    """WhatsApp leaves for a server of the test that speaks Meta's protocol, and answers come back signed."""
    with providers.running(providers.meta) as provider:
        settings.KALON_SENDERS, settings.KALON_URL = {"WHATSAPP": "meta"}, "https://skinspire.example"
        settings.KALON_WHATSAPP = {
            "phone_id": providers.PHONE_ID,
            "token": providers.META_TOKEN,
            "app_secret": providers.APP_SECRET,
            "verify_token": providers.VERIFY,
            "url": provider.url,
        }
        yield provider


def test_a_week_of_the_desk(story: Story, whatsapp: Provider) -> None:
    meera = _reached_by_whatsapp(story, story.registered("Meera", "Nair", MEERA))
    story.carry_out()

    # A series of three, a week apart. The second falls on a holiday and moves to the next day that has a time.
    scheduling.add_holiday(story.place.branch.pk, HOLIDAY, "Founder's day", by=story.place.by["owner"])
    planned = _planned(story, at(WEDNESDAY, "10:00"))
    days = [one.offer.start.date() for one in planned if one.offer]
    assert days == [WEDNESDAY, HOLIDAY + timedelta(days=1), WEDNESDAY + timedelta(days=14)]
    assert "Moved to Thu 3 Dec" in planned[1].note
    series = SeriesRequest(
        like=_follow_up(story, meera, at(WEDNESDAY, "10:00")),
        visits=[SeriesVisit(start=one.offer.start) for one in planned if one.offer],
        interval_days=7,
    )
    with story.refused(NotPermitted, "may not book visits here"):
        scheduling.book_series(series, by=story.place.by["inventory"])
    first, second, third = scheduling.book_series(series, by=story.desk)[1]
    assert [story.state(visit) for visit in (first, second, third)] == ["CONFIRMED"] * 3

    # One word about all three, in the template that Meta knows.
    story.carry_out()
    assert _templates(whatsapp, since=0) == ["series_confirmed"]
    assert _said(whatsapp.taken[-1])[1:3] == ["3", "Wednesday 25 November 2026"]
    assert story.told()["appointment-confirmed"] == 0

    # The first is dragged to eleven: held while it can be taken back, so that nobody slips in, and then moved.
    rahul = story.registered()
    held = scheduling.hold_move(first.pk, at(WEDNESDAY, "11:00"), by=story.desk)
    with story.refused(Clash, "Dr Kavya Menon is held from 11:00"):
        scheduling.book(_follow_up(story, rahul, at(WEDNESDAY, "11:00")), by=story.place.by["doctor"])
    first = scheduling.reschedule(first.pk, at(WEDNESDAY, "11:00"), "Dragged", hold_id=held.id, by=story.desk)
    assert (f"{first.local_start:%H:%M}", story.state(first)) == ("11:00", "CONFIRMED")
    with story.refused(Clash, "Dr Kavya Menon is taken from 11:00"):
        scheduling.reschedule(second.pk, at(WEDNESDAY, "11:00"), "Dragged", by=story.desk)

    # Rahul asks online for a peel; the desk says yes, and he could not have said so himself.
    asked = scheduling.book(_peel(story, rahul), by=rahul)
    assert story.state(asked) == "REQUESTED"
    with story.refused(NotPermitted, "may not"):
        scheduling.approve(asked.pk, by=rahul)
    scheduling.approve(asked.pk, by=story.desk)
    assert story.state(asked) == "CONFIRMED"

    # The reminder leaves a day before, once, however often the clock looks.
    with clock.at(at(WEDNESDAY - timedelta(days=1), "10:59")):
        assert _reminders(story, whatsapp) == []
    with clock.at(at(WEDNESDAY - timedelta(days=1), "11:00")):
        reminded = [_reminders(story, whatsapp) for _ in range(3)]
        assert [len(found) for found in reminded] == [1, 1, 1]
        assert _said(reminded[0][0])[2:] == ["Wednesday 25 November 2026", "11:00", "Dr Kavya Menon"]

        # "1": she will come. The same word twice is one word; a forged one is none.
        assert _forged(first).status_code == 403
        assert story.now(first).patient_confirmed_at is None
        assert [signed.wrote("1", "wamid.one").status_code for _ in range(2)] == [200, 200]
        story.carry_out()
        assert story.now(first).patient_confirmed_at is not None
        assert _plain(whatsapp.taken[-1]).endswith("We expect you on Wednesday 25 November 2026 at 11:00.")
        assert story.told()["reply-confirmed"] == 1

    # Wednesday: she scans the door. The code is the proof; it checks in once, and only at that door.
    with clock.at(at(WEDNESDAY, "10:50")):
        code = _door(story)
        with story.refused(NotPermitted, "not one of this clinic's"):
            scheduling.arrive(first.pk, code[:-2] + ("AA" if code[-2:] != "AA" else "BB"), by=meera)
        scheduling.arrive(first.pk, code, by=meera)
        assert story.state(first) == "CHECKED_IN"
        with story.refused(NotPermitted, "You are checked in already"):
            scheduling.arrive(first.pk, _door(story), by=meera)
        call = scheduling.call_in(first.pk, by=story.nurse)
        assert call.appointment_id == first.pk
        story.carry_out()

        # Before she goes home the desk books the visit that follows this one.
        follow_up = scheduling.book(
            replace(_follow_up(story, meera, at(date(2026, 12, 16), "12:00")), kind=None, follows_id=first.pk),
            by=story.desk,
        )
        assert (follow_up.kind, follow_up.follows_id) == ("FOLLOW_UP", first.pk)

    # "2": she is told where to choose; the visit stays until she has chosen, and then the reminder is of the new time.
    with clock.at(at(HOLIDAY, "10:00")):
        assert len(_reminders(story, whatsapp)) == 2
        assert signed.wrote("2", "wamid.two").status_code == 200
        story.carry_out()
        assert re.search(r"https://skinspire\.example/v/\S+", _plain(whatsapp.taken[-1]))
        assert story.state(second) == "CONFIRMED"
        moved = scheduling.reschedule(second.pk, at(date(2026, 12, 4), "12:00"), "By the link", by=meera)
        assert (story.state(second), moved.predecessor_id) == ("RESCHEDULED", second.pk)
        assert signed.wrote("2", "wamid.two").status_code == 200  # replayed: heard before
        story.carry_out()
        assert story.told()["reply-reschedule"] == 1

    # Four wait for exactly the time of her third visit.
    waiting = [_waits(story, name, third) for name in ("Anu", "Biju", "Celin", "Deepa")]
    story.carry_out()
    assert story.told()["waiting-list-offer"] == 0

    # "3": the visit is cancelled. Its time is offered to three of the four, the longest waiting; the first to accept
    # gets it.
    with clock.at(at(third.local_start.date() - timedelta(days=1), "10:00")):
        assert len(_reminders(story, whatsapp)) == 3
        assert signed.wrote("3", "wamid.three").status_code == 200
        story.carry_out()
        assert (story.state(third), story.now(third).cancelled_reason) == ("CANCELLED", "Cancelled by reply")
        assert "is cancelled, as you wished" in _plain(whatsapp.taken[-1])
        links = dict(_offers(story))
        assert set(links) == {patient for patient, _ in waiting[:3]}
        (anu, _), (biju, biju_waits), (celin, _), _ = waiting
        answers = [_answered(links[biju]), _answered(links[anu]), _answered(links[celin])]
        assert [answer.status_code for answer in answers] == [200, 409, 409]
        assert "It is yours" in answers[0].content.decode()
        assert escape("Somebody was quicker") in answers[1].content.decode()
        with acting_as(story.place.system):
            (booked,) = Appointment.objects.filter(source="WAITING_LIST")
            assert (booked.patient_id, booked.period, booked.status) == (biju, third.period, "CONFIRMED")
        states = [story.state(entry) for _, entry in waiting]
        assert states == ["WAITING", "BOOKED", "WAITING", "WAITING"]
        assert story.now(biju_waits).appointment_id == booked.pk
        story.carry_out()

    # What was handed to Meta is what the clinic believes, nothing twice.
    handed = story.handed_over()
    assert handed == story.told()
    assert handed["appointment-reminder"] == 3 and handed["series-confirmed"] == 1
    with acting_as(story.place.system):
        assert list(Answer.objects.order_by("id").values_list("meaning", flat=True)) == [
            "CONFIRM", "RESCHEDULE", "CANCEL",
        ]  # fmt: skip
        denied = AuditEvent.objects.filter(kind=audit.Kind.DENIED, reason="forged webhook")
        assert denied.count() == 1
    assert story.moves(third)[-1] == ("CONFIRMED", "CANCELLED", "the patient, by reply")
    with story.refused(IllegalMove, "cancelled"):
        scheduling.check_in(third.pk, by=story.desk)


def at(on: date, clock_time: str) -> datetime:
    """A time on the wall clock of the clinic."""
    return datetime.combine(on, time.fromisoformat(clock_time), tzinfo=KOCHI)


def _reached_by_whatsapp(story: Story, patient: Actor) -> Actor:
    assert patient.patient_id is not None
    messaging.change_preference(patient.patient_id, channels=["WHATSAPP"], by=story.desk)
    return patient


def _planned(story: Story, start: datetime) -> list[queries.Occurrence]:
    with acting_as(story.desk):
        wish = queries.wanted(
            story.place.branch.pk,
            service_id=story.place.services["FOLLOW-UP"].pk,
            doctor_id=story.dr_menon.pk,
            seen_by=story.desk,
        )
        found, _ = queries.plan_series(wish, start, count=3, interval_days=7, seen_by=story.desk)
    return found


def _follow_up(story: Story, patient: Actor, start: datetime) -> BookingRequest:
    assert patient.patient_id is not None
    return BookingRequest(
        patient_id=patient.patient_id,
        branch_id=story.place.branch.pk,
        doctor_id=story.dr_menon.pk,
        service_id=story.place.services["FOLLOW-UP"].pk,
        start=start,
    )


def _peel(story: Story, patient: Actor) -> BookingRequest:
    wish = _follow_up(story, patient, at(WEDNESDAY, "15:00"))
    return replace(wish, doctor_id=None, service_id=story.place.services["PEEL"].pk, source="SELF_SERVICE")


def _reminders(story: Story, whatsapp: Provider) -> list[dict[str, Any]]:
    """What the clock and the worker do in a minute; the reminders that Meta took so far."""
    tasks.send_reminders(organization_id=story.place.organization_id)
    story.carry_out()
    return [said for said in whatsapp.taken if said.get("template", {}).get("name") == "appointment_reminder"]


def _templates(whatsapp: Provider, *, since: int) -> list[str]:
    return [said["template"]["name"] for said in whatsapp.taken[since:] if said["type"] == "template"]


def _said(template: dict[str, Any]) -> list[str]:
    """What the numbered places of a template were filled with."""
    words = next(part for part in template["template"]["components"] if part["type"].lower() == "body")
    return [place["text"] for place in words["parameters"]]


def _plain(said: dict[str, Any]) -> str:
    return str(said["text"]["body"])


def _forged(visit: Appointment) -> HttpResponse:
    """Somebody who does not know Meta's secret says that she cancels."""
    said = {"from": MEERA[1:], "id": "wamid.x", "timestamp": "1795500000", "type": "text", "text": {"body": "3"}}
    return signed.meta({"messages": [said]}, secret="guessed")


def _door(story: Story) -> str:
    with acting_as(story.place.system):
        return queries.door_code(story.place.branch, seen_by=story.place.system)


def _waits(story: Story, name: str, visit: Appointment) -> tuple[Any, Any]:
    """Somebody who waits for exactly the time of a visit: who, and their place on the list."""
    number = 10 + sum(map(ord, name)) % 80
    patient = story.registered(name, "Thomas", f"+9198460000{number}")
    assert patient.patient_id is not None
    entry = scheduling.join(
        WaitingRequest(
            patient_id=patient.patient_id,
            branch_id=story.place.branch.pk,
            service_id=story.place.services["FOLLOW-UP"].pk,
            doctor_id=story.dr_menon.pk,
            from_date=visit.local_start.date(),
            until_date=visit.local_start.date(),
            from_time=visit.local_start.time(),
            to_time=visit.local_end.time(),
        ),
        by=story.desk,
    )
    return patient.patient_id, entry


def _offers(story: Story) -> list[tuple[Any, str]]:
    """Who was offered a time, and the link they were sent."""
    with acting_as(story.place.system):
        told = Message.objects.filter(template_code="waiting-list-offer").select_related("patient").order_by("id")
        return [(one.patient_id, re.search(r"/offers/\S+", str(one.body)).group()) for one in told]  # type: ignore[union-attr]


def _answered(link: str) -> Any:
    """Whoever has the link takes the time, with the key that the page's form carries."""
    return Client().post(link, {"answer": "accept", "idempotency_key": f"once {link[-6:]}"})
