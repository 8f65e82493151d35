"""Using the sessions of a package: each once, at a visit; one that was counted by mistake is given back."""

from typing import Any
from uuid import UUID

from kalon.billing import queries as bills
from kalon.entitlements import queries
from kalon.entitlements.actions.selling import till_of
from kalon.entitlements.events import SessionGivenBack, SessionUsed
from kalon.entitlements.lifecycles import TAKE_BACK_WITHIN, HoldingStatus
from kalon.entitlements.lifecycles import USE as MAY_USE
from kalon.entitlements.models import HoldingItem, Use
from kalon.kernel import clock, events
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotFound, NotReady
from kalon.kernel.lookup import one
from kalon.kernel.tenancy import verb
from kalon.pricing import queries as pricing
from kalon.scheduling import queries as scheduling
from kalon.scheduling.lifecycles import Status as Visit

HERE = (Visit.CHECKED_IN, Visit.IN_PROGRESS, Visit.COMPLETED)
NONE_LEFT = Clash("No session of this service is left in this package.")
NOT_USABLE = NotReady("This package cannot be used: it is not paid, has expired or has ended. Look at it again.")
REFUSALS = {
    "entitlements_item_never_below_zero": NONE_LEFT,
    "entitlements_holding_over_used": NONE_LEFT,
    "entitlements_use_not_usable": NOT_USABLE,
    "entitlements_use_once": Clash("A session of this service was used at this visit already."),
    "entitlements_use_billed": Clash("This session is billed for money. Take it off the bill first, then use it."),
    "entitlements_use_not_paid": NotReady("More would be used than is paid. Take a payment on the package first."),
    "entitlements_use_same_patient": Invalid("This is another patient's visit.", field="appointment"),
}
TOO_LATE = IllegalMove(
    "It is too late to give this session back: this is possible for seven days. Sell another one with a discount."
)


@verb
def use_session(holding_item_id: UUID, appointment_id: UUID, *, by: Actor) -> Use:
    """Use one session of a package at a visit of the patient; it is used once there, and not billed there as well.

    Refusals: Clash when none is left or it was used or billed, NotReady while it is not paid or the patient is not
    here, NotFound, NotPermitted.
    """
    piece = queries.item(holding_item_id, seen_by=by)
    visit = scheduling.appointment(appointment_id, seen_by=by)
    by.must(MAY_USE, at=visit.branch_id, do="use sessions of packages")
    if visit.status not in HERE:
        raise NotReady("The patient is not here yet. Check them in first.")
    row = Use(
        organization_id=piece.organization_id,
        patient_id=piece.patient_id,
        holding_id=piece.holding_id,
        item=piece,
        service_id=piece.service_id,
        appointment=visit,
        branch_id=visit.branch_id,
        doctor_id=visit.doctor_id,
        used_on=clock.today(visit.branch.timezone),
        **_who(by),
    )
    with refusing(REFUSALS):
        row.save(force_insert=True)
    row.refresh_from_db()
    events.announce(SessionUsed(row.pk, row.holding_id, row.appointment_id, row.patient_id, row.organization_id, by))
    return row


@verb
def take_back_use(use_id: UUID, reason: str, *, by: Actor) -> Use:
    """Give a session back that was counted by mistake, with a reason, within seven days."""
    used = one(Use.objects.filter(organization_id=by.organization_id, pk=use_id).select_related("branch"))
    if used is None:
        raise NotFound("There is no such session.")
    by.must(MAY_USE, at=used.branch_id, do="give sessions back")
    if not reason.strip() or len(reason) > 300:
        raise Invalid("Write why the session is given back, in at most 300 characters.", field="reason")
    if used.takes_back_id is not None or Use.objects.filter(takes_back=used).exists():
        raise Clash("This session was given back already.")
    if clock.now() - used.created_at >= TAKE_BACK_WITHIN:
        raise TOO_LATE
    row = Use(
        organization_id=used.organization_id,
        patient_id=used.patient_id,
        holding_id=used.holding_id,
        item_id=used.item_id,
        service_id=used.service_id,
        appointment_id=used.appointment_id,
        branch_id=used.branch_id,
        doctor_id=used.doctor_id,
        used_on=clock.today(used.branch.timezone),
        takes_back=used,
        reason=reason.strip(),
        **_who(by),
    )
    ended = Clash("This package has ended. Extend it first, then give the session back.")
    again = Clash("This session was given back already.")
    refusals = {
        "entitlements_holding_over_used": ended,
        "entitlements_use_too_late": TOO_LATE,
        "entitlements_use_takes_back_id_key": again,
    }
    with refusing(refusals):
        row.save(force_insert=True)
    row.refresh_from_db()
    events.announce(
        SessionGivenBack(row.pk, row.holding_id, row.appointment_id, row.patient_id, row.organization_id, by)
    )
    return row


@verb
def settle_visit(appointment_id: UUID, *, by: Actor) -> Use | None:
    """A visit that takes or took place and whose bill shows a session of a package uses it; once only.

    So does one that was shown online as paid by a package, and is over before anybody billed it.
    """
    visit = scheduling.appointment(appointment_id, seen_by=by)
    bill = bills.bill_for_appointment(appointment_id, seen_by=till_of(by))
    if visit.status not in (Visit.IN_PROGRESS, Visit.COMPLETED) or visit.service_id is None:
        return None
    source = queries.source_of(appointment_id, visit.service_id, seen_by=by)
    if bill is not None:
        is_covered = bill.lines.filter(source=source, total=0).exists()
    else:
        shown = pricing.shown_price(appointment_id, seen_by=by)
        is_covered = shown is not None and shown.covered_by != ""
    if not is_covered or queries.live_use(source, seen_by=by):
        return None
    piece = _first_open(visit)
    return use_session(piece.pk, appointment_id, by=by) if piece else None


def _first_open(visit: Any) -> HoldingItem | None:
    """The sessions that end first, of those the patient has for the visit's service."""
    rows = HoldingItem.objects.filter(
        patient_id__person=visit.patient_id,
        service_id=visit.service_id,
        holding__status=HoldingStatus.ACTIVE,
        holding__valid_until__gte=clock.today(visit.branch.timezone),
    )
    return next((row for row in rows.order_by("holding__valid_until", "holding_id") if row.left > 0), None)


def _who(by: Actor) -> dict[str, Any]:
    return {"used_by_id": by.user_id, "used_by_name": by.name[:120]}
