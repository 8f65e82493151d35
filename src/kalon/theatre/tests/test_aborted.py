"""A case that is aborted or was started by mistake, and what becomes of its plan, its visit and its clearance."""

from datetime import timedelta

import pytest

from kalon.consents import actions as consents
from kalon.consents import queries as consent_queries
from kalon.kernel.errors import IllegalMove, Invalid, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.plans import actions as plans
from kalon.plans.models import ProcedurePlan
from kalon.scheduling import actions as scheduling
from kalon.theatre import actions
from kalon.theatre.tests.told import (
    SURGERY,
    attack,
    lines,
    missing,
    now,
    on_the_day,
    opened,
    operated,
    planned,
    reserved,
    said,
    scheduled,
    sides,
    staff_of,
    stage,
    started,
)

BACK = "UPDATE theatre_case SET status = 'SCHEDULED', in_at = NULL WHERE id = %s"


def test_without_its_consent_the_plan_of_an_aborted_case_is_asked_for_anew(house):
    plan = planned(house)
    case = scheduled(house, plan)
    with on_the_day():
        started(house, case)
        nurse = house.visit.nurse
        with acting_as(nurse):
            held = consent_queries.for_plan(plan.pk, seen_by=nurse)
        assert held is not None
        with pytest.raises(NotReady, match="still stands"):
            plans.go_along(plan.pk, move="abort_unconsented", reason="x", by=house.clinic.system)
        consents.revoke(held.pk, "Wakes up and says no", by=nurse)
        assert actions.abort(case.pk, reason="Consent withdrawn", by=house.surgeon).status == "ABORTED"
    with acting_as(house.clinic.system):
        assert ProcedurePlan.objects.values_list("status", flat=True).get(pk=plan.pk) == "APPROVED"
    assert now(house, case.reservation).status == "RELEASED"


def plan_of(house, case):
    with acting_as(house.clinic.system):
        return ProcedurePlan.objects.values_list("status", flat=True).get(pk=case.plan_id)


# --- Aborted: the patient is cleared anew


def test_what_was_cleared_and_said_before_an_aborted_case_counts_no_more(house):
    plan = planned(house)
    case = scheduled(house, plan)
    later = SURGERY + timedelta(days=9)
    other = opened(house, plan, later)  # for another date, open, with words of before
    said(house, other)
    assert not missing(house, other) & {"FITNESS", "MEDICINES"}
    fit = lines(house, other)["FITNESS"]
    with on_the_day():
        started(house, case)
        actions.abort(case.pk, reason="Arrhythmia", by=house.surgeon)
        assert now(house, case.clearance).status == "EXPIRED"
        assert missing(house, other) >= {"FITNESS", "MEDICINES", "INSTRUCTIONS"}
        again = (
            "UPDATE theatre_requirement SET evidence_kind = 'theatre.statement', evidence_id = %s, met_at = now(), "
            "met_by = 'x' WHERE id = %s"
        )
        assert attack(again, [fit.evidence_id, fit.pk], by=house.surgeon) == "theatre_requirement_evidence"
        with pytest.raises(NotReady, match="Still missing"):
            actions.clear(other.pk, by=house.manager)
    with on_the_day("11:00"):
        said(house, other)
        actions.clear(other.pk, by=house.manager)
        kept = reserved(house, plan, later)
        assert actions.schedule(kept.pk, by=house.manager).clearance_id == other.pk


def test_by_sql_no_clearance_outlives_an_aborted_case(house):
    case = scheduled(house)
    with on_the_day():
        started(house, case)
        abort = "UPDATE theatre_case SET status = 'ABORTED' WHERE id = %s"
        assert attack(abort, [case.pk], by=house.surgeon) == "theatre_plan_and_case"
        both = (
            "WITH plan AS (UPDATE plans_procedureplan SET status = 'CONSENT_SIGNED' WHERE id = %s) "
            "UPDATE theatre_case SET status = 'ABORTED' WHERE id = %s"
        )
        assert attack(both, [case.plan_id, case.pk], by=house.surgeon) == "theatre_case_cleared_anew"


# --- Started by mistake


def test_a_start_by_mistake_is_taken_back_with_a_reason_and_started_again(house):
    case, nurse = scheduled(house), house.visit.nurse
    with on_the_day():
        started(house, case)
        actions.write_time(case.pk, "in", by=nurse)
        with pytest.raises(Invalid, match="Write why"):
            actions.undo_start(case.pk, reason=" ", by=nurse)
        with pytest.raises(NotPermitted):
            actions.undo_start(case.pk, reason="Mistake", by=house.visit.desk)
        back = actions.undo_start(case.pk, reason="The wrong list was open", by=nurse)
        assert (back.status, back.in_at, plan_of(house, case)) == ("SCHEDULED", None, "SCHEDULED")
        assert now(house, case.reservation.appointment).status == "CHECKED_IN"
        assert now(house, case.clearance).status == "CLEARED"
        with pytest.raises(IllegalMove):
            actions.undo_start(case.pk, reason="Twice", by=nurse)
        again = actions.start(case.pk, told_mrn=case.patient.mrn, told_sides=sides(house, case), by=nurse)
        assert (again.status, plan_of(house, case)) == ("IN_PROGRESS", "IN_PROGRESS")
        operated(house, case)
        actions.sign_nothing_used(case.pk, by=nurse)
        assert actions.complete(case.pk, by=nurse).status == "COMPLETED"


def test_a_start_is_no_mistake_any_more_once_something_was_done(house):
    case, nurse = scheduled(house), house.visit.nurse

    def refused(name):
        with pytest.raises(NotReady):
            actions.undo_start(case.pk, reason="Mistake", by=nurse)
        assert attack(BACK, [case.pk], by=nurse) == name
        assert now(house, case).status == "IN_PROGRESS"

    done = "theatre_case_nothing_done"
    with on_the_day():
        started(house, case)
        actions.write_time(case.pk, "in", by=nurse)
        sign_in = stage(house, case, "SIGN_IN")
        actions.answer(sign_in.pk, "IDENTITY", "YES", by=nurse)
        refused(done)
        actions.take_back_answer(sign_in.pk, "IDENTITY", by=nurse)
        assert attack(BACK, [case.pk], by=nurse) == "theatre_plan_and_case"  # the plan has to follow
        actions.sign(sign_in.pk, "NURSE", staff_of(house, nurse), by=nurse)
        refused(done)


def test_who_signed_that_nothing_was_used_or_wrote_what_happened_has_begun(house):
    case, nurse = scheduled(house), house.visit.nurse
    with on_the_day():
        started(house, case)
        actions.say_complications(case.pk, "Rash after the antibiotic", by=nurse)
        with pytest.raises(NotReady, match="Abort it"):
            actions.undo_start(case.pk, reason="Mistake", by=nurse)
        actions.sign_nothing_used(case.pk, by=nurse)
        with pytest.raises(NotReady, match="has begun"):
            actions.undo_start(case.pk, reason="Mistake", by=nurse)
        assert attack(BACK, [case.pk], by=nurse) == "theatre_case_status_moves"
        assert (now(house, case).status, plan_of(house, case)) == ("IN_PROGRESS", "IN_PROGRESS")


def test_a_quarter_of_an_hour_later_the_case_is_aborted_instead(house):
    case, nurse = scheduled(house), house.visit.nurse
    with on_the_day("10:00"):
        started(house, case)
    with on_the_day("10:16"):
        with pytest.raises(IllegalMove, match="too late"):
            actions.undo_start(case.pk, reason="Mistake", by=nurse)
        assert attack(BACK, [case.pk], by=nurse) == "theatre_case_status_moves"


# --- A plan on hold, and plan and case of one mind


def test_a_plan_that_comes_back_from_hold_without_its_case_waits_with_its_consent(house):
    plan = planned(house)
    case = scheduled(house, plan)
    plans.hold(plan.pk, reason="Travelling", by=house.visit.doctor)
    to = house.clinic.at("10:00", SURGERY + timedelta(days=1))
    scheduling.reschedule(
        case.reservation.appointment_id, to, "Surgeon away", room_id=house.theatre.pk, by=house.visit.desk
    )
    assert now(house, case).status == "POSTPONED"  # while its new visit stands
    by_hand = "UPDATE plans_procedureplan SET status = 'SCHEDULED' WHERE id = %s"
    assert attack(by_hand, [plan.pk], by=house.visit.doctor) == "theatre_plan_and_case"
    plans.resume(plan.pk, by=house.visit.doctor)
    assert now(house, plan).status == "CONSENT_SIGNED"


def test_with_its_case_a_plan_comes_back_from_hold_where_it_stood(house):
    plan = planned(house)
    scheduled(house, plan)
    plans.hold(plan.pk, reason="Travelling", by=house.visit.doctor)
    plans.resume(plan.pk, by=house.visit.doctor)
    assert now(house, plan).status == "SCHEDULED"


def test_nobody_stops_a_plan_whose_patient_is_in_theatre(house):
    case = scheduled(house)
    with on_the_day():
        started(house, case)
        for stop in (plans.hold, plans.cancel):
            with pytest.raises(NotReady, match="in theatre"):
                stop(case.plan_id, reason="Wrong plan", by=house.visit.doctor)
        for state in ("CANCELLED", "ON_HOLD', held_from = 'IN_PROGRESS"):
            by_hand = f"UPDATE plans_procedureplan SET status = '{state}' WHERE id = %s"
            assert attack(by_hand, [case.plan_id], by=house.visit.doctor) == "theatre_plan_and_case", state
    assert (plan_of(house, case), now(house, case).status) == ("IN_PROGRESS", "IN_PROGRESS")
