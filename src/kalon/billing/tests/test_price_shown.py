"""Who books online is billed what they were shown: fee schedule, tax and discounts, whatever prices become since."""

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection

from kalon.billing import queries
from kalon.billing.models import BillLine
from kalon.billing.tests.clinic import Clinic
from kalon.kernel import clock, outbox
from kalon.kernel.constraints import broken_constraint
from kalon.kernel.errors import Clash
from kalon.kernel.tenancy import acting_as
from kalon.pricing import actions as pricing
from kalon.pricing.models import DiscountUse, ShownPrice
from kalon.scheduling import actions as scheduling
from kalon.scheduling.actions import BookingRequest
from kalon.scheduling.models import Appointment

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def half_past_eight() -> Any:
    with clock.at(datetime(2026, 11, 24, 3, 0, tzinfo=UTC)):
        yield


def fees(clinic: Clinic, service: Any, price: str, **facts: Any) -> Any:
    made = pricing.add_schedule("Prices 2026", date(2026, 1, 1), by=clinic.system, **facts)
    return pricing.add_price(made.pk, Decimal(price), date(2026, 1, 1), service_id=service.pk, by=clinic.system)


def book(clinic: Clinic, service: Any, told: str | None = None, hour: int = 11) -> Any:
    asked = BookingRequest(
        patient_id=clinic.patient.pk, branch_id=clinic.branch.pk, service_id=service.pk, source="SELF_SERVICE",
        start=datetime.combine(date(2026, 11, 25), time(hour)), told_price=Decimal(told) if told else None,
    )  # fmt: skip
    return scheduling.book(asked, by=clinic.as_patient(clinic.patient))


def line_of(clinic: Clinic, visit: Any) -> BillLine:
    with acting_as(clinic.system):
        bill = queries.bill_for_appointment(visit.pk, seen_by=clinic.system)
        assert bill is not None
        return bill.lines.get()


@pytest.mark.parametrize(
    ("price", "includes_tax", "unit", "total"),
    [("12000.00", False, "12000.00", "14160.00"), ("11800.00", True, "10000.00", "11800.00")],
)
def test_a_patient_pays_the_fee_schedules_price_that_they_were_shown(
    clinic: Clinic, price: str, includes_tax: bool, unit: str, total: str
) -> None:
    fees(clinic, clinic.botox, price, includes_tax=includes_tax)
    with pytest.raises(Clash, match="The price has changed"):
        book(clinic, clinic.botox, told="14000.00")
    visit = book(clinic, clinic.botox, told=total)
    line = line_of(clinic, visit)
    assert (line.unit_price, line.total, visit.amount_due) == (Decimal(unit), Decimal(total), Decimal(total))


def test_what_was_shown_is_billed_when_the_desk_approves_later(clinic: Clinic) -> None:
    with acting_as(clinic.system):
        type(clinic.botox).objects.filter(pk=clinic.botox.pk).update(is_auto_approved=False)
    price = fees(clinic, clinic.botox, "12000.00")
    visit = book(clinic, clinic.botox, told="14160.00")
    assert visit.status == "REQUESTED"
    pricing.end_price(price.pk, TODAY, by=clinic.system)
    moved = scheduling.reschedule(
        visit.pk, datetime.combine(date(2026, 11, 26), time(12)), "Works better", by=clinic.as_patient(clinic.patient)
    )
    scheduling.approve(moved.pk, by=clinic.system)
    assert line_of(clinic, moved).unit_price == 12000  # the catalogue says 14000 again


def test_a_discount_that_applies_by_itself_is_shown_billed_and_counted(clinic: Clinic) -> None:
    details = pricing.DiscountDetails(
        code="DIWALI", name="Diwali", tier="PROMOTION", percent=Decimal(20), valid_from=TODAY
    )
    pricing.add_discount(details, by=clinic.system)
    few = pricing.DiscountDetails(
        code="FIRST", name="First ten", tier="PROMOTION", percent=Decimal(50), valid_from=TODAY, max_uses=10
    )
    pricing.add_discount(few, by=clinic.system)
    visit = book(clinic, clinic.botox, told="13216.00")  # 14000 less 20 %, and 18 % tax
    line = line_of(clinic, visit)
    assert (line.discount, line.total) == (2800, 13216) and "Diwali 20%" in line.discount_reason
    with acting_as(clinic.system):
        outbox.run_due()
        assert DiscountUse.objects.get().used_for == f"line:{line.pk}"


def copied(visit: Any, due: Decimal | None) -> UUID:
    """Another visit of the patient's, by a statement of their own."""
    names = [field.column for field in Appointment._meta.concrete_fields if not field.generated]
    with connection.cursor() as cursor:
        columns = ", ".join(names)
        row = f"SELECT {columns} FROM jsonb_populate_record(NULL::scheduling_appointment, %s)"
        cursor.execute(f"INSERT INTO scheduling_appointment ({columns}) {row}", [_facts(visit, due)])
    return UUID(json.loads(_facts(visit, due))["id"])


def _facts(visit: Any, due: Decimal | None) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(one) FROM scheduling_appointment AS one WHERE id = %s", [visit.pk])
        facts = cursor.fetchone()[0]
    facts = facts if isinstance(facts, dict) else json.loads(facts)
    begins = visit.period.lower - timedelta(hours=4)
    ends = visit.period.upper - timedelta(hours=4)
    facts |= {"id": str(UUID(int=7)), "number": "AAAA-BBBB", "amount_due": None if due is None else str(due),
              "period": f"[{begins.isoformat()},{ends.isoformat()})"}  # fmt: skip
    return json.dumps(facts)


def written(clinic: Clinic, **change: Any) -> str:
    """What a patient's own statement is refused by, that shows a visit at a price of its own making."""
    visit = book(clinic, clinic.botox, hour=15)
    with acting_as(clinic.system):
        shown = ShownPrice.objects.get(appointment=visit)
    names = [field.attname for field in ShownPrice._meta.concrete_fields if field.name not in ("id", "created_at")]
    facts = {name: getattr(shown, name) for name in names}
    due = change.pop("amount_due", visit.amount_due)
    try:
        with acting_as(clinic.as_patient(clinic.patient)):
            again = copied(visit, due)
            ShownPrice.objects.create(**{**facts, "appointment_id": again, **change})
    except DatabaseError as error:
        return broken_constraint(error.__cause__)
    return ""


STEP = {"tier": "PROMOTION", "words": "Mine", "base": "14000.00", "amount": "13999.00"}


@pytest.mark.parametrize(
    "change",
    [
        {"unit_price": Decimal(1), "listed": Decimal(1), "total": Decimal("1.18"), "amount_due": Decimal("1.18")},
        {"unit_price": Decimal(1), "total": Decimal("1.18"), "amount_due": Decimal("1.18")},
        {"total": Decimal("14000.00"), "amount_due": Decimal("14000.00")},
        {"discount": Decimal(13999), "total": Decimal("1.18"), "amount_due": Decimal("1.18")},
        {"discount": Decimal(13999), "total": Decimal("1.18"), "amount_due": Decimal("1.18"),
         "steps": [{**STEP, "discount": "00000000-0000-0000-0000-000000000000"}]},
        {"amount_due": Decimal("0.01")},
        {},
    ],
)  # fmt: skip
def test_a_patient_shows_themselves_no_price(clinic: Clinic, change: dict[str, Any]) -> None:
    assert written(clinic, **change) == ("pricing_shownprice_as_priced" if change else "")


def test_a_session_of_a_package_is_not_made_up(clinic: Clinic) -> None:
    nothing = {"unit_price": 0, "total": 0, "covered_by": "Smooth and glow, session 2 of 6"}
    assert written(clinic, **nothing) == "entitlements_shown_covered"


def test_who_books_online_without_a_price_is_refused_at_the_end(clinic: Clinic) -> None:
    visit = book(clinic, clinic.botox, hour=15)
    with pytest.raises(DatabaseError) as refused, acting_as(clinic.as_patient(clinic.patient)):
        copied(visit, visit.amount_due)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert broken_constraint(refused.value.__cause__) == "pricing_appointment_price_shown"
