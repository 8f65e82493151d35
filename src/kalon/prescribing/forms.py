"""Parsing of what doctors write on a prescription."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms

from kalon.prescribing.actions import Fate, HandOut, LineDetails
from kalon.prescribing.actions.writing import KIDNEYS, PREGNANCY, Advice
from kalon.prescribing.models import PrescriptionItem
from kalon.prescribing.queries import Shelf, ToGive
from kalon.prescribing.rules import DOSE_UNITS, FREQUENCIES, TIMINGS, Medicine, counted, plain

A_STEP = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:x|×)?\s*([A-Za-z]+)\s*(?:x|×|for)?\s*(\d+)\s*(?:d|days?)?\s*", re.ASCII)
STEPS_HELP = "Dose, how often, days; one step after another: 4 OD 5d, 3 OD 5d, 2 OD 5d"


class LineForm(forms.Form):
    """One medicine as it is taken."""

    name = forms.CharField(label="Medicine", max_length=200)
    form = forms.CharField(label="Form", max_length=60, required=False)
    strength = forms.CharField(label="Strength", max_length=60, required=False)
    route = forms.CharField(label="Route", max_length=40, required=False)
    dose = forms.DecimalField(
        label="Dose",
        max_digits=9,
        decimal_places=3,
        error_messages={"invalid": "Write the dose as a number, such as 1 or 0.5."},
    )
    dose_unit = forms.ChoiceField(label="Unit", choices=[(unit, unit) for unit in DOSE_UNITS])
    frequency = forms.ChoiceField(label="How often", choices=[(one.code, one.label) for one in FREQUENCIES.values()])
    every_hours = forms.IntegerField(label="Hours between", required=False)
    most_a_day = forms.IntegerField(label="At most a day", required=False)
    days = forms.IntegerField(label="Days", required=False, error_messages={"invalid": "Write the days as a number."})
    steps = forms.CharField(label="Tapering", required=False, max_length=400, help_text=STEPS_HELP)
    timing = forms.ChoiceField(label="When", choices=list(TIMINGS.items()), required=False)
    quantity = forms.DecimalField(label="Quantity", max_digits=10, decimal_places=3, required=False)
    is_in_house = forms.BooleanField(label="From our own stock", required=False)
    instructions = forms.CharField(label="Special instructions", max_length=1000, required=False)

    def __init__(
        self, *args: Any, item: PrescriptionItem | None = None, medicine: Medicine | None = None, **kw: Any
    ) -> None:
        self.item, self.medicine = item, medicine
        if item is not None:
            kw.setdefault("prefix", f"i{item.pk.hex[-8:]}")
            kw.setdefault("initial", _initial(item))
        super().__init__(*args, **kw)

    def clean_steps(self) -> list[dict[str, Any]]:
        text = self.cleaned_data["steps"].strip()
        steps = []
        for part in filter(None, re.split(r"[,;\n]", text)):
            found = A_STEP.fullmatch(part)
            if found is None:
                raise forms.ValidationError(f"“{part.strip()[:40]}” is no step. {STEPS_HELP}.")
            steps.append({"dose": found[1], "frequency": found[2].upper(), "days": int(found[3])})
        return steps

    def details(self) -> LineDetails:
        """The line as the verb takes it; a quantity that was only worked out is worked out again."""
        given = dict(self.cleaned_data)
        if self.item is not None and "quantity" not in self.changed_data:
            given["quantity"] = None if _was_computed(self.item) else self.item.quantity
        code = self.item.medicine if self.item is not None else ""
        renamed = self.item is not None and given["name"] != self.item.name
        return LineDetails(**{**given, "medicine": "" if renamed else code,
                              "stock_item": self.item.stock_item if self.item else None})  # fmt: skip


class AdviceForm(forms.Form):
    """What goes with the medicines."""

    pregnancy = forms.ChoiceField(label="Pregnancy", choices=list(PREGNANCY.items()), required=False)
    kidneys = forms.ChoiceField(label="Kidneys", choices=list(KIDNEYS.items()), required=False)
    advice = forms.CharField(
        label="General advice", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )
    diet = forms.CharField(label="Diet", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))
    follow_up = forms.CharField(
        label="Follow-up", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )
    refills = forms.IntegerField(label="May be repeated", required=False, min_value=0, max_value=12)
    refills_until = forms.DateField(label="Until", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def given(self) -> Advice:
        return Advice(**{**self.cleaned_data, "refills": self.cleaned_data["refills"] or 0})


class GiveForm(forms.Form):
    """What is handed out: for each medicine how much, and from which item of the store where several stand for it."""

    def __init__(self, *args: Any, lines: Sequence[ToGive], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.lines = [line for line in lines if line.most]
        for line in self.lines:
            key = line.item.pk.hex[-8:]
            self.fields[f"q{key}"] = forms.DecimalField(
                label=f"How much, in {line.item.counted_in}s", max_digits=10, decimal_places=3, min_value=0,
                required=False, initial=plain(line.most),
                error_messages={"invalid": "Write how much as a number."},
            )  # fmt: skip
            if len(line.fitting) > 1:
                self.fields[f"s{key}"] = forms.ChoiceField(
                    label="Which one", required=False,
                    choices=[(str(shelf.item.pk), _shelf(shelf)) for shelf in line.fitting],
                )  # fmt: skip

    def fields_of(self, line: ToGive) -> tuple[Any, Any]:
        """The two fields of a medicine; None where there is nothing to choose."""
        key = line.item.pk.hex[-8:]
        return tuple(self[name] if name in self.fields else None for name in (f"q{key}", f"s{key}"))  # type: ignore[return-value]

    def given(self) -> list[HandOut]:
        """What was counted, medicine by medicine."""
        found = []
        for line in self.lines:
            key = line.item.pk.hex[-8:]
            chosen = self.cleaned_data.get(f"s{key}") or ""
            quantity = self.cleaned_data.get(f"q{key}") or Decimal(0)
            found.append(
                HandOut(item_id=line.item.pk, quantity=quantity, stock_item_id=UUID(chosen) if chosen else None)
            )
        return found

    def in_words(self) -> str:
        names = {line.item.pk: line.item for line in self.lines}
        words = [
            f"{counted(one.quantity, names[one.item_id].counted_in)} of {names[one.item_id].name}"
            for one in self.given()
            if one.quantity
        ]
        return ", ".join(words)


class BackForm(forms.Form):
    """What comes back, why, and where it goes."""

    quantity = forms.DecimalField(
        label="How much", max_digits=10, decimal_places=3, error_messages={"invalid": "Write how much as a number."}
    )
    reason = forms.CharField(label="Why", max_length=300, error_messages={"required": "Write why; it is kept."})
    fate = forms.ChoiceField(
        label="What becomes of it",
        choices=[(Fate.SHELF.value, "Back on its shelf"), (Fate.WASTE.value, "Thrown away: it left the clinic")],
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Why", max_length=500, error_messages={"required": "Write why; it is kept."})


def _shelf(shelf: Shelf) -> str:
    until = f", first to expire {shelf.first_expiry:%b %Y}" if shelf.first_expiry else ""
    return f"{shelf.item.name}: {plain(shelf.available)} {shelf.item.unit} here{until}"


def steps_text(steps: list[Mapping[str, Any]]) -> str:
    """A tapering course as it is typed."""
    return ", ".join(f"{step['dose']} {step['frequency']} {step['days']}d" for step in steps)


def _was_computed(item: PrescriptionItem) -> bool:
    return item.quantity is None or item.quantity == item.course.quantity()


def _initial(item: PrescriptionItem) -> dict[str, Any]:
    names = ("name", "form", "strength", "route", "dose_unit", "frequency", "every_hours", "most_a_day", "days",
             "timing", "is_in_house", "instructions")  # fmt: skip
    numbers = {name: _plain(getattr(item, name)) for name in ("dose", "quantity")}
    return {name: getattr(item, name) for name in names} | numbers | {"steps": steps_text(item.steps)}


def _plain(value: Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(f"{value.normalize():f}")
