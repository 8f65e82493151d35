"""What is tapped and typed on a chart, parsed; the verbs judge it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from kalon.charts.actions import DeviceSetting, Mark
from kalon.charts.queries import Choice
from kalon.charts.rules import Depth, Technique, View, mirrored, places
from kalon.people import queries as people

WIDE = {"class": "select w-full text-ellipsis"}


def _number(label: str, **kwargs: Any) -> forms.DecimalField:
    widget = forms.NumberInput(attrs={"step": "any", "inputmode": "decimal", "class": "input w-full"})
    return forms.DecimalField(label=label, widget=widget, **kwargs)


def products(choices: Iterable[Choice]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The batches one can draw with, under the name of their product."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for one in choices:
        if one.batch:
            until = f" · {one.expires_on:%b %y}" if isinstance(one.expires_on, date) else ""
            words = f"{one.name} · {one.batch}{until} · {one.left.normalize():f} left"
        else:
            words = f"{one.name} · no batch in stock"
        groups.setdefault(one.name, []).append((one.value, words))
    return list(groups.items())


class PointForm(forms.Form):
    """A point: where it was tapped (x, y) or its place by name, what, how much, how deep and how."""

    product = forms.ChoiceField(label="Product and batch", widget=forms.Select(attrs=WIDE))
    quantity = _number("How much", max_digits=9, decimal_places=3)
    depth = forms.ChoiceField(choices=[("", "–"), *Depth.choices], required=False, widget=forms.Select(attrs=WIDE))
    technique = forms.ChoiceField(
        choices=[("", "–"), *Technique.choices], required=False, widget=forms.Select(attrs=WIDE)
    )
    mirror = forms.BooleanField(required=False, label="Both sides")
    place = forms.ChoiceField(required=False, label="Place by name", widget=forms.Select(attrs=WIDE))
    view = forms.ChoiceField(choices=View.choices, widget=forms.HiddenInput)
    region = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    x = forms.DecimalField(required=False, max_digits=12, decimal_places=6, widget=forms.HiddenInput)
    y = forms.DecimalField(required=False, max_digits=12, decimal_places=6, widget=forms.HiddenInput)

    def __init__(self, *args: Any, choices: list[Choice], view: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].choices = [("", "Choose what is injected"), *products(choices)]  # type: ignore[attr-defined]
        self.fields["place"].choices = [("", "Choose a place"), *places(view)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        told = self.cleaned_data
        if told.get("x") is None or told.get("y") is None:
            if not told.get("place"):
                self.add_error("place", "Tap on the drawing, or choose the place by its name.")
            else:
                region, x, y = told["place"].split(":")
                told.update(region=region, x=Decimal(x), y=Decimal(y))
        return told

    def marks(self) -> list[Mark]:
        """The point, and its twin on the other side where both sides are wanted."""
        names = ("view", "x", "y", "product", "quantity", "region", "depth", "technique")
        mark = Mark(**{name: self.cleaned_data[name] for name in names})
        twin = mirrored(mark.view, mark.x) if self.cleaned_data["mirror"] else None
        return [mark, replace(mark, view=twin[0], x=twin[1])] if twin else [mark]


class ChangeForm(forms.Form):
    """Another quantity or product at the same place."""

    product = forms.ChoiceField(label="Product and batch", widget=forms.Select(attrs=WIDE))
    quantity = _number("How much", max_digits=9, decimal_places=3)
    depth = forms.ChoiceField(choices=[("", "–"), *Depth.choices], required=False, widget=forms.Select(attrs=WIDE))
    technique = forms.ChoiceField(
        choices=[("", "–"), *Technique.choices], required=False, widget=forms.Select(attrs=WIDE)
    )

    def __init__(self, *args: Any, choices: list[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].choices = [("", "Choose what is injected"), *products(choices)]  # type: ignore[attr-defined]


class DoseForm(forms.Form):
    """Another quantity, by + and −."""

    quantity = forms.DecimalField(max_digits=9, decimal_places=3)


class SettingForm(forms.Form):
    """How a device was set on one area."""

    equipment: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        queryset=None, label="Device", empty_label="Choose a device"
    )
    area = forms.CharField(max_length=120, label="Area", help_text="Such as: both cheeks.")
    wavelength = forms.IntegerField(label="Wavelength, nm", min_value=190, max_value=11000)
    fluence = _number("Fluence, J/cm²", max_digits=6, decimal_places=2, min_value=Decimal("0.01"))
    spot = _number("Spot, mm", max_digits=4, decimal_places=1, min_value=Decimal("0.1"))
    pulse = _number("Pulse, ms", max_digits=9, decimal_places=4, min_value=Decimal("0.0001"))
    passes = forms.IntegerField(min_value=1, max_value=50, initial=1)

    def __init__(self, *args: Any, by: Any, branch_id: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["equipment"].queryset = people.equipment_of(branch_id=branch_id, seen_by=by)  # type: ignore[attr-defined]

    def setting(self) -> DeviceSetting:
        told = {name: value for name, value in self.cleaned_data.items() if name != "equipment"}
        return DeviceSetting(equipment_id=self.cleaned_data["equipment"].pk, **told)


class ReasonForm(forms.Form):
    """Why a finished chart is corrected."""

    reason = forms.CharField(max_length=300, label="What is wrong with it")
