"""What the forms of the catalogue have in common."""

from typing import Any, NamedTuple

from django import forms

from kalon.catalog import queries
from kalon.kernel.actors import Actor


class Section(NamedTuple):
    """Fields that belong together, under a heading; `counts` are numbers beside a name."""

    title: str
    note: str
    fields: list[Any]
    counts: list[Any]
    refused: Any = None


class Parsed(forms.ModelForm[Any]):
    """Parses the fields of a row without touching it."""

    def _post_clean(self) -> None:
        """The verb does this, on the locked row."""

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "tax_code" in self.fields:
            rates = queries.tax_rates(seen_by=by).order_by("code", "-valid_from").distinct("code")
            choices = [("", "No tax"), *((rate.code, rate.name) for rate in rates)]
            self.fields["tax_code"] = forms.ChoiceField(choices=choices, required=False, label="Tax")
        for name, rows, nothing in (
            ("appointment_type", queries.appointment_types, "None"),
            ("cancellation_policy", queries.cancellation_policies, "That of its kind of visit"),
        ):
            if name in self.fields:
                self.fields[name].queryset = rows(seen_by=by)  # type: ignore[attr-defined]
                self.fields[name].empty_label = nothing  # type: ignore[attr-defined]

    def details(self) -> dict[str, Any]:
        """What was typed into the row's own fields."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}  # type: ignore[attr-defined]
