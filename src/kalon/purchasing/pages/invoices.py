"""Suppliers' invoices: the list, copying one, agreeing to it, and paying it."""

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import DomainError
from kalon.people import queries as people
from kalon.purchasing import actions, queries
from kalon.purchasing.actions import InvoiceDetails
from kalon.purchasing.actions.invoicing import dearer_than_ordered
from kalon.purchasing.forms import InvoiceForm, PayForm, ReasonForm, invoice_lines
from kalon.purchasing.lifecycles import INVOICE, INVOICES, PAY, VIEW
from kalon.purchasing.models import PurchaseOrder
from kalon.purchasing.pages import parts
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

SHOWS = (("", "All"), ("draft", "To be checked"), ("owed", "To be paid"), ("late", "Late"), ("paid", "Paid"))


@staff_page(VIEW)
def invoices(request: HttpRequest) -> HttpResponse:
    """Suppliers' invoices, the newest first, and what is owed."""
    by = actor_of(request)
    today = clock.today(people.own_branch(by).timezone)
    show = request.GET.get("show", "")
    context = {
        "page": parts.paged(request, queries.invoices(seen_by=by, show=show, today=today)),
        "tabs": parts.tabs("invoices"),
        "shows": [
            {"label": label, "url": reverse("purchasing:invoices", query={"show": value}), "current": value == show}
            for value, label in SHOWS
        ],
        "owed": queries.payables(today, seen_by=by),
        "today": today,
        "may_write": by.may(INVOICES),
    }
    return render(request, "purchasing/invoices.html", context)


@staff_page(INVOICES)
def new(request: HttpRequest) -> HttpResponse:
    """Copy an invoice that is for no order: rent of a laser, cleaning, a repair."""
    return _copy(request, actor_of(request), order=None)


@staff_page(INVOICES)
def new_of_order(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Copy the invoice of an order; it begins with what came."""
    by = actor_of(request)
    return _copy(request, by, order=queries.order(pk, seen_by=by))


def _copy(request: HttpRequest, by: Actor, *, order: PurchaseOrder | None) -> HttpResponse:
    branch = order.branch if order else people.own_branch(by)
    started: list[dict[str, Any]] = []
    if order:
        started = [
            {
                "line": one.line.pk, "words": one.line.item.name, "quantity": f"{one.came.normalize():f}",
                "unit_price": one.line.unit_price, "tax_percent": f"{one.line.tax_percent.normalize():f}",
            }
            for one in queries.progress(order.pk, seen_by=by) if one.came
        ]  # fmt: skip
    head = {"supplier": order.supplier_id if order else None, "invoice_date": clock.today(branch.timezone)}
    form = InvoiceForm(request.POST or None, by=by, initial=head)
    lines = invoice_lines(request.POST or None, initial=started)
    if request.method == "POST" and form.is_valid() and lines.is_valid():
        typed = form.cleaned_data
        with refusals_on(form):
            details = InvoiceDetails(
                typed["supplier"].pk, branch.pk, typed["number"], typed["invoice_date"],
                [one.detail() for one in lines if one.is_filled],
                order_id=order.pk if order else None, due_date=typed["due_date"],
            )  # fmt: skip
            made = actions.enter_invoice(details, by=by)
        if not form.errors:
            return go(request, "purchasing:invoice", pk=made.pk)
    context = {"form": form, "lines": lines, "order": order, "branch": branch}
    return render(request, "purchasing/copy.html", context, status=422 if request.method == "POST" else 200)


@staff_page(VIEW)
def invoice(request: HttpRequest, pk: UUID, *, refused: DomainError | None = None, status: int = 200) -> HttpResponse:
    """One invoice beside what was ordered and what came, its payments, and what to do next."""
    by = actor_of(request)
    row = queries.invoice(pk, seen_by=by)
    came = {one.line.pk: one for one in queries.progress(row.order_id, seen_by=by)} if row.order_id else {}
    lines = list(row.lines.all())
    may_pay = by.may(PAY, at=row.branch_id)
    context = {
        "invoice": row,
        "lines": [(line, came.get(line.line_id) if line.line_id else None) for line in lines],
        "payments": list(row.payments.select_related("reversed_by")),
        "dearer": dearer_than_ordered(row),
        "buttons": INVOICE.buttons(row, by=by),
        "reason": ReasonForm(request.POST or None),
        "pay": PayForm(initial={"amount": row.owed, "key": str(uuid4())}) if may_pay and row.owed else None,
        "refused": refused,
        "may_pay": may_pay,
    }
    return render(request, "purchasing/invoice.html", context, status=status)


@require_POST
@staff_page(VIEW)
def move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Approve an invoice, put it aside, or take an approval back."""
    by, why = actor_of(request), request.POST.get("reason", "")
    verbs = {
        "approve": lambda: actions.approve_invoice(pk, note=why, by=by),
        "drop": lambda: actions.drop_invoice(pk, why, by=by),
        "reverse": lambda: actions.reverse_invoice(pk, why, by=by),
    }
    return parts.moved(request, pk, verbs, invoice, "purchasing:invoice")


@require_POST
@staff_page(PAY)
def pay(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write a payment down."""
    by, form = actor_of(request), PayForm(request.POST)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            actions.pay_invoice(
                pk, typed["amount"], typed["method"], reference=typed["reference"], key=typed["key"], by=by
            )
        except DomainError as refusal:
            return invoice(request, pk, refused=refusal, status=refusal.status)
        return go(request, "purchasing:invoice", pk=pk, toast="Payment written down")
    return invoice(request, pk, status=422)


@require_POST
@staff_page(PAY)
def take_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a payment back."""
    made = actions.take_payment_back(pk, request.POST.get("reason", ""), by=actor_of(request))
    return go(request, "purchasing:invoice", pk=made.invoice_id, toast="Payment taken back")
