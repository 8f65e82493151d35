"""Gift vouchers: sold for money, redeemed by whoever brings the code; what is left expires or goes back."""

import secrets
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID, uuid4

from kalon.billing import actions as billing
from kalon.billing import queries as bills
from kalon.billing.actions import LineDetails
from kalon.billing.lifecycles import BillStatus
from kalon.catalog import queries as catalog
from kalon.entitlements import queries, rules
from kalon.entitlements.actions.selling import till_of
from kalon.entitlements.lifecycles import MANAGE, REFUND, SELL, VOUCHER, VoucherStatus
from kalon.entitlements.models import GiftVoucher, VoucherMove
from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, IllegalMove, Invalid, KeyReused, NotReady
from kalon.kernel.ids import uuid7
from kalon.kernel.money import exact
from kalon.kernel.reasons import reason_given
from kalon.kernel.tenancy import verb
from kalon.messaging import actions as messaging
from kalon.patients import queries as patients
from kalon.people import queries as people

Kind = VoucherMove.Kind
SALE = "voucher-sale:"
ENDS_SOON = "voucher-ends-soon"
MOST = Decimal("99999999.99")
REUSED = KeyReused("This key was used for something else. Send a new key.")
NOT_USABLE = NotReady("This voucher cannot be redeemed: it is not paid, has expired, or has ended.")
MEANWHILE = Clash("Somebody used this voucher meanwhile. Look at what is left of it.")
REFUSALS = {
    "entitlements_voucher_over_redeemed": MEANWHILE,
    "entitlements_voucher_not_usable": NOT_USABLE,
    "entitlements_vouchermove_is_credited": MEANWHILE,
    "entitlements_vouchermove_key_once": REUSED,
}


@verb
def sell_voucher(
    patient_id: UUID,
    branch_id: UUID,
    amount: Decimal | None = None,
    *,
    service_id: UUID | None = None,
    recipient: str = "",
    message: str = "",
    by: Actor,
) -> GiftVoucher:
    """Sell a gift voucher over an amount, or for a service at today's price with its tax: a numbered bill without tax.

    It can be redeemed once it is paid, as long as the clinic decided. `row.code` is what the buyer gives away.
    Refusals: Invalid for an amount that is none, NotPermitted.
    """
    by.must(SELL, at=branch_id, do="sell gift vouchers")
    value, service = _worth(amount, service_id, branch_id, by)
    if len(recipient) > 120 or len(message) > 500:
        raise Invalid("Write a name of at most 120 characters and a message of at most 500.", field="message")
    till, pk, code = till_of(by), uuid7(), rules.new_code(secrets.choice)
    bill = billing.draft_bill(patient_id, branch_id, by=till)
    details = LineDetails(
        description=f"Gift voucher: {service.name}"[:200] if service else "Gift voucher",
        note=f"Code ends in {code[-4:]}",
        unit_price=value,
        earns="VOUCHERS",
        source=f"{SALE}{pk}",
    )
    line = billing.add_line(bill.pk, details, by=till)
    billing.finalize(bill.pk, by=till)
    branch = people.branch(branch_id, seen_by=by)
    row = GiftVoucher(
        id=pk,
        organization_id=by.organization_id,
        patient=patients.patient(bill.patient_id, seen_by=by),
        branch=branch,
        bill_line=line,
        service_id=service_id,
        value=value,
        code=code,
        code_hash=queries.hash_of(code, by),
        last4=code[-4:],
        recipient=recipient.strip(),
        message=message.strip(),
        sold_at=clock.now(),
        sold_by_id=by.user_id,
        valid_until=rules.months_later(clock.today(branch.timezone), queries.terms(seen_by=by).voucher_months),
    )
    VOUCHER.born(row, name="sell")
    return row


@verb
def activate_vouchers(bill_id: UUID, *, by: Actor) -> None:
    """A voucher that is paid for can be redeemed."""
    if bills.bill(bill_id, seen_by=till_of(by)).status != BillStatus.PAID:
        return
    rows = GiftVoucher.objects.filter(bill_line__bill_id=bill_id, status=VoucherStatus.PENDING)
    for row in rows.select_for_update(of=("self",)).order_by("id"):
        VOUCHER.move(row, "activate", by=till_of(by))


@verb
def redeem_voucher(
    code: str,
    patient_id: UUID,
    branch_id: UUID,
    amount: Decimal | None = None,
    *,
    bill_id: UUID | None = None,
    key: str = "",
    by: Actor,
) -> Any:
    """Redeem a voucher, or a part of it: a payment by VOUCHER on the account of whoever brings the code.

    With a `bill_id` it goes on that bill at once, as far as is owed. Without an `amount` it is all that is left, or
    all that the bill owes. A voucher for a service needs a bill with that service. The same `key` again is the same
    payment. Refusals: Invalid (mistyped code, more than is left), NotFound, NotReady (not paid, expired), Clash.
    """
    by.must(SELL, at=branch_id, do="redeem gift vouchers")
    bill = _held_bill(bill_id, patient_id, by)
    row = queries.voucher(queries.find_voucher(code, seen_by=by).pk, seen_by=by, lock=True)
    key = key or str(uuid4())
    if before := VoucherMove.objects.filter(patient_id=patient_id, key=key).first():
        return _the_same(before, row, amount, by)
    if row.status != VoucherStatus.ACTIVE or row.valid_until < clock.today(row.branch.timezone):
        raise NOT_USABLE
    most = _at_most(row, bill)
    if most <= 0:
        raise Invalid("Nothing is owed on this bill, so there is nothing to pay by voucher.", field="code")
    amount = min(row.left, most) if amount is None else _money(amount)
    if not 0 < amount <= row.left:
        left = bills.grouped(row.left, _currency(by))
        raise Invalid(f"{left} is left of this voucher. Take that, or less.", field="amount")
    if row.service_id and amount > most:
        raise Invalid(f"This voucher is for {row.service}. Take at most what that costs on this bill.", field="amount")
    patient = patients.patient(patient_id, seen_by=by)
    _move(row, Kind.REDEEM, amount, patient_id=patient.pk, key=key, by=by)
    reference = f"Voucher ending in {row.last4}"
    payment = billing.receive_voucher(patient.pk, branch_id, amount, reference=reference, key=key, by=by)
    if bill is not None:
        payment = billing.apply_on_account(payment.pk, bill.pk, at_most=min(amount, bill.owed), by=by)
    return payment


@verb
def expire_voucher(voucher_id: UUID, *, by: Actor) -> GiftVoucher:
    """A voucher whose last day is over ends; what is left of it is the clinic's."""
    row = _held(voucher_id, MANAGE, "let vouchers expire", by)
    if row.status != VoucherStatus.ACTIVE:
        raise IllegalMove(f"This voucher is {row.get_status_display().lower()}.", status_is=str(row.status))
    why = f"Valid until {row.valid_until:%-d %b %Y}."
    return _move(row, Kind.FORFEIT, row.left, patient_id=row.patient_id, reason=why, by=by)


@verb
def warn_buyer(voucher_id: UUID, *, by: Actor) -> bool:
    """Tell the buyer, once, that a voucher ends soon; true when a message was queued."""
    row = _held(voucher_id, MANAGE, "remind patients", by)
    if row.status != VoucherStatus.ACTIVE or row.warned_at is not None:
        return False
    message = messaging.send(
        ENDS_SOON,
        to_patient=row.patient,
        data={
            "ending": row.last4,
            "left": f"{bills.symbol(_currency(by))}{bills.grouped(row.left, _currency(by))}",
            "until": row.valid_until,
            "branch": row.branch.name,
        },
        once=f"{ENDS_SOON}:{row.pk}:{row.valid_until}",
        branch=row.branch,
        about_id=row.pk,
        by=by,
    )
    row.warned_at = clock.now()
    row.save(update_fields=["warned_at"])
    return message is not None


@verb
def extend_voucher(voucher_id: UUID, until: date, reason: str, *, by: Actor) -> GiftVoucher:
    """Let a voucher be redeemed longer; one that has expired is alive again, with all that was left."""
    row = _held(voucher_id, MANAGE, "extend vouchers", by)
    why = reason_given(reason, "extend the voucher")
    rules.must_extend(row.valid_until, until, clock.today(row.branch.timezone))
    if row.status not in (VoucherStatus.PENDING, VoucherStatus.ACTIVE, VoucherStatus.EXPIRED):
        raise IllegalMove(f"This voucher is {row.get_status_display().lower()}: it cannot be extended.")
    row.valid_until, row.warned_at = until, None
    row.save(update_fields=["valid_until", "warned_at"])
    audit.note(by, audit.Kind.CHANGE, row, reason=why, facts={"valid_until": str(until)})
    if row.status == VoucherStatus.EXPIRED:
        return _move(row, Kind.RESTORE, row.forfeited, patient_id=row.patient_id, reason=why, by=by)
    return row


@verb
def refund_voucher(voucher_id: UUID, reason: str, *, by: Actor) -> GiftVoucher:
    """Take what is left of a voucher back from its buyer: a credit note, whose money is then on their account.

    One that is not paid yet is void with it. Nothing is paid out here: money on account is refunded from its payment.
    """
    by.must(REFUND, do="take gift vouchers back")
    why = reason_given(reason, "take the voucher back")
    sale = queries.voucher(voucher_id, seen_by=by).bill_line
    till = till_of(by)
    bills.bills(seen_by=till).select_for_update(of=("self",)).get(pk=sale.bill_id)  # before the voucher: no deadlock
    row = _held(voucher_id, REFUND, "take gift vouchers back", by)
    if row.status not in (VoucherStatus.PENDING, VoucherStatus.ACTIVE):
        raise IllegalMove(
            f"This voucher is {row.get_status_display().lower()}: nothing of it can be taken back.",
            status_is=str(row.status),
        )
    note = billing.credit_value(sale.bill_id, sale.pk, row.left, why, by=till)
    return _move(row, Kind.REFUND, row.left, patient_id=row.patient_id, reason=why, credit_note=note, by=by)


@verb
def close_cancelled_vouchers(bill_id: UUID, credit_note_id: UUID, *, by: Actor) -> None:
    """The bill by which vouchers were sold was cancelled: nothing of them was redeemed, and nothing is left."""
    rows = GiftVoucher.objects.filter(
        bill_line__bill_id=bill_id, status__in=(VoucherStatus.PENDING, VoucherStatus.ACTIVE)
    )
    for row in rows.select_for_update(of=("self",)).order_by("id"):
        _move(
            row, Kind.REFUND, row.left, patient_id=row.patient_id, reason="Its bill was cancelled.",
            credit_note_id=credit_note_id, by=by,
        )  # fmt: skip


def _worth(amount: Decimal | None, service_id: UUID | None, branch_id: UUID, by: Actor) -> tuple[Decimal, Any]:
    """What the voucher is sold for, and the service it is for."""
    if (amount is None) == (service_id is None):
        raise Invalid("Write the amount of the voucher, or choose the service it is for.", field="amount")
    if service_id is None:
        return _money(amount), None
    value = queries.price_with_tax(service_id, branch_id, seen_by=by)
    if value <= 0:
        raise Invalid("This service costs nothing. Choose another one, or write an amount.", field="service")
    return value, catalog.service(service_id, seen_by=by)


def _money(amount: Decimal | None) -> Decimal:
    wrong = Invalid("Write an amount above zero, with at most two places after the point.", field="amount")
    try:
        wanted = exact(amount or 0)
    except InvalidOperation:
        raise wrong from None
    if wanted != amount or not 0 < wanted <= MOST:
        raise wrong
    return wanted


def _held_bill(bill_id: UUID | None, patient_id: UUID, by: Actor) -> Any:
    """The bill that is paid, held before the voucher is."""
    if bill_id is None:
        return None
    bill = bills.bill(bill_id, seen_by=by)
    if bill.patient_id != patient_id:
        raise Invalid("This bill is another patient's.", field="bill")
    return bills.bills(seen_by=by).select_for_update(of=("self",)).get(pk=bill_id)


def _at_most(row: GiftVoucher, bill: Any) -> Decimal:
    """How much a voucher can pay of a bill: all that is owed, or what its service costs there."""
    if row.service_id is None:
        return MOST if bill is None else Decimal(bill.owed)
    theirs = [] if bill is None else [line for line in bill.lines.all() if line.service_id == row.service_id]
    if not theirs:
        raise Invalid(f"This voucher is for {row.service}. Redeem it on a bill with that service.", field="code")
    owed: Decimal = bill.owed
    return min(sum((line.total for line in theirs), Decimal(0)), owed)


def _currency(by: Actor) -> str:
    return people.organization(seen_by=by).currency


def _the_same(before: VoucherMove, row: GiftVoucher, amount: Decimal | None, by: Actor) -> Any:
    """A repeated request gets the payment it made; the same key for something else is refused."""
    if before.voucher_id != row.pk or amount not in (None, before.amount):
        raise REUSED
    return bills.payments(seen_by=by).get(patient_id=before.patient_id, key=before.key)


def _held(pk: UUID, permission: str, do: str, by: Actor) -> GiftVoucher:
    """The voucher, held until the transaction ends, for somebody who may do this at its branch."""
    by.must(permission, do=do)
    row = queries.voucher(pk, seen_by=by, lock=True)
    by.must(permission, at=row.branch_id, do=do)
    return row


def _move(row: GiftVoucher, kind: str, amount: Decimal, *, by: Actor, **what: Any) -> GiftVoucher:
    with refusing(REFUSALS):
        VoucherMove.objects.create(
            organization_id=row.organization_id,
            voucher=row,
            kind=kind,
            amount=amount,
            moved_by_id=by.user_id,
            moved_by_name=by.name[:120],
            **what,
        )
    return queries.voucher(row.pk, seen_by=by)
