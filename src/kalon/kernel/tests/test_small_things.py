"""Ids, money, the clock, refusals: the small exact things."""

import time
from datetime import UTC, datetime
from decimal import Decimal
from uuid import RFC_4122

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalon.kernel import clock, money
from kalon.kernel.actors import EVERYWHERE, Actor, Kind, public, system
from kalon.kernel.errors import Clash, Invalid, NotPermitted
from kalon.kernel.events import announce, on
from kalon.kernel.ids import uuid7

amounts = st.decimals(min_value=0, max_value=10**9, places=2)


def test_ids_sort_by_birth_and_are_version_7():
    born = [uuid7() for _ in range(10_000)]  # some hundreds in each millisecond
    assert {(one.version, one.variant) for one in born} == {(7, RFC_4122)}
    assert sorted(born) == born
    assert len(set(born)) == len(born)
    assert abs((born[0].int >> 80) / 1000 - time.time()) < 10


@given(amounts, st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(lambda w: sum(w) > 0))
def test_the_parts_of_an_amount_sum_to_it(amount, weights):
    parts = money.split(amount, weights)
    assert sum(parts) == amount
    assert all(part >= 0 for part in parts)


def test_a_share_of_a_refund_sums_too():
    assert money.split(Decimal("-10.00"), [1, 1, 1]) == [Decimal("-3.34"), Decimal("-3.33"), Decimal("-3.33")]


def test_rounding_is_the_organisations():
    assert money.exact("0.125") == Decimal("0.13")
    assert money.exact("0.125", rounding="HALF_EVEN") == Decimal("0.12")
    assert money.percent(Decimal("99.99"), Decimal(18)) == Decimal("18.00")


def test_the_clock_is_held_and_let_go():
    then = datetime(2026, 1, 1, 20, tzinfo=UTC)
    with clock.at(then):
        assert clock.now() == then
        assert str(clock.today("Asia/Kolkata")) == "2026-01-02"
    assert clock.is_set() is None
    with pytest.raises(ValueError, match="time zone"), clock.at(datetime(2026, 1, 1)):  # noqa: DTZ001
        pass


def test_a_permission_is_held_in_a_branch_or_everywhere():
    here, there = uuid7(), uuid7()
    desk = Actor(Kind.STAFF, "Sini", grants={here: frozenset({"book"}), EVERYWHERE: frozenset({"read"})})
    assert (desk.may("book", at=here), desk.may("book", at=there), desk.may("read", at=there)) == (True, False, True)
    with pytest.raises(NotPermitted, match="Sini may not open the safe"):
        desk.must("money", do="open the safe")
    assert system("a job").may("anything")
    assert not public(here).may("anything")


def test_ones_own_record_and_account_are_refused_to_who_has_none():
    who, record = uuid7(), uuid7()
    patient = Actor(Kind.PATIENT, "Meera", user_id=who, patient_id=record)
    assert (patient.own_patient_id, patient.own_user_id) == (record, who)
    for nobody in (system("a job"), public(uuid7())):
        with pytest.raises(NotPermitted, match="own record"):
            _ = nobody.own_patient_id
        with pytest.raises(NotPermitted, match="own account"):
            _ = nobody.own_user_id


def test_a_refusal_is_a_problem_with_its_facts():
    refusal = Clash("Dr Menon is taken from 10:00 to 10:30.", alternatives=["11:00"])
    assert refusal.as_problem() == {
        "type": "/problems/clash",
        "title": "Already taken",
        "status": 409,
        "code": "clash",
        "detail": "Dr Menon is taken from 10:00 to 10:30.",
        "alternatives": ["11:00"],
    }
    assert Invalid("No.", field="phone").facts["errors"] == {"phone": ["No."]}


def test_an_event_reaches_everybody_once():
    class Rang:
        pass

    heard: list[str] = []

    def hear(event: Rang) -> None:
        heard.append("once")

    on(Rang, hear)
    on(Rang, hear)
    announce(Rang())
    assert heard == ["once"]
