"""Billing's card on a visit's page: paid and owed, what cancelling costs, the fee when the visit was missed."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from kalon.billing import queries
from kalon.billing.forms import ReasonForm
from kalon.billing.lifecycles import CHARGE, VIEW, WAIVE_FEE
from kalon.kernel import audit
from kalon.scheduling.lifecycles import Status


def visit_money(request: HttpRequest, visit: Any) -> str | None:
    """The card, for those who may see bills; nothing for a visit without a bill, a fee or a policy."""
    by = request.actor  # type: ignore[attr-defined]
    if not by.may(VIEW, at=visit.branch_id):
        return None
    bill = queries.bill_for_appointment(visit.pk, seen_by=by)
    fee = queries.fee_for_appointment(visit.pk, seen_by=by)
    costs = queries.cancelling_costs(visit.pk, seen_by=by)
    may_charge = fee is None and by.may(CHARGE, at=visit.branch_id)
    late_fee = queries.late_fee_of(visit.pk, seen_by=by) if may_charge else None
    if not (bill or fee or costs or late_fee):
        return None
    audit.reads(by, [row for row in (bill, fee) if row], purpose="visit page")
    context = {
        "visit_id": visit.pk,
        "bill": bill,
        "fee": fee,
        "costs": costs,
        "late_fee": late_fee,
        "not_confirmed": visit.status != Status.CONFIRMED,
        "due_now": queries.due_now(bill, seen_by=by) if bill else None,
        "is_deposit": bool(bill and bill.is_open and visit.amount_due and visit.amount_due < bill.total),
        "may_waive": bool(fee and by.may(WAIVE_FEE, at=visit.branch_id)),
        "waive_form": ReasonForm(),
    }
    return render_to_string("billing/_visit_panel.html", context, request=request)
