"""Signing the papers of a visit: the summary, the letter of referral and the medical certificate."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from kalon.consultations import actions, queries
from kalon.consultations.forms import CertificateForm, ReferralForm
from kalon.consultations.pages.screen import screen
from kalon.kernel import audit
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

SIGN = "papers.sign"
PER_PAGE = 30


@require_GET
@staff_page(SIGN)
def summaries(request: HttpRequest) -> HttpResponse:
    """The visits one signed whose summary is still to sign."""
    by = actor_of(request)
    page = Paginator(queries.without_summary(seen_by=by), PER_PAGE).get_page(request.GET.get("page"))
    audit.reads(by, list(page.object_list), purpose="summaries to sign")
    return render(request, "consultations/summaries.html", {"page": page})


@require_POST
@staff_page(SIGN)
def sign_summary(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The summary of a visit that was signed without it, or a newer one."""
    actions.sign_summary(pk, by=actor_of(request))
    if request.POST.get("from") == "list":
        return go(request, "consultations:summaries", toast="The summary is signed")
    return go(request, "consultations:consultation", pk=pk, toast="The summary is signed")


@require_POST
@staff_page(SIGN)
def sign_referral(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The letter to the other doctor."""
    by, form = actor_of(request), ReferralForm(request.POST, prefix="referral")
    if form.is_valid():
        with refusals_on(form):
            actions.sign_referral(pk, words=form.cleaned_data["words"], by=by)
        if not form.errors:
            return go(request, "consultations:consultation", pk=pk, toast="The letter is signed")
    return screen(request, queries.consultation(pk, seen_by=by), referral=form)


@require_POST
@staff_page(SIGN)
def sign_certificate(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the patient shows at work."""
    by, form = actor_of(request), CertificateForm(request.POST, prefix="certificate")
    if form.is_valid():
        with refusals_on(form):
            actions.sign_certificate(pk, **form.cleaned_data, by=by)
        if not form.errors:
            return go(request, "consultations:consultation", pk=pk, toast="The certificate is signed")
    return screen(request, queries.consultation(pk, seen_by=by), certificate=form)
