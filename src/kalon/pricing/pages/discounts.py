"""Discounts and campaigns, groups of patients, and the rules by which discounts combine."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from kalon.kernel import audit
from kalon.patients import queries as patients
from kalon.pricing import actions, queries
from kalon.pricing.actions import DiscountDetails
from kalon.pricing.forms import DiscountForm, EndForm, GroupForm, LimitsForm, MemberForm, PolicyForm, today
from kalon.pricing.lifecycles import CHARGE, MANAGE
from kalon.pricing.pages.schedules import PAGE, tabs
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page


@staff_page(MANAGE)
def discounts(request: HttpRequest) -> HttpResponse:
    """Every discount with what it takes off, when, and how often it was used."""
    by = actor_of(request)
    page = Paginator(queries.discounts(seen_by=by), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "tabs": tabs("pricing:discounts"), "today": today(by)}
    return render(request, "pricing/discounts.html", context)


@staff_page(MANAGE)
def new_discount(request: HttpRequest) -> HttpResponse:
    """A new discount or campaign."""
    by = actor_of(request)
    form = DiscountForm(request.POST or None, by=by)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.add_discount(
                DiscountDetails(**form.details()), form.chosen("service"), form.chosen("package"), by=by
            )
            return go(request, "pricing:discounts", toast="Discount added")
    return render(request, "pricing/new_discount.html", {"form": form}, status=422 if form.errors else 200)


@staff_page(MANAGE)
def discount(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One discount: what it takes off, and the day on which it ends."""
    by = actor_of(request)
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.end_discount(pk, form.cleaned_data["valid_to"], by=by)
            return go(request, "pricing:discount", pk=pk, toast="Discount ended")
    context = {"discount": queries.discount(pk, seen_by=by), "form": form, "today": today(by)}
    return render(request, "pricing/discount.html", context, status=422 if form.errors else 200)


@staff_page(MANAGE)
def groups(request: HttpRequest) -> HttpResponse:
    """The groups of patients who pay less, and a form for another one."""
    by = actor_of(request)
    form = GroupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        with refusals_on(form):
            actions.add_group(typed["code"], typed["name"], proof=typed["proof"], by=by)
            return go(request, "pricing:groups", toast="Group added")
    page = Paginator(queries.groups(seen_by=by, active_only=False), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "form": form, "tabs": tabs("pricing:groups")}
    return render(request, "pricing/groups.html", context, status=422 if form.errors else 200)


@staff_page(MANAGE)
def policy(request: HttpRequest) -> HttpResponse:
    """How discounts combine, up to where the desk decides alone, and what points are worth."""
    by = actor_of(request)
    form = PolicyForm(request.POST) if request.method == "POST" else PolicyForm.starting(queries.policy(seen_by=by))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.set_policy(form.changes(), by=by)
            return go(request, "pricing:policy", toast="Rules saved")
    context = {"form": form, "limits": LimitsForm(by=by), "tabs": tabs("pricing:policy")}
    return render(request, "pricing/policy.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page(MANAGE)
def limits(request: HttpRequest) -> HttpResponse:
    """Up to how many per cent each role may give by hand."""
    by = actor_of(request)
    form = LimitsForm(request.POST, by=by)
    if form.is_valid():
        with refusals_on(form):
            actions.set_limits(form.percents(), by=by)
            return go(request, "pricing:policy", toast="Limits saved")
    rules = PolicyForm.starting(queries.policy(seen_by=by))
    context = {"form": rules, "limits": form, "tabs": tabs("pricing:policy")}
    return render(request, "pricing/policy.html", context, status=422)


@staff_page(CHARGE)
def members(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """The groups a patient is in, and their points."""
    by = actor_of(request)
    form = MemberForm(request.POST or None, by=by)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        with refusals_on(form):
            actions.add_member(
                UUID(typed["group"]), patient_id, typed["valid_from"], valid_to=typed["valid_to"],
                proof=typed["proof"], by=by,
            )  # fmt: skip
            return go(request, "pricing:members", patient_id=patient_id, toast="Group written down")
    return _members(request, patient_id, form)


@require_POST
@staff_page(CHARGE)
def end_member(request: HttpRequest, patient_id: UUID, pk: UUID) -> HttpResponse:
    """The patient is no longer in the group, from today on."""
    by = actor_of(request)
    actions.end_member(pk, today(by), by=by)
    return go(request, "pricing:members", patient_id=patient_id, toast="No longer in the group")


def _members(request: HttpRequest, patient_id: UUID, form: MemberForm) -> HttpResponse:

    by = actor_of(request)
    patient = patients.patient(patient_id, seen_by=by)
    audit.read(by, patient, purpose="groups and points")
    context = {
        "patient": patient,
        "form": form,
        "members": list(queries.memberships(patient_id, seen_by=by)),
        "balance": queries.points_balance(patient_id, seen_by=by),
        "page": Paginator(queries.points_of(patient_id, seen_by=by), PAGE).get_page(request.GET.get("page")),
        "today": today(by),
        "has_groups": bool(form.fields["group"].choices),  # type: ignore[attr-defined]
    }
    return render(request, "pricing/members.html", context, status=422 if form.errors else 200)
