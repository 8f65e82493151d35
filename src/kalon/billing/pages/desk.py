"""The desk's pages of money: the list of bills, one bill to check out, the day's payments, a payment."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kalon.billing import actions, queries, rules
from kalon.billing.api.bills import pdf
from kalon.billing.forms import FILTERS, BuyerForm, LineForm, PaymentForm, ReasonForm, RefundForm, RefundStepForm
from kalon.billing.lifecycles import BILL, CHARGE, OPEN_BILL, RECEIVED, TAKE_PAYMENT, VIEW, WAIVE_FEE, BillStatus
from kalon.billing.models import Bill, Payment
from kalon.catalog import queries as catalog
from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.people import queries as people
from kalon.web.fronts import go, refusals_on, render, staff_page

PER_PAGE = 30
CLOSED = (BillStatus.VOID, BillStatus.WRITTEN_OFF)


@require_GET
@staff_page(VIEW)
def bill_list(request: HttpRequest) -> HttpResponse:
    """The bills, newest first, filtered by where they stand or by number."""
    by = _actor(request)
    chosen = request.GET.get("show") or request.GET.get("status", "")  # the second is how the API spells it
    number = request.GET.get("q", "").strip()[:20]
    rows = _filtered(queries.bills(seen_by=by), chosen, by)
    if number:
        rows = rows.filter(number__icontains=number)
    page = Paginator(rows.select_related("patient", "branch"), PER_PAGE).get_page(request.GET.get("page"))
    audit.reads(by, list(page.object_list), purpose="list of bills")
    context = {
        "page": page,
        "q": number,
        "filters": [
            {"label": label, "url": f"?show={value}" if value else "?", "current": value == chosen}
            for value, label in FILTERS
        ],
        "chosen": chosen,
    }
    return render(request, "billing/list.html", context)


@require_GET
@staff_page(VIEW)
def bill(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One bill, ready to be paid: everything is filled in."""
    return bill_page(request, pk)


@require_POST
@staff_page(CHARGE)
def new_bill(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Open a draft for a patient at the desk's branch."""
    by = _actor(request)
    branch_id = by.branch_id or people.branches(seen_by=by)[0].pk
    made = actions.draft_bill(patient_id, branch_id, by=by)
    return go(request, reverse("billing:bill", args=[made.pk]))


@require_POST
@staff_page(CHARGE)
def visit_bill(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """The bill of a visit, made now if it has none yet."""
    made = actions.bill_appointment(appointment_id, by=_actor(request))
    return go(request, reverse("billing:bill", args=[made.pk]))


@require_POST
@staff_page(CHARGE)
def visit_fee(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """The patient cancelled late, the desk says: charge the fee."""
    fee = actions.charge_fee(appointment_id, by=_actor(request))
    if fee is None:
        return go(request, "scheduling:visit", pk=appointment_id, toast="No fee is due for this visit")
    return go(
        request,
        reverse("billing:bill", args=[fee.pk]),
        toast=f"Fee of {rules.grouped(fee.total, fee.currency)} charged",
    )


@require_POST
@staff_page(TAKE_PAYMENT)
def take_payment(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record what was paid at the desk."""
    form = PaymentForm(request.POST)
    if form.is_valid():
        asked = form.cleaned_data
        with refusals_on(form):
            payment = actions.take_payment(
                pk, asked["method"], asked["amount"], asked["reference"], asked["key"], by=_actor(request)
            )
            return go(request, reverse("billing:bill", args=[pk]), toast=f"Receipt {payment.receipt_number} made")
    return bill_page(request, pk, payment_form=form, status=422)


@require_POST
@staff_page(TAKE_PAYMENT)
def pay_link(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make a payment link, to be shown to the patient or sent."""
    back = reverse("billing:bill", args=[pk])
    actions.make_pay_link(pk, by=_actor(request))
    return go(request, back, toast="Payment link made")


@require_POST
@staff_page(TAKE_PAYMENT)
def pay_link_step(request: HttpRequest, pk: UUID, step: str) -> HttpResponse:
    """Send a payment link to the patient, or take it back."""
    by = _actor(request)
    payment = queries.payment(pk, seen_by=by)
    if step == "send":
        sent = actions.send_pay_link(pk, by=by)
        toast = "Payment link sent" if sent else "No way to reach this patient. Show the code instead."
    else:
        actions.revoke_pay_link(pk, request.POST.get("reason", ""), by=by)
        toast = "Payment link taken back"
    back = ("billing:bill", payment.bill_id) if payment.bill_id else ("billing:payment", pk)
    return go(request, reverse(back[0], args=[back[1]]), toast=toast)


@require_POST
@staff_page(CHARGE)
def add_line(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put one more thing on a draft."""
    form = LineForm(request.POST, services=_services(request))
    if form.is_valid():
        asked = form.cleaned_data
        details = actions.LineDetails(
            service_id=UUID(asked["service"]) if asked["service"] else None,
            description=asked["description"],
            quantity=asked["quantity"],
            unit_price=asked["unit_price"],
            discount=asked["discount"] or Decimal(0),
            discount_reason=asked["discount_reason"],
        )
        with refusals_on(form):
            actions.add_line(pk, details, by=_actor(request))
            return go(request, reverse("billing:bill", args=[pk]))
    return bill_page(request, pk, line_form=form, status=422)


@require_POST
@staff_page(CHARGE)
def set_buyer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make a draft out to a registered business, or back to the patient alone."""
    form = BuyerForm(request.POST)
    if form.is_valid():
        asked = form.cleaned_data
        with refusals_on(form):
            bill = actions.set_buyer(
                pk, asked["buyer_gstin"], asked["buyer_name"], asked["buyer_address"], by=_actor(request)
            )
            said = "Made out to the buyer" if bill.buyer_gstin else "Made out to the patient"
            return go(request, reverse("billing:bill", args=[pk]), toast=said)
    return bill_page(request, pk, buyer_form=form, status=422)


@require_POST
@staff_page(CHARGE)
def remove_line(request: HttpRequest, pk: UUID, line_id: UUID) -> HttpResponse:
    """Take a line off a draft."""
    actions.remove_line(pk, line_id, by=_actor(request))
    return go(request, reverse("billing:bill", args=[pk]), toast="Line removed")


@require_POST
@staff_page(CHARGE)
def finalize(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Number and seal a draft."""
    made = actions.finalize(pk, by=_actor(request))
    return go(request, reverse("billing:bill", args=[pk]), toast=f"Bill {made.number} is ready to be paid")


@require_POST
@staff_page(VIEW)
def void(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Cancel a bill by a credit note."""
    return _with_reason(request, pk, actions.void_bill, "Bill cancelled")


@require_POST
@staff_page(WAIVE_FEE)
def waive(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let the patient off a fee."""
    form = ReasonForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.waive_fee(pk, form.cleaned_data["reason"], by=_actor(request))
            return go(request, reverse("billing:bill", args=[pk]), toast="Fee waived")
    return bill_page(request, pk, waive_form=form, status=422)


@require_POST
@staff_page(TAKE_PAYMENT)
def use_on_account(request: HttpRequest, pk: UUID, payment_id: UUID) -> HttpResponse:
    """Put money on account on this bill."""
    actions.apply_on_account(payment_id, pk, by=_actor(request))
    return go(request, reverse("billing:bill", args=[pk]), toast="Money on account used")


@require_GET
@staff_page(VIEW)
def invoice(request: HttpRequest, pk: UUID) -> HttpResponse:
    copy = request.GET.get("copy", "original")
    return pdf(actions.invoice_pdf(pk, copy, by=_actor(request)), f"bill-{pk}.pdf")


@require_GET
@staff_page(VIEW)
def credit_note(request: HttpRequest, pk: UUID, note_id: UUID) -> HttpResponse:
    """A credit note of the bill, on paper."""
    copy = request.GET.get("copy", "original")
    return pdf(actions.credit_note_pdf(note_id, copy, by=_actor(request)), f"credit-note-{note_id}.pdf")


@require_GET
@staff_page(VIEW)
def receipt(request: HttpRequest, pk: UUID) -> HttpResponse:
    return pdf(actions.receipt_pdf(pk, by=_actor(request)), f"receipt-{pk}.pdf")


@require_GET
@staff_page(VIEW)
def day(request: HttpRequest) -> HttpResponse:
    """The money received on a day, by method, for the evening count."""
    by = _actor(request)
    branches = [branch for branch in people.branches(seen_by=by) if by.may(VIEW, at=branch.pk)]
    zone = branches[0].timezone if branches else people.organization(seen_by=by).timezone
    on = _day(request.GET.get("date", "")) or clock.today(zone)
    rows = list(
        queries.payments_on(on, branch_id=by.branch_id, zone=zone, seen_by=by).select_related("patient", "bill")
    )
    audit.reads(by, rows, purpose="payments of a day")
    sums = {method: sum((p.amount for p in rows if p.method == method), Decimal(0)) for method in Payment.Method}
    context = {
        "on": on,
        "payments": rows,
        "sums": [(Payment.Method(method).label, amount) for method, amount in sums.items() if amount],
        "total": sum(sums.values(), Decimal(0)),
    }
    return render(request, "billing/day.html", context)


@require_GET
@staff_page(VIEW)
def payment(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One payment: where its money went, and its refunds."""
    return _payment_page(request, pk)


@require_POST
@staff_page(VIEW)
def refund(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask for money on account to be paid back."""
    form = RefundForm(request.POST)
    if form.is_valid():
        asked = form.cleaned_data
        with refusals_on(form):
            actions.request_refund(pk, asked["amount"], asked["reason"], asked["key"], by=_actor(request))
            return go(request, reverse("billing:payment", args=[pk]), toast="Refund asked for")
    return _payment_page(request, pk, refund_form=form, status=422)


@require_POST
@staff_page(VIEW)
def refund_step(request: HttpRequest, pk: UUID, refund_id: UUID) -> HttpResponse:
    """Approve a refund, record it as paid back, or turn it down."""
    form = RefundStepForm(request.POST)
    if form.is_valid():
        step, note, by = form.cleaned_data["step"], form.cleaned_data["note"], _actor(request)
        with refusals_on(form):
            if step == "approve":
                actions.approve_refund(refund_id, by=by)
            elif step == "done":
                actions.refund_done(refund_id, note, by=by)
            else:
                actions.refund_failed(refund_id, note, by=by)
            return go(request, reverse("billing:payment", args=[pk]), toast="Refund updated")
    return _payment_page(request, pk, step_form=form, status=422)


def bill_page(request: HttpRequest, pk: UUID, *, status: int = 200, **forms: Any) -> HttpResponse:
    """A bill as the desk sees it, with the forms that were filled in wrongly, or a drawer."""
    by = _actor(request)
    shown = queries.bill(pk, seen_by=by)
    audit.read(by, shown, purpose="bill")
    payments = list(queries.payments_of_bill(pk, seen_by=by))
    due = queries.due_now(shown, seen_by=by)
    is_draft = shown.status == BillStatus.DRAFT
    context: dict[str, Any] = {
        "bill": shown,
        "lines": list(queries.lines_of(pk, seen_by=by)),
        "payments": payments,
        "on_account": list(queries.on_account(shown.patient_id, seen_by=by)) if shown.is_open else [],
        "deposits": list(queries.deposits_for(pk, seen_by=by)) if is_draft else [],
        "waiting": next(
            (p for p in payments if p.status == "PENDING" and p.expires_at and p.expires_at > clock.now()), None
        ),
        "upi_link": actions.upi_link_of(shown, amount=due, by=by),
        "credit_notes": list(queries.credit_notes(pk, seen_by=by)),
        "history": BILL.history(shown),
        "is_draft": is_draft,
        "may_charge": by.may(CHARGE),
        "may_take": by.may(TAKE_PAYMENT),
        "may_void": by.may("billing.void") and shown.status not in CLOSED,
        "due_now": due,
        "may_waive": shown.is_fee and by.may(WAIVE_FEE) and shown.status not in CLOSED,
        "payment_form": PaymentForm.for_bill(due),
        "reason_form": ReasonForm(),
        "waive_form": ReasonForm(),
        "asked_write_off": queries.open_write_off(pk, seen_by=by),
        "may_alone": queries.may_write_off_alone(shown, by=by),
        "write_off_form": ReasonForm(auto_id="id_write_off_%s"),
        **forms,
    }
    if is_draft:
        context.setdefault("line_form", LineForm(services=_services(request)))
        context.setdefault("buyer_form", BuyerForm.of(shown))
    return render(request, "billing/bill.html", context, status=status)


def _payment_page(request: HttpRequest, pk: UUID, *, status: int = 200, **forms: Any) -> HttpResponse:
    by = _actor(request)
    shown = queries.payment(pk, seen_by=by)
    audit.read(by, shown, purpose="payment")
    refund_start = {"amount": shown.on_account, "key": str(uuid4())}
    context: dict[str, Any] = {
        "payment": shown,
        "allocations": shown.allocations.select_related("bill", "bill_line"),
        "refunds": queries.refunds(seen_by=by).filter(payment=shown).prefetch_related("calls"),
        "may_refund": by.may("billing.refund"),
        "refund_form": RefundForm(initial=refund_start),
        **forms,
    }
    return render(request, "billing/payment.html", context, status=status)


def _with_reason(request: HttpRequest, pk: UUID, verb: Any, done: str) -> HttpResponse:
    form = ReasonForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            verb(pk, form.cleaned_data["reason"], by=_actor(request))
            return go(request, reverse("billing:bill", args=[pk]), toast=done)
    return bill_page(request, pk, reason_form=form, status=422)


def _filtered(rows: "QuerySet[Bill]", chosen: str, by: Actor) -> "QuerySet[Bill]":
    if chosen == "open":
        return rows.filter(status__in=OPEN_BILL)
    if chosen == "on_account":
        holding = queries.payments(seen_by=by).filter(status__in=RECEIVED).annotate(free=queries.ON_ACCOUNT)
        return rows.filter(patient_id__in=holding.filter(free__gt=0).values("patient_id"))
    return rows.filter(status=chosen) if chosen in BillStatus.values else rows


def _services(request: HttpRequest) -> list[tuple[str, str]]:
    services = catalog.services(seen_by=_actor(request))
    return [(str(service.pk), f"{service.name}, {service.price}") for service in services]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
