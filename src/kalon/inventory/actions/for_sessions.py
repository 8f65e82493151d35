"""What is used in a session of a plan: taken by scan or by name, first expired first, or as in the last session."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from kalon.inventory import queries
from kalon.inventory.actions.giving import give_back
from kalon.inventory.actions.papers import SESSION, open_session
from kalon.inventory.actions.using import ONE, consume
from kalon.inventory.events import Issued, Source
from kalon.inventory.lifecycles import ISSUE
from kalon.inventory.models import Movement
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound, NotReady
from kalon.kernel.tenancy import verb


@verb
def use_in_session(
    session_id: UUID, *, item_id: UUID | None = None, scan: str = "", quantity: Decimal = ONE, key: str = "", by: Actor
) -> list[Issued]:
    """Take an item, or what was scanned, for a session that is ready or under way.

    Refusals: IllegalMove before it is ready and after its end, Clash when there is too little, Invalid.
    """
    return _use(open_session(session_id, by=by), item_id, scan, quantity, key, by)


@verb
def use_as_last_time(session_id: UUID, *, key: str = "", by: Actor) -> list[Issued]:
    """Take as much of each item as the last session that was done, from what expires first; all or none."""
    by.must(ISSUE, do="take stock for a session")
    session = open_session(session_id, by=by)
    last = queries.used_last_time(session, seen_by=by)
    if not last:
        raise NotReady("Nothing was written down as used in the session before. Choose what is used.")
    taken: list[Issued] = []
    for item_id, quantity in sorted(last.items()):
        taken += _use(session, item_id, "", quantity, f"{key}-{item_id}"[:60] if key else "", by)
    return taken


@verb
def put_back_from_session(session_id: UUID, movement_id: UUID, *, reason: str, by: Actor) -> Movement:
    """What was taken for a session and not used goes back to its shelf, the whole of it that is not back yet."""
    session = open_session(session_id, by=by)
    row = next((one for one in queries.used_in_session(session.pk, seen_by=by) if one.movement.pk == movement_id), None)
    if row is None:
        raise NotFound("This was not taken for this session.")
    return give_back(movement_id, row.quantity, reason, by=by)


def _use(session: Any, item_id: UUID | None, scan: str, quantity: Decimal, key: str, by: Actor) -> list[Issued]:
    return consume(
        item_id=item_id,
        scan=scan,
        quantity=quantity,
        patient_id=session.patient_id,
        source=Source(SESSION, session.pk),
        branch_id=session.plan.branch_id,
        plan_id=session.plan_id,
        key=key,
        by=by,
    )
