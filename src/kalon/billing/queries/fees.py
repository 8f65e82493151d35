"""What a visit owes before it takes place, and what missing it costs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from kalon.billing import rules
from kalon.billing.lifecycles import BillStatus
from kalon.billing.models import Bill
from kalon.billing.queries.bills import bill_for_appointment, bills, dates_of
from kalon.catalog import queries as catalog
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.money import ZERO
from kalon.people import queries as people
from kalon.pricing import queries as prices
from kalon.scheduling import queries as scheduling
from kalon.scheduling.lifecycles import AHEAD, Side, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellingCosts:
    """What cancelling a visit at this moment costs, and the sentence the clinic has said beforehand.

    `total` is the fee with its tax, nothing until `free_until`; `taken` is the part of it that comes out of what
    was already paid, `kept` what then stays on the patient's account.
    """

    sentence: str
    free_until: datetime
    total: Decimal
    taken: Decimal
    kept: Decimal
    currency: str

    @property
    def is_free(self) -> bool:
        return self.total == 0

    @property
    def to_pay(self) -> Decimal:
        """What is still to be paid of the fee."""
        return self.total - self.taken


def covers(bill: Bill, visit: Any) -> bool:
    """Whether what was put on a visit's bill is enough for the visit to take place: its deposit, or all of it."""
    return bill.status == BillStatus.PAID or (visit.amount_due is not None and bill.allocated >= visit.amount_due)


def due_now(bill: Bill, *, seen_by: Actor) -> Decimal:
    """What is to be paid on a bill at this moment: the rest of the deposit while its visit waits for it, else all."""
    if bill.appointment_id is None or bill.is_fee:
        return bill.owed
    visit = standing(bill.appointment_id, seen_by=seen_by)
    if visit.status != Status.PENDING_PAYMENT or visit.amount_due is None:
        return bill.owed
    return min(bill.owed, max(visit.amount_due - bill.allocated, ZERO)) or bill.owed


def standing(appointment_id: UUID, *, seen_by: Actor) -> Any:
    """A visit as it stands today: the last of the dates it was moved to."""
    visit = scheduling.appointment(appointment_id, seen_by=seen_by)
    for _ in range(50):
        if visit.successor_id is None:
            break
        visit = scheduling.appointment(visit.successor_id, seen_by=seen_by)
    return visit


def fee_for_appointment(appointment_id: UUID, *, seen_by: Actor) -> Bill | None:
    """The fee that stands for a missed visit, if there is one."""
    fees = bills(seen_by=seen_by).filter(appointment_id=appointment_id).exclude(kind=Bill.Kind.VISIT)
    return fees.exclude(status=BillStatus.VOID).first()


def cancelling_costs(appointment_id: UUID, *, seen_by: Actor) -> CancellingCosts | None:
    """What cancelling a visit now would cost; None when it cannot be cancelled, or under no policy.

    Only a confirmed visit costs anything: what was asked for and never answered, or never paid, is let go.
    """
    visit = scheduling.appointment(appointment_id, seen_by=seen_by)
    policy = policy_of(visit, seen_by=seen_by) if visit.status in AHEAD else None
    if policy is None:
        return None
    bill = bill_for_appointment(appointment_id, seen_by=seen_by)
    until = free_until(visit, policy)
    fee = ZERO
    if visit.status == Status.CONFIRMED and clock.now() > until:
        fee = policy.late_cancel_fee(price_of(visit, seen_by=seen_by))
    total = with_tax(fee, policy, visit.branch, seen_by=seen_by)
    paid = bill.allocated if bill else ZERO
    taken = min(paid, total)
    return CancellingCosts(
        sentence=policy.sentence,
        free_until=until.astimezone(visit.zone),
        total=total,
        taken=taken,
        kept=paid - taken,
        currency=people.organization(seen_by=seen_by).currency,
    )


def late_fee_of(appointment_id: UUID, *, seen_by: Actor) -> Decimal | None:
    """What a visit that was cancelled late costs when it was the patient who cancelled; None when nothing is due."""
    visit = scheduling.appointment(appointment_id, seen_by=seen_by)
    policy = policy_of(visit, seen_by=seen_by) if visit.status == Status.CANCELLED else None
    if policy is None or missed(visit, policy, seen_by=seen_by) is None or was_charged(visit, seen_by=seen_by):
        return None
    fee = policy.late_cancel_fee(price_of(visit, seen_by=seen_by))
    return with_tax(fee, policy, visit.branch, seen_by=seen_by) or None


def missed(visit: Any, policy: Any, *, seen_by: Actor) -> "Bill.Kind | None":
    """Which fee is due for a visit: for not coming, for cancelling a confirmed one too late, or none.

    Nothing is due when it was the clinic that cancelled, whenever it did.
    """
    if visit.status == Status.NO_SHOW:
        return Bill.Kind.NO_SHOW
    if visit.status != Status.CANCELLED or visit.status_at <= free_until(visit, policy):
        return None
    if visit.cancelled_side == Side.CLINIC:
        return None
    last = [step for step in scheduling.history(visit, seen_by=seen_by) if step.to_state == Status.CANCELLED][-1]
    return Bill.Kind.LATE_CANCEL if last.from_state == Status.CONFIRMED else None


def was_charged(visit: Any, *, seen_by: Actor) -> bool:
    """Whether this time of missing the visit was charged already, also where the fee was waived."""
    fees = bills(seen_by=seen_by).filter(appointment_id=visit.pk)
    return fees.filter(occasion__endswith=occasion_of(visit)).exists()


def occasion_of(visit: Any) -> str:
    """What makes a fee once: the visit and the moment it was missed."""
    return f"{visit.pk} {visit.status_at:%Y%m%d%H%M%S%f}"


def policy_of(visit: Any, *, seen_by: Actor) -> Any:
    """The cancellation policy a visit is under, or None."""
    return catalog.cancellation_policy(
        service_id=visit.service_id, package_id=visit.package_id, kind=visit.kind, seen_by=seen_by
    )


def free_until(visit: Any, policy: Any) -> datetime:
    """Until when the visit is cancelled for nothing."""
    start: datetime = visit.period.lower
    return start - timedelta(hours=policy.notice_hours)


def price_of(visit: Any, *, seen_by: Actor) -> Decimal:
    """The visit's price before tax: what its bill says, else what its patient was shown, else the catalogue.

    Nothing for a visit without a price.
    """
    if billed := visit_bill(visit.pk, seen_by=seen_by):
        return billed.taxable
    if shown := prices.shown_price(visit.pk, seen_by=seen_by):
        return shown.unit_price - shown.discount
    offered = visit.service or visit.package
    return offered.price if offered else ZERO


def visit_bill(appointment_id: UUID, *, seen_by: Actor) -> Bill | None:
    """The last numbered bill of a visit, also a cancelled one."""
    of_visit = bills(seen_by=seen_by).filter(
        appointment_id__in=dates_of(appointment_id, seen_by=seen_by), kind=Bill.Kind.VISIT, number__isnull=False
    )
    return of_visit.order_by("-finalized_at").first()


def with_tax(fee: Decimal, policy: Any, branch: Any, *, seen_by: Actor) -> Decimal:
    """A fee with the tax that its policy names, as its bill will say it."""
    if fee == 0:
        return ZERO
    is_taxed = bool(policy.tax_code and branch.gstin)
    rate = catalog.tax_rate(policy.tax_code, clock.today(branch.timezone), seen_by=seen_by) if is_taxed else ZERO
    return rules.taxed(
        quantity=Decimal(1),
        unit_price=fee,
        discount=ZERO,
        rate=rate,
        supplier_state=branch.state_code,
        place_of_supply=branch.state_code,
        is_registered=bool(branch.gstin),
        has_code=bool(policy.tax_code),
        rounding=people.organization(seen_by=seen_by).rounding,
    ).total
