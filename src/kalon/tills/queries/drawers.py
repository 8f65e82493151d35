"""Drawers, their sessions and their entries. What a drawer should hold is not to be had before it is counted."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from kalon.billing import queries as bills
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.kernel.lookup import one
from kalon.people import queries as people
from kalon.tills.lifecycles import VIEW, SessionStatus
from kalon.tills.models import Drawer, DrawerEntry, DrawerSession, TillPolicy


def policy(*, seen_by: Actor) -> TillPolicy:
    """How the clinic keeps its cash; one that chose nothing has the usual."""
    seen_by.must(VIEW, do="see how cash is kept")
    chosen = TillPolicy.objects.filter(organization_id=seen_by.organization_id).first()
    return chosen or TillPolicy(organization_id=seen_by.organization_id)


def drawers(*, seen_by: Actor, branch_id: UUID | None = None) -> "QuerySet[Drawer]":
    """The drawers in use, by name."""
    seen_by.must(VIEW, do="see cash drawers")
    rows = Drawer.objects.filter(organization_id=seen_by.organization_id, is_active=True).select_related("branch")
    return rows.filter(branch_id=branch_id) if branch_id else rows


def drawer(pk: UUID, *, seen_by: Actor) -> Drawer:
    found = one(drawers(seen_by=seen_by).filter(pk=pk))
    if found is None:
        raise NotFound("There is no such drawer.")
    return found


def sessions(*, seen_by: Actor) -> "QuerySet[DrawerSession]":
    """Drawers from float to count, newest first."""
    seen_by.must(VIEW, do="see cash drawers")
    rows = DrawerSession.objects.filter(organization_id=seen_by.organization_id)
    return rows.select_related("drawer", "branch")


def session(pk: UUID, *, seen_by: Actor) -> DrawerSession:
    found = one(sessions(seen_by=seen_by).filter(pk=pk))
    if found is None:
        raise NotFound("There is no such drawer.")
    return found


def session_of(actor: Actor, branch_id: UUID) -> DrawerSession | None:
    """The drawer that cash of this person goes into: their own open one, else the only one open at the branch.

    The database decides it in the same way when the cash is taken (`tills_drawer_at`).
    """
    open_ones = list(sessions(seen_by=actor).filter(branch_id=branch_id, status=SessionStatus.OPEN)[:20])
    own = [one for one in open_ones if actor.user_id is not None and one.opened_by_id == actor.user_id]
    if own:
        return own[0]
    return open_ones[0] if len(open_ones) == 1 else None


def entries(session_id: UUID, *, seen_by: Actor) -> "QuerySet[DrawerEntry]":
    """What went through a drawer, first to last."""
    seen_by.must(VIEW, do="see cash drawers")
    rows = DrawerEntry.objects.filter(organization_id=seen_by.organization_id, session_id=session_id)
    return rows.select_related("payment__patient", "refund__payment__patient")


def without_drawer(on: date, *, branch: Any, seen_by: Actor) -> "QuerySet[Any]":
    """Cash of a day that went into no drawer."""
    rows = bills.payments(seen_by=seen_by).filter(branch_id=branch.pk, method="CASH")
    start, end = span(on, branch.timezone)
    taken = DrawerEntry.objects.filter(payment__isnull=False).values("payment_id")
    return rows.filter(received_at__gte=start, received_at__lt=end).exclude(pk__in=taken).order_by("received_at")


def span(on: date, zone: str) -> tuple[datetime, datetime]:
    """A day of a branch's calendar as instants, half open."""
    start = datetime.combine(on, time.min, tzinfo=ZoneInfo(zone))
    return start, datetime.combine(on + timedelta(days=1), time.min, tzinfo=ZoneInfo(zone))


def own_branch(actor: Actor) -> Any:
    """The branch whose money somebody looks at."""
    return people.own_branch(actor)
