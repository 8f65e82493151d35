"""What a patient types on the portal."""

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from django import forms

from kalon.documents import queries as documents
from kalon.patients import queries as patients

DAYS = ((0, "Mon"), (1, "Tue"), (2, "Wed"), (3, "Thu"), (4, "Fri"), (5, "Sat"), (6, "Sun"))


class BookForm(forms.Form):
    """A chosen time, as the page offered it: an ISO instant with its offset."""

    service = forms.UUIDField(required=False)
    package = forms.UUIDField(required=False)
    doctor = forms.UUIDField(required=False)  # none: whoever is first
    branch = forms.UUIDField()
    hold_id = forms.UUIDField(required=False)
    held_doctor = forms.UUIDField(required=False)  # who is first was found when the time was held
    start = forms.DateTimeField(input_formats=["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z"])
    told_price = forms.DecimalField(required=False, max_digits=14, decimal_places=2)  # what the page said it costs
    complaint = forms.CharField(
        label="What would you like to talk about?",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CancelForm(forms.Form):
    reason = forms.CharField(label="Why do you cancel?", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class PayForm(forms.Form):
    """How much is paid now: empty for what is due, which may be a deposit."""

    amount = forms.DecimalField(required=False, max_digits=12, decimal_places=2)


class TopUpForm(forms.Form):
    """How much is put on one's own account."""

    amount = forms.DecimalField(label="How much to add ₹", max_digits=12, decimal_places=2, min_value=Decimal("0.01"))


class MoveForm(forms.Form):
    start = forms.DateTimeField(input_formats=["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z"])
    reason = forms.CharField(label="Why do you move the visit?", required=False, max_length=300)


class WaitForm(forms.Form):
    """When a time would suit somebody who waits for one."""

    weekdays = forms.TypedMultipleChoiceField(
        choices=DAYS,
        coerce=int,
        initial=[day for day, _ in DAYS],
        label="Which days suit you?",
        widget=forms.CheckboxSelectMultiple,
    )
    from_time = forms.TimeField(
        label="Not before", initial=time(9), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    to_time = forms.TimeField(
        label="Over by", initial=time(19), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    until_date = forms.DateField(
        label="Until which day?", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until_date"].initial = today + timedelta(days=14)

    def wishes(self) -> dict[str, Any]:
        """What was typed, as the verb takes it."""
        return {**self.cleaned_data, "weekdays": tuple(self.cleaned_data["weekdays"])}


LINES = ("line1", "line2", "city", "district", "state", "postal_code")


class ReachForm(forms.Form):
    """How the clinic reaches somebody; what is wrong with an answer is said by the verb."""

    phone = forms.CharField(label="Mobile", required=False, max_length=40)
    email = forms.CharField(label="E-mail", required=False, max_length=254)
    language = forms.ChoiceField(label="We write to you in")
    line1 = forms.CharField(label="House and street", required=False, max_length=200)
    line2 = forms.CharField(label="Area", required=False, max_length=200)
    city = forms.CharField(label="City", required=False, max_length=200)
    district = forms.CharField(label="District", required=False, max_length=200)
    state = forms.CharField(label="State", required=False, max_length=200)
    postal_code = forms.CharField(label="PIN code", required=False, max_length=20)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"] = forms.ChoiceField(
            label="We write to you in", choices=patients.languages(), initial=self.initial.get("language")
        )

    @staticmethod
    def told_by(me: Any) -> dict[str, Any]:
        """What the record says now, as the form shows it."""
        return {
            "phone": me.readable_phone,
            "email": me.email,
            "language": me.language,
            "version": me.version,
            **me.postal_address,
        }

    def changes(self) -> dict[str, Any]:
        """What differs from the form as it was drawn; an address counts as one."""
        told = self.cleaned_data
        address = {line: told[line] for line in LINES if told[line]}
        if country := self.initial.get("country"):
            address["country"] = country
        touched = {"address" if name in LINES else name for name in self.changed_data} - {"version"}
        return {name: address if name == "address" else told[name] for name in touched}


class ActForForm(forms.Form):
    patient = forms.UUIDField()


class SendFileForm(forms.Form):
    """A file that a patient sends, and what it is; the verb checks the file by its content."""

    file = forms.FileField(
        label="File",
        help_text="A PDF or a photo, at most 25 MB",
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,.webp,application/pdf,image/*"}),
        error_messages={"required": "Choose a file.", "missing": "Choose a file."},
    )
    kind = forms.ChoiceField(
        label="What is it?",
        choices=documents.kinds,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what it is."},
    )
    description = forms.CharField(label="What is it about?", required=False, help_text="For example: Thyroid test")
    document_date = forms.CharField(
        label="The day on it", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


class OwnAllergyForm(forms.Form):
    """Something the patient reacts to."""

    substance = forms.CharField(
        label="What do you react to?", error_messages={"required": "Write what you react to, for example penicillin."}
    )
    kind = forms.ChoiceField(
        label="What is it?",
        choices=patients.allergy_kinds,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what it is."},
    )
    reaction = forms.CharField(label="What happens?", required=False, help_text="For example: rash, swelling")


class OwnHistoryForm(forms.Form):
    """A line of the patient's history."""

    kind = forms.ChoiceField(
        label="What is it?",
        choices=patients.history_kinds,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what it is."},
    )
    text = forms.CharField(
        label="What should we know?",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Write what we should know."},
    )
    dose = forms.CharField(label="Dose", required=False, help_text="For a medicine: how much, how often")
    since_year = forms.IntegerField(label="Since", required=False, help_text="A year")
