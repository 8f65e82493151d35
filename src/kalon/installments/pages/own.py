"""A patient's own payments, on the phone: what comes when, paying it, and in how many parts to pay a quote."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kalon.billing import actions as billing
from kalon.installments import actions, queries
from kalon.installments.lifecycles import OPEN
from kalon.installments.pages.desk import pdf
from kalon.kernel import audit
from kalon.kernel.errors import IllegalMove
from kalon.quotes import queries as quotes
from kalon.web.fronts import actor_of, go, patient_page, refusals_on, render

MOST = 50


class ChooseForm(forms.Form):
    """In how many parts; 1 is everything at once."""

    count = forms.IntegerField(min_value=1, max_value=60)


@require_GET
@patient_page
def payments(request: HttpRequest) -> HttpResponse:
    """Everything that is paid in parts, the most urgent first; on to the one that was agreed on a moment ago."""
    by = actor_of(request)
    agreed = _quote_asked(request)
    if agreed and (live := queries.live_of_quote(agreed, seen_by=by)) is not None:
        return go(request, "installments:my_plan", pk=live.pk)
    rows = list(queries.payment_plans_of(by.own_patient_id, seen_by=by)[:MOST])
    audit.reads(by, rows, purpose="own payments")
    open_ones = sorted(
        (row for row in rows if row.status in OPEN), key=lambda row: (row.next_date is None, row.next_date)
    )
    context = {"open": open_ones, "past": [row for row in rows if row.status not in OPEN]}
    return render(request, "installments/my_payments.html", {**context, "agreed": agreed})


def _quote_asked(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("quote", ""))
    except ValueError:
        return None


@require_GET
@patient_page
def payment_plan(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One payment plan as a line of days, with the next one to pay."""
    by = actor_of(request)
    found = queries.payment_plan(pk, seen_by=by)
    audit.read(by, found, purpose="own payment plan")
    standing = queries.standing_of(found)
    context = {"agreement": found, "standing": standing, "parts": standing.parts, "is_open": found.status in OPEN}
    return render(request, "installments/my_plan.html", context)


@require_POST
@patient_page
def pay_online(request: HttpRequest, pk: UUID) -> HttpResponse:
    """On to the gateway's own page; what comes of it arrives by its signed notice."""
    by = actor_of(request)
    found = queries.payment_plan(pk, seen_by=by)
    if found.status not in OPEN:
        raise IllegalMove("Nothing is to come on this payment plan.", status_is=str(found.status))
    payment = billing.start_online_advance(
        found.patient_id,
        found.branch_id,
        queries.standing_of(found).due_now,
        plan_id=found.plan_id,
        key=request.POST.get("idempotency_key", "")[:120],
        return_url=request.path.removesuffix("/pay"),
        by=by,
    )
    return go(request, payment.checkout_url)


@require_GET
@patient_page
def agreement(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The agreement on paper."""
    return pdf(actions.agreement_pdf(pk, by=actor_of(request)))


@patient_page
def choose(request: HttpRequest, quote_id: UUID) -> HttpResponse:
    """How would you like to pay? At once, or in so many parts without interest."""
    by = actor_of(request)
    quote = quotes.quote(quote_id, seen_by=by)
    if (live := queries.live_of_quote(quote_id, seen_by=by)) is not None:
        return go(request, "installments:my_plan", pk=live.pk)
    audit.read(by, quote, purpose="how to pay")
    form = ChooseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.choose_parts(quote_id, count=form.cleaned_data["count"], by=by)
            return go(request, f"{reverse('installments:my_payments')}?quote={quote_id}", toast="Agreed")
    context = {"quote": quote, "form": form, **ways_to_pay(request, queries.offers_of(quote, seen_by=by))}
    return render(request, "installments/choose.html", context, status=422 if form.errors else 200)


def ways_to_pay(request: HttpRequest, offers: list[queries.Offer]) -> dict[str, Any]:
    """At once, or in so many parts: as a row of links, with the one that the address names laid out."""
    wanted = request.GET.get("parts", "")
    chosen = next((one for one in offers if str(len(one.parts)) == wanted), None)
    return {
        "offer": chosen,
        "options": [
            {"label": "At once", "url": "?parts=1", "current": chosen is None},
            *(
                {"label": f"{len(one.parts)} parts", "url": f"?parts={len(one.parts)}", "current": one is chosen}
                for one in offers
            ),
        ],
    }
