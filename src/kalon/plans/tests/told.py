"""Steps that many tests of plans begin with."""

from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from kalon.catalog.models import Procedure
from kalon.consultations import actions as consultations
from kalon.kernel import clock
from kalon.kernel.constraints import broken_constraint
from kalon.kernel.tenancy import acting_as
from kalon.plans import actions
from kalon.plans.actions import LineDetails, PlanDetails, prompts
from kalon.plans.models import FollowUpPlan, ProcedurePlan, ProcedureSession, Work
from kalon.scheduling import actions as scheduling

NOTE = {"examination": "Thinning at the crown.", "assessment": "Androgenetic alopecia.", "advice": "We treat it."}


def decided(visit: Any, outcome: str = "PROCEDURE_PLANNED", **more: Any) -> Any:
    """The consultation of today with its outcome recorded."""
    begun = consultations.begin(visit.arrived().pk, by=visit.doctor)
    return consultations.record_outcome(begun.pk, outcome=outcome, note=NOTE, by=visit.doctor, **more)


def follow_up_in(visit: Any, days: int = 30) -> FollowUpPlan:
    """The follow-up that an outcome planned."""
    consultation = decided(visit, "FOLLOW_UP", follow_up_on=clock.today("Asia/Kolkata") + timedelta(days=days))
    with acting_as(visit.desk):
        return FollowUpPlan.objects.get(consultation=consultation)


def details(visit: Any, plan_type: str = "NON_SURGICAL", **more: Any) -> PlanDetails:
    """A plan with one line of the catalogue."""
    series = {"session_count": 3, "interval_days": 14} if plan_type == "SERIES" else {}
    surgical = {"side": "NONE", "technique": "Closed approach"} if plan_type == "SURGICAL" else {}
    none = {} if plan_type in ("SURGICAL", "CONSERVATIVE") else {"consent": "NOT_REQUIRED"}
    line = LineDetails(service_id=visit.clinic.consult.pk, **surgical)
    return PlanDetails(**{"plan_type": plan_type, "lines": (line,), **series, **none, **more})


def planned(visit: Any, plan_type: str = "NON_SURGICAL", *, of: UUID | None = None, **more: Any) -> ProcedurePlan:
    """A plan in writing."""
    of = of or decided(visit, "CONSERVATIVE" if plan_type == "CONSERVATIVE" else "PROCEDURE_PLANNED").pk
    return actions.plan_procedure(of, details(visit, plan_type, **more), by=visit.doctor)


def approved(visit: Any, plan_type: str = "NON_SURGICAL", **more: Any) -> ProcedurePlan:
    """A plan that the doctor has approved."""
    plan = actions.submit(planned(visit, plan_type, **more).pk, by=visit.doctor)
    return actions.approve(plan.pk, by=visit.doctor)


def now(visit: Any, row: Any) -> Any:
    """The row as the books have it."""
    with acting_as(visit.clinic.system):
        return type(row).objects.select_related("patient").get(pk=row.pk)


def book(visit: Any, occasion: Any, *, day: Any, at: str = "11:00", kind: str = "FOLLOW_UP", **more: Any) -> Any:
    """A visit that names what it is booked for."""
    more = {"service_id": visit.clinic.consult.pk, **more}
    return visit.clinic.booked(at, day=day, kind=kind, occasion_id=occasion.pk, **more)


def attend(visit: Any, booked: Any, outcome: str = "NO_ACTION") -> None:
    """The booked visit takes place and is signed."""
    with clock.at(booked.period.lower):
        scheduling.check_in(booked.pk, by=visit.desk)
        encounter = encounter_of(visit, booked)
        consultations.begin(encounter.pk, by=visit.doctor)
        consultations.record_outcome(encounter.pk, outcome=outcome, note=NOTE, by=visit.doctor)
        consultations.close(encounter.pk, by=visit.doctor)


def encounter_of(visit: Any, booked: Any) -> Any:
    from kalon.consultations import queries

    with acting_as(visit.desk):
        return queries.of_appointment(booked.pk, seen_by=visit.desk)


def sessions(visit: Any, plan: ProcedurePlan) -> list[tuple[int | None, str]]:
    """The sessions of a series, each with its state."""
    with acting_as(visit.clinic.system):
        rows = FollowUpPlan.objects.filter(plan=plan, kind="SERIES_SESSION").order_by("session_number")
        return [(row.session_number, row.status) for row in rows]


def work(visit: Any) -> list[tuple[str, int]]:
    """What the list says is to be booked: kind and days from today."""
    with acting_as(visit.desk):
        return list(Work.objects.values_list("kind", "days"))


@contextmanager
def refused(*constraints: str) -> Any:
    """The database says no, by one of these names."""
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        yield
    assert broken_constraint(error.value.__cause__) in constraints, error.value


def sql(statement: str, *values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


def session(visit: Any, plan: ProcedurePlan, number: int) -> SimpleNamespace:
    """A session of a plan as it stands now, and the prompt under which it is booked."""
    with acting_as(visit.clinic.system):
        row = ProcedureSession.objects.select_related("plan__consultation", "patient").get(plan=plan, number=number)
        prompt = prompts.of_session(row, visit.clinic.system) if row.plan.is_series else None
    return SimpleNamespace(row=row, prompt=prompt)


def states(visit: Any, plan: ProcedurePlan) -> list[str]:
    """The states of a plan's sessions in their order."""
    with acting_as(visit.clinic.system):
        return list(ProcedureSession.objects.filter(plan=plan).order_by("number").values_list("status", flat=True))


def held(visit: Any, plan: ProcedurePlan, number: int, *, day: Any) -> ProcedureSession:
    """A session booked on a day, and carried out by the nurse."""
    booked = book(visit, session(visit, plan, number).prompt, day=day, kind="SESSION")
    with clock.at(booked.period.lower):
        scheduling.check_in(booked.pk, by=visit.desk)
        pk = session(visit, plan, number).row.pk
        actions.start_session(pk, by=visit.nurse)
        return actions.complete_session(pk, by=visit.nurse)


def spaced(visit: Any, *, days: int, **more: Any) -> ProcedurePlan:
    """An approved series of something that is done with so many days between two sessions at least."""
    written = planned(visit, "SERIES", **more)
    with acting_as(visit.clinic.system):
        kind = Procedure(organization_id=visit.clinic.organization_id, code="PRP", name="PRP", category="HAIR",
                         least_days_between=days, needs_consent=False)  # fmt: skip
        kind.save(force_insert=True)
        written.lines.update(entry=kind)
    actions.submit(written.pk, by=visit.doctor)
    return actions.approve(written.pk, by=visit.doctor)
