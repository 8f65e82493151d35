"""What people type about packages."""

from typing import Any
from uuid import uuid4

from django import forms

from kalon.catalog import queries as catalog
from kalon.entitlements.models import MembershipOffer, Terms
from kalon.kernel.actors import Actor


class SaleForm(forms.Form):
    """Which package, and a discount with its reason."""

    package = forms.ChoiceField(label="Package", widget=forms.RadioSelect)
    discount = forms.DecimalField(label="Discount", min_value=0, max_digits=12, decimal_places=2, required=False)
    discount_reason = forms.CharField(label="Why", max_length=100, required=False)

    def __init__(self, *args: Any, packages: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["package"].choices = [(str(row.pk), row.name) for row in packages]  # type: ignore[attr-defined]


class UseForm(forms.Form):
    """At which visit a session is used."""

    appointment = forms.UUIDField()


class ReasonForm(forms.Form):
    """Why something is taken back."""

    reason = forms.CharField(label="Why", max_length=300)


class ExtendForm(ReasonForm):
    """Until when a package is extended, and why."""

    until = forms.DateField(label="Valid until", widget=forms.DateInput(attrs={"type": "date"}))
    field_order = ("until", "reason")


class TransferForm(ReasonForm):
    """Who gets the package: by the number of their record."""

    mrn = forms.CharField(label="MRN of the patient who gets it", max_length=40)
    field_order = ("mrn", "reason")


class VoucherForm(forms.Form):
    """What a gift voucher is worth, or for which service it is; who gets it."""

    amount = forms.DecimalField(label="Amount", min_value=0, max_digits=12, decimal_places=2, required=False)
    service = forms.ChoiceField(label="Or for a treatment", required=False)
    recipient = forms.CharField(label="Who gets it", max_length=120, required=False)
    message = forms.CharField(label="Message on the card", max_length=500, required=False, widget=forms.Textarea)

    def __init__(self, *args: Any, services: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "No, an amount"), *((str(row.pk), row.name) for row in services)]
        self.fields["service"].choices = choices  # type: ignore[attr-defined]


class CodeForm(forms.Form):
    """The code on a card."""

    code = forms.CharField(label="Code on the card", max_length=40)


class RedeemForm(CodeForm):
    """The code on the card, and how much of it; `key` makes a request that is sent twice count once."""

    amount = forms.DecimalField(label="Amount", min_value=0, max_digits=12, decimal_places=2, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class MembershipForm(forms.Form):
    """Which membership."""

    offer = forms.ChoiceField(label="Membership", widget=forms.RadioSelect)

    def __init__(self, *args: Any, offers: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["offer"].choices = [(str(row.pk), row.name) for row in offers]  # type: ignore[attr-defined]


class OfferForm(forms.Form):
    """A membership to be sold: its price, for how long, what members pay less."""

    name = forms.CharField(label="Name", max_length=80)
    period = forms.ChoiceField(label="For", choices=MembershipOffer.Period.choices, initial="YEAR")
    price = forms.DecimalField(label="Price before tax", min_value=0, max_digits=12, decimal_places=2)
    percent = forms.DecimalField(label="Per cent off", min_value=1, max_value=100, max_digits=5, decimal_places=2)
    tax_code = forms.ChoiceField(label="Tax", required=False)
    package = forms.ChoiceField(label="Package", required=False)

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rates = catalog.tax_rates(seen_by=by).order_by("code", "-valid_from").distinct("code")
        packages = [row for row in catalog.packages(seen_by=by) if row.items.all()]
        choices = [("", "No tax"), *((rate.code, rate.name) for rate in rates)]
        self.fields["tax_code"].choices = choices  # type: ignore[attr-defined]
        given = [("", "None"), *((str(row.pk), row.name) for row in packages)]
        self.fields["package"].choices = given  # type: ignore[attr-defined]


class TermsForm(forms.ModelForm):  # type: ignore[type-arg]
    """The terms of packages and vouchers."""

    class Meta:
        model = Terms
        fields = ("usable", "used_at", "warn_days", "voucher_months")
