"""Follow-ups: planned by an outcome, booked by a visit that names them, done when it is signed; chased when overdue."""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from tests.journeys.caller import Caller

from kalon.consultations import actions as consultations
from kalon.kernel import clock
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotFound, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.messaging.models import Message
from kalon.people import actions as people
from kalon.plans import actions, queries, tasks
from kalon.plans.actions import FollowUpWish
from kalon.plans.models import FollowUpPlan
from kalon.plans.tests.told import attend, book, decided, follow_up_in, now, sql, work
from kalon.scheduling import actions as scheduling
from kalon.scheduling.tests.clinic import EIGHT, TUESDAY


def chasers(visit):
    with acting_as(visit.clinic.system):
        return Message.objects.filter(template_code="follow-up-overdue").count()


def run_chase(visit, *, on):
    with clock.at(on):
        tasks.send_chasers.work(organization_id=visit.clinic.organization_id)


def test_the_outcome_plans_it_and_the_desk_is_asked_when_it_comes_near(visit):
    planned = follow_up_in(visit, 30)
    assert (planned.status, planned.kind, planned.interval_days) == ("PENDING", "REVIEW", 30)
    assert planned.doctor_id == visit.clinic.doctor.pk
    assert work(visit) == [("REVIEW", 30)]
    with acting_as(visit.desk):
        assert queries.count_due(seen_by=visit.desk) == 0  # it is far away
    with clock.at(EIGHT + timedelta(days=28)), acting_as(visit.desk):
        [todo] = queries.todos(list(queries.work(seen_by=visit.desk)), seen_by=visit.desk)
        assert (todo.title, todo.when, todo.is_overdue) == ("Follow-up", "due in 2 days", False)
        assert f"for={planned.pk}" in todo.url and "kind=FOLLOW_UP" in todo.url and "date=2026-12-24" in todo.url


def test_from_the_prompt_to_the_signed_visit(visit):
    planned = follow_up_in(visit, 30)
    consultations.close(planned.consultation_id, by=visit.doctor)
    booked = book(visit, planned, day=TUESDAY + timedelta(days=28))
    assert (now(visit, planned).status, now(visit, planned).appointment_id) == ("SCHEDULED", booked.pk)
    assert work(visit) == []
    with pytest.raises(Clash, match="booked already"):
        book(visit, planned, day=TUESDAY + timedelta(days=29))
    attend(visit, booked)
    assert now(visit, planned).status == "COMPLETED"


def test_it_comes_back_when_its_visit_is_cancelled_or_missed_and_goes_along_when_it_moves(visit):
    planned = follow_up_in(visit, 30)
    first = book(visit, planned, day=TUESDAY + timedelta(days=28))
    scheduling.cancel(first.pk, "The patient is away", by=visit.desk)
    assert (now(visit, planned).status, now(visit, planned).appointment_id) == ("PENDING", None)
    second = book(visit, planned, day=TUESDAY + timedelta(days=29))
    third = scheduling.reschedule(
        second.pk, visit.clinic.at("11:00", TUESDAY + timedelta(days=30)), "Asked", by=visit.desk
    )
    assert third.pk != second.pk and third.occasion_id == planned.pk
    assert (now(visit, planned).status, now(visit, planned).appointment_id) == ("SCHEDULED", third.pk)
    with clock.at(third.period.lower + timedelta(minutes=20)):
        scheduling.no_show(third.pk, by=visit.desk)
        assert now(visit, planned).status == "PENDING"
        scheduling.undo_no_show(third.pk, "They came", by=visit.desk)
        assert now(visit, planned).appointment_id == third.pk


def test_reopening_an_outcome_withdraws_what_nobody_booked(visit):
    planned = follow_up_in(visit, 30)
    consultations.reopen(planned.consultation_id, reason="A slip", by=visit.doctor)
    assert now(visit, planned).status == "CANCELLED"
    consultations.record_outcome(
        planned.consultation_id, outcome="FOLLOW_UP", note={}, follow_up_on=TUESDAY + timedelta(days=7), by=visit.doctor
    )
    assert work(visit) == [("REVIEW", 7)]


def test_reopening_leaves_one_that_is_booked(visit):
    planned = follow_up_in(visit, 30)
    book(visit, planned, day=TUESDAY + timedelta(days=28))
    consultations.reopen(planned.consultation_id, reason="A slip", by=visit.doctor)
    again = TUESDAY + timedelta(days=30)
    consultations.record_outcome(
        planned.consultation_id, outcome="FOLLOW_UP", note={}, follow_up_on=again, by=visit.doctor
    )
    with acting_as(visit.desk):
        assert [row.status for row in FollowUpPlan.objects.all()] == ["SCHEDULED"]


def test_several_at_once_with_different_intervals(visit):
    consultation = decided(visit, "NO_ACTION")
    wishes = [FollowUpWish(interval_days=days, reason="Sutures") for days in (7, 30, 90)]
    made = actions.plan_follow_ups(consultation.pk, wishes, by=visit.doctor)
    assert [(row.due_date - TUESDAY).days for row in made] == [7, 30, 90]
    with pytest.raises(Invalid, match="in the past"):
        actions.plan_follow_ups(
            consultation.pk, [FollowUpWish(interval_days=3), FollowUpWish(due_date=TUESDAY - timedelta(days=1))],
            by=visit.doctor,
        )  # fmt: skip
    assert len(work(visit)) == 3


@pytest.mark.parametrize(
    ("wish", "saying"),
    [
        ({}, "Say a day"),
        ({"interval_days": 0}, "between 1"),
        ({"interval_days": 7, "due_date": TUESDAY}, "Say a day"),
        ({"interval_days": 7, "kind": "SERIES_SESSION"}, "sessions come with"),
        ({"due_date": TUESDAY.replace(year=2090)}, "too far"),
    ],
)
def test_bad_wishes_are_refused_in_words(visit, wish, saying):
    consultation = decided(visit, "NO_ACTION")
    with pytest.raises(Invalid, match=saying):
        actions.plan_follow_ups(consultation.pk, [FollowUpWish(**wish)], by=visit.doctor)
    assert work(visit) == []


def test_who_has_no_right_changes_nothing(visit):
    planned = follow_up_in(visit, 30)
    for call in (
        lambda: actions.withdraw(planned.pk, reason="No", by=visit.clinic.nobody),
        lambda: actions.plan_follow_ups(
            planned.consultation_id, [FollowUpWish(interval_days=3)], by=visit.clinic.nobody
        ),
        lambda: actions.withdraw(planned.pk, reason="No", by=visit.clinic.patient_actor()),
        lambda: actions.set_chasing((1,), by=visit.desk),
        lambda: actions.chase(planned.pk, step=1, by=visit.nurse),
    ):
        with pytest.raises(NotPermitted):
            call()
    other = visit.clinic.patient_actor(visit.clinic.other_patient)
    with acting_as(other), pytest.raises(NotFound):
        queries.follow_up(planned.pk, seen_by=other)
    assert now(visit, planned).status == "PENDING"


def test_withdrawn_with_a_reason_and_not_while_it_is_booked(visit):
    planned = follow_up_in(visit, 30)
    with pytest.raises(Invalid, match="Write why"):
        actions.withdraw(planned.pk, reason=" ", by=visit.desk)
    booked = book(visit, planned, day=TUESDAY + timedelta(days=28))
    with pytest.raises(IllegalMove, match="Cancel its visit first"):
        actions.withdraw(planned.pk, reason="Not needed", by=visit.desk)
    scheduling.cancel(booked.pk, "Not needed", by=visit.desk)
    assert actions.withdraw(planned.pk, reason="Not needed", by=visit.desk).status == "CANCELLED"


def test_a_visit_names_a_follow_up_of_its_own_patient_only(visit):
    planned = follow_up_in(visit, 30)
    with pytest.raises(DatabaseError, match="plan of the same patient"):
        book(visit, planned, day=TUESDAY + timedelta(days=28), patient_id=visit.clinic.other_patient.pk)
    assert now(visit, planned).status == "PENDING"


def test_an_overdue_follow_up_is_chased_once_for_each_step(visit):
    with acting_as(visit.clinic.system):
        patient = visit.clinic.patient
        patient.refresh_from_db()
        patient.email = "ananya@example.org"
        patient.save()
    planned = follow_up_in(visit, 10)
    due = EIGHT + timedelta(days=10, hours=4)
    run_chase(visit, on=due + timedelta(days=2))
    assert chasers(visit) == 0
    for day in (3, 3, 4, 13):
        run_chase(visit, on=due + timedelta(days=day))
    assert (chasers(visit), now(visit, planned).chased) == (1, 1)
    for day in (14, 15, 40):
        run_chase(visit, on=due + timedelta(days=day))
    assert (chasers(visit), now(visit, planned).chased) == (2, 2)


def test_nobody_is_chased_for_what_is_booked_and_the_clinic_sets_the_steps(visit):
    planned = follow_up_in(visit, 10)
    assert actions.set_chasing((1, 5, 9), by=visit.clinic.owner) == (1, 5, 9)
    for wrong in ((), (5, 1), (0,), (3, 3), (1, 2, 3, 4, 5, 6)):
        with pytest.raises(Invalid):
            actions.set_chasing(wrong, by=visit.clinic.owner)
    with acting_as(visit.desk):
        assert queries.chase_days(seen_by=visit.desk) == (1, 5, 9)
    with clock.at(EIGHT + timedelta(days=16)), acting_as(visit.desk):
        assert queries.overdue(seen_by=visit.desk) == [(planned.pk, 2)]
    book(visit, planned, day=TUESDAY + timedelta(days=20))
    with clock.at(EIGHT + timedelta(days=16)), acting_as(visit.desk):
        assert queries.overdue(seen_by=visit.desk) == []


def test_a_message_is_not_sent_twice_even_when_the_mark_is_lost(visit):
    with acting_as(visit.clinic.system):
        patient = visit.clinic.patient
        patient.refresh_from_db()
        patient.email = "ananya@example.org"
        patient.save()
    planned = follow_up_in(visit, 10)
    with clock.at(EIGHT + timedelta(days=14)):
        assert actions.chase(planned.pk, step=1, by=visit.desk) is True
        assert actions.chase(planned.pk, step=1, by=visit.desk) is False
        with acting_as(visit.desk):
            sql("UPDATE plans_followupplan SET chased = 0")
        assert actions.chase(planned.pk, step=1, by=visit.desk) is False
    assert chasers(visit) == 1


def test_the_steps_are_read_and_set_by_json(visit):
    owner, desk = (Caller(people.issue_own_token("test", by=by)) for by in (visit.clinic.owner, visit.desk))
    there = "/api/follow-ups/chasing"
    desk.refusal("GET", there, status=403, code="not-permitted")
    desk.refusal("PUT", there, {"days": [2, 4]}, status=403, code="not-permitted")
    owner.refusal("PUT", there, {"days": [4, 2]}, status=422, code="invalid")
    assert owner.raw("PUT", there, {"days": [2, 4]}).status_code == 200
    assert owner.get(there) == {"days": [2, 4]}
