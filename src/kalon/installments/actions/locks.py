"""Loading what a verb changes: scope, 404 and row lock in one query. The payment plan is locked before its parts."""

from typing import Any
from uuid import UUID

from kalon.installments import queries
from kalon.installments.lifecycles import MANAGE
from kalon.installments.models import Financing, Installment, PaymentPlan
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid, NotFound
from kalon.kernel.lookup import one
from kalon.quotes import queries as quotes
from kalon.quotes.lifecycles import QuoteStatus


def locked_plan(pk: UUID, *, by: Actor, permission: str = MANAGE) -> PaymentPlan:
    """The payment plan, held until the transaction ends, for somebody who may change one somewhere."""
    by.must(permission, do="change payment plans")
    found = one(queries.rows_of_plans(seen_by=by).select_for_update(of=("self",)).filter(pk=pk))
    if found is None:
        raise NotFound("There is no such payment plan.")
    return found


def locked_part(pk: UUID, *, by: Actor, permission: str = MANAGE) -> Installment:
    """One part, held after its payment plan."""
    by.must(permission, do="change payment plans")
    part = queries.installment(pk, seen_by=by)
    agreement = locked_plan(part.payment_plan_id, by=by, permission=permission)
    held: Installment = Installment.objects.select_for_update(of=("self",)).get(pk=pk)
    held.payment_plan = agreement
    return held


def locked_loan(pk: UUID, *, by: Actor) -> Financing:
    """One loan, held until the transaction ends."""
    by.must(MANAGE, do="change loans")
    queries.loan(pk, seen_by=by)
    return Financing.objects.select_for_update(of=("self",)).select_related("patient", "branch").get(pk=pk)


def accepted_quote(quote_id: UUID, *, by: Actor) -> Any:
    """The quote, if somebody accepted it and no later version took its place."""
    quote = quotes.quote(quote_id, seen_by=by)
    if quote.status != QuoteStatus.ACCEPTED:
        raise Invalid("The quote is not accepted yet. Have the patient accept it first.", field="quote")
    if quote.superseded_at is not None:
        raise Invalid("A later version of this quote was accepted. Agree on that one.", field="quote")
    return quote


def fresh(row: PaymentPlan) -> PaymentPlan:
    """Read what the database worked out; everything else stays as it was loaded."""
    row.refresh_from_db(fields=["status", "status_at", "received", "waived"])
    return row
