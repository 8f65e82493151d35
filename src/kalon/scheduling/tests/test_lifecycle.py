"""The appointment's table against the database: every pair of states by raw SQL, and one rule per move."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from kalon.kernel import clock
from kalon.kernel.constraints import broken_constraint
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.scheduling import actions, queries
from kalon.scheduling.lifecycles import LIFE, RELEASED, Status
from kalon.scheduling.models import Allocation, Appointment
from kalon.scheduling.tests.clinic import EIGHT, Clinic

REFUSALS = ("scheduling_appointment_status_moves", "scheduling_appointment_sealed")

# The shortest way to each state, by verbs.
WAYS: dict[str, tuple[str, ...]] = {
    "CONFIRMED": (),
    "CHECKED_IN": ("check_in",),
    "IN_PROGRESS": ("check_in", "start"),
    "COMPLETED": ("check_in", "start", "complete"),
    "CANCELLED": ("cancel",),
    "NO_SHOW": ("no_show",),
}


def brought_to(clinic: Clinic, status: str, clock_time: str = "10:00") -> Any:
    """A visit in a state, brought there by the product's own verbs."""
    if status == "REQUESTED":
        return actions.book(clinic.wish(clock_time, service_id=clinic.review.pk), by=clinic.patient_actor())
    if status == "PENDING_PAYMENT":
        return clinic.booked(clock_time, service_id=clinic.prepaid.pk)
    visit = clinic.booked(clock_time, kind="SURGERY")  # the one kind whose end waits for no consultation
    if status == "RESCHEDULED":
        actions.reschedule(
            visit.pk, clinic.at(clock_time, clinic.at(clock_time).date() + timedelta(days=1)), "Asked", by=clinic.owner
        )
    with clock.at(EIGHT + timedelta(hours=4)):
        for name in WAYS.get(status, ()):
            step(name, visit, clinic)
    with acting_as(clinic.system):
        return queries.appointment(visit.pk, seen_by=clinic.system)


def step(name: str, visit: Any, clinic: Clinic) -> Any:
    verb = getattr(actions, name)
    reason = ("Asked for it",) if LIFE[name].reason_needed or LIFE[name].correction else ()
    return verb(visit.pk, *reason, by=clinic.owner)


@pytest.mark.parametrize("before", Status.values)
def test_raw_sql_moves_a_status_only_along_an_arrow(clinic: Clinic, before: str) -> None:
    """As the application's own role, with a good context: the trigger alone decides, for every other state."""
    visit = brought_to(clinic, before)
    with clock.at(EIGHT + timedelta(hours=4, minutes=5)), acting_as(clinic.system):
        for after in (state for state in Status.values if state != before):
            arrows = [
                move
                for move in LIFE.moves
                if before in move.source and move.target == after and all(row.holds(visit) for row in move.where)
            ]
            if not arrows:
                assert _sql(visit, after, reason="by hand") in REFUSALS, (before, after)
            elif all(move.reason_needed or move.correction for move in arrows):
                assert _sql(visit, after, reason="") == REFUSALS[0], (before, after)
                assert _sql(visit, after, reason="by hand") == "", (before, after)
            else:
                assert _sql(visit, after, reason="") == "", (before, after)


def _sql(visit: Any, status: str, *, reason: str) -> str:
    """The name of the constraint that refused, or nothing; either way it is undone."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('kalon.reason', %s, true)", [reason])
            cursor.execute(
                "UPDATE scheduling_appointment SET status = %s, cancelled_reason = %s WHERE id = %s",
                [status, "by hand" if status == "CANCELLED" else visit.cancelled_reason, visit.pk],
            )
            assert cursor.rowcount == 1
            transaction.set_rollback(True)
    except DatabaseError as error:
        return broken_constraint(error.__cause__)
    return ""


@pytest.mark.parametrize("status", [state for state in Status.values if state not in LIFE.initial])
def test_no_visit_is_born_in_the_middle(clinic: Clinic, status: str) -> None:
    visit = clinic.booked()
    with acting_as(clinic.system):
        columns = ("organization_id", "branch_id", "doctor_id", "period")
        twin = Appointment(patient=visit.patient, number="TWIN", status=status, cancelled_reason="by hand")
        for column in columns:
            setattr(twin, column, getattr(visit, column))
        with pytest.raises(DatabaseError) as refused, transaction.atomic():
            twin.save(force_insert=True)
    assert broken_constraint(refused.value.__cause__) == "scheduling_appointment_status_moves"


@pytest.mark.parametrize("move", LIFE.moves, ids=lambda move: move.name)
def test_nobody_moves_without_the_right_and_nothing_changes(clinic: Clinic, move: Any) -> None:
    visit = brought_to(clinic, move.source[-1])
    changed = clinic.at("16:00")
    calls = {
        "reschedule": lambda: actions.reschedule(visit.pk, changed, "why", by=clinic.nobody),
        "confirm_paid": lambda: actions.confirm_paid(visit.pk, by=clinic.nobody),
    }
    reason = ("why",) if move.reason_needed or move.correction else ()
    call = calls.get(move.name, lambda: getattr(actions, move.name)(visit.pk, *reason, by=clinic.nobody))
    with pytest.raises(NotPermitted):
        call()
    with acting_as(clinic.system):
        assert Appointment.objects.get(pk=visit.pk).status == visit.status


def test_each_move_is_written_down_by_the_database(clinic: Clinic) -> None:
    visit = brought_to(clinic, "COMPLETED")
    with acting_as(clinic.owner):
        steps = queries.history(visit, seen_by=clinic.owner)
    assert [(s.move, s.from_state, s.to_state, s.by) for s in steps] == [
        ("book", "", "CONFIRMED", "Sini Paul"),
        ("check_in", "CONFIRMED", "CHECKED_IN", "Leela George"),
        ("start", "CHECKED_IN", "IN_PROGRESS", "Leela George"),
        ("complete", "IN_PROGRESS", "COMPLETED", "Leela George"),
    ]


@pytest.mark.parametrize(
    ("status", "undo", "minutes"),
    [("CHECKED_IN", "undo_check_in", 30), ("IN_PROGRESS", "undo_start", 15), ("NO_SHOW", "undo_no_show", 720)],
)
def test_a_slip_is_taken_back_with_a_reason_while_it_is_fresh(
    clinic: Clinic, status: str, undo: str, minutes: int
) -> None:
    visit = brought_to(clinic, status)
    verb = getattr(actions, undo)
    slipped = EIGHT + timedelta(hours=4)
    with clock.at(slipped + timedelta(minutes=1)), pytest.raises(Invalid, match="Write why"):
        verb(visit.pk, " ", by=clinic.owner)
    with clock.at(slipped + timedelta(minutes=minutes, seconds=1)), pytest.raises(IllegalMove, match="too late"):
        verb(visit.pk, "Wrong patient", by=clinic.owner)
    with clock.at(slipped + timedelta(minutes=minutes - 1)):
        assert verb(visit.pk, "Wrong patient", by=clinic.owner).status == LIFE[undo].target


def test_a_patient_who_came_after_all_needs_the_time_still_free(clinic: Clinic) -> None:
    visit = clinic.booked("10:00")
    with clock.at(EIGHT + timedelta(hours=2, minutes=5)):
        actions.no_show(visit.pk, by=clinic.desk)
        actions.book(clinic.wish("10:00", patient_id=clinic.other_patient.pk, source="WALK_IN"), by=clinic.desk)
        with pytest.raises(Clash, match="Dr Kavya Menon is taken from 10:00"):
            actions.undo_no_show(visit.pk, "She was in the wrong building", by=clinic.desk)
    with acting_as(clinic.system):
        assert Appointment.objects.get(pk=visit.pk).status == Status.NO_SHOW


def test_check_in_is_for_today_and_a_no_show_for_what_has_begun(clinic: Clinic) -> None:
    visit = clinic.booked("10:00", day=clinic.at("10:00").date() + timedelta(days=1))
    with pytest.raises(NotReady, match="on 25 Nov"):
        actions.check_in(visit.pk, by=clinic.desk)
    with pytest.raises(NotReady, match="not begun"):
        actions.no_show(visit.pk, by=clinic.desk)


def test_whoever_left_unseen_is_cancelled_with_those_words(clinic: Clinic) -> None:
    visit = brought_to(clinic, "CHECKED_IN")
    left = actions.leave_unseen(visit.pk, by=clinic.desk)
    assert (left.status, left.cancelled_reason) == (Status.CANCELLED, "Left without being seen")


class Life(RuleBasedStateMachine):
    """Visits live at random; whatever happens, live visits hold their doctor and the others do not."""

    clinic: Clinic

    def __init__(self) -> None:
        super().__init__()
        self.before = transaction.savepoint()
        self.now = EIGHT + timedelta(hours=2)
        self.visit = self._try(lambda: self.clinic.booked("10:00", source="WALK_IN", kind="SURGERY"))
        self.model = str(self.visit.status)

    def teardown(self) -> None:
        """Each life begins on the same morning: what an earlier one left behind would decide what is possible."""
        transaction.savepoint_rollback(self.before)

    def _fresh(self) -> Any:
        with acting_as(self.clinic.system):
            return queries.appointment(self.visit.pk, seen_by=self.clinic.system)

    def _try(self, call: Any) -> Any:
        try:
            with clock.at(self.now), transaction.atomic():
                return call()
        except (Clash, IllegalMove, Invalid, NotReady):
            return None

    def _walk_in(self, start: str) -> Any:
        return self.clinic.booked(start, source="WALK_IN", kind="SURGERY", off_schedule_reason="Walk-in")

    def _make(self, name: str) -> None:
        move = LIFE[name]
        done = self._try(lambda: step(name, self.visit, self.clinic))
        left = name == "cancel" and self.model == "CHECKED_IN"  # cancelling then means: left without being seen
        allowed = self.model in move.source or left
        if done is not None:
            assert allowed, f"{name} from {self.model} should be refused"
            self.model = str(move.target)
        elif allowed:
            assert name in ("undo_no_show", "undo_start", "undo_check_in"), f"{name} from {self.model} was refused"

    @rule()
    def time_passes(self) -> None:
        self.now += timedelta(minutes=7)

    @precondition(lambda self: self.model in RELEASED or self.model == "COMPLETED")
    @rule()
    def another_visit(self) -> None:
        minutes = int((self.now - EIGHT).total_seconds() // 60)
        start = f"{8 + minutes // 60 % 8:02d}:{minutes % 60:02d}"
        done = self._try(lambda: self._walk_in(start))
        if done is not None:
            self.visit, self.model = done, str(done.status)

    @invariant()
    def the_database_agrees(self) -> None:
        visit = self._fresh()
        assert visit.status == self.model
        with acting_as(self.clinic.system):
            live = Allocation.objects.filter(appointment=visit, is_live=True).count()
        assert live == (0 if visit.status in RELEASED else 1)


def _rule_for(name: str) -> Any:
    def make(self: Life) -> None:
        self._make(name)

    make.__name__ = f"try_{name}"
    return rule()(make)


# One rule per move: sampling names under a single rule would try the rare ones too seldom.
for _name in (
    "check_in",
    "start",
    "complete",
    "no_show",
    "leave_unseen",
    "cancel",
    "undo_check_in",
    "undo_start",
    "undo_no_show",
):
    setattr(Life, f"try_{_name}", _rule_for(_name))


def test_lives_lived_at_random(clinic: Clinic) -> None:
    machine = type("Lives", (Life,), {"clinic": clinic})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=8, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
