"""Reading discounts, groups and the rules by which discounts combine."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from kalon.kernel import clock, tenancy
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.kernel.lookup import one
from kalon.people import queries as people
from kalon.pricing import rules
from kalon.pricing.models import Discount, DiscountOffer, DiscountUse, GroupMember, PatientGroup, PricingPolicy, Tier
from kalon.pricing.queries.schedules import found, holding, mine

LIVE_USES = Count("uses", filter=Q(uses__given_back_at=None))


def discounts(*, seen_by: Actor) -> "QuerySet[Discount]":
    """Every discount with how often it was used, by tier and name."""
    rows = mine(Discount, seen_by).select_related("group", "branch").annotate(used=LIVE_USES)
    return rows.order_by("tier", "name", "id")


def discount(pk: UUID | str, *, seen_by: Actor) -> Discount:
    """One discount, with what it is on."""
    rows = discounts(seen_by=seen_by).prefetch_related("offers__service", "offers__package")
    return found(rows, pk, "discount")


def groups(*, seen_by: Actor, active_only: bool = True) -> "QuerySet[PatientGroup]":
    """The groups of patients who pay less, by name."""
    rows = mine(PatientGroup, seen_by)
    return rows.filter(is_active=True) if active_only else rows


def group(pk: UUID | str, *, seen_by: Actor) -> PatientGroup:
    """One group."""
    return found(mine(PatientGroup, seen_by), pk, "group")


def memberships(patient_id: UUID, *, seen_by: Actor) -> "QuerySet[GroupMember]":
    """The groups a patient was or is in, the latest first."""
    return mine(GroupMember, seen_by).filter(patient_id__person=patient_id).select_related("group")


def current_groups(patient_id: UUID, *, seen_by: Actor) -> list[GroupMember]:
    """The groups a patient is in today."""
    today = clock.today(people.organization(seen_by=seen_by).timezone)
    return list(memberships(patient_id, seen_by=seen_by).filter(holding(today)))


def policy(*, seen_by: Actor) -> PricingPolicy:
    """How the clinic combines discounts; what a new clinic starts with when nothing was said."""
    kept = one(mine(PricingPolicy, seen_by))
    return kept or PricingPolicy(organization_id=seen_by.organization_id)


def applying(
    *,
    service_id: UUID | None,
    package_id: UUID | None,
    branch_id: UUID,
    patient_id: UUID | None,
    quantity: Decimal,
    on: date,
    coupon: str,
    seen_by: Actor,
) -> list[Discount]:
    """The discounts that apply by themselves, and that of the coupon: in force, for this, here, now. One statement.

    A coupon that does not apply is refused with the reason. What may be used only so often is given at the desk:
    who books online would be promised what somebody else may use up first.
    """
    code = coupon.strip().upper()
    on_any = DiscountOffer.objects.filter(discount_id=OuterRef("pk"))
    of: dict[str, Any] = {"service_id": service_id} if service_id else {"package_id": package_id}
    rows = mine(Discount, seen_by).filter(
        holding(on) & (Q(branch=None) | Q(branch_id=branch_id)) & (~Exists(on_any) | Exists(on_any.filter(**of)))
    )
    groups = Q(pk=None)
    if patient_id:
        member = GroupMember.objects.filter(holding(on), group_id=OuterRef("group_id"), patient_id__person=patient_id)
        groups = Q(Exists(member), tier=Tier.GROUP)
    bulk = Q(tier=Tier.BULK, min_quantity__lte=quantity)
    promotion = Q(tier=Tier.PROMOTION) & (Q(coupon="") | Q(coupon=code))
    applied = list(rows.filter(groups | bulk | promotion).select_related("group"))
    if (tenancy.current() or seen_by).kind in tenancy.PORTAL_KINDS:
        applied = [row for row in applied if row.max_uses is None and row.max_uses_each is None]
    kept = [row for row in applied if _has_uses_left(row, patient_id)]
    if code and not any(row.coupon == code for row in kept):
        raise Invalid(_why_not(code, applied, on, seen_by), field="coupon")
    return kept


def used_by_themselves(used_for: str, *, seen_by: Actor) -> list[Discount]:
    """The discounts that one thing ("line:…") got without anybody choosing them, the last time it was priced."""
    last = mine(DiscountUse, seen_by).filter(used_for=used_for, discount__coupon="").exclude(
        discount__tier=Tier.STANDARD
    )  # fmt: skip
    return list(mine(Discount, seen_by).filter(pk__in=last.values("discount_id")))


def is_counted(used_for: str, *, seen_by: Actor) -> bool:
    """Whether the discounts of one thing ("line:…") are counted already."""
    return mine(DiscountUse, seen_by).filter(used_for=used_for).exists()


def as_offer(row: Discount, *, by_hand: bool = False) -> rules.Offer:
    """A discount as the arithmetic takes it."""
    name = f"{row.name} ({row.coupon})" if row.coupon else row.name
    return rules.Offer(
        row.tier, name, percent=row.percent, amount=row.amount, buy=row.buy_quantity, free=row.free_quantity,
        discount_id=row.pk, by_hand=by_hand,
    )  # fmt: skip


def by_hand(*, seen_by: Actor, on: date) -> Sequence[Discount]:
    """The standard discounts the desk may choose from."""
    return list(mine(Discount, seen_by).filter(holding(on), tier=Tier.STANDARD))


def _has_uses_left(row: Discount, patient_id: UUID | None) -> bool:
    """Whether it may be used once more; the database has the last word when it is used."""
    if row.max_uses is None and row.max_uses_each is None:
        return True
    live = DiscountUse.objects.filter(discount=row, given_back_at=None)
    theirs = Count("pk", filter=Q(patient_id__person=patient_id)) if patient_id else Count("pk", filter=Q(pk=None))
    used = live.aggregate(all=Count("pk"), theirs=theirs)
    return (row.max_uses is None or used["all"] < row.max_uses) and (
        row.max_uses_each is None or used["theirs"] < row.max_uses_each
    )


def _why_not(code: str, applied: list[Discount], on: date, seen_by: Actor) -> str:
    if any(row.coupon == code for row in applied):
        return f"The coupon {code} was used as often as it may be."
    rows = mine(Discount, seen_by).filter(coupon=code)
    if not rows.exists():
        return f"There is no coupon {code}. Look at how it is written."
    if not rows.filter(holding(on)).exists():
        return f"The coupon {code} does not hold today."
    return f"The coupon {code} is not for this."
