"""What people type into reports' pages."""

from typing import Any
from uuid import UUID

from django import forms

STAFF, KIND = "staff:", "kind:"


class TermForm(forms.Form):
    """Terms of commission: whose, of what, how much, from when."""

    whose = forms.ChoiceField(label="Whose")
    service = forms.ChoiceField(label="Of what", required=False)
    percent = forms.DecimalField(label="Per cent", min_value=0, max_value=100, decimal_places=2, max_digits=5)
    valid_from = forms.DateField(label="Holds from", widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, staff: list[Any], kinds: list[tuple[str, str]], services: list[Any], **kwargs: Any):
        super().__init__(*args, **kwargs)
        people = [(f"{STAFF}{one.pk}", one.name) for one in staff]
        everybody = [(f"{KIND}{code}", f"Every {label.lower()}") for code, label in kinds]
        self.fields["whose"].choices = [("", "Choose"), *everybody, *people]  # type: ignore[attr-defined]
        of = [(str(one.pk), one.name) for one in services]
        self.fields["service"].choices = [("", "All services"), *of]  # type: ignore[attr-defined]

    def terms(self) -> dict[str, Any]:
        """What was typed, as the verb takes it."""
        asked = self.cleaned_data
        whose, service = asked["whose"], asked["service"]
        return {
            "percent": asked["percent"],
            "valid_from": asked["valid_from"],
            "staff_id": UUID(whose.removeprefix(STAFF)) if whose.startswith(STAFF) else None,
            "staff_kind": whose.removeprefix(KIND) if whose.startswith(KIND) else "",
            "service_id": UUID(service) if service else None,
        }
