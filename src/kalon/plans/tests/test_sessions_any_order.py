"""Whatever is done with the sessions of a series, in whatever order: their days, their visits and the plan agree."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from kalon.kernel import clock
from kalon.kernel.errors import DomainError
from kalon.kernel.tenancy import acting_as
from kalon.plans import actions, queries
from kalon.plans.lifecycles import BOOKED, HAS_DAY, OPEN
from kalon.plans.models import FollowUpPlan, ProcedureSession
from kalon.plans.queries import DatesWish
from kalon.plans.tests.told import book, now, session, spaced
from kalon.scheduling import actions as scheduling
from kalon.scheduling.lifecycles import RELEASED
from kalon.scheduling.models import Appointment
from kalon.scheduling.tests.clinic import EIGHT, TUESDAY

LEAST, COUNT = 7, 3


class Ward:
    """One series of three, whoever works on it, and the time that passes."""

    def __init__(self, visit: Any) -> None:
        self.visit = visit
        self.at: datetime = EIGHT
        self.done: set[str] = set()
        self.refusal = ""
        with clock.at(EIGHT):
            self.plan = spaced(visit, days=LEAST, review_after_days=30)

    def do(self, name: str, number: int, days: int) -> None:
        step: Callable[[int, int], Any] = getattr(self, name)
        try:
            with clock.at(self.at), transaction.atomic():
                step(number % COUNT + 1, days)
        except DomainError as refusal:
            self.refusal = refusal.detail
            return
        self.done.add(name)

    def wait(self, _: int, days: int) -> None:
        """Time goes on to the next visit that is ahead, or by some days."""
        ahead = [one.appointment.period.lower for one in self._rows() if one.status in BOOKED and one.appointment]
        coming = [start for start in ahead if start > self.at]
        self.at = min(coming) if coming else self.at + timedelta(days=1 + days % 5)

    def book_one(self, number: int, days: int) -> None:
        day = self._today() + timedelta(days=days % 40)
        book(self.visit, session(self.visit, self.plan, number).prompt, day=day, kind="SESSION")

    def arrange(self, _: int, days: int) -> None:
        self._arrange(DatesWish(first=self._today() + timedelta(days=days % 10)))

    def move_all(self, number: int, days: int) -> None:
        self._arrange(DatesWish(number=number, first=self._today() + timedelta(days=days % 20), moves=True))

    def move_one(self, number: int, days: int) -> None:
        row = self._row(number)
        start = row.appointment.period.lower + timedelta(days=days % 30 - 10)
        scheduling.reschedule(row.appointment_id, start, "Asked for it", by=self.visit.desk)

    def give_back(self, number: int, _: int) -> None:
        scheduling.cancel(self._row(number).appointment_id, "Ill", by=self.visit.desk)

    def no_show(self, number: int, _: int) -> None:
        row = self._row(number)
        with clock.at(max(self.at, row.appointment.period.upper + timedelta(minutes=30))) as later:
            scheduling.no_show(row.appointment_id, by=self.visit.desk)
            self.at = later

    def arrive(self, number: int, _: int) -> None:
        scheduling.check_in(self._row(number).appointment_id, by=self.visit.desk)

    def start(self, number: int, _: int) -> None:
        actions.start_session(self._row(number).pk, by=self.visit.nurse)

    def undo_start(self, number: int, _: int) -> None:
        actions.undo_start(self._row(number).pk, reason="A slip", by=self.visit.nurse)

    def complete(self, number: int, _: int) -> None:
        actions.complete_session(self._row(number).pk, by=self.visit.nurse)

    def cancel(self, number: int, _: int) -> None:
        actions.cancel_session(self._rows()[number - 1].pk, reason="Not needed", by=self.visit.doctor)

    def hold(self, _: int, __: int) -> None:
        actions.hold(self.plan.pk, reason="Travels", by=self.visit.doctor)

    def resume(self, _: int, __: int) -> None:
        actions.resume(self.plan.pk, by=self.visit.doctor)

    def wrong(self) -> list[str]:
        """Which of the things that must hold after every step do not."""
        rows, plan = self._rows(), now(self.visit, self.plan)
        days = [(one, one.appointment.local_start.date()) for one in rows if one.status in HAS_DAY]
        done = [one.number for one in rows if one.status == "COMPLETED"]
        with acting_as(self.visit.clinic.system):
            visits = Appointment.objects.filter(kind="SESSION").exclude(status__in=RELEASED)
            standing = set(visits.values_list("pk", flat=True))
            reviews = FollowUpPlan.objects.filter(plan=plan, kind="REVIEW").count()
        is_over = all(one.status not in OPEN for one in rows)
        held = {
            "three sessions in their order": [one.number for one in rows] == [1, 2, 3],
            "days lie between them": all(
                (later - earlier).days >= LEAST for (_, earlier), (_, later) in pairwise(days)
            ),
            "none before one that is done is open": all(
                one.status not in OPEN for one in rows if done and one.number < max(done)
            ),
            "each visit is a session's": standing == {one.appointment_id for one in rows if one.status in HAS_DAY},
            "the plan is done with its sessions": (plan.status == "COMPLETED") == (is_over and bool(done)),
            "a done plan has its review": reviews == (plan.status == "COMPLETED"),
        }
        return [said for said, holds in held.items() if not holds]

    def _arrange(self, wish: DatesWish) -> None:
        desk = self.visit.desk
        with acting_as(desk):
            found = queries.dates(queries.plan(self.plan.pk, seen_by=desk), wish, seen_by=desk)
        times = [
            actions.SessionTime(number=one.session.number, start=one.times.offer.start)
            for one in found.days
            if one.times.offer
        ]
        actions.arrange_sessions(self.plan.pk, times, by=desk)

    def _rows(self) -> list[ProcedureSession]:
        with acting_as(self.visit.clinic.system):
            return queries.sessions_of_plan(self.plan, seen_by=self.visit.clinic.system)

    def _row(self, number: int) -> Any:
        row = self._rows()[number - 1]
        if row.appointment is None:
            raise DomainError("It has no visit.")
        return row

    def _today(self) -> Any:
        return max(self.at.astimezone(EIGHT.tzinfo).date(), TUESDAY)


MOVES = (
    "wait", "book_one", "arrange", "move_all", "move_one", "give_back", "no_show", "arrive", "start", "undo_start",
    "complete", "cancel", "hold", "resume",
)  # fmt: skip
STORY = (
    ("arrange", 0, 1), ("hold", 0, 0), ("resume", 0, 0), ("arrange", 0, 1), ("give_back", 0, 0), ("book_one", 0, 2),
    ("move_one", 0, 11), ("move_all", 1, 18), ("wait", 0, 0), ("arrive", 0, 0), ("start", 0, 0), ("undo_start", 0, 0),
    ("start", 0, 0), ("complete", 0, 0), ("no_show", 1, 0), ("give_back", 2, 0), ("cancel", 2, 0),
)  # fmt: skip
OFTEN = ("arrange", "wait", "arrive", "start", "complete")


def test_sessions_in_any_order(visit: Any) -> None:
    """One rule for each move, so that none is drawn less often than it fails."""

    class Machine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.undo = transaction.atomic()
            self.undo.__enter__()
            self.ward = Ward(visit)

        def teardown(self) -> None:
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

        @invariant()
        def agrees(self) -> None:
            assert self.ward.wrong() == []

    for number, name in enumerate((*MOVES, *OFTEN)):
        setattr(Machine, f"{name}_{number}", _rule(name))
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Machine,
        settings=settings(
            max_examples=10,
            stateful_step_count=20,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],  # shrinking would take minutes of database work
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_each_move_is_possible(visit: Any) -> None:
    """A move that is always refused would prove nothing above."""
    ward = Ward(visit)
    for name, number, days in STORY:
        ward.done.discard(name)
        ward.do(name, number, days)
        assert name in ward.done, (name, number, ward.refusal)
        assert ward.wrong() == [], name
    assert set(MOVES) == ward.done


def _rule(name: str) -> Any:
    def step(self: Any, number: int, days: int) -> None:
        self.ward.do(name, number, days)

    step.__name__ = name
    return rule(number=st.integers(0, 2), days=st.integers(0, 60))(step)
