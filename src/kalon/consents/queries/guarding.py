"""What a plan asks its consent before it moves; the database asks again."""

from typing import Any

from kalon.consents.lifecycles import Kind, Status
from kalon.consents.models import Consent
from kalon.kernel import clock
from kalon.plans.lifecycles import PLAN, ConsentNeed, PlanStatus, way_back


def guard_plans() -> None:
    """Have a plan ask here before it becomes consented or booked; the database asks again."""
    for move in (
        "consent_signed",
        "schedule_signed",
        way_back(PlanStatus.CONSENT_SIGNED),
        way_back(PlanStatus.SCHEDULED),
    ):
        PLAN.also_requires(move, _consented)
    PLAN.also_requires("abort", _stands)
    PLAN.also_requires("abort_unconsented", _ended)


def _consented(plan: Any) -> str | None:
    if plan.consent != ConsentNeed.REQUIRED:
        return None
    signed = Consent.objects.filter(plan_id=plan.pk, kind=Kind.PROCEDURE, status=Status.SIGNED).first()
    if signed is not None and signed.holds_at(clock.now()):
        return None
    return "The consent to this plan does not hold. Have it signed first."


def _stands(plan: Any) -> str | None:
    return None if _is_signed(plan) else "The consent to this plan has ended."


def _ended(plan: Any) -> str | None:
    return "The consent to this plan still stands." if _is_signed(plan) else None


def _is_signed(plan: Any) -> bool:
    return Consent.objects.filter(plan_id=plan.pk, kind=Kind.PROCEDURE, status=Status.SIGNED).exists()
