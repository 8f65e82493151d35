"""What the clock does: days pass, patients are written to once for each step, an agreement that nobody keeps breaks."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps

from kalon.installments import actions, queries, tasks
from kalon.installments.rules import DEFAULTS
from kalon.installments.tests.agreed import Accepted
from kalon.kernel import clock, outbox
from kalon.kernel.tenancy import acting_as

pytestmark = pytest.mark.django_db


def _days_later(days: int, accepted: Accepted) -> None:
    with clock.at(clock.now() + timedelta(days=days)):
        tasks.go_through(organization_id=accepted.quote.organization_id)


def _told(accepted: Accepted) -> list[str]:
    with acting_as(accepted.system):
        rows = apps.get_model("messaging", "Message").objects.filter(template_code__startswith="installment")
        return list(rows.order_by("created_at", "id").values_list("template_code", flat=True))


@pytest.fixture(autouse=True)
def reachable(accepted: Accepted) -> None:
    """The patient has left an address to write to."""
    with acting_as(accepted.system):
        patient = accepted.visit.clinic.patient
        patient.email = "ananya@example.org"
        patient.save(update_fields=["email"])


def test_each_step_is_told_once_however_often_the_clock_strikes(accepted: Accepted):
    agreement = accepted.agree()
    accepted.advance("14160")
    for day in (20, 27, 27, 28, 31, 31, 33, 37, 37, 60):  # due on day 30
        _days_later(day, accepted)
    assert accepted.stand(agreement)[1] == ("OVERDUE", "0")
    said = _told(accepted)
    assert said[:3] == ["installment-due", "installment-overdue", "installment-overdue"]
    assert said.count("installment-overdue-again") == 1  # the last step of the second part


def test_a_night_of_silence_brings_one_letter_and_paid_parts_none(accepted: Accepted):
    accepted.agree()
    _days_later(10, accepted)
    assert _told(accepted) == ["installment-overdue"]  # two steps passed unseen: the later one alone
    accepted.advance("42480")
    _days_later(40, accepted)
    assert len(_told(accepted)) == 1


def test_a_worker_killed_in_the_middle_tells_nobody_twice(accepted: Accepted, monkeypatch: Any):
    accepted.agree()
    real, calls = actions.remind, []

    def killed(pk: Any, **more: Any) -> bool:
        real(pk, **more)
        calls.append(pk)
        raise KeyboardInterrupt

    monkeypatch.setattr(actions, "remind", killed)
    with pytest.raises(KeyboardInterrupt):
        _days_later(1, accepted)
    monkeypatch.setattr(actions, "remind", real)
    _days_later(1, accepted)
    assert (len(calls), _told(accepted)) == (1, ["installment-overdue"])


def test_broken_by_itself_after_the_days_of_the_terms_and_not_before(accepted: Accepted):
    agreement = accepted.agree()
    _days_later(300, accepted)
    assert accepted.now(agreement).status == "ACTIVE"  # nobody said that it breaks by itself
    with acting_as(accepted.by):
        actions.set_terms(replace(DEFAULTS, default_days=30), by=accepted.by)
    _days_later(29, accepted)
    assert accepted.now(agreement).status == "ACTIVE"
    _days_later(30, accepted)
    assert accepted.now(agreement).status == "DEFAULTED"


def test_a_patient_chooses_parts_and_the_outbox_writes_them_down(accepted: Accepted):
    own = accepted.visit.clinic.patient_actor()
    offer = actions.choose_parts(accepted.quote.pk, count=3, by=own)
    assert [part.amount for part in offer.parts] == [Decimal(14160)] * 3
    outbox.run_due()
    with acting_as(own):
        agreement = queries.live_of_quote(accepted.quote.pk, seen_by=own)
    assert agreement is not None and (agreement.count, agreement.agreed_by_name) == (
        2,
        "the patient, on their own page",
    )
    tasks.agree_chosen(organization_id=accepted.quote.organization_id, quote_id=accepted.quote.pk, count=6)
    assert accepted.now(agreement).status == "ACTIVE"
