"""Fee schedules: whose price holds, on which day, and that a price is never changed."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection
from hypothesis import given
from hypothesis import strategies as st

from kalon.catalog import queries as catalog
from kalon.catalog.tests.test_fronts import as_
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import broken_constraint
from kalon.kernel.errors import Clash, Invalid, NotFound, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.people.tests.factories import Clinic
from kalon.pricing import actions, queries, rules
from kalon.pricing.models import FeeItem, FeeSchedule

pytestmark = pytest.mark.django_db
DAY, LATER = date(2026, 11, 1), date(2026, 12, 1)
FEE = Decimal("1200.00")  # the catalogue's consultation


def consult(here: Clinic) -> Any:
    with acting_as(here.owner):
        return catalog.services(seen_by=here.owner).get(code="CONSULT")


def price(here: Clinic, on: date, **asked: Any) -> Decimal:
    with acting_as(here.owner):
        return queries.price_of(
            service_id=consult(here).pk, branch_id=here.branch.pk, on=on, seen_by=here.owner, **asked
        ).unit_price


def sql(statement: str, params: Any = (), *, by: Actor) -> str:
    """What plain SQL in the actor's unit of work is refused by; an empty string when it is not."""
    try:
        with acting_as(by), connection.cursor() as cursor:
            cursor.execute(statement, params)
    except DatabaseError as error:
        return broken_constraint(error.__cause__) or str(error.__cause__).split("\n")[0]
    return ""


def test_the_nearest_price_holds_and_the_catalogue_where_there_is_none(here: Clinic) -> None:
    service = consult(here)
    assert price(here, DAY) == FEE
    for rupees, facts in (
        (1100, {}), (1000, {"branch_id": here.branch.pk}), (900, {"payer": "Star Health"}),
        (800, {"payer": "Star  Health ", "branch_id": here.branch.pk}),
    ):  # fmt: skip
        made = actions.add_schedule(f"List {rupees}", DAY, by=here.owner, **facts)
        actions.add_price(made.pk, Decimal(rupees), DAY, service_id=service.pk, by=here.owner)
    assert price(here, date(2026, 10, 31)) == FEE
    assert price(here, DAY) == 1000
    assert price(here, DAY, payer="star health") == 800
    assert price(here, DAY, payer="Nobody Insurance") == 1000
    with acting_as(here.owner):
        ours = FeeSchedule.objects.get(name="List 800")
    actions.end_schedule(ours.pk, LATER, by=here.owner)
    assert price(here, LATER, payer="Star Health") == 900


def test_a_price_is_ended_and_followed_and_one_holds_a_day(here: Clinic) -> None:
    service = consult(here)
    made = actions.add_schedule("Cash", DAY, by=here.owner)
    first = actions.add_price(made.pk, Decimal(1000), DAY, service_id=service.pk, by=here.owner)
    actions.add_price(made.pk, Decimal(1300), LATER, service_id=service.pk, by=here.owner)
    assert (price(here, date(2026, 11, 30)), price(here, LATER)) == (1000, 1300)
    with pytest.raises(Clash, match="End it first"):
        actions.add_price(made.pk, Decimal(5), date(2026, 11, 15), service_id=service.pk, by=here.owner)
    with pytest.raises(Clash, match="End it first"):
        actions.add_schedule("Cash again", date(2026, 10, 1), by=here.owner)
    with pytest.raises(Invalid, match="after the day"):
        actions.end_price(first.pk, DAY, by=here.owner)
    with pytest.raises(Invalid, match="below zero"):
        actions.add_price(made.pk, Decimal(-1), date(2027, 1, 1), service_id=service.pk, by=here.owner)
    with pytest.raises(Invalid, match="Choose the service"):
        actions.add_price(made.pk, Decimal(1), DAY, by=here.owner)


def test_the_database_keeps_prices_by_itself(here: Clinic, elsewhere: Clinic) -> None:
    service, owner = consult(here), here.owner
    made = actions.add_schedule("Cash", DAY, by=owner)
    item = actions.add_price(made.pk, Decimal(1000), DAY, service_id=service.pk, by=owner)
    assert sql("UPDATE pricing_feeitem SET price = 1", by=owner) == "pricing_feeitem_fixed"
    assert sql("UPDATE pricing_feeitem SET valid_from = '2020-01-01'", by=owner) == "pricing_feeitem_fixed"
    assert sql("UPDATE pricing_feeschedule SET includes_tax = true", by=owner) == "pricing_feeschedule_fixed"
    assert "permission denied" in sql("DELETE FROM pricing_feeitem", by=owner)
    copy = """INSERT INTO pricing_feeitem (id, created_at, organization_id, schedule_id, service_id, price, valid_from)
        SELECT gen_random_uuid(), now(), %s, schedule_id, service_id, %s, %s FROM pricing_feeitem WHERE id = %s"""
    assert sql(copy, [here.organization_id, 5, LATER, item.pk], by=owner) == "pricing_feeitem_one_a_day"
    assert sql(copy, [here.organization_id, -5, date(2020, 1, 1), item.pk], by=owner) == "pricing_feeitem_not_negative"
    with acting_as(elsewhere.owner):
        assert not FeeItem.objects.exists()
    with pytest.raises(NotFound):
        actions.add_price(made.pk, Decimal(1), LATER, service_id=consult(elsewhere).pk, by=elsewhere.owner)


VERBS: list[Callable[[Any, Any, Actor], object]] = [
    lambda made, item, by: actions.add_schedule("Mine", DAY, payer="Other", by=by),
    lambda made, item, by: actions.end_schedule(made.pk, LATER, by=by),
    lambda made, item, by: actions.add_price(made.pk, Decimal(1), LATER, service_id=item.service_id, by=by),
    lambda made, item, by: actions.end_price(item.pk, LATER, by=by),
]


@pytest.mark.parametrize("verb", VERBS)
def test_who_does_not_look_after_prices_is_refused(here: Clinic, verb: Callable[[Any, Any, Actor], object]) -> None:
    made = actions.add_schedule("Cash", DAY, by=here.owner)
    item = actions.add_price(made.pk, Decimal(1000), DAY, service_id=consult(here).pk, by=here.owner)
    with pytest.raises(NotPermitted):
        verb(made, item, here.frontdesk)
    with acting_as(here.owner):
        assert (FeeSchedule.objects.count(), FeeItem.objects.count()) == (1, 1)
        assert not FeeItem.objects.exclude(valid_to=None).exists() and price(here, LATER) == 1000


@given(
    amount=st.decimals("0.01", "99999.99", places=2),
    rate=st.sampled_from([Decimal(rate) for rate in (5, 12, 18, 28)]),
    halves=st.sampled_from([1, 2]),
    rounding=st.sampled_from(["HALF_UP", "HALF_EVEN"]),
)
def test_a_price_with_tax_comes_apart_to_the_paisa(amount: Decimal, rate: Decimal, halves: int, rounding: str) -> None:
    before = rules.before_tax(amount, rate, halves=halves, rounding=rounding)
    again = rules.with_tax(before, rate, halves=halves, rounding=rounding)
    assert before >= 0 and abs(again - amount) <= Decimal("0.01") * halves / 2 + Decimal("0.005")
    near = [rules.with_tax(before + step, rate, halves=halves, rounding=rounding) for step in (CENT, -CENT)]
    assert again == amount or amount not in near  # where it can be met, it is


CENT = Decimal("0.01")


def test_a_list_of_prices_is_looked_at_and_written_by_json(here: Clinic, elsewhere: Clinic) -> None:
    made, theirs = actions.add_schedule("Cash", DAY, by=here.owner), actions.add_schedule("X", DAY, by=elsewhere.owner)
    owner, desk, sent = as_(here, "owner"), as_(here, "frontdesk"), {"content_type": "application/json"}
    path = f"/api/pricing/schedules/{made.pk}/prices"
    body = {"valid_from": "2026-11-01", "prices": [{"code": " consult", "price": "1000"}]}
    wrong = {**body, "prices": [*body["prices"], {"code": "NOTHING", "price": "5"}]}
    lines = owner.post(f"{path}/check", wrong, **sent).json()
    assert [(one["name"], one["before"], one["price"], bool(one["fault"])) for one in lines] == [
        (consult(here).name, None, "1000.00", False), ("", None, "5.00", True),
    ]  # fmt: skip
    assert owner.post(f"{path}/import", wrong, **sent).status_code == 422
    assert owner.get(path).json()["items"] == []
    assert owner.post(f"{path}/import", body, **sent).json() == {"written": 1}
    assert owner.post(f"{path}/import", body, **sent).json() == {"written": 0}
    assert [one["price"] for one in owner.get(path).json()["items"]] == ["1000.00"]
    for verb in ("check", "import"):
        assert desk.post(f"{path}/{verb}", body, **sent).status_code == 403
        assert owner.post(f"/api/pricing/schedules/{theirs.pk}/prices/{verb}", body, **sent).status_code == 404
