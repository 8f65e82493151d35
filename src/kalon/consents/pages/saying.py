"""Agreeing aloud to a recording, on a tablet: the sentence to read out, and what was recorded of it."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET

from kalon.consents import actions, queries
from kalon.consents.lifecycles import READ, SIGN
from kalon.consents.rules import Role
from kalon.patients import queries as patients
from kalon.people import queries as people
from kalon.web import files
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page


class SayForm(forms.Form):
    """What was recorded, what was confirmed, that a member of staff heard it, and the guardian where one says it."""

    words = forms.CharField(widget=forms.HiddenInput)
    name = forms.CharField(
        label="The guardian's full name", max_length=200,
        widget=forms.TextInput(attrs={"data-say-into": "name", "autocomplete": "off"}),
        error_messages={"required": "Write the guardian's full name."},
    )  # fmt: skip
    relation = forms.CharField(
        label="What are they to the patient?", max_length=200, help_text="Mother, father, guardian by court.",
        widget=forms.TextInput(attrs={"data-say-into": "relation", "autocomplete": "off"}),
        error_messages={"required": "Write what the guardian is to the patient."},
    )  # fmt: skip
    sound = forms.FileField(
        label="The recording", error_messages={"required": "Record the sentence first."}, allow_empty_file=False
    )
    ticked = forms.MultipleChoiceField(
        label="The patient says yes to each", required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "checkbox"}),
    )  # fmt: skip
    heard = forms.BooleanField(
        label="I was there and heard the patient say it", error_messages={"required": "Say that you heard it."}
    )

    def __init__(self, *args: Any, shown: Any, guardian: Any = None, by_guardian: bool = False, **kwargs: Any) -> None:
        known = {"name": guardian.name, "relation": guardian.relationship.lower()} if guardian else {}
        kwargs["initial"] = {"words": shown.consent.content_sha256, **known}
        super().__init__(*args, **kwargs)
        if by_guardian:
            self.fields["ticked"].label = "The guardian says yes to each"
            self.fields["heard"].label = "I was there and heard the guardian say it"
        else:
            del self.fields["name"], self.fields["relation"]
        self.fields["ticked"].choices = [(str(at), tick) for at, tick in enumerate(shown.ticks)]  # type: ignore[attr-defined]


@staff_page(SIGN)
def say(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Read the sentence out, hear it again, keep it."""
    by = actor_of(request)
    found = actions.open_to_sign(pk, by=by)
    back = _back(request)
    if not found.is_open:
        return go(request, back) if back else go(request, "consents:consent", pk=pk)
    by_guardian = actions.may_be_said(found) == Role.GUARDIAN
    shown = queries.shown(found)
    near = patients.contacts(found.patient_id, seen_by=by) if by_guardian else []
    guardian = next((one for one in near if one.is_guardian), None)
    files_sent = request.FILES or None
    form = SayForm(request.POST or None, files_sent, shown=shown, guardian=guardian, by_guardian=by_guardian)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        with refusals_on(form):
            names = {"name": said.get("name", ""), "relation": said.get("relation", "")}
            actions.say(pk, actions.Said(said["sound"].read(), len(said["ticked"]), said["words"], **names), by=by)
        if not form.errors:
            toast = "Agreed aloud. The recording is kept with the consent."
            return go(request, back, toast=toast) if back else go(request, "consents:consent", pk=pk, toast=toast)
    context = {
        "consent": found, "shown": shown, "form": form, "sentence": _in_parts(found, form), "back": back,
        "witness": people.staff_of(by), "patient": found.patient, "by_guardian": by_guardian,
    }  # fmt: skip
    return render(request, "consents/say.html", context, status=422 if form.errors else 200)


@require_GET
@staff_page(READ)
def said(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The sound of what was said."""
    found, sound = actions.hear_said(pk, by=actor_of(request))
    return files.shown(iter([sound]), content_type=found.container, size=len(sound), name="consent")


def _in_parts(consent: Any, form: SayForm) -> list[tuple[str, str]]:
    """The sentence cut where a guardian's name and relation stand, so that it follows what is typed."""
    whole = actions.sentence_of(consent, name="\0name\0", relation="\0relation\0")
    pieces = whole.split("\0")
    return [
        ((str(form[piece].value() or "") or "…", piece) if at % 2 else (piece, "")) for at, piece in enumerate(pieces)
    ]


def _back(request: HttpRequest) -> str:
    """Where the page was opened from, if that is one of ours."""
    wish = request.POST.get("back") or request.GET.get("back", "")
    return wish if wish.startswith("/") and url_has_allowed_host_and_scheme(wish, allowed_hosts=None) else ""
