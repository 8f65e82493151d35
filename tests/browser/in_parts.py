"""Quotes that are paid in parts, so that their pages have something to show."""

from decimal import Decimal
from typing import Any

from kalon.installments import actions, queries
from kalon.kernel.tenancy import acting_as
from kalon.plans import actions as plans
from kalon.plans import queries as plan_queries
from kalon.quotes import actions as quotes
from tests.journeys.story import Story


def rows(story: Story, like: Any, consultation: Any) -> dict[str, dict[str, Any]]:
    """One accepted quote in three parts, the first of them paid and a lender involved; and one not agreed on yet."""
    agreed, free = (_accepted(story, like, consultation) for _ in range(2))
    with acting_as(story.desk):
        offer = queries.offer_of(agreed, 3, seen_by=story.desk)
    assert offer is not None
    made = actions.make_plan(
        agreed.pk, down_payment=offer.at_once, count=offer.count, frequency=offer.frequency,
        first_date=offer.parts[1].due_date, by=story.desk,
    )  # fmt: skip
    with acting_as(story.desk):
        first = queries.parts_of(made)[0]
    actions.pay(first.pk, "UPI", by=story.desk)
    loan = actions.record_financing(
        agreed.pk, lender="Sunrise Finance", reference="LN-2041", approved=Decimal(1000), by=story.desk
    )
    return {
        "installments": {"pk": made.pk, "quote_id": free.pk},
        "installments:loan": {"pk": loan.pk},
        "installments:withdraw_loan": {"pk": loan.pk},
        "installments:waive": {"pk": made.pk, "installment_id": first.pk},
    }


def _accepted(story: Story, like: Any, consultation: Any) -> Any:
    """A quote for a further plan, sent and signed on the desk's screen."""
    with acting_as(story.desk):
        service = plan_queries.lines_of(like)[0].service_id
    line = plans.LineDetails(service_id=service)
    details = plans.PlanDetails(
        plan_type="SERIES", session_count=4, interval_days=28, consent="NOT_REQUIRED", lines=(line,)
    )
    written = plans.plan_procedure(consultation.pk, details, by=story.doctor)
    plans.submit(written.pk, by=story.doctor)
    plans.approve(written.pk, by=story.doctor)
    sent = quotes.send(quotes.draft_quote(written.pk, by=story.desk).pk, by=story.desk)
    with acting_as(story.desk):
        option = sent.options.get()
    hand = quotes.Signing(
        option_id=option.pk, strokes=[[[100, 100, 0], [300, 200, 40], [500, 90, 90]]], words=sent.content_sha256
    )
    return quotes.accept(sent.pk, hand, by=story.desk)
