"""The desk's pages on which something is agreed: a payment plan, new dates, a loan, what the clinic offers."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from kalon.billing import queries as billing
from kalon.installments import actions, queries, rules
from kalon.installments.forms import LoanForm, PlanForm, ReplanForm, TermsForm
from kalon.installments.lifecycles import MANAGE, VIEW
from kalon.kernel import audit, clock
from kalon.quotes import queries as quotes
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page


@staff_page(MANAGE)
def new(request: HttpRequest, quote_id: UUID) -> HttpResponse:
    """Agree on a payment plan for an accepted quote; the days and amounts show while one types."""
    by = actor_of(request)
    quote = quotes.quote(quote_id, seen_by=by)
    if (live := queries.live_of_quote(quote_id, seen_by=by)) is not None:
        return go(request, "installments:plan", pk=live.pk)
    audit.read(by, quote, purpose="payment plan")
    terms, today = queries.terms(seen_by=by), clock.today(quote.branch.timezone)
    held = billing.held_for_plan(quote.plan_id, seen_by=by)
    least = _least(quote, terms)
    first = rules.date_of(1, first=today, frequency="MONTHLY")
    form = PlanForm(request.POST or None, frequencies=terms.frequencies)
    if request.method == "GET":
        start = max(least, min(held, quote.total or Decimal(0)))
        form = PlanForm.fresh(first, frequencies=terms.frequencies, down_payment=start)
    elif form.is_valid():
        with refusals_on(form):
            made = actions.make_plan(quote_id, **form.cleaned_data, by=by)
            return go(request, "installments:plan", pk=made.pk, toast=f"Payment plan {made.number} made")
    context = {"quote": quote, "patient": quote.patient, "form": form, "terms": terms, "least": least, "held": held}
    return render(request, "installments/new.html", context, status=422 if form.errors else 200)


@require_GET
@staff_page(VIEW)
def preview(request: HttpRequest, quote_id: UUID) -> HttpResponse:
    """The days and amounts that what was typed comes to; nothing is agreed yet."""
    by = actor_of(request)
    quote = quotes.quote(quote_id, seen_by=by)
    terms = queries.terms(seen_by=by)
    form = PlanForm(request.GET, frequencies=terms.frequencies)
    context: dict[str, Any] = {"parts": [], "why": ""}
    if form.is_valid() and quote.total:
        said = form.cleaned_data
        try:
            context["parts"] = rules.schedule(
                quote.total, at_once=said["down_payment"], count=said["count"], frequency=said["frequency"],
                first=said["first_date"], today=clock.today(quote.branch.timezone), most=terms.most_parts,
            )  # fmt: skip
        except rules.NoSchedule as refusal:
            context["why"] = str(refusal)
    return render(request, "installments/_preview.html", context)


@staff_page(MANAGE)
def replan(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Agree on new dates for what is still to come."""
    by = actor_of(request)
    old = queries.payment_plan(pk, seen_by=by)
    audit.read(by, old, purpose="payment plan")
    terms, today = queries.terms(seen_by=by), clock.today(old.branch.timezone)
    form = ReplanForm(request.POST or None, frequencies=terms.frequencies)
    if request.method == "GET":
        left = sum(1 for part in queries.parts_of(old) if part.is_unpaid) or 1
        form = ReplanForm.fresh(today + timedelta(days=14), frequencies=terms.frequencies, count=left)
    elif form.is_valid():
        with refusals_on(form):
            made = actions.replan(pk, **form.cleaned_data, by=by)
            return go(request, "installments:plan", pk=made.pk, toast=f"New dates agreed: {made.number}")
    context = {"agreement": old, "patient": old.patient, "form": form}
    return render(request, "installments/replan.html", context, status=422 if form.errors else 200)


@staff_page(MANAGE)
def new_loan(request: HttpRequest, quote_id: UUID) -> HttpResponse:
    """Write down what a lender approved."""
    by = actor_of(request)
    quote = quotes.quote(quote_id, seen_by=by)
    audit.read(by, quote, purpose="loan")
    form = LoanForm(request.POST or None, initial={"approved": quote.total})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = actions.record_financing(quote_id, **form.cleaned_data, by=by)
            return go(request, "installments:loan", pk=made.pk, toast="Loan written down")
    context = {"quote": quote, "patient": quote.patient, "form": form}
    return render(request, "installments/new_loan.html", context, status=422 if form.errors else 200)


@staff_page(MANAGE)
def terms(request: HttpRequest) -> HttpResponse:
    """What the clinic offers whoever pays in parts."""
    by = actor_of(request)
    form = TermsForm.of(queries.terms(seen_by=by), request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.set_terms(form.details(), by=by)
            return go(request, "installments:terms", toast="Saved")
    return render(request, "installments/terms.html", {"form": form}, status=422 if form.errors else 200)


def _least(quote: Any, terms: rules.TermsDetails) -> Decimal:
    total, deposit = quote.total or Decimal(0), quote.deposit_due or Decimal(0)
    return rules.least_down(total, percent=terms.least_down_percent, deposit=deposit)
