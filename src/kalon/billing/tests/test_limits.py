"""A role may give so much by hand; above it somebody else approves: in the application and in plain SQL."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection

from kalon.billing import actions
from kalon.billing.models import BillLine
from kalon.catalog import actions as catalog_actions
from kalon.catalog import queries as catalog
from kalon.kernel.constraints import broken_constraint
from kalon.kernel.errors import Invalid, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.patients.actions import PatientDetails
from kalon.people import queries as people
from kalon.people.tests.factories import Clinic, clinic
from kalon.pricing import actions as pricing
from kalon.pricing import queries as prices
from kalon.pricing.models import DiscountApproval
from kalon.pricing.queries import Asked

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(db: None) -> Clinic:
    made = clinic(roles=["owner", "frontdesk", "billing"])
    catalog_actions.install_defaults(by=made.owner)
    return made


def limit(here: Clinic, code: str, percent: str | None) -> None:
    with acting_as(here.owner):
        role = people.roles(seen_by=here.owner).get(code=code)
    pricing.set_limits({role.pk: Decimal(percent) if percent else None}, by=here.owner)


def line(here: Clinic) -> BillLine:
    details = PatientDetails(
        given_name="Meera", family_name="Nair", phone="+919847055218", birth_date=date(1990, 5, 17), gender="female",
        confirmed_not_duplicate=True,
    )  # fmt: skip
    with acting_as(here.owner):
        service = catalog.services(seen_by=here.owner).get(code="CONSULT")
        patient = patients.register(details, by=here.owner)
    bill = actions.draft_bill(patient.pk, here.branch.pk, by=here.frontdesk)
    return actions.add_line(bill.pk, actions.LineDetails(service_id=service.pk), by=here.frontdesk)


def forced(row: BillLine, percent: int, by: Any) -> str:
    """What plain SQL in the person's name is refused by, when it takes so much off."""
    amount = row.unit_price * percent / 100
    statement = """UPDATE billing_billline SET discount = %s, discount_reason = 'Because', taxable = unit_price - %s,
        total = unit_price - %s, discount_steps = jsonb_build_array(jsonb_build_object('tier', 'STANDARD',
        'amount', %s::text)) WHERE id = %s"""
    try:
        with acting_as(by), connection.cursor() as cursor:
            cursor.execute(statement, [amount, amount, amount, str(amount), row.pk])
    except DatabaseError as error:
        return broken_constraint(error.__cause__)
    return ""


def test_each_role_gives_up_to_its_limit_and_above_it_somebody_else_decides(here: Clinic) -> None:
    row = line(here)
    limit(here, "frontdesk", "20")
    asked = Asked(percent=Decimal(25), reason="Regular")
    with pytest.raises(NotPermitted, match="You may give up to 20% by hand"):
        actions.discount_line(row.bill_id, row.pk, asked, by=here.frontdesk)
    twenty = actions.discount_line(row.bill_id, row.pk, Asked(percent=Decimal(20), reason="x"), by=here.frontdesk)
    assert twenty.discount == row.unit_price / 5
    assert forced(row, 25, here.frontdesk) == "billing_billline_within_limit"
    actions.ask_for_discount(row.bill_id, row.pk, asked, by=here.frontdesk)
    with acting_as(here.owner):
        waiting = DiscountApproval.objects.get()
    pricing.approve_discount(waiting.pk, by=here.owner)
    assert forced(row, 30, here.frontdesk) == "billing_billline_within_limit"  # more than was approved
    actions.discount_line(row.bill_id, row.pk, asked, by=here.frontdesk)


def test_a_role_without_a_limit_gives_what_the_rules_say_and_who_approves_gives_any(here: Clinic) -> None:
    row = line(here)
    limit(here, "frontdesk", "0.00")
    assert forced(row, 1, here.frontdesk) == "billing_billline_within_limit"
    limit(here, "frontdesk", None)
    assert forced(row, 10, here.frontdesk) == "" and forced(row, 11, here.frontdesk) != ""
    assert forced(row, 90, here.owner) == ""


def test_only_who_looks_after_prices_sets_limits(here: Clinic) -> None:
    with acting_as(here.owner):
        role = people.roles(seen_by=here.owner).get(code="frontdesk")
    with pytest.raises(NotPermitted):
        pricing.set_limits({role.pk: Decimal(90)}, by=here.frontdesk)
    with pytest.raises(Invalid, match="from 0 to 100"):
        pricing.set_limits({role.pk: Decimal(101)}, by=here.owner)
    with acting_as(here.owner):
        assert not prices.limits(seen_by=here.owner).exists()
