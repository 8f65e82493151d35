"""The desk's pages of packages: selling one, one package with its story, what expires soon, the terms."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kalon.catalog import queries as catalog
from kalon.entitlements import actions, queries
from kalon.entitlements.forms import ExtendForm, ReasonForm, SaleForm, TermsForm, TransferForm, UseForm
from kalon.entitlements.lifecycles import MANAGE, OPEN, REFUND, SELL, TRANSFER, USE, VIEW, HoldingStatus
from kalon.entitlements.pages.looks import SOON, drawn
from kalon.kernel import audit, clock
from kalon.kernel.errors import Invalid
from kalon.kernel.money import ZERO
from kalon.patients import queries as patients
from kalon.people import queries as people
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

PER_PAGE = 30


@require_http_methods(["GET", "POST"])
@staff_page(SELL)
def sell(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Choose a package for a patient; its bill is made at once and opens, ready to be paid."""
    by = actor_of(request)
    patient = patients.patient(patient_id, seen_by=by)
    packages = [package for package in catalog.packages(seen_by=by) if package.items.all()]
    form = SaleForm(request.POST or None, packages=packages)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        with refusals_on(form):
            row = actions.sell_package(
                patient.pk,
                UUID(asked["package"]),
                people.own_branch(by).pk,
                discount=asked["discount"] or ZERO,
                discount_reason=asked["discount_reason"],
                by=by,
            )
            return go(request, "billing:bill", pk=row.bill_line.bill_id, toast=f"{row.name} sold. Take the payment.")
    context = {"form": form, "patient": patient, "packages": packages}
    return render(request, "entitlements/sell.html", context, status=422 if form.errors else 200)


@require_GET
@staff_page(VIEW)
def holding(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One package of a patient: what is left, and its story."""
    return _page(request, pk)


@require_POST
@staff_page(USE)
def use(request: HttpRequest, pk: UUID, item_id: UUID) -> HttpResponse:
    """Use a session at a visit."""
    form = UseForm(request.POST)
    if not form.is_valid():
        raise Invalid("Choose the visit at which the session is used.", field="appointment")
    row = actions.use_session(item_id, form.cleaned_data["appointment"], by=actor_of(request))
    back = request.POST.get("back") == "visit"
    to = reverse("scheduling:visit", args=[row.appointment_id]) if back else reverse("entitlements:holding", args=[pk])
    return go(request, to, toast=f"Session {row.number} used")


@require_POST
@staff_page(USE)
def take_back(request: HttpRequest, pk: UUID, use_id: UUID) -> HttpResponse:
    """Give a session back."""
    form = ReasonForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.take_back_use(use_id, form.cleaned_data["reason"], by=actor_of(request))
            return go(request, "entitlements:holding", pk=pk, toast="The session is the patient's again")
    return _page(request, pk, back_form=form, back_of=use_id, status=422)


@require_POST
@staff_page(REFUND)
def refund(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take what is left of a package back."""
    form = ReasonForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.refund_package(pk, form.cleaned_data["reason"], by=actor_of(request))
            return go(request, "entitlements:holding", pk=pk, toast="Taken back. What was paid is on account.")
    return _page(request, pk, refund_form=form, status=422)


@require_POST
@staff_page(MANAGE)
def extend(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let the patient use a package longer."""
    form = ExtendForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            asked = form.cleaned_data
            row = actions.extend_package(pk, asked["until"], asked["reason"], by=actor_of(request))
            return go(request, "entitlements:holding", pk=pk, toast=f"Valid until {row.valid_until:%-d %b %Y}")
    return _page(request, pk, extend_form=form, status=422)


@require_POST
@staff_page(TRANSFER)
def transfer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give a package to another patient."""
    by = actor_of(request)
    form = TransferForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            asked = form.cleaned_data
            to = patients.patients(seen_by=by).filter(mrn__iexact=asked["mrn"].strip()).first()
            if to is None:
                raise Invalid("There is no patient with this number. Compare it once more.", field="mrn")
            given = actions.transfer_package(pk, to.pk, asked["reason"], by=by)
            return go(request, "entitlements:holding", pk=given.pk, toast=f"Given to {to.name}")
    return _page(request, pk, transfer_form=form, status=422)


@require_GET
@staff_page(VIEW)
def expiring(request: HttpRequest) -> HttpResponse:
    """What ends soon, so that somebody rings the patient."""
    by = actor_of(request)
    today = clock.today(people.own_branch(by).timezone)
    rows = queries.expiring(until=queries.soon(today, SOON * 2), seen_by=by)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    audit.reads(by, list(page.object_list), purpose="packages that expire soon")
    context = {"page": page, "rows": [drawn(row, today) for row in page.object_list], "today": today}
    return render(request, "entitlements/expiring.html", context)


@require_http_methods(["GET", "POST"])
@staff_page(MANAGE)
def terms(request: HttpRequest) -> HttpResponse:
    """When packages can be used, what a used session costs in a refund, how long things are valid."""
    by = actor_of(request)
    form = TermsForm(request.POST or None, instance=queries.terms(seen_by=by))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.set_terms(form.cleaned_data, by=by)
            return go(request, "entitlements:terms", toast="Terms saved")
    return render(request, "entitlements/terms.html", {"form": form}, status=422 if form.errors else 200)


def _page(request: HttpRequest, pk: UUID, *, status: int = 200, **forms: Any) -> HttpResponse:
    by = actor_of(request)
    row = queries.holding(pk, seen_by=by)
    audit.read(by, row, purpose="package page")
    today = clock.today(row.branch.timezone)
    uses = list(queries.uses_of(pk, seen_by=by))
    undone = {use.takes_back_id for use in uses if use.takes_back_id}
    context = {
        "holding": row,
        "drawn": drawn(row, today),
        "bill": row.bill_line.bill,
        "uses": [(use, use.takes_back_id is None and use.pk not in undone) for use in reversed(uses)],
        "settlements": list(queries.settlements_of(pk, seen_by=by)),
        "visits": queries.visits_to_use_at(row.patient_id, today, seen_by=by),
        "comes_back": queries.comes_back(row, seen_by=by) if row.status in OPEN else None,
        "may_refund": row.status in OPEN and by.may(REFUND, at=row.branch_id),
        "may_extend": row.status in (*OPEN, HoldingStatus.EXPIRED) and by.may(MANAGE, at=row.branch_id),
        "may_transfer": row.status == HoldingStatus.ACTIVE and by.may(TRANSFER, at=row.branch_id),
        "may_use": row.status in (HoldingStatus.ACTIVE, HoldingStatus.USED_UP) and by.may(USE, at=row.branch_id),
        "refund_form": ReasonForm(prefix=""),
        "extend_form": ExtendForm(),
        "transfer_form": TransferForm(),
        **forms,
    }
    return render(request, "entitlements/holding.html", context, status=status)
