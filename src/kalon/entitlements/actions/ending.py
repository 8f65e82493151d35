"""How a package ends before its sessions are used: it expires, is taken back, or goes to another patient."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from kalon.billing import actions as billing
from kalon.billing import queries as bills
from kalon.entitlements import queries, rules
from kalon.entitlements.actions.selling import till_of
from kalon.entitlements.events import PackageEnded
from kalon.entitlements.lifecycles import HOLDING, MANAGE, OPEN, REFUND, TRANSFER, HoldingStatus
from kalon.entitlements.models import HoldingItem, PackageHolding, Settlement
from kalon.kernel import audit, clock, events
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotReady
from kalon.kernel.money import ZERO
from kalon.kernel.reasons import reason_given
from kalon.kernel.tenancy import verb
from kalon.messaging import actions as messaging
from kalon.patients import queries as patients

EXPIRES_SOON = "package-expires-soon"
MEANWHILE = Clash("Somebody used or changed this package meanwhile. Look at it again.")
REFUSALS = {
    "entitlements_settlement_takes_what_is_left": MEANWHILE,
    "entitlements_settlement_is_credited": MEANWHILE,
    "entitlements_holding_over_used": MEANWHILE,
    "entitlements_settlement_not_expired": NotReady("This package is still valid."),
}


@verb
def expire_package(holding_id: UUID, *, by: Actor) -> PackageHolding:
    """A package whose last day is over ends; what was not used of it is the clinic's."""
    row = _held(holding_id, MANAGE, "let packages expire", by)
    _must_be_open(row, "let it expire")
    return _settle(row, Settlement.Kind.FORFEIT, row.left, f"Valid until {row.valid_until:%-d %b %Y}.", by=by)


@verb
def warn(holding_id: UUID, *, by: Actor) -> bool:
    """Tell the patient, once, that a package ends soon; true when a message was queued."""
    row = _held(holding_id, MANAGE, "remind patients", by)
    if row.status != HoldingStatus.ACTIVE or row.warned_at is not None:
        return False
    message = messaging.send(
        EXPIRES_SOON,
        to_patient=row.patient,
        data={
            "package": row.name,
            "left": sum(piece.left for piece in row.items.all()),
            "until": row.valid_until,
            "branch": row.branch.name,
        },
        once=f"{EXPIRES_SOON}:{row.pk}:{row.valid_until}",
        branch=row.branch,
        about_id=row.pk,
        by=by,
    )
    row.warned_at = clock.now()
    row.save(update_fields=["warned_at"])
    return message is not None


@verb
def extend_package(holding_id: UUID, until: date, reason: str, *, by: Actor) -> PackageHolding:
    """Let a patient use a package longer; one that has expired is alive again, with all that was left."""
    row = _held(holding_id, MANAGE, "extend packages", by)
    why = reason_given(reason, "extend the package")
    rules.must_extend(row.valid_until, until, clock.today(row.branch.timezone))
    if row.status not in (*OPEN, HoldingStatus.EXPIRED):
        raise IllegalMove(f"This package is {row.get_status_display().lower()}: it cannot be extended.")
    row.valid_until, row.warned_at = until, None
    row.save(update_fields=["valid_until", "warned_at"])
    _note(row, why, {"valid_until": str(until)}, by)
    if row.status == HoldingStatus.EXPIRED:
        return _settle(row, Settlement.Kind.RESTORE, -row.forfeited, why, by=by)
    return queries.holding(row.pk, seen_by=by)


@verb
def refund_package(holding_id: UUID, reason: str, *, by: Actor) -> PackageHolding:
    """Take a package back: a credit note over what was not used, whose money is then on the buyer's account.

    A used session counts its share of the price, or what it costs by itself, as the clinic decided. Nothing is paid
    out here: money on account is refunded from its payment.
    """
    by.must(REFUND, do="take packages back")
    row = queries.holding(holding_id, seen_by=by)
    why = reason_given(reason, "take the package back")
    sale = row.bill_line
    till = till_of(by)
    bills.bills(seen_by=till).select_for_update(of=("self",)).get(pk=sale.bill_id)  # before the package: no deadlock
    row = _held(holding_id, REFUND, "take packages back", by)
    _must_be_open(row, "take it back")
    amount = queries.comes_back(row, seen_by=by)
    note = billing.credit_value(sale.bill_id, sale.pk, amount, why, by=till) if amount else None
    return _settle(row, Settlement.Kind.REFUND, amount, why, by=by, kept=row.left - amount, credit_note=note)


@verb
def close_cancelled(bill_id: UUID, credit_note_id: UUID, *, by: Actor) -> None:
    """The bill by which packages were sold was cancelled: nothing of them was used, and nothing is left."""
    rows = PackageHolding.objects.filter(bill_line__bill_id=bill_id, status__in=OPEN)
    for row in rows.select_for_update(of=("self",)).order_by("id"):
        _settle(row, Settlement.Kind.REFUND, row.left, "Its bill was cancelled.", by=by, credit_note_id=credit_note_id)


@verb
def transfer_package(holding_id: UUID, to_patient_id: UUID, reason: str, *, by: Actor) -> PackageHolding:
    """Give what is left of a paid package to another patient; both keep their own history of it."""
    row = _held(holding_id, TRANSFER, "give packages to another patient", by)
    why = reason_given(reason, "give the package to another patient")
    to = patients.patient(to_patient_id, seen_by=by)
    if to.pk == row.patient_id:
        raise Invalid("This is the patient who has the package. Choose another one.", field="patient")
    if row.status != HoldingStatus.ACTIVE:
        raise IllegalMove(f"This package is {row.get_status_display().lower()}: it cannot be given away.")
    if row.valid_until < clock.today(row.branch.timezone):
        raise NotReady("This package has expired. Extend it first.")
    bill = row.bill_line.bill
    if bill.owed > 0:
        raise NotReady("This package is not paid in full. Take the payment first.")
    given = PackageHolding(
        organization_id=row.organization_id,
        patient=to,
        package_id=row.package_id,
        branch_id=row.branch_id,
        name=row.name,
        bill_line_id=row.bill_line_id,
        origin=row,
        value=row.left,
        sold_at=clock.now(),
        sold_by_id=by.user_id,
        valid_until=row.valid_until,
    )
    HOLDING.born(given, name="receive", reason=why)
    for piece in row.items.all():
        if piece.left:
            _carry(piece, given)
    _settle(row, Settlement.Kind.TRANSFER, row.left, why, by=by, to_holding=given)
    HOLDING.move(given, "activate", by=till_of(by))
    return queries.holding(given.pk, seen_by=by)


def _held(pk: UUID, permission: str, do: str, by: Actor) -> PackageHolding:
    """The package, held until the transaction ends, for somebody who may do this at its branch."""
    by.must(permission, do=do)
    row = queries.holding(pk, seen_by=by, lock=True)
    by.must(permission, at=row.branch_id, do=do)
    return row


def _carry(piece: HoldingItem, given: PackageHolding) -> None:
    HoldingItem.objects.create(
        organization_id=given.organization_id,
        patient_id=given.patient_id,
        holding=given,
        service_id=piece.service_id,
        position=piece.position,
        quantity=piece.left,
        value=piece.value - piece.used_value,
        single_price=piece.single_price,
    )


def _settle(
    row: PackageHolding, kind: str, value: Decimal, reason: str, *, by: Actor, kept: Decimal = ZERO, **what: Any
) -> PackageHolding:
    with refusing(REFUSALS):
        Settlement.objects.create(
            organization_id=row.organization_id,
            patient_id=row.patient_id,
            holding=row,
            kind=kind,
            value=value,
            kept=kept,
            reason=reason,
            settled_by_id=by.user_id,
            settled_by_name=by.name[:120],
            **what,
        )
    if kind != Settlement.Kind.RESTORE:
        events.announce(PackageEnded(row.pk, row.patient_id, row.organization_id, by))
    return queries.holding(row.pk, seen_by=by)


def _must_be_open(row: PackageHolding, do: str) -> None:
    if row.status not in OPEN:
        raise IllegalMove(
            f"You cannot {do}: this package is {row.get_status_display().lower()}.", status_is=str(row.status)
        )


def _note(row: PackageHolding, reason: str, facts: dict[str, Any], by: Actor) -> None:
    audit.note(by, audit.Kind.CHANGE, row, reason=reason, facts=facts)
