"""Orders: the list, one order, writing it, and taking in what came."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kalon.kernel.actors import Actor
from kalon.kernel.errors import DomainError
from kalon.people import queries as people
from kalon.purchasing import actions, queries
from kalon.purchasing.actions import OrderDetails
from kalon.purchasing.forms import OrderForm, ReasonForm, ReceiveForm, arrivals, order_lines, typed_lines
from kalon.purchasing.lifecycles import INVOICES, ORDER, ORDERS, VIEW, OrderStatus
from kalon.purchasing.models import PurchaseOrder
from kalon.purchasing.pages import parts
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

SHOWS = (("", "All"), *((state.value, str(state.label)) for state in (OrderStatus.DRAFT, OrderStatus.ORDERED)))


@staff_page(VIEW)
def orders(request: HttpRequest) -> HttpResponse:
    """Orders, the newest first."""
    by = actor_of(request)
    show = request.GET.get("show", "")
    show = show if show in dict(SHOWS) else ""
    branch = people.own_branch(by)
    may_order = by.may(ORDERS, at=branch.pk)
    context = {
        "page": parts.paged(request, queries.orders(seen_by=by, status=show)),
        "tabs": parts.tabs("orders"),
        "shows": [
            {"label": label, "url": reverse("purchasing:orders", query={"show": value}), "current": value == show}
            for value, label in SHOWS
        ],
        "missing": len(queries.to_order(branch.pk, seen_by=by)) if may_order else 0,
        "branch": branch,
        "may_order": may_order,
    }
    return render(request, "purchasing/orders.html", context)


@staff_page(ORDERS)
def new(request: HttpRequest) -> HttpResponse:
    """Write an order; it begins with what is missing when it comes from that list."""
    by = actor_of(request)
    branch = people.own_branch(by)
    started: list[dict[str, Any]] = []
    if request.method == "GET" and "missing" in request.GET:
        started = [
            {"item": item.pk, "quantity": f"{wanted.normalize():f}", "unit_price": item.price}
            for item, wanted in queries.to_order(branch.pk, seen_by=by)
        ]
    return _write(request, by, branch, started=started, head={"supplier": request.GET.get("supplier")})


@staff_page(ORDERS)
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change an order that is not placed yet."""
    by = actor_of(request)
    row = queries.order(pk, seen_by=by)
    started = [
        {
            "item": one.line.item_id, "quantity": f"{one.line.quantity.normalize():f}",
            "unit_price": one.line.unit_price, "tax_percent": f"{one.line.tax_percent.normalize():f}",
        }
        for one in queries.progress(pk, seen_by=by)
    ]  # fmt: skip
    head = {"supplier": row.supplier_id, "expected_on": row.expected_on, "words": row.words}
    return _write(request, by, row.branch, started=started, head=head, row=row)


def _write(
    request: HttpRequest, by: Actor, branch: Any, *, started: Any, head: Any, row: PurchaseOrder | None = None
) -> HttpResponse:
    form = OrderForm(request.POST or None, by=by, initial=head)
    lines = order_lines(request.POST or None, by=by, initial=started)
    if request.method == "POST" and form.is_valid() and lines.is_valid():
        typed = form.cleaned_data
        with refusals_on(form):
            details = OrderDetails(
                typed["supplier"].pk, branch.pk, typed_lines(lines), typed["expected_on"], typed["words"]
            )
            made = actions.change_order(row.pk, details, by=by) if row else actions.write_order(details, by=by)
        if not form.errors:
            return go(request, "purchasing:order", pk=made.pk)
    wrong = request.method == "POST"
    context = {"form": form, "lines": lines, "order": row, "branch": branch}
    return render(request, "purchasing/write.html", context, status=422 if wrong else 200)


@staff_page(VIEW)
def order(request: HttpRequest, pk: UUID, *, refused: DomainError | None = None, status: int = 200) -> HttpResponse:
    """One order: its lines, what came, its invoices, and what to do next."""
    by = actor_of(request)
    row = queries.order(pk, seen_by=by)
    came = queries.progress(pk, seen_by=by)
    receipts = list(row.receipts.prefetch_related("lines__line__item", "lines__movement__batch")[:50])
    context = {
        "order": row,
        "lines": came,
        "worth": sum((one.line.quantity * one.line.unit_price for one in came), start=0),
        "receipts": [(one, parts.labels_of(one)) for one in receipts],
        "taken": next(
            ((one, to) for one in receipts if one.number == request.GET.get("taken") and (to := parts.labels_of(one))),
            None,
        ),
        "invoices": list(row.invoices.all()[:50]),
        "buttons": ORDER.buttons(row, by=by) if by.may(ORDERS, at=row.branch_id) else [],
        "reason": ReasonForm(request.POST or None),
        "refused": refused,
        "may_invoice": by.may(INVOICES, at=row.branch_id),
        "may_order": by.may(ORDERS, at=row.branch_id),
    }
    return render(request, "purchasing/order.html", context, status=status)


@require_POST
@staff_page(ORDERS)
def move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Place, close or cancel an order."""
    by, why = actor_of(request), request.POST.get("reason", "")
    verbs = {
        "send": lambda: actions.place_order(pk, by=by),
        "close": lambda: actions.close_order(pk, why, by=by),
        "cancel": lambda: actions.cancel_order(pk, why, by=by),
    }
    return parts.moved(request, pk, verbs, order, "purchasing:order")


@staff_page(ORDERS)
def receive(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take in what came: a line for each item that is still missing."""
    by = actor_of(request)
    row = queries.order(pk, seen_by=by)
    waiting = queries.to_receive(pk, seen_by=by)
    form = ReceiveForm(request.POST or None, by=by, branch_id=row.branch_id)
    came = arrivals(request.POST or None, waiting=waiting)
    if request.method == "POST" and form.is_valid() and came.is_valid():
        typed = form.cleaned_data
        with refusals_on(form):
            told = [one.arrival() for one in came]
            made = actions.receive_order(
                pk, typed["location"], told, reference=typed["reference"], key=typed["key"], by=by
            )
        if not form.errors:
            taken = reverse("purchasing:order", args=[pk], query={"taken": made.number})
            return go(request, taken, toast=f"Taken in, {made.number}")
    context = {"order": row, "form": form, "came": came, "lines": list(zip(waiting, came, strict=False))}
    return render(request, "purchasing/receive.html", context, status=422 if request.method == "POST" else 200)


@require_GET
@staff_page(VIEW)
def paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The order on A4."""
    return HttpResponse(
        actions.order_pdf(pk, by=actor_of(request)),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="order-{pk}.pdf"', "Cache-Control": "private, no-store"},
    )
