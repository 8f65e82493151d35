"""The schedule: days and amounts, whatever is asked."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kalon.installments import rules
from kalon.installments.lifecycles import Frequency
from kalon.installments.rules import NoSchedule

DAYS = st.dates(date(2024, 1, 1), date(2040, 12, 31))
PAISE = st.integers(1, 10**11).map(lambda paise: Decimal(paise) / 100)
FREQUENCIES = st.sampled_from(Frequency.values)


@pytest.mark.parametrize(
    ("first", "days"),
    [
        (date(2027, 1, 31), ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]),
        (date(2027, 12, 30), ["2027-12-30", "2028-01-30", "2028-02-29", "2028-03-30"]),
        (date(2026, 12, 15), ["2026-12-15", "2027-01-15", "2027-02-15", "2027-03-15"]),
    ],
)
def test_months_keep_their_day_or_end_with_the_month(first, days):
    assert [rules.date_of(n, first=first, frequency="MONTHLY").isoformat() for n in range(4)] == days


def test_the_last_instalment_brings_what_is_missing():
    parts = rules.instalments(Decimal("10000.00"), count=3, frequency="MONTHLY", first=date(2026, 12, 1))
    assert [str(part.amount) for part in parts] == ["3333.33", "3333.33", "3333.34"]


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    total=PAISE,
    percent=st.integers(0, 99),
    count=st.integers(1, 60),
    frequency=FREQUENCIES,
    first=DAYS,
    early=st.integers(0, 366),
)
def test_the_parts_are_the_whole_in_the_order_of_their_days(total, percent, count, frequency, first, early):
    today = first - timedelta(days=early)
    at_once = (total * percent / 100).quantize(Decimal("0.01"))
    asked = {"at_once": at_once, "count": count, "frequency": frequency, "first": first, "today": today}
    if at_once >= total or (total - at_once) * 100 < count:
        with pytest.raises(NoSchedule):
            rules.schedule(total, **asked)
        return
    parts = rules.schedule(total, **asked)
    assert sum(part.amount for part in parts) == total
    assert all(part.amount > 0 and part.amount == part.amount.quantize(Decimal("0.01")) for part in parts)
    instalments = [part for part in parts if part.position]
    assert [part.position for part in instalments] == list(range(1, count + 1))
    assert len({part.amount for part in instalments[:-1]}) <= 1
    assert 0 <= instalments[-1].amount - instalments[0].amount < count * Decimal("0.01")
    days = [part.due_date for part in parts]
    assert days == sorted(days)
    gaps = {(later.due_date - day.due_date).days for day, later in pairwise(instalments)}
    assert gaps <= {"WEEKLY": {7}, "BIWEEKLY": {14}, "MONTHLY": {28, 29, 30, 31}}[frequency]


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(total=PAISE, percent=st.integers(0, 100), deposit=PAISE)
def test_the_least_down_payment_is_the_share_or_the_deposit_and_never_more_than_the_whole(total, percent, deposit):
    least = rules.least_down(total, percent=Decimal(percent), deposit=deposit)
    assert least <= total
    assert least == total or (least >= total * percent / 100 and least >= deposit)


def test_terms_that_make_no_sense_say_which_field():
    assert not rules.trouble_with(rules.DEFAULTS)
    wrong: tuple[tuple[str, Any], ...] = (
        ("frequencies", ()),
        ("frequencies", ("DAILY",)),
        ("most_parts", 0),
        ("most_parts", 61),
        ("least_down_percent", Decimal(100)),
        ("least_down_percent", Decimal("NaN")),
        ("remind_days", (3, 3)),
        ("chase_days", (0,)),
        ("chase_days", (1, 2, 3, 4, 5, 6)),
        ("default_days", 0),
    )
    for field, value in wrong:
        assert set(rules.trouble_with(replace(rules.DEFAULTS, **{field: value}))) == {field}
