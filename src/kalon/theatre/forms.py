"""What is pressed and typed in theatre, as the pages send it."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms

from kalon.kernel import clock
from kalon.kernel.errors import Invalid
from kalon.people import queries as people
from kalon.theatre.actions import Return
from kalon.theatre.lifecycles import Anaesthesia
from kalon.theatre.rules.notes import PARTS

LONG = 4000


class Pressed(forms.Form):
    """A press with what belongs to it; what is missing or strange is said in one sentence."""

    def told(self) -> dict[str, Any]:
        """What was sent, or the first thing that is wrong with it."""
        if self.is_valid():
            return self.cleaned_data
        field, [sentence, *_] = next(iter(self.errors.items()))
        raise Invalid(str(sentence), field=field)


class StartForm(Pressed):
    """The wristband, and the side of each line as it is marked (`side-<line>`)."""

    mrn = forms.CharField(max_length=40, error_messages={"required": "Scan the wristband, or type its number."})


class AnswerForm(Pressed):
    code = forms.CharField(max_length=24)
    answer = forms.CharField(max_length=3)
    note = forms.CharField(max_length=2000, required=False)


class TickForm(Pressed):
    state = forms.CharField(max_length=12)
    note = forms.CharField(max_length=500, required=False)
    seen = forms.UUIDField(required=False)


class HomeForm(Pressed):
    with_whom = forms.CharField(max_length=200, error_messages={"required": "Write with whom the patient goes home."})
    note = forms.CharField(max_length=LONG, required=False)


class SignForm(Pressed):
    role = forms.CharField(max_length=12)
    staff = forms.UUIDField(error_messages={"required": "Choose who signs.", "invalid": "Choose who signs."})


class TimeForm(Pressed):
    which = forms.CharField(max_length=12)
    minutes_ago = forms.IntegerField(required=False, min_value=0, max_value=600)


class CorrectForm(Pressed):
    """A time as the clock shows it, or that it has not happened."""

    which = forms.CharField(max_length=12)
    at = forms.TimeField(required=False, error_messages={"invalid": "Write the time as hours and minutes."})
    not_yet = forms.BooleanField(required=False)
    seen = forms.DateTimeField(required=False)
    reason = forms.CharField(
        max_length=300, required=False, error_messages={"required": "Write why the time is corrected."}
    )

    def moment(self, zone: str) -> datetime | None:
        """The last time the clock of the theatre showed this; None where it has not happened."""
        told = self.told()
        if told["not_yet"]:
            return None
        if told["at"] is None:
            raise Invalid("Write the time, or say that it has not happened.", field="at")
        here = clock.now().astimezone(ZoneInfo(zone))
        found = here.replace(hour=told["at"].hour, minute=told["at"].minute, second=0, microsecond=0)
        return found if found <= here else found - timedelta(days=1)


class CountForm(Pressed):
    what = forms.CharField(max_length=12)
    before = forms.IntegerField(required=False, min_value=0, max_value=999)
    after = forms.IntegerField(required=False, min_value=0, max_value=999)
    explanation = forms.CharField(max_length=LONG, required=False)
    seen_before = forms.IntegerField(required=False)
    seen_after = forms.IntegerField(required=False)


class ScanForm(Pressed):
    code = forms.CharField(max_length=200, strip=False, required=False)
    side = forms.CharField(max_length=8, required=False)
    quantity = forms.DecimalField(required=False, max_digits=9, decimal_places=3, min_value=Decimal("0.001"))
    second = forms.BooleanField(required=False)
    key = forms.CharField(max_length=60, required=False)
    reason = forms.CharField(max_length=300, required=False)


class BackForm(Pressed):
    quantity = forms.DecimalField(max_digits=9, decimal_places=3, min_value=Decimal("0.001"))
    reason = forms.CharField(max_length=300, required=False)


class WordsForm(Pressed):
    words = forms.CharField(max_length=LONG, required=False)
    seen = forms.CharField(max_length=LONG, required=False)


class NoteForm(forms.Form):
    """The parts of an operation note; what is needed is asked when it is signed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, title, needed in PARTS:
            widget = forms.Textarea(attrs={"rows": 2})
            field = forms.CharField(label=title, required=False, max_length=LONG, widget=widget)
            field.help_text = "Needed to sign." if needed else ""
            self.fields[name] = field


class ReturnConsentForm(Pressed):
    given_by = forms.CharField(max_length=120, required=False)
    relation = forms.CharField(max_length=120, required=False)
    words = forms.CharField(max_length=LONG, required=False)


class ReturnForm(forms.Form):
    """A return to theatre: two who decide, the reason, who operates and where."""

    reason = forms.CharField(label="Why the patient returns", max_length=LONG, widget=forms.Textarea(attrs={"rows": 2}))
    first = forms.ChoiceField(label="First clinician who decides")
    second = forms.ChoiceField(label="Second clinician who decides")
    surgeon = forms.ChoiceField(label="Who operates")
    room = forms.ChoiceField(label="Theatre")
    anaesthesia = forms.ChoiceField(label="Anaesthesia", choices=Anaesthesia.choices)

    def __init__(self, *args: Any, by: Any, case: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        kinds = ("SURGEON", "DOCTOR", "ANAESTHETIST")
        team = [
            (str(one.pk), one.name)
            for kind in kinds
            for one in people.team(branch_id=case.branch_id, kind=kind, seen_by=by)
        ]
        rooms = people.rooms(seen_by=by, branch_id=case.branch_id, kind="THEATRE")
        choices = {"first": team, "second": team, "surgeon": team, "room": [(str(one.pk), one.name) for one in rooms]}
        for name, offered in choices.items():
            self.fields[name].choices = [("", "Choose"), *offered]  # type: ignore[attr-defined]
        self.initial = {"surgeon": str(case.surgeon_id), "room": str(case.room_id), "anaesthesia": case.anaesthesia}

    def wish(self) -> Return:
        told = self.cleaned_data
        return Return(
            case_id=self.case.pk, room_id=UUID(told["room"]), surgeon_id=UUID(told["surgeon"]),
            first_clinician_id=UUID(told["first"]), second_clinician_id=UUID(told["second"]), reason=told["reason"],
            anaesthesia=told["anaesthesia"],
        )  # fmt: skip


class WhyForm(Pressed):
    reason = forms.CharField(max_length=300, required=False)
