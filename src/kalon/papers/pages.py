"""Pages of papers: the file for staff and patient, the page behind the printed code, and the certificates."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from kalon.kernel.errors import NotFound
from kalon.papers import actions, queries
from kalon.papers.actions.certificates import MANAGE
from kalon.papers.forms import BringForm, CompareForm, EndForm
from kalon.people import queries as people
from kalon.web.fronts import actor_of, go, patient_page, public_page, refusals_on, render, staff_page

PER_PAGE = 30


@require_safe
@staff_page(queries.READ)
def file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A signed paper, as it left the clinic."""
    return _file(request, pk)


@require_safe
@patient_page
def my_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A patient's own signed paper."""
    return _file(request, pk)


@public_page
def verify(request: HttpRequest, token: str) -> HttpResponse:
    """What a stranger reads who follows the code on a paper."""
    found = queries.shown(token)
    if found is None:
        return render(request, "papers/verify.html", {"paper": None}, status=404)
    form = CompareForm(request.POST or None, request.FILES or None)
    is_same = found.is_this(form.cleaned_data["file"]) if request.method == "POST" and form.is_valid() else None
    zone = ZoneInfo(found.zone)
    context = {
        "paper": found,
        "form": form,
        "is_same": is_same,
        "signed_at": _wall(found.signed_at, zone),
        "withdrawn_at": _wall(found.withdrawn_at, zone) if found.withdrawn_at else None,
    }
    return render(request, "papers/verify.html", context, status=422 if form.errors else 200)


verify.opens_own_unit = True  # type: ignore[attr-defined]  # a stranger with the code of one paper, in any clinic


@require_safe
@staff_page()
def issuer(request: HttpRequest) -> HttpResponse:
    """The clinic's own certificate, which readers of its papers may trust."""
    found = queries.issuer(seen_by=actor_of(request))
    if found is None:
        raise NotFound("The clinic's certificate is made when the first paper is signed.")
    response = HttpResponse(bytes(found.certificate), content_type="application/x-pem-file")
    response["Content-Disposition"] = 'attachment; filename="clinic-signatures.pem"'
    return response


@staff_page(MANAGE)
def certificates(request: HttpRequest) -> HttpResponse:
    """With which certificates the clinic and its people sign."""
    return _list(request, _bring_form(request))


@require_POST
@staff_page(MANAGE)
def bring(request: HttpRequest) -> HttpResponse:
    """Somebody's own certificate comes into use."""
    form = _bring_form(request)
    if form.is_valid():
        with refusals_on(form):
            made = actions.bring_certificate(
                UUID(form.cleaned_data["staff"]), form.cleaned_data["file"], form.cleaned_data["password"],
                by=actor_of(request),
            )  # fmt: skip
        if not form.errors:
            return go(request, "papers:certificates", toast=f"Papers are signed with the certificate of {made.subject}")
    return _list(request, form, status=422)


@require_POST
@staff_page(MANAGE)
def end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Nothing more is signed with this certificate."""
    form = EndForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.end_certificate(pk, form.cleaned_data["reason"], by=actor_of(request))
        if not form.errors:
            return go(request, "papers:certificates", toast="The certificate is ended")
    return _list(request, _bring_form(request, bound=False), ending=(pk, form), status=422)


def _bring_form(request: HttpRequest, *, bound: bool = True) -> BringForm:
    is_sent = bound and request.method == "POST"
    form = BringForm(request.POST if is_sent else None, request.FILES if is_sent else None)
    everybody = [(str(member.pk), member.name) for member in people.staff_list(seen_by=actor_of(request))]
    form.fields["staff"].choices = everybody  # type: ignore[attr-defined]
    return form


def _list(
    request: HttpRequest, form: BringForm, *, ending: tuple[UUID, EndForm] | None = None, status: int = 200
) -> HttpResponse:
    by = actor_of(request)
    page = Paginator(queries.certificates(seen_by=by), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "form": form, "ending": ending, "issuer": queries.issuer(seen_by=by)}
    return render(request, "papers/certificates.html", context, status=status)


def _file(request: HttpRequest, pk: UUID) -> HttpResponse:
    found, content = queries.content(pk, seen_by=actor_of(request))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{found.file_name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _wall(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None)
