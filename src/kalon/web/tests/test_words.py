"""Amounts, times and names as the clinic writes them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from kalon.kernel import clock
from kalon.web.templatetags import words

NOON = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)  # 12:00 in Kochi


@pytest.fixture(autouse=True)
def _in_kochi():
    with timezone.override(ZoneInfo("Asia/Kolkata")), clock.at(NOON):
        yield


@pytest.mark.parametrize(
    ("amount", "style", "written"),
    [
        (Decimal("113280"), "", "₹1,13,280.00"),
        (Decimal("113280"), "whole", "₹1,13,280"),
        (Decimal("0"), "", "₹0.00"),
        (Decimal("999.5"), "", "₹999.50"),
        (Decimal("1000"), "whole", "₹1,000"),
        (Decimal("-3000"), "", "−₹3,000.00"),
        (Decimal("123456789.01"), "", "₹12,34,56,789.01"),
    ],
)
def test_rupees_are_grouped_by_lakh_and_kept_together(amount, style, written):
    assert words.money(amount, style) == f"<bdi>{written}</bdi>"


def test_other_currencies_are_grouped_by_thousand():
    assert words.plain_money(Decimal("1234567"), currency="USD") == "$1,234,567.00"


@pytest.mark.parametrize("nothing", [None, "", "not a number"])
def test_no_amount_is_no_word(nothing):
    assert words.money(nothing) == ""


@pytest.mark.parametrize(
    ("shift", "written"),
    [
        (timedelta(hours=-2), "Today 10:00"),
        (timedelta(hours=-13), "Yesterday 23:00"),
        (timedelta(hours=12), "Tomorrow 00:00"),
        (timedelta(days=-4), "20 Nov 12:00"),
        (timedelta(days=-318), "10 Jan 12:00"),
        (timedelta(days=-400), "20 Oct 2025"),
    ],
)
def test_instants_are_told_in_the_branchs_time(shift, written):
    assert words.when(NOON + shift) == written


def test_the_day_turns_at_the_branchs_midnight():
    just_before = datetime(2026, 11, 24, 18, 29, tzinfo=UTC)  # 23:59 in Kochi
    assert words.when(just_before) == "Today 23:59"
    assert words.when(just_before + timedelta(minutes=1)) == "Tomorrow 00:00"


def test_days():
    assert words.day(date(2026, 11, 26)) == "Thu 26 Nov"
    assert words.day(date(2027, 1, 4)) == "Mon 4 Jan 2027"
    assert words.long_day(NOON) == "Tuesday 24 November 2026"
    assert words.born(date(1994, 3, 14)) == "14 Mar 1994"


@pytest.mark.parametrize(
    ("shift", "written"),
    [
        (timedelta(seconds=-20), "just now"),
        (timedelta(minutes=-12), "12 min ago"),
        (timedelta(hours=-3), "3 h ago"),
        (timedelta(days=2, minutes=1), "in 2 days"),
        (timedelta(days=-400), "1 year ago"),
    ],
)
def test_how_long_ago(shift, written):
    assert words.ago(NOON + shift) == written


@pytest.mark.parametrize(("birth", "years"), [(date(1994, 11, 24), 32), (date(1994, 11, 25), 31), (None, "")])
def test_age_turns_on_the_birthday(birth, years):
    assert words.age(birth) == years


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Meera Nair", "MN"), ("Dr Kavya Menon", "KM"), ("Sunil", "SU"), ("", "?"), (None, "?"), ("José da Silva", "JS")],
)
def test_initials(name, letters):
    assert words.initials(name) == letters


def test_devices_are_told_in_words():
    edge = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
    assert words.device(edge) == "Edge on Windows"
    assert words.device("Mozilla/5.0 (iPhone) Version/18.0 Mobile Safari/604.1") == "Safari on an iPhone"
    assert words.device("") == "A browser"
