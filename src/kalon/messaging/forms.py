"""What is typed about messages."""

from typing import Any

from django import forms

from kalon.messaging import rules
from kalon.messaging.lifecycles import Status
from kalon.messaging.models import Channel


class LogForm(forms.Form):
    """Which messages are wanted."""

    status = forms.ChoiceField(
        required=False,
        choices=[("", "All states"), *Status.choices],
        widget=forms.Select(attrs={"class": "select w-56"}),
    )
    code = forms.ChoiceField(
        required=False,
        choices=[("", "Everything"), *((known.code, known.name) for known in rules.KNOWN.values())],
        widget=forms.Select(attrs={"class": "select w-80"}),
    )
    patient = forms.UUIDField(required=False, widget=forms.HiddenInput)


class ReasonForm(forms.Form):
    """Why it is sent again."""

    reason = forms.CharField(max_length=200, label="Why is it sent again?")


class WordingForm(forms.Form):
    """A subject and a text, with names in double braces."""

    subject = forms.CharField(max_length=200)
    body = forms.CharField(label="Text", max_length=4000, strip=False, widget=forms.Textarea(attrs={"rows": 12}))

    def __init__(self, *args: Any, channel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if channel == Channel.SMS:
            del self.fields["subject"]
            self.fields["body"].widget.attrs["rows"] = 4

    def clean_body(self) -> str:
        return str(self.cleaned_data["body"]).replace("\r\n", "\n")
