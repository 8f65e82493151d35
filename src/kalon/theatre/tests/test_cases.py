"""The case: from reservation to completion, what stands in its way, and the whole path of a surgery."""

from datetime import timedelta

import pytest

from kalon.kernel.errors import Clash, DomainError, IllegalMove, Invalid, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.plans import actions as plans
from kalon.plans.models import FollowUpPlan, ProcedurePlan
from kalon.scheduling import actions as scheduling
from kalon.scheduling.models import Allocation
from kalon.theatre import actions
from kalon.theatre.models import Reservation
from kalon.theatre.rules import checklist
from kalon.theatre.tests.told import (
    DONE,
    SURGERY,
    attack,
    checked,
    cleared,
    consented,
    counted,
    day_lines,
    missing,
    now,
    on_the_day,
    operated,
    planned,
    reserved,
    scheduled,
    sides,
    staff_of,
    stage,
    started,
)
from kalon.theatre.tests.told import said as said_lines


def status(house, plan):
    with acting_as(house.clinic.system):
        return ProcedurePlan.objects.values_list("status", flat=True).get(pk=plan.pk)


def test_from_the_approved_plan_to_the_checks_after_surgery(house):
    plan = planned(house)
    kept = reserved(house, plan)
    assert kept.status == "TENTATIVE"
    cleared(house, plan)
    case = actions.schedule(kept.pk, by=house.manager)
    assert (case.status, case.number[:8], status(house, plan)) == ("SCHEDULED", "CS-2026-", "SCHEDULED")
    assert now(house, kept).status == "FIRM"
    with on_the_day():
        started(house, case)
        assert status(house, plan) == "IN_PROGRESS"
        operated(house, case)
        with pytest.raises(NotReady, match="what was used"):
            actions.complete(case.pk, by=house.visit.nurse)
        actions.sign_nothing_used(case.pk, by=house.visit.nurse)
        actions.say_complications(case.pk, "None", by=house.surgeon)
        done = actions.complete(case.pk, by=house.visit.nurse)
    assert (done.status, status(house, plan), now(house, kept).status) == ("COMPLETED", "COMPLETED", "RELEASED")
    with acting_as(house.clinic.system):
        due = FollowUpPlan.objects.filter(plan=plan, kind="POST_OP").order_by("due_date")
        assert [one.due_date - SURGERY for one in due] == [timedelta(days=day) for day in (7, 30, 90)]
    note = {"findings": "As expected", "procedure": "Closed approach", "blood_loss": "50 ml", "after": "Rest"}
    with pytest.raises(NotPermitted):
        actions.write_note(case.pk, note, by=house.manager)
    actions.write_note(case.pk, {"findings": "As expected"}, by=house.surgeon)
    with pytest.raises(Invalid, match="What was done"):
        actions.sign_note(case.pk, by=house.surgeon)
    actions.write_note(case.pk, note, by=house.surgeon)
    signed = actions.sign_note(case.pk, by=house.surgeon)
    correction = actions.write_note(case.pk, {**note, "blood_loss": "80 ml"}, by=house.surgeon)
    assert correction.corrects_id == signed.pk and now(house, signed).content["blood_loss"] == "50 ml"
    assert attack("UPDATE theatre_operationnote SET signed_at = NULL WHERE id = %s", [signed.pk],
                  by=house.surgeon) == "theatre_operationnote_stays"  # fmt: skip


def test_a_theatre_is_taken_once_with_what_goes_around_it(house):
    first, second = planned(house), None
    reserved(house, first, at="10:00")
    with acting_as(house.clinic.system):
        held = Allocation.objects.get(room=house.theatre, is_live=True)
        assert (held.period.upper - held.period.lower) == timedelta(minutes=30 + 90 + 30)
    with pytest.raises(Clash, match="reserved for this plan already"):
        reserved(house, first, at="14:00")
    second = planned(house, of=first.consultation_id)
    with pytest.raises(Clash, match="Theatre 1 is taken from 09:30 to 12:00"):
        reserved(house, second, at="11:00", surgeon_id=house.clinic.doctor.pk)
    with acting_as(house.clinic.system):
        assert Reservation.objects.filter(plan=second).count() == 0
    assert reserved(house, second, at="14:30", surgeon_id=house.clinic.doctor.pk).status == "TENTATIVE"
    with pytest.raises(Invalid, match="no operating theatre"):
        actions.reserve(second.pk, actions.TheatreWish(start=house.clinic.at("16:00", SURGERY), minutes=30,
                                                       room_id=house.clinic.room.pk), by=house.manager)  # fmt: skip


def test_no_case_without_consent_clearance_and_date(house):
    plan = planned(house)
    kept = reserved(house, plan)
    with pytest.raises(NotReady, match="not cleared for this date"):
        actions.schedule(kept.pk, by=house.manager)
    cleared(house, plan, SURGERY + timedelta(days=1))
    with pytest.raises(NotReady, match="not cleared for this date"):
        actions.schedule(kept.pk, by=house.manager)
    assert (now(house, kept).status, status(house, plan)) == ("TENTATIVE", "CONSENT_SIGNED")


def test_whoever_may_not_is_refused_and_nothing_changes(house):
    case, desk = scheduled(house), house.visit.desk
    kept = case.reservation
    for call in (
        lambda: actions.release(kept.pk, reason="No", by=house.visit.nurse),
        lambda: actions.postpone(case.pk, reason="No", by=house.visit.nurse),
        lambda: actions.cancel(case.pk, reason="No", by=house.visit.nurse),
        lambda: actions.start(case.pk, told_mrn="x", told_sides={}, by=desk),
        lambda: actions.write_time(case.pk, "in", by=desk),
        lambda: actions.complete(case.pk, by=desk),
        lambda: actions.abort(case.pk, reason="No", by=desk),
        lambda: actions.count(case.pk, "SWABS", before=1, by=desk),
        lambda: actions.settle_in_arrears(case.pk, by=desk),
    ):
        with pytest.raises(NotPermitted):
            call()
    assert (now(house, case).status, now(house, kept).status) == ("SCHEDULED", "FIRM")


def test_it_starts_on_its_day_with_the_lines_of_the_day_the_patient_and_the_side(house):
    case, nurse = scheduled(house), house.visit.nurse
    right = {"told_mrn": case.patient.mrn, "told_sides": sides(house, case), "by": nurse}
    with pytest.raises(NotReady, match="another day"):
        actions.start(case.pk, **right)
    with on_the_day():
        with pytest.raises(NotReady, match="Fasting"):
            actions.start(case.pk, **right)
        day_lines(house, case)
        with pytest.raises(NotReady, match="WRONG PATIENT"):
            actions.start(case.pk, **{**right, "told_mrn": house.clinic.other_patient.mrn})
        with pytest.raises(NotReady, match="WRONG SIDE"):
            actions.start(case.pk, **{**right, "told_sides": dict.fromkeys(right["told_sides"], "LEFT")})
        assert actions.start(case.pk, **right).status == "IN_PROGRESS"


def test_the_checklist_comes_before_what_it_guards(house):
    case, nurse = scheduled(house), house.visit.nurse
    with on_the_day():
        started(house, case)
        with pytest.raises(Invalid, match="follow each other"):
            actions.write_time(case.pk, "closure", by=nurse)
        actions.write_time(case.pk, "in", by=nurse)
        with pytest.raises(NotReady, match="sign in before anaesthesia"):
            actions.write_time(case.pk, "anaesthesia", by=nurse)
        with pytest.raises(NotReady, match="No incision before the time out"):
            actions.write_time(case.pk, "incision", by=nurse)
        sign_in = stage(house, case, "SIGN_IN")
        for kind, sentence in (("TIME_OUT", "after the sign in"), ("SIGN_OUT", "after closure")):
            later = stage(house, case, kind)
            with pytest.raises(NotReady, match=sentence):
                actions.answer(later.pk, checklist.ITEMS[kind][0].code, "YES", by=nurse)
            with pytest.raises(NotReady, match=sentence):
                actions.sign(later.pk, "NURSE", staff_of(house, nurse), by=nurse)
        with pytest.raises(NotReady, match="must hold"):
            actions.answer(sign_in.pk, "IDENTITY", "NO", "Cannot say", by=nurse)
        with pytest.raises(Invalid, match="Write why not"):
            actions.answer(sign_in.pk, "SITE", "NO", by=nurse)
        with pytest.raises(NotReady, match="7 items"):
            actions.complete_stage(sign_in.pk, by=nurse)
        with pytest.raises(Invalid, match="own role"):
            actions.sign(sign_in.pk, "ANAESTHESIA", staff_of(house, nurse), by=nurse)
        checked(house, case, "SIGN_IN")
        with pytest.raises(IllegalMove, match="sealed"):
            actions.answer(sign_in.pk, "SITE", "YES", by=nurse)
        checked(house, case, "TIME_OUT")
        actions.write_time(case.pk, "incision", by=nurse)
        actions.write_time(case.pk, "closure", by=nurse)
        counted(house, case)
        actions.count(case.pk, "SWABS", after=9, by=nurse)
        with pytest.raises(NotReady, match="swabs"):
            checked(house, case, "SIGN_OUT")
        actions.count(case.pk, "SWABS", after=9, explanation="One torn, both parts seen", by=nurse)
        actions.complete_stage(stage(house, case, "SIGN_OUT").pk, by=nurse)
        assert stage(house, case, "SIGN_OUT").status == "COMPLETE"


def test_postponed_without_a_date_and_scheduled_again(house):
    plan = planned(house)
    case = scheduled(house, plan, anaesthesia="LOCAL")
    kept = case.reservation
    put_off = actions.postpone(case.pk, reason="Fever", by=house.manager)
    assert (put_off.status, now(house, kept).status, status(house, plan)) == (
        "POSTPONED", "RELEASED", "CONSENT_SIGNED"
    )  # fmt: skip
    with acting_as(house.clinic.system):
        assert not Allocation.objects.filter(room=house.theatre, is_live=True).exists()
    later = SURGERY + timedelta(days=2)
    cleared(house, plan, later)
    again = actions.schedule(reserved(house, plan, later).pk, by=house.manager)
    assert (again.pk, again.status, again.surgery_date) == (case.pk, "SCHEDULED", later)
    assert (status(house, plan), again.anaesthesia) == ("SCHEDULED", "LOCAL")
    actions.postpone(case.pk, reason="Fever", by=house.manager)
    once_more = reserved(house, plan, later).pk
    assert actions.schedule(once_more, anaesthesia="GENERAL", by=house.manager).anaesthesia == "GENERAL"
    assert actions.cancel(case.pk, reason="Decided otherwise", by=house.manager).status == "CANCELLED"
    assert status(house, plan) == "CONSENT_SIGNED"


def test_the_calendar_gives_the_time_back_and_the_case_waits(house):
    plan = planned(house)
    case = scheduled(house, plan)
    scheduling.cancel(case.reservation.appointment_id, "Ill", by=house.visit.desk)
    assert (now(house, case).status, status(house, plan)) == ("POSTPONED", "CONSENT_SIGNED")


def test_a_move_on_the_calendar_keeps_the_theatre_tentatively(house):
    case = scheduled(house)
    to = house.clinic.at("10:00", SURGERY + timedelta(days=1))
    before = case.reservation.appointment
    moved = scheduling.reschedule(before.pk, to, "Surgeon ill", by=house.visit.desk)
    assert (moved.room_id, moved.team, moved.equipment) == (house.theatre.pk, before.team, before.equipment)
    assert now(house, case).status == "POSTPONED"
    with acting_as(house.clinic.system):
        assert Reservation.objects.get(appointment=moved).status == "TENTATIVE"


def test_a_cancelled_plan_takes_its_case_along_half_way(house):
    plan = planned(house)
    case = scheduled(house, plan)
    plans.cancel(plan.pk, reason="Decided otherwise", by=house.visit.doctor)
    assert (now(house, case).status, now(house, case.reservation).status) == ("CANCELLED", "RELEASED")
    with acting_as(house.clinic.system):
        assert not Allocation.objects.filter(room=house.theatre, is_live=True).exists()


def test_aborted_the_plan_keeps_its_consent(house):
    plan = planned(house)
    case = scheduled(house, plan)
    with on_the_day():
        started(house, case)
        with pytest.raises(Invalid, match="Write why"):
            actions.abort(case.pk, reason="", by=house.surgeon)
        assert actions.abort(case.pk, reason="Arrhythmia", by=house.surgeon).status == "ABORTED"
    assert (status(house, plan), now(house, case.reservation).status) == ("CONSENT_SIGNED", "RELEASED")


def test_a_return_to_theatre_takes_two_clinicians_and_stays_flagged(house):
    plan = planned(house)
    case = scheduled(house, plan)
    with on_the_day():
        started(house, case)
        operated(house, case)
        actions.sign_nothing_used(case.pk, by=house.visit.nurse)
        actions.complete(case.pk, by=house.visit.nurse)
        one, two = staff_of(house, house.surgeon), staff_of(house, house.anaesthetist)
        facts = {"case_id": case.pk, "room_id": house.theatre.pk, "surgeon_id": one, "first_clinician_id": one,
                 "reason": "Bleeding"}  # fmt: skip
        with pytest.raises(Invalid, match="two different"):
            actions.return_to_theatre(actions.Return(**facts, second_clinician_id=one), by=house.surgeon)
        with pytest.raises(Invalid, match="two different"):  # a nurse is no clinician of this rule
            nurse = staff_of(house, house.visit.nurse)
            actions.return_to_theatre(actions.Return(**facts, second_clinician_id=nurse), by=house.surgeon)
        back = actions.return_to_theatre(actions.Return(**facts, second_clinician_id=two), by=house.surgeon)
        assert back.is_flagged
        without_reason = (
            "INSERT INTO theatre_case SELECT (jsonb_populate_record(one, jsonb_build_object('id', gen_random_uuid(), "
            "'number', 'X-2', 'emergency_reason', NULL))).* FROM theatre_case one WHERE id = %s"
        )
        assert attack(without_reason, [back.pk], by=house.surgeon) == "theatre_case_two_clinicians"
        started(house, back)
        operated(house, back)
        actions.sign_nothing_used(back.pk, by=house.visit.nurse)
        assert actions.complete(back.pk, by=house.visit.nurse).status == "COMPLETED"
        assert status(house, plan) == "COMPLETED"
        assert now(house, back).is_flagged
        # the consent and the clearance of the operation before are not those of the return
        with pytest.raises(NotReady, match="Ask the patient for consent"):
            actions.settle_in_arrears(back.pk, by=house.surgeon)
        with pytest.raises(NotPermitted):
            actions.consent_in_arrears(back.pk, given_by="Asha", words="Yes", by=house.visit.nurse)
        said = {"given_by": "Asha Iyer", "words": "The bleeding and the second anaesthesia; agrees."}
        actions.consent_in_arrears(back.pk, **said, by=house.surgeon)
        with pytest.raises(Clash, match="already"):
            actions.consent_in_arrears(back.pk, **said, by=house.surgeon)
        with pytest.raises(NotReady, match="Clear the patient"):
            actions.settle_in_arrears(back.pk, by=house.surgeon)
        own = actions.clearance_in_arrears(back.pk, by=house.surgeon)
        with pytest.raises(Clash, match="open already"):
            actions.clearance_in_arrears(back.pk, by=house.surgeon)
        assert missing(house, own) >= {"FITNESS", "MEDICINES"}
        set_flag = "UPDATE theatre_case SET arrears_at = kalon_now(), arrears_by_id = %s WHERE id = %s"
        assert attack(set_flag, [one, back.pk], by=house.surgeon) == "theatre_case_arrears"
        said_lines(house, own)
        actions.clear(own.pk, by=house.manager)
        assert actions.settle_in_arrears(back.pk, by=house.surgeon).arrears_at is not None
        with pytest.raises(IllegalMove, match="Nothing is to be completed"):
            actions.settle_in_arrears(back.pk, by=house.surgeon)


# --- Plain SQL of the app's role


@pytest.mark.parametrize("status_wished", ["IN_PROGRESS", "COMPLETED", "POSTPONED", "CANCELLED", "ABORTED"])
def test_no_case_is_born_in_the_middle(house, status_wished):
    case = scheduled(house)
    actions.postpone(case.pk, reason="Fever", by=house.manager)
    copy = (
        "INSERT INTO theatre_case SELECT (jsonb_populate_record(one, jsonb_build_object('id', gen_random_uuid(), "
        "'number', 'X-1', 'status', %s::text))).* FROM theatre_case one WHERE id = %s"
    )
    assert attack(copy, [status_wished, case.pk], by=house.manager) in (
        "theatre_case_status_moves", "theatre_case_born", "theatre_case_cleared", "theatre_case_reserved"
    )  # fmt: skip


def test_every_wrong_order_by_sql_is_refused_by_its_own_rule(house):
    plan = planned(house)
    case = scheduled(house, plan)
    nurse, manager = house.visit.nurse, house.manager
    start = "UPDATE theatre_case SET status = 'IN_PROGRESS' WHERE id = %s"
    done = "UPDATE theatre_case SET status = 'COMPLETED' WHERE id = %s"
    assert attack(start, [case.pk], by=nurse) == "theatre_case_on_its_day"
    assert attack(done, [case.pk], by=nurse) in ("theatre_case_whole", "theatre_case_status_moves")
    assert attack("UPDATE theatre_caseline SET side = 'LEFT'", by=nurse) == "42501"
    with on_the_day():
        assert attack(start, [case.pk], by=nurse) == "theatre_case_lines_of_the_day"
        assert (
            attack("UPDATE theatre_case SET in_at = now() WHERE id = %s", [case.pk], by=nurse) == "theatre_case_times"
        )
        started(house, case)
        now_ = "kalon_now()"
        for column, rule in (
            ("anaesthesia_at", "theatre_case_sign_in_first"),
            ("incision_at", "theatre_case_time_out_first"),
            ("out_at", "theatre_case_sign_out_first"),
        ):
            write = f"UPDATE theatre_case SET in_at = {now_}, {column} = {now_} WHERE id = %s"
            assert attack(write, [case.pk], by=nurse) == rule
        ahead = "UPDATE theatre_case SET in_at = kalon_now() + interval '1 hour' WHERE id = %s"
        assert attack(ahead, [case.pk], by=nurse) == "theatre_case_times"
        assert attack(done, [case.pk], by=nurse) == "theatre_case_whole"
        seal = (
            "UPDATE theatre_stage SET status = 'COMPLETE', completed_at = kalon_now() WHERE case_id = %s AND kind = %s"
        )
        assert attack(seal, [case.pk, "TIME_OUT"], by=nurse) == "theatre_stage_in_turn"
        assert attack(seal, [case.pk, "SIGN_IN"], by=nurse) == "theatre_stage_answered"
        answer = (
            "UPDATE theatre_checkitem SET answer = 'YES', answered_at = now(), answered_by = 'x' "
            "WHERE stage_id IN (SELECT id FROM theatre_stage WHERE case_id = %s AND kind = %s)"
        )
        sign = (
            "INSERT INTO theatre_stagesignature (id, organization_id, patient_id, created_at, stage_id, role, "
            "staff_id, signed_at, taken_by_id) SELECT gen_random_uuid(), organization_id, patient_id, now(), id, "
            "'NURSE', %s, now(), %s FROM theatre_stage WHERE case_id = %s AND kind = %s"
        )
        for kind in ("TIME_OUT", "SIGN_OUT"):
            assert attack(answer, [case.pk, kind], by=nurse) == "theatre_said_in_turn"
            signed = [staff_of(house, nurse), nurse.user_id, case.pk, kind]
            assert attack(sign, signed, by=nurse) == "theatre_said_in_turn"
        assert attack(answer, [case.pk, "SIGN_IN"], by=nurse) == DONE
        assert attack(seal, [case.pk, "SIGN_IN"], by=nurse) == "theatre_stage_signed"
        assert attack(seal, [case.pk, "SIGN_OUT"], by=nurse) == "theatre_stage_in_turn"
        operated(house, case)
        assert attack(done, [case.pk], by=nurse) == "theatre_case_consumption"
        signed = "UPDATE theatre_case SET nothing_used_at = now(), nothing_used_by_id = %s WHERE id = %s"
        assert attack(signed, [staff_of(house, house.surgeon), case.pk], by=nurse) == "theatre_case_nothing_used"
        assert attack("UPDATE theatre_checkitem SET answer = 'NO'", by=nurse) == "theatre_checkitem_sealed"
        assert attack("UPDATE theatre_case SET surgery_date = surgery_date + 1", by=manager) == "theatre_case_born"
    for table in ("theatre_case", "theatre_reservation", "theatre_stage", "theatre_checkitem", "theatre_count"):
        assert attack(f"DELETE FROM {table}", by=manager) == "42501"
    mine = house.clinic.patient_actor()
    for table in ("theatre_case", "theatre_reservation", "theatre_stage", "theatre_operationnote"):
        assert attack(f"SELECT 1 FROM {table}", by=mine) == "42501"


def test_no_firm_reservation_and_no_case_by_sql_without_clearance(house):
    plan = planned(house)
    kept = reserved(house, plan)
    firm = "UPDATE theatre_reservation SET status = 'FIRM' WHERE id = %s"
    assert attack(firm, [kept.pk], by=house.manager) == "theatre_reservation_cleared"
    consented(house, plan)
    case = scheduled_beside(house)
    move = "UPDATE theatre_case SET plan_id = %s WHERE id = %s"
    assert attack(move, [plan.pk, case.pk], by=house.manager) == "theatre_case_born"
    other = "UPDATE theatre_case SET reservation_id = %s WHERE id = %s"
    assert attack(other, [kept.pk, case.pk], by=house.manager) == "theatre_case_reserved"


def scheduled_beside(house):
    with acting_as(house.clinic.system):
        [first] = ProcedurePlan.objects.all()
    plan = planned(house, of=first.consultation_id)
    cleared(house, plan)
    kept = reserved(house, plan, at="14:30", surgeon_id=house.clinic.doctor.pk)
    return actions.schedule(kept.pk, by=house.manager)


def test_refusals_speak(house):
    case = scheduled(house)
    with pytest.raises(DomainError, match="between now and ten hours"):
        actions.write_time(case.pk, "in", 900, by=house.visit.nurse)
