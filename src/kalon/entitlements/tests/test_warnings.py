"""Whoever bought a voucher or is a member hears once that it ends soon; who renewed hears until when it goes on."""

from datetime import timedelta

import pytest

from kalon.entitlements import actions, queries, tasks
from kalon.entitlements.tests.clinic import MORNING, Clinic
from kalon.entitlements.tests.test_memberships import gold, sold
from kalon.entitlements.tests.test_vouchers import code_of, redeem, sell
from kalon.kernel import clock
from kalon.kernel.errors import NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.messaging import queries as messaging


def told(clinic: Clinic) -> list[tuple[str, str]]:
    """Every message about what was bought, with its words."""
    with acting_as(clinic.system):
        rows = messaging.messages(seen_by=clinic.system, patient_id=clinic.patient.pk).order_by("created_at", "id")
        return [
            (row.template_code, f"{row.subject} {row.body}")
            for row in rows
            if row.template_code.startswith(("voucher", "membership"))
        ]


def night(clinic: Clinic, days: int) -> None:
    with clock.at(MORNING + timedelta(days=days)):
        tasks.end_and_warn(organization_id=clinic.money.organization.pk)


def test_the_buyer_of_a_voucher_hears_once_that_it_ends(clinic: Clinic):
    row, unpaid = sell(clinic), sell(clinic, "10.00", paid=False)
    redeem(clinic, code_of(clinic, row), "1200")
    night(clinic, 300)
    assert told(clinic) == []
    for days in (340, 341):
        night(clinic, days)
    [(code, words)] = told(clinic)
    assert code == "voucher-ends-soon" and "₹3,800.00" in words and row.last4 in words
    assert code_of(clinic, row) not in words
    with clock.at(MORNING + timedelta(days=341)):
        actions.extend_voucher(row.pk, row.valid_until + timedelta(days=60), "Was ill", by=clinic.desk)
    night(clinic, 400)
    assert [code for code, _ in told(clinic)] == ["voucher-ends-soon"] * 2
    assert clinic.again(unpaid).warned_at is None


def test_a_member_hears_once_that_it_ends_and_that_it_goes_on(clinic: Clinic):
    offer = gold(clinic)
    row = sold(clinic, offer)
    for days in (300, 340, 341):
        night(clinic, days)
    [(code, words)] = told(clinic)
    assert code == "membership-ends-soon" and "Gold ends on Tuesday 23 November 2027" in words
    with clock.at(MORNING + timedelta(days=342)):
        again = sold(clinic, offer, renews_id=row.pk)
        assert again.starts_on == row.ends_on + timedelta(days=1)
    night(clinic, 343)
    assert [code for code, _ in told(clinic)] == ["membership-ends-soon", "membership-renewed"]


def test_who_renewed_in_time_is_not_reminded_and_a_month_has_a_week(clinic: Clinic):
    offer = gold(clinic, period="MONTH")
    first = sold(clinic, offer)
    night(clinic, 20)
    assert told(clinic) == []
    with clock.at(MORNING + timedelta(days=21)):
        sold(clinic, offer, renews_id=first.pk)
    night(clinic, 25)
    assert [code for code, _ in told(clinic)] == ["membership-renewed"]


def test_who_may_not_reminds_nobody(clinic: Clinic):
    voucher, term = sell(clinic), sold(clinic, gold(clinic))
    with clock.at(MORNING + timedelta(days=340)):
        for by in (clinic.money.stranger, clinic.money.as_patient(clinic.patient)):
            for refused in (actions.warn_buyer, actions.warn_member):
                with pytest.raises(NotPermitted):
                    refused((voucher if refused is actions.warn_buyer else term).pk, by=by)
        with acting_as(clinic.system):
            assert queries.memberships_ending(seen_by=clinic.system) == [term.pk]
    assert told(clinic) == [] and clinic.again(voucher).warned_at is None
