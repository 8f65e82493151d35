"""Parsing of what nurses and doctors write, shared by the pages."""

from datetime import date, timedelta
from typing import Any

from django import forms

from kalon.consultations.lifecycles import Outcome


class VitalsForm(forms.Form):
    """One set of measurements; every field may be left out."""

    systolic = forms.IntegerField(label="Upper pressure", required=False, min_value=40, max_value=300)
    diastolic = forms.IntegerField(label="Lower pressure", required=False, min_value=20, max_value=200)
    pulse = forms.IntegerField(label="Pulse", required=False, min_value=20, max_value=300)
    oxygen = forms.IntegerField(label="Oxygen", required=False, min_value=40, max_value=100)
    temperature = forms.DecimalField(label="Temperature", required=False, min_value=30, max_value=45, decimal_places=1)
    respiration = forms.IntegerField(label="Breathing", required=False, min_value=4, max_value=80)
    weight = forms.DecimalField(label="Weight", required=False, min_value=1, max_value=400, decimal_places=1)
    height = forms.DecimalField(label="Height", required=False, min_value=30, max_value=260, decimal_places=1)
    pain = forms.IntegerField(label="Pain", required=False, min_value=0, max_value=10)
    note = forms.CharField(label="Remark", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))

    units = {
        "systolic": "mmHg",
        "diastolic": "mmHg",
        "pulse": "/min",
        "oxygen": "%",
        "temperature": "°C",
        "respiration": "/min",
        "weight": "kg",
        "height": "cm",
        "pain": "0 to 10",
    }

    def measured(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.units}

    def rows(self) -> list[tuple[forms.BoundField, str]]:
        """Each measurement with its unit, for the page."""
        return [(self[name], unit) for name, unit in self.units.items()]


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
