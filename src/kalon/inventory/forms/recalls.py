"""What is typed about a recall."""

from typing import Any

from django import forms

from kalon.inventory import queries
from kalon.inventory.actions import NoticeDetails
from kalon.inventory.models import Item, RecallNotice, RecallTask
from kalon.inventory.rules.recall_files import NoticeFile, read_notice, written
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
        required=False, label="The file of the notice",
        help_text="CSV with columns GTIN or model, lot, serial, serial from, serial to; or JSON, as openFDA writes it.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv,.json,application/json"}),
    )  # fmt: skip
    covers = forms.CharField(
        required=False, max_length=200_000, label="What the file covers",
        help_text="Look at each line, and take out what is not meant.",
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
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

    def clean_file(self) -> NoticeFile:
        """What the file says."""
        sent = self.cleaned_data.get("file")
        if not sent and self.is_reading:
            raise forms.ValidationError("Choose the file first.")
        if not sent:
            return NoticeFile()
        if sent.size > LARGEST:
            raise forms.ValidationError("This file is larger than a list of recalled lots. Send its CSV.")
        try:
            found = read_notice(sent.read())
        except Invalid as refusal:
            raise forms.ValidationError(refusal.detail) from None
        if found.doubts and not self.is_reading:
            raise forms.ValidationError(f"{found.doubts[0]} Press “Read the file”, and look at what it covers.")
        return found

    def clean_covers(self) -> list[Scope]:
        """What stands in the lines, as they were left."""
        text, item = self.cleaned_data.get("covers", ""), self.cleaned_data.get("item")
        if not text.strip() or self.is_reading:
            return []
        try:
            return read_file(text.encode(), item_id=item.pk if item else None)
        except Invalid as refusal:
            raise forms.ValidationError(refusal.detail) from None

    @property
    def is_reading(self) -> bool:
        """Whether the file is only to be read, and nothing opened."""
        return "read" in self.data

    def only_the_file(self) -> None:
        """Reading needs nothing but the file: what else is not typed yet is no mistake."""
        for name in [*self.errors]:
            if name != "file":
                del self.errors[name]

    def filled(self, found: NoticeFile, *, by: Actor) -> "NoticeForm":
        """The form with what the file says where nothing was typed, to be looked at."""
        names = (*self.Meta.fields, "item", "model", "lot", "serial_from", "serial_to")
        typed = {name: self.data.get(name, "") for name in names}
        told = {name: str(value) for name, value in found.said.items()}
        shown = {name: typed[name] or told.get(name, "") for name in names}
        return NoticeForm(initial=shown | {"covers": written(found.covers) if found.covers else ""}, by=by)

    def notice(self) -> NoticeDetails:
        return NoticeDetails(**{name: self.cleaned_data[name] for name in self.Meta.fields})

    def scopes(self) -> list[Scope]:
        """What was typed and what the file says."""
        said = self.cleaned_data
        found = [*said["file"].covers, *said["covers"]]
        typed = said["model"] or said["lot"] or said["serial_from"]
        if typed or (said["item"] and not found):
            typed = {name: said[name] for name in ("model", "lot", "serial_from", "serial_to")}
            found.append(Scope(item_id=said["item"].pk if said["item"] else None, **typed))
        return found


class OutcomeForm(forms.Form):
    """What came of a recall for one patient."""

    outcome = forms.ChoiceField(choices=[("", "Choose"), *RecallTask.Outcome.choices], label="What came of it")
    note = forms.CharField(
        required=False, max_length=2000, label="Note", widget=forms.Textarea(attrs={"rows": 3, "data-grow": ""})
    )
