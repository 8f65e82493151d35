"""Consents to one session of a plan: asked for before it, and the session that waits for them."""

from typing import Any
from uuid import UUID

from kalon.consents import queries
from kalon.consents.lifecycles import CONSENT, UNFINISHED, Kind
from kalon.consents.models import Consent, Version
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Clash, Invalid, NotFound, NotReady
from kalon.kernel.tenancy import verb
from kalon.plans import actions as plans
from kalon.plans import queries as plan_queries
from kalon.plans.lifecycles import BOOKED, UNBOOKED

BEFORE = NotReady("A session is agreed to before it begins. This one has begun, or is over.")
REFUSED = {
    "consents_consent_of_session": BEFORE,
    "consents_one_live_of_session": Clash(
        "There is a consent to this session already. Open that one, or give it up or withdraw it first."
    ),
}


def session_for(version: Version, session_id: UUID | None, plan: Any, *, by: Actor) -> Any | None:
    """The session that a consent of this version is for; refused with what has to happen first."""
    if version.kind != Kind.SESSION:
        if session_id is not None:
            raise Invalid("This consent is not to one session. Leave the session out.", field="session_id")
        return None
    if session_id is None:
        raise Invalid("A consent to a session is asked from its page. Open the session.", field="session_id")
    session = plan_queries.session(session_id, seen_by=by)
    if plan is None or session.plan_id != plan.pk:
        raise NotFound("There is no such session.")
    if session.status not in (*BOOKED, *UNBOOKED):
        raise BEFORE
    return session


def session_named(consent: Consent) -> dict[str, str]:
    """Which session it is, as the words say it: "3 of 6"."""
    if consent.session is None or consent.plan is None:
        return {}
    return {"session": f"{consent.session.number} of {consent.plan.session_count}"}


def session_follows(consent_id: UUID, *, by: Actor) -> None:
    """A consent was put before the patient, signed or ended: its session waits, or may begin.

    With the consent to a plan every patient who has come for a session of it waits, or may begin.
    """
    found = Consent.objects.filter(organization_id=by.organization_id, pk=consent_id).first()
    if found is None:
        return
    if found.session_id is not None:
        plans.session_consent_changed(found.session_id, by=by)
    elif found.kind == Kind.PROCEDURE and found.plan_id is not None:
        for session_id in plan_queries.come_for(found.plan_id):
            plans.session_consent_changed(session_id, by=by)


@verb
def give_up_of_session(session_id: UUID, *, reason: str, by: Actor) -> int:
    """A session will not be held: nobody signs any more what was still open for it."""
    rows = queries.of_session(session_id, seen_by=by).filter(status__in=UNFINISHED)
    found = list(rows.select_for_update(of=("self",)))
    for consent in found:
        CONSENT.move(consent, "void", by=by, reason=reason)
    return len(found)
