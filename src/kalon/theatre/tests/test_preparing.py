"""Before an operation its patient is told when to come, from when to fast and what to stop: once, and when it moves."""

from datetime import date, timedelta
from typing import Any

import pytest

from kalon.kernel import clock
from kalon.kernel.errors import DomainError
from kalon.kernel.tenancy import acting_as
from kalon.messaging import actions as messaging
from kalon.messaging.actions.delivery import begin_attempt
from kalon.messaging.models import Message
from kalon.scheduling import actions as scheduling
from kalon.scheduling.tests.clinic import EIGHT
from kalon.theatre import actions, queries, tasks
from kalon.theatre.actions.preparing import sheet_data
from kalon.theatre.tests.test_lists import client
from kalon.theatre.tests.told import (
    DONE,
    SURGERY,
    attack,
    now,
    on_the_day,
    planned,
    reserved,
    scheduled,
)

FIRST, LAST = "instructions-before", "instructions-tomorrow"


def reached(house: Any, language: str = "en", **wish: Any) -> None:
    with acting_as(house.clinic.system):
        patient = house.clinic.patient
        patient.refresh_from_db()
        patient.email, patient.phone, patient.language = "ananya@example.org", "+919845012345", language
        patient.save()


def told(house: Any, code: str = FIRST) -> list[Message]:
    with acting_as(house.clinic.system):
        return list(Message.objects.filter(template_code=code).select_related("patient").order_by("created_at", "id"))


def eve(house: Any, at: str = "10:00", days: int = 1) -> None:
    """The clock looks for operations of tomorrow."""
    hour, minute = map(int, at.split(":"))
    with clock.at(EIGHT + timedelta(days=7 - days, hours=hour - 8, minutes=minute)):
        tasks.send_of_tomorrow(organization_id=house.clinic.organization_id)


def leaves(house: Any, message: Message) -> bool:
    return begin_attempt(message.pk, by=house.clinic.system) is not None


def held(house: Any, case: Any) -> Any:
    with acting_as(house.manager):
        return queries.preparation_of_plan(case.plan_id, seen_by=house.manager)


def test_told_when_the_case_stands_and_the_day_before_once_each(house):
    reached(house)
    plan = planned(house)
    actions.stop_medicine(plan.pk, "Fish oil", 14, by=house.visit.nurse)
    assert told(house) == []  # nothing before there is a time
    case = scheduled(house, plan)
    page = client(house, house.visit.nurse).get(f"/theatre/clearances/{case.clearance_id}")
    assert "Written after that day" in page.content.decode()
    [message] = told(house)
    fast = ("be with us on {} 08:00", "Eat nothing after {} 04:00", "Clear water until {} 08:00")
    spoken = [words.format("Tuesday 1 December,") for words in fast]
    for words in (*spoken, "Fish oil: Tuesday 17 November 2026", f"/my/plans/{plan.pk}"):
        assert words in message.body, words
    assert str(plan.title) not in message.subject + message.body
    assert actions.prepare(case.pk, by=house.clinic.system) is None and len(told(house)) == 1
    eve(house, days=2)
    eve(house, "09:50")
    assert told(house, LAST) == []
    eve(house)
    eve(house, "10:10")
    [again] = told(house, LAST)
    assert "We expect you on Tuesday 1 December, 08:00" in again.body and len(told(house)) == 1
    assert leaves(house, again)


def test_told_anew_when_the_operation_moves_and_the_old_word_stays_in_the_house(house):
    reached(house)
    case = scheduled(house)
    first = held(house, case)
    visit = case.reservation.appointment
    scheduling.reschedule(visit.pk, house.clinic.at("11:00", SURGERY), "An hour later", by=house.clinic.system)
    dragged = held(house, case)
    wish = actions.TheatreWish(
        start=house.clinic.at("14:00", SURGERY), minutes=90, room_id=house.theatre.pk,
        surgeon_id=house.clinic.other_doctor.pk,
    )  # fmt: skip
    actions.move(case.reservation_id, wish, reason="The list is full", by=house.manager)
    second = held(house, case)
    assert len({first.pk, dragged.pk, second.pk}) == 3 and now(house, first).ended_at is not None
    back = actions.TheatreWish(
        start=house.clinic.at("10:00", SURGERY), minutes=90, room_id=house.theatre.pk,
        surgeon_id=house.clinic.other_doctor.pk,
    )  # fmt: skip
    actions.move(now(house, case).reservation_id, back, reason="And back", by=house.manager)
    messages = told(house)
    assert [one.about_id for one in messages][:3] == [first.pk, dragged.pk, second.pk] and len(messages) == 4
    for message, hour in zip(messages, ("08:00", "09:00", "12:00", "08:00"), strict=True):
        assert f"Tuesday 1 December, {hour}" in message.body.split("Eat")[0]
    assert [leaves(house, one) for one in messages] == [False, False, False, True]


def test_nothing_of_an_operation_that_was_put_off_or_cancelled(house):
    reached(house)
    case = scheduled(house)
    [message] = told(house)
    actions.postpone(case.pk, reason="A cold", by=house.manager)
    eve(house)
    assert (told(house, LAST), held(house, case), leaves(house, message)) == ([], None, False)
    plan = now(house, case.plan)
    actions.schedule(reserved(house, plan, at="11:00").pk, by=house.manager)
    assert "1 December, 09:00" in told(house)[-1].body and held(house, case) is not None
    actions.cancel(case.pk, reason="Does not want it", by=house.manager)
    eve(house)
    assert (told(house, LAST), held(house, case), leaves(house, told(house)[-1])) == ([], None, False)


def test_in_her_language_and_on_her_channel_without_a_word_of_what_is_done(house):
    reached(house)
    messaging.stop(house.clinic.patient.pk, channel="EMAIL", by=house.clinic.system)
    plan = planned(house)
    case = scheduled(house, plan)
    spoken = {"en": "Eat nothing after", "hi": "के बाद कुछ न खाएँ", "ar": "لا تأكل شيئًا بعد", "ml": "ഒന്നും കഴിക്കരുത്"}
    for language, words in list(spoken.items())[1:]:
        reached(house, language)
        actions.stop_medicine(plan.pk, f"Herb {language}", 7, by=house.visit.nurse)
        message = told(house)[-1]
        assert (message.channel, message.language) == ("SMS", language)
        assert words in message.body and "Herb" not in message.body and str(case.plan.title) not in message.body
        assert actions.before_pdf(held(house, case).pk, by=house.manager).startswith(b"%PDF")
    assert len(told(house)) == 4


def test_the_list_of_medicines_is_told_as_it_changes(house):
    reached(house)
    plan = planned(house)
    case = scheduled(house, plan)
    with pytest.raises(DomainError, match="on Tuesday 1 December: at most 7 days before"):
        actions.stop_medicine(plan.pk, "Fish oil", 8, by=house.visit.nurse)
    with on_the_day("07:00"), pytest.raises(DomainError, match="too late to stop anything"):
        actions.stop_medicine(plan.pk, "Fish oil", 1, by=house.visit.nurse)
    first = actions.stop_medicine(plan.pk, "Fish oil", 6, by=house.visit.nurse)
    with pytest.raises(DomainError, match="stands on the list already"):
        actions.stop_medicine(plan.pk, "fish oil", 7, by=house.visit.nurse)
    for name, days in (("", 7), ("Ginkgo", 0), ("Ginkgo", 61), ("G" * 121, 7)):
        with pytest.raises(DomainError):
            actions.stop_medicine(plan.pk, name, days, by=house.visit.nurse)
    with pytest.raises(DomainError):
        actions.stop_medicine(plan.pk, "Ginkgo", 7, by=house.visit.desk)
    assert [name for name, _ in held(house, case).last_days] == ["Fish oil"]
    assert held(house, case).last_days == [("Fish oil", date(2026, 11, 25))]
    actions.take_again(first.pk, by=house.visit.nurse)
    with pytest.raises(DomainError, match="off the list already"):
        actions.take_again(first.pk, by=house.visit.nurse)
    assert held(house, case).last_days == [] and len(told(house)) == 3


def test_nobody_fasts_who_is_not_put_to_sleep_and_the_house_sets_its_hours(house):
    reached(house)
    given = {"lab_codes": ["HB", "PLT"], "lab_days": 90, "valid_days": 14, "follow_up_days": [7]}
    late = actions.Fasting(arrive_minutes=60, food_hours=8, water_hours=3)
    for minutes, food, water in ((800, 6, 2), (60, 1, 1), (60, 4, 5)):
        wrong = actions.Fasting(arrive_minutes=minutes, food_hours=food, water_hours=water)
        with pytest.raises(DomainError):
            actions.set_policy(**given, fasting=wrong, by=house.clinic.system)
    actions.set_policy(**given, fasting=late, by=house.clinic.system)
    case = scheduled(house, anaesthesia="LOCAL")
    [message] = told(house)
    assert "09:00" in message.body and "Eat nothing" not in message.body and "water" not in message.body
    actions.cancel(case.pk, reason="Another day", by=house.manager)
    actions.schedule(reserved(house, now(house, case.plan)).pk, by=house.manager)
    assert "Eat nothing after Tuesday 1 December, 02:00" in told(house)[-1].body


def test_what_was_told_is_the_time_for_which_the_case_stands(house):
    """In the database too: no other time, nothing rewritten, one that holds."""
    reached(house)
    case = scheduled(house)
    row, by = held(house, case), house.manager
    copy = """INSERT INTO theatre_preparation (id, organization_id, patient_id, created_at, case_id, plan_id, starts_at,
        arrive_at, medicines) SELECT gen_random_uuid(), organization_id, patient_id, created_at, case_id, plan_id,
        starts_at + %s::interval, arrive_at, medicines FROM theatre_preparation WHERE id = %s"""
    assert attack(copy, ["1 hour", row.pk], by=by) == "theatre_preparation_time"
    assert attack(copy, ["0", row.pk], by=by) == "theatre_preparation_one"
    late = "UPDATE theatre_preparation SET arrive_at = arrive_at + interval '1 hour' WHERE id = %s"
    assert attack(late, [row.pk], by=by) == "theatre_preparation_stays"
    over = "UPDATE theatre_preparation SET ended_at = now() WHERE id = %s"
    assert attack(over, [row.pk], by=by) == DONE
    assert attack("UPDATE theatre_preparation SET ended_at = NULL WHERE id = %s", [row.pk], by=by).endswith("_stays")
    assert attack("DELETE FROM theatre_preparation WHERE id = %s", [row.pk], by=by) == "42501"


def test_it_is_read_on_the_phone_and_on_the_clearances_page(house):
    reached(house)
    plan = planned(house)
    case = scheduled(house, plan)
    nurse, page = client(house, house.visit.nurse), f"/theatre/clearances/{case.clearance_id}"
    assert nurse.post(f"{page}/medicines", {"name": "", "days_before": "7"}).status_code == 422
    assert nurse.post(f"{page}/medicines", {"name": "Fish oil", "days_before": "14"}).status_code == 422
    assert nurse.post(f"{page}/medicines", {"name": "Fish oil", "days_before": "7"}).status_code == 303
    row = held(house, case)
    shown = nurse.get(page).content.decode()
    assert "last on Tue 24 Nov" in shown and "No food after" in shown and "Written after that day" not in shown
    with acting_as(house.manager):
        data = sheet_data(row, by=house.manager)
    assert (data["arrive"], data["food"]) == ("Tuesday 1 December, 08:00", "Tuesday 1 December, 04:00")
    assert data["medicines"] == [("Fish oil", "Tuesday 24 November")]
    mine = client(house, house.clinic.patient_actor())
    own = mine.get(f"/my/plans/{plan.pk}").content.decode()
    assert "Tuesday 1 December, 08:00" in own and "Fish oil" in own and str(row.pk) in own
    assert mine.get(f"/my/plans/before/{row.pk}.pdf").status_code == 200
    other = client(house, house.clinic.patient_actor(house.clinic.other_patient))
    assert other.get(f"/my/plans/before/{row.pk}.pdf").status_code == 404
    with acting_as(house.manager):
        held_id = queries.stopped_medicines(plan.pk, seen_by=house.manager)[0].pk
    assert nurse.post(f"{page}/medicines/{held_id}/again").status_code == 303
    assert nurse.get(f"/theatre/preparations/{held(house, case).pk}.pdf").status_code == 200
    assert nurse.get(f"/theatre/preparations/{row.pk}.pdf").status_code == 404  # holds no longer
    path = f"/api/procedure-plans/{plan.pk}"
    made = nurse.post(f"{path}/stopped-medicines", {"name": "Ginkgo", "days_before": 7}, "application/json")
    assert made.status_code == 201
    assert [one["name"] for one in nurse.get(f"{path}/stopped-medicines").json()] == ["Ginkgo"]
    assert nurse.get(f"{path}/preparation").json()["medicines"] == [["Ginkgo", "2026-11-24"]]
    ended = nurse.post(f"/api/procedure-plans/stopped-medicines/{made.json()['id']}/end")
    assert ended.json()["ended_at"]
