"""What is typed in a stock take."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django import forms

from kalon.inventory import queries
from kalon.inventory.models import Location, StockTakeLine, StockTakePiece
from kalon.kernel.actors import Actor


class StartTakeForm(forms.Form):
    """Which place is counted."""

    location = forms.ModelChoiceField(
        queryset=Location.objects.none(), label="Which place", empty_label="Choose a place"
    )

    def __init__(self, *args: Any, by: Actor, branch_id: UUID, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["location"].queryset = queries.locations(seen_by=by, branch_id=branch_id)  # type: ignore[attr-defined]


class SheetForm(forms.Form):
    """The count sheet: a figure for each line, empty where it is not counted yet; never what the books say."""

    def __init__(self, data: Any, *, lines: Iterable[StockTakeLine]) -> None:
        super().__init__(data)
        self.lines = list(lines)
        for line in self.lines:
            self.fields[f"line-{line.pk}"] = forms.CharField(
                required=False, max_length=14, label=f"{line.item.name}, batch {line.batch}",
                initial="" if line.counted is None else f"{line.counted.normalize():f}",
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "input w-28"}),
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Each figure is a number, or empty."""
        found = super().clean() or {}
        for name, text in list(found.items()):
            try:
                found[name] = Decimal(text.replace(",", ".")) if text.strip() else None
                if found[name] is not None and not (found[name].is_finite() and found[name] >= 0):
                    raise InvalidOperation
            except InvalidOperation:
                self.add_error(name, "Write what you counted as a number, zero or more.")
        return found

    def rows(self) -> list[tuple[StockTakeLine, Any]]:
        """Each line with its field."""
        return [(line, self[f"line-{line.pk}"]) for line in self.lines]

    def changed(self) -> list[tuple[StockTakeLine, Decimal | None]]:
        """What was written anew."""
        told = [(line, self.cleaned_data[f"line-{line.pk}"]) for line in self.lines]
        return [(line, counted) for line, counted in told if counted != line.counted]


class ConfirmForm(forms.Form):
    """Why it differs: for each line and piece, or one reason for all."""

    reason = forms.CharField(
        required=False, max_length=250, label="Reason for all others", help_text="Such as: not found, counted twice."
    )

    def __init__(self, data: Any, *, differing: Iterable[StockTakeLine | StockTakePiece]) -> None:
        super().__init__(data)
        self.differing = list(differing)
        for row in self.differing:
            self.fields[f"why-{row.pk}"] = forms.CharField(
                required=False, max_length=250, label=f"Why {row} differs",
                widget=forms.TextInput(attrs={"placeholder": "Why", "class": "input w-full"}),
            )  # fmt: skip

    def reasons(self) -> dict[UUID, str]:
        return {row.pk: self.cleaned_data[f"why-{row.pk}"] for row in self.differing}

    def rows(self) -> list[tuple[Any, Any]]:
        """Each difference with its field."""
        return [(row, self[f"why-{row.pk}"]) for row in self.differing]
