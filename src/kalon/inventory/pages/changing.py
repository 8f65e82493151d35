"""Items and places: adding and changing them."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from kalon.inventory import actions, queries
from kalon.inventory.forms import ItemForm, LocationForm
from kalon.inventory.lifecycles import MANAGE
from kalon.people import queries as people
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page


@staff_page(MANAGE)
def new_item(request: HttpRequest) -> HttpResponse:
    """Something new is kept in stock."""
    by = actor_of(request)
    form = ItemForm(request.POST or None, by=by)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = actions.add_item(form.details(), by=by)
        if not form.errors:
            return go(request, "inventory:item", pk=made.pk, toast=f"{made.name} added")
    context = {"form": form, "title": "New item"}
    return render(request, "inventory/item_form.html", context, status=422 if form.errors else 200)


@staff_page(MANAGE)
def change_item(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What is kept about an item."""
    by = actor_of(request)
    item = queries.item(pk, seen_by=by)
    form = ItemForm(request.POST or None, instance=item, by=by)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.change_item(pk, form.details(), by=by)
        if not form.errors:
            return go(request, "inventory:item", pk=pk, toast=f"{item.name} saved")
    context = {"form": form, "title": item.name, "item": item}
    return render(request, "inventory/item_form.html", context, status=422 if form.errors else 200)


@staff_page(MANAGE)
def places(request: HttpRequest) -> HttpResponse:
    """Where stock is kept at this branch, and a form for another place."""
    by = actor_of(request)
    branch = people.own_branch(by)
    form = LocationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.add_location(branch.pk, form.details(), by=by)
        if not form.errors:
            return go(request, "inventory:places", toast="Place added")
    rows = list(queries.locations(seen_by=by, branch_id=branch.pk, also_unused=True)[:200])
    context = {"form": form, "places": rows, "branch": branch}
    return render(request, "inventory/places.html", context, status=422 if form.errors else 200)


@staff_page(MANAGE)
def place(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One place: its name, and whether it is in use."""
    by = actor_of(request)
    found = queries.location(pk, seen_by=by)
    form = LocationForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.change_location(pk, form.details(), by=by)
        if not form.errors:
            return go(request, "inventory:places", toast=f"{found.name} saved")
    context = {"form": form, "place": found}
    return render(request, "inventory/place.html", context, status=422 if form.errors else 200)
