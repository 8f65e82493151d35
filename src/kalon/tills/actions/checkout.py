"""A patient pays: one tender or several, all of it or none, once however often the request comes."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.db.models import Sum

from kalon.billing import actions as billing
from kalon.billing import queries as bills
from kalon.billing.lifecycles import BillStatus
from kalon.entitlements import actions as entitlements
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid, KeyReused, NotFound
from kalon.kernel.lookup import one
from kalon.kernel.money import ZERO, exact
from kalon.kernel.tenancy import verb
from kalon.tills import rules
from kalon.tills.lifecycles import TAKE
from kalon.tills.models import Checkout, CheckoutPart

WALLET = "WALLET"  # the patient's money on account: not a payment, one that was made before
CASH = "CASH"
FINANCE = "FINANCE"  # a lender pays: who it is, and their reference, stand in the tender's reference
VOUCHER = "VOUCHER"  # a gift voucher: its code stands in the tender's reference, and is not kept
TENDERS = (CASH, "CARD", "UPI", "BANK", FINANCE, VOUCHER, WALLET)


@dataclass(frozen=True, slots=True)
class Tender:
    """One way of paying: how much by it, the terminal's or app's reference, and for cash what was handed over."""

    method: str
    amount: Decimal
    reference: str = ""
    given: Decimal | None = None


@verb
def checkout(bill_id: UUID, tenders: Sequence[Tender], key: str, *, by: Actor) -> Checkout:
    """Take what a patient pays for a bill by one tender or several, all or nothing; a draft is finalised first.

    More than is owed is kept on the patient's account. The same key again is the same checkout.
    """
    bill = _held(bill_id, by)
    by.must(TAKE, at=bill.branch_id, do="check patients out")
    if not key or len(key) > 100:
        raise Invalid("Send a key of at most 100 characters, so that a retry is not paid twice.", field="key")
    asked = [_checked(tender) for tender in tenders]
    said = _as_json(asked)
    if before := Checkout.objects.filter(patient_id=bill.patient_id, key=key).first():
        if before.bill_id != bill.pk or before.asked != said:
            raise KeyReused("This key was used for another checkout. Send a new key.")
        return before
    if not asked:
        raise Invalid("Choose how it is paid.", field="tenders")
    is_new = bill.status == BillStatus.DRAFT
    if is_new:
        billing.finalize(bill.pk, by=by)
        bill.refresh_from_db()  # deposits of its plans went on it at once
    given, change = _handed_over(asked)
    made = Checkout.objects.create(
        organization_id=bill.organization_id,
        patient_id=bill.patient_id,
        bill_id=bill.pk,
        branch_id=bill.branch_id,
        key=key,
        asked=said,
        given=given,
        change=change,
        taken_by_id=by.user_id,
        taken_by_name=by.name[:120],
    )
    _Taking(made, bill, by, at_once=bill.allocated if is_new else ZERO).take(asked)
    return made


def _held(bill_id: UUID, by: Actor) -> Any:
    """The bill, held until the transaction ends, so that two checkouts of it take turns."""
    bill = one(bills.bills(seen_by=by).select_for_update(of=("self",)).filter(pk=bill_id))
    if bill is None:
        raise NotFound("There is no such bill.")
    return bill


class _Taking:
    """The tenders of one checkout, in turn: what is on account first, since it needs no hands."""

    def __init__(self, made: Checkout, bill: Any, by: Actor, *, at_once: Decimal) -> None:
        self.made, self.bill, self.by, self.at_once = made, bill, by, at_once
        self.owed: Decimal = bill.owed
        self.position = 0

    def take(self, asked: Sequence[Tender]) -> None:
        if self.at_once:
            self._deposits()
        from_account = [tender for tender in asked if tender.method == WALLET]
        by_hand = [tender for tender in asked if tender.method != WALLET]
        for tender in from_account:
            self._from_account(tender)
        for tender in by_hand:
            self._by_hand(tender)

    def _deposits(self) -> None:
        """Say what deposits paid by themselves when the bill was finalised."""
        put = self.bill.allocations.order_by().values_list("payment_id").annotate(sum=Sum("amount"))
        for payment_id, amount in put.order_by("payment_id"):
            self._part(WALLET, payment_id, amount, amount)
        self.owed = self.bill.owed

    def _from_account(self, tender: Tender) -> None:
        left = tender.amount - min(tender.amount, self.at_once)
        self.at_once -= tender.amount - left
        holding: list[Any] = list(bills.on_account(self.bill.patient_id, seen_by=self.by))
        for payment in holding:
            if payment.plan_id is not None and not self._is_for(payment.plan_id):
                continue  # a deposit is kept for the bills of its plan
            part = min(left, payment.free, self.owed)
            if part <= 0:
                break
            billing.apply_on_account(payment.pk, self.bill.pk, at_most=part, by=self.by)
            self._part(WALLET, payment.pk, part, part)
            left -= part
        if left > 0:
            raise Invalid(
                f"{bills.grouped(tender.amount - left, self.bill.currency)} can be used from what is on account. "
                "Take that, and the rest in another way.",
                field="amount",
            )

    def _is_for(self, plan_id: UUID) -> bool:
        return any(line.plan_id == plan_id for line in self.bill.lines.all())

    def _by_hand(self, tender: Tender) -> None:
        on_bill = min(tender.amount, self.owed)
        key = f"checkout:{self.made.pk}:{self.position}"
        if tender.method == VOUCHER:
            payment = entitlements.redeem_voucher(
                tender.reference, self.bill.patient_id, self.bill.branch_id, tender.amount, bill_id=self.bill.pk,
                key=key, by=self.by,
            )  # fmt: skip
        elif on_bill == tender.amount and tender.method != FINANCE:
            payment = billing.take_payment(
                self.bill.pk, tender.method, tender.amount, tender.reference, key, by=self.by
            )
        else:
            payment = billing.receive_advance(
                self.bill.patient_id, self.bill.branch_id, tender.method, tender.amount,
                reference=tender.reference, key=key, by=self.by,
            )  # fmt: skip
            if on_bill:
                billing.apply_on_account(payment.pk, self.bill.pk, at_most=on_bill, by=self.by)
        self._part(tender.method, payment.pk, tender.amount, on_bill)

    def _part(self, tender: str, payment_id: UUID, amount: Decimal, on_bill: Decimal) -> None:
        CheckoutPart.objects.create(
            organization_id=self.made.organization_id,
            patient_id=self.made.patient_id,
            checkout=self.made,
            position=self.position,
            tender=tender,
            payment_id=payment_id,
            amount=amount,
            on_bill=on_bill,
        )
        self.position += 1
        self.owed -= on_bill


def _checked(tender: Tender) -> Tender:
    if tender.method not in TENDERS:
        raise Invalid("Choose cash, card, UPI, bank, a lender, a voucher or money on account.", field="method")
    if tender.method == FINANCE and not tender.reference.strip():
        raise Invalid("Write who lends the money, and their reference.", field="lender")
    if tender.method == VOUCHER and not tender.reference.strip():
        raise Invalid("Write the code of the voucher.", field="voucher_code")
    return Tender(
        tender.method,
        _amount(tender.amount, "amount"),
        tender.reference.strip()[:80],
        None if tender.given is None else _amount(tender.given, "given"),
    )


def _amount(value: Decimal, field: str) -> Decimal:
    try:
        amount = exact(value)
    except InvalidOperation:
        raise Invalid("This is not an amount of money.", field=field) from None
    if amount != value or amount <= 0 or amount > Decimal("99999999.99"):
        raise Invalid("Write an amount above zero, with at most two places after the point.", field=field)
    return amount


def _handed_over(asked: Sequence[Tender]) -> tuple[Decimal, Decimal]:
    """The cash that was given and what goes back, over all cash tenders."""
    cash = [tender for tender in asked if tender.method == CASH and tender.given is not None]
    change = sum((rules.change_for(tender.given or ZERO, tender.amount) for tender in cash), ZERO)
    return sum((tender.given or ZERO for tender in cash), ZERO), change


def _as_json(asked: Sequence[Tender]) -> list[dict[str, str]]:
    """What was asked for, as it is kept: whoever knows a voucher's code can use it, so only its end stays."""
    kept = [replace(one, reference=one.reference[-4:]) if one.method == VOUCHER else one for one in asked]
    return [{name: str(value) for name, value in asdict(tender).items() if value} for tender in kept]
