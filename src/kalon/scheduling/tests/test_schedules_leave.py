"""Leave that people ask for: the table against the database, who may answer, and what it does to visits."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from kalon.kernel.constraints import broken_constraint
from kalon.kernel.errors import DomainError, IllegalMove, Invalid, NotFound, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people
from kalon.scheduling import actions, queries
from kalon.scheduling.actions import Answer, Do, VisitsOutside
from kalon.scheduling.lifecycles import LEAVE, LeaveStatus
from kalon.scheduling.models import Appointment, LeaveRequest, TimeOff
from kalon.scheduling.tests.clinic import TUESDAY, Clinic, open_clinic
from kalon.scheduling.tests.test_guards import sql

FRIDAY = TUESDAY + timedelta(days=3)
REFUSALS = ("scheduling_leaverequest_status_moves", "scheduling_leaverequest_sealed")


def asked(clinic: Clinic, first: date = FRIDAY, last: date = FRIDAY, **more: Any) -> LeaveRequest:
    return actions.request_leave(first, last, by=clinic.doctor_actor, **more)


def brought_to(clinic: Clinic, status: str, first: date = FRIDAY) -> LeaveRequest:
    request = asked(clinic, first, first)
    if status == "APPROVED":
        actions.approve_leave(request.pk, by=clinic.owner)
    elif status == "DECLINED":
        actions.decline_leave(request.pk, "We are too few", by=clinic.owner)
    elif status == "WITHDRAWN":
        actions.withdraw_leave(request.pk, by=clinic.doctor_actor)
    with acting_as(clinic.owner):
        return queries.leave_request(request.pk, seen_by=clinic.owner)


def slots(clinic: Clinic, on: date) -> int:
    with acting_as(clinic.desk):
        return len(queries.slots(clinic.doctor.pk, on, clinic.branch.pk, seen_by=clinic.desk))


@pytest.mark.parametrize("before", LeaveStatus.values)
def test_raw_sql_moves_a_request_only_along_an_arrow(clinic: Clinic, before: str) -> None:
    request = brought_to(clinic, before)
    with acting_as(clinic.system):
        (off,) = [request.time_off] if request.time_off else [_some_time_off(clinic)]
        for after in (state for state in LeaveStatus.values if state != before):
            arrows = [move for move in LEAVE.moves if before in move.source and move.target == after]
            if not arrows:
                assert _sql(request, after, off, reason="by hand") in REFUSALS, (before, after)
            elif all(move.reason_needed for move in arrows):
                assert _sql(request, after, off, reason="") == REFUSALS[0], (before, after)
                assert _sql(request, after, off, reason="by hand") == "", (before, after)
            else:
                assert _sql(request, after, off, reason="") == "", (before, after)
        if before == "REQUESTED":  # approved without the time being blocked
            assert _sql(request, "APPROVED", None, reason="") == REFUSALS[0]


def _some_time_off(clinic: Clinic) -> TimeOff:
    (made,) = actions.block(clinic.at("05:00"), clinic.at("06:00"), staff_id=clinic.doctor.pk, by=clinic.system)
    return made


def _sql(request: LeaveRequest, status: str, off: TimeOff | None, *, reason: str) -> str:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('kalon.reason', %s, true)", [reason])
            cursor.execute(
                "UPDATE scheduling_leaverequest SET status = %s, time_off_id = %s, answer = %s WHERE id = %s",
                [
                    status,
                    off.pk if off and status == "APPROVED" else None,
                    "No" if status == "DECLINED" else "",
                    request.pk,
                ],
            )
            assert cursor.rowcount == 1
            transaction.set_rollback(True)
    except DatabaseError as error:
        return broken_constraint(error.__cause__)
    return ""


@pytest.mark.parametrize("status", [state for state in LeaveStatus.values if state not in LEAVE.initial])
def test_no_request_is_born_answered(clinic: Clinic, status: str) -> None:
    request = asked(clinic)
    into = (
        "INSERT INTO scheduling_leaverequest (id, created_at, status_at, organization_id, staff_id, period, words, "
        "note, status, answer) SELECT gen_random_uuid(), now(), now(), organization_id, staff_id, period, words, "
        "note, %s, 'x' FROM scheduling_leaverequest WHERE id = %s"
    )
    assert sql(clinic.system, into, status, request.pk)[0] == REFUSALS[0]


def test_leave_machine(clinic: Clinic) -> None:
    """One rule per move: whatever is tried in whatever order, status, time off and slots agree."""

    class Machine(RuleBasedStateMachine):
        weeks = 0

        def __init__(self) -> None:
            super().__init__()
            Machine.weeks += 1
            self.on = FRIDAY + timedelta(days=7 * Machine.weeks)
            self.request = asked(clinic, self.on, self.on)
            self.status = "REQUESTED"

        def tried(self, move: str, call: Any) -> None:
            if self.status in LEAVE[move].source:
                call()
                self.status = LEAVE[move].target
            else:
                with pytest.raises(IllegalMove):
                    call()

        @rule()
        def approve(self) -> None:
            self.tried("approve", lambda: actions.approve_leave(self.request.pk, by=clinic.owner))

        @rule()
        def decline(self) -> None:
            self.tried("decline", lambda: actions.decline_leave(self.request.pk, "No", by=clinic.owner))

        @rule()
        def withdraw(self) -> None:
            self.tried("withdraw", lambda: actions.withdraw_leave(self.request.pk, by=clinic.doctor_actor))

        @precondition(lambda self: self.status == "REQUESTED")
        @rule()
        def decline_without_a_word(self) -> None:
            with pytest.raises(DomainError):
                actions.decline_leave(self.request.pk, " ", by=clinic.owner)

        @invariant()
        def the_time_is_blocked_exactly_when_it_was_approved(self) -> None:
            with acting_as(clinic.owner):
                row = LeaveRequest.objects.get(pk=self.request.pk)
                assert row.status == self.status
                assert (row.time_off_id is not None) == (self.status == "APPROVED")
                moves = [event.to_state for event in LEAVE.history(row)]
            assert moves[0] == "REQUESTED" and moves[-1] == self.status and len(moves) <= 2
            assert (slots(clinic, self.on) == 0) == (self.status == "APPROVED")

    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Machine,
        settings=settings(
            max_examples=12, stateful_step_count=5, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def test_a_leave_in_words_and_in_hours(clinic: Clinic) -> None:
    whole = asked(clinic, FRIDAY, FRIDAY + timedelta(days=3), note="A wedding")
    assert (whole.words, whole.note) == ("Fri 27 Nov to Mon 30 Nov 2026", "A wedding")
    half = asked(clinic, TUESDAY + timedelta(days=1), TUESDAY + timedelta(days=1), ends_at=time(13))
    assert half.words == "Wed 25 Nov 2026, 00:00 to 13:00"
    actions.approve_leave(half.pk, by=clinic.owner)
    assert slots(clinic, TUESDAY + timedelta(days=1)) == 6  # the afternoon


def test_whole_days_are_whole_on_every_clock_somebody_works_on(clinic: Clinic) -> None:
    from kalon.scheduling.actions import ScheduleLine

    with acting_as(clinic.system):
        york = people.add_branch(name="New York", code="NYC", timezone="America/New_York", by=clinic.system)
    line = ScheduleLine(weekday=6, starts_at=time(9), ends_at=time(12), valid_from=TUESDAY)
    actions.set_schedule(clinic.doctor.pk, york.pk, line, by=clinic.owner)
    request = asked(clinic)
    assert (request.period.upper - request.period.lower) == timedelta(hours=24 + 10, minutes=30)


def test_visits_inside_are_asked_about_before_it_is_approved(clinic: Clinic) -> None:
    visit = clinic.booked("10:00", day=FRIDAY)
    request = asked(clinic)
    with pytest.raises(VisitsOutside):
        actions.approve_leave(request.pk, by=clinic.owner)
    with acting_as(clinic.owner):
        assert LeaveRequest.objects.get().status == "REQUESTED" and not TimeOff.objects.exists()
    moved = Answer(do=Do.MOVE, start=clinic.at("10:00", FRIDAY + timedelta(days=1)))
    actions.approve_leave(request.pk, answers={visit.pk: moved}, by=clinic.owner)
    with acting_as(clinic.owner):
        assert Appointment.objects.get(pk=visit.pk).status == "RESCHEDULED"
        request = LeaveRequest.objects.get()
        assert (request.status, request.decided_by_id) == ("APPROVED", clinic.owner.user_id)


@pytest.mark.parametrize(
    ("first", "last", "more", "field"),
    [
        (FRIDAY, TUESDAY, {}, "last"),
        (TUESDAY - timedelta(days=3), TUESDAY - timedelta(days=2), {}, "first"),
        (FRIDAY, FRIDAY + timedelta(days=400), {}, "last"),
        (FRIDAY, FRIDAY, {"starts_at": time(14), "ends_at": time(13)}, "ends_at"),
        (FRIDAY, FRIDAY, {"note": "x" * 301}, "note"),
        (date(1, 1, 1), FRIDAY, {}, "last"),
    ],
)
def test_wishes_that_make_no_sense_are_refused(
    clinic: Clinic, first: date, last: date, more: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        asked(clinic, first, last, **more)
    assert refused.value.field == field


def test_one_asks_for_oneself_and_a_manager_answers(clinic: Clinic) -> None:
    request = asked(clinic)
    for by in (clinic.doctor_actor, clinic.desk, clinic.nobody, clinic.patient_actor()):
        with pytest.raises((NotPermitted, NotFound)):
            actions.approve_leave(request.pk, by=by)
        with pytest.raises((NotPermitted, NotFound)):
            actions.decline_leave(request.pk, "No", by=by)
    for by in (clinic.desk, clinic.nobody, clinic.owner, clinic.patient_actor()):
        with pytest.raises((NotPermitted, NotFound)):
            actions.withdraw_leave(request.pk, by=by)
    for by in (clinic.nobody, clinic.patient_actor(), clinic.system):
        with pytest.raises(NotPermitted):
            actions.request_leave(FRIDAY, FRIDAY, by=by)
    with acting_as(clinic.owner):
        assert [(one.status, one.time_off_id) for one in LeaveRequest.objects.all()] == [("REQUESTED", None)]


def test_nobody_reads_what_others_ask_for(clinic: Clinic) -> None:
    asked(clinic, note="An operation")
    actions.request_leave(FRIDAY, FRIDAY, by=clinic.desk)
    for who, count in ((clinic.owner, 2), (clinic.doctor_actor, 1), (clinic.desk, 1)):
        with acting_as(who):
            assert queries.leave_requests(seen_by=who).count() == count
    there = open_clinic("OT")
    with acting_as(there.owner):
        assert queries.leave_requests(seen_by=there.owner).count() == 0
    with pytest.raises(NotPermitted), acting_as(clinic.nobody):
        queries.leave_requests(seen_by=clinic.nobody)
