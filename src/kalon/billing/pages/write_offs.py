"""Write-offs that somebody asked for, to be decided by whoever may; and what one person may decide alone."""

from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.db.models import Case, IntegerField, Value, When
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kalon.billing import actions, queries
from kalon.billing.forms import ReasonForm
from kalon.billing.lifecycles import CHARGE, GIVE_UP, MANAGE, WriteOffStatus
from kalon.billing.pages.desk import bill_page
from kalon.kernel import audit
from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people
from kalon.people import queries as people_queries
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

PAGE = 20


class DecisionForm(forms.Form):
    """Yes or no, with a note; a no needs one."""

    decision = forms.ChoiceField(choices=[("approve", "Approve"), ("refuse", "Refuse"), ("withdraw", "Withdraw")])
    note = forms.CharField(max_length=500, required=False)


class PolicyForm(forms.Form):
    """What one person alone may write off, and which way half a paisa goes."""

    write_off_limit = forms.DecimalField(
        label="One person alone writes off up to ₹", max_digits=12, decimal_places=2, min_value=Decimal(0),
        help_text="Above it somebody asks, and somebody else approves. 0: always two people.",
    )  # fmt: skip
    rounding = forms.ChoiceField(
        label="Half a paisa", required=False,
        help_text="For taxes, shares and percentages from now on. What is written stays as it is.",
    )  # fmt: skip


@require_POST
@staff_page(CHARGE)
def write_off(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give up what is owed, where one person may; else ask somebody else."""
    by, form = actor_of(request), ReasonForm(request.POST)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        with refusals_on(form):
            if queries.may_write_off_alone(queries.bill(pk, seen_by=by), by=by):
                actions.write_off(pk, reason, by=by)
                return go(request, reverse("billing:bill", args=[pk]), toast="Written off")
            actions.ask_write_off(pk, reason, by=by)
            return go(request, reverse("billing:bill", args=[pk]), toast="Asked for; somebody else decides")
    return bill_page(request, pk, write_off_form=form, status=422)


@require_GET
@staff_page(CHARGE)
def write_offs(request: HttpRequest) -> HttpResponse:
    """What waits for an answer first, then what was decided, the latest first."""
    return _list(request, DecisionForm())


@require_POST
@staff_page(CHARGE)
def decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Yes, no, or not needed any more."""
    form = DecisionForm(request.POST)
    if form.is_valid():
        note, by = form.cleaned_data["note"], actor_of(request)
        with refusals_on(form):
            if form.cleaned_data["decision"] == "approve":
                actions.approve_write_off(pk, note=note, by=by)
                return go(request, "billing:write_offs", toast="Written off")
            if form.cleaned_data["decision"] == "withdraw":
                actions.withdraw_write_off(pk, note, by=by)
                return go(request, "billing:write_offs", toast="Write-off withdrawn")
            actions.refuse_write_off(pk, note, by=by)
            return go(request, "billing:write_offs", toast="Write-off refused")
    return _list(request, form, asked=pk, status=422)


@staff_page(MANAGE)
def policy(request: HttpRequest) -> HttpResponse:
    """What the clinic decides about its bills."""
    by = actor_of(request)
    held, clinic = queries.billing_policy(seen_by=by), people_queries.organization(seen_by=by)
    begun = {"write_off_limit": held.write_off_limit, "rounding": clinic.rounding}
    form = PolicyForm(request.POST or None, initial=begun)
    ways = cast(forms.ChoiceField, form.fields["rounding"])
    ways.choices, ways.disabled = clinic._meta.get_field("rounding").choices or (), not by.may("people.manage")
    if request.method == "POST" and form.is_valid():
        with refusals_on(form), acting_as(by):
            actions.set_billing_policy(write_off_limit=form.cleaned_data["write_off_limit"], by=by)
            if form.cleaned_data["rounding"]:
                people.choose_rounding(form.cleaned_data["rounding"], by=by)
            return go(request, "billing:policy", toast="Saved")
    return render(request, "billing/policy.html", {"form": form}, status=422 if form.errors else 200)


def _list(request: HttpRequest, form: DecisionForm, *, asked: UUID | None = None, status: int = 200) -> HttpResponse:
    by = actor_of(request)
    waiting_first = Case(
        When(status=WriteOffStatus.ASKED, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    rows = queries.write_offs(seen_by=by).order_by(waiting_first, "-created_at", "-id")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    audit.reads(by, list(page.object_list), purpose="list of write-offs")
    context: dict[str, Any] = {
        "page": page, "form": form, "asked": asked, "user_id": by.user_id, "may_decide": by.may(GIVE_UP),
    }  # fmt: skip
    return render(request, "billing/write_offs.html", context, status=status)
