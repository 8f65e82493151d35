"""The fields these forms are made of: the rules of a detail stay in `rules`, so that every front says the same."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from kalon.kernel.errors import Invalid
from kalon.patients.rules import AllergyDetails


class Words(forms.CharField):
    """A text that is checked by the rules of its detail, not here."""

    def __init__(self, label: str, *, needed: bool = False, widget: forms.Widget | None = None, **kwargs: Any) -> None:
        super().__init__(label=label, required=needed, widget=widget or forms.TextInput(), **kwargs)

    def validate(self, value: str) -> None:
        """The rules say what is missing, in a better sentence."""

    def run_validators(self, value: str) -> None:
        """The rules say what is wrong."""


class Pick(forms.ChoiceField):
    """One of a few answers."""

    def __init__(self, label: str, choices: Any, *, needed: bool = True, **kwargs: Any) -> None:
        kwargs.setdefault(
            "error_messages", {"required": "Choose one of the answers.", "invalid_choice": "Choose one of the answers."}
        )
        super().__init__(label=label, choices=choices, required=needed, **kwargs)


def date_box() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"})


def lines_box(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class RuledForm(forms.Form):
    """A form whose answers are checked by rules: `ruled()` raises `Invalid` with a sentence for each field.

    `drawn_as` names the box in which a detail is typed where it has another name here.
    """

    drawn_as: ClassVar[Mapping[str, str]] = {}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        try:
            self.ruled(cleaned)
        except Invalid as refusal:
            for detail, sentences in refusal.facts["errors"].items():
                field = self.drawn_as.get(detail, detail)
                if field not in self.errors:
                    self.add_error(field if field in self.fields else None, sentences)
        return cleaned

    def ruled(self, cleaned: Mapping[str, Any]) -> None:
        """Check what was typed; forms whose verb checks it have nothing to do here."""


def allergies_of(text: str) -> tuple[AllergyDetails, ...]:
    """Substances, one a line: "Penicillin: rash, 2019" is a substance, what happened, and since when."""
    found = []
    for row in text.splitlines():
        substance, _, rest = row.partition(":")
        year = re.search(r",?\s*\b((?:19|20)\d\d)\b\s*$", rest)
        reaction = rest[: year.start()] if year else rest
        if row.strip():
            found.append(
                AllergyDetails(
                    substance=substance.strip(),
                    reaction=reaction.strip(" ,"),
                    since_year=int(year.group(1)) if year else None,
                )
            )
    return tuple(found)


def pieces(text: str) -> list[str]:
    """What was typed in one box, apart: by line, comma or semicolon."""
    return [piece.strip() for piece in re.split(r"[\n,;]", text) if piece.strip()]
