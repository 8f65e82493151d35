"""Sessions at the same moment, each with a connection of its own; and sessions that older plans receive."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.db import connection, connections

from kalon.consultations.tests.conftest import booked_visit
from kalon.kernel import clock
from kalon.kernel.errors import DomainError
from kalon.kernel.tenancy import acting_as
from kalon.plans import actions, queries
from kalon.plans.models import FollowUpPlan, ProcedurePlan, ProcedureSession
from kalon.plans.queries import DatesWish
from kalon.plans.tests.told import approved, attend, book, held, now, session, spaced, states
from kalon.quotes import actions as quotes
from kalon.scheduling import actions as scheduling
from kalon.scheduling.tests.clinic import EIGHT, TUESDAY

# The table has its foreign keys here, which it receives after this statement when it is made: they are looked at first.
SHUT = "ALTER TABLE plans_proceduresession ENABLE"
EARLIER = import_module("kalon.plans.migrations.0005_sessions").EARLIER
BACKFILL = EARLIER.replace(SHUT, f"SET CONSTRAINTS ALL IMMEDIATE; {SHUT}")


@pytest.fixture
def visit(own_database: str, django_db_blocker: Any) -> Any:
    with django_db_blocker.unblock(), clock.at(EIGHT):
        found = booked_visit()
        asks_nothing = quotes.PolicyDetails(asked_for=[], deposit_percent=Decimal(0))
        quotes.set_policy(asks_nothing, by=found.clinic.system)
        yield found
        connection.close()


def test_eight_complete_the_last_session_and_it_counts_once(visit: Any, at_once: Callable[..., list[Any]]) -> None:
    plan = approved(visit, "SERIES", session_count=2, review_after_days=30)
    held(visit, plan, 1, day=TUESDAY + timedelta(days=1))
    booked = book(visit, session(visit, plan, 2).prompt, day=TUESDAY + timedelta(days=15), kind="SESSION")
    with clock.at(booked.period.lower):
        scheduling.check_in(booked.pk, by=visit.desk)
        last = actions.start_session(session(visit, plan, 2).row.pk, by=visit.nurse)

    def work(which: int) -> Any:
        with clock.at(booked.period.lower):
            return actions.complete_session(last.pk, by=visit.nurse if which % 2 else visit.doctor)

    answers = at_once(work)
    assert sum(not isinstance(answer, DomainError) for answer in answers) == 1
    assert {answer.code for answer in answers if isinstance(answer, DomainError)} == {"illegal-move"}
    assert (states(visit, plan), now(visit, plan).status) == (["COMPLETED"] * 2, "COMPLETED")
    with acting_as(visit.clinic.system):
        assert FollowUpPlan.objects.filter(plan=plan, kind="REVIEW").count() == 1


def test_eight_book_the_whole_series_and_one_does(visit: Any, at_once: Callable[..., list[Any]]) -> None:
    plan = spaced(visit, days=7)
    with acting_as(visit.desk):
        found = queries.dates(plan, DatesWish(first=TUESDAY + timedelta(days=1)), seen_by=visit.desk)
    times = [actions.SessionTime(number=one.session.number, start=one.times.offer.start) for one in found.days]

    def work(_: int) -> Any:
        with clock.at(EIGHT):
            return actions.arrange_sessions(plan.pk, times, by=visit.desk)

    answers = at_once(work)
    assert any(not isinstance(answer, DomainError) for answer in answers)
    assert states(visit, plan) == ["SCHEDULED"] * 3
    with acting_as(visit.clinic.system):
        visits = [one.appointment_id for one in ProcedureSession.objects.filter(plan=plan)]
        standing = type(visit.appointment).objects.filter(kind="SESSION", status="CONFIRMED")
        assert sorted(standing.values_list("pk", flat=True)) == sorted(visits)  # no second visit for any of them


def test_older_plans_receive_the_sessions_that_their_visits_say(visit: Any) -> None:
    going = approved(visit, "SERIES")
    signed_visit = book(visit, session(visit, going, 1).prompt, day=TUESDAY + timedelta(days=1), kind="SESSION")
    attend(visit, signed_visit)
    coming = book(visit, session(visit, going, 2).prompt, day=TUESDAY + timedelta(days=15), kind="SESSION")
    single = approved(visit, of=going.consultation_id)
    alone = book(visit, single, day=TUESDAY + timedelta(days=2), at="12:00", kind="SESSION")
    over = approved(visit, "SERIES", of=going.consultation_id)
    actions.cancel(over.pk, reason="Changed her mind", by=visit.doctor)
    surgery = approved(visit, "SURGICAL", of=going.consultation_id)
    before = {plan.pk: _told(visit, plan) for plan in (going, single, over, surgery)}
    assert [status for _, status, *_ in before[going.pk]] == ["COMPLETED", "SCHEDULED", "PLANNED"]
    connection.close()
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE plans_proceduresession DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE plans_proceduresession NO FORCE ROW LEVEL SECURITY")
        cursor.execute("DELETE FROM plans_proceduresession")
        assert cursor.rowcount == 7
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE plans_proceduresession FORCE ROW LEVEL SECURITY")
        cursor.execute("ALTER TABLE plans_proceduresession ENABLE TRIGGER USER")
        cursor.execute(BACKFILL)
        cursor.execute("SELECT count(*) FROM pg_class WHERE relname LIKE 'plans_%%' AND relkind = 'r' "
                       "AND relrowsecurity AND NOT relforcerowsecurity")  # fmt: skip
        assert cursor.fetchone() == (0,)
    connections["owner"].close()
    assert {plan.pk: _told(visit, plan) for plan in (going, single, over, surgery)} == before
    assert {coming.pk, alone.pk} <= {row[2] for rows in before.values() for row in rows}
    with acting_as(visit.clinic.system), pytest.raises(Exception, match="sealed"):
        ProcedureSession.objects.filter(plan=going, number=1).update(due_date=TUESDAY + timedelta(days=5))


def _told(visit: Any, plan: ProcedurePlan) -> list[tuple[Any, ...]]:
    """Each session of a plan: number, state, visit, who did it; the day on which one is due is counted anew."""
    with acting_as(visit.clinic.system):
        rows = ProcedureSession.objects.filter(plan=plan).order_by("number")
        return list(rows.values_list("number", "status", "appointment_id", "done_by_id"))
