"""Who pays for a session on a draft bill: a package that the patient holds, or money."""

from typing import Any
from uuid import UUID

from kalon.billing import actions as billing
from kalon.billing import queries as bills
from kalon.billing.actions import LineDetails
from kalon.billing.lifecycles import CHARGE
from kalon.entitlements import queries as entitlements
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Clash, IllegalMove, NotFound, NotReady
from kalon.kernel.money import ZERO
from kalon.kernel.tenancy import verb

SESSION = "session:"  # what names a visit's own line, on a bill as on a package
USED = Clash("This session was used from the package already. Give it back there first, then bill it.")


@verb
def charge_session(bill_id: UUID, line_id: UUID, *, by: Actor) -> Any:
    """Bill a visit's session at its price although a package would pay for it: the patient keeps that session.

    Refusals: Clash when the session was used already, IllegalMove for a line that no package pays, NotFound.
    """
    bill, line = _line(bill_id, line_id, by)
    if line.total or line.unit_price:
        raise IllegalMove("This line is billed at its price already.", status_is=str(bill.status))
    if entitlements.live_use(line.source, seen_by=by):
        raise USED
    billing.remove_line(bill.pk, line.pk, by=by)
    note = f"{line.note}: not used"[:200]
    return billing.add_line(bill.pk, _again(line, note=note), by=by)


@verb
def cover_session(bill_id: UUID, line_id: UUID, *, by: Actor) -> Any:
    """Let a package of the patient pay for a visit's session; it is used when the visit takes place.

    Refusals: NotReady when no package of the patient has a session of this service left, NotFound.
    """
    bill, line = _line(bill_id, line_id, by)
    found = entitlements.covering(bill.patient_id, line.service_id, bill.appointment.local_start.date(), seen_by=by)
    if found is None:
        raise NotReady("No package of this patient has a session of this left.")
    billing.remove_line(bill.pk, line.pk, by=by)
    return billing.add_line(bill.pk, _again(line, note=found.words, unit_price=ZERO), by=by)


def _line(bill_id: UUID, line_id: UUID, by: Actor) -> tuple[Any, Any]:
    """A visit's own line on its bill; whoever may not change bills is refused."""
    bill = bills.bill(bill_id, seen_by=by)
    by.must(CHARGE, at=bill.branch_id, do="change bills")
    line = bills.lines_of(bill_id, seen_by=by).filter(pk=line_id).first()
    if line is None or bill.appointment is None or line.service_id is None or not line.source.startswith(SESSION):
        raise NotFound("There is no such session on this bill.")
    return bill, line


def _again(line: Any, **changed: Any) -> LineDetails:
    return LineDetails(service_id=line.service_id, doctor_id=line.doctor_id, source=line.source, **changed)
