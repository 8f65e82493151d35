"""The arithmetic of discounts: order, combining, limits, words; exact in both roundings."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalon.kernel.money import ZERO, exact
from kalon.pricing.models import TIERS
from kalon.pricing.rules import Combining, Offer, discounted, free_of

NAMED = [tier for tier in TIERS if tier != "LOYALTY"]


def rupees(amount: Decimal) -> str:
    return f"₹{amount:.2f}"


def steps(gross: str, offers: list[Offer], quantity: int = 1, **how: object) -> list[tuple[str, str]]:
    combining = Combining(**{"order": TIERS, "adding_up": TIERS, **how})  # type: ignore[arg-type]
    made = discounted(Decimal(gross), Decimal(quantity), offers, combining, rupees)
    return [(step.words, f"{step.base} {step.amount}") for step in made]


SENIOR = Offer("GROUP", "Senior citizens", percent=Decimal(10))
DIWALI = Offer("PROMOTION", "Diwali", percent=Decimal(20))


def test_each_step_says_what_it_is_and_takes_from_what_the_one_before_left() -> None:
    assert steps("1400.00", [DIWALI, SENIOR]) == [
        ("Senior citizens 10%: −₹140.00", "1400.00 140.00"),
        ("Diwali 20%: −₹252.00", "1260.00 252.00"),
    ]
    assert steps("1400.00", [SENIOR, DIWALI], order=["PROMOTION", "GROUP"])[0][0] == "Diwali 20%: −₹280.00"


def test_a_tier_that_does_not_combine_stands_alone_and_the_better_way_wins() -> None:
    alone = [tier for tier in TIERS if tier != "PROMOTION"]
    assert [words for words, _ in steps("1000.00", [SENIOR, DIWALI], adding_up=alone)] == ["Diwali 20%: −₹200.00"]
    staff = Offer("STANDARD", "Staff", percent=Decimal(15))
    assert [words for words, _ in steps("1000.00", [SENIOR, DIWALI, staff], adding_up=alone)] == [
        "Staff 15%: −₹150.00", "Senior citizens 10%: −₹85.00",
    ]  # fmt: skip


def test_never_more_than_the_most_nor_than_the_line() -> None:
    assert steps("1000.00", [SENIOR, DIWALI], max_percent=Decimal(15)) == [
        ("Senior citizens 10%: −₹100.00", "1000.00 100.00"),
        ("Diwali 20%: −₹50.00, limited to 15% in all", "900.00 50.00"),
    ]
    assert steps("300.00", [Offer("STANDARD", "Goodwill", amount=Decimal(500))])[0][1] == "300.00 300.00"


@pytest.mark.parametrize(("quantity", "free"), [(1, 0), (2, 0), (3, 1), (4, 1), (5, 1), (6, 2), (8, 2)])
def test_buy_two_get_one(quantity: int, free: int) -> None:
    assert free_of(Decimal(quantity), 2, 1) == free
    offer = Offer("PROMOTION", "Peel offer", buy=2, free=1)
    made = steps(str(quantity * 100), [offer], quantity)
    assert made == ([(f"Peel offer, {free} free: −₹{free}00.00", f"{quantity}00 {free}00.00")] if free else [])


def test_points_that_are_not_needed_are_not_spent() -> None:
    points = Offer("LOYALTY", "loyalty points", amount=Decimal(500), points=1000)
    how = Combining(TIERS, TIERS)
    (step,) = discounted(Decimal("120.30"), Decimal(1), [points], how, rupees)
    assert (step.points, step.amount, step.words) == (241, Decimal("120.30"), "241 loyalty points: −₹120.30")


offers = st.builds(
    Offer,
    tier=st.sampled_from(NAMED),
    name=st.just("Some"),
    percent=st.decimals("0.01", "100", places=2),
) | st.builds(
    Offer,
    tier=st.sampled_from(NAMED),
    name=st.just("Some"),
    amount=st.decimals("0.01", "99999", places=2),
) | st.builds(
    Offer,
    tier=st.sampled_from(NAMED),
    name=st.just("Some"),
    buy=st.integers(1, 5),
    free=st.integers(1, 5),
)  # fmt: skip


@given(
    unit=st.decimals("0.00", "99999.99", places=2),
    quantity=st.integers(1, 40),
    given_=st.lists(offers, max_size=8),
    order=st.permutations(TIERS),
    adding_up=st.sets(st.sampled_from(TIERS)),
    most=st.decimals("0", "100", places=2),
    rounding=st.sampled_from(["HALF_UP", "HALF_EVEN"]),
)
def test_whatever_is_offered_the_parts_sum_and_nothing_is_below_zero(
    unit: Decimal, quantity: int, given_: list[Offer], order: list[str], adding_up: set[str], most: Decimal,
    rounding: str,
) -> None:  # fmt: skip
    gross = exact(unit * quantity)
    made = discounted(gross, Decimal(quantity), given_, Combining(order, adding_up, most, rounding), rupees)
    left = gross
    for step in made:
        assert step.base == left and step.amount == exact(step.amount) and step.amount > 0
        left -= step.amount
    taken = sum((step.amount for step in made), ZERO)
    assert left >= 0 and taken <= gross * most / 100
    tiers = [step.tier for step in made]
    assert tiers == sorted(set(tiers), key=order.index)
    assert len(tiers) <= 1 or set(tiers) <= adding_up
