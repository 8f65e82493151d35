"""The owner's pages of staff: who works here, who joins, who leaves, and in which role."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from kalon.people import actions, queries
from kalon.people.forms import GiveRoleForm, NewStaffForm, StaffForm
from kalon.people.models import Staff
from kalon.people.rules import MANAGE
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

PAGE = 30
FACTS = ("name", "kind", "title", "specialty", "registration_number")


@staff_page(MANAGE)
def staff_list(request: HttpRequest) -> HttpResponse:
    """Who works here."""
    text, also_left = request.GET.get("q", "")[:80], request.GET.get("left") == "1"
    found = queries.staff_list(seen_by=actor_of(request), also_left=also_left, text=text)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "people/staff.html", {"page": page, "text": text, "also_left": also_left})


@staff_page(MANAGE)
def add_staff(request: HttpRequest) -> HttpResponse:
    """Somebody joins."""
    by = actor_of(request)
    form = NewStaffForm(request.POST or None, **_choices(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        where = UUID(data["branch"]) if data["branch"] else None
        with refusals_on(form):
            actions.add_staff(
                **{fact: data[fact] for fact in FACTS},
                email=data["email"] or None,
                phone=data["phone"] or None,
                roles={where: [data["role"]]},
                by=by,
            )
        if not form.errors:
            return go(request, reverse("people:staff"), toast=f"{data['name']} can sign in now")
    return render(request, "people/add_staff.html", {"form": form}, status=422 if form.errors else 200)


@staff_page(MANAGE)
def staff_member(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One member of staff: their details and roles."""
    by = actor_of(request)
    member = queries.staff_member(pk, seen_by=by)
    form = StaffForm(request.POST or None, initial={fact: getattr(member, fact) for fact in FACTS})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.change_staff(pk, **form.cleaned_data, by=by)
        if not form.errors:
            return go(request, reverse("people:staff-member", args=[pk]), toast="Saved")
    return _member(request, member, form=form)


@require_POST
@staff_page(MANAGE)
def give_role(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A further role for somebody."""
    by = actor_of(request)
    member = queries.staff_member(pk, seen_by=by)
    form = GiveRoleForm(request.POST, **_choices(request))
    if form.is_valid():
        where = form.cleaned_data["branch"]
        with refusals_on(form):
            actions.give_role(pk, UUID(form.cleaned_data["role"]), branch_id=UUID(where) if where else None, by=by)
        if not form.errors:
            return go(request, reverse("people:staff-member", args=[pk]), toast="Role given")
    return _member(request, member, role_form=form)


@require_POST
@staff_page(MANAGE)
def end_role(request: HttpRequest, pk: UUID, assignment: UUID) -> HttpResponse:
    """A role ends."""
    actions.end_role(assignment, by=actor_of(request))
    return go(request, reverse("people:staff-member", args=[pk]), toast="Role ended")


@require_POST
@staff_page(MANAGE)
def let_go(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Somebody leaves."""
    member = actions.let_go(pk, by=actor_of(request))
    return go(request, reverse("people:staff"), toast=f"{member.name} can no longer sign in")


@require_POST
@staff_page(MANAGE)
def take_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Somebody works here again."""
    member = actions.take_back(pk, by=actor_of(request))
    return go(request, reverse("people:staff-member", args=[pk]), toast=f"{member.name} can sign in again")


def _choices(request: HttpRequest) -> dict[str, Any]:
    by = actor_of(request)
    return {"roles": list(queries.roles(seen_by=by)), "branches": list(queries.branches(seen_by=by))}


def _member(
    request: HttpRequest,
    member: Staff,
    *,
    form: StaffForm | None = None,
    role_form: GiveRoleForm | None = None,
) -> HttpResponse:
    by = actor_of(request)
    context = {
        "member": member,
        "form": form or StaffForm(initial={fact: getattr(member, fact) for fact in FACTS}),
        "role_form": role_form or GiveRoleForm(**_choices(request)),
        "held": list(queries.assignments(member.pk, seen_by=by)),
    }
    wrong = bool((form and form.errors) or (role_form and role_form.errors))
    return render(request, "people/staff_member.html", context, status=422 if wrong else 200)
