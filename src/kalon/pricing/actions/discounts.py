"""Discounts are ended and followed, never changed; groups have members with dates; the rules are kept with a log."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from kalon.catalog import queries as catalog
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid
from kalon.kernel.tenancy import verb
from kalon.patients import queries as patients
from kalon.people import queries as people
from kalon.pricing import queries
from kalon.pricing.actions.checking import MANAGE, checked, ended
from kalon.pricing.lifecycles import CHARGE
from kalon.pricing.models import TIERS, Discount, DiscountOffer, GroupMember, PatientGroup, PricingPolicy, Tier
from kalon.pricing.queries.schedules import mine

DO = "change discounts"
SHAPE = Invalid("A code has capital letters, digits, - and _.", field="code")
ENDS = Invalid("It ends after the day it begins.", field="valid_to")
REFUSALS = {
    "pricing_patientgroup_code_once": Clash("Another group has this code.", field="code"),
    "pricing_patientgroup_code_shape": SHAPE,
    "pricing_groupmember_once_a_day": Clash("The patient is in this group on some of these days.", field="valid_from"),
    "pricing_groupmember_ends_later": ENDS,
    "pricing_discount_code_once": Clash("Another discount has this code. End it and take a new code.", field="code"),
    "pricing_discount_code_shape": SHAPE,
    "pricing_discount_coupon": Invalid(
        "A coupon has capital letters, digits, - and _, and belongs to a promotion.", field="coupon"
    ),
    "pricing_discount_coupon_once": Clash(
        "Another campaign has this coupon on some of these days. Choose another.", field="coupon"
    ),
    "pricing_discount_one_kind": Invalid(
        "Write a per cent, or an amount, or how many are free for how many paid: one of them.", field="percent"
    ),
    "pricing_discount_of_group": Invalid("Choose the group that gets it; only a group's discount has one.",
                                         field="group"),
    "pricing_discount_of_quantity": Invalid(
        "Write from which quantity it holds, two or more; only a quantity's discount has one.", field="min_quantity"
    ),
    "pricing_discount_no_points": Invalid("What points are worth is said under the rules.", field="tier"),
    "pricing_discount_uses": Invalid("One or more, or nothing for as often as one likes.", field="max_uses"),
    "pricing_discount_uses_each": Invalid("One or more, or nothing for as often as one likes.", field="max_uses_each"),
    "pricing_discount_ends_later": ENDS,
    "pricing_pricingpolicy_order": Invalid("Each tier stands in the order once.", field="tier_order"),
    "pricing_pricingpolicy_points": Invalid("Write amounts above zero, and at least one day.", field="points_per"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscountDetails:
    """What a discount takes off from what, for whom, when and how often."""

    code: str
    name: str
    tier: str
    valid_from: date
    percent: Decimal | None = None
    amount: Decimal | None = None
    buy_quantity: int | None = None
    free_quantity: int | None = None
    group_id: UUID | None = None
    min_quantity: int | None = None
    coupon: str = ""
    max_uses: int | None = None
    max_uses_each: int | None = None
    branch_id: UUID | None = None
    valid_to: date | None = None


@verb
def add_group(code: str, name: str, *, proof: str = "", by: Actor) -> PatientGroup:
    """A group of patients who pay less; `proof` says what the desk asks to see."""
    by.must(MANAGE, do=DO)
    made = PatientGroup(organization_id=by.organization_id, code=code.strip().upper(), name=name.strip(), proof=proof)
    checked(made)
    with refusing(REFUSALS):
        made.save(force_insert=True)
    audit.note(by, audit.Kind.CHANGE, made, facts={"name": [None, made.name]})
    return made


@verb
def add_member(
    group_id: UUID, patient_id: UUID, valid_from: date, *, valid_to: date | None = None, proof: str = "", by: Actor
) -> GroupMember:
    """A patient belongs to a group from a day on; `proof` is what was shown."""
    by.must(CHARGE, do="put patients into groups")
    group = queries.group(group_id, seen_by=by)
    if not group.is_active:
        raise Invalid("This group is no longer in use. Choose another.", field="group")
    made = GroupMember(
        organization_id=by.organization_id, patient=patients.patient(patient_id, seen_by=by), group=group,
        valid_from=valid_from, valid_to=valid_to, proof=proof.strip(), added_by_id=by.user_id,
    )  # fmt: skip
    checked(made)
    with refusing(REFUSALS):
        made.save(force_insert=True)
    audit.note(by, audit.Kind.CHANGE, made, facts={"group": [None, group.name]})
    return made


@verb
def end_member(pk: UUID, valid_to: date, *, by: Actor) -> GroupMember:
    """The patient no longer belongs to the group from this day on."""
    by.must(CHARGE, do="take patients out of groups")
    return ended(GroupMember, pk, valid_to, "membership", REFUSALS, by=by)


@verb
def add_discount(
    details: DiscountDetails, service_ids: Iterable[UUID] = (), package_ids: Iterable[UUID] = (), *, by: Actor
) -> Discount:
    """Something that is taken off from a day on, of the named services and packages or of everything."""
    by.must(MANAGE, do=DO)
    facts = {**asdict(details), "code": details.code.strip().upper(), "coupon": details.coupon.strip().upper()}
    if details.tier == Tier.LOYALTY:
        raise REFUSALS["pricing_discount_no_points"]
    if details.group_id:
        queries.group(details.group_id, seen_by=by)
    if details.branch_id:
        people.branch(details.branch_id, seen_by=by)
    made = Discount(organization_id=by.organization_id, **facts)
    checked(made)
    on: list[dict[str, Any]] = [
        *({"service": catalog.service(pk, seen_by=by)} for pk in service_ids),
        *({"package": catalog.package(pk, seen_by=by)} for pk in package_ids),
    ]
    with refusing(REFUSALS):
        made.save(force_insert=True)
    DiscountOffer.objects.bulk_create(
        [DiscountOffer(organization_id=by.organization_id, discount=made, **of) for of in on]
    )
    audit.note(by, audit.Kind.CHANGE, made, facts={"name": [None, made.name]})
    return made


@verb
def end_discount(pk: UUID, valid_to: date, *, by: Actor) -> Discount:
    """The discount no longer applies from this day on; what it was given for stays."""
    by.must(MANAGE, do=DO)
    return ended(Discount, pk, valid_to, "discount", REFUSALS, by=by)


@verb
def set_policy(changes: dict[str, Any], *, by: Actor) -> PricingPolicy:
    """How discounts combine, the desk's limit and the points, from now on; what was billed stays."""
    by.must(MANAGE, do=DO)
    row = mine(PricingPolicy, by).select_for_update().first()
    row = row or PricingPolicy(organization_id=by.organization_id)
    facts = {name: [getattr(row, name), value] for name, value in changes.items() if getattr(row, name) != value}
    for name, value in changes.items():
        setattr(row, name, value)
    if sorted(row.tier_order) != sorted(TIERS):
        raise Invalid("Each tier stands in the order once.", field="tier_order")
    checked(row)
    with refusing(REFUSALS):
        row.save()
    audit.note(by, audit.Kind.CHANGE, row, facts=facts)
    return row
