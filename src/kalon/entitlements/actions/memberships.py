"""Memberships: offered, sold on a bill, begun when it is paid, earned month by month, renewed, ended, lapsed."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from kalon.billing import actions as billing
from kalon.billing import queries as bills
from kalon.billing.actions import LineDetails
from kalon.billing.lifecycles import BillStatus
from kalon.catalog import queries as catalog
from kalon.entitlements import queries, rules
from kalon.entitlements.actions import ending, selling
from kalon.entitlements.actions.selling import till_of
from kalon.entitlements.lifecycles import MANAGE, MEMBERSHIP, REFUND, SELL, MembershipStatus
from kalon.entitlements.lifecycles import OPEN as OPEN_PACKAGE
from kalon.entitlements.models import Membership, MembershipMove, MembershipOffer, PackageHolding
from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, IllegalMove, Invalid
from kalon.kernel.ids import uuid7
from kalon.kernel.money import ZERO
from kalon.kernel.tenancy import verb
from kalon.messaging import actions as messaging
from kalon.people import queries as people
from kalon.pricing import actions as pricing
from kalon.pricing.actions import DiscountDetails

SALE = "membership-sale:"
RENEWED = "membership-renewed"
ALIVE = (MembershipStatus.PENDING, MembershipStatus.ACTIVE)
MEANWHILE = Clash("Somebody changed this membership meanwhile. Look at it again.")
REFUSALS = {
    "entitlements_membershipmove_not_over": MEANWHILE,
    "entitlements_membershipmove_once": MEANWHILE,
    "entitlements_membershipmove_is_credited": MEANWHILE,
}


@verb
def add_offer(
    name: str,
    period: str,
    price: Decimal,
    percent: Decimal,
    *,
    tax_code: str = "",
    package_id: UUID | None = None,
    by: Actor,
) -> MembershipOffer:
    """Offer a membership for a month or a year; members pay `percent` less for everything, explained on each line.

    With a package, each term gives its sessions once more. What is offered is not changed: it is ended and followed.
    """
    by.must(MANAGE, do="offer memberships")
    pk, till = uuid7(), till_of(by)
    row = MembershipOffer(
        id=pk, organization_id=by.organization_id, name=name.strip(), period=period, price=price, percent=percent,
        tax_code=tax_code,
    )  # fmt: skip
    if package_id is not None:
        row.package = catalog.package(package_id, seen_by=by)
    try:
        row.full_clean(exclude=["organization", "group"], validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        field, sentences = next(iter(error.message_dict.items()))
        raise Invalid(sentences[0], field=field, errors=error.message_dict) from None
    if price <= 0:
        raise Invalid("Write a price above zero.", field="price")
    code = f"MEMBER-{pk.hex[-10:].upper()}"
    row.group = pricing.add_group(code, f"{row.name} members", by=till)
    discount = DiscountDetails(
        code=code, name=f"{row.name} member", tier="GROUP", percent=percent, group_id=row.group.pk,
        valid_from=clock.today(people.organization(seen_by=by).timezone),
    )  # fmt: skip
    pricing.add_discount(discount, by=till)
    with refusing({"entitlements_offer_name_once": Clash("Another membership has this name.", field="name")}):
        row.save(force_insert=True)
    audit.note(by, audit.Kind.CHANGE, row, facts={"name": [None, row.name]})
    return row


@verb
def end_offer(offer_id: UUID, *, by: Actor) -> MembershipOffer:
    """Sell a membership no longer; who is a member stays one until their term is over."""
    by.must(MANAGE, do="end memberships")
    row = queries.offer(offer_id, seen_by=by)
    row.is_active = False
    row.save(update_fields=["is_active"])
    audit.note(by, audit.Kind.CHANGE, row, facts={"is_active": [True, False]})
    return row


@verb
def sell_membership(
    patient_id: UUID, offer_id: UUID, branch_id: UUID, *, renews_id: UUID | None = None, by: Actor
) -> Membership:
    """Sell a membership: a numbered bill at its price; it begins when that is paid, or when the one it renews is over.

    Refusals: Invalid for one that is not on offer, Clash when the patient has it (renew it instead), NotPermitted.
    """
    by.must(SELL, at=branch_id, do="sell memberships")
    offer = queries.offer(offer_id, seen_by=by)
    if not offer.is_active:
        raise Invalid("This membership is not on offer. Choose another one.", field="offer")
    renewed = _renewed(renews_id, patient_id, offer, by)
    till, pk = till_of(by), uuid7()
    bill = billing.draft_bill(patient_id, branch_id, by=till)
    details = LineDetails(
        description=f"Membership: {offer.name}",
        note=f"{offer.months} month{'s' if offer.months > 1 else ''} from the day it is paid",
        unit_price=offer.price,
        tax_code=offer.tax_code,
        earns="DEFERRED",
        source=f"{SALE}{pk}",
    )
    line = billing.add_line(bill.pk, details, by=till)
    given = _package_line(offer, bill, till)
    bill = billing.finalize(bill.pk, by=till)
    row = Membership(
        id=pk,
        organization_id=by.organization_id,
        patient_id=bill.patient_id,
        offer=offer,
        branch=people.branch(branch_id, seen_by=by),
        name=offer.name,
        bill_line=line,
        renews=renewed,
        months=offer.months,
        value=line.taxable,
        sold_at=clock.now(),
        sold_by_id=by.user_id,
    )
    with refusing({"entitlements_membership_renews_id_key": Clash("This membership was renewed already.")}):
        MEMBERSHIP.born(row, name="sell")
    if given is not None:
        package_id, package_line = given
        selling.hold_given(package_id, offer.package, bill, package_line, by)
    return queries.membership(pk, seen_by=by)


@verb
def start_memberships(bill_id: UUID, *, by: Actor) -> None:
    """A membership that is paid for begins, and its discount with it."""
    till = till_of(by)
    if bills.bill(bill_id, seen_by=till).status != BillStatus.PAID:
        return
    rows = Membership.objects.filter(bill_line__bill_id=bill_id, status=MembershipStatus.PENDING)
    for row in (
        rows.select_related("patient", "branch", "offer", "renews").select_for_update(of=("self",)).order_by("id")
    ):
        today = clock.today(row.branch.timezone)
        before = row.renews.ends_on if row.renews and row.renews.status == MembershipStatus.ACTIVE else None
        starts = max(today, before + timedelta(days=1)) if before else today
        after = rules.months_later(starts, row.months)
        member = _in_group(row, starts, after, till)
        MEMBERSHIP.move(row, "start", by=till, starts_on=starts, ends_on=after - timedelta(days=1), member=member)
        if row.renews_id:
            _tell(row, RENEWED, {"since": row.starts_on}, till)


@verb
def warn_member(membership_id: UUID, *, by: Actor) -> bool:
    """Tell a member, once, that their term ends soon and does not renew by itself; true when a message was queued."""
    by.must(MANAGE, do="remind patients")
    row = queries.membership(membership_id, seen_by=by, lock=True)
    by.must(MANAGE, at=row.branch_id, do="remind patients")
    if row.status != MembershipStatus.ACTIVE or hasattr(row, "renewed_by"):
        return False
    return _tell(row, queries.ENDS_SOON, {}, by)


@verb
def earn_months(membership_id: UUID, *, by: Actor) -> Membership:
    """Each month that is over is earned; after the last of them the membership lapses."""
    by.must(MANAGE, do="earn memberships")
    row = queries.membership(membership_id, seen_by=by, lock=True)
    today = clock.today(row.branch.timezone)
    row = _earn(row, today, by)
    if row.status == MembershipStatus.ACTIVE and row.left == 0 and row.ends_on and row.ends_on < today:
        MEMBERSHIP.move(row, "lapse", by=till_of(by))
    return row


@verb
def end_membership(membership_id: UUID, reason: str, *, by: Actor) -> Membership:
    """End a membership early: what is not earned goes back as a credit note, whose money is then on account."""
    by.must(REFUND, do="end memberships")
    if not reason.strip() or len(reason) > 500:
        raise Invalid("Write why the membership is ended, in at most 500 characters.", field="reason")
    sale = queries.membership(membership_id, seen_by=by).bill_line
    till = till_of(by)
    bills.bills(seen_by=till).select_for_update(of=("self",)).get(pk=sale.bill_id)  # before the membership
    row = queries.membership(membership_id, seen_by=by, lock=True)
    by.must(REFUND, at=row.branch_id, do="end memberships")
    if row.status not in ALIVE:
        raise IllegalMove(f"This membership is {row.get_status_display().lower()}.", status_is=str(row.status))
    today = clock.today(row.branch.timezone)
    row = _earn(row, today, by)
    if row.left:
        note = billing.credit_value(sale.bill_id, sale.pk, row.left, reason.strip(), by=till)
        row = _move(row, MembershipMove.Kind.REFUND, by, amount=row.left, credit_note=note, reason=reason.strip())
    for held in PackageHolding.objects.filter(bill_line__bill_id=sale.bill_id, status__in=OPEN_PACKAGE).order_by("id"):
        ending.refund_package(held.pk, reason, by=by)
    if row.member is not None:
        pricing.end_member(row.member.pk, max(today, row.member.valid_from + timedelta(days=1)), by=till)
    MEMBERSHIP.move(row, "end", by=till, reason=reason)
    return row


def _renewed(pk: UUID | None, patient_id: UUID, offer: MembershipOffer, by: Actor) -> Membership | None:
    """The membership that is renewed; who has one of this kind buys no second one beside it."""
    if pk is None:
        has = queries.memberships_of(patient_id, seen_by=by).filter(offer=offer, status__in=ALIVE)
        if has.exists():
            raise Clash("The patient has this membership. Renew it instead.", field="offer")
        return None
    row = queries.membership(pk, seen_by=by)
    if row.patient_id != patient_id or row.offer_id != offer.pk:
        raise Invalid("This is another membership. Choose the one that is renewed.", field="offer")
    if row.status not in (MembershipStatus.ACTIVE, MembershipStatus.LAPSED):
        raise IllegalMove(f"This membership is {row.get_status_display().lower()}.", status_is=str(row.status))
    return row


def _package_line(offer: MembershipOffer, bill: Any, till: Actor) -> tuple[UUID, Any] | None:
    """The sessions that come with a term: a line that costs nothing."""
    if offer.package is None:
        return None
    pk = uuid7()
    details = LineDetails(
        description=f"{offer.package.name}, with the membership"[:200],
        unit_price=ZERO,
        earns="DEFERRED",
        source=f"{selling.SALE}{pk}",
    )
    return pk, billing.add_line(bill.pk, details, by=till)


def _tell(row: Membership, code: str, more: dict[str, object], by: Actor) -> bool:
    """Whether a message about the term was queued; the same is never told twice."""
    message = messaging.send(
        code,
        to_patient=row.patient,
        data={
            "membership": row.name,
            "percent": f"{row.offer.percent.normalize():f}",
            "until": row.ends_on,
            "branch": row.branch.name,
            **more,
        },
        once=f"{code}:{row.pk}",
        branch=row.branch,
        about_id=row.pk,
        by=by,
    )
    return message is not None


def _in_group(row: Membership, starts: date, after: date, till: Actor) -> Any:
    """The patient belongs to the members whom pricing knows; who was put there by hand stays there."""
    try:
        return pricing.add_member(
            row.offer.group_id, row.patient_id, starts, valid_to=after, proof=f"Membership {row.name}", by=till
        )
    except Clash:
        return None


def _earn(row: Membership, today: date, by: Actor) -> Membership:
    if row.status != MembershipStatus.ACTIVE:
        return row
    earned = row.moves.filter(kind=MembershipMove.Kind.EARN).count()
    for _ in range(queries.months_over(row, today) - earned):
        row = _move(row, MembershipMove.Kind.EARN, by)
    return row


def _move(row: Membership, kind: str, by: Actor, **what: Any) -> Membership:
    with refusing(REFUSALS):
        MembershipMove.objects.create(
            organization_id=row.organization_id, patient_id=row.patient_id, membership=row, kind=kind, **what
        )
    return queries.membership(row.pk, seen_by=by)
