"""Quotes on a plan's page: the card, what is missing before booking, and what stands in place of money."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_POST

from kalon.billing import actions as billing
from kalon.billing.lifecycles import CHARGE, TAKE_PAYMENT
from kalon.consents import queries as consents
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.patients import queries as patients
from kalon.plans import queries as plans
from kalon.plans.queries.plan_page import Guard
from kalon.quotes import actions, queries
from kalon.quotes.forms import DepositForm, ReasonForm, SelfPayForm
from kalon.quotes.lifecycles import ACCEPT, ENDED, VIEW, WAIVE, WRITE, QuoteStatus
from kalon.quotes.models import Quote
from kalon.quotes.pages.looks import SIGNS, ends_in, look_of
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page


def card(request: HttpRequest, plan: Any) -> str | None:
    """The latest version with its options side by side, and the next step."""
    by = actor_of(request)
    if not by.may(VIEW) or plan.plan_type == "CONSERVATIVE":
        return None
    versions = list(queries.quotes_about(plan.pk, seen_by=by)[:6])
    money = queries.money_of_plan(plan.pk, seen_by=by)
    latest = versions[0] if versions else None
    audit.reads(by, versions[:1], purpose="plan page, quote")
    open_plan = str(plan.status) not in ENDED
    offered = queries.offered(latest) if latest else []
    context = {
        "plan": plan,
        "quote": latest,
        "look": look_of(latest) if latest else None,
        "ends": ends_in(latest) if latest else "",
        "offered": offered,
        "shares": _shares(latest, offered, plan) if latest else [],
        "money": money,
        "accepted": money.accepted,
        "may_draft": open_plan and by.may(WRITE) and (latest is None or latest.status == QuoteStatus.REJECTED),
        "to_deposit": _to_deposit(money, by),
        "deposit_key": uuid4(),
        "may_bill": money.accepted is not None and by.may(CHARGE),
        "may_waive": open_plan and by.may(WAIVE),
        "may_self_pay": open_plan and by.may(ACCEPT) and plan.money_type != "COSMETIC" and money.self_pay is None,
    }
    return render_to_string("quotes/_on_plan.html", context, request=request)


def _shares(quote: Quote, offered: list[queries.Offered], plan: Any) -> list[tuple[str, Any]]:
    """Of a quote over several plans: what of each option is this plan's."""
    if not any(line.plan_id not in (None, quote.plan_id) for one in offered for line in one.lines):
        return []
    return [(one.option.letter, queries.share_of(quote, one.lines, plan.pk)) for one in offered]


def _to_deposit(money: Any, by: Actor) -> Any:
    """What is still missing of the deposit, for those who may take it."""
    if money.accepted is None or not by.may(TAKE_PAYMENT) or money.deposit.is_met:
        return None
    return money.deposit.left


def missing(plan: Any, by: Actor) -> Iterable[Guard]:
    """Quote and deposit, in the list of what a plan still needs."""
    if plan.plan_type == "CONSERVATIVE":
        return
    said, accepted = queries.missing(plan.pk), None
    if by.may(VIEW):
        accepted = queries.accepted_for(plan.pk, seen_by=by)
    if said == "" and accepted is None:
        return  # nothing is asked for this plan
    if accepted is None:
        yield Guard("Quote accepted", "The patient, on their phone or here", done=False)
        return
    yield Guard("Quote accepted", f"{accepted.accepted_at:%-d %b}, {accepted.number}", done=said != "lapsed")
    if accepted.deposit_due:
        deposit = queries.deposit_of(accepted, seen_by=by)
        who = "Held for this plan" if deposit.is_met else "The front desk takes it"
        yield Guard("Deposit paid", who, done=said != "deposit")


@require_POST
@staff_page(TAKE_PAYMENT)
def deposit(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Take the deposit at the desk: it is kept for this plan, and its receipt is shown."""
    by = actor_of(request)
    form = DepositForm(request.POST)
    if not form.is_valid():
        field, (error, *_) = next(iter(form.errors.items()))
        raise Invalid(str(error), field=field)
    plan, asked = plans.plan(plan_id, seen_by=by), form.cleaned_data
    quote = queries.accepted_for(plan.pk, seen_by=by)
    kept_for = quote.plan_id if quote else plan.pk  # the money of a bundle is kept under its first plan
    payment = billing.receive_advance(
        plan.patient_id, plan.branch_id, asked["method"], asked["amount"], plan_id=kept_for,
        reference=asked["reference"], key=asked["key"], by=by,
    )  # fmt: skip
    said = f"Deposit received, receipt {payment.receipt_number}"
    return go(request, reverse("billing:payment", args=[payment.pk]), toast=said)


@require_POST
@staff_page(WAIVE)
def waive(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Ask neither quote nor deposit for this plan."""
    form = ReasonForm(request.POST)
    form.full_clean()
    actions.waive_money(plan_id, form.cleaned_data.get("reason", ""), by=actor_of(request))
    return go(request, reverse("plans:plan", args=[plan_id]), toast="Nothing is asked before this plan is booked")


@require_POST
@staff_page(WAIVE)
def end_waiver(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Ask for quote and deposit again."""
    actions.end_waiver(plan_id, by=actor_of(request))
    return go(request, reverse("plans:plan", args=[plan_id]), toast="Quote and deposit are asked again")


@staff_page(ACCEPT)
def self_pay(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """The patient signs that they pay a reconstructive plan themselves."""
    by = actor_of(request)
    plan = plans.plan(plan_id, seen_by=by)
    form = SelfPayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.sign_self_pay(plan_id, form.signing(), by=by)
        if not form.errors:
            return go(request, reverse("plans:plan", args=[plan_id]), toast="Signed. A quote is asked from now on.")
    audit.read(by, plan, purpose="sign to pay oneself")
    context = {
        "plan": plan, "patient": plan.patient, "banner": patients.banner(plan.patient), "form": form,
        "frame": consents.frame("en"),
        "signer": plan.patient.name, "role": SIGNS,
    }  # fmt: skip
    return render(request, "quotes/self_pay.html", context, status=422 if form.errors else 200)
