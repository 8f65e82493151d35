"""What a patient types on the portal."""

from django import forms


class BookForm(forms.Form):
    """A chosen time, as the page offered it: an ISO instant with its offset."""

    service = forms.UUIDField()
    doctor = forms.UUIDField()
    branch = forms.UUIDField()
    start = forms.DateTimeField(input_formats=["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z"])
    complaint = forms.CharField(
        label="What would you like to talk about?",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CancelForm(forms.Form):
    reason = forms.CharField(label="Why do you cancel?", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class MoveForm(forms.Form):
    start = forms.DateTimeField(input_formats=["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z"])
    reason = forms.CharField(label="Why do you move the visit?", required=False, max_length=300)


class ActForForm(forms.Form):
    patient = forms.UUIDField()
