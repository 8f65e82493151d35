"""How quotes look on every page: the words of a state, and when it ends."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.http import HttpResponse

from kalon.kernel import clock
from kalon.quotes.lifecycles import QuoteStatus
from kalon.quotes.models import Quote, QuoteOption


@dataclass(frozen=True, slots=True)
class Look:
    """A state as a pill."""

    tone: str
    icon: str
    word: str


@dataclass(frozen=True, slots=True)
class Signer:
    """Under what the field to sign in is drawn where no name is known."""

    label: str


SIGNS = Signer("Patient")


def look_of(quote: Quote) -> Look:
    """The state as it counts at this moment: read, past its day, superseded."""
    if quote.superseded_at is not None:
        return Look("mute", icon="history", word="Replaced by a later version")
    match quote.status:
        case QuoteStatus.DRAFT:
            return Look("mute", icon="pencil", word="Draft")
        case QuoteStatus.SENT if quote.valid_until < today(quote):
            return Look("mute", icon="clock", word="Expired")
        case QuoteStatus.SENT if quote.opened_at is not None:
            return Look("gold", icon="book-open", word="Read, waiting")
        case QuoteStatus.SENT:
            return Look("info", icon="send", word="Sent")
        case QuoteStatus.ACCEPTED:
            return Look("ok", icon="circle-check", word="Accepted")
        case QuoteStatus.REJECTED:
            return Look("danger", icon="x", word="Declined")
    return Look("mute", icon="clock", word="Expired")


def today(quote: Quote) -> date:
    return clock.today(quote.branch.timezone)


def ends_in(quote: Quote) -> str:
    """How long it is still open, as the desk says it."""
    days = (quote.valid_until - today(quote)).days
    if days < 0:
        return f"ended {-days} day{'s' if days < -1 else ''} ago"
    return {0: "ends today", 1: "ends tomorrow"}.get(days, f"{days} days left")


def span_of(options: list[QuoteOption]) -> tuple[Decimal, Decimal] | None:
    """The cheapest and the dearest of what is offered."""
    totals = sorted(option.total for option in options)
    return (totals[0], totals[-1]) if totals else None


def pdf(content: bytes, name: str) -> HttpResponse:
    """A paper, shown and kept by no cache."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name.replace("/", "-").replace(" ", "-")}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response
