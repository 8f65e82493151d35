"""What a bill's line costs is asked of pricing: fee schedules, insurers, prices with their tax in them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kalon.billing import actions
from kalon.billing.models import BillLine
from kalon.billing.tests.clinic import Clinic
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.pricing import actions as pricing

pytestmark = pytest.mark.django_db
DAY = date(2026, 1, 1)


def fees(clinic: Clinic, price: str, service: Any, **facts: Any) -> Any:
    made = pricing.add_schedule("Prices 2026", DAY, by=clinic.system, **facts)
    return pricing.add_price(made.pk, Decimal(price), DAY, service_id=service.pk, by=clinic.system)


def billed(clinic: Clinic, **details: Any) -> BillLine:
    bill = actions.draft_bill(clinic.patient.pk, clinic.branch.pk, by=clinic.desk)
    return actions.add_line(bill.pk, actions.LineDetails(**details), by=clinic.desk)


def test_a_line_costs_what_the_fee_schedule_says_and_stays_so(clinic: Clinic) -> None:
    price = fees(clinic, "650.00", clinic.consultation)
    line = billed(clinic, service_id=clinic.consultation.pk)
    assert (line.unit_price, line.total, line.discount) == (650, 650, 0)
    pricing.add_price(
        price.schedule_id, Decimal(700), date(2026, 6, 1), service_id=clinic.consultation.pk, by=clinic.system
    )
    with acting_as(clinic.system):
        line.refresh_from_db()
    assert line.unit_price == 650
    assert billed(clinic, service_id=clinic.consultation.pk, unit_price=Decimal(5)).total == 5


def test_what_the_insurer_owes_is_priced_by_the_insurers_schedule(clinic: Clinic) -> None:
    fees(clinic, "500.00", clinic.consultation, payer="Star Health")
    policy = patients.CoverageDetails(payer="star health", policy_number="P-1")
    patients.add_coverage(clinic.patient.pk, policy, by=clinic.system)
    assert billed(clinic, service_id=clinic.consultation.pk, payer="INSURER").total == 500
    assert billed(clinic, service_id=clinic.consultation.pk).total == 800


@pytest.mark.parametrize(("price", "quantity"), [("1180.00", 1), ("4999.00", 3), ("14999.00", 2)])
def test_a_price_with_tax_in_it_comes_to_itself(clinic: Clinic, price: str, quantity: int) -> None:
    fees(clinic, price, clinic.botox, includes_tax=True)
    line = billed(clinic, service_id=clinic.botox.pk, quantity=Decimal(quantity))
    assert line.total == Decimal(price) * quantity
    assert line.taxable + line.tax == line.total and line.tax > 0
    if line.discount:
        assert "Rounding" in line.discount_reason and line.discount < Decimal("0.05")


def test_an_amount_that_no_tax_comes_to_is_missed_by_a_paisa_and_says_so(clinic: Clinic) -> None:
    fees(clinic, "999.00", clinic.botox, includes_tax=True)
    line = billed(clinic, service_id=clinic.botox.pk)
    assert line.total == Decimal("998.99")
    assert line.note == "999.00 with tax cannot be met: each tax is rounded to the paisa."
