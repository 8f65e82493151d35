"""The agreement on paper: what is paid when, with the signature that stands under its quote."""

from pathlib import Path
from typing import Any
from uuid import UUID

from kalon.installments import queries
from kalon.installments.lifecycles import PartStatus
from kalon.installments.models import Installment, PaymentPlan
from kalon.installments.rules.words import cash
from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.web.papers import draw

PAPER = Path(__file__).parent.parent / "templates" / "installments" / "paper" / "agreement.typ"


@verb
def agreement_pdf(payment_plan_id: UUID, *, by: Actor) -> bytes:
    """The agreement on A4, as it stands today."""
    agreement = queries.payment_plan(payment_plan_id, seen_by=by)
    audit.read(by, agreement, purpose="payment plan on paper")
    return draw(PAPER, agreement_data(agreement, by=by))


def agreement_data(agreement: PaymentPlan, *, by: Actor) -> dict[str, Any]:
    """What stands on the paper, as plain data."""
    parts = queries.parts_of(agreement)
    patient = agreement.patient
    return {
        **people.letterhead(agreement.branch, seen_by=by),
        "number": agreement.number,
        "date": _day(agreement.created_at),
        "today": _day(clock.today(agreement.branch.timezone)),
        "patient": " ".join(filter(None, (patient.given_name, patient.family_name))),
        "mrn": patient.mrn,
        "quote": agreement.quote.number or "",
        "treatment": agreement.plan.title,
        "frequency": agreement.get_frequency_display().lower(),
        "before": agreement.predecessor.number if agreement.predecessor else "",
        "reason": agreement.reason,
        "state": agreement.get_status_display(),
        "total": cash(agreement.total, agreement.currency),
        "received": cash(agreement.counted, agreement.currency),
        "waived": cash(agreement.waived, agreement.currency) if agreement.waived else "",
        "owed": cash(agreement.owed, agreement.currency),
        "parts": [_part(part, agreement) for part in parts],
        "agreed_by": agreement.agreed_by_name,
        "signed": _signed(agreement),
    }


def _part(part: Installment, agreement: PaymentPlan) -> dict[str, str]:
    return {
        "name": "At the beginning" if part.position == 0 else f"Instalment {part.position} of {agreement.count}",
        "due": _day(part.due_date),
        "amount": cash(part.amount, agreement.currency),
        "state": f"Waived: {part.waived_reason}" if part.status == PartStatus.WAIVED else part.get_status_display(),
    }


def _signed(agreement: PaymentPlan) -> str:
    """Who accepted the quote, and when; the agreement rests on that signature."""
    quote = agreement.quote
    return f"Quote {quote.number} was accepted on {_day(quote.accepted_at)}." if quote.accepted_at else ""


def _day(on: Any) -> str:
    return f"{on.day} {on:%B %Y}" if on else ""
