"""What people type about visits, the queue and the waiting list."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms

from kalon.scheduling import actions
from kalon.scheduling.lifecycles import Kind, Priority, Side
from kalon.scheduling.models import Appointment, Screen, TimeOff
from kalon.scheduling.models.schedules import Weekday

DATE = forms.DateInput(attrs={"type": "date"})
TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class ReasonForm(forms.Form):
    """Why something is done that cannot be undone."""

    reason = forms.CharField(max_length=200, label="Why", widget=forms.TextInput(attrs={"autocomplete": "off"}))


class CancelForm(ReasonForm):
    """Why a visit is cancelled, and who cancels it: a patient who cancels late may owe a fee."""

    side = forms.ChoiceField(choices=Side.choices, initial=Side.PATIENT, label="Who cancels", widget=forms.RadioSelect)

    field_order = ["side", "reason"]

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        """Where nobody says who, it is the patient, as for every front."""
        super().__init__({"side": Side.PATIENT, **data.dict()} if data else data, **kwargs)


class BookingForm(forms.Form):
    """The last step of a booking: patient, service and slot are in the address, this is what may be added."""

    chief_complaint = forms.CharField(
        max_length=2000,
        required=False,
        label="Reason for the visit",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    kind = forms.ChoiceField(
        choices=[("", "As the service says"), *Kind.choices], required=False, label="Kind of visit"
    )
    priority = forms.ChoiceField(choices=Priority.choices, initial=Priority.NORMAL)
    overbooking_reason = forms.CharField(max_length=200, required=False, label="Why this doctor is booked twice")
    off_schedule_reason = forms.CharField(max_length=200, required=False, label="Why outside the hours")
    follows = forms.TypedChoiceField(coerce=UUID, empty_value=None, required=False, label="Follow-up of")
    hold_id = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, past: Sequence[Appointment] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        told = [(visit.pk, f"{visit.local_start:%-d %b %Y}, {visit.what}") for visit in past]
        follows: Any = self.fields["follows"]
        follows.choices = [("", "No earlier visit"), *told]

    def explain_off_schedule(self) -> None:
        """The time is outside the hours: somebody says why."""
        if not self.cleaned_data["off_schedule_reason"]:
            self.add_error("off_schedule_reason", "Write why this is outside the hours.")


class SeriesForm(forms.Form):
    """How many sessions, and how far apart."""

    count = forms.IntegerField(min_value=2, max_value=60, label="Sessions")
    interval = forms.IntegerField(min_value=1, max_value=366, label="Days apart")
    chief_complaint = forms.CharField(
        max_length=2000, required=False, label="Reason for the visits", widget=forms.Textarea(attrs={"rows": 2})
    )


class PlaceForm(forms.Form):
    """A room, people and devices picked by hand; what is left open is found."""

    room = forms.UUIDField(required=False)

    @property
    def _picked(self) -> dict[str, tuple[UUID, ...]]:
        data: Any = self.data
        return {name: tuple(UUID(one) for one in data.getlist(name) if one) for name in ("team", "equipment")}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        try:
            return {**cleaned, **self._picked}
        except ValueError:
            raise forms.ValidationError("Choose people and devices from the lists.") from None


class MoveForm(ReasonForm):
    """Another time for a visit, on the branch's clock."""

    date = forms.DateField(label="Day", widget=DATE)
    time = forms.TimeField(label="Time", widget=TIME)
    field_order = ["date", "time", "reason"]


class TargetForm(forms.Form):
    """Where a visit is put on the calendar: the branch's wall clock, and what changes besides."""

    start = forms.DateTimeField(
        input_formats=["%Y-%m-%dT%H:%M"],
        error_messages={"required": "Choose a day and a time.", "invalid": "Write the time as 2026-11-24T15:00."},
    )
    doctor = forms.UUIDField(required=False)
    room = forms.UUIDField(required=False)
    minutes = forms.IntegerField(
        required=False,
        min_value=5,
        max_value=24 * 60,
        label="Minutes",
        error_messages={"min_value": "A visit lasts at least 5 minutes.", "max_value": "A visit lasts up to a day."},
    )
    reason = forms.CharField(required=False, max_length=200)
    hold = forms.UUIDField(required=False)


class BlockForm(forms.Form):
    """A stretch of the calendar in which nothing is to be booked."""

    kind = forms.ChoiceField(choices=TimeOff.Kind.choices, initial=TimeOff.Kind.MEETING)
    date = forms.DateField(label="From", widget=DATE)
    starts_at = forms.TimeField(label="at", widget=TIME)
    last = forms.DateField(label="Until", widget=DATE)
    ends_at = forms.TimeField(label="at", widget=TIME)
    reason = forms.CharField(max_length=200, required=False, label="Note")

    @property
    def stretch(self) -> tuple[datetime, datetime]:
        """From the first moment to the last, on the branch's clock."""
        typed = self.cleaned_data
        return (
            datetime.combine(typed["date"], typed["starts_at"]),
            datetime.combine(typed["last"], typed["ends_at"]),
        )


class CodeForm(forms.Form):
    """What was scanned, or the number of a visit as somebody reads it out."""

    code = forms.CharField(
        label="Code or visit number",
        max_length=300,
        error_messages={"required": "Scan the code on the patient's phone, or type the number of the visit."},
    )


class ScreenForm(forms.Form):
    """A new screen: where it stands and what it shows."""

    branch = forms.TypedChoiceField(label="Branch", coerce=UUID)
    kind = forms.ChoiceField(label="What it shows", choices=Screen.Kind.choices)
    name = forms.CharField(label="Where it stands", max_length=60, required=False)

    def __init__(self, *args: Any, branches: Iterable[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"].choices = [(str(one.pk), one.name) for one in branches]  # type: ignore[attr-defined]


class WaitingForm(forms.Form):
    """What somebody waits for, and when it would suit them."""

    service: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        queryset=None, required=False, label="Service", empty_label="Choose a service"
    )
    package: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        queryset=None, required=False, label="Or package", empty_label="Or a package"
    )
    doctor: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        queryset=None, required=False, label="Doctor", empty_label="Whoever is free first"
    )
    weekdays = forms.TypedMultipleChoiceField(
        choices=Weekday.choices,
        coerce=int,
        initial=[day.value for day in Weekday],
        label="Days",
        widget=forms.CheckboxSelectMultiple,
    )
    from_time = forms.TimeField(label="Not before", initial=time(9), widget=TIME)
    to_time = forms.TimeField(label="Over by", initial=time(19), widget=TIME)
    from_date = forms.DateField(label="From", required=False, widget=DATE)
    until_date = forms.DateField(label="Until", widget=DATE)
    priority = forms.ChoiceField(choices=Priority.choices, initial=Priority.NORMAL)
    note = forms.CharField(max_length=200, required=False, label="Note for the desk")

    def __init__(self, *args: Any, services: Any, packages: Any, doctors: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, offered in (("service", services), ("package", packages), ("doctor", doctors)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = offered
        self.fields["from_date"].initial = today
        self.fields["until_date"].initial = today + timedelta(days=14)

    def request(self, patient_id: UUID, branch_id: UUID, visit_id: UUID | None) -> actions.WaitingRequest:
        """What was typed, as the verb takes it."""
        typed = self.cleaned_data
        return actions.WaitingRequest(
            patient_id=patient_id,
            branch_id=branch_id,
            visit_id=visit_id,
            service_id=typed["service"].pk if typed["service"] else None,
            package_id=typed["package"].pk if typed["package"] else None,
            doctor_id=typed["doctor"].pk if typed["doctor"] else None,
            weekdays=tuple(typed["weekdays"]),
            from_time=typed["from_time"],
            to_time=typed["to_time"],
            from_date=typed["from_date"],
            until_date=typed["until_date"],
            priority=typed["priority"],
            note=typed["note"],
        )


class OfferForm(forms.Form):
    """A time that is offered by hand, on the branch's clock."""

    date = forms.DateField(label="Day", widget=DATE)
    time = forms.TimeField(label="Time", widget=TIME)

    @property
    def start(self) -> datetime:
        return datetime.combine(self.cleaned_data["date"], self.cleaned_data["time"])
