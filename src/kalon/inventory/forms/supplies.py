"""What is put aside for a plan: all that is missing, what was scanned, a piece, or so much of something else."""

from typing import Any
from uuid import UUID

from django import forms

from kalon.inventory import queries
from kalon.inventory.forms import _quantity
from kalon.inventory.models import Item, Location
from kalon.kernel.actors import Actor


class WhereForm(forms.Form):
    """For which day, and from which place."""

    on = forms.DateField(label="Needed on", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    at = forms.ModelChoiceField(queryset=Location.objects.none(), label="Taken from", empty_label=None)

    def __init__(self, *args: Any, by: Actor, branch_id: UUID, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"].queryset = queries.locations(seen_by=by, branch_id=branch_id)  # type: ignore[attr-defined]


class PutAsideForm(WhereForm):
    """All that is missing of the kit, a scanned code, a piece, or an item with how much of it."""

    kit = forms.BooleanField(required=False)

    scan = forms.CharField(
        required=False, max_length=200, label="Code on the pack, serial or lot", strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false",
                                      "data-scan-field": "", "class": "input w-full"}),
    )  # fmt: skip
    unit = forms.UUIDField(required=False)
    item = forms.ModelChoiceField(queryset=Item.objects.none(), required=False, empty_label="Choose an item")
    quantity = _quantity("How much", required=False)

    def __init__(self, *args: Any, by: Actor, branch_id: UUID, **kwargs: Any) -> None:
        super().__init__(*args, by=by, branch_id=branch_id, **kwargs)
        self.fields["item"].queryset = queries.items(seen_by=by).filter(needs_serial=False)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Something is said, and what is chosen by name with how much of it."""
        found: dict[str, Any] = super().clean() or {}
        if not any(found.get(name) for name in ("kit", "scan", "unit", "item")):
            self.add_error("scan", "Scan the code on the pack first.")
        if found.get("item") and not found.get("quantity"):
            self.add_error("quantity", "Write how much of it is put aside.")
        return found
