"""A consent read part by part, on the patient's own pages and on the clinic's tablet alike."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from kalon.consents import actions, queries, rules
from kalon.consents.forms import QuestionForm, ReadForm
from kalon.consents.models import Consent
from kalon.consents.rules.frame import frame
from kalon.web.fronts import actor_of, go, refusals_on

THEMSELVES = (rules.Role.PATIENT, rules.Role.GUARDIAN)
Page = Callable[..., HttpResponse]


def part_on_screen(request: HttpRequest, found: Consent, role: str) -> dict[str, Any]:
    """What a page needs to show how far it is read; the part whose turn it is counts as on the screen from now."""
    reading = queries.reading(found)
    is_theirs = role in THEMSELVES
    now = reading.now if is_theirs else None
    if now is not None:
        actions.show_part(found.pk, now.number, by=actor_of(request))
    prefix = "my_" if actor_of(request).is_patient else ""
    doctor = (found.plan.doctor or found.plan.approved_by) if found.plan else None
    return {
        "reading": reading,
        "frame": frame(found.language if is_theirs else "en"),
        "now": now,
        "needs_initials": now is not None and now.number in found.initialled,
        "waits": reading.waits,
        "doctor": doctor.name if doctor else "us",
        "steps": len(reading.parts) + 1,
        "step": (now.number if now else len(reading.parts) + 1),
        "read_url": reverse(f"consents:{prefix}read_part", args=[found.pk]),
        "ask_url": reverse(f"consents:{prefix}ask_about", args=[found.pk]),
        "read_form": ReadForm(initial={"words": found.content_sha256, "number": now.number}) if now else None,
        "question_form": QuestionForm(initial={"number": now.number}) if now else None,
    }


def read(request: HttpRequest, pk: UUID, *, page: Page, url_name: str) -> HttpResponse:
    """“I have read this part”."""
    form = ReadForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        with refusals_on(form):
            actions.read_part(pk, said["number"], words=said["words"], initials=said["initials"], by=actor_of(request))
        if not form.errors:
            return go(request, url_name, pk=pk)
    return page(request, pk, read_form=form)


def ask(request: HttpRequest, pk: UUID, *, page: Page, url_name: str) -> HttpResponse:
    """A question about the part that is on the screen."""
    form = QuestionForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.ask_about(pk, form.cleaned_data["number"], form.cleaned_data["question"], by=actor_of(request))
        if not form.errors:
            return go(request, url_name, pk=pk, toast="Asked. Read on; we answer before you sign.")
    return page(request, pk, question_form=form)
