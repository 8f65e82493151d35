"""What is typed about messages."""

from typing import Any

import phonenumbers
from django import forms
from django.core.validators import validate_email

from kalon.messaging import rules
from kalon.messaging.lifecycles import Status
from kalon.messaging.models import Answer, Channel, Preference

TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
LANGUAGES = [("", "As in the record"), *rules.LANGUAGES.items()]


class LogForm(forms.Form):
    """Which messages are wanted."""

    status = forms.ChoiceField(
        required=False,
        choices=[("", "All states"), *Status.choices],
        widget=forms.Select(attrs={"class": "select w-56"}),
    )
    channel = forms.ChoiceField(
        required=False,
        choices=[("", "Every way"), *Channel.choices],
        widget=forms.Select(attrs={"class": "select w-44"}),
    )
    code = forms.ChoiceField(
        required=False,
        choices=[("", "Everything"), *((known.code, known.name) for known in rules.KNOWN.values())],
        widget=forms.Select(attrs={"class": "select w-80"}),
    )
    patient = forms.UUIDField(required=False, widget=forms.HiddenInput)


class ReasonForm(forms.Form):
    """Why it is sent again, or counts as not delivered."""

    reason = forms.CharField(max_length=200, label="Why?")


class WordingForm(forms.Form):
    """A subject and a text, with names in double braces."""

    subject = forms.CharField(max_length=200)
    body = forms.CharField(label="Text", max_length=4000, strip=False, widget=forms.Textarea(attrs={"rows": 12}))

    def __init__(self, *args: Any, channel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if channel in (Channel.SMS, Channel.WHATSAPP):
            del self.fields["subject"]
            self.fields["body"].widget.attrs["rows"] = 4

    def clean_body(self) -> str:
        return str(self.cleaned_data["body"]).replace("\r\n", "\n")


class AnswerForm(forms.Form):
    """Which answers are wanted."""

    meaning = forms.ChoiceField(
        required=False,
        choices=[("", "Everything"), *Answer.Meaning.choices],
        widget=forms.Select(attrs={"class": "select w-56"}),
    )


class PreferenceForm(forms.Form):
    """How somebody wishes to be reached, in the words of the page."""

    first = forms.ChoiceField(choices=[], widget=forms.RadioSelect, label="Write to me first by")
    also = forms.MultipleChoiceField(
        choices=Channel.choices, required=False, widget=forms.CheckboxSelectMultiple, label="If that does not reach me"
    )
    language = forms.ChoiceField(choices=LANGUAGES, required=False, label="In this language")
    reminders = forms.BooleanField(required=False, label="Remind me the day before a visit")
    news = forms.BooleanField(required=False, label="Tell me about news and offers")
    again = forms.BooleanField(required=False, label="Write to me there again")

    def __init__(self, *args: Any, wish: Preference, **kwargs: Any) -> None:
        order = [*wish.channels, Channel.EMAIL]
        kwargs["initial"] = {
            "first": order[0],
            "also": wish.channels[1:] if wish.channels else [Channel.SMS],
            "language": wish.language,
            "reminders": rules.Purpose.REMINDER not in wish.declined,
            "news": rules.Purpose.MARKETING not in wish.declined,
        }
        super().__init__(*args, **kwargs)
        first = self.fields["first"]
        assert isinstance(first, forms.ChoiceField)
        first.choices = Channel.choices
        if not wish.stopped:
            del self.fields["again"]

    def wishes(self) -> dict[str, Any]:
        """As the verb takes them."""
        said = self.cleaned_data
        channels = list(dict.fromkeys([said["first"], *said["also"]]))
        declined = [
            str(purpose)
            for purpose, wanted in (
                (rules.Purpose.REMINDER, said["reminders"]),
                (rules.Purpose.MARKETING, said["news"]),
            )
            if not wanted
        ]
        stopped: dict[str, list[str]] = {"stopped": []} if said.get("again") else {}
        return {"channels": channels, "language": said["language"], "declined": declined, **stopped}


class QuietForm(forms.Form):
    """From when until when nobody is written to."""

    starts_at = forms.TimeField(label="Quiet from", widget=TIME)
    ends_at = forms.TimeField(label="until", widget=TIME)


class TestForm(forms.Form):
    """Where a test goes."""

    channel = forms.ChoiceField(choices=[choice for choice in Channel.choices if choice[0] != Channel.PUSH], label="By")
    recipient = forms.CharField(max_length=254, label="To")

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("recipient") and said.get("channel"):
            said["recipient"] = (
                self._mail(said["recipient"]) if said["channel"] == Channel.EMAIL else self._phone(said["recipient"])
            )
        return said

    def _mail(self, text: str) -> str:
        try:
            validate_email(text.strip())
        except forms.ValidationError:
            self.add_error("recipient", "Write an e-mail address, such as desk@clinic.example.")
        return text.strip()

    def _phone(self, text: str) -> str:
        try:
            number = phonenumbers.parse(text, "IN")
        except phonenumbers.NumberParseException:
            self.add_error("recipient", "Write a phone number with its country, such as +91 98765 43210.")
            return text
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
