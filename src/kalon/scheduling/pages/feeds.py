"""Calendars to subscribe to: the file itself, and the pages on which one is made and taken back."""

import hashlib

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.urls import reverse
from django.utils.http import parse_etags, quote_etag
from django.views.decorators.http import require_safe

from kalon.kernel.actors import Actor
from kalon.scheduling.actions.feeds import make_feed, revoke_feed
from kalon.scheduling.lifecycles import VIEW
from kalon.scheduling.models.feeds import CalendarFeed
from kalon.scheduling.queries.feeds import calendar_of, own_feed
from kalon.web.fronts import actor_of, go, patient_page, public_page, refusals_on, render, staff_page


class FeedForm(forms.Form):
    """How patients are called in it."""

    detail = forms.ChoiceField(
        choices=CalendarFeed.Detail.choices,
        initial=CalendarFeed.Detail.INITIALS,
        widget=forms.RadioSelect,
        label="Patients are shown by",
    )


@require_safe
@public_page
def file(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar itself; a program that has it already is told so."""
    content = calendar_of(token)
    if content is None:
        return HttpResponse("There is no such calendar any more.", status=404, content_type="text/plain")
    etag = quote_etag(hashlib.sha256(content.encode()).hexdigest()[:32])
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        answer: HttpResponse = HttpResponseNotModified()
    else:
        answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
        answer["Content-Disposition"] = 'inline; filename="visits.ics"'
    answer["ETag"], answer["Cache-Control"] = etag, "private, no-cache"
    answer["X-Robots-Tag"] = "noindex"
    return answer


file.opens_own_unit = True  # type: ignore[attr-defined]


@staff_page(VIEW)
def mine(request: HttpRequest) -> HttpResponse:
    """A member of staff's own calendar."""
    return _page(request, "scheduling/feed.html", "scheduling:feed")


@patient_page
def my_calendar(request: HttpRequest) -> HttpResponse:
    """A patient's own calendar."""
    return _page(request, "scheduling/my_feed.html", "scheduling:my_feed")


def _page(request: HttpRequest, template: str, name: str) -> HttpResponse:
    by: Actor = actor_of(request)
    form, token = FeedForm(request.POST if "make" in request.POST and not by.is_patient else None), ""
    if request.method == "POST" and "end" in request.POST:
        revoke_feed(by=by)
        return go(request, name, toast="The address no longer works")
    if request.method == "POST" and (by.is_patient or form.is_valid()):
        detail = CalendarFeed.Detail.INITIALS if by.is_patient else form.cleaned_data["detail"]
        with refusals_on(form):
            token = make_feed(detail=detail, by=by)
    context = {"form": form, "held": own_feed(seen_by=by), "address": _address(request, token) if token else ""}
    return render(request, template, context, status=422 if form.errors else 200)


def _address(request: HttpRequest, token: str) -> str:
    path = reverse("scheduling:feed_file", args=[token])
    return f"{settings.KALON_URL.rstrip('/')}{path}" if settings.KALON_URL else request.build_absolute_uri(path)
