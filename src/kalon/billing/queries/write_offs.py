"""Write-offs that were asked for, and what the clinic decided about its bills."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from kalon.billing.lifecycles import GIVE_UP, VIEW, WriteOffStatus
from kalon.billing.models import Bill, BillingPolicy, WriteOff
from kalon.kernel.actors import Actor
from kalon.kernel.lookup import one


def billing_policy(*, seen_by: Actor) -> BillingPolicy:
    """What the clinic decided; where nothing was, what holds then (not saved)."""
    found = BillingPolicy.objects.filter(organization_id=seen_by.organization_id).first()
    return found or BillingPolicy(organization_id=seen_by.organization_id)


def write_offs(*, seen_by: Actor) -> "QuerySet[WriteOff]":
    """Write-offs asked for and decided, the latest first."""
    seen_by.must(VIEW, do="see write-offs")
    rows = WriteOff.objects.filter(organization_id=seen_by.organization_id)
    return rows.select_related("bill__branch", "patient")


def open_write_off(bill_id: UUID, *, seen_by: Actor) -> WriteOff | None:
    """What was asked for on a bill and waits for an answer."""
    return one(write_offs(seen_by=seen_by).filter(bill_id=bill_id, status=WriteOffStatus.ASKED))


def write_offs_waiting(actor: Any) -> int | None:
    """How many wait for somebody to decide, for the badge in the navigation."""
    return write_offs(seen_by=actor).filter(status=WriteOffStatus.ASKED).count() or None


def may_write_off_alone(bill: Bill, *, by: Actor) -> bool:
    """Whether this person gives up what is owed on a bill without asking anybody."""
    return by.may(GIVE_UP, at=bill.branch_id) and bill.owed <= billing_policy(seen_by=by).write_off_limit
