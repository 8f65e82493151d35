"""/api/patients/{id}/…: the statement of a patient's account, and money that no bill asks for yet."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query

from kalon.api import Page, Router, paged
from kalon.billing import actions, queries
from kalon.billing.api.bills import pdf
from kalon.billing.api.schemas import (
    AdvanceIn,
    PaymentOut,
    StatementOut,
    TransferIn,
    TransferOut,
    payment_out,
    statement_out,
)
from kalon.billing.lifecycles import RECEIVED
from kalon.kernel import audit
from kalon.web.fronts import actor_of

of_patients = Router(tags=["accounts"])


@of_patients.get("/{uuid:patient_id}/statement", response=StatementOut)
def read_statement(
    request: HttpRequest,
    patient_id: UUID,
    since: Annotated[date | None, Query(alias="from")] = None,
    until: Annotated[date | None, Query(alias="to")] = None,
    start: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    most: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """What stood, every movement with the balance after it, what stands; `start` is where the page begins."""
    by = actor_of(request)
    made = queries.statement(patient_id, since, until, start=start, most=most, seen_by=by)
    audit.read(by, made.patient, purpose="statement of account")
    return statement_out(made, start)


@of_patients.get("/{uuid:patient_id}/statement.pdf", response={200: bytes})
def read_statement_pdf(
    request: HttpRequest,
    patient_id: UUID,
    since: Annotated[date | None, Query(alias="from")] = None,
    until: Annotated[date | None, Query(alias="to")] = None,
) -> HttpResponse:
    """The statement on paper."""
    return pdf(actions.statement_pdf(patient_id, since, until, by=actor_of(request)), f"statement-{patient_id}.pdf")


@of_patients.get("/{uuid:patient_id}/advances", response=Page[PaymentOut])
def list_advances(request: HttpRequest, patient_id: UUID, cursor: str = "", limit: str = "") -> dict[str, Any]:
    """Money received before a bill asked for it, newest first: on account, or kept for a plan."""
    by = actor_of(request)
    rows = queries.payments(seen_by=by).filter(patient_id__person=patient_id, bill=None, status__in=RECEIVED)
    return paged(request, rows, payment_out, seen=lambda shown: audit.reads(by, shown, purpose="advances"))


@of_patients.post("/{uuid:patient_id}/advances", response={201: PaymentOut})
def receive_advance(request: HttpRequest, patient_id: UUID, body: AdvanceIn) -> tuple[int, dict[str, Any]]:
    """Take money at the desk that no bill asks for yet; with a plan it is that plan's deposit."""
    made = actions.receive_advance(
        patient_id, body.branch_id, body.method, body.amount, plan_id=body.plan_id, reference=body.reference,
        key=body.key or request.headers.get("Idempotency-Key", "")[:120], by=actor_of(request),
    )  # fmt: skip
    return 201, payment_out(made)


@of_patients.post("/{uuid:patient_id}/transfers", response={201: TransferOut})
def transfer_on_account(request: HttpRequest, patient_id: UUID, body: TransferIn) -> tuple[int, Any]:
    """Give money on account to another patient; what is kept for a plan stays."""
    return 201, actions.transfer_on_account(
        patient_id, body.to_patient_id, body.amount, body.reason,
        key=body.key or request.headers.get("Idempotency-Key", "")[:80], by=actor_of(request),
    )  # fmt: skip
