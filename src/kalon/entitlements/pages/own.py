"""The patient's own page of what they bought."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from kalon.entitlements import actions, queries, rules
from kalon.entitlements.lifecycles import HoldingStatus, MembershipStatus, VoucherStatus
from kalon.entitlements.pages.looks import drawn, member_drawn, voucher_drawn
from kalon.entitlements.pages.vouchers import pdf
from kalon.kernel import audit, clock
from kalon.web.fronts import actor_of, patient_page, render

SHOWN = 50


@require_GET
@patient_page
def mine(request: HttpRequest) -> HttpResponse:
    """What is left of each package and gift voucher, and until when."""
    by = actor_of(request)
    rows = list(queries.holdings(seen_by=by).order_by("-created_at", "-id")[:SHOWN])
    audit.reads(by, rows, purpose="own packages")
    looked = [drawn(row, clock.today(row.branch.timezone)) for row in rows]
    bought = list(queries.vouchers(seen_by=by).order_by("-created_at", "-id")[:SHOWN])
    audit.reads(by, bought, purpose="own gift vouchers")
    vouchers = [voucher_drawn(row, clock.today(row.branch.timezone)) for row in bought]
    terms = list(
        queries.memberships(seen_by=by)
        .filter(status__in=(MembershipStatus.PENDING, MembershipStatus.ACTIVE))
        .order_by("ends_on", "id")[:SHOWN]
    )
    audit.reads(by, terms, purpose="own memberships")
    alive = (VoucherStatus.PENDING, VoucherStatus.ACTIVE)
    context = {
        "memberships": [member_drawn(row, clock.today(row.branch.timezone)) for row in terms],
        "vouchers": [(one, rules.spaced(one.row.code)) for one in vouchers if one.row.status in alive],
        "spent": [one for one in vouchers if one.row.status not in alive],
        "redeemed": list(queries.redeemed_by(by.own_patient_id, seen_by=by)[:SHOWN]),
        "usable": [one for one in looked if one.row.status in (HoldingStatus.PENDING, HoldingStatus.ACTIVE)],
        "over": [one for one in looked if one.row.status not in (HoldingStatus.PENDING, HoldingStatus.ACTIVE)],
    }
    return render(request, "entitlements/mine.html", context)


@require_GET
@patient_page
def voucher_paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The card of a voucher that the patient bought, to print or to send on."""
    return pdf(actions.voucher_pdf(pk, by=actor_of(request)))
