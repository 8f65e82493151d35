"""Steps that many tests of the theatre begin with."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from django.db import DatabaseError, connection, transaction

from kalon.consents.tests.planned import consented as consent_to
from kalon.kernel import clock
from kalon.kernel.constraints import broken_constraint, sqlstate
from kalon.kernel.tenancy import acting_as
from kalon.orders import actions as orders
from kalon.people import queries as people
from kalon.plans.tests.told import approved
from kalon.scheduling.tests.clinic import EIGHT, TUESDAY
from kalon.theatre import actions
from kalon.theatre.models import CaseLine, Clearance, Requirement, Stage
from kalon.theatre.tests import under_way

SURGERY = TUESDAY + timedelta(days=7)
SAID = ("FITNESS", "MEDICINES", "INSTRUCTIONS")
DONE = "done"
AS_AT_COMMIT = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"


def planned(house: Any, **more: Any) -> Any:
    """An approved surgery."""
    return approved(house.visit, "SURGICAL", **more)


def consented(house: Any, plan: Any) -> Any:
    """The consent to the plan, signed."""
    if now(house, plan).status in ("CONSENT_SIGNED", "SCHEDULED"):
        return None
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
            cursor.execute(AS_AT_COMMIT)  # what was done before is judged before
            cursor.execute(statement, list(values))
            touched = cursor.rowcount
            cursor.execute(AS_AT_COMMIT)
    except DatabaseError as error:
        return broken_constraint(error.__cause__ or error) or sqlstate(error.__cause__ or error)
    return DONE if touched else "nothing touched"


def reserved(house: Any, plan: Any, on: date = SURGERY, at: str = "10:00", **more: Any) -> Any:
    """Theatre 1 kept for a plan, tentatively."""
    facts = {"start": house.clinic.at(at, on), "minutes": 90, "room_id": house.theatre.pk, "surgeon_id": surgeon(house)}
    return actions.reserve(plan.pk, actions.TheatreWish(**{**facts, **more}), by=house.manager)


def surgeon(house: Any) -> Any:
    return house.clinic.other_doctor.pk  # Dr Rohan Shah, a surgeon with hours


def scheduled(house: Any, plan: Any = None, **more: Any) -> Any:
    """A case of the clinic, a week ahead."""
    plan = plan or planned(house)
    cleared(house, plan)
    return actions.schedule(reserved(house, plan).pk, by=house.manager, **more)


@contextmanager
def on_the_day(at: str = "10:00") -> Iterator[None]:
    hour, minute = map(int, at.split(":"))
    with clock.at(EIGHT + timedelta(days=7, hours=hour - 8, minutes=minute)):
        yield


def day_lines(house: Any, case: Any) -> None:
    """What is asked on the day itself."""
    said(house, case.clearance, "FASTING", "PREGNANCY", "ESCORT")


def started(house: Any, case: Any = None) -> Any:
    """The case in theatre, at ten of its day (call within `on_the_day`)."""
    case = case or scheduled(house)
    if case.clearance is not None:
        day_lines(house, case)
    return actions.start(case.pk, told_mrn=case.patient.mrn, told_sides=sides(house, case), by=house.visit.nurse)


def sides(house: Any, case: Any) -> dict[Any, str]:
    with acting_as(house.clinic.system):
        return {line.pk: line.side for line in CaseLine.objects.filter(case_id=case.pk)}


def stage(house: Any, case: Any, kind: str) -> Any:
    with acting_as(house.clinic.system):
        return Stage.objects.get(case_id=case.pk, kind=kind)


def checked(house: Any, case: Any, kind: str) -> Any:
    """A stage answered, signed and complete."""
    signers = {"SURGEON": house.surgeon, "ANAESTHESIA": house.anaesthetist, "NURSE": house.visit.nurse}
    return under_way.checked(case, kind, signers)


def staff_of(house: Any, by: Any) -> Any:
    with acting_as(house.clinic.system):
        found = people.staff_of(by)
    assert found is not None
    return found.pk


def counted(house: Any, case: Any) -> None:
    for what in ("SWABS", "NEEDLES", "INSTRUMENTS"):
        actions.count(case.pk, what, before=10, after=10, by=house.visit.nurse)


def cut(house: Any, case: Any) -> Any:
    """The case up to knife to skin, and itself (call within `on_the_day`)."""
    nurse = house.visit.nurse
    actions.write_time(case.pk, "in", by=nurse)
    checked(house, case, "SIGN_IN")
    actions.write_time(case.pk, "anaesthesia", by=nurse)
    checked(house, case, "TIME_OUT")
    return actions.write_time(case.pk, "incision", by=nurse)


def operated(house: Any, case: Any) -> Any:
    """Everything of the case but its completion (call within `on_the_day`)."""
    nurse = house.visit.nurse
    with acting_as(house.clinic.system):
        case.refresh_from_db(fields=["incision_at"])
    if case.incision_at is None:
        cut(house, case)
    actions.write_time(case.pk, "closure", by=nurse)
    counted(house, case)
    checked(house, case, "SIGN_OUT")
    return actions.write_time(case.pk, "out", by=nurse)
