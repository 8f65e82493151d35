"""Bills: what is owed, paying it online, and receipts."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from kalon.billing import actions as billing_actions
from kalon.billing import queries as billing
from kalon.kernel import audit
from kalon.portal import queries
from kalon.portal.forms import PayForm
from kalon.web.fronts import actor_of, go, patient_page, render


@patient_page
def bills(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/bills.html", queries.bills(seen_by=actor_of(request)))


@patient_page
def bill(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One bill with its lines, what is paid and what is owed."""
    by = actor_of(request)
    found = billing.bill(pk, seen_by=by)
    audit.read(by, found, purpose="own bill")
    received = [payment for payment in billing.payments_of_bill(pk, seen_by=by) if payment.is_received]
    due = billing.due_now(found, seen_by=by)
    context = {
        "bill": found,
        "lines": billing.lines_of(pk, seen_by=by),
        "payments": received,
        "due_now": due,
        "is_deposit": found.is_open and found.allocated and not found.is_fee,
    }
    return render(request, "portal/bill.html", context)


@require_POST
@patient_page
def pay(request: HttpRequest, pk: UUID) -> HttpResponse:
    """On to the gateway's own page; what comes of it arrives by its signed notice."""
    by = actor_of(request)
    found = billing.bill(pk, seen_by=by)
    back = ("portal:visit", found.appointment_id) if found.appointment_id else ("portal:bill", found.pk)
    form = PayForm(request.POST)
    amount = form.cleaned_data["amount"] if form.is_valid() else None
    payment = billing_actions.start_online_payment(
        pk,
        request.POST.get("idempotency_key", ""),
        amount=amount,
        return_url=reverse(back[0], kwargs={"pk": back[1]}),
        by=by,
    )
    return go(request, payment.checkout_url)


@patient_page
def receipt(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The receipt on paper."""
    pdf = billing_actions.receipt_pdf(pk, by=actor_of(request))
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": 'inline; filename="receipt.pdf"', "Cache-Control": "private, no-store"},
    )
