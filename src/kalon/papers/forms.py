"""Parsing of what is given about certificates and papers."""

from django import forms

MOST = 1024 * 1024


class BringForm(forms.Form):
    """A certificate file with its password."""

    staff = forms.ChoiceField(label="Who signs with it")
    file = forms.FileField(label="Certificate file", help_text="A .p12 or .pfx file with certificate and key.")
    password = forms.CharField(
        label="Password of the file", required=False, max_length=200, strip=False, widget=forms.PasswordInput
    )

    def clean_file(self) -> bytes:
        given = self.cleaned_data["file"]
        if given.size > MOST:
            raise forms.ValidationError("A certificate file is much smaller. Choose the .p12 or .pfx file.")
        return bytes(given.read())


class EndForm(forms.Form):
    """Why nothing more is signed with a certificate."""

    reason = forms.CharField(label="Why", max_length=200)


class CompareForm(forms.Form):
    """A file that somebody was given, to be compared with what was signed."""

    MOST = 20 * 1024 * 1024

    file = forms.FileField(label="The PDF you were given")

    def clean_file(self) -> bytes:
        given = self.cleaned_data["file"]
        if given.size > self.MOST:
            raise forms.ValidationError("No paper of the clinic is as large as this. Choose the PDF you were given.")
        return bytes(given.read())
