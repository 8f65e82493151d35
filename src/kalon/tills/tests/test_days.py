"""A closed day: sums by the database, nothing dated into it any more, reopened only by name."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from kalon.billing import actions as billing
from kalon.billing.tests.sql import DONE, attack
from kalon.kernel import clock
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.tills import actions, queries
from kalon.tills.models import DayClose
from kalon.tills.tests.conftest import Tills


def _today(tills: Tills) -> date:
    return clock.today(tills.clinic.branch.timezone)


def _close(tills: Tills, *, by: Any = None, note: str = "", **counted: int) -> DayClose:
    said = {method: Decimal(amount) for method, amount in counted.items()}
    return actions.close_day(tills.clinic.branch.pk, _today(tills), said, note, by=by or tills.thomas)


def test_a_day_is_closed_with_what_was_taken(tills: Tills):
    session = tills.open()
    cash = tills.cash("800")
    billing.take_payment(tills.clinic.bill().pk, "CARD", Decimal(500), "1", "a", by=tills.sini)
    billing.take_payment(tills.clinic.bill().pk, "UPI", Decimal(300), "2", "b", by=tills.sini)
    tills.clinic.draft(tills.clinic.consultation)
    with pytest.raises(Clash, match="not closed yet"):
        _close(tills, CARD=500)
    actions.count_drawer(session.pk, {"100": 13}, by=tills.sini)
    actions.close_drawer(session.pk, by=tills.thomas)
    with pytest.raises(Invalid, match="Card differ"):
        _close(tills, CARD=400)
    close = _close(tills, CARD=400, UPI=300, note="One slip is missing")
    assert close.received == {"CASH": "800.00", "CARD": "500.00", "UPI": "300.00"}
    assert (close.unsettled, str(close)) == ({"draft_bills": 1}, "Z00001")
    with acting_as(tills.thomas):
        day = queries.day(tills.clinic.branch, _today(tills), seen_by=tills.thomas)
    assert {row.method: row.variance for row in day.tenders} == {"CASH": None, "CARD": -100, "UPI": 0}
    assert (day.total, day.cash_variance) == (1600, 0)
    assert actions.z_report_pdf(close.pk, by=tills.thomas).startswith(b"%PDF")
    assert cash.is_received


LATE: dict[str, Callable[[Tills, Any], Any]] = {
    "cash": lambda t, p: t.cash("100"),
    "card": lambda t, p: billing.take_payment(t.clinic.bill().pk, "CARD", Decimal(1), "", "x", by=t.sini),
    "an advance": lambda t, p: billing.receive_advance(
        t.clinic.patient.pk, t.clinic.branch.pk, "UPI", Decimal(5), by=t.sini
    ),
    "a refund": lambda t, p: billing.refund_done(p.pk, by=t.thomas),
    "a drawer": lambda t, p: t.open(),
}


@pytest.mark.parametrize("what", LATE)
def test_nothing_is_dated_into_a_closed_day(tills: Tills, what: str):
    payment = tills.clinic.pay(tills.clinic.bill(), "800", method="UPI")
    billing.void_bill(payment.bill_id, "Twice", by=tills.clinic.desk)
    refund = billing.request_refund(payment.pk, Decimal(5), "Asked", by=tills.thomas)
    billing.approve_refund(refund.pk, by=tills.thomas)
    close = _close(tills)
    with pytest.raises(Clash, match="is closed: no money can be dated into it"):
        LATE[what](tills, refund)
    actions.reopen_day(close.pk, "A slip turned up", by=tills.thomas)
    LATE[what](tills, refund)


def test_a_day_is_reopened_by_name_and_closed_again(tills: Tills):
    close = _close(tills)
    with pytest.raises(Clash, match="closed already"):
        _close(tills)
    with pytest.raises(Invalid):
        actions.reopen_day(close.pk, "  ", by=tills.thomas)
    with pytest.raises(NotPermitted):
        actions.reopen_day(close.pk, "Because", by=tills.sini)
    actions.reopen_day(close.pk, "A slip turned up", by=tills.thomas)
    with pytest.raises(IllegalMove):
        actions.reopen_day(close.pk, "Again", by=tills.thomas)
    with pytest.raises(NotReady):
        actions.z_report_pdf(close.pk, by=tills.thomas)
    assert str(_close(tills)) == "Z00002"


def test_who_may_not_close_a_day(tills: Tills):
    for nobody in (tills.sini, tills.nurse):
        with pytest.raises(NotPermitted):
            _close(tills, by=nobody)
    with acting_as(tills.clinic.system):
        assert not DayClose.objects.exists()


def test_tomorrow_is_not_closed_today(tills: Tills):
    with pytest.raises(Clash, match="not come yet"):
        actions.close_day(tills.clinic.branch.pk, _today(tills) + timedelta(days=1), {}, by=tills.thomas)


@pytest.mark.parametrize("counted", [{"CASH": 1}, {"ONLINE": 1}, {"CARD": Decimal("0.001")}, {"CARD": Decimal("NaN")}])
def test_what_is_counted_by_hand_is_an_amount_of_a_terminal(tills: Tills, counted: dict[str, Any]):
    with pytest.raises(Invalid):
        actions.close_day(
            tills.clinic.branch.pk, _today(tills), {m: Decimal(a) for m, a in counted.items()}, by=tills.thomas
        )


def test_sql_neither_changes_nor_invents_a_close(tills: Tills):
    close = _close(tills)
    by = tills.clinic.system
    reopen = "UPDATE tills_dayclose SET status = 'REOPENED' WHERE id = %s"
    assert attack(reopen, [close.pk], by=by) == "tills_dayclose_status_moves"
    reasoned = "WITH why AS (SELECT set_config('kalon.reason', 'x', true)) " + reopen.replace("WHERE", "FROM why WHERE")
    assert attack(reasoned, [close.pk], by=by) == DONE
    assert attack("UPDATE tills_dayclose SET counted = '{}' , note = 'x' WHERE id = %s", [close.pk], by=by) == (
        "tills_dayclose_sealed"
    )
    born = """INSERT INTO tills_dayclose SELECT (jsonb_populate_record(d, jsonb_build_object('id', gen_random_uuid(),
        'number', 99, 'day', d.day - 1, 'status', 'REOPENED'))).* FROM tills_dayclose d WHERE id = %s"""
    assert attack(born, [close.pk], by=by) == "tills_dayclose_status_moves"
    actions.reopen_day(close.pk, "A slip", by=tills.thomas)
    assert attack("UPDATE tills_dayclose SET status = 'CLOSED' WHERE id = %s", [close.pk], by=by) == (
        "tills_dayclose_status_moves"
    )


def test_when_money_came_is_said_once(tills: Tills):
    payment = tills.clinic.pay(tills.clinic.bill(), "800", method="UPI")
    back = "UPDATE billing_payment SET received_at = received_at - interval '3 days' WHERE id = %s"
    assert attack(back, [payment.pk], by=tills.clinic.system) == "billing_payment_sealed"


def test_a_day_asks_as_much_for_one_payment_as_for_thirty(tills: Tills, django_assert_num_queries: Any):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def asked() -> int:
        with (
            acting_as(tills.thomas),
            CaptureQueriesContext(
                connection,
            ) as seen,
        ):
            queries.day(tills.clinic.branch, _today(tills), seen_by=tills.thomas)
        return len(seen)

    tills.cash("10")
    one = asked()
    bill = tills.clinic.bill()
    for _turn in range(12):
        tills.cash("10", bill=bill)
    assert asked() == one
