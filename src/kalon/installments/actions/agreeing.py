"""Agreeing to pay in parts, and agreeing on new dates."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from kalon.installments import queries, rules
from kalon.installments.actions.locks import accepted_quote, fresh, locked_plan
from kalon.installments.events import PaymentPlanMade
from kalon.installments.lifecycles import CHOOSE, MANAGE, OPEN, PAYMENT_PLAN
from kalon.installments.models import Installment, PaymentPlan
from kalon.installments.rules.words import cash
from kalon.kernel import clock, events, outbox
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, IllegalMove, Invalid, KeyReused
from kalon.kernel.money import ZERO
from kalon.kernel.numbers import next_number
from kalon.kernel.reasons import reason_given
from kalon.kernel.tenancy import verb
from kalon.quotes import queries as quotes

REUSED = KeyReused("This key was used for another payment plan. Send a new key.")
NOT_TWICE = Clash(
    "There is a payment plan for this treatment already. Agree on new dates on that one, or end it first."
)


@verb
def make_plan(
    quote_id: UUID, *, down_payment: Decimal, count: int, frequency: str, first_date: date, key: str = "", by: Actor
) -> PaymentPlan:
    """Agree that an accepted quote is paid in parts: something today, then `count` instalments from `first_date`.

    The parts sum to the quote's total; money that came in for the treatment already counts. The same key again is the
    same agreement.
    """
    quote = accepted_quote(quote_id, by=by)
    by.must(MANAGE, at=quote.branch_id, do="agree on payment plans")
    asked = {"quote_id": quote.pk, "count": count, "frequency": frequency, "first_date": first_date}
    if before := _same(quote.patient_id, key, **asked):
        return before
    terms, today = queries.terms(seen_by=by), clock.today(quote.branch.timezone)
    if frequency not in terms.frequencies:
        raise Invalid("The clinic does not offer this rhythm. Choose another.", field="frequency")
    least = rules.least_down(quote.total, percent=terms.least_down_percent, deposit=quote.deposit_due or ZERO)
    parts = _schedule(
        quote.total, at_once=down_payment, count=count, frequency=frequency, first=first_date, today=today,
        most=terms.most_parts,
    )  # fmt: skip
    if down_payment < least:
        raise Invalid(f"At least {cash(least, quote.currency)} is paid at the beginning.", field="down_payment")
    return _written(_blank(quote, by=by), parts, key=key, total=quote.total, asked=asked, by=by)


@verb
def choose_parts(quote_id: UUID, *, count: int, by: Actor) -> queries.Offer:
    """A patient chooses to pay their accepted quote in so many parts, monthly, the first of them now.

    Through the outbox: in a patient's own unit of work nothing is written that others owe or count.
    """
    from kalon.installments import tasks

    by.must(CHOOSE, do="choose how to pay")
    quote = accepted_quote(quote_id, by=by)
    if queries.live_of_quote(quote_id, seen_by=by) is not None:
        raise NOT_TWICE
    offer = queries.offer_of(quote, count, seen_by=by)
    if offer is None:
        raise Invalid("This quote cannot be paid in so many parts. Choose another way, or ask us.", field="count")
    outbox.defer(tasks.agree_chosen, organization_id=by.organization_id, quote_id=quote.pk, count=count)
    return offer


@verb
def agree_chosen(quote_id: UUID, *, count: int, by: Actor) -> PaymentPlan | None:
    """Write the agreement that a patient chose; None where somebody was quicker or the quote stands no more."""
    by.must(MANAGE, do="agree on payment plans")
    quote = quotes.quote(quote_id, seen_by=by)
    if not quote.stands or queries.live_of_treatment(quote.plan_id, seen_by=by) is not None:
        return None
    offer = queries.offer_of(quote, count, seen_by=by)
    if offer is None:
        return None
    asked = {"count": offer.count, "frequency": offer.frequency, "first_date": offer.parts[1].due_date}
    new = _blank(quote, by=by)
    new.agreed_by_id, new.agreed_by_name = None, "the patient, on their own page"
    return _written(new, list(offer.parts), key=f"chosen:{quote.pk}", total=quote.total or ZERO, asked=asked, by=by)


@verb
def replan(
    payment_plan_id: UUID, *, count: int, frequency: str, first_date: date, reason: str, key: str = "", by: Actor
) -> PaymentPlan:
    """Agree on new dates for what is still to come. The old agreement ends; the new one names it, and what was paid."""
    old = locked_plan(payment_plan_id, by=by)
    by.must(MANAGE, at=old.branch_id, do="agree on new dates")
    asked = {"predecessor_id": old.pk, "count": count, "frequency": frequency, "first_date": first_date}
    if before := _same(old.patient_id, key, **asked):
        return before
    why = reason_given(reason, "agree on new dates")
    if old.status not in OPEN:
        raise IllegalMove(
            f"The payment plan is {old.get_status_display().lower()}: nothing is to come on it.",
            status_is=str(old.status),
        )
    if frequency not in queries.terms(seen_by=by).frequencies:
        raise Invalid("The clinic does not offer this rhythm. Choose another.", field="frequency")
    PAYMENT_PLAN.move(old, "replan", by=by, reason=why)
    fresh(old)
    today = clock.today(old.branch.timezone)
    parts = _schedule(
        old.total - old.waived, at_once=old.received, count=count, frequency=frequency, first=first_date, today=today
    )
    new = _blank(old.quote, by=by)
    new.predecessor, new.reason = old, why
    return _written(new, parts, key=key, total=old.total - old.waived, asked=asked, by=by)


def _schedule(total: Decimal, **asked: Any) -> list[rules.Part]:
    try:
        return rules.schedule(total, **asked)
    except rules.NoSchedule as refusal:
        raise Invalid(str(refusal), field=refusal.field) from None


def _blank(quote: Any, *, by: Actor) -> PaymentPlan:
    return PaymentPlan(
        organization_id=quote.organization_id,
        patient_id=quote.patient_id,
        branch=quote.branch,
        quote=quote,
        plan_id=quote.plan_id,
        currency=quote.currency,
        agreed_by_id=by.user_id,
        agreed_by_name=by.name[:120],
    )


def _written(
    new: PaymentPlan, parts: list[rules.Part], *, key: str, total: Decimal, asked: dict[str, Any], by: Actor
) -> PaymentPlan:
    """Write the agreement and its parts; what came in already is counted at once."""
    year = clock.today(new.branch.timezone).year
    for name, value in asked.items():
        setattr(new, name, value)
    new.total, new.key = total, key or str(uuid4())
    with refusing({"installments_paymentplan_one_at_a_time": NOT_TWICE, "installments_paymentplan_key_once": REUSED}):
        new.number = f"PP-{year}-{next_number('payment plan', period=str(year)):04d}"
        PAYMENT_PLAN.born(new, name="agree")
    Installment.objects.bulk_create(
        Installment(
            organization_id=new.organization_id,
            patient_id=new.patient_id,
            payment_plan=new,
            position=part.position,
            due_date=part.due_date,
            amount=part.amount,
        )
        for part in parts
    )
    PaymentPlan.objects.filter(pk=new.pk).update(received=ZERO)  # touched: the database counts what came in already
    events.announce(
        PaymentPlanMade(new.pk, new.quote_id, new.plan_id, new.patient_id, new.organization_id, new.predecessor_id, by)
    )
    return fresh(new)


def _same(patient_id: UUID, key: str, **asked: Any) -> PaymentPlan | None:
    """A repeated request gets the agreement it made; the same key for something else is refused."""
    before = PaymentPlan.objects.filter(patient_id=patient_id, key=key).first() if key else None
    if before is not None and any(getattr(before, name) != value for name, value in asked.items()):
        raise REUSED
    return before
