"""Telling a patient that something waits to be read and signed."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from kalon.consents import queries
from kalon.consents.lifecycles import PRESENT, Status
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.tenancy import verb
from kalon.messaging import actions as messaging

CODE = "consent-to-sign"
# Whoever has the clinic's tablet in hand at this moment needs no message; and nobody is told days later.
IN_HAND, LATEST = timedelta(minutes=30), timedelta(days=1)


@verb
def to_ask(*, by: Actor) -> list[UUID]:
    """The consents that were put before a patient a while ago and that nobody has signed."""
    by.must(PRESENT, do="tell patients what waits for them")
    now: datetime = clock.now()
    waiting = queries.consents(seen_by=by).filter(status=Status.PRESENTED)
    recent = waiting.filter(presented_at__gt=now - LATEST, presented_at__lte=now - IN_HAND)
    return list(recent.order_by("presented_at").values_list("pk", flat=True))


@verb
def ask(pk: UUID, *, by: Actor) -> bool:
    """Send the patient the way to a consent that waits; true when a message was queued, never twice for one.

    Who does not wish reminders is not told, and the quiet hours are kept: it also waits on the patient's own pages.
    """
    by.must(PRESENT, do="tell patients what waits for them")
    consent = queries.consent(pk, seen_by=by, lock=True)
    if consent.status != Status.PRESENTED:
        return False
    message = messaging.send(
        CODE,
        to_patient=consent.patient,
        language=consent.language,
        data={"title": consent.title, "link": _link(consent.pk)},
        once=f"{CODE} {consent.pk}",
        branch=consent.branch,
        about_id=consent.pk,
        by=by,
    )
    return message is not None


def _link(pk: UUID) -> str:
    return f"{settings.KALON_URL.rstrip('/')}{reverse('consents:my_consent', args=[pk])}"
