"""What people type into billing's pages."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.conf import settings

from kalon.billing.actions import gateways
from kalon.billing.lifecycles import BillStatus
from kalon.billing.models import Bill, Payment

FILTERS = [("", "All"), ("open", "To pay"), (BillStatus.PAID, "Paid"), ("on_account", "On account"),
           (BillStatus.DRAFT, "Drafts"), (BillStatus.VOID, "Void")]  # fmt: skip


class PaymentForm(forms.Form):
    """Money taken at the desk: pre-filled with what is owed, so that one press is enough."""

    method = forms.ChoiceField(
        label="Paid by",
        choices=[(m.value, m.label) for m in (Payment.Method.UPI, Payment.Method.CARD, Payment.Method.CASH)],
        widget=forms.RadioSelect,
    )
    amount = forms.DecimalField(
        label="Amount ₹", max_digits=12, decimal_places=2, min_value=Decimal("0.01"), localize=False
    )
    reference = forms.CharField(label="Reference", max_length=80, required=False)
    key = forms.CharField(max_length=120, widget=forms.HiddenInput)

    @classmethod
    def for_bill(cls, owed: Decimal) -> "PaymentForm":
        return cls(initial={"method": Payment.Method.UPI, "amount": owed, "key": str(uuid4())})


class ReasonForm(forms.Form):
    """Why a bill is cancelled or written off."""

    reason = forms.CharField(label="Why", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class LineForm(forms.Form):
    """One more thing on a draft bill."""

    service = forms.ChoiceField(label="Service", required=False)
    description = forms.CharField(label="Or write what it is", max_length=200, required=False)
    quantity = forms.DecimalField(
        label="Quantity", max_digits=9, decimal_places=3, min_value=Decimal("0.001"), initial=Decimal(1)
    )
    unit_price = forms.DecimalField(
        label="Price ₹", max_digits=12, decimal_places=2, min_value=Decimal(0), required=False,
        help_text="Empty: the catalogue's price.",
    )  # fmt: skip
    discount = forms.DecimalField(
        label="Discount ₹", max_digits=12, decimal_places=2, min_value=Decimal(0), required=False, initial=Decimal(0)
    )
    discount_reason = forms.CharField(label="Why a discount", max_length=200, required=False)

    def __init__(self, *args: Any, services: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["service"].choices = [("", "Choose a service"), *services]  # type: ignore[attr-defined]


class BuyerForm(forms.Form):
    """Who a draft is made out to: a business with a registration of its own."""

    buyer_gstin = forms.CharField(label="GSTIN", max_length=20, required=False, help_text="Empty: the patient alone.")
    buyer_name = forms.CharField(label="Legal name", max_length=300, required=False)
    buyer_address = forms.CharField(label="Address", max_length=300, required=False)

    @classmethod
    def of(cls, bill: Bill) -> "BuyerForm":
        held = {"buyer_gstin": bill.buyer_gstin, "buyer_name": bill.buyer_name, "buyer_address": bill.billed_address}
        return cls(initial=held)


class RefundForm(forms.Form):
    """Money on account to be paid back."""

    amount = forms.DecimalField(label="Amount ₹", max_digits=12, decimal_places=2, min_value=Decimal("0.01"))
    reason = forms.CharField(label="Why", max_length=500)
    key = forms.CharField(max_length=120, widget=forms.HiddenInput)


class RefundStepForm(forms.Form):
    """The next step of a refund: approve it, record it as paid back, or turn it down."""

    step = forms.ChoiceField(choices=[("approve", "Approve"), ("done", "Paid back"), ("fail", "Turn down")])
    note = forms.CharField(max_length=500, required=False)


class CheckoutForm(forms.Form):
    """What the payer chose on the embedded gateway's page."""

    method = forms.CharField(max_length=20, required=False)
    decision = forms.ChoiceField(choices=[("pay", "Pay"), ("decline", "Decline")])


class GatewayChoiceForm(forms.Form):
    """Which gateway patients pay through; the practice gateway is offered where practising is allowed."""

    gateway = forms.ChoiceField(label="Patients pay online through", required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        practice = [(gateways.PRACTICE, "Practice gateway: no real money")] if settings.KALON_PRACTICE_GATEWAY else []
        offered = [(gateway.name, gateway.label) for gateway in gateways.offered()]
        field = self.fields["gateway"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Nobody pays online"), *practice, *offered]


class GatewayKeysForm(forms.Form):
    """The keys of an account with a gateway. What was saved is never shown again; an empty field keeps it."""

    key_id = forms.CharField(label="Public key or key id", max_length=120, required=False)
    secret = forms.CharField(
        label="Secret key", max_length=300, required=False, widget=forms.PasswordInput(attrs={"autocomplete": "off"})
    )
    webhook_secret = forms.CharField(
        label="Webhook secret",
        max_length=300,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
