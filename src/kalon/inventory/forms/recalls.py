"""What is typed about a recall."""

from typing import Any

from django import forms

from kalon.inventory import queries
from kalon.inventory.actions import NoticeDetails
from kalon.inventory.models import Item, RecallNotice, RecallTask
from kalon.inventory.rules.recalls import Scope, read_file
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid

LARGEST = 1_000_000  # bytes of a recall's file


class NoticeForm(forms.ModelForm[RecallNotice]):
    """A notice with what it covers: typed for one item or model, or read from its CSV file."""

    item = forms.ModelChoiceField(queryset=Item.objects.none(), required=False, empty_label="Choose an item")
    model = forms.CharField(required=False, max_length=60, label="Or its model")
    lot = forms.CharField(required=False, max_length=40, label="Lot")
    serial_from = forms.CharField(required=False, max_length=40, label="Serials from")
    serial_to = forms.CharField(required=False, max_length=40, label="Serials to")
    file = forms.FileField(
        required=False, label="Or the file of the notice (CSV)",
        help_text="Columns: GTIN or model, lot, serial, serial from, serial to.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )  # fmt: skip

    class Meta:
        model = RecallNotice
        fields = ["title", "issued_by", "reference", "issued_on", "due_on", "hazard", "advice"]
        widgets = {
            "issued_on": forms.DateInput(attrs={"type": "date"}),
            "due_on": forms.DateInput(attrs={"type": "date"}),
            "hazard": forms.Textarea(attrs={"rows": 3}),
            "advice": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = queries.items(seen_by=by, also_unused=True)  # type: ignore[attr-defined]

    def _post_clean(self) -> None:
        """The verb judges it."""

    def clean_file(self) -> list[Scope]:
        """What the file covers, in its lines' order."""
        sent = self.cleaned_data.get("file")
        if not sent:
            return []
        if sent.size > LARGEST:
            raise forms.ValidationError("This file is larger than a list of recalled lots. Send its CSV.")
        try:
            return read_file(sent.read())
        except Invalid as refusal:
            raise forms.ValidationError(refusal.detail) from None

    def notice(self) -> NoticeDetails:
        return NoticeDetails(**{name: self.cleaned_data[name] for name in self.Meta.fields})

    def scopes(self) -> list[Scope]:
        """What was typed and what the file says."""
        said = self.cleaned_data
        found = list(said["file"])
        if said["item"] or said["model"] or said["lot"] or said["serial_from"]:
            typed = {name: said[name] for name in ("model", "lot", "serial_from", "serial_to")}
            found.append(Scope(item_id=said["item"].pk if said["item"] else None, **typed))
        return found


class OutcomeForm(forms.Form):
    """What came of a recall for one patient."""

    outcome = forms.ChoiceField(choices=[("", "Choose"), *RecallTask.Outcome.choices], label="What came of it")
    note = forms.CharField(
        required=False, max_length=2000, label="Note", widget=forms.Textarea(attrs={"rows": 3, "data-grow": ""})
    )
