"""What a plan takes out of the store, and putting it aside: all of it, by scan, piece by piece."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse

from kalon.inventory import actions, queries, rules
from kalon.inventory.forms.supplies import PutAsideForm, WhereForm
from kalon.inventory.lifecycles import ISSUE, VIEW
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.plans import queries as plans
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

PAGE = 30
PURPOSE = "stock reserved for patients"


@staff_page(VIEW)
def for_plans(request: HttpRequest) -> HttpResponse:
    """Every plan that takes something out of the store: what is missing of it, and for which day."""
    by = actor_of(request)
    page = Paginator(queries.plans_to_supply(seen_by=by), PAGE).get_page(request.GET.get("page"))
    rows = queries.supplies_of_all(list(page), seen_by=by)
    audit.reads(by, [row.plan for row in rows], purpose=PURPOSE)
    return render(request, "inventory/for_plans.html", {"page": page, "rows": rows})


@staff_page(VIEW)
def for_plan(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """One plan: what it takes, what is put aside, what is missing; and putting it aside."""
    by = actor_of(request)
    plan = plans.supplied(plan_id, seen_by=by)
    form = PutAsideForm(request.POST or None, by=by, branch_id=plan.branch_id)
    if request.method == "POST":
        by.must(ISSUE, do="reserve stock")
        if form.is_valid():
            with refusals_on(form):
                said = _put_aside(plan_id, form.cleaned_data, by)
            if not form.errors:
                where = {"on": form.cleaned_data["on"].isoformat(), "at": form.cleaned_data["at"].pk}
                url = reverse("inventory:for_plan", kwargs={"plan_id": plan_id})
                return go(request, f"{url}?{urlencode(where)}", toast=said)
    return _page(request, plan, form, by)


def on_plan(request: HttpRequest, plan: Any) -> str | None:
    """On a plan's page: whether what it takes is put aside."""
    by = actor_of(request)
    if not by.may(VIEW) or not queries.plans_to_supply(seen_by=by).filter(pk=plan.pk).exists():
        return None
    (found,) = queries.supplies_of_all([plan], seen_by=by)
    return render_to_string("inventory/_on_plan.html", {"found": found, "plan": plan}, request=request)


def _page(request: HttpRequest, plan: Any, form: PutAsideForm, by: Actor) -> HttpResponse:
    asked = WhereForm(request.POST or request.GET, by=by, branch_id=plan.branch_id)
    asked.is_valid()
    day = asked.cleaned_data.get("on")
    place = asked.cleaned_data.get("at") or queries.locations(seen_by=by, branch_id=plan.branch_id).first()
    place_id = place.pk if place else None
    found = queries.supplies_of(plan.pk, on_day=day, place_id=place_id, seen_by=by)
    audit.read(by, found.plan, purpose=PURPOSE)
    context = {
        "found": found, "plan": found.plan, "place": place, "form": form,
        "choose": WhereForm(initial={"on": found.day, "at": place}, by=by, branch_id=plan.branch_id),
        "pieces": queries.pieces_for(found, place_id=place_id, seen_by=by),
        "may_reserve": by.may(ISSUE, at=plan.branch_id),
    }  # fmt: skip
    return render(request, "inventory/for_plan.html", context, status=422 if form.errors else 200)


def _put_aside(plan_id: UUID, said: dict[str, Any], by: Actor) -> str:
    """Do what was asked; a sentence about it."""
    asked: Any = {"plan_id": plan_id, "needed_on": said["on"]}
    here = {**asked, "location_id": said["at"].pk}
    if said["scan"].strip():
        made = actions.reserve_scanned(said["scan"], **here, by=by)
    elif said["unit"]:
        made = [actions.reserve_unit(said["unit"], **asked, by=by)]
    elif said["item"]:
        made = actions.reserve_item(said["item"].pk, said["quantity"], **here, by=by)
    else:
        kept = actions.reserve_kit(plan_id, needed_on=said["on"], location_id=said["at"].pk, by=by)
        short = ", ".join(f"{rules.plain(one.missing)} {one.unit} {one.name}" for one in kept.short)
        return f"Still missing: {short}" if short else "All of the kit is put aside"
    total = rules.plain(sum((row.quantity for row in made), Decimal(0)))
    piece = f", serial {made[0].unit}" if made[0].unit else ""
    return f"Put aside: {total} {made[0].item.unit} {made[0].item.name}{piece}"
