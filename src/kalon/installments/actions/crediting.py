"""What a patient was let off is taken back from what the treatment's bills ask: a credit note says so on paper."""

from decimal import ROUND_DOWN, Decimal
from typing import Any
from uuid import UUID

from django.db.models import Sum

from kalon.billing import actions as billing
from kalon.billing import queries as bills
from kalon.billing.lifecycles import OPEN_BILL, BillStatus
from kalon.installments import queries
from kalon.installments.lifecycles import WAIVE
from kalon.installments.models import PaymentPlan
from kalon.kernel.actors import Actor, system
from kalon.kernel.money import ZERO, exact
from kalon.kernel.tenancy import verb

CENT = Decimal("0.01")


@verb
def credit_waived(plan_id: UUID, *, by: Actor) -> list[Any]:
    """Credit what the patient was let off on a treatment and its bills still ask; the credit notes that were made.

    Only what was billed beyond what is still agreed, and only what nobody paid: no money moves. What is not billed
    yet is credited when it is. Call it again as often as you like.
    """
    by.must(WAIVE, do="let patients off instalments")
    clerk = system("payment plans", by.organization_id)
    open_bills = hold_bills(plan_id, by=clerk)
    agreement = queries.live_of_treatment(plan_id, seen_by=clerk)
    if agreement is None or not open_bills:
        return []
    waived, words = _waived(agreement, clerk)
    every = bills.bills(seen_by=clerk).filter(lines__plan_id=plan_id).exclude(
        status__in=(BillStatus.DRAFT, BillStatus.VOID)
    ).distinct()  # fmt: skip
    billed, credited, done = ZERO, ZERO, ZERO
    for bill in every:
        of_plan = {line.pk: line for line in bills.lines_of(bill.pk, seen_by=clerk) if line.plan_id == plan_id}
        billed += sum((line.total for line in of_plan.values()), ZERO)
        for note in bills.credit_notes(bill.pk, seen_by=clerk).filter(line_id__in=of_plan):
            credited += note.total
            done += note.total if note.reason.startswith(words) else ZERO
    left = min(waived - done, billed - credited - (agreement.total - agreement.waived))
    made: list[Any] = []
    for bill in reversed(open_bills):  # what was dropped of a treatment was to come last
        lines = bills.lines_of(bill.pk, seen_by=clerk).filter(plan_id=plan_id, earns="REVENUE")
        for line in lines.order_by("-position"):  # what was sold to be used later is taken back on its own page
            owed = bills.bill(bill.pk, seen_by=clerk).owed
            notes = bills.credit_notes(bill.pk, seen_by=clerk).filter(line=line)
            before = notes.aggregate(total=Sum("total", default=ZERO), taxable=Sum("taxable", default=ZERO))
            fits = _taxable(line, min(left, owed, line.total - line.paid - before["total"]))
            taxable = min(fits, line.taxable - before["taxable"])
            if taxable <= 0:
                continue
            note = billing.credit_value(bill.pk, line.pk, taxable, f"{words[0]}.", by=clerk)
            left -= note.total
            made.append(note)
    return made


def hold_bills(plan_id: UUID, *, by: Actor) -> list[Any]:
    """The treatment's open bills, held until the transaction ends: before its payment plan, as whoever pays does it."""
    rows = bills.bills(seen_by=by).filter(lines__plan_id=plan_id, status__in=OPEN_BILL)
    waiting = set(rows.values_list("pk", flat=True))
    return list(bills.bills(seen_by=by).select_for_update(of=("self",)).filter(pk__in=waiting).order_by("pk"))


def _waived(agreement: PaymentPlan, by: Actor) -> tuple[Decimal, tuple[str, ...]]:
    """What was waived on an agreement and on those before it, and how the credit notes over it begin.

    A note that begins so is about what was waived, whoever wrote it: that is how it is counted once.
    """
    chain: list[Any] = [agreement]
    while chain[-1].predecessor_id:
        chain.append(queries.payment_plan(chain[-1].predecessor_id, seen_by=by))
    waived = sum((one.waived for one in chain), ZERO)
    return waived, tuple(f"Waived on payment plan {one.number}" for one in chain)


def _taxable(line: Any, amount: Decimal) -> Decimal:
    """What of a line before tax comes, with its tax, to an amount; where rounding allows none, to a paisa less."""
    if amount <= 0:
        return ZERO
    guess = (line.taxable * amount / line.total).quantize(CENT, rounding=ROUND_DOWN)
    tax = line.total - line.taxable
    fits = [of for of in (guess + CENT, guess) if of + exact(tax * of / line.taxable) <= amount]
    return Decimal(fits[0] if fits else guess - CENT)
