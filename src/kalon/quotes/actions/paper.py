"""The quote on paper: all options with their lines; once accepted, the signed paper that the clinic seals and keeps."""

from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.html import format_html

from kalon.billing import queries as billing
from kalon.consents import queries as consents
from kalon.kernel import audit, outbox
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotReady
from kalon.kernel.tenancy import verb
from kalon.papers import actions as papers
from kalon.papers import queries as paper_queries
from kalon.people import queries as people
from kalon.quotes import queries
from kalon.quotes.lifecycles import QuoteStatus
from kalon.quotes.models import Acceptance, Quote
from kalon.web.papers import draw

PAPER = Path(__file__).parent.parent / "templates" / "quotes" / "paper"


@verb
def quote_pdf(pk: UUID, *, by: Actor) -> bytes:
    """The quote on A4 as it was sent: the sealed paper once it is accepted, an unsigned one before."""
    quote = queries.quote(pk, seen_by=by)
    if quote.number is None:
        raise NotReady("Send the quote first: a draft has no number.")
    audit.read(by, quote, purpose="quote on paper")
    kept = paper_queries.papers(seen_by=by).filter(source_id=quote.pk).first()
    if kept is not None:
        return paper_queries.content(kept.pk, seen_by=by)[1]
    return draw(PAPER / "quote.typ", {**people.letterhead(quote.branch, seen_by=by), **data_of(quote)})


@verb
def keep_paper(pk: UUID, *, by: Actor) -> None:
    """Keep the signed paper of an accepted quote, once."""
    quote = queries.quote(pk, seen_by=by, lock=True)
    if quote.status != QuoteStatus.ACCEPTED or paper_queries.papers(seen_by=by).filter(source_id=quote.pk).exists():
        return
    papers.seal(
        PAPER / "quote.typ",
        data_of(quote),
        kind=paper_queries.Kind.OTHER,
        title="Quote",
        number=str(quote.number),
        patient_id=quote.patient_id,
        branch_id=quote.branch_id,
        source_id=quote.pk,
        by=by,
    )


def paper_later(quote: Quote) -> None:
    """Have the paper kept by the worker: a patient's own unit of work signs no papers."""
    from kalon.quotes import tasks

    outbox.defer(tasks.keep_paper, organization_id=quote.organization_id, quote_id=quote.pk)


def data_of(quote: Quote) -> dict[str, Any]:
    """What stands on the paper, as plain data."""
    money = partial(_money, quote.currency)
    zone = ZoneInfo(quote.branch.timezone)
    signed = queries.acceptance_of(quote)
    assert quote.sent_at is not None
    return {
        "title": "Quote",
        "number": str(quote),
        "date": _on(quote.sent_at.astimezone(zone)),
        "symbol": billing.symbol(quote.currency),
        "patient": quote.patient.name,
        "mrn": quote.patient.mrn,
        "doctor": quote.plan.doctor.name if quote.plan.doctor else "",
        "plan": quote.plan.number,
        "valid": _on(quote.valid_until),
        "held": _on(quote.held_until) if quote.held_until else "",
        "words": quote.words,
        "options": [_option(one, quote, money) for one in queries.offered(quote)],
        "signed": _signed(signed, zone) if signed else None,
        "words_sha256": quote.content_sha256,
    }


def _option(one: queries.Offered, quote: Quote, money: Any) -> dict[str, Any]:
    option = one.option
    return {
        "letter": option.letter,
        "title": option.title,
        "words": option.words,
        "chosen": option.pk == quote.chosen_option_id,
        "sections": [{"name": name, "lines": [_line(line, money) for line in lines]} for name, lines in one.sections],
        "taxable": money(option.taxable),
        "taxes": [{"name": name, "amount": money(tax)} for name, tax in one.taxes],
        "total": money(option.total),
        "insurer": money(option.insurer_total) if option.insurer_total else "",
        "deposit": money(option.deposit_due) if option.deposit_due else "",
    }


def _discount(line: Any, money: Any) -> str:
    """The steps of the price list name their amounts; a reason written by hand does not."""
    reason = str(line.discount_reason)
    return reason if "−" in reason else f"{reason}: −{money(line.discount)}"


def _line(line: Any, money: Any) -> dict[str, str]:
    return {
        "description": line.description,
        "quantity": f"{line.quantity.normalize():f}",
        "price": money(line.unit_price),
        "discount": _discount(line, money) if line.discount else "",
        "amount": money(line.taxable),
        "payer": "asked of the insurer" if line.payer == "INSURER" else "",
    }


def _signed(one: Acceptance, zone: ZoneInfo) -> dict[str, str]:
    at = one.signed_at.astimezone(zone)
    path = consents.path_of(one.strokes) if isinstance(one.strokes, list) else ""
    return {
        "name": one.name,
        "at": f"{_on(at)}, {at:%H:%M}",
        "method": str(one.get_method_display()),
        "note": one.note,
        "account": f"Account: {one.account}. {one.place}.",
        "drawing": str(
            format_html(
                '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 300"><path d="{}" fill="none" '
                'stroke="#20302d" stroke-width="5" stroke-linecap="round" stroke-linejoin="round"/></svg>',
                path,
            )
        )
        if path
        else "",
    }


def _money(currency: str, amount: Decimal) -> str:
    return billing.grouped(amount, currency)


def _on(day: Any) -> str:
    return f"{day.day} {day:%B %Y}"
