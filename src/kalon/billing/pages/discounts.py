"""The drawer on a draft bill in which a discount is given on one line, or asked for."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from kalon.billing import actions, queries
from kalon.billing.lifecycles import CHARGE
from kalon.billing.models import BillLine
from kalon.billing.pages.desk import bill_page
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.kernel.lookup import one
from kalon.pricing import queries as prices
from kalon.web.fronts import actor_of, go, refusals_on, staff_page


class DiscountForm(forms.Form):
    """What is taken off a line: one of the clinic's discounts or so much with a reason, a coupon, points."""

    discount_id = forms.ChoiceField(label="Discount", required=False)
    percent = forms.DecimalField(
        label="Or per cent", max_digits=5, decimal_places=2, min_value=Decimal("0.01"), max_value=100, required=False
    )
    amount = forms.DecimalField(
        label="Or amount", max_digits=12, decimal_places=2, min_value=Decimal("0.01"), required=False
    )
    reason = forms.CharField(label="Why", max_length=80, required=False, help_text="Stands on the bill.")
    coupon = forms.CharField(label="Coupon", max_length=40, required=False)
    points = forms.IntegerField(label="Points", min_value=1, max_value=10_000_000, required=False)

    def __init__(self, *args: Any, by: Actor, on: date, balance: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = prices.by_hand(seen_by=by, on=on)
        self.fields["discount_id"].choices = [  # type: ignore[attr-defined]
            ("", "None"), *((str(row.pk), row.name) for row in chosen)
        ]  # fmt: skip
        self.fields["points"].help_text = f"The patient has {balance}."

    def asked(self) -> prices.Asked:
        """What was typed, as the verb takes it."""
        typed = self.cleaned_data
        return prices.Asked(
            coupon=typed["coupon"], points=typed["points"] or 0, percent=typed["percent"], amount=typed["amount"],
            discount_id=UUID(typed["discount_id"]) if typed["discount_id"] else None, reason=typed["reason"],
        )  # fmt: skip


@staff_page(CHARGE)
def line_discount(request: HttpRequest, pk: UUID, line_id: UUID) -> HttpResponse:
    """The bill with the drawer open; saved, the line says what was taken off and why."""
    by, line = actor_of(request), _line(request, pk, line_id)
    form = _form(request, line)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.discount_line(pk, line_id, form.asked(), by=by)
            return go(request, reverse("billing:bill", args=[pk]), toast="Discount saved")
    return _drawn(request, line, form)


@require_POST
@staff_page(CHARGE)
def ask_discount(request: HttpRequest, pk: UUID, line_id: UUID) -> HttpResponse:
    """Ask for what is above the limit."""
    by, line = actor_of(request), _line(request, pk, line_id)
    form = _form(request, line)
    if form.is_valid():
        with refusals_on(form):
            actions.ask_for_discount(pk, line_id, form.asked(), by=by)
            return go(request, reverse("billing:line_discount", args=[pk, line_id]), toast="Asked for")
    return _drawn(request, line, form)


def _line(request: HttpRequest, pk: UUID, line_id: UUID) -> BillLine:
    line: BillLine | None = one(queries.lines_of(pk, seen_by=actor_of(request)).filter(pk=line_id))
    if line is None:
        raise NotFound("There is no such line on this bill.")
    return line


def _form(request: HttpRequest, line: BillLine) -> DiscountForm:
    by = actor_of(request)
    on = clock.today(queries.bill(line.bill_id, seen_by=by).branch.timezone)
    balance = prices.points_balance(line.patient_id, seen_by=by)
    approved = prices.open_approval(f"line:{line.pk}", seen_by=by)
    start = {"percent": approved.percent, "reason": approved.reason[:80]} if approved else {}
    return DiscountForm(request.POST or None, initial=start, by=by, on=on, balance=balance)


def _drawn(request: HttpRequest, line: BillLine, form: DiscountForm) -> HttpResponse:
    refusal = getattr(form, "refusal", None)
    extra = {
        "discounted": line,
        "discount_form": form,
        "approval": prices.last_approval(f"line:{line.pk}", seen_by=actor_of(request)),
        "may_ask": refusal is not None and refusal.facts.get("permission") == "pricing.approve_discount",
    }
    return bill_page(request, line.bill_id, status=422 if form.errors else 200, **extra)
