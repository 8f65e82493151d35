"""What people type about an order and its results."""

from typing import Any
from uuid import UUID

from django import forms

from kalon.orders import rules
from kalon.orders.actions import Answered, Wish
from kalon.orders.models import Answer, Kind, Urgency
from kalon.orders.queries import Line


class OrderForm(forms.Form):
    """What is asked for: boxes for the known tests, lines for others."""

    kind = forms.ChoiceField(choices=Kind.choices, widget=forms.HiddenInput)
    codes = forms.MultipleChoiceField(
        label="Tests", required=False, choices=[(one.code, one.name) for one in rules.KNOWN]
    )
    others = forms.CharField(
        label="Others", required=False, help_text="One a line", widget=forms.Textarea(attrs={"rows": 2})
    )
    question = forms.CharField(label="What is to be found out?", required=False)
    laboratory = forms.CharField(label="Where?", required=False, help_text="The laboratory or the imaging centre")
    urgency = forms.ChoiceField(label="How urgent?", choices=Urgency.choices, widget=forms.RadioSelect)

    def wish(self) -> Wish:
        told = self.cleaned_data
        return Wish(**{**told, "others": told["others"].splitlines()})


class ResultsForm(forms.Form):
    """A box for each test that has no value yet, with the laboratory's own range, and the report as a file."""

    document = forms.ChoiceField(label="The report", required=False)

    def __init__(self, *args: Any, lines: list[Line], documents: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.open_lines = [line for line in lines if line.result is None]
        for line in self.open_lines:
            self.fields.update(_boxes(line))
        box = self.fields["document"]
        assert isinstance(box, forms.ChoiceField)
        box.choices = [("", "No file"), *((str(one.pk), one.title) for one in documents)]

    @property
    def rows(self) -> list[tuple[Line, Any, Any, Any]]:
        """Each open test with its boxes, for the page."""
        return [
            (line, self[f"{line.test.pk}"], self[f"{line.test.pk}-low"], self[f"{line.test.pk}-high"])
            for line in self.open_lines
        ]

    def values(self) -> list[Answered]:
        """What was typed; a test whose box is empty has no value yet."""
        told = self.cleaned_data
        keys = [str(line.test.pk) for line in self.open_lines]
        return [
            Answered(test_id=UUID(key), value=told[key], low=told[f"{key}-low"], high=told[f"{key}-high"])
            for key in keys
            if told[key].strip()
        ]

    def report(self) -> UUID | None:
        chosen = self.cleaned_data["document"]
        return UUID(chosen) if chosen else None


class CorrectionForm(forms.Form):
    """A value put right."""

    value = forms.CharField(label="The right value", error_messages={"required": "Write the result."})
    low = forms.CharField(label="From", required=False)
    high = forms.CharField(label="To", required=False)
    reason = forms.CharField(
        label="Why is it corrected?", error_messages={"required": "Write why the result is corrected."}
    )


class ReviewForm(forms.Form):
    note = forms.CharField(
        label="What follows from it?", required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="For example: all in range, cleared for the operation",
    )  # fmt: skip


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Why is it not carried out?", error_messages={"required": "Write why it is not carried out."}
    )


def _boxes(line: Line) -> dict[str, forms.Field]:
    key, test = str(line.test.pk), line.test
    value: forms.Field = forms.CharField(label=test.name, required=False)
    if test.answer == Answer.SIGN:
        value = forms.ChoiceField(
            label=test.name,
            required=False,
            choices=[("", "Not known yet"), ("negative", "Negative"), ("positive", "Positive")],
        )
    bounds = {
        f"{key}-{end}": forms.CharField(label=f"{test.name}, range {word}", required=False)
        for end, word in (("low", "from"), ("high", "to"))
    }
    return {key: value, **bounds}
