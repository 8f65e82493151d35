"""The owner's pages of branches, their rooms and their equipment."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from kalon.kernel.errors import NotFound
from kalon.people import actions, queries
from kalon.people.forms import BranchForm, EquipmentForm, RoomForm
from kalon.people.rules import MANAGE, WORKS_AT
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

PAGE = 30
BACK = {"people:branches": "Branches and rooms", "people:equipment": "Equipment"}


@staff_page(MANAGE)
def branch_list(request: HttpRequest) -> HttpResponse:
    """The branches, and their rooms."""
    by = actor_of(request)
    rooms = Paginator(queries.rooms_of_clinic(seen_by=by), PAGE).get_page(request.GET.get("page"))
    branches = queries.branches(seen_by=by, also_closed=True)
    return render(request, "people/branches.html", {"branches": branches, "page": rooms})


@staff_page(MANAGE)
def equipment_list(request: HttpRequest) -> HttpResponse:
    """The equipment of every branch."""
    by = actor_of(request)
    devices = Paginator(queries.equipment_of_clinic(seen_by=by), PAGE).get_page(request.GET.get("page"))
    return render(request, "people/equipment.html", {"branches": list(queries.branches(seen_by=by)), "page": devices})


@staff_page(MANAGE)
def add_branch(request: HttpRequest) -> HttpResponse:
    """A new branch opens."""
    form = BranchForm(request.POST or None, initial={"opens_at": "09:00", "closes_at": "19:00"})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.add_branch(**form.cleaned_data, by=actor_of(request))
        if not form.errors:
            return go(request, reverse("people:branches"), toast="Branch opened")
    return _form(request, form, "Open a branch")


@staff_page(MANAGE)
def branch(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One branch."""
    by = actor_of(request)
    row = queries.branch(pk, seen_by=by)
    form = BranchForm(request.POST or None, initial={name: getattr(row, name) for name in BranchForm.base_fields})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.change_branch(pk, **form.cleaned_data, by=by)
        if not form.errors:
            return go(request, reverse("people:branches"), toast="Saved")
    return _form(request, form, row.name)


@staff_page(MANAGE)
def add_room(request: HttpRequest, branch_id: UUID) -> HttpResponse:
    """A new room."""
    by = actor_of(request)
    place = queries.branch(branch_id, seen_by=by)
    form = RoomForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.add_room(branch_id, **form.cleaned_data, by=by)
        if not form.errors:
            return go(request, reverse("people:branches"), toast="Room added")
    return _form(request, form, f"Add a room to {place.name}")


@staff_page(MANAGE)
def room(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One room."""
    by = actor_of(request)
    row = queries.room(pk, seen_by=by)
    form = RoomForm(request.POST or None, initial={name: getattr(row, name) for name in RoomForm.base_fields})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.change_room(pk, **form.cleaned_data, by=by)
        if not form.errors:
            return go(request, reverse("people:branches"), toast="Saved")
    return _form(request, form, f"{row.name}, {row.branch.name}")


@staff_page(MANAGE)
def add_equipment(request: HttpRequest, branch_id: UUID) -> HttpResponse:
    """A new device."""
    by = actor_of(request)
    place = queries.branch(branch_id, seen_by=by)
    form = EquipmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.add_equipment(branch_id, **form.cleaned_data, by=by)
        if not form.errors:
            return go(request, reverse("people:equipment"), toast="Equipment added")
    return _form(request, form, f"Add equipment to {place.name}", back="people:equipment")


@staff_page(MANAGE)
def device(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One device."""
    by = actor_of(request)
    row = queries.equipment(pk, seen_by=by)
    form = EquipmentForm(request.POST or None, initial={name: getattr(row, name) for name in EquipmentForm.base_fields})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.change_equipment(pk, **form.cleaned_data, by=by)
        if not form.errors:
            return go(request, reverse("people:equipment"), toast="Saved")
    return _form(request, form, f"{row.name}, {row.branch.name}", back="people:equipment")


@require_POST
@staff_page()
def work_at(request: HttpRequest) -> HttpResponse:
    """Somebody with roles in several branches goes to work in another one; kept until they sign out."""
    wished = request.POST.get("branch", "")
    place = next((one for one in queries.workplaces(actor_of(request)) if str(one.pk) == wished), None)
    if place is None:
        raise NotFound("You have no role in this branch. Ask the owner for one, or choose another branch.")
    request.session[WORKS_AT] = str(place.pk)
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None, require_https=request.is_secure())
    return go(request, back if safe else "/", toast=f"You now work in {place.name}")


def _form(request: HttpRequest, form: Form, heading: str, *, back: str = "people:branches") -> HttpResponse:
    context: dict[str, Any] = {"form": form, "heading": heading, "back": reverse(back), "back_to": BACK[back]}
    return render(request, "people/place.html", context, status=422 if form.errors else 200)
