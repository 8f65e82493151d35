"""/api/payments: what came in, its receipt, money on account, refunds."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from kalon.api import Page, Router, paged
from kalon.billing import actions, queries
from kalon.billing.api.bills import pdf
from kalon.billing.api.schemas import (
    ApplyIn,
    BillReasonIn,
    DoneIn,
    PaymentOut,
    RefundIn,
    RefundOut,
    payment_out,
    refund_out,
)
from kalon.kernel import audit
from kalon.kernel.actors import Actor

payments = Router(tags=["payments"])


@payments.get("", response=Page[PaymentOut])
def list_payments(
    request: HttpRequest, patient_id: UUID | None = None, cursor: str = "", limit: str = ""
) -> dict[str, Any]:
    """Payments, newest first."""
    by = _actor(request)
    rows = queries.payments(seen_by=by)
    if patient_id:
        rows = rows.filter(patient_id__person=patient_id)
    return paged(request, rows, payment_out, seen=lambda shown: audit.reads(by, shown, purpose="payments"))


@payments.get("/{uuid:payment_id}", response=PaymentOut)
def read_payment(request: HttpRequest, payment_id: UUID) -> dict[str, Any]:
    """One payment and where it stands."""
    by = _actor(request)
    payment = queries.payment(payment_id, seen_by=by)
    audit.read(by, payment, purpose="payment")
    return payment_out(payment)


@payments.get("/{uuid:payment_id}/receipt.pdf", response={200: bytes})
def receipt_pdf(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """The receipt on paper."""
    return pdf(actions.receipt_pdf(payment_id, by=_actor(request)), f"receipt-{payment_id}.pdf")


@payments.post("/{uuid:payment_id}/apply", response=PaymentOut)
def apply_on_account(request: HttpRequest, payment_id: UUID, body: ApplyIn) -> dict[str, Any]:
    """Put money on account on an open bill of the same patient."""
    return payment_out(actions.apply_on_account(payment_id, body.bill_id, by=_actor(request)))


@payments.post("/{uuid:payment_id}/refunds", response={201: RefundOut})
def request_refund(request: HttpRequest, payment_id: UUID, body: RefundIn) -> tuple[int, dict[str, Any]]:
    """Ask for money on account to be paid back."""
    key = body.key or request.headers.get("Idempotency-Key", "")[:120]
    refund = actions.request_refund(payment_id, body.amount, body.reason, key, by=_actor(request))
    return 201, refund_out(refund)


@payments.post("/refunds/{uuid:refund_id}/approve", response=RefundOut)
def approve_refund(request: HttpRequest, refund_id: UUID) -> dict[str, Any]:
    """Agree to a refund."""
    return refund_out(actions.approve_refund(refund_id, by=_actor(request)))


@payments.post("/refunds/{uuid:refund_id}/done", response=RefundOut)
def refund_done(request: HttpRequest, refund_id: UUID, body: DoneIn) -> dict[str, Any]:
    """The money is back with the patient."""
    return refund_out(actions.refund_done(refund_id, body.reference, by=_actor(request)))


@payments.post("/refunds/{uuid:refund_id}/fail", response=RefundOut)
def refund_failed(request: HttpRequest, refund_id: UUID, body: BillReasonIn) -> dict[str, Any]:
    """Turn a refund down, or record that it did not go through."""
    return refund_out(actions.refund_failed(refund_id, body.reason, by=_actor(request)))


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
