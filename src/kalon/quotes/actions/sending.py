"""Sending a quote, reminding of it, and letting it end."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.events import announce
from kalon.kernel.numbers import next_number
from kalon.kernel.tenancy import verb
from kalon.messaging import actions as messaging
from kalon.quotes import queries, rules
from kalon.quotes.events import QuoteExpired, QuoteRejected, QuoteSent
from kalon.quotes.lifecycles import OPEN, QUOTE, SEND, QuoteStatus
from kalon.quotes.models import Quote, QuoteLine

SENT_CODE, REMIND_CODE = "quote-sent", "quote-expires"


@verb
def read(pk: UUID, *, purpose: str, by: Actor) -> Quote:
    """Open one quote; who read it, and why, is written down."""
    found = queries.quote(pk, seen_by=by)
    audit.read(by, found, purpose=purpose)
    return found


@verb
def send(pk: UUID, *, by: Actor) -> Quote:
    """Put the quote before its patient: it gets its number, is sealed, and the version sent before is over."""
    quote = queries.quote(pk, seen_by=by, lock=True)
    by.must(SEND, at=quote.branch_id, do="send quotes")
    if quote.status != QuoteStatus.DRAFT:
        QUOTE.guard(quote, "send", by=by)
    _end_earlier(quote, by)
    now = clock.now()
    QUOTE.move(
        quote, "send", by=by, sent_at=now, sent_by_id=by.user_id, content_sha256=queries.fingerprint_of(quote),
        **_numbered(quote),
    )  # fmt: skip
    tell(quote, SENT_CODE, by=by)
    announce(QuoteSent(*fact(quote, by)))
    return quote


@verb
def withdraw(pk: UUID, reason: str, *, by: Actor) -> Quote:
    """Take a quote back before it is accepted, with a reason."""
    quote = queries.quote(pk, seen_by=by, lock=True)
    by.must(SEND, at=quote.branch_id, do="withdraw quotes")
    why = rules.words(reason, field="reason", most=rules.LONGEST_REASON)
    QUOTE.move(quote, "withdraw", by=by, reason=why, rejected_at=clock.now(), rejection=why)
    announce(QuoteRejected(*fact(quote, by)))
    return quote


@verb
def close_of_plan(plan_id: UUID, *, reason: str, by: Actor) -> int:
    """Withdraw what is still open for a plan that is over; who may do that to the plan may do it to its quotes."""
    with_others = QuoteLine.objects.filter(plan_id=plan_id).values("quote_id")
    about = Q(plan_id=plan_id) | Q(pk__in=with_others)
    rows = Quote.objects.filter(about, organization_id=by.organization_id, status__in=OPEN)
    found = list(rows.select_for_update(of=("self",)).select_related("patient", "branch", "plan"))
    for quote in found:
        QUOTE.move(quote, "withdraw", by=by, reason=reason, rejected_at=clock.now(), rejection=reason)
        announce(QuoteRejected(*fact(quote, by)))
    return len(found)


@verb
def expire_due(*, by: Actor) -> int:
    """End every quote whose last day has passed on the calendar of its branch."""
    by.must(SEND, do="let quotes expire")
    rows = queries.quotes(seen_by=by).filter(status=QuoteStatus.SENT).order_by("valid_until")
    ended = 0
    for quote in rows.select_for_update(of=("self",), skip_locked=True):
        if quote.valid_until >= clock.today(quote.branch.timezone):
            continue
        QUOTE.move(quote, "expire", by=by)
        announce(QuoteExpired(*fact(quote, by)))
        ended += 1
    return ended


@verb
def to_remind(*, by: Actor) -> list[UUID]:
    """The quotes that end soon, that nobody decided, and of which nobody was reminded."""
    by.must(SEND, do="remind patients of quotes")
    days = queries.policy(seen_by=by).remind_days
    if days == 0:
        return []
    rows = queries.quotes(seen_by=by).filter(status=QuoteStatus.SENT, reminded_at=None)
    return [
        quote.pk
        for quote in rows
        if 0 <= (quote.valid_until - clock.today(quote.branch.timezone)).days <= days
        and quote.sent_at is not None
        and quote.sent_at < clock.now() - timedelta(days=1)
    ]


@verb
def remind(pk: UUID, *, by: Actor) -> bool:
    """Remind one patient that a quote ends soon; true when a message was queued, never twice for one quote."""
    by.must(SEND, do="remind patients of quotes")
    quote = queries.quote(pk, seen_by=by, lock=True)
    if quote.status != QuoteStatus.SENT or quote.reminded_at is not None:
        return False
    quote.reminded_at = clock.now()
    quote.save(update_fields=["reminded_at"])
    return tell(quote, REMIND_CODE, by=by)


def tell(quote: Quote, code: str, *, by: Actor) -> bool:
    """Send the patient the way to their quote."""
    message = messaging.send(
        code,
        to_patient=quote.patient,
        data={
            "number": quote.number,
            "valid_until": quote.valid_until,
            "link": f"{settings.KALON_URL.rstrip('/')}{reverse('quotes:my_quote', args=[quote.pk])}",
            "branch": quote.branch.name,
        },
        once=f"{code} {quote.pk}",
        branch=quote.branch,
        about_id=quote.pk,
        by=by,
    )
    return message is not None


def fact(quote: Quote, by: Actor) -> tuple[UUID, UUID, UUID, UUID, Actor]:
    return quote.pk, quote.plan_id, quote.patient_id, quote.organization_id, by


def _end_earlier(quote: Quote, by: Actor) -> None:
    """The version that waits at the patient's is over the moment this one is sent."""
    rows = Quote.objects.filter(organization_id=quote.organization_id, plan_id=quote.plan_id, status=QuoteStatus.SENT)
    for older in rows.select_for_update(of=("self",)).select_related("patient", "branch", "plan"):
        reason = f"Replaced by version {quote.version}"
        QUOTE.move(older, "expire", by=by, reason=reason, superseded_at=clock.now())
        announce(QuoteExpired(*fact(older, by)))


def _numbered(quote: Quote) -> dict[str, Any]:
    """The number of the version it replaces, where that one was sent; else the next of its branch and year."""
    earlier = Quote.objects.filter(plan_id=quote.plan_id, number__isnull=False).order_by("-version").first()
    if earlier is not None:
        return {"number": earlier.number, "serial": earlier.serial, "year": earlier.year}
    year = clock.today(quote.branch.timezone).year
    serial = next_number("quote", branch_id=quote.branch_id, period=str(year))
    return {"number": rules.number(quote.branch.code, year, serial), "serial": serial, "year": year}
