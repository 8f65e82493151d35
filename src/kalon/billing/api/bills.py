"""/api/bills: make a bill, look at it, take money for it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from kalon.api import Page, Router, paged
from kalon.billing import actions, queries
from kalon.billing.api.schemas import (
    BillDetailOut,
    BillIn,
    BillLineIn,
    BillOut,
    BillReasonIn,
    CostsOut,
    LineDiscountIn,
    PayIn,
    PaymentIn,
    PaymentOut,
    WriteOffOut,
    bill_out,
    costs_out,
    line_out,
    payment_out,
    write_off_out,
)
from kalon.billing.lifecycles import BillStatus, WriteOffStatus
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.pricing.queries import Asked

router = Router(tags=["bills"])


@router.get("", response=Page[BillOut])
def list_bills(
    request: HttpRequest, status: str = "", patient_id: UUID | None = None, cursor: str = "", limit: str = ""
) -> dict[str, Any]:
    """Bills, newest first; by status and patient where asked."""
    by = _actor(request)
    rows = queries.bills(seen_by=by)
    if status:
        if status not in BillStatus.values:
            raise Invalid("There is no such status.", field="status")
        rows = rows.filter(status=status)
    if patient_id:
        rows = rows.filter(patient_id__person=patient_id)
    return paged(request, rows, bill_out, seen=lambda shown: audit.reads(by, shown, purpose="bills"))


@router.post("", response={201: BillDetailOut})
def draft_bill(request: HttpRequest, body: BillIn) -> tuple[int, dict[str, Any]]:
    """Open a draft bill."""
    bill = actions.draft_bill(**body.dict(), by=_actor(request))
    return 201, _detail(bill.pk, _actor(request))


@router.get("/{uuid:bill_id}", response=BillDetailOut)
def read_bill(request: HttpRequest, bill_id: UUID) -> dict[str, Any]:
    """One bill with its lines and payments."""
    by = _actor(request)
    detail = _detail(bill_id, by)
    audit.read(by, queries.bill(bill_id, seen_by=by), purpose="bill")
    return detail


@router.post("/{uuid:bill_id}/lines", response={201: BillDetailOut})
def add_line(request: HttpRequest, bill_id: UUID, body: BillLineIn) -> tuple[int, dict[str, Any]]:
    """Put one more thing on a draft."""
    actions.add_line(bill_id, actions.LineDetails(**body.dict()), by=_actor(request))
    return 201, _detail(bill_id, _actor(request))


@router.delete("/{uuid:bill_id}/lines/{uuid:line_id}", response=BillDetailOut)
def remove_line(request: HttpRequest, bill_id: UUID, line_id: UUID) -> dict[str, Any]:
    """Take a line off a draft."""
    actions.remove_line(bill_id, line_id, by=_actor(request))
    return _detail(bill_id, _actor(request))


@router.put("/{uuid:bill_id}/lines/{uuid:line_id}/discount", response=BillDetailOut)
def discount_line(request: HttpRequest, bill_id: UUID, line_id: UUID, body: LineDiscountIn) -> dict[str, Any]:
    """Take something off a line of a draft, in place of what was taken off by hand before."""
    actions.discount_line(bill_id, line_id, Asked(**body.dict()), by=_actor(request))
    return _detail(bill_id, _actor(request))


@router.post("/{uuid:bill_id}/lines/{uuid:line_id}/discount/ask", response={201: None})
def ask_for_discount(request: HttpRequest, bill_id: UUID, line_id: UUID, body: LineDiscountIn) -> tuple[int, None]:
    """Ask for a discount above the limit; somebody else decides under /pricing/approvals."""
    actions.ask_for_discount(bill_id, line_id, Asked(**body.dict()), by=_actor(request))
    return 201, None


@router.post("/{uuid:bill_id}/finalize", response=BillDetailOut)
def finalize(request: HttpRequest, bill_id: UUID) -> dict[str, Any]:
    """Number and seal a draft."""
    actions.finalize(bill_id, by=_actor(request))
    return _detail(bill_id, _actor(request))


@router.post("/{uuid:bill_id}/payments", response={201: PaymentOut})
def take_payment(request: HttpRequest, bill_id: UUID, body: PaymentIn) -> tuple[int, dict[str, Any]]:
    """Record money taken at the desk; `key`, or the Idempotency-Key header, makes a retry the same payment."""
    key = body.key or _header_key(request)
    payment = actions.take_payment(bill_id, body.method, body.amount, body.reference, key, by=_actor(request))
    return 201, payment_out(payment)


@router.post("/{uuid:bill_id}/pay", response={201: PaymentOut})
def pay_online(request: HttpRequest, bill_id: UUID, body: PayIn | None = None) -> tuple[int, dict[str, Any]]:
    """Open an online checkout for what is to be paid now, a deposit or all that is owed: go to `checkout_url`."""
    body = body or PayIn()
    key = body.key or _header_key(request)
    payment = actions.start_online_payment(
        bill_id, key, amount=body.amount, return_url=body.return_url, by=_actor(request)
    )
    return 201, payment_out(payment)


@router.post("/{uuid:bill_id}/void", response=BillDetailOut)
def void_bill(request: HttpRequest, bill_id: UUID, body: BillReasonIn) -> dict[str, Any]:
    """Cancel a bill by a credit note; money on it goes on account."""
    actions.void_bill(bill_id, body.reason, by=_actor(request))
    return _detail(bill_id, _actor(request))


@router.post("/{uuid:bill_id}/waive", response=BillDetailOut)
def waive_fee(request: HttpRequest, bill_id: UUID, body: BillReasonIn) -> dict[str, Any]:
    """Let a patient off the fee for a missed visit."""
    actions.waive_fee(bill_id, body.reason, by=_actor(request))
    return _detail(bill_id, _actor(request))


@router.get("/visits/{uuid:appointment_id}/cancelling-costs", response={200: CostsOut, 204: None})
def cancelling_costs(request: HttpRequest, appointment_id: UUID) -> Any:
    """What cancelling a visit now would cost; nothing (204) where no policy holds or it cannot be cancelled."""
    costs = queries.cancelling_costs(appointment_id, seen_by=_actor(request))
    return (200, costs_out(costs)) if costs else (204, None)


@router.post("/visits/{uuid:appointment_id}/fee", response={200: BillDetailOut, 204: None})
def charge_fee(request: HttpRequest, appointment_id: UUID) -> Any:
    """Charge a missed visit by its policy, once; nothing (204) where nothing is due."""
    by = _actor(request)
    fee = actions.charge_fee(appointment_id, by=by)
    return (200, _detail(fee.pk, by)) if fee else (204, None)


@router.post("/{uuid:bill_id}/write-off", response=BillDetailOut)
def write_off(request: HttpRequest, bill_id: UUID, body: BillReasonIn) -> dict[str, Any]:
    """Give up what is still owed, up to what one person alone may."""
    actions.write_off(bill_id, body.reason, by=_actor(request))
    return _detail(bill_id, _actor(request))


@router.post("/{uuid:bill_id}/write-offs", response={201: WriteOffOut})
def ask_write_off(request: HttpRequest, bill_id: UUID, body: BillReasonIn) -> tuple[int, dict[str, Any]]:
    """Ask that what is owed is given up; somebody else decides."""
    return 201, write_off_out(actions.ask_write_off(bill_id, body.reason, by=_actor(request)))


@router.get("/write-offs", response=Page[WriteOffOut])
def list_write_offs(request: HttpRequest, status: str = "", cursor: str = "", limit: str = "") -> dict[str, Any]:
    """Write-offs, newest first; with `status=ASKED` what waits for an answer."""
    by = _actor(request)
    rows = queries.write_offs(seen_by=by)
    if status:
        if status not in WriteOffStatus.values:
            raise Invalid("There is no such status.", field="status")
        rows = rows.filter(status=status)
    return paged(request, rows, write_off_out, seen=lambda shown: audit.reads(by, shown, purpose="write-offs"))


@router.post("/write-offs/{uuid:write_off_id}/approve", response=WriteOffOut)
def approve_write_off(request: HttpRequest, write_off_id: UUID, body: BillReasonIn) -> dict[str, Any]:
    """Say yes to what somebody else asked for; the reason is a note."""
    return write_off_out(actions.approve_write_off(write_off_id, note=body.reason, by=_actor(request)))


@router.post("/write-offs/{uuid:write_off_id}/refuse", response=WriteOffOut)
def refuse_write_off(request: HttpRequest, write_off_id: UUID, body: BillReasonIn) -> dict[str, Any]:
    """Say no, with the reason."""
    return write_off_out(actions.refuse_write_off(write_off_id, body.reason, by=_actor(request)))


@router.post("/write-offs/{uuid:write_off_id}/withdraw", response=WriteOffOut)
def withdraw_write_off(request: HttpRequest, write_off_id: UUID, body: BillReasonIn) -> dict[str, Any]:
    """Take back what was asked for."""
    return write_off_out(actions.withdraw_write_off(write_off_id, body.reason, by=_actor(request)))


@router.get("/{uuid:bill_id}/invoice.pdf", response={200: bytes})
def invoice_pdf(request: HttpRequest, bill_id: UUID) -> HttpResponse:
    """The bill on paper."""
    return pdf(actions.invoice_pdf(bill_id, by=_actor(request)), f"bill-{bill_id}.pdf")


def pdf(content: bytes, name: str) -> HttpResponse:
    """A PDF shown in the browser and saved under a name without a person in it."""
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "private, no-store"},
    )


def _detail(bill_id: UUID, by: Actor) -> dict[str, Any]:
    bill = queries.bill(bill_id, seen_by=by)
    return {
        **bill_out(bill),
        "lines": [line_out(line) for line in queries.lines_of(bill_id, seen_by=by)],
        "payments": [payment_out(payment) for payment in queries.payments_of_bill(bill_id, seen_by=by)],
    }


def _header_key(request: HttpRequest) -> str:
    return request.headers.get("Idempotency-Key", "")[:120]


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
