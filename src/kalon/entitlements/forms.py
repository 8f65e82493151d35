"""What people type about packages."""

from typing import Any

from django import forms

from kalon.entitlements.models import Terms


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


class TermsForm(forms.ModelForm):  # type: ignore[type-arg]
    """The terms of packages and vouchers."""

    class Meta:
        model = Terms
        fields = ("usable", "used_at", "warn_days", "voucher_months")
