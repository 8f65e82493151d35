"""A patient's own files: reports, images and letters they were given, read and sent on the phone."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_GET

from kalon.documents import actions, queries
from kalon.documents.actions import DocumentDetails
from kalon.portal.forms import SendFileForm
from kalon.web import files
from kalon.web.fronts import actor_of, go, patient_page, refusals_on, render


@patient_page
def document(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One file, with what is known about it."""
    found = actions.look(pk, purpose="own document", by=actor_of(request))
    return render(request, "portal/document.html", {"document": found})


@require_GET
@patient_page
def content(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The file itself, for the frame of the page."""
    by = actor_of(request)
    found = actions.look(pk, purpose="read own document", by=by)
    chunks = queries.content(found, seen_by=by)
    return files.shown(chunks, **files.facts_of(found))


@require_GET
@patient_page
def download(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """A copy of the file."""
    by = actor_of(request)
    found = actions.download(pk, by=by)
    chunks = queries.content(found, seen_by=by)
    return files.taken_away(chunks, **files.facts_of(found))


@patient_page
def send(request: HttpRequest) -> HttpResponse:
    """Send the clinic a report, a picture or a letter."""
    by = actor_of(request)
    form = SendFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        told = {name: form.cleaned_data[name] for name in ("kind", "description", "document_date")}
        with refusals_on(form):
            added = actions.upload(by.own_patient_id, form.cleaned_data["file"], DocumentDetails(**told), by=by)
        if not form.errors:
            return go(request, "portal:document", pk=added.pk, toast="Sent. The clinic looks at it.")
    return render(request, "portal/send.html", {"form": form}, status=422 if form.errors else 200)
