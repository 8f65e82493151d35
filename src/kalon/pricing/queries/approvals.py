"""Reading approvals of discounts."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from kalon.kernel.actors import Actor
from kalon.kernel.lookup import one
from kalon.pricing.lifecycles import ApprovalStatus
from kalon.pricing.models import DiscountApproval
from kalon.pricing.queries.schedules import found, mine


def approvals(*, seen_by: Actor) -> "QuerySet[DiscountApproval]":
    """Discounts that were asked for, the latest first."""
    return mine(DiscountApproval, seen_by).select_related("patient", "branch")


def approval(pk: UUID | str, *, seen_by: Actor) -> DiscountApproval:
    """One discount that was asked for."""
    return found(approvals(seen_by=seen_by), pk, "approval")


def open_approval(subject: str, *, seen_by: Actor) -> DiscountApproval | None:
    """What was asked for or approved for one thing and not used yet."""
    return one(
        approvals(seen_by=seen_by).filter(subject=subject, status__in=(ApprovalStatus.ASKED, ApprovalStatus.APPROVED))
    )


def last_approval(subject: str, *, seen_by: Actor) -> DiscountApproval | None:
    """The last that was asked for one thing, whatever became of it."""
    return approvals(seen_by=seen_by).filter(subject=subject).first()


def waiting(actor: Any) -> int | None:
    """How many wait for somebody to decide, for the badge in the navigation."""
    return mine(DiscountApproval, actor).filter(status=ApprovalStatus.ASKED).count() or None
