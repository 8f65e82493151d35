"""Agreeing aloud to a recording, on a tablet: the sentence to read out, and what was recorded of it."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET

from kalon.consents import actions, queries
from kalon.consents.actions.saying import may_be_said
from kalon.consents.lifecycles import READ, SIGN
from kalon.people import queries as people
from kalon.web import files
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page


class SayForm(forms.Form):
    """What was recorded, what was confirmed, and that a member of staff heard it."""

    words = forms.CharField(widget=forms.HiddenInput)
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

    def __init__(self, *args: Any, shown: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"words": shown.consent.content_sha256}
        super().__init__(*args, **kwargs)
        self.fields["ticked"].choices = [(str(at), tick) for at, tick in enumerate(shown.ticks)]  # type: ignore[attr-defined]


@staff_page(SIGN)
def say(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Read the sentence out, hear it again, keep it."""
    by = actor_of(request)
    found = actions.open_to_sign(pk, by=by)
    back = _back(request)
    if not found.is_open:
        return go(request, back) if back else go(request, "consents:consent", pk=pk)
    may_be_said(found)
    shown = queries.shown(found)
    form = SayForm(request.POST or None, request.FILES or None, shown=shown)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        with refusals_on(form):
            actions.say(pk, actions.Said(said["sound"].read(), len(said["ticked"]), said["words"]), by=by)
        if not form.errors:
            toast = "Agreed aloud. The recording is kept with the consent."
            return go(request, back, toast=toast) if back else go(request, "consents:consent", pk=pk, toast=toast)
    context = {
        "consent": found, "shown": shown, "form": form, "sentence": actions.sentence_of(found), "back": back,
        "witness": people.staff_of(by), "patient": found.patient,
    }  # fmt: skip
    return render(request, "consents/say.html", context, status=422 if form.errors else 200)


@require_GET
@staff_page(READ)
def said(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The sound of what was said."""
    found, sound = actions.hear_said(pk, by=actor_of(request))
    return files.shown(iter([sound]), content_type=found.container, size=len(sound), name="consent")


def _back(request: HttpRequest) -> str:
    """Where the page was opened from, if that is one of ours."""
    wish = request.POST.get("back") or request.GET.get("back", "")
    return wish if wish.startswith("/") and url_has_allowed_host_and_scheme(wish, allowed_hosts=None) else ""
