"""Reminding patients of tomorrow's visits."""

from collections.abc import Sequence
from uuid import UUID

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.tenancy import verb
from kalon.messaging import actions as messaging
from kalon.scheduling import queries
from kalon.scheduling.lifecycles import VIEW
from kalon.scheduling.queries.reminders import CODES, REMINDED, reminder_key
from kalon.scheduling.queries.telling import facts_of


@verb
def remind(visit_ids: Sequence[UUID], *, by: Actor) -> int:
    """Queue the reminders of these visits, each once for a visit and its time; how many were queued.

    They leave at once, or when the quiet hours of the branch end; and only if they are still true then.
    """
    by.must(VIEW, do="remind patients")
    visits = queries.appointments(seen_by=by).filter(pk__in=visit_ids, status__in=REMINDED, starts_at__gt=clock.now())
    queued = [
        messaging.send(
            CODES[visit.status],
            to_patient=visit.patient,
            data=facts_of(visit, seen_by=by),
            once=reminder_key(visit.pk, visit.period.lower),
            branch=visit.branch,
            about_id=visit.pk,
            until=visit.period.lower,
            by=by,
        )
        for visit in visits.order_by("starts_at", "id")
    ]
    return sum(message is not None for message in queued)
