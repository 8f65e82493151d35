"""Whatever is done, in whatever order, by several at once: nothing overlaps, nothing is lost, the history is whole."""

import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta
from itertools import pairwise
from random import Random
from threading import Barrier
from typing import Any
from uuid import UUID

from django.db import connection, connections
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.errors import FlakyStrategyDefinition, HypothesisException
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from kalon.kernel import actors, audit, clock
from kalon.kernel.errors import DomainError, IllegalMove
from kalon.kernel.events import on
from kalon.kernel.tenancy import acting_as
from kalon.scheduling import actions, events, queries
from kalon.scheduling.lifecycles import AHEAD, LIFE, RELEASED
from kalon.scheduling.models import Allocation, Appointment, LeaveRequest, TimeOff, WaitingEntry
from kalon.scheduling.rules import Chosen
from kalon.scheduling.tests.clinic import EIGHT, TUESDAY, Clinic, open_clinic
from kalon.scheduling.tests.laser import Laser, open_laser

TIMES = st.sampled_from([f"{hour:02}:{minute:02}" for hour in range(8, 17) for minute in (0, 15, 30)])
DAYS = st.sampled_from([TUESDAY + timedelta(days=n) for n in (0, 0, 0, 1, 7)])
WHICH = st.integers(0, 30)

OVERLAPS = """
    SELECT count(*) FROM scheduling_allocation AS one JOIN scheduling_allocation AS other
        ON one.resource_id = other.resource_id AND one.id < other.id AND one.place = other.place
        AND one.period && other.period
    WHERE one.is_live AND other.is_live AND NOT one.is_overbooked AND NOT other.is_overbooked"""


class AnyOrder(RuleBasedStateMachine):
    """A Tuesday at the desk on which everybody does what they like."""

    clinic: Clinic
    laser: Laser
    tokens: list[str]
    faults: list[Exception]

    def __init__(self) -> None:
        super().__init__()
        self.now = EIGHT + timedelta(hours=2)
        self.clinic.booked("10:00", source="WALK_IN", kind="SURGERY", off_schedule_reason="To begin with",
                           overbooking_reason="To begin with")  # fmt: skip

    def teardown(self) -> None:
        """Keep what went wrong, whatever becomes of the report of it."""
        if isinstance(fault := sys.exception(), Exception) and not isinstance(fault, HypothesisException):
            self.faults.append(fault)

    def attempt(self, call: Callable[[], Any]) -> Any:
        """What came of it; a refusal in words is a fine answer, anything else is a fault."""
        try:
            with clock.at(self.now):
                return call()
        except DomainError as refusal:
            return refusal

    def visit(self, which: int) -> Any:
        with acting_as(self.clinic.system):
            rows = list(Appointment.objects.order_by("-created_at")[:12])
        return rows[which % len(rows)]

    def service(self, which: int) -> Any:
        offered = (self.clinic.consult, self.clinic.prepaid, self.clinic.peel, self.laser.session, self.clinic.review)
        return offered[which % len(offered)].pk

    def doctor(self, which: int) -> Any:
        return (self.clinic.doctor, self.clinic.other_doctor)[which % 2].pk

    @rule(at=TIMES, day=DAYS, what=WHICH, who=WHICH)
    def the_desk_books(self, at: str, day: Any, what: int, who: int) -> None:
        self.attempt(lambda: self.clinic.booked(at, day=day, service_id=self.service(what), doctor_id=self.doctor(who)))

    @rule(at=TIMES, day=DAYS, what=WHICH)
    def a_patient_books(self, at: str, day: Any, what: int) -> None:
        wish = self.clinic.wish(at, day=day, service_id=self.service(what))
        self.attempt(lambda: actions.book(wish, by=self.clinic.patient_actor()))

    @rule(at=TIMES, who=WHICH)
    def a_doctor_is_booked_twice_on_purpose(self, at: str, who: int) -> None:
        self.attempt(
            lambda: self.clinic.booked(at, doctor_id=self.doctor(who), overbooking_reason="Agreed with the doctor")
        )

    @rule(at=TIMES, what=WHICH, gap=st.sampled_from([1, 7]))
    def a_series_is_booked(self, at: str, what: int, gap: int) -> None:
        like = self.clinic.wish(at, service_id=self.service(what))
        starts = [actions.SeriesVisit(start=self.clinic.at(at, TUESDAY + timedelta(days=gap * n))) for n in range(3)]
        request = actions.SeriesRequest(like=like, visits=starts, interval_days=gap)
        self.attempt(lambda: actions.book_series(request, by=self.clinic.desk))

    @rule(at=TIMES, what=WHICH)
    def a_time_is_held(self, at: str, what: int) -> None:
        self.attempt(lambda: actions.hold(self.clinic.wish(at, service_id=self.service(what)), by=self.clinic.owner))

    @rule(at=TIMES, which=WHICH)
    def a_visit_is_dragged(self, at: str, which: int) -> None:
        visit = self.visit(which)
        held = self.attempt(lambda: actions.hold_move(visit.pk, self.clinic.at(at), by=self.clinic.desk))
        if isinstance(held, actions.Hold):
            moved = self.attempt(
                lambda: actions.reschedule(
                    visit.pk, self.clinic.at(at), "Dragged", hold_id=held.id, by=self.clinic.desk
                )
            )
            assert isinstance(moved, Appointment), f"what was held for the move was refused: {moved}"

    @rule(at=TIMES, day=DAYS, which=WHICH, who=WHICH, minutes=st.sampled_from([None, 15, 90]))
    def a_visit_is_moved(self, at: str, day: Any, which: int, who: int, minutes: int | None) -> None:
        visit = self.visit(which)
        self.attempt(
            lambda: actions.reschedule(
                visit.pk, self.clinic.at(at, day), "Asked", doctor_id=self.doctor(who), minutes=minutes,
                by=self.clinic.desk,
            )
        )  # fmt: skip

    @rule(which=WHICH, room=st.integers(0, 2), who=st.integers(0, 1))
    def a_room_and_a_therapist_are_chosen(self, which: int, room: int, who: int) -> None:
        rooms = (*self.laser.rooms, self.clinic.room)
        chosen = Chosen(rooms[room].pk, (self.laser.therapists[who].pk,))
        visit = self.visit(which)
        self.attempt(lambda: actions.allocate(visit.pk, chosen, by=self.clinic.desk))

    @rule(at=TIMES, who=WHICH)
    def somebody_is_away(self, at: str, who: int) -> None:
        self.is_away(self.clinic.at(at), who)

    def is_away(self, start: Any, who: int) -> None:
        self.attempt(
            lambda: actions.block(
                start, start + timedelta(hours=1), staff_id=self.doctor(who), kind="MEETING", by=self.clinic.owner
            )
        )

    @rule()
    def the_last_block_is_lifted(self) -> None:
        with acting_as(self.clinic.system):
            last = TimeOff.objects.filter(is_active=True).order_by("-created_at").first()
        if last:
            self.attempt(lambda: actions.unblock(last.pk, by=self.clinic.owner))

    @rule(until=st.sampled_from([time(12), time(15), time(17), time(18)]), capacity=st.sampled_from([1, 2]))
    def the_hours_change(self, until: time, capacity: int) -> None:
        self.new_hours(until, capacity)

    def new_hours(self, until: time, capacity: int) -> None:
        with acting_as(self.clinic.system):
            lines = queries.schedules_of(self.clinic.doctor.pk, seen_by=self.clinic.system)
            line = next(one for one in lines if one.weekday == TUESDAY.weekday())
        new = actions.ScheduleLine(
            weekday=line.weekday, starts_at=time(9), ends_at=until, slot_minutes=30, capacity=capacity,
            valid_from=line.valid_from,
        )  # fmt: skip
        self.attempt(lambda: actions.change_schedule(line.pk, new, by=self.clinic.owner))

    @rule(what=WHICH)
    def somebody_waits(self, what: int) -> None:
        request = actions.WaitingRequest(
            patient_id=self.clinic.other_patient.pk,
            branch_id=self.clinic.branch.pk,
            service_id=self.service(what),
            until_date=TUESDAY + timedelta(days=2),
        )
        self.attempt(lambda: actions.join(request, by=self.clinic.desk))
        self.attempt(lambda: actions.offer_times(self.clinic.branch.pk, by=self.clinic.system))

    @rule()
    def leave_is_asked_for_and_approved(self) -> None:
        """On the second day: with visits inside, it is refused until somebody has said what becomes of them."""
        day = TUESDAY + timedelta(days=1)
        asked = self.attempt(lambda: actions.request_leave(day, day, note="", by=self.clinic.doctor_actor))
        if isinstance(asked, LeaveRequest):
            self.attempt(lambda: actions.approve_leave(asked.pk, by=self.clinic.owner))

    @rule()
    def the_last_offer_is_taken(self) -> None:
        if self.tokens:
            token = self.tokens.pop()
            self.attempt(lambda: actions.accept_offer(token, by=actors.public(self.clinic.organization_id)))

    @rule(minutes=st.sampled_from([1, 10, 45]))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(seed=st.integers(0, 2**16))
    def four_desks_at_once(self, seed: int) -> None:
        """Bookings, moves, cancellations, leave and other hours that want the same time, in four threads."""
        visits = [self.visit(n).pk for n in range(3)]
        start = self.clinic.at(Random(seed).choice(["11:30", "14:00", "14:30", "15:00"]))
        together = Barrier(4)

        def desk(number: int) -> None:
            draw = Random(seed + number)
            try:
                together.wait(timeout=10)
                match draw.randrange(10):
                    case 0:
                        pk = draw.choice(visits)
                        self.attempt(lambda: actions.reschedule(pk, start, "At once", by=self.clinic.owner))
                    case 1:
                        pk = draw.choice(visits)
                        self.attempt(lambda: actions.cancel(pk, "At once", by=self.clinic.owner))
                    case 2:
                        self.is_away(start, draw.randrange(2))
                    case 3:
                        self.new_hours(draw.choice([time(12), time(15), time(18)]), draw.choice([1, 2]))
                    case _:
                        wish = self.clinic.wish(service_id=self.service(draw.randrange(5)), start=start)
                        self.attempt(lambda: actions.book(wish, by=self.clinic.desk))
            finally:
                connections.close_all()

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(desk, range(4)))

    def make(self, name: str, which: int) -> None:
        """Try one move of the lifecycle: it goes along its arrow, or is refused."""
        visit, move = self.visit(which), LIFE[name]
        verb = getattr(actions, name)
        reason = ("Asked for it",) if move.reason_needed or move.correction else ()
        done = self.attempt(lambda: verb(visit.pk, *reason, by=self.clinic.owner))
        allowed = visit.status in move.source or (name == "cancel" and visit.status == "CHECKED_IN")
        if isinstance(done, IllegalMove):
            assert not allowed or move.correction, f"{name} from {visit.status} was refused: {done}"
        elif isinstance(done, Appointment):
            # Money that comes late leaves the visit as it is; an approval may ask for payment first.
            assert allowed or name == "confirm_paid", f"{name} from {visit.status}"
            assert done.status in (move.target, *(("PENDING_PAYMENT",) if name == "approve" else (visit.status,)))

    @invariant()
    def nothing_overlaps(self) -> None:
        with acting_as(self.clinic.system), connection.cursor() as cursor:
            cursor.execute(OVERLAPS)
            assert cursor.fetchone()[0] == 0

    @invariant()
    def every_visit_has_what_it_takes_and_no_more(self) -> None:
        with acting_as(self.clinic.system):
            taken: dict[UUID | None, Counter[UUID]] = {}
            for visit_id, resource in Allocation.objects.filter(is_live=True).values_list("appointment", "resource_id"):
                taken.setdefault(visit_id, Counter())[resource] += 1
            for visit in Appointment.objects.all():
                wanted = Counter(one for one in (visit.doctor_id, visit.room_id, *visit.team, *visit.equipment) if one)
                assert taken.pop(visit.pk, Counter()) == (Counter() if visit.status in RELEASED else wanted)
            taken.pop(None, None)
            assert taken == {}
            orphans = Allocation.objects.filter(is_live=True, appointment=None, hold_id=None)
            assert not orphans.exists()

    @invariant()
    def nobody_is_expected_by_a_doctor_who_is_away(self) -> None:
        """However a booking and a leave raced each other; who said that a visit is outside the hours meant it."""
        with acting_as(self.clinic.system):
            away = list(TimeOff.objects.filter(is_active=True).exclude(staff=None))
            for off in away:
                inside = Appointment.objects.filter(
                    doctor_id=off.staff_id, status__in=AHEAD, period__overlap=off.period, off_schedule_reason=""
                )
                assert not inside.exists(), f"{inside.first()} while {off}"

    @invariant()
    def the_history_is_whole(self) -> None:
        with acting_as(self.clinic.system):
            states = dict(Appointment.objects.values_list("pk", "status"))
            states |= dict(WaitingEntry.objects.values_list("pk", "status"))
            told: dict[UUID, list[tuple[str, str]]] = {}
            moves = audit.AuditEvent.objects.filter(kind=audit.Kind.MOVE, subject_id__in=states).order_by("id")
            for pk, before, after in moves.values_list("subject_id", "from_state", "to_state"):
                told.setdefault(pk, []).append((before, after))
        for pk, status in states.items():
            story = told[pk]
            assert story[0][0] == ""
            assert story[-1][1] == status
            assert all(earlier[1] == later[0] for earlier, later in pairwise(story))

    @invariant()
    def who_was_moved_names_the_successor(self) -> None:
        with acting_as(self.clinic.system):
            moved = Appointment.objects.filter(status="RESCHEDULED").select_related("successor")
            assert all(one.successor is not None and one.successor.predecessor_id == one.pk for one in moved)


def _rule_for(name: str) -> Any:
    def make(self: AnyOrder, which: int) -> None:
        self.make(name, which)

    make.__name__ = f"try_{name}"
    return rule(which=WHICH)(make)


for move in LIFE.moves:
    if move.name != "reschedule":  # has a rule of its own, with a time
        setattr(AnyOrder, f"try_{move.name}", _rule_for(move.name))


def _live(machine: type[AnyOrder], attempts: int = 3) -> None:
    """Let them do what they like.

    One clinic lives through all examples, and some do things at once: where two examples begin alike and go on
    differently, Hypothesis gives up before it says what was found. A fault has been kept by then; without one the
    clinic lives on.
    """
    try:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=6,
                stateful_step_count=25,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                phases=[Phase.generate],  # nothing could be played again
            ),
        )
    except FlakyStrategyDefinition:
        if machine.faults:
            raise machine.faults[0] from None
        if attempts == 1:
            raise
        _live(machine, attempts - 1)


def test_whatever_is_done_in_whatever_order(own_database: str) -> None:
    with clock.at(EIGHT):
        clinic = open_clinic("AO")
        tokens: list[str] = []
        remember = lambda event: tokens.append(event.token)  # noqa: E731  (taken off the bus again below)
        on(events.TimeOffered, remember)
        facts = {"clinic": clinic, "laser": open_laser(clinic), "tokens": tokens, "faults": []}
        machine = type("Anything", (AnyOrder,), facts)
    try:
        _live(machine)
        assert machine.faults == []
    finally:
        from kalon.kernel import events as bus

        bus._reactions[events.TimeOffered].remove(remember)
