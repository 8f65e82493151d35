"""The list of patients, and what ⌘K finds of them."""

from typing import cast
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from kalon.kernel import audit
from kalon.kernel.actors import Actor, Kind
from kalon.patients import queries
from kalon.patients.forms import SearchForm
from kalon.patients.lifecycles import READ, REGISTER, SEARCH
from kalon.patients.rules import introduced
from kalon.web.fronts import actor_of, render, staff_page
from kalon.web.navigation import MayAct
from kalon.web.search import Hit
from kalon.web.templatetags.words import born

A_PAGE = 30
IN_THE_PALETTE = 8


@staff_page(READ)
def listing(request: HttpRequest) -> HttpResponse:
    """Everybody, the newest first, or those whom the box finds."""
    by = actor_of(request)
    text = request.GET.get("q", "").strip()
    if text and by.may(SEARCH):
        found = queries.search(text, seen_by=by, limit=A_PAGE)
        rows, page = [hit.patient for hit in found], None
    else:
        page = Paginator(
            queries.joining.standing(queries.patients(seen_by=by).filter(is_active=True)).order_by("-id"), A_PAGE
        ).get_page(request.GET.get("page"))
        rows = list(page.object_list)
    audit.reads(by, rows, purpose="search" if text else "list of patients")
    context = {"form": SearchForm(initial={"q": text}), "text": text, "patients": rows, "page": page}
    return render(request, "patients/list.html", context)


def palette(actor: MayAct, text: str) -> list[Hit]:
    """Patients for the box that finds everything."""
    by = cast(Actor, actor)
    if by.kind is not Kind.STAFF or not by.may(SEARCH):
        return []
    found = queries.search(text, seen_by=by, limit=IN_THE_PALETTE)
    audit.reads(by, [hit.patient for hit in found], purpose="search")
    return (
        _new(by, text)
        if not found
        else [
            Hit(
                title=hit.name,
                url=reverse("patients:page", args=[hit.patient_id]),
                note=", ".join(filter(None, (born(hit.birth_date), hit.phone))),
                icon="user",
                group="Patients",
                aside=hit.mrn,
            )
            for hit in found
        ]
    )


def _new(by: Actor, text: str) -> list[Hit]:
    """Somebody with a whole name or a phone number whom nobody knows is registered from the box."""
    told = introduced(text)
    if not by.may(REGISTER) or not ("family_name" in told or "phone" in told):
        return []
    address = f"{reverse('patients:new')}?{urlencode({'name': text})}"
    return [Hit(title=f"New patient: {text}", url=address, icon="user-plus", group="Patients")]
