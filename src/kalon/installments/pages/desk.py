"""The desk's pages: the list, one payment plan with the money to take, and what may be decided about it."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kalon.billing.lifecycles import TAKE_PAYMENT
from kalon.installments import actions, queries
from kalon.installments.forms import FILTERS, PaidOutForm, PaymentForm, ReasonForm
from kalon.installments.lifecycles import MANAGE, OPEN, PAYMENT_PLAN, VIEW, WAIVE, PartStatus, PlanStatus
from kalon.installments.models import PaymentPlan
from kalon.kernel import audit
from kalon.patients import queries as patients
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

PER_PAGE = 30


@require_GET
@staff_page(VIEW)
def plan_list(request: HttpRequest) -> HttpResponse:
    """The payment plans, the most urgent first: running ones, or by how they stand."""
    by, chosen = actor_of(request), request.GET.get("show", "")
    number = request.GET.get("q", "").strip()[:20]
    rows = _filtered(queries.payment_plans(seen_by=by), chosen)
    if number:
        rows = rows.filter(number__icontains=number)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    audit.reads(by, list(page.object_list), purpose="list of payment plans")
    context = {
        "page": page,
        "q": number,
        "chosen": chosen,
        "filters": [
            {"label": label, "url": f"?show={value}" if value else "?", "current": value == chosen}
            for value, label in FILTERS
        ],
    }
    return render(request, "installments/list.html", context)


@require_GET
@staff_page(VIEW)
def plan(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One payment plan: its parts as a line of days, and the money to take."""
    return _page(request, pk)


@require_POST
@staff_page(TAKE_PAYMENT)
def pay(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take money at the desk; it fills the parts in their order."""
    by, form = actor_of(request), PaymentForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        with refusals_on(form):
            payment = _taken(queries.payment_plan(pk, seen_by=by), said, by)
            return go(request, reverse("installments:plan", args=[pk]), toast=f"Receipt {payment.receipt_number} made")
    return _page(request, pk, payment_form=form, status=422)


@require_POST
@staff_page(MANAGE)
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End the agreement."""
    return _decided(
        request, pk, "cancel_form", lambda why: actions.cancel(pk, reason=why, by=actor_of(request)), "Ended"
    )


@require_POST
@staff_page(MANAGE)
def default(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say that the agreement is broken."""
    verb = lambda why: actions.default(pk, reason=why, by=actor_of(request))  # noqa: E731
    return _decided(request, pk, "default_form", verb, "Written down as broken")


@require_POST
@staff_page(WAIVE)
def waive(request: HttpRequest, pk: UUID, installment_id: UUID) -> HttpResponse:
    """Let the patient off one instalment."""
    verb = lambda why: actions.waive(installment_id, reason=why, by=actor_of(request))  # noqa: E731
    return _decided(request, pk, "waive_form", verb, "Instalment waived")


@require_GET
@staff_page(VIEW)
def agreement(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The agreement on paper."""
    return pdf(actions.agreement_pdf(pk, by=actor_of(request)))


@staff_page(MANAGE)
def loan(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A lender's loan: what was approved, and the money when it comes."""
    by = actor_of(request)
    found = queries.loan(pk, seen_by=by)
    form = PaidOutForm(request.POST or None, initial={"amount": found.approved})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.loan_paid_out(pk, **form.cleaned_data, by=by)
            return go(request, "installments:loan", pk=pk, toast="The lender's money is written down")
    return _loan_page(request, pk, form, ReasonForm(), status=422 if form.errors else 200)


@require_POST
@staff_page(MANAGE)
def withdraw_loan(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The loan is off."""
    form = ReasonForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.withdraw_financing(pk, reason=form.cleaned_data["reason"], by=actor_of(request))
            return go(request, "installments:loan", pk=pk, toast="The loan is off")
    return _loan_page(request, pk, PaidOutForm(), form, status=422)


def pdf(content: bytes) -> HttpResponse:
    headers = {"Content-Disposition": 'inline; filename="payment-plan.pdf"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _taken(agreement: PaymentPlan, said: dict[str, Any], by: Any) -> Any:
    """The desk names an amount; the last unpaid part lets it be as much as is to come."""
    unpaid = [part for part in queries.parts_of(agreement) if part.is_unpaid]
    if not unpaid:
        return actions.settle_early(agreement.pk, said["method"], reference=said["reference"], key=said["key"], by=by)
    return actions.pay(
        unpaid[-1].pk, said["method"], said["amount"], reference=said["reference"], key=said["key"], by=by
    )


def _decided(request: HttpRequest, pk: UUID, name: str, verb: Any, toast: str) -> HttpResponse:
    form = ReasonForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            verb(form.cleaned_data["reason"])
            return go(request, reverse("installments:plan", args=[pk]), toast=toast)
    return _page(request, pk, status=422, **{name: form})


def _page(request: HttpRequest, pk: UUID, *, status: int = 200, **forms: Any) -> HttpResponse:
    by = actor_of(request)
    found = queries.payment_plan(pk, seen_by=by)
    audit.read(by, found, purpose="payment plan")
    standing = queries.standing_of(found)
    is_open = found.status in OPEN
    waivable = [
        part for part in standing.parts if part.status in (PartStatus.DUE, PartStatus.OVERDUE) and not part.paid
    ]
    context: dict[str, Any] = {
        "agreement": found,
        "patient": found.patient,
        "banner": patients.banner(found.patient),
        "standing": standing,
        "parts": standing.parts,
        "is_open": is_open,
        "may_take": is_open and by.may(TAKE_PAYMENT, at=found.branch_id),
        "may_manage": is_open and by.may(MANAGE, at=found.branch_id),
        "may_default": found.status == PlanStatus.ACTIVE and standing.late and by.may(MANAGE, at=found.branch_id),
        "waivable": waivable if is_open and by.may(WAIVE, at=found.branch_id) else [],
        "later": queries.rows_of_plans(seen_by=by).filter(predecessor_id=pk).first(),
        "loans": list(queries.loans_of(found.patient_id, seen_by=by).filter(quote_id=found.quote_id)),
        "history": [(event, PlanStatus(event.to_state).label) for event in PAYMENT_PLAN.history(found)],
        "payment_form": PaymentForm.of(standing.due_now),
        "cancel_form": ReasonForm(),
        "default_form": ReasonForm(),
        "waive_form": ReasonForm(),
        **forms,
    }
    return render(request, "installments/plan.html", context, status=status)


def _loan_page(
    request: HttpRequest, pk: UUID, form: PaidOutForm, reason: ReasonForm, *, status: int = 200
) -> HttpResponse:
    by = actor_of(request)
    found = queries.loan(pk, seen_by=by)
    audit.read(by, found, purpose="loan")
    context = {"loan": found, "patient": found.patient, "form": form, "reason_form": reason}
    return render(request, "installments/loan.html", context, status=status)


def _filtered(rows: "QuerySet[Any]", chosen: str) -> "QuerySet[Any]":
    if chosen == "overdue":
        return rows.filter(status__in=OPEN, overdue__gt=0).order_by("next_date", "pk")
    if chosen in PlanStatus.values:
        return rows.filter(status=chosen)
    return rows.filter(status=PlanStatus.ACTIVE).order_by(F("next_date").asc(nulls_last=True), "pk")
