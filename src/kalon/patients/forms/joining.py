"""Joining two records of one person: which is kept, and from which each detail is."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms

from kalon.patients.forms.fields import Words
from kalon.patients.models import Patient

# What is chosen together, by the word beside it on the page.
PARTS: dict[str, tuple[str, ...]] = {
    "Name": ("given_name", "family_name"),
    "Born": ("birth_date",),
    "Gender": ("gender",),
    "Phone": ("phone",),
    "E-mail": ("email",),
    "Address": ("address",),
    "Language": ("language",),
    "ABHA number": ("abha_number",),
    "ABHA address": ("abha_address",),
    "Found us through": ("referral_source",),
}
TELLING = ("Born", "Gender", "ABHA number")  # where these differ, they may well be two people


class JoinForm(forms.Form):
    """`from_phone` and so on name the record whose phone stands from now on; without a choice it is the kept one's."""

    reason = Words(
        "How do you know that both are the same person?",
        needed=True,
        help_text="For example: same identity card, told by the patient",
    )

    def __init__(self, data: Any = None, *, both: Sequence[Patient], **kwargs: Any) -> None:
        super().__init__(data, auto_id="join_%s", **kwargs)  # beside another form with a reason
        self.both = sorted(both, key=lambda one: (one.created_at, one.pk))
        choices = [(str(one.pk), one.mrn) for one in self.both]
        older, younger = self.both
        self.fields["keep"] = forms.ChoiceField(
            label="Which number is kept?",
            choices=[(str(older.pk), f"{older.mrn}, the older one"), (str(younger.pk), younger.mrn)],
            widget=forms.RadioSelect,
            initial=str(older.pk),
        )
        for label in PARTS:
            theirs, others = _said(older, label), _said(younger, label)
            if theirs != others:
                fullest = older if any(theirs) else younger
                self.fields[field_of(label)] = forms.ChoiceField(
                    label=label, choices=choices, required=False, initial=str(fullest.pk), widget=forms.RadioSelect
                )

    def differing(self) -> list[str]:
        """The words of what the two say differently."""
        return [label for label in PARTS if field_of(label) in self.fields]

    def warnings(self) -> list[str]:
        """The words of what both say, differently, and what hardly ever differs in one person."""
        return [
            label for label in self.differing() if label in TELLING and all(any(_said(one, label)) for one in self.both)
        ]

    def chosen(self, label: str) -> str:
        """The id of the record whose word stands, as the page shows it; empty where both say the same."""
        return str(self[field_of(label)].value() or "") if field_of(label) in self.fields else ""

    @property
    def survivor_id(self) -> UUID:
        return UUID(self.cleaned_data["keep"])

    @property
    def absorbed_id(self) -> UUID:
        return next(one.pk for one in self.both if one.pk != self.survivor_id)

    def take(self) -> list[str]:
        """The columns that come from the record that is not kept."""
        other = str(self.absorbed_id)
        taken = [label for label in self.differing() if self.cleaned_data.get(field_of(label)) == other]
        return [column for label in taken for column in PARTS[label]]


class UndoForm(forms.Form):
    """Separating two records again."""

    reason = Words("Why are they two people?", needed=True)


def field_of(label: str) -> str:
    """The name of the choice beside a word."""
    return "from_" + label.lower().replace(" ", "_").replace("-", "_")


def _said(of: Patient, label: str) -> tuple[Any, ...]:
    """What a record says; None where it is empty or nobody said."""
    values = tuple(getattr(of, column) or None for column in PARTS[label])
    return (None,) if values == ("unknown",) else values
