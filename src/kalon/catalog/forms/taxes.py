"""Typing tax rates and schemes."""

from datetime import date
from typing import Any

from django import forms

from kalon.catalog.forms.shapes import Parsed
from kalon.catalog.models import TaxScheme
from kalon.kernel import clock


class TaxRateForm(forms.Form):
    """A rate that follows the one before it."""

    code = forms.CharField(max_length=40, help_text="The same code as the rate it follows, such as GST-18.")
    name = forms.CharField(max_length=120)
    percent = forms.DecimalField(min_value=0, max_value=100, decimal_places=2, label="Per cent")
    valid_from = forms.DateField(label="Holds from", widget=forms.DateInput(attrs={"type": "date"}))
    source = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=1000, label="Where it comes from",
        help_text="The law or notice, and who reviewed it.",
    )  # fmt: skip

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"valid_from": first_of_next_month(clock.today(zone))})
        super().__init__(*args, **kwargs)

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).strip().upper()


def first_of_next_month(day: date) -> date:
    """When a rate or a scheme usually begins."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


class SuccessorForm(TaxRateForm):
    """The rate that follows one: the code stays."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["code"]


class EndForm(forms.Form):
    """From which day on a rate or a scheme no longer holds."""

    valid_to = forms.DateField(label="No longer holds from", widget=forms.DateInput(attrs={"type": "date"}))


class TaxSchemeForm(Parsed):
    """A scheme that follows the one before it."""

    class Meta:
        model = TaxScheme
        fields = [
            "name", "code", "split", "whole", "first_half", "second_half", "registration", "registered_place",
            "address_from", "large_from", "valid_from", "source",
        ]  # fmt: skip
        labels = {
            "whole": "The whole tax", "first_half": "First half", "second_half": "Second half",
            "split": "How it splits",
            "address_from": "Patient's address on paper from", "large_from": "Listed by itself in the return above",
            "valid_from": "Holds from", "source": "Where it comes from", "name": "Name of the tax",
        }  # fmt: skip
        help_texts = {
            "code": "Capital letters, digits, - and _, such as GST_IN.",
            "whole": "As papers name it: IGST across states, or VAT.",
            "first_half": "As papers name it, such as CGST. Empty where the tax is one whole.",
            "second_half": "As papers name it, such as SGST. Empty where the tax is one whole.",
            "registration": "As papers name it, such as GSTIN or TRN.",
            "address_from": "Amount before tax. Empty for never.",
            "large_from": "Amount of a sale across states. Empty for none.",
            "source": "The law or notice, and who reviewed it.",
        }
        widgets = {
            "valid_from": forms.DateInput(attrs={"type": "date"}),
            "source": forms.Textarea(attrs={"rows": 2}),
        }

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).strip().upper()
