"""For what stock is used: a session must be ready or under way, and its patient the one who gets it."""

from typing import Any
from uuid import UUID

from kalon.inventory.events import Source
from kalon.inventory.models.guards import SESSION_TAKES
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import speaks
from kalon.kernel.errors import IllegalMove, Invalid
from kalon.plans import queries as plans

SESSION = "session"
speaks("inventory_session_takes_stock", "inventory_session_takes_from_here", "inventory_session_takes_its_own")


def open_session(session_id: UUID, *, by: Actor) -> Any:
    """A session for which stock may be taken now, held together with its plan."""
    found = plans.session(session_id, seen_by=by, lock=True)
    if found.status not in SESSION_TAKES:
        raise IllegalMove(
            f"The session is {found.get_status_display().lower()}. What is used is taken from when it is ready until "
            "it is completed.",
            status_is=found.status,
        )
    return found


def fits(paper: Source, patient_id: UUID, *, by: Actor) -> None:
    """Refuse a session that is not open, or another patient's; a case is looked at by the theatre."""
    if paper.kind == SESSION and open_session(paper.id, by=by).patient_id != patient_id:
        raise Invalid("This session is another patient's. Open the session of the patient who is here.", field="source")
