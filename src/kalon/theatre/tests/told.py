"""Steps that many tests of the theatre begin with."""

from datetime import date, timedelta
from typing import Any

from django.db import DatabaseError, connection, transaction

from kalon.consents.tests.planned import consented as consent_to
from kalon.kernel.constraints import broken_constraint, sqlstate
from kalon.kernel.tenancy import acting_as
from kalon.orders import actions as orders
from kalon.plans.tests.told import approved
from kalon.scheduling.tests.clinic import TUESDAY
from kalon.theatre import actions
from kalon.theatre.models import Clearance, Requirement

SURGERY = TUESDAY + timedelta(days=7)
SAID = ("FITNESS", "MEDICINES", "INSTRUCTIONS")
DONE = "done"


def planned(house: Any) -> Any:
    """An approved surgery."""
    return approved(house.visit, "SURGICAL")


def consented(house: Any, plan: Any) -> Any:
    """The consent to the plan, signed."""
    return consent_to(house.visit, plan)


def opened(house: Any, plan: Any = None, on: date = SURGERY) -> Clearance:
    plan = plan or planned(house)
    return actions.open_clearance(plan.pk, on, by=house.manager)


def lines(house: Any, clearance: Clearance) -> dict[str, Requirement]:
    """The lines as the books have them, by kind."""
    with acting_as(house.clinic.system):
        rows = Requirement.objects.filter(clearance_id=clearance.pk).select_related("patient")
        return {row.kind: row for row in rows}


def missing(house: Any, clearance: Clearance, moment: str = "BEFORE") -> set[str]:
    return {kind for kind, row in lines(house, clearance).items() if not row.is_met and row.moment == moment}


def now(house: Any, row: Any) -> Any:
    with acting_as(house.clinic.system):
        return type(row).objects.select_related("patient").get(pk=row.pk)


def blood_tested(house: Any, plan: Any, *codes: str) -> Any:
    """Blood taken, answered and looked at; the order."""
    doctor, nurse = house.visit.doctor, house.visit.nurse
    order = orders.order(plan.consultation_id, orders.Wish(codes=codes or ("HB", "PLT")), by=doctor)
    orders.collect(order.pk, by=nurse)
    with acting_as(doctor):
        tests = list(order.tests.all())
    values = {"HB": "13.2", "PLT": "240"}
    orders.write_results(
        order.pk, [orders.Answered(test_id=test.pk, value=values.get(test.code, "5")) for test in tests], by=nurse
    )
    return orders.review(order.pk, by=doctor)


def said(house: Any, clearance: Clearance, *kinds: str) -> None:
    by_kind = lines(house, clearance)
    for kind in kinds or SAID:
        by = house.anaesthetist if kind == "FITNESS" else house.visit.nurse
        actions.state(by_kind[kind].pk, f"Seen and written: {kind.lower()}.", by=by)


def complete(house: Any, plan: Any = None, on: date = SURGERY) -> Clearance:
    """A clearance with everything of before the day answered."""
    plan = plan or planned(house)
    blood_tested(house, plan)
    consented(house, plan)
    clearance = opened(house, plan, on)
    said(house, clearance)
    return clearance


def cleared(house: Any, plan: Any = None, on: date = SURGERY) -> Clearance:
    return actions.clear(complete(house, plan, on).pk, by=house.manager)


def attack(statement: str, values: Any = (), *, by: Any) -> str:
    """What the database answers to plain SQL of the app's role: the constraint that refuses, or "done"."""
    try:
        with acting_as(by), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('kalon.reason', 'test', true)")
            cursor.execute(statement, list(values))
            touched = cursor.rowcount
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except DatabaseError as error:
        return broken_constraint(error.__cause__ or error) or sqlstate(error.__cause__ or error)
    return DONE if touched else "nothing touched"
