"""The quote as data (PRODUCT §3): which state may follow which, and what must hold first."""

from typing import TYPE_CHECKING

from django.db.models import TextChoices

from kalon.kernel import clock
from kalon.kernel.lifecycle import Lifecycle, Move, Row

if TYPE_CHECKING:
    from kalon.quotes.models import Quote

VIEW = "quotes.view"
WRITE = "quotes.write"
SEND = "quotes.send"
ACCEPT = "quotes.accept"
WAIVE = "quotes.waive"
MANAGE = "quotes.manage"


class QuoteStatus(TextChoices):
    DRAFT = "DRAFT", "Being written"
    SENT = "SENT", "Sent"
    ACCEPTED = "ACCEPTED", "Accepted"
    REJECTED = "REJECTED", "Declined"
    EXPIRED = "EXPIRED", "Expired"


class Section(TextChoices):
    """The parts of a price, in the order in which they are read."""

    PROCEDURE = "PROCEDURE", "Procedure"
    FACILITY = "FACILITY", "Theatre and stay"
    ANAESTHESIA = "ANAESTHESIA", "Anaesthesia"
    IMPLANTS = "IMPLANTS", "Implants"
    CONSUMABLES = "CONSUMABLES", "Materials"
    OTHER = "OTHER", "Other"


class Payer(TextChoices):
    PATIENT = "PATIENT", "Patient"
    INSURER = "INSURER", "Insurer"


class Method(TextChoices):
    """How an offer was accepted."""

    DRAWN = "DRAWN", "Signed on the screen"
    TYPED = "TYPED", "Name typed"
    PAPER = "PAPER", "Signed on paper"


S = QuoteStatus
OPEN = (S.DRAFT, S.SENT)
SEALED = (S.SENT, S.ACCEPTED, S.REJECTED, S.EXPIRED)
ENDED = ("CANCELLED", "COMPLETED")  # a plan for which nothing is offered any more


def offers_something(quote: "Quote") -> str | None:
    """Each option has at least one line, and the patient is asked for something or told that nothing is to pay."""
    options = list(quote.options.all())
    if not options:
        return "Add an option first: what is offered, and what it costs."
    with_lines = set(quote.lines.values_list("option_id", flat=True))
    if any(option.pk not in with_lines for option in options):
        return "Each option needs at least one line. Add one, or take the empty option away."
    return None


def in_time(quote: "Quote") -> str | None:
    """Its last day has not passed on the calendar of its branch."""
    if quote.valid_until >= clock.today(quote.branch.timezone):
        return None
    return f"This quote was valid until {quote.valid_until:%-d %B %Y}. Make a new version of it."


def plan_open(quote: "Quote") -> str | None:
    """None of the plans that it is about is over."""
    others = [line.plan for line in quote.lines.filter(plan__isnull=False).select_related("plan") if line.plan]
    for plan in (quote.plan, *others):
        if str(plan.status) in ENDED:
            return f"Plan {plan.number} is {plan.get_status_display().lower()}: nothing is offered for it any more."
    return None


# `withdraw` is the clinic's; `reject` is the patient's. What was accepted stays so: a later version takes its place.
QUOTE = Lifecycle(
    of="quotes.Quote",
    noun="quote",
    states=QuoteStatus,
    initial=(S.DRAFT,),
    seals=SEALED,
    open_columns=(
        "opened_at", "reminded_at", "chosen_option_id", "total", "deposit_due", "accepted_at", "accepted_by_id",
        "held_until", "rejected_at", "rejection", "superseded_at",
    ),
    moves=(
        Move("send", (S.DRAFT,), S.SENT, "send the quote", SEND, requires=(offers_something, in_time, plan_open),
             where=(Row.filled("number"), Row.filled("sent_at"), Row.filled("content_sha256")), icon="send"),
        Move("accept", (S.SENT,), S.ACCEPTED, "accept the quote", ACCEPT, requires=(in_time, plan_open),
             where=(Row.filled("chosen_option_id", otherwise="Choose an option first."),), icon="pen-line"),
        Move("reject", (S.SENT,), S.REJECTED, "decline the quote", ACCEPT, reason_needed=True,
             where=(Row.filled("rejected_at"),), icon="x"),
        Move("withdraw", OPEN, S.REJECTED, "withdraw the quote", SEND, reason_needed=True,
             where=(Row.filled("rejected_at"),), icon="ban"),
        Move("expire", (S.SENT,), S.EXPIRED, "let the quote expire", SEND, automatic=True),
    ),
)  # fmt: skip
