"""Giving up what is owed on a bill: alone up to the clinic's limit, above it one asks and another decides."""

from typing import Any
from uuid import UUID

from kalon.billing import queries, rules
from kalon.billing.actions.locks import locked_bill
from kalon.billing.lifecycles import BILL, CHARGE, GIVE_UP, WRITE_OFF, WriteOffStatus
from kalon.billing.models import Bill, WriteOff
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, NotFound, NotPermitted, NotReady
from kalon.kernel.lookup import one
from kalon.kernel.reasons import reason_given
from kalon.kernel.tenancy import verb

OPEN = Clash("Somebody asked for this already. Wait for the answer.")
ANOTHER = NotPermitted("You asked for this write-off yourself. Somebody else decides.", permission=GIVE_UP)


@verb
def write_off(bill_id: UUID, reason: str, *, by: Actor) -> Bill:
    """Give up what is still owed on a bill, with a reason: alone, up to the clinic's limit."""
    bill = locked_bill(bill_id, by=by)
    by.must(GIVE_UP, at=bill.branch_id, do="write off bills")
    reason = reason_given(reason, "write off what is owed")
    BILL.guard(bill, "write_off", by=by, reason=reason)
    limit = queries.billing_policy(seen_by=by).write_off_limit
    alone = NotPermitted(
        f"One person alone writes off up to {rules.grouped(limit, bill.currency)}, "
        f"and this is {rules.grouped(bill.owed, bill.currency)}. Ask for it; somebody else approves.",
        permission=GIVE_UP, needs="another", limit=str(limit),
    )  # fmt: skip
    if bill.owed > limit:
        raise alone
    row = WRITE_OFF.born(_asked(bill, reason, by), name="ask", reason=reason)
    with refusing({"billing_writeoff_by_another": alone}):
        _approve(row, bill, "", by)
    return bill


@verb
def ask_write_off(bill_id: UUID, reason: str, *, by: Actor) -> WriteOff:
    """Ask that what is owed on a bill is given up; somebody else decides."""
    bill = locked_bill(bill_id, by=by)
    by.must(CHARGE, at=bill.branch_id, do="ask for write-offs")
    reason = reason_given(reason, "ask for a write-off")
    BILL.obstacles(BILL["write_off"], bill)
    if not bill.is_open:
        raise NotReady("Nothing is owed on this bill that could be written off.")
    with refusing({"billing_writeoff_open_once": OPEN}):
        return WRITE_OFF.born(_asked(bill, reason, by), name="ask", reason=reason)  # type: ignore[no-any-return]


@verb
def approve_write_off(pk: UUID, *, note: str = "", by: Actor) -> WriteOff:
    """Say yes to a write-off that somebody else asked for: what is owed now is given up, never more than was asked."""
    row, bill = _locked(pk, by)
    by.must(GIVE_UP, at=bill.branch_id, do="approve write-offs")
    _must_be_another(row, by)
    if row.status != WriteOffStatus.ASKED:
        WRITE_OFF.guard(row, "approve", by=by)
    if not bill.is_open or bill.owed > row.amount:
        raise NotReady(
            f"The bill owes {rules.grouped(bill.owed, bill.currency)} by now, and "
            f"{rules.grouped(row.amount, bill.currency)} was asked for. Refuse this, and have it asked for again."
        )
    with refusing({"billing_writeoff_by_another": ANOTHER}):
        _approve(row, bill, note, by)
    return row


@verb
def refuse_write_off(pk: UUID, reason: str, *, by: Actor) -> WriteOff:
    """Say no to a write-off, with the reason; the bill is owed as before."""
    row, bill = _locked(pk, by)
    by.must(GIVE_UP, at=bill.branch_id, do="decide on write-offs")
    _must_be_another(row, by)
    WRITE_OFF.move(row, "refuse", by=by, reason=reason, **_decided(reason, by))
    return row


@verb
def withdraw_write_off(pk: UUID, reason: str, *, by: Actor) -> WriteOff:
    """Take back what was asked for: it is not needed, or the money came."""
    row, bill = _locked(pk, by)
    by.must(CHARGE, at=bill.branch_id, do="withdraw write-offs")
    WRITE_OFF.move(row, "withdraw", by=by, reason=reason, **_decided(reason, by))
    return row


def _approve(row: WriteOff, bill: Bill, note: str, by: Actor) -> None:
    WRITE_OFF.move(row, "approve", by=by, reason=note or row.reason, **_decided(note, by))
    BILL.move(bill, "write_off", by=by, reason=row.reason, written_off=bill.owed)


def _asked(bill: Bill, reason: str, by: Actor) -> WriteOff:
    return WriteOff(
        organization_id=bill.organization_id,
        patient_id=bill.patient_id,
        bill=bill,
        amount=bill.owed,
        reason=reason,
        asked_by_id=by.user_id,
        asked_by_name=by.name[:120],
    )


def _decided(note: str, by: Actor) -> dict[str, Any]:
    return {
        "decided_by_id": by.user_id,
        "decided_by_name": by.name[:120],
        "decided_at": clock.now(),
        "decided_note": note.strip()[:500],
    }


def _must_be_another(row: WriteOff, by: Actor) -> None:
    if by.user_id is None or by.user_id == row.asked_by_id:
        raise ANOTHER


def _locked(pk: UUID, by: Actor) -> tuple[WriteOff, Bill]:
    """The write-off held until the transaction ends, its bill before it."""
    found = one(queries.write_offs(seen_by=by).filter(pk=pk))
    if found is None:
        raise NotFound("There is no such write-off.")
    bill = locked_bill(found.bill_id, by=by)
    return queries.write_offs(seen_by=by).select_for_update(of=("self",)).get(pk=pk), bill
