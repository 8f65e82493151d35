"""The owner's pages of roles: a sentence each, and what their holders may do."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from kalon.people import actions, queries
from kalon.people.forms import RoleForm
from kalon.people.rules import MANAGE, PERMISSIONS
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page


@staff_page(MANAGE)
def role_list(request: HttpRequest) -> HttpResponse:
    """All roles with their sentences."""
    roles = [
        (role, [PERMISSIONS.get(name, name) for name in role.permissions])
        for role in queries.roles(seen_by=actor_of(request))
    ]
    return render(request, "people/roles.html", {"roles": roles})


@staff_page(MANAGE)
def add_role(request: HttpRequest) -> HttpResponse:
    """A role of the clinic's own."""
    form = RoleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.add_role(**form.cleaned_data, by=actor_of(request))
        if not form.errors:
            return go(request, reverse("people:roles"), toast="Role made")
    return render(request, "people/role.html", {"form": form}, status=422 if form.errors else 200)


@staff_page(MANAGE)
def role(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One role."""
    by = actor_of(request)
    row = queries.role(pk, seen_by=by)
    initial = {"name": row.name, "sentence": row.sentence, "permissions": row.permissions}
    form = RoleForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.change_role(pk, **form.cleaned_data, by=by)
        if not form.errors:
            return go(request, reverse("people:roles"), toast="Saved")
    return render(request, "people/role.html", {"form": form, "role": row}, status=422 if form.errors else 200)
