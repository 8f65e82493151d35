"""The desk's pages of memberships: all members, one term with its months, selling and renewing, what is offered."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kalon.entitlements import actions, queries
from kalon.entitlements.forms import MembershipForm, OfferForm, ReasonForm
from kalon.entitlements.lifecycles import MANAGE, REFUND, SELL, VIEW, MembershipStatus
from kalon.entitlements.pages.looks import MEMBER_LOOKS, member_drawn
from kalon.kernel import audit, clock
from kalon.patients import queries as patients
from kalon.people import queries as people
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

PER_PAGE = 30
ALIVE = (MembershipStatus.PENDING, MembershipStatus.ACTIVE)
FILTERS = (("", "All"), *((str(status), look.word) for status, look in MEMBER_LOOKS.items()))


@require_GET
@staff_page(VIEW)
def memberships(request: HttpRequest) -> HttpResponse:
    """Who is a member, of what, until when."""
    by = actor_of(request)
    chosen = request.GET.get("show", "")
    rows = queries.memberships(seen_by=by).order_by("-created_at", "-id")
    if chosen in MembershipStatus.values:
        rows = rows.filter(status=chosen)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    audit.reads(by, list(page.object_list), purpose="memberships")
    today = clock.today(people.own_branch(by).timezone)
    context = {
        "page": page,
        "rows": [member_drawn(row, today) for row in page.object_list],
        "chosen": chosen,
        "filters": [
            {"label": label, "url": f"?show={value}" if value else "?", "current": value == chosen}
            for value, label in FILTERS
        ],
    }
    return render(request, "entitlements/memberships.html", context)


@require_http_methods(["GET", "POST"])
@staff_page(SELL)
def sell_membership(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Choose a membership for a patient; its bill is made at once and opens, ready to be paid."""
    by = actor_of(request)
    patient = patients.patient(patient_id, seen_by=by)
    offered = list(queries.offers(seen_by=by))
    form = MembershipForm(request.POST or None, offers=offered)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            offer_id = UUID(form.cleaned_data["offer"])
            row = actions.sell_membership(patient.pk, offer_id, people.own_branch(by).pk, by=by)
            return go(request, "entitlements:membership", pk=row.pk, toast=f"{row.name} sold. Take the payment.")
    context = {"form": form, "patient": patient, "offers": offered}
    return render(request, "entitlements/membership_sell.html", context, status=422 if form.errors else 200)


@require_GET
@staff_page(VIEW)
def membership(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One term of a membership: what of it is earned, and until when it runs."""
    return _page(request, pk)


@require_POST
@staff_page(SELL)
def renew_membership(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Sell the next term; it begins the day after this one is over."""
    by = actor_of(request)
    row = queries.membership(pk, seen_by=by)
    made = actions.sell_membership(row.patient_id, row.offer_id, people.own_branch(by).pk, renews_id=pk, by=by)
    return go(request, "entitlements:membership", pk=made.pk, toast="Renewed. Take the payment.")


@require_POST
@staff_page(REFUND)
def end_membership(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End a membership early; what is not earned is on the patient's account."""
    form = ReasonForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.end_membership(pk, form.cleaned_data["reason"], by=actor_of(request))
            return go(
                request, "entitlements:membership", pk=pk, toast="Ended. What was paid for the rest is on account."
            )
    return _page(request, pk, end_form=form, status=422)


@require_http_methods(["GET", "POST"])
@staff_page(MANAGE)
def offers(request: HttpRequest) -> HttpResponse:
    """What memberships the clinic sells, and a new one."""
    by = actor_of(request)
    form = OfferForm(request.POST or None, by=by)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        with refusals_on(form):
            row = actions.add_offer(
                asked["name"], asked["period"], asked["price"], asked["percent"], tax_code=asked["tax_code"],
                package_id=UUID(asked["package"]) if asked["package"] else None, by=by,
            )  # fmt: skip
            return go(request, "entitlements:offers", toast=f"{row.name} is on offer")
    context = {
        "form": form,
        "offers": list(queries.offers(seen_by=by, active_only=False).order_by("-is_active", "name")),
    }
    return render(request, "entitlements/offers.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page(MANAGE)
def end_offer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Sell a membership no longer."""
    row = actions.end_offer(pk, by=actor_of(request))
    return go(request, "entitlements:offers", toast=f"{row.name} is sold no longer")


def _page(request: HttpRequest, pk: UUID, *, status: int = 200, **forms: Any) -> HttpResponse:
    by = actor_of(request)
    row = queries.membership(pk, seen_by=by)
    audit.read(by, row, purpose="membership page")
    context = {
        "membership": row,
        "drawn": member_drawn(row, clock.today(row.branch.timezone)),
        "bill": row.bill_line.bill,
        "moves": list(queries.membership_moves(pk, seen_by=by).reverse()),
        "may_renew": row.status in (MembershipStatus.ACTIVE, MembershipStatus.LAPSED)
        and row.offer.is_active
        and not queries.memberships(seen_by=by).filter(renews=row).exists()
        and by.may(SELL, at=row.branch_id),
        "may_end": row.status in ALIVE and by.may(REFUND, at=row.branch_id),
        "end_form": ReasonForm(),
        **forms,
    }
    return render(request, "entitlements/membership.html", context, status=status)
