"""How the list of before and after is typed: a row for each thing to do."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.forms import formset_factory

from kalon.catalog.actions import ToDo
from kalon.catalog.lifecycles import Moment, Who
from kalon.catalog.models import Checklist
from kalon.catalog.models.checklists import MOST_ITEMS

if TYPE_CHECKING:
    from django.forms import BaseFormSet

BLANK = 3


class ToDoForm(forms.Form):
    """One thing to do; a row without words is none."""

    words = forms.CharField(label="What", required=False, max_length=200)
    moment = forms.ChoiceField(label="When", choices=Moment.choices)
    who = forms.ChoiceField(label="Who", choices=Who.choices)
    is_required = forms.BooleanField(label="What comes next waits for it", required=False, initial=True)

    def to_do(self) -> ToDo | None:
        """What was typed, as the verb takes it."""
        said = self.cleaned_data
        if not said.get("words", "").strip():
            return None
        return ToDo(said["words"], said["moment"], said["who"], said["is_required"])


class ChecklistForm(forms.Form):
    """What belongs to the whole version, with a row for each thing to do."""

    source = forms.CharField(
        label="Where it comes from", required=False, max_length=300, help_text="The source, and who reviewed it."
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, held: Checklist | None) -> None:
        super().__init__(data, initial={"source": held.source if held else "", "seen": held.version if held else 0})
        written = [
            {"words": one.words, "moment": one.moment, "who": one.who, "is_required": one.is_required}
            for one in (held.items.all() if held else ())
        ]
        factory = formset_factory(ToDoForm, extra=BLANK, max_num=MOST_ITEMS, absolute_max=MOST_ITEMS + BLANK)
        self.rows: BaseFormSet[ToDoForm] = factory(data, prefix="items", initial=written)

    def is_valid(self) -> bool:
        return super().is_valid() and self.rows.is_valid()

    def to_do(self) -> list[ToDo]:
        return [said for row in self.rows if (said := row.to_do()) is not None]
