"""The end of a consent: withdrawn by the patient, run out, or given up before it was signed."""

from uuid import UUID

from kalon.consents import queries
from kalon.consents.actions.of_session import session_follows
from kalon.consents.actions.paper import paper_later
from kalon.consents.actions.planned import lost
from kalon.consents.events import ConsentEnded
from kalon.consents.lifecycles import CONSENT, Status
from kalon.consents.models import Consent
from kalon.kernel import clock, events
from kalon.kernel.actors import Actor
from kalon.kernel.tenancy import verb


@verb
def revoke(pk: UUID, reason: str, *, by: Actor) -> Consent:
    """The patient withdraws a consent, themselves or by telling the clinic: from this moment it allows nothing."""
    consent = queries.consent(pk, seen_by=by, lock=True)
    consent.revoked_at, consent.revoked_by = clock.now(), by.name
    CONSENT.guard(consent, "revoke", by=by, reason=reason)
    lost(consent, by, reason=f"The patient withdrew consent {consent.number}")
    CONSENT.move(consent, "revoke", by=by, reason=reason, revoked_at=consent.revoked_at, revoked_by=consent.revoked_by)
    _ended(consent, by)
    return consent


@verb
def void(pk: UUID, reason: str, *, by: Actor) -> Consent:
    """Give up a consent that is not signed yet: prepared by mistake, or the patient said no."""
    consent = queries.consent(pk, seen_by=by, lock=True)
    CONSENT.move(consent, "void", by=by, reason=reason)
    lost(consent, by, reason=f"Consent {consent.number} was given up")
    session_follows(consent.pk, by=by)
    return consent


@verb
def expire_due(*, by: Actor) -> int:
    """Note of every consent whose time is over that it has expired; how many. It allowed nothing any more before."""
    due = list(queries.to_expire(seen_by=by).values_list("pk", flat=True))
    return sum(_expired(pk, by) for pk in due)


def _expired(pk: UUID, by: Actor) -> bool:
    consent = queries.consent(pk, seen_by=by, lock=True)
    is_over = consent.status == Status.SIGNED and not consent.holds_at(clock.now())
    if is_over:
        lost(consent, by, reason=f"Consent {consent.number} has expired")
        CONSENT.move(consent, "expire", by=by)
        _ended(consent, by)
    return is_over


def _ended(consent: Consent, by: Actor) -> None:
    paper_later(consent)
    events.announce(ConsentEnded(consent.pk, consent.patient_id, consent.organization_id, consent.kind, by))
