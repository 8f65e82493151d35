"""What people say about a file, read into the details that the verbs take."""

from typing import Any, ClassVar

from django import forms

from kalon.documents.models import Document, Kind, Source
from kalon.documents.rules import DocumentDetails

TAKEN = ".pdf,.jpg,.jpeg,.png,.webp,application/pdf,image/jpeg,image/png,image/webp"


class Said(forms.Form):
    """What it is, what it is about, from when and from whom; the rules say what is wrong with an answer."""

    kind = forms.ChoiceField(
        label="Kind", choices=Kind.choices, widget=forms.RadioSelect, error_messages={"required": "Choose one."}
    )
    description = forms.CharField(label="What is it about?", required=False, help_text="For example: Thyroid profile")
    document_date = forms.CharField(
        label="Day of the document", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    source = forms.ChoiceField(label="Where does it come from?", choices=Source.choices, initial=Source.OUTSIDE)
    origin = forms.CharField(label="Who made it?", required=False, help_text="For example: the laboratory's name")

    names: ClassVar[tuple[str, ...]] = ("kind", "description", "document_date", "source", "origin")

    @classmethod
    def of(cls, document: Document) -> dict[str, Any]:
        """What stands in the form before anything is typed."""
        held = {name: getattr(document, name) for name in cls.names}
        held["document_date"] = document.document_date.isoformat() if document.document_date else ""
        return held

    def details(self) -> DocumentDetails:
        return DocumentDetails(**{name: self.cleaned_data[name] for name in self.names if name in self.fields})


class UploadForm(Said):
    """A file with what is said about it."""

    file = forms.FileField(
        label="File",
        help_text="PDF, JPEG, PNG or WebP, at most 25 MB",
        widget=forms.FileInput(attrs={"accept": TAKEN}),
        allow_empty_file=True,  # the verb says it better
        error_messages={"required": "Choose a file.", "missing": "Choose a file."},
    )
    field_order = ("file", *Said.names)


class RemoveForm(forms.Form):
    reason = forms.CharField(
        label="Why is it removed?",
        required=False,
        help_text="Kept in the log of the record. The file itself cannot be brought back.",
    )
