"""Parsing of what is typed about people and places; the sentences come from the verbs."""

from typing import Any

from django import forms
from django.contrib.postgres.forms import SimpleArrayField

from kalon.kernel.audit import Kind
from kalon.people import rules
from kalon.people.models import Branch, Role, Room, Staff


class PhoneField(forms.CharField):
    """A phone as people write it, kept with its country (E.164)."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"})
        super().__init__(**{"label": "Phone", "max_length": 40, "widget": widget, **kwargs})

    def clean(self, value: Any) -> str:
        text = str(super().clean(value) or "")
        if not text:
            return ""
        number = rules.normal_phone(text)
        if number is None:
            raise forms.ValidationError("This is not a phone number. Write it with its country, like +91 98200 12345.")
        return number


class StaffForm(forms.Form):
    """What is known of a member of staff."""

    name = forms.CharField(label="Name", max_length=120)
    kind = forms.ChoiceField(label="What they are", choices=Staff.Kind.choices)
    title = forms.CharField(
        label="Title",
        max_length=80,
        required=False,
        help_text="As patients read it: Consultant plastic surgeon",
    )
    specialty = forms.CharField(label="Specialty", max_length=120, required=False)
    registration_number = forms.CharField(label="Registration number", max_length=60, required=False)


class NewStaffForm(StaffForm):
    """Somebody who joins, with how they sign in and their first role."""

    email = forms.CharField(
        label="E-mail",
        max_length=254,
        required=False,
        help_text="They sign in with it and receive one-time codes there.",
    )
    phone = PhoneField(required=False)
    role = forms.ChoiceField(label="Role")
    branch = forms.ChoiceField(label="Where", required=False)

    def __init__(self, *args: Any, roles: list[Role], branches: list[Branch], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role.code, f"{role.name}: {role.sentence}") for role in roles]  # type: ignore[attr-defined]
        self.fields["branch"].choices = _where(branches)  # type: ignore[attr-defined]


class GiveRoleForm(forms.Form):
    """A further role for somebody."""

    role = forms.ChoiceField(label="Role")
    branch = forms.ChoiceField(label="Where", required=False)

    def __init__(self, *args: Any, roles: list[Role], branches: list[Branch], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(str(role.pk), role.name) for role in roles]  # type: ignore[attr-defined]
        self.fields["branch"].choices = _where(branches)  # type: ignore[attr-defined]


class RoleForm(forms.Form):
    """A role's name, its sentence and its rights."""

    name = forms.CharField(label="Name", max_length=80)
    sentence = forms.CharField(label="What they do, in one sentence", max_length=240)
    permissions = forms.MultipleChoiceField(
        label="May",
        choices=[(name, rules.PERMISSIONS[name]) for name in rules.STAFF_PERMISSIONS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


class BranchForm(forms.Form):
    """A branch: where it is, when it is open, and how it is registered."""

    name = forms.CharField(label="Name", max_length=120)
    code = forms.CharField(label="Short code", max_length=8, help_text="Stands in bill numbers, like BLR.")
    city = forms.CharField(label="City", max_length=80, required=False)
    address = forms.CharField(label="Address", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    phone = PhoneField(required=False)
    timezone = forms.CharField(label="Time zone", max_length=60, initial="Asia/Kolkata")
    opens_at = forms.TimeField(label="Opens", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    closes_at = forms.TimeField(label="Closes", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    gstin = forms.CharField(label="GSTIN", max_length=15, required=False)
    state_code = forms.CharField(
        label="GST state code", max_length=2, required=False, help_text="Two digits, like 29 for Karnataka."
    )
    is_active = forms.BooleanField(label="Takes visits", required=False, initial=True)


class RoomForm(forms.Form):
    """A room of a branch."""

    name = forms.CharField(label="Name", max_length=80)
    code = forms.CharField(label="Short code", max_length=12)
    kind = forms.ChoiceField(label="Kind", choices=Room.Kind.choices)
    capacity = forms.IntegerField(label="People at once", min_value=1, max_value=50, initial=1)
    buffer_minutes = forms.IntegerField(
        label="Minutes kept free after each visit", min_value=0, max_value=240, initial=0
    )
    features = SimpleArrayField(
        forms.CharField(max_length=rules.LONGEST_FEATURE),
        label="Features",
        required=False,
        help_text="What a service may ask for, with commas between: sink, air-conditioning, laser-safe",
    )
    display_order = forms.IntegerField(
        label="Place in the list",
        min_value=0,
        max_value=999,
        initial=50,
        help_text="Of two rooms that fit, the lower number is taken first.",
    )
    is_active = forms.BooleanField(label="In use", required=False, initial=True)


class EquipmentForm(forms.Form):
    """A device of a branch."""

    name = forms.CharField(label="Name", max_length=80)
    code = forms.CharField(label="Short code", max_length=12)
    kind = forms.CharField(
        label="Kind", max_length=40, help_text="What services ask for, such as LASER_ND_YAG. Any of the kind will do."
    )
    buffer_minutes = forms.IntegerField(
        label="Minutes kept free after each visit", min_value=0, max_value=240, initial=0
    )
    is_active = forms.BooleanField(label="In use", required=False, initial=True)


class TokenForm(forms.Form):
    """A new bearer token."""

    label = forms.CharField(label="What it is for", max_length=80)
    days = forms.TypedChoiceField(
        label="How long it works",
        choices=[(7, "A week"), (30, "30 days"), (90, "90 days"), (365, "A year")],
        coerce=int,
        initial=30,
    )


class LogForm(forms.Form):
    """What to look for in the log."""

    person = forms.CharField(label="Who", max_length=80, required=False)
    patient_id = forms.UUIDField(label="Patient id", required=False)
    kind = forms.ChoiceField(label="What", required=False, choices=[("", "Everything"), *Kind.choices])
    on = forms.DateField(label="Day", required=False, widget=forms.DateInput(attrs={"type": "date"}))


def _where(branches: list[Branch]) -> list[tuple[str, str]]:
    return [("", "Every branch"), *((str(branch.pk), branch.name) for branch in branches)]
