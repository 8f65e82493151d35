"""Pages of files: the patient's tab, adding one, the viewer, the list of those nobody has looked at yet."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kalon.documents import actions, queries
from kalon.documents.forms import RemoveForm, Said, UploadForm
from kalon.documents.lifecycles import REMOVE, UPLOAD, VERIFY, VIEW
from kalon.documents.models import Document, Kind
from kalon.kernel import audit
from kalon.patients import queries as patients
from kalon.patients.queries import timeline
from kalon.web import files
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

ON_A_PAGE = 30


def tab(request: HttpRequest, patient: Any) -> str:
    """A patient's files, newest first, of one kind or all."""
    by = actor_of(request)
    kind = request.GET.get("kind", "")
    rows = queries.documents_of(patient.pk, seen_by=by)
    if kind in Kind.values:
        rows = rows.filter(kind=kind)
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    shown = list(page)
    audit.reads(by, shown, purpose="patient page, documents")
    context = {
        "patient": patient,
        "page": page,
        "rows": queries.with_thumbnails(shown, seen_by=by),
        "kinds": Kind.choices,
        "kind": kind if kind in Kind.values else "",
        "may_upload": by.may(UPLOAD),
    }
    return render_to_string("documents/_tab.html", context, request)


@staff_page(UPLOAD)
def add(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Add a file to a patient's record."""
    by = actor_of(request)
    patient = patients.patient(patient_id, seen_by=by)
    form = UploadForm(request.POST or None, request.FILES or None, initial={"kind": request.GET.get("kind", "")})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            added = actions.upload(patient_id, form.cleaned_data["file"], form.details(), by=by)
        if not form.errors:
            return go(request, "documents:document", pk=added.pk, toast="Document added")
    audit.read(by, patient, purpose="add a document")
    context = {"form": form, "patient": patient, "banner": patients.banner(patient)}
    return render(request, "documents/add.html", context, status=422 if form.errors else 200)


@staff_page(VIEW)
def document(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The file in the page, what is known about it, and the check by a person."""
    by = actor_of(request)
    found = actions.look(pk, purpose="opened the document", by=by)
    return _page(request, found)


@require_POST
@staff_page(VERIFY)
def verify(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Somebody has looked: it is this patient's, and what it claims to be."""
    by, form = actor_of(request), Said(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.verify(pk, form.details(), by=by)
        if not form.errors:
            return go(request, "documents:document", pk=pk, toast="Verified")
    return _page(request, queries.document(pk, seen_by=by), said=form)


@require_POST
@staff_page(REMOVE)
def remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Remove a file for good."""
    by, form = actor_of(request), RemoveForm(request.POST)
    found = queries.document(pk, seen_by=by)
    if form.is_valid():
        with refusals_on(form):
            actions.remove(pk, form.cleaned_data["reason"], by=by)
        if not form.errors:
            there = reverse("patients:tab", args=[found.patient_id, "documents"])
            return go(request, there, toast="Document removed; its key is destroyed")
    return _page(request, found, removing=form)


@require_GET
@staff_page(VIEW)
def content(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The file itself, for the frame of the page."""
    by = actor_of(request)
    found = actions.look(pk, purpose="read the document", by=by)
    return files.shown(queries.content(found, seen_by=by), **files.facts_of(found))


@require_GET
@staff_page(VIEW)
def download(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """A copy of the file."""
    by = actor_of(request)
    found = actions.download(pk, by=by)
    return files.taken_away(queries.content(found, seen_by=by), **files.facts_of(found))


@staff_page(VERIFY)
def waiting(request: HttpRequest) -> HttpResponse:
    """Files that nobody has looked at yet, the oldest first."""
    by = actor_of(request)
    page = Paginator(queries.waiting(seen_by=by), ON_A_PAGE).get_page(request.GET.get("page"))
    shown = list(page)
    audit.reads(by, shown, purpose="documents to verify")
    context = {"page": page, "rows": queries.with_thumbnails(shown, seen_by=by)}
    return render(request, "documents/waiting.html", context)


def _page(
    request: HttpRequest, found: Document, *, said: Said | None = None, removing: RemoveForm | None = None
) -> HttpResponse:
    by = actor_of(request)
    context = {
        "document": found,
        "patient": found.patient,
        "banner": patients.banner(found.patient),
        "said": said or Said(initial=Said.of(found)),
        "removing": removing or RemoveForm(),
        "may_verify": by.may(VERIFY),
        "may_remove": by.may(REMOVE),
    }
    refused = any(form is not None and form.errors for form in (said, removing))
    return render(request, "documents/document.html", context, status=422 if refused else 200)


def story(ask: timeline.Ask) -> Iterable[timeline.Entry]:
    """The files, on the day each was added."""
    rows = queries.documents_of(ask.patient_id, seen_by=ask.by)
    return [
        timeline.Entry(
            at=row.created_at,
            id=row.pk,
            title=row.title,
            text=_line(row),
            icon="files",
            tone="info",
            tag="Document",
            href=reverse("documents:document", args=[row.pk]),
        )
        for row in ask.of(rows)
    ]


def _line(row: Document) -> str:
    maker = f" from {row.origin}" if row.origin else ""
    checked = f"Verified by {row.verified_by}." if row.verified_at else "Not verified yet."
    return f"{row.get_kind_display()}{maker}. {checked}"
