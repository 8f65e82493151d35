"""Parsing of what is typed about recordings: patterns, words to try, days, reasons."""

from django import forms


class PatternForm(forms.Form):
    """Something more that is taken out of every text."""

    name = forms.CharField(label="What it takes out", max_length=60, help_text="For example: locker number.")
    regex = forms.CharField(
        label="Pattern", max_length=200, help_text=r"A regular expression: \bLK-\d{4}\b. Say how often at most: {1,6}."
    )
    token = forms.CharField(
        label="What stands in its place", max_length=60, help_text="Large letters in brackets: [LOCKER_REDACTED]."
    )


class TryForm(forms.Form):
    """Words to try the redactor on."""

    text = forms.CharField(
        label="Words to try it on", max_length=4_000, widget=forms.Textarea(attrs={"rows": 5, "data-grow": ""}),
        error_messages={"required": "Type some words to try it on."},
    )  # fmt: skip


class KeepForm(forms.Form):
    """For how many days sound and words are kept."""

    sound_days = forms.IntegerField(label="Sound, in days", min_value=1, max_value=3660)
    words_days = forms.IntegerField(
        label="Words, in days", min_value=365, max_value=9132,
        help_text="What was said, drafts, and what was sent of it. The note itself stays in the record.",
    )  # fmt: skip


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Why", max_length=300, error_messages={"required": "Write why; it is kept."})


class EngineForm(forms.Form):
    """What a clinic decides about one engine outside the building."""

    name = forms.CharField(widget=forms.HiddenInput, max_length=40)
    is_on = forms.BooleanField(label="Switched on", required=False)
    model = forms.CharField(label="Model", max_length=80, required=False)
    budget = forms.DecimalField(label="Budget of a month", max_digits=12, decimal_places=2, min_value=0)
    read_price = forms.DecimalField(label="A million tokens read", max_digits=12, decimal_places=4, min_value=0)
    write_price = forms.DecimalField(label="A million tokens written", max_digits=12, decimal_places=4, min_value=0)
    minute_price = forms.DecimalField(label="A minute heard", max_digits=12, decimal_places=4, min_value=0)
