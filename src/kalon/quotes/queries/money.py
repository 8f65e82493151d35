"""Whether a plan's money is in order: one function of the database answers the page, the check and the trigger."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from kalon.billing import queries as billing
from kalon.billing.lifecycles import VIEW as PAYMENTS
from kalon.kernel.actors import Actor, system
from kalon.kernel.money import ZERO
from kalon.quotes import rules
from kalon.quotes.models import MoneyWaiver, Quote, SelfPayWaiver
from kalon.quotes.queries.bundles import plans_of
from kalon.quotes.queries.quotes import accepted_for, agreed_lines, self_pay_of, waiver_of


@dataclass(frozen=True, slots=True)
class MoneyOfPlan:
    """What stands between a plan and its booking, as far as money goes."""

    missing: str  # "", "quote", "lapsed" or "deposit"
    accepted: Quote | None
    deposit: rules.Deposit
    waiver: MoneyWaiver | None
    self_pay: SelfPayWaiver | None

    @property
    def is_in_order(self) -> bool:
        return not self.missing

    @property
    def why(self) -> str:
        return rules.MISSING.get(self.missing, "")


def missing(plan_id: UUID) -> str:
    """What a plan's money lacks before it may be booked: "" when nothing does, else "quote", "lapsed" or "deposit"."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(quotes_missing(%s), '')", [plan_id])
        said: str = cursor.fetchone()[0]
    return said


def money_in_order(plan: Any) -> str | None:
    """The check that stands on a plan's booking: a sentence while its money is not in order."""
    said = missing(plan.pk)
    return rules.MISSING[said] if said else None


def deposit_of(quote: Quote, *, seen_by: Actor) -> rules.Deposit:
    """The deposit of an accepted quote, and what is held for its plans: on account or on their bills.

    Whoever may read the quote may know this of it, also a doctor who sees no payments.
    """
    asks = seen_by if seen_by.may(PAYMENTS) else system("quotes", seen_by.organization_id)
    plans = plans_of(quote, agreed_lines(quote))
    held = sum((billing.held_for_plan(plan_id, seen_by=asks) for plan_id in plans), ZERO)
    return rules.Deposit(quote.deposit_due or ZERO, held)


def deposit_met(quote: Quote, *, seen_by: Actor) -> bool:
    """Whether at least the deposit was paid and not paid back."""
    return deposit_of(quote, seen_by=seen_by).is_met


def money_of_plan(plan_id: UUID, *, seen_by: Actor) -> MoneyOfPlan:
    """All that a page says of a plan's money."""
    accepted = accepted_for(plan_id, seen_by=seen_by)
    deposit = deposit_of(accepted, seen_by=seen_by) if accepted else rules.Deposit(Decimal(0), Decimal(0))
    return MoneyOfPlan(
        missing(plan_id), accepted, deposit, waiver_of(plan_id, seen_by=seen_by), self_pay_of(plan_id, seen_by=seen_by)
    )
