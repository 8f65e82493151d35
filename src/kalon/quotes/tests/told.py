"""Steps that many tests of quotes begin with."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from kalon.billing import actions as billing
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.plans.tests.told import approved
from kalon.quotes import actions, queries
from kalon.quotes.actions import Signing
from kalon.quotes.models import Quote

STROKES = [[[100, 100, 0], [300, 200, 40], [500, 90, 90]]]
ZONE = "Asia/Kolkata"


def drafted(visit: Any, plan: Any = None, plan_type: str = "SERIES", **more: Any) -> Quote:
    """A draft for a plan that a doctor approved."""
    plan = plan or approved(visit, plan_type, **more)
    return actions.draft_quote(plan.pk, by=visit.desk)


def sent(visit: Any, plan: Any = None, **more: Any) -> Quote:
    return actions.send(drafted(visit, plan, **more).pk, by=visit.desk)


def accepted(visit: Any, plan: Any = None, **more: Any) -> Quote:
    quote = sent(visit, plan, **more)
    return actions.accept(quote.pk, signing(visit, quote), by=visit.desk)


def signing(visit: Any, quote: Quote, position: int = 1, **more: Any) -> Signing:
    """A drawn signature under one option."""
    with acting_as(visit.clinic.system):
        option = quote.options.get(position=position)
    facts = {"option_id": option.pk, "strokes": STROKES, "words": quote.content_sha256, **more}
    return Signing(**facts)


def paid(visit: Any, quote: Quote, amount: Decimal | None = None) -> Any:
    """The deposit in cash at the desk."""
    due = amount if amount is not None else quote.deposit_due
    return billing.receive_advance(quote.patient_id, quote.branch_id, "CASH", due, plan_id=quote.plan_id, by=visit.desk)


def now(visit: Any, quote: Quote) -> Quote:
    with acting_as(visit.clinic.system):
        return queries.quote(quote.pk, seen_by=visit.clinic.system)


def later(days: int) -> Any:
    return clock.at(clock.now() + timedelta(days=days))
