"""Bills: what is owed, paying it online, and receipts."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from kalon.billing import actions as billing_actions
from kalon.billing import queries as billing
from kalon.kernel import audit
from kalon.people import queries as people
from kalon.portal import queries
from kalon.portal.forms import PayForm, TopUpForm
from kalon.web.fronts import actor_of, go, patient_page, refusals_on, render


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


@patient_page
def statement(request: HttpRequest) -> HttpResponse:
    """Every movement of one's own account in some days, with the balance after it."""
    by = actor_of(request)
    context = billing.statement_page(by.own_patient_id, request.GET, seen_by=by)
    return render(request, "portal/statement.html", context)


@patient_page
def statement_paper(request: HttpRequest) -> HttpResponse:
    """One's own statement on paper."""
    by = actor_of(request)
    since, until = billing.days_asked(request.GET)
    return HttpResponse(
        billing_actions.statement_pdf(by.own_patient_id, since, until, by=by),
        content_type="application/pdf",
        headers={"Content-Disposition": 'inline; filename="statement.pdf"', "Cache-Control": "private, no-store"},
    )


@patient_page
def account(request: HttpRequest) -> HttpResponse:
    """What is on one's own account, and how to put more there."""
    return _account(request, TopUpForm())


@require_POST
@patient_page
def top_up(request: HttpRequest) -> HttpResponse:
    """On to the gateway's own page; what comes in is on account."""
    form, by = TopUpForm(request.POST), actor_of(request)
    if form.is_valid():
        with refusals_on(form):
            branch = people.branches(seen_by=by)[0]
            payment = billing_actions.start_online_advance(
                by.own_patient_id, branch.pk, form.cleaned_data["amount"],
                key=request.POST.get("idempotency_key", ""), return_url=reverse("portal:account"), by=by,
            )  # fmt: skip
            return go(request, payment.checkout_url)
    return _account(request, form, status=422)


def _account(request: HttpRequest, form: TopUpForm, *, status: int = 200) -> HttpResponse:
    by = actor_of(request)
    held = list(billing.on_account(by.own_patient_id, seen_by=by))
    audit.reads(by, held, purpose="own money on account")
    context = {
        "money": billing.money_of(by.own_patient_id, seen_by=by),
        "held": held,
        "form": form,
        "takes_online": bool(billing.chosen_gateway(seen_by=by)),
    }
    return render(request, "portal/account.html", context, status=status)
