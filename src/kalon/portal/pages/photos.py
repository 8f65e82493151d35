"""A patient's own comparisons: the pairs of photographs that the clinic shared with them."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kalon.kernel import audit
from kalon.photos import actions, queries
from kalon.web import files
from kalon.web.fronts import actor_of, go, patient_page, render


@patient_page
def photos(request: HttpRequest) -> HttpResponse:
    """One pair under the slider, the others below it."""
    by = actor_of(request)
    pairs = list(queries.pairs_of(by.own_patient_id, seen_by=by)[:30])
    asked = request.GET.get("pair", "")
    chosen = next((one for one in pairs if str(one.pk) == asked), pairs[0] if pairs else None)
    given_out = list(queries.exports_of(by.own_patient_id, seen_by=by)[:50])
    audit.reads(by, given_out, purpose="own photographs")
    context: dict[str, Any] = {"pairs": pairs, "pair": None, "given_out": given_out}
    context["agreed"] = queries.consent_to("PHOTOGRAPHY", by.own_patient_id, seen_by=by) is not None
    if chosen is not None:
        found = actions.look_at_pair(chosen.pk, purpose="own photographs", by=by)
        address = [reverse("portal:photo_picture", args=[pk, "middle"]) for pk in (found.earlier_id, found.later_id)]
        context |= {
            "pair": found,
            "laid": queries.shown_as(found),
            "earlier_url": address[0],
            "later_url": address[1],
        }
    return render(request, "portal/photos.html", context)


@require_POST
@patient_page
def own_copy(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask for a copy of a before and after to keep."""
    made = actions.own_copy(pk, by=actor_of(request))
    there = f"{reverse('portal:photos')}?pair={made.pair_id}#copies"
    return go(request, there, toast="Your copy is ready")


@require_GET
@patient_page
def own_file(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """A copy that was made for the patient, to be saved."""
    by = actor_of(request)
    found = actions.fetch_own(pk, by=by)
    return files.taken_away(queries.exported(found, seen_by=by), **files.facts_of(found))


@require_GET
@patient_page
def picture(request: HttpRequest, pk: UUID, size: str) -> HttpResponse:
    """A shared photograph, for a page of ours."""
    by = actor_of(request)
    found = actions.glance(pk, screen="own photographs", by=by)
    return queries.as_picture(found, queries.SMALL if size == "small" else queries.MIDDLE, seen_by=by)
