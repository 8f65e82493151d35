"""Parsing of what nurses and doctors write, shared by the pages."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from kalon.consultations.lifecycles import Outcome, Section
from kalon.consultations.rules import MEASURES, UNITS


def _measure(label: str, low: int, high: int, *, places: int = 0) -> forms.IntegerField:
    """A number that a device shows; one that cannot be is asked for again."""
    kind = partial(forms.DecimalField, decimal_places=places) if places else forms.IntegerField
    field: forms.IntegerField = kind(label=label, required=False, min_value=low, max_value=high)
    for validator in field.validators:
        if isinstance(validator, MinValueValidator | MaxValueValidator):
            validator.message = f"This lies between {low} and {high}. Check the number."
    return field


class VitalsForm(forms.Form):
    """One set of measurements; every field may be left out. A unit that is not chosen is the one we keep."""

    systolic = _measure("Upper pressure", 40, 300)
    diastolic = _measure("Lower pressure", 20, 200)
    pulse = _measure("Pulse", 20, 300)
    oxygen = _measure("Oxygen", 40, 100)
    temperature = forms.DecimalField(label="Temperature", required=False, max_digits=5, decimal_places=1)
    respiration = _measure("Breathing", 4, 80)
    glucose = forms.DecimalField(label="Blood glucose", required=False, max_digits=6, decimal_places=1)
    weight = _measure("Weight", 1, 400, places=1)
    height = _measure("Height", 30, 260, places=1)
    temperature_unit = forms.ChoiceField(required=False, choices=[(unit, unit) for unit in UNITS["temperature"]])
    glucose_unit = forms.ChoiceField(required=False, choices=[(unit, unit) for unit in UNITS["glucose"]])
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

    # Guards against a slip between the units: nobody is measured at 98 °C or at 37 °F.
    possible = {
        ("temperature", "°C"): (30, 45), ("temperature", "°F"): (86, 113),
        ("glucose", "mg/dL"): (10, 1000), ("glucose", "mmol/L"): (Decimal("0.6"), 55),
    }  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name in ("temperature", "glucose"):
            value, unit = cleaned.get(name), cleaned.get(f"{name}_unit") or UNITS[name][0]
            low, high = self.possible[name, unit]
            if value is not None and not low <= value <= high:
                self.add_error(name, f"In {unit} this lies between {low} and {high}. Check the number and the unit.")
        return cleaned

    def measured(self) -> dict[str, Any]:
        """What was measured, in the units that were chosen."""
        return {name: self.cleaned_data[name] for name in MEASURES}

    def units(self) -> dict[str, str]:
        chosen = {name: self.cleaned_data.get(f"{name}_unit") or "" for name in ("temperature", "glucose")}
        return {name: unit for name, unit in chosen.items() if unit}


class SectionForm(forms.Form):
    """One section of the note, saved as it is typed."""

    text = forms.CharField(required=False, strip=False, widget=forms.Textarea)
    edition = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class SettleForm(forms.Form):
    """Which of two texts a section says from now on."""

    keep = forms.CharField(max_length=40)
    edition = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class AddendumForm(forms.Form):
    """What is added to a signed note."""

    text = forms.CharField(label="Add to this note", widget=forms.Textarea(attrs={"rows": 3}))


class UseTemplateForm(forms.Form):
    """A template to begin the note with."""

    template = forms.UUIDField(error_messages={"required": "Choose a template."})


class TemplateForm(forms.Form):
    """A template: its name, whom it is for, and a text for each section of the note."""

    name = forms.CharField(label="Name", max_length=100)
    specialty = forms.CharField(label="Specialty", required=False, max_length=100)
    service_id = forms.UUIDField(label="Service", required=False)

    def __init__(self, *args: Any, services: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Any service"), *services]
        self.fields["service_id"].widget = forms.Select(choices=choices)
        for section in Section:
            self.fields[section.value] = forms.CharField(
                label=section.label, required=False, strip=False, widget=forms.Textarea(attrs={"rows": 2})
            )

    def sections(self) -> dict[str, str]:
        return {name: self.cleaned_data[name].replace("\r\n", "\n") for name in Section.values}


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


class ReferralForm(forms.Form):
    """What is asked of the doctor to whom the patient is referred."""

    words = forms.CharField(
        label="What you ask of them", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write what you ask of the other doctor."},
    )  # fmt: skip


class CertificateForm(forms.Form):
    """From when until when somebody is unfit for work."""

    first_day = forms.DateField(label="First day", widget=forms.DateInput(attrs={"type": "date"}))
    last_day = forms.DateField(label="Last day", widget=forms.DateInput(attrs={"type": "date"}))
    words = forms.CharField(label="Remark", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
