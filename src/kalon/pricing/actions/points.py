"""Loyalty points: earned by what was paid, spent as a discount, expired by the day. Nothing is ever changed."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, Sum

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash
from kalon.kernel.tenancy import verb
from kalon.patients import queries as patients
from kalon.people import queries as people
from kalon.pricing import queries
from kalon.pricing.lifecycles import CHARGE
from kalon.pricing.models import PointsEntry
from kalon.pricing.queries.schedules import mine

Kind = PointsEntry.Kind
TOO_FEW = Clash("The points were spent meanwhile. Look at the patient's points again.", field="points")


@verb
def earn_points(patient_id: UUID, paid: Decimal, once: str, words: str, *, by: Actor) -> PointsEntry | None:
    """The points for all that was paid of one thing so far, less those it earned already; None when there are none."""
    by.must(CHARGE, do="give points")
    earlier = _earlier(once, by)
    per = earlier[0].per if earlier else queries.policy(seen_by=by).points_per
    if not per:
        return None
    points = int(paid // per) - sum(entry.points for entry in earlier)
    patient = patients.patient(patient_id, seen_by=by)
    if points <= 0:
        return None
    return _written(patient, Kind.EARNED, points, _next(once, earlier), words, by, per=per)


@verb
def take_points_back(once: str, paid: Decimal, words: str, *, by: Actor) -> PointsEntry | None:
    """Money for one thing went back: the points beyond what is still paid for are taken back, to the point.

    Points that were spent meanwhile cannot be: then what is left is taken, and the entry says how many are missing.
    """
    by.must(CHARGE, do="take points back")
    earlier = _earlier(once, by)
    if not earlier or not earlier[0].per:
        return None
    due = sum(entry.points for entry in earlier) - int(paid // earlier[0].per)
    points = min(due, queries.points_balance(earlier[0].patient_id, seen_by=by))
    if points <= 0:
        return None
    missing = f" ({due - points} of {due} were spent already)" if points < due else ""
    return _written(earlier[0].patient, Kind.TAKEN_BACK, -points, _next(once, earlier), words + missing, by)


def _earlier(once: str, by: Actor) -> list[PointsEntry]:
    """What one thing earned and lost so far, the first first."""
    rows = mine(PointsEntry, by).filter(Q(once=once) | Q(once__startswith=f"{once}:"))
    return list(rows.select_related("patient").order_by("created_at", "id"))


def _next(once: str, earlier: list[PointsEntry]) -> str:
    return f"{once}:{len(earlier)}" if earlier else once


@verb
def expire_points(*, by: Actor) -> int:
    """Points that nobody spent in time expire: the oldest are spent first. Says of how many patients."""
    by.must(CHARGE, do="let points expire")
    today = clock.today(people.organization(seen_by=by).timezone)
    sums = mine(PointsEntry, by).order_by().values("patient_id").annotate(
        past=Sum("points", filter=Q(points__gt=0, expires_on__lte=today)),
        gone=Sum("points", filter=Q(points__lt=0)),
    )  # fmt: skip
    due = [(row["patient_id"], row["past"] + (row["gone"] or 0)) for row in sums.filter(past__gt=0)]
    due = [(patient_id, points) for patient_id, points in due if points > 0]
    for patient_id, points in due:
        patient = patients.patient(patient_id, seen_by=by)
        _written(patient, Kind.EXPIRED, -points, f"expired:{patient_id}:{today}", "Not spent in time", by)
    return len(due)


def spend_points(patient: Any, points: int, used_for: str, words: str, by: Actor) -> None:
    """Take points that are spent on one thing; the database refuses more than there are."""
    times = mine(PointsEntry, by).filter(once__startswith=f"{used_for}:spent").count()
    _written(patient, Kind.SPENT, -points, f"{used_for}:spent:{times}", words, by)


def give_points_back(used_for: str, by: Actor) -> None:
    """Points spent on what was taken off the bill again; they hold as long as new ones."""
    spent = list(mine(PointsEntry, by).filter(once__startswith=f"{used_for}:spent").select_related("patient"))
    given = set(mine(PointsEntry, by).filter(once__startswith=f"{used_for}:spent", kind=Kind.GIVEN_BACK)
                .values_list("once", flat=True))  # fmt: skip
    for entry in spent:
        once = f"{entry.once}:back"
        if entry.kind == Kind.SPENT and once not in given:
            _written(entry.patient, Kind.GIVEN_BACK, -entry.points, once, "Taken off the bill", by)


def _written(
    patient: Any, kind: str, points: int, once: str, words: str, by: Actor, *, per: Decimal | None = None
) -> PointsEntry:
    gained = points > 0
    days = queries.policy(seen_by=by).points_days if gained else 0
    today = clock.today(people.organization(seen_by=by).timezone)
    twice = Clash("These points were written down already.")
    with refusing({"pricing_pointsentry_below_zero": TOO_FEW, "pricing_pointsentry_once": twice}):
        return PointsEntry.objects.create(
            organization_id=by.organization_id, patient=patient, kind=kind, points=points, once=once,
            words=words[:200], per=per, expires_on=today + timedelta(days=days) if gained else None,
        )  # fmt: skip
