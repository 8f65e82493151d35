"""From what was accepted to what is owed: the bill of a quote."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from kalon.billing import actions as billing
from kalon.billing.lifecycles import CHARGE
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Clash, IllegalMove
from kalon.kernel.tenancy import verb
from kalon.quotes import queries
from kalon.quotes.lifecycles import QuoteStatus
from kalon.quotes.models import Quote, QuoteLine
from kalon.quotes.queries.charges import charge_of


@verb
def bill_quote(quote_id: UUID, *, by: Actor) -> Any:
    """Make the bill of what was accepted, at the prices that were agreed: a draft, to which what was used is added.

    What stands on a bill already is left out; the deposit pays its part when the bill is finalised. Tax is that of
    the day of the bill.
    """
    quote = queries.quote(quote_id, seen_by=by)
    by.must(CHARGE, at=quote.branch_id, do="make bills")
    if quote.status != QuoteStatus.ACCEPTED or quote.superseded_at is not None:
        raise IllegalMove("Only a quote that was accepted, and that no later one replaced, is billed.")
    bill = billing.draft_bill(quote.patient_id, quote.branch_id, place_of_supply=quote.place_of_supply, by=by)
    written = [line for line in queries.agreed_lines(quote) if _put(quote, line, bill.pk, by)]
    if not written:
        raise Clash("Everything of this quote is on a bill already. Open that bill.")
    return bill


def _put(quote: Quote, line: QuoteLine, bill_id: UUID, by: Actor) -> bool:
    try:
        billing.add_line(bill_id, billing.LineDetails(**asdict(charge_of(quote, line))), by=by)
    except Clash:
        return False
    return True
