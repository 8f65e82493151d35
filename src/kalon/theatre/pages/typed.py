"""What is typed on the pages before the day of operation."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms

from kalon.theatre.actions import TheatreWish
from kalon.theatre.lifecycles import Anaesthesia

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
CLOCK = forms.TimeInput(attrs={"type": "time", "step": 300}, format="%H:%M")


class ReasonForm(forms.Form):
    """Why it is done."""

    reason = forms.CharField(
        label="Why",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Write why."},
    )


class SayForm(forms.Form):
    """What somebody saw or decided themselves."""

    words = forms.CharField(
        label="What you saw or decided", max_length=4000, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Write what you saw or decided."},
    )  # fmt: skip


class WaiveForm(ReasonForm):
    """Why a line is let go, and the clinician's own name under it."""

    signed_name = forms.CharField(
        label="Sign with your own name", max_length=120, error_messages={"required": "Sign with your own name."}
    )


class DateForm(forms.Form):
    """The day of surgery."""

    surgery_date = forms.DateField(
        label="Day of surgery", widget=DAY, error_messages={"required": "Choose the day.", "invalid": "Choose the day."}
    )


class CaseForm(forms.Form):
    """What is asked when a case is made of a reservation."""

    anaesthesia = forms.ChoiceField(label="Anaesthesia", choices=Anaesthesia.choices, initial=Anaesthesia.GENERAL)


class TheatreForm(forms.Form):
    """When, where and with whom: a theatre, its team and devices."""

    date = forms.DateField(label="Day", widget=DAY, error_messages={"required": "Choose the day."})
    clock = forms.TimeField(label="Begins at", widget=CLOCK, error_messages={"required": "Say when it begins."})
    minutes = forms.IntegerField(
        label="Minutes", min_value=5, max_value=1440, error_messages={"required": "Say how long it takes."}
    )
    room = forms.TypedChoiceField(label="Theatre", coerce=UUID, error_messages={"required": "Choose a theatre."})
    surgeon = forms.TypedChoiceField(label="Surgeon", coerce=UUID, error_messages={"required": "Choose the surgeon."})
    team = forms.TypedMultipleChoiceField(
        label="Team", coerce=UUID, required=False, widget=forms.CheckboxSelectMultiple
    )
    equipment = forms.TypedMultipleChoiceField(
        label="Devices", coerce=UUID, required=False, widget=forms.CheckboxSelectMultiple
    )
    preparation = forms.IntegerField(label="Minutes before", min_value=0, max_value=240, initial=30)
    cleaning = forms.IntegerField(label="Minutes after", min_value=0, max_value=240, initial=30)
    override = forms.CharField(
        label="Why in another surgeon's hours (if it is)", max_length=300, required=False,
        help_text="Left empty, a time that is kept for another surgeon is refused.",
    )  # fmt: skip
    reason = forms.CharField(label="Why it moves", max_length=500, error_messages={"required": "Write why it moves."})

    def __init__(
        self, *args: Any, rooms: Iterable[Any], surgeons: Iterable[Any], staff: Iterable[Any], devices: Iterable[Any],
        needs_reason: bool, may_override: bool = False, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        for name, rows in (("room", rooms), ("surgeon", surgeons), ("equipment", devices)):
            self.fields[name].choices = [(one.pk, one.name) for one in rows]  # type: ignore[attr-defined]
        people = [(one.pk, f"{one.name}, {one.get_kind_display().lower()}") for one in staff]
        self.fields["team"].choices = people  # type: ignore[attr-defined]
        if not may_override:
            del self.fields["override"]
        if not needs_reason:
            del self.fields["reason"]

    def wish(self) -> TheatreWish:
        """What was typed, as the verb takes it; who operates stands once."""
        said = self.cleaned_data
        return TheatreWish(
            start=datetime.combine(said["date"], said["clock"]),
            minutes=said["minutes"],
            room_id=said["room"],
            surgeon_id=said["surgeon"],
            team=tuple(pk for pk in said["team"] if pk != said["surgeon"]),
            equipment=tuple(said["equipment"]),
            preparation_minutes=said["preparation"] or 0,
            cleaning_minutes=said["cleaning"] or 0,
            override=said.get("override", ""),
        )
