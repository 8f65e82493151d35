"""Memberships: what is offered, who is a member and until when, and which months are over."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from kalon.entitlements import rules
from kalon.entitlements.lifecycles import VIEW, MembershipStatus
from kalon.entitlements.models import Membership, MembershipMove, MembershipOffer
from kalon.entitlements.queries.packages import soon, terms
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.kernel.lookup import one
from kalon.messaging import queries as messaging

ENDS_SOON = "membership-ends-soon"
LONGEST_WARNING = {1: 7, 12: 365}  # days: who pays by the month is not reminded on the day they paid


def offers(*, seen_by: Actor, active_only: bool = True) -> "QuerySet[MembershipOffer]":
    """The memberships that the clinic sells, by name."""
    seen_by.must(VIEW, do="see memberships")
    rows = MembershipOffer.objects.filter(organization_id=seen_by.organization_id).select_related("package")
    return rows.filter(is_active=True) if active_only else rows


def offer(pk: UUID, *, seen_by: Actor) -> MembershipOffer:
    """One membership that is or was sold."""
    found = one(offers(seen_by=seen_by, active_only=False).filter(pk=pk))
    if found is None:
        raise NotFound("There is no such membership.")
    return found


def memberships(*, seen_by: Actor) -> "QuerySet[Membership]":
    """The memberships of the actor's patients, newest first; a patient sees their own."""
    seen_by.must(VIEW, do="see memberships")
    rows = Membership.objects.filter(organization_id=seen_by.organization_id)
    if seen_by.is_patient:
        rows = rows.filter(patient_id__person=seen_by.own_patient_id)
    return rows.select_related("patient", "branch", "offer", "bill_line")


def memberships_of(patient_id: UUID, *, seen_by: Actor) -> "QuerySet[Membership]":
    """The memberships that one patient bought, newest first."""
    return memberships(seen_by=seen_by).filter(patient_id__person=patient_id).order_by("-created_at", "-id")


def membership(pk: UUID, *, seen_by: Actor, lock: bool = False) -> Membership:
    """One term of a membership."""
    rows = memberships(seen_by=seen_by).filter(pk=pk)
    found = one(rows.select_for_update(of=("self",)) if lock else rows)
    if found is None:
        raise NotFound("There is no such membership.")
    return found


def membership_moves(membership_id: UUID, *, seen_by: Actor) -> "QuerySet[MembershipMove]":
    """Each month that was earned, and what was taken back, in order."""
    seen_by.must(VIEW, do="see memberships")
    rows = MembershipMove.objects.filter(organization_id=seen_by.organization_id, membership_id=membership_id)
    return rows.order_by("created_at", "id")


def months_over(row: Membership, today: date) -> int:
    """How many months of a membership are over on a day."""
    if row.starts_on is None:
        return 0
    starts = row.starts_on
    return sum(rules.months_later(starts, number) <= today for number in range(1, row.months + 1))


def memberships_due(*, seen_by: Actor) -> list[UUID]:
    """Memberships with a month that is over and not earned yet."""
    rows = memberships(seen_by=seen_by).filter(status=MembershipStatus.ACTIVE).order_by("id")
    counted = rows.annotate(months_earned=Count("moves", filter=Q(moves__kind="EARN")))
    return [row.pk for row in counted if months_over(row, clock.today(row.branch.timezone)) > row.months_earned]


def memberships_ending(*, seen_by: Actor) -> list[UUID]:
    """Memberships that end within the warning, that nobody renewed, and whose member was not told."""
    days = terms(seen_by=seen_by).warn_days
    rows = memberships(seen_by=seen_by).filter(status=MembershipStatus.ACTIVE, renewed_by=None)
    near = []
    for row in rows.filter(ends_on__lte=clock.now().date() + timedelta(days=days + 1)).order_by("id"):
        today = clock.today(row.branch.timezone)
        if row.ends_on is not None and today <= row.ends_on <= soon(today, min(days, LONGEST_WARNING[row.months])):
            near.append(row.pk)
    told = messaging.told([ENDS_SOON], near, seen_by=seen_by)
    return [pk for pk in near if f"{ENDS_SOON}:{pk}" not in told]


def deferred_memberships(*, seen_by: Actor) -> Decimal:
    """What members paid for months that are still to come."""
    rows = memberships(seen_by=seen_by).exclude(status__in=(MembershipStatus.LAPSED, MembershipStatus.ENDED))
    return sum((row.left for row in rows), Decimal(0))
