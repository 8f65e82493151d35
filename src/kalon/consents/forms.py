"""Parsing of what is typed and drawn under consents, and of how they are worded."""

import json
from collections.abc import Iterable
from typing import Any

from django import forms

from kalon.consents.actions import Role, Signing, Terms, TextDetails, Wish
from kalon.consents.lifecycles import OF_PLAN, Kind
from kalon.consents.models import Text, Version
from kalon.consents.queries import Shown
from kalon.consents.rules import LANGUAGES, LONGEST_DRAWING

LANGUAGE_CHOICES = list(LANGUAGES.items())


class _PaperForm(forms.Form):
    """Which version of which form, in which language, and who signs for whom."""

    version = forms.ChoiceField()
    language = forms.ChoiceField(label="Language", required=False)
    has_interpreter = forms.BooleanField(label="Somebody interprets, and signs that they did", required=False)
    guardianship = forms.CharField(
        label="An adult under guardianship: on what ground?", required=False, max_length=300,
        help_text="The order or law and its date. Then the guardian signs instead of the patient. Else leave it empty.",
    )  # fmt: skip

    def __init__(self, *args: Any, versions: list[Version], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].choices = [(str(one.pk), one.template.name) for one in versions]  # type: ignore[attr-defined]
        there = {text.language for one in versions for text in one.texts.all()}
        offered = [(code, name) for code, name in LANGUAGE_CHOICES if code in there]
        self.fields["language"].choices = [("", "The patient's own, where there is a text"), *offered]  # type: ignore[attr-defined]


class PrepareForm(_PaperForm):
    """Which paper a patient is asked to sign."""

    version = forms.ChoiceField(
        label="What is it about?", widget=forms.RadioSelect, error_messages={"required": "Choose what it is about."}
    )
    language = forms.ChoiceField(label="Language", required=False, help_text="It can be changed until somebody signs.")

    def wish(self, branch_id: Any) -> Wish:
        said = self.cleaned_data
        return Wish(said["version"], branch_id, said["language"], said["has_interpreter"], said["guardianship"])


class AskForm(_PaperForm):
    """Which form is put before the patient for a plan, in which language."""

    version = forms.ChoiceField(label="Form", error_messages={"required": "Choose which form is signed."})


class SignForm(forms.Form):
    """One signature: drawn into the field, or the name typed."""

    words = forms.CharField(widget=forms.HiddenInput)
    role = forms.CharField(widget=forms.HiddenInput)
    strokes = forms.CharField(widget=forms.HiddenInput, required=False, max_length=LONGEST_DRAWING)
    ticked = forms.MultipleChoiceField(
        label="Please confirm", required=False, widget=forms.CheckboxSelectMultiple(attrs={"class": "checkbox"})
    )
    relation = forms.CharField(label="", required=False, max_length=200)
    name = forms.CharField(label="Your full name", required=False, max_length=200)
    code = forms.CharField(
        label="The code from the message", required=False, max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )  # fmt: skip

    def __init__(self, *args: Any, shown: Shown, role: str, code: Any = None, **kwargs: Any) -> None:
        kwargs["initial"] = {"words": shown.consent.content_sha256, "role": role, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.fields["ticked"].choices = [(str(at), tick) for at, tick in enumerate(shown.ticks)]  # type: ignore[attr-defined]
        if role not in (Role.PATIENT, Role.GUARDIAN):
            del self.fields["ticked"]
        if code is None:
            del self.fields["code"]
        elif role == Role.PATIENT:
            del self.fields["name"]
        self.fields["relation"].label = {
            Role.GUARDIAN: "What are you to the patient? (mother, father, guardian by court)",
            Role.INTERPRETER: "Into which language did you interpret?",
        }.get(Role(role), "")
        # One of the two is needed, drawing or name: to the eye it is no wish. So is a code that was sent.
        for name in ("name", "code"):
            if name in self.fields:
                self.fields[name].required = not self.is_bound
        if not self.fields["relation"].label:
            del self.fields["relation"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if "code" in self.fields:
            if not said.get("code", "").strip():
                self.add_error("code", "Type the code from the message, or sign in another way.")
        elif not said.get("strokes") and not said.get("name", "").strip():
            self.add_error("strokes", "Sign in the field, or type your full name.")
        return said

    def signing(self) -> Signing:
        said = self.cleaned_data
        return Signing(
            role=said["role"],
            name=said.get("name", ""),
            strokes=_read(said["strokes"]),
            code=said.get("code", "").strip(),
            relation=said.get("relation", ""),
            ticked=len(said.get("ticked", [])),
            words=said["words"],
        )


class ReadForm(forms.Form):
    """A part is read, with initials where they are asked."""

    words = forms.CharField(widget=forms.HiddenInput)
    number = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=60)
    initials = forms.CharField(label="Your initials", required=False, max_length=12)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["initials"].required = not self.is_bound  # to the eye it is no wish; the rules say when


class QuestionForm(forms.Form):
    """What the patient would like to know about a part."""

    number = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=60)
    question = forms.CharField(
        label="Your question", max_length=1000, widget=forms.Textarea(attrs={"rows": 3, "data-grow": ""}),
        error_messages={"required": "Write what you would like to know."},
    )  # fmt: skip


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label="Answer", max_length=1000, widget=forms.Textarea(attrs={"rows": 2, "data-grow": ""}),
        error_messages={"required": "Write the answer."},
    )  # fmt: skip


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Why", max_length=300, error_messages={"required": "Write why; it is kept."})


class TemplateForm(forms.Form):
    """A new consent form."""

    kind = forms.ChoiceField(label="A consent to what?", choices=Kind.choices)
    name = forms.CharField(label="Name, for the staff", max_length=120)


class ProceduresForm(forms.Form):
    """Which procedures of the catalogue a form is about."""

    procedures = forms.MultipleChoiceField(
        label="Procedures", required=False, widget=forms.CheckboxSelectMultiple(attrs={"class": "checkbox"}),
        help_text="None: it fits any plan.",
    )  # fmt: skip

    def __init__(self, *args: Any, entries: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["procedures"].choices = [(str(one.pk), one.name) for one in entries]  # type: ignore[attr-defined]


class TermsForm(forms.Form):
    """How long a signature holds, and who signs."""

    valid_months = forms.IntegerField(
        label="A signature holds, in months", required=False, min_value=1, max_value=120,
        help_text="Empty: until the patient withdraws it.",
    )  # fmt: skip
    needs_surgeon = forms.BooleanField(label="A doctor or surgeon countersigns", required=False)
    needs_staff = forms.BooleanField(label="A member of staff signs too", required=False)
    needs_witness = forms.BooleanField(label="A witness signs too", required=False)

    def terms(self) -> Terms:
        return Terms(**self.cleaned_data)

    def only_for(self, kind: str) -> "TermsForm":
        """Without what a kind of consent does not ask."""
        if kind not in OF_PLAN:
            del self.fields["needs_surgeon"]
        return self


class TextForm(forms.Form):
    """The words in one language."""

    title = forms.CharField(label="Title", max_length=120)
    body = forms.CharField(
        label="Text", widget=forms.Textarea(attrs={"rows": 22}), max_length=20_000,
        help_text="“# ” begins a part, “- ” a line of a list, “Source:” says where a fact of law stands, “[ ]” is "
        "ticked before signing. {patient}, {number} and {clinic} are filled in.",
    )  # fmt: skip

    def details(self, language: str) -> TextDetails:
        return TextDetails(language, self.cleaned_data["title"], self.cleaned_data["body"])


class LanguageForm(forms.Form):
    language = forms.ChoiceField(label="Language", choices=LANGUAGE_CHOICES)


def said_of(text: Text | None) -> dict[str, str]:
    """What a text says already, to go on from."""
    return {"title": text.title, "body": text.body} if text else {}


def _read(strokes: str) -> Any:
    """The drawing as it came; what is no JSON is refused by the rules as a drawing that did not arrive whole."""
    if not strokes:
        return None
    try:
        return json.loads(strokes)
    except ValueError:
        return strokes
