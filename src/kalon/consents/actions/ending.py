"""The end of a consent: withdrawn by the patient, run out, or given up before it was signed."""

from uuid import UUID

from django.conf import settings
from django.urls import reverse

from kalon.consents import queries
from kalon.consents.actions.of_session import session_follows
from kalon.consents.actions.paper import paper_later
from kalon.consents.actions.planned import lost
from kalon.consents.events import ConsentEnded
from kalon.consents.lifecycles import CONSENT, ENDED, PRESENT, Status
from kalon.consents.models import Consent
from kalon.kernel import audit, clock, events, outbox
from kalon.kernel.actors import Actor
from kalon.kernel.errors import IllegalMove, NotPermitted
from kalon.kernel.tenancy import verb
from kalon.messaging import actions as messaging
from kalon.people import queries as people
from kalon.plans.lifecycles import APPROVE

ENDED_CODE = "consent-ended"


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


@verb
def note_end(pk: UUID, *, by: Actor) -> Consent:
    """A doctor says that they saw that a consent to a plan ended: it leaves the list of what waits for them."""
    by.must(APPROVE, do="note that a consent has ended")
    doctor = people.staff_of(by)
    if doctor is None:
        raise NotPermitted("A doctor says so under their own name. Sign in as one.")
    consent = queries.consent(pk, seen_by=by, lock=True)
    if consent.plan_id is None or consent.status not in ENDED:
        raise IllegalMove(f"Nothing has ended: the consent is {consent.get_status_display().lower()}.")
    if consent.noted_at is None:
        consent.noted_at, consent.noted_by = clock.now(), doctor
        consent.save(update_fields=["noted_at", "noted_by"])
        audit.note(by, audit.Kind.CHANGE, consent, facts={"noted": True})
    return consent


@verb
def tell_ended(pk: UUID, *, by: Actor) -> bool:
    """Tell the doctor of a plan, once and without the patient's name, that its consent ended."""
    by.must(PRESENT, do="tell doctors what waits for them")
    consent = queries.consent(pk, seen_by=by)
    doctor = (consent.plan.doctor or consent.plan.approved_by) if consent.plan else None
    if doctor is None or doctor.user is None or not doctor.user.email or consent.status not in ENDED:
        return False
    message = messaging.send(
        ENDED_CODE,
        recipient=doctor.user.email,
        channel="EMAIL",
        data={
            "number": consent.number,
            "how": "was withdrawn" if consent.status == Status.REVOKED else "has run out",
            "link": f"{settings.KALON_URL.rstrip('/')}{reverse('consents:consent', args=[consent.pk])}",
        },
        once=f"{ENDED_CODE} {consent.pk}",
        about_id=consent.pk,
        by=by,
    )
    return message is not None


def _ended(consent: Consent, by: Actor) -> None:
    from kalon.consents import tasks

    paper_later(consent)
    if consent.plan_id is not None:
        outbox.defer(tasks.tell_ended, organization_id=consent.organization_id, consent_id=consent.pk)
    events.announce(ConsentEnded(consent.pk, consent.patient_id, consent.organization_id, consent.kind, by))
