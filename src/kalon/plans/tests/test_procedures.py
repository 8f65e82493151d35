"""Plans: written from a consultation that decided them, approved, booked, carried out, held and cancelled."""

from datetime import timedelta

import pytest

from kalon.consents.tests.planned import consented
from kalon.consultations import actions as consultations
from kalon.kernel import clock
from kalon.kernel.errors import IllegalMove, Invalid, NotFound, NotPermitted, NotReady, Stale
from kalon.kernel.tenancy import acting_as
from kalon.plans import actions, queries
from kalon.plans.actions import LineDetails
from kalon.plans.models import FollowUpPlan, ProcedurePlan
from kalon.plans.tests.told import approved, attend, book, decided, details, now, planned, sessions, work
from kalon.scheduling import actions as scheduling
from kalon.scheduling.tests.clinic import TUESDAY


def test_several_plans_of_one_consultation_each_with_a_number(visit):
    first = planned(visit, "SERIES")
    second = planned(visit, "SURGICAL", of=first.consultation_id, title="Rhinoplasty")
    assert (first.number, second.number) == ("PL-2026-0001", "PL-2026-0002")
    assert (first.title, first.session_count, first.interval_days, first.consent) == (
        "First consultation", 3, 14, "NOT_REQUIRED"
    )  # fmt: skip
    assert (second.title, second.consent, second.doctor_id) == ("Rhinoplasty", "REQUIRED", visit.clinic.doctor.pk)
    with acting_as(visit.desk):
        found = queries.plans_of_consultation(first.consultation_id, seen_by=visit.desk)
        assert [row.pk for row in found] == [first.pk, second.pk]


@pytest.mark.parametrize("outcome", ["NO_ACTION", "REFERRED", "FOLLOW_UP"])
def test_no_plan_without_the_decision(visit, outcome):
    more = {"follow_up_on": TUESDAY + timedelta(days=9)} if outcome == "FOLLOW_UP" else {}
    if outcome == "REFERRED":
        begun = consultations.begin(visit.arrived().pk, by=visit.doctor)
        of = consultations.record_outcome(
            begun.pk, outcome=outcome, note={"assessment": "x", "referred_to": "Dr Joseph"}, by=visit.doctor
        )
    else:
        of = decided(visit, outcome, **more)
    with pytest.raises(NotReady, match="rests on a consultation"):
        actions.plan_procedure(of.pk, details(visit), by=visit.doctor)
    assert now_count(visit) == 0


def now_count(visit):
    with acting_as(visit.clinic.system):
        return ProcedurePlan.objects.count()


def test_no_plan_while_the_consultation_goes_on_and_only_conservative_ones_of_that_decision(visit):
    begun = consultations.begin(visit.arrived().pk, by=visit.doctor)
    with pytest.raises(NotReady):
        actions.plan_procedure(begun.pk, details(visit), by=visit.doctor)
    consultations.record_outcome(begun.pk, outcome="CONSERVATIVE", note={"assessment": "x"}, by=visit.doctor)
    with pytest.raises(Invalid, match="without a procedure"):
        actions.plan_procedure(begun.pk, details(visit, "SURGICAL"), by=visit.doctor)
    assert planned(visit, "CONSERVATIVE", of=begun.pk).plan_type == "CONSERVATIVE"


@pytest.mark.parametrize(
    ("plan_type", "wrong", "field"),
    [
        ("SERIES", {"session_count": 1}, "session_count"),
        ("SERIES", {"session_count": 61}, "session_count"),
        ("SERIES", {"interval_days": None}, "interval_days"),
        ("NON_SURGICAL", {"plan_type": "MAGIC"}, "plan_type"),
        ("NON_SURGICAL", {"money_type": "GOLD"}, "money_type"),
        ("NON_SURGICAL", {"consent": "PERHAPS"}, "consent"),
        ("NON_SURGICAL", {"review_after_days": 0}, "review_after_days"),
        ("NON_SURGICAL", {"lines": ()}, "title"),
        ("NON_SURGICAL", {"goal": "x" * 4001}, "goal"),
        ("NON_SURGICAL", {"lines": (LineDetails(),)}, "lines"),
        ("NON_SURGICAL", {"lines": (LineDetails(procedure="Peel", quantity=0),)}, "lines"),
        ("NON_SURGICAL", {"lines": (LineDetails(procedure="Peel", side="UP"),)}, "lines"),
        ("NON_SURGICAL", {"lines": (LineDetails(procedure="Peel", money_type="HYBRID"),)}, "lines"),
    ],
)
def test_details_that_cannot_be_are_refused_beside_their_field(visit, plan_type, wrong, field):
    of = decided(visit)
    with pytest.raises(Invalid) as refused:
        actions.plan_procedure(of.pk, details(visit, **{"plan_type": plan_type, **wrong}), by=visit.doctor)
    assert refused.value.field == field
    assert now_count(visit) == 0


def test_what_is_missing_is_said_before_it_is_sent(visit):
    bare = planned(visit, lines=(), title="Peels")
    with pytest.raises(NotReady, match="at least one line"):
        actions.submit(bare.pk, by=visit.doctor)
    surgical = planned(visit, "SURGICAL", of=bare.consultation_id, lines=(LineDetails(procedure="Rhinoplasty"),))
    with pytest.raises(NotReady, match="which side"):
        actions.submit(surgical.pk, by=visit.doctor)
    hybrid = planned(visit, of=bare.consultation_id, money_type="HYBRID")
    with pytest.raises(NotReady, match="hybrid plan has"):
        actions.submit(hybrid.pk, by=visit.doctor)


def test_two_windows_cannot_overwrite_each_other_and_approval_ends_writing(visit):
    plan = planned(visit)
    changed = actions.change_plan(plan.pk, details(visit, title="Peels"), edition=0, by=visit.doctor)
    assert (changed.title, changed.edition) == ("Peels", 1)
    with pytest.raises(Stale):
        actions.change_plan(plan.pk, details(visit, title="Lasers"), edition=0, by=visit.doctor)
    actions.submit(plan.pk, by=visit.doctor)
    actions.approve(plan.pk, by=visit.doctor)
    with pytest.raises(IllegalMove, match="Cancel it and make a new one"):
        actions.change_plan(plan.pk, details(visit), edition=1, by=visit.doctor)


def test_approved_by_a_doctor_under_their_own_name(visit):
    plan = actions.submit(planned(visit).pk, by=visit.doctor)
    for nobody in (visit.desk, visit.nurse, visit.clinic.nobody, visit.clinic.system):
        with pytest.raises(NotPermitted):
            actions.approve(plan.pk, by=nobody)
    done = actions.approve(plan.pk, by=visit.doctor)
    assert (done.status, done.approved_by.name) == ("APPROVED", "Dr Kavya Menon")


def test_who_has_no_right_changes_nothing(visit):
    plan = planned(visit)
    calls = (
        lambda by: actions.plan_procedure(plan.consultation_id, details(visit), by=by),
        lambda by: actions.change_plan(plan.pk, details(visit), edition=0, by=by),
        lambda by: actions.submit(plan.pk, by=by),
        lambda by: actions.cancel(plan.pk, reason="No", by=by),
        lambda by: actions.hold(plan.pk, reason="No", by=by),
        lambda by: actions.acknowledge(plan.pk, by=by),
    )
    for call in calls:
        with pytest.raises(NotPermitted):
            call(visit.nurse)
        with pytest.raises((NotPermitted, NotFound)):
            call(visit.clinic.patient_actor(visit.clinic.other_patient))
    assert (now(visit, plan).status, now(visit, plan).edition, now_count(visit)) == ("DRAFT", 0, 1)


def test_one_treatment_is_booked_carried_out_and_looked_at_again(visit):
    plan = approved(visit, review_after_days=30)
    consultations.close(plan.consultation_id, by=visit.doctor)
    assert work(visit) == [("TREATMENT", 0)]
    first = book(visit, plan, day=TUESDAY + timedelta(days=2), kind="SESSION")
    assert (now(visit, plan).status, work(visit)) == ("SCHEDULED", [])
    scheduling.cancel(first.pk, "Ill", by=visit.desk)
    assert (now(visit, plan).status, work(visit)) == ("APPROVED", [("TREATMENT", 0)])
    attend(visit, book(visit, plan, day=TUESDAY + timedelta(days=3), kind="SESSION"))
    assert now(visit, plan).status == "COMPLETED"
    with acting_as(visit.desk):
        review = FollowUpPlan.objects.get(plan=plan)
    assert (review.kind, review.due_date) == ("REVIEW", TUESDAY + timedelta(days=33))


def test_a_series_goes_on_session_by_session(visit):
    plan = approved(visit, "SERIES", review_after_days=30)
    consultations.close(plan.consultation_id, by=visit.doctor)
    assert sessions(visit, plan) == [(1, "PENDING")]
    day = TUESDAY
    for number in (1, 2, 3):
        day += timedelta(days=14)
        with acting_as(visit.desk):
            due = FollowUpPlan.objects.get(plan=plan, session_number=number)
        booked = book(visit, due, day=day, kind="SESSION")
        attend(visit, booked)
        if number < 3:
            assert now(visit, plan).status == "IN_PROGRESS"
            with acting_as(visit.desk):
                following = FollowUpPlan.objects.get(plan=plan, session_number=number + 1)
                assert following.due_date == day + timedelta(days=14)
                assert str(queries.progress_of(now(visit, plan), seen_by=visit.desk)) == f"{number} of 3"
    assert now(visit, plan).status == "COMPLETED"
    assert sessions(visit, plan) == [(1, "COMPLETED"), (2, "COMPLETED"), (3, "COMPLETED")]
    with clock.at(booked.period.lower), acting_as(visit.desk):
        [review] = queries.todos(list(queries.work(seen_by=visit.desk, within_days=None)), seen_by=visit.desk)
        assert (review.title, review.when) == ("Follow-up", "due in 30 days")


def test_a_session_in_the_list_says_which_of_how_many(visit):
    plan = approved(visit, "SERIES")
    with acting_as(visit.desk):
        [todo] = queries.todos(list(queries.work(seen_by=visit.desk)), seen_by=visit.desk)
        assert (todo.title, todo.when) == ("Session 1 of 3", "due today")
    actions.hold(plan.pk, reason="Pregnant", by=visit.doctor)
    assert work(visit) == []  # nobody is asked to book what waits


def test_a_surgery_asks_for_its_pre_op_and_pre_op_does_not_move_it(visit):
    plan = approved(visit, "SURGICAL")
    assert work(visit) == [("PRE_OP", 0)]
    with acting_as(visit.desk):
        [todo] = queries.todos(list(queries.work(seen_by=visit.desk)), seen_by=visit.desk)
        assert todo.title == "Schedule PRE_OP" and "kind=PRE_OP" in todo.url and f"for={plan.pk}" in todo.url
    book(visit, plan, day=TUESDAY + timedelta(days=2), kind="PRE_OP")
    assert (now(visit, plan).status, work(visit)) == ("APPROVED", [])


def test_consent_comes_before_the_date_and_takes_it_back(visit):
    plan = approved(visit, consent="REQUIRED")
    assert work(visit) == []  # the consent comes first
    with pytest.raises(NotReady, match="consent is signed first"):
        book(visit, plan, day=TUESDAY + timedelta(days=2), kind="SESSION")
    actions.go_along(plan.pk, move="ask_consent", by=visit.desk)
    with pytest.raises(NotReady, match="does not hold"):
        actions.go_along(plan.pk, move="consent_signed", by=visit.desk)
    consented(visit, plan)
    booked = book(visit, plan, day=TUESDAY + timedelta(days=2), kind="SESSION")
    assert now(visit, plan).status == "SCHEDULED"
    scheduling.cancel(booked.pk, "Ill", by=visit.desk)
    assert now(visit, plan).status == "CONSENT_SIGNED"
    actions.go_along(plan.pk, move="consent_lost", reason="Revoked by the patient", by=visit.desk)
    assert now(visit, plan).status == "APPROVED"
    with pytest.raises(Invalid):
        actions.go_along(plan.pk, move="approve", by=visit.desk)


def test_without_a_procedure_it_is_begun_and_finished_by_hand(visit):
    plan = approved(visit, "CONSERVATIVE", review_after_days=14)
    actions.begin(plan.pk, by=visit.doctor)
    assert actions.finish(plan.pk, by=visit.doctor).status == "COMPLETED"
    assert work(visit) == [("REVIEW", 14)]
    with pytest.raises(IllegalMove):
        actions.cancel(plan.pk, reason="Too late", by=visit.doctor)


@pytest.mark.parametrize("plan_type", ["SURGICAL", "NON_SURGICAL", "SERIES"])
def test_a_procedure_is_not_begun_by_hand(visit, plan_type):
    plan = approved(visit, plan_type)
    with pytest.raises(NotReady):
        actions.begin(plan.pk, by=visit.doctor)
    assert now(visit, plan).status == "APPROVED"


def test_on_hold_and_back_where_it_stood(visit):
    plan = approved(visit)
    with pytest.raises(Invalid, match="Write why"):
        actions.hold(plan.pk, reason="", by=visit.desk)
    held = actions.hold(plan.pk, reason="Travelling", by=visit.desk)
    assert (held.status, held.held_from) == ("ON_HOLD", "APPROVED")
    with pytest.raises(IllegalMove):
        actions.hold(plan.pk, reason="Again", by=visit.desk)
    assert actions.resume(plan.pk, by=visit.desk).status == "APPROVED"
    with pytest.raises(IllegalMove, match="not on hold"):
        actions.resume(plan.pk, by=visit.desk)


def test_a_hold_gives_the_visit_back_and_the_plan_is_booked_anew_when_it_goes_on(visit):
    plan = approved(visit)
    booked = book(visit, plan, day=TUESDAY + timedelta(days=2), kind="SESSION")
    held = actions.hold(plan.pk, reason="Travelling", by=visit.doctor)
    assert (held.held_from, now(visit, booked).status, now(visit, booked).cancelled_side) == (
        "APPROVED", "CANCELLED", "CLINIC"
    )  # fmt: skip
    assert actions.resume(plan.pk, by=visit.desk).status == "APPROVED"
    book(visit, plan, day=TUESDAY + timedelta(days=3), kind="SESSION")
    assert now(visit, plan).status == "SCHEDULED"


def test_cancelled_with_what_was_still_to_be_booked(visit):
    plan = approved(visit, "SERIES")
    actions.cancel(plan.pk, reason="The patient decided otherwise", by=visit.doctor)
    assert (sessions(visit, plan), work(visit)) == ([(1, "CANCELLED")], [])


def test_a_changed_outcome_takes_unapproved_plans_along_and_stops_at_approved_ones(visit):
    plan = planned(visit)
    consultations.reopen(plan.consultation_id, reason="A slip", by=visit.doctor)
    consultations.record_outcome(plan.consultation_id, outcome="NO_ACTION", note={}, by=visit.doctor)
    assert now(visit, plan).status == "CANCELLED"


def test_an_approved_plan_stands_in_the_way_of_another_outcome(visit):
    plan = approved(visit)
    consultations.reopen(plan.consultation_id, reason="A slip", by=visit.doctor)
    with pytest.raises(NotReady, match="Cancel the plan first"):
        consultations.record_outcome(plan.consultation_id, outcome="NO_ACTION", note={}, by=visit.doctor)
    kept = consultations.record_outcome(plan.consultation_id, outcome="PROCEDURE_PLANNED", note={}, by=visit.doctor)
    assert (kept.status, now(visit, plan).status) == ("PLAN_CREATED", "APPROVED")


def test_the_patient_reads_it_once_it_is_approved_and_says_so_once(visit):
    plan = planned(visit)
    mine = visit.clinic.patient_actor()
    with pytest.raises(NotFound):
        actions.acknowledge(plan.pk, by=mine)
    actions.submit(plan.pk, by=visit.doctor)
    actions.approve(plan.pk, by=visit.doctor)
    first = actions.acknowledge(plan.pk, by=mine)
    with clock.at(clock.now() + timedelta(days=1)):
        assert actions.acknowledge(plan.pk, by=mine).acknowledged_at == first.acknowledged_at
    with pytest.raises(NotFound):
        actions.acknowledge(plan.pk, by=visit.clinic.patient_actor(visit.clinic.other_patient))
    with pytest.raises(NotPermitted):
        actions.acknowledge(plan.pk, by=visit.doctor)


def test_a_patient_moves_and_cancels_the_visit_of_their_own_plan(visit):
    plan = approved(visit, "SERIES")
    with acting_as(visit.desk):
        first = FollowUpPlan.objects.get(plan=plan)
    booked = book(visit, first, day=TUESDAY + timedelta(days=2), kind="SESSION")
    mine = visit.clinic.patient_actor()
    moved = scheduling.reschedule(booked.pk, visit.clinic.at("12:00", TUESDAY + timedelta(days=3)), "Work", by=mine)
    assert now(visit, first).appointment_id == moved.pk
    scheduling.cancel(moved.pk, "Work", by=mine)
    assert (now(visit, first).status, now(visit, plan).status) == ("PENDING", "APPROVED")
