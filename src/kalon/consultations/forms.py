"""Parsing of what nurses and doctors write, shared by the pages."""

from datetime import date, timedelta
from functools import partial
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from kalon.consultations.lifecycles import Outcome


def _measure(label: str, low: int, high: int, *, places: int = 0) -> forms.IntegerField:
    """A number that a device shows; one that cannot be is asked for again."""
    kind = partial(forms.DecimalField, decimal_places=places) if places else forms.IntegerField
    field: forms.IntegerField = kind(label=label, required=False, min_value=low, max_value=high)
    for validator in field.validators:
        if isinstance(validator, MinValueValidator | MaxValueValidator):
            validator.message = f"This lies between {low} and {high}. Check the number."
    return field


class VitalsForm(forms.Form):
    """One set of measurements; every field may be left out."""

    systolic = _measure("Upper pressure", 40, 300)
    diastolic = _measure("Lower pressure", 20, 200)
    pulse = _measure("Pulse", 20, 300)
    oxygen = _measure("Oxygen", 40, 100)
    temperature = _measure("Temperature", 30, 45, places=1)
    respiration = _measure("Breathing", 4, 80)
    weight = _measure("Weight", 1, 400, places=1)
    height = _measure("Height", 30, 260, places=1)
    pain = forms.TypedChoiceField(
        label="Pain now",
        required=False,
        choices=[("", "Not asked"), *((str(level), str(level)) for level in range(11))],
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Pain is a number from 0 to 10."},
    )
    note = forms.CharField(label="Remark", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))

    def measured(self) -> dict[str, Any]:
        """What was measured, without the remark."""
        return {name: value for name, value in self.cleaned_data.items() if name != "note"}


class NoteForm(forms.Form):
    """The doctor's note; saved as it is typed."""

    complaint = forms.CharField(label="What the patient says", required=False, widget=forms.Textarea)
    history = forms.CharField(label="History", required=False, widget=forms.Textarea)
    findings = forms.CharField(label="What I see", required=False, widget=forms.Textarea)
    diagnosis = forms.CharField(label="Assessment", required=False, widget=forms.Textarea)
    advice = forms.CharField(label="What the patient will read", required=False, widget=forms.Textarea)
    edition = forms.IntegerField(widget=forms.HiddenInput)

    fields_of_note = ("complaint", "history", "findings", "diagnosis", "advice")

    def note(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.fields_of_note}


class OutcomeForm(forms.Form):
    """The decision, with what belongs to it."""

    outcome = forms.ChoiceField(label="Outcome", choices=Outcome.choices, widget=forms.RadioSelect)
    referred_to = forms.CharField(label="Referred to", required=False, max_length=500)
    follow_up_on = forms.DateField(
        label="Next visit on", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def clean_follow_up_on(self) -> date | None:
        day: date | None = self.cleaned_data["follow_up_on"]
        if day and day > date.max - timedelta(days=366):
            raise forms.ValidationError("This date is too far away.")
        return day


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Why", max_length=500)
