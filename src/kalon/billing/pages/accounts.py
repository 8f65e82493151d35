"""A patient's account at the desk: its statement, and the money on account with what may be done with it."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kalon.billing import actions, queries
from kalon.billing.api.bills import pdf
from kalon.billing.lifecycles import CHARGE, TAKE_PAYMENT, TRANSFER, VIEW, PaymentStatus
from kalon.billing.models import Payment
from kalon.kernel import audit, clock
from kalon.kernel.errors import Invalid
from kalon.patients import queries as patients
from kalon.people import queries as people
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

AT_THE_DESK = (Payment.Method.UPI, Payment.Method.CARD, Payment.Method.CASH, Payment.Method.BANK)


class TopUpForm(forms.Form):
    """Money into a patient's account."""

    method = forms.ChoiceField(
        label="Paid by", choices=[(method.value, method.label) for method in AT_THE_DESK], widget=forms.RadioSelect
    )
    amount = forms.DecimalField(label="Amount ₹", max_digits=12, decimal_places=2, min_value=Decimal("0.01"))
    reference = forms.CharField(label="Reference", max_length=80, required=False)
    key = forms.CharField(max_length=120, widget=forms.HiddenInput)

    @classmethod
    def empty(cls) -> "TopUpForm":
        return cls(initial={"method": Payment.Method.UPI, "key": str(uuid4())})


class TransferForm(forms.Form):
    """Money on account for another patient."""

    mrn = forms.CharField(label="Number of the other patient", max_length=20)
    amount = forms.DecimalField(label="Amount ₹", max_digits=12, decimal_places=2, min_value=Decimal("0.01"))
    reason = forms.CharField(label="Why", max_length=500)
    key = forms.CharField(max_length=80, widget=forms.HiddenInput)


class LinkForm(forms.Form):
    """A link by which a patient pays into their account."""

    amount = forms.DecimalField(label="Amount ₹", max_digits=12, decimal_places=2, min_value=Decimal("0.01"))


@require_GET
@staff_page(VIEW)
def statement(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Every movement of a patient's money in some days, with what they owed after it."""
    context = queries.statement_page(patient_id, request.GET, seen_by=actor_of(request))
    context |= {"tabs": _tabs(patient_id, "statement"), "may_send": actor_of(request).may(CHARGE)}
    return render(request, "billing/statement.html", context)


@require_GET
@staff_page(VIEW)
def statement_paper(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """The statement on paper."""
    since, until = queries.days_asked(request.GET)
    return pdf(actions.statement_pdf(patient_id, since, until, by=actor_of(request)), f"statement-{patient_id}.pdf")


@require_POST
@staff_page(CHARGE)
def send_statement(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Tell the patient where their statement is."""
    sent = actions.send_statement(patient_id, *queries.days_asked(request.POST), by=actor_of(request))
    toast = "Statement sent" if sent else "No way to reach this patient. Print the statement instead."
    return go(request, reverse("billing:statement", args=[patient_id]), toast=toast)


@require_GET
@staff_page(VIEW)
def account(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """What is on account of a patient, and what may be done with it."""
    return _account(request, patient_id)


@require_POST
@staff_page(TAKE_PAYMENT)
def top_up(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Take money that no bill asks for yet."""
    form, by = TopUpForm(request.POST), actor_of(request)
    if form.is_valid():
        asked = form.cleaned_data
        with refusals_on(form):
            made = actions.receive_advance(
                patient_id, people.own_branch(by).pk, asked["method"], asked["amount"],
                reference=asked["reference"], key=asked["key"], by=by,
            )  # fmt: skip
            toast = f"Receipt {made.receipt_number} made"
            return go(request, reverse("billing:account", args=[patient_id]), toast=toast)
    return _account(request, patient_id, top_up_form=form, status=422)


@require_POST
@staff_page(TAKE_PAYMENT)
def advance_link(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Make a link by which the patient pays into their account, and send it to them."""
    form, by = LinkForm(request.POST), actor_of(request)
    if form.is_valid():
        with refusals_on(form):
            branch = people.own_branch(by)
            made = actions.make_advance_link(patient_id, branch.pk, form.cleaned_data["amount"], by=by)
            sent = actions.send_pay_link(made.pk, by=by)
            toast = "Payment link sent" if sent else "Link made. Nobody could be reached: show the code instead."
            return go(request, reverse("billing:account", args=[patient_id]), toast=toast)
    return _account(request, patient_id, link_form=form, status=422)


@require_POST
@staff_page(TRANSFER)
def transfer(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Give money on account to another patient."""
    form, by = TransferForm(request.POST, auto_id="id_transfer_%s"), actor_of(request)
    if form.is_valid():
        asked = form.cleaned_data
        with refusals_on(form):
            to = patients.patients(seen_by=by).filter(mrn__iexact=asked["mrn"].strip()).first()
            if to is None:
                raise Invalid("There is no patient with this number. Compare it once more.", field="mrn")
            actions.transfer_on_account(patient_id, to.pk, asked["amount"], asked["reason"], key=asked["key"], by=by)
            return go(request, reverse("billing:account", args=[patient_id]), toast=f"Given to {to.name}")
    return _account(request, patient_id, transfer_form=form, status=422)


def _account(request: HttpRequest, patient_id: UUID, *, status: int = 200, **shown: Any) -> HttpResponse:
    by = actor_of(request)
    patient = patients.patient(patient_id, seen_by=by)
    held = list(queries.on_account(patient.pk, seen_by=by).select_related("plan", "branch"))
    links = queries.payments(seen_by=by).filter(
        patient_id__person=patient.pk, bill=None, status=PaymentStatus.PENDING, expires_at__gt=clock.now()
    )
    audit.reads(by, [patient, *held], purpose="money on account")
    context = {
        "patient": patient,
        "tabs": _tabs(patient.pk, "account"),
        "money": queries.money_of(patient.pk, seen_by=by),
        "held": held,
        "links": list(links),
        "may_take": by.may(TAKE_PAYMENT),
        "may_refund": by.may("billing.refund"),
        "takes_online": bool(queries.chosen_gateway(seen_by=by)),
        "top_up_form": TopUpForm.empty(),
        "may_transfer": by.may(TRANSFER),
        "transfer_form": TransferForm(auto_id="id_transfer_%s", initial={"key": str(uuid4())}),
        "link_form": LinkForm(auto_id="id_link_%s"),
        **shown,
    }
    return render(request, "billing/account.html", context, status=status)


def _tabs(patient_id: UUID, current: str) -> list[dict[str, Any]]:
    pages = (("statement", "Statement"), ("account", "On account"))
    return [
        {"label": label, "url": reverse(f"billing:{name}", args=[patient_id]), "current": name == current}
        for name, label in pages
    ]
