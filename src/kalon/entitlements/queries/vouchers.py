"""Gift vouchers: who bought them, what is left of them, and what a service costs that one is for."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum

from kalon.billing import queries as billing
from kalon.catalog import queries as catalog
from kalon.entitlements import rules
from kalon.entitlements.lifecycles import SELL, VIEW, VoucherStatus
from kalon.entitlements.models import GiftVoucher, VoucherMove
from kalon.entitlements.queries.packages import soon, terms
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.crypto import keyed_hash
from kalon.kernel.errors import Invalid, NotFound
from kalon.kernel.lookup import one
from kalon.kernel.money import ZERO
from kalon.people import queries as people
from kalon.pricing import queries as pricing

UNKNOWN = NotFound("There is no voucher with this code. Compare it with the card once more.")
MISTYPED = Invalid("A character of this code is mistyped. Compare it with the card once more.", field="code")


@dataclass(frozen=True, slots=True)
class VoucherSums:
    """What can still be redeemed of all vouchers, and how many there are."""

    count: int
    left: Decimal


def vouchers(*, seen_by: Actor) -> "QuerySet[GiftVoucher]":
    """The vouchers that the actor's patients bought, newest first; a patient sees their own."""
    seen_by.must(VIEW, do="see gift vouchers")
    rows = GiftVoucher.objects.filter(organization_id=seen_by.organization_id)
    if seen_by.is_patient:
        rows = rows.filter(patient_id__person=seen_by.own_patient_id)
    return rows.select_related("patient", "branch", "service", "bill_line")


def voucher(pk: UUID, *, seen_by: Actor, lock: bool = False) -> GiftVoucher:
    """One gift voucher."""
    rows = vouchers(seen_by=seen_by).filter(pk=pk)
    found = one(rows.select_for_update(of=("self",)) if lock else rows)
    if found is None:
        raise NotFound("There is no such voucher.")
    return found


def vouchers_of(patient_id: UUID, *, seen_by: Actor) -> "QuerySet[GiftVoucher]":
    """The vouchers that one patient bought, newest first."""
    return vouchers(seen_by=seen_by).filter(patient_id__person=patient_id).order_by("-created_at", "-id")


def find_voucher(code: str, *, seen_by: Actor) -> GiftVoucher:
    """The voucher with this code; a slip of the pen (Invalid) is told from a code that is none (NotFound)."""
    seen_by.must(SELL, do="redeem gift vouchers")
    plain = rules.plain_code(code)
    if plain is None:
        raise MISTYPED
    found = one(vouchers(seen_by=seen_by).filter(code_hash=hash_of(plain, seen_by)))
    if found is None:
        raise UNKNOWN
    return found


def hash_of(code: str, by: Actor) -> str:
    """What a voucher is found by; without the clinic's key nothing is learned from it."""
    return keyed_hash("gift voucher", by.organization_id, code).hex()


def voucher_moves(voucher_id: UUID, *, seen_by: Actor) -> "QuerySet[VoucherMove]":
    """Each time something of a voucher was redeemed, came back or ended, in order."""
    seen_by.must(VIEW, do="see gift vouchers")
    rows = VoucherMove.objects.filter(organization_id=seen_by.organization_id, voucher_id=voucher_id)
    return rows.select_related("patient", "voucher").order_by("created_at", "id")


def redeemed_by(patient_id: UUID, *, seen_by: Actor) -> "QuerySet[VoucherMove]":
    """What one patient redeemed of vouchers, whoever bought them, newest first."""
    seen_by.must(VIEW, do="see gift vouchers")
    rows = VoucherMove.objects.filter(
        organization_id=seen_by.organization_id,
        patient_id__person=patient_id,
        kind__in=(VoucherMove.Kind.REDEEM, VoucherMove.Kind.RETURN),
    )
    return rows.order_by("-created_at", "-id")


def voucher_sums(*, seen_by: Actor) -> VoucherSums:
    """What the clinic owes to whoever brings a code."""
    rows = vouchers(seen_by=seen_by).filter(status=VoucherStatus.ACTIVE).order_by()
    found = rows.aggregate(value=Sum("value"), gone=Sum("redeemed") + Sum("forfeited") + Sum("refunded"))
    return VoucherSums(rows.count(), (found["value"] or ZERO) - (found["gone"] or ZERO))


def vouchers_over(*, seen_by: Actor) -> tuple[list[UUID], list[UUID]]:
    """Vouchers whose last day is over, and those that end within the warning and whose buyer was not told."""
    days = terms(seen_by=seen_by).warn_days
    over: list[UUID] = []
    near: list[UUID] = []
    rows = vouchers(seen_by=seen_by).filter(status=VoucherStatus.ACTIVE)
    for row in rows.filter(valid_until__lte=clock.now().date() + timedelta(days=days + 1)).order_by("id"):
        today = clock.today(row.branch.timezone)
        if row.valid_until < today:
            over.append(row.pk)
        elif row.warned_at is None and row.valid_until <= soon(today, days):
            near.append(row.pk)
    return over, near


def voucher_proof(*, seen_by: Actor) -> list[tuple[UUID, str, Decimal, Decimal]]:
    """Vouchers whose sums do not agree with their moves, counted again: there should never be one."""
    seen_by.must(VIEW, do="check the books")
    here: dict[str, Any] = {"organization_id": seen_by.organization_id}
    moved = {
        (pk, kind): amount
        for pk, kind, amount in VoucherMove.objects.filter(**here)
        .order_by()
        .values_list("voucher_id", "kind")
        .annotate(sum=Sum("amount"))
    }
    wrong: list[tuple[UUID, str, Decimal, Decimal]] = []
    for row in GiftVoucher.objects.filter(**here).order_by():
        for name, more, less in (
            ("redeemed", "REDEEM", "RETURN"),
            ("forfeited", "FORFEIT", "RESTORE"),
            ("refunded", "REFUND", ""),
        ):
            counted = moved.get((row.pk, more), ZERO) - moved.get((row.pk, less), ZERO)
            if getattr(row, name) != counted:
                wrong.append((row.pk, name, getattr(row, name), counted))
        if row.left < 0:
            wrong.append((row.pk, "left", row.left, ZERO))
    return wrong


def price_with_tax(service_id: UUID, branch_id: UUID, *, seen_by: Actor) -> Decimal:
    """What a service costs today with its tax, without any discount: what a voucher for it is worth."""
    branch = people.branch(branch_id, seen_by=seen_by)
    today, clinic = clock.today(branch.timezone), people.organization(seen_by=seen_by)
    priced = pricing.price_of(service_id=service_id, branch_id=branch_id, seen_by=seen_by)
    is_taxed = bool(priced.tax_code and branch.gstin)
    return billing.taxed(
        quantity=Decimal(1),
        unit_price=priced.unit_price,
        discount=ZERO,
        rate=catalog.tax_rate(priced.tax_code, today, seen_by=seen_by) if is_taxed else ZERO,
        supplier_state=branch.state_code,
        place_of_supply=branch.state_code,
        is_registered=bool(branch.gstin),
        has_code=bool(priced.tax_code),
        rounding=clinic.rounding,
        scheme=catalog.tax_scheme(today, country=clinic.country, seen_by=seen_by),
    ).total
