"""What staff earn of what they do, by the terms that held on the day it was earned."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum

from kalon.kernel.actors import Actor
from kalon.kernel.money import ZERO
from kalon.ledger import queries as ledger
from kalon.people import queries as people
from kalon.reports.models import CommissionTerm
from kalon.reports.queries.access import must_see
from kalon.reports.queries.dimensions import DIMENSIONS, Name
from kalon.reports.queries.engine import Asked
from kalon.reports.rules import REPORTS, VIEW, Earned, Terms, share_of

OF = REPORTS["revenue-by-doctor"].accounts  # earned, less discounts: what commission is counted from


@dataclass(frozen=True, slots=True)
class Commission:
    """What one member of staff earned by one service under one set of terms, and the commission of it."""

    staff: Name
    service: Name
    key: str
    percent: Decimal | None
    earned: Decimal
    commission: Decimal


def commission_terms(*, seen_by: Actor) -> "QuerySet[CommissionTerm]":
    """Every set of terms, the latest first."""
    seen_by.must(VIEW, do="see commissions")
    rows = CommissionTerm.objects.filter(organization_id=seen_by.organization_id)
    return rows.select_related("staff", "service")


def commissions(asked: Asked, *, seen_by: Actor) -> list[Commission]:
    """Commission by staff and service; what no terms are for stands there too, so the sum is all that was earned."""
    must_see(asked.branch_id, seen_by)
    earned = _earned(asked, seen_by)
    terms = [
        Terms(one.percent, one.valid_from, one.valid_to, one.staff_id, one.staff_kind, one.service_id)
        for one in commission_terms(seen_by=seen_by).select_related(None)
    ]
    shares = share_of(earned, terms, rounding=people.organization(seen_by=seen_by).rounding)
    staff = DIMENSIONS["doctor"].names([one.staff_id for one in earned if one.staff_id], seen_by)
    services = DIMENSIONS["service"].names([one.service_id for one in earned if one.service_id], seen_by)
    rows = [
        Commission(
            staff.get(who) or Name(DIMENSIONS["doctor"].none), services.get(what) or Name(DIMENSIONS["service"].none),
            str(who or "none"), percent, amount, commission,
        )
        for (who, what, percent), (amount, commission) in shares.items()
        if amount
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row.staff.text, -row.commission, row.service.text, row.percent or ZERO))


def staff_kinds(*, seen_by: Actor) -> list[tuple[str, str]]:
    """The kinds of staff that terms may be for."""
    seen_by.must(VIEW, do="see commissions")
    return list(people.staff_list(seen_by=seen_by).model.Kind.choices)


def _earned(asked: Asked, by: Actor) -> list[Earned]:
    rows: Any = ledger.postings_between(
        asked.period.since, asked.period.until, *OF, branch_id=asked.branch_id, seen_by=by
    )
    kinds: dict[Any, str] = dict(people.staff_list(seen_by=by, also_left=True).order_by().values_list("id", "kind"))
    sums = rows.order_by().values_list("doctor_id", "service_id", "date").annotate(sum=Sum("amount"))
    return [Earned(who, kinds.get(who, ""), what, day, -amount) for who, what, day, amount in sums]
