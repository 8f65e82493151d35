"""The desk's pages of gift vouchers: all of them, one with its story, selling one, redeeming one for a patient."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kalon.catalog import queries as catalog
from kalon.entitlements import actions, queries
from kalon.entitlements.forms import CodeForm, ExtendForm, ReasonForm, RedeemForm, VoucherForm
from kalon.entitlements.lifecycles import MANAGE, REFUND, SELL, VIEW, VoucherStatus
from kalon.entitlements.pages.looks import voucher_drawn
from kalon.kernel import audit, clock
from kalon.patients import queries as patients
from kalon.people import queries as people
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

PER_PAGE = 30
FILTERS = (("", "All"), *((str(status), str(status.label)) for status in (
    VoucherStatus.ACTIVE, VoucherStatus.PENDING, VoucherStatus.USED_UP, VoucherStatus.EXPIRED,
)))  # fmt: skip
OPEN = (VoucherStatus.PENDING, VoucherStatus.ACTIVE)


@require_http_methods(["GET", "POST"])
@staff_page(VIEW)
def vouchers(request: HttpRequest) -> HttpResponse:
    """All gift vouchers, newest first, and the one whose code is typed or read."""
    by = actor_of(request)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            return go(
                request, "entitlements:voucher", pk=queries.find_voucher(form.cleaned_data["code"], seen_by=by).pk
            )
    chosen = request.GET.get("show", "")
    rows = queries.vouchers(seen_by=by).order_by("-created_at", "-id")
    if chosen in VoucherStatus.values:
        rows = rows.filter(status=chosen)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    audit.reads(by, list(page.object_list), purpose="gift vouchers")
    today = clock.today(people.own_branch(by).timezone)
    context = {
        "page": page,
        "rows": [voucher_drawn(row, today) for row in page.object_list],
        "sums": queries.voucher_sums(seen_by=by),
        "form": form,
        "may_find": by.may(SELL),
        "chosen": chosen,
        "filters": [
            {"label": label, "url": f"?show={value}" if value else "?", "current": value == chosen}
            for value, label in FILTERS
        ],
    }
    return render(request, "entitlements/vouchers.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@staff_page(SELL)
def sell_voucher(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Sell a gift voucher to a patient; its bill is made at once, and its card can be printed."""
    by = actor_of(request)
    patient = patients.patient(patient_id, seen_by=by)
    form = VoucherForm(request.POST or None, services=catalog.services(seen_by=by))
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        with refusals_on(form):
            row = actions.sell_voucher(
                patient.pk,
                people.own_branch(by).pk,
                asked["amount"],
                service_id=UUID(asked["service"]) if asked["service"] else None,
                recipient=asked["recipient"],
                message=asked["message"],
                by=by,
            )
            return go(request, "entitlements:voucher", pk=row.pk, toast="Voucher sold. Take the payment.")
    months = queries.terms(seen_by=by).voucher_months
    context = {"form": form, "patient": patient, "months": months}
    return render(request, "entitlements/voucher_sell.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@staff_page(SELL)
def redeem_voucher(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Put what a voucher is worth, or a part of it, on a patient's account."""
    by = actor_of(request)
    patient = patients.patient(patient_id, seen_by=by)
    form = RedeemForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        with refusals_on(form):
            actions.redeem_voucher(
                asked["code"], patient.pk, people.own_branch(by).pk, asked["amount"], key=str(asked["key"]), by=by
            )
            return go(request, "patients:tab", pk=patient.pk, key="billing", toast="The voucher is on account")
    context = {"form": form, "patient": patient}
    return render(request, "entitlements/voucher_redeem.html", context, status=422 if form.errors else 200)


@require_GET
@staff_page(VIEW)
def voucher(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One gift voucher: what is left of it, and its story."""
    return _page(request, pk)


@require_GET
@staff_page(SELL)
def voucher_paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The card with the code, to print."""
    return pdf(actions.voucher_pdf(pk, by=actor_of(request)))


@require_POST
@staff_page(MANAGE)
def extend_voucher(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let a voucher be redeemed longer."""
    form = ExtendForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            asked = form.cleaned_data
            row = actions.extend_voucher(pk, asked["until"], asked["reason"], by=actor_of(request))
            return go(request, "entitlements:voucher", pk=pk, toast=f"Valid until {row.valid_until:%-d %b %Y}")
    return _page(request, pk, extend_form=form, status=422)


@require_POST
@staff_page(REFUND)
def refund_voucher(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take what is left of a voucher back from its buyer."""
    form = ReasonForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.refund_voucher(pk, form.cleaned_data["reason"], by=actor_of(request))
            return go(request, "entitlements:voucher", pk=pk, toast="Taken back. What was paid is on account.")
    return _page(request, pk, refund_form=form, status=422)


def pdf(content: bytes) -> HttpResponse:
    """A voucher's card as a file."""
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": 'inline; filename="gift-voucher.pdf"', "Cache-Control": "private, no-store"},
    )


def _page(request: HttpRequest, pk: UUID, *, status: int = 200, **forms: Any) -> HttpResponse:
    by = actor_of(request)
    row = queries.voucher(pk, seen_by=by)
    audit.read(by, row, purpose="gift voucher page")
    context = {
        "voucher": row,
        "drawn": voucher_drawn(row, clock.today(row.branch.timezone)),
        "bill": row.bill_line.bill,
        "moves": list(queries.voucher_moves(pk, seen_by=by).reverse()),
        "may_print": row.status in OPEN and by.may(SELL, at=row.branch_id),
        "may_refund": row.status in OPEN and by.may(REFUND, at=row.branch_id),
        "may_extend": row.status in (*OPEN, VoucherStatus.EXPIRED) and by.may(MANAGE, at=row.branch_id),
        "refund_form": ReasonForm(),
        "extend_form": ExtendForm(),
        **forms,
    }
    return render(request, "entitlements/voucher.html", context, status=status)
