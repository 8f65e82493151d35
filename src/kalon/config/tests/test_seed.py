"""What the demonstration makes beside visits: treatment sessions, holidays and leave, orders and history."""

import csv
import random
from collections import Counter
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.browser import rows
from tests.journeys.story import MONDAY_EVENING, Story, on_tuesday

from kalon.billing.models import Bill
from kalon.config.seed import absences, agreed, orders, procedures, sessions, spoken, store, theatre, year
from kalon.config.seed.clinic import open_clinic
from kalon.consents import actions as consents
from kalon.consents import queries as consent_queries
from kalon.consents.models import Consent
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.orders.models import Order
from kalon.patients import actions as people
from kalon.patients import queries as patients
from kalon.prescribing import rules as formulary
from kalon.scheduling import actions as scheduling
from kalon.scheduling import queries
from kalon.scheduling.models import Appointment, LeaveRequest, TimeOff
from kalon.theatre.models import Case, Clearance
from kalon.voice import queries as voice
from kalon.voice.models import VoiceSession

pytestmark = pytest.mark.django_db
NAMES = ("Asha", "Bina", "Chitra", "Devi", "Esha", "Farah", "Gita", "Hema")


def test_the_sessions_of_two_days_are_booked_with_room_team_and_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "DAYS", 2)
    with clock.at(MONDAY_EVENING):
        story = Story(open_clinic())
        place = story.place
        known = [story.registered(name, "Rao", f"+9198461{20780 + n}") for n, name in enumerate(NAMES)]
        with acting_as(place.system):
            seen = [patients.patient(actor.own_patient_id, seen_by=place.system) for actor in known]
        sessions.treat(place, seen, date(2026, 11, 24), ZoneInfo(place.branch.timezone))
        with acting_as(place.system):
            booked = list(Appointment.objects.select_related("service", "room"))
            kinds = Counter((visit.service.code, visit.room.kind) for visit in booked if visit.room)
            assert {visit.status for visit in booked} == {"CONFIRMED"}
    assert kinds == {
        ("LASER-HAIR-FACE", "LASER"): 2,
        ("PRP-HAIR", "TREATMENT"): 2,
        ("LASER-PIGMENT", "LASER"): 2,
        ("PEEL", "TREATMENT"): 2,
    }


def test_the_branch_keeps_holidays_and_the_team_has_asked_for_leave() -> None:
    with clock.at(MONDAY_EVENING):
        place = open_clinic()
        today = MONDAY_EVENING.date()
        absences.plan(place, today)
        with acting_as(place.system):
            days = list(queries.holidays_of(place.branch.pk, today, date(2028, 12, 31), seen_by=place.system))
            closed = [day.name for day in days if day.decision == "CLOSED"]
            leave = Counter(LeaveRequest.objects.values_list("status", flat=True))
            away = Counter(TimeOff.objects.values_list("kind", flat=True))
    assert {"Training day of the team", "Republic Day"} <= set(closed)
    assert any(name.startswith("Christmas") for name in closed)
    assert any(day.decision == "PROPOSED" for day in days)  # something is left for the owner to decide
    assert leave == {"APPROVED": 1, "REQUESTED": 1}
    assert away == {"HOLIDAY": len(closed), "LEAVE": 1}


def test_orders_of_past_visits_stand_at_different_steps() -> None:
    with clock.at(on_tuesday("07:00")):
        story = Story(open_clinic())
        known = []
        for name, at in (("Asha", "09:00"), ("Bina", "10:00"), ("Chitra", "11:00")):
            who = story.registered(name, "Rao", f"+91984612078{len(known)}")
            with acting_as(story.place.system):
                known.append(patients.patient(who.own_patient_id, seen_by=story.place.system))
            people.record_allergies(known[-1].pk, "NONE_KNOWN", by=story.nurse)
            visit = rows._booked(story, known[-1], at)
            with clock.at(on_tuesday(at)):
                scheduling.check_in(visit.pk, by=story.desk)
                rows._seen(story, visit)
    with clock.at(on_tuesday("12:00") + timedelta(days=3)):
        orders.order(story.place, known)
        with acting_as(story.place.system):
            steps = {row.patient_id: str(row.status) for row in Order.objects.all()}
            lines = {line.kind for line in patients.history(known[0].pk, seen_by=story.place.system)}
    assert [steps[who.pk] for who in known] == ["REVIEWED", "RESULTED", "ORDERED"]
    assert lines == {"CONDITION", "MEDICATION", "SURGERY", "FAMILY", "SOCIAL"}


def test_consents_to_operations_stand_in_every_state() -> None:
    with clock.at(on_tuesday("07:00")):
        story = Story(open_clinic())
        place = story.place
        procedures.fill(place)
        for draft in consents.bring_built_in(by=place.by["owner"]):
            consents.publish(draft.pk, by=place.by["owner"])
        known = []
        for name, at in zip(NAMES, ("09:00", "10:00", "11:00", "12:00", "14:00"), strict=False):
            who = story.registered(name, "Rao", f"+91984612078{len(known)}")
            with acting_as(place.system):
                known.append(patients.patient(who.own_patient_id, seen_by=place.system))
            people.record_allergies(known[-1].pk, "NONE_KNOWN", by=story.nurse)
            visit = rows._booked(story, known[-1], at)
            with clock.at(on_tuesday(at)):
                scheduling.check_in(visit.pk, by=story.desk)
                rows._seen(story, visit)
    later = on_tuesday("12:00") + timedelta(days=9)
    with clock.at(later):
        agreed.agree(place, known[0], later.date(), ZoneInfo(place.branch.timezone))
        with acting_as(place.system):
            states = {row.patient_id: str(row.status) for row in Consent.objects.all()}
            waits = [row.waits for row in consent_queries.for_doctor(seen_by=place.system)]
    assert [states[who.pk] for who in known] == ["PRESENTED", "SIGNED", "PARTIALLY_SIGNED", "PRESENTED", "REVOKED"]
    assert sorted(waits) == ["COUNTERSIGN", "ENDED", "QUESTION"]


def test_the_theatre_has_an_operation_of_today_of_tomorrow_waiting_and_over() -> None:
    with clock.at(on_tuesday("07:00")):
        story = Story(open_clinic())
        place = story.place
        procedures.fill(place)
        store.fill(place)
        for draft in consents.bring_built_in(by=place.by["owner"]):
            consents.publish(draft.pk, by=place.by["owner"])
        for name, at in zip(NAMES, ("09:00", "10:00", "11:00", "12:00"), strict=False):
            who = story.registered(name, "Rao", f"+9198461207{at[:2]}")
            with acting_as(place.system):
                known = patients.patient(who.own_patient_id, seen_by=place.system)
                known.gender = "female"
                known.save(update_fields=["gender"])
            people.record_allergies(known.pk, "NONE_KNOWN", by=story.nurse)
            visit = rows._booked(story, known, at)
            with clock.at(on_tuesday(at)):
                scheduling.check_in(visit.pk, by=story.desk)
                rows._seen(story, visit)
    later = on_tuesday("08:00") + timedelta(days=62)
    with clock.at(later):
        zone = ZoneInfo(place.branch.timezone)
        kept = theatre.keep(place, later.date(), zone)
        theatre.operate(place, kept, later.date(), zone)
        with acting_as(place.system):
            cases = {str(row.status): row for row in Case.objects.order_by("surgery_date")}
            states = Counter(Case.objects.values_list("status", flat=True))
            bills = [str(row.status) for row in Bill.objects.filter(lines__source__startswith="usage:")]
            clear = Counter(Clearance.objects.values_list("status", flat=True))
    assert states == {"COMPLETED": 1, "SCHEDULED": 2}
    assert bills == ["DRAFT"], "the operation that is over has the draft of its bill"
    assert cases["COMPLETED"].in_at < later
    assert clear == {"CLEARED": 3}


def test_every_medicine_of_the_store_is_one_the_formulary_knows() -> None:
    with store.ITEMS.open(encoding="utf-8", newline="") as file:
        named = {row["generic"] for row in csv.DictReader(file) if row["generic"]}
    assert len(named) > 10
    assert named - formulary.load().medicines.keys() == set()


def test_a_draft_waits_on_a_day_without_visits_too_and_the_months_before_it_cost_something(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(spoken, "ASKED", ((45, 1, 0), (12, 2, 1)))
    with clock.at(MONDAY_EVENING):
        story = Story(open_clinic())
        place = story.place
        for draft in consents.bring_built_in(by=place.by["owner"]):
            consents.publish(draft.pk, by=place.by["owner"])
        actors = [story.registered(name, "Rao", f"+9198461230{n}0") for n, name in enumerate(NAMES[:4])]
        with acting_as(place.system):
            known = [patients.patient(actor.own_patient_id, seen_by=place.system) for actor in actors]
        for who in known:
            people.record_allergies(who.pk, "NONE_KNOWN", by=story.nurse)
    sunday = on_tuesday("20:00") + timedelta(days=61)
    with clock.at(sunday):
        zone, dice = ZoneInfo(place.branch.timezone), random.Random(1)

        def come(patient: Any, at: datetime) -> Any:
            return None if at.date() == sunday.date() else year._comes(place, dice, patient, at)

        end = partial(year._finish, place, dice=dice)
        spoken.record(place, known, sunday.date(), zone, come=come, end=end)
        with acting_as(place.system):
            rows_of = {(str(row.status), row.finished_at.date() < sunday.date()) for row in VoiceSession.objects.all()}
        with acting_as(place.by["owner"]):
            months = voice.usage_by_month(seen_by=place.by["owner"])
    assert sunday.weekday() == 6 and rows_of == {("VERIFIED", True), ("DRAFTED", True)}
    assert months[-1].budget == 300 and sum(bool(one.cost) for one in months) == 2
    assert sum(one.failures for one in months) == 1
