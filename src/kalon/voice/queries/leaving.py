"""Whether the sound of a recording may be listened to outside the clinic now."""

from datetime import timedelta

from django.db.models import Sum

from kalon.consents import queries as consents
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.voice.models import Usage, UsageKind, VoiceSession
from kalon.voice.queries.usage import DEEPGRAM, is_on

RESTS = timedelta(minutes=2)  # after a failure, in which the house listens and nobody waits for an answer again


def may_leave(found: VoiceSession, *, seen_by: Actor) -> bool:
    """The clinic has switched the engine on, the patient agreed to exactly that, and it has not just failed."""
    if not is_on(DEEPGRAM, seen_by=seen_by):
        return False
    if consents.in_force(found.patient_id, consents.Kind.CLOUD_SPEECH, seen_by=seen_by) is None:
        return False
    heard = Usage.objects.filter(organization_id=found.organization_id, kind=UsageKind.HEARD, is_outside=True)
    return not heard.filter(settled_at__gte=clock.now() - RESTS).exclude(failure="").exists()


def heard_outside(found: VoiceSession) -> int:
    """How many milliseconds of a recording an engine outside has listened to."""
    rows = Usage.objects.filter(session_id=found.pk, kind=UsageKind.HEARD, is_outside=True, failure="")
    return rows.aggregate(all=Sum("heard_ms"))["all"] or 0
