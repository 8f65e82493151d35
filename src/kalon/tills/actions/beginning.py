"""Opening a checkout: one bill, filled with everything the visit left to be billed."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from kalon.billing import actions as billing
from kalon.billing import queries as bills
from kalon.billing.lifecycles import BillStatus
from kalon.billing.queries.charges import Charge
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Clash, NotReady
from kalon.kernel.tenancy import verb
from kalon.scheduling import queries as scheduling
from kalon.theatre import queries as theatre
from kalon.theatre.lifecycles import CaseStatus
from kalon.tills import queries
from kalon.tills.lifecycles import TAKE


@verb
def begin_checkout(appointment_id: UUID, *, by: Actor) -> Any:
    """The bill to pay for a visit: its service, what was handed out and used, what was added; nothing twice.

    A visit whose bill is numbered already (it was paid when it was booked) gets a second bill for what came after.
    """
    visit = scheduling.appointment(appointment_id, seen_by=by)
    by.must(TAKE, at=visit.branch_id, do="check patients out")
    own = bills.bill_for_appointment(visit.pk, seen_by=by)
    if own is None and (visit.service_id or visit.package_id):
        own = billing.draft_for_appointment(visit.pk, by=by)
    left = bills.charges.of_visit(visit, seen_by=by)
    draft = own if own is not None and own.status == BillStatus.DRAFT else None
    draft = _filled(draft, left, visit.patient_id, visit.branch_id, by)
    if draft is None and own is None:
        raise NotReady("Nothing of this visit is to be paid: it has no service with a price.")
    return draft or own


@verb
def bill_case(case_id: UUID, *, by: Actor) -> Any | None:
    """The draft of a completed operation: what was accepted for its plan, and what was used beyond it; nothing twice.

    None where nothing is to be paid. A return to theatre has no visit: what was used is its bill.
    """
    case = theatre.case(case_id, seen_by=by)
    by.must(TAKE, at=case.branch_id, do="make the bill of an operation")
    if case.status != CaseStatus.COMPLETED:
        raise NotReady("An operation is billed when it is completed.")
    if case.reservation is not None:
        try:
            return begin_checkout(case.reservation.appointment_id, by=by)
        except NotReady:
            return None
    return _filled(None, theatre.used_beyond(case, seen_by=by), case.patient_id, case.branch_id, by)


def _filled(draft: Any, left: list[Charge], patient_id: UUID, branch_id: UUID, by: Actor) -> Any | None:
    """What is left to be billed, on the draft there is or on a new one."""
    draft = draft or queries.open_draft(patient_id, branch_id, seen_by=by)
    if left and draft is None:
        draft = billing.draft_bill(patient_id, branch_id, by=by)
    for charge in left:
        _put(charge, draft, by)
    return draft


def _put(charge: Charge, draft: Any, by: Actor) -> None:
    try:
        billing.add_line(draft.pk, billing.LineDetails(**asdict(charge)), by=by)
    except Clash:
        return  # somebody else put it on a bill in this moment
