"""Sessions: born with their plan, booked, kept apart, missed, carried out in their order, stopped with their plan."""

from datetime import timedelta

import pytest

from kalon.consultations import actions as consultations
from kalon.kernel import clock, outbox
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotFound, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.plans import actions, queries
from kalon.plans.models import FollowUpPlan, ProcedureSession
from kalon.plans.queries import session_consents
from kalon.plans.tests.told import approved, attend, book, encounter_of, held, now, session, spaced, states, work
from kalon.scheduling import actions as scheduling
from kalon.scheduling.tests.clinic import TUESDAY


def after(days):
    return TUESDAY + timedelta(days=days)


def arrived(visit, booked):
    with clock.at(booked.period.lower):
        scheduling.check_in(booked.pk, by=visit.desk)


def test_as_many_as_planned_are_born_with_the_approval_an_interval_apart(visit):
    plan = approved(visit, "SERIES")
    with acting_as(visit.desk):
        found = queries.sessions_of_plan(plan, seen_by=visit.desk)
        assert [(one.number, one.status, (one.due_date - TUESDAY).days) for one in found] == [
            (1, "PLANNED", 0), (2, "PLANNED", 14), (3, "PLANNED", 28)
        ]  # fmt: skip
        assert str(queries.progress_of(plan, seen_by=visit.desk)) == "0 of 3"
    single = approved(visit, of=plan.consultation_id)
    assert states(visit, single) == ["PLANNED"]
    assert states(visit, approved(visit, "SURGICAL", of=plan.consultation_id)) == []  # it has cases


def test_booked_arrived_started_and_completed_by_who_treats(visit):
    plan = approved(visit, "SERIES")
    booked = book(visit, session(visit, plan, 1).prompt, day=TUESDAY, kind="SESSION")
    first = session(visit, plan, 1).row
    assert (first.status, first.appointment_id) == ("SCHEDULED", booked.pk)
    with pytest.raises(IllegalMove, match="booked"):
        actions.start_session(first.pk, by=visit.nurse)
    arrived(visit, booked)
    assert now(visit, first).status == "READY"
    actions.start_session(first.pk, by=visit.nurse)
    assert now(visit, booked).status == "IN_PROGRESS"
    done = actions.complete_session(first.pk, by=visit.nurse)
    assert (done.status, done.done_by.name, now(visit, plan).status) == ("COMPLETED", "Asha Jacob", "IN_PROGRESS")
    with acting_as(visit.desk):
        assert str(queries.progress_of(plan, seen_by=visit.desk)) == "1 of 3"
        assert FollowUpPlan.objects.get(appointment=booked).status == "COMPLETED"
        assert FollowUpPlan.objects.get(plan=plan, session_number=2).due_date == after(14)
    encounter = encounter_of(visit, booked)
    consultations.begin(encounter.pk, by=visit.doctor)  # the doctor signs later, which counts nothing twice
    consultations.record_outcome(encounter.pk, outcome="NO_ACTION", note={"assessment": "x"}, by=visit.doctor)
    consultations.close(encounter.pk, by=visit.doctor)
    assert states(visit, plan) == ["COMPLETED", "PLANNED", "PLANNED"]


def test_the_last_completes_the_plan_and_plans_the_review(visit):
    plan = approved(visit, "SERIES", review_after_days=30)
    for number in (1, 2, 3):
        held(visit, plan, number, day=after(14 * number))
    assert now(visit, plan).status == "COMPLETED"
    with acting_as(visit.desk):
        [review] = FollowUpPlan.objects.filter(plan=plan, kind="REVIEW")
        assert review.due_date == after(42 + 30)


def test_who_has_no_right_changes_nothing(visit):
    plan = approved(visit)
    booked = book(visit, plan, day=TUESDAY, kind="SESSION")
    arrived(visit, booked)
    first = session(visit, plan, 1).row
    other = visit.clinic.patient_actor(visit.clinic.other_patient)
    for by in (visit.desk, visit.clinic.nobody, other):
        with pytest.raises((NotPermitted, NotFound)):
            actions.start_session(first.pk, by=by)
    actions.start_session(first.pk, by=visit.nurse)
    for by in (visit.desk, visit.clinic.nobody, visit.clinic.system, other):
        with pytest.raises((NotPermitted, NotFound)):
            actions.complete_session(first.pk, by=by)
    for by in (visit.desk, visit.nurse, other):
        with pytest.raises((NotPermitted, NotFound)):
            actions.allow_early(first.pk, reason="No", by=by)
        with pytest.raises((NotPermitted, NotFound, IllegalMove, NotReady)):
            actions.cancel_session(first.pk, reason="No", by=by)
    assert (states(visit, plan), now(visit, plan).status) == (["IN_PROGRESS"], "SCHEDULED")


def test_a_start_by_mistake_is_taken_back_for_a_while(visit):
    plan = approved(visit)
    booked = book(visit, plan, day=TUESDAY, kind="SESSION")
    arrived(visit, booked)
    first = actions.start_session(session(visit, plan, 1).row.pk, by=visit.nurse)
    with pytest.raises(Invalid, match="Write why"):
        actions.undo_start(first.pk, reason="", by=visit.nurse)
    back = actions.undo_start(first.pk, reason="The wrong patient", by=visit.nurse)
    assert (back.status, back.started_at) == ("READY", None)
    again = actions.start_session(first.pk, by=visit.nurse)
    with clock.at(again.status_at + timedelta(minutes=16)), pytest.raises(IllegalMove, match="too late"):
        actions.undo_start(first.pk, reason="Too late", by=visit.nurse)


def test_too_soon_is_refused_with_the_first_possible_day_until_a_doctor_allows_it(visit):
    plan = spaced(visit, days=14)
    held(visit, plan, 1, day=TUESDAY)
    second = session(visit, plan, 2)
    with pytest.raises(Invalid, match=r"at least 14 days lie between.*first possible day is Tue 8 Dec") as refusal:
        book(visit, second.prompt, day=after(10), kind="SESSION")
    assert refusal.value.facts["first_day"] == "2026-12-08"
    assert (states(visit, plan)[1], work(visit)) == ("PLANNED", [("SERIES_SESSION", 14)])
    with pytest.raises(Invalid, match="Write why"):
        actions.allow_early(second.row.pk, reason="  ", by=visit.doctor)
    kept = actions.allow_early(second.row.pk, reason="She travels in December", by=visit.doctor)
    assert (kept.early_reason, kept.early_by.name) == ("She travels in December", "Dr Kavya Menon")
    book(visit, second.prompt, day=after(10), kind="SESSION")
    assert states(visit, plan)[1] == "SCHEDULED"
    assert session(visit, plan, 3).row.due_date == after(24)  # the rest goes along


def test_moved_later_the_rest_is_due_later_and_moved_sooner_is_refused(visit):
    plan = spaced(visit, days=10)
    held(visit, plan, 1, day=TUESDAY)
    booked = book(visit, session(visit, plan, 2).prompt, day=after(14), kind="SESSION")
    moved = scheduling.reschedule(booked.pk, visit.clinic.at("11:00", after(21)), "Away", by=visit.desk)
    assert session(visit, plan, 2).row.appointment_id == moved.pk
    assert session(visit, plan, 3).row.due_date == after(35)
    with pytest.raises(Invalid, match="first possible day is Fri 4 Dec"):
        scheduling.reschedule(moved.pk, visit.clinic.at("11:00", after(8)), "Sooner", by=visit.desk)
    mine = visit.clinic.patient_actor()
    with pytest.raises(Invalid, match="Call the clinic"):
        scheduling.reschedule(moved.pk, visit.clinic.at("11:00", after(8)), "Sooner", by=mine)
    scheduling.reschedule(moved.pk, visit.clinic.at("11:00", after(22)), "Work", by=mine)
    outbox.run_due()
    assert session(visit, plan, 3).row.due_date == after(36)


def test_sessions_keep_their_order_even_where_no_gap_is_asked(visit):
    plan = approved(visit, "SERIES")
    book(visit, session(visit, plan, 1).prompt, day=after(7), kind="SESSION")
    with pytest.raises(Invalid, match="keep their order"):
        book(visit, session(visit, plan, 2).prompt, day=after(6), kind="SESSION")
    two = book(visit, session(visit, plan, 2).prompt, day=after(8), kind="SESSION")
    with pytest.raises(Invalid, match="Move session 2 first"):
        one = session(visit, plan, 1).row
        scheduling.reschedule(one.appointment_id, visit.clinic.at("12:00", after(9)), "Away", by=visit.desk)
    assert session(visit, plan, 2).row.appointment_id == two.pk


def test_missed_and_booked_again_and_the_slip_taken_back(visit):
    plan = approved(visit, "SERIES")
    booked = book(visit, session(visit, plan, 1).prompt, day=TUESDAY, kind="SESSION")
    with clock.at(booked.period.upper):
        scheduling.no_show(booked.pk, by=visit.desk)
        assert (states(visit, plan)[0], now(visit, plan).status) == ("NO_SHOW", "APPROVED")
        scheduling.undo_no_show(booked.pk, "She is here", by=visit.desk)
        assert (states(visit, plan)[0], now(visit, plan).status) == ("SCHEDULED", "SCHEDULED")
        scheduling.no_show(booked.pk, by=visit.desk)
        again = book(visit, session(visit, plan, 1).prompt, day=after(2), kind="SESSION")
        scheduling.undo_no_show(booked.pk, "She came late", by=visit.desk)  # booked anew meanwhile: that one stands
    found = session(visit, plan, 1).row
    assert (found.status, found.appointment_id) == ("SCHEDULED", again.pk)
    scheduling.cancel(again.pk, "Ill", by=visit.desk)
    assert session(visit, plan, 1).row.appointment_id is None


def test_one_visit_for_one_session(visit):
    plan = approved(visit)
    book(visit, plan, day=TUESDAY, kind="SESSION")
    with pytest.raises(Clash, match="booked already"):
        book(visit, plan, day=after(1), kind="SESSION")


def test_it_waits_for_its_consent_where_one_is_asked(visit):
    asked = ["Ask for the consent of this session."]

    def ask(one, by):
        return asked[0] if asked else None

    session_consents.add(ask)
    try:
        plan = approved(visit)
        booked = book(visit, plan, day=TUESDAY, kind="SESSION")
        arrived(visit, booked)
        first = session(visit, plan, 1).row
        assert first.status == "CONSENT_PENDING"
        with pytest.raises(IllegalMove):
            actions.start_session(first.pk, by=visit.nurse)
        asked.clear()
        actions.session_consent_changed(first.pk, by=visit.clinic.patient_actor())
        outbox.run_due()
        assert now(visit, first).status == "READY"
        with clock.at(booked.period.lower):
            scheduling.undo_check_in(booked.pk, "The wrong patient", by=visit.desk)
        assert now(visit, first).status == "SCHEDULED"
    finally:
        session_consents.remove(ask)


def test_what_is_signed_before_the_session_before_it_counts_when_that_one_is_done(visit):
    plan = approved(visit, "SERIES")
    book(visit, session(visit, plan, 1).prompt, day=TUESDAY, kind="SESSION")
    second = book(visit, session(visit, plan, 2).prompt, day=after(1), kind="SESSION")
    attend(visit, second)  # the note of the second is signed, the first was never seen to
    assert states(visit, plan)[:2] == ["SCHEDULED", "IN_PROGRESS"]
    with pytest.raises(NotReady, match="Session 1 is not done yet"):
        actions.complete_session(session(visit, plan, 2).row.pk, by=visit.nurse)
    actions.cancel_session(session(visit, plan, 1).row.pk, reason="Not needed", by=visit.doctor)
    assert now(visit, plan).status == "SCHEDULED"
    assert actions.complete_session(session(visit, plan, 2).row.pk, by=visit.nurse).status == "COMPLETED"
    assert now(visit, plan).status == "IN_PROGRESS"


def test_cancelled_sessions_are_not_asked_for_and_the_rest_completes_the_plan(visit):
    plan = approved(visit, "SERIES")
    held(visit, plan, 1, day=TUESDAY)
    booked = book(visit, session(visit, plan, 2).prompt, day=after(14), kind="SESSION")
    actions.cancel_session(session(visit, plan, 2).row.pk, reason="Enough", by=visit.doctor)
    assert now(visit, booked).status == "CANCELLED"
    assert work(visit) == [("SERIES_SESSION", 14)]  # the third
    actions.cancel_session(session(visit, plan, 3).row.pk, reason="Enough", by=visit.doctor)
    assert (now(visit, plan).status, work(visit)) == ("COMPLETED", [])
    with pytest.raises(NotReady, match="Cancel the plan instead"):
        actions.cancel_session(session(visit, approved(visit, of=plan.consultation_id), 1).row.pk, reason="x",
                               by=visit.doctor)  # fmt: skip


def test_a_cancelled_plan_gives_its_visits_back_and_one_under_way_is_not_stopped(visit):
    plan = approved(visit, "SERIES")
    one = book(visit, session(visit, plan, 1).prompt, day=TUESDAY, kind="SESSION")
    two = book(visit, session(visit, plan, 2).prompt, day=after(14), kind="SESSION")
    arrived(visit, one)
    for stop in (actions.cancel, actions.hold):
        with pytest.raises(NotReady, match="here for session 1"):
            stop(plan.pk, reason="Enough", by=visit.doctor)
    actions.start_session(session(visit, plan, 1).row.pk, by=visit.nurse)
    actions.complete_session(session(visit, plan, 1).row.pk, by=visit.nurse)
    actions.hold(plan.pk, reason="Pregnant", by=visit.doctor)
    assert (now(visit, two).status, states(visit, plan)) == ("CANCELLED", ["COMPLETED", "PLANNED", "PLANNED"])
    actions.cancel(plan.pk, reason="Pregnant", by=visit.doctor)
    assert states(visit, plan) == ["COMPLETED", "CANCELLED", "CANCELLED"]
    with acting_as(visit.clinic.system):
        assert not FollowUpPlan.objects.filter(plan=plan, status__in=["PENDING", "SCHEDULED"]).exists()


def test_another_patient_sees_none_of_them(visit):
    approved(visit, "SERIES")
    for patient, seen in ((visit.clinic.patient, 3), (visit.clinic.other_patient, 0)):
        mine = visit.clinic.patient_actor(patient)
        with acting_as(mine):
            assert queries.sessions(seen_by=mine).count() == ProcedureSession.objects.count() == seen
